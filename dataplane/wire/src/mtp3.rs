//! MTP3: the routing label, and messages that carry it in its own octets.
//!
//! Q.704 §2.2, §14.2; ANSI T1.111.4 §2.2, §14.2; GF 001-9001 of China. Handles labels with 14-bit point codes and
//! with 24-bit ones. Nothing in the octets tells them apart: which one a network has is a matter of configuration.

use crate::numbered::numbered;
use crate::{Error, Layer, Reason};

/// A signalling point code: 14 bits in ITU networks, 24 in those of ANSI and China, up to 32 in M3UA.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PointCode(pub u32);

/// Whose point codes and labels a network has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Variant {
    /// 14 bits (Q.704 §2.2).
    #[default]
    Itu,
    /// 24 bits: network, cluster and member, an octet each (T1.111.4 §2.2).
    Ansi,
    /// 24 bits, in messages otherwise as ITU's (GF 001-9001).
    China,
}

/// Signalling link selection: 4 bits, in ANSI networks 5 or 8.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Sls(pub u8);

/// Network indicator: 0 international, 1 spare, 2 national, 3 reserved for national use (Q.704 §14.2.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct NetworkIndicator(pub u8);

numbered! {
    /// Which user of MTP3 a message is for (Q.704 §14.2.1).
    ServiceIndicator: u8 {
        /// Signalling network management.
        Management = 0 "snm",
        /// Signalling network testing and maintenance.
        Test = 1 "mtn",
        /// The same, special messages.
        TestSpecial = 2 "mtns",
        /// Signalling connection control part.
        Sccp = 3 "sccp",
        /// Telephone user part.
        Tup = 4 "tup",
        /// ISDN user part.
        Isup = 5 "isup",
        /// Data user part, calls and circuits.
        DupCalls = 6 "dup_calls",
        /// Data user part, facilities.
        DupFacilities = 7 "dup_facilities",
        /// MTP testing user part.
        MtpTesting = 8 "mtp_testing",
        /// Broadband ISDN user part.
        BroadbandIsup = 9 "b_isup",
        /// Satellite ISDN user part.
        SatelliteIsup = 10 "s_isup",
        /// AAL type 2 signalling.
        Aal2 = 12 "aal2",
        /// Bearer independent call control.
        Bicc = 13 "bicc",
        /// Gateway control protocol.
        GatewayControl = 14 "gcp",
    }
}

/// Who sends to whom, and what: the routing label with the service information.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Label {
    /// Originating point code.
    pub opc: PointCode,
    /// Destination point code.
    pub dpc: PointCode,
    /// The user it is for.
    pub si: ServiceIndicator,
    /// The network the point codes belong to.
    pub ni: NetworkIndicator,
    /// Message priority, where the carrier (M3UA) or the label (ANSI) tells it.
    pub mp: Option<u8>,
    /// The link it prefers; equal values stay in order.
    pub sls: Sls,
}

/// A message from its service information octet on.
///
/// ```text
///  0    1                   5
/// +----+-------------------+---------
/// |SIO | label, LSB first  | payload ...     SIO: NI 2 bits, spare 2, SI 4
/// +----+-------------------+---------     label: SLS 4 bits, OPC 14, DPC 14, from the most significant
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Message<'a> {
    /// The routing label.
    pub label: Label,
    /// What the user part is given.
    pub payload: &'a [u8],
}

impl<'a> Message<'a> {
    /// Reads a message; any value of the label is one.
    ///
    /// # Errors
    /// `Truncated` within the label.
    #[inline]
    pub fn parse(octets: &'a [u8]) -> Result<Self, Error> {
        let Some((&[sio, l0, l1, l2, l3], payload)) = octets.split_first_chunk() else {
            return Err(Error::new(Layer::Mtp3, 0, Reason::Truncated));
        };
        let routing = u32::from_le_bytes([l0, l1, l2, l3]);
        let label = Label {
            opc: PointCode(routing >> 14 & POINT_CODE_MAX),
            dpc: PointCode(routing & POINT_CODE_MAX),
            si: ServiceIndicator::from_number(sio & 0x0f),
            ni: NetworkIndicator(sio >> 6),
            mp: None,
            sls: Sls((routing >> 28) as u8),
        };
        Ok(Self { label, payload })
    }

    /// Reads a message of a network of this kind; any value of the label is one.
    ///
    /// ```text
    ///  0    1              4              7    8
    /// +----+--------------+--------------+----+---------
    /// |SIO | DPC, LSB 1st | OPC, LSB 1st |SLS | payload ...     ANSI, China; SIO in ANSI: NI 2 bits,
    /// +----+--------------+--------------+----+---------        priority 2, SI 4; SLS in China: spare 4, SLS 4
    /// ```
    ///
    /// # Errors
    /// `Truncated` within the label.
    #[inline]
    pub fn parse_as(octets: &'a [u8], variant: Variant) -> Result<Self, Error> {
        let (mp_mask, sls_mask) = match variant {
            Variant::Itu => return Self::parse(octets),
            Variant::Ansi => (Some(3), 0xff),
            Variant::China => (None, 0x0f),
        };
        let Some((&[sio, d0, d1, d2, o0, o1, o2, sls], payload)) = octets.split_first_chunk() else {
            return Err(Error::new(Layer::Mtp3, 0, Reason::Truncated));
        };
        let label = Label {
            opc: PointCode(u32::from_le_bytes([o0, o1, o2, 0])),
            dpc: PointCode(u32::from_le_bytes([d0, d1, d2, 0])),
            si: ServiceIndicator::from_number(sio & 0x0f),
            ni: NetworkIndicator(sio >> 6),
            mp: mp_mask.map(|mask| sio >> 4 & mask),
            sls: Sls(sls & sls_mask),
        };
        Ok(Self { label, payload })
    }
}

impl Label {
    /// The service information octet and the routing label, as sent in ITU networks.
    ///
    /// # Errors
    /// `BadValue` where a number does not fit its bits.
    pub fn emit(&self) -> Result<[u8; LABEL_OCTETS], Error> {
        let fits = self.opc.0 <= POINT_CODE_MAX && self.dpc.0 <= POINT_CODE_MAX && self.sls.0 < 16;
        let si = self.si.number();
        if !fits || si >= 16 || self.ni.0 >= 4 {
            return Err(Error::new(Layer::Mtp3, 0, Reason::BadValue));
        }
        let routing = self.dpc.0 | self.opc.0 << 14 | u32::from(self.sls.0) << 28;
        let [l0, l1, l2, l3] = routing.to_le_bytes();
        Ok([self.ni.0 << 6 | si, l0, l1, l2, l3])
    }
}

/// Octets of the service information and the routing label of ITU networks.
pub const LABEL_OCTETS: usize = 5;
/// The highest 14-bit point code.
pub const POINT_CODE_MAX: u32 = 0x3fff;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::{self, octets};
    use proptest::prelude::*;

    #[test]
    fn reads_a_label_from_a_capture() {
        let frame = octets(samples::M2PA_SLL_FRAME);
        let message = Message::parse(&frame[81..]).expect("well-formed");
        let label = message.label;
        assert_eq!((label.opc, label.dpc), (PointCode(4001), PointCode(6001)));
        assert_eq!((label.si, label.ni, label.sls), (ServiceIndicator::Sccp, NetworkIndicator(2), Sls(6)));
        assert_eq!(message.payload, &frame[86..]);
    }

    #[test]
    fn refuses_every_truncation() {
        for length in 0..LABEL_OCTETS {
            let error = Error::new(Layer::Mtp3, 0, Reason::Truncated);
            assert_eq!(Message::parse(&[0x83; LABEL_OCTETS][..length]), Err(error));
        }
    }

    #[test]
    fn refuses_to_write_numbers_that_do_not_fit() {
        let label = Message::parse(&[0x83, 0, 0, 0, 0]).expect("well-formed").label;
        assert_eq!(label.emit(), Ok([0x83, 0, 0, 0, 0]));
        let error = Err(Error::new(Layer::Mtp3, 0, Reason::BadValue));
        assert_eq!(Label { opc: PointCode(0x4000), ..label }.emit(), error);
        assert_eq!(Label { sls: Sls(16), ..label }.emit(), error);
        assert_eq!(Label { ni: NetworkIndicator(4), ..label }.emit(), error);
    }

    #[test]
    fn reads_the_labels_of_ansi_and_china() {
        // ANSI: to 5-254-1 (network, cluster, member), from 5-10-2, national, priority 2.
        let octets = [0xa3, 1, 254, 5, 2, 10, 5, 0xe7, 9];
        let ansi = Message::parse_as(&octets, Variant::Ansi).expect("well-formed");
        let label = ansi.label;
        assert_eq!((label.dpc, label.opc), (PointCode(0x05_fe_01), PointCode(0x05_0a_02)));
        assert_eq!((label.si, label.ni, label.mp), (ServiceIndicator::Sccp, NetworkIndicator(2), Some(2)));
        assert_eq!((label.sls, ansi.payload), (Sls(0xe7), &[9][..]));
        let china = Message::parse_as(&octets, Variant::China).expect("well-formed");
        assert_eq!(china, Message { label: Label { mp: None, sls: Sls(7), ..label }, ..ansi });
        assert_eq!(Message::parse_as(&octets, Variant::default()), Message::parse(&octets));
        for length in 0..8 {
            let error = Error::new(Layer::Mtp3, 0, Reason::Truncated);
            assert_eq!(Message::parse_as(&octets[..length], Variant::Ansi), Err(error));
            assert_eq!(Message::parse_as(&octets[..length], Variant::China), Err(error));
        }
    }

    proptest! {
        #[test]
        fn what_was_read_is_written_the_same(routing: [u8; 4], ni in 0u8..4, si in 0u8..16) {
            let [l0, l1, l2, l3] = routing;
            let octets = [ni << 6 | si, l0, l1, l2, l3];
            prop_assert_eq!(Message::parse(&octets).expect("five octets").label.emit(), Ok(octets));
        }

        #[test]
        fn any_octets_do_not_panic(octets in proptest::collection::vec(any::<u8>(), 0..20)) {
            prop_assert_eq!(Message::parse(&octets).is_ok(), octets.len() >= LABEL_OCTETS);
        }
    }
}
