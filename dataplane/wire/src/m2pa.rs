//! M2PA: MTP2 between two peers over SCTP.
//!
//! RFC 4165 §2. Handles user data (with or without a message) and link status, and tells what a sender should have
//! left zero. Does not handle the header of the early drafts.

use crate::numbered::numbered;
use crate::octets::Sink;
use crate::{Anomalies, Anomaly, Error, Layer, Reason};

/// A 24-bit sequence number of M2PA's own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Sequence(pub u32);

impl Sequence {
    /// The number after this; after the last comes zero.
    #[must_use]
    pub const fn next(self) -> Self {
        Self(self.0.wrapping_add(1) & SEQUENCE_MAX)
    }
}

numbered! {
    /// What a message is (RFC 4165 §2.1); its class is always 11.
    MessageType: u8 {
        /// A message signal unit, or an acknowledgement alone.
        UserData = 1 "user_data",
        /// The state of the link.
        LinkStatus = 2 "link_status",
    }
}

numbered! {
    /// The state a link tells its peer (RFC 4165 §2.3.2).
    LinkStatus: u32 {
        /// Being brought up.
        Alignment = 1 "alignment",
        /// Being tried out, at length.
        ProvingNormal = 2 "proving_normal",
        /// Being tried out, in haste.
        ProvingEmergency = 3 "proving_emergency",
        /// Can carry messages.
        Ready = 4 "ready",
        /// Cannot hand messages to level 3.
        ProcessorOutage = 5 "processor_outage",
        /// Can again.
        ProcessorRecovered = 6 "processor_recovered",
        /// Overloaded.
        Busy = 7 "busy",
        /// No longer.
        BusyEnded = 8 "busy_ended",
        /// Carries nothing.
        OutOfService = 9 "out_of_service",
    }
}

/// What a message carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Body<'a> {
    /// A message signal unit.
    Msu {
        /// Priority, 0 to 3: used in Japan, spare elsewhere.
        priority: u8,
        /// The MTP3 message from its service information octet on.
        msu: &'a [u8],
    },
    /// User data without a message: its sequence numbers acknowledge.
    Acknowledgement,
    /// The state of the link.
    LinkStatus(LinkStatus),
}

/// An M2PA message.
///
/// ```text
///  0    1    2    3    4                   8    9              12   13             16   17
/// +----+----+----+----+-------------------+----+--------------+----+--------------+----+----+----------
/// | 1  | 0  | 11 |type| length            |    | BSN          |    | FSN          |PRI |SIO | label ...
/// +----+----+----+----+-------------------+----+--------------+----+--------------+----+----+----------
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Message<'a> {
    /// Backward sequence number: the last message received from the peer.
    pub bsn: Sequence,
    /// Forward sequence number: of this message.
    pub fsn: Sequence,
    /// What it carries.
    pub body: Body<'a>,
    /// What was tolerated.
    pub anomalies: Anomalies,
}

impl<'a> Message<'a> {
    /// Reads a message; octets after its length are ignored.
    ///
    /// # Errors
    /// `BadVersion`; `Unsupported` for another class or type; `BadLength` for less than its header; `Truncated`.
    #[inline]
    pub fn parse(octets: &'a [u8]) -> Result<Self, Error> {
        let Some(header) = octets.first_chunk::<HEADER_OCTETS>() else { return Err(error(0, Reason::Truncated)) };
        let [version, reserved, class, kind, l0, l1, l2, l3, unused_b, b0, b1, b2, unused_f, f0, f1, f2] = *header;
        if version != VERSION {
            return Err(error(0, Reason::BadVersion));
        }
        if class != CLASS {
            return Err(error(2, Reason::Unsupported));
        }
        let length = u32::from_be_bytes([l0, l1, l2, l3]) as usize;
        let Some(rest) = octets.get(HEADER_OCTETS..length) else {
            let reason = if length < HEADER_OCTETS { Reason::BadLength } else { Reason::Truncated };
            return Err(error(4, reason));
        };
        let mut anomalies = Anomalies::NONE;
        anomalies.note_if(reserved | unused_b | unused_f != 0, Anomaly::AdaptationValue);
        anomalies.note_if(length != octets.len(), Anomaly::AdaptationLength);
        Ok(Self {
            bsn: Sequence(u32::from_be_bytes([0, b0, b1, b2])),
            fsn: Sequence(u32::from_be_bytes([0, f0, f1, f2])),
            body: Body::parse(MessageType(kind), rest, &mut anomalies)?,
            anomalies,
        })
    }

    /// Writes the message to the start of `out` and returns how many octets that took.
    ///
    /// # Errors
    /// `Truncated` where `out` is too small, `BadLength` beyond 32 bits.
    pub fn emit(&self, out: &mut [u8]) -> Result<usize, Error> {
        let (kind, body_octets) = match self.body {
            Body::Msu { msu, .. } => (MessageType::UserData, 1 + msu.len()),
            Body::Acknowledgement => (MessageType::UserData, 0),
            Body::LinkStatus(_) => (MessageType::LinkStatus, 4),
        };
        let length = u32::try_from(HEADER_OCTETS + body_octets).map_err(|_| error(4, Reason::BadLength))?;
        let mut sink = Sink::new(Layer::M2pa, out);
        sink.put(&[VERSION, 0, CLASS, kind.number()])?;
        sink.put(&length.to_be_bytes())?;
        sink.put(&(self.bsn.0 & SEQUENCE_MAX).to_be_bytes())?;
        sink.put(&(self.fsn.0 & SEQUENCE_MAX).to_be_bytes())?;
        match self.body {
            Body::Msu { priority, msu } => {
                sink.put(&[priority << 6])?;
                sink.put(msu)?;
            }
            Body::Acknowledgement => {}
            Body::LinkStatus(status) => sink.put(&status.number().to_be_bytes())?,
        }
        Ok(sink.len_octets())
    }
}

impl<'a> Body<'a> {
    #[inline]
    fn parse(kind: MessageType, octets: &'a [u8], anomalies: &mut Anomalies) -> Result<Self, Error> {
        match (kind, octets) {
            (MessageType::UserData, []) => Ok(Self::Acknowledgement),
            (MessageType::UserData, [priority, msu @ ..]) => {
                anomalies.note_if(priority & PRIORITY_SPARE != 0, Anomaly::AdaptationValue);
                Ok(Self::Msu { priority: priority >> 6, msu })
            }
            (MessageType::LinkStatus, [s0, s1, s2, s3, filler @ ..]) => {
                let status = LinkStatus::from_number(u32::from_be_bytes([*s0, *s1, *s2, *s3]));
                anomalies.note_if(!LinkStatus::ALL.contains(&status), Anomaly::AdaptationValue);
                // Filler may follow the state while the link is being tried out (RFC 4165 §2.3.2).
                anomalies.note_if(!filler.is_empty() && !status.is_proving(), Anomaly::AdaptationLength);
                Ok(Self::LinkStatus(status))
            }
            (MessageType::LinkStatus, _) => Err(error(HEADER_OCTETS, Reason::Truncated)),
            _ => Err(error(3, Reason::Unsupported)),
        }
    }
}

impl LinkStatus {
    /// Whether the link is being tried out.
    #[inline]
    pub const fn is_proving(self) -> bool {
        matches!(self, Self::ProvingNormal | Self::ProvingEmergency)
    }
}

const fn error(at: usize, reason: Reason) -> Error {
    Error::new(Layer::M2pa, at, reason)
}

/// Where the MTP3 message begins in a message with one.
pub const MSU_OFFSET: usize = HEADER_OCTETS + 1;
/// The highest sequence number, and the one before the first.
pub const SEQUENCE_MAX: u32 = 0xff_ffff;
const HEADER_OCTETS: usize = 16;
const VERSION: u8 = 1;
const CLASS: u8 = 11;
/// RFC 4165 §2.3.1: the bits of the priority octet that no one uses.
const PRIORITY_SPARE: u8 = 0x3f;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::{self, octets};
    use proptest::prelude::*;

    #[test]
    fn reads_a_message_from_a_capture() {
        let frame = octets(samples::M2PA_SLL_FRAME);
        let message = Message::parse(&frame[64..]).expect("well-formed");
        assert_eq!((message.bsn, message.fsn), (Sequence(SEQUENCE_MAX), Sequence(0)));
        assert_eq!(message.body, Body::Msu { priority: 0, msu: &frame[64 + MSU_OFFSET..] });
    }

    #[test]
    fn reads_link_status_and_ignores_the_filler() {
        let status = octets("01000b020000001800ffffff00ffffff00000002aabbccdd");
        let body = Message::parse(&status).expect("well-formed").body;
        assert_eq!(body, Body::LinkStatus(LinkStatus::ProvingNormal));
    }

    #[test]
    fn takes_user_data_without_a_message_as_acknowledgement() {
        let empty = octets("01000b01000000100000000500000003");
        let (body, anomalies) = (Body::Acknowledgement, Anomalies::NONE);
        let message = Message { bsn: Sequence(5), fsn: Sequence(3), body, anomalies };
        assert_eq!(Message::parse(&empty), Ok(message));
    }

    #[test]
    fn refuses_every_truncation() {
        for whole in
            [octets(samples::M2PA_SLL_FRAME)[64..].to_vec(), octets("01000b020000001400ffffff00ffffff00000002")]
        {
            for length in 0..whole.len() {
                assert_eq!(Message::parse(&whole[..length]).map_err(|error| error.reason), Err(Reason::Truncated));
            }
        }
    }

    #[test]
    fn refuses_other_versions_classes_types_and_lengths() {
        let whole = octets("01000b01000000100000000500000003");
        for (at, value, reason) in [
            (0, 2, Reason::BadVersion),
            (2, 1, Reason::Unsupported),
            (3, 3, Reason::Unsupported),
            (7, 15, Reason::BadLength),
        ] {
            let mut changed = whole.clone();
            changed[at] = value;
            assert_eq!(Message::parse(&changed).map_err(|error| error.reason), Err(reason));
        }
    }

    #[test]
    fn notes_what_should_be_zero_and_what_should_not_be_there() {
        use Anomaly::{AdaptationLength, AdaptationValue};
        for (text, expected) in [
            ("01000b01000000120000000500000003 8083", None),
            ("01010b01000000120000000500000003 8083", Some(AdaptationValue)),
            ("01000b01000000127f00000500000003 8083", Some(AdaptationValue)),
            ("01000b010000001200000005ff000003 8083", Some(AdaptationValue)),
            ("01000b01000000120000000500000003 8183", Some(AdaptationValue)),
            ("01000b01000000120000000500000003 8083 00", Some(AdaptationLength)),
            ("01000b020000001800ffffff00ffffff 00000003 00000000", None),
            ("01000b020000001800ffffff00ffffff 00000004 00000000", Some(AdaptationLength)),
            ("01000b020000001400ffffff00ffffff 0000000a", Some(AdaptationValue)),
        ] {
            let noted: Vec<_> = Message::parse(&octets(text)).expect("tolerated").anomalies.iter().collect();
            assert_eq!(noted, Vec::from_iter(expected), "{text}");
        }
    }

    #[test]
    fn the_number_after_the_last_is_zero() {
        assert_eq!(Sequence(SEQUENCE_MAX).next(), Sequence(0));
    }

    proptest! {
        #[test]
        fn what_was_written_reads_the_same(bsn in 0..=SEQUENCE_MAX, fsn in 0..=SEQUENCE_MAX, priority in 0u8..4, msu in proptest::collection::vec(any::<u8>(), 0..40), kind in 0..3) {
            let body = match kind {
                0 => Body::Msu { priority, msu: &msu },
                1 => Body::Acknowledgement,
                _ => Body::LinkStatus(LinkStatus::from_number(bsn % 9 + 1)),
            };
            let message = Message { bsn: Sequence(bsn), fsn: Sequence(fsn), body, anomalies: Anomalies::NONE };
            let mut out = [0; 64];
            let written = message.emit(&mut out).expect("fits");
            prop_assert_eq!(Message::parse(&out[..written]), Ok(message));
        }

        #[test]
        fn any_octets_do_not_panic(octets in proptest::collection::vec(any::<u8>(), 0..40), kind in 0u8..4) {
            let mut octets = octets;
            if let Some(head) = octets.first_chunk_mut::<7>() {
                *head = [VERSION, 0, CLASS, kind, 0, 0, 0];
            }
            if let Ok(Message { body: Body::Msu { msu, .. }, .. }) = Message::parse(&octets) {
                prop_assert!(msu.len() + MSU_OFFSET <= octets.len());
            }
        }
    }
}
