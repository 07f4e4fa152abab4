//! Candidates we did not write.

pub mod crates;
pub mod layers;
pub mod tpdu;

pub use crates::Crates;
