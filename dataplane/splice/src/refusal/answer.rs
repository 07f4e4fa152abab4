//! What the originator of a refused request is told, one component at a time.
//!
//! TS 29.002 §17.6.4 and §17.6.6: an error must be one that the operation has in that version, or its originator takes
//! the answer for a fault of ours.

use super::Invoked;
use super::ber::{Octets, tlv};

/// What an originator is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// A MAP user error, by number.
    Error(u8),
    /// That all went well.
    Acknowledge,
    /// That the dialogue is over.
    Abort,
}

const SRI_SM: i16 = 45;
const SYSTEM_FAILURE: u8 = 34;
const UNEXPECTED_DATA_VALUE: u8 = 36;
const SM_DELIVERY_FAILURE: u8 = 32;

impl Answer {
    /// The component that answers a request; empty for one that takes no answer.
    pub(super) fn component(self, invoke: Invoked, version: u8) -> Octets {
        let id = [2, 1, invoke.id as u8];
        match self {
            Self::Acknowledge if invoke.operation != SRI_SM => tlv(0xA2, &[&id]),
            // To say where a subscriber is would be to make up an IMSI and a place.
            Self::Acknowledge => error(id, UNEXPECTED_DATA_VALUE, invoke.operation, version),
            Self::Error(code) => error(id, code, invoke.operation, version),
            Self::Abort => Octets::new(),
        }
    }
}

/// The component with the error, or the next best that the operation has.
fn error(id: [u8; 3], wanted: u8, operation: i16, version: u8) -> Octets {
    let legal = legal_errors(operation, version);
    let choice = [wanted, UNEXPECTED_DATA_VALUE, SYSTEM_FAILURE].into_iter().find(|code| legal.contains(code));
    let Some(code) = choice else { return Octets::new() };
    tlv(0xA3, &[&id, &[2, 1, code], parameter(code, version)])
}

/// The parameter without which an error is not well formed in a version.
const fn parameter(code: u8, version: u8) -> &'static [u8] {
    match (code, version) {
        // SM-EnumeratedDeliveryFailureCause: equipment protocol error; in a sequence from version 3 on.
        (SM_DELIVERY_FAILURE, 3..) => &[0x30, 3, 0x0A, 1, 1],
        (SM_DELIVERY_FAILURE, _) => &[0x0A, 1, 1],
        // NetworkResource: the HLR, optional from version 3 on.
        (SYSTEM_FAILURE, ..3) => &[0x0A, 1, 1],
        _ => &[],
    }
}

/// The errors of an operation in a version of its application context; none for an operation that is not answered.
pub const fn legal_errors(operation: i16, version: u8) -> &'static [u8] {
    match (operation, version) {
        (44, _) => &[34, 35, 36, 21, 5, 9, 12, 31, 32, 6],
        (46, 3..) => &[34, 36, 21, 32],
        (46, _) => &[34, 35, 36, 21, 5, 9, 12, 27, 31, 32],
        (SRI_SM, 3..) => &[34, 35, 36, 21, 1, 11, 13, 6],
        (SRI_SM, _) => &[34, 35, 36, 21, 1, 11, 27, 13],
        (47, _) => &[35, 36, 1, 33],
        (64, _) => &[34, 35, 36],
        (66, _) => &[34, 35, 36, 21, 1],
        (21, _) => &[34, 36],
        (48 | 49 | 63, _) => &[],
        // Of other services these two are as good as everywhere (TS 29.002 §17.6.2).
        _ => &[34, 36],
    }
}
