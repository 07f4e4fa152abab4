//! A pcap file with nanoseconds, which appears under its name only when it is whole.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use crate::LinkType;

/// Writes a capture file. Until [`finish`](Self::finish) it has another name; dropped without, it is removed.
pub struct Writer {
    path: PathBuf,
    partial: PathBuf,
    link_type: LinkType,
    file: Option<BufWriter<File>>,
}

impl Writer {
    /// Starts a file of frames that all begin with `link_type`.
    pub fn create(path: impl AsRef<Path>, link_type: LinkType) -> io::Result<Self> {
        let path = path.as_ref().to_owned();
        let mut name = path.file_name().ok_or(io::ErrorKind::InvalidFilename)?.to_owned();
        name.push(format!(".partial-{}", std::process::id()));
        let partial = path.with_file_name(name);
        let mut file = BufWriter::with_capacity(64 << 10, File::create(&partial)?);
        file.write_all(&file_header(link_type))?;
        Ok(Self { path, partial, link_type, file: Some(file) })
    }

    /// Adds a frame. `original_octets` is its length on the line, which the octets may fall short of.
    pub fn write(&mut self, timestamp_ns: u64, octets: &[u8], original_octets: u32) -> io::Result<()> {
        let file = self.file.as_mut().ok_or(io::ErrorKind::BrokenPipe)?;
        let captured = u32::try_from(octets.len()).map_err(|_| io::ErrorKind::InvalidInput)?;
        // The format's seconds end in 2106.
        let seconds = u32::try_from(timestamp_ns / 1_000_000_000).unwrap_or(u32::MAX);
        let nanoseconds = (timestamp_ns % 1_000_000_000) as u32;
        for field in [seconds, nanoseconds, captured, original_octets.max(captured)] {
            file.write_all(&field.to_le_bytes())?;
        }
        file.write_all(octets)
    }

    /// What the frames begin with.
    pub fn link_type(&self) -> LinkType {
        self.link_type
    }

    /// Puts everything on the disk and gives the file its name.
    pub fn finish(mut self) -> io::Result<()> {
        let Some(file) = self.file.take() else { return Ok(()) };
        let done = file.into_inner().map_err(io::IntoInnerError::into_error).and_then(|file| file.sync_all());
        let done = done.and_then(|()| fs::rename(&self.partial, &self.path));
        if done.is_err() {
            let _ = fs::remove_file(&self.partial);
        }
        done
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        if self.file.take().is_some() {
            // Nobody is left to tell, and the name says what the file is.
            let _ = fs::remove_file(&self.partial);
        }
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
