//! What stands in lists, folded as texts are: words, and names of senders.

use crate::fold::{CHARS_MAX, fold_trusting};
use crate::scratch::Scratch;
use crate::scripts::Trust;
use crate::sheet::{SLACK, Sheet};
use crate::squeeze::{Figures, squeeze};

/// A word or phrase of a list as [`Reading::plain`](crate::Reading::plain) has it. For the control side: allocates.
///
/// A word that wholly looks Latin but is of another script is taken as what it is: lists are written in good faith.
pub fn fold_word(word: &str) -> String {
    let (bytes, _) = folded(word);
    String::from_utf8_lossy(&bytes).into_owned()
}

/// A word or phrase of a list as [`Reading::squeezed`](crate::Reading::squeezed) has it. For the control side.
pub fn squeeze_word(word: &str) -> String {
    let (mut bytes, edges) = folded(word);
    let len = bytes.len();
    bytes.resize(len + SLACK, 0);
    let mut out = vec![0; bytes.len() + SLACK];
    let end = squeeze(&bytes, len, &edges, &mut out, Figures::ANY);
    String::from_utf8_lossy(out.get(..end).unwrap_or(&[])).into_owned()
}

fn folded(word: &str) -> (Vec<u8>, Vec<u16>) {
    let mut scratch = Scratch::new();
    let mut sheet = scratch.sheet();
    fold_trusting(word, &mut sheet, Trust::Honest);
    let (bytes, count) = (sheet.bytes().to_vec(), sheet.edge_count());
    (bytes, scratch.edges.iter().take(count).copied().collect())
}

/// The name of a sender as brands are compared: squeezed, look-alikes taken for what they look like, also where a
/// whole name is made of them. Names without letters stay digits. What does not fit is cut.
pub fn fold_sender<'o, const N: usize>(sender: &str, out: &'o mut [u8; N]) -> &'o str {
    let (mut bytes, mut edges) = ([0; SENDER_ROOM], [0; SENDER_ROOM]);
    let mut sheet = Sheet::new(&mut bytes, &mut edges);
    fold_trusting(sender, &mut sheet, Trust::Deceit);
    let (len, count) = (sheet.len, sheet.edge_count());
    let mut row = [0; SENDER_ROOM + SLACK];
    let end = match bytes.get(..len).unwrap_or(&[]).iter().any(|b| b.is_ascii_alphabetic() || *b >= 0x80) {
        true => squeeze(&bytes, len, edges.get(..count).unwrap_or(&[]), &mut row, Figures::ANY),
        false => digits(bytes.get(..len).unwrap_or(&[]), &mut row),
    };
    fitting(row.get(..end).unwrap_or(&[]), out)
}

fn digits(bytes: &[u8], row: &mut [u8]) -> usize {
    let digits = bytes.iter().copied().filter(u8::is_ascii_digit);
    row.iter_mut().zip(digits).map(|(place, digit)| *place = digit).count()
}

/// As much as fits, in whole characters.
fn fitting<'o>(row: &[u8], out: &'o mut [u8]) -> &'o str {
    let text = std::str::from_utf8(row).unwrap_or("");
    let end = text.floor_char_boundary(out.len());
    let (Some(place), Some(kept)) = (out.get_mut(..end), row.get(..end)) else { return "" };
    place.copy_from_slice(kept);
    std::str::from_utf8(place).unwrap_or("")
}

/// Octets a sender's name may take folded, and then some: names have 11 characters (TS 23.040 §9.1.2.5).
pub const SENDER_ROOM: usize = 128;

const _: () = assert!(SENDER_ROOM < CHARS_MAX);
