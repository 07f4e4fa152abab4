//! ASCONF and ASCONF ACK: addresses of an association that come and go.
//!
//! RFC 5061 §4.1, §4.2. Handles the serial number, the address the request stands for, and every change with its
//! address. What an answer quotes is left unread. State of an association does not depend on addresses here, so
//! that these chunks need only be seen.

use super::tlv::HEADER_OCTETS;
use super::{Chunk, ChunkKind, Parameter, ParameterKind, Parameters};
use crate::ip::Address;
use crate::{Error, Reason};

/// An ASCONF or ASCONF ACK chunk.
///
/// ```text
///  0         4                   8                  16 or 28
/// +---------+-------------------+------------------+-------------
/// | header  | serial number     | address parameter| changes ...     ASCONF ACK: no address, answers to the changes
/// +---------+-------------------+------------------+-------------
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Asconf<'a> {
    /// The number of the request.
    pub serial: u32,
    /// Whom the request comes from; none in an answer.
    pub address: Option<Address>,
    changes: Parameters<'a>,
}

/// One change, or the answer to it.
///
/// ```text
///  0         2         4                   8
/// +---------+---------+-------------------+--------------------
/// | kind    | length  | correlation       | address parameter     or nothing, or what was wrong
/// +---------+---------+-------------------+--------------------
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AddressChange {
    /// Add, delete, set as primary; or how that went.
    pub kind: ParameterKind,
    /// The same in a change and in the answer to it.
    pub correlation: u32,
    /// The address, if it has one.
    pub address: Option<Address>,
}

impl<'a> Asconf<'a> {
    /// Reads an ASCONF or ASCONF ACK.
    ///
    /// # Errors
    /// `UnexpectedTag` for another chunk; `BadLength` without a serial number; `Missing` where an ASCONF does not
    /// begin with an address.
    pub fn parse(chunk: &Chunk<'a>) -> Result<Self, Error> {
        chunk.expect(&[ChunkKind::Asconf, ChunkKind::AsconfAck])?;
        let Some((serial, parameters)) = chunk.value.split_first_chunk() else {
            return Err(chunk.error(2, Reason::BadLength));
        };
        let serial = u32::from_be_bytes(*serial);
        let mut changes = Parameters::new(parameters, chunk.offset.wrapping_add(FIXED_OCTETS as u16));
        if chunk.kind() == ChunkKind::AsconfAck {
            return Ok(Self { serial, address: None, changes });
        }
        match changes.next().transpose()?.and_then(|parameter| parameter.address()) {
            Some(address) => Ok(Self { serial, address: Some(address), changes }),
            None => Err(chunk.error(FIXED_OCTETS, Reason::Missing)),
        }
    }

    /// The changes, or the answers to them. A broken one ends the walk.
    pub fn changes(&self) -> impl Iterator<Item = Result<AddressChange, Error>> + use<'a> {
        self.changes.map(|parameter| parameter.and_then(AddressChange::of))
    }
}

impl AddressChange {
    fn of(parameter: Parameter<'_>) -> Result<Self, Error> {
        let Some((correlation, rest)) = parameter.value().split_first_chunk() else {
            return Err(Error::new(crate::Layer::Sctp, usize::from(parameter.offset()) + 2, Reason::BadLength));
        };
        let at = parameter.offset().wrapping_add(FIXED_OCTETS as u16);
        let address = match parameter.kind() {
            ParameterKind::AddAddress | ParameterKind::DeleteAddress | ParameterKind::SetPrimaryAddress => {
                Parameters::new(rest, at).next().transpose()?.and_then(|inner| inner.address())
            }
            _ => None,
        };
        Ok(Self { kind: parameter.kind(), correlation: u32::from_be_bytes(*correlation), address })
    }
}

/// Header and serial number, or header and correlation.
const FIXED_OCTETS: usize = HEADER_OCTETS + 4;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Layer;
    use crate::samples::octets;
    use crate::sctp::Chunks;

    /// From 10.1.0.1: adds 10.1.0.2, deletes 2001:db8::1.
    const ASCONF: &str = "c1000040 00000007 000500080a010001 c0010010 00000001 000500080a010002 \
                          c002001c 00000002 0006001420010db8000000000000000000000001";

    fn parse(octets: &[u8]) -> Result<Asconf<'_>, Error> {
        Asconf::parse(&Chunks::new(octets, 0).next().expect("a chunk").expect("well-formed"))
    }

    #[test]
    fn reads_who_asks_and_every_change_with_its_address() {
        let mut octets = octets(ASCONF);
        octets[3] = u8::try_from(octets.len()).expect("short");
        let asconf = parse(&octets).expect("well-formed");
        assert_eq!((asconf.serial, asconf.address), (7, Some(Address::V4([10, 1, 0, 1]))));
        let changes: Vec<_> = asconf.changes().map(|change| change.expect("well-formed")).collect();
        assert_eq!(changes.len(), 2);
        assert_eq!((changes[0].kind, changes[0].correlation), (ParameterKind::AddAddress, 1));
        assert_eq!(changes[0].address, Some(Address::V4([10, 1, 0, 2])));
        assert_eq!((changes[1].kind, changes[1].correlation), (ParameterKind::DeleteAddress, 2));
        assert_eq!(changes[1].address.map(|address| address.to_string()), Some("2001:db8::1".into()));
    }

    #[test]
    fn reads_the_answer_to_a_change() {
        let octets = octets("80000010 00000007 c0050008 00000001");
        let answer = parse(&octets).expect("well-formed");
        assert_eq!((answer.serial, answer.address), (7, None));
        let expected = AddressChange { kind: ParameterKind::SuccessIndication, correlation: 1, address: None };
        assert_eq!(answer.changes().collect::<Vec<_>>(), [Ok(expected)]);
    }

    #[test]
    fn refuses_an_asconf_without_serial_or_address_and_another_chunk() {
        let refused = |text| parse(&octets(text)).map_err(|error| (error.at, error.reason)).expect_err("refused");
        assert_eq!(refused("c1000006 00000000"), (2, Reason::BadLength));
        assert_eq!(refused("c1000008 00000007"), (8, Reason::Missing));
        assert_eq!(refused("c1000010 00000007 c005000800000001"), (8, Reason::Missing));
        assert_eq!(refused("c100000c 00000007 00050008"), (10, Reason::Truncated));
        assert_eq!(parse(&[14, 0, 0, 4]), Err(Error::new(Layer::Sctp, 0, Reason::UnexpectedTag)));
    }

    #[test]
    fn every_truncation_is_refused_or_ends_the_walk() {
        let whole = octets(ASCONF);
        for length in 4..whole.len() {
            let mut cut = whole[..length].to_vec();
            cut[3] = u8::try_from(length).expect("short");
            let changes = parse(&cut).map(|asconf| asconf.changes().filter(Result::is_ok).count());
            assert!(changes.is_err() || changes.is_ok_and(|changes| changes < 2), "{length}");
        }
    }
}
