//! What is known of one TCAP dialogue: its context, its way, and the operations of its invokes.
//!
//! An answer may name neither context nor operation (Q.774 §3.2): it takes them from here.

use sluice_wire::sms::Direction;

/// Longest application context kept. MAP's have seven octets; a longer one is cut and matches nothing.
pub const CONTEXT_OCTETS_MAX: usize = 15;
/// Invokes remembered per dialogue; an answer to a later one is not given its operation.
pub const INVOKES_MAX: usize = 6;

/// A transaction id as one side of a dialogue gave it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct NodeKey {
    /// The id, with its length folded in.
    pub transaction: u64,
    /// The address of the node that gave it, folded into a word.
    pub node: u64,
}

/// An application context in place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct ApplicationContext {
    octets: [u8; CONTEXT_OCTETS_MAX],
    len: u8,
}

impl ApplicationContext {
    /// Keeps the contents octets of an OBJECT IDENTIFIER.
    #[inline(always)]
    pub fn new(content: &[u8]) -> Self {
        let len = content.len().min(CONTEXT_OCTETS_MAX) as u8;
        let octets = match *content {
            // One of MAP's, as practically all are: two halves that share an octet.
            [a, b, c, shared, e, f, g] => {
                let halves = [u32::from_le_bytes([a, b, c, shared]), u32::from_le_bytes([shared, e, f, g])];
                let word = u128::from(halves[0]) | u128::from(halves[1]) << 24;
                let [octets @ .., _] = word.to_le_bytes();
                octets
            }
            _ => std::array::from_fn(|at| content.get(at).copied().unwrap_or(0)),
        };
        Self { octets, len }
    }

    /// The contents octets; empty when none is known.
    #[inline]
    pub fn octets(&self) -> &[u8] {
        self.octets.get(..usize::from(self.len)).unwrap_or_default()
    }
}

/// What is known of an open dialogue.
#[derive(Clone, Copy, Debug, Default)]
pub struct Dialogue {
    /// Its number: unique in this table.
    pub number: u64,
    /// The application context, once a message carried one.
    pub context: ApplicationContext,
    /// Whether a context or an operation of the short message service was seen in it.
    pub is_sms: bool,
    /// Which way its short message goes, once a message showed it.
    pub way: Option<Direction>,
    invokes: [(i16, i16); INVOKES_MAX],
    invokes_len: u8,
    pub(crate) opener: NodeKey,
    pub(crate) responder: Option<NodeKey>,
    pub(crate) opened_ns: u64,
    pub(crate) last_ns: u64,
    pub(crate) open: bool,
}

impl Dialogue {
    /// What a dialogue is at its Begin. The invokes keep what they held: their number says that it means nothing.
    #[inline(always)]
    pub(crate) fn begin(&mut self, number: u64, opener: NodeKey, now_ns: u64) {
        self.number = number;
        self.context = ApplicationContext::default();
        (self.is_sms, self.way) = (false, None);
        self.invokes_len = 0;
        (self.opener, self.responder) = (opener, None);
        (self.opened_ns, self.last_ns) = (now_ns, now_ns);
        self.open = true;
    }

    /// Remembers the operation of an invoke. Ids and codes that do not fit 16 bits are not remembered.
    #[inline]
    pub fn remember(&mut self, invoke_id: i64, operation: i64) {
        let (Ok(id), Ok(operation)) = (i16::try_from(invoke_id), i16::try_from(operation)) else { return };
        let known = usize::from(self.invokes_len);
        if let ([first, ..], 0) = (&mut self.invokes, known) {
            *first = (id, operation);
            self.invokes_len = 1;
        } else if let Some(slot) = self.invokes.iter_mut().take(known).find(|(known_id, _)| *known_id == id) {
            slot.1 = operation;
        } else if let Some(slot) = self.invokes.get_mut(known) {
            *slot = (id, operation);
            self.invokes_len += 1;
        }
    }

    /// The operation of an invoke.
    #[inline]
    pub fn operation_of(&self, invoke_id: i64) -> Option<i16> {
        let id = i16::try_from(invoke_id).ok()?;
        let known = self.invokes.iter().take(usize::from(self.invokes_len));
        known.rev().find(|(known_id, _)| *known_id == id).map(|&(_, operation)| operation)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_context_of_any_length_is_kept_as_far_as_there_is_room() {
        let octets: Vec<u8> = (1..=20).collect();
        for len in 0..=octets.len() {
            let kept = ApplicationContext::new(&octets[..len]);
            assert_eq!(kept.octets(), &octets[..len.min(CONTEXT_OCTETS_MAX)]);
        }
    }
}
