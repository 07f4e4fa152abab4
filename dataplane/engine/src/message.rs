//! A TCAP message: which dialogue it belongs to, which of its components are worth a line, and their facts.

use crate::decode::{self, Carried};
use crate::judge::Judge;
use crate::parsed::{self, Parsed};
use crate::{COMPONENTS_MAX, Engine, Input, Scope, Scratch, Sink, facts, judge, operation};
use arrayvec::ArrayVec;
use sluice_abi::counters::Exit;
use sluice_abi::{Facts, Field};
use sluice_rules::Image;
use sluice_track::{ApplicationContext, Dialogue};
use sluice_wire::sms::Direction;
use sluice_wire::tcap::{Code, ComponentKind, Message};

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
}

/// The operation each component answers, where it names none itself.
#[derive(Clone, Copy, Default)]
struct Answered {
    operations: [i16; COMPONENTS_MAX],
    /// Bit n: the operation of component n is known.
    known: u8,
}

const _: () = assert!(COMPONENTS_MAX <= u8::BITS as usize);

impl Answered {
    #[inline]
    fn by(&self, index: usize) -> Option<i64> {
        let operation = self.operations.get(index).filter(|_| self.known >> index & 1 == 1)?;
        Some(i64::from(*operation))
    }
}

/// Moves the dialogue with the message and says what it knows.
#[inline]
fn known_of<'d>(dialogue: &'d mut Dialogue, parsed: &Parsed<'_, '_>, of_sms: bool) -> Known<'d> {
    if let Some(context) = parsed.context() {
        dialogue.context = ApplicationContext::new(context);
    }
    dialogue.is_sms |= of_sms;
    let mut answered = Answered::default();
    for (index, component) in parsed.components.iter().enumerate() {
        match (component.kind, component.invoke_id, component.operation) {
            (ComponentKind::Invoke, Some(id), Some(Code::Local(operation))) => dialogue.remember(id, operation),
            (_, Some(id), None) => {
                if let (Some(operation), Some(slot)) = (dialogue.operation_of(id), answered.operations.get_mut(index)) {
                    *slot = operation;
                    answered.known |= 1 << index;
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
        context: dialogue.context.octets(),
    }
}

impl Engine {
    /// Judges every component of a TCAP message that is worth a line.
    #[inline(always)]
    pub(crate) fn message<'p>(
        &mut self,
        input: &Input<'p>,
        carried: &Carried<'_, 'p>,
        policy: Option<&Image<'p>>,
        sink: &mut impl Sink,
    ) -> Exit {
        let Some(message) = Message::ordinary(carried.sccp.data) else {
            return self.any_message(input, carried, policy, sink);
        };
        let Some(component) = message.components().ordinary() else {
            return self.any_components(input, carried, &message, policy, sink);
        };
        let parsed = Parsed { message: &message, components: std::slice::from_ref(&component), fault: None };
        self.parsed(input, carried, parsed, policy, sink)
    }

    #[inline(never)]
    fn any_message<'p>(
        &mut self,
        input: &Input<'p>,
        carried: &Carried<'_, 'p>,
        policy: Option<&Image<'p>>,
        sink: &mut impl Sink,
    ) -> Exit {
        match Message::parse(carried.sccp.data) {
            Ok(message) => self.any_components(input, carried, &message, policy, sink),
            Err(error) => decode::exit_of_tcap(error),
        }
    }

    #[inline(never)]
    fn any_components<'p>(
        &mut self,
        input: &Input<'p>,
        carried: &Carried<'_, 'p>,
        message: &Message<'p>,
        policy: Option<&Image<'p>>,
        sink: &mut impl Sink,
    ) -> Exit {
        let mut components = ArrayVec::new_const();
        let fault = parsed::components(message, &mut components);
        self.parsed(input, carried, Parsed { message, components: &components, fault }, policy, sink)
    }

    /// Judges every component that is worth a line.
    #[inline(never)]
    fn parsed<'p>(
        &mut self,
        input: &Input<'p>,
        carried: &Carried<'_, 'p>,
        parsed: Parsed<'_, 'p>,
        policy: Option<&Image<'p>>,
        sink: &mut impl Sink,
    ) -> Exit {
        let all = self.settings.scope == Scope::AllMap;
        let context = parsed.context();
        if !all && context.is_some_and(|c| !operation::is_map_context(c)) {
            return Exit::NotSms;
        }
        let of_sms = context.is_some_and(operation::is_sms_context) || parsed.has_sms_operation();
        let found = self.tables.dialogue(parsed.message, carried, of_sms || all, input.time_ns);
        let Self { tables, scratch, judge, .. } = self;
        let known = match tables.at(found) {
            Some(dialogue) => known_of(dialogue, &parsed, of_sms),
            None => Known { is_sms: of_sms, ..Known::default() },
        };
        let exit = if known.is_sms || all {
            let before = known.way;
            let lines = Lines { input, carried, parsed: &parsed, known: &known, all };
            let (exit, way) = lines.judge(scratch, judge, policy, sink);
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
}

/// What the lines of one message are made from.
struct Lines<'c, 'p> {
    input: &'c Input<'p>,
    carried: &'c Carried<'c, 'p>,
    parsed: &'c Parsed<'c, 'p>,
    known: &'c Known<'c>,
    all: bool,
}

impl<'c, 'p: 'c> Lines<'c, 'p> {
    /// One line for every component that is worth one; one for a message of the dialogue that has none. Says which
    /// way the short message goes.
    #[inline]
    fn judge(
        &self,
        scratch: &'c mut [Scratch; COMPONENTS_MAX],
        judge: &Judge,
        policy: Option<&Image<'p>>,
        sink: &mut impl Sink,
    ) -> (Exit, Option<Direction>) {
        let Self { parsed, known, .. } = *self;
        let mut facts: Facts<'c> = Facts::new();
        self.base(&mut facts);
        if parsed.components.is_empty() {
            facts.set(Field::Kind, KIND_DIALOGUE);
            let [Scratch { judgement, .. }, ..] = scratch;
            judge.judge(&mut facts, policy, judgement, sink);
            return (Exit::Judged, None);
        }
        facts.set(Field::Kind, KIND_MAP);
        let context = parsed.context().unwrap_or(known.context);
        let base = *facts.present();
        let (mut exit, mut way) = (Exit::NotSms, known.way);
        for (index, (component, scratch)) in parsed.components.iter().zip(scratch).enumerate() {
            let Scratch { decoded, judgement } = scratch;
            let answered = known.answered.by(index);
            let operation = component.operation.and_then(Code::local).or(answered);
            if !(self.all || operation.map_or(known.is_sms, operation::is_sms)) {
                continue;
            }
            if index > 0 {
                facts.keep(&base);
            }
            facts::component(&mut facts, component, index);
            if let (None, Some(operation)) = (component.operation, answered) {
                facts.set_signed(Field::MapOpOfInvoke, operation);
            }
            way = operation::facts(&mut facts, component, operation, context, way, decoded);
            judge.judge(&mut facts, policy, judgement, sink);
            exit = Exit::Judged;
        }
        (exit, way)
    }

    /// What all lines of the message have in common.
    #[inline]
    fn base(&self, facts: &mut Facts<'c>) {
        facts::frame(facts, self.input);
        facts::carried(facts, self.carried);
        facts::message(facts, self.parsed);
        judge::direction(facts, self.input.side);
        if let Some(number) = self.known.number {
            facts.set(Field::Dialogue, number);
        }
        if self.parsed.context().is_none() && !self.known.context.is_empty() {
            facts.set_octets(Field::DialogueAc, self.known.context);
        }
    }
}
