//! A wire that screens SCTP: what is dropped, and what crosses as a message that says nothing.

mod common;

use common::{Rig, TURN_NS, collect, frames_of, is_dissected_cleanly, offer};
use sluice_abi::counters::{Counter, Exit, Slot};
use sluice_dataplane::lane::Lane;
use sluice_engine::Wire;
use sluice_engine::screen::{Mode, Modes, Rate, Settings};
use sluice_io::memory::{MemoryPort, Pool, pair};
use sluice_io::{FrameMeta, LinkType};
use sluice_wire::crc32c::crc32c;

const ENFORCED: Modes = Modes::all(Mode::Enforce);
const OBSERVED: Modes = Modes::all(Mode::Observe);

/// What arrives inside of what is sent outside.
fn screened(settings: Settings, frames: &[(Vec<u8>, FrameMeta)]) -> (Rig<MemoryPort>, Vec<Vec<u8>>) {
    let pool = Pool::new(4096, 2048);
    let (mut far_outside, outside) = pair(["far", "outside"], &pool, 1024);
    let (mut far_inside, inside) = pair(["far", "inside"], &pool, 1024);
    let wire = Lane::wire("w".into(), outside, inside).with_changes(Wire { screen: Some(0), ..Wire::default() });
    let mut rig = Rig::screening(vec![wire], settings);
    let (mut arrived, mut sent, mut idle) = (Vec::new(), 0, 0);
    while idle < 200 {
        sent += offer(&mut far_outside, &pool, &frames[sent..]);
        idle = if rig.core.turn() == 0 && sent == frames.len() { idle + 1 } else { 0 };
        rig.core.clock.advance(TURN_NS);
        collect(&mut far_inside, &mut arrived);
    }
    (rig, arrived)
}

fn count(rig: &Rig<MemoryPort>, counter: Counter) -> u64 {
    rig.at(Slot::counter(counter))
}

/// INITs of one peer, each from another port.
fn inits(count: u16) -> Vec<(Vec<u8>, FrameMeta)> {
    let init = [1, 0, 0, 20, 0, 0, 0, 7, 0, 1, 0, 0, 0, 16, 0, 16, 0, 0, 0, 9];
    let head = [0x45, 0, 0, 52, 0, 0, 0x40, 0, 64, 132, 0, 0, 192, 0, 2, 1, 198, 51, 100, 1];
    let of_port = |port: u16| {
        let mut sctp = [&port.to_be_bytes()[..], &2905u16.to_be_bytes(), &[0; 8], &init].concat();
        let crc = crc32c(&sctp);
        sctp[8..12].copy_from_slice(&crc.to_le_bytes());
        ([&[0; 12][..], &[8, 0], &head, &sctp].concat(), FrameMeta { timestamp_ns: Some(1), link_type: LinkType(1) })
    };
    (0..count).map(|number| of_port(30_000 + number)).collect()
}

fn at_most(burst: u32) -> Option<Rate> {
    Some(Rate { per_s: 1, burst })
}

#[test]
fn of_a_flood_of_inits_as_many_cross_as_the_rate_of_their_source_allows() {
    let settings = Settings { modes: ENFORCED, inits_of_source: at_most(20), ..Settings::default() };
    let (rig, arrived) = screened(settings, &inits(100));
    // One more for each second that the flood takes; it takes less than one.
    assert_eq!(arrived.len(), 20);
    assert_eq!(count(&rig, Counter::ScreenInitsOfSource), 80);
    assert_eq!((count(&rig, Counter::ScreenDropped), rig.at(Slot::frame(Exit::Screened))), (80, 80));
}

#[test]
fn what_is_only_observed_is_counted_and_crosses() {
    let settings = Settings { modes: OBSERVED, inits_of_source: at_most(20), ..Settings::default() };
    let (rig, arrived) = screened(settings, &inits(100));
    assert_eq!(arrived.len(), 100);
    assert_eq!((count(&rig, Counter::ScreenInitsOfSource), count(&rig, Counter::ScreenDropped)), (80, 0));
}

#[test]
fn messages_of_another_payload_protocol_keep_their_place_and_say_nothing() {
    let frames = frames_of("sua.pcap");
    let settings = Settings { modes: ENFORCED, ppids: vec![3], ..Settings::default() };
    let (rig, arrived) = screened(settings, &frames);
    assert_eq!(arrived.len(), frames.len());
    let refused = count(&rig, Counter::ScreenPpid);
    assert!(refused > 50, "{refused}");
    assert_eq!((rig.at(Slot::chunk(Exit::Screened)), rig.at(Slot::frame(Exit::Judged))), (refused, 0));
    assert_eq!(count(&rig, Counter::VerdictPass), 0);
    is_dissected_cleanly(&arrived);
}

#[test]
fn requests_beyond_the_rate_of_their_association_are_neutralised_and_answers_never() {
    let frames = frames_of("mix-11.pcap");
    let settings = Settings { modes: ENFORCED, messages_of_association: at_most(5), ..Settings::default() };
    let (rig, arrived) = screened(settings, &frames);
    assert_eq!(arrived.len(), frames.len());
    let (refused, judged) = (count(&rig, Counter::ScreenAssociationRate), rig.at(Slot::chunk(Exit::Judged)));
    assert!(refused > 50 && judged > 5, "{refused} refused, {judged} judged");
    assert_eq!(count(&rig, Counter::FramesChanged) + count(&rig, Counter::FramesNotChanged), refused);
    is_dissected_cleanly(&arrived);
}
