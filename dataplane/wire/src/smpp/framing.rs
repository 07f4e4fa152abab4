//! Where a PDU ends in a stream of octets. SMPP 3.4 §3.2, SMPP 5.0 §3.2.1.
//!
//! The length is believed only where a PDU can be so long: a hostile one must not make a receiver wait for ever.
//! A sender may announce a message of 64 KiB in a parameter of its own; with what stands before it that is beyond
//! [`PDU_OCTETS_MAX`] and refused.

use super::command::CommandId;

/// What the octets at the start of a PDU say about its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Framing {
    /// So many octets are the PDU, and they are there.
    Whole(usize),
    /// So many octets are needed before more can be said.
    Need(usize),
    /// A length that no PDU has: the stream is lost or speaks another protocol.
    NotSmpp,
}

/// The PDU at the start of `octets`, which are at the start of one.
#[inline]
pub fn frame(octets: &[u8]) -> Framing {
    let Some(length) = octets.first_chunk().map(|length| u32::from_be_bytes(*length) as usize) else {
        return Framing::Need(4);
    };
    match length {
        ..HEADER_OCTETS => Framing::NotSmpp,
        HEADER_OCTETS..=PDU_OCTETS_MAX if length <= octets.len() => Framing::Whole(length),
        HEADER_OCTETS..=PDU_OCTETS_MAX => Framing::Need(length),
        _ => Framing::NotSmpp,
    }
}

/// Whether a PDU of a session may begin here: a length, a command that has a name, and with a request no status.
#[inline]
pub fn may_begin(octets: &[u8]) -> bool {
    let Some(header) = octets.first_chunk::<HEADER_OCTETS>() else { return false };
    let [length, command, status, _] = words(header);
    let command = CommandId::from_number(command);
    let status_fits = if command.is_response() { status <= STATUS_MAX } else { status == 0 };
    (HEADER_OCTETS..=PDU_OCTETS_MAX).contains(&(length as usize)) && command.is_known() && status_fits
}

/// Whether these are the first octets of a session nothing is known of: as [`may_begin`], with a sequence number of
/// the range that is allowed (SMPP 3.4 §5.1.4). For ports other than [`PORT`].
#[inline]
pub fn looks_like_smpp(octets: &[u8]) -> bool {
    let sequence = octets.first_chunk::<HEADER_OCTETS>().map_or(0, |header| words(header)[3]);
    may_begin(octets) && matches!(sequence, 1..=0x7fff_ffff)
}

/// The PDUs that are whole at the start of `octets`, without copying them.
#[derive(Clone, Copy, Debug)]
pub struct Pdus<'a> {
    rest: &'a [u8],
}

impl<'a> Pdus<'a> {
    /// Those of `octets`, which begin where a PDU does.
    #[inline]
    pub const fn new(octets: &'a [u8]) -> Self {
        Self { rest: octets }
    }

    /// The octets not given yet: after the walk, the beginning of a PDU or what is none.
    #[inline]
    pub const fn rest(&self) -> &'a [u8] {
        self.rest
    }
}

impl<'a> Iterator for Pdus<'a> {
    type Item = &'a [u8];

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        let Framing::Whole(length) = frame(self.rest) else { return None };
        let (pdu, rest) = self.rest.split_at_checked(length)?;
        self.rest = rest;
        Some(pdu)
    }
}

/// The four numbers of a header: length, command, status, sequence.
#[inline]
pub(super) const fn words(header: &[u8; HEADER_OCTETS]) -> [u32; 4] {
    let [l0, l1, l2, l3, c0, c1, c2, c3, s0, s1, s2, s3, n0, n1, n2, n3] = *header;
    [
        u32::from_be_bytes([l0, l1, l2, l3]),
        u32::from_be_bytes([c0, c1, c2, c3]),
        u32::from_be_bytes([s0, s1, s2, s3]),
        u32::from_be_bytes([n0, n1, n2, n3]),
    ]
}

/// Octets of a header.
pub const HEADER_OCTETS: usize = 16;
/// Octets of the longest PDU that is waited for.
pub const PDU_OCTETS_MAX: usize = 65_536;
/// The port assigned to SMPP.
pub const PORT: u16 = 2775;
const STATUS_MAX: u32 = 0x4ff;

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const ENQUIRE_LINK: [u8; 16] = [0, 0, 0, 16, 0, 0, 0, 0x15, 0, 0, 0, 0, 0, 0, 0, 2];

    #[test]
    fn tells_whole_from_cut_and_from_none() {
        for (octets, framing) in [
            (&[][..], Framing::Need(4)),
            (&ENQUIRE_LINK[..3], Framing::Need(4)),
            (&ENQUIRE_LINK[..15], Framing::Need(16)),
            (&ENQUIRE_LINK, Framing::Whole(16)),
            (&[0, 0, 0, 15], Framing::NotSmpp),
            (&[0, 1, 0, 0], Framing::Need(65_536)),
            (&[0, 1, 0, 1], Framing::NotSmpp),
            (b"GET / HTTP/1.1", Framing::NotSmpp),
        ] {
            assert_eq!(frame(octets), framing, "{octets:02x?}");
        }
    }

    #[test]
    fn a_session_is_recognised_by_its_first_header() {
        assert!(looks_like_smpp(&ENQUIRE_LINK));
        for (at, value, of_a_session) in
            [(3, 15, false), (7, 0x16, false), (11, 1, false), (15, 0, true), (12, 0x80, true)]
        {
            let mut header = ENQUIRE_LINK;
            header[at] = value;
            assert!(!looks_like_smpp(&header), "{at}");
            assert_eq!(may_begin(&header), of_a_session, "{at}");
        }
        assert!(!may_begin(&ENQUIRE_LINK[..15]));
    }

    #[test]
    fn walks_what_is_whole_and_leaves_the_rest() {
        let stream = [&ENQUIRE_LINK[..], &ENQUIRE_LINK, &ENQUIRE_LINK[..7]].concat();
        let mut pdus = Pdus::new(&stream);
        assert_eq!(pdus.by_ref().count(), 2);
        assert_eq!(pdus.rest(), &ENQUIRE_LINK[..7]);
    }

    proptest! {
        #[test]
        fn any_octets_do_not_panic(octets in prop::collection::vec(any::<u8>(), 0..64)) {
            let mut pdus = Pdus::new(&octets);
            let given: usize = pdus.by_ref().map(<[u8]>::len).sum();
            prop_assert_eq!(given + pdus.rest().len(), octets.len());
            prop_assert!(!looks_like_smpp(&octets) || may_begin(&octets));
        }
    }
}
