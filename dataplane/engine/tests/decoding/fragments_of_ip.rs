//! IP packets in fragments (RFC 791 §3.2, RFC 8200 §4.5): put together whatever their order; those that overlap never
//! become a message (RFC 5722 §4).

use crate::rig::net::{Fragment, SCTP, Sender, UDP, WHOLE, data, ethernet, ip4, ip6, ip6_fragment, sctp};
use crate::rig::ss7::{between, m3ua};
use crate::rig::{Line, Rig, SECOND_NS, map, orders, sizes, sms};
use sluice_abi::counters::{Counter, Exit};
use sluice_engine::{PieceSizes, Scope, TableSizes};

fn packet(tsn: u32, text: &str) -> Vec<u8> {
    let message = m3ua(&between(&map::mt(&[0, 0, 0, 1], &sms::deliver("999550199", text))));
    sctp((2905, 2905), 1, &[data(tsn, WHOLE, 3, &message)])
}

type Build = fn(u16, u16, bool, &[u8]) -> Vec<u8>;

fn v4(identification: u16, offset_octets: u16, more: bool, octets: &[u8]) -> Vec<u8> {
    ethernet(&ip4((1, 2), SCTP, Fragment { identification, offset_octets, more }, octets))
}

fn v6(identification: u16, offset_octets: u16, more: bool, octets: &[u8]) -> Vec<u8> {
    ethernet(&ip6_fragment((1, 2), SCTP, Fragment { identification, offset_octets, more }, octets))
}

/// Fragments of so many octets.
fn cut(build: Build, identification: u16, packet: &[u8], octets: usize) -> Vec<Vec<u8>> {
    let count = packet.len().div_ceil(octets);
    let pieces = packet.chunks(octets).enumerate();
    pieces.map(|(nth, piece)| build(identification, (nth * octets) as u16, nth + 1 < count, piece)).collect()
}

fn texts(rig: &mut Rig) -> Vec<String> {
    rig.lines().iter().map(|line| line.at("sms.text").to_owned()).collect()
}

#[test]
fn fragments_of_either_version_in_any_order_say_what_the_whole_says() {
    let of_whole = |frame: Vec<u8>| -> Line {
        let mut rig = Rig::new();
        rig.frame(&frame);
        rig.line()
    };
    let bare = packet(1, "cut in four");
    let wholes = [ethernet(&ip4((1, 2), SCTP, Fragment::default(), &bare)), ethernet(&ip6((1, 2), SCTP, &bare))];
    for (build, whole) in [v4 as Build, v6].into_iter().zip(wholes) {
        let whole = of_whole(whole);
        let mut rig = Rig::new();
        for (nth, order) in orders(4).into_iter().enumerate() {
            let packet = packet(1 + nth as u32, "cut in four");
            let frames = cut(build, nth as u16, &packet, (packet.len().div_ceil(4)).next_multiple_of(8));
            assert_eq!(frames.len(), 4);
            let exits = rig.frames(order.iter().map(|&place| &frames[place]));
            assert_eq!(exits, [Exit::IpFragment, Exit::IpFragment, Exit::IpFragment, Exit::Judged], "{order:?}");
            let line = rig.line();
            assert_eq!(line.content(), whole.content(), "{order:?}");
            assert_eq!(line.anomalies(), ["ip_fragmented"]);
            assert_eq!(line.at("frame"), ((nth + 1) * 4).to_string(), "the frame that completed it");
        }
        assert_eq!(rig.counted(Counter::IpFragmentsJoined), 24 * 4);
    }
}

#[test]
fn fragments_that_come_again_change_nothing() {
    let mut rig = Rig::new();
    for frame in cut(v4, 1, &packet(1, "once"), 40) {
        rig.frames([&frame, &frame]);
    }
    assert_eq!(texts(&mut rig), ["once"]);
}

#[test]
fn packets_of_other_numbers_addresses_and_protocols_do_not_mix() {
    let mut rig = Rig::new();
    let frames = cut(v4, 7, &packet(1, "mine"), 80);
    let strange = |route, identification, protocol| {
        ethernet(&ip4(route, protocol, Fragment { identification, offset_octets: 80, more: false }, &[0; 60]))
    };
    rig.frame(&frames[0]);
    rig.frames([strange((1, 2), 8, SCTP), strange((3, 2), 7, SCTP), strange((1, 3), 7, SCTP), strange((1, 2), 7, UDP)]);
    rig.frames(&frames[1..]);
    assert_eq!(texts(&mut rig), ["mine"]);
}

#[test]
fn fragments_that_overlap_are_never_a_message_whatever_their_order() {
    // Three that make the packet, and one that lies over two of them with other octets.
    let whole = packet(1, "harmless words in here");
    let third = whole.len().div_ceil(3).next_multiple_of(8);
    let evil: Vec<u8> = whole[third - 16..][..40].iter().map(|octet| octet ^ 0x20).collect();
    for build in [v4 as Build, v6] {
        let mut frames = cut(build, 3, &whole, third);
        assert_eq!(frames.len(), 3);
        frames.push(build(3, third as u16 - 16, true, &evil));
        for order in orders(4) {
            // Where the three are there before the fourth, they are whole by then.
            if order[3] == 3 {
                continue;
            }
            let mut rig = Rig::new();
            rig.frames(order.iter().map(|&place| &frames[place]));
            assert_eq!(texts(&mut rig), [""; 0], "{order:?}");
            assert!(rig.counted(Counter::IpFragmentsConflicting) > 0, "{order:?}");
        }
    }
}

#[test]
fn a_fragment_that_ends_a_packet_twice_at_different_places_spoils_it() {
    let mut rig = Rig::new();
    let frames = cut(v4, 3, &packet(1, "which end?"), 56);
    rig.frame(&frames[0]);
    rig.frame(&v4(3, 56, false, &[0; 8]));
    rig.frames(&frames[1..]);
    assert_eq!(texts(&mut rig), [""; 0]);
}

#[test]
fn fragments_of_what_is_not_signalling_leave_as_what_they_are() {
    let mut rig = Rig::new();
    let first = ethernet(&ip4((1, 1), UDP, Fragment { identification: 1, offset_octets: 0, more: true }, &[0; 16]));
    let last = ethernet(&ip4((1, 1), UDP, Fragment { identification: 1, offset_octets: 16, more: false }, &[0; 16]));
    assert_eq!(rig.frames([first, last]), [Exit::IpFragment, Exit::NotSctp]);
}

#[test]
fn fragments_are_given_up_after_their_time_and_a_full_table_sheds_the_oldest() {
    let mut rig = Rig::new();
    let frames = cut(v4, 1, &packet(1, "too late"), 80);
    rig.frames(&frames[1..]);
    rig.time_ns += 31 * SECOND_NS;
    rig.frame(&frames[0]);
    assert_eq!(texts(&mut rig), [""; 0]);
    assert_eq!(rig.counted(Counter::IpFragmentsExpired), frames.len() as u64 - 1);

    let pieces = PieceSizes { pieces: 8, octets: 1 << 14, timeout_ns: 30 * SECOND_NS };
    let mut rig = Rig::with(Scope::Sms, TableSizes { ip_fragments: pieces, ..sizes() });
    for identification in 0..20 {
        rig.frame(&cut(v4, identification, &packet(1, "of many"), 80)[0]);
    }
    assert_eq!(rig.counted(Counter::IpFragmentsShed), 12);
}

#[test]
fn three_layers_of_pieces_at_once_are_put_together() {
    // A message in SCCP segments, each in fragments of DATA, each of those in fragments of IP.
    use crate::rig::ss7::{CENTRE, MSC, SMSC, VISITED, segments, title};
    let tcap = map::mt(&[0, 0, 0, 1], &sms::deliver("999550199", "under three covers"));
    let mut sender = Sender::new(1);
    let mut frames = Vec::new();
    for segment in segments(&title(MSC, VISITED), &title(SMSC, CENTRE), &tcap, 50, 9) {
        for chunk in sender.fragments(&m3ua(&segment), 40) {
            let packet = sctp(sender.ports, sender.tag, &[chunk]);
            frames.extend(cut(v4, frames.len() as u16, &packet, 32));
        }
    }
    for backwards in [false, true] {
        let mut rig = Rig::new();
        let exits = match backwards {
            false => rig.frames(&frames),
            true => rig.frames(frames.iter().rev()),
        };
        assert_eq!(exits.iter().filter(|&&exit| exit == Exit::Judged).count(), 1);
        let line = rig.line();
        assert_eq!(line.at("sms.text"), "under three covers");
        assert_eq!(line.anomalies(), ["ip_fragmented", "sccp_segmented", "sctp_fragmented"]);
        assert_eq!(line.at("frame"), frames.len().to_string());
        let listed = |name| line.at(name).split(',').count();
        let segments = tcap.len().div_ceil(50);
        assert_eq!(listed("sccp.reassembled_from_frames"), segments);
        assert!(listed("sctp.reassembled_from_frames") > 1, "those of the segment that came last");
    }
}
