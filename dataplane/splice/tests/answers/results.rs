//! Results that are refused become other answers in their place; and octets of any kind.

use crate::refusals::{ANSWERS, ODD, all, made, read, tlv};
use crate::samples::{Dialogue, components};
use proptest::prelude::*;
use sluice_splice::refusal::{Request, bounce, in_place, neutral};
use sluice_splice::{Answer, Asked};
use sluice_wire::tcap::{Code, Component, ComponentKind, Message, MessageKind};

#[test]
fn a_result_becomes_another_answer_in_its_place() {
    let mut count = 0;
    for dialogue in all() {
        let before = Message::parse(&dialogue.tcap).unwrap();
        let came = components(&before);
        let is_result = |c: &Component<'_>| matches!(c.kind, ComponentKind::ReturnResultLast);
        if came.is_empty() || !came.iter().all(is_result) {
            continue;
        }
        for answer in ANSWERS {
            let out = made(&dialogue, |request, out| in_place(request, answer, out)).unwrap();
            // The dialogue portion stays in whatever form it came.
            let after = if before.anomalies.is_empty() { read(&out) } else { Message::parse(&out).unwrap() };
            assert_eq!((after.dtid, after.fault), (before.dtid, None));
            if answer == Answer::Abort {
                assert_eq!((after.kind, after.is_user_abort()), (MessageKind::Abort, !dialogue.context.is_empty()));
                continue;
            }
            assert_eq!((after.kind, after.otid, after.dialogue), (before.kind, before.otid, before.dialogue));
            let ids = |components: &[Component<'_>]| components.iter().map(|c| c.invoke_id).collect::<Vec<_>>();
            assert_eq!(ids(&components(&after)), ids(&came));
            let kinds = [ComponentKind::ReturnError, ComponentKind::ReturnResultLast];
            assert!(
                components(&after)
                    .iter()
                    .all(|c| kinds.contains(&c.kind) && (c.parameter.is_none() || c.error.is_some()))
            );
            count += 1;
        }
    }
    assert!(count > 200, "{count}");
}

#[test]
fn a_result_in_parts_is_answered_once_and_what_is_asked_beside_it_is_left_out() {
    let parts = [0xA7, 3, 2, 1, 5, 0xA2, 3, 2, 1, 5, 0xA1, 6, 2, 1, 9, 2, 1, 63, 0xA4, 5, 5, 0, 0x80, 1, 0];
    let tcap = tlv(0x64, &[&[0x49, 1, 3], &tlv(0x6C, &[&parts])]);
    let (context, operations) = (vec![4, 0, 0, 1, 0, 20, 3], vec![Some(45), Some(45), Some(63), None]);
    let sample = ODD[0].sample.clone();
    let dialogue = Dialogue { sample, tcap, context, operations };
    let out = made(&dialogue, |request, out| in_place(request, Answer::Error(1), out)).unwrap();
    assert_eq!(out, tlv(0x64, &[&[0x49, 1, 3], &tlv(0x6C, &[&tlv(0xA3, &[&[2, 1, 5], &[2, 1, 1]])])]));
}

proptest! {
    #[test]
    fn any_octets_do_not_panic(
        inside in proptest::collection::vec(prop_oneof![0u8..10, Just(0x48u8), Just(0x49), Just(0x6B), Just(0x6C), Just(0xA1), any::<u8>()], 0..120),
        kind in 0usize..5,
        room in 0usize..300,
        context in proptest::collection::vec(any::<u8>(), 0..20),
        operation in any::<i64>(),
        answer in 0usize..6,
    ) {
        let tcap = tlv([0x61, 0x62, 0x64, 0x65, 0x67][kind], &[&inside]);
        let message = Message::parse(&tcap).unwrap();
        let came = components(&message);
        let operations = vec![Some(operation); came.len()];
        let request = Request { message: &message, octets: &tcap, components: &came, operations: &operations, context: &context };
        let mut out = vec![0; room];
        let _ = neutral(Some(&message), 1, &mut out);
        let lens = [bounce(&request, &mut out), in_place(&request, ANSWERS[answer], &mut out)];
        prop_assert!(lens.iter().flatten().flatten().all(|len| *len <= room));
        if let Some(asked) = Asked::of(&request, ANSWERS[answer]) {
            let _ = asked.ended(&mut out);
            let _ = asked.answered(&message, &came, &mut out);
        }
    }

    #[test]
    fn a_message_of_which_an_octet_is_another_is_bounced_without_what_it_asked(at in 0usize..200, octet: u8, which in 0usize..200) {
        let mut dialogue = ODD[which % ODD.len()].clone();
        let at = at % dialogue.tcap.len();
        dialogue.tcap[at] = octet;
        let Ok(message) = Message::parse(&dialogue.tcap) else { return Ok(()) };
        let came = components(&message);
        let request = Request { message: &message, octets: &dialogue.tcap, components: &came, operations: &dialogue.operations, context: &dialogue.context };
        let mut out = [0; 512];
        if let Some(Ok(len)) = bounce(&request, &mut out) {
            let bounced = Message::parse(&out[..len]).unwrap();
            for component in components(&bounced) {
                prop_assert_eq!((component.operation, component.parameter), (Some(Code::Local(127)), None));
            }
        }
    }
}
