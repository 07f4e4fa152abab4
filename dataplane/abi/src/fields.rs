//! Every field a message can have: one list gives the enum, the dotted name, the shape and the privacy class.
//!
//! The same names are used by rules, journal, API, console and `sluice decode`. A field is stored either as a
//! number or as borrowed octets; what can be computed from the octets (the digits of an address) is a [`Part`],
//! never stored twice. Numbers of fields are part of the journal format and are never reused.

/// How a stored field is shown and compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// Unsigned number.
    Uint,
    /// Signed number, stored as the two's complement.
    Int,
    /// `true` or `false`.
    Bool,
    /// A number with a name from a closed list.
    Name(&'static [&'static str]),
    /// Nanoseconds since the epoch, shown as decimal seconds with nine places.
    Time,
    /// TCAP problem: kind in the upper octet, code in the lower; shown as `[kind, code]`.
    Problem,
    /// IPv4 or IPv6 address, 4 or 16 octets.
    Ip,
    /// Raw octets, shown as lower-case hex.
    Hex,
    /// TBCD digits (TS 29.002 TBCD-STRING).
    Tbcd,
    /// BCD digits of a global title; the named field says whether their number is odd.
    GtDigits(Field),
    /// AddressString (TS 29.002): shown as `{ton npi digits raw}`.
    Address,
    /// Value of an SM-RP-DA or SM-RP-OA choice; the named field is the choice.
    RpAddress(Field),
    /// Contents octets of an OBJECT IDENTIFIER, shown dotted.
    Oid,
    /// UTF-8 text.
    Text,
    /// A list of numbers of one octet each.
    OctetList,
    /// Time stamp of seven semi-octet pairs (TS 23.040 §9.2.3.11): seven numbers.
    Scts,
    /// Texts separated by line feeds, shown as a list.
    TextList,
    /// Paths of two octets: the facts that decided; shown as an object of their values.
    Evidence,
    /// A list of numbers of eight octets each, least significant first.
    NumberList,
    /// `true` where it is known; without a value of its own.
    Flag,
    /// SCCP message type; from 256 on class and type of an SUA message, shown as `sua-7/1`.
    MessageType,
    /// Number of 24 bits, shown as `0x00ffff`.
    Reference,
    /// Optional parameters of an SMPP PDU as sent: shown as an object of names and octets.
    Tlvs,
}

/// Who may see a field, and from which log level on it is recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Class {
    /// Technical: recorded from log level `summary` on.
    Summary,
    /// Numbers of subscribers and nodes: from `addresses` on; masked unless clear text is asked for.
    Address,
    /// Content of the message: only at `full`; hidden unless clear text is asked for.
    Content,
}

/// What of a stored field is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Part {
    /// The field itself.
    Whole = 0,
    /// Type of number of an address.
    Ton = 1,
    /// Numbering plan of an address.
    Npi = 2,
    /// Digits of an address.
    Digits = 3,
    /// Octets of an address.
    Raw = 4,
}

impl Part {
    /// The part with this number.
    pub const fn from_number(n: u8) -> Option<Self> {
        match n {
            0 => Some(Self::Whole),
            1 => Some(Self::Ton),
            2 => Some(Self::Npi),
            3 => Some(Self::Digits),
            4 => Some(Self::Raw),
            _ => None,
        }
    }

    /// The last word of the dotted name, empty for the field itself.
    pub const fn suffix(self) -> &'static str {
        match self {
            Self::Whole => "",
            Self::Ton => ".ton",
            Self::Npi => ".npi",
            Self::Digits => ".digits",
            Self::Raw => ".raw",
        }
    }
}

/// A field or a part of one: what a dotted name in a rule means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Path {
    /// The stored field.
    pub field: Field,
    /// What of it.
    pub part: Part,
}

impl Path {
    /// Finds what a dotted name means; `None` for a name that does not exist or that names an object.
    pub fn parse(name: &str) -> Option<Self> {
        Self::all().find(|p| p.matches(name))
    }

    /// Every name a rule can use, in the order of the list.
    pub fn all() -> impl Iterator<Item = Self> {
        Field::ALL.iter().flat_map(|&field| field.parts().iter().map(move |&part| Self { field, part }))
    }

    /// As stored in images and records.
    pub const fn octets(self) -> [u8; 2] {
        ((self.field as u16) << PART_BITS | self.part as u16).to_le_bytes()
    }

    /// Reads what [`Self::octets`] gave.
    #[inline(always)]
    pub const fn from_octets(octets: [u8; 2]) -> Option<Self> {
        let number = u16::from_le_bytes(octets);
        match (FIELDS.get_copied(number >> PART_BITS), Part::from_number((number & ((1 << PART_BITS) - 1)) as u8)) {
            (Some(field), Some(part)) => Some(Self { field, part }),
            _ => None,
        }
    }

    fn matches(self, name: &str) -> bool {
        name.strip_prefix(self.field.name()).is_some_and(|rest| rest == self.part.suffix())
    }
}

impl std::fmt::Display for Path {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}{}", self.field.name(), self.part.suffix())
    }
}

/// Room for the part in a stored path.
const PART_BITS: u32 = 3;

/// Fields by number: one load where [`Field::from_number`] is a search.
struct ByNumber([Option<Field>; FIELD_NUMBERS]);

static FIELDS: ByNumber = ByNumber({
    let mut fields = [None; FIELD_NUMBERS];
    let mut number = 0;
    while number < fields.len() {
        fields[number] = Field::from_number(number as u16);
        number += 1;
    }
    fields
});

impl ByNumber {
    #[inline(always)]
    const fn get_copied(&self, number: u16) -> Option<Field> {
        if (number as usize) < FIELD_NUMBERS { self.0[number as usize] } else { None }
    }
}

/// Fields from this number on are stored as octets, those below as numbers.
pub const FIRST_OCTETS: usize = 192;
/// Fields from this number on are flags: known or not, without a value.
pub const FIRST_FLAGS: usize = 256;
/// One more than the highest field number there can be.
pub const FIELD_NUMBERS: usize = 320;

macro_rules! fields {
    ($($(#[$doc:meta])* $variant:ident = $number:literal, $name:literal, $shape:expr, $class:ident;)+) => {
        /// A stored field. Listed in the order in which it is shown.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[repr(u16)]
        pub enum Field { $(#[doc = $name] $(#[$doc])* $variant = $number),+ }

        impl Field {
            /// Every field, in the order in which it is shown.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The dotted name.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name),+ }
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

use Shape::*;

fields! {
    /// What the line is about.
    Kind = 0, "kind", Name(&["map", "dialogue", "smpp"]), Summary;
    /// Frame in the capture, from 1, that completed the message.
    Frame = 1, "frame", Uint, Summary;
    /// Packet time.
    TimeNs = 2, "time", Time, Summary;
    /// Name of the port the frame came in by.
    Port = 192, "port", Text, Summary;
    Src = 193, "src", Ip, Summary;
    Dst = 194, "dst", Ip, Summary;
    Sport = 3, "sport", Uint, Summary;
    Dport = 4, "dport", Uint, Summary;
    SctpTsn = 5, "sctp.tsn", Uint, Summary;
    SctpSid = 6, "sctp.sid", Uint, Summary;
    SctpSsn = 7, "sctp.ssn", Uint, Summary;
    SctpPpid = 8, "sctp.ppid", Uint, Summary;
    /// DATA chunks in the packet, if more than one.
    /// Frames the fragments of the user message came in, if more than one.
    SctpReassembledFrom = 228, "sctp.reassembled_from_frames", NumberList, Summary;
    SctpBundled = 9, "sctp.bundled", Uint, Summary;
    MtpProto = 10, "mtp.proto", Name(&["m3ua", "m2pa", "m2ua", "sua", "mtp3"]), Summary;
    MtpOpc = 11, "mtp.opc", Uint, Summary;
    MtpDpc = 12, "mtp.dpc", Uint, Summary;
    MtpSi = 13, "mtp.si", Uint, Summary;
    MtpNi = 14, "mtp.ni", Uint, Summary;
    MtpMp = 15, "mtp.mp", Uint, Summary;
    MtpSls = 16, "mtp.sls", Uint, Summary;
    MtpRc = 17, "mtp.rc", Uint, Summary;
    MtpNa = 18, "mtp.na", Uint, Summary;
    SccpMsg = 19, "sccp.msg", MessageType, Summary;
    SccpClass = 20, "sccp.class", Uint, Summary;
    SccpHandling = 21, "sccp.handling", Uint, Summary;
    SccpHops = 22, "sccp.hops", Uint, Summary;
    SccpReturnCause = 23, "sccp.return_cause", Uint, Summary;
    CdpaRi = 24, "sccp.cdpa.ri", Uint, Summary;
    CdpaGti = 25, "sccp.cdpa.gti", Uint, Summary;
    CdpaSsn = 26, "sccp.cdpa.ssn", Uint, Summary;
    CdpaPc = 27, "sccp.cdpa.pc", Uint, Summary;
    CdpaTt = 28, "sccp.cdpa.tt", Uint, Summary;
    CdpaNp = 29, "sccp.cdpa.np", Uint, Summary;
    CdpaNai = 30, "sccp.cdpa.nai", Uint, Summary;
    /// Whether the global title has an odd number of digits.
    CdpaGtOdd = 31, "sccp.cdpa.odd", Bool, Summary;
    CdpaGt = 195, "sccp.cdpa.gt", GtDigits(Field::CdpaGtOdd), Address;
    CgpaRi = 32, "sccp.cgpa.ri", Uint, Summary;
    CgpaGti = 33, "sccp.cgpa.gti", Uint, Summary;
    CgpaSsn = 34, "sccp.cgpa.ssn", Uint, Summary;
    CgpaPc = 35, "sccp.cgpa.pc", Uint, Summary;
    CgpaTt = 36, "sccp.cgpa.tt", Uint, Summary;
    CgpaNp = 37, "sccp.cgpa.np", Uint, Summary;
    CgpaNai = 38, "sccp.cgpa.nai", Uint, Summary;
    /// Whether the global title has an odd number of digits.
    CgpaGtOdd = 39, "sccp.cgpa.odd", Bool, Summary;
    CgpaGt = 196, "sccp.cgpa.gt", GtDigits(Field::CgpaGtOdd), Address;
    SegFirst = 40, "sccp.seg.first", Uint, Summary;
    SegRemaining = 41, "sccp.seg.remaining", Uint, Summary;
    SegSlr = 42, "sccp.seg.slr", Reference, Summary;
    /// Frames the segments of the message came in, if more than one.
    SccpReassembledFrom = 229, "sccp.reassembled_from_frames", NumberList, Summary;
    TcapType = 43, "tcap.type", Name(&["unidirectional", "begin", "continue", "end", "abort"]), Summary;
    TcapOtid = 197, "tcap.otid", Hex, Summary;
    TcapDtid = 198, "tcap.dtid", Hex, Summary;
    TcapAc = 199, "tcap.ac", Oid, Summary;
    TcapComponents = 44, "tcap.components", Uint, Summary;
    TcapPAbortCause = 45, "tcap.p_abort_cause", Uint, Summary;
    TcapUAbort = 46, "tcap.u_abort", Bool, Summary;
    TcapDialogue = 47, "tcap.dialogue", Name(&["dialogueRequest", "dialogueResponse",
        "dialogueAbort", "dialogueUnidirectional"]), Summary;
    TcapDialogueResult = 48, "tcap.dialogue_result", Uint, Summary;
    /// The dialogue's application context where this message does not carry it.
    DialogueAc = 200, "dialogue_ac", Oid, Summary;
    /// The dialogue's number, the same for every message of it.
    Dialogue = 49, "dialogue", Uint, Summary;
    ComponentIndex = 50, "component_index", Uint, Summary;
    /// Category of the operation in the public lists of FS.11: 1 not between networks, 2 from the home network only,
    /// 3 from the visited network only, 4 of the short message service.
    MapCategory = 122, "map.category", Uint, Summary;
    MapComponent = 51, "map.component",
        Name(&["invoke", "returnResultLast", "returnResultNotLast", "returnError", "reject"]), Summary;
    MapInvokeId = 52, "map.invoke_id", Int, Summary;
    MapLinkedId = 53, "map.linked_id", Int, Summary;
    MapOp = 54, "map.op", Int, Summary;
    MapOpGlobal = 201, "map.op_global", Oid, Summary;
    /// The operation, where only the dialogue knows it.
    MapOpOfInvoke = 55, "map.op_of_invoke", Int, Summary;
    MapError = 56, "map.error", Int, Summary;
    MapProblem = 57, "map.problem", Problem, Summary;
    MapRpDaChoice = 58, "map.sm_rp_da.choice",
        Name(&["imsi", "lmsi", "roamingNumber", "3", "serviceCentreAddressDA", "noSM-RP-DA"]), Summary;
    MapRpDa = 202, "map.sm_rp_da", RpAddress(Field::MapRpDaChoice), Address;
    MapRpOaChoice = 59, "map.sm_rp_oa.choice",
        Name(&["0", "1", "msisdn", "3", "serviceCentreAddressOA", "noSM-RP-OA"]), Summary;
    MapRpOa = 203, "map.sm_rp_oa", RpAddress(Field::MapRpOaChoice), Address;
    MapRpUi = 204, "map.sm_rp_ui", Hex, Content;
    MapImsi = 205, "map.imsi", Tbcd, Address;
    MapMsisdn = 206, "map.msisdn", Address, Address;
    MapServiceCentre = 207, "map.service_centre", Address, Address;
    MapNetworkNode = 208, "map.network_node", Address, Address;
    MapMsc = 209, "map.msc", Address, Address;
    MapVlr = 210, "map.vlr", Address, Address;
    MapGsmscf = 211, "map.gsmscf", Address, Address;
    MapSgsnNumber = 212, "map.sgsn_number", Address, Address;
    MapHlrNumber = 213, "map.hlr_number", Address, Address;
    MapStoredMsisdn = 214, "map.stored_msisdn", Address, Address;
    MapLmsi = 215, "map.lmsi", Hex, Address;
    MapGmsc = 230, "map.gmsc", Address, Address;
    /// Gateway mobile location centre.
    MapMlc = 231, "map.mlc", Address, Address;
    MapRoamingNumber = 232, "map.roaming_number", Address, Address;
    MapForwardedTo = 233, "map.forwarded_to", Address, Address;
    MapImei = 234, "map.imei", Tbcd, Address;
    MapTmsi = 235, "map.tmsi", Hex, Address;
    /// Cell or location area, as sent.
    MapLocationCell = 236, "map.location.cell", Hex, Address;
    MapLocationNumber = 237, "map.location.number", Hex, Address;
    /// Geographical information, as sent.
    MapLocationGeo = 238, "map.location.geo", Hex, Address;
    /// Minutes since the subscriber was last heard of there.
    MapLocationAge = 123, "map.location.age", Uint, Summary;
    MapUssdDcs = 124, "map.ussd.dcs", Uint, Summary;
    MapUssdText = 239, "map.ussd.text", Text, Content;
    MapDeliveryOutcome = 60, "map.delivery_outcome", Uint, Summary;
    MapMoreMessages = 61, "map.more_messages", Bool, Summary;
    MapSmRpPri = 62, "map.sm_rp_pri", Bool, Summary;
    MapSmRpMti = 63, "map.sm_rp_mti", Uint, Summary;
    MapSmDeliveryFailure = 64, "map.sm_delivery_failure", Uint, Summary;
    MapSmDeliveryNotIntended = 65, "map.sm_delivery_not_intended", Uint, Summary;
    SmsType = 66, "sms.type", Name(&["SMS-DELIVER", "SMS-DELIVER REPORT", "SMS-SUBMIT", "SMS-SUBMIT REPORT",
        "SMS-STATUS REPORT", "SMS-COMMAND"]), Summary;
    SmsMti = 67, "sms.mti", Uint, Summary;
    SmsUdhi = 68, "sms.udhi", Uint, Summary;
    SmsMms = 69, "sms.mms", Uint, Summary;
    SmsRp = 70, "sms.rp", Uint, Summary;
    SmsSri = 71, "sms.sri", Uint, Summary;
    SmsSrr = 72, "sms.srr", Uint, Summary;
    SmsRd = 73, "sms.rd", Uint, Summary;
    SmsVpf = 74, "sms.vpf", Uint, Summary;
    SmsMr = 75, "sms.mr", Uint, Summary;
    SmsPid = 76, "sms.pid", Uint, Summary;
    SmsDcs = 77, "sms.dcs", Uint, Summary;
    SmsSt = 78, "sms.st", Uint, Summary;
    SmsFcs = 79, "sms.fcs", Uint, Summary;
    SmsUdl = 80, "sms.udl", Uint, Summary;
    SmsVp = 216, "sms.vp", Hex, Summary;
    SmsOa = 217, "sms.oa", Text, Address;
    SmsDa = 218, "sms.da", Text, Address;
    SmsRa = 219, "sms.ra", Text, Address;
    SmsAddrTon = 81, "sms.addr_ton", Uint, Summary;
    SmsAddrNpi = 82, "sms.addr_npi", Uint, Summary;
    SmsAddrLen = 83, "sms.addr_len", Uint, Summary;
    SmsScts = 220, "sms.scts", Scts, Summary;
    SmsUdhIei = 221, "sms.udh_iei", OctetList, Summary;
    SmsConcatRef = 84, "sms.concat.ref", Uint, Summary;
    SmsConcatTotal = 85, "sms.concat.total", Uint, Summary;
    SmsConcatSeq = 86, "sms.concat.seq", Uint, Summary;
    SmsPortsDst = 87, "sms.ports.dst", Uint, Summary;
    SmsPortsSrc = 88, "sms.ports.src", Uint, Summary;
    SmsPortsDst8 = 89, "sms.ports.dst8", Uint, Summary;
    SmsPortsSrc8 = 90, "sms.ports.src8", Uint, Summary;
    SmsText = 222, "sms.text", Text, Content;
    SmsUd = 223, "sms.ud", Hex, Content;
    /// Parts of the concatenated message that have come, this one included.
    SmsJoinedParts = 125, "sms.joined.parts", Uint, Summary;
    /// Whether all parts of the concatenated message have come.
    SmsJoinedComplete = 126, "sms.joined.complete", Bool, Summary;
    /// Text of all parts that have come, in order; `…` for each gap.
    SmsJoinedText = 240, "sms.joined.text", Text, Content;
    SmppCommandId = 104, "smpp.command_id", Uint, Summary;
    SmppStatus = 105, "smpp.status", Uint, Summary;
    SmppSeq = 106, "smpp.seq", Uint, Summary;
    SmppLength = 107, "smpp.length", Uint, Summary;
    SmppVersion = 121, "smpp.interface_version", Uint, Summary;
    /// How the session was bound.
    SmppBind = 120, "smpp.bind", Name(&["receiver", "transmitter", "transceiver"]), Summary;
    /// Who the session was bound by.
    SmppSystemId = 241, "smpp.system_id", Text, Address;
    SmppMessageId = 242, "smpp.message_id", Text, Summary;
    SmppServiceType = 243, "smpp.service_type", Text, Summary;
    SmppSrcTon = 108, "smpp.src_ton", Uint, Summary;
    SmppSrcNpi = 109, "smpp.src_npi", Uint, Summary;
    SmppSrc = 244, "smpp.src", Text, Address;
    SmppDstTon = 110, "smpp.dst_ton", Uint, Summary;
    SmppDstNpi = 111, "smpp.dst_npi", Uint, Summary;
    SmppDst = 245, "smpp.dst", Text, Address;
    SmppEsmMode = 112, "smpp.esm_mode", Uint, Summary;
    SmppEsmType = 113, "smpp.esm_type", Uint, Summary;
    SmppEsmFeatures = 114, "smpp.esm_feat", Uint, Summary;
    SmppProtocolId = 115, "smpp.protocol_id", Uint, Summary;
    SmppPriority = 116, "smpp.priority", Uint, Summary;
    SmppRegistered = 117, "smpp.registered", Uint, Summary;
    SmppDataCoding = 118, "smpp.data_coding", Uint, Summary;
    SmppSmLength = 119, "smpp.sm_length", Uint, Summary;
    SmppMessage = 246, "smpp.message_hex", Hex, Content;
    SmppText = 247, "smpp.text", Text, Content;
    SmppTlvs = 248, "smpp.tlvs", Tlvs, Content;
    /// Something above SCTP did not parse; what did parse is still given.
    Malformed = 91, "malformed", Bool, Summary;
    ErrorLayer = 92, "error.layer", Name(LAYERS), Summary;
    ErrorAt = 93, "error.at", Uint, Summary;
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
    /// Which way the message crosses a wire.
    LabelsDirection = 95, "labels.direction", Name(&["inbound", "outbound"]), Summary;
    /// Where in the life of a short message it stands.
    LabelsTrigger = 96, "labels.trigger", Name(&["submission", "pre-delivery", "post-delivery"]), Summary;
    VerdictAction = 97, "verdict.action", Name(crate::verdict::ACTIONS), Summary;
    VerdictRule = 224, "verdict.rule", Text, Summary;
    VerdictLevel = 98, "verdict.level", Uint, Summary;
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
    VerdictEvidence = 225, "verdict.evidence", Evidence, Summary;
    /// A text or octets were too long for the record and are cut at their end.
    Cut = 319, "cut", Flag, Summary;
    /// From the burst's arrival to the end of judging.
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

impl Field {
    /// Whether the field is stored as octets rather than as a number.
    pub const fn is_octets(self) -> bool {
        self as usize >= FIRST_OCTETS && !self.is_flag()
    }

    /// Whether the field is known or not, without a value.
    pub const fn is_flag(self) -> bool {
        self as usize >= FIRST_FLAGS
    }

    /// The parts a rule can name; one part `Whole` for everything that is not an address.
    pub const fn parts(self) -> &'static [Part] {
        match self.shape() {
            Shape::Address | Shape::RpAddress(_) => &[Part::Ton, Part::Npi, Part::Digits, Part::Raw],
            _ => &[Part::Whole],
        }
    }
}

/// Places for numbers: no more than there are fields, since every message begins with all of them empty.
pub(crate) const NUMBERS: usize = places(0, FIRST_OCTETS);
/// Places for octets.
pub(crate) const OCTETS: usize = places(FIRST_OCTETS, FIRST_FLAGS);

const fn places(from: usize, to: usize) -> usize {
    let (mut places, mut i) = (0, 0);
    while i < Field::ALL.len() {
        let number = Field::ALL[i] as usize;
        if number >= from && number < to && number - from >= places {
            places = number - from + 1;
        }
        i += 1;
    }
    places
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_field_number_is_used_once_and_on_the_right_side() {
        let mut seen = [false; FIELD_NUMBERS];
        for &f in Field::ALL {
            assert!(!seen[f as usize], "{} repeats number {}", f.name(), f as u16);
            seen[f as usize] = true;
            let stored_as_number = matches!(f.shape(), Uint | Int | Bool | Name(_) | Time | Problem | MessageType | Reference);
            assert_eq!(f.is_flag(), f.shape() == Flag, "{}", f.name());
            assert_eq!(f.is_octets(), !stored_as_number && !f.is_flag(), "{}", f.name());
            assert_eq!(Field::from_number(f as u16), Some(f));
        }
    }

    #[test]
    fn every_deviation_is_the_flag_of_its_number() {
        for &anomaly in sluice_wire::Anomaly::ALL {
            let field = Field::from_number(FIRST_FLAGS as u16 + anomaly as u16).expect("a field for each");
            assert_eq!(field.name(), format!("anomaly.{}", anomaly.name()));
        }
        assert!(FIRST_FLAGS + sluice_wire::Anomaly::ALL.len() <= Field::Cut as usize);
    }

    #[test]
    fn a_path_is_read_back_from_its_octets() {
        for path in Path::all() {
            assert_eq!(Path::from_octets(path.octets()), Some(path));
        }
        assert_eq!(Path::from_octets([0xFF, 0xFF]), None);
    }

    #[test]
    fn every_name_a_rule_can_use_is_found_again() {
        for path in Path::all() {
            assert_eq!(Path::parse(&path.to_string()), Some(path));
        }
        assert_eq!(Path::parse("map.msisdn"), None, "an object is not a value");
        assert_eq!(Path::parse("sms.nonsense"), None);
    }

    #[test]
    fn fields_of_one_object_stand_together() {
        let mut closed: Vec<&str> = Vec::new();
        let mut open = "";
        for f in Field::ALL {
            let object = f.name().split_once('.').map_or("", |(o, _)| o);
            if object != open {
                assert!(!closed.contains(&object) || object.is_empty(), "{object} is opened twice");
                closed.push(open);
                open = object;
            }
        }
    }
}
