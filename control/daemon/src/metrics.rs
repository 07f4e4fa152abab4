//! Counters and state for Prometheus: text exposition format, version 0.0.4.
//!
//! ```text
//! # HELP sluice_rx_frames_total Frames received.
//! # TYPE sluice_rx_frames_total counter
//! sluice_rx_frames_total{core="core 1"} 12
//! ```
//! Every counter is a family of its own with one series per block. Exits are two families, `sluice_frame_exits_total`
//! and `sluice_chunk_exits_total`, with the exit as a label, so that their sum means something. The latency is a
//! summary in seconds, as base units are asked for.

use crate::counters::latency;
use sluice_abi::counters::Slot;
use sluice_api::counters::Latency;
use sluice_shm::counters::Snapshot;
use std::fmt::Write as _;

/// Content type of the answer.
pub const CONTENT_TYPE: &str = "text/plain; version=0.0.4; charset=utf-8";

/// What is known besides the counters.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Gauges {
    /// Whether the dataplane answers.
    pub dataplane_up: bool,
    /// Policy in force; 0 for none.
    pub policy_version: u64,
    /// Records written and not yet stored.
    pub journal_lag: u64,
    /// Records that cannot be had any more.
    pub journal_lost: u64,
    /// Sequence number stored next.
    pub journal_stored: u64,
    /// Size of the store.
    pub store_bytes: u64,
}

/// The whole text. Without a dataplane that ever ran there are only the daemon's own values.
pub fn render(snapshot: Option<&Snapshot>, gauges: Gauges) -> String {
    let mut out = Exposition(String::with_capacity(32 * 1024));
    out.gauge("sluice_dataplane_up", "Whether the dataplane answers.", u64::from(gauges.dataplane_up));
    out.gauge("sluice_policy_version", "Version of the policy in force, 0 for none.", gauges.policy_version);
    out.gauge("sluice_journal_lag_records", "Records written and not yet stored.", gauges.journal_lag);
    out.gauge("sluice_journal_stored_sequence", "Journal sequence number stored next.", gauges.journal_stored);
    out.family("sluice_journal_lost_records_total", "Records that cannot be had any more.", "counter");
    out.line("sluice_journal_lost_records_total", &[], gauges.journal_lost);
    out.gauge("sluice_store_size_bytes", "Size of the daemon's store.", gauges.store_bytes);
    if let Some(snapshot) = snapshot {
        counters(&mut out, snapshot);
        latencies(&mut out, snapshot);
    }
    out.0
}

fn counters(out: &mut Exposition, snapshot: &Snapshot) {
    let mut open = "";
    for slot in Slot::all() {
        let name = slot.name();
        let (family, exit) = match name.split_once('.') {
            Some(("frame", exit)) => ("sluice_frame_exits_total".to_owned(), exit),
            Some(("chunk", exit)) => ("sluice_chunk_exits_total".to_owned(), exit),
            _ => (format!("sluice_{}_total", name.replace('.', "_")), ""),
        };
        match exit {
            "" => out.family(&family, slot.help(), "counter"),
            _ if open == family => {}
            _ => {
                open = if family.starts_with("sluice_frame") { FRAMES.0 } else { CHUNKS.0 };
                let help = if open == FRAMES.0 { FRAMES.1 } else { CHUNKS.1 };
                out.family(&family, help, "counter");
            }
        }
        for block in &snapshot.blocks {
            let labels = [("core", block.label.as_str()), ("exit", exit)];
            out.line(&family, if exit.is_empty() { &labels[..1] } else { &labels }, block.at(slot));
        }
    }
}

const FRAMES: (&str, &str) = ("sluice_frame_exits_total", "Frames by the exit they left the decoder by.");
const CHUNKS: (&str, &str) = ("sluice_chunk_exits_total", "DATA chunks by the exit they left the decoder by.");

fn latencies(out: &mut Exposition, snapshot: &Snapshot) {
    const NAME: &str = "sluice_latency_seconds";
    out.family(NAME, "From the arrival of a burst to the end of judging.", "summary");
    for block in &snapshot.blocks {
        let Latency { count, p50_ns, p90_ns, p99_ns, p999_ns, max_ns, sum_ns } = latency(&block.buckets);
        let core = ("core", block.label.as_str());
        for (quantile, ns) in [("0.5", p50_ns), ("0.9", p90_ns), ("0.99", p99_ns), ("0.999", p999_ns), ("1", max_ns)] {
            out.line(NAME, &[core, ("quantile", quantile)], Seconds(ns));
        }
        out.line(&format!("{NAME}_sum"), &[core], Seconds(sum_ns));
        out.line(&format!("{NAME}_count"), &[core], count);
    }
}

/// Nanoseconds shown as seconds, exactly.
struct Seconds(u64);

impl std::fmt::Display for Seconds {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.{:09}", self.0 / 1_000_000_000, self.0 % 1_000_000_000)
    }
}

struct Exposition(String);

impl Exposition {
    fn family(&mut self, name: &str, help: &str, kind: &str) {
        let help = help.replace('\\', "\\\\").replace('\n', "\\n");
        let _ = write!(self.0, "# HELP {name} {help}\n# TYPE {name} {kind}\n");
    }

    fn gauge(&mut self, name: &str, help: &str, value: u64) {
        self.family(name, help, "gauge");
        self.line(name, &[], value);
    }

    fn line(&mut self, name: &str, labels: &[(&str, &str)], value: impl std::fmt::Display) {
        self.0.push_str(name);
        for (i, (label, text)) in labels.iter().enumerate() {
            let text = text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n");
            let _ = write!(self.0, "{}{label}=\"{text}\"", if i == 0 { '{' } else { ',' });
        }
        let _ = writeln!(self.0, "{} {value}", if labels.is_empty() { "" } else { "}" });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sluice_abi::counters::{Counter, Exit, SLOTS};
    use sluice_abi::histogram::{BUCKETS, bucket_of};
    use sluice_shm::counters::BlockSnapshot;
    use std::collections::{BTreeMap, BTreeSet};

    fn snapshot() -> Snapshot {
        let mut block = BlockSnapshot { label: "co\"re\\1".into(), slots: [0; SLOTS], buckets: Box::new([0; BUCKETS]) };
        block.slots[Slot::counter(Counter::RxFrames).index()] = 12;
        block.slots[Slot::frame(Exit::Judged).index()] = 7;
        block.buckets[bucket_of(1_500)] = 2;
        Snapshot { generation: 1, blocks: vec![block.clone(), BlockSnapshot { label: "writer".into(), ..block }] }
    }

    /// Reads an exposition by the format's rules and panics where it breaks one; gives series → value.
    fn read_strictly(text: &str) -> BTreeMap<String, f64> {
        let name_ok = |n: &str| !n.is_empty() && n.chars().all(|c| c.is_ascii_lowercase() || c == '_');
        let (mut families, mut series) = (BTreeSet::new(), BTreeMap::new());
        let (mut family, mut kind, mut helped) = (String::new(), String::new(), String::new());
        assert!(text.ends_with('\n') && !text.contains('\r'));
        for line in text.lines() {
            if let Some(help) = line.strip_prefix("# HELP ") {
                let (name, help) = help.split_once(' ').expect("a help text");
                assert!(name_ok(name) && !help.is_empty() && families.insert(name.to_owned()), "{line}");
                helped = name.to_owned();
            } else if let Some(rest) = line.strip_prefix("# TYPE ") {
                let (name, of) = rest.split_once(' ').expect("a type");
                assert_eq!(name, helped, "HELP and TYPE stand together");
                assert!(["counter", "gauge", "summary"].contains(&of), "{line}");
                assert_eq!(of == "counter", name.ends_with("_total"), "{line}");
                (family, kind) = (name.to_owned(), of.to_owned());
            } else {
                let (id, value) = line.rsplit_once(' ').expect("a value");
                let name = id.split('{').next().unwrap();
                let of =
                    if kind == "summary" { name.trim_end_matches("_sum").trim_end_matches("_count") } else { name };
                assert!(name_ok(name) && of == family, "{line} outside its family {family}");
                labels_are_well_formed(&id[name.len()..]);
                assert!(series.insert(id.to_owned(), value.parse().expect("a number")).is_none(), "{line} twice");
            }
        }
        series
    }

    fn labels_are_well_formed(labels: &str) {
        if labels.is_empty() {
            return;
        }
        let mut rest = labels.strip_prefix('{').and_then(|l| l.strip_suffix('}')).expect("braces");
        loop {
            let (name, after) = rest.split_once("=\"").expect("a label");
            assert!(name.chars().all(|c| c.is_ascii_lowercase()), "{labels}");
            let mut escaped = false;
            let end = after
                .char_indices()
                .find(|&(_, c)| {
                    let ends = c == '"' && !escaped;
                    escaped = c == '\\' && !escaped;
                    ends
                })
                .expect("a closing quote")
                .0;
            match after[end + 1..].strip_prefix(',') {
                Some(more) => rest = more,
                None => return assert_eq!(end + 1, after.len(), "{labels}"),
            }
        }
    }

    #[test]
    fn the_text_keeps_the_rules_of_the_format_and_has_every_place() {
        let gauges = Gauges { journal_lag: 3, journal_lost: 1, ..Gauges::default() };
        let series = read_strictly(&render(Some(&snapshot()), gauges));
        assert_eq!(series["sluice_journal_lag_records"], 3.0);
        assert_eq!(series["sluice_journal_lost_records_total"], 1.0);
        assert_eq!(series[r#"sluice_rx_frames_total{core="co\"re\\1"}"#], 12.0);
        assert_eq!(series[r#"sluice_frame_exits_total{core="writer",exit="judged"}"#], 7.0);
        assert_eq!(series[r#"sluice_chunk_exits_total{core="writer",exit="judged"}"#], 0.0);
        assert_eq!(series[r#"sluice_latency_seconds_count{core="writer"}"#], 2.0);
        let p50 = series[r#"sluice_latency_seconds{core="writer",quantile="0.5"}"#];
        assert!((1.5e-6..1.55e-6).contains(&p50), "{p50}");
        const OWN: usize = 6;
        assert_eq!(series.len(), OWN + 2 * SLOTS + 2 * 7);
    }

    #[test]
    fn without_a_dataplane_the_daemons_own_values_remain() {
        let series = read_strictly(&render(None, Gauges::default()));
        assert_eq!((series.len(), series["sluice_dataplane_up"]), (6, 0.0));
    }
}
