//! A TCAP message: which dialogue it belongs to, which of its components are worth a line, and their facts.

use crate::decode::{self, Carried};
use crate::{COMPONENTS_MAX, Engine, Input, Scope, Scratch, Sink, facts, judge, operation};
use arrayvec::ArrayVec;
use sluice_abi::counters::Exit;
use sluice_abi::{Facts, Field};
use sluice_rules::Image;
use sluice_track::{ApplicationContext, Dialogue};
use sluice_wire::sccp::Ssn;
use sluice_wire::sms::Direction;
use sluice_wire::tcap::{Code, Component, ComponentKind, Message};
use sluice_wire::{Error, Layer, Reason};

const KIND_MAP: u64 = 0;
const KIND_DIALOGUE: u64 = 1;

/// A message with its components, each parsed once.
pub(crate) struct Parsed<'p> {
    pub message: Message<'p>,
    pub components: ArrayVec<Component<'p>, COMPONENTS_MAX>,
    /// The first defect of the component portion.
    pub fault: Option<Error>,
}

impl<'p> Parsed<'p> {
    /// Large, and therefore built where it stays.
    #[inline(always)]
    fn of(message: Message<'p>) -> Self {
        let mut parsed = Self { message, components: ArrayVec::new_const(), fault: None };
        for component in parsed.message.components() {
            match component {
                Ok(_) if parsed.components.is_full() => {
                    parsed.fault = Some(Error::new(Layer::Tcap, 0, Reason::TooDeep));
                    break;
                }
                Ok(component) => parsed.components.push(component),
                Err(error) => parsed.fault = Some(error),
            }
        }
        parsed
    }

    #[inline]
    fn context(&self) -> Option<&'p [u8]> {
        self.message.dialogue.as_ref().and_then(|d| d.application_context)
    }
}

/// What the dialogue tells about a message, copied out of the table.
#[derive(Default)]
struct Known {
    number: Option<u64>,
    context: ApplicationContext,
    is_sms: bool,
    way: Option<Direction>,
    /// The operation each component answers, where it names none itself.
    answered: [Option<i64>; COMPONENTS_MAX],
}

impl Known {
    /// Moves the dialogue with the message and takes out what it knows.
    #[inline]
    fn from_dialogue(dialogue: &mut Dialogue, parsed: &Parsed<'_>, of_sms: bool) -> Self {
        if let Some(context) = parsed.context() {
            dialogue.context = ApplicationContext::new(context);
        }
        dialogue.is_sms |= of_sms;
        let mut answered = [None; COMPONENTS_MAX];
        for (slot, component) in answered.iter_mut().zip(&parsed.components) {
            match (component.kind, component.invoke_id, component.operation) {
                (ComponentKind::Invoke, Some(id), Some(Code::Local(operation))) => dialogue.remember(id, operation),
                (_, Some(id), None) => *slot = dialogue.operation_of(id),
                _ => {}
            }
        }
        Self {
            number: Some(dialogue.number),
            context: dialogue.context,
            is_sms: dialogue.is_sms,
            way: dialogue.way,
            answered,
        }
    }
}

impl Engine {
    /// Judges every component that is worth a line.
    #[inline]
    pub(crate) fn message<'p>(
        &mut self,
        input: &Input<'p>,
        carried: &Carried<'p>,
        policy: Option<&Image<'p>>,
        sink: &mut impl Sink,
    ) -> Exit {
        let message = match Message::parse(carried.sccp.data) {
            Ok(message) => message,
            Err(Error { reason: Reason::UnexpectedTag | Reason::Unsupported, .. }) => return Exit::NotTcap,
            Err(error) => return decode::exit_of(error),
        };
        let parsed = Parsed::of(message);
        let all = self.settings.scope == Scope::AllMap;
        let context = parsed.context();
        if !all && is_other_application(carried, context) {
            return Exit::NotSms;
        }
        let of_sms = context.is_some_and(operation::is_sms_context) || parsed.components.iter().any(is_sms_operation);
        let (sides, dialogue) = self.tables.dialogue(&parsed.message, carried, of_sms || all, input.time_ns);
        let known = match dialogue {
            Some(dialogue) => Known::from_dialogue(dialogue, &parsed, of_sms),
            None => Known { is_sms: of_sms, ..Known::default() },
        };
        let exit = if known.is_sms || all {
            let (exit, way) = self.lines(input, carried, &parsed, &known, policy, sink);
            if way != known.way && known.number.is_some() {
                self.tables.remember_way(sides, way, input.time_ns);
            }
            exit
        } else if parsed.message.fault.is_some() || parsed.fault.is_some() {
            Exit::MalformedTcap
        } else {
            Exit::NotSms
        };
        self.tables.close(parsed.message.kind, sides);
        exit
    }

    /// One line for every component that is worth one; one for a message of the dialogue that has none.
    #[inline]
    fn lines<'p>(
        &mut self,
        input: &Input<'p>,
        carried: &Carried<'p>,
        parsed: &Parsed<'p>,
        known: &Known,
        policy: Option<&Image<'p>>,
        sink: &mut impl Sink,
    ) -> (Exit, Option<Direction>) {
        let Self { scratch, judge, settings, .. } = self;
        let all = settings.scope == Scope::AllMap;
        let mut facts = Facts::new();
        facts::frame(&mut facts, input);
        facts::carried(&mut facts, carried);
        facts::message(&mut facts, parsed);
        judge::direction(&mut facts, input.side);
        if let Some(number) = known.number {
            facts.set(Field::Dialogue, number);
        }
        let context = parsed.context();
        if context.is_none() && !known.context.octets().is_empty() {
            facts.set_octets(Field::DialogueAc, known.context.octets());
        }
        if parsed.components.is_empty() {
            facts.set(Field::Kind, KIND_DIALOGUE);
            let [Scratch { judgement, .. }, ..] = &mut **scratch;
            judge.judge(&mut facts, policy, judgement, sink);
            return (Exit::Judged, None);
        }
        facts.set(Field::Kind, KIND_MAP);
        let context = context.unwrap_or(known.context.octets());
        let base = *facts.present();
        let (mut exit, mut way) = (Exit::NotSms, known.way);
        let listed = parsed.components.iter().zip(&known.answered).zip(scratch.iter_mut());
        for (index, ((component, answered), scratch)) in listed.enumerate() {
            let Scratch { decoded, judgement } = scratch;
            let operation = component.operation.and_then(Code::local).or(*answered);
            if !(all || operation.map_or(known.is_sms, operation::is_sms)) {
                continue;
            }
            if index > 0 {
                facts.keep(&base);
            }
            facts::component(&mut facts, component, index);
            if let (None, Some(operation)) = (component.operation, *answered) {
                facts.set_signed(Field::MapOpOfInvoke, operation);
            }
            way = operation::facts(&mut facts, component, operation, context, way, decoded);
            judge.judge(&mut facts, policy, judgement, sink);
            exit = Exit::Judged;
        }
        (exit, way)
    }
}

/// CAP and other applications number their operations as MAP does: told by subsystem and application context.
#[inline]
fn is_other_application(carried: &Carried<'_>, context: Option<&[u8]>) -> bool {
    let is_cap = |ssn: Option<Ssn>| matches!(ssn, Some(Ssn(146 | 147)));
    is_cap(carried.sccp.called.ssn())
        || is_cap(carried.sccp.calling.ssn())
        || context.is_some_and(|c| !operation::is_map_context(c))
}

#[inline]
fn is_sms_operation(component: &Component<'_>) -> bool {
    component.operation.and_then(Code::local).is_some_and(operation::is_sms)
}
