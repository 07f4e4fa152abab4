//! A frame: the octets of one packet, owned by whoever holds the value.
//!
//! Not `Clone`: dropping a frame gives its buffer back, and that may happen only once. The wire moves a
//! frame from one port to another by moving the value; the octets stay where the first port put them.

use core::fmt;

/// What a capture file calls the first header of a frame: a LINKTYPE number of the tcpdump registry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct LinkType(pub u16);

impl LinkType {
    /// Ethernet II and IEEE 802.3, with or without VLAN tags.
    pub const ETHERNET: Self = Self(1);
    /// IPv4 or IPv6, told apart by the version nibble.
    pub const RAW_IP: Self = Self(101);
    /// Linux cooked, 16 octets of header.
    pub const LINUX_SLL: Self = Self(113);
    /// Linux cooked version 2, 20 octets of header.
    pub const LINUX_SLL2: Self = Self(276);
    /// MTP2 (Q.703) without pseudo-header.
    pub const MTP2: Self = Self(140);
    /// MTP3 (Q.704) with nothing below it.
    pub const MTP3: Self = Self(141);
    /// SCCP (Q.713) with nothing below it.
    pub const SCCP: Self = Self(142);
    /// IPv4 with nothing below it.
    pub const IPV4: Self = Self(228);
    /// IPv6 with nothing below it.
    pub const IPV6: Self = Self(229);
    /// SCTP with nothing below it.
    pub const SCTP: Self = Self(248);
}

impl Default for LinkType {
    fn default() -> Self {
        Self::ETHERNET
    }
}

/// What is known of a frame besides its octets.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FrameMeta {
    /// Nanoseconds since 1970-01-01 UTC at which the frame was seen, where the port knows; else the caller
    /// uses the clock it reads once per burst.
    pub timestamp_ns: Option<u64>,
    /// The first header of the octets.
    pub link_type: LinkType,
}

/// The buffer of a frame cannot hold what was asked, or the frame is chained and cannot be resized.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoRoom;

impl fmt::Display for NoRoom {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("no room in the frame's buffer")
    }
}

impl core::error::Error for NoRoom {}

/// One packet, owned. Dropping it frees its buffer.
pub trait Frame: Send {
    /// The octets, if [`is_contiguous`](Self::is_contiguous); else only those of the first segment.
    fn octets(&self) -> &[u8];

    /// As [`octets`](Self::octets), to be edited in place.
    fn octets_mut(&mut self) -> &mut [u8];

    /// Length of the whole frame in octets, all segments together.
    fn len_octets(&self) -> usize;

    /// The time it was seen and the kind of its first header.
    fn meta(&self) -> FrameMeta;

    /// The longest the frame may become by [`resize`](Self::resize).
    fn capacity_octets(&self) -> usize;

    /// Makes the frame shorter or longer at its end; new octets are zero.
    fn resize(&mut self, len_octets: usize) -> Result<(), NoRoom>;

    /// Gathers a chained frame into its first segment, if that has the room.
    fn linearize(&mut self) -> Result<(), NoRoom>;

    /// Breaks the frame into two segments after `first_octets`, to test code that must cope with chains.
    /// Frames of real ports do not know how and say `false`.
    fn chain(&mut self, first_octets: usize) -> bool {
        let _ = first_octets;
        false
    }

    /// Whether [`octets`](Self::octets) is the whole frame.
    #[inline]
    fn is_contiguous(&self) -> bool {
        self.octets().len() == self.len_octets()
    }

    /// The whole frame in one piece, gathered first where it has to be; `None` if that is impossible, and
    /// then the frame can only be forwarded untouched.
    #[inline]
    fn contiguous(&mut self) -> Option<&mut [u8]> {
        if !self.is_contiguous() {
            self.linearize().ok()?;
        }
        Some(self.octets_mut())
    }
}
