//! What stands between two words, as far as links ask.

/// How a word is joined to the next.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Joint {
    /// Of one label: `-`, `_`.
    Hyphen,
    /// A dot.
    Dot,
    /// A dot with a blank behind: the end of a sentence, or a careless link.
    BlankBehind,
    /// A dot with a blank before.
    BlankBefore,
    /// A dot with blanks on both sides, or the word between blanks.
    Spaced,
    /// A dot or its word in brackets: meant for people only.
    Bracketed,
}

/// Links are made with it: where none of these stands there is none.
#[inline]
pub(super) fn is_telling(byte: u8) -> bool {
    TELLING.get(usize::from(byte)).is_some_and(|is_telling| *is_telling)
}

static TELLING: [bool; 256] = {
    let mut table = [false; 256];
    let mut at = 0;
    while at < 256 {
        table[at] = matches!(at as u8, b'.' | b':' | b'/' | b'\\' | b'-' | b'_');
        at += 1;
    }
    table
};

/// How two words are joined over the octets between them.
pub(super) fn joint(gap: &[u8]) -> Option<Joint> {
    match gap {
        b"." => return Some(Joint::Dot),
        b"-" | b"_" | b"--" => return Some(Joint::Hyphen),
        _ if gap.len() > GAP_MAX || !gap.contains(&b'.') => return None,
        _ => {}
    }
    let is_one_dot = gap.iter().filter(|b| **b == b'.').count() == 1;
    match (gap.first(), gap.last()) {
        _ if !is_one_dot => None,
        _ if !gap.iter().all(|b| matches!(b, b'.' | b' ')) => is_bracketed_dot(gap).then_some(Joint::Bracketed),
        (Some(b' '), Some(b' ')) => Some(Joint::Spaced),
        (Some(b' '), _) => Some(Joint::BlankBefore),
        _ => Some(Joint::BlankBehind),
    }
}

/// How two words are joined over a word for a dot, by what stands before and behind that word.
pub(super) fn word_joint(before: &[u8], behind: &[u8]) -> Option<Joint> {
    match (before, behind) {
        (b" ", b" ") => Some(Joint::Spaced),
        (b"*", b"*") | (b"-", b"-") | (b"_", b"_") => Some(Joint::Bracketed),
        _ => (is_side(before, b"[({<") && is_side(behind, b"])}>")).then_some(Joint::Bracketed),
    }
}

/// A dot between brackets that open before and close behind it.
fn is_bracketed_dot(gap: &[u8]) -> bool {
    let mut sides = gap.splitn(2, |b| *b == b'.');
    let (Some(before), Some(behind)) = (sides.next(), sides.next()) else { return false };
    is_side(before, b"[({<") && is_side(behind, b"])}>")
}

/// Blanks and at least one of these.
fn is_side(gap: &[u8], brackets: &[u8]) -> bool {
    let is_known = |b: &u8| *b == b' ' || brackets.contains(b);
    gap.len() <= GAP_MAX && gap.iter().all(is_known) && gap.iter().any(|b| *b != b' ')
}

/// What may stand between a scheme and a host where somebody wrote it carelessly: `:`, `//`, `: / /`, `[:]//`.
pub(super) fn is_loose_scheme(gap: &[u8]) -> bool {
    if gap.len() > SCHEME_GAP_MAX {
        return false;
    }
    let has_mark = gap.iter().any(|b| matches!(b, b':' | b'/' | b'\\'));
    has_mark && gap.iter().all(|b| b":/\\ []().".contains(b))
}

/// The end of a scheme that was cut: `xp`, `ttps`.
pub(super) fn ends_scheme(word: &[u8]) -> bool {
    word.len() <= 5 && (word.ends_with(b"p") || word.ends_with(b"ps"))
}

/// Octets of a dot in disguise.
const GAP_MAX: usize = 7;

/// Octets between a scheme and a host.
const SCHEME_GAP_MAX: usize = 9;
