//! The table as a whole: streams cut, turned, doubled and torn, against a plain copy of what was sent.

use super::*;
use proptest::prelude::*;
use sluice_wire::tcp::{Flags, SequenceNumber};

const PUSH: u8 = Flags::ACK | 8;
const SECOND_NS: u64 = 1_000_000_000;

fn key(client: u64) -> FlowKey {
    FlowKey { source: client, destination: 9, source_port: 41_000, destination_port: PORT }
}

fn back(key: FlowKey) -> FlowKey {
    FlowKey {
        source: key.destination,
        destination: key.source,
        source_port: key.destination_port,
        destination_port: key.source_port,
    }
}

fn table(connections: usize, octets: usize) -> Streams {
    Streams::new(StreamSizes { connections, octets, timeout_ns: 3 * SECOND_NS }, 7)
}

fn take(streams: &mut Streams, key: FlowKey, sequence: u32, flags: u8, payload: &[u8], now_ns: u64) -> Taken {
    let segment = Segment {
        source_port: key.source_port,
        destination_port: key.destination_port,
        sequence: SequenceNumber(sequence),
        acknowledgement: SequenceNumber(0),
        flags: Flags(flags),
        window: 0,
        payload,
    };
    streams.segment(key, &segment, now_ns)
}

/// Takes a segment as the engine does; gives the PDUs that are whole with it.
fn read(streams: &mut Streams, key: FlowKey, sequence: u32, flags: u8, payload: &[u8], now_ns: u64) -> Vec<Vec<u8>> {
    let mut given = Vec::new();
    match take(streams, key, sequence, flags, payload, now_ns) {
        Taken::Direct { flow, skip_octets } => {
            let mut pdus = sluice_wire::smpp::Pdus::new(&payload[skip_octets..]);
            given.extend(pdus.by_ref().map(<[u8]>::to_vec));
            streams.keep(flow, pdus.rest());
            given.iter().for_each(|pdu| streams.learn(flow, &Pdu::parse(pdu).expect("framed")));
        }
        Taken::Held(flow) => {
            let mut room = vec![0; PDU_OCTETS_MAX];
            let room = <&mut [u8; PDU_OCTETS_MAX]>::try_from(&mut room[..]).expect("so long");
            while let Some(whole) = streams.next_pdu(flow, room) {
                given.push(room[..whole.len_octets].to_vec());
                streams.learn(flow, &Pdu::parse(&room[..whole.len_octets]).expect("framed"));
            }
        }
        _ => {}
    }
    given
}

fn pdu(command: u32, sequence: u32, body: &[u8]) -> Vec<u8> {
    let head = [16 + body.len() as u32, command, 0, sequence].map(u32::to_be_bytes);
    [head.as_flattened(), body].concat()
}

/// A message with so many octets of text; none of them looks like a header.
fn message(sequence: u32, octets: usize) -> Vec<u8> {
    pdu(4, sequence, &vec![b'a' + (sequence % 26) as u8; octets])
}

fn open(streams: &mut Streams, key: FlowKey, sequence: u32) {
    assert_eq!(take(streams, key, sequence, Flags::SYN, &[], 0), Taken::Control);
}

#[test]
fn whole_pdus_in_order_are_read_in_place() {
    let mut t = table(4, 4096);
    open(&mut t, key(1), 99);
    let payload = [message(1, 10), message(2, 20)].concat();
    for turn in 0..3 {
        let sequence = 100 + turn * payload.len() as u32;
        let taken = take(&mut t, key(1), sequence, PUSH, &payload, 0);
        assert!(matches!(taken, Taken::Direct { skip_octets: 0, .. }), "{taken:?}");
    }
    assert_eq!(t.take_counts(), StreamCounts { opened: 1, ..StreamCounts::default() });
}

#[test]
fn a_pdu_in_segments_of_one_octet_comes_out_whole() {
    let mut t = table(4, 200_000);
    open(&mut t, key(1), u32::MAX - 30);
    let sent = [message(1, 1200), message(2, 0), message(3, 65_520)];
    let mut given = Vec::new();
    for (at, octet) in sent.concat().iter().enumerate() {
        given.extend(read(&mut t, key(1), (u32::MAX - 29).wrapping_add(at as u32), PUSH, &[*octet], 0));
    }
    assert_eq!(given, sent);
}

#[test]
fn a_segment_that_came_before_is_known_and_one_partly_so_is_read_from_where_it_is_new() {
    let mut t = table(4, 4096);
    open(&mut t, key(1), 0);
    let (first, second) = (message(1, 10), message(2, 10));
    assert_eq!(read(&mut t, key(1), 1, PUSH, &first, 0).len(), 1);
    assert_eq!(take(&mut t, key(1), 1, PUSH, &first, 0), Taken::Duplicate);
    assert_eq!(read(&mut t, key(1), 1, PUSH, &[&first[..], &second].concat(), 0), [second]);
    assert_eq!(t.take_counts().duplicates, 1);
}

#[test]
fn the_same_octets_with_other_content_are_noted_and_the_first_count() {
    let mut t = table(4, 4096);
    open(&mut t, key(1), 0);
    let sent = message(1, 40);
    let mut forged = sent.clone();
    forged[30] = b'!';
    assert!(read(&mut t, key(1), 1, PUSH, &sent[..40], 0).is_empty());
    let Taken::Held(flow) = take(&mut t, key(1), 1, PUSH, &forged, 0) else { panic!("it has octets that are new") };
    let mut room = Box::new([0; PDU_OCTETS_MAX]);
    let whole = t.next_pdu(flow, &mut room).expect("whole");
    assert_eq!((&room[..whole.len_octets], whole.anomalies), (&sent[..], Anomalies::of(Anomaly::Overlap)));
    assert_eq!(t.take_counts().overlaps, 1);
    // Also where the first waits behind a gap.
    let next = 1 + sent.len() as u32;
    assert_eq!(take(&mut t, key(1), next + 16, PUSH, &sent[16..], 0), Taken::Waiting);
    assert_eq!(read(&mut t, key(1), next, PUSH, &forged, 0), std::slice::from_ref(&sent));
    assert_eq!(t.take_counts().overlaps, 1);
}

#[test]
fn after_a_lost_segment_the_next_pdu_is_found_by_the_length_of_the_one_it_was_in() {
    let mut t = table(4, 100_000);
    open(&mut t, key(1), 0);
    let (torn, next) = (message(1, 600), message(2, 30));
    let stream = [&torn[..], &next].concat();
    assert!(read(&mut t, key(1), 1, PUSH, &stream[..100], 0).is_empty());
    assert!(read(&mut t, key(1), 501, PUSH, &stream[500..], SECOND_NS).is_empty());
    // Nothing more is needed than the next segment after the time is over.
    let last = message(3, 5);
    let given = read(&mut t, key(1), 1 + stream.len() as u32, PUSH, &last, 5 * SECOND_NS);
    assert_eq!(given, [next, last]);
    let counts = t.take_counts();
    assert_eq!((counts.gaps, counts.resynchronised, counts.out_of_order), (1, 1, 2));
}

#[test]
fn after_a_lost_header_the_next_pdu_is_found_at_the_start_of_a_segment() {
    let mut t = table(4, 100_000);
    open(&mut t, key(1), 0);
    let stream: Vec<Vec<u8>> = (1..=70).map(|n| message(n, 60)).collect();
    let octets = stream.concat();
    let mut given = read(&mut t, key(1), 1, PUSH, &octets[..152], 0);
    // The third PDU's header and more are lost; segments of one PDU each follow from the fifth on.
    for at in (4..70).map(|n| n * 76) {
        given.extend(read(&mut t, key(1), 1 + at as u32, PUSH, &octets[at..at + 76], 0));
    }
    assert_eq!(given, [&stream[..2], &stream[4..]].concat());
    let counts = t.take_counts();
    assert_eq!((counts.gaps, counts.resynchronised), (1, 1));
}

#[test]
fn a_connection_is_picked_up_where_a_segment_begins_like_a_pdu() {
    let mut t = table(4, 4096);
    let sent = message(7, 30);
    assert_eq!(take(&mut t, key(1), 500, PUSH, &sent[20..], 0), Taken::Unread);
    assert_eq!(read(&mut t, key(1), 526, PUSH, &sent, 0), std::slice::from_ref(&sent));
    let elsewhere = FlowKey { destination_port: 8080, ..key(2) };
    assert_eq!(read(&mut t, elsewhere, 9, PUSH, &sent, 0), std::slice::from_ref(&sent));
    assert_eq!(
        take(&mut t, FlowKey { destination_port: 80, ..key(3) }, 9, PUSH, b"GET / HTTP/1.1\r\n\r\n", 0),
        Taken::Unread
    );
    assert_eq!(t.take_counts().opened, 2);
}

#[test]
fn both_directions_share_the_session() {
    let mut t = table(4, 4096);
    open(&mut t, key(1), 0);
    open(&mut t, back(key(1)), 1000);
    let bind = pdu(9, 1, b"esme\0secret\0\0\x34\0\0\0");
    read(&mut t, key(1), 1, PUSH, &bind, 0);
    read(&mut t, back(key(1)), 1001, PUSH, &pdu(0x8000_0009, 1, b"smsc\0"), 0);
    let Taken::Direct { flow, .. } = take(&mut t, back(key(1)), 1022, PUSH, &pdu(5, 1, b""), 0) else { panic!("next") };
    assert_eq!(
        (t.session(flow).system_id(), t.session(flow).bound, t.is_from_esme(flow)),
        (&b"esme"[..], true, Some(false))
    );
}

#[test]
fn a_connection_that_ended_begins_anew_with_a_syn() {
    let mut t = table(4, 4096);
    for turn in 0..2 {
        open(&mut t, key(1), turn * 1000);
        open(&mut t, back(key(1)), 5000);
        assert_eq!(read(&mut t, key(1), turn * 1000 + 1, PUSH, &message(1, 4), 0).len(), 1);
        take(&mut t, key(1), turn * 1000 + 21, Flags::FIN | Flags::ACK, &[], 0);
        take(&mut t, back(key(1)), 5001, Flags::FIN | Flags::ACK, &[], 0);
        let counts = t.take_counts();
        assert_eq!((counts.opened, counts.closed, counts.shed), (1, 1, 0));
    }
}

#[test]
fn a_reset_counts_only_where_it_is_next() {
    let mut t = table(4, 4096);
    open(&mut t, key(1), 0);
    read(&mut t, key(1), 1, PUSH, &message(1, 4), 0);
    take(&mut t, key(1), 500, Flags::RST, &[], 0);
    assert_eq!(t.take_counts().closed, 0);
    take(&mut t, key(1), 21, Flags::RST, &[], 0);
    assert_eq!(t.take_counts().closed, 1);
}

#[test]
fn a_forged_syn_ends_nothing_and_a_true_one_begins_with_its_octets() {
    let mut t = table(4, 4096);
    open(&mut t, key(1), 0);
    read(&mut t, key(1), 1, PUSH, &pdu(9, 1, b"esme\0\0\0\x34\0\0\0"), 0);
    open(&mut t, key(1), 70_000);
    let Taken::Direct { flow, .. } = take(&mut t, key(1), 28, PUSH, &message(1, 4), 0) else { panic!("next") };
    assert_eq!(t.session(flow).system_id(), b"esme");
    let Taken::Direct { flow, .. } = take(&mut t, key(1), 70_001, PUSH, &message(2, 4), 0) else { panic!("anew") };
    assert_eq!(t.session(flow).system_id(), b"");
}

#[test]
fn numbers_from_elsewhere_do_not_stop_a_stream() {
    let mut t = table(4, 4096);
    open(&mut t, key(1), 0);
    let mut next = 1;
    for n in 0..200 {
        take(&mut t, key(1), 0x4000_0000 + n, PUSH, b"junk", 0);
        let sent = message(n, 4);
        assert_eq!(read(&mut t, key(1), next, PUSH, &sent, 0), std::slice::from_ref(&sent));
        next += 20;
    }
    assert_eq!(t.take_counts().gaps, 0);
}

#[test]
fn a_stream_that_goes_on_elsewhere_is_found_again() {
    let mut t = table(4, 4096);
    open(&mut t, key(1), 0);
    read(&mut t, key(1), 1, PUSH, &message(1, 4), 0);
    let given: usize =
        (0..100).map(|n| read(&mut t, key(1), 0x9000_0000 + 20 * n, PUSH, &message(n, 4), 0).len()).sum();
    assert_eq!(given, 100 - usize::from(reassembly::STRAYS_MAX) + 1);
}

#[test]
fn a_flood_of_syns_takes_no_place_from_a_session() {
    let mut t = table(8, 4096);
    open(&mut t, key(1), 0);
    read(&mut t, key(1), 1, PUSH, &pdu(9, 1, b"esme\0\0\0\x34\0\0\0"), 0);
    for client in 2..1000 {
        open(&mut t, key(client), 5);
    }
    let Taken::Direct { flow, .. } = take(&mut t, key(1), 28, PUSH, &message(1, 4), 0) else { panic!("still there") };
    assert_eq!(t.session(flow).system_id(), b"esme");
    assert_eq!(t.take_counts().shed, 998 - 7);
}

#[test]
fn a_full_table_gives_up_the_session_that_was_quiet_longest() {
    let mut t = table(2, 4096);
    for client in 1..=3 {
        read(&mut t, key(client), 1, PUSH, &message(1, 4), 0);
        read(&mut t, key(1), 1 + 20 * client as u32, PUSH, &message(1, 4), 0);
    }
    assert_eq!(t.take_counts().shed, 1);
    assert!(matches!(take(&mut t, key(1), 81, PUSH, &message(1, 4), 0), Taken::Direct { .. }));
    assert!(matches!(take(&mut t, key(3), 21, PUSH, &message(1, 4), 0), Taken::Direct { .. }));
    assert_eq!(t.take_counts().opened, 0);
}

#[test]
fn without_room_the_octets_that_waited_longest_are_given_up() {
    let mut t = table(8, 4 * cells::CELL_OCTETS);
    for client in 1..=5 {
        open(&mut t, key(client), 0);
        assert!(read(&mut t, key(client), 1, PUSH, &message(1, 400)[..300], 0).is_empty());
    }
    assert_eq!(t.take_counts().shed, 1);
    assert!(read(&mut t, key(1), 301, PUSH, &message(1, 400)[300..], 0).is_empty());
    for client in 2..=5 {
        assert_eq!(read(&mut t, key(client), 301, PUSH, &message(1, 400)[300..], 0), [message(1, 400)]);
    }
}

#[test]
fn one_direction_that_fills_the_pool_loses_its_own_pdu_and_goes_on() {
    let mut t = table(2, 4 * cells::CELL_OCTETS);
    open(&mut t, key(1), 0);
    let long = message(1, 9000);
    for at in (0..9000).step_by(1000) {
        assert!(read(&mut t, key(1), 1 + at as u32, PUSH, &long[at..at + 1000], 0).is_empty());
    }
    let sent = message(2, 4);
    assert_eq!(read(&mut t, key(1), 90_017, PUSH, &sent, 0), std::slice::from_ref(&sent));
    assert_eq!(t.take_counts().shed, 1);
}

#[test]
fn a_connection_costs_what_the_book_says() {
    assert_eq!((STREAM_COST_OCTETS, size_of::<Direction>(), size_of::<Connection>()), (160, 40, 48));
}

#[derive(Clone, Debug)]
struct Sent {
    at: usize,
    len: usize,
    twice: bool,
    late: usize,
}

/// A stream of PDUs cut into segments, some twice, some late.
fn journeys() -> impl Strategy<Value = (Vec<Vec<u8>>, Vec<Sent>, u32)> {
    let bodies = prop::collection::vec(prop_oneof![0_usize..40, 100_usize..700, 1500_usize..3000], 1..12);
    let cuts =
        prop::collection::vec((prop_oneof![1_usize..20, 1_usize..1460], prop::bool::weighted(0.2), 0_usize..4), 1..400);
    (bodies, cuts, any::<u32>()).prop_map(|(bodies, cuts, isn)| {
        let pdus: Vec<Vec<u8>> = bodies.iter().enumerate().map(|(n, octets)| message(n as u32, *octets)).collect();
        let total: usize = pdus.iter().map(Vec::len).sum();
        let (mut segments, mut at) = (Vec::new(), 0);
        for (len, twice, late) in cuts.into_iter().cycle() {
            let len = len.min(total - at);
            segments.push(Sent { at, len, twice, late });
            at += len;
            if at == total {
                break;
            }
        }
        (pdus, segments, isn)
    })
}

/// The order in which segments arrive: each so many places later than it was sent.
fn order(segments: &[Sent]) -> Vec<&Sent> {
    let mut arriving: Vec<(usize, &Sent)> =
        segments.iter().enumerate().map(|(n, sent)| (n + sent.late, sent)).collect();
    arriving.extend(segments.iter().enumerate().filter(|(_, s)| s.twice).map(|(n, sent)| (n + 3, sent)));
    arriving.sort_by_key(|(place, _)| *place);
    arriving.into_iter().map(|(_, sent)| sent).collect()
}

proptest! {
    #[test]
    fn every_pdu_comes_out_once_and_in_order_however_the_stream_was_cut_turned_and_doubled((pdus, segments, isn) in journeys()) {
        let mut t = table(4, 1 << 20);
        open(&mut t, key(1), isn);
        let stream = pdus.concat();
        let mut given = Vec::new();
        for sent in order(&segments) {
            let sequence = isn.wrapping_add(1 + sent.at as u32);
            given.extend(read(&mut t, key(1), sequence, PUSH, &stream[sent.at..sent.at + sent.len], 0));
        }
        prop_assert_eq!(given, pdus);
        let counts = t.take_counts();
        prop_assert_eq!((counts.gaps, counts.overlaps, counts.shed), (0, 0, 0));
    }

    #[test]
    fn with_losses_what_comes_out_was_sent_in_that_order_and_the_stream_goes_on((pdus, segments, isn) in journeys(), lost in prop::collection::vec(prop::bool::weighted(0.1), 400)) {
        let mut t = table(4, 1 << 20);
        open(&mut t, key(1), isn);
        let stream = pdus.concat();
        let mut given = Vec::new();
        let mut now_ns = 0;
        for (sent, lost) in order(&segments).into_iter().zip(lost.into_iter().cycle()) {
            now_ns += SECOND_NS;
            if !lost {
                let sequence = isn.wrapping_add(1 + sent.at as u32);
                given.extend(read(&mut t, key(1), sequence, PUSH, &stream[sent.at..sent.at + sent.len], now_ns));
            }
        }
        let mut rest = pdus.iter();
        for pdu in &given {
            prop_assert!(rest.any(|sent| sent == pdu), "in the order sent, and unchanged");
        }
        // Whatever was lost, a segment that begins a PDU is read again in the end.
        let tail: Vec<Vec<u8>> = (0..200).map(|n| message(n, 50)).collect();
        let mut sequence = isn.wrapping_add(1 + stream.len() as u32);
        let mut last = Vec::new();
        for pdu in &tail {
            now_ns += SECOND_NS;
            last = read(&mut t, key(1), sequence, PUSH, pdu, now_ns);
            sequence = sequence.wrapping_add(pdu.len() as u32);
        }
        prop_assert_eq!(last.last(), tail.last());
    }

    #[test]
    fn any_segments_do_not_panic_and_what_waits_stays_within_its_room(
        segments in prop::collection::vec((0_u64..4, any::<bool>(), 0_u32..3000, 0_u8..32, prop::collection::vec(prop_oneof![Just(0_u8), any::<u8>()], 0..80), 0_u64..2), 0..200),
    ) {
        let mut t = table(2, 4 * cells::CELL_OCTETS);
        let mut now_ns = 0;
        for (client, turned, sequence, flags, octets, seconds) in segments {
            now_ns += seconds * SECOND_NS;
            let key = if turned { back(key(client)) } else { key(client) };
            let payload = if octets.len() % 2 == 0 { octets.clone() } else { pdu(4, 1, &octets) };
            read(&mut t, key, sequence, flags, &payload, now_ns);
        }
        // Nothing leaks: with every connection forgotten each cell is free again.
        (0..2).for_each(|slot| t.forget(slot));
        prop_assert!(t.reassembly.is_unused());
        let counts = t.take_counts();
        prop_assert!(counts.opened >= counts.closed);
    }
}
