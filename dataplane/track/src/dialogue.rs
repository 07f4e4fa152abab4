//! What is known of one TCAP dialogue: its context, its way, and the operations of its invokes.
//!
//! An answer may name neither context nor operation (Q.774 §3.2): it takes them from here. Each side numbers its own
//! invokes (Q.774 §3.2), so both may have one of the same id; an answer is to the other side's.

use sluice_wire::sms::Direction;

/// Longest application context kept. MAP's have seven octets; a longer one is cut and matches nothing.
const CONTEXT_OCTETS_MAX: usize = 15;
/// Invokes remembered per dialogue, the newest.
const INVOKES_MAX: usize = 6;

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

/// Which side of a dialogue.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub(crate) enum Side {
    /// The one that sent the Begin.
    #[default]
    Opener,
    /// The other.
    Responder,
}

/// What is known of an open dialogue: 72 octets.
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
    invoke_ids: [i8; INVOKES_MAX],
    operations: [u8; INVOKES_MAX],
    /// Bit n: invoke n is the responder's. [`FORGOTTEN`]: there were invokes that are not here.
    invoke_sides: u8,
    /// Up to [`INVOKES_MAX`] how many there are; the next goes where this, modulo that, says.
    invokes: u8,
    /// Whose the message is that found it last.
    pub(crate) sender: Side,
    pub(crate) is_open: bool,
    /// Whether the responder has sent anything.
    pub(crate) is_answered: bool,
    /// When something was seen of it, in ticks.
    pub(crate) last: u32,
    /// The keyed hashes of the ids by which it is known: the opener's, and the responder's when there is one.
    pub(crate) ids: [u64; 2],
    /// The addresses of the opener and the responder, folded.
    pub(crate) addresses: [u32; 2],
}

const _: () = assert!(size_of::<Dialogue>() == 72);

impl Dialogue {
    /// What a dialogue is at its Begin. The invokes keep what they held: their number says that it means nothing.
    #[inline(always)]
    pub(crate) fn begin(&mut self, number: u64, id: u64, addresses: [u32; 2], now: u32) {
        self.number = number;
        self.context = ApplicationContext::default();
        (self.is_sms, self.way) = (false, None);
        (self.invokes, self.invoke_sides) = (0, 0);
        (self.sender, self.is_open, self.is_answered) = (Side::Opener, true, false);
        (self.ids, self.addresses, self.last) = ([id, 0], addresses, now);
    }

    /// Remembers the operation of an invoke in the message that found the dialogue last. An id or a code that does not
    /// fit an octet (ids are INTEGER (-128..127), Q.773 §3.1) is known only to have been there.
    #[inline]
    pub fn remember(&mut self, invoke_id: i64, operation: i64) {
        let Ok(id) = i8::try_from(invoke_id) else {
            self.invoke_sides |= FORGOTTEN;
            return;
        };
        let place = match self.known(id, self.sender) {
            Some(place) => place,
            None => self.next_place(),
        };
        if let (Some(known_id), Some(known)) = (self.invoke_ids.get_mut(place), self.operations.get_mut(place)) {
            *known_id = id;
            *known = u8::try_from(operation).unwrap_or(OTHER_OPERATION);
        }
    }

    /// The place of a new invoke: the next, or that of the oldest.
    #[inline]
    fn next_place(&mut self) -> usize {
        const MAX: u8 = INVOKES_MAX as u8;
        let place = self.invokes % MAX;
        if self.invokes >= MAX {
            self.invoke_sides |= FORGOTTEN;
        }
        // Never below the number there are once it was reached.
        self.invokes = if self.invokes >= 2 * MAX - 1 { MAX } else { self.invokes + 1 };
        let bit = 1 << place;
        self.invoke_sides = self.invoke_sides & !bit | if self.sender == Side::Responder { bit } else { 0 };
        usize::from(place)
    }

    /// Where an invoke of one side is.
    #[inline]
    fn known(&self, id: i8, side: Side) -> Option<usize> {
        let count = usize::from(self.invokes).min(INVOKES_MAX);
        let sides = if side == Side::Responder { self.invoke_sides } else { !self.invoke_sides };
        let mut known = self.invoke_ids.iter().take(count).enumerate();
        known.find(|(place, known)| **known == id && sides >> place & 1 == 1).map(|(place, _)| place)
    }

    /// The invoke that an id in the message that found the dialogue last is about: the other side's, else (where a
    /// result is rejected) the sender's own.
    #[inline]
    fn answered(&self, invoke_id: i64) -> Option<usize> {
        let id = i8::try_from(invoke_id).ok()?;
        let other = if self.sender == Side::Opener { Side::Responder } else { Side::Opener };
        self.known(id, other).or_else(|| self.known(id, self.sender))
    }

    /// The operation of an invoke that is answered.
    #[inline]
    pub fn operation_of(&self, invoke_id: i64) -> Option<i16> {
        let operation = *self.operations.get(self.answered(invoke_id)?)?;
        (operation != OTHER_OPERATION).then_some(i16::from(operation))
    }

    /// Whether an invoke that is answered was seen, as far as is still known: where some were forgotten, any may be one
    /// of them.
    #[inline]
    pub fn is_invoked(&self, invoke_id: i64) -> bool {
        self.invoke_sides & FORGOTTEN != 0 || self.answered(invoke_id).is_some()
    }
}

/// An operation that does not fit an octet. No operation of MAP or CAP has this code (TS 29.002 §17.5, TS 29.078 §5).
const OTHER_OPERATION: u8 = u8::MAX;
const FORGOTTEN: u8 = 0x80;

const _: () = assert!(INVOKES_MAX < 7);

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

    #[test]
    fn an_answer_is_given_the_operation_of_its_invoke() {
        let mut dialogue = Dialogue::default();
        dialogue.remember(1, 46);
        dialogue.remember(2, 44);
        dialogue.remember(1, 45);
        dialogue.sender = Side::Responder;
        assert_eq!((dialogue.operation_of(1), dialogue.operation_of(2)), (Some(45), Some(44)));
        assert_eq!((dialogue.operation_of(3), dialogue.operation_of(i64::MAX)), (None, None));
        assert!(dialogue.is_invoked(1) && !dialogue.is_invoked(3));
    }

    #[test]
    fn both_sides_number_their_invokes_for_themselves() {
        let mut dialogue = Dialogue::default();
        dialogue.remember(1, 44);
        dialogue.sender = Side::Responder;
        dialogue.remember(1, 60);
        assert_eq!(dialogue.operation_of(1), Some(44));
        dialogue.sender = Side::Opener;
        assert_eq!(dialogue.operation_of(1), Some(60));
        dialogue.remember(2, 46);
        assert_eq!(dialogue.operation_of(2), Some(46), "its own, when it rejects the result");
    }

    #[test]
    fn of_many_invokes_the_newest_are_remembered_and_any_other_may_have_been_there() {
        for count in 0..40_u8 {
            let mut dialogue = Dialogue::default();
            for id in 0..count {
                dialogue.remember(id.into(), i64::from(id) + 100);
            }
            dialogue.sender = Side::Responder;
            for id in 0..count {
                let kept = count - id <= INVOKES_MAX as u8;
                assert_eq!(dialogue.operation_of(id.into()), kept.then_some(i16::from(id) + 100), "{id} of {count}");
                assert!(dialogue.is_invoked(id.into()));
            }
            assert_eq!(dialogue.is_invoked(-5), usize::from(count) > INVOKES_MAX);
        }
    }

    #[test]
    fn ids_and_codes_that_do_not_fit_are_known_to_have_been_there() {
        let mut dialogue = Dialogue::default();
        dialogue.remember(-128, 300);
        dialogue.remember(127, -1);
        assert_eq!((dialogue.operation_of(-128), dialogue.operation_of(127)), (None, None));
        assert!(dialogue.is_invoked(-128) && dialogue.is_invoked(127) && !dialogue.is_invoked(128));
        dialogue.remember(128, 44);
        assert!(dialogue.is_invoked(128));
    }
}
