//! The user data header at the start of a message whose `esm_class` announces one. SMPP 3.4 §5.2.12.
//!
//! ```text
//!   +--------+--------------------+----------------------------------+
//!   | length | elements           | text: an octet or two a character|
//!   +--------+--------------------+----------------------------------+
//! ```
//! The octets of a header are those of a TPDU's: [`UserDataHeader`] reads them. The text after it is not packed, so
//! there are no fill bits.

use crate::sms::UserDataHeader;
use crate::{Anomalies, Anomaly};

/// Divides a message into its header and what follows, and tells the header's deviations. One longer than the message
/// is all of the message.
pub(super) fn split(message: &[u8]) -> (Option<UserDataHeader<'_>>, &[u8], Anomalies) {
    let Some((length, rest)) = message.split_first() else {
        return (None, message, Anomalies::of(Anomaly::SmsHeader));
    };
    let there = rest.split_at_checked(usize::from(*length));
    let (elements, payload) = there.unwrap_or((rest, &[]));
    let header = UserDataHeader::new(elements);
    let mut anomalies = header.anomalies();
    anomalies.note_if(there.is_none(), Anomaly::SmsHeader);
    (Some(header), payload, anomalies)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sms::{Concatenation, Ports};

    #[test]
    fn divides_a_message_into_header_and_text() {
        let (header, text, anomalies) = split(&[5, 0, 3, 7, 2, 1, b'o', b'k']);
        let part = Concatenation { reference: 7, total: 2, sequence: 1, wide: false };
        let read = header.and_then(|header| header.concatenation());
        assert_eq!((read, text, anomalies), (Some(part), &b"ok"[..], Anomalies::NONE));
    }

    #[test]
    fn reads_the_last_of_each_and_notes_that_it_came_twice() {
        let (header, text, anomalies) =
            split(&[19, 0, 3, 1, 2, 1, 8, 4, 1, 2, 3, 3, 5, 4, 0x0b, 0x84, 0x23, 0xf0, 0x70, 0]);
        let header = header.expect("there");
        assert_eq!(header.concatenation().map(|part| (part.reference, part.wide)), Some((258, true)));
        assert_eq!(header.ports(), Some(Ports { destination: 2948, source: 9200, wide: true }));
        assert_eq!((header.elements().count(), text), (4, &[][..]));
        assert_eq!(anomalies, Anomalies::of(Anomaly::SmsElementTwice));
    }

    #[test]
    fn tells_a_header_that_is_not_whole() {
        for (message, elements) in [
            (&[][..], None),
            (&[9, 0, 3, 1, 2, 1], Some(1)),
            (&[2, 0, 3, 1], Some(0)),
            (&[1, 0x70], Some(0)),
            (&[5, 0, 3, 1, 2], Some(0)),
        ] {
            let (header, _, anomalies) = split(message);
            let listed = header.map(|header| header.elements().count());
            assert_eq!((listed, anomalies), (elements, Anomalies::of(Anomaly::SmsHeader)), "{message:?}");
        }
    }
}
