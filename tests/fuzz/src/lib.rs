//! What is run on hostile input, and the first inputs it is run on.
//!
//! One body serves three ends: a fuzz target (`src/bin`), the bounded run in the tests of `sluice-engine`, and the
//! replay of findings there.
#![forbid(unsafe_code)]

pub mod cut;
pub mod targets;
