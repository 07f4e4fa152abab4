//! The table of dialogues against a plain list.

use proptest::prelude::*;
use sluice_track::{DialogueCounts, Dialogues, Ended, NodeKey, Opened};

const TICK_NS: u64 = 1 << 24;
const TIMEOUT_NS: u64 = 100 * TICK_NS - 1;
const PEERS: [u64; 2] = [1, 2];

struct Known {
    number: u64,
    opener: u8,
    responder: Option<u8>,
    last: u64,
}

/// Time in ticks; ids are single octets, so that they come again.
struct Model {
    capacity: usize,
    open: Vec<Known>,
    counts: DialogueCounts,
    look_at: u64,
}

impl Model {
    fn position(&self, id: u8) -> Option<usize> {
        self.open.iter().position(|known| known.opener == id || known.responder == Some(id))
    }

    fn is_old(known: &Known, now: u64) -> bool {
        now - known.last > 100
    }

    fn open(&mut self, id: u8, now: u64) -> Opened {
        if now >= self.look_at {
            match self.open.first() {
                Some(known) if Self::is_old(known, now) => {
                    self.counts.expired += 1;
                    self.open.remove(0);
                }
                oldest => self.look_at = oldest.map_or(now, |known| known.last) + 101,
            }
        }
        let mut outcome = Opened::Fresh;
        let full = self.open.len() == self.capacity;
        let gone = self.position(id).map(|at| (at, Opened::Replaced)).or(full.then_some((0, Opened::Shed)));
        if let Some((at, otherwise)) = gone {
            outcome = if Self::is_old(&self.open.remove(at), now) { Opened::Expired } else { otherwise };
        }
        match outcome {
            Opened::Fresh => {}
            Opened::Replaced => self.counts.replaced += 1,
            Opened::Shed => self.counts.shed += 1,
            Opened::Expired => self.counts.expired += 1,
        }
        self.counts.opened += 1;
        self.open.push(Known { number: self.counts.opened, opener: id, responder: None, last: now });
        outcome
    }

    /// A message of another dialogue of its sender, whose receiver uses an id again.
    fn newer(&self, at: usize, to: Option<u8>, from: Option<u8>) -> Option<usize> {
        let (known, from) = (&self.open[at], from?);
        let is_the_responders = known.responder == to && known.opener != from && known.responder != Some(from);
        self.position(from).filter(|&other| is_the_responders && self.open[other].opener == from)
    }

    fn find(&mut self, to: Option<u8>, from: Option<u8>, now: u64) -> Option<(usize, bool)> {
        let (at, by_to) = match to.and_then(|id| self.position(id)) {
            Some(at) => match self.newer(at, to, from) {
                Some(newer) => (newer, false),
                None => (at, true),
            },
            None => (self.position(from?)?, false),
        };
        if Self::is_old(&self.open[at], now) {
            self.open.remove(at);
            self.counts.expired += 1;
            return None;
        }
        self.open[at].last = now;
        let (number, opener, responder) = (self.open[at].number, self.open[at].opener, self.open[at].responder);
        let answers = by_to && to == Some(opener);
        if let Some(from) = from.filter(|from| answers && *from != opener && Some(*from) != responder) {
            match self.position(from) {
                Some(other) if self.open[other].responder == Some(from) => self.open[other].responder = None,
                Some(other) if Self::is_old(&self.open.remove(other), now) => self.counts.expired += 1,
                Some(_) => self.counts.replaced += 1,
                None => {}
            }
            let at = self.open.iter().position(|known| known.number == number)?;
            self.open[at].responder = Some(from);
            return Some((at, by_to));
        }
        Some((at, by_to))
    }
}

fn key(id: u8) -> NodeKey {
    NodeKey { transaction: id.into(), node: 0 }
}

fn compare(capacity: usize, ids: u8, steps: Vec<(u8, u8, u8, u64)>) -> Result<(), TestCaseError> {
    let mut table = Dialogues::new(capacity, TIMEOUT_NS, 42);
    let mut model = Model { capacity, open: Vec::new(), counts: DialogueCounts::default(), look_at: 0 };
    let (mut counts, mut now) = (DialogueCounts::default(), 0);
    for (what, to, from, later) in steps {
        now += later;
        let (to, from) = (to % ids, from % ids);
        if what < 2 {
            prop_assert_eq!(table.open(key(from), PEERS, now * TICK_NS).1, model.open(from, now));
        } else {
            let (to, from) = ((what != 2).then_some(to), (what < 5).then_some(from));
            let expected = model.find(to, from, now);
            let found = table.find(to.map(key), from.map(key), PEERS, now * TICK_NS);
            let number = found.and_then(|found| table.at(found)).map(|dialogue| dialogue.number);
            prop_assert_eq!(number, expected.map(|(at, _)| model.open[at].number));
            if what >= 4 {
                let ended = expected.filter(|(_, by_to)| *by_to);
                if let Some((at, _)) = ended {
                    model.open.remove(at);
                    model.counts.closed += 1;
                }
                prop_assert_eq!(table.close(found), if ended.is_some() { Ended::Closed } else { Ended::Unknown });
            }
        }
        let taken = table.take_counts();
        counts.opened += taken.opened;
        counts.closed += taken.closed;
        counts.replaced += taken.replaced;
        counts.shed += taken.shed;
        counts.expired += taken.expired;
        prop_assert_eq!(counts, model.counts);
        prop_assert_eq!(table.len(), model.open.len());
        let gone = counts.closed + counts.replaced + counts.shed + counts.expired;
        prop_assert_eq!(counts.opened, gone + table.len() as u64, "every dialogue is accounted for");
    }
    Ok(())
}

fn steps() -> impl Strategy<Value = Vec<(u8, u8, u8, u64)>> {
    let later = prop_oneof![6 => Just(0_u64), 3 => 0..20_u64, 1 => 90..110_u64];
    prop::collection::vec((0..6_u8, any::<u8>(), any::<u8>(), later), 1..150)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, ..ProptestConfig::default() })]

    /// Two dialogues have four ids at most, which even one set of the index holds: nothing is displaced there.
    #[test]
    fn a_full_table_does_what_a_plain_list_does(steps in steps()) {
        compare(2, 7, steps)?;
    }

    #[test]
    fn a_table_with_room_does_what_a_plain_list_does(steps in steps()) {
        compare(4096, 24, steps)?;
    }
}
