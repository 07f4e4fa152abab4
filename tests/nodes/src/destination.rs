//! The node that is asked: a MAP responder that keeps to the rules, whatever comes.
//!
//! | comes | goes back |
//! |---|---|
//! | Begin with an application context it does not have | Abort with a refusing AARE, or with ABRT (it takes turns) |
//! | Begin without components | Continue |
//! | a request | its result or an error, in an End |
//! | an operation it does not have | Reject in an End, or in a Continue, after which the originator ends (turns) |
//! | anything for a transaction it does not have | nothing for an Abort or an End, else Abort |
//! | what is for the originator | the same: it stands where a transfer point would |
//! | what TCAP cannot read | the Abort or Reject that Q.774 asks for |

use crate::carry::{self, Route};
use crate::log::{self, Counts, Line};
use crate::map;
use crate::originator::{Outgoing, hex};
use crate::plan::Plan;
use crate::sctp::Statistics;
use gsm_map::application_context as context;
use rasn::types::ObjectIdentifier;
use std::collections::HashMap;
use tcap::{
    Abort, AbortSource, AssociateSourceDiagnostic, Begin, Component, Continue, Decoded, DialoguePdu, DialoguePortion,
    End, ErrorCode, Invoke, InvokeProblem, OperationCode, PAbortCause, Reject, ReturnError, ReturnResult,
    ReturnResultValue, TcapMessage, TransactionId,
};

/// What came of requests with one number.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Delivered {
    /// How many came.
    pub times: u32,
    /// How many of them were not as their originator meant them.
    pub damaged: u32,
}

/// Counts of what was not a request.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Oddities {
    /// Application contexts it does not have.
    contexts_refused: u32,
    /// Operations it does not have.
    operations_refused: u32,
    /// Aborts for no transaction.
    aborts_ignored: u32,
    /// Messages for the originator.
    routed_back: u32,
}

/// The node.
pub struct Destination {
    seed: u64,
    /// What its next answer with a choice is to be; the low bit decides.
    turn: u32,
    last_id: u32,
    dialogues: HashMap<u32, Dialogue>,
    /// Requests, by their number.
    delivered: Vec<Delivered>,
    oddities: Oddities,
    /// What no correct originator sends.
    unexpected: Vec<String>,
}

struct Dialogue {
    originator: TransactionId,
}

/// A dialogue in which something came.
struct At {
    originator: TransactionId,
    own: Option<u32>,
    /// The dialogue portion of the first answer.
    portion: Option<DialoguePortion>,
}

impl Destination {
    /// A node that has not been asked yet.
    pub fn new(seed: u64, messages: u32) -> Self {
        Self {
            seed,
            turn: 0,
            last_id: 0x8000_0000,
            dialogues: HashMap::new(),
            delivered: vec![Delivered::default(); messages as usize],
            oddities: Oddities::default(),
            unexpected: Vec::new(),
        }
    }

    /// Takes a user message of SCTP; gives what is to be sent in answer.
    pub fn receive(&mut self, octets: &[u8]) -> Option<Outgoing> {
        let (route, tcap) = match carry::open(octets) {
            Ok(opened) => opened,
            Err(error) => return self.surprise(format!("unreadable: {error}; {}", hex(octets))),
        };
        if route.is_back() {
            self.oddities.routed_back += 1;
            let (lane, octets) = (route.lane(), octets.to_vec());
            return Some(Outgoing { lane, octets, is_fragmented: false, is_bundled: true });
        }
        let answer = match tcap::decode_detailed(&tcap) {
            Decoded::Complete(message) => self.answer(message),
            Decoded::Problem(problem) => {
                self.surprise(format!("{}; {}", problem.detail, hex(octets)));
                problem.abort().map(TcapMessage::Abort)
            }
        }?;
        Some(outgoing(route, &answer))
    }

    /// What it writes down at its end.
    pub fn written_down(&self, is_lost: bool, took_ms: u64, sctp: Statistics) -> Vec<Line> {
        let counts = Counts {
            role: "destination".to_owned(),
            seed: self.seed,
            messages: self.delivered.len() as u32,
            open: self.dialogues.len(),
            unexpected: self.unexpected.len(),
            contexts_refused: self.oddities.contexts_refused,
            operations_refused: self.oddities.operations_refused,
            aborts_ignored: self.oddities.aborts_ignored,
            routed_back: self.oddities.routed_back,
            is_lost,
            took_ms,
            sctp,
        };
        let came = self.delivered.iter().zip(0..).filter(|(delivered, _)| delivered.times > 0);
        let lines = came.map(|(d, n)| Line::Delivered { n, times: d.times, damaged: d.damaged });
        let open = self.dialogues.values().filter_map(|dialogue| value(&dialogue.originator).checked_sub(1));
        log::lines(lines.chain(open.map(|n| Line::Open { n })), &self.unexpected, counts)
    }

    fn answer(&mut self, message: TcapMessage) -> Option<TcapMessage> {
        self.turn += 1;
        match message {
            TcapMessage::Begin(begin) => self.begin(begin),
            TcapMessage::Continue(message) => self.go_on(message),
            TcapMessage::End(end) => {
                if self.forget(&end.dtid).is_none() {
                    self.surprise(format!("an End for no transaction: {}", hex(&end.dtid)));
                }
                None
            }
            TcapMessage::Abort(abort) => {
                self.oddities.aborts_ignored += u32::from(self.forget(&abort.dtid).is_none());
                None
            }
            TcapMessage::Unidirectional(_) => {
                self.surprise("a Unidirectional".to_owned());
                None
            }
        }
    }

    fn begin(&mut self, begin: Begin) -> Option<TcapMessage> {
        let context = match begin.dialogue_portion.as_ref().map(DialoguePortion::dialogue_pdu) {
            None => None,
            Some(Ok(Some(DialoguePdu::Aarq { application_context_name, .. }))) => Some(application_context_name),
            Some(other) => {
                self.surprise(format!("a Begin with {other:?}"));
                return Some(TcapMessage::Abort(Abort::u_abort(
                    begin.otid,
                    Some(DialoguePortion::abnormal_dialogue()),
                )));
            }
        };
        if context.as_ref().is_some_and(|context| !is_known(context)) {
            return Some(self.refuse(begin.otid, &context?));
        }
        let portion = context.map(|context| DialoguePortion::aare_accept(&context));
        let at = At { originator: begin.otid, own: None, portion };
        match begin.components.as_deref() {
            None => Some(self.accept(at, None)),
            Some(components) => self.components(at, components),
        }
    }

    fn go_on(&mut self, message: Continue) -> Option<TcapMessage> {
        let own = value(&message.dtid);
        if !self.dialogues.contains_key(&own) {
            self.surprise(format!("a Continue for no transaction: {}", hex(&message.dtid)));
            let cause = PAbortCause::UNRECOGNIZED_TRANSACTION_ID;
            return Some(TcapMessage::Abort(Abort::p_abort(message.otid, cause)));
        }
        if message.dialogue_portion.is_some() {
            self.surprise("a second dialogue portion".to_owned());
        }
        if self.dialogues[&own].originator != message.otid {
            self.surprise(format!("another originating id: {}", hex(&message.otid)));
        }
        let at = At { originator: message.otid, own: Some(own), portion: None };
        self.components(at, message.components.as_deref().unwrap_or_default())
    }

    fn components(&mut self, at: At, components: &[Component]) -> Option<TcapMessage> {
        match components {
            [Component::Invoke(invoke)] => Some(self.invoked(at, invoke)),
            other => {
                self.surprise(format!("{} components: {other:?}", other.len()));
                Some(self.last(at, None))
            }
        }
    }

    fn invoked(&mut self, at: At, invoke: &Invoke) -> TcapMessage {
        let OperationCode::Local(code @ (44..=46)) = invoke.operation_code else {
            self.oddities.operations_refused += 1;
            let problem = InvokeProblem::UNRECOGNIZED_OPERATION;
            let reject = Component::Reject(Reject::invoke(invoke.invoke_id, problem));
            return if self.turn.is_multiple_of(2) {
                self.accept(at, Some(reject))
            } else {
                self.last(at, Some(reject))
            };
        };
        let octets = invoke.parameter.as_ref().map_or(&[][..], |parameter| parameter.as_bytes());
        let answer = match map::number_in(code, octets).filter(|number| (*number as usize) < self.delivered.len()) {
            Some(number) => self.deliver(number, invoke, octets),
            None => {
                self.surprise(format!("operation {code} without a number: {}", hex(octets)));
                Component::Reject(Reject::invoke(invoke.invoke_id, InvokeProblem::MISTYPED_PARAMETER))
            }
        };
        self.last(at, Some(answer))
    }

    fn deliver(&mut self, number: u32, invoke: &Invoke, octets: &[u8]) -> Component {
        let plan = Plan::of(self.seed, number);
        let is_intact = octets == map::argument(&plan)
            && invoke.invoke_id == plan.invoke_id
            && invoke.operation_code == OperationCode::Local(plan.opcode());
        let delivered = &mut self.delivered[number as usize];
        delivered.times += 1;
        delivered.damaged += u32::from(!is_intact);
        answer_to(&plan, invoke.invoke_id)
    }

    fn refuse(&mut self, originator: TransactionId, context: &ObjectIdentifier) -> TcapMessage {
        self.oddities.contexts_refused += 1;
        let diagnostic = AssociateSourceDiagnostic::USER_APPLICATION_CONTEXT_NAME_NOT_SUPPORTED;
        let why = match self.turn % 4 {
            0 => DialoguePortion::abrt(AbortSource::DialogueServiceUser),
            _ => DialoguePortion::aare_reject(context, diagnostic),
        };
        TcapMessage::Abort(Abort::u_abort(originator, Some(why)))
    }

    /// A Continue: the dialogue stays.
    fn accept(&mut self, at: At, component: Option<Component>) -> TcapMessage {
        let own = at.own.unwrap_or_else(|| {
            self.last_id += 1;
            self.dialogues.insert(self.last_id, Dialogue { originator: at.originator.clone() });
            self.last_id
        });
        TcapMessage::Continue(Continue {
            otid: own.to_be_bytes().to_vec().into(),
            dtid: at.originator,
            dialogue_portion: at.portion,
            components: component.map(|component| vec![component]),
        })
    }

    /// An End: the dialogue is over.
    fn last(&mut self, at: At, component: Option<Component>) -> TcapMessage {
        if let Some(own) = at.own {
            self.dialogues.remove(&own);
        }
        let components = component.map(|component| vec![component]);
        TcapMessage::End(End { dtid: at.originator, dialogue_portion: at.portion, components })
    }

    fn forget(&mut self, id: &TransactionId) -> Option<Dialogue> {
        self.dialogues.remove(&value(id))
    }

    fn surprise(&mut self, what: String) -> Option<Outgoing> {
        self.unexpected.push(what);
        None
    }
}

fn answer_to(plan: &Plan, invoke_id: i8) -> Component {
    if let Some(error) = plan.own_error {
        let parameter = map::error_parameter(plan, error).map(map::parameter);
        return Component::ReturnError(ReturnError {
            invoke_id,
            error_code: ErrorCode::Local(error.into()),
            parameter,
        });
    }
    let result = map::result(plan).map(|octets| ReturnResultValue {
        operation_code: OperationCode::Local(plan.opcode()),
        parameter: Some(map::parameter(octets)),
    });
    Component::ReturnResultLast(ReturnResult { invoke_id, result })
}

fn is_known(name: &ObjectIdentifier) -> bool {
    (1..=3).any(|version| {
        *name == context::short_msg_gateway_context(version)
            || *name == context::short_msg_mo_relay_context(version)
            || *name == context::short_msg_mt_relay_context(version)
    })
}

fn value(id: &TransactionId) -> u32 {
    id.iter().fold(0, |value, octet| value << 8 | u32::from(*octet))
}

fn outgoing(route: Route, message: &TcapMessage) -> Outgoing {
    let tcap = tcap::encode(message).expect("a message made here");
    Outgoing { lane: route.lane(), octets: route.back().carry(tcap), is_fragmented: false, is_bundled: true }
}
