//! Which script a word is of, when letters of several look the same.
//!
//! - Latin letters beside foreign ones that all wholly look Latin: a Latin word in disguise.
//! - Else, Latin letters that all look foreign: a foreign word in disguise (a Latin `a` in a Russian word).
//! - Neither, and few foreign letters without any look: taken for Latin as far as it goes; many: left as it is.
//! - Latin letters that all look Greek beside Greek capitals of GSM 7 bit (`BΛNK`, `KAΛHMEPA`): themselves, Greek as
//!   such phones write it, where the text has more such words than words that can only be Latin; else Latin in disguise.
//! - One such letter or a `µ` beside one or two Latin: a unit (`10kΩ`, `5µm`), itself.
//! - Wholly foreign: itself, but if every letter looks Latin, Latin unless the text around it is honestly foreign.

use crate::table::{self, Fold, Kind, Script};

/// How words that wholly look Latin are read.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Trust {
    /// As what they are.
    Honest,
    /// As what they look like.
    Deceit,
}

/// Words of a text by script.
#[derive(Clone, Copy, Default, Debug)]
pub(crate) struct Tally {
    pub latin: u16,
    /// With letters that look like nothing Latin.
    pub foreign: u16,
    /// Foreign, and wholly looking Latin; or Latin with Greek capitals of GSM 7 bit.
    pub doubtful: u16,
    /// Of these, Latin with such capitals.
    pub greek: u16,
}

impl Tally {
    /// Whether doubtful words deceive: nothing, or next to nothing, around them is of their script.
    pub fn is_deceit(self) -> bool {
        self.doubtful > 0 && (self.foreign == 0 || self.latin / HONEST_SHARE > self.foreign)
    }

    /// Whether the doubtful words are Greek as a phone writes it in GSM 7 bit: there are more of them than words of the
    /// folded text that are not.
    #[inline]
    pub fn is_greek(self, folded: &[u8]) -> bool {
        self.greek > 1 && usize::from(self.greek) > not_greek(folded)
    }

    /// A word in Latin letters that look Greek and Greek capitals of GSM 7 bit, these the more if it is Greek.
    fn add_greek(&mut self, is_greek: bool) {
        self.foreign = self.foreign.saturating_add(u16::from(is_greek));
        self.doubtful = self.doubtful.saturating_add(u16::from(!is_greek));
        self.greek = self.greek.saturating_add(u16::from(!is_greek));
    }
}

/// Words with Latin letters that look like nothing Greek.
#[cold]
fn not_greek(folded: &[u8]) -> usize {
    let is_told = |byte: &u8| byte.is_ascii_lowercase() && greek(char::from(*byte)).is_none();
    folded.split(|byte| *byte == b' ').filter(|word| word.iter().any(is_told)).count()
}

/// A word as it is read.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Word {
    /// Where it starts in the text, and on the sheet.
    pub source_start: usize,
    pub start: usize,
    /// Of a script without blanks between words.
    pub is_closed_up: bool,
    /// A bit for each script.
    seen: u8,
    /// A foreign letter does not wholly look Latin.
    is_loose: bool,
}

impl Word {
    pub fn new(source_start: usize, start: usize, is_closed_up: bool) -> Word {
        Word { source_start, start, is_closed_up, seen: 0, is_loose: false }
    }

    #[inline]
    pub fn see(&mut self, script: Script, is_strict: bool) {
        self.seen |= 1 << script as u8;
        self.is_loose |= !is_strict && !matches!(script, Script::Neutral | Script::Latin);
    }

    /// Has letters of a script that may look Latin.
    #[inline]
    pub fn is_foreign(&self) -> bool {
        self.seen & !(NEUTRAL | LATIN) != 0
    }

    pub fn is_latin(&self) -> bool {
        self.seen & LATIN != 0
    }

    /// Of a script with small and capital letters, which needs no joiners.
    pub fn has_case(&self) -> bool {
        self.is_latin() || self.is_foreign()
    }

    /// The script its letters are to be read as, if not their own.
    pub fn judge(&self, source: &str, trust: Trust, tally: &mut Tally) -> Option<Script> {
        let is_single = (self.seen & !NEUTRAL).count_ones() == 1;
        if is_single && self.is_loose {
            tally.foreign = tally.foreign.saturating_add(1);
            return None;
        }
        if is_single {
            tally.doubtful = tally.doubtful.saturating_add(1);
            return (trust == Trust::Deceit).then_some(Script::Latin);
        }
        let letters = Letters::count(source);
        if letters.is_unit() {
            return None;
        }
        if letters.may_be_greek() {
            let is_greek = letters.foreign > letters.latin;
            tally.add_greek(is_greek);
            let reading = if is_greek { Script::Greek } else { Script::Latin };
            return (trust == Trust::Deceit).then_some(reading);
        }
        let reading = letters.reading(self.seen);
        tally.latin = tally.latin.saturating_add(u16::from(reading == Some(Script::Latin)));
        tally.foreign = tally.foreign.saturating_add(u16::from(reading.is_some_and(|script| script != Script::Latin)));
        reading
    }
}

/// The letters of a word that mixes scripts.
#[derive(Default)]
struct Letters {
    latin: usize,
    foreign: usize,
    /// Foreign letters that look like nothing Latin.
    unlike: usize,
    /// Those that do among Latin letters only.
    rough: usize,
    /// Greek letters of GSM 7 bit, those that units begin or end with.
    gsm: usize,
    units: usize,
    /// Foreign letters that do not wholly look Latin.
    loose: usize,
    /// Latin letters that look like nothing Cyrillic, nothing Greek.
    not_cyrillic: usize,
    not_greek: usize,
}

impl Letters {
    fn count(source: &str) -> Letters {
        let mut letters = Letters::default();
        source.chars().for_each(|c| letters.add(c));
        letters
    }

    fn add(&mut self, c: char) {
        let fold = table::of_any(c);
        match (fold.kind, fold.script) {
            (Kind::Text, _) => fold.text().chars().for_each(|c| self.add_letter(c, table::of_any(c))),
            (Kind::Letter, _) => self.add_letter(c, fold),
            _ => {}
        }
    }

    fn add_letter(&mut self, c: char, fold: Fold) {
        match fold.script {
            Script::Neutral => {}
            Script::Latin => self.add_latin(fold.becomes(c)),
            _ => self.add_foreign(fold, fold.becomes(c)),
        }
    }

    /// What counts is the small letter, or the same word in small letters would read otherwise.
    fn add_foreign(&mut self, fold: Fold, small: char) {
        self.foreign += 1;
        self.unlike += usize::from(fold.look == 0);
        self.rough += usize::from(is_rough(small));
        self.gsm += usize::from(is_gsm(small));
        self.units += usize::from(matches!(small, 'μ' | 'ω'));
        self.loose += usize::from(!table::of(small).is_strict());
    }

    fn add_latin(&mut self, letter: char) {
        self.latin += 1;
        self.not_cyrillic += usize::from(cyrillic(letter).is_none());
        self.not_greek += usize::from(greek(letter).is_none());
    }

    /// A unit: the millionth of a metre, a thousand ohms; or one letter of Greek beside one of Latin.
    fn is_unit(&self) -> bool {
        self.foreign == 1 && (self.units == 1 && self.latin <= 2 || self.gsm == 1 && self.latin <= 1)
    }

    /// Whether a phone that sends GSM 7 bit would write a Greek word in these letters.
    fn may_be_greek(&self) -> bool {
        self.gsm > 0 && self.gsm == self.foreign && self.not_greek == 0
    }

    fn reading(&self, seen: u8) -> Option<Script> {
        let is_foreign = self.foreign > self.latin;
        // One foreign letter beside one Latin is a unit, not a word.
        let is_weighty = self.loose > 1 || is_foreign;
        let unlike = self.unlike + if is_foreign { self.rough } else { 0 };
        match seen & !NEUTRAL {
            _ if self.loose == 0 => Some(Script::Latin),
            LATIN_AND_CYRILLIC if self.not_cyrillic == 0 && is_weighty => Some(Script::Cyrillic),
            LATIN_AND_GREEK if self.not_greek == 0 && is_weighty => Some(Script::Greek),
            _ if unlike * FEW_UNLIKE <= self.foreign => Some(Script::Latin),
            _ => None,
        }
    }
}

/// What a letter looks like in the script its word is read as.
pub(crate) fn look_alike(letter: char, fold: Fold, reading: Script) -> Option<char> {
    match (fold.script, reading) {
        (Script::Neutral, _) => None,
        (Script::Latin, Script::Cyrillic) => cyrillic(letter),
        (Script::Latin, Script::Greek) => greek(letter),
        (Script::Latin, _) => None,
        (_, Script::Latin) => (fold.look != 0).then_some(char::from(fold.look)),
        _ => None,
    }
}

/// Greek letters whose capitals are of GSM 7 bit (TS 23.038 §6.2.1).
fn is_gsm(small: char) -> bool {
    is_rough(small) || matches!(small, 'γ' | 'θ' | 'σ' | 'ς')
}

/// Those of them that look Latin among Latin letters only.
fn is_rough(small: char) -> bool {
    matches!(small, 'δ' | 'λ' | 'ξ' | 'π' | 'φ' | 'ψ' | 'ω')
}

fn cyrillic(letter: char) -> Option<char> {
    CYRILLIC.iter().find(|row| row.0 == letter).map(|row| row.1)
}

fn greek(letter: char) -> Option<char> {
    GREEK.iter().find(|row| row.0 == letter).map(|row| row.1)
}

/// Latin letters that look Cyrillic, as capitals or small.
const CYRILLIC: &[(char, char)] = &[
    ('a', 'а'),
    ('b', 'в'),
    ('c', 'с'),
    ('e', 'е'),
    ('h', 'н'),
    ('i', 'і'),
    ('k', 'к'),
    ('m', 'м'),
    ('o', 'о'),
    ('p', 'р'),
    ('t', 'т'),
    ('x', 'х'),
    ('y', 'у'),
];

/// Latin letters that look Greek, as capitals or small.
const GREEK: &[(char, char)] = &[
    ('a', 'α'),
    ('b', 'β'),
    ('e', 'ε'),
    ('h', 'η'),
    ('i', 'ι'),
    ('k', 'κ'),
    ('m', 'μ'),
    ('n', 'ν'),
    ('o', 'ο'),
    ('p', 'ρ'),
    ('t', 'τ'),
    ('v', 'ν'),
    ('x', 'χ'),
    ('y', 'υ'),
    ('z', 'ζ'),
];

const NEUTRAL: u8 = 1 << Script::Neutral as u8;
const LATIN: u8 = 1 << Script::Latin as u8;
const LATIN_AND_CYRILLIC: u8 = LATIN | 1 << Script::Cyrillic as u8;
const LATIN_AND_GREEK: u8 = LATIN | 1 << Script::Greek as u8;

/// Doubtful words deceive where Latin words are more than this many times the foreign ones. Fewer is a foreign text
/// with a link.
const HONEST_SHARE: u16 = 4;

/// A mixed word is taken for Latin if at most one foreign letter in this many looks like nothing Latin.
const FEW_UNLIKE: usize = 4;
