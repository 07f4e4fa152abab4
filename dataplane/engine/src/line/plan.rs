//! What becomes of one TCAP message: the gravest of the verdicts on its components.

use super::hold::Chunks;
use super::home::{Errand, Redirected};
use super::reply::Party;
use super::{Answering, Line, MESSAGE_OCTETS_MAX, key_below};
use crate::COMPONENTS_MAX;
use crate::judge::Fallback;
use crate::message::Lines;
use crate::way::{Carried, InPieces};
use sluice_abi::counters::Count;
use sluice_abi::{Action, Facts, Field};
use sluice_rules::{RETURNED, Rewrite};
use sluice_splice::refusal::{self, Request};
use sluice_splice::{Answer, Asked, Envelope, Way};
use sluice_wire::Anomaly;
use sluice_wire::sctp::ChunkKind;
use sluice_wire::tcap::{ComponentKind, MessageKind};

/// The longest IP header, SCTP's common header, and that of a DATA chunk.
const HEADERS_OCTETS_MAX: usize = 88;
/// Longest TCAP message that is written in the place of another.
const TCAP_OCTETS_MAX: usize = 512;
/// What a rule without an error of its own answers with (TS 29.002 §17.6.6).
const SYSTEM_FAILURE: u8 = 34;

/// A message, and what was planned for it so far.
pub struct Plan<'l> {
    /// None where nothing can be changed.
    of: Option<Of<'l>>,
    planned: Action,
}

/// A message that can be changed.
pub struct Of<'l> {
    /// What is remembered.
    pub line: &'l mut Line,
    answering: Answering,
    /// The message.
    pub lines: &'l Lines<'l>,
}

impl<'l> Plan<'l> {
    /// Of a message that cannot be changed.
    pub const NONE: Self = Self { of: None, planned: Action::Pass };

    /// Of a message that came by a wire.
    #[inline]
    pub fn new(line: Option<&'l mut Line>, lines: &'l Lines<'l>) -> Self {
        let of = match (line, lines.carried.way.input.wire) {
            (Some(line), Some(wire)) => Some(Of { line, answering: wire.answering, lines }),
            _ => None,
        };
        Self { of, planned: Action::Pass }
    }

    /// Does to the message what the verdict on one of its components asks for, unless the verdict on another was graver;
    /// says what is done.
    #[inline(never)]
    pub fn act(&mut self, action: Action, facts: &Facts<'_>, rewrite: Option<Rewrite<'_>>) -> Action {
        let Some(of) = &mut self.of else { return Action::Pass };
        if !of.is_editable() {
            return if of.withhold(action) { Action::Discard } else { Action::Pass };
        }
        if gravity(action) > gravity(self.planned) {
            let done = match (rewrite, action) {
                (Some(wish), _) => of.rewrite(facts, &wish).map(|()| action),
                (None, Action::Rewrite) => None,
                (None, _) => of.carry_out(action, error_of(facts)),
            };
            self.planned = done.unwrap_or(self.planned);
        }
        self.planned
    }

    /// Does what home routing has to do with the message.
    #[inline]
    pub fn route_home(&mut self, count: &mut impl Count) {
        if let Some(of) = self.of.as_mut().filter(|of| of.line.home.is_some()) {
            of.route_home(self.planned, count);
        }
    }
}

impl Of<'_> {
    /// Whether the message came in a form that can be changed: in whole SCTP packets whose checksums hold, which are not
    /// authenticated (RFC 4895), in DATA of which every piece was held.
    pub fn is_editable(&self) -> bool {
        let way = self.lines.carried.way;
        let Some(below) = way.below.filter(|_| !way.user.is_empty()) else { return false };
        let sctp = &below.transport.sctp;
        let is_authenticated = || sctp.chunks().flatten().any(|chunk| chunk.kind() == ChunkKind::Auth);
        let is_held = |pieces: InPieces| self.line.holding.chunks(pieces.message, pieces.count).is_some();
        below.transport.crc_holds
            && sctp.verification_tag().0 != 0
            && !way.anomalies.has(Anomaly::IpFragmented)
            && way.pieces.is_none_or(is_held)
            && !is_authenticated()
    }

    /// Sees to it that a refused message that cannot be changed does not pass, where the wire is set so. Its sender sends
    /// it again, and gives up in the end.
    pub fn withhold(&mut self, action: Action) -> bool {
        let way = self.lines.carried.way;
        let is_closed = way.input.wire.is_some_and(|wire| wire.unchangeable == Fallback::Discard);
        let Some(below) = way.below.filter(|_| is_closed && gravity(action) > gravity(Action::Rewrite)) else {
            return false;
        };
        self.line.edits.withhold(key_below(below));
        self.line.touched = true;
        true
    }

    /// What is done; none where nothing could be.
    fn carry_out(&mut self, action: Action, error: Option<u8>) -> Option<Action> {
        let answer = match action {
            Action::Reject => Some(Answer::Error(error.unwrap_or(SYSTEM_FAILURE))),
            Action::Acknowledge => Some(Answer::Acknowledge),
            Action::Abort => Some(Answer::Abort),
            _ => None,
        };
        match answer.filter(|_| self.answering != Answering::Discard) {
            Some(Answer::Error(cause)) if cause & RETURNED != 0 && self.send_back(cause & !RETURNED).is_some() => {
                Some(action)
            }
            Some(answer) if self.answer(answer).is_some() => Some(action),
            _ => self.neutralise().map(|()| Action::Discard),
        }
    }

    fn neutralise(&mut self) -> Option<()> {
        let way = self.lines.carried.way;
        match way.pieces {
            None => {
                self.line.edits.neutralise(key_below(way.below?));
                self.line.touched = true;
                Some(())
            }
            // Fragments are no messages of their own, and the last segment is none of the dialogue: they are filled.
            Some(_) => {
                let mut tcap = [0; TCAP_OCTETS_MAX];
                let salt = self.line.secret ^ way.below?.data.tsn.0;
                let len = refusal::neutral(Some(self.lines.parsed.message), salt, &mut tcap).ok()?;
                self.replace(Way::On, tcap.get(..len)?)
            }
        }
    }

    /// Sees to it that the originator is told.
    fn answer(&mut self, answer: Answer) -> Option<()> {
        let Of { lines, answering, .. } = *self;
        let mut operations = [None; COMPONENTS_MAX];
        lines.operations(&mut operations);
        let request = Request {
            message: lines.parsed.message,
            octets: lines.carried.sccp.data,
            components: lines.parsed.components,
            operations: &operations,
            context: lines.context(),
        };
        let mut tcap = [0; TCAP_OCTETS_MAX];
        // An answer may bring a request of its own with it (informServiceCentre): it is an answer all the same.
        let is_request = lines.parsed.message.kind != MessageKind::End
            && lines.parsed.components.iter().any(|component| component.kind == ComponentKind::Invoke);
        let opens = lines.parsed.message.kind == MessageKind::Begin;
        if !is_request && !opens {
            let len = refusal::in_place(&request, answer, &mut tcap)?.ok()?;
            return self.replace(Way::On, tcap.get(..len)?);
        }
        let asked = Asked::of(&request, answer)?;
        if self.insert_answer(&asked, opens).is_some() {
            return Some(());
        }
        if answering == Answering::Reflect && opens {
            let len = asked.ended(&mut tcap).ok()?;
            return self.replace(Way::Back, tcap.get(..len)?);
        }
        if lines.errand.is_some_and(Errand::is_for_nobody) {
            return None;
        }
        let len = refusal::bounce(&request, &mut tcap)?.ok()?;
        self.replace(Way::On, tcap.get(..len)?)?;
        let originator = Party::sender(lines.carried, lines.parsed.message.otid)?;
        self.line.replies.expect(&originator, asked, lines.carried.way.input.time_ns);
        Some(())
    }

    /// The message goes back, as one that SCCP could not deliver.
    fn send_back(&mut self, cause: u8) -> Option<()> {
        let carried = self.lines.carried;
        let envelope = envelope(carried)?;
        let mut message = [0; MESSAGE_OCTETS_MAX];
        let len = envelope.write_returned(cause, &mut message).ok()?;
        self.fits(len).then_some(())?;
        self.spread(message.get(..len)?, carried.way.pieces)
    }

    /// The message becomes another.
    pub fn replace(&mut self, way: Way, tcap: &[u8]) -> Option<()> {
        let carried = self.lines.carried;
        let mut redirected = Redirected::new();
        let sccp = redirected.sccp(self.lines.errand.filter(|_| way == Way::On), carried.sccp)?;
        let envelope = Envelope { sccp: &sccp, ..envelope(carried)? };
        let mut message = [0; MESSAGE_OCTETS_MAX];
        let len = envelope.write(way, tcap, &mut message).ok()?;
        self.fits(len).then_some(())?;
        self.spread(message.get(..len)?, carried.way.pieces)
    }

    /// Whether a message of this length can stand in a packet of its own.
    fn fits(&self, len: usize) -> bool {
        let way = self.lines.carried.way;
        let longest = HEADERS_OCTETS_MAX + len.next_multiple_of(4);
        way.input.wire.is_some_and(|wire| longest <= usize::from(wire.mtu))
    }

    /// Puts a message into the chunks that carried this one: into its last, or into all where they are fragments of one.
    fn spread(&mut self, message: &[u8], pieces: Option<InPieces>) -> Option<()> {
        let Of { line, lines, .. } = self;
        let Line { edits, holding, touched, .. } = &mut **line;
        *touched = true;
        let Some(InPieces { message: whole, count, are_messages }) = pieces else {
            return edits.keep(key_below(lines.carried.way.below?), message).then_some(());
        };
        let chunks = holding.chunks(whole, count)?;
        if are_messages {
            let (&last, earlier) = chunks.split_last()?;
            earlier.iter().for_each(|&chunk| edits.neutralise(chunk));
            return edits.keep(last, message).then_some(());
        }
        let mut chunks: Chunks = chunks.iter().copied().collect();
        let any = chunks.first()?.tsn;
        chunks.sort_unstable_by_key(|chunk| chunk.tsn.wrapping_sub(any) as i32);
        let share = message.len().div_ceil(chunks.len()).max(1);
        let mut rest = message;
        for (left, &chunk) in (0..chunks.len()).rev().zip(&chunks) {
            let (piece, after) = rest.split_at_checked(share.min(rest.len().checked_sub(left)?))?;
            edits.keep(chunk, piece).then_some(())?;
            rest = after;
        }
        rest.is_empty().then_some(())
    }
}

/// What a message came in, for one that takes its place.
pub fn envelope<'a>(carried: &Carried<'a>) -> Option<Envelope<'a>> {
    let Carried { way, msu, sccp } = *carried;
    Some(Envelope { carrier: msu.adaptation.carrier()?, octets: way.user, variant: way.input.point_codes, sccp })
}

fn error_of(facts: &Facts<'_>) -> Option<u8> {
    facts.number(Field::VerdictError).and_then(|error| u8::try_from(error).ok())
}

/// Of two verdicts on one message the graver one counts.
const fn gravity(action: Action) -> u8 {
    match action {
        Action::Discard => 5,
        Action::Abort => 4,
        Action::Reject => 3,
        Action::Acknowledge => 2,
        Action::Rewrite => 1,
        Action::Pass | Action::Tag | Action::Copy | Action::Score => 0,
    }
}
