//! The list of fields itself: what each means, its number, dotted name, shape and privacy class.
//!
//! The line of documentation over a field is also its meaning in `sluice fields` and in the schema of an event, so it
//! says the standard's own term, the unit and the clause. A field without one does not build.

use super::Shape::*;
use super::{Class, Shape};

macro_rules! fields {
    ($($(#[doc = $doc:literal])+ $variant:ident = $number:literal, $name:literal, $shape:expr, $class:ident;)+) => {
        /// A stored field. Listed in the order in which it is shown.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[repr(u16)]
        pub enum Field { $(#[doc = concat!("`", $name, "`:", $($doc),+)] $variant = $number),+ }

        impl Field {
            /// Every field, in the order in which it is shown.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The dotted name.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name),+ }
            }

            /// What it means, with its unit and its clause where it has them.
            pub const fn help(self) -> &'static str {
                match self { $(Self::$variant => concat!($($doc),+).trim_ascii()),+ }
            }

            /// How it is shown.
            pub const fn shape(self) -> Shape {
                match self { $(Self::$variant => $shape),+ }
            }

            /// Who may see it.
            pub const fn class(self) -> Class {
                match self { $(Self::$variant => Class::$class),+ }
            }

            /// The field with this number, if there is one.
            pub const fn from_number(n: u16) -> Option<Self> {
                match n { $($number => Some(Self::$variant),)+ _ => None }
            }
        }
    };
}

fields! {
    /// What the line is about.
    Kind = 0, "kind", Name(&["map", "dialogue", "smpp"]), Summary;
    /// Frame in the capture, from 1, that completed the message.
    Frame = 1, "frame", Uint, Summary;
    /// Time of the packet.
    TimeNs = 2, "time", Time, Summary;
    /// Name of the port the frame came in by.
    Port = 192, "port", Text, Summary;
    /// Source address of the IP packet.
    Src = 193, "src", Ip, Summary;
    /// Destination address of the IP packet.
    Dst = 194, "dst", Ip, Summary;
    /// Source port of SCTP or TCP.
    Sport = 3, "sport", Uint, Summary;
    /// Destination port of SCTP or TCP.
    Dport = 4, "dport", Uint, Summary;
    /// Transmission sequence number of the DATA chunk; of several, the last. RFC 9260 §3.3.1.
    SctpTsn = 5, "sctp.tsn", Uint, Summary;
    /// Stream identifier. RFC 9260 §3.3.1.
    SctpSid = 6, "sctp.sid", Uint, Summary;
    /// Stream sequence number. RFC 9260 §3.3.1.
    SctpSsn = 7, "sctp.ssn", Uint, Summary;
    /// Payload protocol identifier: 3 M3UA, 5 M2PA, 2 M2UA, 4 SUA. RFC 9260 §3.3.1.
    SctpPpid = 8, "sctp.ppid", Uint, Summary;
    /// Frames the fragments of the user message came in, if more than one.
    SctpReassembledFrom = 228, "sctp.reassembled_from_frames", NumberList, Summary;
    /// DATA chunks in the packet, if more than one.
    SctpBundled = 9, "sctp.bundled", Uint, Summary;
    /// Adaptation the message came in by.
    MtpProto = 10, "mtp.proto", Name(&["m3ua", "m2pa", "m2ua", "sua", "mtp3"]), Summary;
    /// Originating point code. Q.704 §2.2.
    MtpOpc = 11, "mtp.opc", Uint, Summary;
    /// Destination point code. Q.704 §2.2.
    MtpDpc = 12, "mtp.dpc", Uint, Summary;
    /// Service indicator: 3 is SCCP. Q.704 §14.2.1.
    MtpSi = 13, "mtp.si", Uint, Summary;
    /// Network indicator: 0 international, 2 national. Q.704 §14.2.2.
    MtpNi = 14, "mtp.ni", Uint, Summary;
    /// Message priority. RFC 4666 §3.3.1.
    MtpMp = 15, "mtp.mp", Uint, Summary;
    /// Signalling link selection. Q.704 §2.2.
    MtpSls = 16, "mtp.sls", Uint, Summary;
    /// Routing context. RFC 4666 §3.3.1.
    MtpRc = 17, "mtp.rc", Uint, Summary;
    /// Network appearance. RFC 4666 §3.3.1.
    MtpNa = 18, "mtp.na", Uint, Summary;
    /// Message type: 9 UDT, 17 XUDT, 19 LUDT; 10, 18 and 20 their service messages. Q.713 §2.1.
    SccpMsg = 19, "sccp.msg", MessageType, Summary;
    /// Protocol class: 0 or 1. Q.713 §3.6.
    SccpClass = 20, "sccp.class", Uint, Summary;
    /// What to do on error: 8 return the message, 0 nothing. Q.713 §3.6.
    SccpHandling = 21, "sccp.handling", Uint, Summary;
    /// Hop counter: how many more global title translations there may be. Q.713 §3.18.
    SccpHops = 22, "sccp.hops", Uint, Summary;
    /// Why the message came back. Q.713 §3.12.
    SccpReturnCause = 23, "sccp.return_cause", Uint, Summary;
    /// Called party: 0 routed by global title, 1 by subsystem number. Q.713 §3.4.1.
    CdpaRi = 24, "sccp.cdpa.ri", Uint, Summary;
    /// Called party: format of the global title, 0 none. Q.713 §3.4.1.
    CdpaGti = 25, "sccp.cdpa.gti", Uint, Summary;
    /// Called party: subsystem number: 6 HLR, 7 VLR, 8 MSC. Q.713 §3.4.2.2.
    CdpaSsn = 26, "sccp.cdpa.ssn", Uint, Summary;
    /// Called party: point code. Q.713 §3.4.2.1.
    CdpaPc = 27, "sccp.cdpa.pc", Uint, Summary;
    /// Called party: translation type of the global title. Q.713 §3.4.2.3.
    CdpaTt = 28, "sccp.cdpa.tt", Uint, Summary;
    /// Called party: numbering plan of the global title: 1 E.164, 7 E.214. Q.713 §3.4.2.3.
    CdpaNp = 29, "sccp.cdpa.np", Uint, Summary;
    /// Called party: nature of address of the global title: 4 international. Q.713 §3.4.2.3.
    CdpaNai = 30, "sccp.cdpa.nai", Uint, Summary;
    /// Called party: whether the global title has an odd number of digits. Q.713 §3.4.2.3.
    CdpaGtOdd = 31, "sccp.cdpa.odd", Bool, Summary;
    /// Called party: digits of the global title. Q.713 §3.4.2.3.
    CdpaGt = 195, "sccp.cdpa.gt", GtDigits(Field::CdpaGtOdd), Address;
    /// Calling party: 0 routed by global title, 1 by subsystem number. Q.713 §3.4.1.
    CgpaRi = 32, "sccp.cgpa.ri", Uint, Summary;
    /// Calling party: format of the global title, 0 none. Q.713 §3.4.1.
    CgpaGti = 33, "sccp.cgpa.gti", Uint, Summary;
    /// Calling party: subsystem number: 6 HLR, 7 VLR, 8 MSC. Q.713 §3.4.2.2.
    CgpaSsn = 34, "sccp.cgpa.ssn", Uint, Summary;
    /// Calling party: point code. Q.713 §3.4.2.1.
    CgpaPc = 35, "sccp.cgpa.pc", Uint, Summary;
    /// Calling party: translation type of the global title. Q.713 §3.4.2.3.
    CgpaTt = 36, "sccp.cgpa.tt", Uint, Summary;
    /// Calling party: numbering plan of the global title: 1 E.164, 7 E.214. Q.713 §3.4.2.3.
    CgpaNp = 37, "sccp.cgpa.np", Uint, Summary;
    /// Calling party: nature of address of the global title: 4 international. Q.713 §3.4.2.3.
    CgpaNai = 38, "sccp.cgpa.nai", Uint, Summary;
    /// Calling party: whether the global title has an odd number of digits. Q.713 §3.4.2.3.
    CgpaGtOdd = 39, "sccp.cgpa.odd", Bool, Summary;
    /// Calling party: digits of the global title. Q.713 §3.4.2.3.
    CgpaGt = 196, "sccp.cgpa.gt", GtDigits(Field::CgpaGtOdd), Address;
    /// 1 in the first segment, 0 in the others. Q.713 §3.17.
    SegFirst = 40, "sccp.seg.first", Uint, Summary;
    /// Segments after this one. Q.713 §3.17.
    SegRemaining = 41, "sccp.seg.remaining", Uint, Summary;
    /// Segmentation local reference, the same in all segments. Q.713 §3.17.
    SegSlr = 42, "sccp.seg.slr", Reference, Summary;
    /// Frames the segments of the message came in, if more than one.
    SccpReassembledFrom = 229, "sccp.reassembled_from_frames", NumberList, Summary;
    /// Which message. Q.773 §3.1.
    TcapType = 43, "tcap.type", Name(&["unidirectional", "begin", "continue", "end", "abort"]), Summary;
    /// Originating transaction identifier. Q.773 §3.1.3.
    TcapOtid = 197, "tcap.otid", Hex, Summary;
    /// Destination transaction identifier. Q.773 §3.1.3.
    TcapDtid = 198, "tcap.dtid", Hex, Summary;
    /// Application context in this message's dialogue portion. Q.773 §4.2.
    TcapAc = 199, "tcap.ac", Oid, Summary;
    /// Components in the message.
    TcapComponents = 44, "tcap.components", Uint, Summary;
    /// Why the peer's transaction sublayer gave up: 0 unrecognized message type, 1 unrecognized transaction, 2 badly
    /// formatted, 3 incorrect, 4 resource limitation. Q.773 §3.1.4.
    TcapPAbortCause = 45, "tcap.p_abort_cause", Uint, Summary;
    /// Whether the user of TCAP gave up. Q.773 §3.1.
    TcapUAbort = 46, "tcap.u_abort", Bool, Summary;
    /// PDU in the dialogue portion. Q.773 §4.2.
    TcapDialogue = 47, "tcap.dialogue", Name(&["dialogueRequest", "dialogueResponse",
        "dialogueAbort", "dialogueUnidirectional"]), Summary;
    /// Whether the peer takes the dialogue: 0 accepted, 1 rejected for good. Q.773 §4.2.
    TcapDialogueResult = 48, "tcap.dialogue_result", Uint, Summary;
    /// The dialogue's application context where this message does not carry it.
    DialogueAc = 200, "dialogue_ac", Oid, Summary;
    /// The dialogue's number, the same for every message of it.
    Dialogue = 49, "dialogue", Uint, Summary;
    /// Place of the component in the TCAP message, from 0.
    ComponentIndex = 50, "component_index", Uint, Summary;
    /// Category of the operation in the public lists of FS.11: 1 not between networks, 2 from the home network only,
    /// 3 from the visited network only, 4 of the short message service.
    MapCategory = 122, "map.category", Uint, Summary;
    /// Which component. Q.773 §3.3.
    MapComponent = 51, "map.component",
        Name(&["invoke", "returnResultLast", "returnResultNotLast", "returnError", "reject"]), Summary;
    /// Invoke identifier, the same in request and answer. Q.773 §3.3.
    MapInvokeId = 52, "map.invoke_id", Int, Summary;
    /// Invoke identifier of the request this one belongs to. Q.773 §3.3.
    MapLinkedId = 53, "map.linked_id", Int, Summary;
    /// Local operation code: 44 mt-forwardSM, 45 sendRoutingInfoForSM, 46 mo-forwardSM and so on. TS 29.002 §17.5.
    MapOp = 54, "map.op", Int, Summary;
    /// Operation code that is an object identifier. Q.773 §3.3.
    MapOpGlobal = 201, "map.op_global", Oid, Summary;
    /// The operation, where only the dialogue knows it.
    MapOpOfInvoke = 55, "map.op_of_invoke", Int, Summary;
    /// Local error code. TS 29.002 §17.6.
    MapError = 56, "map.error", Int, Summary;
    /// What a Reject complains about. Q.773 §3.3.4.
    MapProblem = 57, "map.problem", Problem, Summary;
    /// What kind of address SM-RP-DA is. TS 29.002 §7.6.8.1.
    MapRpDaChoice = 58, "map.sm_rp_da.choice",
        Name(&["imsi", "lmsi", "roamingNumber", "3", "serviceCentreAddressDA", "noSM-RP-DA"]), Summary;
    /// SM-RP-DA, whom the short message goes to. TS 29.002 §7.6.8.1.
    MapRpDa = 202, "map.sm_rp_da", RpAddress(Field::MapRpDaChoice), Address;
    /// What kind of address SM-RP-OA is. TS 29.002 §7.6.8.2.
    MapRpOaChoice = 59, "map.sm_rp_oa.choice",
        Name(&["0", "1", "msisdn", "3", "serviceCentreAddressOA", "noSM-RP-OA"]), Summary;
    /// SM-RP-OA, whom the short message comes from. TS 29.002 §7.6.8.2.
    MapRpOa = 203, "map.sm_rp_oa", RpAddress(Field::MapRpOaChoice), Address;
    /// SM-RP-UI: the TPDU. TS 29.002 §7.6.8.4.
    MapRpUi = 204, "map.sm_rp_ui", Hex, Content;
    /// IMSI of the subscriber. TS 29.002 §17.7.8.
    MapImsi = 205, "map.imsi", Tbcd, Address;
    /// MSISDN of the subscriber. TS 29.002 §17.7.8.
    MapMsisdn = 206, "map.msisdn", Address, Address;
    /// Number of the service centre. TS 29.002 §17.7.6.
    MapServiceCentre = 207, "map.service_centre", Address, Address;
    /// networkNode-Number: node that serves the subscriber. TS 29.002 §17.7.6.
    MapNetworkNode = 208, "map.network_node", Address, Address;
    /// Number of the MSC.
    MapMsc = 209, "map.msc", Address, Address;
    /// Number of the VLR.
    MapVlr = 210, "map.vlr", Address, Address;
    /// Number of the gsmSCF, the service control function.
    MapGsmscf = 211, "map.gsmscf", Address, Address;
    /// Number of the SGSN.
    MapSgsnNumber = 212, "map.sgsn_number", Address, Address;
    /// Number of the HLR.
    MapHlrNumber = 213, "map.hlr_number", Address, Address;
    /// storedMSISDN: number under which the service centre waits. TS 29.002 §17.7.6.
    MapStoredMsisdn = 214, "map.stored_msisdn", Address, Address;
    /// LMSI: the VLR's own name for the subscriber, 4 octets. TS 29.002 §17.7.8.
    MapLmsi = 215, "map.lmsi", Hex, Address;
    /// Number of the gateway MSC.
    MapGmsc = 230, "map.gmsc", Address, Address;
    /// Number of the location centre (gateway mobile location centre).
    MapMlc = 231, "map.mlc", Address, Address;
    /// Roaming number, lent for one call.
    MapRoamingNumber = 232, "map.roaming_number", Address, Address;
    /// Number to which calls are forwarded.
    MapForwardedTo = 233, "map.forwarded_to", Address, Address;
    /// IMEI, the identity of the phone. TS 29.002 §17.7.8.
    MapImei = 234, "map.imei", Tbcd, Address;
    /// TMSI, the temporary identity of the subscriber. TS 29.002 §17.7.8.
    MapTmsi = 235, "map.tmsi", Hex, Address;
    /// Cell or location area, as sent.
    MapLocationCell = 236, "map.location.cell", Hex, Address;
    /// Location number of Q.763, as sent.
    MapLocationNumber = 237, "map.location.number", Hex, Address;
    /// Geographical information, as sent.
    MapLocationGeo = 238, "map.location.geo", Hex, Address;
    /// Minutes since the subscriber was last heard of there.
    MapLocationAge = 123, "map.location.age", Uint, Summary;
    /// Alphabet of the USSD string. TS 23.038 §5.
    MapUssdDcs = 124, "map.ussd.dcs", Uint, Summary;
    /// Text of the USSD string.
    MapUssdText = 239, "map.ussd.text", Text, Content;
    /// SM-DeliveryOutcome: 0 memory capacity exceeded, 1 absent subscriber, 2 successful transfer. TS 29.002 §17.7.6.
    MapDeliveryOutcome = 60, "map.delivery_outcome", Uint, Summary;
    /// Whether another short message follows in the dialogue. TS 29.002 §7.6.8.7.
    MapMoreMessages = 61, "map.more_messages", Bool, Summary;
    /// SM-RP-PRI: whether to try although the subscriber is not reachable. TS 29.002 §17.7.6.
    MapSmRpPri = 62, "map.sm_rp_pri", Bool, Summary;
    /// SM-RP-MTI: 0 SMS-DELIVER, 1 SMS-STATUS-REPORT. TS 29.002 §17.7.6.
    MapSmRpMti = 63, "map.sm_rp_mti", Uint, Summary;
    /// Cause in error 32, 0 memory capacity exceeded to 6 not a subscriber of the service centre. TS 29.002 §17.7.7.
    MapSmDeliveryFailure = 64, "map.sm_delivery_failure", Uint, Summary;
    /// sm-DeliveryNotIntended: 0 only the IMSI is asked for, 1 only the network. TS 29.002 §17.7.6.
    MapSmDeliveryNotIntended = 65, "map.sm_delivery_not_intended", Uint, Summary;
    /// Which TPDU. TS 23.040 §9.2.2.
    SmsType = 66, "sms.type", Name(&["SMS-DELIVER", "SMS-DELIVER REPORT", "SMS-SUBMIT", "SMS-SUBMIT REPORT",
        "SMS-STATUS REPORT", "SMS-COMMAND"]), Summary;
    /// TP-Message-Type-Indicator, two bits, whose meaning depends on the direction. TS 23.040 §9.2.3.1.
    SmsMti = 67, "sms.mti", Uint, Summary;
    /// TP-User-Data-Header-Indicator: 1 if the text begins with a header. TS 23.040 §9.2.3.23.
    SmsUdhi = 68, "sms.udhi", Uint, Summary;
    /// TP-More-Messages-to-Send: 0 if more wait. TS 23.040 §9.2.3.2.
    SmsMms = 69, "sms.mms", Uint, Summary;
    /// TP-Reply-Path: 1 if an answer goes by the same service centre. TS 23.040 §9.2.3.17.
    SmsRp = 70, "sms.rp", Uint, Summary;
    /// TP-Status-Report-Indication: 1 if a status report is to go back. TS 23.040 §9.2.3.4.
    SmsSri = 71, "sms.sri", Uint, Summary;
    /// TP-Status-Report-Request: 1 if one is asked for. TS 23.040 §9.2.3.5.
    SmsSrr = 72, "sms.srr", Uint, Summary;
    /// TP-Reject-Duplicates: 1 if a message that still waits may not be sent again. TS 23.040 §9.2.3.25.
    SmsRd = 73, "sms.rd", Uint, Summary;
    /// TP-Validity-Period-Format: 0 none, 1 enhanced, 2 relative, 3 absolute. TS 23.040 §9.2.3.3.
    SmsVpf = 74, "sms.vpf", Uint, Summary;
    /// TP-Message-Reference. TS 23.040 §9.2.3.6.
    SmsMr = 75, "sms.mr", Uint, Summary;
    /// TP-Protocol-Identifier. TS 23.040 §9.2.3.9.
    SmsPid = 76, "sms.pid", Uint, Summary;
    /// TP-Data-Coding-Scheme. TS 23.040 §9.2.3.10, TS 23.038 §4.
    SmsDcs = 77, "sms.dcs", Uint, Summary;
    /// TP-Status. TS 23.040 §9.2.3.15.
    SmsSt = 78, "sms.st", Uint, Summary;
    /// TP-Failure-Cause. TS 23.040 §9.2.3.22.
    SmsFcs = 79, "sms.fcs", Uint, Summary;
    /// TP-User-Data-Length: septets in the GSM 7-bit alphabet, otherwise octets. TS 23.040 §9.2.3.16.
    SmsUdl = 80, "sms.udl", Uint, Summary;
    /// TP-Validity-Period, 1 or 7 octets as sent. TS 23.040 §9.2.3.12.
    SmsVp = 216, "sms.vp", Hex, Summary;
    /// TP-Originating-Address (TS 23.040 §9.2.3.7); of SMPP source_addr.
    SmsOa = 217, "sms.oa", Text, Address;
    /// TP-Destination-Address (TS 23.040 §9.2.3.8); of SMPP destination_addr.
    SmsDa = 218, "sms.da", Text, Address;
    /// TP-Recipient-Address. TS 23.040 §9.2.3.14.
    SmsRa = 219, "sms.ra", Text, Address;
    /// Type of number of the address. TS 23.040 §9.1.2.5.
    SmsAddrTon = 81, "sms.addr_ton", Uint, Summary;
    /// Numbering plan of the address. TS 23.040 §9.1.2.5.
    SmsAddrNpi = 82, "sms.addr_npi", Uint, Summary;
    /// Semi-octets of the address. TS 23.040 §9.1.2.5.
    SmsAddrLen = 83, "sms.addr_len", Uint, Summary;
    /// TP-Service-Centre-Time-Stamp: year, month, day, hour, minute, second, quarter-hours from UTC. TS 23.040
    /// §9.2.3.11.
    SmsScts = 220, "sms.scts", Scts, Summary;
    /// Information elements of the user data header, in order. TS 23.040 §9.2.3.24.
    SmsUdhIei = 221, "sms.udh_iei", OctetList, Summary;
    /// Reference of a message in parts, the same in all. TS 23.040 §9.2.3.24.1, §9.2.3.24.8.
    SmsConcatRef = 84, "sms.concat.ref", Uint, Summary;
    /// How many parts. TS 23.040 §9.2.3.24.1.
    SmsConcatTotal = 85, "sms.concat.total", Uint, Summary;
    /// Which part, from 1. TS 23.040 §9.2.3.24.1.
    SmsConcatSeq = 86, "sms.concat.seq", Uint, Summary;
    /// Destination port of 16 bits. TS 23.040 §9.2.3.24.4.
    SmsPortsDst = 87, "sms.ports.dst", Uint, Summary;
    /// Source port of 16 bits. TS 23.040 §9.2.3.24.4.
    SmsPortsSrc = 88, "sms.ports.src", Uint, Summary;
    /// Destination port of 8 bits. TS 23.040 §9.2.3.24.3.
    SmsPortsDst8 = 89, "sms.ports.dst8", Uint, Summary;
    /// Source port of 8 bits. TS 23.040 §9.2.3.24.3.
    SmsPortsSrc8 = 90, "sms.ports.src8", Uint, Summary;
    /// Text of this part, after its alphabet and national language tables. TS 23.038 §6.2.
    SmsText = 222, "sms.text", Text, Content;
    /// TP-User-Data as sent, its header among it. TS 23.040 §9.2.3.24.
    SmsUd = 223, "sms.ud", Hex, Content;
    /// Parts of the concatenated message that have come, this one included.
    SmsJoinedParts = 125, "sms.joined.parts", Uint, Summary;
    /// Whether all parts of the concatenated message have come.
    SmsJoinedComplete = 126, "sms.joined.complete", Bool, Summary;
    /// Text of all parts that have come, in order; `…` for each gap.
    SmsJoinedText = 240, "sms.joined.text", Text, Content;
    /// The text as people read it: look-alikes, full width and accents folded to plain letters, invisible characters
    /// taken out, lower case. Of a long message all parts that have come. Never recorded.
    SmsPlain = 250, "sms.plain", Text, Derived;
    /// Letters and digits of `sms.plain` alone, digits that stand for letters folded: `v.1.a.g.r.a` is `vlagra` as
    /// `viagra` is. Never recorded.
    SmsSqueezed = 251, "sms.squeezed", Text, Derived;
    /// The sender's name folded as `sms.squeezed`, where the sender is no number. Never recorded.
    SmsSender = 255, "sms.sender", Text, Derived;
    /// Host of the first link in the text, in lower case.
    SmsUrl = 252, "sms.url", Text, Content;
    /// Links in the text.
    SmsUrlCount = 139, "sms.url_count", Uint, Summary;
    /// Whether a link shows only after what hides it is undone.
    SmsUrlHidden = 140, "sms.url_hidden", Bool, Summary;
    /// Letters of another script that stand for ones they look like.
    SmsLookalikes = 141, "sms.lookalikes", Uint, Summary;
    /// Characters that are not seen.
    SmsHiddenChars = 142, "sms.hidden_chars", Uint, Summary;
    /// Fingerprint of the text without its digits: the same for all messages made from one template.
    SmsTemplate = 143, "sms.template", Fingerprint, Summary;
    /// Campaign of near-duplicate texts the message belongs to.
    CampaignId = 144, "campaign.id", Fingerprint, Summary;
    /// Messages of the campaign in this hour, this one included.
    CampaignCount = 145, "campaign.count", Uint, Summary;
    /// Messages of the campaign in the hour before.
    CampaignPrevious = 146, "campaign.previous", Uint, Summary;
    /// Different senders of the campaign, estimated.
    CampaignSenders = 147, "campaign.senders", Uint, Summary;
    /// Whose the calling party is, by the policy's network file: of the home network, of a partner by kind of agreement.
    OriginRelation = 130, "origin.relation", Name(crate::verdict::RELATIONS), Summary;
    /// Country of the calling party: ISO 3166 alpha-2.
    OriginCountry = 131, "origin.country", Country, Summary;
    /// Network of the calling party.
    OriginOperator = 249, "origin.operator", Text, Summary;
    /// Who asked where the subscriber is, within a day before a delivery: nobody, the service centre that delivers now,
    /// another node of its network, others only.
    PairAsked = 132, "pair.asked", Name(&["nobody", "sender", "operator", "others"]), Summary;
    /// Seconds since they asked.
    PairAge = 133, "pair.age", Uint, Summary;
    /// Seconds since answers to such questions are watched: after a start they are missing for a while.
    PairWatched = 150, "pair.watched", Uint, Summary;
    /// Whether the delivery goes to the node they were told.
    PairSameNode = 134, "pair.same_node", Bool, Summary;
    /// Service centre that asked last, if another.
    PairRequester = 149, "pair.requester", Packed, Address;
    /// Node that served the subscriber when last heard of.
    SubscriberNode = 135, "subscriber.node", Packed, Address;
    /// IMSI the subscriber's number had when last heard of.
    SubscriberImsi = 136, "subscriber.imsi", Packed, Address;
    /// Seconds since the subscriber was last heard of.
    SubscriberAge = 137, "subscriber.age", Uint, Summary;
    /// Kilometres an hour between the capital of that node's country and of the calling party's.
    SubscriberSpeed = 138, "subscriber.speed", Uint, Summary;
    /// command_id: which PDU. SMPP 3.4 §5.1.2.
    SmppCommandId = 104, "smpp.command_id", Uint, Summary;
    /// command_status of an answer: 0 is done. SMPP 3.4 §5.1.3.
    SmppStatus = 105, "smpp.status", Uint, Summary;
    /// sequence_number, the same in request and answer. SMPP 3.4 §5.1.4.
    SmppSeq = 106, "smpp.seq", Uint, Summary;
    /// command_length: octets of the PDU. SMPP 3.4 §5.1.1.
    SmppLength = 107, "smpp.length", Uint, Summary;
    /// interface_version: 51 is 3.3, 52 is 3.4, 80 is 5.0. SMPP 3.4 §5.2.4.
    SmppVersion = 121, "smpp.interface_version", Uint, Summary;
    /// How the session was bound.
    SmppBind = 120, "smpp.bind", Name(&["receiver", "transmitter", "transceiver"]), Summary;
    /// system_id the session was bound with. SMPP 3.4 §5.2.1.
    SmppSystemId = 241, "smpp.system_id", Text, Address;
    /// message_id: the message centre's name for the message. SMPP 3.4 §5.2.23.
    SmppMessageId = 242, "smpp.message_id", Text, Summary;
    /// service_type. SMPP 3.4 §5.2.11.
    SmppServiceType = 243, "smpp.service_type", Text, Summary;
    /// source_addr_ton. SMPP 3.4 §5.2.5.
    SmppSrcTon = 108, "smpp.src_ton", Uint, Summary;
    /// source_addr_npi. SMPP 3.4 §5.2.6.
    SmppSrcNpi = 109, "smpp.src_npi", Uint, Summary;
    /// source_addr. SMPP 3.4 §5.2.8.
    SmppSrc = 244, "smpp.src", Text, Address;
    /// dest_addr_ton. SMPP 3.4 §5.2.5.
    SmppDstTon = 110, "smpp.dst_ton", Uint, Summary;
    /// dest_addr_npi. SMPP 3.4 §5.2.6.
    SmppDstNpi = 111, "smpp.dst_npi", Uint, Summary;
    /// destination_addr; of several the first. SMPP 3.4 §5.2.9.
    SmppDst = 245, "smpp.dst", Text, Address;
    /// Bits 1-0 of esm_class: how it is handled. SMPP 3.4 §5.2.12.
    SmppEsmMode = 112, "smpp.esm_mode", Uint, Summary;
    /// Bits 5-2 of esm_class: 0 a message, 1 a delivery receipt. SMPP 3.4 §5.2.12.
    SmppEsmType = 113, "smpp.esm_type", Uint, Summary;
    /// Bits 7-6 of esm_class: 1 user data header, 2 reply path. SMPP 3.4 §5.2.12.
    SmppEsmFeatures = 114, "smpp.esm_feat", Uint, Summary;
    /// protocol_id. SMPP 3.4 §5.2.13.
    SmppProtocolId = 115, "smpp.protocol_id", Uint, Summary;
    /// priority_flag. SMPP 3.4 §5.2.14.
    SmppPriority = 116, "smpp.priority", Uint, Summary;
    /// Bits 1-0 of registered_delivery: which receipt is asked for. SMPP 3.4 §5.2.17.
    SmppRegistered = 117, "smpp.registered", Uint, Summary;
    /// data_coding. SMPP 3.4 §5.2.19.
    SmppDataCoding = 118, "smpp.data_coding", Uint, Summary;
    /// sm_length: octets of short_message. SMPP 3.4 §5.2.21.
    SmppSmLength = 119, "smpp.sm_length", Uint, Summary;
    /// short_message, or message_payload in its place, with its header. SMPP 3.4 §5.2.22, §5.3.
    SmppMessage = 246, "smpp.message_hex", Hex, Content;
    /// Text of the message, after data_coding. SMPP 3.4 §5.2.19.
    SmppText = 247, "smpp.text", Text, Content;
    /// Optional parameters. SMPP 3.4 §5.3.
    SmppTlvs = 248, "smpp.tlvs", Tlvs, Content;
    /// Something above SCTP did not parse; what did parse is still given.
    Malformed = 91, "malformed", Bool, Summary;
    /// Layer that did not parse.
    ErrorLayer = 92, "error.layer", Name(LAYERS), Summary;
    /// Octets from the start of that layer to the place.
    ErrorAt = 93, "error.at", Uint, Summary;
    /// What was wrong there.
    ErrorReason = 94, "error.reason", Name(REASONS), Summary;
    /// The packet came in IP fragments.
    AnomalyIpFragmented = 256, "anomaly.ip_fragmented", Flag, Summary;
    /// SCTP's CRC32c is wrong; an endpoint drops the packet.
    AnomalySctpBadCrc = 257, "anomaly.sctp_bad_crc", Flag, Summary;
    /// The user message came in fragments of DATA.
    AnomalySctpFragmented = 258, "anomaly.sctp_fragmented", Flag, Summary;
    /// The payload protocol identifier does not say what the payload is.
    AnomalySctpPpid = 259, "anomaly.sctp_ppid", Flag, Summary;
    /// Padding that is not zero, or more of it than there may be.
    AnomalySctpPadding = 260, "anomaly.sctp_padding", Flag, Summary;
    /// Traffic on the stream kept for management.
    AnomalySctpStreamZero = 261, "anomaly.sctp_stream_zero", Flag, Summary;
    /// The adaptation's length disagrees with the octets that came.
    AnomalyAdaptationLength = 262, "anomaly.adaptation_length", Flag, Summary;
    /// A version, reserved field or parameter that the adaptation does not have.
    AnomalyAdaptationValue = 263, "anomaly.adaptation_value", Flag, Summary;
    /// Octets that belong to no part of the SCCP message, or to two.
    AnomalySccpLength = 264, "anomaly.sccp_length", Flag, Summary;
    /// Pointers out of their usual order.
    AnomalySccpPointer = 265, "anomaly.sccp_pointer", Flag, Summary;
    /// An optional parameter that connectionless messages do not have.
    AnomalySccpOptional = 266, "anomaly.sccp_optional", Flag, Summary;
    /// Reserved bits, format or encoding in a party address.
    AnomalySccpAddress = 267, "anomaly.sccp_address", Flag, Summary;
    /// A global title with other than decimal digits, or filler where there should be none.
    AnomalySccpDigits = 268, "anomaly.sccp_digits", Flag, Summary;
    /// The message came in segments.
    AnomalySccpSegmented = 269, "anomaly.sccp_segmented", Flag, Summary;
    /// A length written in more octets than it needs.
    AnomalyBerNonminimal = 270, "anomaly.ber_nonminimal", Flag, Summary;
    /// A length of indefinite form.
    AnomalyBerIndefinite = 271, "anomaly.ber_indefinite", Flag, Summary;
    /// A tag of the long form with a number that the short form has.
    AnomalyBerLongTag = 272, "anomaly.ber_long_tag", Flag, Summary;
    /// A string in pieces.
    AnomalyBerConstructed = 273, "anomaly.ber_constructed", Flag, Summary;
    /// Octets after the end of what should be all.
    AnomalyBerTrailing = 274, "anomaly.ber_trailing", Flag, Summary;
    /// An integer with octets it does not need, or an empty one.
    AnomalyBerInteger = 275, "anomaly.ber_integer", Flag, Summary;
    /// An element that the specification does not have, skipped.
    AnomalyUnknownElement = 276, "anomaly.unknown_element", Flag, Summary;
    /// Elements out of their order, or twice.
    AnomalyElementOrder = 277, "anomaly.element_order", Flag, Summary;
    /// A transaction identifier of no octets or more than four.
    AnomalyTcapTid = 278, "anomaly.tcap_tid", Flag, Summary;
    /// A dialogue portion that should not be there, or that is not the protocol's.
    AnomalyTcapDialogue = 279, "anomaly.tcap_dialogue", Flag, Summary;
    /// More than one invoke in a message.
    AnomalyDoubleInvoke = 280, "anomaly.double_invoke", Flag, Summary;
    /// An operation or error code that is an object identifier.
    AnomalyGlobalCode = 281, "anomaly.global_code", Flag, Summary;
    /// An operation that the application context does not have.
    AnomalyContextMismatch = 282, "anomaly.context_mismatch", Flag, Summary;
    /// A message of a dialogue that was not seen to open.
    AnomalyDialogueUnknown = 283, "anomaly.dialogue_unknown", Flag, Summary;
    /// Addresses other than those the dialogue was opened with.
    AnomalyDialogueAddress = 284, "anomaly.dialogue_address", Flag, Summary;
    /// An answer to an invoke that was not seen.
    AnomalyInvokeUnknown = 285, "anomaly.invoke_unknown", Flag, Summary;
    /// An IMSI, number or string shorter or longer than it may be.
    AnomalyMapLength = 286, "anomaly.map_length", Flag, Summary;
    /// Digits that are none, or filler in the middle.
    AnomalyMapDigits = 287, "anomaly.map_digits", Flag, Summary;
    /// An address without its extension bit.
    AnomalyMapAddress = 288, "anomaly.map_address", Flag, Summary;
    /// Both parties' addresses are of kinds that do not go together.
    AnomalyMapParties = 289, "anomaly.map_parties", Flag, Summary;
    /// A TPDU of the reserved type.
    AnomalySmsReserved = 290, "anomaly.sms_reserved", Flag, Summary;
    /// The user data's length disagrees with the octets that came.
    AnomalySmsLength = 291, "anomaly.sms_length", Flag, Summary;
    /// More user data than a short message has.
    AnomalySmsTooLong = 292, "anomaly.sms_too_long", Flag, Summary;
    /// A user data header longer than the user data, or an element longer than the header.
    AnomalySmsHeader = 293, "anomaly.sms_header", Flag, Summary;
    /// An information element twice.
    AnomalySmsElementTwice = 294, "anomaly.sms_element_twice", Flag, Summary;
    /// Fill bits that are not zero.
    AnomalySmsFillBits = 295, "anomaly.sms_fill_bits", Flag, Summary;
    /// An address length that is odd where it cannot be, or beyond 20 digits.
    AnomalySmsAddress = 296, "anomaly.sms_address", Flag, Summary;
    /// A data coding scheme that is reserved.
    AnomalySmsCoding = 297, "anomaly.sms_coding", Flag, Summary;
    /// Compressed user data, not read.
    AnomalySmsCompressed = 298, "anomaly.sms_compressed", Flag, Summary;
    /// UCS-2 text with half a character or half a surrogate pair.
    AnomalySmsText = 299, "anomaly.sms_text", Flag, Summary;
    /// A part number of zero or beyond the number of parts.
    AnomalySmsConcatenation = 300, "anomaly.sms_concatenation", Flag, Summary;
    /// A national language that is reserved.
    AnomalySmsLanguage = 301, "anomaly.sms_language", Flag, Summary;
    /// A part that came before with other content.
    AnomalySmsPartChanged = 302, "anomaly.sms_part_changed", Flag, Summary;
    /// An SMPP length that disagrees with the PDU's fields.
    AnomalySmppLength = 303, "anomaly.smpp_length", Flag, Summary;
    /// An SMPP string without its end, or longer than it may be.
    AnomalySmppString = 304, "anomaly.smpp_string", Flag, Summary;
    /// An SMPP command, status or parameter that its version does not have.
    AnomalySmppVersion = 305, "anomaly.smpp_version", Flag, Summary;
    /// Pieces that overlap with other content.
    AnomalyOverlap = 306, "anomaly.overlap", Flag, Summary;
    /// Whether a delivery to our number names an id that home routing gave: a good one, or why it is none.
    HomeId = 151, "home.id", Name(&["good", "unknown", "expired", "stolen"]), Summary;
    /// Which way the message crosses a wire.
    LabelsDirection = 95, "labels.direction", Name(&["inbound", "outbound"]), Summary;
    /// Where in the life of a short message it stands.
    LabelsTrigger = 96, "labels.trigger", Name(&["submission", "pre-delivery", "post-delivery"]), Summary;
    /// Where the message comes from, by the policy's network file.
    LabelsOrigin = 127, "labels.origin", Name(&["on-net", "national", "international"]), Summary;
    /// Who talks to whom: people by numbers, services by names and short codes, cards by their own formats.
    LabelsClass = 128, "labels.class", Name(&["p2p", "a2p", "p2a", "ota"]), Summary;
    /// What the text is for, by its words.
    LabelsUseCase = 129, "labels.use_case", Name(&["personal", "otp", "alert", "promotional"]), Summary;
    /// What the policy does with the message.
    VerdictAction = 97, "verdict.action", Name(crate::verdict::ACTIONS), Summary;
    /// Rule that decided.
    VerdictRule = 224, "verdict.rule", Text, Summary;
    /// Scenario that rule belongs to.
    VerdictScenario = 254, "verdict.scenario", Text, Summary;
    /// Level of the rule that decided, 1 to 4.
    VerdictLevel = 98, "verdict.level", Uint, Summary;
    /// Why the verdict is what it is: a rule, the default, no policy, or a message that cannot be decoded.
    VerdictReason = 99, "verdict.reason", Name(crate::verdict::REASONS), Summary;
    /// MAP error a reject would answer with.
    VerdictError = 100, "verdict.error", Uint, Summary;
    /// Version of the policy that judged.
    VerdictPolicy = 101, "verdict.policy", Uint, Summary;
    /// What was done, where the port could not do what the policy said.
    VerdictApplied = 102, "verdict.applied", Name(crate::verdict::ACTIONS), Summary;
    /// Tags that matching rules gave.
    VerdictTags = 226, "verdict.tags", TextList, Summary;
    /// Rules that would have decided, had they been enforced.
    VerdictShadow = 227, "verdict.shadow", TextList, Summary;
    /// Fields that made the rule decide, with their values.
    VerdictEvidence = 225, "verdict.evidence", Evidence, Summary;
    /// Points that rules gave the message.
    VerdictScore = 148, "verdict.score", Int, Summary;
    /// Counters of the policy that rules asked for, each `name=value`.
    VerdictCounters = 253, "verdict.counters", TextList, Summary;
    /// A text or octets were too long for the record and are cut at their end.
    Cut = 319, "cut", Flag, Summary;
    /// Nanoseconds from the burst's arrival to the end of judging.
    LatencyNs = 103, "latency_ns", Uint, Summary;
}

const LAYERS: &[&str] = &names_of_layers();
const REASONS: &[&str] = &names_of_reasons();

const fn names_of_layers() -> [&'static str; sluice_wire::Layer::ALL.len()] {
    let mut names = [""; sluice_wire::Layer::ALL.len()];
    let mut i = 0;
    while i < names.len() {
        names[i] = sluice_wire::Layer::ALL[i].name();
        i += 1;
    }
    names
}

const fn names_of_reasons() -> [&'static str; sluice_wire::Reason::ALL.len()] {
    let mut names = [""; sluice_wire::Reason::ALL.len()];
    let mut i = 0;
    while i < names.len() {
        names[i] = sluice_wire::Reason::ALL[i].name();
        i += 1;
    }
    names
}
