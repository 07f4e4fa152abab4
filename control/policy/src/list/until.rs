//! Moments at which an entry ends: a date (the end of that day in UTC) or a date and time with its offset (RFC 3339).

use toml::value::{Date, Datetime, Offset};

/// The first second since 1970 at which it is over; `None` for what is no such moment.
pub fn parse_until(text: &str) -> Option<u64> {
    let moment: Datetime = text.parse().ok()?;
    let day = days_since_1970(moment.date?);
    let seconds = match (moment.time, moment.offset) {
        (None, None) => (day + 1) * DAY_S,
        (Some(time), Some(offset)) => {
            let east_s = match offset {
                Offset::Z => 0,
                Offset::Custom { minutes } => i64::from(minutes) * 60,
            };
            let second = i64::from(time.second.unwrap_or(0));
            day * DAY_S + i64::from(time.hour) * 3600 + i64::from(time.minute) * 60 + second - east_s
        }
        _ => return None,
    };
    u64::try_from(seconds).ok()
}

const DAY_S: i64 = 86_400;

/// Days of the proleptic Gregorian calendar. Years are counted from March on, so that the leap day is the last.
fn days_since_1970(date: Date) -> i64 {
    const DAYS_IN_400_YEARS: i64 = 146_097;
    const MARCH_0000_TO_1970: i64 = 719_468;
    let (month, day) = (i64::from(date.month), i64::from(date.day));
    let year = i64::from(date.year) - i64::from(month <= 2);
    let of_era = year.rem_euclid(400);
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    year.div_euclid(400) * DAYS_IN_400_YEARS + of_era * 365 + of_era / 4 - of_era / 100 + of_year - MARCH_0000_TO_1970
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_ends_with_its_day_and_a_moment_at_once() {
        // Seconds as GNU date gives them.
        assert_eq!(parse_until("2026-12-31"), Some(1_798_761_600));
        assert_eq!(parse_until("2026-12-31T23:00:00Z"), Some(1_798_758_000));
        assert_eq!(parse_until("2026-12-31T23:00:00+02:00"), Some(1_798_750_800));
        assert_eq!(parse_until("2024-02-29"), Some(1_709_251_200));
        assert_eq!(parse_until("1970-01-01"), Some(86_400));
    }

    #[test]
    fn what_has_no_date_or_no_offset_is_no_moment() {
        for text in ["", "tomorrow", "12:00:00", "2026-12-31T23:00:00", "2026-13-01", "31.12.2026", "1969-01-01"] {
            assert_eq!(parse_until(text), None, "{text}");
        }
    }
}
