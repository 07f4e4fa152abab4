//! The node that asks: it opens dialogues, takes their answers, closes them, and ends those that nobody answered.
//!
//! Time comes in, messages go out; nothing here knows of sockets or clocks.

use crate::carry::{self, Route};
use crate::log::{self, Counts, Line};
use crate::map;
use crate::outcome::{Outcome, accepts};
use crate::plan::{Opening, Plan};
use crate::sctp::Statistics;
use crate::wanted::Wanted;
use std::collections::{HashMap, VecDeque};
use tcap::{
    Abort, AbortSource, Begin, Component, Continue, DialoguePortion, End, Invoke, OperationCode, TcapMessage,
    TransactionId,
};

/// What is asked, and how.
#[derive(Clone, Copy, Debug)]
pub struct Settings {
    /// What all messages follow from.
    pub seed: u64,
    /// How many there are.
    pub messages: u32,
    /// Dialogues that wait for an answer at a time; those that are to be discarded are not counted.
    pub open_max: usize,
    /// How long one waits, in milliseconds.
    pub patience_ms: u64,
    /// Whether the policy is in force.
    pub is_edited: bool,
}

/// A message to be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outgoing {
    /// By the stream of this number.
    pub lane: u16,
    /// The user message.
    pub octets: Vec<u8>,
    /// In several chunks.
    pub is_fragmented: bool,
    /// Not before it can share a packet.
    pub is_bundled: bool,
}

struct Dialogue {
    plan: Plan,
    /// The destination's transaction id, once it has given one.
    remote: Option<TransactionId>,
    /// Whether the request has been sent.
    has_asked: bool,
}

/// The node.
pub struct Originator {
    settings: Settings,
    next: u32,
    dialogues: HashMap<u32, Dialogue>,
    waiting: usize,
    timers: VecDeque<(u64, u32)>,
    /// How each dialogue ended, by its number.
    outcomes: Vec<Option<Outcome>>,
    /// Messages for no dialogue, and what they were.
    unexpected: Vec<String>,
}

impl Originator {
    /// A node that has not asked anything yet.
    pub fn new(settings: Settings) -> Self {
        Self {
            settings,
            next: 0,
            dialogues: HashMap::new(),
            waiting: 0,
            timers: VecDeque::new(),
            outcomes: vec![None; settings.messages as usize],
            unexpected: Vec::new(),
        }
    }

    /// Whether every dialogue has ended.
    pub fn is_done(&self) -> bool {
        self.next == self.settings.messages && self.dialogues.is_empty()
    }

    /// Opens the next dialogue, unless enough are open.
    pub fn ask(&mut self, now_ms: u64) -> Option<Outgoing> {
        if self.next == self.settings.messages || self.waiting >= self.settings.open_max {
            return None;
        }
        let plan = Plan::of(self.settings.seed, self.next);
        let has_asked = plan.opening == Opening::Request;
        let begin = TcapMessage::Begin(Begin {
            otid: plan.transaction().into(),
            dialogue_portion: plan.has_dialogue.then(|| DialoguePortion::aarq(&plan.context())),
            components: has_asked.then(|| vec![invoke(&plan)]),
        });
        let outgoing = outgoing(&plan, &begin, has_asked);
        self.next += 1;
        self.waiting += usize::from(self.is_waited_for(&plan));
        self.timers.push_back((now_ms + self.settings.patience_ms, plan.number));
        self.dialogues.insert(plan.number, Dialogue { plan, remote: None, has_asked });
        Some(outgoing)
    }

    /// Takes a user message of SCTP; gives what is to be sent in answer.
    pub fn receive(&mut self, octets: &[u8]) -> Option<Outgoing> {
        let message = match carry::open(octets).and_then(|(_, tcap)| Ok(tcap::decode(&tcap)?)) {
            Ok(message) => message,
            Err(error) => return self.surprise(format!("unreadable: {error}; {}", hex(octets))),
        };
        let Some(number) = number_of(&message).filter(|number| self.dialogues.contains_key(number)) else {
            return self.surprise(format!("for no dialogue: {}", hex(octets)));
        };
        match message {
            TcapMessage::Continue(message) => self.go_on(number, &message),
            TcapMessage::End(message) => {
                let dialogue = &self.dialogues[&number];
                let outcome = self.answer(dialogue, message.dialogue_portion.as_ref(), message.components.as_deref());
                self.end(number, outcome);
                None
            }
            TcapMessage::Abort(message) => {
                let outcome = Outcome::of_abort(&self.dialogues[&number].plan, &message);
                self.end(number, outcome);
                None
            }
            other => self.surprise(format!("{other}: {}", hex(octets))),
        }
    }

    /// Ends a dialogue that nobody has answered in time. The destination is told, if it has said who it is.
    pub fn expire(&mut self, now_ms: u64) -> Option<Outgoing> {
        while let Some(&(_, number)) = self.timers.front().filter(|(due_ms, _)| *due_ms <= now_ms) {
            self.timers.pop_front();
            let Some(dialogue) = self.end(number, Outcome::Nothing) else { continue };
            let Some(remote) = dialogue.remote else { continue };
            let why = dialogue.plan.has_dialogue.then(|| DialoguePortion::abrt(AbortSource::DialogueServiceUser));
            let abort = TcapMessage::Abort(Abort::u_abort(remote, why));
            return Some(outgoing(&dialogue.plan, &abort, false));
        }
        None
    }

    /// What it writes down at its end.
    pub fn written_down(&self, is_lost: bool, took_ms: u64, sctp: Statistics) -> Vec<Line> {
        let Settings { seed, messages, .. } = self.settings;
        let (open, unexpected) = (self.dialogues.len(), self.unexpected.len());
        let role = "originator".to_owned();
        let counts = Counts { role, seed, messages, open, unexpected, is_lost, took_ms, sctp, ..Counts::default() };
        let ended = self.outcomes.iter().zip(0..).filter_map(|(got, n)| Some(Line::Ended { n, got: got.clone()? }));
        let open = self.dialogues.keys().map(|n| Line::Open { n: *n });
        log::lines(ended.chain(open), &self.unexpected, counts)
    }

    fn go_on(&mut self, number: u32, message: &Continue) -> Option<Outgoing> {
        let dialogue = &self.dialogues[&number];
        if dialogue.has_asked {
            let outcome = self.answer(dialogue, message.dialogue_portion.as_ref(), message.components.as_deref());
            let plan = self.end(number, outcome)?.plan;
            let end = End { dtid: message.otid.clone(), dialogue_portion: None, components: None };
            return Some(outgoing(&plan, &TcapMessage::End(end), false));
        }
        if let Err(why) = accepts(&dialogue.plan, message.dialogue_portion.as_ref()) {
            self.end(number, Outcome::Wrong(why));
            return None;
        }
        let dialogue = self.dialogues.get_mut(&number)?;
        dialogue.remote = Some(message.otid.clone());
        dialogue.has_asked = true;
        let request = TcapMessage::Continue(Continue {
            otid: message.dtid.clone(),
            dtid: message.otid.clone(),
            dialogue_portion: None,
            components: Some(vec![invoke(&dialogue.plan)]),
        });
        Some(outgoing(&dialogue.plan, &request, true))
    }

    fn answer(&self, dialogue: &Dialogue, portion: Option<&DialoguePortion>, parts: Option<&[Component]>) -> Outcome {
        let plan = &dialogue.plan;
        let is_first = dialogue.remote.is_none();
        match (is_first, portion) {
            (true, portion) => {
                if let Err(why) = accepts(plan, portion) {
                    return Outcome::Wrong(why);
                }
            }
            (false, Some(_)) => return Outcome::Wrong("a second dialogue portion".to_owned()),
            (false, None) => {}
        }
        match parts {
            Some([component]) if dialogue.has_asked => Outcome::of_component(plan, component),
            other => Outcome::Wrong(format!("{} components", other.map_or(0, <[_]>::len))),
        }
    }

    fn end(&mut self, number: u32, outcome: Outcome) -> Option<Dialogue> {
        let dialogue = self.dialogues.remove(&number)?;
        self.waiting -= usize::from(self.is_waited_for(&dialogue.plan));
        self.outcomes[number as usize] = Some(outcome);
        Some(dialogue)
    }

    fn is_waited_for(&self, plan: &Plan) -> bool {
        !self.settings.is_edited || plan.wanted != Wanted::Discard
    }

    fn surprise(&mut self, what: String) -> Option<Outgoing> {
        self.unexpected.push(what);
        None
    }
}

/// Octets as text.
pub fn hex(octets: &[u8]) -> String {
    octets.iter().map(|octet| format!("{octet:02x}")).collect()
}

fn number_of(message: &TcapMessage) -> Option<u32> {
    let id = message.dtid()?;
    let value = id.iter().fold(0u32, |value, octet| value << 8 | u32::from(*octet));
    value.checked_sub(1)
}

fn invoke(plan: &Plan) -> Component {
    Component::Invoke(Invoke {
        invoke_id: plan.invoke_id,
        linked_id: None,
        operation_code: OperationCode::Local(plan.opcode()),
        parameter: Some(map::parameter(map::argument(plan))),
    })
}

fn outgoing(plan: &Plan, message: &TcapMessage, is_request: bool) -> Outgoing {
    let tcap = tcap::encode(message).expect("a message made here");
    Outgoing {
        lane: plan.lane,
        octets: Route::of(plan).carry(tcap),
        is_fragmented: is_request && plan.is_fragmented,
        is_bundled: plan.is_bundled,
    }
}
