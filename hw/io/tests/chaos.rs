//! A port that misbehaves: what it does follows from the seed, and no frame is lost to the pool.

use sluice_io::chaos::{Chaos, Faults, Mischief};
use sluice_io::memory::{MemoryPort, Pool, Preload, pair};
use sluice_io::{Burst, Frame, FrameMeta, Port};

const FRAMES: u16 = 1_000;

fn preloaded(pool: &Pool) -> MemoryPort {
    let frames = (0..FRAMES).map(|n| ([n.to_be_bytes(), [7; 2]].concat().into(), FrameMeta::default())).collect();
    MemoryPort::preloaded("gen", pool, Preload::new(frames, 1, 0))
}

/// The first two octets of every frame that came, with its visible and its whole length.
fn play(faults: Faults, seed: u64) -> (Vec<(Vec<u8>, usize)>, Mischief) {
    let pool = Pool::new(256, 64);
    let mut port = Chaos::new(preloaded(&pool), faults, seed);
    let mut seen = Vec::new();
    let mut burst = Burst::new();
    while !port.is_exhausted() {
        port.receive(&mut burst);
        seen.extend(burst.drain().map(|frame| (frame.octets().to_vec(), frame.len_octets())));
    }
    assert_eq!(port.stats().rx_frames, seen.len() as u64);
    drop(port);
    assert_eq!(pool.in_use(), 0, "every buffer came back");
    (seen, port_mischief_of(faults, seed))
}

fn port_mischief_of(faults: Faults, seed: u64) -> Mischief {
    let pool = Pool::new(256, 64);
    let mut port = Chaos::new(preloaded(&pool), faults, seed);
    let mut burst = Burst::new();
    while !port.is_exhausted() {
        port.receive(&mut burst);
        burst.clear();
    }
    port.mischief()
}

#[test]
fn without_faults_everything_passes_as_it_came() {
    let (seen, mischief) = play(Faults::default(), 1);
    assert_eq!(mischief, Mischief::default());
    assert!(seen.iter().map(|(octets, _)| &octets[..2]).eq((0..FRAMES).map(u16::to_be_bytes)));
}

#[test]
fn the_same_seed_does_the_same_and_another_something_else() {
    assert_eq!(play(Faults::some(), 42), play(Faults::some(), 42));
    assert_ne!(play(Faults::some(), 42).0, play(Faults::some(), 43).0);
}

#[test]
fn every_frame_is_lost_repeated_or_delivered_and_the_count_agrees() {
    let (seen, mischief) = play(Faults::some(), 7);
    let expected = u64::from(FRAMES) - mischief.lost + mischief.duplicated;
    assert_eq!(seen.len() as u64, expected);
    assert!(mischief.lost > 0 && mischief.duplicated > 0 && mischief.reordered > 0);
    assert!(mischief.cut > 0 && mischief.chained > 0);
}

#[test]
fn reordering_alone_keeps_every_frame() {
    let (seen, _) = play(Faults { reorder: 300, ..Faults::default() }, 3);
    let mut numbers: Vec<_> = seen.iter().map(|(octets, _)| u16::from_be_bytes([octets[0], octets[1]])).collect();
    assert!(!numbers.is_sorted());
    numbers.sort_unstable();
    assert!(numbers.into_iter().eq(0..FRAMES));
}

#[test]
fn a_full_ring_gives_frames_back_in_order_and_none_is_sent_twice() {
    let pool = Pool::new(256, 64);
    let (left, mut right) = pair(["left", "right"], &pool, 64);
    let mut left = Chaos::new(left, Faults { tx_full: 700, ..Faults::default() }, 9);
    let mut source = preloaded(&pool);
    let (mut out, mut back) = (Burst::new(), Burst::new());
    let mut seen = Vec::new();
    while !source.is_exhausted() || !out.is_empty() {
        source.receive(&mut out);
        left.send(&mut out);
        right.receive(&mut back);
        seen.extend(back.drain().map(|frame| u16::from_be_bytes([frame.octets()[0], frame.octets()[1]])));
    }
    assert!(seen.into_iter().eq(0..FRAMES));
    assert!(left.mischief().refused > 0);
    assert_eq!(pool.in_use(), 0);
}
