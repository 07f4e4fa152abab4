//! A capture file played as a port, and the file written on the other side.

mod common;

use std::fs;
use std::process::Command;

use common::{MICRO, NANO, Order, pcap};
use sluice_io::capture::{CapturePort, Fault, Reader, Writer};
use sluice_io::memory::Pool;
use sluice_io::{Burst, Frame, FrameMeta, LinkType, Port};

/// Moves everything from one port to the other, as a wire does.
fn forward(from: &mut CapturePort, to: &mut CapturePort) {
    let mut burst = Burst::new();
    while !from.is_exhausted() {
        from.receive(&mut burst);
        to.send(&mut burst);
    }
}

#[test]
fn a_file_through_a_wire_comes_out_octet_for_octet() {
    let folder = tempfile::tempdir().unwrap();
    let frames: Vec<_> = (0..500u32).map(|n| vec![n as u8; 60 + n as usize]).collect();
    let rows: Vec<_> = frames.iter().map(|octets| (9, 7, &octets[..], octets.len() as u32)).collect();
    let (input, output) = (folder.path().join("in.pcap"), folder.path().join("out.pcap"));
    let mut original = pcap(Order::Little, NANO, 1, &rows);
    original[16..20].copy_from_slice(&262_144u32.to_le_bytes()); // the writer's snapshot length
    fs::write(&input, &original).unwrap();

    let pool = Pool::new(100, 2_048);
    let mut outside = CapturePort::open("outside", &input, &pool).unwrap();
    let writer = Writer::create(&output, LinkType::ETHERNET).unwrap();
    let mut inside = CapturePort::output_only("inside", &pool).with_output(writer);
    forward(&mut outside, &mut inside);
    assert!(!output.exists(), "not before it is whole");
    assert_eq!(inside.finish().unwrap().tx_frames, 500);
    assert_eq!(fs::read(&output).unwrap(), original);
    assert_eq!(pool.in_use(), 0);
}

#[test]
fn a_file_dropped_before_it_is_finished_leaves_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let mut writer = Writer::create(folder.path().join("out.pcap"), LinkType::ETHERNET).unwrap();
    writer.write(1, b"abc", 3).unwrap();
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    drop(writer);
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[test]
fn a_damaged_file_plays_up_to_the_damage_and_says_what_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("cut.pcap");
    let file = pcap(Order::Big, MICRO, 1, &[(1, 0, b"whole", 5), (2, 0, b"cut", 3)]);
    fs::write(&path, &file[..file.len() - 1]).unwrap();
    let pool = Pool::new(4, 64);
    let mut port = CapturePort::open("cut", &path, &pool).unwrap();
    let mut burst = Burst::new();
    assert_eq!(port.receive(&mut burst), 1);
    assert!(port.is_exhausted());
    assert!(matches!(port.error().unwrap().fault, Fault::Truncated { frame: 2, .. }));
    assert_eq!(Reader::count_frames(&path), Ok(1));
}

#[test]
fn frames_longer_than_a_buffer_or_of_another_link_type_are_counted_and_passed_over() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("in.pcap");
    fs::write(&path, pcap(Order::Little, MICRO, 113, &[(1, 0, &[0; 65], 65), (2, 0, b"fits", 4)])).unwrap();
    let pool = Pool::new(4, 64);
    let mut port = CapturePort::open("in", &path, &pool).unwrap();
    let mut burst = Burst::new();
    assert_eq!(port.receive(&mut burst), 1);
    assert_eq!((port.stats().rx_errors, burst[0].octets()), (1, &b"fits"[..]));
    let writer = Writer::create(folder.path().join("out.pcap"), LinkType::ETHERNET).unwrap();
    let mut out = CapturePort::output_only("out", &pool).with_output(writer);
    out.send(&mut burst);
    assert_eq!((out.stats().tx_errors, out.stats().tx_frames), (1, 0));
}

#[test]
fn a_port_whose_pool_is_used_up_waits_and_loses_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("in.pcap");
    fs::write(&path, pcap(Order::Little, MICRO, 1, &[(1, 0, b"a", 1), (2, 0, b"b", 1)])).unwrap();
    let pool = Pool::new(1, 64);
    let held = pool.frame(b"held", FrameMeta::default());
    let mut port = CapturePort::open("in", &path, &pool).unwrap();
    let mut burst = Burst::new();
    assert_eq!(port.receive(&mut burst), 0);
    assert!(!port.is_exhausted());
    drop(held);
    assert_eq!(port.receive(&mut burst), 1);
    assert_eq!((burst[0].octets(), port.stats().rx_no_buffer), (&b"a"[..], 0));
}

#[test]
fn tshark_reads_what_the_writer_wrote() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("out.pcap");
    let mut writer = Writer::create(&path, LinkType::RAW_IP).unwrap();
    writer.write(1_600_000_000_123_456_789, &[0x45; 20], 20).unwrap();
    writer.write(1_600_000_001_000_000_001, &[0x45; 20], 90).unwrap();
    writer.finish().unwrap();
    let fields = ["-T", "fields", "-e", "frame.time_epoch", "-e", "frame.cap_len", "-e", "frame.len"];
    let Ok(output) = Command::new("tshark").arg("-r").arg(&path).args(fields).output() else {
        eprintln!("SKIPPED: tshark is not installed, nobody gave a second opinion");
        return;
    };
    let text = String::from_utf8(output.stdout).unwrap();
    assert_eq!(text, "1600000000.123456789\t20\t20\n1600000001.000000001\t20\t90\n");
}
