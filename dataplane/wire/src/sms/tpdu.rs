//! A TPDU: which one it is, and its fields. TS 23.040 §9.2.2.
//!
//! The first octet is read here, the rest by the file of each TPDU. What parses is given even where the rest does
//! not: the first defect stands in `fault`, what was tolerated in `anomalies`. User data shorter than its length says
//! is no defect of the header but told in `ud_truncated`: the message must stay visible.

use super::cursor::Cursor;
use super::{Address, Dcs, Timestamp};
use super::{command, deliver, deliver_report, status_report, submit, submit_report};
use crate::{Anomalies, Anomaly, Error, Layer, Reason};

/// Which way a TPDU goes; its type cannot be told without.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Direction {
    /// From a phone to the service centre.
    ToSc,
    /// From the service centre to a phone.
    FromSc,
}

impl Direction {
    /// The way of the answer.
    #[inline]
    pub const fn reversed(self) -> Self {
        match self {
            Self::ToSc => Self::FromSc,
            Self::FromSc => Self::ToSc,
        }
    }
}

/// What carries it; the reports differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Context {
    /// A request.
    Request,
    /// A positive answer.
    Acknowledgement,
    /// An error: a report begins with its failure cause.
    Error,
}

/// Which TPDU.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TpduKind {
    /// To a phone.
    Deliver,
    /// A phone's answer to it.
    DeliverReport,
    /// From a phone.
    Submit,
    /// The service centre's answer to it.
    SubmitReport,
    /// What became of a submitted message.
    StatusReport,
    /// A phone's instruction about a submitted message.
    Command,
    /// Type 3.
    Reserved,
}

impl TpduKind {
    /// The type of the TPDU these octets are, going this way; none where there are none. §9.2.3.1.
    #[inline(always)]
    pub fn of(octets: &[u8], direction: Direction) -> Option<Self> {
        Some(match (octets.first()? & 3, direction) {
            (0, Direction::FromSc) => Self::Deliver,
            (0, Direction::ToSc) => Self::DeliverReport,
            (1, Direction::FromSc) => Self::SubmitReport,
            (1, Direction::ToSc) => Self::Submit,
            (2, Direction::FromSc) => Self::StatusReport,
            (2, Direction::ToSc) => Self::Command,
            _ => Self::Reserved,
        })
    }

    /// The name in events and rules.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Deliver => "SMS-DELIVER",
            Self::DeliverReport => "SMS-DELIVER REPORT",
            Self::Submit => "SMS-SUBMIT",
            Self::SubmitReport => "SMS-SUBMIT REPORT",
            Self::StatusReport => "SMS-STATUS REPORT",
            Self::Command => "SMS-COMMAND",
            Self::Reserved => "Reserved",
        }
    }
}

/// A TPDU.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tpdu<'a> {
    /// Which TPDU.
    pub kind: TpduKind,
    /// TP-MTI, TP-UDHI and the bits that [`Tpdu::mms`] and its like read.
    pub first_octet: u8,
    /// TP-MR.
    pub mr: Option<u8>,
    /// TP-OA, TP-DA or TP-RA, by `kind`.
    pub address: Option<Address<'a>>,
    /// TP-PID.
    pub pid: Option<u8>,
    /// TP-DCS.
    pub dcs: Option<Dcs>,
    /// TP-SCTS.
    pub scts: Option<Timestamp>,
    /// TP-DT of a status report.
    pub discharge: Option<Timestamp>,
    /// TP-ST of a status report.
    pub st: Option<u8>,
    /// TP-FCS of a report.
    pub fcs: Option<u8>,
    /// TP-CT and TP-MN of a command; TP-CD is its [`Tpdu::body`].
    pub command: Option<(u8, u8)>,
    /// TP-VP of a submitted message, in the format that [`Tpdu::vpf`] says.
    pub vp: Option<&'a [u8]>,
    /// TP-UDL: septets or octets, by the alphabet.
    pub udl: Option<u8>,
    /// All octets after TP-UDL; there may be more than it counts.
    pub ud: &'a [u8],
    /// Fewer octets follow TP-UDL than it counts.
    pub ud_truncated: bool,
    /// The first defect, if any; what came before it is in the other fields.
    pub fault: Option<Error>,
    /// The deviations that were tolerated.
    pub anomalies: Anomalies,
    pub(super) body: &'a [u8],
    pub(super) header_octets: u16,
}

impl<'a> Tpdu<'a> {
    /// Refuses only what has no first octet; any other defect becomes `fault`.
    pub fn parse(octets: &'a [u8], direction: Direction, context: Context) -> Result<Self, Error> {
        let Some(kind) = TpduKind::of(octets, direction) else {
            return Err(Error::new(Layer::Sms, 0, Reason::Truncated));
        };
        let mut cursor = Cursor::new(octets);
        let mut tpdu = Self::of(kind, &mut cursor);
        let outcome = match kind {
            TpduKind::Deliver => deliver::parse(&mut tpdu, &mut cursor),
            TpduKind::Submit => submit::parse(&mut tpdu, &mut cursor),
            TpduKind::DeliverReport => deliver_report::parse(&mut tpdu, &mut cursor, context),
            TpduKind::SubmitReport => submit_report::parse(&mut tpdu, &mut cursor, context),
            TpduKind::StatusReport => status_report::parse(&mut tpdu, &mut cursor),
            TpduKind::Command => command::parse(&mut tpdu, &mut cursor),
            // §9.2.3.1: a phone treats the reserved type as SMS-DELIVER.
            TpduKind::Reserved if direction == Direction::FromSc => deliver::parse(&mut tpdu, &mut cursor),
            TpduKind::Reserved => Ok(()),
        };
        match outcome {
            Err(reason) => {
                tpdu.fault = Some(Error::new(Layer::Sms, octets.len().wrapping_sub(cursor.rest().len()), reason));
            }
            // Where there is no user data, nothing may follow.
            Ok(()) if tpdu.udl.is_none() && kind != TpduKind::Reserved => {
                tpdu.anomalies.note_if(!cursor.rest().is_empty(), Anomaly::SmsLength);
            }
            Ok(()) => {}
        }
        tpdu.anomalies.note_if(kind == TpduKind::Reserved, Anomaly::SmsReserved);
        Ok(tpdu)
    }

    /// A TPDU without fields, to be filled and [`Self::emit`]ted.
    pub fn empty(kind: TpduKind) -> Self {
        let first_octet = match kind {
            TpduKind::Deliver | TpduKind::DeliverReport => 0,
            TpduKind::Submit | TpduKind::SubmitReport => 1,
            TpduKind::StatusReport | TpduKind::Command => 2,
            TpduKind::Reserved => 3,
        };
        Self { first_octet, ..Self::of(kind, &mut Cursor::new(&[])) }
    }

    /// Octets that are an SMS-DELIVER without defect; none where there is one, which [`Self::parse`] names. What was
    /// tolerated is in `anomalies` here too.
    #[inline(always)]
    pub fn deliver(octets: &'a [u8]) -> Option<Self> {
        let mut cursor = Cursor::new(octets);
        let mut tpdu = Self::of(TpduKind::Deliver, &mut cursor);
        deliver::parse(&mut tpdu, &mut cursor).ok()?;
        Some(tpdu)
    }

    /// Octets that are an SMS-SUBMIT without defect; none where there is one.
    #[inline(always)]
    pub fn submit(octets: &'a [u8]) -> Option<Self> {
        let mut cursor = Cursor::new(octets);
        let mut tpdu = Self::of(TpduKind::Submit, &mut cursor);
        submit::parse(&mut tpdu, &mut cursor).ok()?;
        Some(tpdu)
    }

    #[inline(always)]
    fn of(kind: TpduKind, cursor: &mut Cursor<'a>) -> Self {
        let first_octet = cursor.octet().unwrap_or_default();
        let (mr, address, pid, dcs, scts, discharge, st) = (None, None, None, None, None, None, None);
        let (fcs, command, vp, udl, ud, fault) = (None, None, None, None, &[], None);
        let (ud_truncated, anomalies, body, header_octets) = (false, Anomalies::NONE, &[], 0);
        Self {
            kind,
            first_octet,
            mr,
            address,
            pid,
            dcs,
            scts,
            discharge,
            st,
            fcs,
            command,
            vp,
            udl,
            ud,
            ud_truncated,
            fault,
            anomalies,
            body,
            header_octets,
        }
    }

    /// TP-OA, TP-DA or TP-RA.
    #[inline(always)]
    pub(super) fn take_address(&mut self, cursor: &mut Cursor<'a>) -> Result<(), Reason> {
        let address = Address::parse(cursor)?;
        self.anomalies.note_if(address.is_unusual(), Anomaly::SmsAddress);
        self.address = Some(address);
        Ok(())
    }

    /// TP-PI and what it announces, in reports. §9.2.3.27: of the indicator's bits three have a meaning, and the
    /// highest says that another octet of them follows.
    pub(super) fn optional(&mut self, indicator: u8, cursor: &mut Cursor<'a>) -> Result<(), Reason> {
        self.anomalies.note_if(indicator & !7 != 0, Anomaly::UnknownElement);
        let mut last = indicator;
        while last & 0x80 != 0 {
            last = cursor.octet()?;
        }
        if indicator & 1 != 0 {
            self.pid = Some(cursor.octet()?);
        }
        if indicator & 2 != 0 {
            self.dcs = Some(Dcs(cursor.octet()?));
        }
        if indicator & 4 != 0 { self.user_data(cursor) } else { Ok(()) }
    }
}
