//! The PDUs that carry a message. SMPP 3.4 §4.4 to §4.7, §4.10, SMPP 5.0 §4.2 to §4.4.
//!
//! ```text
//!  submit_sm, deliver_sm   service_type 0 | ton | npi | source 0 | ton | npi | destination 0 | esm | pid | priority
//!                          | schedule 0 | validity 0 | registered | replace | coding | default | length | message
//!  submit_multi            the same with a list of destinations: number | destination ...
//!  data_sm                 service_type 0 | ton | npi | source 0 | ton | npi | destination 0 | esm | registered | coding
//!  replace_sm              message_id 0 | ton | npi | source 0 | schedule 0 | validity 0 | registered | default
//!                          | length | message
//!  broadcast_sm            service_type 0 | ton | npi | source 0 | message_id 0 | priority | schedule 0 | validity 0
//!                          | replace | coding | default
//!  submit_multi_resp       message_id 0 | number | ton | npi | address 0 | status ...
//! ```
//! In all of them the message may stand in an optional parameter instead.

use super::ancillary::message_id;
use super::coding::DataCoding;
use super::cursor::Cursor;
use super::esm_class::EsmClass;
use super::party::{ADDRESS_OCTETS_MAX, Destination, Destinations, LONG_ADDRESS_OCTETS_MAX, Party};
use super::pdu::Pdu;
use crate::{Anomaly, Reason};

/// `submit_sm`, `deliver_sm`.
#[inline]
pub(super) fn submit<'a>(pdu: &mut Pdu<'a>, cursor: &mut Cursor<'a>) -> Result<(), Reason> {
    from(pdu, cursor, ADDRESS_OCTETS_MAX)?;
    pdu.destination = Some(Party::read(cursor, ADDRESS_OCTETS_MAX)?);
    after_destination(pdu, cursor)
}

/// `submit_multi`.
pub(super) fn submit_multi<'a>(pdu: &mut Pdu<'a>, cursor: &mut Cursor<'a>) -> Result<(), Reason> {
    from(pdu, cursor, ADDRESS_OCTETS_MAX)?;
    to_many(pdu, cursor)?;
    after_destination(pdu, cursor)
}

/// `submit_multi_resp`: of the addresses where it failed the first stands for all; why is read over.
pub(super) fn submit_multi_resp<'a>(pdu: &mut Pdu<'a>, cursor: &mut Cursor<'a>) -> Result<(), Reason> {
    message_id(pdu, cursor)?;
    for _ in 0..cursor.octet()? {
        let party = Party::read(cursor, ADDRESS_OCTETS_MAX)?;
        pdu.destination = pdu.destination.or(Some(party));
        cursor.word()?;
    }
    Ok(())
}

/// `data_sm`.
pub(super) fn data<'a>(pdu: &mut Pdu<'a>, cursor: &mut Cursor<'a>) -> Result<(), Reason> {
    from(pdu, cursor, LONG_ADDRESS_OCTETS_MAX)?;
    pdu.destination = Some(Party::read(cursor, LONG_ADDRESS_OCTETS_MAX)?);
    pdu.esm_class = Some(EsmClass(cursor.octet()?));
    pdu.registered_delivery = Some(cursor.octet()?);
    pdu.data_coding = Some(DataCoding(cursor.octet()?));
    Ok(())
}

/// `replace_sm`. The new message has the coding of the old one, which this PDU does not say.
pub(super) fn replace<'a>(pdu: &mut Pdu<'a>, cursor: &mut Cursor<'a>) -> Result<(), Reason> {
    message_id(pdu, cursor)?;
    pdu.source = Some(Party::read(cursor, ADDRESS_OCTETS_MAX)?);
    times(pdu, cursor)?;
    pdu.registered_delivery = Some(cursor.octet()?);
    pdu.default_message = Some(cursor.octet()?);
    short_message(pdu, cursor)
}

/// `broadcast_sm`. The message is always an optional parameter.
pub(super) fn broadcast<'a>(pdu: &mut Pdu<'a>, cursor: &mut Cursor<'a>) -> Result<(), Reason> {
    from(pdu, cursor, ADDRESS_OCTETS_MAX)?;
    message_id(pdu, cursor)?;
    pdu.priority = Some(cursor.octet()?);
    times(pdu, cursor)?;
    pdu.replace_if_present = Some(cursor.octet()?);
    pdu.data_coding = Some(DataCoding(cursor.octet()?));
    pdu.default_message = Some(cursor.octet()?);
    Ok(())
}

/// `query_msg_details_resp`. SMPP 3.3.
pub(super) fn query_details_resp<'a>(pdu: &mut Pdu<'a>, cursor: &mut Cursor<'a>) -> Result<(), Reason> {
    from(pdu, cursor, ADDRESS_OCTETS_MAX)?;
    to_many(pdu, cursor)?;
    pdu.protocol_id = Some(cursor.octet()?);
    pdu.priority = Some(cursor.octet()?);
    times(pdu, cursor)?;
    pdu.registered_delivery = Some(cursor.octet()?);
    pdu.data_coding = Some(DataCoding(cursor.octet()?));
    short_message(pdu, cursor)?;
    message_id(pdu, cursor)?;
    cursor.time()?;
    pdu.message_state = Some(cursor.octet()?);
    cursor.octet()?;
    Ok(())
}

#[inline]
fn from<'a>(pdu: &mut Pdu<'a>, cursor: &mut Cursor<'a>, address_octets_max: usize) -> Result<(), Reason> {
    pdu.service_type = Some(cursor.string(SERVICE_TYPE_OCTETS_MAX)?);
    pdu.source = Some(Party::read(cursor, address_octets_max)?);
    Ok(())
}

fn to_many<'a>(pdu: &mut Pdu<'a>, cursor: &mut Cursor<'a>) -> Result<(), Reason> {
    let mut destinations = Destinations::read(cursor)?;
    pdu.destinations = Some(destinations);
    pdu.destination = destinations.find_map(|destination| match destination {
        Destination::Party(party) => Some(party),
        Destination::List(_) => None,
    });
    Ok(())
}

#[inline]
fn after_destination<'a>(pdu: &mut Pdu<'a>, cursor: &mut Cursor<'a>) -> Result<(), Reason> {
    pdu.esm_class = Some(EsmClass(cursor.octet()?));
    pdu.protocol_id = Some(cursor.octet()?);
    pdu.priority = Some(cursor.octet()?);
    times(pdu, cursor)?;
    pdu.registered_delivery = Some(cursor.octet()?);
    pdu.replace_if_present = Some(cursor.octet()?);
    pdu.data_coding = Some(DataCoding(cursor.octet()?));
    pdu.default_message = Some(cursor.octet()?);
    short_message(pdu, cursor)
}

#[inline]
fn times<'a>(pdu: &mut Pdu<'a>, cursor: &mut Cursor<'a>) -> Result<(), Reason> {
    pdu.schedule = Some(cursor.time()?);
    pdu.validity = Some(cursor.time()?);
    Ok(())
}

#[inline]
fn short_message<'a>(pdu: &mut Pdu<'a>, cursor: &mut Cursor<'a>) -> Result<(), Reason> {
    let (length, octets) = cursor.counted()?;
    (pdu.sm_length, pdu.short_message) = (Some(length), Some(octets));
    cursor.anomalies.note_if(length > SHORT_MESSAGE_OCTETS_MAX, Anomaly::SmppLength);
    if octets.len() < usize::from(length) { Err(Reason::BadLength) } else { Ok(()) }
}

pub(super) const SERVICE_TYPE_OCTETS_MAX: usize = 6;
pub(super) const MESSAGE_ID_OCTETS_MAX: usize = 65;
const SHORT_MESSAGE_OCTETS_MAX: u8 = 254;
