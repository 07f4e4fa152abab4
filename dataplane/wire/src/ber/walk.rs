//! Every element of a tree, in the order of the octets, without recursion. X.690 §8.1.
//!
//! ```text
//!   30 09                 1  constructed: its end is remembered
//!      A0 80              2  constructed, indefinite: open until its 00 00
//!         04 02 xx xx     3  primitive: with its value
//!      00 00                 closes what 2 opened
//!      05 00              4
//! ```
//! Each octet of a header is looked at once; values are stepped over. At most [`NESTING_MAX`] elements are open.

use super::header::{Header, Length};
use super::{Form, NESTING_MAX, Tag};
use crate::Reason;

/// An element, where it begins and, of a primitive one, its value.
pub(super) struct Step<'a> {
    pub(super) at: usize,
    pub(super) tag: Tag,
    pub(super) form: Form,
    pub(super) value: Option<&'a [u8]>,
}

impl Step<'_> {
    /// An end-of-contents where there is nothing to end.
    pub(super) fn ends_nothing(&self) -> bool {
        self.tag == Tag::END_OF_CONTENTS && self.form == Form::ORDINARY && self.value == Some(&[])
    }
}

/// An element whose inside is being walked.
#[derive(Clone, Copy)]
struct Open {
    at: usize,
    /// Where it ends; of an indefinite one, where it ends at the latest.
    end: usize,
    indefinite: bool,
}

/// The walk.
pub(super) struct Walk<'a> {
    octets: &'a [u8],
    at: usize,
    open: [Open; NESTING_MAX],
    depth: usize,
}

impl<'a> Walk<'a> {
    pub(super) const fn new(octets: &'a [u8]) -> Self {
        let outside = Open { at: 0, end: octets.len(), indefinite: false };
        Self { octets, at: 0, open: [outside; NESTING_MAX], depth: 0 }
    }

    /// The next element, or where and why there is none. After a refusal the walk goes on behind what holds the
    /// refused octets, except after one for depth: that is the end.
    pub(super) fn next(&mut self) -> Result<Option<Step<'a>>, (usize, Reason)> {
        loop {
            let inside = self.innermost();
            let end = inside.map_or(self.octets.len(), |open| open.end);
            match inside {
                Some(open) if self.at >= end => {
                    self.depth -= 1;
                    if open.indefinite {
                        return Err((open.at, Reason::Truncated));
                    }
                }
                None if self.at >= end => return Ok(None),
                _ => {
                    let header = self.header(end)?;
                    let at = self.at;
                    self.at += header.octets;
                    if header.ends_contents() && inside.is_some_and(|open| open.indefinite) {
                        self.depth -= 1;
                    } else {
                        return self.enter(at, &header, end).map(Some);
                    }
                }
            }
        }
    }

    fn innermost(&self) -> Option<Open> {
        self.depth.checked_sub(1).and_then(|index| self.open.get(index)).copied()
    }

    fn header(&mut self, end: usize) -> Result<Header, (usize, Reason)> {
        let at = self.at;
        Header::parse(self.octets.get(at..end).unwrap_or(&[])).map_err(|reason| {
            self.at = end;
            (at, reason)
        })
    }

    /// Steps over a primitive value, opens a constructed one.
    fn enter(&mut self, at: usize, header: &Header, limit: usize) -> Result<Step<'a>, (usize, Reason)> {
        let available = limit.saturating_sub(self.at);
        let mut form = header.form;
        let (length, indefinite) = match header.length {
            Length::Definite(length) => {
                form |= if length > available { Form::CLIPPED } else { 0 };
                (length.min(available), false)
            }
            Length::Indefinite => {
                form |= Form::INDEFINITE;
                (available, true)
            }
        };
        let end = self.at.saturating_add(length);
        let value = if header.tag.constructed() {
            let Some(room) = self.open.get_mut(self.depth) else {
                (self.at, self.depth) = (self.octets.len(), 0);
                return Err((at, Reason::TooDeep));
            };
            *room = Open { at, end, indefinite };
            self.depth += 1;
            None
        } else {
            let value = self.octets.get(self.at..end);
            self.at = end;
            value
        };
        Ok(Step { at, tag: header.tag, form: Form(form), value })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a walk shows: tag and place of each element, or the reason where there is none.
    fn shown(octets: &[u8]) -> Vec<(usize, Result<u32, Reason>)> {
        let mut walk = Walk::new(octets);
        let mut shown = vec![];
        loop {
            match walk.next() {
                Ok(Some(step)) => shown.push((step.at, Ok(step.tag.0))),
                Ok(None) => return shown,
                Err((at, reason)) => shown.push((at, Err(reason))),
            }
        }
    }

    #[test]
    fn shows_every_element_of_a_tree_in_order() {
        let octets = [0x30, 0x0A, 0xA0, 0x80, 0x04, 0x02, 7, 7, 0, 0, 0x05, 0x00, 0x02, 0x01, 1];
        assert_eq!(shown(&octets), [(0, Ok(0x30)), (2, Ok(0xA0)), (4, Ok(0x04)), (10, Ok(0x05)), (12, Ok(0x02))]);
    }

    #[test]
    fn goes_on_behind_what_holds_octets_that_are_no_element() {
        let octets = [0x30, 0x03, 0x04, 0xFF, 0x00, 0x05, 0x00];
        assert_eq!(shown(&octets), [(0, Ok(0x30)), (2, Err(Reason::BadLength)), (5, Ok(0x05))]);
    }

    #[test]
    fn says_which_indefinite_element_was_not_closed() {
        let octets = [0x30, 0x04, 0xA0, 0x80, 0x05, 0x00, 0x04, 0x00];
        assert_eq!(
            shown(&octets),
            [(0, Ok(0x30)), (2, Ok(0xA0)), (4, Ok(0x05)), (2, Err(Reason::Truncated)), (6, Ok(0x04))]
        );
    }

    #[test]
    fn ends_at_what_is_nested_too_deep() {
        for bomb in [[0x30, 0x80].repeat(64), [0xA0, 0x7F].repeat(64)] {
            let shown = shown(&bomb);
            assert_eq!(shown.len(), NESTING_MAX + 1);
            assert_eq!(shown.last(), Some(&(2 * NESTING_MAX, Err(Reason::TooDeep))));
        }
    }

    #[test]
    fn takes_no_more_steps_than_there_are_octets() {
        for pattern in
            [&[0x30, 0x80][..], &[0x30, 0x80, 0, 0], &[0x30, 0x00], &[0x00], &[0x30, 0x02, 0x30, 0x80], &[0x9F, 0x80]]
        {
            let octets = pattern.repeat(8_000);
            assert!(shown(&octets).len() <= octets.len(), "{pattern:02X?}");
        }
    }
}
