//! What the originator of a refused request is told, one component at a time.

use super::Invoked;
use super::ber::{Octets, tlv};
use super::legal::{is_acknowledged, is_unanswered, legal_errors, parameter};

/// What an originator is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// A MAP user error, by number; the next best where the operation does not have it.
    Error(u8),
    /// That all went well; of an operation that would have to say more, that it did not.
    Acknowledge,
    /// That the dialogue is over.
    Abort,
}

const ABSENT_SUBSCRIBER_SM: u8 = 6;
const ABSENT_SUBSCRIBER: u8 = 27;
pub(super) const SYSTEM_FAILURE: u8 = 34;
const UNEXPECTED_DATA_VALUE: u8 = 36;

impl Answer {
    /// The component that answers a request; empty for one that takes no such answer.
    pub(super) fn component(self, invoke: Invoked, version: u8) -> Octets {
        let id = [2, 1, invoke.id as u8];
        match self {
            Self::Abort => Octets::new(),
            _ if is_unanswered(invoke.operation) => Octets::new(),
            Self::Acknowledge if is_acknowledged(invoke.operation) => tlv(0xA2, &[&id]),
            // To say where a subscriber is would be to make up an IMSI and a place.
            Self::Acknowledge => error(id, UNEXPECTED_DATA_VALUE, invoke.operation, version),
            Self::Error(code) => error(id, code, invoke.operation, version),
        }
    }
}

/// The component with the error, or the next best that the operation has.
fn error(id: [u8; 3], wanted: u8, operation: i16, version: u8) -> Octets {
    let legal = legal_errors(operation, version);
    let mut choices = [wanted, of_another_version(wanted), UNEXPECTED_DATA_VALUE, SYSTEM_FAILURE].into_iter();
    let choice = choices.find(|code| legal.contains(code)).or(legal.first().copied());
    let Some(code) = choice else { return Octets::new() };
    tlv(0xA3, &[&id, &[2, 1, code], parameter(code, version)])
}

/// What says the same in other versions.
const fn of_another_version(error: u8) -> u8 {
    match error {
        ABSENT_SUBSCRIBER_SM => ABSENT_SUBSCRIBER,
        ABSENT_SUBSCRIBER => ABSENT_SUBSCRIBER_SM,
        other => other,
    }
}
