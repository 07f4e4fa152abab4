//! Capture files: read one frame at a time, written atomically, or played as a port.
//!
//! Read: pcap (microseconds and nanoseconds, both byte orders, the "modified" kind) and pcapng (several
//! sections and interfaces, each with its link type, timestamp resolution and offset), plain or gzip.
//! Memory is bounded by [`BLOCK_OCTETS_MAX`]. Frames cut by the snapshot length come with the octets there
//! are. Written: pcap with nanoseconds, and pcapng with comments on frames. Not handled: snoop, ERF, the
//! pre-2004 pcapng packet block.

mod annotated;
mod error;
mod feed;
mod partial;
mod pcap;
mod pcapng;
mod port;
mod reader;
mod writer;

pub use annotated::{AnnotatedWriter, Interface};
pub use error::{CaptureError, Fault};
pub use port::CapturePort;
pub use reader::{Reader, Record};
pub use writer::Writer;

/// The longest frame or block a file may have; a longer one is a damaged length.
pub const BLOCK_OCTETS_MAX: usize = 16 << 20;
