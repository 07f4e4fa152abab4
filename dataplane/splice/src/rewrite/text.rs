//! The text of a message with its edits, in the alphabet it has. TS 23.038 §6.2.

use super::{Outcome, Rewritten};
use arrayvec::ArrayString;
use sluice_wire::sms::{Alphabet, TextBuf, Written, write_text};
use sluice_wire::{Error, Reason};
use std::ops::Range;

/// Text and what is to become of it.
pub(super) struct Edits<'e> {
    pub(super) text: &'e str,
    pub(super) strip: &'e [Range<usize>],
    pub(super) mask: &'e [Range<usize>],
    pub(super) append: Option<&'e str>,
}

/// A text of one message and a warning, which may be as long.
type Text = ArrayString<{ 2 * TextBuf::CAPACITY_OCTETS }>;

/// What a character is masked with: some alphabets have no asterisk, and in some it takes two septets.
const MASKS: [char; 4] = ['*', '#', '.', ' '];

impl Edits<'_> {
    pub(super) const fn are_any(&self) -> bool {
        !self.strip.is_empty() || !self.mask.is_empty() || self.append.is_some()
    }

    /// Writes the text behind a header, without the warning where it cannot be had.
    pub(super) fn write<'o>(
        &self,
        elements: &[u8],
        alphabet: Alphabet,
        result: &mut Rewritten,
        out: &'o mut [u8],
    ) -> Option<Written<'o>> {
        let masks = MASKS.get(..if self.mask.is_empty() { 1 } else { MASKS.len() }).unwrap_or_default();
        // The warning is given up last of all.
        let ways = [self.append, None].into_iter().flat_map(|append| masks.iter().map(move |mask| (append, *mask)));
        let mut refused = Outcome::NoRoom;
        for (append, mask) in ways.skip(if self.append.is_none() { masks.len() } else { 0 }) {
            let Some(text) = self.applied(append, mask) else { continue };
            match write_text(elements, &text, alphabet, out) {
                Ok(_) => {
                    self.tell(append, refused, result);
                    // Again, for what was written in a turn of the loop is lent out for no longer than that.
                    return write_text(elements, &text, alphabet, out).ok();
                }
                Err(error) if append.is_some() || self.append.is_none() => refused = outcome_of(error),
                Err(_) => {}
            }
        }
        for outcome in [&mut result.strip, &mut result.mask, &mut result.append] {
            *outcome = if *outcome == Outcome::NotHere { refused } else { *outcome };
        }
        None
    }

    fn tell(&self, append: Option<&str>, refused: Outcome, result: &mut Rewritten) {
        if !self.strip.is_empty() {
            result.strip = Outcome::Done;
        }
        if !self.mask.is_empty() {
            result.mask = Outcome::Done;
        }
        if self.append.is_some() {
            result.append = if append.is_some() { Outcome::Done } else { refused };
        }
    }

    fn applied(&self, append: Option<&str>, mask: char) -> Option<Text> {
        let is_in = |places: &[Range<usize>], at| places.iter().any(|place| place.contains(&at));
        let mut text = Text::new();
        for (at, character) in self.text.char_indices().filter(|(at, _)| !is_in(self.strip, *at)) {
            text.try_push(if is_in(self.mask, at) { mask } else { character }).ok()?;
        }
        text.try_push_str(append.unwrap_or_default()).ok()?;
        Some(text)
    }
}

const fn outcome_of(error: Error) -> Outcome {
    match error.reason {
        Reason::BadValue => Outcome::NoCharacter,
        _ => Outcome::NoRoom,
    }
}
