//! One text within another, and an address within a subnet.

/// Whether a text contains another. `led` is the place of its rarest pair of octets, then the octets looked for; with
/// `any_case` they are in lower case.
///
/// Nearly every text lacks the pair, and that is found out sixteen octets at a time.
pub(crate) fn contains(text: &[u8], led: &[u8], any_case: bool) -> bool {
    let Some((&place, wanted)) = led.split_first() else { return false };
    let same = if any_case { <[u8]>::eq_ignore_ascii_case } else { <[u8]>::eq };
    match wanted.get(usize::from(place)..) {
        Some(&[first, second, ..]) => {
            has_pair(text, first, second, any_case) && text.windows(wanted.len()).any(|w| same(w, wanted))
        }
        Some(&[only]) if wanted.len() == 1 => text.iter().any(|o| same(&[*o], &[only])),
        _ => false,
    }
}

/// Letters of either case have this bit in lower case. Other octets that it makes equal cost a second look.
const CASE: u8 = 0x20;
const LANES: usize = 16;

/// Whether two octets stand behind one another.
#[inline]
fn has_pair(text: &[u8], first: u8, second: u8, any_case: bool) -> bool {
    let fold = if any_case { CASE } else { 0 };
    let (Some((_, after)), Some((_, before))) = (text.split_first(), text.split_last()) else { return false };
    let pair = [first | fold, second | fold, fold];
    let (Some(last_before), Some(last_after)) = (before.last_chunk(), after.last_chunk()) else {
        return before.iter().zip(after).any(|(b, a)| [b | fold, a | fold] == pair[..2]);
    };
    let chunks = before.as_chunks().0.iter().zip(after.as_chunks().0);
    // The last sixteen overlap the others: looking twice is cheaper than looking one by one.
    chunks.fold(lanes::find(last_before, last_after, pair), |found, (b, a)| found | lanes::find(b, a, pair)) != 0
}

/// Sixteen at a time: not 0 where in one lane the octet before is the first of the pair and the one after the second.
#[cfg(target_feature = "sse2")]
mod lanes {
    use super::LANES;
    use safe_arch::{cmp_eq_mask_i8_m128i, m128i, move_mask_i8_m128i, set_splat_i8_m128i};

    #[inline(always)]
    pub(super) fn find(before: &[u8; LANES], after: &[u8; LANES], pair: [u8; 3]) -> i32 {
        let [first, second, fold] = pair.map(|o| set_splat_i8_m128i(o as i8));
        let before = cmp_eq_mask_i8_m128i(m128i::from(*before) | fold, first);
        let after = cmp_eq_mask_i8_m128i(m128i::from(*after) | fold, second);
        move_mask_i8_m128i(before & after)
    }
}

/// The same where there are no such instructions.
#[cfg(not(target_feature = "sse2"))]
mod lanes {
    use super::LANES;

    pub(super) fn find(before: &[u8; LANES], after: &[u8; LANES], [first, second, fold]: [u8; 3]) -> i32 {
        i32::from(before.iter().zip(after).any(|(b, a)| b | fold == first && a | fold == second))
    }
}

/// `led` is the length in bits, then the address.
pub(crate) fn is_in_subnet(address: &[u8], led: &[u8]) -> bool {
    let Some((&bits, subnet)) = led.split_first() else { return false };
    if address.len() != subnet.len() {
        return false;
    }
    let (whole, rest) = (usize::from(bits / 8), bits % 8);
    let mask = !(0xFF_u16 >> rest) as u8;
    let rest_same = match (address.get(whole), subnet.get(whole)) {
        (Some(a), Some(b)) => (a ^ b) & mask == 0,
        _ => true,
    };
    rest_same && address.get(..whole) == subnet.get(..whole)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_found_wherever_it_stands() {
        for before in 0..40 {
            for after in 0..40 {
                let text = [vec![b'.'; before], b"prize".to_vec(), vec![b'.'; after]].concat();
                assert!(contains(&text, b"\x03prize", false), "{before} before, {after} after");
                assert!(contains(&text.to_ascii_uppercase(), b"\x03prize", true));
                assert!(!contains(&text.to_ascii_uppercase(), b"\x03prize", false));
                assert!(!contains(&text[..before + 4], b"\x03prize", true));
            }
        }
    }

    #[test]
    fn what_shares_only_the_rarest_pair_is_not_found() {
        assert!(!contains(b"seize the day, seize the night", b"\x03prize", true));
        assert!(contains(b"seize the prize", b"\x03prize", true) && contains(b"a", b"\x00a", false));
        assert!(!contains(b"x", b"", false) && !contains(b"x", b"\x05ab", false) && !contains(b"", b"\x00a", true));
    }

    #[test]
    fn a_subnet_holds_the_addresses_that_begin_like_it() {
        assert!(is_in_subnet(&[192, 0, 2, 77], &[24, 192, 0, 2, 0]));
        assert!(!is_in_subnet(&[192, 0, 3, 77], &[24, 192, 0, 2, 0]));
        assert!(
            is_in_subnet(&[10, 15, 0, 1], &[12, 10, 0, 0, 0]) && !is_in_subnet(&[10, 16, 0, 1], &[12, 10, 0, 0, 0])
        );
        assert!(is_in_subnet(&[1, 2, 3, 4], &[0, 0, 0, 0, 0]) && !is_in_subnet(&[1; 16], &[0, 0, 0, 0, 0]));
        assert!(is_in_subnet(&[1, 2, 3, 4], &[32, 1, 2, 3, 4]) && !is_in_subnet(&[1, 2, 3, 5], &[32, 1, 2, 3, 4]));
    }
}
