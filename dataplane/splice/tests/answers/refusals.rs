//! Requests that their destinations refuse, and what their originators are told.

use crate::samples::{Dialogue, components, dialogues};
use sluice_splice::refusal::{Request, bounce, legal_errors, neutral};
use sluice_splice::{Answer, Asked};
use sluice_wire::tcap::{Code, Component, ComponentKind, DialogueKind, Message, MessageKind};
use sluice_wire::{Error, Reason};
use std::sync::LazyLock;

/// What a policy may choose, of which not every operation has each.
pub const ANSWERS: [Answer; 6] =
    [Answer::Error(32), Answer::Error(6), Answer::Error(34), Answer::Error(36), Answer::Acknowledge, Answer::Abort];

/// Every dialogue of the captures with all versions and odd forms.
pub fn all() -> Vec<Dialogue> {
    ["features.pcap", "evasion.pcap", "mix-12.pcap"].into_iter().flat_map(dialogues).collect()
}

/// Messages in forms that are legal and seldom.
pub static ODD: LazyLock<Vec<Dialogue>> = LazyLock::new(|| dialogues("evasion.pcap"));

/// What is made of one message: octets, or none.
pub type Made = Option<Result<usize, Error>>;

/// Calls with the message as it is known to whoever refuses it; gives the octets that were made.
pub fn made(dialogue: &Dialogue, make: impl FnOnce(&Request<'_>, &mut [u8]) -> Made) -> Option<Vec<u8>> {
    let message = Message::parse(&dialogue.tcap).expect("was parsed before");
    let components = components(&message);
    let request = Request {
        message: &message,
        octets: &dialogue.tcap,
        components: &components,
        operations: &dialogue.operations,
        context: &dialogue.context,
    };
    let mut out = vec![0; 512];
    let len = make(&request, &mut out)?.expect("fits");
    out.truncate(len);
    Some(out)
}

pub fn asked(dialogue: &Dialogue, answer: Answer) -> Option<Asked> {
    let mut asked = None;
    made(dialogue, |request, _| {
        asked = Asked::of(request, answer);
        None
    });
    asked
}

/// Refusals of the bounced request by its destination, of every form there is.
pub fn refusals_of(bounced: &[u8]) -> Vec<Vec<u8>> {
    let message = Message::parse(bounced).unwrap();
    let dtid = tlv(0x49, &[message.otid.unwrap().octets()]);
    let otid = tlv(0x48, &[&[0x77, 1, 2, 3]]);
    let reject = |component: &Component<'_>| tlv(0xA4, &[&[2, 1, component.invoke_id.unwrap() as u8], &[0x81, 1, 1]]);
    let rejects: Vec<_> = components(&message).iter().map(reject).collect();
    let portion = if rejects.is_empty() { Vec::new() } else { tlv(0x6C, &[&rejects.concat()]) };
    // AARE: rejected for good, application context not supported.
    let context = message.dialogue.and_then(|dialogue| dialogue.application_context).unwrap_or_default();
    let result = [0xA2, 3, 2, 1, 1, 0xA3, 5, 0xA1, 3, 2, 1, 2];
    let response = tlv(0x61, &[&[0x80, 2, 7, 0x80], &tlv(0xA1, &[&tlv(6, &[context])]), &result]);
    let external = tlv(0x28, &[&[6, 7, 0, 0x11, 0x86, 5, 1, 1, 1], &tlv(0xA0, &[&response])]);
    let refused = if context.is_empty() { Vec::new() } else { tlv(0x6B, &[&external]) };
    vec![
        tlv(0x67, &[&dtid, &refused]),
        tlv(0x67, &[&dtid, &[0x4A, 1, 2]]),
        tlv(0x64, &[&dtid, &refused, &portion]),
        tlv(0x65, &[&otid, &dtid, &refused, &portion]),
    ]
}

pub fn tlv(tag: u8, contents: &[&[u8]]) -> Vec<u8> {
    let value = contents.concat();
    let length = match value.len() {
        len @ 0..=127 => vec![len as u8],
        len => vec![0x81, u8::try_from(len).unwrap()],
    };
    [&[tag][..], &length, &value].concat()
}

/// Reads octets and sees that nothing about them is odd.
pub fn read(octets: &[u8]) -> Message<'_> {
    let message = Message::parse(octets).expect("a message");
    assert!(message.fault.is_none() && message.anomalies.is_empty(), "{octets:02x?}");
    for component in message.components() {
        let component = component.expect("a component");
        assert!(component.fault.is_none() && component.anomalies.is_empty(), "{octets:02x?}");
    }
    message
}

fn is_request(dialogue: &Dialogue) -> bool {
    made(dialogue, bounce).is_some()
}

#[test]
fn a_request_with_a_dialogue_asks_for_a_version_nobody_has_and_for_nothing_else() {
    let mut count = 0;
    for dialogue in all() {
        let before = Message::parse(&dialogue.tcap).unwrap();
        let is_named = before.dialogue.is_some_and(|it| it.kind == Some(DialogueKind::Request));
        if before.kind != MessageKind::Begin || !is_named {
            continue;
        }
        let bounced = made(&dialogue, bounce).unwrap();
        let after = Message::parse(&bounced).unwrap();
        assert_eq!((after.kind, after.otid, after.components), (MessageKind::Begin, before.otid, None));
        let (was, is) = (before.dialogue.unwrap(), after.dialogue.unwrap());
        let (asked, foreign) = (was.application_context.unwrap(), is.application_context.unwrap());
        assert_eq!(foreign.split_last(), asked.split_last().map(|(_, arcs)| (&99, arcs)));
        let rest = |it: sluice_wire::tcap::Dialogue<'_>| {
            (it.kind, it.protocol_version, it.user_information.map(<[u8]>::to_vec))
        };
        assert_eq!(rest(is), rest(was));
        count += 1;
    }
    assert!(count > 200, "{count}");
}

#[test]
fn a_request_under_way_asks_for_an_operation_nobody_has_and_a_first_one_for_a_context() {
    let (mut begins, mut continues) = (0, 0);
    for dialogue in all() {
        let before = Message::parse(&dialogue.tcap).unwrap();
        let Some(bounced) = made(&dialogue, bounce) else { continue };
        let after = Message::parse(&bounced).unwrap();
        if after.kind == MessageKind::Begin {
            let context = after.dialogue.and_then(|dialogue| dialogue.application_context);
            assert!(after.components.is_none() && context.is_some_and(|context| context.ends_with(&[99])));
            begins += usize::from(before.dialogue.is_none());
            continue;
        }
        assert_eq!((after.kind, after.otid, after.dtid), (before.kind, before.otid, before.dtid));
        assert_eq!(after.dialogue, before.dialogue.filter(|_| before.kind == MessageKind::Continue));
        let ids = |components: &[Component<'_>]| -> Vec<_> {
            components.iter().filter(|c| c.kind == ComponentKind::Invoke).map(|c| c.invoke_id).collect()
        };
        let now = components(&after);
        assert_eq!(ids(&now), ids(&components(&before)));
        assert_eq!(now.len(), ids(&now).len());
        for invoke in now {
            assert_eq!((invoke.operation, invoke.parameter, invoke.fault), (Some(Code::Local(127)), None, None));
        }
        continues += usize::from(after.kind == MessageKind::Continue);
    }
    assert!(begins >= 10 && continues >= 10, "{begins} {continues}");
}

#[test]
fn whatever_way_a_destination_refuses_its_originator_is_told_what_the_policy_says() {
    let mut count = 0;
    for dialogue in all().iter().filter(|dialogue| is_request(dialogue)) {
        let before = Message::parse(&dialogue.tcap).unwrap();
        let bounced = made(dialogue, bounce).unwrap();
        for answer in ANSWERS {
            let asked = asked(dialogue, answer).unwrap();
            for refusal in refusals_of(&bounced) {
                let reply = Message::parse(&refusal).unwrap();
                let mut out = [0; 512];
                let Some(len) = asked.answered(&reply, &components(&reply), &mut out) else {
                    panic!("{answer:?} for {:02x?} after {refusal:02x?}", dialogue.tcap);
                };
                let told = read(&out[..len.unwrap()]);
                assert_eq!(told.dtid.map(|id| id.octets()), before.otid.map(|id| id.octets()));
                let answer = as_told(&reply, answer);
                check_kind(&told, &reply, answer);
                check_dialogue(&told, &before, dialogue, answer);
                check_components(&told, &before, dialogue, answer);
                count += 1;
            }
        }
    }
    assert!(count > 5_000, "{count}");
}

/// An Abort to an originator whose destination goes on would leave that one's transaction open.
fn as_told(reply: &Message<'_>, answer: Answer) -> Answer {
    let goes_on = reply.kind == MessageKind::Continue && answer == Answer::Abort;
    if goes_on { Answer::Error(34) } else { answer }
}

fn check_kind(told: &Message<'_>, reply: &Message<'_>, answer: Answer) {
    let expected = match (answer, reply.kind) {
        (Answer::Abort, _) => MessageKind::Abort,
        (_, MessageKind::Continue) => MessageKind::Continue,
        _ => MessageKind::End,
    };
    assert_eq!(told.kind, expected);
    assert_eq!(told.otid, reply.otid.filter(|_| expected == MessageKind::Continue));
}

/// The dialogue is accepted exactly where it was asked for; it is the user who aborts it where there is one.
fn check_dialogue(told: &Message<'_>, before: &Message<'_>, of: &Dialogue, answer: Answer) {
    let context =
        before.dialogue.filter(|it| it.kind == Some(DialogueKind::Request)).and_then(|it| it.application_context);
    let has_one = if before.kind == MessageKind::Begin { context.is_some() } else { !of.context.is_empty() };
    match (told.dialogue, answer) {
        (Some(dialogue), Answer::Abort) => {
            assert!(has_one && told.is_user_abort());
            assert_eq!((dialogue.kind, dialogue.abort_source), (Some(DialogueKind::Abort), Some(0)));
        }
        (None, Answer::Abort) => assert!(!has_one && told.p_abort_cause == Some(4)),
        (Some(dialogue), _) => {
            assert_eq!((dialogue.kind, dialogue.result), (Some(DialogueKind::Response), Some(0)));
            assert_eq!((dialogue.application_context, before.kind), (context, MessageKind::Begin));
            assert!(context.is_some());
        }
        (None, _) => assert!(context.is_none() || before.kind == MessageKind::Continue),
    }
}

/// Every request is answered, once, as its operation is in its version.
fn check_components(told: &Message<'_>, before: &Message<'_>, of: &Dialogue, answer: Answer) {
    let mut answers = components(told).into_iter();
    let version = of.context.last().copied().unwrap_or(1);
    for (invoke, operation) in components(before).iter().zip(&of.operations) {
        let operation = i16::try_from(operation.unwrap_or(-1)).unwrap();
        if invoke.kind != ComponentKind::Invoke || answer == Answer::Abort || matches!(operation, 48 | 49 | 63) {
            continue;
        }
        let told = answers.next().expect("an answer");
        assert_eq!(told.invoke_id, invoke.invoke_id);
        match (told.kind, told.error) {
            (ComponentKind::ReturnResultLast, None) => {
                assert!(answer == Answer::Acknowledge && told.parameter.is_none() && operation != 45);
            }
            (ComponentKind::ReturnError, Some(Code::Local(code))) => {
                assert!(legal_errors(operation, version).contains(&(code as u8)), "{operation} {version} {code}");
                let is_other = answer != Answer::Error(code as u8);
                assert!(!is_other || code == 27 || code == 36 || code == 34, "{answer:?} became {code}");
            }
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(answers.next(), None);
}

#[test]
fn a_continued_dialogue_is_answered_only_where_its_request_was_refused() {
    let mut count = 0;
    for dialogue in all().iter().filter(|dialogue| is_request(dialogue)) {
        if Message::kind_of(&dialogue.tcap) != Ok(MessageKind::Continue) {
            continue;
        }
        let asked = asked(dialogue, Answer::Error(34)).unwrap();
        let otid = tlv(0x49, &[Message::parse(&dialogue.tcap).unwrap().otid.unwrap().octets()]);
        for components_of in [&[][..], &[0x6C, 8, 0xA4, 6, 2, 1, 0x55, 0x81, 1, 1], &[0x6C, 5, 0xA2, 3, 2, 1, 1]] {
            let other = tlv(0x65, &[&[0x48, 1, 7], &otid, components_of]);
            let other = Message::parse(&other).unwrap();
            assert_eq!(asked.answered(&other, &components(&other), &mut [0; 512]), None);
        }
        count += 1;
    }
    assert!(count >= 10, "{count}");
}

#[test]
fn a_message_that_is_to_say_nothing_aborts_what_nobody_has() {
    for dialogue in all() {
        let before = Message::parse(&dialogue.tcap).unwrap();
        let mut out = [0; 16];
        let len = neutral(Some(&before), 0x0102_0304, &mut out).unwrap();
        let after = read(&out[..len]);
        assert_eq!((after.kind, after.p_abort_cause, after.components), (MessageKind::Abort, Some(4), None));
        let id = after.dtid.unwrap().octets();
        match before.kind {
            MessageKind::Continue => assert_eq!(Some(id), before.dtid.map(|id| id.octets())),
            _ => assert_eq!(id, [1, 2, 3, 4]),
        }
        for room in 0..len {
            let refused = neutral(Some(&before), 1, &mut out[..room]);
            assert_eq!(refused.map_err(|error| error.reason), Err(Reason::Truncated));
        }
    }
    let (mut one, mut other) = ([0; 16], [0; 16]);
    assert_eq!(neutral(None, 7, &mut one), neutral(None, 7, &mut other));
    assert_eq!(one, other);
}

#[test]
fn an_ended_request_fits_or_is_refused() {
    for dialogue in all().iter().filter(|dialogue| is_request(dialogue)).step_by(5) {
        for answer in ANSWERS {
            let asked = asked(dialogue, answer).unwrap();
            let mut out = [0; 512];
            let len = asked.ended(&mut out).unwrap();
            for room in 0..len {
                assert_eq!(asked.ended(&mut out[..room]).map_err(|error| error.reason), Err(Reason::Truncated));
            }
        }
    }
}

#[test]
fn what_is_refused_is_remembered_in_little_room() {
    assert!(size_of::<Asked>() <= 128, "{}", size_of::<Asked>());
}
