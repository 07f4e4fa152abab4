//! The poll loop over memory ports and over ports that misbehave on purpose: what comes in goes out untouched and in
//! order, everything is counted, and no buffer is lost.

mod common;

use common::{POOL_FRAMES, QUEUE_FRAMES, Rig, TURN_NS, collect, frames, frames_of, offer};
use sluice_abi::counters::{Counter, Exit, Slot};
use sluice_dataplane::lane::Lane;
use sluice_dataplane::poll::Until;
use sluice_io::FrameMeta;
use sluice_io::chaos::{Chaos, Faults};
use sluice_io::memory::{MemoryPort, Pool, Preload, pair};
use sluice_shm::counters::CounterReader;
use std::sync::atomic::{AtomicBool, Ordering};

/// Sends frames from outside through a wire with these faults on its ports; gives what arrives inside.
fn through_a_wire(
    frames: &[(Vec<u8>, FrameMeta)],
    faults: Faults,
    seed: u64,
) -> (Vec<Vec<u8>>, Rig<Chaos<MemoryPort>>, Pool) {
    let pool = Pool::new(POOL_FRAMES, 2048);
    let (mut far_outside, outside) = pair(["far", "outside"], &pool, QUEUE_FRAMES);
    let (mut far_inside, inside) = pair(["far", "inside"], &pool, QUEUE_FRAMES);
    let (outside, inside) = (Chaos::new(outside, faults, seed), Chaos::new(inside, faults, seed + 1));
    let mut rig = Rig::new(vec![Lane::wire("w".into(), outside, inside)]);
    let (mut arrived, mut sent) = (Vec::new(), 0);
    let mut idle = 0;
    // Faults hold frames back for some turns at most, and the wire those that wait for others until their time is up:
    // when nothing has moved for long, all has moved that will.
    while idle < 1000 {
        sent += offer(&mut far_outside, &pool, &frames[sent..]);
        idle = if rig.core.turn() == 0 && sent == frames.len() { idle + 1 } else { 0 };
        rig.core.clock.advance(TURN_NS);
        collect(&mut far_inside, &mut arrived);
    }
    (arrived, rig, pool)
}

#[test]
fn a_wire_forwards_every_frame_untouched() {
    let frames = frames();
    let (arrived, mut rig, pool) = through_a_wire(&frames, Faults::default(), 1);
    assert_eq!(sorted(arrived), sorted(frames.iter().map(|(octets, _)| octets.clone()).collect()));
    assert_eq!(rig.at(Slot::counter(Counter::RxFrames)), frames.len() as u64);
    assert_eq!(rig.at(Slot::counter(Counter::TxFrames)), frames.len() as u64);
    assert_eq!(rig.frames_by_exit(), frames.len() as u64, "every frame left by one exit");
    assert_eq!(rig.recorded().len() as u64, rig.at(Slot::counter(Counter::EventsWritten)));
    assert_eq!(pool.in_use(), 0);
}

fn sorted(mut frames: Vec<Vec<u8>>) -> Vec<Vec<u8>> {
    frames.sort();
    frames
}

#[test]
fn frames_that_wait_for_no_others_go_on_in_order() {
    let frames = frames_of("sua.pcap");
    let (arrived, rig, _) = through_a_wire(&frames, Faults::default(), 1);
    assert!(arrived.iter().eq(frames.iter().map(|(octets, _)| octets)));
    assert_eq!(rig.at(Slot::counter(Counter::FramesHeldTooLong)), 0);
}

#[test]
fn a_full_ring_on_the_way_out_delays_frames_and_loses_none() {
    let frames = frames();
    let (arrived, rig, pool) = through_a_wire(&frames, Faults { tx_full: 700, ..Faults::default() }, 2);
    assert_eq!(sorted(arrived), sorted(frames.iter().map(|(octets, _)| octets.clone()).collect()));
    assert_eq!(rig.at(Slot::counter(Counter::TxDropped)), 0);
    assert_eq!(pool.in_use(), 0);
}

#[test]
fn ports_that_lose_repeat_reorder_cut_and_chain_frames_cost_no_buffer_and_no_count() {
    for seed in 0..20 {
        let (arrived, rig, pool) = through_a_wire(&frames(), Faults::some(), seed);
        let received = rig.at(Slot::counter(Counter::RxFrames));
        assert!(received > 0);
        assert_eq!(arrived.len() as u64, rig.at(Slot::counter(Counter::TxFrames)), "seed {seed}");
        assert_eq!(received, rig.at(Slot::counter(Counter::TxFrames)), "seed {seed}: what came in went out");
        let undecoded = rig.at(Slot::counter(Counter::RxNotContiguous));
        assert_eq!(rig.frames_by_exit() + undecoded, received, "seed {seed}: every frame left by one exit");
        drop(rig);
        assert_eq!(pool.in_use(), 0, "seed {seed}");
    }
}

#[test]
fn a_tap_judges_each_message_once_whatever_is_repeated_and_sends_nothing() {
    let pool = Pool::new(POOL_FRAMES, 2048);
    let (mut far, near) = pair(["far", "near"], &pool, QUEUE_FRAMES);
    let mut rig = Rig::new(vec![Lane::tap("t".into(), near, Vec::new())]);
    let frames = frames();
    let twice: Vec<_> = frames.iter().flat_map(|frame| [frame.clone(), frame.clone()]).collect();
    let mut sent = 0;
    while sent < twice.len() {
        sent += offer(&mut far, &pool, &twice[sent..]);
        while rig.core.turn() > 0 {}
    }
    let judged = rig.at(Slot::chunk(Exit::Judged));
    assert!(judged > 100);
    assert!(rig.at(Slot::counter(Counter::DuplicateTsn)) >= judged, "each came twice");
    assert!(rig.recorded().iter().all(|number| number % 2 == 1), "the first copy of each was judged");
    let mut nothing = Vec::new();
    collect(&mut far, &mut nothing);
    assert!(nothing.is_empty());
    assert_eq!(pool.in_use(), 0);
}

#[test]
fn a_tap_that_is_shown_what_crosses_a_wire_judges_it_as_well() {
    let pool = Pool::new(POOL_FRAMES, 2048);
    let (mut far_outside, outside) = pair(["far", "outside"], &pool, QUEUE_FRAMES);
    let (mut far_inside, inside) = pair(["far", "inside"], &pool, QUEUE_FRAMES);
    let (mut far_tap, tap) = pair(["far", "tap"], &pool, QUEUE_FRAMES);
    let lanes = vec![Lane::wire("w".into(), outside, inside), Lane::tap("t".into(), tap, Vec::new())];
    let mut rig = Rig::new(lanes);
    let (frames, mut sent) = (frames(), 0);
    while sent < frames.len() {
        let took = offer(&mut far_outside, &pool, &frames[sent..]);
        assert_eq!(offer(&mut far_tap, &pool, &frames[sent..sent + took]), took);
        sent += took;
        while rig.core.turn() > 0 {}
        collect(&mut far_inside, &mut Vec::new());
    }
    let recorded = rig.recorded();
    assert!(recorded.len() > 200);
    assert_eq!(rig.at(Slot::counter(Counter::DuplicateTsn)), 0);
    let twice = recorded.iter().filter(|n| recorded.iter().filter(|m| m == n).count() % 2 == 0).count();
    assert_eq!(twice, recorded.len(), "each was judged once on the wire and once on the tap");
}

#[test]
fn a_core_told_to_stop_does_so_though_frames_come_without_end() {
    let pool = Pool::new(POOL_FRAMES, 2048);
    let frames = frames().into_iter().map(|(octets, meta)| (octets.into_boxed_slice(), meta)).collect();
    let endless = MemoryPort::preloaded("endless", &pool, Preload::new(frames, u64::MAX, 0));
    let mut rig = Rig::new(vec![Lane::tap("t".into(), endless, Vec::new())]);
    let stop = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let counters = CounterReader::open(&rig.counters_path()).unwrap();
        let core = scope.spawn(|| rig.core.run(&stop, Until::Stopped));
        while counters.snapshot().unwrap().total(Slot::counter(Counter::RxFrames)) < 1000 {
            std::thread::yield_now();
        }
        stop.store(true, Ordering::Release);
        core.join().unwrap();
    });
    assert_eq!(rig.frames_by_exit(), rig.at(Slot::counter(Counter::RxFrames)));
    assert_eq!(pool.in_use(), 0);
}
