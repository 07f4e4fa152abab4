//! The poll loop touches the heap on no backend. Counted by the allocator itself.
#![allow(unsafe_code, reason = "a counting allocator")]

mod common;

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

use common::{eal, numbered, open};
use sluice_io::capture::{CapturePort, Writer};
use sluice_io::chaos::{Chaos, Faults};
use sluice_io::memory::{MemoryPort, Pool, Preload, pair};
use sluice_io::{Burst, FrameMeta, LinkType, Port};

struct Counting;

thread_local! {
    static ALLOCATIONS: Cell<u64> = const { Cell::new(0) };
}

// SAFETY: hands everything on to the system's allocator.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        ALLOCATIONS.set(ALLOCATIONS.get() + 1);
        // SAFETY: the caller's promise is passed on.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: the caller's promise is passed on.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// Allocations of this thread while the first port's frames go to the second, in bursts.
fn allocations<P: Port>(from: &mut P, to: &mut impl Port<Frame = P::Frame>, bursts: u32) -> u64 {
    let mut burst = Burst::new();
    from.receive(&mut burst);
    to.send(&mut burst);
    let before = ALLOCATIONS.get();
    for _ in 0..bursts {
        from.receive(&mut burst);
        to.send(&mut burst);
        from.release(&mut burst);
    }
    ALLOCATIONS.get() - before
}

fn preload(loops: u64) -> Preload {
    let frames = (0..32).map(|n| (numbered(n, 250).into_boxed_slice(), FrameMeta::default())).collect();
    Preload::new(frames, loops, 0)
}

#[test]
fn dpdk_ports_do_not_allocate() {
    let eal = eal();
    let (_a, mut from) = open(&eal, "from", "net_null:size=250");
    let (_b, mut to) = open(&eal, "to", "net_null:size=250");
    assert_eq!(allocations(&mut from, &mut to, 10_000), 0);
    assert!(from.stats().rx_frames > 600_000);
}

#[test]
fn memory_ports_do_not_allocate() {
    let pool = Pool::new(256, 2_048);
    let mut from = MemoryPort::preloaded("from", &pool, preload(u64::MAX));
    let (mut to, _peer) = pair(["to", "peer"], &pool, 64);
    assert_eq!(allocations(&mut from, &mut to, 10_000), 0);
    assert_eq!(to.stats().tx_frames, 64, "the cable is full, and the rest was refused and freed");
}

#[test]
fn chaos_does_not_allocate() {
    let pool = Pool::new(256, 2_048);
    let from = MemoryPort::preloaded("from", &pool, preload(u64::MAX));
    let mut from = Chaos::new(from, Faults::some(), 5);
    let mut to = MemoryPort::sink("to", &pool);
    assert_eq!(allocations(&mut from, &mut to, 10_000), 0);
}

#[test]
fn capture_files_are_played_and_written_without_allocating() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("in.pcap");
    let mut writer = Writer::create(&path, LinkType::ETHERNET).unwrap();
    for number in 0..20_000 {
        writer.write(u64::from(number), &numbered(number, 250), 250).unwrap();
    }
    writer.finish().unwrap();
    let pool = Pool::new(256, 2_048);
    let mut from = CapturePort::open("from", &path, &pool).unwrap();
    let writer = Writer::create(folder.path().join("out.pcap"), LinkType::ETHERNET).unwrap();
    let mut to = CapturePort::output_only("to", &pool).with_output(writer);
    assert_eq!(allocations(&mut from, &mut to, 400), 0);
    assert_eq!(to.finish().unwrap().tx_frames, 20_000);
}
