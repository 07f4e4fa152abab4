//! How a message is to be handled, and what kind of message it is: `esm_class`. SMPP 3.4 §5.2.12.
//!
//! ```text
//!   ff tttt mm    mm    0 default  1 datagram  2 forward  3 store and forward
//!                 tttt  0 message  1 receipt  2 acknowledged by the device  4 by the user  6 conversation abort
//!                       8 intermediate notification
//!                 ff    1 user data header  2 reply path  3 both
//! ```

/// The octet.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct EsmClass(pub u8);

impl EsmClass {
    /// Bits 1-0.
    #[inline]
    pub const fn mode(self) -> u8 {
        self.0 & 3
    }

    /// Bits 5-2.
    #[inline]
    pub const fn message_type(self) -> u8 {
        self.0 >> 2 & 0xf
    }

    /// Bits 7-6.
    #[inline]
    pub const fn features(self) -> u8 {
        self.0 >> 6
    }

    /// Whether the message begins with a user data header.
    #[inline]
    pub const fn has_header(self) -> bool {
        self.0 & 0x40 != 0
    }

    /// Whether it tells what became of another message: no text of a person.
    #[inline]
    pub const fn is_receipt(self) -> bool {
        matches!(self.message_type(), 1 | 8)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn divides_the_octet() {
        for (octet, parts, has_header, is_receipt) in [
            (0x00, (0, 0, 0), false, false),
            (0x03, (3, 0, 0), false, false),
            (0x04, (0, 1, 0), false, true),
            (0x20, (0, 8, 0), false, true),
            (0x08, (0, 2, 0), false, false),
            (0x43, (3, 0, 1), true, false),
            (0x80, (0, 0, 2), false, false),
            (0xc0, (0, 0, 3), true, false),
        ] {
            let esm = EsmClass(octet);
            assert_eq!((esm.mode(), esm.message_type(), esm.features()), parts, "{octet:02x}");
            assert_eq!((esm.has_header(), esm.is_receipt()), (has_header, is_receipt), "{octet:02x}");
        }
    }
}
