//! Batches as they lie in the file that is being written.
//!
//! ```text
//! frame = length(4) crc32c(4) body                      of the body; a frame that does not hold ends the file
//! body  = next(8) item*                                 next: the sequence number that is read after it
//! item  = 1(1) sequence(8) length(4) octets             a record
//!       | 2(1) first(8) last(8) time(8) length(1) text  sequence numbers that cannot be had any more, and why
//! ```

use sluice_wire::crc32c::crc32c;

/// What the journal gave.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Item {
    /// A record.
    Record {
        /// Its sequence number.
        sequence: u64,
        /// Its octets.
        payload: Vec<u8>,
    },
    /// Sequence numbers that cannot be had any more.
    Lost(Loss),
}

/// Sequence numbers that cannot be had any more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Loss {
    /// The first of them.
    pub first: u64,
    /// The last of them.
    pub last: u64,
    /// When that was found, in nanoseconds since 1970.
    pub time: u64,
    /// Why.
    pub cause: String,
}

impl Loss {
    /// Records that are gone with it.
    pub fn count(&self) -> u64 {
        (self.last - self.first).saturating_add(1)
    }
}

/// Appends a frame with these items.
pub(crate) fn write(items: &[Item], next: u64, out: &mut Vec<u8>) {
    let start = out.len();
    out.extend([0; HEAD_OCTETS]);
    out.extend(next.to_le_bytes());
    for item in items {
        match item {
            Item::Record { sequence, payload } => {
                out.push(RECORD);
                out.extend(sequence.to_le_bytes());
                out.extend((payload.len() as u32).to_le_bytes());
                out.extend(payload);
            }
            Item::Lost(loss) => write_loss(loss, out),
        }
    }
    let body = &out[start + HEAD_OCTETS..];
    let (length, crc) = (body.len() as u32, crc32c(body));
    out[start..start + 4].copy_from_slice(&length.to_le_bytes());
    out[start + 4..start + 8].copy_from_slice(&crc.to_le_bytes());
}

/// A loss as it lies in a frame, and in what is sealed.
pub(crate) fn write_loss(loss: &Loss, out: &mut Vec<u8>) {
    let cause = &loss.cause.as_bytes()[..loss.cause.floor_char_boundary(CAUSE_OCTETS_MAX)];
    out.push(LOST);
    [loss.first, loss.last, loss.time].iter().for_each(|number| out.extend(number.to_le_bytes()));
    out.push(cause.len() as u8);
    out.extend(cause);
}

/// A frame that holds.
pub(crate) struct Frame<'p> {
    /// The sequence number that is read after it.
    pub next: u64,
    /// Its items; `None` for what cannot be one.
    pub items: Cursor<'p>,
    /// How long it is, with its head.
    pub octets: usize,
}

/// The frame that begins here, if a complete one does.
pub(crate) fn read(octets: &[u8]) -> Option<Frame<'_>> {
    let (length, rest) = octets.split_first_chunk::<4>()?;
    let (crc, rest) = rest.split_first_chunk::<4>()?;
    let length = u32::from_le_bytes(*length) as usize;
    let body = rest.get(..length)?;
    if crc32c(body) != u32::from_le_bytes(*crc) {
        return None;
    }
    let (next, items) = body.split_first_chunk::<8>()?;
    Some(Frame { next: u64::from_le_bytes(*next), items: Cursor::new(items), octets: HEAD_OCTETS + length })
}

/// An item where it lies.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Lying<'p> {
    Record { sequence: u64, at: usize, payload: &'p [u8] },
    Lost(Loss),
}

/// Reads items one after the other; `at` counts from where it began.
pub(crate) struct Cursor<'p> {
    octets: &'p [u8],
    at: usize,
}

impl<'p> Cursor<'p> {
    pub fn new(octets: &'p [u8]) -> Self {
        Self { octets, at: 0 }
    }

    pub fn is_at_end(&self) -> bool {
        self.at == self.octets.len()
    }

    /// The next item; `None` where none can be.
    pub fn next(&mut self) -> Option<Lying<'p>> {
        match *self.take(1)?.first()? {
            RECORD => {
                let sequence = self.u64()?;
                let length = u32::from_le_bytes(*self.take(4)?.first_chunk()?) as usize;
                let at = self.at;
                Some(Lying::Record { sequence, at, payload: self.take(length)? })
            }
            LOST => {
                let (first, last, time) = (self.u64()?, self.u64()?, self.u64()?);
                let length = usize::from(*self.take(1)?.first()?);
                let cause = String::from_utf8_lossy(self.take(length)?).into_owned();
                (first <= last).then_some(Lying::Lost(Loss { first, last, time, cause }))
            }
            _ => None,
        }
    }

    fn take(&mut self, count: usize) -> Option<&'p [u8]> {
        let taken = self.octets.get(self.at..self.at.checked_add(count)?)?;
        self.at += count;
        Some(taken)
    }

    fn u64(&mut self) -> Option<u64> {
        self.take(8)?.first_chunk().map(|octets| u64::from_le_bytes(*octets))
    }
}

/// Length and checksum.
pub(crate) const HEAD_OCTETS: usize = 8;
/// The number before the items.
pub(crate) const NEXT_OCTETS: usize = 8;
const RECORD: u8 = 1;
const LOST: u8 = 2;
const CAUSE_OCTETS_MAX: usize = 255;
