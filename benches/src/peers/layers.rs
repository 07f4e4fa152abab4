//! One layer of each crate, on that layer's octets: the length of what it carries.

use super::crates::{parameter, tpdu_octets};
use m3ua::M3uaMessage;
use sccp::SccpMessage;

/// User data of an M3UA DATA message.
pub fn m3ua(octets: &[u8]) -> Option<usize> {
    Some(M3uaMessage::decode(octets).ok()?.protocol_data().ok()?.user_data.len())
}

/// User data of an SCCP message.
pub fn sccp(octets: &[u8]) -> Option<usize> {
    Some(SccpMessage::decode(octets).ok()?.data().len())
}

/// Parameter of the first component of a TCAP message.
pub fn tcap(octets: &[u8]) -> Option<usize> {
    let message = tcap::decode(octets).ok()?;
    parameter(message.components().first()?).map(<[u8]>::len)
}

/// TPDU of a request.
pub fn map(octets: &[u8], operation: i64) -> Option<usize> {
    tpdu_octets(octets, operation)
}
