//! What is tolerated in a message, its components and its dialogue portion, and what it is called.

use super::*;

#[test]
fn names_what_it_tolerates_in_a_message() {
    for (message, anomaly) in [
        // lengths and tags in other forms
        ("6481034901 01", Anomaly::BerNonminimal),
        ("64804901010000", Anomaly::BerIndefinite),
        ("7f04 03490101", Anomaly::BerLongTag),
        ("6404498101 01", Anomaly::BerNonminimal),
        ("67084901014a020001", Anomaly::BerInteger),
        // portions out of order, unknown, or of other messages
        ("6506490101480102", Anomaly::ElementOrder),
        ("640c6c05a203020101490101", Anomaly::ElementOrder),
        ("640749010150020102", Anomaly::UnknownElement),
        ("6206480101490102", Anomaly::UnknownElement),
        ("6406480101490102", Anomaly::UnknownElement),
        ("6406490101 4a0101", Anomaly::UnknownElement),
        ("670a4901016c05a203020101", Anomaly::UnknownElement),
        ("6403490101 0000", Anomaly::BerTrailing),
        // transactions of no octets and of five
        ("64024900", Anomaly::TcapTid),
        ("640749050102030405", Anomaly::TcapTid),
    ] {
        let octets = octets(&message.replace(' ', ""));
        let found = Message::parse(&octets).unwrap().anomalies;
        assert_eq!(found.iter().map(Anomaly::name).collect::<Vec<_>>(), [anomaly.name()], "{message}");
        assert_eq!(Message::ordinary(&octets), None, "{message}");
    }
}

#[test]
fn a_transaction_of_no_octets_or_five_is_none_and_a_defect() {
    for message in ["64024900", "640749050102030405"] {
        let octets = octets(message);
        let message = Message::parse(&octets).unwrap();
        assert_eq!((message.dtid, message.fault.map(|fault| fault.reason)), (None, Some(Reason::BadLength)));
    }
}

#[test]
fn names_what_it_tolerates_in_a_component() {
    for (component, anomaly) in [
        ("a18106020101 02012d", Anomaly::BerNonminimal),
        ("a180020101 02012d0000", Anomaly::BerIndefinite),
        ("bf0106020101 02012d", Anomaly::BerLongTag),
        ("a107028101 0102012d", Anomaly::BerNonminimal),
        ("a10702020001 02012d", Anomaly::BerInteger),
        ("a107020101 0202002d", Anomaly::BerInteger),
        ("a107020101 060204 2d", Anomaly::GlobalCode),
        ("a307020101 060204 2d", Anomaly::GlobalCode),
        ("a108020101 8500 02012d", Anomaly::UnknownElement),
        ("a10c020101 800101 800102 02012d", Anomaly::ElementOrder),
        ("a10a020101 02012d 24020400", Anomaly::BerConstructed),
        ("a10a020101 02012d 30810 100", Anomaly::BerNonminimal),
        ("a20a020101 300302012d 0500", Anomaly::UnknownElement),
        ("a20a020101 3080 02012d 0000", Anomaly::BerIndefinite),
        ("a408020101 810102 0500", Anomaly::UnknownElement),
        ("a407020101 81020002", Anomaly::BerInteger),
    ] {
        let component = octets(&component.replace(' ', ""));
        let portion =
            [&[0x64, component.len() as u8 + 5, 0x49, 1, 1, 0x6C, component.len() as u8], &component[..]].concat();
        let message = Message::parse(&portion).unwrap();
        let found = message.components().next().unwrap().unwrap();
        assert_eq!(found.anomalies, Anomalies::of(anomaly), "{component:02X?}: {found:?}");
        assert_eq!((found.fault, found.invoke_id), (None, Some(1)), "{component:02X?}");
        assert_eq!(message.components().ordinary(), None, "{component:02X?}");
    }
}

#[test]
fn what_follows_the_parameter_is_noted_and_a_defect() {
    let octets = octets("64134901016c0ea10c02010102012d040107040108");
    let invoke = Message::parse(&octets).unwrap().components().next().unwrap().unwrap();
    assert_eq!(invoke.parameter.unwrap().value, [7]);
    assert_eq!(invoke.anomalies, Anomalies::of(Anomaly::UnknownElement));
    assert_eq!(invoke.fault.map(|fault| (fault.at, fault.reason)), Some((18, Reason::UnexpectedTag)));
}

#[test]
fn the_dialogue_pdu_belongs_to_the_kind_of_message() {
    let external = |pdu: &[u8], last: u8| {
        let reference = [0x06, 0x07, 0x00, 0x11, 0x86, 0x05, 0x01, last, 0x01];
        let inside = [&reference[..], &[0xA0, pdu.len() as u8], pdu].concat();
        [&[0x6B, inside.len() as u8 + 2, 0x28, inside.len() as u8][..], &inside].concat()
    };
    let context = [0xA1, 0x09, 0x06, 0x07, 0x04, 0x00, 0x00, 0x01, 0x00, 0x19, 0x03];
    let request = external(&[&[0x60, 11][..], &context].concat(), 1);
    let accepted = [0xA2, 3, 2, 1, 0, 0xA3, 5, 0xA1, 3, 2, 1, 0];
    let response = external(&[&[0x61, 23][..], &context, &accepted].concat(), 1);
    let abort = external(&[0x64, 3, 0x80, 1, 0], 1);
    let unidirectional = external(&[&[0x60, 11][..], &context].concat(), 2);
    let portions = [&request, &response, &abort, &unidirectional];
    let transactions: [(u8, &[u8], [bool; 4]); 5] = [
        (0x62, &[0x48, 1, 1], [true, false, false, false]),
        (0x65, &[0x48, 1, 1, 0x49, 1, 2], [false, true, false, false]),
        (0x64, &[0x49, 1, 2], [false, true, false, false]),
        (0x67, &[0x49, 1, 2], [false, true, true, false]),
        (0x61, &[], [false, false, false, true]),
    ];
    for (tag, transactions, belongs) in transactions {
        for (portion, belongs) in portions.iter().zip(belongs) {
            let components: &[u8] = if tag == 0x67 { &[] } else { &[0x6C, 5, 0xA2, 3, 2, 1, 1] };
            let inside = [transactions, portion, components].concat();
            let octets = [&[tag, inside.len() as u8][..], &inside].concat();
            let message = Message::parse(&octets).unwrap();
            let expected = if belongs { Anomalies::NONE } else { Anomalies::of(Anomaly::TcapDialogue) };
            assert_eq!((message.anomalies, message.fault), (expected, None), "{octets:02X?}");
        }
    }
}

#[test]
fn an_abort_of_the_provider_has_no_dialogue_portion() {
    let octets = octets("671d49040102030 44a01016b122810060700118605010101a0056403800100".replace(' ', "").as_str());
    assert_eq!(Message::parse(&octets).unwrap().anomalies, Anomalies::of(Anomaly::TcapDialogue));
}

#[test]
fn reads_a_begin_of_phase_2_with_the_references_of_map() {
    // TS 29.002 §17.4, Q.773 §4.2: processUnstructuredSS-Request opened for an IMSI.
    let information =
        octets("28210607040000010101 01a016a01480099610100000000000f18107919979010000f1".replace(' ', "").as_str());
    let user = [&[0xBE, information.len() as u8][..], &information].concat();
    let context = [0x80, 2, 7, 0x80, 0xA1, 9, 6, 7, 4, 0, 0, 1, 0, 0x13, 2];
    let pdu = [&[0x60, (context.len() + user.len()) as u8][..], &context, &user].concat();
    let reference = [0x06, 0x07, 0x00, 0x11, 0x86, 0x05, 0x01, 0x01, 0x01];
    let external = [&reference[..], &[0xA0, pdu.len() as u8], &pdu].concat();
    let portion = [&[0x6B, external.len() as u8 + 2, 0x28, external.len() as u8][..], &external].concat();
    let octets = [&[0x62, portion.len() as u8 + 3, 0x48, 1, 1][..], &portion].concat();
    let message = Message::parse(&octets).unwrap();
    assert_eq!((message.anomalies, message.fault), (Anomalies::NONE, None));
    let map = message.dialogue.and_then(|dialogue| dialogue.map()).expect("has information of MAP");
    assert_eq!((map.kind, map.destination_reference.map(<[u8]>::len)), (MapDialogueKind::Open, Some(9)));
    assert_eq!(map.originating_reference, Some(&[0x91, 0x99, 0x79, 0x01, 0x00, 0x00, 0xF1][..]));
}
