//! A moment, written as in a message's `time` field: decimal seconds since the epoch with nine places.
//!
//! A JSON number would lose nanoseconds, so it is a string. Reading takes fewer places or none as well.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use utoipa::ToSchema;

/// Nanoseconds since the epoch (1970-01-01T00:00:00Z).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, ToSchema)]
#[schema(value_type = String, example = "1767322445.000000120", pattern = "^[0-9]{1,10}([.][0-9]{1,9})?$")]
pub struct Timestamp(u64);

impl Timestamp {
    /// From nanoseconds since the epoch.
    pub const fn from_ns(ns: u64) -> Self {
        Self(ns)
    }

    /// As nanoseconds since the epoch.
    pub const fn as_ns(self) -> u64 {
        self.0
    }

    /// The present moment by the system's clock.
    pub fn now() -> Self {
        let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
        Self(u64::try_from(since.as_nanos()).unwrap_or(u64::MAX))
    }
}

/// A text that is not a moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TimestampError;

impl std::fmt::Display for TimestampError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("not a moment: expected seconds since the epoch, like 1767322445 or 1767322445.000000120")
    }
}

impl std::error::Error for TimestampError {}

impl std::str::FromStr for Timestamp {
    type Err = TimestampError;

    fn from_str(text: &str) -> Result<Self, TimestampError> {
        let (seconds, fraction) = text.split_once('.').unwrap_or((text, "0"));
        let digits = |t: &str| !t.is_empty() && t.bytes().all(|b| b.is_ascii_digit());
        if !digits(seconds) || !digits(fraction) || fraction.len() > PLACES {
            return Err(TimestampError);
        }
        let seconds: u64 = seconds.parse().map_err(|_| TimestampError)?;
        let nanoseconds: u64 = format!("{fraction:0<PLACES$}").parse().map_err(|_| TimestampError)?;
        let whole = seconds.checked_mul(NS_PER_SECOND).ok_or(TimestampError)?;
        whole.checked_add(nanoseconds).map(Self).ok_or(TimestampError)
    }
}

impl std::fmt::Display for Timestamp {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.{:0PLACES$}", self.0 / NS_PER_SECOND, self.0 % NS_PER_SECOND)
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

const NS_PER_SECOND: u64 = 1_000_000_000;
const PLACES: usize = 9;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_keeps_its_nanoseconds_there_and_back() {
        for ns in [0, 1, 999_999_999, 1_767_322_445_000_000_120, u64::MAX] {
            assert_eq!(Timestamp(ns).to_string().parse(), Ok(Timestamp(ns)));
        }
        assert_eq!("7".parse(), Ok(Timestamp(7_000_000_000)));
        assert_eq!("7.5".parse(), Ok(Timestamp(7_500_000_000)));
    }

    #[test]
    fn what_is_no_moment_is_refused() {
        for text in ["", ".", "1.", ".5", "-1", "+1", "1e9", "1.0000000001", "18446744073709551615", "now", "1.+1"] {
            assert_eq!(text.parse::<Timestamp>(), Err(TimestampError), "{text}");
        }
    }
}
