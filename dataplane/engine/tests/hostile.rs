//! Named attacks on the decoder: lengths that lie, elements in forms nobody sends, nesting without end, frames of the
//! wrong link. Each leaves by one exit, and none takes longer than its octets are worth.

#![allow(clippy::disallowed_types, reason = "what takes too long is only seen on a clock")]

mod common;

use common::ber::{Form, MTP3, nested, on_a_link, rewritten, sccp_of};
use common::{Rig, captures, lengths};
use sluice_abi::counters::Exit;
use sluice_engine::PointCodes;
use std::collections::BTreeMap;
use std::time::{Duration, Instant};

fn frames() -> Vec<(u16, Vec<u8>)> {
    captures().into_iter().flat_map(|capture| capture.frames).collect()
}

/// Frames of a capture of our own, all of them Ethernet.
fn frames_of(name: &str) -> Vec<Vec<u8>> {
    let capture = captures().into_iter().find(|capture| capture.name == name).expect("a capture of our own");
    capture.frames.into_iter().map(|(_, frame)| frame).collect()
}

#[test]
fn frames_of_every_link_type_leave_by_one_exit_whatever_they_are() {
    let mut rig = Rig::new();
    for (_, octets) in frames() {
        for link in [0, 1, 12, 101, 113, 140, 141, 228, 229, 276, 9999] {
            rig.offer(link, &octets);
        }
    }
    rig.check();
}

#[test]
fn frames_of_one_world_leave_by_one_exit_when_read_as_those_of_another() {
    let mut rig = Rig::new();
    for (link, octets) in frames() {
        for point_codes in [PointCodes::Ansi, PointCodes::China] {
            rig.offer_as(link, &octets, point_codes);
        }
    }
    rig.check();
}

#[test]
fn lengths_of_every_layer_at_nought_one_the_most_and_one_off_leave_by_one_exit() {
    let mut rig = Rig::new();
    let mut tried: BTreeMap<&str, u64> = BTreeMap::new();
    for frame in [frames_of("features.pcap"), frames_of("evasion.pcap"), frames_of("bundled.pcap")].concat() {
        for length in lengths::of(&frame) {
            for mutant in length.mutants(&frame) {
                let exit = rig.offer(1, &mutant);
                let is_outermost = matches!(length.layer, "IPv4") && length.octets == 2;
                let is_nought = mutant[length.at..length.at + length.octets].iter().all(|octet| *octet == 0);
                assert!(!(is_outermost && is_nought) || exit == Exit::MalformedIp, "{length:?} {exit:?}");
                *tried.entry(length.layer).or_default() += 1;
            }
        }
    }
    rig.check();
    assert_eq!(tried.keys().copied().collect::<Vec<_>>(), ["BER", "IPv4", "M3UA", "SCCP", "SCTP", "TPDU"]);
    assert!(tried.values().all(|count| *count > 1000), "{tried:?}");
}

#[test]
fn a_message_in_another_form_of_length_leaves_as_it_does_in_the_shortest() {
    let mut compared = 0;
    for frame in [frames_of("mix-11.pcap"), frames_of("features.pcap")].concat() {
        let Some(sccp) = sccp_of(&frame) else { continue };
        let exit_of = |form| Rig::new_small().offer(MTP3, &on_a_link(&sccp, &rewritten(sccp.data, form)));
        let shortest = exit_of(Form::Shortest);
        for form in [Form::Long(1), Form::Long(2), Form::Long(4), Form::Indefinite] {
            assert_eq!(exit_of(form), shortest, "{form:?} {:02x?}", sccp.data);
            compared += 1;
        }
    }
    assert!(compared > 2000, "{compared}");
}

#[test]
fn elements_inside_one_another_to_any_depth_leave_by_one_exit() {
    let frame = &frames_of("mix-11.pcap")[40..].iter().find(|frame| sccp_of(frame).is_some()).cloned();
    let sccp = sccp_of(frame.as_deref().expect("a message")).expect("a message");
    let mut rig = Rig::new();
    for levels in [1, 2, 15, 16, 17, 31, 32, 33, 63, 64, 65, 200, 900] {
        for form in [Form::Shortest, Form::Long(1), Form::Indefinite] {
            // As the message, its portions, a component, the parameter of an invoke.
            for tag in [0x62, 0x6B, 0x6C, 0xA1, 0x30, 0x24] {
                let nest = nested(tag, levels, form);
                for octets in around(&nest) {
                    let exit = rig.offer(MTP3, &on_a_link(&sccp, &octets));
                    assert_ne!(exit, Exit::NotSccp, "{levels} {form:?} {tag:02x}");
                }
            }
        }
    }
    rig.check();
}

/// The elements as a whole message, as its dialogue portion, and as the parameter of mt-ForwardSM.
fn around(nest: &[u8]) -> [Vec<u8>; 3] {
    let head = [0x48, 4, 0, 0, 0, 1];
    let held = |tag: u8, inside: &[u8]| [&[tag, 0x82], &(inside.len() as u16).to_be_bytes()[..], inside].concat();
    let invoke = held(0xA1, &[&[2, 1, 1, 2, 1, 44], nest].concat());
    let with_dialogue = held(0x62, &[&head[..], &held(0x6B, nest)].concat());
    let with_component = held(0x62, &[&head[..], &held(0x6C, &invoke)].concat());
    [nest.to_vec(), with_dialogue, with_component]
}

/// A frame of 8 times the octets may take 8 times as long, and some: what grows with the square takes 64 times.
#[test]
fn the_time_a_frame_takes_grows_with_its_octets_and_not_faster() {
    const TIMES: usize = 8;
    const TOLERATED: u32 = 24;
    let head = [&[0; 12][..], &[8, 0]].concat();
    for (name, make) in [
        ("chunks of four octets", chunks as fn(usize) -> Vec<u8>),
        ("parameters of four octets", parameters),
        ("fragments of one octet", fragments),
    ] {
        let frame = |octets: usize| [head.clone(), ip(&make(octets))].concat();
        let (short, long) = (frame(7_000), frame(7_000 * TIMES));
        let (short, long) = (quickest(&short), quickest(&long));
        assert!(long < short.max(Duration::from_micros(1)) * TOLERATED, "{name}: {short:?}, then {long:?}");
    }
}

/// The least of several runs, each in a table of its own state.
fn quickest(frame: &[u8]) -> Duration {
    let mut rig = Rig::new();
    let once = |_| {
        let began = Instant::now();
        rig.offer(1, frame);
        began.elapsed()
    };
    (0..25).map(once).min().expect("several runs")
}

fn ip(payload: &[u8]) -> Vec<u8> {
    let total = (20 + payload.len() as u16).to_be_bytes();
    let head = [0x45, 0, total[0], total[1], 0, 0, 0, 0, 64, 132, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2];
    [&head[..], payload].concat()
}

fn sctp(chunks: &[u8]) -> Vec<u8> {
    [&[0x0B, 0x59, 0x0B, 0x59, 0, 0, 0, 1, 0, 0, 0, 0], chunks].concat()
}

fn chunks(octets: usize) -> Vec<u8> {
    sctp(&[14, 0, 0, 4].repeat(octets / 4))
}

fn data(flags: u8, tsn: u32, payload: &[u8]) -> Vec<u8> {
    let length = (16 + payload.len() as u16).to_be_bytes();
    let head = [&[0, flags][..], &length, &tsn.to_be_bytes(), &[0, 0, 0, 0, 0, 0, 0, 3], payload].concat();
    [head, vec![0; payload.len().next_multiple_of(4) - payload.len()]].concat()
}

fn parameters(octets: usize) -> Vec<u8> {
    let parameters = [0, 4, 0, 4].repeat(octets / 4);
    let length = (8 + parameters.len() as u32).to_be_bytes();
    sctp(&data(3, 1, &[&[1, 0, 1, 1], &length[..], &parameters].concat()))
}

fn fragments(octets: usize) -> Vec<u8> {
    sctp(&(0..octets / 20).flat_map(|tsn| data(0, tsn as u32, &[0])).collect::<Vec<_>>())
}
