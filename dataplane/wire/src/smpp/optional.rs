//! The optional parameters that are read into fields, and the message once both its places are known. SMPP 3.4 §5.3.

use super::coding::DataCoding;
use super::command::InterfaceVersion;
use super::esm_class::EsmClass;
use super::header;
use super::pdu::Pdu;
use super::tlv::{TlvTag, Tlvs};
use crate::{Anomalies, Anomaly};

impl<'a> Pdu<'a> {
    /// SMPP 3.4 §3.2.4.1: in any order. The first of two with one tag is read.
    pub(super) fn read_optional(&mut self, octets: &'a [u8]) {
        if octets.is_empty() || !self.command.is_known() {
            return;
        }
        self.tlvs = Tlvs::new(octets);
        let mut walk = self.tlvs;
        for tlv in walk.by_ref() {
            match tlv.tag {
                TlvTag::MessagePayload => self.anomalies.add(first(&mut self.message_payload, Some(tlv.value))),
                TlvTag::SarMsgRefNum => self.anomalies.add(first(&mut self.sar.0, two(tlv.value))),
                TlvTag::SarTotalSegments => self.anomalies.add(first(&mut self.sar.1, one(tlv.value))),
                TlvTag::SarSegmentSeqnum => self.anomalies.add(first(&mut self.sar.2, one(tlv.value))),
                TlvTag::SourcePort => self.anomalies.add(first(&mut self.ports.0, two(tlv.value))),
                TlvTag::DestinationPort => self.anomalies.add(first(&mut self.ports.1, two(tlv.value))),
                TlvTag::ScInterfaceVersion if self.interface_version.is_none() => {
                    self.interface_version = one(tlv.value).map(InterfaceVersion);
                }
                tag => self.anomalies.note_if(!tag.is_known(), Anomaly::SmppVersion),
            }
        }
        self.anomalies.note_if(!walk.rest().is_empty(), Anomaly::SmppLength);
    }

    /// Finds the header and the text once both places of a message are known.
    pub(super) fn read_message(&mut self) {
        let both = self.short_message.is_some_and(|message| !message.is_empty()) && self.message_payload.is_some();
        self.anomalies.note_if(both, Anomaly::SmppLength);
        let message = self.message();
        self.payload = message;
        self.anomalies.note_if(self.data_coding.is_some_and(DataCoding::is_reserved), Anomaly::SmsCoding);
        if self.esm_class.is_some_and(EsmClass::has_header) {
            let (header, payload, anomalies) = header::split(message);
            (self.header, self.payload) = (header, payload);
            self.anomalies.add(anomalies);
        }
        let impossible = self.concatenation().is_some_and(|part| !part.is_valid());
        self.anomalies.note_if(impossible, Anomaly::SmsConcatenation);
    }
}

/// Keeps a value if it is the first; notes one of another length, and a second one.
fn first<T>(place: &mut Option<T>, value: Option<T>) -> Anomalies {
    let mut anomalies = Anomalies::NONE;
    anomalies.note_if(value.is_none(), Anomaly::SmppLength);
    anomalies.note_if(place.is_some() && value.is_some(), Anomaly::ElementOrder);
    if place.is_none() {
        *place = value;
    }
    anomalies
}

fn one(value: &[u8]) -> Option<u8> {
    let &[octet] = value else { return None };
    Some(octet)
}

fn two(value: &[u8]) -> Option<u16> {
    value.try_into().ok().map(u16::from_be_bytes)
}
