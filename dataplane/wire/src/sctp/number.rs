//! The numbers of SCTP, each its own type, and the arithmetic of those that wrap.
//!
//! RFC 1982 §3, RFC 9260 §1.6. None of the wrapping numbers is `Ord`: "before" is not transitive round a circle.

/// Declares a number that wraps.
macro_rules! serial {
    ($(#[$doc:meta])* $name:ident($number:ty, $signed:ty)) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub struct $name(pub $number);

        impl $name {
            /// The number after this.
            #[inline]
            #[must_use]
            pub const fn next(self) -> Self {
                self.plus(1)
            }

            /// The number `count` steps on.
            #[inline]
            #[must_use]
            pub const fn plus(self, count: $number) -> Self {
                Self(self.0.wrapping_add(count))
            }

            /// How many steps lie from `earlier` to this; negative if this is the earlier one.
            #[inline]
            pub const fn since(self, earlier: Self) -> $signed {
                self.0.wrapping_sub(earlier.0) as $signed
            }

            /// Whether this comes before `other`. Of two numbers half the circle apart neither does.
            #[inline]
            pub const fn is_before(self, other: Self) -> bool {
                other.since(self) > 0
            }
        }
    };
}

pub(crate) use serial;

serial! {
    /// Transmission sequence number.
    Tsn(u32, i32)
}

serial! {
    /// Stream sequence number.
    StreamSeq(u16, i16)
}

serial! {
    /// Message identifier of I-DATA (RFC 8260 §2.1).
    MessageId(u32, i32)
}

serial! {
    /// Fragment sequence number of I-DATA (RFC 8260 §2.1).
    Fsn(u32, i32)
}

/// Stream identifier.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct StreamId(pub u16);

/// Verification tag, or the initiate tag that becomes one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct VerificationTag(pub u32);

/// Payload protocol identifier.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Ppid(pub u32);

impl Ppid {
    /// MTP2 user adaptation (RFC 3331).
    pub const M2UA: Self = Self(2);
    /// MTP3 user adaptation (RFC 4666).
    pub const M3UA: Self = Self(3);
    /// SCCP user adaptation (RFC 3868).
    pub const SUA: Self = Self(4);
    /// MTP2 peer-to-peer adaptation (RFC 4165).
    pub const M2PA: Self = Self(5);
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_number_after_the_last_is_zero() {
        assert_eq!(Tsn(u32::MAX).next(), Tsn(0));
        assert_eq!(StreamSeq(u16::MAX).next(), StreamSeq(0));
    }

    #[test]
    fn a_number_before_the_wrap_comes_before_one_after_it() {
        assert!(Tsn(u32::MAX - 1).is_before(Tsn(3)));
        assert!(!Tsn(3).is_before(Tsn(u32::MAX - 1)));
        assert_eq!(Tsn(3).since(Tsn(u32::MAX - 1)), 5);
        assert_eq!(StreamSeq(65_535).since(StreamSeq(1)), -2);
    }

    #[test]
    fn of_two_numbers_half_the_circle_apart_neither_comes_first() {
        assert!(!Tsn(0).is_before(Tsn(1 << 31)));
        assert!(!Tsn(1 << 31).is_before(Tsn(0)));
    }

    proptest! {
        #[test]
        fn steps_up_to_half_the_circle_go_forward(start: u32, steps in 1u32..1 << 31) {
            let end = Tsn(start).plus(steps);
            prop_assert!(Tsn(start).is_before(end) && !end.is_before(Tsn(start)));
            prop_assert_eq!(end.since(Tsn(start)).cast_unsigned(), steps);
        }
    }
}
