//! What candidates are compared by: the fields every one of them must come to, and their digest.

use crate::Seen;

/// One TCAP component, as far as it is compared. Absent fields are empty.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Fields<'a> {
    /// Frame of the load, from 0.
    pub frame: usize,
    /// Transmission sequence number of the DATA chunk.
    pub tsn: u32,
    /// Which component of the TCAP message, from 0.
    pub index: usize,
    /// Its type.
    pub component: Component,
    /// Operation code, where the component itself names one.
    pub op: Option<i64>,
    /// Originating transaction id.
    pub otid: &'a [u8],
    /// Destination transaction id.
    pub dtid: &'a [u8],
    /// Digits of the called party's global title.
    pub called: &'a str,
    /// Digits of the calling party's global title.
    pub calling: &'a str,
    /// ForwardSM: SM-RP-DA. SRI-SM: the MSISDN; in its answer the IMSI.
    pub first: &'a str,
    /// ForwardSM: SM-RP-OA. SRI-SM: the service centre; in its answer the network node.
    pub second: &'a str,
    /// ForwardSM: TP-OA or TP-DA, alphanumeric ones decoded.
    pub address: &'a str,
    /// ForwardSM: the text.
    pub text: &'a str,
}

/// Type of a TCAP component (Q.773 §3.1), by its tag.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(u8)]
pub enum Component {
    /// An operation asked for.
    #[default]
    Invoke = 1,
    /// The answer, or the end of it.
    ReturnResultLast = 2,
    /// The operation failed.
    ReturnError = 3,
    /// The component was not understood.
    Reject = 4,
    /// A part of the answer.
    ReturnResultNotLast = 7,
}

/// What a candidate made of a load: independent of the order of the messages, and cheap beside any decoder
/// (a multiplication for eight octets).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Digest {
    /// Components taken.
    pub messages: u64,
    text_octets: u64,
    sum: u64,
}

impl Digest {
    /// Takes one component in. Where it was found (frame, TSN) does not count.
    pub fn add(&mut self, fields: &Fields<'_>) {
        let mut hash = Hash(fields.component as u64);
        hash.word(fields.op.unwrap_or(-1) as u64);
        hash.word(fields.index as u64);
        for octets in [fields.otid, fields.dtid] {
            hash.octets(octets);
        }
        for text in [fields.called, fields.calling, fields.first, fields.second, fields.address, fields.text] {
            hash.octets(text.as_bytes());
        }
        self.messages += 1;
        self.text_octets += fields.text.len() as u64;
        self.sum = self.sum.wrapping_add(hash.0);
    }

    /// How much was taken.
    pub fn seen(&self) -> Seen {
        Seen { messages: self.messages, text_octets: self.text_octets }
    }
}

struct Hash(u64);

impl Hash {
    fn word(&mut self, word: u64) {
        self.0 = (self.0.rotate_left(5) ^ word).wrapping_mul(0x517c_c1b7_2722_0a95);
    }

    fn octets(&mut self, octets: &[u8]) {
        let (words, rest) = octets.as_chunks::<8>();
        for word in words {
            self.word(u64::from_le_bytes(*word));
        }
        let tail = rest.iter().fold(octets.len() as u64, |tail, &octet| tail << 8 | u64::from(octet));
        self.word(tail);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn digest_of(all: &[Fields<'_>]) -> Digest {
        let mut digest = Digest::default();
        all.iter().for_each(|f| digest.add(f));
        digest
    }

    #[test]
    fn the_digest_depends_on_every_field_compared_and_on_nothing_else() {
        let base = Fields { otid: &[1, 2, 3, 4], called: "99970", text: "hello", ..Fields::default() };
        let same = digest_of(&[Fields { frame: 7, tsn: 9, ..base.clone() }]);
        assert_eq!(digest_of(std::slice::from_ref(&base)), same);
        let changes: [fn(&mut Fields<'static>); 10] = [
            |f| f.index = 1,
            |f| f.component = Component::ReturnError,
            |f| f.op = Some(44),
            |f| f.otid = &[1, 2, 3, 5],
            |f| f.dtid = &[0],
            |f| f.calling = "9",
            |f| f.first = "9",
            |f| f.second = "9",
            |f| f.address = "9",
            |f| f.text = "hallo",
        ];
        for (number, change) in changes.iter().enumerate() {
            let mut fields = Fields { otid: &[1, 2, 3, 4], called: "99970", text: "hello", ..Fields::default() };
            change(&mut fields);
            assert_ne!(digest_of(&[fields]), same, "change {number}");
        }
    }

    #[test]
    fn the_order_of_messages_does_not_matter_but_their_number_does() {
        let (a, b) = (Fields { text: "a", ..Fields::default() }, Fields { text: "b", ..Fields::default() });
        assert_eq!(digest_of(&[a.clone(), b.clone()]), digest_of(&[b.clone(), a.clone()]));
        assert_ne!(digest_of(&[a.clone(), b]), digest_of(&[a.clone(), a]));
    }
}
