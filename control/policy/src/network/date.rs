//! Days since 1970 and dates as people write them.

use toml::value::{Date, Datetime};

/// Days since 1970-01-01 of a date by the Gregorian calendar, of 1970 or later.
pub(super) fn days(date: Date) -> Option<u32> {
    let (year, month, day) = (i64::from(date.year), i64::from(date.month), i64::from(date.day));
    // Years begin in March, so that the day that is not in every year is the last one.
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let days = year * 365 + year / 4 - year / 100 + year / 400 + (month * 153 + 2) / 5 + day - 1;
    u32::try_from(days - 719_468).ok()
}

/// `2026-01-31` or `20260131`.
pub(super) fn parse(text: &str) -> Option<u32> {
    let dashed = match text.as_bytes() {
        [y @ .., _, _, _, _] if y.len() == 4 && text.bytes().all(|b| b.is_ascii_digit()) => {
            format!("{}-{}-{}", text.get(..4)?, text.get(4..6)?, text.get(6..)?)
        }
        _ => text.to_owned(),
    };
    let parsed: Datetime = dashed.parse().ok()?;
    days(parsed.date.filter(|_| parsed.time.is_none() && parsed.offset.is_none())?)
}

/// `2026-01-31`.
pub(super) fn text(days: u32) -> String {
    let days = i64::from(days) + 719_468;
    let (era, day_of_era) = (days / 146_097, days % 146_097);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month + 2) / 5 + 1;
    let (month, next) = if month < 10 { (month + 3, 0) } else { (month - 9, 1) };
    format!("{:04}-{month:02}-{day:02}", era * 400 + year_of_era + next)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_those_of_the_calendar() {
        for (written, expected) in [("1970-01-01", 0), ("2000-02-29", 11_016), ("2026-01-01", 20_454)] {
            assert_eq!(parse(written), Some(expected));
            assert_eq!(text(expected), written);
        }
        assert_eq!(parse("20260131"), parse("2026-01-31"));
    }

    #[test]
    fn every_day_of_two_centuries_comes_back() {
        assert!((0..73_000).all(|day| parse(&text(day)) == Some(day)));
    }

    #[test]
    fn what_is_no_date_is_refused() {
        for wrong in
            ["", "2026", "31/12/2025", "2025-02-29", "2026-13-01", "1969-12-31", "2026-01-01T00:00:00", "20261301"]
        {
            assert_eq!(parse(wrong), None, "{wrong}");
        }
    }
}
