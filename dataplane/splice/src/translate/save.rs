//! A touched association in memory that outlives the process, and back.
//!
//! Each has two places, written in turn: a process that ends while it writes leaves the other whole. The state is saved
//! before the packet that follows from it leaves. Timers and round trips are not kept: what was inserted is sent again.
//!
//! ```text
//!  0                   8         12        16
//! +-------------------+---------+---------+-------------------
//! | turn              | length  | CRC32c  | body ...              little-endian; without a body there is no association
//! +-------------------+---------+---------+-------------------
//! ```

use super::HEAD_OCTETS_MAX;
use super::fixed::Fixed;
use super::flow::{Flow, Start};
use super::holes::{HOLES_MAX, Hole};
use super::inserts::{INSERTS_MAX, Insert};
use super::marks::{Change, MARKS_MAX, Mark};
use super::out::Out;
use super::record::Record;
use super::streams::{STREAMS_MAX, Stream};
use crate::Refused;
use sluice_wire::crc32c::crc32c;
use sluice_wire::sctp::Tsn;

/// Both places of an association.
pub(super) const RECORD_OCTETS: usize = 2 * PLACE_OCTETS;
const PLACE_OCTETS: usize = (HEADER_OCTETS + BODY_OCTETS).next_multiple_of(8);
const HEADER_OCTETS: usize = 16;
const BODY_OCTETS: usize = 2 + 2 * (FLOW_OCTETS + 2 + HEAD_OCTETS_MAX);
const FLOW_OCTETS: usize = 40 + 8 + MARKS_MAX * 16 + STREAMS_MAX * 8 + HOLES_MAX * 8 + INSERTS_MAX * 20;

/// Saves an association, or that there is none, in the place whose turn it is.
pub(super) fn save(record: Option<&Record>, turn: u64, places: &mut [u8]) -> Result<(), Refused> {
    let start = if turn.is_multiple_of(2) { 0 } else { PLACE_OCTETS };
    let place = places.get_mut(start..).and_then(|rest| rest.get_mut(..PLACE_OCTETS)).ok_or(Refused::Room)?;
    let mut out = Out::new(place);
    out.put(&turn.to_le_bytes())?;
    out.put(&[0; 8])?;
    if let Some(record) = record {
        put_record(record, &mut out)?;
    }
    let len = (out.len() - HEADER_OCTETS) as u32;
    out.patch(8, &len.to_le_bytes())?;
    let crc = crc32c(out.written());
    out.patch(12, &crc.to_le_bytes())
}

/// The turn of what was saved last, and it.
pub(super) fn load(places: &[u8], now_ns: u64) -> (u64, Option<Record>) {
    let (first, second) = places.split_at(PLACE_OCTETS.min(places.len()));
    let latest = [first, second].into_iter().filter_map(whole).max_by_key(|(turn, _)| *turn);
    latest.map_or((0, None), |(turn, body)| (turn, record(body, now_ns)))
}

/// Turn and body of a place that was written to its end.
fn whole(place: &[u8]) -> Option<(u64, &[u8])> {
    let mut header = In(place);
    let (turn, len, crc) = (header.u64()?, header.u32()? as usize, header.u32()?);
    let mut head = [0; HEADER_OCTETS];
    head.get_mut(..12)?.copy_from_slice(place.get(..12)?);
    let body = header.0.get(..len)?;
    let sum = sluice_wire::crc32c::Crc32c::new().update(&head).update(body).finish();
    (sum == crc).then_some((turn, body))
}

fn put_record(record: &Record, out: &mut Out<'_>) -> Result<(), Refused> {
    out.put(&[u8::from(record.is_closing), u8::from(record.is_untouchable)])?;
    for (flow, head) in record.flows.iter().zip(&record.heads) {
        put_flow(flow, out)?;
        out.put(&(head.octets().len() as u16).to_le_bytes())?;
        out.put(head.octets())?;
    }
    Ok(())
}

fn put_flow(flow: &Flow, out: &mut Out<'_>) -> Result<(), Refused> {
    out.put(&flow.key.to_le_bytes())?;
    let flags = [flow.is_message_end, flow.is_touched, flow.gives_up, flow.has_gaps, flow.streams.is_complete];
    flags.iter().try_for_each(|flag| out.put(&[u8::from(*flag)]))?;
    put_option(flow.end.map(|tsn| tsn.0), out)?;
    put_option(flow.acknowledged.map(|tsn| tsn.0), out)?;
    put_option(flow.window_octets, out)?;
    out.put(&flow.told.0.to_le_bytes())?;
    out.put(&flow.marks.base.to_le_bytes())?;
    put_list(&flow.marks.list, out, |mark, out| {
        out.put(&mark.at.to_le_bytes())?;
        out.put(&[u8::from(mark.is_removed()), u8::from(mark.sid.is_some())])?;
        out.put(&mark.shift.to_le_bytes())?;
        put_u16s([mark.sid.unwrap_or_default(), mark.ssn, mark.ssn_shift], out)
    })?;
    put_list(&flow.streams.list, out, |stream, out| {
        out.put(&[u8::from(stream.is_marked), u8::from(stream.next.is_some())])?;
        put_u16s([stream.sid, stream.next.unwrap_or_default(), stream.shift], out)
    })?;
    put_list(&flow.holes.0, out, |hole, out| {
        out.put(&hole.first.to_le_bytes())?;
        out.put(&hole.last.to_le_bytes())
    })?;
    put_list(&flow.inserts.list, out, |insert, out| {
        let (tsn, ssn) = insert.place.unwrap_or_default();
        out.put(&[u8::from(insert.is_unordered), u8::from(insert.place.is_some())])?;
        [insert.slot, insert.ppid, tsn].iter().try_for_each(|number| out.put(&number.to_le_bytes()))?;
        put_u16s([insert.sid, ssn], out)
    })
}

fn put_option(number: Option<u32>, out: &mut Out<'_>) -> Result<(), Refused> {
    out.put(&[u8::from(number.is_some())])?;
    out.put(&number.unwrap_or_default().to_le_bytes())
}

fn put_u16s<const N: usize>(numbers: [u16; N], out: &mut Out<'_>) -> Result<(), Refused> {
    numbers.iter().try_for_each(|number| out.put(&number.to_le_bytes()))
}

fn put_list<T: Copy + Default, const MAX: usize>(
    list: &Fixed<T, MAX>,
    out: &mut Out<'_>,
    put: impl Fn(&T, &mut Out<'_>) -> Result<(), Refused>,
) -> Result<(), Refused> {
    out.put(&(list.len() as u16).to_le_bytes())?;
    list.iter().try_for_each(|value| put(value, out))
}

/// Octets that are read to their end or not at all.
struct In<'i>(&'i [u8]);

impl In<'_> {
    fn take<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (octets, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(*octets)
    }

    fn flag(&mut self) -> Option<bool> {
        match self.take()? {
            [0] => Some(false),
            [1] => Some(true),
            _ => None,
        }
    }

    fn u16(&mut self) -> Option<u16> {
        self.take().map(u16::from_le_bytes)
    }

    fn u32(&mut self) -> Option<u32> {
        self.take().map(u32::from_le_bytes)
    }

    fn u64(&mut self) -> Option<u64> {
        self.take().map(u64::from_le_bytes)
    }

    fn option(&mut self) -> Option<Option<u32>> {
        let is_some = self.flag()?;
        let number = self.u32()?;
        Some(is_some.then_some(number))
    }

    fn list<T: Copy + Default, const MAX: usize>(
        &mut self,
        mut one: impl FnMut(&mut Self) -> Option<T>,
    ) -> Option<Fixed<T, MAX>> {
        let mut list = Fixed::default();
        for _ in 0..self.u16()? {
            let value = one(self)?;
            list.push(value).then_some(())?;
        }
        Some(list)
    }
}

fn record(body: &[u8], now_ns: u64) -> Option<Record> {
    let mut from = In(body);
    let (is_closing, is_untouchable) = (from.flag()?, from.flag()?);
    let mut record = Record { is_closing, is_untouchable, ..Record::new([0; 2], [Start::Unknown; 2], now_ns) };
    for (flow, head) in record.flows.iter_mut().zip(&mut record.heads) {
        *flow = flow_of(&mut from)?;
        let len = usize::from(from.u16()?);
        let (octets, rest) = from.0.split_at_checked(len)?;
        head.set(octets);
        from.0 = rest;
    }
    Some(record).filter(|record| from.0.is_empty() && record.is_touched())
}

fn flow_of(from: &mut In<'_>) -> Option<Flow> {
    let mut flow = Flow::new(from.u64()?, Start::Unknown);
    (flow.is_message_end, flow.is_touched, flow.gives_up) = (from.flag()?, from.flag()?, from.flag()?);
    (flow.has_gaps, flow.streams.is_complete) = (from.flag()?, from.flag()?);
    (flow.end, flow.acknowledged) = (from.option()?.map(Tsn), from.option()?.map(Tsn));
    (flow.window_octets, flow.told, flow.marks.base) = (from.option()?, Tsn(from.u32()?), from.u32()?);
    flow.marks.list = from.list(mark)?;
    flow.streams.list = from.list(|from| {
        let (is_marked, is_seen) = (from.flag()?, from.flag()?);
        let (sid, next, shift) = (from.u16()?, from.u16()?, from.u16()?);
        Some(Stream { sid, next: is_seen.then_some(next), shift, is_marked })
    })?;
    flow.holes.0 = from.list(|from| Some(Hole { first: from.u32()?, last: from.u32()? }))?;
    flow.inserts.list = from.list(insert)?;
    flow.inserts.send_all_again();
    let in_order = |pair: &[Mark]| matches!(pair, [one, next] if Tsn(next.at).since(Tsn(one.at)) >= 0);
    flow.marks.list.as_slice().windows(2).all(in_order).then_some(flow)
}

fn mark(from: &mut In<'_>) -> Option<Mark> {
    let at = from.u32()?;
    let (is_removed, has_stream) = (from.flag()?, from.flag()?);
    let (shift, sid, ssn, ssn_shift) = (from.u32()?, from.u16()?, from.u16()?, from.u16()?);
    let change = if is_removed { Change::Removed } else { Change::Inserted };
    Some(Mark { at, change, shift, sid: has_stream.then_some(sid), ssn, ssn_shift })
}

fn insert(from: &mut In<'_>) -> Option<Insert> {
    let (is_unordered, is_placed) = (from.flag()?, from.flag()?);
    let (slot, ppid, tsn) = (from.u32()?, from.u32()?, from.u32()?);
    let (sid, ssn) = (from.u16()?, from.u16()?);
    // Whatever has a place was sent, or will be taken for it: its round trip must not be measured.
    let sent = if is_placed { 2 } else { 0 };
    Some(Insert { slot, sid, ppid, is_unordered, place: is_placed.then_some((tsn, ssn)), sent, ..Insert::default() })
}
