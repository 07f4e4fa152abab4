//! The nodes and the check without SCTP: what goes between them passes through a function.
//!
//! Correct edits must leave no fault; each thing done wrong must be found.

use sluice_nodes::check::{Log, faults};
use sluice_nodes::destination::Destination;
use sluice_nodes::originator::{Originator, Outgoing, Settings};
use sluice_nodes::plan::Plan;
use sluice_nodes::sctp::Statistics;
use sluice_nodes::wanted::Wanted;
use sluice_nodes::{carry, map};
use std::collections::VecDeque;
use tcap::{
    Abort, AbortSource, Component, DialoguePortion, End, ErrorCode, Invoke, OperationCode, ReturnError, ReturnResult,
    TcapMessage,
};

const SEED: u64 = 7;
const MESSAGES: u32 = 600;

/// What goes on in the place of a message, and what goes back at once.
#[derive(Default)]
struct Done {
    on: Vec<Vec<u8>>,
    back: Vec<Vec<u8>>,
}

#[test]
fn without_edits_every_message_arrives_and_is_answered() {
    assert_eq!(run(false, &mut |octets, _| on(octets)), Vec::<String>::new());
}

#[test]
fn correct_edits_leave_no_fault() {
    assert_eq!(run(true, &mut edited), Vec::<String>::new());
}

#[test]
fn a_policy_that_does_nothing_is_found_out() {
    let faults = run(true, &mut |octets, _| on(octets));
    assert!(faults.iter().any(|fault| fault.starts_with("it came 1 times, not 0")));
    assert!(faults.iter().any(|fault| fault.contains("got Result") && fault.contains("RefuseResult")));
}

#[test]
fn each_thing_done_wrong_to_one_message_is_found() {
    let twice = |octets: &[u8]| Done { on: vec![octets.to_vec(); 2], back: Vec::new() };
    assert_found("it came 2 times", 0, &|plan| plan.wanted == Wanted::Pass, &twice);
    assert_found("it came 0 times", 0, &|plan| plan.wanted == Wanted::Pass, &|_| Done::default());
    assert_found("it came damaged", 0, &|plan| plan.letters > 4, &damaged);
    assert_found("got Nothing", 1, &|_| true, &|_| Done::default());
    assert_found("no dialogue", 1, &|plan| plan.wanted == Wanted::Pass, &twice);
    assert_found("unreadable", 0, &|_| true, &|octets| on(&octets[..octets.len() - 9]));
}

#[test]
fn a_log_without_its_end_is_no_proof() {
    assert_eq!(faults(&Log::default(), &Log::default(), false), ["a node did not come to its end"]);
}

/// Does something to one message with a request (way 0) or to the answer to it (way 1), and looks for the fault.
fn assert_found(what: &str, way: usize, which: &dyn Fn(&Plan) -> bool, change: &dyn Fn(&[u8]) -> Done) {
    let mut is_done = false;
    let faults = run(false, &mut |octets, at| {
        let plan = plan_of(octets).filter(|plan| plan.own_error.is_none() && which(plan));
        let is_it = !is_done && at == way && (way == 1 || plan.is_some()) && !is_opening(octets);
        is_done |= is_it;
        if is_it { change(octets) } else { on(octets) }
    });
    assert!(is_done, "nothing was changed for '{what}'");
    assert!(faults.iter().any(|fault| fault.contains(what)), "'{what}' is not among {faults:?}");
}

/// Runs all messages through what stands between the nodes; says what the check finds.
fn run(is_edited: bool, between: &mut dyn FnMut(&[u8], usize) -> Done) -> Vec<String> {
    let settings = Settings { seed: SEED, messages: MESSAGES, open_max: 8, patience_ms: 100, is_edited };
    let (mut a, mut b) = (Originator::new(settings), Destination::new(SEED, MESSAGES));
    let mut now_ms = 0;
    let mut to = [VecDeque::new(), VecDeque::new()];
    while !a.is_done() {
        match a.expire(now_ms).or_else(|| a.ask(now_ms)) {
            Some(outgoing) => to[0].push_back(outgoing.octets),
            None => now_ms += 1,
        }
        while let Some(way) = (0..2).find(|way| !to[*way].is_empty()) {
            let Some(octets) = to[way].pop_front() else { break };
            let done = between(&octets, way);
            let mut answers: Vec<Outgoing> = Vec::new();
            for octets in done.on {
                answers.extend(if way == 0 { b.receive(&octets) } else { a.receive(&octets) });
            }
            to[1 - way].extend(answers.into_iter().map(|outgoing| outgoing.octets));
            for octets in done.back {
                answers_of_originator(&mut a, &octets, &mut to[0]);
            }
        }
    }
    let log = |lines| Log::of(lines);
    let none = Statistics::default();
    faults(&log(a.written_down(false, 0, none)), &log(b.written_down(false, 0, none)), is_edited)
}

fn answers_of_originator(a: &mut Originator, octets: &[u8], to: &mut VecDeque<Vec<u8>>) {
    to.extend(a.receive(octets).map(|outgoing| outgoing.octets));
}

fn on(octets: &[u8]) -> Done {
    Done { on: vec![octets.to_vec()], back: Vec::new() }
}

fn damaged(octets: &[u8]) -> Done {
    // The last octet is of the text or of the service centre's number.
    let at = octets.iter().rposition(|octet| *octet != 0).unwrap_or(0);
    let mut octets = octets.to_vec();
    octets[at] ^= 1;
    Done { on: vec![octets], back: Vec::new() }
}

fn message(octets: &[u8]) -> TcapMessage {
    tcap::decode(&carry::open(octets).unwrap().1).unwrap()
}

fn invoke_of(message: &TcapMessage) -> Option<&Invoke> {
    match message.components() {
        [Component::Invoke(invoke)] => Some(invoke),
        _ => None,
    }
}

fn plan_of(octets: &[u8]) -> Option<Plan> {
    let message = message(octets);
    let invoke = invoke_of(&message)?;
    let OperationCode::Local(code) = invoke.operation_code else { return None };
    map::number_in(code, invoke.parameter.as_ref()?.as_bytes()).map(|number| Plan::of(SEED, number))
}

/// A Begin or a Continue without components.
fn is_opening(octets: &[u8]) -> bool {
    let message = message(octets);
    message.components().is_empty() && message.otid().is_some()
}

/// What the policy asks for, done by whoever stands between: requests are answered, results refused.
fn edited(octets: &[u8], way: usize) -> Done {
    let (route, _) = carry::open(octets).unwrap();
    let message = message(octets);
    if way == 1 {
        return refuse_result(octets, message);
    }
    let Some(plan) = plan_of(octets).filter(|plan| !plan.wanted.is_delivered()) else { return on(octets) };
    // The destination is told that a dialogue it has open is over; of others it does not know.
    let abort = message.dtid().map(|id| TcapMessage::Abort(Abort::u_abort(id.clone(), None)));
    let abort = abort.filter(|_| plan.wanted != Wanted::Discard);
    let on = abort.map(|abort| route.carry(tcap::encode(&abort).unwrap()));
    let answer = answer(&plan, &message).map(|answer| route.back().carry(tcap::encode(&answer).unwrap()));
    Done { on: on.into_iter().collect(), back: answer.into_iter().collect() }
}

fn answer(plan: &Plan, request: &TcapMessage) -> Option<TcapMessage> {
    let dtid = request.otid()?.clone();
    let error = |error: u8| {
        let parameter = map::error_parameter(plan, error).map(map::parameter);
        Component::ReturnError(ReturnError {
            invoke_id: plan.invoke_id,
            error_code: ErrorCode::Local(error.into()),
            parameter,
        })
    };
    let component = match plan.wanted {
        Wanted::Pass | Wanted::RefuseResult | Wanted::Discard => return None,
        Wanted::Abort if plan.has_dialogue => {
            let why = DialoguePortion::abrt(AbortSource::DialogueServiceUser);
            return Some(TcapMessage::Abort(Abort::u_abort(dtid, Some(why))));
        }
        Wanted::Abort => return Some(TcapMessage::Abort(Abort::p_abort(dtid, tcap::PAbortCause::RESOURCE_LIMITATION))),
        Wanted::Acknowledge if plan.opcode() == 45 => error(36),
        Wanted::Acknowledge => Component::ReturnResultLast(ReturnResult { invoke_id: plan.invoke_id, result: None }),
        Wanted::Reject(code) => error(code),
    };
    let is_first = matches!(request, TcapMessage::Begin(_));
    let dialogue_portion = (is_first && plan.has_dialogue).then(|| DialoguePortion::aare_accept(&plan.context()));
    Some(TcapMessage::End(End { dtid, dialogue_portion, components: Some(vec![component]) }))
}

fn refuse_result(octets: &[u8], message: TcapMessage) -> Done {
    let TcapMessage::End(mut end) = message else { return on(octets) };
    let Some(Component::ReturnResultLast(result)) = end.components.as_ref().and_then(|c| c.first()) else {
        return on(octets);
    };
    let number = end.dtid.iter().fold(0, |value, octet| value << 8 | u32::from(*octet)) - 1;
    if Plan::of(SEED, number).wanted != Wanted::RefuseResult {
        return on(octets);
    }
    let (invoke_id, error_code) = (result.invoke_id, ErrorCode::Local(34));
    end.components = Some(vec![Component::ReturnError(ReturnError { invoke_id, error_code, parameter: None })]);
    let (route, _) = carry::open(octets).unwrap();
    Done { on: vec![route.carry(tcap::encode(&TcapMessage::End(end)).unwrap())], back: Vec::new() }
}
