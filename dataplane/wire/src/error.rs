//! Why octets were refused: layer, offset in that layer, reason. Small, `Copy`, countable.

use core::fmt;

/// Declares a closed list once: enum, stable name, all values.
macro_rules! named {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $text:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[repr(u8)]
        pub enum $name { $($(#[$vdoc])* $variant),+ }

        impl $name {
            /// Every value, in order of its number.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The name used in events, counters and rules.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $text),+ }
            }
        }
    };
}

named! {
    /// The layer that refused, from the outside in.
    Layer {
        /// Ethernet, VLAN, Linux cooked.
        Link = "link",
        /// IPv4 or IPv6.
        Ip = "ip",
        /// SCTP packet or chunk.
        Sctp = "sctp",
        /// TCP segment.
        Tcp = "tcp",
        /// M3UA message or parameter.
        M3ua = "m3ua",
        /// M2PA message.
        M2pa = "m2pa",
        /// M2UA message.
        M2ua = "m2ua",
        /// SUA message.
        Sua = "sua",
        /// MTP3 routing label.
        Mtp3 = "mtp3",
        /// SCCP message or address.
        Sccp = "sccp",
        /// TCAP message, dialogue portion or component portion.
        Tcap = "tcap",
        /// MAP component or argument.
        Map = "map",
        /// SMS TPDU.
        Sms = "sms",
        /// SMPP PDU.
        Smpp = "smpp",
    }
}

named! {
    /// What was wrong.
    Reason {
        /// The octets end before the element does.
        Truncated = "truncated",
        /// A length says less than its own header, or more than what holds it.
        BadLength = "bad_length",
        /// A version this layer does not have.
        BadVersion = "bad_version",
        /// A value outside what the clause allows.
        BadValue = "bad_value",
        /// A checksum that does not match.
        BadChecksum = "bad_checksum",
        /// A tag where another must stand.
        UnexpectedTag = "unexpected_tag",
        /// A mandatory element is missing.
        Missing = "missing",
        /// Nested or repeated beyond a named limit.
        TooDeep = "too_deep",
        /// Well-formed, but of a kind this module does not handle.
        Unsupported = "unsupported",
    }
}

/// A refusal. `at` is the offset in octets from the start of the refusing layer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Error {
    /// Who refused.
    pub layer: Layer,
    /// Where, in octets from the start of that layer.
    pub at: u16,
    /// Why.
    pub reason: Reason,
}

impl Error {
    /// An error at `at` octets into `layer`; offsets beyond 65,535 are given as 65,535.
    #[inline]
    pub const fn new(layer: Layer, at: usize, reason: Reason) -> Self {
        let at = if at > u16::MAX as usize { u16::MAX } else { at as u16 };
        Self { layer, at, reason }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at octet {} of {}", self.reason.name(), self.at, self.layer.name())
    }
}

impl core::error::Error for Error {}
