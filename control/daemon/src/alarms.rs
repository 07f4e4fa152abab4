//! Alarms on counters: how fast one grows, or its share of another, over a while.
//!
//! ```text
//!          above the limit, over the whole time            below four fifths of it, over the whole time
//!  quiet ─────────────────────────────────────▶ raised ─────────────────────────────────────────────▶ quiet
//! ```
//! Pure: time and counters come as arguments. Raising and clearing is told like everything that is wrong with the machine.

use crate::config::Alarm;
use sluice_abi::counters::Slot;
use sluice_platform::sensors::{Kind, Reading};
use sluice_shm::counters::Snapshot;
use std::collections::VecDeque;
use std::time::Instant;

/// The alarms, and what they have seen.
pub struct Alarms(Vec<Watched>);

struct Watched {
    alarm: Alarm,
    generation: u64,
    /// From one at the beginning of the time on: when, the counter, the one it is a share of.
    samples: VecDeque<(Instant, u64, u64)>,
    fault: Option<String>,
}

/// An alarm is over below this part of its limit.
const QUIET: f64 = 0.8;

impl Alarms {
    /// Of the configuration.
    pub fn new(alarms: Vec<Alarm>) -> Self {
        let watched = |alarm| Watched { alarm, generation: 0, samples: VecDeque::new(), fault: None };
        Self(alarms.into_iter().map(watched).collect())
    }

    /// Takes a look at the counters, where there are some; what is raised stays so while there are none.
    pub fn look(&mut self, now: Instant, snapshot: Option<&Snapshot>) -> Vec<Reading> {
        let look = |watched: &mut Watched| {
            if let Some(snapshot) = snapshot {
                watched.look(now, snapshot);
            }
            Reading::of(Kind::Counter, &watched.alarm.name, watched.fault.clone())
        };
        self.0.iter_mut().map(look).collect()
    }
}

impl Watched {
    fn look(&mut self, now: Instant, snapshot: &Snapshot) {
        if snapshot.generation != self.generation {
            // Counters begin anew, and so does the time.
            self.samples.clear();
            self.generation = snapshot.generation;
        }
        let of = self.alarm.share_of.map_or(0, |of| snapshot.total(of.0));
        self.samples.push_back((now, snapshot.total(self.alarm.counter.0), of));
        while self.samples.get(1).is_some_and(|(at, ..)| now.duration_since(*at) >= self.alarm.over) {
            self.samples.pop_front();
        }
        let Some(amount) = self.amount(now) else { return };
        let limit = self.alarm.above * if self.fault.is_some() { QUIET } else { 1.0 };
        self.fault = (amount > limit).then(|| self.describe(amount));
    }

    /// A second, or of each of the others; `None` where the whole time was not seen yet, or nothing came of the others.
    fn amount(&self, now: Instant) -> Option<f64> {
        let ((begun, first, first_of), (_, last, last_of)) = (self.samples.front()?, self.samples.back()?);
        let time = now.duration_since(*begun);
        if time < self.alarm.over {
            return None;
        }
        let more = last.saturating_sub(*first) as f64;
        match self.alarm.share_of {
            None => Some(more / time.as_secs_f64()),
            Some(_) => Some(last_of.saturating_sub(*first_of)).filter(|of| *of > 0).map(|of| more / of as f64),
        }
    }

    fn describe(&self, amount: f64) -> String {
        let Alarm { counter, share_of, above, over, .. } = &self.alarm;
        let (counter, over) = (counter.0.name(), humantime::format_duration(*over));
        match share_of {
            None => format!("{counter}: {amount:.1} a second over {over}, where {above} is the limit"),
            Some(of) => format!(
                "{counter}: {:.2} % of {} over {over}, where {} % is the limit",
                amount * 100.0,
                of.0.name(),
                above * 100.0
            ),
        }
    }
}

/// The counter with this name.
pub fn counter(name: &str) -> Option<Slot> {
    Slot::all().find(|slot| slot.name() == name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Named;
    use sluice_abi::counters::{Count as _, Counter};
    use sluice_shm::counters::{Block, CounterFile, CounterReader};
    use std::time::Duration;

    struct Rig {
        _dir: tempfile::TempDir,
        reader: CounterReader,
        block: Block,
        alarms: Alarms,
        now: Instant,
    }

    fn rig(above: f64, share_of: Option<&str>) -> Rig {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("counters");
        let (_, mut blocks) = CounterFile::create(&path, &["core 1"]).unwrap();
        let named = |name: &str| Named(counter(name).unwrap());
        let alarm = Alarm {
            name: "lost".into(),
            counter: named("tx.dropped"),
            share_of: share_of.map(named),
            above,
            over: Duration::from_secs(10),
        };
        let reader = CounterReader::open(&path).unwrap();
        let block = blocks.remove(0);
        Rig { _dir: dir, reader, block, alarms: Alarms::new(vec![alarm]), now: Instant::now() }
    }

    impl Rig {
        /// Counts for so many seconds, a look each; gives what is wrong at the end.
        fn run(&mut self, seconds: u32, dropped: u64, received: u64) -> Option<String> {
            let mut fault = None;
            for _ in 0..seconds {
                self.now += Duration::from_secs(1);
                self.block.count(Counter::TxDropped, dropped);
                self.block.count(Counter::RxFrames, received);
                let readings = self.alarms.look(self.now, Some(&self.reader.snapshot().unwrap()));
                fault = readings[0].fault.clone();
            }
            fault
        }
    }

    #[test]
    fn an_alarm_is_raised_over_the_whole_time_and_is_over_well_below_its_limit() {
        let mut rig = rig(10.0, None);
        assert_eq!(rig.run(10, 50, 0), None, "the time is not over");
        let what = rig.run(1, 50, 0).unwrap();
        assert_eq!(what, "tx.dropped: 50.0 a second over 10s, where 10 is the limit");
        assert!(rig.run(30, 9, 0).is_some(), "just below is not quiet");
        assert_eq!(rig.run(30, 7, 0), None);
        assert_eq!(rig.run(30, 9, 0), None, "just below is not raised");
        // Without counters nothing is known, and nothing changes.
        rig.run(30, 50, 0);
        assert!(rig.alarms.look(rig.now, None)[0].fault.is_some());
    }

    #[test]
    fn a_share_is_one_of_what_came_and_nothing_is_said_where_nothing_came() {
        let mut rig = rig(0.01, Some("rx.frames"));
        assert_eq!(rig.run(30, 5, 1_000), None);
        let what = rig.run(30, 25, 1_000).unwrap();
        assert_eq!(what, "tx.dropped: 2.50 % of rx.frames over 10s, where 1 % is the limit");
        assert!(rig.run(30, 0, 0).is_some(), "it says nothing of an empty line");
        assert_eq!(rig.run(30, 0, 1_000), None);
    }
}
