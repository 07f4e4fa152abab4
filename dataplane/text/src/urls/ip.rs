//! Hosts that are addresses.

/// A part of a dotted address (RFC 3986 §3.2.2).
pub(super) fn is_octet(word: &[u8]) -> bool {
    // The length first: a longer number would not fit.
    (1..=3).contains(&word.len())
        && word.iter().all(u8::is_ascii_digit)
        && word.iter().fold(0, |sum, digit| sum * 10 + u16::from(digit - b'0')) <= 255
}

/// An address in one number, decimal or hexadecimal, as browsers take it.
pub(super) fn is_one_number(word: &[u8]) -> bool {
    let is_decimal = (8..=10).contains(&word.len()) && word.iter().all(u8::is_ascii_digit);
    let hex = word.strip_prefix(b"0x").unwrap_or(&[]);
    is_decimal || (hex.len() == 8 && hex.iter().all(u8::is_ascii_hexdigit))
}

/// An address of IPv6 between brackets (RFC 3986 §3.2.2): the octets it may have, not its whole grammar.
pub(super) fn is_v6(text: &[u8]) -> bool {
    let colons = text.iter().filter(|b| **b == b':').count();
    colons >= 2 && text.iter().all(|b| b.is_ascii_hexdigit() || matches!(b, b':' | b'.' | b'%'))
}
