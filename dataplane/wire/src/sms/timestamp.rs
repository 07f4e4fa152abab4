//! A point in time as swapped decimal digits. TS 23.040 §9.2.3.11.
//!
//! ```text
//!   year  month  day  hour  minute  second  quarter-hours from UTC
//!   each octet: low nibble tens, high nibble units; in the last, bit 4 is the minus sign
//! ```

/// Seven octets as sent; a nibble over nine is kept and counted as it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Timestamp(pub [u8; 7]);

impl Timestamp {
    /// Year of the century, month, day, hour, minute, second, quarter-hours from UTC.
    #[inline]
    pub const fn fields(self) -> [i16; 7] {
        let [year, month, day, hour, minute, second, zone] = self.0;
        let quarters = unswap(zone & !0x08);
        let quarters = if zone & 0x08 == 0 { quarters } else { -quarters };
        [unswap(year), unswap(month), unswap(day), unswap(hour), unswap(minute), unswap(second), quarters]
    }
}

const fn unswap(octet: u8) -> i16 {
    (octet & 15) as i16 * 10 + (octet >> 4) as i16
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_swapped_digits_and_the_sign_of_the_zone() {
        let before_utc = Timestamp([0x62, 0x10, 0x20, 0x30, 0x40, 0x50, 0x0A]);
        assert_eq!(before_utc.fields(), [26, 1, 2, 3, 4, 5, -20]);
        assert_eq!(Timestamp([0x62, 0x10, 0x20, 0x30, 0x40, 0x50, 0x40]).fields()[6], 4);
    }

    #[test]
    fn counts_nibbles_over_nine_as_they_stand() {
        assert_eq!(Timestamp([0x07, 0x36, 0xF4, 0x11, 0x10, 0x11, 0x71]).fields(), [70, 63, 55, 11, 1, 11, 17]);
    }
}
