//! A frame on its way through the layers, with what the layers passed have shown.

use crate::Input;
use crate::decode::{Msu, Transported};
use sluice_rules::Image;
use sluice_track::MessageKey;
use sluice_wire::sccp::Connectionless;
use sluice_wire::{Anomalies, Anomaly};

/// A frame, the policy it is judged by, and what was met so far.
#[derive(Clone, Copy)]
pub struct Way<'a> {
    /// The frame.
    pub input: &'a Input<'a>,
    /// The policy in force.
    pub policy: Option<&'a Image<'a>>,
    /// Deviations of the layers passed.
    pub anomalies: Anomalies,
    /// IP, SCTP and the chunk, where there are any; of the last fragment, where there are several.
    pub below: Option<&'a Transported<'a>>,
    /// The user message of SCTP; empty where there is none that could be changed.
    pub user: &'a [u8],
    /// What the message came in; none where it came whole.
    pub pieces: Option<InPieces>,
    /// Frames of the user message's fragments, eight octets each; none where it came whole.
    pub fragment_frames: &'a [u8],
    /// Frames of the SCCP message's segments; none where it came whole.
    pub segment_frames: &'a [u8],
}

impl<'a> Way<'a> {
    /// At its first layer.
    #[inline(always)]
    pub const fn new(input: &'a Input<'a>, policy: Option<&'a Image<'a>>) -> Self {
        let none: &[u8] = &[];
        let (anomalies, below) = (Anomalies::NONE, None);
        let (user, fragment_frames, segment_frames) = (none, none, none);
        Self { input, policy, anomalies, below, user, pieces: None, fragment_frames, segment_frames }
    }

    /// With a deviation more.
    #[inline]
    pub const fn noting(mut self, anomaly: Anomaly) -> Self {
        self.anomalies.note(anomaly);
        self
    }

    /// With deviations more.
    #[inline]
    pub const fn adding(mut self, anomalies: Anomalies) -> Self {
        self.anomalies.add(anomalies);
        self
    }

    /// With a chunk. Stream zero is kept for management (RFC 4666 §1.4.7).
    #[inline(always)]
    pub const fn over(mut self, below: &'a Transported<'a>) -> Self {
        self.anomalies.note_if(below.data.sid.0 == 0, Anomaly::SctpStreamZero);
        self.below = Some(below);
        self.user = below.data.payload;
        self
    }
}

/// The pieces of a message that was put together.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct InPieces {
    /// The message.
    pub message: MessageKey,
    /// How many.
    pub count: usize,
    /// Whether each is a whole message of the layer below, with addresses of its own: segments of SCCP.
    pub are_messages: bool,
}

/// One SCCP message and all that is around it. Each layer stays where it was read.
#[derive(Clone, Copy)]
pub struct Carried<'a> {
    /// The frame and the layers below.
    pub way: &'a Way<'a>,
    /// Label and user data.
    pub msu: &'a Msu<'a>,
    /// The SCCP message, or the SUA message in its place.
    pub sccp: &'a Connectionless<'a>,
}
