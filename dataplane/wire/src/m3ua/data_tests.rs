//! DATA, read the short way and the long, tolerated, refused and written.

use super::*;
use crate::Anomaly;
use crate::mtp3::{Label, NetworkIndicator, PointCode, ServiceIndicator, Sls};
use crate::samples::{self, octets};
use proptest::prelude::*;

fn read(octets: &[u8]) -> Result<ProtocolData<'_>, Error> {
    Message::parse(octets)?.protocol_data()
}

#[test]
fn reads_data_with_everything_around_it() {
    let whole = octets(samples::M3UA_DATA);
    let message = Message::parse(&whole).expect("well-formed");
    assert_eq!((message.kind(), message.kind().class()), (MessageKind::Data, Class::Transfer));
    let data = message.protocol_data().expect("well-formed");
    assert_eq!((data.label.opc, data.label.dpc), (PointCode(1), PointCode(2)));
    assert_eq!((data.label.si, data.label.ni), (ServiceIndicator::Sccp, NetworkIndicator(2)));
    assert_eq!((data.label.mp, data.label.sls), (Some(0), Sls(3)));
    assert_eq!((data.na, data.rc), (Some(NetworkAppearance(1)), Some(RoutingContext(5))));
    assert_eq!(data.correlation_id, Some(CorrelationId(9)));
    assert_eq!((data.user_data, data.user_data_offset), (&whole[40..48], 40));
}

#[test]
fn reads_the_short_and_the_long_way_alike() {
    let label = "0000000100000002 03020003";
    let data = format!("02100018{label}0900000000000000");
    for whole in [
        format!("0100010100000020{data}"),
        format!("0100010100000028 0006000800000005{data}"),
        format!("0100010100000030 0200000800000001 0006000800000005{data}"),
        format!("010001010000001c 02100011{label}62 000000"),
    ] {
        let whole = octets(&whole);
        assert!(ProtocolData::ordinary(&whole).is_some());
        assert_eq!(ProtocolData::ordinary(&whole), read(&whole).ok());
    }
    assert_eq!(ProtocolData::ordinary(&octets(samples::M3UA_DATA)), None, "there is a correlation id");
}

#[test]
fn says_what_it_tolerated_and_takes_the_short_way_for_none_of_it() {
    use Anomaly::{AdaptationLength, AdaptationValue, ElementOrder};
    let data = "0210001100000001000000020302000362000000";
    for (text, expected) in [
        // padding not counted in the length; counted and not there; octets after the message
        (format!("0100010100000019{data}"), &[AdaptationLength][..]),
        ("010001010000001c 0210001100000001000000020302000362".into(), &[AdaptationLength]),
        (format!("010001010000001c{data}00000000"), &[AdaptationLength]),
        // the reserved octet; a parameter DATA does not have; more bits than there are
        (format!("010701010000001c{data}"), &[AdaptationValue]),
        (format!("0100010100000024 0004000861626364{data}"), &[AdaptationValue]),
        ("010001010000001c 0210001100000001000000021302000362000000".into(), &[AdaptationValue]),
        ("010001010000001c 0210001100000001000000020304000362000000".into(), &[AdaptationValue]),
        // a routing context of two numbers, or two of one; something broken after the data
        (format!("0100010100000028 0006000c0000000500000006{data}"), &[AdaptationLength]),
        (format!("010001010000002c 00060008000000050006000800000006{data}"), &[ElementOrder]),
        (format!("0100010100000024{data} 00130003 00000000"), &[AdaptationLength]),
    ] {
        let whole = octets(&text);
        assert_eq!(ProtocolData::ordinary(&whole), None, "{text}");
        let data = read(&whole).expect("tolerated");
        assert_eq!((data.user_data, data.anomalies.iter().collect::<Vec<_>>()), (&[0x62][..], expected.to_vec()));
        assert!(data.rc.is_none_or(|rc| rc == RoutingContext(5)), "the first counts");
    }
}

#[test]
fn takes_the_first_protocol_data_and_notes_the_second() {
    let whole =
        octets("0100010100000030 021000110000000100000002030200036100000002100010 000000030000000203020003 00000000");
    let data = read(&whole[..44]);
    assert_eq!(data, Err(error(4, Reason::Truncated)));
    let data = read(&whole).expect("tolerated");
    assert_eq!((data.label.opc, data.user_data), (PointCode(1), &[0x61][..]));
    assert!(data.anomalies.has(Anomaly::ElementOrder) && ProtocolData::ordinary(&whole).is_none());
}

#[test]
fn refuses_every_truncation() {
    let whole = octets(samples::M3UA_DATA);
    for length in 0..whole.len() {
        // Up to three octets may be padding that was not sent; here they were the correlation id's.
        match read(&whole[..length]) {
            Ok(data) => assert!(length > 52 && data.correlation_id.is_none() && !data.anomalies.is_empty()),
            Err(error) => assert!(length <= 52 && error.reason == Reason::Truncated),
        }
        let Some(place) = whole.get(..length).filter(|cut| cut.len() >= 12) else { continue };
        let mut cut = place.to_vec();
        cut[7] = u8::try_from(length).expect("short");
        let data = read(&cut);
        // Cut after protocol data it is a message with something broken, or between parameters a shorter one.
        assert_eq!(data.is_ok(), length >= 48, "{length}");
        assert_eq!(data.is_ok_and(|data| data.anomalies.is_empty()), length == 48, "{length}");
    }
}

#[test]
fn refuses_protocol_data_without_its_whole_label() {
    let whole = octets("0100010100000018 0210000f000000010000000203020000");
    let data = read(&whole);
    assert_eq!(data, Err(error(10, Reason::BadLength)));
}

#[test]
fn writes_the_octets_it_read() {
    let whole = octets(samples::M3UA_DATA);
    let data = read(&whole).expect("well-formed");
    let mut out = [0xff; 64];
    let written = data.emit(&mut out).expect("fits");
    assert_eq!(out[..written], whole);
    assert_eq!(data.emit(&mut out[..written - 1]).map_err(|error| error.reason), Err(Reason::Truncated));
}

proptest! {
    #[test]
    fn what_is_read_the_short_way_reads_the_same_the_long_way(
        place in 0_usize..56, octet in prop_oneof![0_u8..40, any::<u8>()], length in 0_usize..60
    ) {
        let mut whole = octets(
            "0100010100000030 0200000800000001 0006000800000005 02100018000000010000000203020003 0900000000000000 \
             0102030405060708",
        );
        whole[place] = octet;
        whole.truncate(length);
        if let Some(data) = ProtocolData::ordinary(&whole) {
            prop_assert_eq!(read(&whole), Ok(data));
        }
    }

    #[test]
    fn what_was_written_reads_the_same(opc: u32, dpc: u32, sls: u8, na: Option<u32>, rc: Option<u32>, user_data in proptest::collection::vec(any::<u8>(), 0..40)) {
        let label = Label { opc: PointCode(opc), dpc: PointCode(dpc), si: ServiceIndicator::Sccp, ni: NetworkIndicator(3), mp: Some(1), sls: Sls(sls) };
        let data = ProtocolData { label, na: na.map(NetworkAppearance), rc: rc.map(RoutingContext), correlation_id: None, user_data: &user_data, user_data_offset: 0, anomalies: Anomalies::NONE };
        let mut out = [0xff; 128];
        let written = data.emit(&mut out).expect("fits");
        let read = read(&out[..written]).expect("just written");
        prop_assert_eq!(ProtocolData { user_data_offset: 0, ..read }, data);
    }
}
