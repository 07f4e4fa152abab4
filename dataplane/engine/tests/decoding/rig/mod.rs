//! An engine whose every word is kept, and what is needed to talk to it.

pub mod map;
pub mod net;
pub mod smpp;
pub mod sms;
pub mod ss7;
pub mod tcap;

use sluice_abi::counters::{Count, Counter, Exit, Slot, Tally};
use sluice_abi::json::{Privacy, value_to_json};
use sluice_abi::{Facts, LogLevel, Path};
use sluice_engine::{
    Engine, Input, MemorySizes, PartSizes, PieceSizes, PointCodes, Scope, Settings, Side, Sink, StreamSizes, TableSizes,
};
use std::collections::BTreeMap;

/// A judged message: every name it has a value for, and the value as text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Line(BTreeMap<String, String>);

impl Line {
    fn of(facts: &Facts<'_>) -> Self {
        let shown = |path| value_to_json(facts, path, Privacy::Clear).trim_matches('"').to_owned();
        let known = Path::all().filter(|&path| facts.value(path).is_some());
        Self(known.map(|path| (path.to_string(), shown(path))).collect())
    }

    /// The value of a dotted name; nothing where it has none.
    pub fn at(&self, name: &str) -> &str {
        assert!(Path::parse(name).is_some(), "{name} is no name");
        self.0.get(name).map_or("", String::as_str)
    }

    /// The values of several names.
    pub fn all<const N: usize>(&self, names: [&str; N]) -> [&str; N] {
        names.map(|name| self.at(name))
    }

    /// Names of the deviations, without their prefix.
    pub fn anomalies(&self) -> Vec<&str> {
        self.0.keys().filter_map(|name| name.strip_prefix("anomaly.")).collect()
    }

    /// Everything it says, but for what is the frame's own.
    pub fn content(&self) -> Vec<(&str, &str)> {
        const OF_FRAME: [&str; 5] = ["frame", "time", "dialogue", "sctp.", "sccp.reassembled"];
        let own = |name: &str| OF_FRAME.iter().any(|prefix| name.starts_with(prefix)) || name.starts_with("anomaly.");
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str())).filter(|(name, _)| !own(name)).collect()
    }
}

/// What the engine said.
#[derive(Default)]
struct Heard {
    tally: Tally,
    lines: Vec<Line>,
}

impl Count for Heard {
    fn add(&mut self, slot: Slot, n: u64) {
        self.tally.add(slot, n);
    }
}

impl Sink for Heard {
    fn message(&mut self, facts: &mut Facts<'_>, _log: LogLevel) {
        self.lines.push(Line::of(facts));
    }
}

/// An engine, and a port it listens at.
pub struct Rig {
    engine: Engine,
    heard: Heard,
    frames: u64,
    /// When the next frame comes; a millisecond passes after each.
    pub time_ns: u64,
    /// Form of the point codes on the port.
    pub point_codes: PointCodes,
}

impl Rig {
    /// One that is asked for short messages.
    pub fn new() -> Self {
        Self::with(Scope::Sms, sizes())
    }

    /// One that is asked for every component.
    pub fn of_all_map() -> Self {
        Self::with(Scope::AllMap, sizes())
    }

    /// One with tables of other sizes.
    pub fn with(scope: Scope, tables: TableSizes) -> Self {
        let engine = Engine::new(Settings { scope, tables, ..Settings::default() });
        Self { engine, heard: Heard::default(), frames: 0, time_ns: START_NS, point_codes: PointCodes::Itu }
    }

    /// A frame of a link type.
    pub fn offer(&mut self, link: u16, octets: &[u8]) -> Exit {
        self.frames += 1;
        let (number, time_ns, point_codes) = (self.frames, self.time_ns, self.point_codes);
        self.time_ns += 1_000_000;
        let input = Input { octets, link, number, time_ns, port: b"", side: Side::Outside, wire: None, point_codes };
        self.engine.process(&input, None, &mut self.heard)
    }

    /// An Ethernet frame.
    pub fn frame(&mut self, octets: &[u8]) -> Exit {
        self.offer(1, octets)
    }

    /// Ethernet frames, one after the other; how each left.
    pub fn frames(&mut self, frames: impl IntoIterator<Item = impl AsRef<[u8]>>) -> Vec<Exit> {
        frames.into_iter().map(|frame| self.frame(frame.as_ref())).collect()
    }

    /// What was judged since the last call.
    pub fn lines(&mut self) -> Vec<Line> {
        std::mem::take(&mut self.heard.lines)
    }

    /// The one message that was judged since the last call.
    #[track_caller]
    pub fn line(&mut self) -> Line {
        let mut lines = self.lines();
        assert_eq!(lines.len(), 1, "{lines:#?}");
        lines.remove(0)
    }

    /// What a counter says.
    pub fn counted(&mut self, counter: Counter) -> u64 {
        self.engine.flush_counts(&mut self.heard);
        self.heard.tally.at(Slot::counter(counter))
    }

    /// How many frames and how many chunks left by an exit.
    pub fn left_by(&self, exit: Exit) -> (u64, u64) {
        (self.heard.tally.at(Slot::frame(exit)), self.heard.tally.at(Slot::chunk(exit)))
    }
}

/// Tables large enough for any test that does not ask for others.
pub fn sizes() -> TableSizes {
    let pieces = |seconds: u64| PieceSizes { pieces: 512, octets: 1 << 18, timeout_ns: seconds * SECOND_NS };
    TableSizes {
        associations: 64,
        inits: 16,
        ip_fragments: pieces(30),
        sctp_fragments: pieces(60),
        sccp_segments: pieces(20),
        parts: PartSizes { parts: 512, octets: 1 << 18, timeout_ns: 600 * SECOND_NS },
        streams: StreamSizes { connections: 16, octets: 1 << 17, ..StreamSizes::default() },
        dialogues: 1024,
        memory: MemorySizes::SMALL,
        ..TableSizes::default()
    }
}

/// Octets from their hexadecimal form; blanks are ignored.
pub fn hex(text: &str) -> Vec<u8> {
    let digits: Vec<u8> = text.chars().filter_map(|c| c.to_digit(16)).map(|digit| digit as u8).collect();
    digits.chunks_exact(2).map(|pair| pair[0] << 4 | pair[1]).collect()
}

/// Every order of so many things, at most seven.
pub fn orders(count: usize) -> Vec<Vec<usize>> {
    let mut all = vec![Vec::new()];
    for thing in 0..count {
        let with = |order: Vec<usize>| (0..=order.len()).map(move |at| [&order[..at], &[thing], &order[at..]].concat());
        all = all.into_iter().flat_map(with).collect();
    }
    all
}

/// One second.
pub const SECOND_NS: u64 = 1_000_000_000;
/// When the first frame comes.
const START_NS: u64 = 1_700_000_000 * SECOND_NS;
