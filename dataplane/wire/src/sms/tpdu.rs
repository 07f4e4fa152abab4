//! A TPDU: which one it is, and its fields. TS 23.040 §9.2.2.
//!
//! The first octet is read here, the rest by the file of each TPDU. What parses is given even where the rest does
//! not: the first defect stands in `fault`. User data shorter than its length says is no defect of the header but
//! told in `ud_truncated`: the message must stay visible.

use super::cursor::Cursor;
use super::dcs::{Alphabet, Dcs};
use super::{Address, TextBuf, Timestamp, UserDataHeader, gsm7};
use super::{command, deliver, deliver_report, status_report, submit, submit_report};
use crate::{Error, Layer, Reason};

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
    /// TP-CT and TP-MN of a command.
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
    body: &'a [u8],
    header_octets: u16,
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
        if let Err(reason) = outcome {
            tpdu.fault = Some(Error::new(Layer::Sms, octets.len() - cursor.rest().len(), reason));
        }
        Ok(tpdu)
    }

    /// Octets that are an SMS-DELIVER without defect; none where there is one, which [`Self::parse`] names.
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
        let (ud_truncated, body, header_octets) = (false, &[], 0);
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
            body,
            header_octets,
        }
    }

    /// TP-UDL and TP-UD, last in every TPDU that has them. §9.2.3.16, §9.2.3.24.
    #[inline(always)]
    pub(super) fn user_data(&mut self, cursor: &mut Cursor<'a>) -> Result<(), Reason> {
        self.udl = Some(cursor.octet()?);
        self.ud = cursor.rest();
        let claimed = self.ud_octets_claimed();
        self.ud_truncated = claimed > self.ud.len();
        self.body = self.ud.get(..claimed).unwrap_or(self.ud);
        if !self.udhi() {
            return Ok(());
        }
        let body = self.body;
        let claimed = body.first().map_or(0, |udhl| 1 + usize::from(*udhl));
        self.header_octets = claimed.min(body.len()) as u16;
        let whole = claimed > 0 && claimed <= body.len() && self.header().is_some_and(|header| header.is_whole());
        if whole { Ok(()) } else { Err(Reason::BadLength) }
    }

    /// TP-PI and what it announces, in reports. §9.2.3.27.
    pub(super) fn optional(&mut self, indicator: u8, cursor: &mut Cursor<'a>) -> Result<(), Reason> {
        if indicator & 1 != 0 {
            self.pid = Some(cursor.octet()?);
        }
        if indicator & 2 != 0 {
            self.dcs = Some(Dcs(cursor.octet()?));
        }
        if indicator & 4 != 0 { self.user_data(cursor) } else { Ok(()) }
    }

    #[inline(always)]
    fn ud_octets_claimed(&self) -> usize {
        let (udl, dcs) = (usize::from(self.udl.unwrap_or(0)), self.dcs.unwrap_or_default());
        let septets = dcs.alphabet() == Alphabet::Gsm7 && !dcs.is_compressed();
        if septets { (udl * 7).div_ceil(8) } else { udl }
    }

    /// The octets of user data that TP-UDL counts, as far as they are there.
    #[inline(always)]
    pub const fn body(&self) -> &'a [u8] {
        self.body
    }

    /// The user data header.
    #[inline(always)]
    pub fn header(&self) -> Option<UserDataHeader<'a>> {
        let header = self.body().get(1..usize::from(self.header_octets))?;
        Some(UserDataHeader::new(header))
    }

    /// The user data after the header: where the application's octets are, if the alphabet is 8-bit.
    #[inline(always)]
    pub fn payload(&self) -> &'a [u8] {
        self.body().get(usize::from(self.header_octets)..).unwrap_or(&[])
    }

    /// Writes the text into `out`. None where there is none: 8-bit data, compressed or empty.
    #[inline(always)]
    pub fn text<'b>(&self, out: &'b mut TextBuf) -> Option<&'b TextBuf> {
        let dcs = self.dcs.unwrap_or_default();
        match dcs.alphabet() {
            _ if dcs.is_compressed() => return None,
            Alphabet::Data8 => return None,
            Alphabet::Ucs2 => out.set_ucs2(self.payload()),
            Alphabet::Gsm7 => {
                let header_bits = u32::from(self.header_octets) * 8;
                let fill_bits = (7 - header_bits % 7) % 7;
                let there = (self.body().len() * 8 / 7).min(usize::from(self.udl.unwrap_or(0)));
                let count = there.saturating_sub(header_bits.div_ceil(7) as usize);
                gsm7::decode(self.payload(), fill_bits, count, out);
            }
        }
        if out.is_empty() { None } else { Some(out) }
    }

    /// The alphabet of the user data; the default one where a report names none.
    #[inline]
    pub fn alphabet(&self) -> Alphabet {
        self.dcs.unwrap_or_default().alphabet()
    }
}
