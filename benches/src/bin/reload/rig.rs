//! The dataplane's threads, its housekeeping and the operator, from the first frame to the last record.

use crate::Policies;
use crate::operator::{self, Operator};
use crate::plan::Plan;
use anyhow::{Context, anyhow, ensure};
use sluice_abi::counters::{Counter, Exit, Slot};
use sluice_bench::Load;
use sluice_bench::reload::policies::{DECIDED, WATCHED};
use sluice_bench::reload::port::{Control, Metered, Phase, Time};
use sluice_bench::reload::records::Decided;
use sluice_bench::state::craft::{Kind, Numbers, Template};
use sluice_dataplane::config::Idle;
use sluice_dataplane::cores;
use sluice_dataplane::housekeeping::{Housekeeping, Next, last_policy};
use sluice_dataplane::lane::Lane;
use sluice_dataplane::policy::{LoadedPolicy, Policies as InForce};
use sluice_dataplane::poll::{RingFull, Until};
use sluice_dataplane::runtime::{Lanes, Options, Role, Runtime};
use sluice_engine::Settings;
use sluice_io::memory::Pool;
use sluice_shm::command::Server;
use sluice_shm::counters::{CounterReader, Snapshot};
use sluice_shm::image::{MappedImage, SealedImage};
use sluice_shm::{journal, write_file_durably};
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

/// Frames of the capture, repeated to so many that a repetition is none of a retransmission.
const FRAMES: usize = 200_000;
/// After so many comes one of a sender that a rule knows, by turns of each of the two.
const MARKED_EVERY: usize = 25;
const POOL_FRAMES: usize = 1024;
const FRAME_OCTETS: usize = 2048;
/// Policies that are taken one after another to time the taking.
const TAKEN: usize = 200;
/// More than the caches hold.
const CACHES_OCTETS: usize = 64 << 20;

/// What there was to see.
pub struct Seen {
    /// By the operator.
    pub operator: operator::Seen,
    /// At the source: frames and time of each phase.
    pub source: Vec<Phase>,
    /// At the sink: latencies.
    pub sink: Vec<Phase>,
    /// Counters at the end.
    pub counters: Snapshot,
    /// The journal.
    pub decided: Decided,
    /// Milliseconds to take the usual policy up again, and the largest.
    pub restarted_ms: [f64; 2],
    /// Milliseconds to verify both.
    pub verified_ms: [f64; 2],
    /// Nanoseconds in which a poll core took a policy, caches warm and cold.
    pub taken_ns: [Vec<f64>; 2],
}

impl Seen {
    /// Whether nothing was lost that a core had taken, and every record is by one version.
    ///
    /// # Errors
    /// What was not so.
    pub fn check(&self, plan: &Plan) -> anyhow::Result<()> {
        let at = |counter| self.counters.total(Slot::counter(counter));
        let (received, sent) = (at(Counter::RxFrames), at(Counter::TxFrames));
        ensure!(received == sent && at(Counter::TxDropped) == 0, "{received} frames came in, {sent} went out");
        let by_exit: u64 = Exit::ALL.iter().map(|&exit| self.counters.total(Slot::frame(exit))).sum();
        ensure!(by_exit == received, "{by_exit} of {received} frames left by an exit");
        ensure!(at(Counter::EventsLostRing) + at(Counter::JournalLostDisk) == 0, "records were lost");
        ensure!(at(Counter::JournalRecords) == self.decided.records, "the journal has {}", self.decided.records);
        let (pushed, decided) = (self.operator.version, self.decided.versions.len());
        ensure!(at(Counter::PolicySwaps) >= pushed && at(Counter::PolicyRefused) == 0, "not every policy was taken");
        ensure!(decided >= plan.pushes, "{decided} of {pushed} versions decided");
        ensure!(self.operator.changed_at_ns.len() == plan.pushes, "not every entry was changed");
        Ok(())
    }
}

/// Runs the plan.
///
/// # Errors
/// What could not be set up, was refused or failed.
pub fn run(
    capture: &Path,
    plan: &Plan,
    policies: &Policies,
    is_shared: bool,
    dir: Option<&Path>,
) -> anyhow::Result<Seen> {
    let base = dir.map_or_else(std::env::temp_dir, Path::to_owned);
    std::fs::create_dir_all(&base)?;
    let folder = tempfile::tempdir_in(&base)?;
    let folder = folder.path();
    let [first, last] = ends()?;
    let housekeeper = if is_shared { last } else { first };
    let (time, control) = (Time::new(), Arc::new(Control::default()));
    let (options, image) = (options(folder), folder.join("policy.image"));
    write_file_durably(&image, &policies.usual.under(1))?;
    let server = Server::bind(&folder.join("sock"))?;
    let lanes = vec![lane(&frames(capture)?, time, &control, plan)];
    let pin = move |role| cores::pin(if role == Role::Writer { first } else { last });
    let policy = last_policy(&image)?;
    let mut runtime = Runtime::start(&options, lanes, policy, (move || time, time), pin)?;
    cores::pin(housekeeper)?;
    let mut housekeeping = Housekeeping { server, last_policy: image.clone(), clock: time, about: "\"pid\":1".into() };
    let seen = std::thread::scope(|scope| {
        let sock = folder.join("sock");
        let operator = Operator::new((plan, policies), (&sock, &options.counters), &control, time);
        let operator = scope.spawn(move || operator?.work());
        while !operator.is_finished() {
            if housekeeping.serve(&mut runtime.policies, &mut runtime.traces, &mut runtime.block)? == Next::Stop {
                break;
            }
        }
        operator.join().map_err(|_| anyhow!("the operator panicked"))?
    });
    control.end();
    let lanes = runtime.join()?;
    let mut phases = lanes.iter().flat_map(Lane::ports).map(|port| port.phases().to_vec());
    let (source, sink) = (phases.next().context("no source")?, phases.next().context("no sink")?);
    cores::pin(last)?;
    let restarted =
        [restarted_ms(&image, &policies.usual.under(1))?, restarted_ms(&image, &policies.largest.under(1))?];
    Ok(Seen {
        operator: seen?,
        source,
        sink,
        counters: CounterReader::open(&options.counters)?.snapshot()?,
        decided: Decided::read(&options.journal)?,
        restarted_ms: restarted.map(|[restarted, _]| restarted),
        verified_ms: restarted.map(|[_, verified]| verified),
        taken_ns: [taken_ns(&policies.usual.under(1), 0)?, taken_ns(&policies.usual.under(1), CACHES_OCTETS)?],
    })
}

/// The machine's first core and its last.
fn ends() -> anyhow::Result<[usize; 2]> {
    let mut all: Vec<usize> = core_affinity::get_core_ids().unwrap_or_default().iter().map(|core| core.id).collect();
    all.sort_unstable();
    let (first, last) = all.first().zip(all.last()).context("the cores of this machine cannot be told")?;
    Ok([*first, *last])
}

/// Those of the capture, and among them those of two senders that rules know.
fn frames(capture: &Path) -> anyhow::Result<Arc<Vec<Box<[u8]>>>> {
    let load = Load::read(capture, Some(FRAMES), |_| true)?;
    let template = Template::request(Kind::Submission)?;
    let mut frames: Vec<Box<[u8]>> = Vec::new();
    for (number, frame) in load.frames().into_iter().enumerate() {
        frames.push(frame.octets.into());
        if number % MARKED_EVERY == 0 {
            let tsn = (number / MARKED_EVERY) as u32;
            let subscriber = if tsn.is_multiple_of(2) { DECIDED } else { WATCHED };
            let mut room = vec![0; template.len_octets()];
            template.write(&Numbers { transaction: tsn, subscriber, party: 1 }, tsn + 1, &mut room);
            frames.push(room.into());
        }
    }
    Ok(Arc::new(frames))
}

fn lane(frames: &Arc<Vec<Box<[u8]>>>, time: Time, control: &Arc<Control>, plan: &Plan) -> Lanes<Metered> {
    let pool = Pool::new(POOL_FRAMES, FRAME_OCTETS);
    let source = Metered::source(Arc::clone(frames), &pool, time, control, plan.phases());
    let sink = Metered::sink(&pool, time, control, plan.phases());
    let mut once = Some(vec![Lane::wire_told_by_address("wire".into(), source, sink, Vec::new())]);
    Box::new(move || once.take())
}

fn options(folder: &Path) -> Options {
    Options {
        counters: folder.join("counters"),
        journal: folder.join("journal"),
        journal_config: journal::Config {
            segment_octets: 64 << 20,
            octets_max: 4 << 30,
            when_full: journal::WhenFull::DropOldest,
        },
        commit_interval_ns: 100_000_000,
        engine: Settings::default(),
        idle: Idle::Spin,
        ring_full: RingFull::Lose,
        until: Until::Exhausted,
    }
}

/// Milliseconds to take an image up from its file, and of them to verify it.
fn restarted_ms(path: &Path, image: &[u8]) -> anyhow::Result<[f64; 2]> {
    write_file_durably(path, image)?;
    let start = Instant::now();
    ensure!(last_policy(path)?.is_some(), "no policy to take up");
    let restarted = start.elapsed();
    let mapped = mapped(image)?;
    let start = Instant::now();
    LoadedPolicy::verify(mapped)?;
    Ok([restarted, start.elapsed()].map(|took| took.as_secs_f64() * 1000.0))
}

fn mapped(image: &[u8]) -> anyhow::Result<MappedImage> {
    let sealed = SealedImage::new(image, false)?;
    let length = sealed.length();
    Ok(MappedImage::from_fd(sealed.into(), length)?)
}

/// How long a core needs to take a policy between two bursts, having touched so much memory before.
fn taken_ns(image: &[u8], touched_octets: usize) -> anyhow::Result<Vec<f64>> {
    let both = [LoadedPolicy::verify(mapped(image)?)?, LoadedPolicy::verify(mapped(image)?)?];
    let mut policies = InForce::starting_with(Some(Arc::clone(&both[0])));
    let mut slot = policies.add_core();
    slot.take_new();
    let mut caches = vec![1_u8; touched_octets];
    let mut taken = Vec::with_capacity(TAKEN);
    for policy in both.iter().cycle().take(TAKEN) {
        let mut took = None;
        policies.bring_into_force(Arc::clone(policy), || {
            caches.iter_mut().step_by(64).for_each(|octet| *octet = octet.wrapping_add(1));
            let start = Instant::now();
            if slot.take_new() {
                took = Some(start.elapsed());
            }
            true
        })?;
        taken.extend(took.map(|took| took.as_nanos() as f64));
    }
    Ok(taken)
}
