//! A pcapng file whose frames have comments (draft-ietf-opsawg-pcapng), written as a pcap file is: it appears under its
//! name only when it is whole.
//!
//! ```text
//! section    0a0d0d0a | total 4 | 1a2b3c4d | 1.0 | length not said 8 | options | total 4
//! interface  1 | total 4 | link type 2 | 0 2 | snaplen 4 | options: name, resolution | total 4
//! frame      6 | total 4 | interface 4 | time 4 4 | captured 4 | original 4 | octets | options: comment | total 4
//! option     code 2 | length 2 | octets, padded to 4
//! ```
//! One section, little-endian, times in nanoseconds. Not written: statistics, names, secrets.

use std::io;
use std::path::Path;

use super::BLOCK_OCTETS_MAX;
use super::partial::Partial;
use crate::LinkType;

/// Writes a capture file with comments. Until [`finish`](Self::finish) it has another name; dropped without, it is
/// removed.
pub struct AnnotatedWriter {
    file: Partial,
    interfaces: u32,
    /// The block at hand.
    block: Vec<u8>,
}

/// An interface of the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Interface(u32);

impl AnnotatedWriter {
    /// Starts a file; `application` is named in it as its writer.
    pub fn create(path: impl AsRef<Path>, application: &str) -> io::Result<Self> {
        let file = Partial::create(path.as_ref())?;
        let mut writer = Self { file, interfaces: 0, block: Vec::new() };
        writer.section(application)?;
        Ok(writer)
    }

    /// Adds an interface whose frames begin with `link_type`. It may be added at any time before its first frame.
    pub fn interface(&mut self, name: &str, link_type: LinkType) -> io::Result<Interface> {
        self.begin(INTERFACE);
        self.block.extend_from_slice(&link_type.0.to_le_bytes());
        self.block.extend_from_slice(&[0; 2]);
        self.word(SNAP_OCTETS);
        self.option(IF_NAME, name.as_bytes());
        self.option(IF_TSRESOL, &[NANOSECONDS]);
        self.end()?;
        self.interfaces += 1;
        Ok(Interface(self.interfaces - 1))
    }

    /// Adds a whole frame with a comment, which may be empty; one too long for an option is cut at a character.
    pub fn write(&mut self, on: Interface, timestamp_ns: u64, octets: &[u8], comment: &str) -> io::Result<()> {
        if octets.len() > BLOCK_OCTETS_MAX - ROOM_OCTETS {
            return Err(io::ErrorKind::InvalidInput.into());
        }
        let len = octets.len() as u32;
        self.begin(FRAME);
        for word in [on.0, (timestamp_ns >> 32) as u32, timestamp_ns as u32, len, len] {
            self.word(word);
        }
        self.padded(octets);
        if !comment.is_empty() {
            let end = comment.floor_char_boundary(usize::from(u16::MAX));
            self.option(COMMENT, comment.get(..end).unwrap_or_default().as_bytes());
        }
        self.end()
    }

    /// Puts everything on the disk and gives the file its name.
    pub fn finish(self) -> io::Result<()> {
        self.file.finish()
    }

    fn section(&mut self, application: &str) -> io::Result<()> {
        self.begin(SECTION);
        self.word(BYTE_ORDER);
        self.word(VERSION);
        self.block.extend_from_slice(&[0xff; 8]);
        self.option(USER_APPLICATION, application.as_bytes());
        self.end()
    }

    fn begin(&mut self, kind: u32) {
        self.block.clear();
        self.word(kind);
        self.word(0);
    }

    /// Ends the options and the block, and writes it.
    fn end(&mut self) -> io::Result<()> {
        self.option(END_OF_OPTIONS, &[]);
        let total = (self.block.len() as u32 + 4).to_le_bytes();
        if let Some(length) = self.block.get_mut(4..8) {
            length.copy_from_slice(&total);
        }
        self.block.extend_from_slice(&total);
        self.file.write_all(&self.block)
    }

    fn option(&mut self, code: u16, value: &[u8]) {
        let value = value.get(..usize::from(u16::MAX)).unwrap_or(value);
        self.block.extend_from_slice(&code.to_le_bytes());
        self.block.extend_from_slice(&(value.len() as u16).to_le_bytes());
        self.padded(value);
    }

    fn padded(&mut self, octets: &[u8]) {
        self.block.extend_from_slice(octets);
        self.block.resize(self.block.len().next_multiple_of(4), 0);
    }

    fn word(&mut self, word: u32) {
        self.block.extend_from_slice(&word.to_le_bytes());
    }
}

const SECTION: u32 = 0x0a0d_0d0a;
const INTERFACE: u32 = 1;
const FRAME: u32 = 6;
const BYTE_ORDER: u32 = 0x1a2b_3c4d;
/// 1.0, major first.
const VERSION: u32 = 1;
/// No frame is cut.
const SNAP_OCTETS: u32 = 0;
/// Octets of a block besides those of its frame, comment included.
const ROOM_OCTETS: usize = 128 << 10;

const END_OF_OPTIONS: u16 = 0;
const COMMENT: u16 = 1;
const IF_NAME: u16 = 2;
const USER_APPLICATION: u16 = 4;
const IF_TSRESOL: u16 = 9;
/// As a power of ten.
const NANOSECONDS: u8 = 9;
