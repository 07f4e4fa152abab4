//! The dataplane process: cores, rings, wiring.
