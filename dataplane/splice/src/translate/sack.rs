//! SACKs for the sender of a flow: its receiver's, in its own numbers, and ours.
//!
//! RFC 9260 §3.3.4, §6.2. A removed chunk counts as received, but never earlier than something after it was: reports
//! that run ahead of the receiver would make the chunks between look lost. What was inserted is not seen. Where it is
//! missing, the first block may begin right behind the cumulative acknowledgement: the receiver may still take such a
//! report back, so that it must not become cumulative. The sender's last chunk is then left out. Were all reported,
//! nothing would be missing for the sender, its timer would stop, and a lost SACK would never be asked for again. A
//! sender that may give its last chunk up is told of no blocks at all meanwhile.

use super::flow::Flow;
use super::out::Out;
use crate::Refused;
use sluice_wire::sctp::{ChunkKind, Sack, Tsn};

/// Writes what a SACK says, in the numbers of the flow's sender, in at most `room` octets. Blocks that do not fit are
/// left out from the highest on, then duplicates.
pub(super) fn put(
    flow: &Flow,
    sack: &Sack<'_>,
    cumulative: Tsn,
    room: usize,
    out: &mut Out<'_>,
) -> Result<(), Refused> {
    let start = out.len();
    put_header(cumulative, sack.receiver_window_octets, out)?;
    let entries_max = room.checked_sub(HEADER_OCTETS).ok_or(Refused::Room)? / ENTRY_OCTETS;
    let mut blocks = Blocks { cumulative, run: None, is_adjacent: false, count: 0, max: entries_max, out };
    let mut removed = flow.marks.list.iter().filter(|mark| mark.is_removed()).map(|mark| Tsn(mark.at)).peekable();
    let mut before = sack.cumulative_tsn;
    for block in sack.gaps() {
        if block.first.since(before) <= 0 || block.last.is_before(block.first) {
            continue;
        }
        before = block.last;
        let first = flow.marks.back(Tsn(block.first.0.wrapping_sub(1))).next();
        let last = flow.marks.back(block.last);
        if last.is_before(first) {
            continue;
        }
        while let Some(tsn) = removed.next_if(|tsn| tsn.is_before(first)) {
            blocks.add(tsn, tsn)?;
        }
        blocks.add(first, last)?;
    }
    if blocks.is_adjacent && flow.gives_up {
        blocks.forget();
    }
    let block_count = blocks.finish(flow.end)?;
    let mut duplicate_count = 0;
    let duplicates = sack.duplicates().filter(|tsn| !flow.marks.is_inserted(*tsn));
    for tsn in duplicates.take(entries_max - block_count) {
        out.put(&flow.marks.back(tsn).0.to_be_bytes())?;
        duplicate_count += 1;
    }
    put_counts(start, block_count, duplicate_count, out)
}

/// Writes a SACK of our own, if something is to be told that was not. It is told then.
pub(super) fn put_own(flow: &mut Flow, out: &mut Out<'_>) -> Result<bool, Refused> {
    let Some(acknowledged) = flow.acknowledged.filter(|_| !flow.has_gaps) else { return Ok(false) };
    let cumulative = flow.marks.back(acknowledged);
    if !flow.told.is_before(cumulative) && !flow.is_asked {
        return Ok(false);
    }
    let start = out.len();
    put_header(cumulative, flow.window_octets.unwrap_or(WINDOW_OCTETS), out)?;
    put_counts(start, 0, 0, out)?;
    flow.told = cumulative;
    Ok(true)
}

fn put_header(cumulative: Tsn, window_octets: u32, out: &mut Out<'_>) -> Result<(), Refused> {
    out.put(&[ChunkKind::Sack.number(), 0, 0, 0])?;
    out.put(&cumulative.0.to_be_bytes())?;
    out.put(&window_octets.to_be_bytes())?;
    out.put(&[0; 4])
}

fn put_counts(start: usize, blocks: usize, duplicates: usize, out: &mut Out<'_>) -> Result<(), Refused> {
    let octets = HEADER_OCTETS + (blocks + duplicates) * ENTRY_OCTETS;
    out.patch(start + 2, &(octets as u16).to_be_bytes())?;
    out.patch(start + 12, &(blocks as u16).to_be_bytes())?;
    out.patch(start + 14, &(duplicates as u16).to_be_bytes())
}

/// Gap blocks under way: ranges that touch become one.
struct Blocks<'b, 'o> {
    cumulative: Tsn,
    run: Option<(Tsn, Tsn)>,
    /// Whether the first begins right behind the cumulative acknowledgement.
    is_adjacent: bool,
    count: usize,
    max: usize,
    out: &'b mut Out<'o>,
}

impl Blocks<'_, '_> {
    /// A range behind all others, or touching the last. What is acknowledged already is left out.
    fn add(&mut self, first: Tsn, last: Tsn) -> Result<(), Refused> {
        let first = if first.since(self.cumulative) > 0 { first } else { self.cumulative.next() };
        if last.is_before(first) {
            return Ok(());
        }
        self.is_adjacent |= first == self.cumulative.next();
        match self.run {
            Some((begin, end)) if first.since(end) <= 1 => self.run = Some((begin, last)),
            _ => {
                self.flush()?;
                self.run = Some((first, last));
            }
        }
        Ok(())
    }

    fn flush(&mut self) -> Result<(), Refused> {
        let Some((first, last)) = self.run.take().filter(|_| self.count < self.max) else { return Ok(()) };
        let offsets = (u16::try_from(first.since(self.cumulative)), u16::try_from(last.since(self.cumulative)));
        let (Ok(first), Ok(last)) = offsets else { return Ok(()) };
        self.count += 1;
        self.out.put(&first.to_be_bytes())?;
        self.out.put(&last.to_be_bytes())
    }

    /// Takes all blocks back.
    fn forget(&mut self) {
        self.out.rewind(self.count * ENTRY_OCTETS);
        (self.run, self.count) = (None, 0);
    }

    fn finish(mut self, end: Option<Tsn>) -> Result<usize, Refused> {
        if let Some((first, last)) = self.run.filter(|(_, last)| self.is_adjacent && end == Some(*last)) {
            self.run = (first != last).then_some((first, Tsn(last.0.wrapping_sub(1))));
        }
        self.flush()?;
        Ok(self.count)
    }
}

const HEADER_OCTETS: usize = 16;
const ENTRY_OCTETS: usize = 4;
/// What every receiver has room for (RFC 9260 §6.2), until it is known.
const WINDOW_OCTETS: u32 = 1500;
