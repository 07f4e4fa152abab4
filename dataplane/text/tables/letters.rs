//! What Unicode's data leave open: characters named here by hand, each list with its reason.

/// Characters that are not seen, apart from marks: first and last of each range.
const INVISIBLE: &[(u32, u32)] = &[
    (0x80, 0x84),
    (0x86, 0x9F),
    (0xAD, 0xAD),
    (0x34F, 0x34F),
    (0x61C, 0x61C),
    (0x115F, 0x1160),
    (0x17B4, 0x17B5),
    (0x180B, 0x180F),
    (0x200B, 0x200F),
    (0x202A, 0x202E),
    (0x2060, 0x206F),
    (0x3164, 0x3164),
    (0xFE00, 0xFE0F),
    (0xFEFF, 0xFEFF),
    (0xFFA0, 0xFFA0),
    (0xFFF0, 0xFFFB),
    (0x1BCA0, 0x1BCA3),
    (0x1D173, 0x1D17A),
];

/// Marks that a reader does without. Marks of other scripts (Devanagari, Thai) are half of their words and stay.
const MARKS: &[(u32, u32)] = &[
    (0x300, 0x34E),
    (0x350, 0x36F),
    (0x483, 0x489),
    (0x591, 0x5BD),
    (0x610, 0x61A),
    (0x640, 0x640),
    (0x64B, 0x65F),
    (0x670, 0x670),
    (0x1AB0, 0x1ACE),
    (0x1DC0, 0x1DFF),
    (0x20D0, 0x20F0),
    (0xFE20, 0xFE2F),
];

/// The zeros of decimal digits that are not compatibility forms of ours.
const ZEROS: &[u32] = &[
    0x660, 0x6F0, 0x7C0, 0x966, 0x9E6, 0xA66, 0xAE6, 0xB66, 0xBE6, 0xC66, 0xCE6, 0xD66, 0xE50, 0xED0, 0xF20, 0x1040,
    0x17E0, 0x1810,
];

/// Enclosed letters and digits that have no decomposition: first of the run, length, what the first stands for.
const ENCLOSED: &[(u32, u32, char)] = &[
    (0x24FF, 1, '0'),
    (0x2776, 9, '1'),
    (0x2780, 9, '1'),
    (0x278A, 9, '1'),
    (0x1F150, 26, 'a'),
    (0x1F170, 26, 'a'),
    (0x1F1E6, 26, 'a'),
];

/// Punctuation that is read as that of ASCII.
const PUNCTUATION: &[(char, &str)] = &[
    ('.', "。｡．․‧∙"),
    (',', "、，‚"),
    ('\'', "’‘‛′´ʹʻʼ"),
    ('"', "“”„‟«»″"),
    ('-', "‐‑‒–—―−﹣－"),
    ('/', "⁄∕⧸"),
    (':', "∶꞉："),
    ('!', "ǃ"),
];

/// Latin letters that neither decompose nor are in `confusables.txt` as letters of ASCII.
const LATIN: &[(char, &str)] = &[
    ('ß', "ss"),
    ('ẞ', "ss"),
    ('æ', "ae"),
    ('Æ', "ae"),
    ('œ', "oe"),
    ('Œ', "oe"),
    ('þ', "th"),
    ('Þ', "th"),
    ('ð', "d"),
    ('Ð', "d"),
    ('đ', "d"),
    ('Đ', "d"),
    ('ħ', "h"),
    ('Ħ', "h"),
    ('ı', "i"),
    ('ł', "l"),
    ('Ł', "l"),
    ('ŋ', "n"),
    ('Ŋ', "n"),
    ('ø', "o"),
    ('Ø', "o"),
    ('ŧ', "t"),
    ('Ŧ', "t"),
    ('ə', "e"),
    ('Ə', "e"),
    ('ɛ', "e"),
    ('Ɛ', "e"),
    ('ɔ', "o"),
    ('Ɔ', "o"),
    ('ʙ', "b"),
    ('ɢ', "g"),
    ('ʜ', "h"),
    ('ɪ', "i"),
    ('ʟ', "l"),
    ('ɴ', "n"),
    ('ɶ', "oe"),
    ('ʀ', "r"),
    ('ʏ', "y"),
    ('ĸ', "k"),
    ('ᴀ', "a"),
    ('ᴁ', "ae"),
    ('ᴄ', "c"),
    ('ᴅ', "d"),
    ('ᴇ', "e"),
    ('ᴊ', "j"),
    ('ᴋ', "k"),
    ('ᴍ', "m"),
    ('ᴏ', "o"),
    ('ᴘ', "p"),
    ('ᴛ', "t"),
    ('ᴜ', "u"),
    ('ᴠ', "v"),
    ('ᴡ', "w"),
    ('ᴢ', "z"),
    ('ꜰ', "f"),
    ('ꜱ', "s"),
    ('ɑ', "a"),
    ('ɡ', "g"),
    ('ɐ', "a"),
    ('ǝ', "e"),
    ('ɘ', "e"),
    ('ɥ', "h"),
    ('ɯ', "m"),
    ('ɹ', "r"),
    ('ʇ', "t"),
    ('ʌ', "v"),
    ('ʍ', "w"),
    ('ʎ', "y"),
];

/// Letters that look Latin in a word with Latin letters, and only there. The Greek capitals are those of the alphabet of
/// GSM 7 bit (TS 23.038 §6.2.1), which every phone can send among Latin letters.
const LOOSE: &[(char, char)] = &[
    ('в', 'b'),
    ('к', 'k'),
    ('м', 'm'),
    ('н', 'h'),
    ('т', 't'),
    ('ь', 'b'),
    ('ё', 'e'),
    ('ї', 'i'),
    ('ε', 'e'),
    ('µ', 'u'),
    ('Γ', 'r'),
    ('Δ', 'a'),
    ('Λ', 'a'),
    ('Ξ', 'e'),
    ('Π', 'n'),
    ('Σ', 'e'),
    ('Φ', 'o'),
    ('Ψ', 'y'),
    ('Ω', 'o'),
    ('ω', 'w'),
];

/// Letters of national alphabets above Latin Extended-A: written in good faith, never counted as look-alikes.
const NATIONAL: &str = "əƏɛƐɔƆɓƁɗƊƙƘƴƳɖƉơƠưƯșțȘȚ";

pub fn is_invisible(c: char) -> bool {
    within(INVISIBLE, c)
}

pub fn is_removed_mark(c: char) -> bool {
    within(MARKS, c)
}

fn within(ranges: &[(u32, u32)], c: char) -> bool {
    ranges.iter().any(|&(first, last)| (first..=last).contains(&(c as u32)))
}

/// The decimal digit of another script, as ours.
pub fn digit(c: char) -> Option<char> {
    let zero = ZEROS.iter().find(|&&zero| (zero..zero + 10).contains(&(c as u32)))?;
    char::from_digit(c as u32 - zero, 10)
}

/// The letter or digit inside an enclosing shape.
pub fn enclosed(c: char) -> Option<char> {
    let &(first, _, stands_for) =
        ENCLOSED.iter().find(|&&(first, length, _)| (first..first + length).contains(&(c as u32)))?;
    char::from_u32(stands_for as u32 + (c as u32 - first))
}

/// Flags of countries: two of these make one, and nobody is deceived.
pub fn is_regional(c: char) -> bool {
    (0x1F1E6..=0x1F1FF).contains(&(c as u32))
}

pub fn punctuation(c: char) -> Option<char> {
    PUNCTUATION.iter().find(|(_, all)| all.contains(c)).map(|&(ours, _)| ours)
}

pub fn latin(c: char) -> Option<&'static str> {
    LATIN.iter().find(|&&(from, _)| from == c).map(|&(_, to)| to)
}

pub fn loose(c: char) -> Option<char> {
    LOOSE.iter().find(|&&(from, _)| from == c).map(|&(_, to)| to)
}

pub fn is_national(c: char) -> bool {
    (c as u32) < 0x180 || NATIONAL.contains(c)
}
