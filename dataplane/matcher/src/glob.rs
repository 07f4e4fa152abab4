//! Wildcards against a whole text.
//!
//! Only the last `*` is ever taken back: a part between two `*` that starts earlier also ends no later. So the steps
//! are at most the octets of the text times those of the pattern.

/// Whether the whole text is matched: `*` is any run of octets, `?` one character, anything else itself.
///
/// A character is an octet that does not continue one in UTF-8, with all behind it that do.
pub(crate) fn matches(pattern: &[u8], text: &[u8]) -> bool {
    let (mut p, mut t) = (0, 0);
    // Where to go on in the pattern, and where in the text, when what follows the last `*` does not fit.
    let mut retry: Option<(usize, usize)> = None;
    loop {
        match pattern.get(p) {
            Some(b'*') => {
                p += 1;
                retry = Some((p, t));
                continue;
            }
            None if t == text.len() => return true,
            Some(&wanted) => {
                if let Some(behind) = step(wanted, text, t) {
                    (p, t) = (p + 1, behind);
                    continue;
                }
            }
            None => {}
        }
        match retry {
            Some((after, from)) if from < text.len() => {
                (p, t) = (after, from + 1);
                retry = Some((after, from + 1));
            }
            _ => return false,
        }
    }
}

/// The place behind what one octet of the pattern stands for, if it stands at `t`.
#[inline]
fn step(wanted: u8, text: &[u8], t: usize) -> Option<usize> {
    let octet = *text.get(t)?;
    if wanted != b'?' {
        return (octet == wanted).then_some(t + 1);
    }
    if continues(octet) {
        return None;
    }
    let rest = text.get(t + 1..)?;
    Some(t + 1 + rest.iter().take_while(|o| continues(**o)).count())
}

const fn continues(octet: u8) -> bool {
    octet & 0xC0 == 0x80
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_whole_text_is_matched() {
        for (pattern, text) in [
            ("*", ""),
            ("a*", "a"),
            ("a?c", "abc"),
            ("*bank*", "my bank 1"),
            ("?", "é"),
            ("*a*b*", "xxaxxbxx"),
            ("*?b", "aéb"),
            ("a**c", "ac"),
            ("*ab", "aab"),
            ("x*aab*y", "xaaaaby"),
        ] {
            assert!(matches(pattern.as_bytes(), text.as_bytes()), "{pattern} {text}");
        }
        for (pattern, text) in
            [("", "a"), ("a", "ab"), ("a*b", "abc"), ("?", ""), ("??", "é"), ("*?", ""), ("a?c", "ac"), ("*b", "ba")]
        {
            assert!(!matches(pattern.as_bytes(), text.as_bytes()), "{pattern} {text}");
        }
    }

    #[test]
    fn octets_that_are_no_utf_8_have_no_character_to_stand_for() {
        assert!(!matches(b"?", b"\x80") && matches(b"?", b"\xFF\x80\x80\x80\x80\x80") && matches(b"*", b"\x80"));
    }
}
