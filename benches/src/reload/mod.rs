//! Policies that come into force, and lists that change, while messages come as fast as they can.
//!
//! - [`policies`]: policies of words, expressions, lists and rules, and the same one under other versions.
//! - [`port`]: a port whose frames have a time at which they should come, and that knows how late each goes on.
//! - [`records`]: which version decided on what, and when first by which list.

pub mod policies;
pub mod port;
pub mod records;
