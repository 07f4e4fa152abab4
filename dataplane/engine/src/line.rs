//! What is done to the frames of a wire after the verdicts on their messages.
//!
//! ```text
//!  verdict ─▶ plan ─▶ edits, by association and TSN ─▶ the frame is written again ─▶ the other port
//!   act.rs   (other octets    ▲                          before it is sent on
//!             for a chunk)    └─ a retransmission finds the same ones
//! ```
//! One message goes out for each that came in: no TSN moves, so any frame may be forwarded as it came at any time, and
//! an association outlives the dataplane. What a chunk becomes is decided once, when its message is judged.

mod hold;
mod home;
mod plan;
mod reply;
mod rewrite;
mod splicing;
mod write;

pub use home::{Errand, Goal, HomeRouting, Redirected};
pub use plan::Plan;
pub use reply::{Party, Replies};
pub use splicing::{Own, SpliceMemory, SpliceSizes, Splicing, splice_octets};
pub use write::{Frames, Written};

use crate::decode::Transported;
use crate::judge::Fallback;
use crate::parsed::Parsed;
use crate::track::association;
use crate::way::{Carried, Way};
use hold::Holding;
use home::Home;
use plan::envelope;
use rewrite::TextPad;
use sluice_splice::{EditKey, Edits, Envelope};
use sluice_track::MessageKey;
use sluice_wire::Anomaly;
use sluice_wire::sctp::{self, Tsn};
use sluice_wire::tcap::MessageKind;

/// What a wire does with a message that is not let through as it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wire {
    /// Whether chunks may be removed and inserted.
    pub mode: Mode,
    /// By which port of its core a frame came, for those of our own that are to go the same way.
    pub inlet: u32,
    /// How the originator of a refused request gets its answer.
    pub answering: Answering,
    /// Longest IP packet the links take, in octets.
    pub mtu: u16,
    /// How long a piece of a message waits for the others, in nanoseconds.
    pub patience_ns: u64,
    /// Number of its screen, if it has one.
    pub screen: Option<usize>,
    /// What becomes of a piece that cannot be held, for want of room.
    pub crowded: Fallback,
    /// What becomes of pieces that have waited so long.
    pub impatient: Fallback,
    /// What becomes of a frame that should have been changed and cannot be.
    pub unchangeable: Fallback,
}

impl Default for Wire {
    fn default() -> Self {
        let pass = Fallback::Pass;
        let (answering, mtu, patience_ns) = (Answering::Bounce, 1500, 100_000_000);
        let (mode, inlet, screen) = (Mode::InPlace, 0, None);
        Self { mode, inlet, answering, mtu, patience_ns, screen, crowded: pass, impatient: pass, unchangeable: pass }
    }
}

/// How a message is taken out of an association.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Another takes its place: no TSN moves.
    InPlace,
    /// It is removed, and answers are inserted, where that is possible.
    Splice,
}

/// How the originator of a refused request gets its answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answering {
    /// The destination refuses the dialogue unread, and its refusal becomes the answer. It has to come back by a wire of
    /// this core.
    Bounce,
    /// The request itself becomes the answer; whatever is behind the wire routes it back.
    Reflect,
    /// Not at all: the message is discarded.
    Discard,
}

/// Sizes of what is remembered of changes.
#[derive(Clone, Copy, Debug)]
pub struct LineSizes {
    /// Chunks that became others.
    pub verdicts: usize,
    /// Octets of such chunks in all, where they do not follow from the chunk.
    pub octets: usize,
    /// Refused requests whose answer is still to come.
    pub replies: usize,
}

impl Default for LineSizes {
    fn default() -> Self {
        Self { verdicts: 524_288, octets: 32 << 20, replies: 131_072 }
    }
}

/// Longest user message that is written in the place of another: a LUDT with its label, or a longer UDT with all
/// parameters of M3UA.
const MESSAGE_OCTETS_MAX: usize = 4400;
/// Longest frame that is written.
const FRAME_OCTETS_MAX: usize = 1 << 14;

/// What is remembered of changes, and where frames are written again.
pub struct Line {
    pub(crate) edits: Edits,
    pub(crate) replies: Replies,
    pub(crate) holding: Holding,
    /// None where messages are not routed home.
    pub(crate) home: Option<Box<Home>>,
    /// Whether a chunk of the frame at hand is to become another.
    pub(crate) touched: bool,
    /// Whether the frame at hand must not cross.
    pub(crate) dropped: bool,
    /// Where new messages are written.
    message: Box<[u8]>,
    /// Where texts are looked at.
    text: Box<TextPad>,
    /// Where frames are written.
    frame: Box<[u8]>,
    secret: u32,
    /// The associations that chunks are removed from; none where all changes are in place.
    pub(crate) splicing: Option<Box<Splicing>>,
}

impl Line {
    /// Allocates its memory.
    pub fn new(sizes: &LineSizes, secret: u64, home: Option<&HomeRouting>) -> Self {
        Self {
            edits: Edits::new(sizes.verdicts, sizes.octets, secret),
            replies: Replies::new(sizes.replies, secret),
            holding: Holding::new(),
            home: home.and_then(|settings| Home::new(settings, sizes.replies, secret)).map(Box::new),
            touched: false,
            dropped: false,
            message: vec![0; MESSAGE_OCTETS_MAX].into_boxed_slice(),
            text: Box::new(TextPad::new()),
            frame: vec![0; FRAME_OCTETS_MAX].into_boxed_slice(),
            secret: (secret >> 32) as u32,
            splicing: None,
        }
    }

    /// A chunk comes again: it is what it was.
    #[inline]
    pub fn again(&mut self, packet: &sctp::Packet<'_>, tsn: Tsn) {
        let key = key_of(packet, tsn);
        self.touched |= self.edits.find(key).is_some();
        self.holding.again(key);
    }

    /// Whether a chunk became another when it came before.
    pub fn has_changed(&self, packet: &sctp::Packet<'_>, tsn: Tsn) -> bool {
        self.edits.find(key_of(packet, tsn)).is_some()
    }

    /// What home routing has to do with a message that came by a wire.
    #[inline(always)]
    pub fn errand(&mut self, carried: &Carried<'_>, parsed: &Parsed<'_, '_>) -> Option<Errand> {
        carried.way.input.wire?;
        self.home.as_mut()?.errand(carried, parsed)
    }

    /// Makes a destination's refusal of a request that was refused here into its answer. `false` for any other message.
    #[inline(always)]
    pub fn answer(&mut self, carried: &Carried<'_>, parsed: &Parsed<'_, '_>, errand: Option<&Errand>) -> bool {
        !self.replies.is_empty() && self.answer_if_refused(carried, parsed, errand).is_some()
    }

    #[inline(never)]
    fn answer_if_refused(
        &mut self,
        carried: &Carried<'_>,
        parsed: &Parsed<'_, '_>,
        errand: Option<&Errand>,
    ) -> Option<()> {
        let Parsed { message, components, .. } = *parsed;
        if message.kind == MessageKind::Begin {
            // Another transaction of the same id.
            self.replies.forget(&Party::sender(carried, message.otid)?);
            return None;
        }
        let originator = Party::receiver(carried, message.dtid)?;
        let way = carried.way;
        let asked = self.replies.find(&originator, way.input.time_ns)?;
        let below = way.below.filter(|_| way.input.wire.is_some() && way.pieces.is_none() && !way.user.is_empty())?;
        let mut tcap = [0; 512];
        let len = asked.answered(message, components, &mut tcap)?.ok()?;
        let mut redirected = Redirected::new();
        let envelope = Envelope { sccp: &redirected.sccp(errand, carried.sccp)?, ..envelope(carried)? };
        let len = envelope.write(sluice_splice::Way::On, tcap.get(..len)?, &mut self.message).ok()?;
        self.edits.keep(key_below(below), self.message.get(..len)?).then_some(())?;
        self.touched = true;
        self.replies.forget(&originator);
        Some(())
    }

    /// Another frame is at hand.
    #[inline(always)]
    pub fn next_frame(&mut self) {
        self.touched = false;
        self.dropped = false;
        self.holding.next_frame();
    }

    /// A piece of a message waits for the others. One that came in IP fragments cannot be changed, and does not.
    pub fn wait(&mut self, way: &Way<'_>, message: MessageKey) {
        if way.anomalies.has(Anomaly::IpFragmented) {
            return;
        }
        if let (Some(_), Some(below)) = (way.input.wire, way.below) {
            self.holding.wait(message, key_below(below));
        }
    }

    /// A message is whole with the chunk at hand.
    pub fn complete(&mut self, message: MessageKey, tsns: Option<(Tsn, Tsn)>, below: Option<&Transported<'_>>) {
        if let Some(below) = below {
            self.holding.complete(message, tsns, key_below(below));
        }
    }

    /// Whether a frame that is held waits still.
    pub fn is_waiting(&self, ticket: u64) -> bool {
        self.holding.is_waiting(ticket)
    }

    /// Whether a frame that is held must not wait any longer.
    pub fn is_overdue(&self, ticket: u64) -> bool {
        self.holding.is_overdue(ticket)
    }

    /// A frame that is held has waited long enough. Where its pieces must not go on they become octets that are a message
    /// of no protocol: its receiver says so, and the association goes on.
    pub fn give_up(&mut self, ticket: u64, impatient: Fallback) {
        while let Some(chunk) = self.holding.give_up(ticket) {
            if impatient == Fallback::Discard {
                self.edits.keep(chunk, &[0]);
            }
        }
    }
}

/// The chunk in its association.
fn key_of(packet: &sctp::Packet<'_>, tsn: Tsn) -> EditKey {
    EditKey { direction: association(packet), tsn: tsn.0 }
}

/// The chunk a message came in.
pub(crate) fn key_below(below: &Transported<'_>) -> EditKey {
    key_of(&below.transport.sctp, below.data.tsn)
}
