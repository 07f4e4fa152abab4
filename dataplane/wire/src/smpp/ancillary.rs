//! Asking about messages, changing and cancelling them. SMPP 3.4 §4.8 to §4.12, SMPP 5.0 §4.6, and those of SMPP 3.3.
//!
//! ```text
//!  query_sm                message_id 0 | ton | npi | source 0
//!  query_sm_resp           message_id 0 | final_date 0 | state | error
//!  cancel_sm               service_type 0 | message_id 0 | ton | npi | source 0 | ton | npi | destination 0
//!  alert_notification      ton | npi | source 0 | ton | npi | esme 0
//!  cancel_broadcast_sm     service_type 0 | message_id 0 | ton | npi | source 0
//!  param_retrieve          name 0                            answer: value 0
//!  query_last_msgs         ton | npi | source 0 | count      answer: count | message_id 0 ...
//!  query_msg_details       message_id 0 | ton | npi | source 0 | length
//! ```

use super::cursor::Cursor;
use super::message::{MESSAGE_ID_OCTETS_MAX, SERVICE_TYPE_OCTETS_MAX};
use super::party::{ADDRESS_OCTETS_MAX, LONG_ADDRESS_OCTETS_MAX, Party};
use super::pdu::Pdu;
use crate::Reason;

/// `query_sm`, `query_broadcast_sm`.
pub(super) fn query<'a>(pdu: &mut Pdu<'a>, cursor: &mut Cursor<'a>) -> Result<(), Reason> {
    message_id(pdu, cursor)?;
    pdu.source = Some(Party::read(cursor, ADDRESS_OCTETS_MAX)?);
    Ok(())
}

/// `query_sm_resp`.
pub(super) fn query_resp<'a>(pdu: &mut Pdu<'a>, cursor: &mut Cursor<'a>) -> Result<(), Reason> {
    message_id(pdu, cursor)?;
    cursor.time()?;
    pdu.message_state = Some(cursor.octet()?);
    cursor.octet()?;
    Ok(())
}

/// `cancel_sm`.
pub(super) fn cancel<'a>(pdu: &mut Pdu<'a>, cursor: &mut Cursor<'a>) -> Result<(), Reason> {
    cancel_broadcast(pdu, cursor)?;
    pdu.destination = Some(Party::read(cursor, ADDRESS_OCTETS_MAX)?);
    Ok(())
}

/// `cancel_broadcast_sm`, and the beginning of `cancel_sm`.
pub(super) fn cancel_broadcast<'a>(pdu: &mut Pdu<'a>, cursor: &mut Cursor<'a>) -> Result<(), Reason> {
    pdu.service_type = Some(cursor.string(SERVICE_TYPE_OCTETS_MAX)?);
    query(pdu, cursor)
}

/// `alert_notification`. The second address is the ESME's own.
pub(super) fn alert<'a>(pdu: &mut Pdu<'a>, cursor: &mut Cursor<'a>) -> Result<(), Reason> {
    pdu.source = Some(Party::read(cursor, LONG_ADDRESS_OCTETS_MAX)?);
    Party::read(cursor, LONG_ADDRESS_OCTETS_MAX)?;
    Ok(())
}

/// The answers that have a message identifier and no more.
pub(super) fn message_id<'a>(pdu: &mut Pdu<'a>, cursor: &mut Cursor<'a>) -> Result<(), Reason> {
    pdu.message_id = Some(cursor.string(MESSAGE_ID_OCTETS_MAX)?);
    Ok(())
}

/// `param_retrieve`; its answer with more room. SMPP 3.3.
pub(super) fn parameter(cursor: &mut Cursor<'_>, octets_max: usize) -> Result<(), Reason> {
    cursor.string(octets_max)?;
    Ok(())
}

/// `query_last_msgs`. SMPP 3.3.
pub(super) fn query_last<'a>(pdu: &mut Pdu<'a>, cursor: &mut Cursor<'a>) -> Result<(), Reason> {
    pdu.source = Some(Party::read(cursor, ADDRESS_OCTETS_MAX)?);
    cursor.octet()?;
    Ok(())
}

/// Its answer: the first message stands for all. SMPP 3.3.
pub(super) fn query_last_resp<'a>(pdu: &mut Pdu<'a>, cursor: &mut Cursor<'a>) -> Result<(), Reason> {
    for _ in 0..cursor.octet()? {
        let message_id = cursor.string(MESSAGE_ID_OCTETS_MAX)?;
        pdu.message_id = pdu.message_id.or(Some(message_id));
    }
    Ok(())
}

/// `query_msg_details`. SMPP 3.3.
pub(super) fn query_details<'a>(pdu: &mut Pdu<'a>, cursor: &mut Cursor<'a>) -> Result<(), Reason> {
    query(pdu, cursor)?;
    cursor.octet()?;
    Ok(())
}
