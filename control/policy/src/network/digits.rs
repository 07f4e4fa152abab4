//! Digits as operators write them: a prefix, or a range from one number to another, which is turned into prefixes.

use super::Kind;
use sluice_numbers::POINT_CODE_MAX;

/// Why a text is not digits: what is wrong, what was expected, what to do.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Wrong {
    pub(super) message: String,
    pub(super) expected: &'static str,
    pub(super) help: Option<String>,
}

/// An E.164 number has 15 digits at most (E.164 §6.2), an IMSI 15 (TS 23.003 §2.2).
const DIGITS_MAX: usize = 15;

/// `99970`, or `9997000000-9997099999`.
pub(super) fn prefixes(kind: Kind, text: &str) -> Result<Vec<String>, Wrong> {
    match text.split_once('-') {
        // An MCC and its MNC are no range, though they look like one.
        Some((mcc, mnc))
            if kind == Kind::Imsi && (mcc.len(), mnc.len()) == (3, 2) && is_digits(mcc) && is_digits(mnc) =>
        {
            wrong(format!("`{text}` is not digits alone"), expected(kind), Some(format!("write {mcc}{mnc}")))
        }
        Some((first, last)) if is_digits(first.trim()) && is_digits(last.trim()) => {
            between(kind, first.trim(), last.trim())
        }
        _ => one(kind, text).map(|digits| vec![digits]),
    }
}

/// All numbers from one to another, both included.
pub(super) fn between(kind: Kind, first: &str, last: &str) -> Result<Vec<String>, Wrong> {
    if matches!(kind, Kind::Smsc) {
        return wrong("this is a range".to_owned(), "one whole global title", None);
    }
    let (first, last) = (one(kind, first)?, one(kind, last)?);
    let numbers = (first.parse::<u64>().unwrap_or(0), last.parse::<u64>().unwrap_or(0));
    if kind != Kind::PointCode && first.len() != last.len() {
        let help = Some("fill the start up with 0 and the end with 9".to_owned());
        return wrong("the ends of the range are not of one length".to_owned(), "as many digits on both sides", help);
    }
    if numbers.0 > numbers.1 {
        return wrong(
            format!("{first} is greater than {last}"),
            "the lower number first",
            Some(format!("write {last}-{first}")),
        );
    }
    if kind == Kind::PointCode {
        return point_codes(numbers);
    }
    Ok(cover(numbers, first.len()))
}

/// Point codes are matched whole: each for itself.
fn point_codes((first, last): (u64, u64)) -> Result<Vec<String>, Wrong> {
    const AT_ONCE_MAX: u64 = 1 << 14;
    if last - first >= AT_ONCE_MAX {
        return wrong("the range of point codes is too wide".to_owned(), "at most 16384 at once", None);
    }
    Ok((first..=last).map(|code| code.to_string()).collect())
}

/// The fewest prefixes that cover all numbers of this length between the two.
fn cover((mut first, last): (u64, u64), len: usize) -> Vec<String> {
    let mut prefixes = Vec::new();
    while first <= last {
        let mut step = 1;
        let mut cut = 0;
        while cut + 1 < len && first.is_multiple_of(step * 10) && first + step * 10 - 1 <= last {
            step *= 10;
            cut += 1;
        }
        prefixes.push(format!("{:0width$}", first / step, width = len - cut));
        first += step;
    }
    prefixes
}

fn one(kind: Kind, text: &str) -> Result<String, Wrong> {
    if text.is_empty() {
        return wrong("the digits are missing".to_owned(), expected(kind), None);
    }
    if !is_digits(text) {
        return wrong(format!("`{text}` is not digits alone"), expected(kind), way_out(kind, text));
    }
    let fits = match kind {
        Kind::PointCode => text.parse::<u32>().is_ok_and(|code| code <= POINT_CODE_MAX),
        Kind::Imsi => (5..=DIGITS_MAX).contains(&text.len()),
        Kind::Smsc => (4..=DIGITS_MAX).contains(&text.len()),
        Kind::Number | Kind::Gt => text.len() <= DIGITS_MAX,
    };
    if !fits {
        return wrong(format!("`{text}` cannot be one"), expected(kind), None);
    }
    if matches!(kind, Kind::Number | Kind::Gt | Kind::Smsc) && text.starts_with('0') {
        let help = Some("write the country code in front, without 0 or 00".to_owned());
        return wrong(format!("`{text}` begins with 0"), expected(kind), help);
    }
    Ok(if kind == Kind::PointCode { without_zeros(text) } else { text.to_owned() })
}

fn without_zeros(code: &str) -> String {
    let rest = code.trim_start_matches('0');
    if rest.is_empty() { "0".to_owned() } else { rest.to_owned() }
}

/// What may have been meant by something that is not digits alone.
fn way_out(kind: Kind, text: &str) -> Option<String> {
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    if digits.is_empty() {
        return None;
    }
    Some(match kind {
        Kind::PointCode => "write it as one decimal number".to_owned(),
        _ if text.contains(['E', 'e', ',', '.']) => {
            "a spreadsheet has rounded it: export the column as text".to_owned()
        }
        _ => format!("write {digits}"),
    })
}

const fn expected(kind: Kind) -> &'static str {
    match kind {
        Kind::Number => "digits from the country code on, at most 15",
        Kind::Gt => "digits of a global title from the country code on, at most 15",
        Kind::Imsi => "MCC and MNC, or more digits of an IMSI: 5 to 15",
        Kind::PointCode => "a point code as a number up to 16777215",
        Kind::Smsc => "a whole global title from the country code on, at most 15 digits",
    }
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())
}

fn wrong<T>(message: String, expected: &'static str, help: Option<String>) -> Result<T, Wrong> {
    Err(Wrong { message, expected, help })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_becomes_the_fewest_prefixes() {
        let of = |text| prefixes(Kind::Number, text).unwrap();
        assert_eq!(of("9997000000-9997099999"), ["99970"]);
        assert_eq!(of("9997098-9997103"), ["9997098", "9997099", "9997100", "9997101", "9997102", "9997103"]);
        assert_eq!(of("99970-99989"), ["9997", "9998"]);
        assert_eq!(of("99970 - 99970"), ["99970"]);
        assert_eq!(of("10-99"), ["1", "2", "3", "4", "5", "6", "7", "8", "9"]);
        assert_eq!(prefixes(Kind::Imsi, "0010100-0010199").unwrap(), ["00101"]);
        assert_eq!(prefixes(Kind::PointCode, "9-11").unwrap(), ["9", "10", "11"]);
    }

    /// Every range of three digits: each number has its prefix, and only one.
    #[test]
    fn prefixes_of_a_range_hold_its_numbers_and_no_others() {
        for (first, last) in (100..1000_u64).step_by(7).flat_map(|a| (a..1000).step_by(13).map(move |b| (a, b))) {
            let prefixes = cover((first, last), 3);
            for number in 100..1000_u64 {
                let text = number.to_string();
                let held = prefixes.iter().filter(|p| text.starts_with(p.as_str())).count();
                assert_eq!(held, usize::from((first..=last).contains(&number)), "{first}-{last}: {number}");
            }
        }
    }

    #[test]
    fn what_is_not_digits_is_refused_with_a_way_out() {
        let help = |kind, text| prefixes(kind, text).unwrap_err().help.unwrap_or_default();
        assert_eq!(help(Kind::Number, "+1 555 0100"), "write 15550100");
        assert_eq!(help(Kind::Number, "020-1234"), "write the country code in front, without 0 or 00");
        assert_eq!(help(Kind::Gt, "99972-99971"), "write 99971-99972");
        assert_eq!(help(Kind::Gt, "9997-99971"), "fill the start up with 0 and the end with 9");
        assert_eq!(help(Kind::Number, "9.997E+11"), "a spreadsheet has rounded it: export the column as text");
        for (kind, text) in
            [(Kind::Imsi, "0010"), (Kind::PointCode, "16777216"), (Kind::Smsc, "9997-9998"), (Kind::Gt, "")]
        {
            assert!(prefixes(kind, text).is_err(), "{text}");
        }
    }
}
