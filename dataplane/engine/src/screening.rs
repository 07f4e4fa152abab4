//! SCTP as a firewall looks at it, on wires that have a screen: before anything is decoded, and before a message is judged.

use crate::decode::{self, Transport, Transported};
use crate::line::key_below;
use crate::way::{Carried, Way};
use crate::{Engine, Side};
use sluice_abi::counters::{Count, Counter};
use sluice_track::screen::{self, DataVerdict, MessageClass, NEUTRAL_MANAGEMENT, Screen, Seen, Verdict};
use sluice_wire::tcap::MessageKind;
use std::net::IpAddr;

impl Engine {
    /// Whether a packet must not cross. Only one that no association needs is dropped.
    #[inline]
    pub(crate) fn is_dropped(&mut self, way: &Way<'_>, transport: &Transport<'_>) -> bool {
        let Some(number) = way.input.wire.and_then(|wire| wire.screen) else { return false };
        let (Some(screen), Some(seen)) = (self.screens.get_mut(number), seen(way, transport)) else { return false };
        let drops = matches!(screen.packet(&seen, way.input.time_ns), Verdict::Drop(_));
        if let Some(line) = self.line.as_mut().filter(|_| drops) {
            line.dropped = true;
        }
        drops
    }

    /// Whether a whole message is none that its sender may send; then it says nothing any more.
    #[inline]
    pub(crate) fn is_unwanted(&mut self, way: &Way<'_>, below: &Transported<'_>) -> bool {
        let Some(number) = way.input.wire.and_then(|wire| wire.screen) else { return false };
        let (Some(screen), Some(seen)) = (self.screens.get_mut(number), seen(way, below.transport)) else {
            return false;
        };
        let Some(line) = self.line.as_mut() else { return false };
        let data = &below.data;
        if screen.user_message(&seen, data.ppid, data.payload) != DataVerdict::Pass {
            line.touched |= line.edits.keep(key_below(below), &NEUTRAL_MANAGEMENT);
            return true;
        }
        let msu = decode::ordinary_chunk(data);
        let Some((opc, context)) = msu.and_then(|msu| Some((msu.label?.opc, msu.routing_context))) else {
            return false;
        };
        let is_refused = screen.label(&seen, opc, context) != DataVerdict::Pass;
        if is_refused {
            line.edits.neutralise(key_below(below));
            line.touched = true;
        }
        is_refused
    }

    /// Whether a message is beyond the rate of its association or partner; then it says nothing any more.
    #[inline]
    pub(crate) fn is_shed(&mut self, carried: &Carried<'_>, kind: MessageKind, is_sms: bool) -> bool {
        let way = carried.way;
        let Some(number) = way.input.wire.and_then(|wire| wire.screen) else { return false };
        let Some(below) = way.below else { return false };
        let (Some(screen), Some(seen)) = (self.screens.get_mut(number), seen(way, below.transport)) else {
            return false;
        };
        let Some(line) = self.line.as_mut().filter(|_| way.pieces.is_none() && !way.user.is_empty()) else {
            return false;
        };
        let class = MessageClass::of_tcap(kind, is_sms);
        let is_refused = screen.charge(&seen, class, way.input.time_ns) != DataVerdict::Pass;
        if is_refused {
            line.edits.neutralise(key_below(below));
            line.touched = true;
        }
        is_refused
    }
}

/// None where the side is not known.
fn seen<'a>(way: &Way<'_>, transport: &'a Transport<'_>) -> Option<Seen<'a>> {
    let side = match way.input.side {
        Side::Outside => screen::Side::Outside,
        Side::Inside => screen::Side::Inside,
        Side::ByAddress { .. } => return None,
    };
    let (source, destination) = addresses(transport.ip)?;
    Some(Seen { source, destination, packet: &transport.sctp, crc_holds: transport.crc_holds, side })
}

fn addresses(ip: &[u8]) -> Option<(IpAddr, IpAddr)> {
    if ip.first()? >> 4 == 4 {
        let octets: &[u8; 8] = ip.get(12..)?.first_chunk()?;
        let [a, b, c, d, e, f, g, h] = *octets;
        return Some(([a, b, c, d].into(), [e, f, g, h].into()));
    }
    let source: [u8; 16] = *ip.get(8..)?.first_chunk()?;
    let destination: [u8; 16] = *ip.get(24..)?.first_chunk()?;
    Some((source.into(), destination.into()))
}

/// Counts what the screens found since the last call.
pub fn flush_counts(screens: &mut [Screen], count: &mut impl Count) {
    for counts in screens.iter_mut().map(Screen::take_counts) {
        count.count(Counter::ScreenDropped, counts.dropped);
        count.count(Counter::ScreenNeutralised, counts.neutralised);
        for (counter, (_, found)) in Counter::OF_SCREENING.iter().zip(counts.all()) {
            count.count(*counter, found);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sluice_abi::counters::Slot;
    use sluice_track::screen::Reason;

    #[test]
    fn every_reason_of_a_screen_has_the_counter_of_its_name_in_its_place() {
        let counted = Counter::OF_SCREENING.iter().map(|counter| Slot::counter(*counter).name());
        assert!(counted.eq(Reason::ALL.iter().map(|reason| format!("screen.{}", reason.name()))));
    }
}
