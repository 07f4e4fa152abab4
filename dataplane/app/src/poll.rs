//! One poll core: take a new policy between two bursts, then receive, judge, send on, record.

use crate::config::Idle;
use crate::held::{Aside, HELD_FRAMES_MAX, Held, Holding, NO_TICKET};
use crate::lane::{Judge, Lane, Turn, Vantage};
use crate::policy::PolicySlot;
use crate::spliced::Names;
use crate::trace::{Became, Tracer};
use arrayvec::ArrayVec;
use rtrb::Producer;
use sluice_abi::counters::{Count, Counter};
use sluice_abi::{Facts, Field, LogLevel, record};
use sluice_engine::{Engine, FRAMES_MAX, Fallback, Settings, Sink, SpliceMemory, SpliceSizes, Written};
use sluice_io::{Burst, Clock, Frame, FrameMeta, LinkType, NoRoom, Port};
use sluice_shm::counters::Block;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Length octets in front of every record in the ring.
pub const RING_HEAD_OCTETS: usize = 4;

/// What happens to a record when the ring to the writer is full.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RingFull {
    /// It is lost and counted; nothing waits. The live dataplane.
    Lose,
    /// The poll core waits for the writer. Replay, where nothing may be lost and nobody waits for a frame.
    Wait,
}

/// How long the loop goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Until {
    /// Until it is told to stop.
    Stopped,
    /// Until every port has come to its end.
    Exhausted,
}

/// A poll core and everything it owns.
pub struct PollCore<P: Port, C: Clock> {
    /// The taps and wires it serves.
    pub lanes: Vec<Lane<P>>,
    /// Decoder, tables and rules, for each vantage.
    pub engines: Engines,
    /// The policy in force and the rings it comes and goes by.
    pub policy: PolicySlot,
    /// Where records go.
    pub events: EventRing,
    /// Where frames go while somebody traces.
    pub tracer: Tracer,
    /// Where it counts.
    pub block: Block,
    /// Where time comes from.
    pub clock: C,
    /// What it does while nothing comes.
    pub idle: Idle,
}

/// One engine for all wires and one for all taps. A tap may be shown what crosses a wire: each of the two must judge
/// every message once, so they share no state. Wires share theirs, and so do taps, because a multihomed association
/// comes in by several of them.
pub struct Engines {
    wires: Option<Engine>,
    taps: Option<Engine>,
    spliced: Option<Names>,
}

impl Engines {
    /// Those the lanes need.
    pub fn for_lanes<P: Port>(lanes: &[Lane<P>], settings: &Settings) -> Self {
        Self::of_kinds(lanes.iter().any(Lane::is_wire), !lanes.iter().all(Lane::is_wire), settings)
    }

    /// One for wires, one for taps.
    pub fn of_kinds(wires: bool, taps: bool, settings: &Settings) -> Self {
        let of_wires = || Settings { line: Some(settings.line.unwrap_or_default()), ..settings.clone() };
        let of_taps = || Settings { line: None, screens: Vec::new(), ..settings.clone() };
        Self {
            wires: wires.then(|| Engine::new(of_wires())),
            taps: taps.then(|| Engine::new(of_taps())),
            spliced: None,
        }
    }

    /// From now on associations of wires are spliced, in this memory; those that are touched are named. `false` where
    /// the memory is too small or there are no wires.
    pub fn splice(&mut self, sizes: SpliceSizes, memory: SpliceMemory, names: Names, now_ns: u64) -> bool {
        let is_spliced = self.wires.as_mut().is_some_and(|engine| engine.splice(sizes, memory, now_ns));
        self.spliced = is_spliced.then_some(names);
        is_spliced
    }

    /// Ends that and frees the memory, for another to take it up.
    pub fn end_splicing(&mut self) {
        if let Some(engine) = &mut self.wires {
            engine.end_splicing();
        }
    }

    #[inline]
    fn of(&mut self, is_wire: bool) -> Option<&mut Engine> {
        if is_wire { self.wires.as_mut() } else { self.taps.as_mut() }
    }

    fn flush_counts(&mut self, block: &mut Block) {
        for engine in [&mut self.wires, &mut self.taps].into_iter().flatten() {
            engine.flush_counts(block);
        }
    }
}

/// The ring of records towards the writer.
pub struct EventRing {
    producer: Producer<u8>,
    when_full: RingFull,
    buffer: Box<[u8; RING_HEAD_OCTETS + record::RECORD_OCTETS_MAX]>,
}

impl EventRing {
    /// Records go into `producer`.
    pub fn new(producer: Producer<u8>, when_full: RingFull) -> Self {
        Self { producer, when_full, buffer: Box::new([0; RING_HEAD_OCTETS + record::RECORD_OCTETS_MAX]) }
    }

    /// Whether the longest record fits.
    fn has_room(&self) -> bool {
        self.producer.slots() >= self.buffer.len()
    }

    /// The record with its length in front goes in by one copy: the reader sees all of it or nothing.
    #[inline]
    fn write(&mut self, facts: &Facts<'_>, log: LogLevel, block: &mut Block) {
        let Some((head, body)) = self.buffer.split_first_chunk_mut::<RING_HEAD_OCTETS>() else { return };
        let Some(len) = record::encode(facts, log, body) else {
            return block.count(Counter::EventsLostSize, 1);
        };
        if len == 0 {
            return block.count(Counter::EventsNotKept, 1);
        }
        *head = (len as u32).to_le_bytes();
        let whole = self.buffer.get(..RING_HEAD_OCTETS + len).unwrap_or_default();
        while self.producer.push_entire_slice(whole).is_err() {
            if self.when_full == RingFull::Lose || self.producer.is_abandoned() {
                return block.count(Counter::EventsLostRing, 1);
            }
            std::thread::yield_now();
        }
        block.count(Counter::EventsWritten, 1);
    }
}

impl<P: Port, C: Clock> PollCore<P, C> {
    /// Serves the lanes. Told to stop, it does so after the burst at hand, though more may come without end: frames that
    /// wait go on, as when their time is up, and those that no port takes then are counted as dropped.
    pub fn run(&mut self, stop: &AtomicBool, until: Until) {
        while !stop.load(Ordering::Relaxed) {
            if self.turn() > 0 {
                continue;
            }
            if until == Until::Exhausted && self.lanes.iter().all(Lane::is_exhausted) {
                break;
            }
            match self.idle {
                Idle::Spin => std::hint::spin_loop(),
                Idle::Yield => std::thread::yield_now(),
            }
        }
        while self.serve(|lane, judge| lane.last_turn(judge)) > 0 {}
        self.engines.flush_counts(&mut self.block);
        let lost: usize = self.lanes.iter_mut().map(Lane::abandon).sum();
        self.block.count(Counter::TxDropped, lost as u64);
    }

    /// Every lane once; says how many frames moved.
    #[inline]
    pub fn turn(&mut self) -> usize {
        self.block.beat();
        if self.policy.take_new() {
            self.block.count(Counter::PolicySwaps, 1);
        }
        let moved = self.serve(|lane, judge| lane.turn(judge)) + self.own();
        if moved > 0 {
            self.engines.flush_counts(&mut self.block);
        }
        moved
    }

    /// One turn of every lane.
    #[inline]
    fn serve(&mut self, turn: impl Fn(&mut Lane<P>, &mut Judging<'_, C>) -> Turn) -> usize {
        let mut moved = 0;
        for lane in &mut self.lanes {
            let Some(engine) = self.engines.of(lane.is_wire()) else { continue };
            let mut judge = Judging {
                engine,
                policy: &self.policy,
                events: &mut self.events,
                tracer: &mut self.tracer,
                block: &mut self.block,
                clock: &self.clock,
            };
            let turn = turn(lane, &mut judge);
            self.block.count(Counter::TxFrames, turn.sent as u64);
            moved += turn.received + turn.sent;
        }
        moved
    }
}

impl<P: Port, C: Clock> PollCore<P, C> {
    /// Frames of our own, where associations are spliced; says how many there were.
    fn own(&mut self) -> usize {
        let Self { lanes, engines: Engines { wires, spliced, .. }, block, clock, .. } = self;
        let Some((engine, wake_ns)) = wires.as_mut().and_then(|engine| engine.wake_ns().map(|ns| (engine, ns))) else {
            return 0;
        };
        let now_ns = clock.now_ns();
        if let Some(names) = spliced {
            names.refresh(engine, now_ns);
        }
        if now_ns < wake_ns {
            return 0;
        }
        let mut sent = 0;
        engine.own(now_ns, |own| {
            let meta = FrameMeta { link_type: LinkType(own.link), ..FrameMeta::default() };
            let is_sent = lanes.iter_mut().find_map(|lane| lane.send_own(own.inlet, own.octets, meta, now_ns));
            sent += usize::from(is_sent == Some(true));
            block.count(Counter::SpliceOwnLost, u64::from(is_sent != Some(true)));
        });
        sent
    }
}

struct Judging<'c, C: Clock> {
    engine: &'c mut Engine,
    policy: &'c PolicySlot,
    events: &'c mut EventRing,
    tracer: &'c mut Tracer,
    block: &'c mut Block,
    clock: &'c C,
}

impl<P: Port, C: Clock> Judge<P> for Judging<'_, C> {
    #[inline]
    fn burst(
        &mut self,
        vantage: Vantage<'_>,
        port: &mut P,
        frames: &mut Burst<P::Frame>,
        held: &mut Holding<P::Frame>,
    ) {
        let arrived_ns = self.clock.now_ns();
        self.engine.at(arrived_ns);
        let image = self.policy.image();
        let (mut octets, mut aside) = (0, Aside::new(held.len()));
        let is_traced = self.tracer.is_on();
        for (index, frame) in frames.iter_mut().enumerate() {
            octets += frame.len_octets() as u64;
            let meta = frame.meta();
            let time_ns = meta.timestamp_ns.unwrap_or(arrived_ns);
            let Some(whole) = frame.contiguous() else {
                self.block.count(Counter::RxNotContiguous, 1);
                continue;
            };
            let number = vantage.first + index as u64;
            let input = vantage.input(whole, meta, number, time_ns);
            let tracer = is_traced.then(|| self.tracer.next_frame());
            let mut sink = Recording { events: self.events, tracer, block: self.block, clock: self.clock, arrived_ns };
            self.engine.process(&input, image.as_ref(), &mut sink);
            let written = match self.engine.written(&input) {
                Written::Later(ticket) if aside.has_room() => {
                    if is_traced {
                        self.tracer.frame(&input, &Written::Later(ticket), false);
                        self.tracer.done(Became::Waits, arrived_ns, self.block);
                    }
                    aside.waits(index, ticket, number);
                    continue;
                }
                Written::Later(ticket) => {
                    self.block.count(Counter::FramesNotHeld, 1);
                    match vantage.wire {
                        Some(wire) if wire.crowded == Fallback::Discard => Written::Nothing,
                        _ => self.engine.written_unheld(ticket, &input),
                    }
                }
                written => written,
            };
            if is_traced {
                self.tracer.frame(&input, &written, false);
            }
            let mut more = More { port: &mut *port, meta, made: ArrayVec::new(), room: aside.room() };
            let became = instead(frame, written, &mut more, vantage.is_closed(), self.block);
            if is_traced {
                self.tracer.done(became, arrived_ns, self.block);
            }
            if became == Became::Dropped {
                aside.is_dropped(index);
            } else if aside.is_behind_others() && aside.has_room() {
                aside.waits(index, NO_TICKET, number);
            }
            aside.are_behind(index, more.made);
        }
        self.block.count(Counter::RxFrames, frames.len() as u64);
        self.block.count(Counter::RxOctets, octets);
        aside.into(held, frames, arrived_ns);
    }

    fn release(
        &mut self,
        vantage: Vantage<'_>,
        (port, is_last): (&mut P, bool),
        held: &mut Holding<P::Frame>,
        frames: &mut Burst<P::Frame>,
    ) {
        let now_ns = self.clock.now_ns();
        self.engine.at(now_ns);
        let patience_ns = vantage.wire.map_or(0, |wire| wire.patience_ns);
        let is_traced = self.tracer.is_on();
        let mut place = 0;
        while !frames.is_full() {
            let has_time = |one: &Held<P::Frame>| !is_last && now_ns.saturating_sub(one.since_ns) < patience_ns;
            let waits = |ticket| self.engine.is_waiting(ticket) && !self.engine.is_overdue(ticket);
            let next = held.take_next(&mut place, |one| !has_time(one) || !waits(one.ticket));
            let Some(Held { mut frame, ticket, since_ns, number }) = next else { return };
            if ticket == NO_TICKET {
                let _full = frames.push(frame);
                continue;
            }
            let is_waiting = self.engine.is_waiting(ticket);
            self.block.count(Counter::FramesHeldTooLong, u64::from(is_waiting));
            let meta = frame.meta();
            if let Some(whole) = frame.contiguous() {
                let input = vantage.input(whole, meta, number, since_ns);
                let written = self.engine.written_late(ticket, is_waiting, &input);
                if is_traced {
                    self.tracer.next_frame().frame(&input, &written, true);
                }
                let room = FRAMES_MAX.min(HELD_FRAMES_MAX - held.len().min(HELD_FRAMES_MAX));
                let mut more = More { port: &mut *port, meta, made: ArrayVec::new(), room };
                let became = instead(&mut frame, written, &mut more, vantage.is_closed(), self.block);
                if is_traced {
                    self.tracer.done(became, now_ns, self.block);
                }
                if became == Became::Dropped {
                    continue;
                }
                more.made.into_iter().rev().for_each(|made| held.push_at(place, Held::made(made, now_ns)));
            }
            // There is room: it was asked for.
            let _full = frames.push(frame);
        }
    }
}

/// Where further frames in the place of one are made.
struct More<'m, P: Port> {
    port: &'m mut P,
    meta: FrameMeta,
    made: ArrayVec<P::Frame, FRAMES_MAX>,
    /// How many there may be.
    room: usize,
}

impl<P: Port> More<'_, P> {
    /// `false` where there is no room: its chunks are lost on the way, and their sender sends them again.
    fn add(&mut self, octets: &[u8]) -> bool {
        let has_room = self.made.len() < self.room.min(FRAMES_MAX);
        let made = has_room.then(|| self.port.make(octets, self.meta)).flatten();
        made.is_some_and(|frame| self.made.try_push(frame).is_ok())
    }
}

/// Puts other octets into a frame. It is dropped where nothing is left of it, or where it should have them and cannot, and
/// must not go on as it came.
#[inline]
fn instead<P: Port>(
    frame: &mut P::Frame,
    written: Written<'_>,
    more: &mut More<'_, P>,
    is_closed: bool,
    block: &mut Block,
) -> Became {
    match written {
        Written::AsItCame | Written::Later(_) => Became::AsItCame,
        Written::Nothing => Became::Dropped,
        written => changed(frame, written, more, is_closed, block),
    }
}

#[inline(never)]
fn changed<P: Port>(
    frame: &mut P::Frame,
    written: Written<'_>,
    more: &mut More<'_, P>,
    is_closed: bool,
    block: &mut Block,
) -> Became {
    let unchanged = if is_closed { Became::Dropped } else { Became::NotChanged };
    let Written::Changed(mut frames) = written else {
        block.count(Counter::FramesNotChanged, 1);
        return unchanged;
    };
    if frames.next().is_none_or(|first| replace(frame, first).is_err()) {
        block.count(Counter::FramesNotChanged, 1);
        return unchanged;
    }
    block.count(Counter::FramesChanged, 1);
    for octets in frames {
        let counter = if more.add(octets) { Counter::FramesAdded } else { Counter::FramesNotAdded };
        block.count(counter, 1);
    }
    Became::Changed
}

/// Writes other octets into a frame.
fn replace(frame: &mut impl Frame, octets: &[u8]) -> Result<(), NoRoom> {
    frame.resize(octets.len())?;
    frame.octets_mut().get_mut(..octets.len()).ok_or(NoRoom)?.copy_from_slice(octets);
    Ok(())
}

/// Writes what the engine judged into the ring, with the time that passed since the burst came in.
struct Recording<'c, C: Clock> {
    events: &'c mut EventRing,
    tracer: Option<&'c mut Tracer>,
    block: &'c mut Block,
    clock: &'c C,
    arrived_ns: u64,
}

impl<C: Clock> Count for Recording<'_, C> {
    #[inline(always)]
    fn add(&mut self, slot: sluice_abi::counters::Slot, n: u64) {
        self.block.add(slot, n);
    }
}

impl<C: Clock> Sink for Recording<'_, C> {
    #[inline]
    fn has_room(&self) -> bool {
        self.events.has_room()
    }

    #[inline]
    fn message(&mut self, facts: &mut Facts<'_>, log: LogLevel) {
        let latency_ns = self.clock.now_ns().saturating_sub(self.arrived_ns);
        self.block.record_latency(latency_ns);
        // A replay's clock stands still: what was not measured is not recorded.
        if latency_ns > 0 {
            facts.set(Field::LatencyNs, latency_ns);
        }
        self.events.write(facts, log, self.block);
        if let Some(tracer) = &mut self.tracer {
            tracer.message(facts);
        }
    }
}

/// Tells every thread of the dataplane to end.
pub type Stop = Arc<AtomicBool>;
