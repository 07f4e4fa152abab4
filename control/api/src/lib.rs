//! Types and description of the control API.
