//! Combining marks. A letter of Cyrillic or Greek and its mark, sent apart, are put together; other marks are dropped.

use crate::sheet::Sheet;

/// Puts a mark onto the last letter where the two are a letter of their own.
#[cold]
pub(super) fn place(sheet: &mut Sheet<'_>, mark: char) {
    let Some(base) = sheet.take_last() else { return };
    let composed = COMPOSED.iter().find(|row| row.0 == base && row.1 == mark);
    sheet.put(composed.map_or(base, |row| row.2));
}

/// Letter, mark, and the letter both are.
const COMPOSED: &[(char, char, char)] = &[
    ('и', '\u{306}', 'й'),
    ('у', '\u{306}', 'ў'),
    ('е', '\u{308}', 'ё'),
    ('і', '\u{308}', 'ї'),
    ('α', '\u{301}', 'ά'),
    ('ε', '\u{301}', 'έ'),
    ('η', '\u{301}', 'ή'),
    ('ι', '\u{301}', 'ί'),
    ('ο', '\u{301}', 'ό'),
    ('υ', '\u{301}', 'ύ'),
    ('ω', '\u{301}', 'ώ'),
    ('ι', '\u{308}', 'ϊ'),
    ('υ', '\u{308}', 'ϋ'),
    ('ϊ', '\u{301}', 'ΐ'),
    ('ϋ', '\u{301}', 'ΰ'),
    ('ا', '\u{653}', 'آ'),
    ('ا', '\u{654}', 'أ'),
    ('و', '\u{654}', 'ؤ'),
    ('ا', '\u{655}', 'إ'),
    ('ي', '\u{654}', 'ئ'),
];
