//! Octets of two frames beside each other, those that differ marked.
//!
//! What both begin and end with stands beside itself: where one frame is longer, the gap lies before the common end.

use std::fmt::Write as _;

const OCTETS_A_LINE: usize = 16;

/// Lines with the offset, the octets before and the octets after. `*` behind an octet says that it differs, `--` stands
/// where there is none; `paint` makes those stand out.
pub fn side_by_side(before: &[u8], after: &[u8], paint: impl Fn(&str) -> String) -> Vec<String> {
    let octets = aligned(before, after);
    let lines = octets.chunks(OCTETS_A_LINE).enumerate();
    lines
        .map(|(line, octets)| {
            let column = |of: fn(&Both) -> Option<u8>| {
                octets.iter().map(|pair| one(of(pair), pair.0 != pair.1, &paint)).collect::<String>()
            };
            let gap = "   ".repeat(OCTETS_A_LINE - octets.len());
            let (before, after) = (column(|pair| pair.0), column(|pair| pair.1));
            format!("  {:04x}  {before}{gap}| {after}", line * OCTETS_A_LINE).trim_end().to_owned()
        })
        .collect()
}

/// Lines with the octets of one frame.
pub fn alone(octets: &[u8]) -> Vec<String> {
    let lines = octets.chunks(OCTETS_A_LINE).enumerate();
    lines
        .map(|(line, octets)| {
            let mut text = format!("  {:04x} ", line * OCTETS_A_LINE);
            for octet in octets {
                let _ = write!(text, " {octet:02x}");
            }
            text
        })
        .collect()
}

/// Octets as one word.
pub fn word(octets: &[u8]) -> String {
    octets.iter().fold(String::new(), |mut word, octet| {
        let _ = write!(word, "{octet:02x}");
        word
    })
}

fn one(octet: Option<u8>, differs: bool, paint: impl Fn(&str) -> String) -> String {
    let text = octet.map_or("--".to_owned(), |octet| format!("{octet:02x}"));
    if differs { format!("{}*", paint(&text)) } else { format!("{text} ") }
}

/// An octet before and after; none where one frame has no octet beside that of the other.
type Both = (Option<u8>, Option<u8>);

fn aligned(before: &[u8], after: &[u8]) -> Vec<Both> {
    let ends = before.iter().rev().zip(after.iter().rev()).take_while(|(b, a)| b == a).count();
    let (before, end) = before.split_at(before.len() - ends);
    let (after, _) = after.split_at(after.len() - ends);
    let longer = before.len().max(after.len());
    let begin = (0..longer).map(|at| (before.get(at).copied(), after.get(at).copied()));
    begin.chain(end.iter().map(|&octet| (Some(octet), Some(octet)))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn octets_that_differ_are_marked_and_the_gap_lies_before_the_common_end() {
        let before = [0x45, 1, 2, 3, 4, 0xAA, 0xBB];
        let after = [0x45, 1, 9, 0xAA, 0xBB];
        let lines = side_by_side(&before, &after, str::to_owned);
        let gap = "   ".repeat(9);
        let expected = format!("  0000  45 01 02*03*04*aa bb {gap}| 45 01 09*--*--*aa bb");
        assert_eq!(lines, [expected]);
    }

    #[test]
    fn lines_have_sixteen_octets() {
        assert_eq!(side_by_side(&[0; 33], &[0; 33], str::to_owned).len(), 3);
        assert_eq!(alone(&[7; 17]), [format!("  0000 {}", " 07".repeat(16)), "  0010  07".to_owned()]);
    }

    proptest! {
        #[test]
        fn no_octet_is_lost_or_added(before in prop::collection::vec(any::<u8>(), 0..80), after in prop::collection::vec(any::<u8>(), 0..80)) {
            let both = aligned(&before, &after);
            prop_assert!(both.iter().filter_map(|pair| pair.0).eq(before.iter().copied()));
            prop_assert!(both.iter().filter_map(|pair| pair.1).eq(after.iter().copied()));
        }
    }
}
