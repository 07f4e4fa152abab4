//! Lengths of time as they are written: `"90s"`, `"10m"`, `"1h"`, `"7d"`.

/// What is expected where one is not.
pub(crate) const EXPECTED: &str = "a length of time, such as \"90s\", \"10m\", \"1h\" or \"7d\"";

/// Seconds.
pub(crate) fn parse(text: &str) -> Option<u64> {
    let unit = match text.chars().next_back()? {
        's' => 1,
        'm' => 60,
        'h' => 3_600,
        'd' => 86_400,
        _ => return None,
    };
    let number = text.get(..text.len() - 1).filter(|n| !n.is_empty() && n.bytes().all(|b| b.is_ascii_digit()))?;
    number.parse::<u64>().ok()?.checked_mul(unit)
}

/// In the largest unit that is exact.
pub(crate) fn show(seconds: u64) -> String {
    let units = [(86_400, 'd'), (3_600, 'h'), (60, 'm')];
    let unit = units.into_iter().find(|(unit, _)| seconds > 0 && seconds.is_multiple_of(*unit));
    let (unit, letter) = unit.unwrap_or((1, 's'));
    format!("{}{letter}", seconds / unit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_of_time_are_read_and_shown() {
        for (text, seconds) in [("90s", 90), ("10m", 600), ("1h", 3_600), ("7d", 604_800), ("0s", 0)] {
            assert_eq!((parse(text), show(seconds)), (Some(seconds), text.to_owned()));
        }
        for text in
            ["", "s", "10", "-1s", "1.5h", "10 m", "1w", "99999999999999999999s", "9999999999999999999d", "1\u{e9}"]
        {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
