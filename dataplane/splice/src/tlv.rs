//! A BER message again, with other contents in a few of its elements. X.690 §8.1.
//!
//! ```text
//!   62 1C                62 1F          all that holds a change gets its length anew, in the shortest form;
//!      6C 80                6C 80       an indefinite one stays so
//!         A1 16                A1 19
//!            04 08 …              04 0B …   contents given
//!            02 81 01 05          02 81 01 05   all else stays, octet for octet
//! ```
//! A change is of the contents of one element, or of a whole one, which may so be left out. Nothing is entered that
//! holds no change: however the rest was written, it is not looked at. Not handled: a string in pieces as one, and
//! adding an element, but in the place of another.

use arrayvec::ArrayVec;
use sluice_wire::ber::{NESTING_MAX, Reader, Tlv};
use sluice_wire::{Error, Layer, Reason};
use std::ops::Range;

/// Changes of one message.
pub const CHANGES_MAX: usize = 24;
/// Elements that hold changes.
const HOLDERS_MAX: usize = 64;

/// Other octets for the contents of an element, or for a whole one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change<'c> {
    /// Which octets of the message.
    pub place: Range<usize>,
    /// What they become.
    pub octets: &'c [u8],
}

impl<'c> Change<'c> {
    /// A change of octets that are part of a message; none where they were not cut from it, such as a string that was
    /// put together elsewhere.
    pub fn of(message: &[u8], part: &[u8], octets: &'c [u8]) -> Option<Self> {
        let at = part.as_ptr().addr().checked_sub(message.as_ptr().addr())?;
        let place = at..at.checked_add(part.len())?;
        message.get(place.clone())?;
        Some(Self { place, octets })
    }
}

/// Writes a message with its changes to the start of `out` and says how many octets it has then.
///
/// # Errors
/// `BadValue` for changes that overlap, are too many or of anything but contents or a whole element; `TooDeep`, or what
/// the octets are refused for, where what holds a change is no element; `Truncated` where there is no room.
pub fn rewrite(message: &[u8], changes: &[Change<'_>], out: &mut [u8]) -> Result<usize, Error> {
    let refuse = |reason| Error::new(Layer::Tcap, 0, reason);
    let changes = in_order(changes).ok_or(refuse(Reason::BadValue))?;
    let holders = holders(message, &changes).map_err(refuse)?;
    let lengths = lengths(&holders, &changes).ok_or(refuse(Reason::BadLength))?;
    write(message, &holders, &lengths, &changes, out).ok_or(refuse(Reason::Truncated))
}

type InOrder<'r, 'c> = ArrayVec<&'r Change<'c>, CHANGES_MAX>;
type Holders = ArrayVec<Holder, HOLDERS_MAX>;
type Lengths = ArrayVec<usize, HOLDERS_MAX>;

/// An element with a change inside.
#[derive(Clone, Debug)]
struct Holder {
    /// Where its length stands.
    length: Range<usize>,
    contents: Range<usize>,
    is_indefinite: bool,
}

fn in_order<'r, 'c>(changes: &'r [Change<'c>]) -> Option<InOrder<'r, 'c>> {
    let mut sorted = InOrder::new();
    changes.iter().try_for_each(|change| sorted.try_push(change)).ok()?;
    sorted.sort_unstable_by_key(|change| (change.place.start, change.place.end));
    let forwards = sorted.iter().all(|change| change.place.start <= change.place.end);
    let apart = sorted.is_sorted_by(|a, b| a.place.end <= b.place.start && a.place != b.place);
    (forwards && apart).then_some(sorted)
}

/// Every element that holds changes, each before those inside it.
fn holders(message: &[u8], changes: &[&Change<'_>]) -> Result<Holders, Reason> {
    let mut holders = Holders::new();
    let mut open = ArrayVec::<Open, NESTING_MAX>::new();
    let (mut at, mut made) = (0, 0);
    while let Some(change) = changes.get(made) {
        let end = open.last().map_or(message.len(), |open| open.contents_end);
        if at >= end {
            // A change that was passed and not found is of no element.
            at = open.pop().ok_or(Reason::BadValue)?.end;
            continue;
        }
        let element = element(message, at, end)?;
        match element.holds(change) {
            Holds::Nothing => at = element.end,
            Holds::Whole => (at, made) = (element.end, made + 1),
            Holds::Contents => {
                (at, made) = (element.end, made + 1);
                holders.try_push(element.holder).map_err(|_| Reason::TooDeep)?;
            }
            Holds::Inside => {
                at = element.holder.contents.start;
                let walked = Open { contents_end: element.holder.contents.end, end: element.end };
                open.try_push(walked).map_err(|_| Reason::TooDeep)?;
                holders.try_push(element.holder).map_err(|_| Reason::TooDeep)?;
            }
            Holds::Part => return Err(Reason::BadValue),
        }
    }
    Ok(holders)
}

/// An element whose inside is walked.
struct Open {
    contents_end: usize,
    /// Behind its end-of-contents, if it has one.
    end: usize,
}

struct Element {
    start: usize,
    holder: Holder,
    /// Where it ends, its end-of-contents included.
    end: usize,
    is_constructed: bool,
}

/// What of a change an element holds.
enum Holds {
    Nothing,
    /// It is the change.
    Whole,
    Contents,
    Inside,
    /// A part of it, or a part of what is no element.
    Part,
}

impl Element {
    fn holds(&self, change: &Change<'_>) -> Holds {
        let (place, contents) = (&change.place, &self.holder.contents);
        let within = contents.start <= place.start && place.end <= contents.end;
        if *place == (self.start..self.end) {
            Holds::Whole
        } else if place == contents {
            Holds::Contents
        } else if within && self.is_constructed {
            Holds::Inside
        } else if within || place.start < self.end {
            Holds::Part
        } else {
            Holds::Nothing
        }
    }
}

fn element(message: &[u8], at: usize, end: usize) -> Result<Element, Reason> {
    let tlv = Reader::new(message.get(at..end).unwrap_or_default()).next()?.ok_or(Reason::Truncated)?;
    if tlv.form.clipped() {
        return Err(Reason::Truncated);
    }
    let is_indefinite = tlv.form.indefinite();
    let trailer = if is_indefinite { END_OF_CONTENTS_OCTETS } else { 0 };
    let contents_end = at + tlv.raw.len() - trailer;
    let contents = contents_end - tlv.value.len()..contents_end;
    let holder = Holder { length: at + tag_octets(&tlv)..contents.start, contents, is_indefinite };
    Ok(Element { start: at, holder, end: at + tlv.raw.len(), is_constructed: tlv.tag.constructed() })
}

fn tag_octets(tlv: &Tlv<'_>) -> usize {
    match tlv.raw {
        [first, rest @ ..] if first & 0x1F == 0x1F => 2 + rest.iter().take_while(|octet| **octet & 0x80 != 0).count(),
        _ => 1,
    }
}

/// How long the contents of each holder become. Those inside come first.
fn lengths(holders: &Holders, changes: &[&Change<'_>]) -> Option<Lengths> {
    let mut lengths: Lengths = holders.iter().map(|holder| holder.contents.len()).collect();
    for (number, holder) in holders.iter().enumerate().rev() {
        let mut length = holder.contents.len();
        let inside = |place: &Range<usize>| holder.contents.start <= place.start && place.end <= holder.contents.end;
        for change in changes.iter().filter(|change| inside(&change.place)) {
            length = (length + change.octets.len()).checked_sub(change.place.len())?;
        }
        let held = holders.iter().zip(&lengths).skip(number + 1);
        for (held, &becomes) in held.filter(|(held, _)| inside(&held.length)) {
            length = (length + held.length_octets(becomes)).checked_sub(held.length.len())?;
        }
        *lengths.get_mut(number)? = length;
    }
    Some(lengths)
}

impl Holder {
    fn length_octets(&self, contents: usize) -> usize {
        if self.is_indefinite { self.length.len() } else { Length::of(contents).octets().len() }
    }
}

fn write(
    message: &[u8],
    holders: &Holders,
    lengths: &Lengths,
    changes: &[&Change<'_>],
    out: &mut [u8],
) -> Option<usize> {
    let mut copy = Copying { message, read: 0, out, written: 0 };
    let mut holders = holders.iter().zip(lengths).filter(|(holder, _)| !holder.is_indefinite).peekable();
    for change in changes {
        // The length of what holds it stands before it, also where it holds nothing.
        while let Some((holder, length)) = holders.next_if(|(holder, _)| holder.length.end <= change.place.start) {
            copy.instead(&holder.length, Length::of(*length).octets())?;
        }
        copy.instead(&change.place, change.octets)?;
    }
    copy.instead(&(message.len()..message.len()), &[])?;
    Some(copy.written)
}

struct Copying<'m, 'o> {
    message: &'m [u8],
    read: usize,
    out: &'o mut [u8],
    written: usize,
}

impl Copying<'_, '_> {
    /// Copies up to a place of the message and writes other octets for it.
    fn instead(&mut self, place: &Range<usize>, octets: &[u8]) -> Option<()> {
        let before = self.message.get(self.read..place.start)?;
        for octets in [before, octets] {
            self.out.get_mut(self.written..)?.get_mut(..octets.len())?.copy_from_slice(octets);
            self.written += octets.len();
        }
        self.read = place.end;
        Some(())
    }
}

/// A length in the shortest form: X.690 §10.1.
struct Length {
    octets: [u8; 4],
    len: usize,
}

impl Length {
    fn of(length: usize) -> Self {
        let [.., third, second, first] = length.to_be_bytes();
        match length {
            0..=0x7F => Self { octets: [first, 0, 0, 0], len: 1 },
            0x80..=0xFF => Self { octets: [0x81, first, 0, 0], len: 2 },
            0x100..=0xFFFF => Self { octets: [0x82, second, first, 0], len: 3 },
            _ => Self { octets: [0x83, third, second, first], len: 4 },
        }
    }

    fn octets(&self) -> &[u8] {
        self.octets.get(..self.len).unwrap_or_default()
    }
}

const END_OF_CONTENTS_OCTETS: usize = 2;
