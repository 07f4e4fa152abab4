//! The state a core keeps, asked and moved with what the packet says.

use crate::memory::{Memory, MemorySizes};
use crate::way::Carried;
use sluice_abi::counters::{Count, Counter};
use sluice_track::{
    Associations, Control, Dialogue, Dialogues, DirectionKey, Ended, FlowKey, Found, MessageKey, NodeHasher, NodeKey,
    PartSizes, Parts, PieceCounts, PieceSizes, Pieces, Seen, Standing, StreamSizes, Streams,
};
use sluice_wire::sccp::{Address, Segmentation};
use sluice_wire::sctp::{self, Chunk, Tsn};
use sluice_wire::sms::Direction;
use sluice_wire::tcap::{Message, MessageKind, TransactionId};
use sluice_wire::{ip, tcp};

/// Sizes of the state tables of one core.
#[derive(Clone, Debug)]
pub struct TableSizes {
    /// Directions of SCTP associations.
    pub associations: usize,
    /// Handshakes of SCTP under way.
    pub inits: usize,
    /// Fragments of IP packets.
    pub ip_fragments: PieceSizes,
    /// Fragments of user messages.
    pub sctp_fragments: PieceSizes,
    /// Segments of SCCP and SUA.
    pub sccp_segments: PieceSizes,
    /// Parts of concatenated short messages.
    pub parts: PartSizes,
    /// TCP connections of SMPP.
    pub streams: StreamSizes,
    /// Open dialogues.
    pub dialogues: usize,
    /// Silence after which a dialogue is given up.
    pub dialogue_timeout_ns: u64,
    /// What is known of the network's recent past.
    pub memory: MemorySizes,
    /// Key of the hash functions: random in a live dataplane, fixed in a replay.
    pub hash_key: u64,
}

/// One second.
const SECOND_NS: u64 = 1_000_000_000;

impl Default for TableSizes {
    fn default() -> Self {
        Self {
            associations: 4096,
            inits: 1024,
            ip_fragments: PieceSizes { pieces: 4096, octets: 4 << 20, timeout_ns: 30 * SECOND_NS },
            sctp_fragments: PieceSizes { pieces: 8192, octets: 4 << 20, timeout_ns: 60 * SECOND_NS },
            sccp_segments: PieceSizes { pieces: 8192, octets: 2 << 20, timeout_ns: 20 * SECOND_NS },
            parts: PartSizes { parts: 16_384, octets: 8 << 20, timeout_ns: 600 * SECOND_NS },
            streams: StreamSizes::default(),
            dialogues: 65_536,
            dialogue_timeout_ns: 120 * SECOND_NS,
            memory: MemorySizes::default(),
            hash_key: 0x5EED,
        }
    }
}

/// The tables.
pub struct Tables {
    associations: Associations,
    pub(crate) ip_fragments: Pieces,
    pub(crate) sctp_fragments: Pieces,
    pub(crate) sccp_segments: Pieces,
    pub(crate) parts: Parts,
    pub(crate) streams: Streams,
    dialogues: Dialogues,
    pub(crate) memory: Memory,
    key: u64,
}

impl Tables {
    /// Allocates them.
    pub fn new(sizes: &TableSizes) -> Self {
        let key = sizes.hash_key;
        Self {
            associations: Associations::with_handshakes(sizes.associations, sizes.inits, key),
            ip_fragments: Pieces::of_offsets(sizes.ip_fragments, key),
            sctp_fragments: Pieces::new(sizes.sctp_fragments, key),
            sccp_segments: Pieces::new(sizes.sccp_segments, key),
            parts: Parts::new(sizes.parts, key),
            streams: Streams::new(sizes.streams, key),
            dialogues: Dialogues::new(sizes.dialogues, sizes.dialogue_timeout_ns, key),
            memory: Memory::new(&sizes.memory, key),
            key,
        }
    }

    /// Whether this DATA chunk has passed before.
    #[inline(always)]
    pub fn pass(&mut self, packet: &sctp::Packet<'_>, tsn: Tsn, now_ns: u64) -> Seen {
        self.associations.pass(direction_of(packet), tsn, now_ns)
    }

    /// Moves the association with a chunk that is none of data.
    pub fn control(&mut self, packet: &sctp::Packet<'_>, chunk: &Chunk<'_>, now_ns: u64) {
        let Some(control) = Control::of(chunk) else { return };
        let key = direction_of(packet);
        if let Control::ForwardTsn { tsn } = control {
            // The receiver gives up what it waits for below this number, and so must we (RFC 3758 §3.6).
            self.sctp_fragments.forget_upto(MessageKey([association(packet), 0]), tsn.0);
        }
        self.associations.control(key, control, now_ns);
    }

    /// Where both directions of an association stand, this one first; none where no handshake has linked them.
    pub fn linked(&mut self, direction: u64) -> Option<[Standing; 2]> {
        let key = DirectionKey {
            verification_tag: (direction >> 32) as u32,
            source_port: (direction >> 16) as u16,
            destination_port: direction as u16,
        };
        self.associations.linked_directions(key)
    }

    /// What the fragments of an IP packet have in common (RFC 791 §3.2, RFC 8200 §4.5).
    pub fn ip_message(&self, packet: &ip::Packet<'_>, identification: u32) -> MessageKey {
        let octets = packet.octets();
        let addresses = match octets.first().map(|o| o >> 4) {
            Some(4) => octets.get(12..20),
            _ => octets.get(8..40),
        };
        let parties = NodeHasher::new(self.key).octets(addresses.unwrap_or_default()).finish();
        // An IPv6 fragment names the protocol only in its header of fragments: the first one's counts.
        let protocol = if octets.first().is_some_and(|o| o >> 4 == 4) { packet.protocol().0 } else { 0 };
        MessageKey([parties, u64::from(identification) << 8 | u64::from(protocol)])
    }

    /// Whose stream a TCP segment is of.
    pub fn flow(&self, ip: &[u8], segment: &tcp::Segment<'_>) -> FlowKey {
        let (source, destination) = match ip.first().map(|octet| octet >> 4) {
            Some(4) => (ip.get(12..16), ip.get(16..20)),
            _ => (ip.get(8..24), ip.get(24..40)),
        };
        let folded = |address: Option<&[u8]>| NodeHasher::new(self.key).octets(address.unwrap_or_default()).finish();
        FlowKey {
            source: folded(source),
            destination: folded(destination),
            source_port: segment.source_port,
            destination_port: segment.destination_port,
        }
    }

    /// What the segments of a message have in common.
    pub fn segmented(&self, carried: &Carried<'_>, segment: Segmentation) -> MessageKey {
        let calling = carried.sccp.calling.octets();
        let node = if calling.is_empty() {
            carried.msu.label.map_or(0, |label| u64::from(label.opc.0))
        } else {
            NodeHasher::new(self.key).octets(calling).finish()
        };
        MessageKey([node, segment.reference.0.into()])
    }

    /// The dialogue a message opens or belongs to. A Begin opens one only if it is `wanted`.
    #[inline]
    pub fn dialogue(
        &mut self,
        message: &Message<'_>,
        carried: &Carried<'_>,
        wanted: bool,
        now_ns: u64,
    ) -> Option<Found> {
        // Most dialogues are other services': what they are between is no matter then.
        if !wanted && matches!(message.kind, MessageKind::Begin) {
            return None;
        }
        let label = carried.msu.label;
        let called = node(self.key, &carried.sccp.called, label.map_or(0, |label| label.dpc.0));
        let calling = node(self.key, &carried.sccp.calling, label.map_or(0, |label| label.opc.0));
        // A transaction id means something only together with the node that gave it.
        let given_by = |id: Option<TransactionId<'_>>, node| id.map(|id| NodeKey { transaction: id.key(), node });
        let from = given_by(message.otid, calling);
        match (message.kind, from) {
            (MessageKind::Begin, Some(opener)) if wanted => {
                Some(self.dialogues.open(opener, [called, calling], now_ns).0)
            }
            (MessageKind::Begin | MessageKind::Unidirectional, _) => None,
            _ => self.dialogues.find(given_by(message.dtid, called), from, [called, calling], now_ns),
        }
    }

    /// The dialogue that was found.
    #[inline]
    pub fn at(&mut self, found: Option<Found>) -> Option<&mut Dialogue> {
        self.dialogues.at(found?)
    }

    /// The dialogue that was found, and what its short message may move: parts of others, and what is remembered.
    #[inline]
    pub fn at_beside_messages(&mut self, found: Option<Found>) -> (Option<&mut Dialogue>, &mut Parts, &mut Memory) {
        (found.and_then(|found| self.dialogues.at(found)), &mut self.parts, &mut self.memory)
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
        if matches!(kind, MessageKind::End | MessageKind::Abort) {
            let (Ended::Closed | Ended::Unknown) = self.dialogues.close(found);
        }
    }

    /// Counts what happened since the last call.
    pub fn flush_counts(&mut self, count: &mut impl Count) {
        let ip = [
            Counter::IpFragmentsJoined,
            Counter::IpFragmentsShed,
            Counter::IpFragmentsExpired,
            Counter::IpFragmentsConflicting,
            Counter::IpFragmentsRefused,
        ];
        let sctp = [
            Counter::SctpFragmentsJoined,
            Counter::SctpFragmentsShed,
            Counter::SctpFragmentsExpired,
            Counter::SctpFragmentsConflicting,
            Counter::SctpFragmentsRefused,
        ];
        let sccp = [
            Counter::SccpSegmentsJoined,
            Counter::SccpSegmentsShed,
            Counter::SccpSegmentsExpired,
            Counter::SccpSegmentsConflicting,
            Counter::SccpSegmentsRefused,
        ];
        for (table, counters) in
            [(&mut self.ip_fragments, ip), (&mut self.sctp_fragments, sctp), (&mut self.sccp_segments, sccp)]
        {
            let PieceCounts { joined, shed, expired, conflicting, refused, .. } = table.take_counts();
            add(count, counters.into_iter().zip([joined, shed, expired, conflicting, refused]));
        }
        let parts = self.parts.take_counts();
        add(
            count,
            [
                (Counter::PartsComplete, parts.completed),
                (Counter::PartsRepeated, parts.repeated),
                (Counter::PartsChanged, parts.changed),
                (Counter::PartsRefused, parts.refused),
                (Counter::PartsShed, parts.shed),
                (Counter::PartsExpired, parts.expired),
            ],
        );
        let dialogues = self.dialogues.take_counts();
        add(
            count,
            [
                (Counter::DialoguesOpened, dialogues.opened),
                (Counter::DialoguesClosed, dialogues.closed),
                (Counter::DialoguesReplaced, dialogues.replaced),
                (Counter::DialoguesShed, dialogues.shed),
                (Counter::DialoguesExpired, dialogues.expired),
            ],
        );
        self.memory.flush_counts(count);
        let streams = self.streams.take_counts();
        add(
            count,
            [
                (Counter::FlowsOpened, streams.opened),
                (Counter::FlowsClosed, streams.closed),
                (Counter::FlowsShed, streams.shed),
                (Counter::FlowsGaps, streams.gaps),
                (Counter::FlowsOutOfOrder, streams.out_of_order),
                (Counter::FlowsRepeated, streams.duplicates),
                (Counter::FlowsOverlaps, streams.overlaps),
            ],
        );
        let associations = self.associations.take_counts();
        add(
            count,
            [
                (Counter::AssociationsOpened, associations.established),
                (Counter::AssociationsPickedUp, associations.picked_up),
                (Counter::AssociationsRestarted, associations.restarted),
                (Counter::AssociationsClosed, associations.closed),
                (Counter::AssociationsAborted, associations.aborted),
                (Counter::AssociationsShed, associations.shed),
                (Counter::InitsShed, associations.inits_shed),
            ],
        );
    }
}

fn add(count: &mut impl Count, counted: impl IntoIterator<Item = (Counter, u64)>) {
    for (counter, n) in counted {
        count.count(counter, n);
    }
}

/// One direction of an association in a word: tag and ports.
pub const fn association(packet: &sctp::Packet<'_>) -> u64 {
    let [tag, source, destination] =
        [packet.verification_tag().0 as u64, packet.source_port() as u64, packet.destination_port() as u64];
    tag << 32 | source << 16 | destination
}

/// A node, by its global title, else by its point code.
#[inline(always)]
pub fn node(key: u64, address: &Address<'_>, point_code: u32) -> u64 {
    match address.international() {
        Some(parts) if !parts.digits.is_empty() => NodeHasher::new(key).octets(parts.digits).finish(),
        _ => any_node(key, address, point_code),
    }
}

#[inline(never)]
fn any_node(key: u64, address: &Address<'_>, point_code: u32) -> u64 {
    if address.digits().is_empty() {
        u64::from(address.pc().map_or(point_code, |pc| pc.0))
    } else {
        NodeHasher::new(key).octets(address.digits()).finish()
    }
}

/// The direction a packet belongs to.
#[inline(always)]
fn direction_of(packet: &sctp::Packet<'_>) -> DirectionKey {
    DirectionKey {
        verification_tag: packet.verification_tag().0,
        source_port: packet.source_port(),
        destination_port: packet.destination_port(),
    }
}
