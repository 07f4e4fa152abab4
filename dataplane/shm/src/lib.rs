//! Shared memory: counters, journal, sealed policy images, the command socket. The only mapping code there is.
//!
//! | what | written by | read by | lies in |
//! |---|---|---|---|
//! | [`counters`] | one block per core, by that core alone | anyone, without asking | one mapped file, replaced at start |
//! | [`journal`] | the writer thread | any number of readers with names | a directory of append-only segments |
//! | [`image`] | the control side, once, then sealed | the dataplane, mapped read-only | memory without a name, passed as a descriptor |
//! | [`state`] | one poll core | the same core of the next process | a mapped file under a lock |
//! | [`words`] | one poll core each | every core, and those of the next process | mapped files |
//! | [`command`] | both | both | a `SOCK_SEQPACKET` socket |
//!
//! Every one of them is read by a process that does not trust the one that wrote it: sizes, versions and checksums
//! are checked before use. The journal is read without a mapping, so that whatever its writer does to a file is an
//! error and never a signal; the size of the file of counters is looked at before every snapshot. No clock is read
//! here: waiting times and intervals are the caller's.
//!
//! `unsafe` is allowed in `map` and in [`image`], and denied everywhere else.

pub mod command;
pub mod counters;
pub mod durable;
mod error;
pub mod image;
pub mod journal;
mod map;
pub mod state;
mod untrusted;
pub mod words;

pub use durable::write_file_durably;
pub use error::{Cause, Error};
