//! The way of a frame through the layers, from its first header to its TCAP messages.
//!
//! Each layer has a short way, inlined into one straight run, and a long way that takes everything. What comes in
//! pieces is put together beside it (`join.rs`) and goes on here.

use crate::decode::{self, Adaptation, Held, Msu, Transport, Transported, UserMessage};
use crate::way::{Carried, Way};
use crate::{Engine, Sink};
use sluice_abi::counters::{Counter, Exit, Slot};
use sluice_track::Seen;
use sluice_wire::ip::Protocol;
use sluice_wire::mtp3::ServiceIndicator;
use sluice_wire::sccp::Connectionless;
use sluice_wire::sctp::{self, Chunk, ChunkKind, Data, IData, Ppid};
use sluice_wire::tcp;
use sluice_wire::{Anomalies, Anomaly};

impl Engine {
    #[inline(never)]
    pub(crate) fn any_frame(&mut self, way: &Way<'_>, sink: &mut impl Sink) -> Exit {
        match decode::frame(way.input) {
            Ok(Held::Ip(packet)) if packet.is_fragment() => self.ip_fragment(way, &packet, sink),
            Ok(Held::Ip(packet)) => self.ip_payload(way, packet.octets(), packet.protocol(), packet.payload(), sink),
            Ok(Held::Mtp3(octets)) => {
                let exit = match decode::mtp3_user_data(Adaptation::Mtp3, octets, way.input.point_codes) {
                    Ok((msu, anomalies)) => self.msu(&way.adding(anomalies), &msu, sink),
                    Err(exit) => exit,
                };
                sink.add(Slot::chunk(exit), 1);
                exit
            }
            Err(exit) => exit,
        }
    }

    /// What an IP packet carries; `ip` is its header, or that of its last fragment.
    pub(crate) fn ip_payload(
        &mut self,
        way: &Way<'_>,
        ip: &[u8],
        protocol: Protocol,
        payload: &[u8],
        sink: &mut impl Sink,
    ) -> Exit {
        match protocol {
            Protocol::SCTP => match sctp::Packet::parse(payload) {
                Ok(sctp) => self.packet(way, ip, sctp, sink),
                Err(error) => decode::exit_of(error),
            },
            Protocol::TCP => match tcp::Segment::parse(payload) {
                Ok(segment) => self.tcp(way, ip, &segment, sink),
                Err(error) => decode::exit_of(error),
            },
            _ => Exit::NotSctp,
        }
    }

    #[inline(always)]
    pub(crate) fn packet<'a>(
        &mut self,
        way: &Way<'a>,
        ip: &'a [u8],
        sctp: sctp::Packet<'a>,
        sink: &mut impl Sink,
    ) -> Exit {
        let crc_holds = sctp.verify_crc().is_ok();
        let found = sctp.anomalies();
        let deviating;
        let way = if crc_holds && found.is_empty() {
            way
        } else {
            deviating = Self::deviating(way, crc_holds, found, sink);
            &deviating
        };
        let transport = Transport { ip, sctp, crc_holds };
        if self.is_dropped(way, &transport) {
            return Exit::Screened;
        }
        let mut exit = Exit::SctpControl;
        for chunk in sctp.chunks() {
            // Where a chunk is handed on it is copied, so that one of DATA stays in registers.
            let Ok(chunk) = chunk else {
                exit = exit.max(Exit::MalformedSctp);
                break;
            };
            let left_by = match chunk.kind() {
                ChunkKind::Data => match Data::parse(&chunk) {
                    Ok(data) => self.chunk(way, &Transported { transport: &transport, data }, sink),
                    Err(error) => decode::exit_of(error),
                },
                ChunkKind::IData => self.i_data(way, &transport, &{ chunk }, sink),
                // Most of what carries no data, and no state depends on it.
                ChunkKind::Sack | ChunkKind::Heartbeat | ChunkKind::HeartbeatAck => continue,
                _ => {
                    self.control(way, &transport, &{ chunk });
                    continue;
                }
            };
            sink.add(Slot::chunk(left_by), 1);
            exit = exit.max(left_by);
        }
        exit
    }

    #[cold]
    fn deviating<'a>(way: &Way<'a>, crc_holds: bool, mut found: Anomalies, sink: &mut impl Sink) -> Way<'a> {
        if !crc_holds {
            sink.count(Counter::BadCrc, 1);
            found.note(Anomaly::SctpBadCrc);
        }
        way.adding(found)
    }

    /// What changes the association. A packet whose checksum is wrong changes nothing: the endpoint drops it.
    #[inline(never)]
    fn control(&mut self, way: &Way<'_>, transport: &Transport<'_>, chunk: &Chunk<'_>) {
        if transport.crc_holds {
            self.tables.control(&transport.sctp, chunk, way.input.time_ns);
            if let Some(splicing) = self.line.as_mut().and_then(|line| line.splicing.as_mut()) {
                splicing.control(way.input, &transport.sctp, chunk, &mut self.tables);
            }
        }
    }

    /// Whether a packet says anything of its association. One whose checksum is wrong does not: the endpoint drops it
    /// (RFC 9260 §6.8), and it must not make the true one a retransmission. Nor does one of DATA without a tag, which no
    /// association has (§8.5): such come from captures put together by hand.
    #[inline(always)]
    fn is_of_association(transport: &Transport<'_>) -> bool {
        transport.crc_holds && transport.sctp.verification_tag().0 != 0
    }

    #[inline(always)]
    fn chunk<'a>(&mut self, way: &Way<'a>, below: &Transported<'a>, sink: &mut impl Sink) -> Exit {
        let Transported { transport, data } = below;
        if Self::is_of_association(transport) && self.is_known(transport, data, way.input.time_ns) {
            sink.count(Counter::DuplicateTsn, 1);
            if let Some(line) = &mut self.line {
                line.again(&transport.sctp, data.tsn);
            }
            return Exit::SctpDuplicate;
        }
        let way = way.over(below);
        if data.flags.is_whole() && self.is_unwanted(&way, below) {
            return Exit::Screened;
        }
        match decode::ordinary_chunk(data) {
            Some(msu) => self.msu(&way, &msu, sink),
            None if data.flags.is_whole() => self.user_message(&way, data.ppid, data.payload, sink),
            None => self.data_fragment(&way, below, sink),
        }
    }

    /// Whether a chunk has been judged before. One from so long ago that it is not known is judged again, unless it was
    /// changed then: it must become the same again.
    #[inline(always)]
    fn is_known(&mut self, transport: &Transport<'_>, data: &Data<'_>, now_ns: u64) -> bool {
        match self.tables.pass(&transport.sctp, data.tsn, now_ns) {
            Seen::New => false,
            Seen::Before => true,
            Seen::Behind => self.line.as_ref().is_some_and(|line| line.has_changed(&transport.sctp, data.tsn)),
        }
    }

    /// RFC 8260 §2.1: as DATA, with numbers of its own for message and fragment.
    #[inline(never)]
    fn i_data<'a>(
        &mut self,
        way: &Way<'a>,
        transport: &'a Transport<'a>,
        chunk: &Chunk<'a>,
        sink: &mut impl Sink,
    ) -> Exit {
        let data = match IData::parse(chunk) {
            Ok(data) => data,
            Err(error) => return decode::exit_of(error),
        };
        if Self::is_of_association(transport)
            && self.tables.pass(&transport.sctp, data.tsn, way.input.time_ns) == Seen::Before
        {
            sink.count(Counter::DuplicateTsn, 1);
            return Exit::SctpDuplicate;
        }
        let below = Transported { transport, data: decode::as_data(&data) };
        let way = Way { user: &[], ..way.over(&below) };
        match data.flags.is_whole() {
            true => self.user_message(&way, below.data.ppid, data.payload, sink),
            false => self.i_data_fragment(&way, &below, &data, chunk, sink),
        }
    }

    /// A whole user message of SCTP.
    #[inline(never)]
    pub(crate) fn user_message(&mut self, way: &Way<'_>, ppid: Ppid, payload: &[u8], sink: &mut impl Sink) -> Exit {
        let ports = way.below.map_or((0, 0), |b| (b.transport.sctp.source_port(), b.transport.sctp.destination_port()));
        match decode::user_message(payload, ppid, ports, way.input.point_codes) {
            Ok((UserMessage::Msu(msu), anomalies)) => self.msu(&way.adding(anomalies), &msu, sink),
            Ok((UserMessage::Unitdata(msu, sccp), anomalies)) => {
                let way = way.adding(anomalies);
                self.sccp(&Carried { way: &way, msu: &msu, sccp: &sccp }, sink)
            }
            Err(exit) => exit,
        }
    }

    #[inline(always)]
    fn msu<'a>(&mut self, way: &Way<'a>, msu: &Msu<'a>, sink: &mut impl Sink) -> Exit {
        if msu.label.is_none_or(|label| label.si != ServiceIndicator::Sccp) {
            return decode::exit_of_user(msu);
        }
        match decode::ordinary_sccp(msu, way.input.point_codes) {
            // As above: what is unfit never leaves the registers. No unitdata message is a segment.
            Some(sccp) => match decode::unfit(&sccp, self.settings.scope) {
                Some(exit) => exit,
                None => self.message(&Carried { way, msu, sccp: &{ sccp } }, sink),
            },
            None => self.any_sccp(way, msu, sink),
        }
    }

    #[inline(never)]
    fn any_sccp(&mut self, way: &Way<'_>, msu: &Msu<'_>, sink: &mut impl Sink) -> Exit {
        match decode::sccp(msu, way.input.point_codes) {
            Ok(sccp) => self.sccp(&Carried { way, msu, sccp: &sccp }, sink),
            Err(exit) => exit,
        }
    }

    #[inline(never)]
    fn sccp(&mut self, carried: &Carried<'_>, sink: &mut impl Sink) -> Exit {
        if let Some(exit) = decode::unfit(carried.sccp, self.settings.scope) {
            return exit;
        }
        match carried.sccp.segmentation {
            Some(segment) if !(segment.first && segment.remaining == 0) => self.segment(carried, segment, sink),
            _ => self.message(carried, sink),
        }
    }

    /// A message whose segments have been put together.
    #[inline(never)]
    pub(crate) fn joined_sccp(
        &mut self,
        way: &Way<'_>,
        msu: &Msu<'_>,
        sccp: &Connectionless<'_>,
        sink: &mut impl Sink,
    ) -> Exit {
        self.message(&Carried { way, msu, sccp }, sink)
    }
}
