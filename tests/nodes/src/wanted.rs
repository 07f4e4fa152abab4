//! What the policy between the nodes is to do with a message. The message says it in its digits, and the policy
//! beside this package has one rule for each code.
//!
//! | code | wanted |
//! |---|---|
//! | 00 | pass |
//! | 01 | discard |
//! | 02 | acknowledge |
//! | 03 | abort |
//! | 04 | pass the request, refuse its result with systemFailure |
//! | 10 + E | reject with MAP error E |

/// A verdict.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// The message arrives and is answered by its destination.
    Pass,
    /// The message does not arrive, and nobody answers.
    Discard,
    /// The message does not arrive, and its originator believes it did.
    Acknowledge,
    /// The message does not arrive, and its dialogue is aborted.
    Abort,
    /// The message arrives; its result does not come back.
    RefuseResult,
    /// The message does not arrive, and its originator is told this error.
    Reject(u8),
}

impl Wanted {
    /// Its two digits.
    pub const fn code(self) -> u8 {
        match self {
            Self::Pass => 0,
            Self::Discard => 1,
            Self::Acknowledge => 2,
            Self::Abort => 3,
            Self::RefuseResult => 4,
            Self::Reject(error) => REJECT + error,
        }
    }

    /// What two digits ask for.
    pub const fn from_code(code: u8) -> Option<Self> {
        match code {
            0 => Some(Self::Pass),
            1 => Some(Self::Discard),
            2 => Some(Self::Acknowledge),
            3 => Some(Self::Abort),
            4 => Some(Self::RefuseResult),
            REJECT..=99 => Some(Self::Reject(code - REJECT)),
            _ => None,
        }
    }

    /// Whether the destination gets the message.
    pub const fn is_delivered(self) -> bool {
        matches!(self, Self::Pass | Self::RefuseResult)
    }
}

/// Codes from here on reject.
const REJECT: u8 = 10;
/// What a refused result becomes.
pub const REFUSED_RESULT_ERROR: u8 = 34;

/// Errors that an operation may be answered with in one version (TS 29.002 §17.6.4).
pub const fn legal_errors(operation: i64, version: u8) -> &'static [u8] {
    match (operation, version) {
        (44, _) => &[34, 35, 36, 21, 5, 9, 12, 31, 32, 6],
        (46, 3) => &[34, 36, 21, 32],
        (46, 1) => &[34, 36, 21, 5, 9, 27, 32],
        (46, _) => &[34, 35, 36, 21, 5, 9, 12, 27, 31, 32],
        (45, 3) => &[34, 35, 36, 21, 1, 11, 13, 6],
        (45, 1) => &[34, 36, 21, 1, 11, 27, 13],
        (45, _) => &[34, 35, 36, 21, 1, 11, 27, 13],
        _ => &[],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const POLICY: &str = include_str!("../policy/policy.toml");

    #[test]
    fn codes_and_verdicts_lead_to_each_other() {
        for code in (0..=4).chain(REJECT..=99) {
            assert_eq!(Wanted::from_code(code).map(Wanted::code), Some(code));
        }
        assert_eq!(Wanted::from_code(7), None);
    }

    #[test]
    fn the_policy_has_a_rule_for_every_verdict_that_is_drawn() {
        let errors = [(44, 3), (46, 3), (46, 2), (45, 3), (45, 2)].map(|(op, version)| legal_errors(op, version));
        let rejects = errors.concat().into_iter().map(Wanted::Reject);
        let others = [Wanted::Discard, Wanted::Acknowledge, Wanted::Abort, Wanted::RefuseResult];
        for wanted in rejects.chain(others) {
            let prefix = format!("starts_with \"999{:02}\"", wanted.code());
            let result = format!("starts_with \"99901{:02}\"", wanted.code());
            assert!(POLICY.contains(&prefix) || POLICY.contains(&result), "no rule for {wanted:?}");
        }
    }
}
