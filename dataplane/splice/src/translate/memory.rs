//! The memory that outlives the process, and what lies where in it.
//!
//! ```text
//! +---------+------------------------+-----------------------
//! | header  | associations ...       | payloads ...             each of fixed size
//! +---------+------------------------+-----------------------
//! ```

use super::payloads::PLACE_OCTETS;
use super::save::RECORD_OCTETS;
use std::fmt;

/// How much memory so many associations and inserted payloads take.
pub const fn memory_octets(associations: usize, payloads: usize) -> usize {
    HEADER_OCTETS + associations * RECORD_OCTETS + payloads * PLACE_OCTETS
}

/// The memory is too small, or of another form: of another version, or for other numbers of associations.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Foreign;

impl fmt::Display for Foreign {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the memory of the associations is of another form")
    }
}

impl std::error::Error for Foreign {}

pub(super) struct Memory<M> {
    octets: M,
    payloads_at: usize,
}

impl<M: AsRef<[u8]> + AsMut<[u8]>> Memory<M> {
    /// Without associations.
    pub(super) fn create(mut octets: M, associations: usize, payloads: usize) -> Result<Self, Foreign> {
        let all = octets.as_mut().get_mut(..memory_octets(associations, payloads)).ok_or(Foreign)?;
        all.fill(0);
        all.get_mut(..HEADER_OCTETS).ok_or(Foreign)?.copy_from_slice(&header(associations, payloads));
        Ok(Self { octets, payloads_at: memory_octets(associations, 0) })
    }

    /// Whether it was made for such numbers.
    pub(super) fn is_of(octets: &M, associations: usize, payloads: usize) -> bool {
        let all = octets.as_ref().get(..memory_octets(associations, payloads));
        all.is_some_and(|all| all.get(..HEADER_OCTETS) == Some(&header(associations, payloads)))
    }

    /// As it was left.
    pub(super) fn open(octets: M, associations: usize, payloads: usize) -> Result<Self, Foreign> {
        if !Self::is_of(&octets, associations, payloads) {
            return Err(Foreign);
        }
        Ok(Self { octets, payloads_at: memory_octets(associations, 0) })
    }

    pub(super) fn octets(&self) -> &[u8] {
        self.octets.as_ref()
    }

    pub(super) fn record(&self, number: usize) -> &[u8] {
        let start = HEADER_OCTETS + number * RECORD_OCTETS;
        self.octets.as_ref().get(start..start + RECORD_OCTETS).unwrap_or_default()
    }

    pub(super) fn record_mut(&mut self, number: usize) -> &mut [u8] {
        let start = HEADER_OCTETS + number * RECORD_OCTETS;
        self.octets.as_mut().get_mut(start..start + RECORD_OCTETS).unwrap_or_default()
    }

    pub(super) fn payloads(&self) -> &[u8] {
        self.octets.as_ref().get(self.payloads_at..).unwrap_or_default()
    }

    pub(super) fn payloads_mut(&mut self) -> &mut [u8] {
        self.octets.as_mut().get_mut(self.payloads_at..).unwrap_or_default()
    }
}

fn header(associations: usize, payloads: usize) -> [u8; HEADER_OCTETS] {
    let mut header = [0; HEADER_OCTETS];
    let numbers = [MAGIC, VERSION, associations as u32, payloads as u32, RECORD_OCTETS as u32, PLACE_OCTETS as u32];
    for (place, number) in header.chunks_exact_mut(4).zip(numbers) {
        place.copy_from_slice(&number.to_le_bytes());
    }
    header
}

const HEADER_OCTETS: usize = 32;
const MAGIC: u32 = u32::from_le_bytes(*b"splc");
/// Of the form of everything in it.
const VERSION: u32 = 1;
