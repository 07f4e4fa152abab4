//! Benchmarks beside peers: the same messages, in one run, in one table.
//!
//! A [`Candidate`] decodes frames and hands out the [`Fields`] of each TCAP component, a [`Pass`] only counts them. [`verify()`] holds it against the
//! truth of the capture first, message by message; only what agrees is timed, and all candidates must come to the
//! same [`Digest`] on it. The way of measuring is [`timing`]'s.
//!
//! - [`frames`]: messages from a capture, repeated to any number with transmission numbers of their own.
//! - [`fields`]: what is compared, and its digest.
//! - [`truth`], [`verify`]: what was meant, and who agrees.
//! - [`ours`]: our own engine, verified and bare. [`peers`]: the crates m3ua, sccp, tcap and gsm_map as a candidate. tshark and pycrate are scripts in `peers/`.
//! - [`forms`]: the same messages in every form they can hide in. [`layers`]: each layer alone. [`floods`]: more of
//!   everything than the tables hold. [`state`]: tables that hold ten million. [`reload`]: policies that change meanwhile.
//! - [`judging`]: what texts, rules, lists and scenarios cost.
//! - [`timing`], [`clock`], [`allocations`]: how it is measured. [`report`], [`goals`]: the table, and what was wanted.

pub mod allocations;
pub mod clock;
pub mod fields;
pub mod floods;
pub mod forms;
pub mod frames;
pub mod goals;
pub mod judging;
pub mod layers;
pub mod ours;
pub mod peers;
pub mod reload;
pub mod report;
pub mod state;
pub mod timing;
pub mod truth;
pub mod verify;

pub use fields::{Component, Digest, Fields};
pub use frames::{Frame, Load};
pub use verify::verify;

/// A decoder that is measured.
pub trait Candidate {
    /// Its name in the tables.
    fn name(&self) -> &'static str;

    /// Decodes every frame, in order, and hands out each TCAP component it finds in them.
    fn run(&mut self, frames: &[Frame<'_>], take: &mut dyn FnMut(&Fields<'_>));

    /// Whether it may touch the heap. Ours may not: a run in which it does fails.
    fn may_allocate(&self) -> bool {
        true
    }
}

/// A way through our own engine that hands out nothing, and so cannot be compared field by field: what it saw must be
/// what the candidates found. It may not allocate.
pub trait Pass {
    /// Its name in the tables.
    fn name(&self) -> &'static str;

    /// Every frame, in order.
    fn run(&mut self, frames: &[Frame<'_>]) -> Seen;
}

/// How much was seen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Seen {
    /// TCAP components.
    pub messages: u64,
    /// Octets of their texts in UTF-8.
    pub text_octets: u64,
}

impl Seen {
    /// What was seen after an earlier count.
    pub fn since(self, before: Self) -> Self {
        Self { messages: self.messages - before.messages, text_octets: self.text_octets - before.text_octets }
    }
}

/// What a candidate makes of the frames.
pub fn digest(candidate: &mut dyn Candidate, frames: &[Frame<'_>]) -> Digest {
    let mut digest = Digest::default();
    candidate.run(frames, &mut |fields| digest.add(fields));
    digest
}
