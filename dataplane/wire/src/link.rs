//! The frame around a packet: Ethernet, Linux cooked, raw IP, and MTP links in capture files.
//!
//! IEEE 802.3 §3, IEEE 802.1Q §9, RFC 3032 §2.1; the link types are those of the capture file format (LINKTYPE_
//! values). Handles VLAN tags, stacked too (802.1ad), and MPLS labels over IP packets. Does not handle what else
//! MPLS carries (pseudowires), PPPoE, tunnels (VXLAN, GENEVE, GTP-U) and 802.3 frames with a length instead of a
//! type: they come out as [`Network::Other`].

#[cfg(test)]
mod tests;

use crate::{Error, Layer, Reason};

/// How the octets of a frame begin.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum LinkType {
    /// Ethernet II.
    Ethernet,
    /// Linux cooked capture, version 1.
    LinuxSll,
    /// Linux cooked capture, version 2.
    LinuxSll2,
    /// An IPv4 or IPv6 packet without anything before it.
    RawIp,
    /// An MTP3 message from its service information octet on.
    Mtp3,
    /// An MTP2 signal unit from its backward sequence number on, without check octets.
    Mtp2,
}

impl LinkType {
    /// The link type a capture file calls by this number; `None` for those not handled.
    pub const fn from_pcap(number: u32) -> Option<Self> {
        match number {
            1 => Some(Self::Ethernet),
            12 | 14 | 101 | 228 | 229 => Some(Self::RawIp),
            113 => Some(Self::LinuxSll),
            140 => Some(Self::Mtp2),
            141 => Some(Self::Mtp3),
            276 => Some(Self::LinuxSll2),
            _ => None,
        }
    }
}

/// A VLAN identifier, 12 bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct VlanId(pub u16);

/// What a frame carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Network<'a> {
    /// An IP packet, perhaps followed by the padding of a short frame.
    Ip(&'a [u8]),
    /// An MTP3 message from its service information octet on.
    Mtp3(&'a [u8]),
    /// A fill-in or link status signal unit of MTP2: nothing for level 3.
    LinkStatus,
    /// Another protocol, by its Ethernet type (below 0x0600: an IEEE 802.3 length).
    Other(u16),
}

/// A frame taken apart.
///
/// ```text
///  0       6       12   14        16        18
/// +-------+-------+----+---------+---------+-----------
/// | to    | from  |type| tag info| type    | packet ...      one VLAN tag: type 0x8100, 12 bits of
/// +-------+-------+----+---------+---------+-----------      the tag info are the VLAN identifier
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Frame<'a> {
    /// What it carries.
    pub network: Network<'a>,
    /// Where that begins, in octets from the start of the frame.
    pub offset: u16,
    /// The outermost VLAN tag.
    pub vlan: Option<VlanId>,
    /// The tag inside it.
    pub inner_vlan: Option<VlanId>,
}

/// What the frame carries, for callers who ask no more.
///
/// # Errors
/// As [`Frame::parse`].
#[inline]
pub fn parse(link: LinkType, octets: &[u8]) -> Result<Network<'_>, Error> {
    Frame::parse(link, octets).map(|frame| frame.network)
}

/// The packet in an untagged Ethernet frame that carries IPv4; none for any other frame.
#[inline(always)]
pub fn ipv4_over_ethernet(octets: &[u8]) -> Option<&[u8]> {
    match octets.split_first_chunk::<14>()? {
        ([.., 0x08, 0x00], packet) => Some(packet),
        _ => None,
    }
}

impl<'a> Frame<'a> {
    /// Takes the frame apart.
    ///
    /// # Errors
    /// `Truncated` within the link header, a tag or a label; `TooDeep` beyond [`TAGS_MAX`] tags or [`LABELS_MAX`]
    /// labels.
    #[inline]
    pub fn parse(link: LinkType, octets: &'a [u8]) -> Result<Self, Error> {
        match link {
            LinkType::Ethernet => match octets.first_chunk::<14>() {
                Some(h) => Self::of_type(u16::from_be_bytes([h[12], h[13]]), octets, 14),
                None => Err(TRUNCATED),
            },
            LinkType::LinuxSll => match octets.first_chunk::<16>() {
                Some(h) => Self::of_type(u16::from_be_bytes([h[14], h[15]]), octets, 16),
                None => Err(TRUNCATED),
            },
            LinkType::LinuxSll2 => match octets.first_chunk::<20>() {
                Some(h) => Self::of_type(u16::from_be_bytes([h[0], h[1]]), octets, 20),
                None => Err(TRUNCATED),
            },
            LinkType::RawIp => Ok(Self::untagged(Network::Ip(octets), 0)),
            LinkType::Mtp3 => Ok(Self::untagged(Network::Mtp3(octets), 0)),
            LinkType::Mtp2 => Self::signal_unit(octets),
        }
    }

    const fn untagged(network: Network<'a>, offset: u16) -> Self {
        Self { network, offset, vlan: None, inner_vlan: None }
    }

    /// What begins at `at` is of this Ethernet type.
    #[inline]
    fn of_type(ethertype: u16, octets: &'a [u8], at: usize) -> Result<Self, Error> {
        if is_tag(ethertype) {
            return Self::tagged(octets, at);
        }
        let (network, at) = Network::of_type(ethertype, octets, at)?;
        Ok(Self::untagged(network, at as u16))
    }

    /// IEEE 802.1Q §9.6: tag control information, then the type of what follows.
    fn tagged(octets: &'a [u8], first_at: usize) -> Result<Self, Error> {
        let mut tags = [None; TAGS_MAX];
        let mut at = first_at;
        for slot in &mut tags {
            let Some([high, low, type_high, type_low]) = octets.get(at..).and_then(<[u8]>::first_chunk) else {
                return Err(Error::new(Layer::Link, at, Reason::Truncated));
            };
            *slot = Some(VlanId(u16::from_be_bytes([*high & 0x0f, *low])));
            at += 4;
            let ethertype = u16::from_be_bytes([*type_high, *type_low]);
            if !is_tag(ethertype) {
                let (network, at) = Network::of_type(ethertype, octets, at)?;
                return Ok(Self { network, offset: at as u16, vlan: tags[0], inner_vlan: tags[1] });
            }
        }
        Err(Error::new(Layer::Link, at, Reason::TooDeep))
    }

    /// Q.703 §2.2: backward and forward sequence numbers, length indicator; above 2 it is a message signal unit.
    fn signal_unit(octets: &'a [u8]) -> Result<Self, Error> {
        let Some(([_, _, length], rest)) = octets.split_first_chunk() else { return Err(TRUNCATED) };
        let length = usize::from(length & 0x3f);
        let network = match length {
            0..=2 => Network::LinkStatus,
            LENGTH_INDICATOR_MAX => Network::Mtp3(rest),
            _ => Network::Mtp3(rest.get(..length).ok_or(Error::new(Layer::Link, 2, Reason::Truncated))?),
        };
        Ok(Self::untagged(network, 3))
    }
}

impl<'a> Network<'a> {
    /// What begins at `at`, and where it does when labels were taken off.
    #[inline]
    fn of_type(ethertype: u16, octets: &'a [u8], at: usize) -> Result<(Self, usize), Error> {
        match ethertype {
            0x0800 | 0x86dd => Ok((Self::Ip(octets.get(at..).unwrap_or_default()), at)),
            MPLS | MPLS_UPSTREAM => Self::labelled(ethertype, octets, at),
            other => Ok((Self::Other(other), at)),
        }
    }

    /// RFC 3032 §2.1: labels of four octets up to the one with the bottom bit. No label says what is under the stack:
    /// its first four bits do, as those of IP are its version (RFC 4928 §3).
    fn labelled(ethertype: u16, octets: &'a [u8], first_at: usize) -> Result<(Self, usize), Error> {
        let mut at = first_at;
        for _ in 0..LABELS_MAX {
            let Some(label) = octets.get(at..).and_then(<[u8]>::first_chunk::<4>) else {
                return Err(Error::new(Layer::Link, at, Reason::Truncated));
            };
            at += 4;
            if label[2] & 1 != 0 {
                let under = octets.get(at..).unwrap_or_default();
                let network = match under.first().map(|first| first >> 4) {
                    Some(4 | 6) => Self::Ip(under),
                    _ => Self::Other(ethertype),
                };
                return Ok((network, at));
            }
        }
        Err(Error::new(Layer::Link, at, Reason::TooDeep))
    }
}

const fn is_tag(ethertype: u16) -> bool {
    matches!(ethertype, 0x8100 | 0x88a8 | 0x9100)
}

/// How many VLAN tags a frame may carry: customer and provider tag, and room for two more.
pub const TAGS_MAX: usize = 4;
/// How many MPLS labels a frame may carry: transport, tunnel, service and entropy labels, and as many again.
pub const LABELS_MAX: usize = 8;
/// MPLS, and MPLS with labels assigned upstream (RFC 5332 §3).
const MPLS: u16 = 0x8847;
const MPLS_UPSTREAM: u16 = 0x8848;
/// The length indicator that says "this many or more" (Q.703 §2.3.3).
const LENGTH_INDICATOR_MAX: usize = 63;
const TRUNCATED: Error = Error::new(Layer::Link, 0, Reason::Truncated);
