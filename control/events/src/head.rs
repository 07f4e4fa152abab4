//! What every file begins with: eight octets that name its kind, and the version of its form.

use crate::Error;
use std::path::Path;

/// Whether a file is of this kind and this version.
pub(crate) fn check(path: &Path, octets: &[u8], wanted: [u8; 12]) -> Result<(), Error> {
    if octets.starts_with(&wanted) {
        return Ok(());
    }
    let version = octets.get(KIND_OCTETS..wanted.len()).and_then(|v| v.first_chunk()).map(|v| u32::from_le_bytes(*v));
    match version {
        Some(version @ 1..=VERSION_MAX) if octets.get(..KIND_OCTETS) == wanted.get(..KIND_OCTETS) => {
            Err(Error::Version(path.to_owned(), version))
        }
        _ => Err(Error::damaged(path, "it does not begin as a file of events does")),
    }
}

const KIND_OCTETS: usize = 8;
/// There will not be more.
const VERSION_MAX: u32 = 255;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_of_a_later_release_is_not_taken_for_damaged() {
        let of = |octets: &[u8]| check(Path::new("f"), octets, *b"SLUICEXX\x01\0\0\0");
        assert!(of(b"SLUICEXX\x01\0\0\0more").is_ok());
        assert!(matches!(of(b"SLUICEXX\x02\0\0\0more"), Err(Error::Version(_, 2))));
        for damaged in [&b"SLUICEXX\xFF\xFF\0\0"[..], b"SLUICEYY\x02\0\0\0", b"SLUICE", b""] {
            assert!(matches!(of(damaged), Err(Error::Damaged(..))));
        }
    }
}
