//! The state a core keeps, asked and moved with what the packet says.

use crate::decode::Carried;
use sluice_abi::counters::{Count, Counter};
use sluice_track::{Associations, Dialogue, Dialogues, DirectionKey, Ended, Found, NodeHasher, NodeKey, Opened, Seen};
use sluice_wire::sccp::Address;
use sluice_wire::sctp::{self, Tsn};
use sluice_wire::sms::Direction;
use sluice_wire::tcap::{Message, MessageKind, TransactionId};

/// Sizes of the state tables of one core.
#[derive(Clone, Debug)]
pub struct TableSizes {
    /// Directions of SCTP associations.
    pub associations: usize,
    /// Open dialogues.
    pub dialogues: usize,
    /// Silence after which a dialogue is given up.
    pub dialogue_timeout_ns: u64,
    /// Key of the hash functions: random in a live dataplane, fixed in a replay.
    pub hash_key: u64,
}

impl Default for TableSizes {
    fn default() -> Self {
        Self { associations: 4096, dialogues: 65_536, dialogue_timeout_ns: 120_000_000_000, hash_key: 0x5EED }
    }
}

/// The tables.
pub struct Tables {
    associations: Associations,
    dialogues: Dialogues,
    key: u64,
    opened: u64,
    closed: u64,
    replaced: u64,
    shed: u64,
    expired: u64,
}

impl Tables {
    /// Allocates them.
    pub fn new(sizes: &TableSizes) -> Self {
        Self {
            associations: Associations::new(sizes.associations, sizes.hash_key),
            dialogues: Dialogues::new(sizes.dialogues, sizes.dialogue_timeout_ns, sizes.hash_key),
            key: sizes.hash_key,
            opened: 0,
            closed: 0,
            replaced: 0,
            shed: 0,
            expired: 0,
        }
    }

    /// Whether this DATA chunk has passed before.
    #[inline(always)]
    pub fn is_duplicate(&mut self, packet: &sctp::Packet<'_>, tsn: Tsn, now_ns: u64) -> bool {
        let key = DirectionKey {
            verification_tag: packet.verification_tag().0,
            source_port: packet.source_port(),
            destination_port: packet.destination_port(),
        };
        self.associations.pass(key, tsn, now_ns) == Seen::Before
    }

    /// The dialogue a message opens or belongs to. A Begin opens one only if it is `wanted`.
    #[inline]
    pub fn dialogue(
        &mut self,
        message: &Message<'_>,
        carried: &Carried<'_, '_>,
        wanted: bool,
        now_ns: u64,
    ) -> Option<Found> {
        let from = message.otid.map(|t| self.node(t, &carried.sccp.calling, carried.msu.label.opc.0));
        match (message.kind, from) {
            (MessageKind::Begin, Some(opener)) if wanted => Some(self.open(opener, now_ns)),
            (MessageKind::Begin | MessageKind::Unidirectional, _) => None,
            _ => {
                let to = message.dtid.map(|t| self.node(t, &carried.sccp.called, carried.msu.label.dpc.0));
                self.dialogues.find(to, from, now_ns)
            }
        }
    }

    #[inline]
    fn open(&mut self, opener: NodeKey, now_ns: u64) -> Found {
        let (found, outcome) = self.dialogues.open(opener, now_ns);
        self.opened += 1;
        match outcome {
            Opened::Fresh => {}
            Opened::Replaced => self.replaced += 1,
            Opened::Shed => self.shed += 1,
            Opened::Expired => self.expired += 1,
        }
        found
    }

    /// The dialogue that was found.
    #[inline]
    pub fn at(&mut self, found: Option<Found>) -> Option<&mut Dialogue> {
        self.dialogues.at(found?)
    }

    /// Remembers which way the short message of a dialogue goes: its answer may not tell.
    #[inline]
    pub fn remember_way(&mut self, found: Option<Found>, way: Option<Direction>) {
        if let Some(dialogue) = self.at(found) {
            dialogue.way = way;
        }
    }

    /// Ends the dialogue of an End or Abort.
    #[inline]
    pub fn close(&mut self, kind: MessageKind, found: Option<Found>) {
        let ends = matches!(kind, MessageKind::End | MessageKind::Abort);
        if ends && self.dialogues.close(found) == Ended::Closed {
            self.closed += 1;
        }
    }

    /// A transaction id means something only together with the node that gave it: its global title, else its
    /// point code.
    #[inline]
    fn node(&self, transaction: TransactionId<'_>, address: &Address<'_>, point_code: u32) -> NodeKey {
        let node = if address.digits().is_empty() {
            u64::from(address.pc().map_or(point_code, |pc| pc.0))
        } else {
            NodeHasher::new(self.key).octets(address.digits()).finish()
        };
        NodeKey { transaction: transaction.key(), node }
    }

    /// Counts what happened since the last call.
    pub fn flush_counts(&mut self, count: &mut impl Count) {
        let mut flush = |counter, n: &mut u64| count.count(counter, std::mem::take(n));
        flush(Counter::DialoguesOpened, &mut self.opened);
        flush(Counter::DialoguesClosed, &mut self.closed);
        flush(Counter::DialoguesReplaced, &mut self.replaced);
        flush(Counter::DialoguesShed, &mut self.shed);
        flush(Counter::DialoguesExpired, &mut self.expired);
        flush(Counter::AssociationsShed, &mut self.associations.take_shed());
    }
}
