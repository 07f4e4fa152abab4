//! Every truncation of every frame of the captures and every change of one octet in it, through the whole engine: no
//! panic, one exit each, in time. Overflow checks are on in every profile, so arithmetic that runs over is a panic too.
//!
//! All 255 other values are tried where a capture is small, a fixed spread elsewhere; where even that would take too
//! long a fixed share of the changes is taken, evenly spread. How many executions were made is printed.

#![allow(clippy::disallowed_types, reason = "what takes too long is only seen on a clock")]

mod common;

use common::{Capture, Rig, captures, shared_captures};
use std::time::Instant;

/// Captures of so many octets have every octet changed to every value.
const SMALL_OCTETS: usize = 2500;
/// Changes tried in one capture.
const CHANGES_MAX: usize = 1_500_000;
/// Truncations tried in one capture.
const TRUNCATIONS_MAX: usize = 500_000;
/// Far beyond what any run took: more is a hang.
const SECONDS_MAX: u64 = 600;

/// Which of so many are tried, so that no more than a limit are: every one, or every so many.
const fn stride(all: usize, limit: usize) -> usize {
    if all <= limit { 1 } else { all.div_ceil(limit) }
}

/// The values an octet is changed to in a capture that is not small.
fn spread(octet: u8) -> [u8; 9] {
    [0, 1, 0x7F, 0x80, 0xFF, octet ^ 1, octet ^ 0x80, octet.wrapping_add(1), octet.wrapping_sub(1)]
}

fn all_others(octet: u8) -> impl Iterator<Item = u8> {
    (1..=255).map(move |change| octet ^ change)
}

fn truncated(rig: &mut Rig, capture: &Capture) {
    let every = stride(capture.octets(), TRUNCATIONS_MAX);
    let mut count = 0;
    for (link, frame) in &capture.frames {
        for cut in 0..frame.len() {
            count += 1;
            if count % every == 0 {
                rig.offer(*link, &frame[..cut]);
            }
        }
        rig.offer(*link, frame);
    }
}

fn changed(rig: &mut Rig, capture: &Capture) {
    let is_small = capture.octets() <= SMALL_OCTETS;
    let every =
        stride(capture.octets() * if is_small { 255 } else { 9 }, if is_small { usize::MAX } else { CHANGES_MAX });
    let mut count = 0;
    for (link, frame) in &capture.frames {
        let mut octets = frame.clone();
        for at in 0..octets.len() {
            let kept = octets[at];
            let mut offer = |value| {
                count += 1;
                if count % every == 0 {
                    octets[at] = value;
                    rig.offer(*link, &octets);
                }
            };
            if is_small {
                all_others(kept).for_each(&mut offer);
            } else {
                spread(kept).into_iter().filter(|value| *value != kept).for_each(&mut offer);
            }
            octets[at] = kept;
        }
    }
}

fn every(name: &str, captures: &[Capture], mutate: fn(&mut Rig, &Capture)) {
    let began = Instant::now();
    let mut rig = Rig::new();
    for capture in captures {
        mutate(&mut rig, capture);
    }
    rig.check();
    assert!(rig.changed > 0, "frames of every capture are refused, and changed");
    let took = began.elapsed();
    eprintln!("{name}: {} executions over {} captures in {:.1} s", rig.offered, captures.len(), took.as_secs_f64());
    assert!(took.as_secs() < SECONDS_MAX, "{took:?}");
    assert!(rig.offered > 10_000, "the captures hold frames");
}

#[test]
fn every_truncation_of_our_captures_leaves_by_one_exit_without_panic() {
    every("truncations", &captures(), truncated);
}

#[test]
fn every_change_of_one_octet_of_our_captures_leaves_by_one_exit_without_panic() {
    every("changes", &captures(), changed);
}

#[test]
fn every_truncation_of_the_shared_captures_leaves_by_one_exit_without_panic() {
    if let Some(captures) = shared_captures() {
        every("truncations, shared", &captures, truncated);
    }
}

#[test]
fn every_change_of_one_octet_of_the_shared_captures_leaves_by_one_exit_without_panic() {
    if let Some(captures) = shared_captures() {
        every("changes, shared", &captures, changed);
    }
}

#[test]
fn a_share_is_taken_evenly_and_never_more_than_the_limit() {
    for (all, limit) in [(0, 10), (10, 10), (11, 10), (1000, 7)] {
        let taken = (1..=all).filter(|n| n % stride(all, limit) == 0).count();
        assert!(taken <= limit && (taken > 0 || all == 0), "{all} {limit} {taken}");
    }
    assert_eq!(all_others(7).count(), 255);
    assert!(all_others(7).all(|value| value != 7));
}
