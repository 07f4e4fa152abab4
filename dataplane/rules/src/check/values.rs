//! Values as written, turned into what is stored in facts.

use super::Checked;
use super::kind::Kind;
use super::subject::Asked;
use crate::model::Subnet;
use crate::text::{Element, Literal, Operator, Refusal, Scalar, Span, nearest};
use std::net::IpAddr;

fn refuse<T>(span: Span, message: String, expected: impl Into<String>) -> Checked<T> {
    Err(Box::new(Refusal::new(span, message, expected)))
}

fn wrong_kind<T>(asked: &Asked, literal: &Literal, expected: &str) -> Checked<T> {
    let message = format!("`{}` is {}, this is {}", asked.name, asked.kind.article(), literal.scalar.kind());
    refuse(literal.span, message, expected)
}

fn single(value: &Element) -> Checked<&Literal> {
    match value {
        Element::Literal(literal) => Ok(literal),
        other => refuse(other.span(), "a range fits only numbers".to_owned(), "one value"),
    }
}

/// The stored number a literal means for a path that is stored as a number.
pub(super) fn number(asked: &Asked, literal: &Literal) -> Checked<u64> {
    match (asked.kind, &literal.scalar) {
        (Kind::Name(names), Scalar::Text(name)) => named(asked, names, name, literal.span),
        (Kind::Name(names), _) => wrong_kind(asked, literal, &one_of(names)),
        (Kind::Time, Scalar::Text(text)) => {
            time(text).map_or_else(|| refuse(literal.span, "this is not a time".to_owned(), SECONDS), Ok)
        }
        (Kind::Time, _) => wrong_kind(asked, literal, SECONDS),
        (Kind::Problem, Scalar::Text(text)) => {
            problem(text).map_or_else(|| refuse(literal.span, "there is no such problem".to_owned(), PROBLEM), Ok)
        }
        (Kind::Problem, _) => wrong_kind(asked, literal, PROBLEM),
        (Kind::Number { signed: true }, Scalar::Number(n)) => match i64::try_from(*n) {
            Ok(n) => Ok(n as u64),
            Err(_) => {
                refuse(literal.span, format!("`{}` is never that large", asked.name), "a number of 63 bits and a sign")
            }
        },
        (Kind::OctetList, Scalar::Number(n)) => match u8::try_from(*n) {
            Ok(n) => Ok(u64::from(n)),
            Err(_) => refuse(literal.span, format!("`{}` holds octets", asked.name), "a number from 0 to 255"),
        },
        (_, Scalar::Number(n)) => match u64::try_from(*n) {
            Ok(n) => Ok(n),
            Err(_) => refuse(literal.span, format!("`{}` is never negative", asked.name), "a number from 0"),
        },
        _ => wrong_kind(asked, literal, "a number, decimal or with 0x in front"),
    }
}

const SECONDS: &str = "seconds since 1970 as text, such as \"1767225600.5\"";
const PROBLEM: &str = "kind and code as text, such as \"invokeProblem 1\"";

fn named(asked: &Asked, names: &[&str], name: &str, span: Span) -> Checked<u64> {
    if let Some(number) = names.iter().position(|n| *n == name) {
        return Ok(number as u64);
    }
    let refusal = Refusal::new(span, format!("`{}` is never \"{name}\"", asked.name), one_of(names));
    let near = nearest(name, names.iter().copied());
    Err(Box::new(match near.first() {
        Some(near) => refusal.help(format!("did you mean \"{near}\"?")),
        None => refusal,
    }))
}

fn one_of(names: &[&str]) -> String {
    let quoted: Vec<String> = names.iter().map(|n| format!("\"{n}\"")).collect();
    format!("one of {}", quoted.join(", "))
}

/// Decimal seconds with up to nine places, as nanoseconds.
fn time(text: &str) -> Option<u64> {
    let (seconds, places) = text.split_once('.').unwrap_or((text, ""));
    if places.len() > 9 || !text.bytes().all(|b| b.is_ascii_digit() || b == b'.') {
        return None;
    }
    let seconds: u64 = seconds.parse().ok()?;
    seconds.checked_mul(1_000_000_000)?.checked_add(format!("{places:0<9}").parse().ok()?)
}

fn problem(text: &str) -> Option<u64> {
    const KINDS: [&str; 4] = ["generalProblem", "invokeProblem", "returnResultProblem", "returnErrorProblem"];
    let (kind, code) = text.split_once(' ')?;
    let kind = KINDS.iter().position(|k| *k == kind)? as u64;
    Some(kind << 8 | u64::from(code.trim().parse::<u8>().ok()?))
}

/// The truth value a literal is.
pub(super) fn truth(asked: &Asked, value: &Element) -> Checked<bool> {
    let literal = single(value)?;
    match &literal.scalar {
        Scalar::Bool(b) => Ok(*b),
        _ => wrong_kind(asked, literal, "true or false"),
    }
}

/// The octets a literal means for a path that compares as text or octets.
pub(super) fn text(asked: &Asked, operator: Operator, value: &Element) -> Checked<Vec<u8>> {
    let literal = single(value)?;
    let octets = match (asked.kind, &literal.scalar) {
        (Kind::Octets, Scalar::Octets(octets)) => octets.clone(),
        (Kind::Octets, _) => return wrong_kind(asked, literal, "octets, such as x\"91 44\""),
        (Kind::Oid, Scalar::Text(dotted)) => match oid(dotted) {
            Some(octets) => octets,
            None => return refuse(literal.span, "this is not an object identifier".to_owned(), OID),
        },
        (Kind::Oid, _) => return wrong_kind(asked, literal, OID),
        (Kind::Digits { letters }, Scalar::Text(digits)) => return only_digits(asked, letters, digits, literal.span),
        (Kind::Digits { .. }, _) => return wrong_kind(asked, literal, "digits in quotation marks"),
        (Kind::Country, Scalar::Text(code)) => return country(asked, code, literal.span),
        (Kind::Country, _) => return wrong_kind(asked, literal, COUNTRY),
        (_, Scalar::Text(text)) => text.clone().into_bytes(),
        _ => return wrong_kind(asked, literal, "text in quotation marks"),
    };
    let compares_whole = matches!(operator, Operator::Equal | Operator::NotEqual | Operator::In);
    if octets.is_empty() && !compares_whole {
        return refuse(literal.span, "everything contains the empty text".to_owned(), "at least one character");
    }
    if octets.len() > TEXT_OCTETS_MAX {
        return refuse(literal.span, "the text is too long".to_owned(), format!("at most {TEXT_OCTETS_MAX} octets"));
    }
    Ok(octets)
}

/// A text in a condition is never longer.
pub(crate) const TEXT_OCTETS_MAX: usize = 1024;
const OID: &str = "an object identifier as text, such as \"0.4.0.0.1.0.25.3\"";

fn only_digits(asked: &Asked, letters: &str, digits: &str, span: Span) -> Checked<Vec<u8>> {
    /// As many as an address can have (TS 23.040 §9.1.2.5 allows 20, a segmented title some more).
    const DIGITS_MAX: usize = sluice_wire::digits::Digits::CAPACITY_OCTETS;
    let wrong = digits.chars().find(|c| !c.is_ascii_digit() && !letters.contains(*c));
    let expected = format!("digits 0-9 and {letters}");
    if let Some(wrong) = wrong {
        let refusal = Refusal::new(span, format!("`{}` never has a `{wrong}`", asked.name), expected);
        let number = wrong == '+' || wrong == ' ' || wrong == '-';
        return Err(Box::new(if number {
            refusal.help("numbers stand without + and without blanks")
        } else {
            refusal
        }));
    }
    if digits.is_empty() || digits.len() > DIGITS_MAX {
        return refuse(span, format!("{} digits", digits.len()), format!("1 to {DIGITS_MAX} digits"));
    }
    Ok(digits.as_bytes().to_vec())
}

const COUNTRY: &str = "two capital letters of ISO 3166, such as \"DE\"";

fn country(asked: &Asked, code: &str, span: Span) -> Checked<Vec<u8>> {
    if code.len() == 2 && code.bytes().all(|b| b.is_ascii_uppercase()) {
        return Ok(code.as_bytes().to_vec());
    }
    let refusal = Refusal::new(span, format!("`{}` is never \"{code}\"", asked.name), COUNTRY);
    let capitals = code.to_ascii_uppercase();
    let is_code = capitals.len() == 2 && capitals.bytes().all(|b| b.is_ascii_uppercase());
    Err(Box::new(if is_code { refusal.help(format!("write \"{capitals}\"")) } else { refusal }))
}

/// Contents octets of an OBJECT IDENTIFIER (X.690 §8.19).
fn oid(dotted: &str) -> Option<Vec<u8>> {
    let arcs: Vec<u64> = dotted.split('.').map(|a| a.parse().ok()).collect::<Option<_>>()?;
    let [root, second, rest @ ..] = arcs.as_slice() else { return None };
    if *root > 2 || (*root < 2 && *second >= 40) {
        return None;
    }
    let mut octets = Vec::new();
    for arc in std::iter::once(root.checked_mul(40)?.checked_add(*second)?).chain(rest.iter().copied()) {
        let groups = (64 - arc.leading_zeros()).div_ceil(7).max(1);
        for group in (0..groups).rev() {
            let more = if group > 0 { 0x80 } else { 0 };
            octets.push((arc >> (7 * group)) as u8 & 0x7F | more);
        }
    }
    Some(octets)
}

/// `192.0.2.1`, `192.0.2.0/24`, `2001:db8::/32`.
pub(super) fn subnet(asked: &Asked, value: &Element) -> Checked<Subnet> {
    const EXPECTED: &str = "an address as text, such as \"192.0.2.1\" or \"2001:db8::/32\"";
    let literal = single(value)?;
    let Scalar::Text(text) = &literal.scalar else { return wrong_kind(asked, literal, EXPECTED) };
    let (address, bits) = text.split_once('/').map_or((text.as_str(), None), |(a, b)| (a, Some(b)));
    let address = match address.parse() {
        Ok(IpAddr::V4(v4)) => v4.octets().to_vec(),
        Ok(IpAddr::V6(v6)) => v6.octets().to_vec(),
        Err(_) => return refuse(literal.span, "this is not an address".to_owned(), EXPECTED),
    };
    let bits_max = address.len() as u8 * 8;
    let bits = match bits.map(str::parse) {
        None => bits_max,
        Some(Ok(bits)) if bits <= bits_max => bits,
        Some(_) => return refuse(literal.span, "the length does not fit".to_owned(), format!("0 to {bits_max} bits")),
    };
    if (0..bits_max).skip(usize::from(bits)).any(|bit| bit_of(&address, bit)) {
        return refuse(literal.span, "there are bits beyond the length".to_owned(), "zeros behind the beginning");
    }
    Ok(Subnet { address, bits })
}

fn bit_of(octets: &[u8], bit: u8) -> bool {
    octets.get(usize::from(bit / 8)).is_some_and(|o| o & (0x80 >> (bit % 8)) != 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn object_identifiers_become_their_contents_octets() {
        assert_eq!(oid("0.4.0.0.1.0.25.3"), Some(vec![4, 0, 0, 1, 0, 25, 3]));
        assert_eq!(oid("0.0.17.773.1.1.1"), Some(vec![0, 0x11, 0x86, 0x05, 1, 1, 1]));
        assert_eq!(oid("2.999"), Some(vec![0x88, 0x37]));
        assert_eq!((oid("1"), oid("3.1"), oid("1.40"), oid("1.x")), (None, None, None, None));
    }

    #[test]
    fn times_keep_every_place() {
        assert_eq!(time("1767322445.00000012"), Some(1_767_322_445_000_000_120));
        assert_eq!((time("1.0000000001"), time("-1"), time("99999999999999")), (None, None, None));
    }
}
