//! A TCAP message: which dialogue it belongs to, which of its components are worth a line, and their facts.

use crate::decode::{self, Carried};
use crate::operation;
use crate::{COMPONENTS_MAX, Engine, Input, Scope, Scratch, Sink, facts, judge};
use sluice_abi::counters::Exit;
use sluice_abi::{Facts, Field};
use sluice_rules::Image;
use sluice_track::ApplicationContext;
use sluice_wire::sccp::Ssn;
use sluice_wire::sms::Direction;
use sluice_wire::tcap::{Code, Component, ComponentKind, Message};
use sluice_wire::{Error, Layer, Reason};

const KIND_MAP: u64 = 0;
const KIND_DIALOGUE: u64 = 1;

/// What the dialogue tells about a message, copied out of the table.
#[derive(Clone, Copy, Default)]
struct Known {
    number: Option<u64>,
    context: ApplicationContext,
    is_sms: bool,
    way: Option<Direction>,
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
        let all = self.settings.scope == Scope::AllMap;
        let context = message.dialogue.and_then(|d| d.application_context);
        if !all && is_other_application(carried, context) {
            return Exit::NotSms;
        }
        let mut rest = message.components().map_while(Result::ok);
        let first = rest.next();
        let components = || first.into_iter().chain(rest.clone());
        let of_sms = context.is_some_and(operation::is_sms_context) || components().any(|c| is_sms_operation(&c));

        let (sides, mut dialogue) = self.tables.dialogue(&message, carried, of_sms || all, input.time_ns);
        let mut operations = [None; COMPONENTS_MAX];
        let mut known = Known { is_sms: of_sms, ..Known::default() };
        if let Some(dialogue) = dialogue.as_deref_mut() {
            if let Some(context) = context {
                dialogue.context = ApplicationContext::new(context);
            }
            dialogue.is_sms |= of_sms;
            for (slot, component) in operations.iter_mut().zip(components()) {
                *slot = match (component.kind, component.invoke_id, component.operation) {
                    (ComponentKind::Invoke, Some(id), Some(Code::Local(operation))) => {
                        dialogue.remember(id, operation);
                        None
                    }
                    (_, Some(id), None) => dialogue.operation_of(id),
                    _ => None,
                };
            }
            known = Known {
                number: Some(dialogue.number),
                context: dialogue.context,
                is_sms: dialogue.is_sms,
                way: dialogue.way,
            };
        }
        let exit = if known.is_sms || all {
            let (exit, way) = self.lines(input, carried, &message, &known, first, &operations, policy, sink);
            if way != known.way && known.number.is_some() {
                self.tables.remember_way(sides, way, input.time_ns);
            }
            exit
        } else if message.fault.is_some() {
            Exit::MalformedTcap
        } else {
            Exit::NotSms
        };
        self.tables.close(message.kind, sides);
        exit
    }

    #[expect(clippy::too_many_arguments, reason = "one step of the way of a message, cut off to be readable")]
    #[inline]
    fn lines<'p>(
        &mut self,
        input: &Input<'p>,
        carried: &Carried<'p>,
        message: &Message<'p>,
        known: &Known,
        first: Option<Component<'p>>,
        operations: &[Option<i64>; COMPONENTS_MAX],
        policy: Option<&Image<'p>>,
        sink: &mut impl Sink,
    ) -> (Exit, Option<Direction>) {
        let Self { scratch, judge, settings, .. } = self;
        let mut scratch = scratch.iter_mut();
        let all = settings.scope == Scope::AllMap;
        let mut facts = Facts::new();
        facts::frame(&mut facts, input);
        facts::carried(&mut facts, carried);
        facts::message(&mut facts, message);
        judge::direction(&mut facts, input.side);
        if let Some(number) = known.number {
            facts.set(Field::Dialogue, number);
        }
        if !facts.has(Field::TcapAc) && !known.context.octets().is_empty() {
            facts.set_octets(Field::DialogueAc, known.context.octets());
        }
        let Some(first) = first else {
            facts.set(Field::Kind, KIND_DIALOGUE);
            if let Some(Scratch { judgement, .. }) = scratch.next() {
                judge.judge(&mut facts, policy, judgement, sink);
            }
            return (Exit::Judged, None);
        };
        facts.set(Field::Kind, KIND_MAP);
        if facts.number(Field::TcapComponents).is_some_and(|n| n > COMPONENTS_MAX as u64) {
            facts::malformed(&mut facts, Error::new(Layer::Tcap, 0, Reason::TooDeep));
        }
        let base = *facts.present();
        let mut way = known.way;
        let mut exit = Exit::NotSms;
        let rest = message.components().map_while(Result::ok).skip(1);
        let listed = std::iter::once(first).chain(rest).zip(operations).zip(scratch);
        for (index, ((component, of_invoke), scratch)) in listed.enumerate() {
            let Scratch { decoded, judgement } = scratch;
            let operation = component.operation.and_then(Code::local).or(*of_invoke);
            let worth = all || operation.map_or(known.is_sms, operation::is_sms);
            if !worth {
                continue;
            }
            facts.keep(&base);
            facts::component(&mut facts, &component, index);
            if component.operation.is_none()
                && let Some(operation) = *of_invoke
            {
                facts.set_signed(Field::MapOpOfInvoke, operation);
            }
            let context = message.dialogue.and_then(|d| d.application_context).unwrap_or(known.context.octets());
            way = operation::facts(&mut facts, &component, operation, context, way, decoded);
            if facts.has(Field::Malformed) {
                exit = exit.max(Exit::MalformedSms);
            }
            judge.judge(&mut facts, policy, judgement, sink);
            exit = exit.max(Exit::Judged);
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
