//! What leaves of our own: SACKs for removed chunks, messages that were inserted, requests that are denied.

use super::flow::Flow;
use super::inserts::{Insert, Inserts};
use super::out::Out;
use super::payloads::payload;
use super::record::Record;
use super::timer::NEVER;
use super::{Emission, sack};
use crate::Refused;
use sluice_wire::sctp::{ChunkKind, Data, DataFlags, Ppid, ReConfigResult, StreamId, StreamSeq, Tsn};

/// Sends what is due. `area` is where the payloads are; no packet is longer than `scratch`.
pub(super) fn send(
    record: &mut Record,
    area: &[u8],
    now_ns: u64,
    scratch: &mut [u8],
    emit: &mut impl FnMut(Emission<'_>),
) {
    for side in 0..2 {
        let (to, from) = if side == 0 { (0, 1) } else { (1, 0) };
        let [(key, head), (back_key, back_head)] = [to, from].map(|at| record.way(at));
        let denied = record.denied.get_mut(side).map(std::mem::take).unwrap_or_default();
        let flow = record.flows(side).0;
        if let Ok(Some(len)) = acknowledgement(flow, back_key, now_ns, scratch) {
            emit(Emission { direction: back_key, head: back_head.octets(), packet: written(scratch, len) });
        }
        if let Ok(Some(len)) = denial(denied, back_key, scratch) {
            emit(Emission { direction: back_key, head: back_head.octets(), packet: written(scratch, len) });
        }
        flow.inserts.expire(now_ns);
        while let Ok(Some(len)) = messages(&mut flow.inserts, key, area, now_ns, scratch) {
            emit(Emission { direction: key, head: head.octets(), packet: written(scratch, len) });
        }
    }
}

fn written(scratch: &[u8], len: usize) -> &[u8] {
    scratch.get(..len).unwrap_or_default()
}

/// A SACK of our own, if one is due.
fn acknowledgement(flow: &mut Flow, key: u64, now_ns: u64, scratch: &mut [u8]) -> Result<Option<usize>, Refused> {
    if now_ns < flow.sack_due_ns {
        return Ok(None);
    }
    let mut out = Out::packet(scratch, key)?;
    let is_told = sack::put_own(flow, &mut out)?;
    (flow.sack_due_ns, flow.is_asked) = (NEVER, false);
    flow.retire();
    if is_told { out.finish().map(Some) } else { Ok(None) }
}

/// The answer that requests are denied (RFC 6525 §4.4).
fn denial(requests: [Option<u32>; 2], key: u64, scratch: &mut [u8]) -> Result<Option<usize>, Refused> {
    let count = requests.iter().flatten().count() as u16;
    if count == 0 {
        return Ok(None);
    }
    let mut out = Out::packet(scratch, key)?;
    out.put(&[ChunkKind::ReConfig.number(), 0])?;
    out.put(&(4 + count * RESPONSE_OCTETS).to_be_bytes())?;
    for request in requests.iter().flatten() {
        out.put(&RESPONSE.to_be_bytes())?;
        out.put(&RESPONSE_OCTETS.to_be_bytes())?;
        out.put(&request.to_be_bytes())?;
        out.put(&ReConfigResult::Denied.number().to_be_bytes())?;
    }
    out.finish().map(Some)
}

/// A packet with messages that are due, as many as fit. Those sent before need credit for it.
fn messages(
    inserts: &mut Inserts,
    key: u64,
    area: &[u8],
    now_ns: u64,
    scratch: &mut [u8],
) -> Result<Option<usize>, Refused> {
    let Inserts { list, timer, credit } = inserts;
    let has_credit = *credit > 0;
    let mut out = Out::packet(scratch, key)?;
    let empty = out.len();
    for insert in list.iter_mut().filter(|insert| insert.is_due && (insert.sent == 0 || has_credit)) {
        let Some(octets) = chunk(insert, area).and_then(|data| data.emit(out.room()).ok()) else { break };
        out.wrote(octets);
        if insert.sent > 0 {
            *credit = 0;
        }
        insert.sent = insert.sent.saturating_add(1);
        (insert.sent_ns, insert.is_due, insert.missed) = (now_ns, false, 0);
        timer.sent(now_ns);
    }
    if out.len() == empty { Ok(None) } else { out.finish().map(Some) }
}

fn chunk<'a>(insert: &Insert, area: &'a [u8]) -> Option<Data<'a>> {
    let (tsn, ssn) = insert.place?;
    let unordered = if insert.is_unordered { DataFlags::UNORDERED } else { 0 };
    Some(Data {
        tsn: Tsn(tsn),
        sid: StreamId(insert.sid),
        ssn: StreamSeq(ssn),
        ppid: Ppid(insert.ppid),
        flags: DataFlags(DataFlags::BEGIN | DataFlags::END | unordered),
        payload_offset: 0,
        payload: payload(area, insert.slot)?,
    })
}

/// Number and length of the parameter that answers a request.
const RESPONSE: u16 = 16;
const RESPONSE_OCTETS: u16 = 12;
