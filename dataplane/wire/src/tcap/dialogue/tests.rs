//! Dialogue portions, from the value of element 6B.

use super::*;

const CONTEXT: [u8; 7] = [0x04, 0x00, 0x00, 0x01, 0x00, 0x19, 0x03];

#[test]
fn reads_an_ordinary_request_the_short_and_the_long_way_alike() {
    let value = [REQUEST, &CONTEXT[..]].concat();
    let dialogue = Dialogue::ordinary_request(&value).expect("ordinary");
    assert_eq!(dialogue.kind, Some(DialogueKind::Request));
    assert_eq!(dialogue.application_context, Some(&CONTEXT[..]));
    assert_eq!(dialogue, clean(&value));
}

#[test]
fn reads_an_ordinary_response_the_short_and_the_long_way_alike() {
    for [result, source, diagnostic] in [[0, 0xA1, 0], [1, 0xA2, 2], [0xFF, 0xA1, 0x80]] {
        let rest = [0xA2, 3, 2, 1, result, 0xA3, 5, source, 3, 2, 1, diagnostic];
        let value = [RESPONSE, &CONTEXT[..], &rest].concat();
        let dialogue = Dialogue::ordinary_response(&value).expect("ordinary");
        assert_eq!(dialogue.result, Some(i64::from(result as i8)));
        assert_eq!(dialogue, clean(&value));
    }
}

#[test]
fn reads_an_abort_and_its_source() {
    let value =
        [0x28, 0x10, 0x06, 0x07, 0x00, 0x11, 0x86, 0x05, 0x01, 0x01, 0x01, 0xA0, 0x05, 0x64, 0x03, 0x80, 0x01, 0x00];
    let reading = Reading::of(&value);
    assert_eq!((reading.dialogue.kind, reading.dialogue.abort_source), (Some(DialogueKind::Abort), Some(0)));
    assert_eq!(reading.fault, None);
}

/// The dialogue in a portion with nothing amiss.
fn clean(value: &[u8]) -> Dialogue<'_> {
    let reading = Reading::of(value);
    assert_eq!((reading.anomalies, reading.fault), (Anomalies::NONE, None));
    reading.dialogue
}

/// A dialogue portion of such a reference and encoding around these octets.
fn portion(reference: u8, pdu: &[u8]) -> Vec<u8> {
    let reference = [0x06, 0x07, 0x00, 0x11, 0x86, 0x05, 0x01, reference, 0x01];
    let inside = [&reference[..], &[0xA0, pdu.len() as u8], pdu].concat();
    [&[0x28, inside.len() as u8][..], &inside].concat()
}

fn request(elements: &[&[u8]]) -> Vec<u8> {
    let elements = elements.concat();
    portion(1, &[&[0x60, elements.len() as u8][..], &elements].concat())
}

const VERSION: &[u8] = &[0x80, 2, 7, 0x80];
const NAME: &[u8] = &[0xA1, 0x09, 0x06, 0x07, 0x04, 0x00, 0x00, 0x01, 0x00, 0x19, 0x03];

#[test]
fn reads_what_somebody_elses_reference_holds_and_notes_it() {
    let mut value = request(&[VERSION, NAME]);
    value[9] = 3;
    let reading = Reading::of(&value);
    assert_eq!(
        (reading.dialogue.kind, reading.dialogue.application_context),
        (Some(DialogueKind::Request), Some(&CONTEXT[..]))
    );
    assert_eq!((reading.anomalies, reading.fault), (Anomalies::of(Anomaly::TcapDialogue), None));
    let empty = Reading::of(&[0x28, 0x03, 0x06, 0x01, 0x2A]);
    assert_eq!((empty.dialogue.kind, empty.anomalies, empty.fault), (None, Anomalies::of(Anomaly::TcapDialogue), None));
}

#[test]
fn reads_an_unstructured_dialogue() {
    let pdu = [&[0x60, 15][..], VERSION, NAME].concat();
    let reading = Reading::of(&portion(2, &pdu)).to_facts();
    assert_eq!(reading, (Some(DialogueKind::Unidirectional), Some(0x80), Anomalies::NONE, None));
}

#[test]
fn version_1_is_meant_where_none_is_given_and_noted_where_it_is_missing() {
    for (version, expected, anomalies) in [
        (&[][..], None, Anomalies::NONE),
        (VERSION, Some(0x80), Anomalies::NONE),
        (&[0x80, 2, 6, 0xC0], Some(0xC0), Anomalies::NONE),
        (&[0x80, 2, 6, 0x40], Some(0x40), Anomalies::of(Anomaly::TcapDialogue)),
        (&[0x80, 0], Some(0), Anomalies::of(Anomaly::TcapDialogue)),
    ] {
        let reading = Reading::of(&request(&[version, NAME])).to_facts();
        assert_eq!(reading, (Some(DialogueKind::Request), expected, anomalies, None), "{version:02X?}");
    }
}

#[test]
fn names_what_it_tolerates() {
    for (value, anomaly) in [
        (request(&[NAME, VERSION]), Anomaly::ElementOrder),
        (request(&[VERSION, NAME, &[0x9F, 0x5A, 0]]), Anomaly::UnknownElement),
        (request(&[VERSION, NAME, &[0xA2, 3, 2, 1, 0]]), Anomaly::UnknownElement),
        (request(&[VERSION]), Anomaly::TcapDialogue),
        (request(&[VERSION, &[0xA1, 0x0A, 6, 8, 4, 0, 0, 1, 0x80, 0, 0x19, 3]]), Anomaly::TcapDialogue),
        (request(&[VERSION, &[0xA1, 0x0B, 6, 7, 4, 0, 0, 1, 0, 0x19, 3, 5, 0]]), Anomaly::BerTrailing),
        (request(&[VERSION, &[0xA1, 0x80, 6, 7, 4, 0, 0, 1, 0, 0x19, 3, 0, 0]]), Anomaly::BerIndefinite),
        ([&request(&[VERSION, NAME])[..], &[0x05, 0x00]].concat(), Anomaly::BerTrailing),
        (portion(1, &[0x64, 4, 0x80, 2, 0, 1]), Anomaly::BerInteger),
    ] {
        let reading = Reading::of(&value);
        assert_eq!((reading.anomalies, reading.fault), (Anomalies::of(anomaly), None), "{value:02X?}");
    }
}

#[test]
fn reads_octet_aligned_what_should_be_a_single_type() {
    let mut value = request(&[VERSION, NAME]);
    value[11] = 0x81;
    let reading = Reading::of(&value);
    assert_eq!(reading.dialogue.application_context, Some(&CONTEXT[..]));
    assert_eq!((reading.anomalies, reading.fault), (Anomalies::of(Anomaly::TcapDialogue), None));
}

#[test]
fn of_two_contexts_the_first_counts_and_the_second_is_a_defect() {
    let value = request(&[VERSION, NAME, &[0xA1, 0x03, 0x06, 0x01, 0x2A]]);
    let reading = Reading::of(&value);
    assert_eq!(
        (reading.dialogue.application_context, reading.anomalies),
        (Some(&CONTEXT[..]), Anomalies::of(Anomaly::ElementOrder))
    );
    assert_eq!(reading.fault, Some((&value[30..], Reason::UnexpectedTag)));
}

#[test]
fn the_short_way_leaves_contexts_with_longer_arcs_to_the_long_way() {
    let value = [REQUEST, &[0x04, 0x00, 0x00, 0x01, 0x80, 0x19, 0x03][..]].concat();
    assert_eq!(Dialogue::ordinary_request(&value), None);
    assert_eq!(Reading::of(&value).anomalies, Anomalies::of(Anomaly::TcapDialogue));
}

#[test]
fn every_truncation_is_a_fault() {
    let response = [RESPONSE, &CONTEXT[..], &[0xA2, 3, 2, 1, 0, 0xA3, 5, 0xA1, 3, 2, 1, 0]].concat();
    for whole in [request(&[VERSION, NAME]), response, portion(1, &[0x64, 3, 0x80, 1, 0])] {
        for end in 0..whole.len() {
            assert!(Reading::of(&whole[..end]).fault.is_some(), "{end} octets");
        }
        assert_eq!(Reading::of(&whole).fault, None);
    }
}

impl Reading<'_> {
    fn to_facts(&self) -> (Option<DialogueKind>, Option<u8>, Anomalies, Option<Reason>) {
        (self.dialogue.kind, self.dialogue.protocol_version, self.anomalies, self.fault.map(|(_, reason)| reason))
    }
}
