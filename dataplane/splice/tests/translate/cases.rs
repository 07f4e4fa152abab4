//! What the simulation does not reach: ends, restarts, requests that are denied.

use super::world::{LIMITS, packet};
use sluice_splice::translate::{
    Decision, Message, NotInserted, Outcome, PAYLOAD_OCTETS_MAX, Splices, Start, direction, memory_octets,
};
use sluice_wire::sctp::{Data, DataFlags, Packet, Ppid, ReConfig, ReConfigResult, Sack, StreamId, StreamSeq, Tsn};
use std::io::Write;
use std::process::Command;

pub type Own = Vec<(u64, Vec<u8>)>;

/// Ports 1 and 2, and the tag of the receiver.
pub const HEADERS: [[u8; 8]; 2] = [[0, 1, 0, 2, 0xA, 0xA, 0xA, 0xA], [0, 2, 0, 1, 0xB, 0xB, 0xB, 0xB]];
pub const KEYS: [u64; 2] = [0x0A0A_0A0A_0001_0002, 0x0B0B_0B0B_0002_0001];
pub const STARTS: [Start; 2] = [Start::Fresh(Tsn(100)), Start::Fresh(Tsn(500))];
const FIRST: StreamId = StreamId(0);

pub fn splices() -> Splices<Vec<u8>> {
    let mut splices = Splices::new(LIMITS, vec![0; memory_octets(2, 64)]).expect("room");
    assert!(splices.watch(KEYS, STARTS, 0));
    splices
}

pub fn data(tsn: u32, ssn: u16, payload: &[u8]) -> Vec<u8> {
    let flags = DataFlags(DataFlags::BEGIN | DataFlags::END);
    let (tsn, ssn, ppid) = (Tsn(tsn), StreamSeq(ssn), Ppid::M3UA);
    let mut out = vec![0; 16 + payload.len().next_multiple_of(4)];
    Data { tsn, sid: FIRST, ssn, ppid, flags, payload_offset: 0, payload }.emit(&mut out).expect("room");
    out
}

pub fn sack(cumulative: u32, blocks: &[(u16, u16)]) -> Vec<u8> {
    let mut octets = vec![3, 0, 0, 16 + 4 * blocks.len() as u8];
    octets.extend(cumulative.to_be_bytes());
    octets.extend(9000_u32.to_be_bytes());
    octets.extend((blocks.len() as u32 * 0x1_0000).to_be_bytes());
    blocks.iter().for_each(|(first, last)| octets.extend([first.to_be_bytes(), last.to_be_bytes()].concat()));
    octets
}

/// Takes a packet through; chunks whose payload begins with R are removed. None if nothing is left of it.
pub fn pass(splices: &mut Splices<Vec<u8>>, side: usize, chunks: &[u8]) -> Option<Vec<u8>> {
    let octets = packet(&HEADERS[side], chunks);
    let mut out = vec![0; 1500];
    let decide = |data: &Data<'_>, may: bool| match data.payload {
        [b'R', ..] if may => Decision::Remove,
        _ => Decision::Keep,
    };
    match splices.packet(&octets, &[side as u8; 20], decide, 0, &mut out).expect("room") {
        Outcome::Untouched => Some(octets),
        Outcome::Nothing => None,
        Outcome::Rewritten(len) => {
            out.truncate(len);
            Packet::parse(&out).expect("whole").verify_crc().expect("right");
            Some(out)
        }
    }
}

pub fn poll(splices: &mut Splices<Vec<u8>>, now_ns: u64) -> Own {
    let mut own = Vec::new();
    splices.poll(now_ns, |emission| {
        let side = KEYS.iter().position(|key| *key == emission.direction).expect("one of both");
        assert!(emission.head.is_empty() || emission.head == [side as u8; 20]);
        assert_eq!(direction(&Packet::parse(emission.packet).expect("whole")), emission.direction);
        own.push((emission.direction, emission.packet.to_vec()));
    });
    own
}

pub fn insert(splices: &mut Splices<Vec<u8>>, side: usize, payload: &[u8]) -> Result<(), NotInserted> {
    splices.insert(KEYS[side], &Message { sid: FIRST, is_unordered: false, ppid: Ppid::M3UA, payload })
}

#[test]
fn numbers_of_both_directions_move_and_their_acknowledgements_move_back() {
    let mut splices = splices();
    assert_eq!(pass(&mut splices, 0, &data(100, 0, b"R")), None);
    assert_eq!(pass(&mut splices, 0, &data(101, 1, b"kept")), Some(packet(&HEADERS[0], &data(100, 0, b"kept"))));
    assert_eq!(pass(&mut splices, 1, &sack(100, &[])), Some(packet(&HEADERS[1], &sack(101, &[]))));
    insert(&mut splices, 1, b"ours").expect("room");
    let own = poll(&mut splices, 0);
    assert_eq!(own, [(KEYS[1], packet(&HEADERS[1], &data(500, 0, b"ours")))]);
    assert_eq!(pass(&mut splices, 1, &data(500, 0, b"theirs")), Some(packet(&HEADERS[1], &data(501, 1, b"theirs"))));
    assert_eq!(pass(&mut splices, 0, &sack(501, &[])), Some(packet(&HEADERS[0], &sack(500, &[]))));
    assert!(poll(&mut splices, u64::MAX - 1).is_empty());
    assert_eq!(splices.named().collect::<Vec<_>>(), [KEYS]);
}

#[test]
fn a_removed_chunk_is_acknowledged_by_us_a_little_later_and_at_once_when_it_comes_again() {
    let mut splices = splices();
    assert_eq!(pass(&mut splices, 0, &data(100, 0, b"R")), None);
    assert!(poll(&mut splices, 99_999_999).is_empty());
    let expected = |own: Own| {
        let [(KEY_1, octets)] = &own[..] else { panic!("{own:?}") };
        let parsed = Packet::parse(octets).expect("whole");
        let chunk = parsed.chunks().next().expect("one").expect("whole");
        Sack::parse(&chunk).expect("SACK").cumulative_tsn
    };
    assert_eq!(expected(poll(&mut splices, 100_000_000)), Tsn(100));
    assert!(poll(&mut splices, u64::MAX - 1).is_empty());
    assert_eq!(pass(&mut splices, 0, &data(100, 0, b"R")), None);
    assert_eq!(expected(poll(&mut splices, 0)), Tsn(100));
}

const KEY_1: u64 = KEYS[1];

#[test]
fn what_was_inserted_is_sent_again_until_it_is_acknowledged() {
    let mut splices = splices();
    insert(&mut splices, 0, b"ours").expect("room");
    let mut times = Vec::new();
    for _ in 0..4 {
        let now_ns = splices.wake_ns();
        times.extend(poll(&mut splices, now_ns).iter().map(|_| now_ns / 1_000_000_000));
    }
    assert_eq!(times, [0, 1, 3, 7]);
    pass(&mut splices, 1, &sack(100, &[]));
    assert!(poll(&mut splices, 15_000_000_000).is_empty());
    assert_eq!(splices.wake_ns(), u64::MAX);
}

#[test]
fn an_inserted_chunk_that_three_reports_miss_is_sent_at_once() {
    let mut splices = splices();
    insert(&mut splices, 0, b"ours").expect("room");
    assert_eq!(poll(&mut splices, 0).len(), 1);
    for tsn in 0..4 {
        pass(&mut splices, 0, &data(100 + tsn, tsn as u16, b"kept"));
    }
    for last in 2..=3 {
        // Nothing is missing that the sender knows of, but its last chunk must stay open.
        let seen = pass(&mut splices, 1, &sack(99, &[(2, last)])).expect("a SACK");
        assert_eq!(seen, packet(&HEADERS[1], &sack(99, &[(1, last - 1)])));
        assert!(poll(&mut splices, 0).is_empty());
    }
    let seen = pass(&mut splices, 1, &sack(99, &[(2, 5)])).expect("a SACK");
    assert_eq!(seen, packet(&HEADERS[1], &sack(99, &[(1, 3)])));
    assert_eq!(poll(&mut splices, 0).len(), 1);
}

#[test]
fn a_removed_chunk_is_reported_only_below_one_that_arrived() {
    let mut splices = splices();
    for (tsn, payload) in [(100, "kept"), (101, "R"), (102, "kept"), (103, "R")] {
        pass(&mut splices, 0, &data(tsn, tsn as u16 - 100, payload.as_bytes()));
    }
    // The receiver has 102, which it calls 101; 103 is behind it and counts with it.
    let seen = pass(&mut splices, 1, &sack(99, &[(2, 2)])).expect("a SACK");
    assert_eq!(seen, packet(&HEADERS[1], &sack(99, &[(2, 4)])));
}

#[test]
fn a_copy_of_what_was_inserted_is_no_copy_for_the_sender() {
    let mut splices = splices();
    insert(&mut splices, 0, b"ours").expect("room");
    pass(&mut splices, 0, &data(100, 0, b"kept"));
    let with_copies = |cumulative: u32, copies: &[u32]| {
        let mut octets = sack(cumulative, &[]);
        octets[3] += 4 * copies.len() as u8;
        octets[15] = copies.len() as u8;
        copies.iter().for_each(|tsn| octets.extend(tsn.to_be_bytes()));
        octets
    };
    let seen = pass(&mut splices, 1, &with_copies(101, &[100, 101]));
    assert_eq!(seen, Some(packet(&HEADERS[1], &with_copies(100, &[100]))));
}

#[test]
fn a_chunk_behind_which_others_have_passed_may_not_be_removed() {
    let mut splices = splices();
    pass(&mut splices, 0, &data(101, 1, b"kept"));
    assert!(pass(&mut splices, 0, &data(100, 0, b"R")).is_some());
    let mut out = [0; 200];
    let octets = packet(&HEADERS[0], &data(100, 0, b"R"));
    assert!(splices.packet(&octets, &[], |_, _| Decision::Remove, 0, &mut out).is_err());
}

#[test]
fn nothing_is_inserted_where_the_flow_is_not_known_or_ends() {
    let mut splices = splices();
    assert_eq!(
        splices.insert(7, &Message { sid: FIRST, is_unordered: false, ppid: Ppid::M3UA, payload: b"x" }),
        Err(NotInserted::Unknown)
    );
    assert_eq!(insert(&mut splices, 0, &[0; PAYLOAD_OCTETS_MAX + 1]), Err(NotInserted::Full));
    for end in [&[7, 0, 0, 8, 0, 0, 0, 99][..], &[8, 0, 0, 4]] {
        let mut splices = self::splices();
        pass(&mut splices, 1, end);
        assert_eq!(insert(&mut splices, 0, b"x"), Err(NotInserted::Barred));
    }
    assert!(splices.watch([3, 4], [Start::Unknown; 2], 0));
    assert_eq!(
        splices.insert(3, &Message { sid: FIRST, is_unordered: true, ppid: Ppid::M3UA, payload: b"x" }),
        Err(NotInserted::Unknown)
    );
}

#[test]
fn a_flow_that_is_full_of_changes_refuses_more_and_stays_right() {
    let mut splices = splices();
    let mut removed = 0;
    for number in 0..300_u32 {
        removed += u32::from(pass(&mut splices, 0, &data(100 + number, number as u16, b"R")).is_none());
    }
    assert_eq!(removed, 256);
    assert_eq!(insert(&mut splices, 0, b"x"), Err(NotInserted::Full));
    let seen = pass(&mut splices, 1, &sack(99 + 44, &[])).expect("a SACK");
    assert_eq!(seen, packet(&HEADERS[1], &sack(399, &[])));
}

#[test]
fn an_association_in_its_midst_waits_for_the_receiver_before_anything_is_removed() {
    let mut splices = Splices::new(LIMITS, vec![0; memory_octets(2, 64)]).expect("room");
    assert!(splices.watch(KEYS, [Start::Midway(Tsn(100), true), Start::Unknown], 0));
    assert!(pass(&mut splices, 0, &data(101, 7, b"R")).is_some());
    pass(&mut splices, 1, &sack(101, &[]));
    assert!(pass(&mut splices, 0, &data(102, 8, b"R")).is_none());
    assert_eq!(pass(&mut splices, 0, &data(103, 9, b"kept")), Some(packet(&HEADERS[0], &data(102, 8, b"kept"))));
}

#[test]
fn requests_to_reset_streams_are_denied_in_a_touched_association_and_rule_out_changes_in_another() {
    let request = [0x82, 0, 0, 16, 0, 14, 0, 10, 0, 0, 0, 77, 0, 0, 0, 0];
    let mut untouched = splices();
    assert_eq!(pass(&mut untouched, 0, &request), Some(packet(&HEADERS[0], &request)));
    assert!(pass(&mut untouched, 0, &data(100, 0, b"R")).is_some());
    let mut touched = splices();
    assert!(pass(&mut touched, 0, &data(100, 0, b"R")).is_none());
    assert_eq!(pass(&mut touched, 0, &request), None);
    let own = poll(&mut touched, 0);
    let [(KEY_1, octets)] = &own[..] else { panic!("{own:?}") };
    let parsed = Packet::parse(octets).expect("whole");
    let chunk = parsed.chunks().next().expect("one").expect("whole");
    let all: Vec<_> = ReConfig::all(&chunk).expect("RE-CONFIG").map(|one| one.expect("whole")).collect();
    assert_eq!(all, [ReConfig::Response { response: 77, result: ReConfigResult::Denied, next_tsns: None }]);
}

#[test]
fn an_association_that_ends_is_forgotten_whichever_tag_its_end_bears() {
    let reflected = packet(&[0, 2, 0, 1, 0xA, 0xA, 0xA, 0xA], &[6, 1, 0, 4]);
    for end in [packet(&HEADERS[0], &[6, 0, 0, 4]), packet(&HEADERS[1], &[14, 0, 0, 4]), reflected] {
        let mut splices = splices();
        pass(&mut splices, 0, &data(100, 0, b"R"));
        let mut wrong = end.clone();
        wrong[8] ^= 1;
        for (octets, named) in [(&wrong, 1), (&end, 0)] {
            let mut out = [0; 64];
            let outcome = splices.packet(octets, &[], |_, _| Decision::Keep, 0, &mut out);
            assert_eq!((outcome, splices.named().count()), (Ok(Outcome::Untouched), named));
        }
        let again = Splices::take_up(LIMITS, splices.memory().to_vec(), 0).expect("of the same form");
        assert_eq!(again.named().count(), 0);
    }
}

#[test]
fn an_association_that_begins_anew_has_new_numbers() {
    let mut splices = splices();
    pass(&mut splices, 0, &data(100, 0, b"R"));
    assert!(splices.watch([KEYS[0], 9], [Start::Fresh(Tsn(100)), Start::Fresh(Tsn(1))], 0));
    assert_eq!(splices.named().count(), 0);
    assert_eq!(pass(&mut splices, 0, &data(100, 0, b"kept")), Some(packet(&HEADERS[0], &data(100, 0, b"kept"))));
    assert!(!splices.is_watched(KEYS[1]) && splices.is_watched(9));
}

#[test]
fn untouched_associations_give_way_and_touched_ones_only_after_a_long_silence() {
    let mut splices = splices();
    pass(&mut splices, 0, &data(100, 0, b"R"));
    assert!(splices.watch([1, 2], [Start::Unknown; 2], 5));
    assert!(splices.watch([3, 4], [Start::Unknown; 2], 6));
    assert!(!splices.is_watched(1) && splices.is_watched(KEYS[0]));
    assert!(splices.watch([5, 6], [Start::Unknown; 2], 3_600_000_000_007));
    assert!(splices.named().next().is_none());
}

/// All packets of our own in one capture: no expert of tshark has anything to say.
#[test]
fn tshark_finds_no_fault_with_packets_of_our_own() {
    let mut splices = splices();
    // Of no protocol that would be looked into.
    for payload in [&b"ours"[..], b"ours too"] {
        let message = Message { sid: FIRST, is_unordered: false, ppid: Ppid(0), payload };
        splices.insert(KEYS[0], &message).expect("room");
    }
    pass(&mut splices, 1, &data(500, 0, b"R"));
    pass(&mut splices, 1, &[0x82, 0, 0, 16, 0, 14, 0, 10, 0, 0, 0, 77, 0, 0, 0, 0]);
    let own = poll(&mut splices, 100_000_000);
    assert_eq!(own.len(), 3);
    let mut capture = vec![0xd4, 0xc3, 0xb2, 0xa1, 2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 248, 0, 0, 0];
    for (_, octets) in &own {
        let len = (octets.len() as u32).to_le_bytes();
        capture.extend([[0; 4], [0; 4], len, len].concat());
        capture.extend(octets);
    }
    let mut file = std::env::temp_dir();
    file.push(format!("splice-own-{}.pcap", std::process::id()));
    std::fs::File::create(&file).expect("a file").write_all(&capture).expect("written");
    let fields = [
        "-o",
        "sctp.checksum:CRC 32c",
        "-T",
        "fields",
        "-e",
        "sctp.chunk_type",
        "-e",
        "sctp.checksum.status",
        "-e",
        "_ws.expert",
    ];
    let output = Command::new("tshark").args(["-n", "-r"]).arg(&file).args(fields).output();
    let _ = std::fs::remove_file(&file);
    let Ok(output) = output else {
        eprintln!("SKIPPED: no tshark");
        return;
    };
    let text = String::from_utf8(output.stdout).expect("text");
    let mut lines: Vec<_> = text.lines().map(|line| line.trim_end().to_owned()).collect();
    lines.sort();
    assert_eq!(lines, ["0,0\t1", "130\t1", "3\t1"]);
}
