//! A pcap file with nanoseconds, which appears under its name only when it is whole.

use std::io;
use std::path::Path;

use super::partial::Partial;
use crate::LinkType;

/// Writes a capture file. Until [`finish`](Self::finish) it has another name; dropped without, it is removed.
pub struct Writer {
    link_type: LinkType,
    file: Partial,
}

impl Writer {
    /// Starts a file of frames that all begin with `link_type`.
    pub fn create(path: impl AsRef<Path>, link_type: LinkType) -> io::Result<Self> {
        let mut file = Partial::create(path.as_ref())?;
        file.write_all(&file_header(link_type))?;
        Ok(Self { link_type, file })
    }

    /// Adds a frame. `original_octets` is its length on the line, which the octets may fall short of.
    pub fn write(&mut self, timestamp_ns: u64, octets: &[u8], original_octets: u32) -> io::Result<()> {
        let captured = u32::try_from(octets.len()).map_err(|_| io::ErrorKind::InvalidInput)?;
        // The format's seconds end in 2106.
        let seconds = u32::try_from(timestamp_ns / 1_000_000_000).unwrap_or(u32::MAX);
        let nanoseconds = (timestamp_ns % 1_000_000_000) as u32;
        for field in [seconds, nanoseconds, captured, original_octets.max(captured)] {
            self.file.write_all(&field.to_le_bytes())?;
        }
        self.file.write_all(octets)
    }

    /// What the frames begin with.
    pub fn link_type(&self) -> LinkType {
        self.link_type
    }

    /// Puts everything on the disk and gives the file its name.
    pub fn finish(self) -> io::Result<()> {
        self.file.finish()
    }
}

/// ```text
/// a1b23c4d | 2 | 4 | 0 | 0 | snaplen | link type      little-endian, nanoseconds
/// ```
fn file_header(link_type: LinkType) -> [u8; 24] {
    const SNAP_OCTETS: u32 = 262_144;
    let mut header = [0; 24];
    let fields = [0xa1b2_3c4d, 0x0004_0002, 0, 0, SNAP_OCTETS, u32::from(link_type.0)];
    for (to, field) in header.chunks_exact_mut(4).zip(fields) {
        to.copy_from_slice(&field.to_le_bytes());
    }
    header
}
