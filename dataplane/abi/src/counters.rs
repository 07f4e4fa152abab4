//! What is counted: one list gives the enum, the name and the help text of every counter and every exit.
//!
//! A frame leaves the decoder by exactly one [`Exit`], and so does every DATA chunk in it; both are counted. The
//! names are the same in shared memory, in `sluice counters`, in the API and for Prometheus.

macro_rules! counters {
    ($($(#[$doc:meta])* $variant:ident = $name:literal, $help:literal;)+) => {
        /// A counter of the dataplane that is not an exit.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[repr(u8)]
        pub enum Counter { $(#[doc = $help] $(#[$doc])* $variant),+ }

        impl Counter {
            /// Every counter, by number.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];
            const NAMES: &'static [(&'static str, &'static str)] = &[$(($name, $help)),+];
        }
    };
}

counters! {
    RxFrames = "rx.frames", "Frames received.";
    RxOctets = "rx.octets", "Octets received.";
    TxFrames = "tx.frames", "Frames sent on.";
    TxDropped = "tx.dropped", "Frames the sending port did not take; they are lost.";
    RxNotContiguous = "rx.not_contiguous", "Frames in chained buffers, forwarded undecoded.";
    VerdictPass = "verdict.pass", "Messages let through.";
    VerdictDiscard = "verdict.discard", "Messages the policy discards.";
    VerdictReject = "verdict.reject", "Messages the policy rejects with a MAP error.";
    VerdictAcknowledge = "verdict.acknowledge", "Messages the policy acknowledges falsely.";
    VerdictAbort = "verdict.abort", "Messages the policy answers with a TCAP abort.";
    VerdictRewrite = "verdict.rewrite", "Messages the policy rewrites.";
    VerdictNotApplied = "verdict.not_applied", "Verdicts other than pass that the port could not carry out.";
    ShadowMatches = "rules.shadow_matches", "Matches of rules in shadow mode.";
    EventsWritten = "events.written", "Records handed to the writer.";
    EventsNotKept = "events.not_kept", "Messages whose log level keeps no record.";
    EventsLostRing = "events.lost_ring_full", "Records lost because the ring to the writer was full.";
    EventsLostSize = "events.lost_too_long", "Records lost because they exceed the longest record.";
    JournalRecords = "journal.records", "Records in the journal.";
    JournalOctets = "journal.octets", "Octets in the journal.";
    JournalLostDisk = "journal.lost_disk", "Records lost because the journal could not grow.";
    JournalCommits = "journal.commits", "Commits of the journal to disk.";
    JournalSegmentsFreed = "journal.segments_freed", "Segments removed after they were acknowledged.";
    JournalRecordsDropped = "journal.records_dropped", "Unread records removed because the journal had its full size.";
    PolicySwaps = "policy.swaps", "Policies taken into force by a core.";
    PolicyRefused = "policy.refused", "Policy images refused.";
    DialoguesOpened = "dialogues.opened", "TCAP dialogues of short messages opened.";
    DialoguesClosed = "dialogues.closed", "TCAP dialogues closed by End or Abort.";
    DialoguesReplaced = "dialogues.replaced", "Dialogues that were still open when their transaction id was used for another.";
    DialoguesShed = "dialogues.shed", "Dialogues given up for a newer one because the table was full.";
    DialoguesExpired = "dialogues.expired", "Dialogues given up because nothing came any more.";
    AssociationsShed = "associations.shed", "Directions of associations given up for a newer one because the table was full.";
    DuplicateTsn = "sctp.duplicate_tsn", "DATA chunks seen before and not judged again.";
    BadCrc = "sctp.bad_crc", "SCTP packets whose CRC32c is wrong; they are decoded all the same.";
}

macro_rules! exits {
    ($($variant:ident = $name:literal, $help:literal;)+) => {
        /// How a frame or a DATA chunk left the decoder, from the least to the most telling:
        /// a frame with several chunks leaves by the most telling exit of them.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        #[repr(u8)]
        pub enum Exit { $(#[doc = $help] $variant),+ }

        impl Exit {
            /// Every exit, by number.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];
            const NAMES: &'static [(&'static str, &'static str)] = &[$(($name, $help)),+];

            /// The name.
            pub const fn name(self) -> &'static str {
                Self::NAMES[self as usize].0
            }

            /// What it means.
            pub const fn help(self) -> &'static str {
                Self::NAMES[self as usize].1
            }
        }
    };
}

exits! {
    NotIp = "not_ip", "Neither IPv4 nor IPv6 nor a signalling link.";
    UnknownLink = "unknown_link", "A link type that is not decoded.";
    IpFragment = "ip_fragment", "A fragment of an IP packet.";
    NotSctp = "not_sctp", "IP, but not SCTP.";
    SctpControl = "sctp_control", "SCTP without DATA.";
    SctpDuplicate = "sctp_duplicate", "DATA seen before: a retransmission, judged once.";
    SctpFragment = "sctp_fragment", "A fragment of a user message.";
    SctpOtherData = "sctp_other_data", "I-DATA, which is not decoded.";
    NotSignalling = "not_signalling", "A user protocol that is not SIGTRAN.";
    OtherAdaptation = "other_adaptation", "M2UA, SUA or another adaptation that is not decoded.";
    AdaptationManagement = "adaptation_management", "M3UA or M2PA, but no MSU in it.";
    NotSccp = "not_sccp", "An MTP user other than SCCP.";
    SccpConnection = "sccp_connection", "Connection-oriented SCCP.";
    SccpManagement = "sccp_management", "SCCP management.";
    SccpSegment = "sccp_segment", "A segment of an SCCP message.";
    NotTcap = "not_tcap", "SCCP user data that is not ITU TCAP.";
    NotSms = "not_sms", "TCAP, but no short message service.";
    MalformedLink = "malformed_link", "The link layer does not parse.";
    MalformedIp = "malformed_ip", "The IP header does not parse.";
    MalformedSctp = "malformed_sctp", "SCTP does not parse.";
    MalformedAdaptation = "malformed_adaptation", "M3UA, M2PA or MTP3 does not parse.";
    MalformedSccp = "malformed_sccp", "SCCP does not parse.";
    MalformedTcap = "malformed_tcap", "TCAP does not parse.";
    MalformedSms = "malformed_sms", "A short message's operation or TPDU does not parse; judged with what did.";
    Judged = "judged", "A message of the short message service, judged.";
}

/// Places in a core's block: counters, then exits of frames, then exits of chunks.
pub const SLOTS: usize = Counter::ALL.len() + 2 * Exit::ALL.len();

/// A place in a core's block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Slot(u16);

impl Slot {
    /// The place's number, below [`SLOTS`].
    #[inline(always)]
    pub const fn index(self) -> usize {
        self.0 as usize
    }

    /// The place of a counter.
    #[inline(always)]
    pub const fn counter(counter: Counter) -> Self {
        Self(counter as u16)
    }

    /// The place where frames leaving by this exit are counted.
    #[inline(always)]
    pub const fn frame(exit: Exit) -> Self {
        Self((Counter::ALL.len() + exit as usize) as u16)
    }

    /// The place where DATA chunks leaving by this exit are counted.
    #[inline(always)]
    pub const fn chunk(exit: Exit) -> Self {
        Self((Counter::ALL.len() + Exit::ALL.len() + exit as usize) as u16)
    }

    /// Every place, by number.
    pub fn all() -> impl Iterator<Item = Self> {
        (0..SLOTS as u16).map(Self)
    }

    /// The dotted name: `rx.frames`, `frame.judged`, `chunk.not_sms`.
    pub fn name(self) -> String {
        match self.place() {
            Place::Counter(i) => Counter::NAMES[i].0.to_owned(),
            Place::Frame(i) => format!("frame.{}", Exit::NAMES[i].0),
            Place::Chunk(i) => format!("chunk.{}", Exit::NAMES[i].0),
        }
    }

    /// What it counts.
    pub fn help(self) -> &'static str {
        match self.place() {
            Place::Counter(i) => Counter::NAMES[i].1,
            Place::Frame(i) | Place::Chunk(i) => Exit::NAMES[i].1,
        }
    }

    fn place(self) -> Place {
        let (counters, exits) = (Counter::ALL.len(), Exit::ALL.len());
        match self.index() {
            i if i < counters => Place::Counter(i),
            i if i < counters + exits => Place::Frame(i - counters),
            i => Place::Chunk(i - counters - exits),
        }
    }
}

enum Place {
    Counter(usize),
    Frame(usize),
    Chunk(usize),
}

/// Something that counts. The dataplane's is a core's block in shared memory, a test's an array.
pub trait Count {
    /// Adds to a place.
    fn add(&mut self, slot: Slot, n: u64);

    /// Adds to a counter.
    #[inline(always)]
    fn count(&mut self, counter: Counter, n: u64) {
        self.add(Slot::counter(counter), n);
    }
}

/// Counts in an array.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tally(pub [u64; SLOTS]);

impl Default for Tally {
    fn default() -> Self {
        Self([0; SLOTS])
    }
}

impl Tally {
    /// What was counted at a place.
    pub const fn at(&self, slot: Slot) -> u64 {
        self.0[slot.index()]
    }
}

impl Count for Tally {
    #[inline(always)]
    fn add(&mut self, slot: Slot, n: u64) {
        if let Some(value) = self.0.get_mut(slot.index()) {
            *value += n;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_place_has_a_name_of_its_own() {
        let mut names: Vec<_> = Slot::all().map(Slot::name).collect();
        names.sort();
        names.dedup();
        assert_eq!(names.len(), SLOTS);
        assert_eq!(Slot::frame(Exit::Judged).name(), "frame.judged");
        assert_eq!(Slot::chunk(Exit::NotIp).name(), "chunk.not_ip");
        assert_eq!(Slot::counter(Counter::BadCrc).name(), "sctp.bad_crc");
    }
}
