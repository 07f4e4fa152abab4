//! What is told of frames while somebody watches is what became of them, and watching changes nothing.

mod common;

use common::{Rig, TURN_NS, collect, frames_of, offer};
use sluice_abi::counters::{Counter, Slot};
use sluice_dataplane::lane::Lane;
use sluice_dataplane::trace::{Became, Entry};
use sluice_engine::Wire;
use sluice_io::FrameMeta;
use sluice_io::memory::{Pool, pair};
use std::collections::BTreeSet;
use std::io::Read;
use std::os::unix::net::UnixStream;

/// Of whole messages, of segments, of fragments: frames of the latter two wait.
const CAPTURES: [&str; 3] = ["mix-11.pcap", "segments.pcap", "fragments.pcap"];
const EVERY_REQUEST: &str = "name = \"traced\"\n[[rule]]\nid = \"all\"\nlevel = 3\n\
                             when = 'map.component == \"invoke\" && (map.op == 44 || map.op == 46)'\n\
                             action = \"discard\"\n";

struct Crossed {
    arrived: Vec<Vec<u8>>,
    told: Vec<u8>,
    counted: [u64; 3],
}

/// Frames from one end of a wire to the other, watched or not.
fn cross(frames: &[(Vec<u8>, FrameMeta)], is_watched: bool) -> Crossed {
    let pool = Pool::new(4096, 2048);
    let (mut from, outside) = pair(["far", "outside"], &pool, 1024);
    let (mut to, inside) = pair(["far", "inside"], &pool, 1024);
    let lane = Lane::wire("w".into(), outside, inside).with_changes(Wire::default());
    let mut rig = Rig::judging(vec![lane], EVERY_REQUEST);
    let (ours, mut watcher) = UnixStream::pair().unwrap();
    watcher.set_nonblocking(true).unwrap();
    if is_watched {
        rig.traces.begin(ours.into(), u32::MAX).unwrap();
    }
    let (mut arrived, mut told, mut sent, mut idle) = (Vec::new(), Vec::new(), 0, 0);
    while idle < 200 {
        sent += offer(&mut from, &pool, &frames[sent..]);
        idle = if rig.core.turn() == 0 && sent == frames.len() { idle + 1 } else { 0 };
        rig.core.clock.advance(TURN_NS);
        collect(&mut to, &mut arrived);
        rig.traces.serve(0);
        // It would block where there is nothing more; what there was is kept.
        let _until_it_would_block = watcher.read_to_end(&mut told);
    }
    let counters = [Counter::TracesTold, Counter::TracesLeftOut, Counter::VerdictDiscard];
    Crossed { arrived, told, counted: counters.map(|counter| rig.at(Slot::counter(counter))) }
}

fn entries(mut told: &[u8]) -> Vec<Entry<'_>> {
    let mut entries = Vec::new();
    while let Some(octets) = Entry::octets(told) {
        let (entry, rest) = told.split_at(octets);
        entries.push(Entry::parse(entry).unwrap());
        told = rest;
    }
    entries.retain(|entry| entry.became != Became::LeftOut);
    entries
}

#[test]
fn every_frame_that_was_changed_is_told_as_it_came_and_as_it_went_on() {
    for capture in CAPTURES {
        let frames = frames_of(capture);
        let Crossed { arrived, told, counted: [in_all, left_out, discarded] } = cross(&frames, true);
        let told = entries(&told);
        assert_eq!((told.len() as u64, left_out), (in_all, 0), "{capture}");
        let came: BTreeSet<&[u8]> = frames.iter().map(|(octets, _)| octets.as_slice()).collect();
        let changed: BTreeSet<&[u8]> =
            arrived.iter().map(Vec::as_slice).filter(|frame| !came.contains(frame)).collect();
        let after: BTreeSet<&[u8]> = told.iter().flat_map(Entry::after).collect();
        assert!(changed.len() > 10, "{capture}: {}", changed.len());
        assert!(changed == after, "{capture}: {} changed, {} told", changed.len(), after.len());
        for entry in &told {
            let (frame, _) = &frames[entry.number as usize - 1];
            assert!(entry.before == frame && entry.port == b"outside", "{capture}: frame {}", entry.number);
        }
        let records = told.iter().flat_map(Entry::records).filter_map(|record| sluice_abi::record::decode(record).ok());
        let action = sluice_abi::Field::VerdictAction;
        let judged = records.filter(|facts| facts.number(action) == Some(sluice_abi::Action::Discard as u64)).count();
        assert_eq!(judged as u64, discarded, "{capture}");
    }
}

#[test]
fn a_frame_that_waits_with_messages_in_it_is_told_when_it_goes_on_too() {
    let mut waited = 0;
    for capture in CAPTURES {
        let crossed = cross(&frames_of(capture), true);
        let told = entries(&crossed.told);
        for (at, entry) in told.iter().enumerate().filter(|(_, entry)| entry.became == Became::Waits) {
            assert!(entry.records().count() > 0, "{capture}: frame {}", entry.number);
            let goes_on = |later: &Entry<'_>| later.number == entry.number && later.became != Became::Waits;
            assert!(told[at..].iter().any(goes_on), "{capture}: frame {}", entry.number);
            waited += 1;
        }
    }
    assert!(waited > 100, "{waited}");
}

#[test]
fn while_nobody_watches_nothing_is_told_and_what_arrives_is_the_same() {
    for capture in CAPTURES {
        let frames = frames_of(capture);
        let (watched, alone) = (cross(&frames, true), cross(&frames, false));
        assert_eq!(alone.counted[..2], [0, 0], "{capture}");
        assert!(alone.told.is_empty());
        assert!(watched.arrived == alone.arrived, "{capture}");
    }
}
