//! The journal: records in append-only segments that survive the death of any process.
//!
//! ```text
//! DIRECTORY/00000000000000000001.journal      a segment, named by the sequence of its first record
//! DIRECTORY/00000000000000131073.journal
//! DIRECTORY/acknowledged/NAME                 what the reader NAME still needs
//! DIRECTORY/lock                              held by the one writer
//! ```
//! **Writer.** The space of a segment is reserved before its first record, so that a full disk is
//! [`AppendError::DiskFull`] and nothing is half-written. [`Writer::append`] copies a record into the mapping;
//! [`Writer::publish`] shows all of them to readers; [`Writer::sync`] makes them survive a cut of power. When to call
//! which is the caller's business: the time between two calls of `sync` is the most that a cut of power can take.
//! Death by any signal takes nothing that was appended: the pages are the kernel's.
//!
//! **Recovery.** [`Writer::open`] reads what a predecessor has left up to the first octets that are not a record, drops those,
//! and goes on with the next sequence. Nothing that was published is ever dropped or given another sequence.
//!
//! **Readers** follow without a word to the writer, and cannot slow or stop it. They read the files and map nothing:
//! a writer that cuts a file under them gives an error and no signal. Every record comes with its sequence; a reader that
//! stores the sequence together with the record, and opens with the one after it, gets every record exactly once.
//! With [`Reader::synced_only`] this holds for a cut of power too.
//!
//! **Order of memory.** Octets of a record are stored before the word that publishes them (a release store); a reader
//! takes that word, then an acquire fence, then the octets. Both go through the page cache, the writer by its mapping, the
//! reader by `pread`, which Linux keeps as one memory. Should the word or a record ever be seen half, its own check
//! says so: the word is its own complement, a record has its checksum.
//!
//! Not handled: file systems where reserved space may still be refused at a store (copy-on-write with snapshots), somebody
//! who cuts the segment under its writer, and two machines on one network file system.

mod acknowledge;
mod append;
mod config;
mod directory;
mod format;
mod inventory;
mod reader;
mod recover;
mod segment;
mod source;
mod window;
mod writer;

pub use acknowledge::Acknowledge;
pub use append::AppendError;
pub use config::{Config, SEGMENT_OCTETS_MAX, SEGMENT_OCTETS_MIN, WhenFull};
pub use format::{FIRST_SEQUENCE, FrameFault, HEADER_OCTETS, PAYLOAD_OCTETS_MAX, SEQUENCE_MAX};
pub use inventory::{Dropped, Freed};
pub use reader::{ReadError, Reader, Record};
pub use writer::Writer;
