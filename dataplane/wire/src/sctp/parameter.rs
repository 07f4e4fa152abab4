//! Parameters: what INIT, INIT ACK, HEARTBEAT, RE-CONFIG and ASCONF say beyond their fixed parts.
//!
//! RFC 9260 §3.2.1, §3.3.2.1, §3.3.3.1, §3.3.5; RFC 3758 §3.1, RFC 4820 §4, RFC 4895 §3, RFC 5061 §4.2, RFC 6525 §4,
//! RFC 9653 §4. Every assigned type is named; addresses are read here, the rest by the file of the chunk.

use super::tlv::{HEADER_OCTETS, Tlv, Tlvs};
use super::{Chunk, ChunkKind};
use crate::Error;
use crate::ip::Address;
use crate::numbered::numbered;

numbered! {
    /// What a parameter is (RFC 9260 §15.2, and the extensions in the registry).
    ParameterKind: u16 {
        /// What the sender of a HEARTBEAT wants back.
        HeartbeatInfo = 1 "heartbeat_info",
        /// An IPv4 address.
        Ipv4Address = 5 "ipv4_address",
        /// An IPv6 address.
        Ipv6Address = 6 "ipv6_address",
        /// All that is needed to open the association.
        StateCookie = 7 "state_cookie",
        /// A parameter that was not understood, returned.
        UnrecognizedParameter = 8 "unrecognized_parameter",
        /// How much longer the cookie should live.
        CookiePreservative = 9 "cookie_preservative",
        /// A host name; deprecated.
        HostName = 11 "host_name",
        /// The kinds of addresses the sender can use.
        SupportedAddressTypes = 12 "supported_address_types",
        /// Resets the sender's streams (RFC 6525 §4.1).
        OutgoingSsnReset = 13 "outgoing_ssn_reset",
        /// Asks the other side to reset its streams (RFC 6525 §4.2).
        IncomingSsnReset = 14 "incoming_ssn_reset",
        /// Resets all streams and both TSNs (RFC 6525 §4.3).
        SsnTsnReset = 15 "ssn_tsn_reset",
        /// Answers any of these (RFC 6525 §4.4).
        ReConfigResponse = 16 "re_config_response",
        /// Adds streams to the sender's (RFC 6525 §4.5).
        AddOutgoingStreams = 17 "add_outgoing_streams",
        /// Asks the other side to add streams (RFC 6525 §4.6).
        AddIncomingStreams = 18 "add_incoming_streams",
        /// Explicit congestion notification is understood.
        EcnCapable = 0x8000 "ecn_capable",
        /// Packets whose checksum is zero are accepted (RFC 9653 §4).
        ZeroChecksumAcceptable = 0x8001 "zero_checksum_acceptable",
        /// A random number for the key (RFC 4895 §3.1).
        Random = 0x8002 "random",
        /// The chunks that must be authenticated (RFC 4895 §3.2).
        ChunkList = 0x8003 "chunk_list",
        /// The algorithms that may be used for it (RFC 4895 §3.3).
        RequestedHmac = 0x8004 "requested_hmac",
        /// Fills an INIT (RFC 4820 §4).
        Padding = 0x8005 "padding",
        /// The chunks of extensions that the sender understands (RFC 5061 §4.2.7).
        SupportedExtensions = 0x8008 "supported_extensions",
        /// FORWARD TSN is understood (RFC 3758 §3.1).
        ForwardTsnSupported = 0xc000 "forward_tsn_supported",
        /// Adds an address (RFC 5061 §4.2.1).
        AddAddress = 0xc001 "add_address",
        /// Takes one away (RFC 5061 §4.2.2).
        DeleteAddress = 0xc002 "delete_address",
        /// What was wrong with a change (RFC 5061 §4.2.3).
        ErrorCauseIndication = 0xc003 "error_cause_indication",
        /// The address to send to (RFC 5061 §4.2.4).
        SetPrimaryAddress = 0xc004 "set_primary_address",
        /// A change was made (RFC 5061 §4.2.5).
        SuccessIndication = 0xc005 "success_indication",
        /// What the layer above is (RFC 5061 §4.2.6).
        AdaptationIndication = 0xc006 "adaptation_indication",
    }
}

/// A parameter whose length was checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Parameter<'a>(Tlv<'a>);

impl<'a> Parameter<'a> {
    /// What it is.
    #[inline]
    pub const fn kind(&self) -> ParameterKind {
        ParameterKind::from_number(self.0.number)
    }

    /// Where it begins, in octets from the start of the packet.
    #[inline]
    pub const fn offset(&self) -> u16 {
        self.0.offset
    }

    /// What follows its length, without padding.
    #[inline]
    pub const fn value(&self) -> &'a [u8] {
        self.0.value
    }

    /// The address, if it is one of the right length (RFC 9260 §3.3.2.1.1, §3.3.2.1.2).
    pub fn address(&self) -> Option<Address> {
        match self.kind() {
            ParameterKind::Ipv4Address => self.value().try_into().ok().map(Address::V4),
            ParameterKind::Ipv6Address => self.value().try_into().ok().map(Address::V6),
            _ => None,
        }
    }
}

/// The walk over the parameters of a chunk. Ends after the first error, or after [`PARAMETERS_MAX`](super::PARAMETERS_MAX).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Parameters<'a>(Tlvs<'a>);

impl<'a> Parameters<'a> {
    /// Over `octets`, which begin at `at` in their packet.
    #[inline]
    pub(super) const fn new(octets: &'a [u8], at: u16) -> Self {
        Self(Tlvs::new(octets, at))
    }

    /// The parameters of a chunk that has nothing else: HEARTBEAT, HEARTBEAT ACK, RE-CONFIG.
    ///
    /// # Errors
    /// `UnexpectedTag` for another chunk.
    pub fn of(chunk: &Chunk<'a>) -> Result<Self, Error> {
        chunk.expect(&[ChunkKind::Heartbeat, ChunkKind::HeartbeatAck, ChunkKind::ReConfig])?;
        Ok(Self::new(chunk.value, chunk.offset.wrapping_add(HEADER_OCTETS as u16)))
    }

    /// The first of a kind.
    pub fn find(mut self, kind: ParameterKind) -> Option<Parameter<'a>> {
        self.find_map(|parameter| parameter.ok().filter(|parameter| parameter.kind() == kind))
    }
}

impl<'a> Iterator for Parameters<'a> {
    type Item = Result<Parameter<'a>, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        self.0.next().map(|tlv| tlv.map(Parameter))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::octets;
    use crate::sctp::Chunks;
    use crate::{Layer, Reason};

    fn parameters(octets: &[u8]) -> Vec<Parameter<'_>> {
        Parameters::new(octets, 0).map(|parameter| parameter.expect("well-formed")).collect()
    }

    #[test]
    fn reads_addresses_of_both_kinds_and_of_the_right_length_only() {
        let octets = octets("000500080a020001 0006001420010db8000000000000000000000001 000500070a020000 00060004");
        let addresses: Vec<_> = parameters(&octets).iter().map(|p| p.address().map(|a| a.to_string())).collect();
        assert_eq!(addresses, [Some("10.2.0.1".into()), Some("2001:db8::1".into()), None, None]);
    }

    #[test]
    fn finds_the_first_of_a_kind_and_nothing_beyond_what_is_broken() {
        let octets = octets("c0060008000000018008000682c0000080080005c1000000000000030007000500000000");
        let list = Parameters::new(&octets, 0);
        assert_eq!(list.find(ParameterKind::SupportedExtensions).map(|p| p.value().to_vec()), Some(vec![0x82, 0xc0]));
        assert_eq!(list.find(ParameterKind::AdaptationIndication).map(|p| p.offset()), Some(0));
        assert_eq!(list.find(ParameterKind::StateCookie), None, "after a length of three");
    }

    #[test]
    fn reads_the_parameter_of_a_heartbeat_and_refuses_another_chunk() {
        let heartbeat = octets("0400000c 00010008 01020304");
        let chunk = Chunks::new(&heartbeat, 12).next().expect("a chunk").expect("well-formed");
        let info = Parameters::of(&chunk).expect("well-formed").next().expect("one").expect("well-formed");
        assert_eq!((info.kind(), info.value(), info.offset()), (ParameterKind::HeartbeatInfo, &[1, 2, 3, 4][..], 16));
        let chunk = Chunks::new(&[11, 0, 0, 4], 12).next().expect("a chunk").expect("well-formed");
        assert_eq!(Parameters::of(&chunk), Err(Error::new(Layer::Sctp, 12, Reason::UnexpectedTag)));
    }

    #[test]
    fn every_kind_has_a_name_and_a_number_of_its_own() {
        let mut names: Vec<_> = ParameterKind::ALL.iter().map(|kind| kind.name()).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), ParameterKind::ALL.len());
        assert!(ParameterKind::ALL.windows(2).all(|pair| pair[0].number() < pair[1].number()));
    }
}
