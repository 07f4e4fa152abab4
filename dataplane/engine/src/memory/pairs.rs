//! A delivery and the question that should have come before it: who delivers asks the home network first where the
//! subscriber is (TS 23.040 §3.2.7, TS 29.002 §23.3), and delivers to the node it was told.

use super::{digits, is_invoke, operation};
use crate::judge::GOOD_ID;
use sluice_abi::{Facts, Field, Trigger};
use sluice_numbers::{Plan, Space};
use sluice_track::{Number, Pairing, Pairings};
use sluice_wire::map::Operation;

/// Answers are remembered for a day; how old one may be is the rules' to say.
const WINDOW_S: u32 = 86_400;
/// SM-RP-DA choice `imsi [0]`.
const IMSI: u64 = 0;

const NOBODY: u64 = 0;
const SENDER: u64 = 1;
const OPERATOR: u64 = 2;
const OTHERS: u64 = 3;

/// What rules ask of all this.
pub const FIELDS: [Field; 5] =
    [Field::PairAsked, Field::PairAge, Field::PairRequester, Field::PairSameNode, Field::PairWatched];

/// Who asked for the receiver of a delivery.
pub fn facts(facts: &mut Facts<'_>, pairings: &mut Pairings, plan: Option<&Plan<'_>>, now_s: u32, watched_s: u32) {
    // Reports and alerts too are held against questions that came before.
    if is_invoke(facts) && facts.number(Field::LabelsTrigger) == Some(Trigger::PostDelivery as u64) {
        facts.set(Field::PairWatched, watched_s.into());
    }
    if !is_delivery(facts) {
        return;
    }
    if facts.number(Field::HomeId) == Some(GOOD_ID) {
        // The id says what a pair would: this sender asked, and was told this node.
        facts.set_all([(Field::PairWatched, watched_s.into()), (Field::PairAsked, SENDER), (Field::PairSameNode, 1)]);
        return;
    }
    let Some(imsi) = digits(facts, Field::MapImsi) else { return };
    facts.set(Field::PairWatched, watched_s.into());
    let sender = Sender::of(facts, plan);
    let best = pairings
        .find(imsi.as_bytes(), now_s, WINDOW_S)
        .map(|pairing| (sender.closeness(&pairing, plan), pairing))
        .min_by_key(|(closeness, pairing)| (*closeness, pairing.age_s));
    let Some((closeness, pairing)) = best else {
        facts.set(Field::PairAsked, NOBODY);
        return;
    };
    facts.set(Field::PairAsked, closeness);
    facts.set(Field::PairAge, pairing.age_s.into());
    if closeness != SENDER {
        facts.set_some(Field::PairRequester, pairing.requester_sc.packed());
    }
    if let Some(called) = digits(facts, Field::CdpaGt) {
        facts.set(Field::PairSameNode, u64::from(Number::new(called.as_bytes()) == Some(pairing.node)));
    }
}

/// An mt-forwardSM that names its receiver, by whatever operation code (TS 29.002 §17.3.2).
fn is_delivery(facts: &Facts<'_>) -> bool {
    is_invoke(facts)
        && facts.number(Field::LabelsTrigger) == Some(Trigger::PreDelivery as u64)
        && facts.number(Field::MapRpDaChoice) == Some(IMSI)
}

/// Who delivers.
struct Sender {
    calling: Option<Number>,
    centre: Option<Number>,
    operator: u32,
}

impl Sender {
    fn of(facts: &Facts<'_>, plan: Option<&Plan<'_>>) -> Self {
        let number = |field| digits(facts, field).and_then(|d| Number::new(d.as_bytes()));
        let calling = number(Field::CgpaGt);
        Self { calling, centre: number(Field::MapRpOa), operator: operator(calling, plan) }
    }

    /// How near the one who asked is to the one who delivers.
    fn closeness(&self, pairing: &Pairing, plan: Option<&Plan<'_>>) -> u64 {
        let who = self.calling.or(self.centre);
        if who.is_some_and(|who| who == pairing.requester_sc || who == pairing.calling_gt) {
            return SENDER;
        }
        let theirs = operator(Some(pairing.calling_gt), plan);
        if theirs != 0 && theirs == self.operator { OPERATOR } else { OTHERS }
    }
}

/// The network of a number; 0 where it is not known.
fn operator(number: Option<Number>, plan: Option<&Plan<'_>>) -> u32 {
    let mut room = [0; Number::DIGITS_MAX];
    let found = number.and_then(|number| plan?.find(Space::E164, number.ascii(&mut room)));
    found.map_or(0, |found| found.operator)
}

/// Keeps the answer that says where a subscriber is. The party it goes to is who asked.
pub fn learn(facts: &Facts<'_>, pairings: &mut Pairings, now_s: u32) {
    let asked = Operation::SEND_ROUTING_INFO_FOR_SM.0 as u64;
    if is_invoke(facts) || operation(facts) != Some(asked) {
        return;
    }
    let (Some(imsi), Some(requester)) = (digits(facts, Field::MapImsi), digits(facts, Field::CdpaGt)) else { return };
    let node = digits(facts, Field::MapNetworkNode);
    let node = node.as_ref().map(|n| n.as_bytes()).unwrap_or_default();
    pairings.asked(imsi.as_bytes(), requester.as_bytes(), requester.as_bytes(), node, now_s);
}
