//! Who pushes: the control side's way, over the socket, at set times. Its sleeps are the pace of the load: nothing is
//! waited for by them.

use crate::Policies;
use crate::plan::{LOAD, Plan};
use anyhow::ensure;
use sluice_abi::command::{Code, Request};
use sluice_abi::counters::{Counter, Slot};
use sluice_bench::reload::policies::{LIST, Policy, WATCHED};
use sluice_bench::reload::port::{Control, Time};
use sluice_bench::state::craft::msisdn;
use sluice_bench::timing::median;
use sluice_io::Clock;
use sluice_rules::{Change, ListKind, changes};
use sluice_shm::command::Client;
use sluice_shm::counters::CounterReader;
use sluice_shm::image::SealedImage;
use std::ops::Range;
use std::os::fd::AsFd;
use std::path::Path;
use std::thread::sleep;
use std::time::{Duration, Instant};

/// What it saw.
#[derive(Default)]
pub struct Seen {
    /// Milliseconds from handing a policy over to the answer.
    pub pushed_ms: Vec<f64>,
    /// Of each part, and of the largest.
    pub parts_ms: Vec<f64>,
    /// Milliseconds from writing a change of one entry to the answer.
    pub changed_ms: Vec<f64>,
    /// From when such a change was begun until it was to be undone, in nanoseconds since the epoch.
    pub changed_at_ns: Vec<Range<u64>>,
    /// The last version.
    pub version: u64,
    /// Nanoseconds between two frames at the rate.
    pub interval_ns: u64,
}

/// The operator.
pub struct Operator<'r> {
    plan: &'r Plan,
    policies: &'r Policies,
    control: &'r Control,
    time: Time,
    client: Client,
    counters: CounterReader,
    seen: Seen,
}

/// An answer comes within this: the largest policy goes to disk first.
const PATIENCE: Duration = Duration::from_secs(60);
/// So long an entry stays on the list.
const STAYS: Duration = Duration::from_millis(30);

impl<'r> Operator<'r> {
    /// With version 1 in force.
    ///
    /// # Errors
    /// That nobody listens.
    pub fn new(
        (plan, policies): (&'r Plan, &'r Policies),
        (socket, counters): (&Path, &Path),
        control: &'r Control,
        time: Time,
    ) -> anyhow::Result<Self> {
        let client = Client::connect(socket, PATIENCE)?;
        let counters = CounterReader::open(counters)?;
        let seen = Seen { version: 1, ..Seen::default() };
        Ok(Self { plan, policies, control, time, client, counters, seen })
    }

    /// The whole plan, to the end of the dataplane.
    ///
    /// # Errors
    /// What was refused.
    pub fn work(mut self) -> anyhow::Result<Seen> {
        let done = self.all();
        self.control.end();
        self.client.ask(&Request::Stop, None)?;
        done.map(|()| self.seen)
    }

    fn all(&mut self) -> anyhow::Result<()> {
        self.full_speed()?;
        self.begin(self.plan.before());
        sleep(self.plan.aside);
        self.begin(self.plan.during());
        for _ in 0..self.plan.pushes {
            let start = Instant::now();
            let took = self.push(&self.policies.usual)?;
            self.seen.pushed_ms.push(took);
            self.change_one_entry()?;
            sleep(self.plan.every.saturating_sub(start.elapsed()));
        }
        self.begin(self.plan.parts());
        for (_, _, policy) in &self.policies.parts {
            let took = self.push(policy)?;
            self.seen.parts_ms.push(took);
        }
        self.begin(self.plan.largest());
        let took = self.push(&self.policies.largest)?;
        self.seen.parts_ms.push(took);
        self.push(&self.policies.usual)?;
        self.begin(self.plan.after());
        sleep(self.plan.aside);
        Ok(())
    }

    /// In turn without pushes and with; from those without comes the rate for the rest.
    fn full_speed(&mut self) -> anyhow::Result<()> {
        let mut rates = Vec::new();
        for pair in 0..self.plan.pairs {
            self.control.begin(self.plan.full_speed(pair, false), 0);
            let (start, before) = (Instant::now(), self.frames()?);
            sleep(self.plan.half);
            // On a machine with other work the poll core may not have had its turn: no rate, and no interval from it.
            while self.frames()? == before {
                sleep(self.plan.half);
            }
            rates.push((self.frames()? - before) as f64 / start.elapsed().as_secs_f64());
            self.control.begin(self.plan.full_speed(pair, true), 0);
            let start = Instant::now();
            while start.elapsed() < self.plan.half {
                let turn = Instant::now();
                self.push(&self.policies.usual)?;
                sleep(self.plan.every.saturating_sub(turn.elapsed()));
            }
        }
        self.seen.interval_ns = (1e9 / (median(&rates) * LOAD)) as u64;
        Ok(())
    }

    fn begin(&self, phase: usize) {
        self.control.begin(phase, self.seen.interval_ns);
    }

    fn frames(&self) -> anyhow::Result<u64> {
        Ok(self.counters.snapshot()?.total(Slot::counter(Counter::RxFrames)))
    }

    /// Milliseconds from the image to the answer.
    fn push(&mut self, policy: &Policy) -> anyhow::Result<f64> {
        let version = self.seen.version + 1;
        let image = policy.under(version);
        let start = Instant::now();
        self.hand_over(&image, |length| Request::Push { version, length })?;
        self.seen.version = version;
        Ok(start.elapsed().as_secs_f64() * 1000.0)
    }

    /// One number onto the list, and off it again.
    fn change_one_entry(&mut self) -> anyhow::Result<()> {
        let version = self.seen.version;
        for until_s in [Change::STAYS, Change::REMOVED] {
            let (start, start_ns) = (Instant::now(), self.time.now_ns());
            let entry = msisdn(WATCHED).to_string();
            let change = Change { list: LIST.to_owned(), kind: ListKind::Exact, entry, until_s };
            self.hand_over(&changes::build(version, &[change])?, |length| Request::Changes { version, length })?;
            self.seen.changed_ms.push(start.elapsed().as_secs_f64() * 1000.0);
            if until_s == Change::STAYS {
                sleep(STAYS);
                self.seen.changed_at_ns.push(start_ns..self.time.now_ns());
            }
        }
        Ok(())
    }

    fn hand_over(&mut self, octets: &[u8], request: impl Fn(u64) -> Request) -> anyhow::Result<()> {
        let sealed = SealedImage::new(octets, false)?;
        let reply = self.client.ask(&request(sealed.length()), Some(sealed.as_fd()))?;
        ensure!(reply.code == Code::Done, "{}", reply.text);
        Ok(())
    }
}
