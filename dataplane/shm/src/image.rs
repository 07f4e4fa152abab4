//! Policy images: memory without a name, sealed for ever by the side that made it, mapped read-only by the side that
//! uses it.
//!
//! ```text
//! control side                                            dataplane
//! SealedImage::new: memfd, bytes, seals ── descriptor ──► MappedImage::from_fd: seals and size checked, mapped
//! ```
//! The seals are GROW, SHRINK, WRITE and SEAL: neither the octets nor the length can change any more, whoever still
//! holds a descriptor, so what was checked once stays checked. A file on disk has no such promise; the last good image
//! is therefore read into sealed memory first ([`MappedImage::from_file`]).
//!
//! Huge pages are used where there are some, with normal ones behind them. The mapping is a private one: kernels
//! before 6.7 refuse shared mappings of memory sealed against writing, and nothing is ever written through it.
#![allow(unsafe_code, reason = "the one place where a mapping becomes a slice: its octets are sealed")]

use std::fs::File;
use std::io::{self, Write};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::path::Path;

use memmap2::{Mmap, MmapOptions};
use rustix::fs::{MemfdFlags, SealFlags, fcntl_add_seals, fcntl_get_seals, fstatfs, ftruncate, memfd_create};

use crate::map::{Map, reserve};
use crate::{Cause, Error, untrusted};

/// An image is never larger than this, in bytes.
pub const IMAGE_BYTES_MAX: u64 = 4 << 30;
/// What errors call memory without a name.
const NAME: &str = "policy image";
const SEALS: SealFlags = SealFlags::GROW.union(SealFlags::SHRINK).union(SealFlags::WRITE).union(SealFlags::SEAL);
/// No page is larger (1 GiB); what lies behind the image in its last page is less than that.
const PAGE_BYTES_MAX: u64 = 1 << 30;

/// Sealed memory with an image in it, to be passed on.
#[derive(Debug)]
pub struct SealedImage {
    fd: OwnedFd,
    length: u64,
    huge: bool,
}

impl SealedImage {
    /// Copies `bytes` into sealed memory; onto huge pages when asked for and when there are enough of them.
    pub fn new(bytes: &[u8], huge: bool) -> Result<Self, Error> {
        let length = bytes.len() as u64;
        if length == 0 || length > IMAGE_BYTES_MAX {
            return Err(named(Cause::Size { stated: IMAGE_BYTES_MAX, actual: length }));
        }
        let on_huge = if huge { on_huge_pages(bytes).ok() } else { None };
        let huge = on_huge.is_some();
        let fd = on_huge.map_or_else(|| on_normal_pages(bytes), Ok).map_err(named)?;
        fcntl_add_seals(&fd, SEALS).map_err(named)?;
        Ok(Self { fd, length, huge })
    }

    /// Length of the image in bytes; the memory behind it may be longer, to the end of a page.
    pub fn length(&self) -> u64 {
        self.length
    }

    /// Whether it lies on huge pages.
    pub fn is_on_huge_pages(&self) -> bool {
        self.huge
    }
}

impl AsFd for SealedImage {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.fd.as_fd()
    }
}

impl From<SealedImage> for OwnedFd {
    fn from(image: SealedImage) -> Self {
        image.fd
    }
}

fn on_normal_pages(bytes: &[u8]) -> io::Result<OwnedFd> {
    let mut file = File::from(memfd_create("sluice-policy", MemfdFlags::CLOEXEC | MemfdFlags::ALLOW_SEALING)?);
    file.write_all(bytes)?;
    Ok(file.into())
}

/// Memory of huge pages cannot be written to with `write`, only through a mapping.
fn on_huge_pages(bytes: &[u8]) -> io::Result<OwnedFd> {
    let flags = MemfdFlags::CLOEXEC | MemfdFlags::ALLOW_SEALING | MemfdFlags::HUGETLB;
    let file = File::from(memfd_create("sluice-policy", flags)?);
    let page = u64::try_from(fstatfs(&file)?.f_bsize).unwrap_or(PAGE_BYTES_MAX);
    let octets = (bytes.len() as u64).next_multiple_of(page);
    ftruncate(&file, octets)?;
    reserve(&file, octets)?;
    let size = usize::try_from(octets).map_err(|_| io::ErrorKind::FileTooLarge)?;
    Map::new(&file, size)?.copy_in(0, bytes).ok_or(io::ErrorKind::UnexpectedEof)?;
    Ok(file.into())
}

/// An image mapped read-only. What it holds can never change.
#[derive(Debug)]
pub struct MappedImage {
    map: Mmap,
    length: usize,
}

impl MappedImage {
    /// Maps an image of `length` bytes. Refuses memory that is not sealed, or whose size is not that of the image
    /// rounded up to a page.
    pub fn from_fd(fd: OwnedFd, length: u64) -> Result<Self, Error> {
        let seals = fcntl_get_seals(&fd).map_err(|_| named(Cause::NotSealed))?;
        if !seals.contains(SEALS) {
            return Err(named(Cause::NotSealed));
        }
        let file = File::from(fd);
        let actual = file.metadata().map_err(named)?.len();
        let wrong = named(Cause::Size { stated: length, actual });
        if length == 0 || length > actual || actual > IMAGE_BYTES_MAX || actual - length >= PAGE_BYTES_MAX {
            return Err(wrong);
        }
        let (size, length) = usize::try_from(actual).ok().zip(usize::try_from(length).ok()).ok_or(wrong)?;
        // Without the reservation a private mapping would claim as many huge pages again, for copies never made.
        // SAFETY: the memory is sealed against writing, shrinking and growing, and against lifting the seals
        // (checked above), so no one can change or remove what the slice shows.
        let map = unsafe { MmapOptions::new().len(size).no_reserve_swap().map_copy_read_only(&file) };
        Ok(Self { map: map.map_err(named)?, length })
    }

    /// Reads a file into sealed memory and maps that.
    pub fn from_file(path: &Path, huge: bool) -> Result<Self, Error> {
        let at = |cause: Cause| Error::new(path, cause);
        let bytes = untrusted::read(path, IMAGE_BYTES_MAX).map_err(at)?;
        let image = SealedImage::new(&bytes, huge).map_err(|e| at(e.cause))?;
        let length = image.length();
        Self::from_fd(image.into(), length).map_err(|e| at(e.cause))
    }

    /// The image.
    pub fn as_slice(&self) -> &[u8] {
        self.map.get(..self.length).unwrap_or_default()
    }
}

fn named(cause: impl Into<Cause>) -> Error {
    Error::new(Path::new(NAME), cause)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::FileExt;

    fn unsealed(seals: SealFlags) -> OwnedFd {
        let file = File::from(memfd_create("test", MemfdFlags::CLOEXEC | MemfdFlags::ALLOW_SEALING).unwrap());
        file.write_all_at(b"image", 0).unwrap();
        fcntl_add_seals(&file, seals).unwrap();
        file.into()
    }

    #[test]
    fn an_image_arrives_as_it_was_made_on_whatever_pages_there_are() {
        let bytes: Vec<u8> = (0..3 << 20).map(|i| i as u8).collect();
        for huge in [false, true] {
            let image = SealedImage::new(&bytes, huge).unwrap();
            let length = image.length();
            assert_eq!(length, bytes.len() as u64);
            assert!(huge || !image.is_on_huge_pages());
            assert_eq!(MappedImage::from_fd(image.into(), length).unwrap().as_slice(), bytes);
        }
    }

    #[test]
    fn nobody_can_change_a_sealed_image() {
        let image = SealedImage::new(b"image", false).unwrap();
        let file = File::from(image.as_fd().try_clone_to_owned().unwrap());
        assert!(Map::new(&file, 5).is_err(), "a second, writable mapping");
        assert!(file.write_at(b"x", 0).is_err());
        assert!(file.set_len(4).is_err() && file.set_len(6).is_err());
        assert!(fcntl_add_seals(&file, SealFlags::FUTURE_WRITE).is_err());
        let mapped = MappedImage::from_fd(image.into(), 5).unwrap();
        assert_eq!(mapped.as_slice(), b"image");
    }

    #[test]
    fn memory_with_any_seal_missing_is_refused() {
        for missing in [SealFlags::GROW, SealFlags::SHRINK, SealFlags::WRITE, SealFlags::SEAL] {
            let error = MappedImage::from_fd(unsealed(SEALS.difference(missing)), 5).unwrap_err();
            assert_eq!(error.cause, Cause::NotSealed, "without {missing:?}");
        }
        assert!(MappedImage::from_fd(unsealed(SEALS), 5).is_ok());
        let file = OwnedFd::from(tempfile::tempfile().unwrap());
        assert_eq!(MappedImage::from_fd(file, 5).unwrap_err().cause, Cause::NotSealed, "a file on disk");
    }

    #[test]
    fn a_length_that_is_not_that_of_the_memory_is_refused() {
        for length in [0, 6, u64::MAX] {
            let error = MappedImage::from_fd(unsealed(SEALS), length).unwrap_err();
            assert_eq!(error.cause, Cause::Size { stated: length, actual: 5 });
        }
        assert!(SealedImage::new(b"", false).is_err());
    }

    #[test]
    fn an_image_from_a_file_stays_when_the_file_changes() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("last-good");
        crate::write_file_durably(&path, b"image").unwrap();
        let mapped = MappedImage::from_file(&path, true).unwrap();
        std::fs::write(&path, b"").unwrap();
        assert_eq!(mapped.as_slice(), b"image");
        assert!(MappedImage::from_file(&path, false).is_err(), "an empty file");
        let error = MappedImage::from_file(&dir.path().join("none"), false).unwrap_err();
        assert!(error.to_string().contains("none: No such file"), "{error}");
    }

    #[test]
    fn a_mapped_image_can_be_shared_between_threads() {
        fn shared<T: Send + Sync>(_: &T) {}
        let image = SealedImage::new(b"image", false).unwrap();
        let mapped = MappedImage::from_fd(image.into(), 5).unwrap();
        shared(&mapped);
        let seen = std::thread::scope(|s| s.spawn(|| mapped.as_slice().to_vec()).join().unwrap());
        assert_eq!(seen, b"image");
    }
}
