//! A text as people read it.
//!
//! Small letters, compatibility forms and accents folded, invisible characters removed, runs of white space one blank.
//! Look-alikes are judged word by word ([`crate::scripts`]); a word that wholly looks Latin is Latin unless the text
//! around it is honestly of its script. An honest Cyrillic or Greek text stays itself.

mod ascii;
mod marks;

use crate::scripts::{Tally, Trust, Word};
use crate::sheet::Sheet;
use crate::table::{self, Fold, Kind, Script};

/// Folds a text onto a clean sheet. Longer ones than [`CHARS_MAX`] are cut, and marked so.
pub(crate) fn fold(text: &str, sheet: &mut Sheet<'_>) {
    if text.is_ascii() {
        return ascii::fold(text.as_bytes(), sheet);
    }
    let tally = fold_trusting(text, sheet, Trust::Honest);
    if tally.is_deceit() && !tally.is_greek(sheet.bytes()) {
        sheet.clear();
        fold_trusting(text, sheet, Trust::Deceit);
    }
}

/// Folds with words that wholly look Latin left alone or taken for Latin.
pub(crate) fn fold_trusting(text: &str, sheet: &mut Sheet<'_>, trust: Trust) -> Tally {
    let kept = fitting(text);
    let mut folder = Folder { source: kept, sheet, word: None, is_blank_due: false, tally: Tally::default(), trust };
    for (at, c) in kept.char_indices() {
        folder.read(at, c);
    }
    folder.end_word(kept.len());
    folder.sheet.notes.is_cut |= kept.len() < text.len();
    folder.tally
}

/// As much of a text as is read.
fn fitting(text: &str) -> &str {
    let end = if text.len() > CHARS_MAX { text.char_indices().nth(CHARS_MAX) } else { None };
    end.and_then(|(at, _)| text.get(..at)).unwrap_or(text)
}

/// The state of one pass.
struct Folder<'t, 's, 'b> {
    source: &'t str,
    sheet: &'s mut Sheet<'b>,
    /// The word being written.
    word: Option<Word>,
    is_blank_due: bool,
    tally: Tally,
    trust: Trust,
}

impl Folder<'_, '_, '_> {
    #[inline]
    fn read(&mut self, at: usize, c: char) {
        if c.is_ascii() {
            return self.read_ascii(at, c as u8);
        }
        let near = table::near(c);
        if near.becomes != 0 {
            self.word(at, false).see(near.script, near.is_strict);
            return self.sheet.put_two(near.becomes);
        }
        self.read_far(at, c);
    }

    fn read_far(&mut self, at: usize, c: char) {
        let fold = table::of(c);
        match fold.kind {
            Kind::Letter => self.letter(at, c, fold),
            Kind::Other => self.sign(at, c, fold.becomes(c)),
            Kind::Blank => self.blank(at),
            Kind::Mark => marks::place(self.sheet, c),
            Kind::Hidden => self.hide(c),
            Kind::Text => self.text(at, fold),
        }
    }

    #[inline]
    fn read_ascii(&mut self, at: usize, byte: u8) {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' => {
                self.word(at, false).see(Script::Latin, true);
                self.sheet.put_ascii(byte.to_ascii_lowercase());
            }
            b'0'..=b'9' => {
                self.word(at, false);
                self.sheet.put_ascii(byte);
            }
            b'\t'..=b'\r' | b' ' => self.blank(at),
            0..0x20 | 0x7F => self.hide(char::from(byte)),
            _ => self.ascii_sign(at, byte),
        }
    }

    #[inline]
    fn letter(&mut self, at: usize, c: char, fold: Fold) {
        let is_closed_up = fold.script == Script::Neutral && fold.becomes(c) >= CLOSED_UP;
        self.word(at, is_closed_up).see(fold.script, fold.is_strict());
        if fold.is_disguise() {
            self.sheet.notes.lookalikes = self.sheet.notes.lookalikes.saturating_add(1);
            self.sheet.undo_at(self.sheet.len);
        }
        self.sheet.put(fold.becomes(c));
    }

    fn text(&mut self, at: usize, fold: Fold) {
        for c in fold.text().chars() {
            let fold = table::of_any(c);
            match fold.kind {
                Kind::Letter => self.letter(at, c, fold),
                _ => self.sign(at, c, c),
            }
        }
    }

    fn sign(&mut self, at: usize, c: char, becomes: char) {
        self.end_word(at);
        self.give_blank();
        if c != becomes {
            self.sheet.undo_at(self.sheet.len);
        }
        self.sheet.put(becomes);
    }

    #[inline]
    fn ascii_sign(&mut self, at: usize, byte: u8) {
        self.end_word(at);
        self.give_blank();
        self.sheet.put_ascii(byte);
    }

    #[inline]
    fn blank(&mut self, at: usize) {
        self.end_word(at);
        self.is_blank_due = true;
    }

    /// Counted only where scripts have no use for it: Persian and Hindi join and part letters with such characters,
    /// emoji are made with them.
    fn hide(&mut self, c: char) {
        let before = self.sheet.bytes().last().copied().unwrap_or(0);
        let is_after_word = self.word.is_some_and(|word| word.has_case()) || before.is_ascii_digit();
        let is_selector = ('\u{FE00}'..='\u{FE0F}').contains(&c);
        if is_after_word && !(is_selector && before.is_ascii_digit()) || (before.is_ascii_punctuation() && !is_selector)
        {
            self.sheet.notes.hidden = self.sheet.notes.hidden.saturating_add(1);
            self.sheet.undo_at(self.sheet.len);
        }
    }

    /// The word being written, begun at `at` if there is none. Words of scripts without blanks between them end where
    /// digits or letters of others begin.
    #[inline]
    fn word(&mut self, at: usize, is_closed_up: bool) -> &mut Word {
        if self.word.is_none_or(|word| word.is_closed_up != is_closed_up) {
            self.begin_word(at, is_closed_up);
        }
        self.word.get_or_insert(Word::new(at, 0, is_closed_up))
    }

    fn begin_word(&mut self, at: usize, is_closed_up: bool) {
        self.end_word(at);
        self.give_blank();
        self.sheet.edge();
        self.word = Some(Word::new(at, self.sheet.len, is_closed_up));
    }

    #[inline]
    fn give_blank(&mut self) {
        if self.is_blank_due && self.sheet.len > 0 {
            self.sheet.put_ascii(b' ');
        }
        self.is_blank_due = false;
    }

    #[inline]
    fn end_word(&mut self, at: usize) {
        let Some(word) = self.word.take() else { return };
        if word.is_foreign() {
            self.settle(&word, at);
        } else {
            self.tally.latin += u16::from(word.is_latin());
        }
        self.sheet.edge();
    }

    /// A word with letters of another script that looks Latin: judged, and written again if it deceives.
    fn settle(&mut self, word: &Word, end: usize) {
        let source = self.source.get(word.source_start..end).unwrap_or("");
        if let Some(reading) = word.judge(source, self.trust, &mut self.tally) {
            self.sheet.len = word.start;
            self.sheet.undo_at(word.start);
            source.chars().for_each(|c| self.read_again(c, reading));
        }
    }

    /// A character of a word that is read as of another script. What was removed is not counted again.
    fn read_again(&mut self, c: char, reading: Script) {
        let fold = table::of_any(c);
        match fold.kind {
            Kind::Letter => self.letter_again(c, fold, reading),
            Kind::Text => fold.text().chars().for_each(|c| self.letter_again(c, table::of_any(c), reading)),
            Kind::Mark => marks::place(self.sheet, c),
            Kind::Other | Kind::Hidden | Kind::Blank => {}
        }
    }

    fn letter_again(&mut self, c: char, fold: Fold, reading: Script) {
        let own = fold.becomes(c);
        let other = crate::scripts::look_alike(own, fold, reading);
        let lookalikes = &mut self.sheet.notes.lookalikes;
        *lookalikes = lookalikes.saturating_add(u16::from(other.is_some()));
        self.sheet.put(other.unwrap_or(own));
    }
}

/// From here on (Thai, Chinese, Japanese, Korean) letters without case may stand without blanks.
const CLOSED_UP: char = '\u{E00}';

/// Characters read of one text.
pub const CHARS_MAX: usize = 2_048;
