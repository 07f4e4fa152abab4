//! Benchmarks beside peers: the same messages, in one run, in one table.
//!
//! A [`Candidate`] decodes frames and hands out the [`Fields`] of each TCAP component. [`verify()`] holds it against the
//! truth of the capture first, message by message; only what agrees is timed, and all candidates must come to the
//! same [`Digest`] on it. The way of measuring is [`timing`]'s.
//!
//! - [`frames`]: messages from a capture, repeated to any number with transmission numbers of their own.
//! - [`fields`]: what is compared, and its digest.
//! - [`truth`], [`verify`]: what was meant, and who agrees.
//! - [`peers`]: the crates m3ua, sccp, tcap and gsm_map as a candidate. tshark and pycrate are scripts in `peers/`.
//! - [`timing`], [`clock`], [`allocations`]: how it is measured.

pub mod allocations;
pub mod clock;
pub mod fields;
pub mod frames;
pub mod peers;
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
}

/// What a candidate makes of the frames.
pub fn digest(candidate: &mut dyn Candidate, frames: &[Frame<'_>]) -> Digest {
    let mut digest = Digest::default();
    candidate.run(frames, &mut |fields| digest.add(fields));
    digest
}
