//! Reads the elements of a parameter by their table, without recursion and with a bound on their number.
//!
//! An element is looked for from where the one before it stood, then before it: there it is out of its order, or
//! comes twice, and is taken only if nothing was there yet.

use super::{Element, Holds, Shape, Slot};
use crate::ber::{self, Reader, Tag, Tlv};
use crate::map::Subject;
use crate::{Anomaly, Reason};
use core::mem;

/// Tables inside one another; a test holds that none needs more.
const DEPTH_MAX: usize = 10;
/// Elements of a parameter before it is refused; the longest argument of TS 29.002 has a few hundred.
const ELEMENTS_MAX: usize = 2_048;

/// Reads `parameter`, which is one of the elements of `shape`. Says whether it is.
#[inline]
pub(in crate::map) fn walk<'a>(
    subject: &mut Subject<'a>,
    parameter: Tlv<'a>,
    shape: &'static Shape,
    scratch: &'a mut [u8],
) -> bool {
    let level = Level { reader: Reader::new(&[]), shape, place: 0 };
    let mut walk = Walk { subject, scratch, level, outer: [None; DEPTH_MAX], depth: 0 };
    let known = walk.take(parameter);
    walk.run();
    known
}

#[derive(Clone, Copy)]
struct Level<'a> {
    reader: Reader<'a>,
    shape: &'static Shape,
    /// The first place that may still be filled in order.
    place: usize,
}

struct Walk<'a, 's> {
    subject: &'s mut Subject<'a>,
    scratch: &'a mut [u8],
    level: Level<'a>,
    outer: [Option<Level<'a>>; DEPTH_MAX],
    depth: usize,
}

impl<'a> Walk<'a, '_> {
    #[inline(always)]
    fn run(&mut self) {
        for _ in 0..ELEMENTS_MAX {
            match self.level.reader.next() {
                Ok(Some(tlv)) => {
                    if tlv.form.clipped() {
                        self.subject.note(tlv.raw, Reason::Truncated);
                    }
                    if !self.take(tlv) {
                        self.subject.anomalies.note(Anomaly::UnknownElement);
                    }
                    continue;
                }
                Ok(None) => {}
                Err(reason) => self.subject.note(self.level.reader.rest(), reason),
            }
            if !self.leave() {
                return;
            }
        }
        self.subject.note(self.level.reader.rest(), Reason::TooDeep);
    }

    /// Takes an element of the innermost level. Says whether the table has it.
    #[inline(always)]
    fn take(&mut self, tlv: Tlv<'a>) -> bool {
        let Some((at, element)) = self.level.shape.find(tlv.tag, self.level.place) else {
            return self.take_pieces(tlv);
        };
        if self.level.advance(at) {
            self.subject.anomalies.note(Anomaly::ElementOrder);
        }
        match element.holds {
            Holds::Nothing => {}
            Holds::Value(slot) => self.subject.put(slot, tlv.value),
            Holds::Elements(shape) => self.enter(tlv, shape),
        }
        true
    }

    /// A string in pieces, X.690 §8.7.3: its tag says that there are elements inside.
    #[cold]
    fn take_pieces(&mut self, tlv: Tlv<'a>) -> bool {
        let level = self.level;
        let Some((at, element)) = primitive(tlv.tag).and_then(|tag| level.shape.find(tag, level.place)) else {
            return false;
        };
        let slot = match element.holds {
            Holds::Nothing => None,
            Holds::Value(slot) if slot.is_string() => Some(slot),
            Holds::Value(_) | Holds::Elements(_) => return false,
        };
        if self.level.advance(at) {
            self.subject.anomalies.note(Anomaly::ElementOrder);
        }
        self.subject.anomalies.note(Anomaly::BerConstructed);
        if let Some(slot) = slot {
            self.join(tlv, slot);
        }
        true
    }

    fn join(&mut self, tlv: Tlv<'a>, slot: Slot) {
        if self.scratch.is_empty() {
            return self.subject.note(tlv.raw, Reason::Unsupported);
        }
        let scratch = mem::take(&mut self.scratch);
        match ber::join(tlv, scratch) {
            Ok(count) => {
                let (joined, rest) = scratch.split_at_mut(count.min(scratch.len()));
                self.scratch = rest;
                self.subject.put(slot, joined);
            }
            Err(error) => {
                self.scratch = scratch;
                self.subject.note(tlv.raw, error.reason);
            }
        }
    }

    #[inline]
    fn enter(&mut self, tlv: Tlv<'a>, shape: &'static Shape) {
        if let Some(outer) = self.outer.get_mut(self.depth) {
            *outer = Some(self.level);
            self.level = Level { reader: Reader::new(tlv.value), shape, place: 0 };
            self.depth += 1;
        }
    }

    /// Goes back to the level around. Says whether there is one.
    #[inline]
    fn leave(&mut self) -> bool {
        let outer = self.depth.checked_sub(1).and_then(|up| self.outer.get_mut(up));
        let Some(level) = outer.and_then(Option::take) else { return false };
        self.level = level;
        self.depth = self.depth.saturating_sub(1);
        true
    }
}

impl Level<'_> {
    /// Moves past the place of an element. Says whether it came too late.
    #[inline]
    fn advance(&mut self, at: usize) -> bool {
        if self.shape.repeats {
            return false;
        }
        let late = at < self.place;
        if !late {
            self.place = self.shape.place_after(at);
        }
        late
    }
}

impl Shape {
    #[inline(always)]
    fn find(&self, tag: Tag, place: usize) -> Option<(usize, &'static Element)> {
        let elements = self.elements;
        let mut at = place;
        while let Some(element) = elements.get(at) {
            if element.tag == tag.0 {
                return Some((at, element));
            }
            at += 1;
        }
        let before = elements.get(..place).unwrap_or(&[]);
        before.iter().enumerate().find(|(_, element)| element.tag == tag.0)
    }

    #[inline(always)]
    fn place_after(&self, at: usize) -> usize {
        let mut place = at + 1;
        while self.elements.get(place).is_some_and(|element| element.instead) {
            place += 1;
        }
        place
    }
}

/// The tag of a constructed element, were it primitive.
fn primitive(tag: Tag) -> Option<Tag> {
    let bit = 0x20_u32.checked_shl(tag.0.checked_ilog2()? / 8 * 8)?;
    (tag.0 & bit != 0).then_some(Tag(tag.0 & !bit))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::map::shape::{argument, error, result};
    use crate::map::{ErrorCode, Operation};

    fn depth_of(shape: &Shape, limit: usize) -> usize {
        assert!(limit > 0, "a table that holds itself");
        let inside = |element: &Element| match element.holds {
            Holds::Elements(inside) => depth_of(inside, limit - 1),
            Holds::Nothing | Holds::Value(_) => 0,
        };
        1 + shape.elements.iter().map(inside).max().unwrap_or(0)
    }

    #[test]
    fn no_table_is_deeper_than_the_reader_goes() {
        let tables = (0..=127).flat_map(|n| [argument(Operation(n)), result(Operation(n)), error(ErrorCode(n))]);
        let deepest = tables.flatten().map(|shape| depth_of(shape, 2 * DEPTH_MAX)).max();
        assert!(deepest.is_some_and(|deepest| (4..=DEPTH_MAX).contains(&deepest)), "{deepest:?}");
    }

    #[test]
    fn tells_the_primitive_tag_of_a_constructed_one() {
        assert_eq!(primitive(Tag(0x24)), Some(Tag(0x04)));
        assert_eq!(primitive(Tag(0xA1)), Some(Tag(0x81)));
        assert_eq!(primitive(Tag(0xBF22)), Some(Tag(0x9F22)));
        assert_eq!(primitive(Tag(0x84)), None);
        assert_eq!(primitive(Tag(0)), None);
    }
}
