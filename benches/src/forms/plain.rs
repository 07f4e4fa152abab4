//! The messages that every form is made of: requests with a short text, as the capture has them in UDTs over M3UA.

use super::restyle::{self, Element, Style};
use super::texts::Short;
use crate::peers::Crates;
use crate::{Candidate, Load};
use anyhow::{Context, ensure};
use sluice_wire::m3ua;
use sluice_wire::mtp3::Label;
use sluice_wire::sccp::{Connectionless, MessageType};

/// A message.
#[derive(Clone, Debug)]
pub struct Plain {
    /// Routing label.
    pub label: Label,
    /// SCCP's class.
    pub class: u8,
    /// Called party of SCCP.
    pub called: Vec<u8>,
    /// Calling party of SCCP.
    pub calling: Vec<u8>,
    /// TCAP.
    pub tcap: Vec<u8>,
    /// Its text.
    pub text: String,
}

/// So long may TCAP be that every form of it fits a UDT.
const TCAP_OCTETS_MAX: usize = 165;
/// Letters there must be, that a text can have two parts.
const LETTERS_MIN: usize = 4;
/// Originating transaction id.
const OTID: u8 = 0x48;

/// Messages of a load that can take every form, each with a transaction id of its own.
///
/// # Errors
/// That there are none.
pub fn plain_messages(load: &Load, count: usize) -> anyhow::Result<Vec<Plain>> {
    let mut found = Vec::new();
    for frame in load.frames() {
        let mut text = None;
        Crates.run(&[frame], &mut |fields| text = Some(fields.text.to_owned()).filter(|text| !text.is_empty()));
        let chunk = frame.chunks().next();
        let plain = text.zip(chunk).and_then(|(text, chunk)| Plain::read(chunk.payload, text).ok());
        found.extend(plain);
        if found.len() == count {
            break;
        }
    }
    ensure!(!found.is_empty(), "no message that can take every form");
    let numbered = |(number, plain): (usize, &Plain)| plain.numbered(number as u32 + 1);
    found.iter().cycle().take(count).enumerate().map(numbered).collect()
}

impl Plain {
    fn read(payload: &[u8], text: String) -> anyhow::Result<Self> {
        let wrong = |e| anyhow::anyhow!("{e:?}");
        let data = m3ua::Message::parse(payload).map_err(wrong)?.protocol_data().map_err(wrong)?;
        let udt = Connectionless::ordinary(data.user_data).context("no ordinary UDT")?;
        ensure!(udt.message_type == MessageType::Udt && udt.data.len() <= TCAP_OCTETS_MAX, "not every form");
        ensure!(
            text.len() >= LETTERS_MIN && text.bytes().all(|c| c.is_ascii_alphanumeric() || b" .,:/?!-".contains(&c)),
            "text"
        );
        let plain = Self {
            label: data.label,
            class: udt.class_or_cause,
            called: udt.called.octets().to_vec(),
            calling: udt.calling.octets().to_vec(),
            tcap: udt.data.to_vec(),
            text,
        };
        let mut message = plain.message()?;
        ensure!(message.tag == 0x62, "no Begin");
        ensure!(Short::read(message.tpdu().context("no TPDU")?)?.fits_every_way(&plain.text), "too long");
        Ok(plain)
    }

    /// Under another transaction id, that of four octets.
    fn numbered(&self, number: u32) -> anyhow::Result<Self> {
        let mut message = self.message()?;
        if let restyle::Value::Elements(all) = &mut message.value {
            let id = all.iter_mut().find(|element| element.tag == OTID).context("no transaction id")?;
            *id = Element::octets(OTID, &number.to_be_bytes());
        }
        Ok(Self { tcap: message.write(Style::default()), ..self.clone() })
    }

    /// Its elements.
    ///
    /// # Errors
    /// That it cannot be read.
    pub fn message(&self) -> anyhow::Result<Element> {
        restyle::message(&self.tcap)
    }

    /// With another TPDU.
    ///
    /// # Errors
    /// That there is none in it.
    pub fn with_tpdu(&self, write: impl FnOnce(&Short) -> Vec<u8>) -> anyhow::Result<Self> {
        let mut message = self.message()?;
        let tpdu = message.tpdu().context("no TPDU")?;
        *tpdu = write(&Short::read(tpdu)?);
        Ok(Self { tcap: message.write(Style::default()), ..self.clone() })
    }

    /// With its elements written so.
    ///
    /// # Errors
    /// That it cannot be read.
    pub fn styled(&self, style: Style) -> anyhow::Result<Self> {
        Ok(Self { tcap: self.message()?.write(style), ..self.clone() })
    }

    /// Its transaction id.
    ///
    /// # Errors
    /// That it has none.
    pub fn otid(&self) -> anyhow::Result<Element> {
        self.message()?.child(OTID).cloned().context("no transaction id")
    }

    /// Back to where it came from.
    pub fn answered(&self, tcap: Vec<u8>) -> Self {
        let label = Label { opc: self.label.dpc, dpc: self.label.opc, ..self.label };
        Self { label, called: self.calling.clone(), calling: self.called.clone(), tcap, ..self.clone() }
    }

    /// The UDT it came in (Q.713 §4.10).
    pub fn udt(&self) -> Vec<u8> {
        let [called, calling, data] = [&self.called, &self.calling, &self.tcap].map(|part| part.len() as u8);
        let mut udt = vec![9, self.class, 3, 3 + called, 3 + called + calling];
        for (len, part) in [(called, &self.called), (calling, &self.calling), (data, &self.tcap)] {
            udt.push(len);
            udt.extend_from_slice(part);
        }
        udt
    }
}
