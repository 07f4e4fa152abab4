//! Tables that hold ten million subscribers and a million open dialogues: what an entry costs beside hashbrown, and
//! what a message costs when they are full.
//!
//! - [`entries`]: one table beside its peer, octets and nanoseconds. [`own`], [`peers`]: the tables.
//! - [`craft`], [`traffic`], [`policy`]: ordinary dialogues of any number of subscribers, and what is asked of them.
//! - [`rig`], [`run`]: the whole engine over them, its tables empty and full.

pub mod craft;
pub mod entries;
mod octets;
pub mod own;
pub mod peers;
pub mod policy;
pub mod rig;
pub mod run;
pub mod traffic;
