//! TCAP messages in the place of those that are refused, and the answers to them.
//!
//! ```text
//!   originator                    wire                                destination
//!      │ Begin x, AC, Invoke  ──▶ │ Begin x, AC of no version ────────▶ │  bounce: it cannot but refuse
//!      │ ◀── End x, AC, Error ─── │ ◀──────── Abort x, AC not supported │  answer: what the policy chose
//! ```
//! Q.773 §3, Q.774 §3, TS 29.002 §7.3. A request becomes one that its destination refuses without looking at the
//! operation; the refusal becomes the answer. A message that is not to be answered becomes the Abort of a transaction
//! nobody has, which is discarded without an answer (Q.774 §3.3.3.1.1.5).

mod answer;
mod ber;
mod legal;

pub use answer::Answer;
pub use legal::legal_errors;

use arrayvec::ArrayVec;
use ber::{Octets, put, tlv};
use sluice_wire::Error;
use sluice_wire::ber::Reader;
use sluice_wire::tcap::{Component, ComponentKind, DialogueKind, Message, MessageKind, TransactionId};

/// Invokes of one message that are answered.
pub const INVOKES_MAX: usize = 8;
/// An operation that no version of MAP has (TS 29.002 §17.5: the numbers end at 126).
const OPERATION_OF_NOBODY: u8 = 127;
/// A version of an application context that nobody implements.
const VERSION_OF_NOBODY: u8 = 99;
/// Such a version of a context of MAP (shortMsgMT-Relay), for a destination that was asked without one.
const CONTEXT_OF_NOBODY: [u8; 7] = [4, 0, 0, 1, 0, 25, VERSION_OF_NOBODY];
/// Causes of a P-Abort (Q.773 §3.1.4).
const RESOURCE_LIMITATION: u8 = 4;

/// A request, as far as its answer needs it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Asked {
    transaction: Short,
    /// Contents of the application context; empty where the originator named none.
    context: Short,
    is_begin: bool,
    invokes: [Invoked; INVOKES_MAX],
    invokes_len: u8,
    answer: Answer,
}

/// A request of the originator.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Invoked {
    /// Its number.
    pub id: i8,
    /// What it asks for.
    pub operation: i16,
}

/// A few octets.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Short {
    octets: [u8; 15],
    len: u8,
}

impl Short {
    fn new(octets: &[u8]) -> Option<Self> {
        let mut short = Self { octets: [0; 15], len: u8::try_from(octets.len()).ok()? };
        short.octets.get_mut(..octets.len())?.copy_from_slice(octets);
        Some(short)
    }

    fn octets(&self) -> &[u8] {
        self.octets.get(..usize::from(self.len)).unwrap_or_default()
    }
}

/// A message and what is known of it.
#[derive(Clone, Copy)]
pub struct Request<'a> {
    /// The message.
    pub message: &'a Message<'a>,
    /// Its octets.
    pub octets: &'a [u8],
    /// Its components.
    pub components: &'a [Component<'a>],
    /// The operation of each component, its own or that of the request it answers.
    pub operations: &'a [Option<i64>],
    /// Contents of the application context of its dialogue; empty for none.
    pub context: &'a [u8],
}

impl Asked {
    /// What a request asks, and what it is to be told. None where nothing in it can be answered.
    pub fn of(request: &Request<'_>, answer: Answer) -> Option<Self> {
        let Request { message, components, operations, context, .. } = *request;
        let is_begin = message.kind == MessageKind::Begin;
        let mut invokes = ArrayVec::<Invoked, INVOKES_MAX>::new();
        for (component, operation) in components.iter().zip(operations) {
            let (ComponentKind::Invoke, Some(id)) = (component.kind, component.invoke_id) else { continue };
            let operation = operation.and_then(|operation| i16::try_from(operation).ok()).unwrap_or(-1);
            invokes.try_push(Invoked { id: i8::try_from(id).ok()?, operation }).ok()?;
        }
        let context = if is_begin && requested_context(message).is_none() { &[] } else { context };
        let mut asked = Self {
            transaction: Short::new(message.otid?.octets())?,
            context: Short::new(context)?,
            is_begin,
            invokes: [Invoked::default(); INVOKES_MAX],
            invokes_len: invokes.len() as u8,
            answer,
        };
        asked.invokes.iter_mut().zip(invokes).for_each(|(place, invoke)| *place = invoke);
        Some(asked)
    }

    fn invokes(&self) -> &[Invoked] {
        self.invokes.get(..usize::from(self.invokes_len)).unwrap_or_default()
    }

    /// The version of the application context; 1 where there is none.
    fn version(&self) -> u8 {
        self.context.octets().last().copied().unwrap_or(1)
    }

    fn components(&self) -> Octets {
        let mut components = Octets::new();
        for invoke in self.invokes() {
            put(&mut components, &self.answer.component(*invoke, self.version()));
        }
        if components.is_empty() { components } else { tlv(0x6C, &[&components]) }
    }

    /// The answer that ends the transaction.
    ///
    /// # Errors
    /// As [`write`].
    pub fn ended(&self, out: &mut [u8]) -> Result<usize, Error> {
        let dtid = tlv(0x49, &[self.transaction.octets()]);
        let context = self.context.octets();
        let message = match (self.answer, context) {
            (Answer::Abort, _) => abort(&dtid, context),
            (_, []) => tlv(0x64, &[&dtid, &self.components()]),
            (_, _) if self.is_begin => tlv(0x64, &[&dtid, &ber::accepted(context), &self.components()]),
            _ => tlv(0x64, &[&dtid, &self.components()]),
        };
        ber::write(&message, out)
    }

    /// What the destination's refusal becomes; none for a message that refuses nothing of what was asked.
    ///
    /// # Errors
    /// As [`write`].
    pub fn answered(
        &self,
        reply: &Message<'_>,
        components: &[Component<'_>],
        out: &mut [u8],
    ) -> Option<Result<usize, Error>> {
        match reply.kind {
            MessageKind::End | MessageKind::Abort => Some(self.ended(out)),
            MessageKind::Continue if self.is_begin || self.is_refused_by(components) => {
                // To abort the originator's transaction would leave the destination's open: told an error it ends both.
                let aborts = self.answer == Answer::Abort;
                let answer = if aborts { Answer::Error(answer::SYSTEM_FAILURE) } else { self.answer };
                Some(Self { answer, ..*self }.continued(reply, out))
            }
            _ => None,
        }
    }

    fn is_refused_by(&self, components: &[Component<'_>]) -> bool {
        let refused = |id| self.invokes().iter().any(|invoke| Some(i64::from(invoke.id)) == id);
        components.iter().any(|c| c.kind == ComponentKind::Reject && refused(c.invoke_id))
    }

    /// The transaction goes on, so that its originator can end it.
    fn continued(&self, reply: &Message<'_>, out: &mut [u8]) -> Result<usize, Error> {
        let ids = [transaction(0x48, reply.otid), transaction(0x49, reply.dtid)];
        let context = self.context.octets();
        let accepted = if self.is_begin && !context.is_empty() { ber::accepted(context) } else { Octets::new() };
        ber::write(&tlv(0x65, &[&ids[0], &ids[1], &accepted, &self.components()]), out)
    }
}

fn transaction(tag: u8, id: Option<TransactionId<'_>>) -> Octets {
    id.map_or(Octets::new(), |id| tlv(tag, &[id.octets()]))
}

/// An Abort of the dialogue where there is one, else of the transaction.
fn abort(dtid: &[u8], context: &[u8]) -> Octets {
    match context {
        [] => tlv(0x67, &[dtid, &[0x4A, 1, RESOURCE_LIMITATION]]),
        _ => tlv(0x67, &[dtid, &ber::abort_by_user()]),
    }
}

/// Contents of the application context that a Begin asks for.
fn requested_context<'a>(message: &Message<'a>) -> Option<&'a [u8]> {
    let dialogue = message.dialogue.filter(|dialogue| dialogue.kind == Some(DialogueKind::Request))?;
    dialogue.application_context.filter(|context| !context.is_empty())
}

/// Writes what the destination ignores in the place of a message, or of what is none. A transaction that is under way it
/// ends; its sender is told nothing.
///
/// # Errors
/// `Truncated` where `out` is too small.
pub fn neutral(message: Option<&Message<'_>>, salt: u32, out: &mut [u8]) -> Result<usize, Error> {
    let salt = salt.to_be_bytes();
    let under_way = message.filter(|message| message.kind == MessageKind::Continue).and_then(|message| message.dtid);
    let id = under_way.map_or(&salt[..], TransactionId::octets);
    ber::write(&tlv(0x67, &[&tlv(0x49, &[id]), &[0x4A, 1, RESOURCE_LIMITATION]]), out)
}

/// Writes a request that its destination refuses in the place of one.
///
/// # Errors
/// `Truncated` where `out` is too small.
pub fn bounce(request: &Request<'_>, out: &mut [u8]) -> Option<Result<usize, Error>> {
    let Request { message, octets, .. } = *request;
    let ids = [transaction(0x48, message.otid), transaction(0x49, message.dtid)];
    let message = match message.kind {
        MessageKind::Begin => match foreign_dialogue(request) {
            Some(dialogue) => tlv(0x62, &[&ids[0], &dialogue]),
            // One that cannot but be refused by whoever knows dialogues, whatever it would do with an unknown operation.
            None => tlv(0x62, &[&ids[0], &ber::requested(&CONTEXT_OF_NOBODY)]),
        },
        MessageKind::Continue => {
            let dialogue = portion(octets, 0x6B).map_or(Octets::new(), |value| tlv(0x6B, &[value]));
            tlv(0x65, &[&ids[0], &ids[1], &dialogue, &foreign_invokes(request)?])
        }
        _ => return None,
    };
    Some(ber::write(&message, out))
}

/// The dialogue portion, with a version of its application context that nobody implements.
fn foreign_dialogue(request: &Request<'_>) -> Option<Octets> {
    let context = requested_context(request.message)?;
    let value = portion(request.octets, 0x6B)?;
    // By its place: the same octets may stand elsewhere, too.
    let at = context.as_ptr().addr().checked_sub(value.as_ptr().addr())?;
    value.get(at..)?.starts_with(context).then_some(())?;
    let mut octets = Octets::new();
    put(&mut octets, value);
    *octets.get_mut(at + context.len() - 1)? = VERSION_OF_NOBODY;
    Some(tlv(0x6B, &[&octets]))
}

/// The component portion, with an operation that nobody knows in each Invoke and no other component. None where there is
/// no Invoke.
fn foreign_invokes(request: &Request<'_>) -> Option<Octets> {
    let mut components = Octets::new();
    for component in request.components.iter().filter(|c| c.kind == ComponentKind::Invoke) {
        let id = i8::try_from(component.invoke_id?).ok()?;
        put(&mut components, &tlv(0xA1, &[&[2, 1, id as u8], &[2, 1, OPERATION_OF_NOBODY]]));
    }
    (!components.is_empty()).then(|| tlv(0x6C, &[&components]))
}

/// Writes an answer with others in the place of its results.
///
/// # Errors
/// `Truncated` where `out` is too small.
pub fn in_place(request: &Request<'_>, answer: Answer, out: &mut [u8]) -> Option<Result<usize, Error>> {
    let Request { message, octets, components, operations, context } = *request;
    let version = context.last().copied().unwrap_or(1);
    let mut answers = Octets::new();
    let mut answered = ArrayVec::<i8, INVOKES_MAX>::new();
    for (component, operation) in components.iter().zip(operations) {
        let Some(id) = component.invoke_id.filter(|_| component.kind != ComponentKind::Invoke) else { continue };
        let id = i8::try_from(id).ok()?;
        // A result may come in parts, an answer must not.
        if !answered.contains(&id) {
            answered.try_push(id).ok()?;
            let operation = operation.and_then(|operation| i16::try_from(operation).ok()).unwrap_or(-1);
            put(&mut answers, &answer.component(Invoked { id, operation }, version));
        }
    }
    let dtid = transaction(0x49, message.dtid);
    let dialogue = portion(octets, 0x6B).map_or(Octets::new(), |value| tlv(0x6B, &[value]));
    let components = tlv(0x6C, &[&answers]);
    let message = match (message.kind, answer) {
        (MessageKind::End | MessageKind::Continue, Answer::Abort) => abort(&dtid, context),
        (_, _) if answers.is_empty() => return None,
        (MessageKind::End, _) => tlv(0x64, &[&dtid, &dialogue, &components]),
        (MessageKind::Continue, _) => tlv(0x65, &[&transaction(0x48, message.otid), &dtid, &dialogue, &components]),
        _ => return None,
    };
    Some(ber::write(&message, out))
}

/// The value of a portion of a message.
fn portion(octets: &[u8], tag: u16) -> Option<&[u8]> {
    let whole = Reader::new(octets).next().ok()??;
    let mut portions = Reader::new(whole.value);
    while let Ok(Some(tlv)) = portions.next() {
        if tlv.tag.0 == tag.into() {
            return Some(tlv.value);
        }
    }
    None
}
