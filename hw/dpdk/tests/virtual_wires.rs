//! Frames across rings, shared memory and virtual cables.

mod common;

use std::process::Command;
use std::time::{Duration, Instant};

use common::{TwoNamespaces, cross, eal, numbered, open};
use sluice_dpdk::PortSpec;
use sluice_io::{Burst, Frame, FrameMeta, Port};

#[test]
fn what_goes_into_a_ring_comes_out_of_it_in_order_and_uncopied() {
    let eal = eal();
    let (device, mut port) = open(&eal, "ring", "net_ring");
    let mut burst = Burst::new();
    for number in 0..64 {
        burst.push(port.make(&numbered(number, 90), FrameMeta::default()).unwrap()).unwrap();
    }
    assert_eq!(port.send(&mut burst), 64);
    assert_eq!(device.mempool().in_use(), 64, "in the ring, the same buffers");
    port.receive(&mut burst);
    assert!(burst.iter().map(|frame| common::number_of(frame).unwrap()).eq(0..64));
    port.release(&mut burst);
    assert_eq!(device.mempool().in_use(), 0);
}

#[test]
fn a_full_ring_leaves_frames_with_the_caller() {
    let eal = eal();
    let (device, mut port) = open(&eal, "ring", "net_ring");
    let mut burst = Burst::new();
    let mut sent = 0;
    while burst.is_empty() {
        while !burst.is_full() {
            burst.push(port.make(&numbered(sent, 64), FrameMeta::default()).unwrap()).unwrap();
        }
        sent += port.send(&mut burst) as u32;
    }
    assert_eq!(device.mempool().in_use(), sent + burst.len() as u32);
    assert_eq!(port.stats().tx_refused, burst.len() as u64);
    burst.clear();
    while port.receive(&mut burst) > 0 {
        burst.clear();
    }
    assert_eq!(device.mempool().in_use(), 0);
}

#[test]
fn af_packet_carries_frames_between_two_namespaces() {
    let Some(namespaces) = TwoNamespaces::new() else { return };
    let eal = eal();
    namespaces.enter_first();
    let (_a, mut outside) = open(&eal, "outside", "net_af_packet:iface=va");
    namespaces.enter_second();
    let (b, mut inside) = open(&eal, "inside", "net_af_packet:iface=vb");
    assert!(cross(&mut outside, &mut inside, 1_000).into_iter().eq(0..1_000));
    assert!(cross(&mut inside, &mut outside, 1_000).into_iter().eq(0..1_000));
    assert!(b.stats().rx_frames >= 1_000);
}

#[test]
fn a_vlan_tag_crosses_af_packet_where_it_was() {
    let Some(namespaces) = TwoNamespaces::new() else { return };
    let eal = eal();
    namespaces.enter_first();
    let (_a, mut outside) = open(&eal, "outside", "net_af_packet:iface=va");
    namespaces.enter_second();
    let (_b, mut inside) = open(&eal, "inside", "net_af_packet:iface=vb");
    let mut tagged = numbered(9, 100);
    tagged.splice(12..12, [0x81, 0x00, 0x60, 0x2a]);
    let mut burst = Burst::new();
    burst.push(outside.make(&tagged, FrameMeta::default()).unwrap()).unwrap();
    assert_eq!(outside.send(&mut burst), 1);
    let deadline = Instant::now() + Duration::from_secs(10);
    let mut arrived = false;
    while !arrived && Instant::now() < deadline {
        inside.receive(&mut burst);
        arrived = burst.drain().any(|frame| frame.octets() == tagged);
    }
    assert!(arrived);
}

#[test]
fn af_xdp_takes_two_queues_of_one_interface() {
    let Some(namespaces) = TwoNamespaces::with_queues(2) else { return };
    let eal = eal();
    namespaces.enter_first();
    let (_a, mut outside) = open(&eal, "outside", "net_af_packet:iface=va");
    namespaces.enter_second();
    let spec = PortSpec { queues: 2, ..PortSpec::new("inside", "net_af_xdp:iface=vb").unwrap() };
    let (_b, mut queues) = match eal.open(&spec) {
        Ok(opened) => opened,
        Err(error) => {
            eprintln!("SKIPPED: this kernel gives no AF_XDP socket: {error}");
            return;
        }
    };
    assert!(queues.iter().map(|queue| queue.queue()).eq(0..2));
    let (mut burst, mut seen) = (Burst::new(), Vec::new());
    for number in 0..100 {
        burst.push(outside.make(&numbered(number, 100), FrameMeta::default()).unwrap()).unwrap();
        assert_eq!(outside.send(&mut burst), 1);
    }
    let deadline = Instant::now() + Duration::from_secs(10);
    while seen.len() < 100 && Instant::now() < deadline {
        for queue in &mut queues {
            queue.receive(&mut burst);
            seen.extend(burst.drain().filter_map(|frame| common::number_of(&frame)));
        }
    }
    seen.sort_unstable();
    assert!(seen.into_iter().eq(0..100));
}

#[test]
fn af_packet_spreads_over_two_queues_and_loses_nothing() {
    let Some(namespaces) = TwoNamespaces::new() else { return };
    let eal = eal();
    namespaces.enter_first();
    let (_a, mut outside) = open(&eal, "outside", "net_af_packet:iface=va");
    namespaces.enter_second();
    let spec = PortSpec { queues: 2, ..PortSpec::new("inside", "net_af_packet:iface=vb").unwrap() };
    let (_b, mut queues) = eal.open(&spec).unwrap();
    let (mut burst, mut seen) = (Burst::new(), Vec::new());
    for number in 0..200 {
        let frame = outside.make(&numbered(number, 100), FrameMeta::default()).unwrap();
        burst.push(frame).unwrap();
        assert_eq!(outside.send(&mut burst), 1);
    }
    let deadline = Instant::now() + Duration::from_secs(10);
    while seen.len() < 200 && Instant::now() < deadline {
        for queue in &mut queues {
            queue.receive(&mut burst);
            seen.extend(burst.drain().filter_map(|frame| common::number_of(&frame)));
        }
    }
    seen.sort_unstable();
    assert!(seen.into_iter().eq(0..200));
}

#[test]
fn af_xdp_carries_frames_between_two_namespaces() {
    let Some(namespaces) = TwoNamespaces::new() else { return };
    let eal = eal();
    namespaces.enter_first();
    let (_a, mut outside) = open(&eal, "outside", "net_af_packet:iface=va");
    namespaces.enter_second();
    let spec = PortSpec::new("inside", "net_af_xdp:iface=vb").unwrap();
    let (device, mut queues) = match eal.open(&spec) {
        Ok(opened) => opened,
        Err(error) => {
            eprintln!("SKIPPED: this kernel gives no AF_XDP socket: {error}");
            return;
        }
    };
    let Some(inside) = queues.first_mut() else { panic!("one queue was asked for") };
    assert_eq!(device.capabilities().driver, "net_af_xdp");
    assert!(cross(&mut outside, inside, 500).into_iter().eq(0..500));
    assert!(cross(inside, &mut outside, 500).into_iter().eq(0..500));
}

#[test]
fn memif_carries_frames_between_two_processes() {
    const SOCKET: &str = "SLUICE_TEST_MEMIF_SOCKET";
    if let Ok(socket) = std::env::var(SOCKET) {
        return echo_over_memif(&socket);
    }
    let folder = tempfile::tempdir().unwrap();
    let socket = folder.path().join("memif.sock");
    let eal = eal();
    let device = format!("net_memif:role=server,id=0,socket={},socket-abstract=no", socket.display());
    let (device, mut port) = open(&eal, "memif", &device);
    let name = "memif_carries_frames_between_two_processes";
    let mut peer = Command::new(std::env::current_exe().unwrap());
    let mut peer = peer.args(["--exact", name, "--nocapture"]).env(SOCKET, &socket).spawn().unwrap();

    let deadline = Instant::now() + Duration::from_secs(30);
    while !device.link().is_up {
        assert!(Instant::now() < deadline, "the other process did not connect");
        std::thread::yield_now();
    }
    let (mut out, mut back, mut seen, mut next) = (Burst::new(), Burst::new(), Vec::new(), 0);
    while seen.len() < 500 && Instant::now() < deadline {
        while next < 500 && out.len() < 32 {
            out.push(port.make(&numbered(next, 120), FrameMeta::default()).unwrap()).unwrap();
            next += 1;
        }
        port.send(&mut out);
        port.receive(&mut back);
        seen.extend(back.drain().filter_map(|frame| common::number_of(&frame)));
    }
    assert!(seen.into_iter().eq(0..500));
    drop((device, port));
    assert!(peer.wait().unwrap().success());
}

/// The other process: sends back what comes, until the first has closed: the rings are this one's memory.
fn echo_over_memif(socket: &str) {
    let eal = eal();
    let arguments = format!("net_memif:role=client,id=0,socket={socket},socket-abstract=no");
    let (device, mut port) = open(&eal, "peer", &arguments);
    let deadline = Instant::now() + Duration::from_secs(30);
    let mut burst = Burst::new();
    while (port.stats().tx_frames < 500 || device.link().is_up) && Instant::now() < deadline {
        port.receive(&mut burst);
        port.send(&mut burst);
    }
    assert_eq!(port.stats().tx_frames, 500);
}
