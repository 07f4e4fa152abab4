//! Connection-oriented messages, as far as to tell whose they are.
//!
//! Q.713 §4.2 to §4.17. Handles the local references, the called party of a connection request, and the data of the
//! messages that have some. Does not keep connections: which user a DT1 belongs to is known only to whoever saw its CR.
//!
//! ```text
//!  0    1              4              7
//! +----+--------------+----+----+----+----------+---------
//! | CR | source       |clas| >  | >  | called   | optional: 0x0f data                > pointer to a length
//! | CC | destination  | source       |clas| >  | optional: 0x0f data
//! |CREF| destination  |caus| >  | optional: 0x0f data
//! |RLSD| destination  | source       |caus| >  | optional: 0x0f data
//! |DT1 | destination  |more| >  | data
//! |DT2 | destination  | sequence| >  | data
//! | ED | destination  | >  | data
//! +----+--------------+-----------------                  references least significant octet first
//! ```

use super::part::{LocalReference, OPTIONAL_PARAMETERS_MAX, Step, step, variable};
use super::udt::address;
use super::{Address, Dialect, MessageType, Ssn, error};
use crate::mtp3::Variant;
use crate::{Error, Reason};

/// A connection-oriented message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Connection<'a> {
    /// Which one.
    pub message_type: MessageType,
    /// The sender's number of the connection.
    pub source: Option<LocalReference>,
    /// The receiver's number of the connection.
    pub destination: Option<LocalReference>,
    /// Called party address of a connection request.
    pub called: Option<Address<'a>>,
    /// What the user is given; empty where there is none.
    pub data: &'a [u8],
}

impl<'a> Connection<'a> {
    /// Reads a message of a network of this kind.
    ///
    /// # Errors
    /// `Unsupported` for any other message; `Truncated`, `BadValue`, `TooDeep` as [`Message::parse`](super::Message::parse).
    pub fn parse(octets: &'a [u8], variant: Variant) -> Result<Self, Error> {
        let (&first, rest) = octets.split_first().ok_or(error(0, Reason::Truncated))?;
        let message_type = MessageType::from_number(first);
        let shape = SHAPES.iter().find(|shape| shape.of == message_type).ok_or(error(0, Reason::Unsupported))?;
        let (destination, rest) = reference(shape.has_destination, rest)?;
        let (source, _) = reference(shape.has_source, rest)?;
        let called = match (message_type, octets.get(CR_CALLED_POINTER_AT)) {
            (MessageType::Cr, Some(&pointer)) => {
                let (called, at) = variable(octets, CR_CALLED_POINTER_AT, usize::from(pointer))?;
                Some(address(called, at, Dialect::from(variant))?)
            }
            (MessageType::Cr, None) => return Err(error(octets.len(), Reason::Truncated)),
            _ => None,
        };
        Ok(Self { message_type, source, destination, called, data: data(octets, shape.data)? })
    }

    /// Which user it is for, where it says so: in a connection request.
    pub fn user(&self) -> Option<Ssn> {
        self.called.and_then(|called| called.ssn())
    }
}

/// The local reference at the start of `octets`, if there is to be one, and what follows.
fn reference(is_there: bool, octets: &[u8]) -> Result<(Option<LocalReference>, &[u8]), Error> {
    if !is_there {
        return Ok((None, octets));
    }
    let (&[r0, r1, r2], rest) = octets.split_first_chunk().ok_or(error(1, Reason::Truncated))?;
    Ok((Some(LocalReference(u32::from_le_bytes([r0, r1, r2, 0]))), rest))
}

/// The data, found as the message has it.
fn data(octets: &[u8], place: Place) -> Result<&[u8], Error> {
    let (Place::Mandatory(pointer_at) | Place::Optional(pointer_at)) = place else { return Ok(&[]) };
    let pointer = octets.get(pointer_at).copied().map(usize::from).ok_or(error(octets.len(), Reason::Truncated))?;
    match place {
        Place::Mandatory(_) => variable(octets, pointer_at, pointer).map(|(data, _)| data),
        _ if pointer == 0 => Ok(&[]),
        _ => optional_data(octets, pointer_at + pointer),
    }
}

/// The data among the optional parameters from `at`.
fn optional_data(octets: &[u8], at: usize) -> Result<&[u8], Error> {
    let mut rest = octets.get(at..).ok_or(error(at, Reason::Truncated))?;
    for _ in 0..=OPTIONAL_PARAMETERS_MAX {
        let offset = octets.len() - rest.len();
        match step(rest).ok_or(error(offset, Reason::Truncated))? {
            Step::End => return Ok(&[]),
            Step::Parameter(DATA, value, _) => return Ok(value),
            Step::Parameter(_, _, after) => rest = after,
        }
    }
    Err(error(octets.len() - rest.len(), Reason::TooDeep))
}

/// Where a message has its data.
#[derive(Clone, Copy)]
enum Place {
    Nowhere,
    /// Behind the pointer at this octet.
    Mandatory(usize),
    /// In the optional part behind the pointer at this octet.
    Optional(usize),
}

/// What a message begins with, and where its data is.
struct Shape {
    of: MessageType,
    has_destination: bool,
    has_source: bool,
    data: Place,
}

const fn shape(of: MessageType, has_destination: bool, has_source: bool, data: Place) -> Shape {
    Shape { of, has_destination, has_source, data }
}

/// Q.713 §4.2 to §4.17.
const SHAPES: [Shape; 14] = [
    shape(MessageType::Cr, false, true, Place::Optional(6)),
    shape(MessageType::Cc, true, true, Place::Optional(8)),
    shape(MessageType::Cref, true, false, Place::Optional(5)),
    shape(MessageType::Rlsd, true, true, Place::Optional(8)),
    shape(MessageType::Rlc, true, true, Place::Nowhere),
    shape(MessageType::Dt1, true, false, Place::Mandatory(5)),
    shape(MessageType::Dt2, true, false, Place::Mandatory(6)),
    shape(MessageType::Ak, true, false, Place::Nowhere),
    shape(MessageType::Ed, true, false, Place::Mandatory(4)),
    shape(MessageType::Ea, true, false, Place::Nowhere),
    shape(MessageType::Rsr, true, true, Place::Nowhere),
    shape(MessageType::Rsc, true, true, Place::Nowhere),
    shape(MessageType::Err, true, false, Place::Nowhere),
    shape(MessageType::It, true, true, Place::Nowhere),
];
/// The pointer to the called party in a connection request.
const CR_CALLED_POINTER_AT: usize = 5;
/// The optional parameter that is data (Q.713 §3.16).
const DATA: u8 = 0x0f;

#[cfg(test)]
mod tests {
    use super::super::Message;
    use super::*;
    use crate::samples::octets;
    use proptest::prelude::*;

    /// To BSSAP, with a calling party and data of three octets.
    const CR: &str = "01 563412 02 0204 0242fe 040242fe 0f03000157 00";

    fn read(text: &str) -> Result<Connection<'static>, Error> {
        Connection::parse(octets(text).leak(), Variant::Itu)
    }

    #[test]
    fn a_connection_request_names_its_user() {
        let request = read(CR).expect("well-formed");
        assert_eq!((request.message_type, request.user()), (MessageType::Cr, Some(Ssn(254))));
        assert_eq!((request.source, request.destination), (Some(LocalReference(0x12_3456)), None));
        assert_eq!(request.data, [0, 1, 0x57]);
        let bare = read("01 563412 02 0200 02428e").expect("well-formed");
        assert_eq!((bare.user(), bare.data), (Some(Ssn(142)), &[][..]));
    }

    #[test]
    fn every_other_message_gives_its_references_and_data() {
        let (here, there) = (Some(LocalReference(1)), Some(LocalReference(2)));
        for (text, source, destination, data) in [
            ("02 020000 010000 02 01 0f0163 00", here, there, &[0x63][..]),
            ("02 020000 010000 02 00", here, there, &[]),
            ("03 020000 03 01 0f0163 00", None, there, &[0x63]),
            ("04 020000 010000 00 01 0f0163 00", here, there, &[0x63]),
            ("05 020000 010000", here, there, &[]),
            ("06 020000 00 01 0263 64", None, there, &[0x63, 0x64]),
            ("07 020000 0000 01 0163", None, there, &[0x63]),
            ("08 020000 00 04", None, there, &[]),
            ("0b 020000 01 0163", None, there, &[0x63]),
            ("0c 020000", None, there, &[]),
            ("0d 020000 010000 00", here, there, &[]),
            ("0e 020000 010000", here, there, &[]),
            ("0f 020000 00", None, there, &[]),
            ("10 020000 010000 02 0000 04", here, there, &[]),
        ] {
            let message = read(text).expect("well-formed");
            assert_eq!((message.source, message.destination, message.data), (source, destination, data), "{text}");
            assert_eq!((message.called, message.user()), (None, None));
            assert_eq!(Message::parse(&octets(text)), Ok(Message::Other(message.message_type)));
        }
    }

    #[test]
    fn refuses_every_truncation() {
        for text in [CR, "02 020000 010000 02 01 0f0163 00", "06 020000 00 01 0263 64", "0e 020000 010000"] {
            let whole = octets(text);
            for length in 0..whole.len() {
                let cut = Connection::parse(&whole[..length], Variant::Itu).map_err(|error| error.reason);
                // The end octet is not needed once the data was found.
                let is_end_octet_cut = length + 1 == whole.len() && whole[length] == 0 && text != "0e 020000 010000";
                assert_eq!(cut.err(), (!is_end_octet_cut).then_some(Reason::Truncated), "{text} {length}");
            }
        }
    }

    #[test]
    fn refuses_connectionless_and_unknown_messages() {
        for octet in [0, 9, 17, 21, 255] {
            assert_eq!(Connection::parse(&[octet], Variant::Itu), Err(error(0, Reason::Unsupported)));
        }
    }

    proptest! {
        #[test]
        fn any_octets_do_not_panic(kind in 1u8..=16, rest in proptest::collection::vec(prop_oneof![0u8..12, any::<u8>()], 0..60)) {
            let mut octets = vec![kind];
            octets.extend(rest);
            for variant in [Variant::Itu, Variant::Ansi, Variant::China] {
                if let Ok(message) = Connection::parse(&octets, variant) {
                    prop_assert!(message.data.len() < octets.len());
                }
            }
        }
    }
}
