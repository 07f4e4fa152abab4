//! What one character becomes, from Unicode's data.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;
use unicode_script::{Script as Writing, UnicodeScript};

use crate::letters;

/// Characters from here on stand for themselves: ideographs of plane 2 and private use.
pub const END: u32 = 0x2_0000;

/// What a character is, in the order of `src/table.rs`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub enum Kind {
    #[default]
    Other,
    Letter,
    Text,
    Hidden,
    Mark,
    Blank,
}

/// Scripts as far as look-alikes ask, in the order of `src/table.rs`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub enum Script {
    #[default]
    Neutral,
    Latin,
    Cyrillic,
    Greek,
    Alike,
}

/// One row of the table.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct Fold {
    pub kind: Kind,
    pub script: Script,
    /// The letter of ASCII it looks like, in lower case.
    pub look: Option<char>,
    /// It looks like it so well that a whole word of such letters is taken for Latin.
    pub strict: bool,
    /// A form nobody writes by hand: counted.
    pub disguise: bool,
    /// From the character to what it becomes.
    pub delta: i32,
    /// What it becomes, where that is several characters.
    pub text: String,
}

/// The row of every character below [`END`].
pub fn table() -> Vec<Fold> {
    (0..END).map(|point| char::from_u32(point).map_or_else(Fold::default, fold)).collect()
}

fn fold(c: char) -> Fold {
    if letters::is_invisible(c) {
        return of_kind(Kind::Hidden);
    }
    if c.is_whitespace() || c == '\u{2800}' {
        return of_kind(Kind::Blank);
    }
    if letters::is_removed_mark(c) {
        return of_kind(Kind::Mark);
    }
    if is_combining_mark(c) || is_hangul(c) {
        return of_kind(Kind::Letter);
    }
    visible(c)
}

fn of_kind(kind: Kind) -> Fold {
    Fold { kind, ..Fold::default() }
}

fn is_hangul(c: char) -> bool {
    matches!(c as u32, 0x1100..=0x11FF | 0x3130..=0x318F | 0xA960..=0xA97F | 0xAC00..=0xD7FF)
}

fn visible(c: char) -> Fold {
    let becomes = becomes(c);
    let mut all = becomes.chars();
    let (Some(first), None) = (all.next(), all.next()) else { return several(becomes) };
    let kind = if is_word(first) { Kind::Letter } else { Kind::Other };
    let script = if kind == Kind::Letter { script(first) } else { Script::Neutral };
    let look = if has_look(script) { look_as(c, first) } else { None };
    let strict = look.is_some() && (is_strict(c) || is_strict(first));
    let disguise = kind == Kind::Letter && is_disguise(c, first);
    Fold { kind, script, look, strict, disguise, delta: first as i32 - c as i32, text: String::new() }
}

/// Several characters: only words, or only signs, so that a word begins and ends between characters.
fn several(becomes: String) -> Fold {
    let words: String = becomes.chars().filter(|c| is_word(*c)).collect();
    let text = if words.is_empty() { becomes } else { words };
    Fold { kind: Kind::Text, text, ..Fold::default() }
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || is_combining_mark(c)
}

/// What a character is read as, where no other script is in play.
fn becomes(c: char) -> String {
    if let Some(one) = letters::punctuation(c).or(letters::digit(c)).or(letters::enclosed(c)) {
        return one.to_string();
    }
    if matches!(c, '™' | '℠' | 'և' | '\u{FDFA}' | '\u{FDFB}') {
        return c.to_string();
    }
    let wide: String = c.nfkc().collect();
    let folded: String = wide.chars().map(plain_letter).collect::<String>().to_lowercase();
    let is_mixed = folded.chars().any(is_word) && !folded.chars().all(is_word);
    let visible: String = folded.chars().filter(|c| !is_unseen(*c)).collect();
    if visible.is_empty() || (is_mixed && !folded.starts_with('(')) { c.to_string() } else { visible }
}

fn is_unseen(c: char) -> bool {
    c == ' ' || letters::is_removed_mark(c)
}

/// A letter without what is on, under and across it. Those of Cyrillic and Greek stay themselves.
fn plain_letter(c: char) -> String {
    if let Some(one) = letters::punctuation(c) {
        return one.to_string();
    }
    let base = c.nfd().next().unwrap_or(c);
    match base.script() {
        Writing::Latin => latin_letter(base),
        Writing::Greek => modern_greek(c),
        _ => c.to_string(),
    }
}

/// A Latin letter as one of ASCII: in its own form, else in its other case.
fn latin_letter(base: char) -> String {
    if base.is_ascii() {
        return base.to_string();
    }
    let (lower, upper) = cases(base);
    let forms = [base, lower, upper];
    let listed = forms.into_iter().find_map(letters::latin).map(str::to_string);
    let known = listed.or_else(|| forms.into_iter().find_map(skeleton).map(String::from));
    known.unwrap_or(base.to_string())
}

/// Greek with the one accent of today; breathings and iotas of the books are left out.
fn modern_greek(c: char) -> String {
    let parts: Vec<char> = c.nfd().collect();
    let has_accent = parts.iter().any(|m| matches!(m, '\u{300}' | '\u{301}' | '\u{342}'));
    let has_diaeresis = parts.contains(&'\u{308}');
    let marks = [(has_diaeresis, '\u{308}'), (has_accent, '\u{301}')];
    let kept = marks.into_iter().filter(|(has, _)| *has).map(|(_, mark)| mark);
    parts.first().copied().into_iter().chain(kept).nfc().collect()
}

/// The single letter of ASCII that `confusables.txt` leads to, marks aside.
fn skeleton(c: char) -> Option<char> {
    let text = c.to_string();
    let mut letters = unicode_security::skeleton(&text).filter(|c| !is_combining_mark(*c));
    let (Some(only), None) = (letters.next(), letters.next()) else { return None };
    if only.is_ascii_alphabetic() {
        return Some(only.to_ascii_lowercase());
    }
    letters::latin(only).filter(|to| to.len() == 1).and_then(|to| to.chars().next())
}

fn script(c: char) -> Script {
    use Writing as W;
    match c.script() {
        W::Latin => Script::Latin,
        W::Cyrillic => Script::Cyrillic,
        W::Greek => Script::Greek,
        W::Armenian | W::Cherokee | W::Lisu | W::Coptic | W::Canadian_Aboriginal | W::Deseret => Script::Alike,
        _ => Script::Neutral,
    }
}

fn has_look(script: Script) -> bool {
    !matches!(script, Script::Neutral | Script::Latin)
}

/// The look of a letter that becomes another: both have one or none has.
fn look_as(c: char, becomes: char) -> Option<char> {
    let after = look(becomes)?;
    look(c).or(Some(after))
}

/// The look of a letter. Both cases have one or none has, or a second reading could differ from the first.
fn look(c: char) -> Option<char> {
    let (lower, upper) = cases(c);
    let own = own_look(c);
    // Unicode takes capital I, one and small l for one; the small letter tells which is meant.
    if own == Some('l') && own_look(lower) == Some('i') {
        return Some('i');
    }
    own.or_else(|| own_look(lower)).or_else(|| own_look(upper))
}

fn own_look(c: char) -> Option<char> {
    letters::loose(c).or_else(|| skeleton(base(c)))
}

/// Strict in its own form. A small letter is only as strict as its capital: text in lower case must not read otherwise.
fn is_strict(c: char) -> bool {
    let (lower, upper) = cases(c);
    if c == lower { is_direct(c) && (upper == c || is_direct(upper)) } else { is_direct(c) }
}

fn is_direct(c: char) -> bool {
    let text = base(c).to_string();
    letters::loose(c).is_none() && unicode_security::skeleton(&text).next().is_some_and(|c| c.is_ascii_alphabetic())
}

fn base(c: char) -> char {
    c.nfkd().next().unwrap_or(c)
}

fn cases(c: char) -> (char, char) {
    (c.to_lowercase().next().unwrap_or(c), c.to_uppercase().next().unwrap_or(c))
}

/// A form of a letter or digit of ASCII that no keyboard gives: full width, mathematical, circled, phonetic.
fn is_disguise(c: char, becomes: char) -> bool {
    let is_accented = c.nfd().next().is_some_and(|base| base.is_ascii());
    becomes.is_ascii() && !is_accented && !letters::is_national(c) && !is_digit_or_flag(c)
}

fn is_digit_or_flag(c: char) -> bool {
    letters::digit(c).is_some() || letters::is_regional(c)
}
