//! What a run came to, from the counters the dataplane itself keeps, and the line that is printed.

use crate::Rounds;
use crate::port::Span;
use sluice_abi::counters::{Counter, Exit, Slot};
use sluice_abi::histogram::{BUCKETS, highest_in};
use sluice_bench::timing::{median, range};
use sluice_io::PortStats;
use sluice_shm::counters::Snapshot;
use std::fmt;

/// One run.
#[derive(Clone, Debug)]
pub struct Outcome {
    spans: Vec<Span>,
    received: u64,
    judged: u64,
    duplicates: u64,
    frames_lost: u64,
    records: u64,
    records_lost: u64,
    latencies: Box<[u64; BUCKETS]>,
}

impl Outcome {
    /// From the spans of the lanes, what their ports say, and the counters.
    pub fn new(spans: Vec<Span>, ports: Vec<PortStats>, counters: &Snapshot) -> Self {
        let counter = |counter| counters.total(Slot::counter(counter));
        let chunk = |exit| counters.total(Slot::chunk(exit));
        let received = counter(Counter::RxFrames);
        let missed: u64 =
            ports.iter().map(|port| port.rx_missed + port.rx_no_buffer + port.rx_errors + port.tx_errors).sum();
        Self {
            spans,
            received,
            judged: chunk(Exit::Judged),
            duplicates: chunk(Exit::SctpDuplicate),
            frames_lost: received.abs_diff(counter(Counter::TxFrames)) + counter(Counter::TxDropped) + missed,
            records: counter(Counter::JournalRecords),
            records_lost: counter(Counter::EventsLostRing) + counter(Counter::JournalLostDisk),
            latencies: counters.total_buckets(),
        }
    }

    /// CPU time of the poll threads for each frame.
    fn cpu_ns(&self) -> f64 {
        self.spans.iter().map(|span| span.cpu.as_nanos() as f64).sum::<f64>() / self.received.max(1) as f64
    }

    /// From the first frame to the last, in seconds: that of the slowest core.
    fn wall_s(&self) -> f64 {
        self.spans.iter().map(|span| span.wall.as_secs_f64()).fold(0.0, f64::max)
    }

    /// Microseconds that this share of the messages took at most from the arrival of their burst to the verdict.
    fn latency_us(&self, share: f64) -> Option<f64> {
        let total: u64 = self.latencies.iter().sum();
        let wanted = (total as f64 * share).ceil() as u64;
        let mut so_far = 0;
        let bucket = self.latencies.iter().position(|count| {
            so_far += count;
            so_far >= wanted
        });
        bucket.filter(|_| total > 0).map(|bucket| highest_in(bucket) as f64 / 1000.0)
    }
}

/// The line that is printed.
pub struct Row {
    name: String,
    alone_ns: Option<f64>,
    cpu_ns: Vec<f64>,
    middle: Option<Outcome>,
    /// Frames lost in all rounds.
    pub frames_lost: u64,
    records_lost: u64,
    records: u64,
}

impl Row {
    /// What the columns are.
    pub const HEADINGS: &'static str = "a frame                         alone   ns min   median      max  M frames/s   M msg/s  \
                                        judged  p50 µs  p99 µs p99.9 µs   lost   records not kept";

    /// The round in the middle, and what was lost in all of them.
    pub fn of(name: String, rounds: &Rounds) -> Self {
        let cpu_ns: Vec<f64> = rounds.outcomes.iter().map(Outcome::cpu_ns).collect();
        let middle = median(&cpu_ns);
        let sum = |of: fn(&Outcome) -> u64| rounds.outcomes.iter().map(of).sum();
        Self {
            name,
            alone_ns: (!rounds.alone_ns.is_empty()).then(|| median(&rounds.alone_ns)),
            middle: rounds.outcomes.iter().find(|outcome| outcome.cpu_ns() == middle).cloned(),
            cpu_ns,
            frames_lost: sum(|o| o.frames_lost),
            records_lost: sum(|o| o.records_lost),
            records: sum(|o| o.records),
        }
    }

    /// Nanoseconds a frame that are not the engine's.
    pub fn around_ns(&self) -> Option<f64> {
        Some(median(&self.cpu_ns) - self.alone_ns?)
    }
}

impl fmt::Display for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(middle) = &self.middle else { return f.write_str("no round was run") };
        let shown = |value: Option<f64>, digits: usize| value.map_or("-".to_owned(), |v| format!("{v:.digits$}"));
        let (least, most) = range(&self.cpu_ns);
        let rate = |count: u64| count as f64 / middle.wall_s() / 1e6;
        let messages = middle.judged + middle.duplicates;
        let judged = (messages > 0).then(|| middle.judged as f64 * 100.0 / messages as f64);
        write!(
            f,
            "{:<29} {:>7} {least:>8.1} {:>8.1} {most:>8.1} {:>11.3} {:>9.3} {:>6}% {:>7} {:>7} {:>8} {:>6} {:>8} of {}",
            self.name,
            shown(self.alone_ns, 1),
            median(&self.cpu_ns),
            rate(middle.received),
            rate(middle.judged),
            shown(judged, 1),
            shown(middle.latency_us(0.5), 1),
            shown(middle.latency_us(0.99), 1),
            shown(middle.latency_us(0.999), 1),
            self.frames_lost,
            self.records_lost,
            self.records + self.records_lost,
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sluice_abi::histogram::bucket_of;
    use std::time::Duration;

    fn outcome(cpu_ms: u64) -> Outcome {
        let mut latencies = Box::new([0; BUCKETS]);
        latencies[bucket_of(1_000)] = 990;
        latencies[bucket_of(50_000)] = 10;
        let span = Span { wall: Duration::from_millis(500), cpu: Duration::from_millis(cpu_ms) };
        let (received, judged) = (1_000_000, 900_000);
        let rest = (0, 900_000, 0);
        Outcome {
            spans: vec![span],
            received,
            judged,
            duplicates: 100_000,
            frames_lost: rest.0,
            records: rest.1,
            records_lost: rest.2,
            latencies,
        }
    }

    #[test]
    fn a_share_of_the_messages_took_at_most_the_end_of_its_bucket() {
        let outcome = outcome(300);
        let within = |us: Option<f64>, low, high| us.is_some_and(|us| us >= low && us <= high);
        assert!(within(outcome.latency_us(0.5), 1.0, 1.04));
        assert!(within(outcome.latency_us(0.99), 1.0, 1.04));
        assert!(within(outcome.latency_us(0.999), 50.0, 52.0));
    }

    #[test]
    fn the_line_shows_the_round_in_the_middle_and_what_ports_and_loop_add() {
        let rounds = Rounds { alone_ns: vec![200.0], outcomes: vec![outcome(400), outcome(300), outcome(310)] };
        let row = Row::of("x".to_owned(), &rounds);
        assert!(row.around_ns().is_some_and(|ns| (ns - 110.0).abs() < 1e-9));
        let line = row.to_string();
        let shown: Vec<&str> = line.split_whitespace().collect();
        assert_eq!(shown[..8], ["x", "200.0", "300.0", "310.0", "400.0", "2.000", "1.800", "90.0%"]);
        assert!(line.ends_with("0 of 2700000"), "{line}");
    }
}
