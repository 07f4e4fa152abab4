//! A TCAP message: which dialogue it belongs to, which of its components are worth a line, and their facts.

use crate::decode;
use crate::judge::Judge;
use crate::line::{Errand, Goal, Plan, Redirected};
use crate::memory::Memory;
use crate::operation::{self, Asked};
use crate::parsed::{self, Parsed};
use crate::way::Carried;
use crate::{COMPONENTS_MAX, Engine, Scope, Scratch, Sink, facts, judge, parts};
use arrayvec::ArrayVec;
use sluice_abi::counters::{Counter, Exit};
use sluice_abi::{Facts, Field};
use sluice_track::{Addresses, ApplicationContext, Dialogue, Found, Parts};
use sluice_wire::sms::Direction;
use sluice_wire::tcap::{self, ComponentKind, Message, MessageKind};
use sluice_wire::{Anomalies, Anomaly, ber};

const KIND_MAP: u64 = 0;
const KIND_DIALOGUE: u64 = 1;

/// What the dialogue tells about a message.
#[derive(Default)]
struct Known<'d> {
    number: Option<u64>,
    context: &'d [u8],
    is_sms: bool,
    way: Option<Direction>,
    answered: Answered,
    anomalies: Anomalies,
}

/// The operation each component answers, where it names none itself.
#[derive(Clone, Copy, Default)]
struct Answered {
    operations: [i16; COMPONENTS_MAX],
    /// Bit n: the operation of component n is known.
    known: u32,
}

const _: () = assert!(COMPONENTS_MAX <= u32::BITS as usize);

impl Answered {
    #[inline]
    fn by(&self, index: usize) -> Option<i64> {
        let operation = self.operations.get(index).filter(|_| self.known >> index & 1 == 1)?;
        Some(i64::from(*operation))
    }
}

/// Moves the dialogue with the message and says what it knows; `of_others` tells that the message goes between other
/// addresses than those the dialogue has.
#[inline]
fn known_of<'d>(dialogue: &'d mut Dialogue, parsed: &Parsed<'_, '_>, of_sms: bool, of_others: bool) -> Known<'d> {
    if let Some(context) = parsed.context() {
        dialogue.context = ApplicationContext::new(context);
    }
    dialogue.is_sms |= of_sms;
    let (mut answered, mut anomalies) = (Answered::default(), Anomalies::NONE);
    anomalies.note_if(of_others, Anomaly::DialogueAddress);
    for (index, component) in parsed.components.iter().enumerate() {
        match (component.kind, component.invoke_id, component.operation.and_then(operation::number)) {
            (ComponentKind::Invoke, Some(id), Some(operation)) => dialogue.remember(id, operation),
            (kind, Some(id), named) => {
                let operation = if named.is_none() { dialogue.operation_of(id) } else { None };
                if let (Some(operation), Some(slot)) = (operation, answered.operations.get_mut(index)) {
                    *slot = operation;
                    answered.known |= 1 << index;
                } else if kind != ComponentKind::Invoke {
                    anomalies.note_if(!dialogue.is_invoked(id), Anomaly::InvokeUnknown);
                }
            }
            _ => {}
        }
    }
    Known {
        number: Some(dialogue.number),
        is_sms: dialogue.is_sms,
        way: dialogue.way,
        answered,
        anomalies,
        context: dialogue.context.octets(),
    }
}

impl Engine {
    /// Judges every component of a TCAP message that is worth a line.
    #[inline(always)]
    pub(crate) fn message(&mut self, carried: &Carried<'_>, sink: &mut impl Sink) -> Exit {
        let Some(message) = Message::ordinary(carried.sccp.data) else {
            return self.any_message(carried, sink);
        };
        let Some(component) = message.components().ordinary() else {
            return match message.components {
                Some(_) => self.any_components(carried, &message, sink),
                None => self.no_components(carried, &message, sink),
            };
        };
        let components = std::slice::from_ref(&component);
        self.parsed(carried, Parsed::ordinary(&message, components), sink)
    }

    /// A message without a component portion, in all else as practically every stack sends it.
    #[inline(never)]
    fn no_components<'a>(&mut self, carried: &Carried<'a>, message: &Message<'a>, sink: &mut impl Sink) -> Exit {
        self.parsed(carried, Parsed::ordinary(message, &[]), sink)
    }

    #[inline(never)]
    fn any_message(&mut self, carried: &Carried<'_>, sink: &mut impl Sink) -> Exit {
        match Message::parse(carried.sccp.data) {
            Ok(message) => self.any_components(carried, &message, sink),
            Err(error) => decode::exit_of_tcap(carried.sccp, error),
        }
    }

    #[inline(never)]
    fn any_components<'a>(&mut self, carried: &Carried<'a>, message: &Message<'a>, sink: &mut impl Sink) -> Exit {
        let mut components = ArrayVec::new_const();
        let (fault, mut anomalies) = parsed::components(message, &mut components);
        anomalies.add(message.anomalies);
        anomalies.add(ber::deviations(carried.sccp.data));
        self.parsed(carried, Parsed { message, components: &components, fault, anomalies, is_scanned: true }, sink)
    }

    /// Judges every component that is worth a line.
    #[inline(never)]
    fn parsed<'a>(&mut self, carried: &Carried<'a>, parsed: Parsed<'_, 'a>, sink: &mut impl Sink) -> Exit {
        let all = self.settings.scope == Scope::AllMap;
        let context = parsed.context();
        // One that names neither user nor operation may be of anybody: version 1 of MAP begins so.
        let is_bare = parsed.message.kind == MessageKind::Begin && context.is_none() && parsed.components.is_empty();
        let of_sms = context.is_some_and(operation::is_sms_context) || parsed.has_sms_operation();
        match context.and_then(other_user).filter(|_| !all) {
            // A name that nobody knows hides no short message: a receiver may not look at it.
            Some(Exit::NotSms) if of_sms || screens(carried) && parsed.has_screened_operation() => {}
            Some(other) => return self.of_other_user(carried, &parsed, other),
            None => {}
        }
        let now_ns = carried.way.input.time_ns;
        if self.is_shed(carried, parsed.message.kind, of_sms) {
            return Exit::Screened;
        }
        let errand = self.line.as_mut().and_then(|line| line.errand(carried, &parsed));
        let errand = errand.as_ref();
        let found = match errand {
            Some(errand) if errand.goal == Goal::FromUs => self.dialogue_of_ours(carried, &parsed, errand),
            _ => self.tables.dialogue(parsed.message, carried, of_sms || all || is_bare, now_ns),
        };
        let Self { tables, scratch, judge, line, .. } = self;
        if let Some(line) = line
            && line.answer(carried, &parsed, errand)
        {
            sink.count(Counter::AnswersGiven, 1);
            tables.close(parsed.message.kind, found);
            return Exit::Answered;
        }
        let (dialogue, parts, memory) = tables.at_beside_messages(found);
        let known = match dialogue {
            Some(dialogue) => {
                let others = found.is_some_and(|found| found.addresses() == Addresses::Other);
                known_of(dialogue, &parsed, of_sms, others)
            }
            None => Known { is_sms: of_sms, anomalies: not_seen_to_open(parsed.message.kind), ..Known::default() },
        };
        let screens = !all && screens(carried) && parsed.has_screened_operation();
        let is_later = !all && context.is_none() && !known.context.is_empty();
        let exit = if is_later && let Some(other) = other_user(known.context) {
            other
        } else if known.is_sms || all || screens || errand.is_some() {
            let before = known.way;
            let lines = Lines { carried, parsed: &parsed, known: &known, errand, all, screens };
            let mut plan = Plan::new(line.as_deref_mut(), &lines);
            let (exit, way) = lines.judge(scratch, judge, Past { parts, memory }, &mut plan, sink);
            plan.route_home(sink);
            if way != before {
                tables.remember_way(found, way);
            }
            exit
        } else if parsed.message.fault.is_some() || parsed.fault.is_some() {
            Exit::MalformedTcap
        } else {
            Exit::NotSms
        };
        tables.close(parsed.message.kind, found);
        exit
    }

    /// The dialogue of a node that the originator knows by our number.
    #[inline(never)]
    fn dialogue_of_ours(&mut self, carried: &Carried<'_>, parsed: &Parsed<'_, '_>, errand: &Errand) -> Option<Found> {
        let mut redirected = Redirected::new();
        let sccp = redirected.sccp(Some(errand), carried.sccp)?;
        let (way, msu) = (carried.way, carried.msu);
        self.tables.dialogue(parsed.message, &Carried { way, msu, sccp: &sccp }, true, way.input.time_ns)
    }

    /// A message of another user. Its dialogue is followed, for later messages do not say whose they are; one of a user
    /// without a name is not, lest a name that nobody knows hides what comes later.
    #[inline(never)]
    fn of_other_user(&mut self, carried: &Carried<'_>, parsed: &Parsed<'_, '_>, exit: Exit) -> Exit {
        let (kind, is_known) = (parsed.message.kind, exit != Exit::NotSms);
        let found = self.tables.dialogue(parsed.message, carried, is_known, carried.way.input.time_ns);
        if let (MessageKind::Begin, Some(context), Some(dialogue)) = (kind, parsed.context(), self.tables.at(found)) {
            dialogue.context = ApplicationContext::new(context);
        }
        self.tables.close(kind, found);
        exit
    }
}

/// How a message leaves whose application context belongs to another user of TCAP.
#[inline(always)]
fn other_user(context: &[u8]) -> Option<Exit> {
    if operation::is_map_context(context) {
        return None;
    }
    Some(match tcap::user_of_context(context) {
        tcap::User::Cap => Exit::Cap,
        tcap::User::Inap => Exit::Inap,
        // MAP's in an odd form: its dialogue says so.
        tcap::User::Map => return None,
        tcap::User::Other => Exit::NotSms,
    })
}

/// Whether the policy has rules about operations that are none of short messages, or about what only they tell: where
/// a subscriber is.
#[inline(always)]
fn screens(carried: &Carried<'_>) -> bool {
    carried.way.policy.is_some_and(|policy| SCREENED.iter().any(|&field| policy.reads(field)))
}

/// What such rules read.
const SCREENED: [Field; 5] =
    [Field::MapCategory, Field::SubscriberNode, Field::SubscriberImsi, Field::SubscriberAge, Field::SubscriberSpeed];

/// What is amiss with a message whose dialogue is not known.
const fn not_seen_to_open(kind: MessageKind) -> Anomalies {
    match kind {
        MessageKind::Begin | MessageKind::Unidirectional => Anomalies::NONE,
        _ => Anomalies::of(Anomaly::DialogueUnknown),
    }
}

/// What the lines of one message are made from.
pub struct Lines<'c> {
    /// The message and all that is around it.
    pub carried: &'c Carried<'c>,
    /// Its components.
    pub parsed: &'c Parsed<'c, 'c>,
    known: &'c Known<'c>,
    /// What home routing has to do with it.
    pub errand: Option<&'c Errand>,
    /// Every component is worth a line.
    all: bool,
    /// Requests between networks are put before the rules, and are worth a line where one matches.
    screens: bool,
}

/// What came before.
struct Past<'t> {
    parts: &'t mut Parts,
    memory: &'t mut Memory,
}

impl<'c> Lines<'c> {
    /// The operation of each component, its own or that of the request it answers.
    pub fn operations(&self, operations: &mut [Option<i64>; COMPONENTS_MAX]) {
        for (index, (component, operation)) in self.parsed.components.iter().zip(operations).enumerate() {
            *operation = component.operation.and_then(operation::number).or(self.known.answered.by(index));
        }
    }

    /// The application context of the dialogue.
    pub fn context(&self) -> &'c [u8] {
        self.parsed.context().unwrap_or(self.known.context)
    }

    /// One line for every component that is worth one; one for a message of the dialogue that has none. Says which
    /// way the short message goes.
    #[inline]
    fn judge(
        &self,
        scratch: &'c mut [Scratch; COMPONENTS_MAX],
        judge: &Judge,
        past: Past<'_>,
        plan: &mut Plan<'_>,
        sink: &mut impl Sink,
    ) -> (Exit, Option<Direction>) {
        let Past { parts, memory } = past;
        let Self { parsed, known, .. } = *self;
        let policy = self.carried.way.policy;
        let mut facts: Facts<'c> = Facts::new();
        self.base(&mut facts);
        let context = parsed.context().unwrap_or(known.context);
        // The components of another user are none of MAP's, whatever their numbers.
        let is_foreign = self.all
            && match context {
                [] => decode::is_to_cap(self.carried.sccp),
                context => matches!(other_user(context), Some(Exit::Cap | Exit::Inap)),
            };
        if parsed.components.is_empty() || is_foreign {
            facts.set(Field::Kind, KIND_DIALOGUE);
            let [scratch, ..] = scratch;
            judge.judge(&mut facts, policy, memory, (&mut scratch.texts, &mut scratch.judgement), plan, sink);
            return (Exit::Judged, None);
        }
        facts.set(Field::Kind, KIND_MAP);
        let base = *facts.present();
        let (mut exit, mut way) = (Exit::NotSms, known.way);
        for (index, (component, scratch)) in parsed.components.iter().zip(scratch).enumerate() {
            let Scratch { decoded, joined_text, texts, judgement } = scratch;
            let answered = known.answered.by(index);
            let operation = component.operation.and_then(operation::number).or(answered);
            let is_line = self.all || operation.map_or(known.is_sms, operation::is_sms);
            let is_screened = self.screens && operation::is_screened(component.kind, operation);
            if !is_line && !is_screened {
                continue;
            }
            if index > 0 {
                facts.keep(&base);
            }
            facts::component(&mut facts, component, index);
            if let (None, Some(operation)) = (component.operation, answered) {
                facts.set_signed(Field::MapOpOfInvoke, operation);
            }
            let asked = Asked { operation, context, way, is_scanned: parsed.is_scanned };
            way = operation::facts(&mut facts, component, &asked, decoded);
            if facts.has(Field::SmsConcatTotal) {
                parts::join(&mut facts, parts, joined_text, self.carried.way.input.time_ns);
            }
            let room = (texts, judgement);
            if is_line {
                judge.judge(&mut facts, policy, memory, room, plan, sink);
                exit = Exit::Judged;
            } else {
                exit = exit.max(judge.screen(&mut facts, policy, memory, room, plan, sink));
            }
        }
        (exit, way)
    }

    /// What all lines of the message have in common.
    #[inline]
    fn base(&self, facts: &mut Facts<'c>) {
        let input = self.carried.way.input;
        facts::frame(facts, input);
        facts::carried(facts, self.carried);
        facts::message(facts, self.parsed);
        facts.note(self.known.anomalies);
        judge::direction(facts, input.side);
        facts.set_some(Field::HomeId, self.errand.and_then(Errand::id_fact));
        if let Some(number) = self.known.number {
            facts.set(Field::Dialogue, number);
        }
        if self.parsed.context().is_none() && !self.known.context.is_empty() {
            facts.set_octets(Field::DialogueAc, self.known.context);
        }
    }
}
