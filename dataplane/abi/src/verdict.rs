//! What can be decided about a message, and why.

macro_rules! closed {
    ($(#[$doc:meta])* $name:ident, $list:ident { $($(#[$vdoc:meta])* $variant:ident = $text:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[repr(u8)]
        pub enum $name { $($(#[$vdoc])* $variant),+ }

        /// Names in order of their numbers.
        pub const $list: &[&str] = &[$($text),+];

        impl $name {
            /// Every value.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// Its name.
            pub const fn name(self) -> &'static str {
                $list[self as usize]
            }

            /// The value with this name.
            pub fn parse(name: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|v| v.name() == name)
            }

            /// The value with this number.
            pub fn from_number(n: u8) -> Option<Self> {
                Self::ALL.get(usize::from(n)).copied()
            }
        }
    };
}

closed! {
    /// What is done with a message.
    Action, ACTIONS {
        /// Let it through untouched.
        Pass = "pass",
        /// Swallow it: the destination never sees it, the origin gets no answer.
        Discard = "discard",
        /// Answer with a MAP error.
        Reject = "reject",
        /// Answer as if it had been delivered.
        Acknowledge = "acknowledge",
        /// Answer with a TCAP abort.
        Abort = "abort",
        /// Let it through changed.
        Rewrite = "rewrite",
        /// Mark it and go on.
        Tag = "tag",
        /// Copy it to the control side and go on.
        Copy = "copy",
        /// Add points to its score and go on.
        Score = "score",
    }
}

impl Action {
    /// Whether the rule that gives it ends the search (levels 1 to 3).
    pub const fn is_terminal(self) -> bool {
        !matches!(self, Self::Tag | Self::Copy | Self::Score)
    }
}

closed! {
    /// Why a verdict is what it is. A decision of the policy and a failure to decide are told apart.
    Reason, REASONS {
        /// A rule decided.
        Rule = "rule",
        /// No rule decided.
        Default = "default",
        /// No policy is loaded: the configured condition decided.
        NoPolicy = "no_policy",
        /// The message could not be decoded: the configured condition decided.
        Undecodable = "undecodable",
        /// Its dialogue was not seen to open: the configured condition decided.
        MidStream = "mid_stream",
        /// It would leave no record: the configured condition decided.
        RingFull = "ring_full",
        /// It came for a correlation id of home routing that is not good.
        HomeRouting = "home_routing",
    }
}

closed! {
    /// The place in the life of a short message at which a rule looks.
    Trigger, TRIGGERS {
        /// A message is handed in: mobile originated, submitted.
        Submission = "submission",
        /// A message is about to be delivered, or its destination is asked for.
        PreDelivery = "pre-delivery",
        /// A result, an error or a report.
        PostDelivery = "post-delivery",
    }
}

closed! {
    /// Whether a rule acts.
    Mode, MODES {
        /// Acts.
        Enforce = "enforce",
        /// Is evaluated live and recorded, and does not act.
        Shadow = "shadow",
        /// Is evaluated only in replay and backtest.
        Offline = "offline",
    }
}

closed! {
    /// Whose a number or node is, by the policy's network file.
    Relation, RELATIONS {
        /// Of nobody that is known.
        Unknown = "unknown",
        /// Of the home network.
        Home = "home",
        /// Of a partner, for messages between people.
        P2p = "p2p",
        /// Of a partner who may send for services.
        A2p = "a2p",
        /// Of a hub that sends for many networks.
        Hub = "hub",
        /// Of a network nothing is taken from.
        Blocked = "blocked",
    }
}

closed! {
    /// Which meters a rule moves when it matches.
    Statistics, STATISTICS {
        /// None.
        None = "none",
        /// How often it matched.
        Total = "total",
        /// And by network of the calling party.
        Operator = "operator",
    }
}

closed! {
    /// How much of a message is recorded.
    LogLevel, LOG_LEVELS {
        /// Nothing.
        None = "none",
        /// Technical fields.
        Summary = "summary",
        /// And the numbers of subscribers and nodes.
        Addresses = "addresses",
        /// And the content.
        Full = "full",
    }
}
