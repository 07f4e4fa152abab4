//! What else there may be: other protocols by name, so that they are counted and never misread as MAP.
//!
//! IANA's registry of SCTP payload protocol identifiers; Q.704 §14.2.1 (service indicators); Q.713 §3.4.2.2, TS 23.003 §8
//! (subsystem numbers); RFC 4666 §3.1, RFC 4165 §2.1 (what an adaptation looks like). Does not look into any of these
//! protocols. CAP, INAP and ANSI-41 share subsystems with MAP in some networks: there TCAP tells, by application context
//! or by its own tags.

use crate::adaptation::{HEADER_OCTETS, VERSION};
use crate::mtp3::ServiceIndicator;
use crate::sctp::Ppid;
use crate::{m2pa, m2ua, m3ua, sua};

named! {
    /// A protocol that Sluice names but does not read.
    Protocol {
        /// Signalling network management of MTP3.
        Mtp3Management = "mtp3_snm",
        /// Testing and maintenance of MTP3.
        Mtp3Test = "mtp3_mtn",
        /// Telephone user part.
        Tup = "tup",
        /// ISDN user part, narrowband, broadband or by satellite.
        Isup = "isup",
        /// Data user part.
        Dup = "dup",
        /// AAL type 2 signalling.
        Aal2 = "aal2",
        /// Bearer independent call control.
        Bicc = "bicc",
        /// H.248, the gateway control protocol.
        H248 = "h248",
        /// SCCP management.
        SccpManagement = "sccp_management",
        /// Operation, maintenance and administration part.
        Omap = "omap",
        /// Supplementary services of ISDN.
        IsdnSupplementary = "isdn_supplementary",
        /// Edge-to-edge applications of broadband ISDN.
        BroadbandEdge = "b_isdn_edge",
        /// The test responder of TC.
        TcTest = "tc_test",
        /// Between base station and switch.
        Bssap = "bssap",
        /// Between switch and SGSN.
        BssapPlus = "bssap_plus",
        /// Location services of base stations.
        BssapLe = "bssap_le",
        /// Operation and maintenance of base stations.
        BssOm = "bss_om",
        /// Between radio network controller and core.
        Ranap = "ranap",
        /// Between radio network controllers.
        Rnsap = "rnsap",
        /// Positioning.
        Pcap = "pcap",
        /// CAMEL.
        Cap = "cap",
        /// Intelligent network.
        Inap = "inap",
        /// ANSI-41 over the TCAP of ANSI.
        Ansi41 = "ansi41",
        /// ISDN backhauled.
        Iua = "iua",
        /// V5.2 backhauled.
        V5ua = "v5ua",
        /// DPNSS backhauled.
        Dua = "dua",
        /// Tekelec's adaptation.
        Tali = "tali",
        /// H.323.
        H323 = "h323",
        /// Between base station and MME.
        S1ap = "s1ap",
        /// Between base stations of LTE.
        X2ap = "x2ap",
        /// Between base station and AMF.
        Ngap = "ngap",
        /// Between base stations of 5G.
        Xnap = "xnap",
        /// Between the units of a 5G base station.
        F1ap = "f1ap",
        /// Between control and user plane of a 5G base station.
        E1ap = "e1ap",
        /// Between the units of an LTE base station.
        W1ap = "w1ap",
        /// Between the RAN and its controller.
        E2ap = "e2ap",
        /// Between LTE and WLAN.
        Xwap = "xwap",
        /// Broadcast to MME.
        Sbcap = "sbcap",
        /// Location services to MME.
        Lcsap = "lcsap",
        /// Broadcast to radio network controller.
        Sabp = "sabp",
        /// Between radio network controller and base station.
        Nbap = "nbap",
        /// RANAP of home base stations.
        Rua = "rua",
        /// Registration of home base stations.
        Hnbap = "hnbap",
        /// RNSAP of home base stations.
        Rna = "rna",
        /// PCAP of home base stations.
        Pua = "pua",
        /// Multicast to base stations.
        M2ap = "m2ap",
        /// Multicast to MME.
        M3ap = "m3ap",
        /// Diameter, with or without DTLS.
        Diameter = "diameter",
        /// Data channels of browsers.
        WebRtc = "webrtc",
        /// Secure shell.
        Ssh = "ssh",
    }
}

/// What a user part of MTP3 is, by service indicator; none for SCCP, which is read, and for spare values.
pub const fn by_service_indicator(si: u8) -> Option<Protocol> {
    Some(match ServiceIndicator::from_number(si) {
        ServiceIndicator::Management => Protocol::Mtp3Management,
        ServiceIndicator::Test | ServiceIndicator::TestSpecial | ServiceIndicator::MtpTesting => Protocol::Mtp3Test,
        ServiceIndicator::Tup => Protocol::Tup,
        ServiceIndicator::Isup | ServiceIndicator::BroadbandIsup | ServiceIndicator::SatelliteIsup => Protocol::Isup,
        ServiceIndicator::DupCalls | ServiceIndicator::DupFacilities => Protocol::Dup,
        ServiceIndicator::Aal2 => Protocol::Aal2,
        ServiceIndicator::Bicc => Protocol::Bicc,
        ServiceIndicator::GatewayControl => Protocol::H248,
        _ => return None,
    })
}

/// What SCTP says it carries, by payload protocol identifier; none for the adaptations that are read, for zero, and for what has no name here.
pub const fn by_ppid(ppid: u32) -> Option<Protocol> {
    Some(match ppid {
        1 => Protocol::Iua,
        6 => Protocol::V5ua,
        7 => Protocol::H248,
        8 => Protocol::Bicc,
        9 => Protocol::Tali,
        10 => Protocol::Dua,
        13 => Protocol::H323,
        18 => Protocol::S1ap,
        19 => Protocol::Rua,
        20 => Protocol::Hnbap,
        24 => Protocol::Sbcap,
        25 => Protocol::Nbap,
        27 => Protocol::X2ap,
        29 => Protocol::Lcsap,
        31 => Protocol::Sabp,
        42 => Protocol::Rna,
        43 => Protocol::M2ap,
        44 => Protocol::M3ap,
        45 => Protocol::Ssh,
        46 | 47 => Protocol::Diameter,
        50..=54 | 56 | 57 => Protocol::WebRtc,
        55 => Protocol::Pua,
        58 | 59 => Protocol::Xwap,
        60 | 66 => Protocol::Ngap,
        61 | 67 => Protocol::Xnap,
        62 | 68 => Protocol::F1ap,
        64 | 69 => Protocol::E1ap,
        70..=72 => Protocol::E2ap,
        73 => Protocol::W1ap,
        _ => return None,
    })
}

/// What a subsystem is, by its number; none where MAP may be, and for numbers without a meaning common to all networks.
pub const fn by_ssn(ssn: u8) -> Option<Protocol> {
    Some(match ssn {
        1 => Protocol::SccpManagement,
        3 => Protocol::Isup,
        4 => Protocol::Omap,
        11 => Protocol::IsdnSupplementary,
        13 => Protocol::BroadbandEdge,
        14 => Protocol::TcTest,
        98 => Protocol::BssapPlus,
        142 => Protocol::Ranap,
        143 => Protocol::Rnsap,
        146 => Protocol::Cap,
        249 => Protocol::Pcap,
        250..=252 => Protocol::BssapLe,
        253 => Protocol::BssOm,
        254 => Protocol::Bssap,
        _ => return None,
    })
}

/// Which adaptation octets look like: version, class and type that it has, a length that is theirs (give or take
/// padding), a first parameter that fits. For payloads whose identifier is zero, unknown, or says something else.
///
/// None where it could be several: management looks the same in M3UA, M2UA and SUA. Reserved octets are not asked to
/// be zero, since receivers do not.
pub fn adaptation_by_shape(payload: &[u8]) -> Option<Ppid> {
    let (&[VERSION, _, class, kind, l0, l1, l2, l3], rest) = payload.split_first_chunk::<HEADER_OCTETS>()? else {
        return None;
    };
    let length = u32::from_be_bytes([l0, l1, l2, l3]) as usize;
    if class == M2PA_CLASS {
        let is_m2pa = length == payload.len() && m2pa::Message::parse(payload).is_ok();
        return is_m2pa.then_some(Ppid::M2PA);
    }
    let is_length_theirs = length.next_multiple_of(4) == payload.len().next_multiple_of(4);
    let number = u16::from_be_bytes([class, kind]);
    let (ppid, is_known) = match class {
        1 => (Ppid::M3UA, m3ua::MessageKind::ALL.contains(&m3ua::MessageKind::from_number(number))),
        6 | 10 => (Ppid::M2UA, m2ua::MessageKind::ALL.contains(&m2ua::MessageKind::from_number(number))),
        7 | 8 => (Ppid::SUA, sua::MessageKind::ALL.contains(&sua::MessageKind::from_number(number))),
        _ => return None,
    };
    (is_known && is_length_theirs && is_parameter_or_nothing(rest)).then_some(ppid)
}

/// Whether octets begin with a parameter that ends inside them.
fn is_parameter_or_nothing(octets: &[u8]) -> bool {
    match octets {
        [] => true,
        [_, _, l0, l1, ..] => (4..=octets.len()).contains(&usize::from(u16::from_be_bytes([*l0, *l1]))),
        _ => false,
    }
}

const M2PA_CLASS: u8 = 11;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::{self, octets};
    use proptest::prelude::*;

    #[test]
    fn names_the_user_parts_of_mtp3_and_leaves_sccp_to_its_reader() {
        for (si, name) in [(0, "mtp3_snm"), (4, "tup"), (5, "isup"), (9, "isup"), (13, "bicc"), (14, "h248")] {
            let protocol = by_service_indicator(si);
            assert_eq!(protocol.map(Protocol::name), Some(name));
        }
        let unnamed = (0..16).filter(|si| by_service_indicator(*si).is_none());
        assert_eq!(unnamed.collect::<Vec<_>>(), [3, 11, 15]);
    }

    #[test]
    fn names_payloads_by_their_identifier_and_leaves_the_adaptations_to_their_readers() {
        for (ppid, name) in [(7, "h248"), (18, "s1ap"), (27, "x2ap"), (46, "diameter"), (47, "diameter"), (60, "ngap")]
        {
            assert_eq!(by_ppid(ppid).map(Protocol::name), Some(name));
        }
        for ppid in [0, 2, 3, 4, 5, u32::MAX] {
            assert_eq!(by_ppid(ppid), None);
        }
    }

    #[test]
    fn names_subsystems_and_none_that_may_speak_map() {
        for (ssn, name) in [(1, "sccp_management"), (142, "ranap"), (146, "cap"), (249, "pcap"), (254, "bssap")] {
            assert_eq!(by_ssn(ssn).map(Protocol::name), Some(name));
        }
        // TS 23.003 §8: MAP itself, HLR, VLR, MSC, EIR, AuC, GMLC, gsmSCF, SIWF, SGSN, GGSN, CSS.
        for ssn in [0, 5, 6, 7, 8, 9, 10, 145, 147, 148, 149, 150, 248] {
            assert_eq!(by_ssn(ssn), None, "{ssn}");
        }
    }

    #[test]
    fn tells_adaptations_by_their_shape() {
        let m2pa = &octets(samples::M2PA_SLL_FRAME)[64..];
        assert_eq!(adaptation_by_shape(m2pa), Some(Ppid::M2PA));
        for (text, expected) in [
            (samples::M3UA_DATA, Some(Ppid::M3UA)),
            ("0100030300000008", None),
            ("0107010100000010 0006000800000005", Some(Ppid::M3UA)),
            ("010001010000000d 0009000561", Some(Ppid::M3UA)),
            ("0100070100000010 0006000800000005", Some(Ppid::SUA)),
            ("0100080b00000010 0006000800000005", Some(Ppid::SUA)),
            ("0100060100000010 0001000800000005", Some(Ppid::M2UA)),
            ("01000a0100000010 0309000800000005", Some(Ppid::M2UA)),
            // another version, class, type, length; a first parameter that is none; above, management of anyone
            ("0200010100000010 0006000800000005", None),
            ("0100050100000010 0006000800000005", None),
            ("0100010200000010 0006000800000005", None),
            ("0100010100000014 0006000800000005", None),
            ("0100010100000010 0006000900000005", None),
            ("01000b0300000010 0000000000000000", None),
            ("01000b0100000014 0000000000000000", None),
            ("0100010100000009 00", None),
        ] {
            assert_eq!(adaptation_by_shape(&octets(text)), expected, "{text}");
        }
    }

    #[test]
    fn nothing_cut_off_has_the_shape_of_an_adaptation() {
        let whole = octets(samples::M3UA_DATA);
        for length in 0..whole.len() - 3 {
            assert_eq!(adaptation_by_shape(&whole[..length]), None);
        }
    }

    #[test]
    fn no_two_protocols_share_a_name() {
        let mut names: Vec<_> = Protocol::ALL.iter().map(|protocol| protocol.name()).collect();
        names.sort_unstable();
        assert!(names.windows(2).all(|pair| pair[0] != pair[1]));
    }

    proptest! {
        #[test]
        fn any_octets_do_not_panic(mut octets in proptest::collection::vec(prop_oneof![0u8..12, any::<u8>()], 0..40)) {
            let length = octets.len() as u8;
            if let Some(head) = octets.first_chunk_mut::<8>() {
                (head[0], head[4], head[5], head[6], head[7]) = (1, 0, 0, 0, length);
            }
            prop_assert!(adaptation_by_shape(&octets).is_none_or(|ppid| (2..=5).contains(&ppid.0)));
        }
    }
}
