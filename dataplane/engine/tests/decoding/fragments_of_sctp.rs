//! User messages in fragments of DATA (RFC 9260 §6.9) and I-DATA (RFC 8260 §2): put together whatever their order, and
//! never of what does not belong together.

use crate::rig::net::{FIRST, LAST, MIDDLE, Sender, WHOLE, chunk, i_data};
use crate::rig::ss7::{between, m3ua};
use crate::rig::{Line, Rig, SECOND_NS, map, orders, sizes, sms};
use sluice_abi::counters::{Counter, Exit};
use sluice_engine::{PieceSizes, Scope, TableSizes};

fn message(id: u8, text: &str) -> Vec<u8> {
    m3ua(&between(&map::mt(&[0, 0, 0, id], &sms::deliver("999550199", text))))
}

fn text(line: &Line) -> &str {
    line.at("sms.text")
}

fn texts(rig: &mut Rig) -> Vec<String> {
    rig.lines().iter().map(|line| text(line).to_owned()).collect()
}

#[test]
fn fragments_in_any_order_say_what_the_whole_says_and_list_their_frames() {
    let whole = {
        let mut rig = Rig::new();
        rig.frame(&Sender::new(1).whole(&message(1, "a message cut in five")));
        rig.line()
    };
    let mut rig = Rig::new();
    for (nth, order) in orders(5).into_iter().enumerate() {
        let mut sender = Sender { tsn: 5000 + nth as u32 * 10, ..Sender::new(1) };
        let payload = message(1, "a message cut in five");
        let frames = sender.fragment_frames(&payload, payload.len().div_ceil(5));
        let before = nth * 5;
        let exits = rig.frames(order.iter().map(|&place| &frames[place]));
        assert_eq!(exits, [[Exit::SctpFragment; 4].as_slice(), &[Exit::Judged]].concat(), "{order:?}");
        let line = rig.line();
        assert_eq!(line.content(), whole.content());
        assert_eq!(line.anomalies(), ["sctp_fragmented"]);
        let mut came = [0; 5];
        order.iter().enumerate().for_each(|(nth, &place)| came[place] = before + nth + 1);
        assert_eq!(line.at("sctp.reassembled_from_frames"), format!("{came:?}").replace(' ', ""), "{order:?}");
        assert_eq!(line.at("sctp.tsn"), (5004 + nth as u32 * 10).to_string(), "that of the last fragment");
    }
}

#[test]
fn fragments_of_one_octet_and_all_in_one_packet_are_put_together() {
    let mut rig = Rig::new();
    let mut sender = Sender::new(1);
    assert_eq!(rig.frames(sender.fragment_frames(&message(1, "by the octet"), 1)).last(), Some(&Exit::Judged));
    let listed = rig.line().at("sctp.reassembled_from_frames").split(',').count();
    assert_eq!(listed, 64, "no more are listed");
    let bundle = sender.fragments(&message(2, "in one packet"), 40);
    assert_eq!(rig.frame(&sender.frame(&bundle)), Exit::Judged);
    assert_eq!(texts(&mut rig), ["in one packet"]);
}

#[test]
fn tsns_that_run_over_do_not_cut_a_message() {
    let mut rig = Rig::new();
    let mut sender = Sender { tsn: u32::MAX - 1, ..Sender::new(1) };
    rig.frames(sender.fragment_frames(&message(1, "over the edge"), 40));
    assert_eq!(text(&rig.line()), "over the edge");
}

#[test]
fn messages_and_associations_may_take_turns() {
    let mut rig = Rig::new();
    let mut senders = [Sender::new(1), Sender::new(2), Sender { ports: (2905, 2906), ..Sender::new(1) }];
    let mut frames: Vec<Vec<_>> = Vec::new();
    for (nth, sender) in senders.iter_mut().enumerate() {
        frames.push(sender.fragment_frames(&message(nth as u8, &format!("of sender {nth}")), 50));
    }
    for place in 0..frames[0].len() {
        rig.frames(frames.iter().map(|of_one| &of_one[place]));
        if place == 0 {
            let between_them: Vec<_> = senders.iter_mut().map(|s| s.whole(&message(9, "whole"))).collect();
            rig.frames(between_them);
        }
    }
    assert_eq!(texts(&mut rig), ["whole", "whole", "whole", "of sender 0", "of sender 1", "of sender 2"]);
}

#[test]
fn fragments_that_come_again_change_nothing() {
    let mut rig = Rig::new();
    let frames = Sender::new(1).fragment_frames(&message(1, "once"), 40);
    for frame in &frames {
        rig.frames([frame, frame]);
    }
    rig.frames(&frames);
    assert_eq!(texts(&mut rig), ["once"]);
    assert_eq!(rig.counted(Counter::DuplicateTsn), 2 * frames.len() as u64);
}

#[test]
fn a_fragment_whose_checksum_is_wrong_spoils_nothing() {
    for place in 0..4 {
        let mut rig = Rig::new();
        let payload = message(1, "the true one");
        let frames = Sender::new(1).fragment_frames(&payload, payload.len().div_ceil(4));
        let mut bogus = frames[place].clone();
        *bogus.last_mut().expect("octets") ^= 0x55;
        assert_eq!(rig.frame(&bogus), Exit::SctpFragment);
        rig.frames(&frames[..place]);
        rig.frame(&bogus);
        rig.frames(&frames[place..]);
        assert_eq!(texts(&mut rig), ["the true one"], "{place}");
        assert_eq!((rig.counted(Counter::BadCrc), rig.counted(Counter::DuplicateTsn)), (2, 0));
    }
}

#[test]
fn the_paths_of_an_association_are_one() {
    let mut rig = Rig::new();
    let mut sender = Sender::new(1);
    let chunks = sender.fragments(&message(1, "by several ways"), 40);
    for (nth, chunk) in chunks.iter().enumerate() {
        let by = Sender { route: (nth as u8, nth as u8 + 7), ..sender };
        rig.frame(&by.frame(std::slice::from_ref(chunk)));
    }
    let line = rig.line();
    assert_eq!((text(&line), line.at("src")), ("by several ways", format!("10.0.0.{}", chunks.len() - 1).as_str()));
}

#[test]
fn what_is_given_up_by_a_forward_tsn_is_not_waited_for() {
    let mut rig = Rig::new();
    let mut sender = Sender::new(1);
    let given_up = sender.fragment_frames(&message(1, "given up"), 60);
    let kept = sender.fragment_frames(&message(2, "kept"), 60);
    rig.frames(&given_up[1..]);
    rig.frames(&kept[1..]);
    let forward = chunk(0xC0, 0, &(1000 + given_up.len() as u32 - 1).to_be_bytes());
    assert_eq!(rig.frame(&sender.frame(&[forward])), Exit::SctpControl);
    rig.frames([&given_up[0], &kept[0]]);
    assert_eq!(texts(&mut rig), ["kept"]);
}

#[test]
fn a_forward_tsn_whose_checksum_is_wrong_gives_nothing_up() {
    let mut rig = Rig::new();
    let mut sender = Sender::new(1);
    let frames = sender.fragment_frames(&message(1, "still there"), 60);
    rig.frames(&frames[1..]);
    let mut bogus = sender.frame(&[chunk(0xC0, 0, &2000u32.to_be_bytes())]);
    bogus[14 + 20 + 8] ^= 1;
    rig.frame(&bogus);
    rig.frame(&frames[0]);
    assert_eq!(texts(&mut rig), ["still there"]);
}

/// INIT (1) or INIT ACK (2): tag, window, streams, first TSN (RFC 9260 §3.3.2).
fn init(kind: u8, tag: u32, tsn: u32) -> Vec<u8> {
    let cookie: &[u8] = if kind == 2 { &[0, 7, 0, 8, 1, 2, 3, 4] } else { &[] };
    chunk(kind, 0, &[&tag.to_be_bytes()[..], &[0, 1, 0, 0, 0, 16, 0, 16], &tsn.to_be_bytes(), cookie].concat())
}

/// The four packets that open an association: `forth` and `back` are the tags of each direction.
fn handshake(forth: u32, back: u32, tsn: u32) -> Vec<Vec<u8>> {
    let to = |tag, chunk| Sender { tag, route: (1, 1), ..Sender::new(tag) }.frame(&[chunk]);
    vec![
        to(0, init(1, back, tsn)),
        to(back, init(2, forth, 1)),
        to(forth, chunk(10, 0, &[1, 2, 3, 4])),
        to(back, chunk(11, 0, &[])),
    ]
}

#[test]
fn an_association_that_begins_again_mixes_nothing_with_what_came_before() {
    let mut rig = Rig::new();
    rig.frames(handshake(1, 2, 1000));
    let before = Sender::new(1).fragment_frames(&message(1, "before the restart"), 60);
    rig.frames(&before[..1]);
    rig.frames(handshake(11, 12, 1000));
    let after = Sender::new(11).fragment_frames(&message(1, "after the restart!"), 60);
    rig.frames(&after[1..]);
    assert_eq!(texts(&mut rig), [""; 0], "the first fragment is of the old association");
    rig.frame(&after[0]);
    assert_eq!(texts(&mut rig), ["after the restart!"]);
    assert_eq!((rig.counted(Counter::AssociationsOpened), rig.counted(Counter::AssociationsRestarted)), (2, 0));
}

#[test]
fn after_an_abort_the_same_tsns_are_new() {
    let mut rig = Rig::new();
    let mut sender = Sender::new(1);
    let frame = sender.whole(&message(1, "twice"));
    rig.frames([&frame, &frame]);
    assert_eq!(texts(&mut rig), ["twice"]);
    rig.frame(&sender.frame(&[chunk(6, 0, &[])]));
    assert_eq!(rig.counted(Counter::AssociationsAborted), 1);
    rig.frame(&frame);
    assert_eq!(texts(&mut rig), ["twice"]);
}

/// I-DATA fragments of a message, one a frame.
fn i_data_frames(sender: &mut Sender, mid: u32, payload: &[u8], octets: usize) -> Vec<Vec<u8>> {
    let pieces: Vec<_> = payload.chunks(octets).collect();
    let flags = |place: usize| match place {
        0 => FIRST,
        _ if place + 1 == pieces.len() => LAST,
        _ => MIDDLE,
    };
    let mut frames = Vec::new();
    for (place, piece) in pieces.iter().enumerate() {
        let number = if place == 0 { 3 } else { place as u32 };
        frames.push(sender.frame(&[i_data(sender.tsn, mid, flags(place), number, piece)]));
        sender.tsn += 1;
    }
    frames
}

#[test]
fn i_data_of_two_messages_may_take_turns_in_one_stream() {
    let mut rig = Rig::new();
    let mut sender = Sender::new(1);
    rig.frame(&sender.frame(&[i_data(900, 1, WHOLE, 3, &message(1, "whole"))]));
    let one = i_data_frames(&mut sender, 2, &message(2, "the one"), 60);
    let other = i_data_frames(&mut sender, 3, &message(3, "the other"), 60);
    for place in (0..one.len()).rev() {
        rig.frames([&one[place], &other[place]]);
    }
    let lines = rig.lines();
    assert_eq!(lines.iter().map(text).collect::<Vec<_>>(), ["whole", "the one", "the other"]);
    assert_eq!(lines[1].all(["sctp.ppid", "sctp.sid", "sctp.ssn"]), ["3", "1", "2"]);
    rig.frames(&one);
    assert_eq!((texts(&mut rig).len(), rig.counted(Counter::DuplicateTsn)), (0, one.len() as u64));
}

#[test]
fn i_data_with_a_wrong_checksum_spoils_nothing() {
    let mut rig = Rig::new();
    let frames = i_data_frames(&mut Sender::new(1), 2, &message(2, "the true one"), 60);
    let mut bogus = frames[1].clone();
    *bogus.last_mut().expect("octets") ^= 0x55;
    rig.frame(&bogus);
    rig.frames(&frames);
    assert_eq!(texts(&mut rig), ["the true one"]);
}

#[test]
fn fragments_are_given_up_after_their_time_and_counted() {
    let mut rig = Rig::new();
    let frames = Sender::new(1).fragment_frames(&message(1, "too late"), 60);
    rig.frames(&frames[1..]);
    rig.time_ns += 61 * SECOND_NS;
    rig.frame(&frames[0]);
    assert_eq!(texts(&mut rig), [""; 0]);
    assert_eq!(rig.counted(Counter::SctpFragmentsExpired), frames.len() as u64 - 1);
}

#[test]
fn a_full_table_sheds_the_oldest_and_counts_it() {
    const ROOM: usize = 16;
    let pieces = PieceSizes { pieces: ROOM, octets: 1 << 14, timeout_ns: 60 * SECOND_NS };
    let mut rig = Rig::with(Scope::Sms, TableSizes { sctp_fragments: pieces, ..sizes() });
    let mut frames = Vec::new();
    for tag in 1..=ROOM as u32 + 4 {
        let payload = message(tag as u8, "of many");
        let halves = Sender::new(tag).fragment_frames(&payload, payload.len().div_ceil(2));
        rig.frame(&halves[0]);
        frames.push(halves);
    }
    assert_eq!(rig.counted(Counter::SctpFragmentsShed), 4);
    // The second half of the newest needs the place of the oldest.
    for halves in frames[5..].iter().rev() {
        assert_eq!(rig.frame(&halves[1]), Exit::Judged);
    }
    assert_eq!(rig.frame(&frames[4][1]), Exit::SctpFragment);
    assert_eq!(rig.counted(Counter::SctpFragmentsShed), 5);
    assert_eq!(rig.counted(Counter::SctpFragmentsJoined), 2 * (ROOM as u64 - 1));
}

#[test]
fn fragments_that_contradict_each_other_make_no_message() {
    let mut rig = Rig::new();
    let payload = message(1, "whose is the end?");
    let cut = payload.len() / 2;
    let mut sender = Sender::new(1);
    let first = sender.data(FIRST, &payload[..cut]);
    let end = sender.data(LAST, &payload[cut..]);
    // The same place again, in a packet as good as the other, after its number was seen.
    rig.frame(&sender.frame(&[first]));
    let mut other = Sender { tsn: 1000, ..sender };
    let changed = other.data(FIRST, &vec![0xAA; cut]);
    assert_eq!(rig.frame(&sender.frame(&[changed])), Exit::SctpDuplicate, "what came first counts");
    rig.frame(&sender.frame(&[end]));
    assert_eq!(texts(&mut rig), ["whose is the end?"]);
}
