//! What one message is: both nodes draw it from the seed and its number, so each knows every octet the other means.

use crate::random::Random;
use crate::wanted::{Wanted, legal_errors};
use gsm_map::application_context as context;
use rasn::types::ObjectIdentifier;

/// What is asked of the destination.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operation {
    /// A delivery: mt-ForwardSM, before version 3 forwardSM.
    Deliver,
    /// A submission: mo-ForwardSM, before version 3 forwardSM.
    Submit,
    /// sendRoutingInfoForSM.
    RoutingInfo,
}

/// How a dialogue begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Opening {
    /// With the request.
    Request,
    /// With nothing; the request follows in a Continue (TS 29.002 §23.2, long messages).
    Empty,
}

/// One message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// Its number, from 0.
    pub number: u32,
    /// What the policy is to do with it.
    pub wanted: Wanted,
    /// What is asked.
    pub operation: Operation,
    /// Version of the MAP application context.
    pub version: u8,
    /// Whether the dialogue names its application context. Those of version 1 mostly do not.
    pub has_dialogue: bool,
    /// How the dialogue begins.
    pub opening: Opening,
    /// The error its destination answers with of its own accord, if it is not to be satisfied.
    pub own_error: Option<u8>,
    /// XUDT in the place of UDT.
    pub is_extended: bool,
    /// Whether SCCP is asked to return it where it cannot be delivered.
    pub returns_on_error: bool,
    /// Whether M3UA names a routing context.
    pub has_routing_context: bool,
    /// Whether its transaction id has as few octets as it can.
    pub has_short_id: bool,
    /// Whether its request is sent in several DATA chunks.
    pub is_fragmented: bool,
    /// Whether it waits for others to share a packet.
    pub is_bundled: bool,
    /// Letters of its text.
    pub letters: usize,
    /// Stream and signalling link selection.
    pub lane: u16,
    /// Invoke id of its request.
    pub invoke_id: i8,
}

impl Plan {
    /// The message with this number.
    pub fn of(seed: u64, number: u32) -> Self {
        let mut random = Random::new(seed, u64::from(number));
        let operation = random.of(&[Operation::Deliver, Operation::Deliver, Operation::Submit, Operation::RoutingInfo]);
        let version = random.of(&[1, 2, 3, 3]);
        let opening = match operation {
            Operation::RoutingInfo => Opening::Request,
            _ => random.of(&[Opening::Request, Opening::Request, Opening::Empty]),
        };
        let letters_max = if opening == Opening::Empty { 140 } else { 60 };
        let errors = legal_errors(opcode(operation, version), version);
        Self {
            number,
            wanted: wanted(&mut random, operation, errors),
            operation,
            version,
            has_dialogue: version > 1 || random.permille(250),
            opening,
            own_error: random.permille(50).then(|| random.of(errors)),
            is_extended: random.permille(500),
            returns_on_error: random.permille(250),
            has_routing_context: random.permille(500),
            has_short_id: random.permille(125),
            is_fragmented: random.permille(30),
            is_bundled: random.permille(500),
            letters: random.below(letters_max + 1) as usize,
            lane: random.below(16) as u16,
            invoke_id: random.below(256) as u8 as i8,
        }
    }

    /// The operation's code.
    pub fn opcode(&self) -> i64 {
        opcode(self.operation, self.version)
    }

    /// The application context of its dialogue, named or not.
    pub fn context(&self) -> ObjectIdentifier {
        let version = u32::from(self.version);
        match (self.operation, self.version) {
            (Operation::RoutingInfo, _) => context::short_msg_gateway_context(version),
            // Version 1 has one context for both directions.
            (Operation::Deliver, 2..) => context::short_msg_mt_relay_context(version),
            _ => context::short_msg_mo_relay_context(version),
        }
    }

    /// The number that says what is wanted and which message it is.
    pub fn digits(&self) -> String {
        format!("999{:02}{:08}", self.wanted.code(), self.number)
    }

    /// The IMSI that says so.
    pub fn imsi(&self) -> String {
        format!("99901{:02}{:08}", self.wanted.code(), self.number)
    }

    /// The number of the message with these digits.
    pub fn number_in(digits: &str) -> Option<u32> {
        digits.strip_prefix("999")?.get(2..)?.parse().ok()
    }

    /// Its transaction id at the originator. No two have the same value.
    pub fn transaction(&self) -> Vec<u8> {
        let octets = (self.number + 1).to_be_bytes();
        let zeros = octets.iter().take_while(|octet| **octet == 0).count();
        octets[if self.has_short_id { zeros } else { 0 }..].to_vec()
    }
}

fn opcode(operation: Operation, version: u8) -> i64 {
    match (operation, version) {
        (Operation::Deliver, 3) => gsm_map::op_codes::MT_FORWARD_SM,
        (Operation::Deliver | Operation::Submit, _) => gsm_map::op_codes::MO_FORWARD_SM,
        (Operation::RoutingInfo, _) => gsm_map::op_codes::SEND_ROUTING_INFO_FOR_SM,
    }
}

fn wanted(random: &mut Random, operation: Operation, errors: &[u8]) -> Wanted {
    match (random.below(20), operation) {
        (0..8, _) => Wanted::Pass,
        (8..10, _) => Wanted::Discard,
        (10..12, _) => Wanted::Acknowledge,
        (12..14, _) => Wanted::Abort,
        (14..16, Operation::RoutingInfo) => Wanted::RefuseResult,
        _ => Wanted::Reject(random.of(errors)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn two_thousand_messages_take_every_form_with_every_verdict() {
        let plans: Vec<_> = (0..2000).map(|number| Plan::of(1, number)).collect();
        let forms: BTreeSet<_> = plans
            .iter()
            .map(|p| format!("{:?} {} {:?} {} {:?}", p.operation, p.version, p.opening, p.has_dialogue, p.wanted))
            .collect();
        // 27 kinds of delivery, submission and request, of which each is discarded, acknowledged, aborted or passed.
        assert!(forms.len() > 200, "{}", forms.len());
        assert!(plans.iter().any(|p| p.own_error.is_some()) && plans.iter().any(|p| p.is_fragmented));
    }

    #[test]
    fn digits_lead_to_the_number() {
        let plan = Plan::of(1, 4711);
        assert_eq!(Plan::number_in(&plan.digits()), Some(4711));
        assert_eq!(Plan::number_in("99970"), None);
    }
}
