//! A capture through net_pcap: in as it lies in the file, out as it came in, and an end.

mod common;

use std::path::Path;

use common::{eal, numbered, open};
use sluice_dpdk::{DpdkPort, PortSpec};
use sluice_io::capture::{Reader, Writer};
use sluice_io::{Burst, Frame, LinkType, Port};

/// A file of numbered frames of growing length, a microsecond apart.
fn write_capture(path: &Path, link_type: LinkType, numbers: std::ops::Range<u32>) {
    let mut writer = Writer::create(path, link_type).unwrap();
    for number in numbers {
        let octets = numbered(number, 60 + number as usize % 1_400);
        let ns = 1_600_000_000_000_000_000 + u64::from(number) * 1_000;
        writer.write(ns, &octets, octets.len() as u32).unwrap();
    }
    writer.finish().unwrap();
}

/// Time and octets of every frame of a file.
fn read_capture(path: &Path) -> Vec<(u64, Vec<u8>)> {
    let mut reader = Reader::open(path).unwrap();
    let mut frames = Vec::new();
    while let Some(record) = reader.next().unwrap() {
        frames.push((record.timestamp_ns, record.octets.to_vec()));
    }
    frames
}

fn drain(port: &mut DpdkPort, mut each: impl FnMut(&mut DpdkPort, &mut Burst<sluice_dpdk::Mbuf>)) {
    let mut burst = Burst::new();
    while !port.is_exhausted() {
        port.receive(&mut burst);
        each(port, &mut burst);
    }
}

#[test]
fn a_file_comes_in_with_its_times_and_goes_out_octet_for_octet() {
    let folder = tempfile::tempdir().unwrap();
    let (input, output) = (folder.path().join("in.pcap"), folder.path().join("out.pcap"));
    write_capture(&input, LinkType::ETHERNET, 0..4_096);
    let eal = eal();
    let device = format!("net_pcap:rx_pcap={},tx_pcap={}", input.display(), output.display());
    let (device, mut port) = open(&eal, "replay", &device);
    assert!(device.features().timestamps);
    assert_eq!(port.frames_left(), Some(4_096));
    let mut seen = Vec::new();
    drain(&mut port, |port, burst| {
        let rows = burst.iter().map(|frame| (frame.meta().timestamp_ns.unwrap(), frame.octets().to_vec()));
        seen.extend(rows);
        port.send(burst);
        assert!(burst.is_empty());
    });
    assert_eq!(port.frames_left(), Some(0));
    assert_eq!(device.mempool().in_use(), 0);
    drop((device, port));

    let original = read_capture(&input);
    assert!(seen == original, "times and octets as in the file");
    let sent = read_capture(&output).into_iter().map(|(_, octets)| octets);
    assert!(sent.eq(original.into_iter().map(|(_, octets)| octets)), "octets as in the file");
}

#[test]
fn each_queue_plays_its_own_file_and_ends_by_itself() {
    let folder = tempfile::tempdir().unwrap();
    let (a, b) = (folder.path().join("a.pcap"), folder.path().join("b.pcap"));
    write_capture(&a, LinkType::ETHERNET, 0..100);
    write_capture(&b, LinkType::ETHERNET, 100..350);
    let eal = eal();
    let device = format!("net_pcap:rx_pcap={},rx_pcap={}", a.display(), b.display());
    let spec = PortSpec { queues: 2, ..PortSpec::new("replay", &device).unwrap() };
    let (_device, mut queues) = eal.open(&spec).unwrap();
    let mut counts = Vec::new();
    for queue in &mut queues {
        drain(queue, |port, burst| port.release(burst));
        counts.push(queue.stats().rx_frames);
    }
    assert_eq!(counts, [100, 250]);
}

#[test]
fn frames_longer_than_a_buffer_come_chained_and_say_when_they_cannot_be_gathered() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("long.pcap");
    let mut writer = Writer::create(&path, LinkType::ETHERNET).unwrap();
    let octets = numbered(1, 5_000);
    writer.write(1_000, &octets, 5_000).unwrap();
    writer.finish().unwrap();
    let eal = eal();
    let (device, mut port) = open(&eal, "replay", &format!("net_pcap:rx_pcap={}", path.display()));
    let mut burst = Burst::new();
    while port.receive(&mut burst) == 0 {}
    let frame = burst.first_mut().unwrap();
    assert_eq!((frame.is_contiguous(), frame.len_octets()), (false, 5_000));
    assert!(frame.octets() == &octets[..frame.octets().len()]);
    assert!(frame.contiguous().is_none());
    assert!(device.mempool().in_use() > 1);
    burst.clear();
    assert_eq!(device.mempool().in_use(), 0);
}

#[test]
fn the_link_type_of_the_file_comes_with_each_frame() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sll.pcap");
    write_capture(&path, LinkType::LINUX_SLL, 0..1);
    let eal = eal();
    let (_device, mut port) = open(&eal, "replay", &format!("net_pcap:rx_pcap={}", path.display()));
    let mut burst = Burst::new();
    while port.receive(&mut burst) == 0 {}
    assert_eq!(burst[0].meta().link_type, LinkType::LINUX_SLL);
}

#[test]
fn a_damaged_file_is_played_up_to_the_damage_and_then_exhausted() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("cut.pcap");
    write_capture(&path, LinkType::ETHERNET, 0..10);
    let octets = std::fs::read(&path).unwrap();
    std::fs::write(&path, &octets[..octets.len() - 1]).unwrap();
    let eal = eal();
    let (_device, mut port) = open(&eal, "replay", &format!("net_pcap:rx_pcap={}", path.display()));
    let mut count = 0;
    drain(&mut port, |port, burst| {
        count += burst.len();
        port.release(burst);
    });
    assert_eq!(count, 9);
}
