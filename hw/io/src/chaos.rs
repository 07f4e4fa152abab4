//! A port that misbehaves on purpose: wraps any other and loses, repeats, reorders, cuts and chains frames
//! on the way in, and plays a full ring on the way out.
//!
//! Everything follows from the seed: the same seed over the same traffic misbehaves the same way. A frame
//! is freed or handed on exactly once, whatever happens to it; a wrapped port with no buffer left just does
//! not repeat.

use crate::{Burst, Frame, FrameMeta, Port, PortStats};

/// Frames that may be held back for reordering at a time.
pub const HELD_FRAMES_MAX: usize = 16;

/// How often each thing goes wrong, in frames per thousand (bursts per thousand for `tx_full`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Faults {
    /// Frames lost on the way in.
    pub loss: u16,
    /// Frames received twice.
    pub duplicate: u16,
    /// Frames held back and received after later ones.
    pub reorder: u16,
    /// Frames cut at a random length, down to none at all.
    pub cut: u16,
    /// Frames that come in two segments, where the wrapped port's frames can.
    pub chain: u16,
    /// Sends of which the ring takes only a random part, perhaps nothing.
    pub tx_full: u16,
}

impl Faults {
    /// A bit of everything.
    pub const fn some() -> Self {
        Self { loss: 20, duplicate: 20, reorder: 50, cut: 20, chain: 50, tx_full: 100 }
    }
}

/// What has gone wrong so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Mischief {
    /// Frames lost.
    pub lost: u64,
    /// Copies made.
    pub duplicated: u64,
    /// Frames held back.
    pub reordered: u64,
    /// Frames cut.
    pub cut: u64,
    /// Frames chained.
    pub chained: u64,
    /// Frames refused on the way out without asking the wrapped port.
    pub refused: u64,
}

/// A wrapped port. See the module.
pub struct Chaos<P: Port> {
    inner: P,
    faults: Faults,
    random: Random,
    arrived: Burst<P::Frame>,
    held: [Option<P::Frame>; HELD_FRAMES_MAX],
    mischief: Mischief,
    delivered: PortStats,
}

impl<P: Port> Chaos<P> {
    /// `inner` with these faults, decided by `seed`.
    pub fn new(inner: P, faults: Faults, seed: u64) -> Self {
        Self {
            inner,
            faults,
            random: Random(seed),
            arrived: Burst::new(),
            held: [const { None }; HELD_FRAMES_MAX],
            mischief: Mischief::default(),
            delivered: PortStats::default(),
        }
    }

    /// What has gone wrong so far.
    pub fn mischief(&self) -> Mischief {
        self.mischief
    }

    /// The wrapped port. Frames held back are freed.
    pub fn into_inner(self) -> P {
        self.inner
    }

    /// Lets each held frame go with an even chance; all of them when nothing else will come.
    fn let_go(&mut self, into: &mut Burst<P::Frame>) {
        let all = self.arrived.is_empty() && self.inner.is_exhausted();
        for slot in &mut self.held {
            if !into.is_full() && slot.is_some() && (all || self.random.per_mille(500)) {
                into.extend_one(slot.take());
            }
        }
    }

    /// What becomes of one frame that has arrived; `None` if nothing, for now.
    fn suffer(&mut self, mut frame: P::Frame) -> Option<P::Frame> {
        if self.random.per_mille(self.faults.loss) {
            self.mischief.lost += 1;
            return None;
        }
        if self.random.per_mille(self.faults.cut) {
            let keep = self.random.below(frame.len_octets());
            self.mischief.cut += u64::from(frame.resize(keep).is_ok());
        }
        if self.random.per_mille(self.faults.chain) {
            let first = self.random.below(frame.len_octets());
            self.mischief.chained += u64::from(frame.chain(first));
        }
        if self.random.per_mille(self.faults.reorder)
            && let Some(slot) = self.held.iter_mut().find(|slot| slot.is_none())
        {
            self.mischief.reordered += 1;
            *slot = Some(frame);
            return None;
        }
        Some(frame)
    }

    fn duplicate(&mut self, frame: &P::Frame) -> Option<P::Frame> {
        if !frame.is_contiguous() || !self.random.per_mille(self.faults.duplicate) {
            return None;
        }
        let copy = self.inner.make(frame.octets(), frame.meta())?;
        self.mischief.duplicated += 1;
        Some(copy)
    }
}

impl<P: Port> Port for Chaos<P> {
    type Frame = P::Frame;

    fn name(&self) -> &str {
        self.inner.name()
    }

    fn receive(&mut self, into: &mut Burst<P::Frame>) -> usize {
        let before = into.len();
        if self.arrived.is_empty() {
            self.inner.receive(&mut self.arrived);
        }
        let waiting = self.arrived.len();
        for _ in 0..waiting {
            if into.room() < 2 {
                break; // room for the frame and its copy
            }
            let Some(frame) = self.arrived.take_first(1).next() else { break };
            if let Some(frame) = self.suffer(frame) {
                let copy = self.duplicate(&frame);
                into.extend_one(Some(frame));
                into.extend_one(copy);
            }
        }
        self.let_go(into);
        let received = into.get(before..).unwrap_or_default();
        self.delivered.rx_frames += received.len() as u64;
        self.delivered.rx_octets += received.iter().map(|frame| frame.len_octets() as u64).sum::<u64>();
        received.len()
    }

    fn send(&mut self, frames: &mut Burst<P::Frame>) -> usize {
        if !self.random.per_mille(self.faults.tx_full) {
            return self.inner.send(frames);
        }
        let allowed = self.random.below(frames.len());
        let mut part = Burst::new();
        for frame in frames.take_first(allowed) {
            part.extend_one(Some(frame));
        }
        self.mischief.refused += frames.len() as u64;
        let sent = self.inner.send(&mut part);
        for frame in frames.drain() {
            part.extend_one(Some(frame));
        }
        core::mem::swap(frames, &mut part);
        sent
    }

    fn make(&mut self, octets: &[u8], meta: FrameMeta) -> Option<P::Frame> {
        self.inner.make(octets, meta)
    }

    fn is_exhausted(&self) -> bool {
        self.arrived.is_empty() && self.held.iter().all(Option::is_none) && self.inner.is_exhausted()
    }

    /// The wrapped port's numbers, but what was received is what this port delivered, and what it lost is
    /// counted as missed.
    fn stats(&self) -> PortStats {
        let inner = self.inner.stats();
        PortStats {
            rx_frames: self.delivered.rx_frames,
            rx_octets: self.delivered.rx_octets,
            rx_missed: inner.rx_missed + self.mischief.lost,
            tx_refused: inner.tx_refused + self.mischief.refused,
            ..inner
        }
    }
}

impl<F> Burst<F> {
    /// Adds a frame where the caller has made sure of the room.
    fn extend_one(&mut self, frame: Option<F>) {
        if let Some(frame) = frame {
            let pushed = self.push(frame);
            debug_assert!(pushed.is_ok(), "room was checked");
        }
    }
}

/// SplitMix64 (Steele, Lea, Flood 2014): one addition and a mix per number.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// Less than `bound`; 0 if that is 0.
    fn below(&mut self, bound: usize) -> usize {
        self.next().checked_rem(bound as u64).unwrap_or(0) as usize
    }

    fn per_mille(&mut self, rate: u16) -> bool {
        self.next() % 1_000 < u64::from(rate)
    }
}
