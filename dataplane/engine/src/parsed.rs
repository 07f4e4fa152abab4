//! A TCAP message with its components, each parsed once.
//!
//! The views are large, and moving them cost more than reading them: they stay where they were read.

use crate::{COMPONENTS_MAX, operation};
use arrayvec::ArrayVec;
use sluice_wire::tcap::{Code, Component, Message};
use sluice_wire::{Error, Layer, Reason};

/// A message with its components.
#[derive(Clone, Copy)]
pub struct Parsed<'c, 'p> {
    /// The message.
    pub message: &'c Message<'p>,
    /// Its components, in order.
    pub components: &'c [Component<'p>],
    /// The first defect of the component portion.
    pub fault: Option<Error>,
}

impl<'p> Parsed<'_, 'p> {
    /// The application context the message itself names.
    #[inline(always)]
    pub fn context(&self) -> Option<&'p [u8]> {
        self.message.dialogue.as_ref().and_then(|d| d.application_context)
    }

    /// Whether a component names an operation of the short message service.
    #[inline(always)]
    pub fn has_sms_operation(&self) -> bool {
        self.components.iter().any(|c| c.operation.and_then(Code::local).is_some_and(operation::is_sms))
    }
}

/// All components of a message, and the first defect.
#[inline(never)]
pub fn components<'p>(message: &Message<'p>, read: &mut ArrayVec<Component<'p>, COMPONENTS_MAX>) -> Option<Error> {
    for component in message.components() {
        match component {
            Ok(_) if read.is_full() => return Some(Error::new(Layer::Tcap, 0, Reason::TooDeep)),
            Ok(component) => read.push(component),
            Err(error) => return Some(error),
        }
    }
    None
}
