//! How a call fails: problem details (RFC 9457), of one closed list of kinds.
//!
//! ```text
//! HTTP/1.1 422 Unprocessable Content
//! content-type: application/problem+json
//!
//! {"type":"urn:sluice:problem:policy-broken","title":"…","status":422,"detail":"…","diagnostics":[…]}
//! ```
//! Programs decide by `type`, which never changes its meaning; `detail` is for people and may be reworded.

use crate::policies::Diagnostic;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Content type of a problem (RFC 9457 §3).
pub const CONTENT_TYPE: &str = "application/problem+json";
const URN: &str = "urn:sluice:problem:";

macro_rules! kinds {
    ($($variant:ident = $name:literal, $status:literal, $title:literal;)+) => {
        /// Every way a call can fail.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Kind { $(#[doc = $title] $variant),+ }

        impl Kind {
            /// Every kind.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The stable name, the last word of `type`.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name),+ }
            }

            /// The HTTP status it comes with.
            pub const fn status(self) -> u16 {
                match self { $(Self::$variant => $status),+ }
            }

            /// What it means, the same for every occurrence.
            pub const fn title(self) -> &'static str {
                match self { $(Self::$variant => $title),+ }
            }
        }
    };
}

kinds! {
    RequestInvalid = "request-invalid", 400, "The request is not one of this API";
    Unauthenticated = "unauthenticated", 401, "A session or a valid bearer token is needed";
    SignInRefused = "sign-in-refused", 401, "Name, password or code is wrong, or the account is locked";
    CodeNeeded = "code-needed", 401, "The account has a second factor: its code is needed too";
    CrossSite = "cross-site", 403, "A change by a browser's session must come from the console itself";
    PermissionMissing = "permission-missing", 403, "The caller may not do this";
    NotFound = "not-found", 404, "There is no such thing";
    MethodNotAllowed = "method-not-allowed", 405, "The path exists, but not with this method";
    RequestTimeout = "request-timeout", 408, "The request took too long";
    PolicyChanged = "policy-changed", 409, "Another policy is in force than the one expected";
    PolicyMovesTraffic = "policy-moves-traffic", 409, "The policy would change more of the traffic than may be; the one in force stays";
    InUse = "in-use", 409, "Something else still needs it";
    NothingToRestore = "nothing-to-restore", 409, "There is no policy before the present one";
    FourEyes = "four-eyes", 409, "Nobody takes a policy into force alone here";
    OwnProposal = "own-proposal", 409, "A proposal is approved by another person than its author";
    ProposalDecided = "proposal-decided", 409, "The proposal was approved or rejected already";
    TraceRefused = "trace-refused", 409, "The dataplane does not trace";
    TooLarge = "too-large", 413, "The request is too large";
    MediaTypeUnsupported = "media-type-unsupported", 415, "The request's body is not JSON";
    PasswordWeak = "password-weak", 422, "The password is too easy to guess";
    PolicyBroken = "policy-broken", 422, "The policy has errors; the one in force stays";
    Internal = "internal", 500, "The daemon failed";
    PolicyRefused = "policy-refused", 502, "The dataplane refused the policy; the one in force stays";
    DataplaneUnavailable = "dataplane-unavailable", 503, "The dataplane does not answer";
    CountersUnavailable = "counters-unavailable", 503, "The dataplane's counters cannot be read";
    StoreUnavailable = "store-unavailable", 503, "The daemon's store cannot be read or written";
}

impl Kind {
    /// The kind with this name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|k| k.name() == name)
    }
}

/// A failed call (RFC 9457 §3.1).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Problem {
    /// `urn:sluice:problem:` and a stable name.
    #[serde(rename = "type")]
    #[schema(example = "urn:sluice:problem:not-found")]
    pub kind: String,
    /// What kind of problem it is.
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    /// What happened this time, and what to do about it.
    pub detail: String,
    /// What is wrong in the files of a policy, where that is the problem.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub diagnostics: Vec<Diagnostic>,
}

impl Problem {
    /// A problem of a kind.
    pub fn new(kind: Kind, detail: impl Into<String>) -> Self {
        Self {
            kind: format!("{URN}{}", kind.name()),
            title: kind.title().to_owned(),
            status: kind.status(),
            detail: detail.into(),
            diagnostics: Vec::new(),
        }
    }

    /// The same with what is wrong in a policy's files.
    #[must_use]
    pub fn with_diagnostics(mut self, diagnostics: Vec<Diagnostic>) -> Self {
        self.diagnostics = diagnostics;
        self
    }

    /// Its kind; `None` when the other side knows kinds that this side does not.
    pub fn known_kind(&self) -> Option<Kind> {
        self.kind.strip_prefix(URN).and_then(Kind::parse)
    }
}

impl std::fmt::Display for Problem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.title, self.detail)
    }
}

impl std::error::Error for Problem {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_is_found_again_by_its_type() {
        for &kind in Kind::ALL {
            let json = serde_json::to_string(&Problem::new(kind, "why")).unwrap();
            let back: Problem = serde_json::from_str(&json).unwrap();
            assert_eq!(back.known_kind(), Some(kind));
            assert!(json.starts_with(r#"{"type":"urn:sluice:problem:"#) && (400..600).contains(&back.status), "{json}");
        }
    }

    #[test]
    fn a_kind_of_a_newer_daemon_is_still_a_problem() {
        let json = r#"{"type":"urn:sluice:problem:later","title":"T","status":418,"detail":"d","more":1}"#;
        let problem: Problem = serde_json::from_str(json).unwrap();
        assert_eq!((problem.known_kind(), problem.to_string()), (None, "T: d".to_owned()));
    }
}
