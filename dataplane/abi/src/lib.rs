//! What both halves of Sluice share in memory and on disk.
//!
//! [`fields`] is the one list of what a message can have; [`facts`] holds a message's values while it is judged;
//! [`record`] is their form in the journal; [`json`] their form for people and programs, with [`names`] for people. [`counters`] and
//! [`histogram`] lay out what is counted, [`command`] what crosses the command socket. No I/O and no mapping here:
//! that is `sluice-shm`'s.
#![forbid(unsafe_code)]

pub mod command;
pub mod counters;
pub mod facts;
pub mod fields;
pub mod histogram;
pub mod json;
pub mod names;
pub mod record;
pub mod verdict;

pub use facts::{Facts, Value};
pub use fields::{Class, Field, Part, Path, Shape};
pub use verdict::{Action, LogLevel, Mode, Relation, Statistics, Trigger};

/// Version of everything in this crate that another process can see. A reader refuses another number.
pub const ABI_VERSION: u32 = 3;
