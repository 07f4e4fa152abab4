//! Measures the log of events: how fast it takes them in, what it needs for that, and how soon it finds one among many.
//!
//! ```text
//! store fill FOLDER --events N       takes in N made-up events, in batches as the daemon does
//! store search FOLDER --times N      looks for numbers, whole and with a rule, for words, for what is not there
//! store rows N                       the same events as comma-separated rows, for others
//! ```

mod messages;

use anyhow::{Context as _, ensure};
use clap::{Parser, Subcommand};
use hdrhistogram::Histogram;
use messages::message;
use sluice_bench::clock::cpu_time;
use sluice_events::{Item, Key, Log, Query};
use std::fs::{self, File};
use std::io::{BufWriter, Write as _};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

#[derive(Parser)]
#[command(about = "Measures the log of events")]
struct Arguments {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    /// Take events in.
    Fill {
        folder: PathBuf,
        #[arg(long, default_value_t = 10_000_000)]
        events: u64,
    },
    /// Look for some.
    Search {
        folder: PathBuf,
        #[arg(long, default_value_t = 200)]
        times: u64,
    },
    /// Write them for others.
    Rows { events: u64 },
}

fn main() -> anyhow::Result<()> {
    match Arguments::parse().what {
        What::Fill { folder, events } => fill(&folder, events),
        What::Search { folder, times } => search(&folder, times),
        What::Rows { events } => rows(events),
    }
}

fn fill(folder: &Path, events: u64) -> anyhow::Result<()> {
    ensure!(events.is_multiple_of(10 * BATCH), "give a multiple of {}", 10 * BATCH);
    let (log, mut writer) = Log::open(folder)?;
    ensure!(log.position().next.is_none(), "{} has events already", folder.display());
    println!(
        "{:>12} {:>12} {:>10} {:>10} {:>9} {:>11}",
        "events", "events/s", "cpu ns", "p99.9 ms", "rss MiB", "octets each"
    );
    let mut next = 1;
    for _ in 0..10 {
        let (mut wall, mut cpu) = (Duration::ZERO, Duration::ZERO);
        let mut batches = Histogram::<u64>::new(3)?;
        for _ in 0..events / 10 / BATCH {
            let batch: Vec<Item> = (next..next + BATCH)
                .map(|sequence| Ok(Item::Record { sequence, payload: message(sequence).record()? }))
                .collect::<anyhow::Result<_>>()?;
            next += BATCH;
            let (begun, used) = (Instant::now(), cpu_time());
            ensure!(writer.append(&batch, next)? == 0, "an unreadable record");
            cpu += cpu_time() - used;
            wall += begun.elapsed();
            batches.record(begun.elapsed().as_micros() as u64)?;
        }
        let part = events / 10;
        println!(
            "{:>12} {:>12.0} {:>10.0} {:>10.1} {:>9} {:>11.1}",
            next - 1,
            part as f64 / wall.as_secs_f64(),
            cpu.as_nanos() as f64 / part as f64,
            batches.value_at_quantile(0.999) as f64 / 1e3,
            resident_mib()?,
            log.octets() as f64 / log.count() as f64,
        );
    }
    Ok(())
}

fn search(folder: &Path, times: u64) -> anyhow::Result<()> {
    let begun = Instant::now();
    let (log, _writer) = Log::open(folder)?;
    let span = log.span().context("no events")?;
    println!(
        "{} events opened in {:.2} s, {} MiB resident",
        log.count(),
        begun.elapsed().as_secs_f64(),
        resident_mib()?
    );
    let number = |n| Key::Number(message(n).msisdn);
    let kinds: [(&str, &dyn Fn(u64) -> Query); 5] = [
        ("number, all of its events", &|n| of(vec![number(n)])),
        ("number and rule", &|n| of(vec![number(n), Key::Rule("rule-1".into())])),
        ("two words", &|n| of(Key::words(&message(n).text_beginning()))),
        ("a number that is not there", &|n| of(vec![Key::Number(format!("123{n}"))])),
        ("the newest hundred", &|_| of(vec![])),
    ];
    println!("{:<30} {:>6} {:>9} {:>9} {:>9} {:>9} {:>9}", "", "cold", "found", "p50 ms", "p90 ms", "p99 ms", "max ms");
    for (name, query) in kinds {
        for is_cold in [false, true] {
            let (mut took, mut found) = (Histogram::<u64>::new(3)?, 0);
            for time in 0..times {
                // Spread over all of them.
                let n =
                    span.first + (span.last - span.first) / times * time + time * 7_919 % (span.last / times).max(1);
                let query = query(n);
                if is_cold {
                    forget(folder)?;
                }
                let begun = Instant::now();
                found += log.some(&query)?.len();
                took.record(begun.elapsed().as_micros() as u64)?;
            }
            let at = |quantile| took.value_at_quantile(quantile) as f64 / 1e3;
            let (each, cold) = (found as f64 / times as f64, if is_cold { "yes" } else { "no" });
            let [p50, p90, p99, max] = [at(0.5), at(0.9), at(0.99), at(1.0)];
            println!("{name:<30} {cold:>6} {each:>9.1} {p50:>9.2} {p90:>9.2} {p99:>9.2} {max:>9.2}");
        }
    }
    Ok(())
}

fn of(keys: Vec<Key>) -> Query {
    Query { keys, newest: true, limit: 100, ..Query::default() }
}

fn rows(events: u64) -> anyhow::Result<()> {
    let mut out = BufWriter::new(std::io::stdout().lock());
    writeln!(out, "id,time,msisdn,imsi,sender,calling,called,centre,rule,action,text")?;
    for n in 1..=events {
        writeln!(out, "{}", message(n).row(n))?;
    }
    Ok(out.flush()?)
}

/// Nothing of the files stays in memory.
#[allow(unsafe_code, reason = "one call into C that the standard library does not offer")]
fn forget(folder: &Path) -> anyhow::Result<()> {
    use std::os::fd::AsRawFd as _;
    for entry in fs::read_dir(folder)? {
        let file = File::open(entry?.path())?;
        // SAFETY: the descriptor is open, and the call changes nothing of the process's memory.
        let failed = unsafe { libc::posix_fadvise(file.as_raw_fd(), 0, 0, libc::POSIX_FADV_DONTNEED) } != 0;
        ensure!(!failed, "the kernel keeps what it has read");
    }
    Ok(())
}

fn resident_mib() -> anyhow::Result<u64> {
    let status = fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).context("no VmRSS")?;
    Ok(line.trim().trim_end_matches("kB").trim().parse::<u64>()? >> 10)
}

/// As the daemon takes them at most.
const BATCH: u64 = 4_000;
