//! The control daemon.
