//! Whole TCAP messages, and what holds for any octets.

use super::*;
use crate::ber::Tag;
use crate::sms::tests::octets;
use crate::{Anomalies, Anomaly};
use proptest::prelude::*;

mod deviations;

/// Begin with AARQ 0.4.0.0.1.0.25.3 and an mt-ForwardSM.
const BEGIN: &str = "625f48047d99c1fa6b1e281c060700118605010101a011600f80020780a1090607040000010019036c37a13502010102012c302d800800010100103246f68407919989010300400416040d91998951000000f100006210203040504002e8340500";
/// End with AARE 0.4.0.0.1.0.20.3, a result of sendRoutingInfoForSM and an informServiceCentre.
const END: &str = "647d49047d99c1fa6b2a2828060700118605010101a01d611b80020780a109060704000001001403a203020100a305a1030201006c49a230020101302b02012d3026040800010100103246f6a01a810791997900020080040401020304a609810791997900020090a11502010202013f300d04079199795097398003020210";
/// End without dialogue, with a Reject and an error.
const REFUSED: &str = "641d4904010203046c15a406020101810102a30b02010202012030030a0104";
const P_ABORT: &str = "67094904010203044a0101";
const U_ABORT: &str = "671a4904010203046b122810060700118605010101a0056403800100";

fn components(message: &Message<'_>) -> usize {
    message.components().filter(|component| component.is_ok_and(|component| component.fault.is_none())).count()
}

#[test]
fn reads_a_begin_with_its_dialogue_and_invoke() {
    let octets = octets(BEGIN);
    let message = Message::parse(&octets).unwrap();
    assert_eq!((message.kind.name(), message.fault, message.dtid), ("begin", None, None));
    assert_eq!(message.otid.unwrap().octets(), [0x7D, 0x99, 0xC1, 0xFA]);
    let dialogue = message.dialogue.unwrap();
    assert_eq!(dialogue.kind.unwrap().name(), "dialogueRequest");
    assert_eq!(OidText::of(dialogue.application_context.unwrap()).as_str(), "0.4.0.0.1.0.25.3");
    let invoke = message.components().next().unwrap().unwrap();
    assert_eq!((invoke.kind, invoke.invoke_id, invoke.linked_id), (ComponentKind::Invoke, Some(1), None));
    assert_eq!((invoke.operation, invoke.parameter.unwrap().tag), (Some(Code::Local(44)), Tag::SEQUENCE));
    assert_eq!(invoke.raw.len(), 0x37);
}

#[test]
fn reads_an_end_with_two_components() {
    let octets = octets(END);
    let message = Message::parse(&octets).unwrap();
    let dialogue = message.dialogue.unwrap();
    assert_eq!((dialogue.result, dialogue.diagnostic), (Some(0), Some((1, 0))));
    let found: Vec<_> = message.components().map(|component| component.unwrap()).collect();
    let facts: Vec<_> = found.iter().map(|c| (c.kind.name(), c.invoke_id, c.operation, c.fault)).collect();
    assert_eq!(
        facts,
        [("returnResultLast", Some(1), Some(Code::Local(45)), None), ("invoke", Some(2), Some(Code::Local(63)), None)]
    );
}

#[test]
fn reads_rejects_and_errors() {
    let octets = octets(REFUSED);
    let message = Message::parse(&octets).unwrap();
    let found: Vec<_> = message.components().map(|component| component.unwrap()).collect();
    assert_eq!(found[0].problem, Some(Problem { kind: ProblemKind::Invoke, value: 2 }));
    assert_eq!((found[1].error, found[1].operation), (Some(Code::Local(32)), None));
    assert!(found[1].parameter.is_some() && message.dialogue.is_none());
}

#[test]
fn reads_a_reject_without_invoke_id() {
    let octets = octets("64114904010203046c09a4050500800102");
    let reject = Message::parse(&octets).unwrap().components().next().unwrap().unwrap();
    assert_eq!((reject.invoke_id, reject.fault), (None, None));
    assert_eq!(reject.problem, Some(Problem { kind: ProblemKind::General, value: 2 }));
}

#[test]
fn tells_who_aborted() {
    let (provider, user) = (octets(P_ABORT), octets(U_ABORT));
    let provider = Message::parse(&provider).unwrap();
    assert_eq!((provider.p_abort_cause, provider.is_user_abort()), (Some(1), false));
    let user = Message::parse(&user).unwrap();
    assert!(user.is_user_abort());
    assert_eq!(user.dialogue.unwrap().kind, Some(DialogueKind::Abort));
}

#[test]
fn reads_linked_and_global_operations() {
    let octets = octets("65174801014901026c0fa10d0201028001010605040000012c");
    let message = Message::parse(&octets).unwrap();
    let invoke = message.components().next().unwrap().unwrap();
    assert_eq!((invoke.linked_id, invoke.operation), (Some(1), Some(Code::Global(&[4, 0, 0, 1, 0x2C]))));
    assert_eq!(invoke.operation.unwrap().local(), None);
}

#[test]
fn a_transaction_of_one_octet_is_not_the_one_of_four_with_the_same_number() {
    let (short, long) = (octets("6403490105"), octets("6406490400000005"));
    let key = |octets: &[u8]| Message::parse(octets).unwrap().dtid.unwrap().key();
    assert_ne!(key(&short), key(&long));
}

#[test]
fn refuses_ansi_and_what_is_no_message() {
    let reason = |octets: &[u8]| Message::parse(octets).unwrap_err().reason.name();
    assert_eq!(reason(&[0xE2, 0x02, 0xC7, 0x00]), "unsupported");
    assert_eq!(reason(&[0x30, 0x00]), "unexpected_tag");
    assert_eq!(reason(&[]), "truncated");
}

#[test]
fn the_first_of_a_repeated_portion_counts_and_the_second_is_a_defect() {
    let octets = octets("62084801014801026c00");
    let message = Message::parse(&octets).unwrap();
    assert_eq!(message.otid.unwrap().octets(), [1]);
    assert_eq!(message.anomalies, Anomalies::of(Anomaly::ElementOrder));
    assert_eq!(message.fault.map(|fault| (fault.at, fault.reason.name())), Some((5, "unexpected_tag")));
}

#[test]
fn goes_on_behind_a_component_that_is_none() {
    let octets = octets("64144901016c0fa203020101e803020102a203020103");
    let message = Message::parse(&octets).unwrap();
    let found: Vec<_> = message.components().map(|c| c.map(|c| c.invoke_id).map_err(|e| (e.at, e.reason))).collect();
    assert_eq!(found, [Ok(Some(1)), Err((12, Reason::UnexpectedTag)), Ok(Some(3))]);
}

#[test]
fn ends_a_portion_at_octets_that_are_no_element() {
    let octets = octets("64104901016c0ba203020101a2ff020102a2");
    let message = Message::parse(&octets).unwrap();
    let found: Vec<_> = message.components().map(|c| c.map(|c| c.invoke_id).map_err(|e| (e.at, e.reason))).collect();
    assert_eq!(found, [Ok(Some(1)), Err((12, Reason::BadLength))]);
}

#[test]
fn gives_the_components_of_every_component_portion() {
    let octets = octets("641b4901016c05a2030201016c006b006c0aa203020102a203020103");
    let message = Message::parse(&octets).unwrap();
    let ids: Vec<_> = message.components().map(|component| component.unwrap().invoke_id.unwrap()).collect();
    assert_eq!(ids, [1, 2, 3]);
    assert!(message.anomalies.has(Anomaly::ElementOrder) && message.components().ordinary().is_none());
}

#[test]
fn reads_the_same_from_every_form_of_length() {
    let plain = octets(P_ABORT);
    let (long, indefinite) = (octets("678200094904010203044a0101"), octets("67804904010203044a01010000"));
    for other in [long, indefinite] {
        let (plain, other) = (Message::parse(&plain).unwrap(), Message::parse(&other).unwrap());
        assert_eq!((plain.dtid, plain.p_abort_cause, plain.fault), (other.dtid, other.p_abort_cause, other.fault));
        assert!(plain.anomalies.is_empty() && !other.anomalies.is_empty());
    }
}

#[test]
fn shows_every_truncation() {
    for whole in [BEGIN, END, REFUSED, P_ABORT, U_ABORT] {
        let whole = octets(whole);
        for end in 0..whole.len() {
            let message = Message::parse(&whole[..end]);
            assert!(message.map_or(true, |message| message.fault.is_some()), "{end} octets");
        }
        assert_eq!(Message::parse(&whole).unwrap().fault, None);
    }
}

/// The same elements, each with a length of one of these forms.
fn rewritten(octets: &[u8], forms: &mut impl Iterator<Item = u8>) -> Vec<u8> {
    let (mut reader, mut out) = (crate::ber::Reader::new(octets), vec![]);
    while let Some(tlv) = reader.next().unwrap() {
        let constructed = tlv.tag.constructed();
        let inside = if constructed { rewritten(tlv.value, forms) } else { tlv.value.to_vec() };
        let [high, low] = (inside.len() as u16).to_be_bytes();
        out.extend(tlv.tag.0.to_be_bytes().into_iter().skip_while(|octet| *octet == 0));
        let (length, end): (Vec<u8>, &[u8]) = match (forms.next().unwrap(), inside.len()) {
            (0, _) if constructed => (vec![0x80], &[0, 0]),
            (1, _) => (vec![0x84, 0, 0, high, low], &[]),
            (2, _) | (_, 0x100..) => (vec![0x82, high, low], &[]),
            (_, 0..0x80) => (vec![low], &[]),
            _ => (vec![0x81, low], &[]),
        };
        out.extend([&length, &inside[..], end].concat());
    }
    out
}

proptest! {
    #[test]
    fn every_form_of_every_length_reads_the_same(forms in prop::collection::vec(0..5_u8, 1..40)) {
        for whole in [BEGIN, END, REFUSED, P_ABORT, U_ABORT] {
            let plain = octets(whole);
            let other = rewritten(&plain, &mut forms.iter().copied().cycle());
            let (plain, other) = (Message::parse(&plain).unwrap(), Message::parse(&other).unwrap());
            prop_assert_eq!((plain.kind, plain.otid, plain.dtid), (other.kind, other.otid, other.dtid));
            prop_assert_eq!((plain.fault, plain.p_abort_cause), (other.fault, other.p_abort_cause));
            let facts = |d: Dialogue<'_>| (d.kind, d.application_context.map(<[u8]>::to_vec), d.result, d.diagnostic, d.abort_source);
            prop_assert_eq!(plain.dialogue.map(facts), other.dialogue.map(facts));
            let pairs = plain.components().flatten().zip(other.components().flatten());
            prop_assert_eq!(plain.components().count(), other.components().count());
            for (a, b) in pairs {
                prop_assert_eq!((a.kind, a.invoke_id, a.operation, a.error), (b.kind, b.invoke_id, b.operation, b.error));
                prop_assert_eq!((a.problem, a.fault), (b.problem, b.fault));
            }
        }
    }

    #[test]
    fn the_short_way_takes_nothing_that_the_long_way_has_anything_to_say_about(
        which in 0..3_usize, at in 0..110_usize, octet in any::<u8>(),
    ) {
        let whole = [BEGIN, END, "642849040000000 26b2a2828060700118605010101a01d611b80020780a109060704000001001403a203020100a305a103020100"];
        let mut octets = octets(&whole[which].replace(' ', ""));
        let at = at % octets.len();
        octets[at] = octet;
        if let Some(message) = Message::ordinary(&octets) {
            prop_assert_eq!(Ok(message), Message::parse(&octets));
            prop_assert!(message.anomalies.is_empty() && message.fault.is_none());
            if let Some(component) = message.components().ordinary() {
                prop_assert_eq!(Some(Ok(component)), message.components().next());
                prop_assert!(component.anomalies.is_empty() && component.fault.is_none());
            }
        }
    }

    #[test]
    fn any_octets_do_not_panic(octets in prop::collection::vec(any::<u8>(), 0..200)) {
        if let Ok(message) = Message::parse(&octets) {
            prop_assert!(components(&message) <= octets.len());
        }
    }

    #[test]
    fn any_octets_in_a_message_do_not_panic(kind in 0x61..0x68_u8, portion in 0x6B..0x6D_u8, octets in prop::collection::vec(any::<u8>(), 0..120)) {
        let inside = [&[0x48, 1, 1, 0x49, 1, 1, portion, octets.len() as u8][..], &octets].concat();
        let octets = [&[kind, inside.len() as u8][..], &inside].concat();
        if let Ok(message) = Message::parse(&octets) {
            prop_assert!(message.components().count() <= octets.len());
            let map = message.dialogue.and_then(|dialogue| dialogue.map());
            prop_assert!(map.is_none_or(|map| map.destination_reference.is_none_or(|d| d.len() < octets.len())));
        }
    }

    #[test]
    fn any_damage_to_a_message_does_not_panic(at in 0_usize..120, octet in any::<u8>(), cut in 0_usize..130) {
        for whole in [BEGIN, END, REFUSED, U_ABORT] {
            let mut damaged = octets(whole);
            damaged.truncate(cut.max(1));
            let at = at % damaged.len();
            damaged[at] = octet;
            if let Ok(message) = Message::parse(&damaged) {
                for component in message.components().flatten() {
                    let argument = crate::map::Subject::parse(&component, None);
                    prop_assert!(argument.sm_rp_ui.is_none_or(|tpdu| tpdu.len() < damaged.len()));
                }
            }
        }
    }
}
