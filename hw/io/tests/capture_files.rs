//! What the reader makes of capture files of every kind, whole and damaged.

mod common;

use std::io::{Cursor, Write};

use common::{MICRO, NANO, Order, enhanced, interface, pcap, section, simple};
use proptest::prelude::*;
use sluice_io::LinkType;
use sluice_io::capture::{CaptureError, Fault, Reader};

/// Number, time, link type, interface, octets, original length.
type Row = (u64, u64, LinkType, u32, Vec<u8>, u32);

fn read_all(file: Vec<u8>) -> (Vec<Row>, Option<Fault>) {
    let mut rows = Vec::new();
    let fault = |error: CaptureError| error.fault;
    let mut reader = match Reader::from_stream("test.pcap", Cursor::new(file)) {
        Ok(reader) => reader,
        Err(error) => return (rows, Some(fault(error))),
    };
    loop {
        match reader.next() {
            Ok(Some(r)) => {
                rows.push((r.number, r.timestamp_ns, r.link_type, r.interface, r.octets.to_vec(), r.original_octets));
            }
            Ok(None) => return (rows, None),
            Err(error) => return (rows, Some(fault(error))),
        }
    }
}

fn gzip(octets: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(octets).unwrap();
    encoder.finish().unwrap()
}

fn two_frames(order: Order) -> Vec<u8> {
    pcap(order, MICRO, 1, &[(10, 5, b"first", 5), (11, 0, b"second", 60)])
}

#[test]
fn pcap_in_both_byte_orders_and_both_resolutions_gives_nanoseconds() {
    for order in Order::BOTH {
        for (magic, ns) in [(MICRO, 7_000_000_005_000), (NANO, 7_000_000_000_005)] {
            let (rows, fault) = read_all(pcap(order, magic, 113, &[(7_000, 5, b"abc", 3)]));
            assert_eq!(fault, None);
            assert_eq!(rows, [(1, ns, LinkType::LINUX_SLL, 0, b"abc".to_vec(), 3)]);
        }
    }
}

#[test]
fn frames_cut_by_the_snapshot_length_come_with_what_there_is() {
    let (rows, fault) = read_all(two_frames(Order::Little));
    assert_eq!(fault, None);
    assert_eq!(rows[1], (2, 11_000_000_000, LinkType::ETHERNET, 0, b"second".to_vec(), 60));
}

#[test]
fn the_modified_pcap_with_longer_frame_headers_is_read() {
    let mut file = pcap(Order::Little, 0xa1b2_cd34, 1, &[]);
    for word in [3u32, 4, 2, 2, 99, 99] {
        file.extend(word.to_le_bytes());
    }
    file.extend(b"hi");
    let (rows, fault) = read_all(file);
    assert_eq!((rows.len(), fault), (1, None));
    assert_eq!((rows[0].1, &rows[0].4[..]), (3_000_004_000, &b"hi"[..]));
}

#[test]
fn a_link_type_with_a_check_sequence_flag_above_it_is_still_that_link_type() {
    let (rows, _) = read_all(pcap(Order::Big, MICRO, 0x5400_0001, &[(0, 0, b"x", 1)]));
    assert_eq!(rows[0].2, LinkType::ETHERNET);
}

#[test]
fn pcapng_interfaces_have_their_own_link_type_resolution_and_offset() {
    for order in Order::BOTH {
        let file = [
            section(order),
            interface(order, 1, None, None),
            interface(order, 141, Some(9), None),
            interface(order, 101, Some(0x80 | 10), Some(100)),
            common::block(order, 5, &[0; 12]), // statistics, of no interest
            enhanced(order, 0, 1_000_001, b"abcde", 5),
            enhanced(order, 1, 1_000_001, b"f", 9),
            enhanced(order, 2, 512, b"", 0),
            simple(order, b"ghi"),
        ];
        let (rows, fault) = read_all(file.concat());
        assert_eq!(fault, None, "{order:?}");
        assert_eq!(rows[0], (1, 1_000_001_000, LinkType::ETHERNET, 0, b"abcde".to_vec(), 5));
        assert_eq!(rows[1], (2, 1_000_001, LinkType::MTP3, 1, b"f".to_vec(), 9));
        assert_eq!(rows[2], (3, 100_500_000_000, LinkType::RAW_IP, 2, Vec::new(), 0));
        assert_eq!(rows[3], (4, 100_500_000_000, LinkType::ETHERNET, 0, b"ghi".to_vec(), 3), "time of the one before");
    }
}

#[test]
fn a_second_section_may_turn_the_byte_order_and_starts_its_own_interfaces() {
    let part = |order, link| [section(order), interface(order, link, None, None), enhanced(order, 0, 1, b"z", 1)];
    let file = [part(Order::Little, 1).concat(), part(Order::Big, 142).concat()].concat();
    let (rows, fault) = read_all(file);
    assert_eq!(fault, None);
    assert_eq!([rows[0].2, rows[1].2], [LinkType::ETHERNET, LinkType::SCCP]);
    assert_eq!(rows[1].0, 2);
}

#[test]
fn gzip_is_seen_by_its_first_octets_also_in_several_members() {
    let file = two_frames(Order::Little);
    let (first, second) = file.split_at(30);
    let whole = read_all(file.clone());
    assert_eq!(read_all(gzip(&file)), whole);
    assert_eq!(read_all([gzip(first), gzip(second)].concat()), whole);
}

#[test]
fn a_gzip_file_cut_short_gives_its_frames_and_then_says_where_it_ends() {
    let octets: Vec<u8> = (0..60_000u32).flat_map(|n| n.wrapping_mul(2_654_435_761).to_be_bytes()).collect();
    let frames: Vec<_> = octets.chunks(1_000).map(|part| (1, 1, part, 1_000)).collect();
    let mut file = gzip(&pcap(Order::Little, NANO, 1, &frames));
    file.truncate(file.len() / 2);
    let (rows, fault) = read_all(file);
    assert!(rows.len() > 50 && rows.len() < frames.len());
    assert!(matches!(fault, Some(Fault::Truncated { frame, .. }) if frame == rows.len() as u64 + 1));
}

#[test]
fn every_truncation_of_a_pcap_names_the_frame_and_the_octet() {
    let file = two_frames(Order::Big);
    for len in 4..file.len() {
        let (rows, fault) = read_all(file[..len].to_vec());
        let whole = [24, 24 + 21].contains(&len);
        let cut = Fault::Truncated { frame: rows.len() as u64 + 1, octet: len as u64 };
        assert_eq!(fault, (!whole).then_some(cut), "at {len}");
    }
}

#[test]
fn every_truncation_of_a_pcapng_inside_a_block_is_told() {
    let order = Order::Little;
    let blocks = [section(order), interface(order, 1, Some(9), None), enhanced(order, 0, 1, b"abcde", 5)];
    let ends: Vec<_> = (1..=3).map(|n| blocks[..n].concat().len()).collect();
    let file = blocks.concat();
    for len in 4..file.len() {
        let (rows, fault) = read_all(file[..len].to_vec());
        assert!(rows.is_empty());
        let cut = Fault::Truncated { frame: 1, octet: len as u64 };
        assert_eq!(fault, (!ends.contains(&len)).then_some(cut), "at {len}");
    }
}

#[test]
fn what_is_no_capture_is_told_with_its_first_octets() {
    assert_eq!(read_all(Vec::new()).1, Some(Fault::Empty));
    let text = |file: &[u8]| Reader::from_stream("x.zip", Cursor::new(file.to_vec())).err().unwrap().to_string();
    assert!(text(b"PK\x03\x04more").starts_with("x.zip: not a capture file (first octets 50 4b 03 04;"));
    assert!(text(b"\xd4\xc3").starts_with("x.zip: not a capture file (first octets d4 c3;"));
    assert!(text(&gzip(b"hello world")).contains("first octets 68 65 6c 6c"));
    assert_eq!(text(b""), "x.zip: empty file");
}

#[test]
fn a_missing_file_is_told_by_name() {
    let error = Reader::open("no/such/file.pcap").err().unwrap();
    assert_eq!(error.to_string(), "no/such/file.pcap: cannot be read: entity not found");
}

#[test]
fn absurd_lengths_are_damage_and_not_memory() {
    let mut file = two_frames(Order::Little);
    file[24 + 21 + 8..24 + 21 + 12].copy_from_slice(&0xffff_fff0u32.to_le_bytes());
    let (rows, fault) = read_all(file);
    assert_eq!(rows.len(), 1);
    assert_eq!(fault, Some(Fault::TooLong { frame: 2, octet: 45, claimed_octets: 0xffff_fff0 }));
}

#[test]
fn a_frame_of_an_interface_nobody_described_is_damage() {
    let file = [section(Order::Big), enhanced(Order::Big, 3, 0, b"a", 1)].concat();
    let (_, fault) = read_all(file);
    assert!(matches!(fault, Some(Fault::Damaged { frame: 1, octet: 28, .. })));
}

#[test]
fn after_an_error_the_same_error_comes_again() {
    let mut file = two_frames(Order::Little);
    file.pop();
    let mut reader = Reader::from_stream("cut.pcap", Cursor::new(file)).unwrap();
    assert!(reader.next().unwrap().is_some());
    let first = reader.next().unwrap_err();
    assert_eq!(reader.next().unwrap_err(), first);
    assert_eq!(first.to_string(), "cut.pcap: truncated: the file ends at octet 66, before the end of frame 2");
}

proptest! {
    #[test]
    fn any_octets_after_any_magic_do_not_panic(
        magic in prop::sample::select(vec![MICRO, NANO, MICRO.swap_bytes(), NANO.swap_bytes(), 0x0a0d_0d0a]),
        tail in prop::collection::vec(any::<u8>(), 0..300),
    ) {
        let (rows, _) = read_all([&magic.to_le_bytes()[..], &tail].concat());
        prop_assert!(rows.len() <= tail.len());
    }

    #[test]
    fn any_octet_changed_in_a_pcapng_does_not_panic(at in 0usize..240, value in any::<u8>()) {
        let order = Order::Little;
        let blocks = [
            section(order), interface(order, 1, Some(6), Some(1)), enhanced(order, 0, 9, b"abcdefg", 7),
            simple(order, b"hij"), section(Order::Big), interface(Order::Big, 1, Some(9), None),
            enhanced(Order::Big, 0, 9, b"klm", 3),
        ];
        let mut file = blocks.concat();
        let at = at % file.len();
        file[at] = value;
        let (rows, _) = read_all(file);
        prop_assert!(rows.len() <= 4);
    }
}
