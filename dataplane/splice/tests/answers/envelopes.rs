//! The same message around other user data.

use crate::samples::{
    Read, Sample, in_every_envelope, of_capture, over_m2pa, over_m2ua, over_m3ua, parameter, read, whole,
};
use proptest::prelude::*;
use sluice_splice::{Carrier, Envelope, Way};
use sluice_wire::m2ua;
use sluice_wire::mtp3::Variant;
use sluice_wire::sccp::{Connectionless, MessageType, ReturnCause};
use sluice_wire::{Error, Reason, sua};

const DATA: [u8; 13] = *b"\x67\x0BI\x04\0\0\0\x01J\x01\x04xx";

/// Messages of the captures, as they came and in all other envelopes.
fn samples() -> Vec<Sample> {
    let mut samples = Vec::new();
    for capture in ["features.pcap", "mix-12.pcap", "m2pa.pcap", "xudt.pcap", "sua.pcap"] {
        let came: Vec<_> = of_capture(capture).into_iter().step_by(7).collect();
        samples.extend(came.iter().step_by(3).flat_map(|sample| in_every_envelope(&sample.read().unwrap().sccp)));
        samples.extend(came);
    }
    samples
}

fn written(sample: &Sample, way: Way, data: &[u8]) -> Result<Sample, Error> {
    let mut out = vec![0xEE; 4400];
    let len = sample.envelope(|envelope| envelope.write(way, data, &mut out))?;
    assert!(out[len..].iter().all(|octet| *octet == 0xEE), "nothing is written behind the message");
    Ok(Sample { carrier: sample.carrier, octets: out[..len].to_vec() })
}

/// What must not change.
fn frame_of<'a>(read: &Read<'a>) -> impl PartialEq + std::fmt::Debug + use<'a> {
    let Connectionless { called, calling, message_type, hops, .. } = read.sccp;
    (read.points, message_type, hops, called, calling, read.sccp.class())
}

#[test]
fn a_message_with_its_own_data_is_itself_but_that_it_does_not_come_back_on_error() {
    let (mut asked_back, mut kinds) = (0, Vec::new());
    for sample in samples() {
        let read = sample.read().unwrap();
        let again = written(&sample, Way::On, read.sccp.data).unwrap();
        let changes = sample.octets.iter().zip(&again.octets).filter(|(was, is)| was != is);
        let changes: Vec<_> = changes.map(|(was, is)| was ^ is).collect();
        let is_asked_back = read.sccp.handling() == Some(8);
        assert_eq!((again.octets.len(), changes), (sample.octets.len(), vec![0x80; usize::from(is_asked_back)]));
        asked_back += usize::from(is_asked_back);
        kinds.push((sample.carrier as u8, read.sccp.message_type.number()));
    }
    kinds.sort_unstable();
    kinds.dedup();
    // Three of each carrier with SCCP, and what SUA is taken for.
    assert_eq!(kinds.len(), 10, "{kinds:?}");
    assert!(asked_back > 100, "{asked_back}");
}

#[test]
fn other_data_comes_in_a_message_that_is_else_the_same() {
    for sample in samples() {
        let (before, after) = (sample.read().unwrap(), written(&sample, Way::On, &DATA).unwrap());
        let after = after.read().unwrap();
        assert_eq!(after.sccp.data, DATA);
        assert_eq!(after.sccp.handling(), Some(0));
        assert!(after.sccp.anomalies.is_empty() || !before.sccp.anomalies.is_empty());
        assert_eq!(frame_of(&after), frame_of(&before));
    }
}

#[test]
fn what_goes_back_has_its_parties_swapped_and_what_goes_back_twice_is_itself() {
    for sample in samples() {
        let (back, on) = (written(&sample, Way::Back, &DATA).unwrap(), written(&sample, Way::On, &DATA).unwrap());
        let (before, after) = (sample.read().unwrap(), back.read().unwrap());
        assert_eq!((after.sccp.called, after.sccp.calling), (before.sccp.calling, before.sccp.called));
        assert_eq!(after.points, before.points.map(|(from, to)| (to, from)));
        let (twice, on) = (written(&back, Way::Back, &DATA).unwrap(), on.read().unwrap().sccp);
        let twice = twice.read().unwrap();
        assert_eq!((twice.points, twice.sccp.called, twice.sccp.data), (before.points, on.called, on.data));
    }
}

#[test]
fn labels_of_24_bits_are_turned_too() {
    let sccp = of_capture("features.pcap")[0].read().unwrap().sccp.data.to_vec();
    for (variant, with_ssn) in [(Variant::Ansi, 0xC1), (Variant::China, 0xC2)] {
        let udt = [&[9, 0x80, 3, 5, 7, 2, with_ssn, 8, 2, with_ssn, 6, sccp.len() as u8][..], &sccp].concat();
        let msu = [&[0x83, 1, 2, 3, 4, 5, 6, 9][..], &udt].concat();
        for (carrier, octets) in [(Carrier::M2pa, over_m2pa(&msu)), (Carrier::M2ua, over_m2ua(0x0300, &msu))] {
            let came = read(carrier, &octets, variant).unwrap();
            let envelope = Envelope { carrier, octets: &octets, variant, sccp: &came.sccp };
            let mut out = [0; 512];
            let len = envelope.write(Way::Back, &DATA, &mut out).unwrap();
            let back = read(carrier, &out[..len], variant).unwrap();
            assert_eq!(back.points, came.points.map(|(from, to)| (to, from)));
            assert_eq!((back.sccp.data, back.sccp.called), (&DATA[..], came.sccp.calling));
        }
    }
}

#[test]
fn every_shorter_place_is_refused() {
    for sample in samples().iter().step_by(11) {
        for way in [Way::On, Way::Back] {
            let len = written(sample, way, &DATA).unwrap().octets.len();
            for room in 0..len {
                let mut out = vec![0; room];
                let refused = sample.envelope(|envelope| envelope.write(way, &DATA, &mut out));
                assert_eq!(refused.map_err(|error| error.reason), Err(Reason::Truncated), "{room} of {len}");
            }
        }
    }
}

#[test]
fn a_udt_takes_255_octets_of_data_and_a_ludt_more() {
    let sample = &of_capture("features.pcap")[0];
    let of_type = |sample: &Sample, octets: usize| {
        let room = written(sample, Way::On, &vec![7; octets]);
        room.map(|message| message.read().unwrap().sccp.data.len()).map_err(|error| error.reason)
    };
    for sample in in_every_envelope(&sample.read().unwrap().sccp) {
        let is_long = sample.read().unwrap().sccp.message_type == MessageType::Ludt;
        assert_eq!(of_type(&sample, 255), Ok(255));
        assert_eq!(of_type(&sample, 256), if is_long { Ok(256) } else { Err(Reason::BadLength) });
    }
}

#[test]
fn what_stands_behind_the_message_or_is_broken_behind_the_data_does_not_save_it() {
    let sccp = of_capture("features.pcap")[0].clone();
    let mut udt = vec![0; 512];
    let len = sccp.read().unwrap().sccp.emit(&mut udt).unwrap();
    let clean = over_m3ua(&udt[..len]);
    let mut broken = whole([1, 0, 1, 1], &[&clean[8..], &[0, 0x13, 0, 2, 1, 2, 3, 4]].concat());
    for octets in [[&clean[..], &[0, 0x13, 0, 2, 1, 2, 3, 4]].concat(), std::mem::take(&mut broken)] {
        let sample = Sample { carrier: Carrier::M3ua, octets };
        let after = written(&sample, Way::On, &DATA).unwrap();
        assert_eq!(after.read().unwrap().sccp.data, DATA);
        assert!(sluice_wire::m3ua::Message::parse(&after.octets).unwrap().anomalies().is_empty());
    }
}

#[test]
fn nothing_is_written_where_there_is_nothing_to_replace() {
    let sccp = of_capture("features.pcap")[0].clone();
    let sccp = sccp.read().unwrap().sccp;
    let octets = whole([1, 0, 1, 1], &parameter(6, &[0, 0, 0, 5]));
    for carrier in [Carrier::M3ua, Carrier::M2ua, Carrier::Sua] {
        let envelope = Envelope { carrier, octets: &octets, variant: Variant::Itu, sccp: &sccp };
        assert!(envelope.write(Way::On, &DATA, &mut [0; 512]).is_err(), "{carrier:?}");
        assert!(carrier != Carrier::Sua || envelope.write_returned(1, &mut [0; 512]).is_err());
    }
}

#[test]
fn the_length_indicator_of_m2ua_counts_what_follows_and_keeps_its_upper_bits() {
    let sccp = of_capture("features.pcap")[0].clone();
    let envelopes = in_every_envelope(&sccp.read().unwrap().sccp);
    for (data, indicator) in [(&DATA[..], None), (&[7; 200], Some(0x80 | 63))] {
        let sample = &envelopes[3];
        let after = written(sample, Way::On, data).unwrap();
        let message = m2ua::Message::parse(&after.octets).unwrap();
        let at = usize::from(message.msu_offset()) - 1;
        let counted = 0x80 | message.msu().unwrap().len().min(63) as u8;
        assert_eq!(after.octets[at], indicator.unwrap_or(counted));
    }
}

#[test]
fn a_segment_becomes_a_message_that_is_none_and_keeps_its_importance() {
    let segment: Vec<u8> = [
        &[0x11, 0x81, 15, 4, 6, 8, 10, 2, 0x42, 8, 2, 0x42, 6, 2, 0x62, 0][..],
        &[0x10, 4, 0xC3, 0x56, 0x34, 0x12, 0x12, 1, 3, 0],
    ]
    .concat();
    let sample = Sample { carrier: Carrier::M3ua, octets: over_m3ua(&segment) };
    assert!(sample.read().unwrap().sccp.segmentation.is_some());
    let after = written(&sample, Way::On, &DATA).unwrap();
    let after = after.read().unwrap().sccp;
    assert_eq!((after.segmentation, after.importance(), after.hops), (None, Some(3), Some(15)));
    assert_eq!((after.data, after.handling(), after.class()), (&DATA[..], Some(0), Some(1)));
    assert!(after.anomalies.is_empty());
}

#[test]
fn a_message_that_is_returned_says_why_and_brings_its_data_back() {
    let mut count = 0;
    for sample in samples() {
        let (mut out, before) = (vec![0; 4400], sample.read().unwrap());
        let len = sample.envelope(|envelope| envelope.write_returned(4, &mut out)).unwrap();
        let back = Sample { carrier: sample.carrier, octets: out[..len].to_vec() };
        let after = back.read().unwrap();
        assert_eq!(after.sccp.return_cause(), Some(ReturnCause::from_number(4)));
        assert_eq!((after.sccp.called, after.sccp.calling), (before.sccp.calling, before.sccp.called));
        assert_eq!(after.sccp.data, before.sccp.data);
        assert_eq!(after.points, before.points.map(|(from, to)| (to, from)));
        if sample.carrier == Carrier::Sua {
            let cldr = sua::Message::parse(&back.octets).unwrap();
            assert_eq!(cldr.kind(), sua::MessageKind::Cldr);
            let cause = cldr.unitdata().unwrap().unwrap().cause.unwrap();
            assert_eq!((cause.kind, cause.value), (sua::CauseType::Return, 4));
            count += 1;
        }
        let again = back.envelope(|envelope| envelope.write_returned(4, &mut out));
        assert!(again.is_err(), "what came back does not come back");
        assert!(back.envelope(|envelope| envelope.write(Way::On, &DATA, &mut out)).is_ok());
    }
    assert!(count > 20, "{count}");
}

proptest! {
    #[test]
    fn any_octets_do_not_panic(
        mut octets in proptest::collection::vec(prop_oneof![Just(0u8), 0u8..20, any::<u8>()], 0..90),
        carrier in 0usize..4,
        room in 0usize..200,
        tag in prop_oneof![Just(0x0210u16), Just(0x0300), Just(0x0301), Just(0x010B), Just(0x0115), any::<u16>()],
    ) {
        let carrier = [Carrier::M3ua, Carrier::M2ua, Carrier::M2pa, Carrier::Sua][carrier];
        if let Some(place) = octets.get_mut(8..10) {
            place.copy_from_slice(&tag.to_be_bytes());
        }
        let sample = of_sample();
        let sccp = sample.read().unwrap().sccp;
        for variant in [Variant::Itu, Variant::Ansi] {
            let envelope = Envelope { carrier, octets: &octets, variant, sccp: &sccp };
            for way in [Way::On, Way::Back] {
                let mut out = vec![0; room];
                if let Ok(len) = envelope.write(way, &DATA, &mut out) {
                    prop_assert!(out[..len].windows(DATA.len()).any(|window| window == DATA));
                }
            }
            let _ = envelope.write_returned(1, &mut vec![0; room]);
        }
    }
}

fn of_sample() -> Sample {
    let udt = [9, 0x80, 3, 5, 7, 2, 0x42, 8, 2, 0x42, 6, 2, 0x62, 0];
    Sample { carrier: Carrier::M3ua, octets: over_m3ua(&udt) }
}
