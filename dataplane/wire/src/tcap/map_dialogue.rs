//! What MAP says in the user information of a dialogue. TS 29.002 §17.4, MAP-DialoguePDU.
//!
//! ```text
//!   BE 25 28 23 06 07 04 00 00 01 01 01 01      map-DialogueAS
//!               A0 18 A0 16 80 09 96 …          map-open, destination reference: an IMSI
//!                           81 09 91 …          originating reference: a number
//!   A0 open  A1 accept  A2 close  A3 refuse  A4 user abort  A5 provider abort
//! ```
//! Handles the PDU as single ASN.1 type and octet-aligned, behind any other information. References are given as they
//! are, as AddressString. Does not handle: extension containers, reasons of refusals and aborts.

use super::Order;
use crate::ber::{Reader, Tag};
use crate::{Anomalies, Anomaly};

/// Which PDU.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum MapDialogueKind {
    /// MAP-OpenInfo.
    Open,
    /// MAP-AcceptInfo.
    Accept,
    /// MAP-CloseInfo.
    Close,
    /// MAP-RefuseInfo.
    Refuse,
    /// MAP-UserAbortInfo.
    UserAbort,
    /// MAP-ProviderAbortInfo.
    ProviderAbort,
}

impl MapDialogueKind {
    const fn of(tag: Tag) -> Option<Self> {
        match tag.0 {
            0xA0 => Some(Self::Open),
            0xA1 => Some(Self::Accept),
            0xA2 => Some(Self::Close),
            0xA3 => Some(Self::Refuse),
            0xA4 => Some(Self::UserAbort),
            0xA5 => Some(Self::ProviderAbort),
            _ => None,
        }
    }

    /// The name in events and rules.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Open => "map-open",
            Self::Accept => "map-accept",
            Self::Close => "map-close",
            Self::Refuse => "map-refuse",
            Self::UserAbort => "map-userAbort",
            Self::ProviderAbort => "map-providerAbort",
        }
    }
}

/// The user information of MAP.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MapDialogue<'a> {
    /// Which PDU.
    pub kind: MapDialogueKind,
    /// Open: the octets of the address the dialogue is for, nature and plan first.
    pub destination_reference: Option<&'a [u8]>,
    /// Open: the octets of the address it comes from.
    pub originating_reference: Option<&'a [u8]>,
    /// What was tolerated on the way there.
    pub anomalies: Anomalies,
}

impl<'a> MapDialogue<'a> {
    /// The first of MAP in the value of element BE.
    pub(super) fn find(user_information: &'a [u8]) -> Option<Self> {
        let mut externals = Reader::new(user_information);
        while let Ok(Some(external)) = externals.next() {
            if external.tag == EXTERNAL
                && let Some(mut found) = Self::of_external(external.value)
            {
                found.anomalies.add(externals.anomalies());
                return Some(found);
            }
        }
        None
    }

    fn of_external(value: &'a [u8]) -> Option<Self> {
        let mut inside = Reader::new(value);
        inside.take(Tag::OID).ok()?.filter(|reference| reference.value == MAP_DIALOGUE_AS)?;
        let encoding = inside.next().ok()?.filter(|tlv| matches!(tlv.tag, SINGLE_ASN1_TYPE | OCTET_ALIGNED))?;
        let mut single = Reader::new(encoding.value);
        let pdu = single.next().ok()??;
        let kind = MapDialogueKind::of(pdu.tag)?;
        let mut anomalies = inside.anomalies();
        anomalies.add(single.anomalies());
        anomalies.note_if(!inside.is_empty() || !single.is_empty(), Anomaly::BerTrailing);
        let mut found = Self { kind, destination_reference: None, originating_reference: None, anomalies };
        if kind == MapDialogueKind::Open {
            found.open(pdu.value);
        }
        Some(found)
    }

    /// MAP-OpenInfo may be extended: what is not known is no deviation.
    fn open(&mut self, value: &'a [u8]) {
        let (mut inside, mut order) = (Reader::new(value), Order::default());
        while let Ok(Some(tlv)) = inside.next() {
            let (slot, place) = match tlv.tag.0 {
                0x80 => (&mut self.destination_reference, 1),
                0x81 => (&mut self.originating_reference, 2),
                _ => continue,
            };
            slot.get_or_insert(tlv.value);
            self.anomalies.note_if(!order.follows(place), Anomaly::ElementOrder);
        }
        self.anomalies.add(inside.anomalies());
    }
}

const EXTERNAL: Tag = Tag(0x28);
const SINGLE_ASN1_TYPE: Tag = Tag(0xA0);
const OCTET_ALIGNED: Tag = Tag(0x81);
/// 0.4.0.0.1.1.1.1, TS 29.002 §17.4.
const MAP_DIALOGUE_AS: &[u8] = &[0x04, 0x00, 0x00, 0x01, 0x01, 0x01, 0x01];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sms::tests::octets;

    #[test]
    fn reads_both_references_of_an_open() {
        let value =
            octets("282106070400000101010 1a016a01480099610100000000000f18107919979010000f1".replace(' ', "").as_str());
        let open = MapDialogue::find(&value).expect("is MAP's");
        assert_eq!((open.kind.name(), open.anomalies), ("map-open", Anomalies::NONE));
        assert_eq!(open.destination_reference, Some(&octets("9610100000000000f1")[..]));
        assert_eq!(open.originating_reference, Some(&octets("919979010000f1")[..]));
    }

    #[test]
    fn names_each_of_the_six_in_either_encoding_behind_other_information() {
        let kinds = ["map-open", "map-accept", "map-close", "map-refuse", "map-userAbort", "map-providerAbort"];
        for (tag, name) in (0xA0..).zip(kinds) {
            for encoding in [0xA0, 0x81] {
                let external = [&[0x28, 0x0D, 0x06, 0x07][..], MAP_DIALOGUE_AS, &[encoding, 2, tag, 0]].concat();
                let value = [&[0x28, 0x03, 0x06, 0x01, 0x2A][..], &external].concat();
                let found = MapDialogue::find(&value).expect("is MAP's");
                assert_eq!((found.kind.name(), found.destination_reference), (name, None));
            }
        }
    }

    #[test]
    fn notes_references_out_of_order_or_twice_and_keeps_the_first() {
        let value = octets("2819060704000001010101a00ea00c810191800196800197820105");
        let open = MapDialogue::find(&value).expect("is MAP's");
        assert_eq!((open.destination_reference, open.originating_reference), (Some(&[0x96][..]), Some(&[0x91][..])));
        assert_eq!(open.anomalies, Anomalies::of(Anomaly::ElementOrder));
    }

    #[test]
    fn leaves_the_information_of_others_alone() {
        for value in [
            "",
            "2803060 12a",
            "2809060704000001010102",
            "280d060704000001010101a002a600",
            "280b06070400000101010 1a000",
        ] {
            assert_eq!(MapDialogue::find(&octets(&value.replace(' ', ""))), None, "{value}");
        }
    }
}
