//! A frame in, judged messages out: decode → facts → track → rules → act, one file each.
//!
//! ```text
//! frame ─▶ IP ─▶ SCTP ─ chunk, seen before? ─▶ user message ─▶ MSU ─▶ SCCP ─▶ TCAP        layers.rs
//!     fragments ⟲    fragments ⟲                         segments ⟲        │             join.rs
//!          └▶ TCP ─▶ PDU ───────────────────────────────────┐              │ message.rs   smpp.rs
//!          sink ◀─ act ◀─ judge (rules) ◀─ facts ◀─ parts ⟲ ◀┴─ component, operation, TPDU ◀─ dialogue
//! ```
//! No I/O, no clock, no allocation after [`Engine::new`]. Every frame and every DATA chunk leaves by one named
//! [`Exit`], and that exit is counted.
#![forbid(unsafe_code)]

mod act;
mod decode;
mod facts;
mod join;
mod judge;
mod layers;
mod line;
mod memory;
mod message;
mod operation;
mod parsed;
mod parts;
mod screening;
mod smpp;
mod track;
mod way;

pub use judge::{Conditions, Fallback};
pub use line::{
    Answering, Frames, HomeRouting, LineSizes, Mode, Own, SpliceMemory, SpliceSizes, Wire, Written, splice_octets,
};
pub use memory::{Again, MemorySizes, PolicyCounters, is_textual};
pub use sluice_splice::FRAMES_MAX;
pub use sluice_splice::home::Words;
pub use sluice_track::screen;
pub use sluice_track::{PartSizes, PieceSizes, RateSizes, StreamSizes};
pub use sluice_wire::mtp3::Variant as PointCodes;
pub use track::TableSizes;

use join::Scratchpads;
use judge::Judge;
use line::{Line, Splicing};
use memory::TextScratch;
use sluice_abi::counters::{Count, Exit, Slot};
use sluice_abi::{Facts, LogLevel};
use sluice_rules::{Image, Judgement};
use sluice_wire::digits::Digits;
use sluice_wire::sms::TextBuf;
use std::net::IpAddr;
use track::Tables;
use way::Way;

/// A frame and where it came in.
#[derive(Clone, Copy, Debug)]
pub struct Input<'p> {
    /// The frame from its first header on.
    pub octets: &'p [u8],
    /// What that header is: the link type number of capture files.
    pub link: u16,
    /// Number of the frame on its port, from 1.
    pub number: u64,
    /// When it came, in nanoseconds since the epoch.
    pub time_ns: u64,
    /// Name of the port; empty for none.
    pub port: &'p [u8],
    /// Which side it came from.
    pub side: Side<'p>,
    /// Form of the point codes on this port.
    pub point_codes: PointCodes,
    /// The wire it crosses, where it can be changed; none where it is only looked at.
    pub wire: Option<Wire>,
}

/// Which side a frame came from.
#[derive(Clone, Copy, Debug)]
pub enum Side<'p> {
    /// The other networks'.
    Outside,
    /// The home network's.
    Inside,
    /// To be told by these addresses of the home network's side; unknown where neither address is one of them.
    ByAddress {
        /// Addresses of the home network's side.
        inside: &'p [IpAddr],
    },
}

/// What is worth a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// Messages of the short message service.
    Sms,
    /// Every component of every TCAP message.
    AllMap,
}

/// Takes what was judged.
pub trait Sink: Count {
    /// A message and the verdict on it; `log` says how much of it is to be kept.
    fn message(&mut self, facts: &mut Facts<'_>, log: LogLevel);

    /// Whether there is room for another. Where there is none it is lost.
    fn has_room(&self) -> bool {
        true
    }
}

/// How the engine is set up.
#[derive(Clone, Debug)]
pub struct Settings {
    /// What is worth a line.
    pub scope: Scope,
    /// Sizes of the state tables.
    pub tables: TableSizes,
    /// What is remembered of changes; none where nothing can be changed.
    pub line: Option<LineSizes>,
    /// How messages are routed home where they can be changed; none where they are not.
    pub home: Option<HomeRouting>,
    /// Screens of wires, by number.
    pub screens: Vec<screen::Settings>,
    /// What happens where no rule can decide.
    pub conditions: Conditions,
    /// Whether offline rules are evaluated: in replay and backtest, never live.
    pub purpose: sluice_rules::Purpose,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            scope: Scope::Sms,
            tables: TableSizes::default(),
            line: None,
            home: None,
            screens: Vec::new(),
            conditions: Conditions::default(),
            purpose: sluice_rules::Purpose::Live,
        }
    }
}

/// The engine of one core: its tables and its scratch memory.
pub struct Engine {
    settings: Settings,
    tables: Tables,
    judge: Judge,
    scratch: Box<[Scratch; COMPONENTS_MAX]>,
    joined: Scratchpads,
    line: Option<Box<Line>>,
    screens: Box<[screen::Screen]>,
}

/// Components of one TCAP message that are looked at; a message with more is marked malformed.
/// A unitdata message has no room for more.
pub const COMPONENTS_MAX: usize = 32;

/// Memory for what one component's facts borrow that is not in the packet.
pub(crate) struct Scratch {
    decoded: DecodeScratch,
    /// Text of the parts of a concatenated message.
    joined_text: Box<[u8]>,
    texts: TextScratch,
    judgement: Judgement,
}

/// What the decoder computes.
#[derive(Clone)]
pub(crate) struct DecodeScratch {
    tpdu: TpduScratch,
    /// Strings that came in pieces, put together.
    strings: [u8; sluice_wire::map::SCRATCH_OCTETS],
    ussd: TextBuf,
}

/// What the decoder computes of a TPDU.
#[derive(Clone)]
pub(crate) struct TpduScratch {
    text: TextBuf,
    address: Digits,
    elements: [u8; facts::ELEMENTS_MAX],
    timestamp: [u8; 7],
}

impl Scratch {
    fn new() -> Self {
        let tpdu = TpduScratch {
            text: TextBuf::new(),
            address: Digits::EMPTY,
            elements: [0; facts::ELEMENTS_MAX],
            timestamp: [0; 7],
        };
        let decoded = DecodeScratch { tpdu, strings: [0; sluice_wire::map::SCRATCH_OCTETS], ussd: TextBuf::new() };
        let joined_text = vec![0; parts::TEXT_OCTETS].into_boxed_slice();
        Self { decoded, joined_text, texts: TextScratch::new(), judgement: Judgement::new() }
    }
}

fn screens(settings: &Settings) -> Box<[screen::Screen]> {
    let TableSizes { associations, inits, hash_key, .. } = settings.tables;
    let sizes = screen::Sizes { directions: associations, handshakes: inits, ..screen::Sizes::default() };
    settings.screens.iter().map(|wanted| screen::Screen::new(wanted, &sizes, hash_key)).collect()
}

impl Engine {
    /// Allocates the tables; nothing is allocated after it.
    pub fn new(settings: Settings) -> Self {
        Self {
            tables: Tables::new(&settings.tables),
            judge: Judge::new(&settings),
            scratch: Box::new(std::array::from_fn(|_| Scratch::new())),
            joined: Scratchpads::new(),
            line: settings
                .line
                .map(|sizes| Box::new(Line::new(&sizes, settings.tables.hash_key, settings.home.as_ref()))),
            screens: screens(&settings),
            settings,
        }
    }

    /// Decodes a frame, judges every short message in it and says how it left.
    ///
    /// Each layer is tried the short way first, which is that of practically every frame; what it does not take goes
    /// the long way, which takes everything.
    #[inline]
    pub fn process<'p>(&mut self, input: &Input<'p>, policy: Option<&Image<'p>>, sink: &mut impl Sink) -> Exit {
        if let Some(line) = &mut self.line {
            line.next_frame();
        }
        let way = Way::new(input, policy);
        let exit = match decode::ordinary_frame(input) {
            Some((ip, sctp)) => self.packet(&way, ip, sctp, sink),
            None => self.any_frame(&way, sink),
        };
        sink.add(Slot::frame(exit), 1);
        exit
    }

    /// What is to be sent in the place of the frame that was processed last.
    #[inline]
    pub fn written(&mut self, input: &Input<'_>) -> Written<'_> {
        let Some(line) = &mut self.line else { return Written::AsItCame };
        if let Some(splicing) = &mut line.splicing {
            splicing.watch_wanted(&mut self.tables);
        }
        line.write(input)
    }

    /// From now on chunks are removed from associations and inserted into them, on wires whose mode it is. What `memory`
    /// says of those that a process before this has touched is taken up. `false`, and nothing changes, where the memory
    /// is too small, or nothing can be changed at all.
    pub fn splice(&mut self, sizes: SpliceSizes, memory: SpliceMemory, now_ns: u64) -> bool {
        let Some(line) = &mut self.line else { return false };
        line.splicing = Splicing::new(sizes, memory, self.settings.tables.hash_key, now_ns).map(Box::new);
        line.splicing.is_some()
    }

    /// Ends that, and frees the memory, in which the associations stay.
    pub fn end_splicing(&mut self) {
        if let Some(line) = &mut self.line {
            line.splicing = None;
        }
    }

    /// What the clock says as the frames that follow come.
    #[inline]
    pub fn at(&mut self, now_ns: u64) {
        if let Some(splicing) = self.splicing() {
            splicing.now_ns = now_ns;
        }
    }

    /// When [`Engine::own`] next has something to do; `u64::MAX` if nothing is under way, none where nothing is spliced.
    #[inline]
    pub fn wake_ns(&self) -> Option<u64> {
        self.line.as_ref()?.splicing.as_ref().map(|splicing| splicing.wake_ns())
    }

    /// Gives the frames of our own that are to be sent by now.
    pub fn own(&mut self, now_ns: u64, emit: impl FnMut(Own<'_>)) {
        if let Some(splicing) = self.splicing() {
            splicing.poll(now_ns, emit);
        }
    }

    /// The associations that end if their packets do not pass here: verification tag and ports of both directions.
    pub fn spliced(&self) -> impl Iterator<Item = [u64; 2]> + '_ {
        let splicing = self.line.as_ref().and_then(|line| line.splicing.as_ref());
        splicing.into_iter().flat_map(|splicing| splicing.named())
    }

    #[inline]
    fn splicing(&mut self) -> Option<&mut Splicing> {
        self.line.as_mut()?.splicing.as_deref_mut()
    }

    /// Whether a frame that is held waits still.
    pub fn is_waiting(&self, ticket: u64) -> bool {
        self.line.as_ref().is_some_and(|line| line.is_waiting(ticket))
    }

    /// Whether a frame that is held must not wait any longer: its sender has sent it again too often.
    pub fn is_overdue(&self, ticket: u64) -> bool {
        self.line.as_ref().is_some_and(|line| line.is_overdue(ticket))
    }

    /// What is to be sent in the place of a frame that was held; `is_late` says that it has waited long enough.
    pub fn written_late(&mut self, ticket: u64, is_late: bool, input: &Input<'_>) -> Written<'_> {
        let Some(line) = &mut self.line else { return Written::AsItCame };
        if is_late {
            line.give_up(ticket, input.wire.map_or(Fallback::Pass, |wire| wire.impatient));
        }
        line.write_late(input)
    }

    /// What is to be sent in the place of a frame that should have been held and could not be: its pieces go on as they
    /// came.
    pub fn written_unheld(&mut self, ticket: u64, input: &Input<'_>) -> Written<'_> {
        let Some(line) = &mut self.line else { return Written::AsItCame };
        line.give_up(ticket, Fallback::Pass);
        line.write_late(input)
    }

    /// Counts what the tables did since the last call. They count for themselves while a frame is processed.
    pub fn flush_counts(&mut self, count: &mut impl Count) {
        self.tables.flush_counts(count);
        screening::flush_counts(&mut self.screens, count);
        if let Some(splicing) = self.splicing() {
            splicing.flush_counts(count);
        }
    }
}
