//! One association: two flows, and what its packets do to them.

use super::flow::{Flow, Start};
use super::out::Out;
use super::sack;
use super::timer::NEVER;
use super::{Decision, HEAD_OCTETS_MAX};
use crate::Refused;
use sluice_wire::sctp::{
    COMMON_HEADER_OCTETS, Chunk, ChunkKind, Data, ForwardTsn, Packet, ReConfig, Sack, Shutdown, Tsn,
};

/// An association. The DATA of flow 0 is in packets of direction 0, and so are the SACKs of flow 1.
#[derive(Clone, Debug)]
pub(super) struct Record {
    pub flows: [Flow; 2],
    /// What the caller puts before packets of each direction.
    pub heads: [Head; 2],
    pub last_ns: u64,
    /// It is being ended: nothing more is inserted.
    pub is_closing: bool,
    /// It uses something that cannot be translated: nothing is ever removed or inserted.
    pub is_untouchable: bool,
    /// It has ended.
    pub is_over: bool,
    /// Requests of the sender of each flow that are to be denied.
    pub denied: [[Option<u32>; 2]; 2],
}

/// Octets of the caller's own.
#[derive(Clone, Copy, Debug)]
pub(super) struct Head {
    octets: [u8; HEAD_OCTETS_MAX],
    len: usize,
}

impl Head {
    const EMPTY: Self = Self { octets: [0; HEAD_OCTETS_MAX], len: 0 };

    pub(super) fn set(&mut self, octets: &[u8]) {
        if let Some(place) = self.octets.get_mut(..octets.len()) {
            place.copy_from_slice(octets);
            self.len = octets.len();
        }
    }

    pub(super) fn octets(&self) -> &[u8] {
        self.octets.get(..self.len).unwrap_or_default()
    }
}

/// One packet on its way through.
pub(super) struct Turn<'t, 'p, D, F> {
    pub octets: &'p [u8],
    pub side: usize,
    pub now_ns: u64,
    pub decide: D,
    /// Gets the payloads that are not needed any more.
    pub freed: F,
    pub out: Out<'t>,
}

impl Record {
    pub(super) fn new(keys: [u64; 2], starts: [Start; 2], now_ns: u64) -> Self {
        let ([key_0, key_1], [start_0, start_1]) = (keys, starts);
        Self {
            flows: [Flow::new(key_0, start_0), Flow::new(key_1, start_1)],
            heads: [Head::EMPTY; 2],
            last_ns: now_ns,
            is_closing: false,
            is_untouchable: false,
            is_over: false,
            denied: [[None; 2]; 2],
        }
    }

    pub(super) fn is_touched(&self) -> bool {
        self.flows.iter().any(|flow| flow.is_touched)
    }

    /// The flow whose DATA goes this way, and the one whose SACKs do.
    pub(super) const fn flows(&mut self, side: usize) -> (&mut Flow, &mut Flow) {
        let [first, second] = &mut self.flows;
        if side == 0 { (first, second) } else { (second, first) }
    }

    /// Key and head of a direction.
    pub(super) fn way(&self, side: usize) -> (u64, Head) {
        let [(flow_0, head_0), (flow_1, head_1)] = [(&self.flows[0], self.heads[0]), (&self.flows[1], self.heads[1])];
        if side == 0 { (flow_0.key, head_0) } else { (flow_1.key, head_1) }
    }

    /// Writes the packet as it leaves.
    pub(super) fn pass<'d, D, F>(&mut self, packet: &Packet<'_>, turn: &mut Turn<'_, '_, D, F>) -> Result<(), Refused>
    where
        D: FnMut(&Data<'_>, bool) -> Decision<'d>,
        F: FnMut(u32),
    {
        let mut read = usize::from(COMMON_HEADER_OCTETS);
        turn.out.put(turn.octets.get(..read).ok_or(Refused::Form)?)?;
        self.flows(turn.side).1.inserts.receiver_spoke(turn.now_ns);
        for chunk in packet.chunks().map_while(Result::ok) {
            let start = usize::from(chunk.offset);
            read = (start + chunk.len_octets()).next_multiple_of(4).min(turn.octets.len());
            self.chunk(&chunk, turn.octets.get(start..read).ok_or(Refused::Form)?, turn)?;
        }
        turn.out.put(turn.octets.get(read..).unwrap_or_default())?;
        let (data, acknowledged) = self.flows(turn.side);
        data.place();
        acknowledged.place();
        Ok(())
    }

    fn chunk<'d, D, F>(&mut self, chunk: &Chunk<'_>, raw: &[u8], turn: &mut Turn<'_, '_, D, F>) -> Result<(), Refused>
    where
        D: FnMut(&Data<'_>, bool) -> Decision<'d>,
        F: FnMut(u32),
    {
        let start = turn.out.len();
        match chunk.kind() {
            ChunkKind::Data => return self.data(chunk, raw, turn),
            ChunkKind::Sack => return self.sack(chunk, raw, turn),
            ChunkKind::ForwardTsn => return self.forward_tsn(chunk, raw, turn),
            ChunkKind::ReConfig if self.is_touched() => return self.re_config(chunk, raw, turn),
            ChunkKind::Shutdown => self.closing(turn),
            ChunkKind::ShutdownAck => self.closing(turn),
            ChunkKind::Abort | ChunkKind::ShutdownComplete => self.is_over = true,
            kind if is_untranslatable(kind) => self.is_untouchable = true,
            _ => {}
        }
        turn.out.put(raw)?;
        self.number(chunk, start, turn)
    }

    /// The one number of a chunk that has one.
    fn number<D, F>(&mut self, chunk: &Chunk<'_>, start: usize, turn: &mut Turn<'_, '_, D, F>) -> Result<(), Refused> {
        let Some(number) = chunk.value.first_chunk().map(|octets| Tsn(u32::from_be_bytes(*octets))) else {
            return Ok(());
        };
        let (data, acknowledged) = self.flows(turn.side);
        let number = match chunk.kind() {
            ChunkKind::Shutdown if Shutdown::parse(chunk).is_ok() => {
                let theirs = acknowledged.marks.back(number);
                acknowledged.hear_cumulative(number);
                theirs
            }
            ChunkKind::Ecne => acknowledged.marks.back(number),
            ChunkKind::Cwr => data.marks.reach(number),
            _ => return Ok(()),
        };
        turn.out.patch(start + 4, &number.0.to_be_bytes())
    }

    fn data<'d, D, F>(&mut self, chunk: &Chunk<'_>, raw: &[u8], turn: &mut Turn<'_, '_, D, F>) -> Result<(), Refused>
    where
        D: FnMut(&Data<'_>, bool) -> Decision<'d>,
    {
        let Ok(data) = Data::parse(chunk) else { return turn.out.put(raw) };
        let is_touchable = !self.is_untouchable;
        let flow = self.flows(turn.side).0;
        if flow.marks.is_removed(data.tsn) {
            flow.removed_again(turn.now_ns);
            return Ok(());
        }
        let may_remove = is_touchable && flow.may_remove(&data);
        let decision = (turn.decide)(&data, may_remove);
        if matches!(decision, Decision::Remove) {
            if !may_remove {
                return Err(Refused::Chunk);
            }
            flow.remove(&data, turn.now_ns);
            return Ok(());
        }
        flow.note(&data);
        let (tsn, ssn) = flow.forward(&data);
        if let Decision::Replace(payload) = decision {
            let octets = Data { tsn, ssn, payload, ..data }.emit(turn.out.room()).map_err(|_| Refused::Room)?;
            turn.out.wrote(octets);
            return Ok(());
        }
        let start = turn.out.len();
        turn.out.put(raw)?;
        turn.out.patch(start + 4, &tsn.0.to_be_bytes())?;
        turn.out.patch(start + 10, &ssn.0.to_be_bytes())
    }

    fn sack<D, F>(&mut self, chunk: &Chunk<'_>, raw: &[u8], turn: &mut Turn<'_, '_, D, F>) -> Result<(), Refused>
    where
        F: FnMut(u32),
    {
        let Ok(sack) = Sack::parse(chunk) else { return turn.out.put(raw) };
        let flow = self.flows(turn.side).1;
        let cumulative = flow.hear(&sack, turn.now_ns, &mut turn.freed);
        if flow.marks.is_empty() && flow.marks.base == 0 {
            return turn.out.put(raw);
        }
        let rest = turn.octets.len() - (usize::from(chunk.offset) + raw.len());
        let room = turn.out.room().len().saturating_sub(rest);
        sack::put(flow, &sack, cumulative, room, &mut turn.out)
    }

    fn forward_tsn<D, F>(
        &mut self,
        chunk: &Chunk<'_>,
        raw: &[u8],
        turn: &mut Turn<'_, '_, D, F>,
    ) -> Result<(), Refused> {
        let Ok(forward) = ForwardTsn::parse(chunk) else { return turn.out.put(raw) };
        let flow = self.flows(turn.side).0;
        flow.skip(&forward);
        let cumulative = flow.marks.reach(forward.new_cumulative_tsn);
        // It would skip what is ours. Its sender repeats it (RFC 3758 §3.5), and ours is there by then.
        if flow.inserts.is_open_up_to(cumulative) {
            return Ok(());
        }
        let start = turn.out.len();
        turn.out.put(raw)?;
        turn.out.patch(start + 4, &cumulative.0.to_be_bytes())?;
        for (number, skipped) in forward.streams().enumerate() {
            let ssn = flow.forward_skipped(skipped, forward.new_cumulative_tsn);
            turn.out.patch(start + 8 + number * 4 + 2, &ssn.0.to_be_bytes())?;
        }
        Ok(())
    }

    /// Numbers that start anew cannot be translated: requests do not reach the other side and are denied.
    fn re_config<D, F>(&mut self, chunk: &Chunk<'_>, raw: &[u8], turn: &mut Turn<'_, '_, D, F>) -> Result<(), Refused> {
        let mut requests = [None; 2];
        let all = ReConfig::all(chunk).map_err(|_| Refused::Form)?;
        let numbers = all.map_while(Result::ok).filter_map(|one| request(&one));
        requests.iter_mut().zip(numbers).for_each(|(place, number)| *place = Some(number));
        if requests == [None; 2] {
            return turn.out.put(raw);
        }
        if let Some(denied) = self.denied.get_mut(turn.side) {
            *denied = requests;
        }
        Ok(())
    }

    fn closing<D, F>(&mut self, turn: &mut Turn<'_, '_, D, F>)
    where
        F: FnMut(u32),
    {
        self.is_closing = true;
        self.flows.iter_mut().for_each(|flow| flow.inserts.give_up_waiting(&mut turn.freed));
    }

    /// When something is to be done.
    pub(super) fn due_ns(&self) -> u64 {
        let is_denying = self.denied.iter().flatten().any(Option::is_some);
        if is_denying { 0 } else { self.flows.iter().map(Flow::due_ns).min().unwrap_or(NEVER) }
    }
}

/// What moves numbers in ways that are not followed here. Seen before a change, it rules one out.
fn is_untranslatable(kind: ChunkKind) -> bool {
    const NR_SACK: ChunkKind = ChunkKind::from_number(16);
    let kinds = [ChunkKind::ReConfig, ChunkKind::IData, ChunkKind::IForwardTsn, ChunkKind::Auth, NR_SACK];
    kinds.contains(&kind)
}

fn request(one: &ReConfig<'_>) -> Option<u32> {
    match *one {
        ReConfig::OutgoingReset { request, .. }
        | ReConfig::IncomingReset { request, .. }
        | ReConfig::TsnReset { request }
        | ReConfig::AddOutgoing { request, .. }
        | ReConfig::AddIncoming { request, .. } => Some(request),
        ReConfig::Response { .. } | ReConfig::Other(_) => None,
    }
}
