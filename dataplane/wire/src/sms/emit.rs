//! A TPDU into octets, from the fields it was read into or filled with. TS 23.040 §9.2.2.
//!
//! TP-PI is made from the fields that are there; octets of it that this module does not know are not written. The
//! first octet is taken as it stands, and the validity period must be of the format it says.

use super::{Tpdu, TpduKind};
use crate::octets::Sink;
use crate::{Error, Layer, Reason};

impl Tpdu<'_> {
    /// Writes the TPDU and returns how many octets it has.
    ///
    /// # Errors
    /// `Missing` without a mandatory field, `BadValue` for a validity period of another format, `Truncated` where
    /// `out` is too short.
    pub fn emit(&self, out: &mut [u8]) -> Result<usize, Error> {
        let mut sink = Sink::new(Layer::Sms, out);
        sink.put(&[self.first_octet])?;
        match self.kind {
            TpduKind::Deliver => self.emit_deliver(&mut sink),
            TpduKind::Submit => self.emit_submit(&mut sink),
            TpduKind::DeliverReport => self.emit_report(&mut sink),
            TpduKind::SubmitReport => self.emit_report(&mut sink),
            TpduKind::StatusReport => self.emit_status_report(&mut sink),
            TpduKind::Command => self.emit_command(&mut sink),
            // Read as SMS-DELIVER from a service centre, not at all from a phone.
            TpduKind::Reserved if self.address.is_some() => self.emit_deliver(&mut sink),
            TpduKind::Reserved => Ok(()),
        }?;
        Ok(sink.len_octets())
    }

    fn emit_deliver(&self, sink: &mut Sink<'_>) -> Result<(), Error> {
        self.emit_address(sink)?;
        sink.put(&[mandatory(sink, self.pid)?, mandatory(sink, self.dcs)?.0])?;
        sink.put(&mandatory(sink, self.scts)?.0)?;
        self.emit_user_data(sink)
    }

    fn emit_submit(&self, sink: &mut Sink<'_>) -> Result<(), Error> {
        sink.put(&[mandatory(sink, self.mr)?])?;
        self.emit_address(sink)?;
        sink.put(&[mandatory(sink, self.pid)?, mandatory(sink, self.dcs)?.0])?;
        let vp = self.vp.unwrap_or(&[]);
        let ((Some(0), 0) | (Some(2), 1) | (Some(1 | 3), 7)) = (self.vpf(), vp.len()) else {
            return Err(Error::new(Layer::Sms, sink.len_octets(), Reason::BadValue));
        };
        sink.put(vp)?;
        self.emit_user_data(sink)
    }

    fn emit_report(&self, sink: &mut Sink<'_>) -> Result<(), Error> {
        sink.put(self.fcs.as_slice())?;
        sink.put(&[self.indicator()])?;
        if self.kind == TpduKind::SubmitReport {
            sink.put(&mandatory(sink, self.scts)?.0)?;
        }
        self.emit_optional(sink)
    }

    fn emit_status_report(&self, sink: &mut Sink<'_>) -> Result<(), Error> {
        sink.put(&[mandatory(sink, self.mr)?])?;
        self.emit_address(sink)?;
        sink.put(&mandatory(sink, self.scts)?.0)?;
        sink.put(&mandatory(sink, self.discharge)?.0)?;
        sink.put(&[mandatory(sink, self.st)?])?;
        // §9.2.2.3: TP-PI is there only where something follows it.
        if self.indicator() == 0 {
            return Ok(());
        }
        sink.put(&[self.indicator()])?;
        self.emit_optional(sink)
    }

    fn emit_command(&self, sink: &mut Sink<'_>) -> Result<(), Error> {
        let (command_type, number) = mandatory(sink, self.command)?;
        sink.put(&[mandatory(sink, self.mr)?, mandatory(sink, self.pid)?, command_type, number])?;
        self.emit_address(sink)?;
        let length = u8::try_from(self.body().len());
        sink.put(&[length.map_err(|_| Error::new(Layer::Sms, sink.len_octets(), Reason::BadLength))?])?;
        sink.put(self.body())
    }

    /// TP-PI. §9.2.3.27.
    const fn indicator(&self) -> u8 {
        self.pid.is_some() as u8 | (self.dcs.is_some() as u8) << 1 | (self.udl.is_some() as u8) << 2
    }

    fn emit_optional(&self, sink: &mut Sink<'_>) -> Result<(), Error> {
        sink.put(self.pid.as_slice())?;
        if let Some(dcs) = self.dcs {
            sink.put(&[dcs.0])?;
        }
        if self.udl.is_some() { self.emit_user_data(sink) } else { Ok(()) }
    }

    fn emit_address(&self, sink: &mut Sink<'_>) -> Result<(), Error> {
        sink.put(mandatory(sink, self.address)?.raw())
    }

    fn emit_user_data(&self, sink: &mut Sink<'_>) -> Result<(), Error> {
        sink.put(&[mandatory(sink, self.udl)?])?;
        sink.put(self.ud)
    }
}

fn mandatory<T>(sink: &Sink<'_>, field: Option<T>) -> Result<T, Error> {
    field.ok_or(Error::new(Layer::Sms, sink.len_octets(), Reason::Missing))
}

#[cfg(test)]
mod tests {
    use super::super::tests::octets;
    use super::super::{Address, Alphabet, Context, Dcs, Direction, Timestamp, write_text};
    use super::*;
    use proptest::prelude::*;

    fn emitted(tpdu: &Tpdu<'_>) -> Vec<u8> {
        let mut out = [0; 512];
        let len_octets = tpdu.emit(&mut out).expect("has its fields");
        out[..len_octets].to_vec()
    }

    #[test]
    fn writes_every_tpdu_as_it_was_read() {
        for (tpdu, direction, context) in [
            (
                "040d91998951000000f1000062102030405040134d2ac85e96cfd36f37280622a7e5e5311d",
                Direction::FromSc,
                Context::Request,
            ),
            (
                "440d91998951000000f1000062102030405040150b0003070101050413881389d0ef6f50b23807",
                Direction::FromSc,
                Context::Request,
            ),
            ("11010d91998951000000f20000a70ccd27c85e96cfd36f372806", Direction::ToSc, Context::Request),
            ("19090d91998951000000f20000621020304050400576b8193403", Direction::ToSc, Context::Request),
            ("01090d91998951000000f200000576b8190403", Direction::ToSc, Context::Request),
            ("064d0d91997950000000f1621020304050406210203040504030", Direction::FromSc, Context::Request),
            ("22ff0791776655f0903042614123009030426141234c0a07000004c1b0d00e", Direction::FromSc, Context::Request),
            ("020b212c0c0d91112233445566f7057365742041", Direction::ToSc, Context::Request),
            ("00c806000ac8329bfd068542a110", Direction::ToSc, Context::Error),
            ("0000", Direction::ToSc, Context::Acknowledgement),
            ("01c80670505151101121000ac8329bfd068542a110", Direction::FromSc, Context::Error),
            ("010062102030405040", Direction::FromSc, Context::Acknowledgement),
            ("070391214300006210203040504001c1", Direction::FromSc, Context::Request),
        ] {
            let read = octets(tpdu);
            let parsed = Tpdu::parse(&read, direction, context).expect("has a first octet");
            assert_eq!(emitted(&parsed), read, "{tpdu}");
            for room in 0..read.len() {
                let refused = parsed.emit(&mut vec![0; room]).map_err(|error| error.reason);
                assert_eq!(refused, Err(Reason::Truncated), "{room} octets for {tpdu}");
            }
        }
    }

    #[test]
    fn a_submission_filled_by_hand_reads_as_it_was_filled() {
        let (mut room, mut text) = ([0; Address::OCTETS_MAX], [0; 140]);
        let mut submit = Tpdu::empty(TpduKind::Submit);
        submit.mr = Some(7);
        submit.address = Address::of(1, 1, "15550100", &mut room).ok();
        (submit.pid, submit.dcs) = (Some(0), Some(Dcs(0)));
        submit.set_user_data(write_text(&[0x00, 3, 9, 2, 1], "Hello {you}", Alphabet::Gsm7, &mut text).expect("fits"));
        let octets = emitted(&submit);
        assert_eq!(Tpdu::parse(&octets, Direction::ToSc, Context::Request), Ok(submit));
        assert!(submit.udhi() && submit.anomalies.is_empty());
    }

    #[test]
    fn refuses_what_lacks_a_field_or_contradicts_itself() {
        let refused = |tpdu: Tpdu<'_>| tpdu.emit(&mut [0; 200]).map_err(|error| error.reason);
        for kind in
            [TpduKind::Deliver, TpduKind::Submit, TpduKind::SubmitReport, TpduKind::StatusReport, TpduKind::Command]
        {
            assert_eq!(refused(Tpdu::empty(kind)), Err(Reason::Missing), "{kind:?}");
        }
        assert_eq!(refused(Tpdu::empty(TpduKind::DeliverReport)), Ok(2));
        let mut room = [0; Address::OCTETS_MAX];
        let address = Address::of(1, 1, "12", &mut room).ok();
        let submit = Tpdu {
            mr: Some(0),
            address,
            pid: Some(0),
            dcs: Some(Dcs(0)),
            udl: Some(0),
            ..Tpdu::empty(TpduKind::Submit)
        };
        assert_eq!(refused(submit), Ok(8));
        assert_eq!(refused(Tpdu { vp: Some(&[1]), ..submit }), Err(Reason::BadValue));
        assert_eq!(refused(Tpdu { scts: Some(Timestamp([0; 7])), ..Tpdu::empty(TpduKind::SubmitReport) }), Ok(9));
    }

    proptest! {
        #[test]
        fn what_is_written_reads_the_same(octets in prop::collection::vec(any::<u8>(), 1..200)) {
            for direction in [Direction::FromSc, Direction::ToSc] {
                for context in [Context::Request, Context::Error] {
                    let read = Tpdu::parse(&octets, direction, context).expect("has a first octet");
                    // A defect hides fields; unknown indicators and what follows a report are not written.
                    if read.fault.is_some_and(|fault| fault.reason == Reason::Truncated) || !read.rewritable() {
                        continue;
                    }
                    let written = emitted(&read);
                    let again = Tpdu::parse(&written, direction, context).expect("has a first octet");
                    prop_assert_eq!(again, read);
                }
            }
        }
    }

    impl Tpdu<'_> {
        fn rewritable(&self) -> bool {
            use crate::Anomaly::{SmsLength, UnknownElement};
            !self.anomalies.has(UnknownElement) && (self.udl.is_some() || !self.anomalies.has(SmsLength))
        }
    }
}
