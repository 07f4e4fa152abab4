//! SCCP and SUA messages in segments (Q.714 §4.1.1.2, RFC 3868 §3.10): known by calling party and local reference,
//! whatever way each segment came.

use crate::rig::net::Sender;
use crate::rig::ss7::{
    CENTRE, MSC, OPC, SCCP, SMSC, VISITED, cldt, ludt, m2pa, m3ua, m3ua_of, msu, segmentation, segments, title, xudt,
};
use crate::rig::{Rig, SECOND_NS, map, orders, sizes, sms};
use sluice_abi::counters::{Counter, Exit};
use sluice_engine::{PieceSizes, Scope, TableSizes};

fn tcap(id: u8, text: &str) -> Vec<u8> {
    map::mt(&[0, 0, 0, id], &sms::deliver("999550199", text))
}

fn called() -> Vec<u8> {
    title(MSC, VISITED)
}

fn calling() -> Vec<u8> {
    title(SMSC, CENTRE)
}

fn texts(rig: &mut Rig) -> Vec<String> {
    rig.lines().iter().map(|line| line.at("sms.text").to_owned()).collect()
}

#[test]
fn segments_in_any_order_say_what_the_whole_says_and_list_their_frames() {
    let mut rig = Rig::new();
    let mut sender = Sender::new(1);
    let data = tcap(1, "in segments");
    rig.frame(&sender.whole(&m3ua(&xudt(&called(), &calling(), &data, &[]))));
    let whole = rig.line();
    for (nth, order) in orders(4).into_iter().enumerate() {
        let cut = segments(&called(), &calling(), &data, data.len().div_ceil(4), nth as u32);
        let frames: Vec<_> = order.iter().map(|&place| sender.whole(&m3ua(&cut[place]))).collect();
        let exits = rig.frames(&frames);
        assert_eq!(exits, [Exit::SccpSegment, Exit::SccpSegment, Exit::SccpSegment, Exit::Judged], "{order:?}");
        let line = rig.line();
        let of_segments = |(name, _): &(&str, &str)| !name.starts_with("sccp.seg");
        let content: Vec<_> = line.content().into_iter().filter(of_segments).collect();
        assert_eq!(content, whole.content(), "{order:?}");
        assert_eq!(line.anomalies(), ["sccp_segmented"]);
        let mut came = [0; 4];
        order.iter().enumerate().for_each(|(arrived, &place)| came[place] = nth * 4 + arrived + 2);
        assert_eq!(line.at("sccp.reassembled_from_frames"), format!("{came:?}").replace(' ', ""));
    }
}

#[test]
fn messages_of_other_references_and_other_senders_may_take_turns() {
    let mut rig = Rig::new();
    let mut sender = Sender::new(1);
    let other = title(SMSC, "999810300009");
    let of =
        |id, calling: &[u8], reference| segments(&called(), calling, &tcap(id, &format!("number {id}")), 60, reference);
    let cut = [of(1, &calling(), 7), of(2, &calling(), 8), of(3, &other, 7)];
    for place in 0..cut[0].len() {
        for of_one in &cut {
            rig.frame(&sender.whole(&m3ua(&of_one[place])));
        }
    }
    assert_eq!(texts(&mut rig), ["number 1", "number 2", "number 3"]);
}

#[test]
fn segments_may_come_by_several_point_codes_links_and_adaptations() {
    let mut rig = Rig::new();
    let cut = segments(&called(), &calling(), &tcap(1, "by several ways"), 50, 7);
    assert!(cut.len() >= 3);
    let (mut m3, mut m2) = (Sender::new(1), Sender::of(2, 5, 3565));
    for (nth, segment) in cut.iter().enumerate() {
        let frame = match nth % 3 {
            0 => m3.whole(&m3ua(segment)),
            1 => m3.whole(&m3ua_of(OPC + 1, SCCP, segment)),
            _ => m2.whole(&m2pa(&msu(SCCP, segment))),
        };
        rig.frame(&frame);
    }
    assert_eq!(texts(&mut rig), ["by several ways"]);
}

#[test]
fn without_a_calling_address_the_point_code_says_who_sends() {
    let mut rig = Rig::new();
    let mut sender = Sender::new(1);
    let data = tcap(1, "from a point code");
    let half = data.len().div_ceil(2);
    let segment = |first, octets: &[u8]| xudt(&called(), &[], octets, &segmentation(first, u8::from(first), 7));
    let (first, last) = (segment(true, &data[..half]), segment(false, &data[half..]));
    rig.frame(&sender.whole(&m3ua_of(OPC, SCCP, &first)));
    rig.frame(&sender.whole(&m3ua_of(OPC + 1, SCCP, &last)));
    assert_eq!(texts(&mut rig), [""; 0]);
    rig.frame(&sender.whole(&m3ua_of(OPC, SCCP, &last)));
    assert_eq!(texts(&mut rig), ["from a point code"]);
}

#[test]
fn a_lone_first_segment_and_a_long_unitdata_are_whole() {
    let mut rig = Rig::new();
    let mut sender = Sender::new(1);
    let lone = xudt(&called(), &calling(), &tcap(1, "alone"), &segmentation(true, 0, 7));
    rig.frame(&sender.whole(&m3ua(&lone)));
    rig.frame(&sender.whole(&m3ua(&ludt(&called(), &calling(), &tcap(2, "long")))));
    let lines = rig.lines();
    let said: Vec<_> = lines.iter().map(|line| line.all(["sms.text", "sccp.msg", "sccp.seg.first"])).collect();
    assert_eq!(said, [["alone", "17", "1"], ["long", "19", ""]]);
    assert!(lines.iter().all(|line| line.anomalies().is_empty()));
}

#[test]
fn segments_of_sua_are_put_together_in_any_order() {
    let data = tcap(1, "over SUA");
    let half = data.len().div_ceil(3);
    let cut: Vec<_> =
        data.chunks(half).enumerate().map(|(n, piece)| cldt(OPC, Some((n == 0, 2 - n as u8, 5)), piece)).collect();
    for order in orders(3) {
        let (mut rig, mut sender) = (Rig::new(), Sender::of(1, 4, 14001));
        let frames: Vec<_> = order.iter().map(|&place| sender.whole(&cut[place])).collect();
        assert_eq!(rig.frames(&frames), [Exit::SccpSegment, Exit::SccpSegment, Exit::Judged], "{order:?}");
        let line = rig.line();
        assert_eq!(line.all(["sms.text", "mtp.proto", "sccp.msg"]), ["over SUA", "sua", "sua-7/1"]);
        assert_eq!(line.anomalies(), ["sccp_segmented"]);
    }
}

#[test]
fn a_segment_whose_checksum_is_wrong_spoils_nothing() {
    let mut rig = Rig::new();
    let mut sender = Sender::new(1);
    let data = tcap(1, "the true one");
    let cut = segments(&called(), &calling(), &data, data.len().div_ceil(3), 7);
    let bogus = xudt(&called(), &calling(), &[0xAA; 40], &segmentation(false, 1, 7));
    let mut damaged = Sender { tsn: 9000, ..sender }.whole(&m3ua(&bogus));
    *damaged.last_mut().expect("octets") ^= 0x55;
    for segment in &cut {
        assert_eq!(rig.frame(&damaged), Exit::SccpSegment);
        rig.frame(&sender.whole(&m3ua(segment)));
    }
    assert_eq!(texts(&mut rig), ["the true one"]);
}

#[test]
fn segments_that_contradict_each_other_make_no_message() {
    let mut rig = Rig::new();
    let mut sender = Sender::new(1);
    let data = tcap(1, "the true one");
    let cut = segments(&called(), &calling(), &data, data.len().div_ceil(3), 7);
    let bogus = xudt(&called(), &calling(), &[0xAA; 40], &segmentation(false, 1, 7));
    for segment in [&cut[0], &bogus, &cut[1], &cut[2]] {
        rig.frame(&sender.whole(&m3ua(segment)));
    }
    assert_eq!(texts(&mut rig), [""; 0]);
    assert!(rig.counted(Counter::SccpSegmentsConflicting) > 0);
}

#[test]
fn segments_are_given_up_after_their_time_and_a_full_table_sheds_the_oldest() {
    let mut rig = Rig::new();
    let mut sender = Sender::new(1);
    let cut = segments(&called(), &calling(), &tcap(1, "too late"), 60, 7);
    rig.frame(&sender.whole(&m3ua(&cut[0])));
    rig.time_ns += 21 * SECOND_NS;
    for segment in &cut[1..] {
        rig.frame(&sender.whole(&m3ua(segment)));
    }
    assert_eq!(texts(&mut rig), [""; 0]);
    assert_eq!(rig.counted(Counter::SccpSegmentsExpired), 1);

    let pieces = PieceSizes { pieces: 8, octets: 1 << 14, timeout_ns: 20 * SECOND_NS };
    let mut rig = Rig::with(Scope::Sms, TableSizes { sccp_segments: pieces, ..sizes() });
    for reference in 0..20 {
        rig.frame(&sender.whole(&m3ua(&segments(&called(), &calling(), &tcap(1, "of many"), 60, reference)[0])));
    }
    assert_eq!(rig.counted(Counter::SccpSegmentsShed), 12);
}
