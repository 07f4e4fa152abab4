//! Both sides of a wire, decoded: what came in, and what went on.
//!
//! Each side has a decoder of its own that sees every frame of it, so that pieces are put together on both. Nothing is
//! judged here. A copy of a chunk says nothing new: of it there is no message.

use super::{Became, Traced};
use sluice_abi::counters::{Count, Slot};
use sluice_abi::record::{self, RECORD_OCTETS_MAX};
use sluice_abi::{Facts, Field, LogLevel, Path};
use sluice_engine::{Engine, Input, MemorySizes, Scope, Settings, Side, Sink, TableSizes};

/// Messages that outlive their frame.
#[derive(Default)]
pub struct Messages(Vec<Vec<u8>>);

impl Messages {
    /// One more.
    pub fn push(&mut self, facts: &Facts<'_>) {
        let mut octets = vec![0; RECORD_OCTETS_MAX];
        if let Some(len) = record::encode(facts, LogLevel::Full, &mut octets) {
            octets.truncate(len);
            self.0.push(octets);
        }
    }

    /// Those of records.
    pub fn of_records<'r>(records: impl Iterator<Item = &'r [u8]>) -> Self {
        Self(records.map(<[u8]>::to_vec).collect())
    }

    /// Forgets them.
    pub fn clear(&mut self) {
        self.0.clear();
    }

    /// Each.
    pub fn iter(&self) -> impl Iterator<Item = Facts<'_>> {
        self.0.iter().filter_map(|octets| record::decode(octets).ok())
    }
}

/// What is in a frame, before and after.
#[derive(Default)]
pub struct Decoded {
    /// As it came.
    pub before: Messages,
    /// As it went on.
    pub after: Messages,
}

/// A message before and after; not both are there where one became several or none.
pub type Pair<'d> = (Option<Facts<'d>>, Option<Facts<'d>>);

impl Decoded {
    /// The messages of both sides, those in the same chunk beside each other.
    pub fn pairs(&self) -> Vec<Pair<'_>> {
        let mut after: Vec<Option<Facts<'_>>> = self.after.iter().map(Some).collect();
        let mut pairs: Vec<Pair<'_>> = Vec::new();
        for before in self.before.iter() {
            let same = after.iter_mut().find(|a| a.as_ref().is_some_and(|a| place(a) == place(&before)));
            let same = same.and_then(Option::take);
            pairs.push((Some(before), same));
        }
        pairs.extend(after.into_iter().flatten().map(|after| (None, Some(after))));
        pairs
    }
}

/// Where a message stands: its chunk, or its PDU.
fn place(facts: &Facts<'_>) -> [Option<u64>; 2] {
    [facts.number(Field::SctpTsn), facts.number(Field::SmppSeq)]
}

/// Decoders of both sides.
pub struct Sides {
    before: Engine,
    after: Engine,
    decoded: Decoded,
}

impl Sides {
    /// Of a wire that has carried nothing yet.
    pub fn new() -> Self {
        let engine = || {
            let tables = TableSizes { memory: MemorySizes::SMALL, ..TableSizes::default() };
            Engine::new(Settings { scope: Scope::AllMap, tables, ..Settings::default() })
        };
        Self { before: engine(), after: engine(), decoded: Decoded::default() }
    }

    /// Decodes a frame on both sides.
    pub fn decode(&mut self, frame: &Traced<'_>) -> &Decoded {
        let after = match frame.became {
            Became::Changed(frames) => frames,
            Became::AsItCame | Became::NotChanged => &[frame.before],
        };
        decode(&mut self.before, frame, &[frame.before], &mut self.decoded.before);
        decode(&mut self.after, frame, after, &mut self.decoded.after);
        &self.decoded
    }

    /// What was decoded last.
    pub fn decoded(&self) -> &Decoded {
        &self.decoded
    }
}

fn decode(engine: &mut Engine, frame: &Traced<'_>, frames: &[&[u8]], into: &mut Messages) {
    into.clear();
    for &octets in frames {
        let input = Input {
            octets,
            link: frame.link.0,
            number: frame.number,
            time_ns: frame.time_ns,
            port: b"",
            side: Side::ByAddress { inside: &[] },
            point_codes: frame.point_codes,
            wire: None,
        };
        engine.process(&input, None, &mut Kept(into));
    }
}

struct Kept<'m>(&'m mut Messages);

impl Count for Kept<'_> {
    fn add(&mut self, _slot: Slot, _n: u64) {}
}

impl Sink for Kept<'_> {
    fn message(&mut self, facts: &mut Facts<'_>, _log: LogLevel) {
        self.0.push(facts);
    }
}

/// Whether it stands in the message itself, and does not follow from what came before it.
pub fn is_of_the_message(path: Path) -> bool {
    const ELSEWHERE: [Field; 8] = [
        Field::SctpReassembledFrom,
        Field::SctpBundled,
        Field::SccpReassembledFrom,
        Field::DialogueAc,
        Field::Dialogue,
        Field::MapCategory,
        Field::MapOpOfInvoke,
        Field::SmsJoinedText,
    ];
    const LAYERS: [&str; 11] =
        ["src", "dst", "sctp", "mtp", "sccp", "tcap", "component_index", "map", "sms", "smpp", "malformed"];
    let name = path.field.name();
    let layer = name.split('.').next().unwrap_or(name);
    LAYERS.contains(&layer) && !ELSEWHERE.contains(&path.field) && !name.starts_with("sms.joined")
}
