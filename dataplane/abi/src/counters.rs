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
    FramesChanged = "line.frames_changed", "Frames sent on with other octets than they came with.";
    FramesAdded = "line.frames_added", "Frames made for chunks that had become too long for the one they came in.";
    FramesNotAdded = "line.frames_not_added", "Frames that could not be made so; their chunks are sent again by their sender.";
    FramesNotChanged = "line.frames_not_changed", "Frames that should have been changed and could not be.";
    FramesNotHeld = "line.frames_not_held", "Frames that should have waited for others and went on, for want of room.";
    FramesHeldTooLong = "line.frames_held_too_long", "Frames that waited for others in vain, and let their copies go on.";
    AnswersGiven = "line.answers", "Refusals of destinations that became the answers the policy had chosen.";
    SpliceRemoved = "splice.removed", "Chunks taken out of their association.";
    SpliceInserted = "splice.inserted", "Answers put into an association as chunks of our own.";
    SpliceOwnFrames = "splice.own_frames", "Frames of our own: inserted chunks, also when sent again, and SACKs for what was removed.";
    SpliceOwnLost = "splice.own_lost", "Frames of our own for which there was no port or no room; what they carry is sent again.";
    SpliceNotWatched = "splice.not_watched", "Associations that are changed in place only: no room, or extensions that cannot be translated.";
    SpliceStopped = "splice.stopped", "Frames of touched associations that could not be translated and were dropped; they are sent again.";
    HomeIdsGiven = "home.ids_given", "Answers of the home register that left with a correlation id.";
    HomeRouted = "home.routed", "Deliveries to our number with a good correlation id.";
    HomeUnknown = "home.unknown", "Deliveries to our number with a correlation id that was not given, or long ago.";
    HomeExpired = "home.expired", "Deliveries to our number with a correlation id that is no longer good.";
    HomeStolen = "home.stolen", "Deliveries to our number with a correlation id that another was given.";
    HomeNotApplied = "home.not_applied", "Messages that home routing could not change.";
    ShadowMatches = "rules.shadow_matches", "Matches of rules in shadow mode.";
    EventsWritten = "events.written", "Records handed to the writer.";
    EventsNotKept = "events.not_kept", "Messages whose log level keeps no record.";
    EventsLostRing = "events.lost_ring_full", "Records lost because the ring to the writer was full.";
    EventsLostSize = "events.lost_too_long", "Records lost because they exceed the longest record.";
    TracesTold = "trace.told", "Frames told to who traces.";
    TracesLeftOut = "trace.left_out", "Frames not told to who traces, for want of room or because they came too fast.";
    JournalRecords = "journal.records", "Records in the journal.";
    JournalOctets = "journal.octets", "Octets in the journal.";
    JournalLostDisk = "journal.lost_disk", "Records lost because the journal could not grow.";
    JournalCommits = "journal.commits", "Commits of the journal to disk.";
    JournalSegmentsFreed = "journal.segments_freed", "Segments removed after they were acknowledged.";
    JournalRecordsDropped = "journal.records_dropped", "Unread records removed because the journal had its full size.";
    PolicySwaps = "policy.swaps", "Policies taken into force by a core.";
    PolicyRefused = "policy.refused", "Policy images refused.";
    IpFragmentsJoined = "ip.fragments_joined", "IP fragments that made a whole with others.";
    IpFragmentsShed = "ip.fragments_shed", "IP fragments given up for newer ones because the table was full.";
    IpFragmentsExpired = "ip.fragments_expired", "IP fragments given up because the rest did not come in time.";
    IpFragmentsConflicting = "ip.fragments_conflicting", "IP fragments given up because they contradict each other.";
    IpFragmentsRefused = "ip.fragments_refused", "IP fragments that could not be held: more than the table or a message may have.";
    SctpFragmentsJoined = "sctp.fragments_joined", "Fragments of user messages that made a whole with others.";
    SctpFragmentsShed = "sctp.fragments_shed", "Fragments of user messages given up for newer ones because the table was full.";
    SctpFragmentsExpired = "sctp.fragments_expired", "Fragments of user messages given up because the rest did not come in time.";
    SctpFragmentsConflicting = "sctp.fragments_conflicting", "Fragments of user messages given up because they contradict each other.";
    SctpFragmentsRefused = "sctp.fragments_refused", "Fragments of user messages that could not be held: more than the table or a message may have.";
    SccpSegmentsJoined = "sccp.segments_joined", "SCCP and SUA segments that made a whole with others.";
    SccpSegmentsShed = "sccp.segments_shed", "SCCP and SUA segments given up for newer ones because the table was full.";
    SccpSegmentsExpired = "sccp.segments_expired", "SCCP and SUA segments given up because the rest did not come in time.";
    SccpSegmentsConflicting = "sccp.segments_conflicting", "SCCP and SUA segments given up because they contradict each other.";
    SccpSegmentsRefused = "sccp.segments_refused", "SCCP and SUA segments that could not be held: more than the table or a message may have.";
    PartsComplete = "parts.complete", "Concatenated short messages of which all parts have come.";
    PartsRepeated = "parts.repeated", "Parts of concatenated short messages that came again.";
    PartsChanged = "parts.changed", "Parts of concatenated short messages that came again with other content.";
    PartsRefused = "parts.refused", "Parts that could not be held: more than the table or a message may have.";
    PartsShed = "parts.shed", "Parts given up for newer ones because the table was full.";
    PartsExpired = "parts.expired", "Parts given up because the rest did not come in time.";
    DialoguesOpened = "dialogues.opened", "TCAP dialogues of short messages opened.";
    DialoguesClosed = "dialogues.closed", "TCAP dialogues closed by End or Abort.";
    DialoguesReplaced = "dialogues.replaced", "Dialogues that were still open when their transaction id was used for another.";
    DialoguesShed = "dialogues.shed", "Dialogues given up for a newer one because the table was full.";
    DialoguesExpired = "dialogues.expired", "Dialogues given up because nothing came any more.";
    AssociationsOpened = "associations.opened", "Associations whose handshake was seen.";
    AssociationsPickedUp = "associations.picked_up", "Directions of associations met in mid-life.";
    AssociationsRestarted = "associations.restarted", "Associations that began again with new tags.";
    AssociationsClosed = "associations.closed", "Associations shut down.";
    AssociationsAborted = "associations.aborted", "Associations aborted.";
    InitsShed = "associations.inits_shed", "Handshakes given up for newer ones because there were too many at once.";
    AssociationsShed = "associations.shed", "Directions of associations given up for a newer one because the table was full.";
    LocationsShed = "memory.locations_shed", "Places of subscribers forgotten for newer ones because the table was full.";
    PairingsShed = "memory.pairings_shed", "Answers where a subscriber is forgotten for newer ones because the table was full.";
    CountersShed = "memory.counters_shed", "Counters of the policy forgotten for newer keys because the table was full.";
    CampaignsShed = "memory.campaigns_shed", "Campaigns forgotten for newer ones because the table was full.";
    DuplicateTsn = "sctp.duplicate_tsn", "DATA chunks seen before and not judged again.";
    FlowsOpened = "smpp.flows_opened", "TCP connections taken up as SMPP.";
    FlowsClosed = "smpp.flows_closed", "TCP connections of SMPP closed.";
    FlowsShed = "smpp.flows_shed", "TCP connections given up for newer ones because the table was full.";
    FlowsGaps = "smpp.gaps", "Holes in TCP streams that were not filled in time; what follows is taken up at the next PDU.";
    FlowsOutOfOrder = "smpp.out_of_order", "TCP segments held because an earlier one is missing.";
    FlowsRepeated = "smpp.repeated", "TCP segments seen before.";
    FlowsOverlaps = "smpp.overlaps", "TCP segments that contradict what came before.";
    CoreStalls = "failover.core_stalls", "Times a poll core stood still for longer than it may.";
    CoreRecoveries = "failover.core_recoveries", "Times a poll core that stood still went on.";
    BypassesBegun = "failover.bypasses_begun", "Times frames of a wire were let go by because its core stood still.";
    FailoverRefused = "failover.refused", "Times a bypass or a link could not be switched.";
    LinksTakenDown = "failover.links_taken_down", "Times a link was taken down because the other side of its wire had lost its own.";
    ScreenDropped = "screen.dropped", "Packets that screening dropped.";
    ScreenNeutralised = "screen.neutralised", "Messages that screening neutralised.";
    ScreenBadCrc = "screen.bad_crc", "Packets whose CRC32c is wrong.";
    ScreenZeroTag = "screen.zero_tag", "Packets without a verification tag that are no INIT.";
    ScreenInitTag = "screen.init_tag", "INITs in a packet that has a verification tag.";
    ScreenBundled = "screen.bundled", "INITs, INIT ACKs and SHUTDOWN COMPLETEs with other chunks beside them.";
    ScreenInitMalformed = "screen.init_malformed", "INITs and INIT ACKs that are cut short, or give no tag or no streams.";
    ScreenPort = "screen.port", "INITs to a port that is not listed.";
    ScreenPeer = "screen.peer", "INITs from or to a peer that is not listed.";
    ScreenInitsOfSource = "screen.inits_of_source", "INITs beyond the rate of their source.";
    ScreenInitsToDestination = "screen.inits_to_destination", "INITs beyond the rate of their destination.";
    ScreenInitAckUnasked = "screen.init_ack_unasked", "INIT ACKs to no INIT.";
    ScreenCookieUnasked = "screen.cookie_unasked", "COOKIE ECHOs after no INIT ACK.";
    ScreenResetUnknown = "screen.reset_unknown", "ABORTs and SHUTDOWN COMPLETEs with the tag of no association.";
    ScreenForbiddenChunk = "screen.forbidden_chunk", "Packets with a chunk of a forbidden kind.";
    ScreenPpid = "screen.ppid", "Messages of a payload protocol that is not listed.";
    ScreenRole = "screen.role", "Management messages that a peer of this role does not send.";
    ScreenAspIdentifier = "screen.asp_identifier", "ASPUPs without one of the identifiers of their partner.";
    ScreenRoutingContext = "screen.routing_context", "Messages with a routing context that is not their partner's.";
    ScreenTrafficMode = "screen.traffic_mode", "ASPACs with a traffic mode that is not their partner's.";
    ScreenRegistration = "screen.registration", "Registrations of routing keys by a partner that may not register any.";
    ScreenPointCode = "screen.point_code", "Messages from a point code that is not their partner's.";
    ScreenAssociationRate = "screen.association_rate", "Messages beyond the rate of their association.";
    ScreenPartnerRate = "screen.partner_rate", "Messages beyond the rate of their partner.";
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
    Screened = "screened", "An SCTP packet that screening drops, or a message that it neutralises.";
    IpFragment = "ip_fragment", "A fragment of an IP packet that waits for the others.";
    NotSctp = "not_sctp", "IP, but neither SCTP nor SMPP over TCP.";
    SctpControl = "sctp_control", "SCTP without DATA.";
    SctpDuplicate = "sctp_duplicate", "DATA seen before: a retransmission, judged once.";
    SctpFragment = "sctp_fragment", "A fragment of a user message that waits for the others.";
    SmppSegment = "smpp_segment", "A TCP segment of SMPP without the end of a PDU.";
    NotSignalling = "not_signalling", "A user protocol of SCTP that is not SIGTRAN.";
    Diameter = "diameter", "Diameter.";
    H248 = "h248", "H.248.";
    RadioAccess = "radio_access", "S1AP, X2AP, NGAP and the like.";
    AdaptationManagement = "adaptation_management", "An adaptation layer's message without an MSU in it.";
    NotSccp = "not_sccp", "Another MTP user.";
    MtpManagement = "mtp_management", "Management and test of the signalling network.";
    Isup = "isup", "ISUP.";
    Tup = "tup", "TUP.";
    Bicc = "bicc", "BICC.";
    SccpConnection = "sccp_connection", "Connection-oriented SCCP.";
    Bssap = "bssap", "BSSAP.";
    Ranap = "ranap", "RANAP.";
    SccpManagement = "sccp_management", "SCCP management.";
    SccpSegment = "sccp_segment", "A segment of an SCCP message that waits for the others.";
    NotTcap = "not_tcap", "SCCP user data that is not TCAP.";
    AnsiTcap = "ansi_tcap", "ANSI TCAP other than ANSI-41.";
    Ansi41 = "ansi41", "ANSI-41.";
    Cap = "cap", "CAP.";
    Inap = "inap", "INAP.";
    NotSms = "not_sms", "TCAP, but no short message service.";
    MalformedLink = "malformed_link", "The link layer does not parse.";
    MalformedIp = "malformed_ip", "The IP header does not parse.";
    MalformedSctp = "malformed_sctp", "SCTP does not parse.";
    MalformedTcp = "malformed_tcp", "TCP does not parse.";
    MalformedAdaptation = "malformed_adaptation", "An adaptation layer or MTP3 does not parse.";
    MalformedSccp = "malformed_sccp", "SCCP does not parse.";
    MalformedTcap = "malformed_tcap", "TCAP does not parse.";
    Answered = "answered", "The refusal of a destination, made into the answer of the policy.";
    Judged = "judged", "A message of the short message service, judged; also where it does not parse, with what did.";
}

impl Counter {
    /// What screening found, reason by reason.
    pub const OF_SCREENING: &'static [Self] = &[
        Self::ScreenBadCrc,
        Self::ScreenZeroTag,
        Self::ScreenInitTag,
        Self::ScreenBundled,
        Self::ScreenInitMalformed,
        Self::ScreenPort,
        Self::ScreenPeer,
        Self::ScreenInitsOfSource,
        Self::ScreenInitsToDestination,
        Self::ScreenInitAckUnasked,
        Self::ScreenCookieUnasked,
        Self::ScreenResetUnknown,
        Self::ScreenForbiddenChunk,
        Self::ScreenPpid,
        Self::ScreenRole,
        Self::ScreenAspIdentifier,
        Self::ScreenRoutingContext,
        Self::ScreenTrafficMode,
        Self::ScreenRegistration,
        Self::ScreenPointCode,
        Self::ScreenAssociationRate,
        Self::ScreenPartnerRate,
    ];
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
