//! A TCAP message with its components, each parsed once.
//!
//! The views are large, and moving them cost more than reading them: they stay where they were read.

use crate::{COMPONENTS_MAX, operation};
use arrayvec::ArrayVec;
use sluice_wire::tcap::{Component, ComponentKind, Message};
use sluice_wire::{Anomalies, Anomaly, Error, Layer, Reason};

/// A message with its components.
#[derive(Clone, Copy)]
pub struct Parsed<'c, 'p> {
    /// The message.
    pub message: &'c Message<'p>,
    /// Its components, in order.
    pub components: &'c [Component<'p>],
    /// The first defect of the component portion.
    pub fault: Option<Error>,
    /// Deviations of the message and of all components.
    pub anomalies: Anomalies,
    /// Whether all octets of the message were looked through for them.
    pub is_scanned: bool,
}

impl<'c, 'p> Parsed<'c, 'p> {
    /// A message that was read the short way: nothing is amiss down to its parameters.
    #[inline(always)]
    pub const fn ordinary(message: &'c Message<'p>, components: &'c [Component<'p>]) -> Self {
        Self { message, components, fault: None, anomalies: Anomalies::NONE, is_scanned: false }
    }

    /// The application context the message itself names.
    #[inline(always)]
    pub fn context(&self) -> Option<&'p [u8]> {
        self.message.dialogue.as_ref().and_then(|d| d.application_context)
    }

    /// Whether a component names an operation of the short message service.
    #[inline(always)]
    pub fn has_sms_operation(&self) -> bool {
        self.components.iter().any(|c| c.operation.and_then(operation::number).is_some_and(operation::is_sms))
    }

    /// Whether a component asks for an operation that networks screen.
    #[inline(always)]
    pub fn has_screened_operation(&self) -> bool {
        let is_screened = |c: &Component<'_>| operation::is_screened(c.kind, c.operation.and_then(operation::number));
        self.components.iter().any(is_screened)
    }
}

/// All components of a message, the first defect, and the deviations.
#[inline(never)]
pub fn components<'p>(
    message: &Message<'p>,
    read: &mut ArrayVec<Component<'p>, COMPONENTS_MAX>,
) -> (Option<Error>, Anomalies) {
    let (mut anomalies, mut invokes, mut fault) = (Anomalies::NONE, 0, None);
    for component in message.components() {
        let component = match component {
            Ok(_) if read.is_full() => return (fault.or(Some(TOO_MANY)), anomalies),
            Ok(component) => component,
            // What comes behind a component that is none is looked at all the same.
            Err(error) => {
                fault = fault.or(Some(error));
                continue;
            }
        };
        anomalies.add(component.anomalies);
        invokes += u32::from(component.kind == ComponentKind::Invoke);
        anomalies.note_if(invokes > 1, Anomaly::DoubleInvoke);
        read.push(component);
    }
    (fault, anomalies)
}

const TOO_MANY: Error = Error::new(Layer::Tcap, 0, Reason::TooDeep);
