//! What one character outside ASCII becomes: two loads, no search.
//!
//! `table/data.rs` is generated from Unicode's data by `tables/`; a test compares the two.

mod data;

/// What a character is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Kind {
    /// A sign: ends a word.
    Other,
    /// A letter, a digit, or a mark that is half of a word.
    Letter,
    /// Several characters.
    Text,
    /// Not seen, and removed.
    Hidden,
    /// A mark that a reader does without.
    Mark,
    /// White space.
    Blank,
}

/// Scripts as far as look-alikes ask.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Script {
    /// Nothing of it looks like Latin letters: Arabic, Chinese, digits.
    Neutral,
    Latin,
    Cyrillic,
    Greek,
    /// Armenian, Cherokee, Lisu and others.
    Alike,
}

/// What one character becomes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Fold {
    pub kind: Kind,
    pub script: Script,
    /// The small letter of ASCII it looks like, or 0.
    pub look: u8,
    flags: u8,
    delta: i32,
}

/// The row of a character. Those beyond the table stand for themselves.
#[inline]
pub(crate) fn of(c: char) -> Fold {
    let point = c as usize;
    let Some(page) = data::PAGE_OF.get(point / PAGE) else { return beyond(point) };
    let row = data::PAGES.get(usize::from(*page)).map_or(0, |page| page[point % PAGE]);
    data::FOLDS.get(usize::from(row)).copied().unwrap_or(ITSELF)
}

/// A letter of two octets that becomes a letter of two octets: nearly all of Cyrillic, Greek, Arabic and Hebrew.
#[derive(Clone, Copy)]
pub(crate) struct Near {
    /// What it becomes; 0 for every character that is to be read the long way.
    pub becomes: u16,
    pub script: Script,
    pub is_strict: bool,
}

/// What a character of two octets is, in one load.
#[inline]
pub(crate) fn near(c: char) -> Near {
    const LONG: Near = Near { becomes: 0, script: Script::Neutral, is_strict: false };
    NEAR.get((c as usize).wrapping_sub(NEAR_START)).copied().unwrap_or(LONG)
}

/// From the same rows, at compile time.
static NEAR: [Near; NEAR_END - NEAR_START] = {
    let mut table = [Near { becomes: 0, script: Script::Neutral, is_strict: false }; NEAR_END - NEAR_START];
    let mut point = NEAR_START;
    while point < NEAR_END {
        let fold = data::FOLDS[data::PAGES[data::PAGE_OF[point / PAGE] as usize][point % PAGE] as usize];
        let becomes = (point as i32 + fold.delta) as usize;
        let is_near = NEAR_START <= becomes && becomes < NEAR_END;
        if matches!(fold.kind, Kind::Letter) && is_near && !fold.is_disguise() {
            let near = &mut table[point - NEAR_START];
            *near = Near { becomes: becomes as u16, script: fold.script, is_strict: fold.is_strict() };
        }
        point += 1;
    }
    table
};

/// The row of any character, those of ASCII included.
pub(crate) fn of_any(c: char) -> Fold {
    match c {
        'a'..='z' | 'A'..='Z' => Fold::ascii(Kind::Letter, Script::Latin, c),
        '0'..='9' => Fold::ascii(Kind::Letter, Script::Neutral, c),
        _ if c.is_ascii() => Fold::ascii(Kind::Other, Script::Neutral, c),
        _ => of(c),
    }
}

#[cold]
fn beyond(point: usize) -> Fold {
    match point {
        TAGS..TAGS_END => Fold { kind: Kind::Hidden, ..ITSELF },
        0..IDEOGRAPHS_END => Fold { kind: Kind::Letter, ..ITSELF },
        _ => ITSELF,
    }
}

impl Fold {
    /// As the generated source writes it.
    const fn new(kind: u8, script: u8, look: u8, flags: u8, delta: i32) -> Fold {
        const KINDS: [Kind; 6] = [Kind::Other, Kind::Letter, Kind::Text, Kind::Hidden, Kind::Mark, Kind::Blank];
        const SCRIPTS: [Script; 5] = [Script::Neutral, Script::Latin, Script::Cyrillic, Script::Greek, Script::Alike];
        Fold { kind: KINDS[kind as usize], script: SCRIPTS[script as usize], look, flags, delta }
    }

    /// The row of a letter, digit or sign of ASCII.
    fn ascii(kind: Kind, script: Script, c: char) -> Fold {
        let delta = c.to_ascii_lowercase() as i32 - c as i32;
        Fold { kind, script, look: 0, flags: 0, delta }
    }

    /// The character it becomes, where that is one.
    #[inline]
    pub fn becomes(self, c: char) -> char {
        u32::try_from(c as i32 + self.delta).ok().and_then(char::from_u32).unwrap_or(c)
    }

    /// The characters it becomes, for [`Kind::Text`].
    pub fn text(self) -> &'static str {
        let place = usize::try_from(self.delta).unwrap_or(0);
        let (start, length) = (place >> 8, place & 0xFF);
        data::TEXTS.get(start..start + length).unwrap_or("")
    }

    /// Whether it looks like [`Fold::look`] so well that a whole word of such letters is taken for Latin.
    pub const fn is_strict(self) -> bool {
        self.flags & 1 != 0
    }

    /// Whether it is a form of a letter that nobody writes by hand.
    #[inline]
    pub const fn is_disguise(self) -> bool {
        self.flags & 2 != 0
    }
}

/// A character that stands for itself and ends a word.
const ITSELF: Fold = Fold::new(0, 0, 0, 0, 0);

/// Characters of two octets.
const NEAR_START: usize = 0x80;
const NEAR_END: usize = 0x800;

/// Characters to a page.
const PAGE: usize = 64;

/// Ideographs of planes 2 and 3 end here.
const IDEOGRAPHS_END: usize = 0x4_0000;

/// Tags and variation selectors of plane 14.
const TAGS: usize = 0xE_0000;
const TAGS_END: usize = 0xE_1000;
