//! Error causes: why an ABORT ended an association, or what an ERROR complains of.
//!
//! RFC 9260 §3.3.7, §3.3.10; RFC 4895 §4, RFC 5061 §4.3. Every assigned cause is named; what a cause quotes is left
//! unread.

use super::tlv::{HEADER_OCTETS, Tlv, Tlvs};
use super::{Chunk, ChunkKind};
use crate::Error;
use crate::numbered::numbered;

numbered! {
    /// What went wrong (RFC 9260 §3.3.10, and the extensions in the registry).
    CauseKind: u16 {
        /// DATA on a stream that does not exist.
        InvalidStream = 1 "invalid_stream",
        /// A mandatory parameter was missing.
        MissingParameter = 2 "missing_parameter",
        /// The cookie came too late.
        StaleCookie = 3 "stale_cookie",
        /// No resources for an association.
        OutOfResource = 4 "out_of_resource",
        /// An address that cannot be used.
        UnresolvableAddress = 5 "unresolvable_address",
        /// A chunk that was not understood.
        UnrecognizedChunk = 6 "unrecognized_chunk",
        /// A mandatory parameter with a value that it may not have.
        InvalidParameter = 7 "invalid_parameter",
        /// Parameters that were not understood.
        UnrecognizedParameters = 8 "unrecognized_parameters",
        /// DATA without any.
        NoUserData = 9 "no_user_data",
        /// A cookie while the association was being ended.
        CookieWhileShuttingDown = 10 "cookie_while_shutting_down",
        /// A restart that brings addresses the association did not have.
        RestartWithNewAddresses = 11 "restart_with_new_addresses",
        /// The layer above wanted it.
        UserInitiatedAbort = 12 "user_initiated_abort",
        /// Anything else that the protocol does not allow.
        ProtocolViolation = 13 "protocol_violation",
        /// The last address cannot be deleted (RFC 5061 §4.3.1).
        DeleteLastAddress = 0xa0 "delete_last_address",
        /// No resources for a change (RFC 5061 §4.3.2).
        ResourceShortage = 0xa1 "resource_shortage",
        /// The address a request comes from cannot be deleted by it (RFC 5061 §4.3.3).
        DeleteSourceAddress = 0xa2 "delete_source_address",
        /// An ASCONF ACK that answers nothing (RFC 5061 §4.3.4).
        IllegalAsconfAck = 0xa3 "illegal_asconf_ack",
        /// Not allowed to ask (RFC 5061 §4.3.5).
        NoAuthorization = 0xa4 "no_authorization",
        /// An algorithm that is not supported (RFC 4895 §4.1).
        UnsupportedHmac = 0x105 "unsupported_hmac",
    }
}

/// A cause whose length was checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cause<'a>(Tlv<'a>);

impl<'a> Cause<'a> {
    /// What it is.
    #[inline]
    pub const fn kind(&self) -> CauseKind {
        CauseKind::from_number(self.0.number)
    }

    /// What it quotes.
    #[inline]
    pub const fn value(&self) -> &'a [u8] {
        self.0.value
    }
}

/// The walk over the causes of an ABORT or ERROR. Ends after the first error, or after
/// [`PARAMETERS_MAX`](super::PARAMETERS_MAX).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Causes<'a>(Tlvs<'a>);

impl<'a> Causes<'a> {
    /// The causes of a chunk; an ABORT may have none.
    ///
    /// # Errors
    /// `UnexpectedTag` for another chunk.
    pub fn of(chunk: &Chunk<'a>) -> Result<Self, Error> {
        chunk.expect(&[ChunkKind::Abort, ChunkKind::Error])?;
        Ok(Self(Tlvs::new(chunk.value, chunk.offset.wrapping_add(HEADER_OCTETS as u16))))
    }
}

impl<'a> Iterator for Causes<'a> {
    type Item = Result<Cause<'a>, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        self.0.next().map(|tlv| tlv.map(Cause))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::octets;
    use crate::sctp::Chunks;
    use crate::{Layer, Reason};

    fn causes(octets: &[u8]) -> Result<Vec<Result<CauseKind, Error>>, Error> {
        let chunk = Chunks::new(octets, 0).next().expect("a chunk").expect("well-formed");
        Causes::of(&chunk).map(|causes| causes.map(|cause| cause.map(|cause| cause.kind())).collect())
    }

    #[test]
    fn reads_the_causes_of_an_error_and_of_an_abort_without_any() {
        let error = octets("09000018 00010008 00070000 00060008 3f000004 0009000400");
        assert_eq!(causes(&error), Ok([1, 6, 9].map(CauseKind::from_number).map(Ok).to_vec()));
        assert_eq!(causes(&[6, 1, 0, 4]), Ok(vec![]));
    }

    #[test]
    fn a_cause_quotes_what_it_complains_of() {
        let error = octets("0900000c 00030008 00000100");
        let chunk = Chunks::new(&error, 0).next().expect("a chunk").expect("well-formed");
        let cause = Causes::of(&chunk).expect("an ERROR").next().expect("a cause").expect("well-formed");
        assert_eq!((cause.kind(), cause.kind().name()), (CauseKind::StaleCookie, "stale_cookie"));
        assert_eq!(cause.value(), [0, 0, 1, 0]);
    }

    #[test]
    fn refuses_another_chunk_and_a_cause_beyond_the_chunk() {
        assert_eq!(causes(&[14, 0, 0, 4]), Err(Error::new(Layer::Sctp, 0, Reason::UnexpectedTag)));
        let cut = octets("09000008 00030008");
        assert_eq!(causes(&cut), Ok(vec![Err(Error::new(Layer::Sctp, 6, Reason::Truncated))]));
    }

    #[test]
    fn every_kind_has_a_name_and_a_number_of_its_own() {
        let mut names: Vec<_> = CauseKind::ALL.iter().map(|kind| kind.name()).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), CauseKind::ALL.len());
        assert!(CauseKind::ALL.windows(2).all(|pair| pair[0].number() < pair[1].number()));
    }
}
