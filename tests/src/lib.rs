//! Tests across crates: what holds for the workspace as a whole, and the means to say it.
//!
//! - [`metadata`]: the workspace and its dependencies, as cargo reports them.
//! - [`edges`]: which crate may name which.
//! - [`licence`]: which licences a dependency may have.
#![forbid(unsafe_code)]

pub mod edges;
pub mod licence;
pub mod metadata;
