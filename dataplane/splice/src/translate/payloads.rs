//! What is inserted, in places of fixed size in the memory that outlives the process.
//!
//! ```text
//!  0         2         4              8
//! +---------+---------+--------------+----------------
//! | length  | 0       | CRC32c       | payload ...          both little-endian
//! +---------+---------+--------------+----------------
//! ```

use sluice_wire::crc32c::crc32c;

/// The longest payload that can be inserted: a UDT in M3UA with room to spare.
pub const PAYLOAD_OCTETS_MAX: usize = 512;
/// A place with its header.
pub(super) const PLACE_OCTETS: usize = HEADER_OCTETS + PAYLOAD_OCTETS_MAX;

/// Which places are taken.
pub(super) struct Payloads {
    taken: Box<[bool]>,
    next: usize,
}

impl Payloads {
    pub(super) fn new(places: usize) -> Self {
        Self { taken: vec![false; places].into_boxed_slice(), next: 0 }
    }

    /// Stores a payload. None if it is empty, too long, or there is no place.
    pub(super) fn store(&mut self, area: &mut [u8], payload: &[u8]) -> Option<u32> {
        if payload.is_empty() || payload.len() > PAYLOAD_OCTETS_MAX {
            return None;
        }
        let (front, back) = self.taken.split_at(self.next.min(self.taken.len()));
        let found = back.iter().position(|taken| !taken).map(|at| at + front.len());
        let at = found.or_else(|| front.iter().position(|taken| !taken))?;
        let place = area.get_mut(at * PLACE_OCTETS..)?.get_mut(..PLACE_OCTETS)?;
        let (header, rest) = place.split_at_mut_checked(HEADER_OCTETS)?;
        rest.get_mut(..payload.len())?.copy_from_slice(payload);
        header.get_mut(..2)?.copy_from_slice(&(payload.len() as u16).to_le_bytes());
        header.get_mut(4..)?.copy_from_slice(&crc32c(payload).to_le_bytes());
        *self.taken.get_mut(at)? = true;
        self.next = at + 1;
        Some(at as u32)
    }

    /// The place is taken by a message that outlived a process. `false` if it is no whole payload, or taken twice.
    pub(super) fn take_up(&mut self, area: &[u8], at: u32) -> bool {
        let is_whole = is_whole(area, at);
        match self.taken.get_mut(at as usize) {
            Some(taken) if is_whole && !*taken => {
                *taken = true;
                true
            }
            _ => false,
        }
    }

    pub(super) fn free(&mut self, at: u32) {
        if let Some(taken) = self.taken.get_mut(at as usize) {
            *taken = false;
        }
    }
}

/// The payload in a place.
pub(super) fn payload(area: &[u8], at: u32) -> Option<&[u8]> {
    let place = area.get(at as usize * PLACE_OCTETS..)?.get(..PLACE_OCTETS)?;
    let (&[low, high, ..], rest) = place.split_first_chunk::<HEADER_OCTETS>()?;
    rest.get(..usize::from(u16::from_le_bytes([low, high]))).filter(|payload| !payload.is_empty())
}

fn is_whole(area: &[u8], at: u32) -> bool {
    let crc = area.get(at as usize * PLACE_OCTETS + 4..).and_then(|rest| rest.first_chunk());
    payload(area, at).is_some_and(|payload| crc.is_some_and(|crc| u32::from_le_bytes(*crc) == crc32c(payload)))
}

const HEADER_OCTETS: usize = 8;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_taken_in_turn_and_read_again() {
        let (mut area, mut payloads) = (vec![0; 2 * PLACE_OCTETS], Payloads::new(2));
        assert_eq!(payloads.store(&mut area, b"one"), Some(0));
        assert_eq!(payloads.store(&mut area, b"two"), Some(1));
        assert_eq!(payloads.store(&mut area, b"three"), None);
        payloads.free(0);
        assert_eq!(payloads.store(&mut area, b"three"), Some(0));
        assert_eq!((payload(&area, 0), payload(&area, 1)), (Some(&b"three"[..]), Some(&b"two"[..])));
        assert_eq!((payloads.store(&mut area, b""), payloads.store(&mut area, &[0; 513])), (None, None));
    }

    #[test]
    fn only_whole_payloads_are_taken_up_and_each_once() {
        let (mut area, mut before) = (vec![0; 3 * PLACE_OCTETS], Payloads::new(3));
        before.store(&mut area, b"one");
        before.store(&mut area, b"two");
        area[PLACE_OCTETS + 8] ^= 1;
        let mut after = Payloads::new(3);
        let taken = [0, 0, 1, 2, 3].map(|at| after.take_up(&area, at));
        assert_eq!(taken, [true, false, false, false, false]);
    }
}
