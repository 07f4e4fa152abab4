//! When a rule is asked: `valid_from`, `valid_until`, `valid_days`, `valid_hours`.
//!
//! ```toml
//! valid_from  = 2026-12-01                 # from the first second of that day
//! valid_until = 2027-01-15T06:00:00Z       # a day alone means its end
//! valid_days  = ["fri", "sat"]
//! valid_hours = "22:00-06:00"              # past midnight; the day is that of the beginning
//! ```
//! All times are in UTC; a time of the day needs `Z` or an offset.

use crate::diagnostic::Diagnostics;
use crate::read::{At, Keys, unknown_word};
use sluice_rules::model::Validity;
use toml::value::{Date, Datetime, Offset, Time};

pub(crate) const KEYS: [&str; 4] = ["valid_from", "valid_until", "valid_days", "valid_hours"];
/// Days by their bit in [`Validity::days`].
pub(crate) const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

const A_DATE: &str = "a day or a time with its offset, without quotation marks: 2026-12-31 or 2026-12-31T06:00:00Z";
const HOURS: &str = "from and to in UTC, such as \"22:00-06:00\"";
const DAY_S: u64 = 86_400;
const DAY_MINUTES: u16 = 1_440;

/// Reads the four keys.
pub(crate) fn read(keys: &Keys<'_, '_>, report: &mut Diagnostics) -> Validity {
    let (from, until) = (time(keys, "valid_from", false, report), time(keys, "valid_until", true, report));
    if let (Some(from), Some(until)) = (&from, &until)
        && from.value >= until.value
    {
        let error = keys.file.error(until.range.clone(), "the rule ends before it begins", "a later time");
        report.push(error.related(keys.file.place(from.range.clone()), "it begins here"));
    }
    Validity {
        from_s: from.map_or(0, |t| t.value),
        until_s: until.map_or(u64::MAX, |t| t.value),
        days: days(keys, report),
        minutes: hours(keys, report),
    }
}

/// Seconds since 1970; of a day alone the first, or the first after it.
fn time(keys: &Keys<'_, '_>, key: &str, end_of_day: bool, report: &mut Diagnostics) -> Option<At<u64>> {
    let value = keys.find(key)?;
    let Some(written) = value.get_ref().as_datetime() else {
        keys.wrong_type(value, A_DATE, report);
        return None;
    };
    let seconds = seconds(written, end_of_day);
    if seconds.is_none() {
        let message = "this time says not where it holds, or is before 1970";
        report.push(keys.file.error(value.span(), message, A_DATE));
    }
    Some(At { value: seconds?, range: value.span() })
}

fn seconds(written: &Datetime, end_of_day: bool) -> Option<u64> {
    let day = days_since_1970(written.date?)?.checked_mul(DAY_S)?;
    match (written.time, written.offset) {
        (None, None) if end_of_day => Some(day + DAY_S),
        (None, None) => Some(day),
        (Some(time), Some(offset)) => (day + second_of_day(time)).checked_add_signed(-60 * minutes_east(offset)),
        _ => None,
    }
}

fn second_of_day(time: Time) -> u64 {
    u64::from(time.hour) * 3_600 + u64::from(time.minute) * 60 + u64::from(time.second.unwrap_or(0))
}

fn minutes_east(offset: Offset) -> i64 {
    match offset {
        Offset::Z => 0,
        Offset::Custom { minutes } => i64::from(minutes),
    }
}

/// Days of the Gregorian calendar, counted from March so that the leap day is the last of its year.
fn days_since_1970(date: Date) -> Option<u64> {
    let (month, day) = (u64::from(date.month), u64::from(date.day));
    let year = u64::from(date.year).checked_sub(u64::from(month <= 2))?;
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day.checked_sub(1)?;
    let days = year * 365 + year / 4 - year / 100 + year / 400 + day_of_year;
    /// Days from the first of March of the year 0 to 1970.
    const EPOCH: u64 = 719_468;
    days.checked_sub(EPOCH)
}

fn days(keys: &Keys<'_, '_>, report: &mut Diagnostics) -> u8 {
    let Some(names) = keys.texts("valid_days", report) else { return Validity::ALWAYS.days };
    let mut days = 0;
    for name in &names {
        match DAYS.iter().position(|d| *d == name.value) {
            Some(day) => days |= 1 << day,
            None => unknown_word(keys.file, name, &DAYS, report),
        }
    }
    if let (true, Some(value)) = (names.is_empty(), keys.find("valid_days")) {
        report.push(keys.file.error(value.span(), "a rule without a day is never asked", "at least one day"));
    }
    days
}

fn hours(keys: &Keys<'_, '_>, report: &mut Diagnostics) -> (u16, u16) {
    let always = Validity::ALWAYS.minutes;
    let Some(text) = keys.text("valid_hours", report) else { return always };
    let (from, to) = text.value.split_once('-').unwrap_or(("", ""));
    match (minute(from), minute(to)) {
        (Some(from), Some(to)) if from != to && from < DAY_MINUTES => (from, if to == 0 { DAY_MINUTES } else { to }),
        _ => {
            report.push(keys.file.error(text.range, "these are no hours of the day", HOURS));
            always
        }
    }
}

/// `06:30` as a minute of the day; `24:00` is its end.
fn minute(text: &str) -> Option<u16> {
    let (hour, minute) = text.trim().split_once(':')?;
    let number = |t: &str| t.parse::<u16>().ok().filter(|_| t.len() == 2 && t.bytes().all(|b| b.is_ascii_digit()));
    let (hour, minute) = (number(hour)?, number(minute)?);
    Some(hour * 60 + minute).filter(|&m| minute < 60 && m <= DAY_MINUTES)
}

/// As it would be written, for tables and differences.
pub(crate) fn show(validity: &Validity) -> Vec<(&'static str, String)> {
    let mut shown = Vec::new();
    if validity.from_s != 0 {
        shown.push(("valid_from", format!("{} s", validity.from_s)));
    }
    if validity.until_s != u64::MAX {
        shown.push(("valid_until", format!("{} s", validity.until_s)));
    }
    if validity.days != Validity::ALWAYS.days {
        let names = DAYS.iter().enumerate().filter(|(day, _)| validity.days & 1 << day != 0).map(|(_, name)| *name);
        shown.push(("valid_days", names.collect::<Vec<_>>().join(" ")));
    }
    if validity.minutes != Validity::ALWAYS.minutes {
        let (from, to) = validity.minutes;
        shown.push(("valid_hours", format!("{:02}:{:02}-{:02}:{:02}", from / 60, from % 60, to / 60, to % 60)));
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str, end: bool) -> Option<u64> {
        seconds(&text.parse().unwrap(), end)
    }

    #[test]
    fn days_and_times_are_seconds_since_1970() {
        assert_eq!((at("1970-01-01", false), at("1970-01-01", true)), (Some(0), Some(86_400)));
        assert_eq!((at("2000-02-29", false), at("2026-03-01", false)), (Some(951_782_400), Some(1_772_323_200)));
        assert_eq!(at("2026-11-22T15:04:32Z", false), Some(1_795_359_872));
        assert_eq!(at("2026-11-22T16:04:32+01:00", true), Some(1_795_359_872));
        assert_eq!(
            (at("2026-11-22T15:04:32", false), at("15:04:32", false), at("1969-12-31", false)),
            (None, None, None)
        );
    }

    #[test]
    fn minutes_of_the_day_have_two_digits_and_end_at_midnight() {
        assert_eq!((minute("00:00"), minute("06:30"), minute("24:00")), (Some(0), Some(390), Some(1440)));
        for text in ["6:30", "06:60", "24:01", "25:00", "aa:00", "", "+6:30", "0630"] {
            assert_eq!(minute(text), None, "{text}");
        }
    }
}
