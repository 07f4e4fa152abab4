//! Ports, frames and clocks; memory, chaos and capture-file backends.
