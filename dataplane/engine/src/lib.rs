//! A frame in, judged messages out: decode → facts → track → rules → act, one file each.
//!
//! ```text
//! frame ─ decode::frame ─▶ SCTP ─ track::duplicate? ─ decode::chunk ─▶ MSU ─ decode::sccp ─▶ TCAP
//!                                                                            │ message::process
//!          sink ◀─ act ◀─ judge (rules) ◀─ facts ◀─ component, operation, TPDU ◀─ track::dialogue
//! ```
//! No I/O, no clock, no allocation after [`Engine::new`]. Every frame and every DATA chunk leaves by one named
//! [`Exit`], and that exit is counted.
#![forbid(unsafe_code)]

mod act;
mod decode;
mod facts;
mod judge;
mod message;
mod operation;
mod parsed;
mod track;

pub use judge::{Conditions, Fallback};
pub use track::TableSizes;

use decode::{Adaptation, Carried, Held, Msu, Transport, Transported};
use judge::Judge;
use sluice_abi::counters::{Count, Counter, Exit, Slot};
use sluice_abi::{Facts, LogLevel};
use sluice_rules::{Image, Judgement};
use sluice_wire::digits::Digits;
use sluice_wire::mtp3::ServiceIndicator;
use sluice_wire::sctp::{self, ChunkKind, Data};
use sluice_wire::sms::TextBuf;
use std::net::IpAddr;
use track::Tables;

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
}

/// How the engine is set up.
#[derive(Clone, Debug)]
pub struct Settings {
    /// What is worth a line.
    pub scope: Scope,
    /// Sizes of the state tables.
    pub tables: TableSizes,
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
}

/// Components of one TCAP message that are looked at; a message with more is marked malformed.
pub const COMPONENTS_MAX: usize = 8;

/// Memory for what one component's facts borrow that is not in the packet.
#[derive(Clone)]
pub(crate) struct Scratch {
    decoded: DecodeScratch,
    judgement: Judgement,
}

/// What the decoder computes.
#[derive(Clone)]
pub(crate) struct DecodeScratch {
    text: TextBuf,
    address: Digits,
    elements: [u8; facts::ELEMENTS_MAX],
    timestamp: [u8; 7],
}

impl Scratch {
    fn new() -> Self {
        let decoded = DecodeScratch {
            text: TextBuf::new(),
            address: Digits::EMPTY,
            elements: [0; facts::ELEMENTS_MAX],
            timestamp: [0; 7],
        };
        Self { decoded, judgement: Judgement::new() }
    }
}

impl Engine {
    /// Allocates the tables; nothing is allocated after it.
    pub fn new(settings: Settings) -> Self {
        Self {
            tables: Tables::new(&settings.tables),
            judge: Judge::new(&settings),
            scratch: Box::new(std::array::from_fn(|_| Scratch::new())),
            settings,
        }
    }

    /// Decodes a frame, judges every short message in it and says how it left.
    ///
    /// Each layer is tried the short way first, which is that of practically every frame; what it does not take goes
    /// the long way, which takes everything.
    #[inline]
    pub fn process<'p>(&mut self, input: &Input<'p>, policy: Option<&Image<'p>>, sink: &mut impl Sink) -> Exit {
        let exit = match decode::ordinary_frame(input) {
            Some((ip, sctp)) => self.packet(input, ip, sctp, policy, sink),
            None => self.any_frame(input, policy, sink),
        };
        sink.add(Slot::frame(exit), 1);
        exit
    }

    #[inline(never)]
    fn any_frame<'p>(&mut self, input: &Input<'p>, policy: Option<&Image<'p>>, sink: &mut impl Sink) -> Exit {
        match decode::frame(input) {
            Ok(Held::Sctp(ip, sctp)) => self.packet(input, ip, sctp, policy, sink),
            Ok(Held::Mtp3(octets)) => {
                let exit = match decode::mtp3_user_data(Adaptation::Mtp3, octets) {
                    Ok(msu) => self.msu(input, None, &msu, policy, sink),
                    Err(exit) => exit,
                };
                sink.add(Slot::chunk(exit), 1);
                exit
            }
            Err(exit) => exit,
        }
    }

    #[inline(always)]
    fn packet<'p>(
        &mut self,
        input: &Input<'p>,
        ip: &'p [u8],
        sctp: sctp::Packet<'p>,
        policy: Option<&Image<'p>>,
        sink: &mut impl Sink,
    ) -> Exit {
        let crc_holds = sctp.verify_crc().is_ok();
        if !crc_holds {
            sink.count(Counter::BadCrc, 1);
        }
        let transport = Transport { ip, sctp, crc_holds };
        let mut exit = Exit::SctpControl;
        for chunk in sctp.chunks() {
            let chunk = match chunk {
                Ok(chunk) => chunk,
                Err(_) => {
                    exit = exit.max(Exit::MalformedSctp);
                    break;
                }
            };
            let left_by = match chunk.kind() {
                ChunkKind::Data => match Data::parse(&chunk) {
                    Ok(data) => self.chunk(input, &Transported { transport, data }, policy, sink),
                    Err(error) => decode::exit_of(error),
                },
                ChunkKind::IData => Exit::SctpOtherData,
                _ => continue,
            };
            sink.add(Slot::chunk(left_by), 1);
            exit = exit.max(left_by);
        }
        exit
    }

    #[inline(always)]
    fn chunk<'p>(
        &mut self,
        input: &Input<'p>,
        below: &Transported<'p>,
        policy: Option<&Image<'p>>,
        sink: &mut impl Sink,
    ) -> Exit {
        let Transported { transport, data } = below;
        // RFC 9260 §6.8: the endpoint drops a packet whose checksum is wrong. It must not make the true one a duplicate.
        if transport.crc_holds && self.tables.is_duplicate(&transport.sctp, data.tsn, input.time_ns) {
            sink.count(Counter::DuplicateTsn, 1);
            return Exit::SctpDuplicate;
        }
        match decode::ordinary_chunk(data) {
            Some(msu) => self.msu(input, Some(below), &msu, policy, sink),
            None => self.any_chunk(input, below, policy, sink),
        }
    }

    #[inline(never)]
    fn any_chunk<'p>(
        &mut self,
        input: &Input<'p>,
        below: &Transported<'p>,
        policy: Option<&Image<'p>>,
        sink: &mut impl Sink,
    ) -> Exit {
        let sctp = &below.transport.sctp;
        match decode::chunk(&below.data, (sctp.source_port(), sctp.destination_port())) {
            Ok(msu) => self.msu(input, Some(below), &msu, policy, sink),
            Err(exit) => exit,
        }
    }

    #[inline(always)]
    fn msu<'p>(
        &mut self,
        input: &Input<'p>,
        below: Option<&Transported<'p>>,
        msu: &Msu<'p>,
        policy: Option<&Image<'p>>,
        sink: &mut impl Sink,
    ) -> Exit {
        if msu.label.si != ServiceIndicator::Sccp {
            return Exit::NotSccp;
        }
        match decode::ordinary_sccp(msu) {
            Some(sccp) => self.sccp(input, &Carried { below, msu, sccp: &sccp }, policy, sink),
            None => self.any_sccp(input, below, msu, policy, sink),
        }
    }

    #[inline(never)]
    fn any_sccp<'p>(
        &mut self,
        input: &Input<'p>,
        below: Option<&Transported<'p>>,
        msu: &Msu<'p>,
        policy: Option<&Image<'p>>,
        sink: &mut impl Sink,
    ) -> Exit {
        match decode::sccp(msu) {
            Ok(sccp) => self.sccp(input, &Carried { below, msu, sccp: &sccp }, policy, sink),
            Err(exit) => exit,
        }
    }

    #[inline(always)]
    fn sccp<'p>(
        &mut self,
        input: &Input<'p>,
        carried: &Carried<'_, 'p>,
        policy: Option<&Image<'p>>,
        sink: &mut impl Sink,
    ) -> Exit {
        match decode::unfit(carried.sccp, self.settings.scope) {
            Some(exit) => exit,
            None => self.message(input, carried, policy, sink),
        }
    }

    /// Counts what the tables did since the last call. They count for themselves while a frame is processed.
    pub fn flush_counts(&mut self, count: &mut impl Count) {
        self.tables.flush_counts(count);
    }
}
