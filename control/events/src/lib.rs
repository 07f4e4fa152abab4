//! Judged messages on disk: taken in once, found by what stands in them, let go in time.
//!
//! ```text
//! 00000000000000000001.events   sealed: records in compressed blocks, and which of them a key stands in
//! 00000000000000131073.events
//! 00000000000000262145.open     being written: batches as they came, each complete or not there
//! ```
//! A file is named after the first sequence number that could be in it. A batch is acknowledged when it is on the
//! disk; one that was not is cut off when the log is opened, and comes again from the journal. A file that is full
//! is sealed: written anew in the form that is searched, synced, and given its name in one step. What is removed is
//! a file that is deleted, so letting go of a hundred thousand events costs what letting go of one does.
//!
//! One [`Writer`] at a time; any number of readers through clones of the [`Log`], who never wait for the disk of the
//! writer. Everything in the files is hostile when it is read: a length, a place or a checksum that is wrong is an
//! error that names the file.

mod error;
mod frame;
mod head;
mod key;
mod log;
mod open;
mod query;
mod recover;
mod seal;
mod segment;
mod writer;

pub use error::Error;
pub use frame::{Item, Loss};
pub use key::Key;
pub use log::{Event, Log, Position, Span};
pub use query::Query;
pub use writer::{Limits, Removed, Writer};
