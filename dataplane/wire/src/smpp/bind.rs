//! Opening a session. SMPP 3.4 §4.1.
//!
//! ```text
//!  bind_*        system_id 0 | password 0 | system_type 0 | version | ton | npi | address_range 0
//!  bind_*_resp   system_id 0 | TLVs
//!  outbind       system_id 0 | password 0
//! ```

use super::command::InterfaceVersion;
use super::cursor::Cursor;
use super::pdu::Pdu;
use crate::Reason;

/// `bind_receiver`, `bind_transmitter`, `bind_transceiver`.
pub(super) fn bind<'a>(pdu: &mut Pdu<'a>, cursor: &mut Cursor<'a>) -> Result<(), Reason> {
    outbind(pdu, cursor)?;
    pdu.system_type = Some(cursor.string(SYSTEM_TYPE_OCTETS_MAX)?);
    pdu.interface_version = Some(InterfaceVersion(cursor.octet()?));
    // Which addresses the ESME serves: type, plan and an expression that only the message centre can read.
    cursor.octet()?;
    cursor.octet()?;
    cursor.string(RANGE_OCTETS_MAX)?;
    Ok(())
}

/// Their answers; the version of the message centre is an optional parameter.
pub(super) fn bind_resp<'a>(pdu: &mut Pdu<'a>, cursor: &mut Cursor<'a>) -> Result<(), Reason> {
    pdu.system_id = Some(cursor.string(SYSTEM_ID_OCTETS_MAX)?);
    Ok(())
}

/// `outbind`, and the beginning of every bind.
pub(super) fn outbind<'a>(pdu: &mut Pdu<'a>, cursor: &mut Cursor<'a>) -> Result<(), Reason> {
    pdu.system_id = Some(cursor.string(SYSTEM_ID_OCTETS_MAX)?);
    cursor.string(PASSWORD_OCTETS_MAX)?;
    Ok(())
}

const SYSTEM_ID_OCTETS_MAX: usize = 16;
const PASSWORD_OCTETS_MAX: usize = 9;
const SYSTEM_TYPE_OCTETS_MAX: usize = 13;
const RANGE_OCTETS_MAX: usize = 41;
