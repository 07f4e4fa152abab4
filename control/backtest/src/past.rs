//! Records judged by the former policy and by the new one.

use crate::judge::{self, Judge};
use crate::recorded::unrecorded_rules;
use crate::tally::{Before, Message, Settings, Tally};
use crate::verdict::Verdict;
use sluice_abi::json::to_json;
use sluice_abi::{Facts, record};
use sluice_api::backtest::Backtest;
use sluice_engine::Again;
use sluice_rules::Image;

/// A new policy and what it is compared with.
pub struct Past<'i> {
    former: Option<(Judge<'i>, Again)>,
    new: (Judge<'i>, Again),
    tally: Tally,
    unreadable: u64,
    lost: u64,
}

impl<'i> Past<'i> {
    /// Against the former policy, or without one against the verdicts that were recorded.
    pub fn new(former: Option<Image<'i>>, new: Image<'i>, settings: Settings) -> Self {
        let with_memory = |image| (Judge::new(image), judge::again());
        Self {
            former: former.map(with_memory),
            new: with_memory(new),
            tally: Tally::new(settings),
            unreadable: 0,
            lost: 0,
        }
    }

    /// The next record, with its sequence number.
    pub fn record(&mut self, sequence: u64, record: &[u8]) {
        match record::decode(record) {
            Ok(facts) => self.message(sequence, &facts),
            Err(_) => self.unreadable += 1,
        }
    }

    /// So many records cannot be had any more.
    pub fn lost(&mut self, count: u64) {
        self.lost += count;
    }

    fn message(&mut self, sequence: u64, recorded: &Facts<'_>) {
        let Self { former, new: (new, again), tally, .. } = self;
        let is_covered = tally.covers(recorded);
        let before = match former {
            Some((judge, again)) => former_verdict(judge, again, recorded, tally),
            None => recorded_verdict(recorded, tally),
        };
        let image = *new.image();
        let facts = again.facts(recorded, &image);
        let now = new.judge(&facts);
        if is_covered {
            tally.lacking.count(recorded);
            let privacy = tally.privacy();
            tally.add(&Message::of(sequence, &facts), before, &now, || new.show(&facts, privacy));
        }
    }

    /// The report.
    pub fn finish(self) -> Backtest {
        let Self { former, new: (new, _), tally, unreadable, lost } = self;
        let mut report = tally.finish(new.image());
        report.unjudged.unreadable = unreadable;
        report.unjudged.lost = lost;
        report.unjudged.unrecorded_rules = former.map_or(0, |(judge, _)| unrecorded_rules(judge.image()));
        report
    }
}

fn former_verdict<'i>(judge: &mut Judge<'i>, again: &mut Again, recorded: &Facts<'_>, tally: &Tally) -> Before<'i> {
    let image = *judge.image();
    let facts = again.facts(recorded, &image);
    let verdict = judge.judge(&facts);
    let shown = tally.wants(&verdict).then(|| judge.show(&facts, tally.privacy()));
    Before { verdict, shown }
}

fn recorded_verdict<'r>(recorded: &Facts<'r>, tally: &Tally) -> Before<'r> {
    let verdict = Verdict::recorded(recorded);
    let shown = tally.wants(&verdict).then(|| to_json(recorded, tally.privacy()));
    Before { verdict, shown }
}
