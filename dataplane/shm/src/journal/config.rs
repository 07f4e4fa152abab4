//! What the operator decides about the journal.

use crate::Cause;

/// A segment is never smaller than this.
pub const SEGMENT_OCTETS_MIN: u32 = 16 << 10;
/// A segment is never larger than this.
pub const SEGMENT_OCTETS_MAX: u32 = 1 << 30;

/// What happens when the journal has reached its size and nothing in it is acknowledged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WhenFull {
    /// The oldest segment goes, unread, and is counted in [`super::Dropped`].
    DropOldest,
    /// New records are refused with [`super::AppendError::LimitReached`] until segments are freed.
    StopWriting,
}

/// Sizes of the journal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Config {
    /// Size of a new segment; rounded up to whole pages.
    pub segment_octets: u32,
    /// Size of all segments together; at least two segments.
    pub octets_max: u64,
    /// What happens then.
    pub when_full: WhenFull,
}

impl Default for Config {
    fn default() -> Self {
        Self { segment_octets: 64 << 20, octets_max: 16 << 30, when_full: WhenFull::DropOldest }
    }
}

impl Config {
    pub(super) fn checked(mut self) -> Result<Self, Cause> {
        if !(SEGMENT_OCTETS_MIN..=SEGMENT_OCTETS_MAX).contains(&self.segment_octets) {
            return Err(Cause::Configuration);
        }
        self.segment_octets = self.segment_octets.next_multiple_of(4096);
        let two = u64::from(self.segment_octets) * 2;
        if self.octets_max >= two { Ok(self) } else { Err(Cause::Configuration) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_that_cannot_work_are_refused() {
        let good = Config::default();
        assert_eq!(good.checked(), Ok(good));
        for segment_octets in [0, SEGMENT_OCTETS_MIN - 1, SEGMENT_OCTETS_MAX + 1, u32::MAX] {
            assert!(Config { segment_octets, ..good }.checked().is_err(), "{segment_octets}");
        }
        assert!(Config { octets_max: (128 << 20) - 1, ..good }.checked().is_err());
        assert_eq!(Config { segment_octets: 20_001, ..good }.checked().map(|c| c.segment_octets), Ok(20_480));
    }
}
