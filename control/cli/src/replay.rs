//! `sluice replay`: a capture file through the dataplane's own threads, under a policy.
//!
//! Time is the packets' time, nothing waits for anybody but the poll core for the writer, so the same capture and the
//! same policy give the same events. What is written appears under its name only when it is complete.

use crate::args::Replay;
use crate::link::OnlyUnknown;
use crate::output::{self, Progress};
use crate::pace::Paced;
use crate::policy::load;
use anyhow::{Context, bail, ensure};
use sluice_abi::counters::{Count, Counter, Slot, Tally};
use sluice_abi::json::{Privacy, to_json};
use sluice_abi::record;
use sluice_abi::verdict::ACTIONS;
use sluice_dataplane::config::Idle;
use sluice_dataplane::lane::Lane;
use sluice_dataplane::poll::{RingFull, Until};
use sluice_dataplane::runtime::{Lanes, Options, Runtime};
use sluice_engine::Settings;
use sluice_io::capture::{CaptureError, CapturePort, Reader, Writer};
use sluice_io::memory::Pool;
use sluice_io::{LinkType, ManualClock, WallClock};
use sluice_rules::Purpose;
use sluice_shm::counters::CounterReader;
use sluice_shm::journal::{self, Acknowledge, FIRST_SEQUENCE};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

type ReplayPort = Paced<CapturePort>;

/// Frames in flight at once.
const POOL_FRAMES: usize = 1024;
/// The longest frame: an IP packet with its link header.
const FRAME_OCTETS_MAX: usize = 65_536 + 64;

/// Runs it.
pub fn run(args: &Replay) -> anyhow::Result<()> {
    let policy = load(&args.policy)?;
    // A file that cannot be read must be refused before anything is written.
    let link_type = first_link_type(&args.capture)?;
    let work = Work::new(&args.out)?;

    let pool = Pool::new(POOL_FRAMES, FRAME_OCTETS_MAX);
    let out_pcap = work.path.join("out.pcap");
    let writer = args.wire.then(|| Writer::create(&out_pcap, link_type.unwrap_or_default())).transpose();
    let writer = writer.context("out.pcap")?;
    let failed = Arc::default();
    let lanes = lanes(args, &pool, writer, &failed);
    let options = Options {
        counters: work.path.join("counters"),
        journal: work.path.join("journal"),
        journal_config: journal::Config { when_full: journal::WhenFull::StopWriting, ..journal::Config::default() },
        commit_interval_ns: 1_000_000_000,
        engine: Settings { purpose: Purpose::Replay, ..Settings::default() },
        idle: Idle::Yield,
        ring_full: RingFull::Wait,
        until: Until::Exhausted,
    };
    let clocks = (|| ManualClock::new(0), WallClock::new());
    let runtime = Runtime::start(&options, vec![lanes], Some(policy), clocks, |_| Ok(()))?;

    let mut events = Events::open(&options.journal, &work.path.join("events.jsonl"), args)?;
    let progress = Progress::over_file(&args.capture, "replaying");
    let counters = CounterReader::open(&options.counters)?;
    while !runtime.is_finished() {
        if !events.take_new()? {
            let totals = counters.snapshot()?;
            let total = |c| totals.total(Slot::counter(c));
            progress.at(total(Counter::RxOctets) / args.laps, total(Counter::RxFrames));
            std::thread::sleep(Duration::from_millis(2));
        }
    }
    let served = runtime.join()?;
    while events.take_new()? {}
    progress.finish();
    if let Some(error) = failed.get() {
        bail!("{error}; nothing was written to {}", args.out.display());
    }
    for port in served.into_iter().flat_map(Lane::into_ports) {
        let port = port.into_inner();
        if let Some(error) = port.error() {
            bail!("{error}; nothing was written to {}", args.out.display());
        }
        port.finish().context("out.pcap")?;
    }
    let tally = totals(&counters)?;
    OnlyUnknown::check(&tally, link_type).with_context(|| format!("{}", args.capture.display()))?;
    let lost = [Counter::EventsLostRing, Counter::EventsLostSize, Counter::JournalLostDisk];
    let lost: u64 = lost.iter().map(|&counter| tally.at(Slot::counter(counter))).sum();
    ensure!(lost == 0, "{lost} records found no room in {}; nothing was written there", args.out.display());
    events.finish()?;
    std::fs::write(work.path.join("counters.json"), counters_json(&tally)).context("counters.json")?;
    let names: &[&str] =
        if args.wire { &["events.jsonl", "counters.json", "out.pcap"] } else { &["events.jsonl", "counters.json"] };
    for name in names {
        std::fs::rename(work.path.join(name), args.out.join(name)).context(*name)?;
    }
    report(&tally, &args.out);
    Ok(())
}

fn first_link_type(capture: &Path) -> anyhow::Result<Option<LinkType>> {
    let mut reader = Reader::open(capture)?;
    Ok(reader.next()?.map(|record| record.link_type))
}

/// One set of lanes for every lap. A file that cannot be opened any more ends the laps, and `failed` says why.
fn lanes(
    args: &Replay,
    pool: &Pool,
    writer: Option<Writer>,
    failed: &Arc<OnceLock<CaptureError>>,
) -> Lanes<ReplayPort> {
    let failed = Arc::clone(failed);
    let (capture, inside, realtime, pool) = (args.capture.clone(), args.inside.clone(), args.realtime, pool.clone());
    let (mut laps, mut writer, point_codes) = (args.laps, writer, args.point_codes);
    Box::new(move || {
        laps = laps.checked_sub(1)?;
        let port = match CapturePort::open("capture", &capture, &pool) {
            Ok(port) => Paced::new(port, realtime),
            Err(error) => {
                failed.get_or_init(|| error);
                return None;
            }
        };
        let lane = match writer.take() {
            None => Lane::tap("replay".into(), port, inside.clone()),
            Some(writer) => {
                let other = Paced::new(CapturePort::output_only("out", &pool).with_output(writer), false);
                Lane::wire_told_by_address("replay".into(), port, other, inside.clone())
            }
        };
        Some(vec![lane.with_point_codes(point_codes.into())])
    })
}

/// The directory in which everything grows, inside the one where it will be; removed at the end, whatever the end is,
/// and the one around it too if it was made for this and has remained empty.
struct Work {
    path: PathBuf,
    made: Option<PathBuf>,
}

impl Work {
    fn new(out: &Path) -> anyhow::Result<Self> {
        let made = (!out.exists()).then(|| out.to_owned());
        let path = out.join(format!(".replay-{}", std::process::id()));
        std::fs::create_dir_all(&path).with_context(|| format!("{}", path.display()))?;
        Ok(Self { path, made })
    }
}

impl Drop for Work {
    fn drop(&mut self) {
        let _gone_or_in_the_way = std::fs::remove_dir_all(&self.path);
        if let Some(out) = &self.made {
            let _has_the_results_in_it = std::fs::remove_dir(out);
        }
    }
}

/// From the journal to events.jsonl.
struct Events {
    reader: journal::Reader,
    acknowledge: Acknowledge,
    out: BufWriter<std::fs::File>,
    privacy: Privacy,
    next: u64,
}

impl Events {
    fn open(journal: &Path, path: &Path, args: &Replay) -> anyhow::Result<Self> {
        Ok(Self {
            reader: journal::Reader::open(journal, FIRST_SEQUENCE)?,
            acknowledge: Acknowledge::open(journal, "replay")?,
            out: BufWriter::new(std::fs::File::create(path).context("events.jsonl")?),
            privacy: if args.masked { Privacy::Masked } else { Privacy::Clear },
            next: FIRST_SEQUENCE,
        })
    }

    /// Writes what has come; says whether anything had.
    fn take_new(&mut self) -> anyhow::Result<bool> {
        const BATCH: usize = 10_000;
        let mut taken = 0;
        while taken < BATCH
            && let Some(found) = self.reader.next()?
        {
            let facts = record::decode(found.payload).context("a record of the journal")?;
            writeln!(self.out, "{}", to_json(&facts, self.privacy)).context("events.jsonl")?;
            self.next = found.sequence + 1;
            taken += 1;
        }
        if taken > 0 {
            self.acknowledge.store(self.next)?;
        }
        Ok(taken > 0)
    }

    fn finish(mut self) -> anyhow::Result<()> {
        self.out.flush().context("events.jsonl")
    }
}

fn totals(counters: &CounterReader) -> anyhow::Result<Tally> {
    let snapshot = counters.snapshot()?;
    let mut tally = Tally::default();
    for slot in Slot::all() {
        tally.add(slot, snapshot.total(slot));
    }
    Ok(tally)
}

fn counters_json(tally: &Tally) -> String {
    let all = Slot::all().map(|slot| (slot.name(), serde_json::Value::from(tally.at(slot))));
    format!("{:#}\n", serde_json::Value::Object(all.collect()))
}

fn report(tally: &Tally, out: &Path) {
    let at = |counter| tally.at(Slot::counter(counter));
    let rows = ACTIONS.iter().filter_map(|action| {
        let slot = Slot::all().find(|s| s.name() == format!("verdict.{action}"))?;
        Some([action.to_string(), tally.at(slot).to_string()]).filter(|[_, n]| n != "0")
    });
    println!("{}", output::table(["verdict", "messages"], rows));
    println!(
        "{} frames; {} records in {}",
        at(Counter::RxFrames),
        at(Counter::JournalRecords),
        out.join("events.jsonl").display()
    );
}
