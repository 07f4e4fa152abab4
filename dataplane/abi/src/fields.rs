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
    /// Pairs of field and part numbers: the facts that decided; shown as an object of their values.
    Evidence,
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

    fn matches(self, name: &str) -> bool {
        name.strip_prefix(self.field.name()).is_some_and(|rest| rest == self.part.suffix())
    }
}

impl std::fmt::Display for Path {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}{}", self.field.name(), self.part.suffix())
    }
}

/// Fields from this number on are stored as octets, those below as numbers.
pub const FIRST_OCTETS: usize = 128;
/// One more than the highest field number there can be.
pub const FIELD_NUMBERS: usize = 192;

macro_rules! fields {
    ($($(#[$doc:meta])* $variant:ident = $number:literal, $name:literal, $shape:expr, $class:ident;)+) => {
        /// A stored field. Listed in the order in which it is shown.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[repr(u8)]
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
            pub const fn from_number(n: u8) -> Option<Self> {
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
    Port = 128, "port", Text, Summary;
    Src = 129, "src", Ip, Summary;
    Dst = 130, "dst", Ip, Summary;
    Sport = 3, "sport", Uint, Summary;
    Dport = 4, "dport", Uint, Summary;
    SctpTsn = 5, "sctp.tsn", Uint, Summary;
    SctpSid = 6, "sctp.sid", Uint, Summary;
    SctpSsn = 7, "sctp.ssn", Uint, Summary;
    SctpPpid = 8, "sctp.ppid", Uint, Summary;
    /// DATA chunks in the packet, if more than one.
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
    SccpMsg = 19, "sccp.msg", Uint, Summary;
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
    CdpaGt = 131, "sccp.cdpa.gt", GtDigits(Field::CdpaGtOdd), Address;
    CgpaRi = 32, "sccp.cgpa.ri", Uint, Summary;
    CgpaGti = 33, "sccp.cgpa.gti", Uint, Summary;
    CgpaSsn = 34, "sccp.cgpa.ssn", Uint, Summary;
    CgpaPc = 35, "sccp.cgpa.pc", Uint, Summary;
    CgpaTt = 36, "sccp.cgpa.tt", Uint, Summary;
    CgpaNp = 37, "sccp.cgpa.np", Uint, Summary;
    CgpaNai = 38, "sccp.cgpa.nai", Uint, Summary;
    /// Whether the global title has an odd number of digits.
    CgpaGtOdd = 39, "sccp.cgpa.odd", Bool, Summary;
    CgpaGt = 132, "sccp.cgpa.gt", GtDigits(Field::CgpaGtOdd), Address;
    SegFirst = 40, "sccp.seg.first", Uint, Summary;
    SegRemaining = 41, "sccp.seg.remaining", Uint, Summary;
    SegSlr = 42, "sccp.seg.slr", Uint, Summary;
    TcapType = 43, "tcap.type", Name(&["unidirectional", "begin", "continue", "end", "abort"]), Summary;
    TcapOtid = 133, "tcap.otid", Hex, Summary;
    TcapDtid = 134, "tcap.dtid", Hex, Summary;
    TcapAc = 135, "tcap.ac", Oid, Summary;
    TcapComponents = 44, "tcap.components", Uint, Summary;
    TcapPAbortCause = 45, "tcap.p_abort_cause", Uint, Summary;
    TcapUAbort = 46, "tcap.u_abort", Bool, Summary;
    TcapDialogue = 47, "tcap.dialogue", Name(&["dialogueRequest", "dialogueResponse",
        "dialogueAbort", "dialogueUnidirectional"]), Summary;
    TcapDialogueResult = 48, "tcap.dialogue_result", Uint, Summary;
    /// The dialogue's application context where this message does not carry it.
    DialogueAc = 136, "dialogue_ac", Oid, Summary;
    /// The dialogue's number, the same for every message of it.
    Dialogue = 49, "dialogue", Uint, Summary;
    ComponentIndex = 50, "component_index", Uint, Summary;
    MapComponent = 51, "map.component",
        Name(&["invoke", "returnResultLast", "returnResultNotLast", "returnError", "reject"]), Summary;
    MapInvokeId = 52, "map.invoke_id", Int, Summary;
    MapLinkedId = 53, "map.linked_id", Int, Summary;
    MapOp = 54, "map.op", Int, Summary;
    MapOpGlobal = 137, "map.op_global", Oid, Summary;
    /// The operation, where only the dialogue knows it.
    MapOpOfInvoke = 55, "map.op_of_invoke", Int, Summary;
    MapError = 56, "map.error", Int, Summary;
    MapProblem = 57, "map.problem", Problem, Summary;
    MapRpDaChoice = 58, "map.sm_rp_da.choice",
        Name(&["imsi", "lmsi", "roamingNumber", "3", "serviceCentreAddressDA", "noSM-RP-DA"]), Summary;
    MapRpDa = 138, "map.sm_rp_da", RpAddress(Field::MapRpDaChoice), Address;
    MapRpOaChoice = 59, "map.sm_rp_oa.choice",
        Name(&["0", "1", "msisdn", "3", "serviceCentreAddressOA", "noSM-RP-OA"]), Summary;
    MapRpOa = 139, "map.sm_rp_oa", RpAddress(Field::MapRpOaChoice), Address;
    MapRpUi = 140, "map.sm_rp_ui", Hex, Content;
    MapImsi = 141, "map.imsi", Tbcd, Address;
    MapMsisdn = 142, "map.msisdn", Address, Address;
    MapServiceCentre = 143, "map.service_centre", Address, Address;
    MapNetworkNode = 144, "map.network_node", Address, Address;
    MapMsc = 145, "map.msc", Address, Address;
    MapVlr = 146, "map.vlr", Address, Address;
    MapGsmscf = 147, "map.gsmscf", Address, Address;
    MapSgsnNumber = 148, "map.sgsn_number", Address, Address;
    MapHlrNumber = 149, "map.hlr_number", Address, Address;
    MapStoredMsisdn = 150, "map.stored_msisdn", Address, Address;
    MapLmsi = 151, "map.lmsi", Hex, Address;
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
    SmsVp = 152, "sms.vp", Hex, Summary;
    SmsOa = 153, "sms.oa", Text, Address;
    SmsDa = 154, "sms.da", Text, Address;
    SmsRa = 155, "sms.ra", Text, Address;
    SmsAddrTon = 81, "sms.addr_ton", Uint, Summary;
    SmsAddrNpi = 82, "sms.addr_npi", Uint, Summary;
    SmsAddrLen = 83, "sms.addr_len", Uint, Summary;
    SmsScts = 156, "sms.scts", Scts, Summary;
    SmsUdhIei = 157, "sms.udh_iei", OctetList, Summary;
    SmsConcatRef = 84, "sms.concat.ref", Uint, Summary;
    SmsConcatTotal = 85, "sms.concat.total", Uint, Summary;
    SmsConcatSeq = 86, "sms.concat.seq", Uint, Summary;
    SmsPortsDst = 87, "sms.ports.dst", Uint, Summary;
    SmsPortsSrc = 88, "sms.ports.src", Uint, Summary;
    SmsPortsDst8 = 89, "sms.ports.dst8", Uint, Summary;
    SmsPortsSrc8 = 90, "sms.ports.src8", Uint, Summary;
    SmsText = 158, "sms.text", Text, Content;
    SmsUd = 159, "sms.ud", Hex, Content;
    /// Something above SCTP did not parse; what did parse is still given.
    Malformed = 91, "malformed", Bool, Summary;
    ErrorLayer = 92, "error.layer", Name(LAYERS), Summary;
    ErrorAt = 93, "error.at", Uint, Summary;
    ErrorReason = 94, "error.reason", Name(REASONS), Summary;
    /// Which way the message crosses a wire.
    LabelsDirection = 95, "labels.direction", Name(&["inbound", "outbound"]), Summary;
    /// Where in the life of a short message it stands.
    LabelsTrigger = 96, "labels.trigger", Name(&["submission", "pre-delivery", "post-delivery"]), Summary;
    VerdictAction = 97, "verdict.action", Name(crate::verdict::ACTIONS), Summary;
    VerdictRule = 160, "verdict.rule", Text, Summary;
    VerdictLevel = 98, "verdict.level", Uint, Summary;
    VerdictReason = 99, "verdict.reason", Name(crate::verdict::REASONS), Summary;
    /// MAP error a reject would answer with.
    VerdictError = 100, "verdict.error", Uint, Summary;
    /// Version of the policy that judged.
    VerdictPolicy = 101, "verdict.policy", Uint, Summary;
    /// What was done, where the port could not do what the policy said.
    VerdictApplied = 102, "verdict.applied", Name(crate::verdict::ACTIONS), Summary;
    /// Tags that matching rules gave.
    VerdictTags = 162, "verdict.tags", TextList, Summary;
    /// Rules that would have decided, had they been enforced.
    VerdictShadow = 163, "verdict.shadow", TextList, Summary;
    VerdictEvidence = 161, "verdict.evidence", Evidence, Summary;
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
        self as usize >= FIRST_OCTETS
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
pub(crate) const OCTETS: usize = places(FIRST_OCTETS, FIELD_NUMBERS);

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
            assert!(!seen[f as usize], "{} repeats number {}", f.name(), f as u8);
            seen[f as usize] = true;
            let stored_as_octets = !matches!(f.shape(), Uint | Int | Bool | Name(_) | Time | Problem);
            assert_eq!(f.is_octets(), stored_as_octets, "{}", f.name());
            assert_eq!(Field::from_number(f as u8), Some(f));
        }
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
