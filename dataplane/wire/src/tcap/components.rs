//! The component portion: one component after the other. Q.773 §3.3.
//!
//! ```text
//!   6C 0C  A1 .. component   A2 .. component   …
//! ```
//! Handles any number of components, empty portions, and more than one portion in a message.

use super::message::COMPONENT_PORTION;
use super::{Component, fault};
use crate::Error;
use crate::ber::Reader;

/// The components of a message, in order. One that is none is an error in its place; behind octets that are no element
/// at all the rest cannot be told apart, and the portion ends there.
#[derive(Clone, Debug)]
pub struct Components<'a> {
    message: &'a [u8],
    inside: Reader<'a>,
    /// The portions of the message that were not looked at yet.
    more: Reader<'a>,
}

impl<'a> Components<'a> {
    #[inline]
    pub(super) const fn new(message: &'a [u8], portion: &'a [u8], more: &'a [u8]) -> Self {
        Self { message, inside: Reader::new(portion), more: Reader::new(more) }
    }

    /// The only component there is, where there is one and it is as practically every stack sends it. None for any
    /// others, which are then read one by one.
    #[inline(always)]
    pub fn ordinary(&self) -> Option<Component<'a>> {
        match Component::ordinary(self.inside.rest())? {
            (component, []) if self.more.is_empty() => Some(component),
            _ => None,
        }
    }

    /// Goes to the next portion that is not empty, if there is one.
    fn next_portion(&mut self) -> Option<()> {
        while let Ok(Some(tlv)) = self.more.next() {
            if tlv.tag == COMPONENT_PORTION && !tlv.value.is_empty() {
                self.inside = Reader::new(tlv.value);
                return Some(());
            }
        }
        None
    }
}

impl<'a> Iterator for Components<'a> {
    type Item = Result<Component<'a>, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.inside.is_empty() {
            self.next_portion()?;
        }
        match self.inside.next() {
            Ok(found) => Some(Component::parse(self.message, found?)),
            Err(reason) => {
                let error = fault(self.message, self.inside.rest(), reason);
                self.inside = Reader::new(&[]);
                Some(Err(error))
            }
        }
    }
}
