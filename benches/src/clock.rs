//! The CPU time of this thread, and a piece of work whose cost only the machine changes.

#![allow(unsafe_code, reason = "one call into C, for a clock the standard library does not offer")]

use std::time::Duration;

/// CPU time this thread has used so far. It does not grow while other work has the core.
pub fn cpu_time() -> Duration {
    let mut now = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: `now` is a valid place for the answer, and the clock's id is a constant every Linux knows.
    let failed = unsafe { libc::clock_gettime(libc::CLOCK_THREAD_CPUTIME_ID, &raw mut now) } != 0;
    assert!(!failed, "the kernel has no CPU clock for threads");
    Duration::new(now.tv_sec.unsigned_abs(), u32::try_from(now.tv_nsec).unwrap_or(0))
}

/// CRC32c (RFC 9260 appendix A), the serial way, eight octets an instruction.
pub fn crc32c(octets: &[u8]) -> u32 {
    let (words, rest) = octets.as_chunks::<8>();
    let wide = words.iter().fold(u64::from(u32::MAX), |crc, word| safe_arch::crc32_u64(crc, u64::from_le_bytes(*word)));
    !rest.iter().fold(wide as u32, |crc, octet| safe_arch::crc32_u8(crc, *octet))
}

/// Nanoseconds that CRC32c over a megabyte takes: it tells in which of its speeds the machine is.
pub fn calibrate() -> f64 {
    let block = vec![0x5a_u8; 1 << 20];
    let start = cpu_time();
    std::hint::black_box(crc32c(std::hint::black_box(&block)));
    (cpu_time() - start).as_nanos() as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn crc32c_of_the_check_string_is_the_published_one() {
        assert_eq!(crc32c(b"123456789"), 0xe306_9283);
    }

    #[test]
    fn cpu_time_grows_with_work() {
        let start = cpu_time();
        assert!(calibrate() > 0.0);
        assert!(cpu_time() > start);
    }
}
