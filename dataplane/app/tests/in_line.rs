//! A wire that changes what it carries: what a refused message becomes, and that the association never notices.

mod common;

use common::{Rig, TURN_NS, collect, frames_of, is_dissected_cleanly, offer};
use sluice_abi::counters::{Counter, Slot};
use sluice_dataplane::held::HELD_FRAMES_MAX;
use sluice_dataplane::lane::Lane;
use sluice_dataplane::poll::Until;
use sluice_engine::{Answering, Fallback, Wire};
use sluice_io::FrameMeta;
use sluice_io::memory::{MemoryPort, Pool, pair};
use sluice_splice::{Carrier, Edit, Envelope, Way, rebuild};
use sluice_wire::link::{self, LinkType, Network};
use sluice_wire::map::{ForwardSm, Operation};
use sluice_wire::mtp3::Variant;
use sluice_wire::sctp::{ChunkKind, Data, Packet};
use sluice_wire::sms::{Context, Direction, TextBuf, Tpdu};
use sluice_wire::tcap::{Code, Component, ComponentKind, Message, MessageKind};
use sluice_wire::{m3ua, sccp};
use std::collections::BTreeSet;
use std::sync::atomic::AtomicBool;

/// A wire under a policy, with both its far ends.
struct Line {
    rig: Rig<MemoryPort>,
    outside: MemoryPort,
    inside: MemoryPort,
    pool: Pool,
}

impl Line {
    fn new(policy: &str, changes: Wire) -> Self {
        let pool = Pool::new(4096, 2048);
        let (far_outside, outside) = pair(["far", "outside"], &pool, 1024);
        let (far_inside, inside) = pair(["far", "inside"], &pool, 1024);
        let rig = Rig::judging(vec![Lane::wire("w".into(), outside, inside).with_changes(changes)], policy);
        Self { rig, outside: far_outside, inside: far_inside, pool }
    }

    /// Sends frames from outside; gives what arrives inside when nothing moves any more.
    fn inwards(&mut self, frames: &[(Vec<u8>, FrameMeta)]) -> Vec<Vec<u8>> {
        carry(&mut self.rig, (&mut self.outside, &mut self.inside), &self.pool, frames)
    }

    /// Sends frames from inside; gives what arrives outside.
    fn outwards(&mut self, frames: &[(Vec<u8>, FrameMeta)]) -> Vec<Vec<u8>> {
        carry(&mut self.rig, (&mut self.inside, &mut self.outside), &self.pool, frames)
    }

    fn count(&self, counter: Counter) -> u64 {
        self.rig.at(Slot::counter(counter))
    }
}

fn carry(
    rig: &mut Rig<MemoryPort>,
    (from, to): (&mut MemoryPort, &mut MemoryPort),
    pool: &Pool,
    frames: &[(Vec<u8>, FrameMeta)],
) -> Vec<Vec<u8>> {
    let (mut arrived, mut sent, mut idle) = (Vec::new(), 0, 0);
    while idle < 200 {
        sent += offer(from, pool, &frames[sent..]);
        idle = if rig.core.turn() == 0 && sent == frames.len() { idle + 1 } else { 0 };
        rig.core.clock.advance(TURN_NS);
        collect(to, &mut arrived);
    }
    arrived
}

/// The frames that are none of those that came.
fn changed(frames: &[(Vec<u8>, FrameMeta)], arrived: &[Vec<u8>]) -> Vec<Vec<u8>> {
    let came: BTreeSet<&[u8]> = frames.iter().map(|(octets, _)| octets.as_slice()).collect();
    arrived.iter().filter(|octets| !came.contains(octets.as_slice())).cloned().collect()
}

/// The DATA chunks of a frame over Ethernet and IPv4: TSN, stream, flags and payload.
fn chunks(frame: &[u8]) -> Vec<(u32, u16, u8, Vec<u8>)> {
    let Some(packet) = sctp(frame) else { return Vec::new() };
    let data = packet.chunks().map_while(Result::ok).filter(|chunk| chunk.kind() == ChunkKind::Data);
    data.filter_map(|chunk| Data::parse(&chunk).ok())
        .map(|data| (data.tsn.0, data.sid.0, data.flags.0, data.payload.to_vec()))
        .collect()
}

fn sctp(frame: &[u8]) -> Option<Packet<'_>> {
    sctp_over(frame, LinkType::Ethernet)
}

fn sctp_over(frame: &[u8], link: LinkType) -> Option<Packet<'_>> {
    let Ok(Network::Ip(ip)) = link::parse(link, frame) else { return None };
    let packet = sluice_wire::ip::Packet::parse(ip).ok().filter(|packet| !packet.is_fragment())?;
    let at = usize::from(packet.payload_offset());
    Packet::parse(&ip[at..at + packet.payload().len()]).ok()
}

fn every_request(action: &str) -> String {
    format!(
        "name = \"in-line\"\n[[rule]]\nid = \"all\"\nlevel = 3\n\
         when = 'map.component == \"invoke\" && (map.op == 44 || map.op == 46)'\n{action}\n"
    )
}

/// Every chunk is where it was: TSN, stream and flags.
fn assert_in_place(frames: &[(Vec<u8>, FrameMeta)], arrived: &[Vec<u8>]) {
    let place = |(tsn, sid, flags, _): (u32, u16, u8, Vec<u8>)| (tsn, sid, flags);
    let mut before: Vec<_> = frames.iter().flat_map(|(octets, _)| chunks(octets)).map(place).collect();
    let mut after: Vec<_> = arrived.iter().flat_map(|octets| chunks(octets)).map(place).collect();
    before.sort_unstable();
    after.sort_unstable();
    assert_eq!(before, after, "no chunk was lost, added or moved");
}

/// Of every carrier, and of messages in pieces.
const CAPTURES: [&str; 7] =
    ["mix-11.pcap", "segments.pcap", "fragments.pcap", "sua.pcap", "m2pa.pcap", "vlan.pcap", "ipv6.pcap"];

#[test]
fn a_discarded_message_keeps_its_place_and_says_nothing_any_more() {
    for capture in ["mix-11.pcap", "segments.pcap", "fragments.pcap", "sua.pcap", "m2pa.pcap", "vlan.pcap", "ipv6.pcap"]
    {
        let frames = frames_of(capture);
        let mut line = Line::new(&every_request("action = \"discard\""), Wire::default());
        let arrived = line.inwards(&frames);
        assert_eq!(arrived.len(), frames.len(), "{capture}");
        assert!(line.count(Counter::FramesChanged) > 10, "{capture}");
        assert_eq!(line.count(Counter::FramesNotChanged), 0, "{capture}");
        // One message of this capture comes in segments one of which comes in fragments.
        let too_much = u64::from(capture == "fragments.pcap");
        assert_eq!(line.count(Counter::VerdictNotApplied), too_much, "{capture}");
        assert_in_place(&frames, &arrived);
        is_dissected_cleanly(&changed(&frames, &arrived));
    }
}

#[test]
fn a_piece_that_is_sent_again_and_again_waits_no_longer() {
    let frames = frames_of("fragments.pcap");
    let is_first_piece = |octets: &[u8]| chunks(octets).iter().any(|&(_, _, flags, _)| flags & 3 == 2);
    let piece = frames.iter().find(|(octets, _)| is_first_piece(octets)).unwrap();
    let mut line =
        Line::new(&every_request("action = \"discard\""), Wire { patience_ns: 60_000_000_000, ..Wire::default() });
    assert!(line.inwards(&vec![piece.clone(); 8]).is_empty(), "copies wait with it");
    assert_eq!(line.inwards(std::slice::from_ref(piece)).len(), 9, "its sender would give the association up");
    assert_eq!(line.count(Counter::FramesHeldTooLong), 1);
}

#[test]
fn a_message_of_which_a_piece_went_on_as_it_came_goes_on_as_it_came_though_a_copy_of_the_piece_waited() {
    let frames = frames_of("fragments.pcap");
    let places = |octets: &[u8], part: u8| -> Vec<(u32, u16)> {
        chunks(octets).iter().filter(|chunk| chunk.2 & 3 == part).map(|chunk| (chunk.0, chunk.1)).collect()
    };
    let of_two_pieces = |piece: &(Vec<u8>, FrameMeta)| {
        let &(tsn, sid) = places(&piece.0, 2).first()?;
        let last = frames.iter().find(|(octets, _)| places(octets, 1).contains(&(tsn + 1, sid)))?;
        Some([piece.clone(), last.clone()])
    };
    let discard = every_request("action = \"discard\"");
    let is_refused = |both: &[_; 2]| {
        let mut line = Line::new(&discard, Wire::default());
        line.inwards(both);
        line.count(Counter::FramesChanged) == 2
    };
    let [piece, last] = frames.iter().filter_map(of_two_pieces).find(is_refused).expect("one in two pieces");

    const PATIENCE_TURNS: u64 = 1000;
    let wire = Wire { patience_ns: PATIENCE_TURNS * TURN_NS, ..Wire::default() };
    let mut line = Line::new(&discard, wire);
    assert!(line.inwards(std::slice::from_ref(&piece)).is_empty(), "it waits");
    for _ in 0..PATIENCE_TURNS / 2 {
        line.rig.core.turn();
        line.rig.core.clock.advance(TURN_NS);
    }
    assert!(line.inwards(std::slice::from_ref(&piece)).is_empty(), "its copy waits");
    let mut arrived = Vec::new();
    while arrived.is_empty() {
        line.rig.core.turn();
        line.rig.core.clock.advance(TURN_NS);
        collect(&mut line.inside, &mut arrived);
    }
    arrived.extend(line.inwards(std::slice::from_ref(&last)));
    assert_eq!(arrived, [piece.0.clone(), piece.0, last.0]);
    assert_eq!((line.count(Counter::FramesChanged), line.count(Counter::VerdictNotApplied)), (0, 1));
}

#[test]
fn a_message_of_which_a_piece_found_no_room_to_wait_goes_on_as_it_came() {
    let frames = frames_of("fragments.pcap");
    let begins = |octets: &[u8]| chunks(octets).iter().any(|&(_, _, flags, _)| flags & 3 == 2);
    let first = frames.iter().find(|(octets, _)| begins(octets)).unwrap();
    let crowd: Vec<_> = (0..HELD_FRAMES_MAX as u32).map(|n| (under_tag(&first.0, n), first.1)).collect();
    let wire = Wire { patience_ns: 60_000_000_000, ..Wire::default() };
    let mut line = Line::new(&every_request("action = \"discard\""), wire);
    assert!(line.inwards(&crowd).is_empty());
    let arrived = line.inwards(&frames);
    assert!(line.count(Counter::FramesNotHeld) > 10, "{}", line.count(Counter::FramesNotHeld));
    let came: BTreeSet<&[u8]> = frames.iter().map(|(octets, _)| octets.as_slice()).collect();
    let pieces = arrived.iter().filter(|octets| chunks(octets).iter().any(|chunk| chunk.2 & 3 != 3));
    assert!(pieces.clone().count() > 10);
    assert!(pieces.into_iter().all(|octets| came.contains(octets.as_slice())), "no half of a message was changed");
}

#[test]
fn a_piece_that_waits_when_the_dataplane_is_told_to_end_goes_on() {
    let frames = frames_of("fragments.pcap");
    let is_first_piece = |octets: &[u8]| chunks(octets).iter().any(|&(_, _, flags, _)| flags & 3 == 2);
    let piece = frames.iter().find(|(octets, _)| is_first_piece(octets)).unwrap();
    let mut line =
        Line::new(&every_request("action = \"discard\""), Wire { patience_ns: 60_000_000_000, ..Wire::default() });
    assert!(line.inwards(std::slice::from_ref(piece)).is_empty());
    line.rig.core.run(&AtomicBool::new(true), Until::Stopped);
    let mut arrived = Vec::new();
    collect(&mut line.inside, &mut arrived);
    assert_eq!(arrived.len(), 1);
    assert_eq!((line.count(Counter::TxDropped), line.count(Counter::FramesHeldTooLong)), (0, 1));
}

#[test]
fn what_is_split_into_two_frames_is_overtaken_by_none_behind_it() {
    let frames = frames_of("bundled.pcap");
    let reject = every_request("action = \"reject\"\nerror = \"systemFailure\"");
    let mut line = Line::new(&reject, Wire { mtu: 500, ..Wire::default() });
    let arrived = line.inwards(&frames);
    assert!(line.count(Counter::FramesAdded) > 10, "{}", line.count(Counter::FramesAdded));
    let places = |frame: &[u8]| {
        let tag = sctp(frame).map(|packet| packet.verification_tag().0);
        chunks(frame).into_iter().map(move |(tsn, ..)| (tag, tsn)).collect::<Vec<_>>()
    };
    let came: Vec<_> = frames.iter().flat_map(|(octets, _)| places(octets)).collect();
    assert_eq!(arrived.iter().flat_map(|octets| places(octets)).collect::<Vec<_>>(), came);
}

#[test]
fn a_frame_whose_chunks_are_replaced_by_themselves_is_the_same_octet_for_octet() {
    for (capture, (octets, meta)) in
        CAPTURES.iter().flat_map(|name| frames_of(name).into_iter().map(move |f| (name, f)))
    {
        let link = LinkType::from_pcap(u32::from(meta.link_type.0)).unwrap();
        let Some(packet) = sctp_over(&octets, link).filter(|packet| packet.verify_crc().is_ok()) else {
            continue;
        };
        let data = packet.chunks().flatten().filter(|chunk| chunk.kind() == ChunkKind::Data);
        let payloads: Vec<_> = data.map(|chunk| (chunk.offset, Data::parse(&chunk).unwrap().payload)).collect();
        let edits: Vec<_> = payloads.iter().map(|&(chunk_at, payload)| Edit { chunk_at, payload }).collect();
        let mut out = vec![0; 4096];
        let lengths = rebuild(link, &octets, &edits, 9000, &mut out).unwrap();
        // Padding of Ethernet is left out.
        let [len] = *lengths else { panic!("{capture}: {lengths:?}") };
        assert_eq!(&out[..len], &octets[..len], "{capture}");
    }
}

#[test]
fn a_retransmission_gets_the_same_octets_again() {
    let frames = frames_of("mix-11.pcap");
    for action in ["action = \"discard\"", "action = \"reject\"\nerror = \"systemFailure\""] {
        let mut line = Line::new(&every_request(action), Wire::default());
        let (mut first, mut again) = (line.inwards(&frames), line.inwards(&frames));
        first.sort();
        again.sort();
        assert_eq!(first, again);
    }
}

#[test]
fn every_answer_over_every_carrier_is_a_message_without_a_fault() {
    let answers = [
        "action = \"reject\"\nerror = \"unexpectedDataValue\"",
        "action = \"reject\"\nerror = \"sccp.unequipped_user\"",
        "action = \"acknowledge\"",
        "action = \"abort\"",
    ];
    let mut made = Vec::new();
    for (capture, answer) in CAPTURES.into_iter().flat_map(|capture| answers.map(|answer| (capture, answer))) {
        let (frames, before) = (frames_of(capture), made.len());
        for answering in [Answering::Bounce, Answering::Reflect] {
            let mut line = Line::new(&every_request(answer), Wire { answering, ..Wire::default() });
            let arrived = line.inwards(&frames);
            assert_eq!(line.count(Counter::FramesNotChanged), 0, "{capture}, {answer}, {answering:?}");
            assert_in_place(&frames, &arrived);
            made.extend(changed(&frames, &arrived));
        }
        assert!(made.len() > before + 20, "{capture}, {answer}");
    }
    is_dissected_cleanly(&made);
}

/// A component, and its operation or error.
type Told = (ComponentKind, Option<i64>);

/// What the chunks of a frame say, by TCAP's kinds and the operations, errors and refusals in it.
fn said(frame: &[u8]) -> Vec<(MessageKind, Vec<Told>)> {
    let tcap = tcap_of(frame).unwrap_or_default();
    let Ok(message) = Message::parse(&tcap) else { return Vec::new() };
    let code = |c: &Component<'_>| c.operation.or(c.error).and_then(Code::local);
    let components = message.components().flatten().map(|c| (c.kind, code(&c))).collect();
    vec![(message.kind, components)]
}

#[test]
fn a_reflected_request_goes_back_to_its_originator_as_the_answer() {
    let frames: Vec<_> = frames_of("mix-11.pcap").into_iter().filter(|(octets, _)| is_a_begin(octets)).collect();
    let reflect = Wire { answering: Answering::Reflect, ..Wire::default() };
    let mut line = Line::new(&every_request("action = \"acknowledge\""), reflect);
    let made = changed(&frames, &line.inwards(&frames));
    assert!(made.len() > 50);
    for frame in &made {
        let (_, components) = said(frame).pop().filter(|(kind, _)| *kind == MessageKind::End).unwrap();
        assert!(components.iter().all(|(kind, _)| *kind == ComponentKind::ReturnResultLast), "{components:?}");
        let back = back(frame, 1, &tcap_of(frame).unwrap()).unwrap();
        let came = |frame: &[u8]| parties(frame).map(|parties| parties.0);
        assert!(frames.iter().any(|(octets, _)| came(octets) == came(&back)), "its originator is whom it goes to");
    }
}

#[test]
fn what_cannot_be_changed_passes_or_does_not_as_the_wire_is_set() {
    let frames: Vec<_> = frames_of("ip-fragments.pcap");
    for (unchangeable, passes) in [(Fallback::Pass, true), (Fallback::Discard, false)] {
        let mut line = Line::new(&every_request("action = \"discard\""), Wire { unchangeable, ..Wire::default() });
        let arrived = line.inwards(&frames);
        assert_eq!(arrived.len() == frames.len(), passes);
        assert_eq!(line.count(Counter::VerdictNotApplied) > 0, passes);
        assert_eq!(line.count(Counter::FramesNotChanged) > 0, !passes);
    }
}

/// The texts and senders of the deliveries in frames.
fn deliveries(frames: &[Vec<u8>]) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for tcap in frames.iter().filter_map(|frame| tcap_of(frame)) {
        let message = Message::parse(&tcap).unwrap();
        for component in message.components().flatten() {
            let request =
                component.parameter.and_then(|_| ForwardSm::ordinary(Some(Operation(44)), component.parameter));
            let Some(tpdu) = request.and_then(|r| Tpdu::parse(r.sm_rp_ui, Direction::FromSc, Context::Request).ok())
            else {
                continue;
            };
            let mut text = TextBuf::new();
            let said = tpdu.text(&mut text).map(|text| text.as_str().to_owned());
            let sender = tpdu.address.map(|address| address.text().as_str().to_owned());
            found.push((sender.unwrap_or_default(), said.unwrap_or_default()));
        }
    }
    found
}

#[test]
fn a_rewritten_message_has_another_sender_and_a_warning_and_no_code() {
    let frames = frames_of("mix-11.pcap");
    let policy = "name = \"in-line\"\n[[rule]]\nid = \"all\"\nlevel = 3\nwhen = 'map.op == 44 && sms.text contains \"Your code\"'\n\
                  action = \"rewrite\"\nsender = \"Sluice\"\nappend = \" (beware)\"\nmask = [\"digits\"]\n";
    let mut line = Line::new(policy, Wire::default());
    let arrived = line.inwards(&frames);
    assert_in_place(&frames, &arrived);
    let made = changed(&frames, &arrived);
    is_dissected_cleanly(&made);
    let texts = deliveries(&made);
    assert!(texts.len() > 3, "{texts:?}");
    for (sender, text) in texts {
        assert!(sender == "Sluice" && text.contains("Your code is ******"), "{sender}: {text}");
    }
}

#[test]
fn a_refused_answer_becomes_another_answer_in_its_place() {
    let frames = frames_of("mix-11.pcap");
    let policy =
        every_request("action = \"reject\"\nerror = \"systemFailure\"").replace("\"invoke\"", "\"returnResultLast\"");
    let policy = policy.replace("(map.op == 44 || map.op == 46)", "map.op == 45");
    let mut line = Line::new(&policy, Wire::default());
    let arrived = line.inwards(&frames);
    assert_in_place(&frames, &arrived);
    let made = changed(&frames, &arrived);
    assert!(made.len() > 20, "{}", made.len());
    is_dissected_cleanly(&made);
    let refused = |frame: &&Vec<u8>| {
        said(frame).iter().any(|(kind, components)| {
            *kind == MessageKind::End && *components == [(ComponentKind::ReturnError, Some(34))]
        })
    };
    assert!(made.iter().filter(refused).count() > 20);
}

#[test]
fn a_rejected_request_is_refused_by_its_destination_and_its_originator_is_told_the_error() {
    // The true answers, which the capture has too, would be taken for the refusals.
    let frames: Vec<_> = frames_of("mix-11.pcap").into_iter().filter(|(octets, _)| is_a_begin(octets)).collect();
    let mut line = Line::new(&every_request("action = \"reject\"\nerror = \"unexpectedDataValue\""), Wire::default());
    let arrived = line.inwards(&frames);
    assert_in_place(&frames, &arrived);
    let mut bounced = changed(&frames, &arrived);
    bounced.sort();
    bounced.dedup();
    is_dissected_cleanly(&bounced);
    let refusals: Vec<_> = bounced.iter().zip(1..).filter_map(|(frame, n)| refusal_of(frame, n)).collect();
    assert!(refusals.len() > 50, "{}", refusals.len());
    let answers = line.outwards(&refusals);
    assert_eq!(line.count(Counter::AnswersGiven), refusals.len() as u64);
    is_dissected_cleanly(&answers);
    for (answer, (refusal, _)) in answers.iter().zip(&refusals) {
        let (answer, refusal) = (tcap_of(answer).unwrap(), tcap_of(refusal).unwrap());
        let (told, refused) = (Message::parse(&answer).unwrap(), Message::parse(&refusal).unwrap());
        assert_eq!((told.kind, told.fault, told.dtid), (MessageKind::End, None, refused.dtid));
        let components: Vec<_> = told.components().map(Result::unwrap).collect();
        assert!(!components.is_empty());
        assert!(components.iter().all(|c| c.kind == ComponentKind::ReturnError && c.error == Some(Code::Local(36))));
    }
}

/// Whether a frame has one chunk, and in it a Begin.
fn is_a_begin(frame: &[u8]) -> bool {
    let tcap = tcap_of(frame).filter(|_| chunks(frame).len() == 1);
    tcap.is_some_and(|tcap| Message::parse(&tcap).is_ok_and(|message| message.kind == MessageKind::Begin))
}

/// What a destination says to a request that was bounced: it does not know this version or operation. None for any other.
fn refusal_of(frame: &[u8], tsn: u32) -> Option<(Vec<u8>, FrameMeta)> {
    let tcap = tcap_of(frame)?;
    let message = Message::parse(&tcap).ok()?;
    let of_no_version =
        message.dialogue.and_then(|d| d.application_context).is_some_and(|context| context.ends_with(&[99]));
    let of_no_operation = message.components().flatten().any(|c| c.operation == Some(Code::Local(127)));
    if message.kind != MessageKind::Begin || !of_no_version && !of_no_operation {
        return None;
    }
    let dialogue_as_id = [6, 7, 0, 0x11, 0x86, 5, 1, 1, 1];
    let abort = tlv(0x28, &[&dialogue_as_id, &tlv(0xA0, &[&tlv(0x64, &[&[0x80, 1, 0]])])]);
    let abort = tlv(0x67, &[&tlv(0x49, &[message.otid?.octets()]), &tlv(0x6B, &[&abort])]);
    Some((back(frame, tsn, &abort)?, FrameMeta::default()))
}

fn tlv(tag: u8, contents: &[&[u8]]) -> Vec<u8> {
    let value = contents.concat();
    assert!(value.len() < 128);
    [&[tag, value.len() as u8][..], &value].concat()
}

/// The TCAP message in the first chunk of a frame.
fn tcap_of(frame: &[u8]) -> Option<Vec<u8>> {
    let payload = chunks(frame).first()?.3.clone();
    let user_data = m3ua::Message::parse(&payload).ok()?.protocol_data().ok()?.user_data;
    let sccp::Message::Connectionless(sccp) = sccp::Message::parse(user_data).ok()? else { return None };
    Some(sccp.data.to_vec())
}

/// Calling and called party of the message in a frame, as they came.
fn parties(frame: &[u8]) -> Option<(Vec<u8>, Vec<u8>)> {
    let payload = chunks(frame).first()?.3.clone();
    let user_data = m3ua::Message::parse(&payload).ok()?.protocol_data().ok()?.user_data;
    let sccp::Message::Connectionless(sccp) = sccp::Message::parse(user_data).ok()? else { return None };
    Some((sccp.calling.octets().to_vec(), sccp.called.octets().to_vec()))
}

/// A frame in the other direction, in which a TCAP message goes back to where one came from.
fn back(frame: &[u8], tsn: u32, tcap: &[u8]) -> Option<Vec<u8>> {
    let packet = sctp(frame)?;
    let chunk = packet.chunks().flatten().find(|chunk| chunk.kind() == ChunkKind::Data)?;
    let data = Data::parse(&chunk).ok()?;
    let user_data = m3ua::Message::parse(data.payload).ok()?.protocol_data().ok()?.user_data;
    let sccp::Message::Connectionless(sccp) = sccp::Message::parse(user_data).ok()? else { return None };
    let envelope = Envelope { carrier: Carrier::M3ua, octets: data.payload, variant: Variant::Itu, sccp: &sccp };
    let mut payload = [0; 512];
    let len = envelope.write(Way::Back, tcap, &mut payload).ok()?;
    let edit = Edit { chunk_at: chunk.offset, payload: &payload[..len] };
    let mut out = vec![0; 2048];
    let lengths = rebuild(LinkType::Ethernet, frame, &[edit], 1500, &mut out).ok()?;
    out.truncate(*lengths.first()?);
    let sctp_at = 34;
    (out[12..14] == [8, 0] && out[14] == 0x45).then_some(())?;
    out[26..34].rotate_left(4);
    out[sctp_at..sctp_at + 4].rotate_left(2);
    out[sctp_at + 4..sctp_at + 8].copy_from_slice(&(packet.verification_tag().0 ^ 0x5555).to_be_bytes());
    let tsn_at = sctp_at + usize::from(chunk.offset) + 4;
    out[tsn_at..tsn_at + 4].copy_from_slice(&tsn.to_be_bytes());
    with_checksum(&mut out)?;
    Some(out)
}

/// A frame over Ethernet and IPv4 as one of another association.
fn under_tag(frame: &[u8], tag: u32) -> Vec<u8> {
    let mut out = frame.to_vec();
    out[38..42].copy_from_slice(&tag.to_be_bytes());
    with_checksum(&mut out).unwrap();
    out
}

fn with_checksum(frame: &mut [u8]) -> Option<()> {
    let end = 14 + usize::from(u16::from_be_bytes([frame[16], frame[17]]));
    let crc = sluice_wire::sctp::checksum(&frame[34..end]).ok()?;
    frame[42..46].copy_from_slice(&crc.to_le_bytes());
    Some(())
}
