//! Elements of a header that say how its text is to be taken. TS 23.040 §9.2.3.24.2, §9.2.3.24.11 to §9.2.3.24.13.
//!
//! ```text
//!   01 02 kind count     21 04 position (16 bits) title address     22 n address     20 01 characters
//!         │
//!         store 1 | profile 2 | kind 5
//! ```
//! Enhanced voice mail information (23) is listed and not read.

use super::address::Address;
use super::cursor::Cursor;
use super::element::ElementKind;
use super::udh::{InformationElement, UserDataHeader};

/// Messages that wait elsewhere. §9.2.3.24.2.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct SpecialIndication {
    /// Whether the message with this element is to be stored.
    pub store: bool,
    /// Of several profiles of a subscriber, which one.
    pub profile: u8,
    /// 0 voice, 1 fax, 2 e-mail, 7 video.
    pub kind: u8,
    /// How many wait.
    pub count: u8,
}

/// A link within the text. §9.2.3.24.12.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Hyperlink {
    /// Characters of the whole text before the title.
    pub position: u16,
    /// Characters of the title.
    pub title_len: u8,
    /// Characters of the address, which follows the title.
    pub address_len: u8,
}

impl<'a> UserDataHeader<'a> {
    /// The messages that wait, one indication for each kind of them.
    pub fn indications(&self) -> impl Iterator<Item = SpecialIndication> + use<'a> {
        self.elements().filter_map(|element| match (element.kind(), element.value) {
            (ElementKind::SpecialIndication, &[octet, count]) => {
                let (profile, kind) = (octet >> 5 & 3, octet & 0x1F);
                Some(SpecialIndication { store: octet & 0x80 != 0, profile, kind, count })
            }
            _ => None,
        })
    }

    /// The links in the text.
    pub fn hyperlinks(&self) -> impl Iterator<Item = Hyperlink> + use<'a> {
        self.elements().filter_map(|element| match (element.kind(), element.value) {
            (ElementKind::Hyperlink, &[high, low, title_len, address_len]) => {
                Some(Hyperlink { position: u16::from_be_bytes([high, low]), title_len, address_len })
            }
            _ => None,
        })
    }

    /// Where an answer is to go, if not to the sender. §9.2.3.24.13.
    pub fn reply_address(&self) -> Option<Address<'a>> {
        let of_reply = |element: &InformationElement<'_>| element.kind() == ElementKind::ReplyAddress;
        let element = self.elements().filter(of_reply).last()?;
        Address::parse(&mut Cursor::new(element.value)).ok()
    }

    /// How many characters of the text are the header of an e-mail. §9.2.3.24.11.
    pub fn email_header_len(&self) -> Option<u8> {
        let read = |element: InformationElement<'_>| match (element.kind(), element.value) {
            (ElementKind::EmailHeader, &[len]) => Some(len),
            _ => None,
        };
        self.elements().filter_map(read).last()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Anomalies;

    #[test]
    fn reads_indications_links_reply_address_and_email() {
        let header = UserDataHeader::new(&[
            0x01, 2, 0x80, 3, 0x01, 2, 0x62, 1, 0x21, 4, 0, 9, 4, 20, 0x22, 4, 0x03, 0x91, 0x21, 0xF3, 0x20, 1, 12,
        ]);
        let voice = SpecialIndication { store: true, profile: 0, kind: 0, count: 3 };
        let email = SpecialIndication { store: false, profile: 3, kind: 2, count: 1 };
        assert_eq!(header.indications().collect::<Vec<_>>(), [voice, email]);
        let link = Hyperlink { position: 9, title_len: 4, address_len: 20 };
        assert_eq!(header.hyperlinks().collect::<Vec<_>>(), [link]);
        assert_eq!(header.reply_address().map(|address| address.text().as_str().to_owned()).as_deref(), Some("123"));
        assert_eq!((header.email_header_len(), header.anomalies()), (Some(12), Anomalies::NONE));
        let kinds: Vec<_> = header.elements().map(|element| element.kind().name()).collect();
        assert_eq!(kinds[2..], ["hyperlink", "reply_address", "email_header"]);
    }
}
