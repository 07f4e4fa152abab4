//! Why a record did not get into the journal. Nothing of it is there then, and its sequence goes to the next one.

/// Small, to be counted by the caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AppendError {
    /// Longer than [`super::PAYLOAD_OCTETS_MAX`], or than a segment.
    TooLong,
    /// The disk has no room for another segment. Tried again at the next record: room may come back.
    DiskFull,
    /// The journal has its configured size, and its records are not to be dropped.
    LimitReached,
    /// Every sequence has been given.
    Exhausted,
    /// The operating system refused a new segment, with this `errno`. Tried again at the next record.
    Os(i32),
}

impl From<std::io::Error> for AppendError {
    fn from(error: std::io::Error) -> Self {
        use std::io::ErrorKind::{QuotaExceeded, StorageFull};
        match error.kind() {
            StorageFull | QuotaExceeded => Self::DiskFull,
            _ => Self::Os(error.raw_os_error().unwrap_or(0)),
        }
    }
}

impl std::fmt::Display for AppendError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match *self {
            Self::TooLong => f.write_str("the record is too long"),
            Self::DiskFull => f.write_str("the disk has no room for another segment"),
            Self::LimitReached => f.write_str("the journal has its configured size and nothing in it is acknowledged"),
            Self::Exhausted => f.write_str("every sequence has been given"),
            Self::Os(errno) => std::io::Error::from_raw_os_error(errno).fmt(f),
        }
    }
}

impl std::error::Error for AppendError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_disk_and_a_used_up_quota_are_told_from_other_errors() {
        let of = |errno| AppendError::from(std::io::Error::from_raw_os_error(errno));
        assert_eq!(of(rustix::io::Errno::NOSPC.raw_os_error()), AppendError::DiskFull);
        assert_eq!(of(rustix::io::Errno::DQUOT.raw_os_error()), AppendError::DiskFull);
        assert_eq!(of(rustix::io::Errno::MFILE.raw_os_error()), AppendError::Os(24));
    }
}
