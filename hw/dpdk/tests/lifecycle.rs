//! Start, stop, and who is freed when.

mod common;

use std::thread;

use common::{eal, numbered, open};
use sluice_dpdk::{Eal, EalConfig, HugePages, PortSpec, Problem};
use sluice_io::chaos::{Chaos, Faults};
use sluice_io::{BURST_FRAMES, Burst, Frame, FrameMeta, Port};

#[test]
fn a_null_device_delivers_bursts_of_frames_of_its_size() {
    let eal = eal();
    let (device, mut port) = open(&eal, "null", "net_null:size=250");
    assert_eq!((device.capabilities().driver.as_str(), port.name(), port.queue()), ("net_null", "null", 0));
    let mut burst = Burst::new();
    assert_eq!(port.receive(&mut burst), BURST_FRAMES);
    assert!(burst.iter().all(|frame| frame.octets().len() == 250 && frame.meta().timestamp_ns.is_none()));
    assert_eq!(port.stats().rx_octets, 250 * BURST_FRAMES as u64);
    assert!(!port.is_exhausted());
}

#[test]
fn dropped_released_and_sent_frames_are_back_in_the_pool_each_once() {
    let eal = eal();
    let (device, mut port) = open(&eal, "null", "net_null:size=64");
    let pool = device.mempool().clone();
    let mut burst = Burst::new();
    for round in 0..200 {
        port.receive(&mut burst);
        assert_eq!(pool.in_use() as usize, burst.len());
        match round % 3 {
            0 => burst.clear(),
            1 => port.release(&mut burst),
            _ => assert_eq!(port.send(&mut burst), BURST_FRAMES),
        }
        assert_eq!(pool.in_use(), 0, "round {round}");
    }
}

#[test]
fn chaos_over_mbufs_loses_repeats_cuts_and_chains_and_frees_each_once() {
    let eal = eal();
    let (device, port) = open(&eal, "null", "net_null:size=64");
    let pool = device.mempool().clone();
    let mut port = Chaos::new(port, Faults::some(), 11);
    let mut burst = Burst::new();
    for _ in 0..500 {
        port.receive(&mut burst);
        for frame in burst.iter_mut() {
            let len = frame.len_octets();
            assert_eq!(frame.contiguous().unwrap().len(), len);
        }
        port.send(&mut burst);
        burst.clear();
    }
    let mischief = port.mischief();
    assert!(mischief.lost > 0 && mischief.duplicated > 0 && mischief.cut > 0 && mischief.chained > 0);
    drop(port);
    assert_eq!(pool.in_use(), 0);
}

#[test]
fn a_used_up_pool_gives_nothing_until_something_is_given_back() {
    let config = EalConfig { huge_pages: HugePages::Off, frames_per_node: 63, ..EalConfig::default() };
    let eal = Eal::init(&config).unwrap();
    let (_device, mut port) = open(&eal, "null", "net_null:size=64");
    let mut held = Burst::new();
    while let Some(frame) = port.make(&[1], FrameMeta::default()) {
        held.push(frame).unwrap();
    }
    assert_eq!(held.len(), 63);
    assert_eq!(port.receive(&mut Burst::new()), 0);
    held.pop();
    assert!(port.make(&[1], FrameMeta::default()).is_some());
}

#[test]
fn a_frame_may_grow_to_its_buffer_and_no_further_and_shows_no_old_octets() {
    let eal = eal();
    let (_device, mut port) = open(&eal, "null", "net_null:size=64");
    let meta = FrameMeta { timestamp_ns: Some(77), ..FrameMeta::default() };
    drop(port.make(&[9; 2_048], meta));
    assert!(port.make(&[9; 2_049], meta).is_none());
    let mut frame = port.make(&[1, 2], meta).unwrap();
    assert_eq!((frame.capacity_octets(), frame.meta()), (2_048, meta));
    frame.resize(2_048).unwrap();
    assert_eq!(&frame.octets()[..4], [1, 2, 0, 0]);
    assert!(frame.resize(2_049).is_err() && frame.resize(70_000).is_err());
    frame.resize(0).unwrap();
    assert!(frame.octets().is_empty());
}

#[test]
fn a_chained_mbuf_shows_its_first_segment_until_it_is_gathered() {
    let eal = eal();
    let (device, mut port) = open(&eal, "null", "net_null:size=64");
    let octets = numbered(5, 300);
    let mut frame = port.make(&octets, FrameMeta::default()).unwrap();
    assert!(frame.chain(100) && !frame.chain(10));
    assert_eq!((frame.octets().len(), frame.len_octets(), frame.is_contiguous()), (100, 300, false));
    assert!(frame.resize(10).is_err());
    assert_eq!(device.mempool().in_use(), 2);
    assert_eq!(frame.contiguous().unwrap(), octets);
    assert_eq!(device.mempool().in_use(), 1);
}

#[test]
fn whatever_is_dropped_first_the_rest_still_works() {
    let eal = eal();
    let (device, mut port) = open(&eal, "null", "net_null:size=64");
    drop((eal, device));
    let mut burst = Burst::new();
    assert_eq!(port.receive(&mut burst), BURST_FRAMES);
    drop(port);
    // The last frames outlive device, pool handle and EAL: their memory must still be there.
    burst.truncate(3);
    assert!(burst.iter_mut().all(|frame| {
        frame.octets_mut().fill(7);
        frame.octets() == [7; 64]
    }));
}

#[test]
fn a_port_closed_can_be_opened_again_under_its_name() {
    let eal = eal();
    for _ in 0..3 {
        let (_device, mut port) = open(&eal, "null", "net_null:size=64");
        assert_eq!(port.receive(&mut Burst::new()), BURST_FRAMES);
    }
}

#[test]
fn a_device_open_already_is_not_opened_twice() {
    let eal = eal();
    let (_device, mut port) = open(&eal, "null", "net_null:size=64");
    let again = eal.open(&PortSpec::new("null", "net_null:size=64").unwrap());
    assert_eq!(again.unwrap_err().to_string(), "null: net_null_null is open already");
    assert_eq!(port.receive(&mut Burst::new()), BURST_FRAMES, "the first is not disturbed");
}

#[test]
fn a_second_start_is_refused_by_us_and_not_by_a_crash() {
    let _eal = eal();
    let error = Eal::init(&EalConfig { huge_pages: HugePages::Off, ..EalConfig::default() }).unwrap_err();
    assert_eq!(error.problem, Problem::AlreadyInitialised);
}

#[test]
fn starting_leaves_the_calling_thread_on_the_cpus_it_had() {
    let cpus = || {
        let status = std::fs::read_to_string("/proc/thread-self/status").unwrap();
        status.lines().find(|line| line.starts_with("Cpus_allowed_list")).unwrap().to_owned()
    };
    let before = cpus();
    let _eal = eal();
    assert_eq!(cpus(), before);
}

#[test]
fn a_pinned_and_registered_thread_polls_its_own_queue() {
    let eal = eal();
    let spec = PortSpec { queues: 2, ..PortSpec::new("null", "net_null:size=64").unwrap() };
    let (device, queues) = eal.open(&spec).unwrap();
    let pool = device.mempool().clone();
    let polls = queues.into_iter().enumerate().map(|(core, mut queue)| {
        let eal = eal.clone();
        thread::spawn(move || {
            sluice_dpdk::pin_current_thread(core % 2).unwrap();
            let registered = eal.register_thread().unwrap();
            let mut burst = Burst::new();
            for _ in 0..1_000 {
                queue.receive(&mut burst);
                queue.send(&mut burst);
            }
            (registered.lcore(), queue.stats().tx_frames)
        })
    });
    let polls: Vec<_> = polls.collect();
    let results: Vec<_> = polls.into_iter().map(|poll| poll.join().unwrap()).collect();
    assert!(results.iter().all(|(lcore, frames)| (1..128).contains(lcore) && *frames == 64_000));
    assert_eq!(pool.in_use(), 0);
}

#[test]
fn a_port_that_cannot_be_had_says_why_and_the_next_one_still_opens() {
    let eal = eal();
    let told = |spec: &PortSpec| eal.open(spec).unwrap_err().to_string();
    let spec = |device| PortSpec::new("tap", device).unwrap();
    assert!(told(&spec("net_af_packet:iface=nosuch0")).contains("there is no interface nosuch0"));
    assert!(told(&spec("net_nosuch")).starts_with("tap: adding the device was refused"));
    let many = PortSpec { queues: 17, ..spec("net_ring") };
    assert!(told(&many).contains("17 queues, but the device has 16"), "{}", told(&many));
    let long = PortSpec { mtu: Some(9_000), ..spec("net_null") };
    assert!(told(&long).contains("an MTU of 9000 needs buffers longer than 2048"));
    assert!(told(&spec("0000:ff:1f.7")).contains("there is no PCI device"));
    open(&eal, "tap", "net_null:size=64");
}
