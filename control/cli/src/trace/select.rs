//! Which frames are shown: those of wanted messages, and those that belong to them.
//!
//! Of a wanted message the other pieces are shown, and the frame that brings the answer it got in the place of its
//! destination's. Copies that come again are shown only where every message is wanted: nothing in them is judged.

use super::{Became, Traced, words};
use crate::args::trace::Wanted;
use crate::learn::message::text;
use crate::trace::sides::Messages;
use sluice_abi::{Action, Facts, Field, Part};
use std::collections::BTreeMap;

/// Pieces and requests that are remembered; one is forgotten for another.
const REMEMBERED_MAX: usize = 100_000;

/// Why a frame is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Why {
    /// A message in it is wanted.
    Message,
    /// A piece of a wanted message is in it.
    PieceOf(Other),
    /// It answers a wanted request that was refused.
    Answers(Other),
    /// It was changed as the same chunk was before, and every message is wanted.
    Again,
}

/// Another frame, with the message in question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Other {
    /// Its number.
    pub number: u64,
    /// What was decided and done there.
    pub said: String,
}

/// Chooses frames.
pub struct Select<'a> {
    wanted: &'a Wanted,
    /// By port and number of a frame, the one its message was whole with.
    pieces: BTreeMap<(u32, u64), Other>,
    /// By the transaction of the originator, the frame of its request.
    asked: BTreeMap<Vec<u8>, Other>,
}

impl<'a> Select<'a> {
    /// Frames of these messages.
    pub fn new(wanted: &'a Wanted) -> Self {
        Self { wanted, pieces: BTreeMap::new(), asked: BTreeMap::new() }
    }

    /// Messages were judged with a frame; it may go on later, and after others with pieces of them.
    pub fn judged(&mut self, port: u32, number: u64, messages: &Messages) {
        for facts in messages.iter().filter(|facts| self.wanted.is_met_by(facts)) {
            self.remember(port, number, &facts);
        }
    }

    /// Whether the frame is shown, and why; `came` is what is in it.
    pub fn select(&mut self, frame: &Traced<'_>, came: &Messages) -> Option<Why> {
        let is_wanted = frame.judged.iter().any(|facts| self.wanted.is_met_by(&facts));
        if frame.became == Became::AsItCame {
            return (is_wanted && !self.wanted.changed).then_some(Why::Message);
        }
        let is_again = || self.wanted.is_everything().then_some(Why::Again);
        let own = || if is_wanted { Some(Why::Message) } else { is_again() };
        let piece = self.pieces.remove(&(frame.port, frame.number)).map(Why::PieceOf);
        let mut answer = || came.iter().find_map(|facts| self.asked.remove(facts.octets(Field::TcapDtid)?));
        piece.or_else(|| answer().map(Why::Answers)).or_else(own)
    }

    fn remember(&mut self, port: u32, number: u64, facts: &Facts<'_>) {
        for field in [Field::SctpReassembledFrom, Field::SccpReassembledFrom] {
            let frames = facts.octets(field).unwrap_or_default().as_chunks().0;
            let whole = Other { number, said: words::said(facts, None) };
            let others = frames.iter().map(|n| u64::from_le_bytes(*n)).filter(|n| *n != number);
            self.pieces.extend(others.map(|piece| ((port, piece), whole.clone())));
        }
        let is_answered = matches!(applied(facts), Some(Action::Reject | Action::Acknowledge | Action::Abort));
        if let Some(transaction) = facts.octets(Field::TcapOtid).filter(|_| is_answered) {
            self.asked.insert(transaction.to_vec(), Other { number, said: words::said(facts, None) });
        }
        if self.pieces.len() > REMEMBERED_MAX {
            self.pieces.pop_first();
        }
        if self.asked.len() > REMEMBERED_MAX {
            self.asked.pop_first();
        }
    }
}

impl Wanted {
    /// Whether a message is one of those.
    pub fn is_met_by(&self, facts: &Facts<'_>) -> bool {
        let is = |wanted: &Option<String>, field| {
            wanted.as_ref().is_none_or(|wanted| text(facts, field, Part::Whole).as_ref() == Some(wanted))
        };
        let has = |wanted: &Option<String>, places: &[(Field, Part)], kind: &str| {
            let plain = places.iter().filter_map(|&(field, part)| text(facts, field, part));
            let is_it = |wanted: &str, number: &str| digits(number) == digits(wanted);
            wanted.as_deref().is_none_or(|wanted| plain.chain(party(facts, kind)).any(|number| is_it(wanted, &number)))
        };
        is(&self.rule, Field::VerdictRule)
            && is(&self.action, Field::VerdictAction)
            && has(&self.msisdn, &MSISDNS, "msisdn")
            && has(&self.imsi, &IMSIS, "imsi")
            && has(&self.gt, &TITLES, "serviceCentre")
    }

    /// Whether every message is wanted.
    pub fn is_everything(&self) -> bool {
        [&self.msisdn, &self.imsi, &self.gt, &self.rule, &self.action].iter().all(|wanted| wanted.is_none())
    }
}

/// The parties of a short message, where they are of this kind.
fn party(facts: &Facts<'_>, kind: &str) -> Vec<String> {
    const PARTIES: [(Field, Field); 2] =
        [(Field::MapRpDaChoice, Field::MapRpDa), (Field::MapRpOaChoice, Field::MapRpOa)];
    let is_kind = |choice| text(facts, choice, Part::Whole).is_some_and(|choice| choice.starts_with(kind));
    let of_kind = PARTIES.iter().filter(|(choice, _)| is_kind(*choice));
    of_kind.filter_map(|&(_, party)| text(facts, party, Part::Digits)).collect()
}

/// International numbers may begin with a plus.
fn digits(number: &str) -> &str {
    number.trim_start_matches('+')
}

/// What was done with a message, where its verdict asked for something.
pub fn applied(facts: &Facts<'_>) -> Option<Action> {
    facts.number(Field::VerdictApplied).and_then(|n| Action::from_number(u8::try_from(n).ok()?))
}

const MSISDNS: [(Field, Part); 6] = [
    (Field::MapMsisdn, Part::Digits),
    (Field::MapStoredMsisdn, Part::Digits),
    (Field::SmsOa, Part::Whole),
    (Field::SmsDa, Part::Whole),
    (Field::SmppSrc, Part::Whole),
    (Field::SmppDst, Part::Whole),
];
const IMSIS: [(Field, Part); 1] = [(Field::MapImsi, Part::Whole)];
const TITLES: [(Field, Part); 8] = [
    (Field::CdpaGt, Part::Whole),
    (Field::CgpaGt, Part::Whole),
    (Field::MapServiceCentre, Part::Digits),
    (Field::MapNetworkNode, Part::Digits),
    (Field::MapMsc, Part::Digits),
    (Field::MapVlr, Part::Digits),
    (Field::MapHlrNumber, Part::Digits),
    (Field::MapSgsnNumber, Part::Digits),
];

#[cfg(test)]
mod tests {
    use super::*;

    fn wanted() -> Wanted {
        Wanted { msisdn: None, imsi: None, gt: None, rule: None, action: None, changed: false, limit: None }
    }

    fn message() -> Facts<'static> {
        let mut facts = Facts::new();
        facts.set_octets(Field::MapMsisdn, &[0x91, 0x99, 0x09, 0xF0]);
        facts.set_octets(Field::VerdictRule, b"spam-words");
        facts.set(Field::VerdictAction, Action::Discard as u64);
        facts
    }

    #[test]
    fn a_message_is_wanted_where_all_that_was_asked_for_is_in_it() {
        let msisdn = Some("+99900".to_owned());
        let rule = Some("spam-words".to_owned());
        assert!(wanted().is_met_by(&message()) && wanted().is_everything());
        let both = Wanted { msisdn: msisdn.clone(), rule: rule.clone(), ..wanted() };
        assert!(both.is_met_by(&message()) && !both.is_everything());
        let discarded = Wanted { rule, action: Some("discard".to_owned()), ..wanted() };
        assert!(discarded.is_met_by(&message()));
        let passed = Wanted { msisdn, action: Some("pass".to_owned()), ..wanted() };
        assert!(!passed.is_met_by(&message()));
        let no_node = Wanted { gt: Some("99900".to_owned()), ..wanted() };
        assert!(!no_node.is_met_by(&message()), "a subscriber's number is no global title");
        let longer = Wanted { msisdn: Some("999001".to_owned()), ..wanted() };
        assert!(!longer.is_met_by(&message()), "numbers are wanted whole");
    }
}
