//! What an id stands for, and how a table holds it.
//!
//! ```text
//!   0 number of the id u64 · 8 good until u64, ns · 16 who asked u64
//!  24 IMSI (length, 8 octets) · 33 node · 43 other node (length, 9 octets each; 0: none) · 53 which of them are SGSNs
//!  54 6 octets of zero · 60 CRC32c of all before
//! ```
//! Little-endian. An entry of zeros, or one that was half written when a process died, has another checksum and is none.

use sluice_wire::crc32c::Crc32c;

/// Octets of an entry.
pub const ENTRY_OCTETS: usize = 64;
const CRC_AT: usize = 60;
/// TS 29.002 §17.7.8: IMSI, and ISDN-AddressString.
const IMSI_OCTETS: std::ops::RangeInclusive<usize> = 3..=8;
const NODE_OCTETS: std::ops::RangeInclusive<usize> = 2..=9;

/// A node that serves a subscriber.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Node<'a> {
    /// Its number, an AddressString: type and TBCD.
    pub number: &'a [u8],
    /// Whether it is an SGSN; otherwise it is an MSC.
    pub is_sgsn: bool,
}

/// Where messages for a subscriber go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Route {
    imsi: Short<8>,
    node: Short<9>,
    other: Short<9>,
    are_sgsns: u8,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Short<const N: usize> {
    len: u8,
    octets: [u8; N],
}

impl<const N: usize> Short<N> {
    const NONE: Self = Self { len: 0, octets: [0; N] };

    fn new(octets: &[u8]) -> Option<Self> {
        let mut short = Self { len: u8::try_from(octets.len()).ok()?, ..Self::NONE };
        short.octets.get_mut(..octets.len())?.copy_from_slice(octets);
        Some(short)
    }

    fn octets(&self) -> &[u8] {
        self.octets.get(..usize::from(self.len)).unwrap_or_default()
    }
}

impl Route {
    /// The route to a subscriber, all of it as it came; none where a part is longer or shorter than MAP allows.
    pub fn new(imsi: &[u8], node: Node<'_>, other: Option<Node<'_>>) -> Option<Self> {
        let are_legal = IMSI_OCTETS.contains(&imsi.len())
            && [Some(node), other].iter().flatten().all(|node| NODE_OCTETS.contains(&node.number.len()));
        if !are_legal {
            return None;
        }
        let is_sgsn = |node: Option<Node<'_>>| u8::from(node.is_some_and(|node| node.is_sgsn));
        Some(Self {
            imsi: Short::new(imsi)?,
            node: Short::new(node.number)?,
            other: Short::new(other.map_or(&[], |other| other.number))?,
            are_sgsns: is_sgsn(Some(node)) | is_sgsn(other) << 1,
        })
    }

    /// The subscriber's IMSI, TBCD.
    pub fn imsi(&self) -> &[u8] {
        self.imsi.octets()
    }

    /// The node that serves the subscriber.
    pub fn node(&self) -> Node<'_> {
        Node { number: self.node.octets(), is_sgsn: self.are_sgsns & 1 != 0 }
    }

    /// Where else the subscriber may be reached.
    pub fn other(&self) -> Option<Node<'_>> {
        let other = Node { number: self.other.octets(), is_sgsn: self.are_sgsns & 2 != 0 };
        (!other.number.is_empty()).then_some(other)
    }

    /// The node that a message is for that was sent to an SGSN or to an MSC here; the first where there is none of the
    /// kind.
    pub fn towards(&self, sgsn: bool) -> Node<'_> {
        let nodes = [Some(self.node()), self.other()];
        nodes.into_iter().flatten().find(|node| node.is_sgsn == sgsn).unwrap_or(self.node())
    }
}

/// An entry of a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) number: u64,
    pub(super) until_ns: u64,
    pub(super) requester: u64,
    pub(super) route: Route,
}

impl Entry {
    pub(super) fn encode(&self) -> [u8; ENTRY_OCTETS] {
        let mut octets = [0; ENTRY_OCTETS];
        let numbers = [self.number, self.until_ns, self.requester].map(u64::to_le_bytes);
        let Route { imsi, node, other, are_sgsns } = &self.route;
        let parts: [&[u8]; 8] = [
            numbers.as_flattened(),
            &[imsi.len],
            &imsi.octets,
            &[node.len],
            &node.octets,
            &[other.len],
            &other.octets,
            &[*are_sgsns],
        ];
        octets.iter_mut().zip(parts.into_iter().flatten()).for_each(|(to, from)| *to = *from);
        let crc = checksum(&octets).to_le_bytes();
        octets.iter_mut().skip(CRC_AT).zip(crc).for_each(|(to, from)| *to = from);
        octets
    }

    /// None of octets that were not encoded here, as far as a checksum can tell, or mean nothing.
    pub(super) fn decode(octets: &[u8; ENTRY_OCTETS]) -> Option<Self> {
        let number = |at: usize| octets.get(at..)?.first_chunk().map(|octets| u64::from_le_bytes(*octets));
        let crc = octets.last_chunk().map(|octets| u32::from_le_bytes(*octets))?;
        let flags = *octets.get(53)?;
        if crc != checksum(octets) || flags > 3 || octets.get(54..CRC_AT)? != [0; 6] {
            return None;
        }
        let node = |number, bit: u8| Node { number, is_sgsn: flags & bit != 0 };
        let other = part(octets, 43, 9)?;
        let other = (!other.is_empty()).then_some(node(other, 2));
        let route = Route::new(part(octets, 24, 8)?, node(part(octets, 33, 9)?, 1), other)?;
        Some(Self { number: number(0)?, until_ns: number(8)?, requester: number(16)?, route })
    }
}

/// A length and the octets it counts, `max` at most.
fn part(octets: &[u8; ENTRY_OCTETS], at: usize, max: usize) -> Option<&[u8]> {
    let (&len, rest) = octets.get(at..)?.split_first()?;
    rest.get(..max)?.get(..usize::from(len))
}

fn checksum(octets: &[u8; ENTRY_OCTETS]) -> u32 {
    Crc32c::new().update(octets.get(..CRC_AT).unwrap_or_default()).finish()
}
