//! The API from the other end: blocking calls with the types of this crate.
//!
//! A [`Client`] speaks HTTP/1.1 over the daemon's Unix socket, or over TLS 1.3 with a bearer token or a certificate. Every call opens
//! a connection of its own; [`Client::follow`] and [`Client::trace`] keep one open and give what comes. Nothing is retried:
//! whoever called knows best whether to ask again.

mod follow;
mod octets;
mod sse;
mod transport;

pub use follow::Follow;
pub use octets::Octets;
pub use transport::{Credential, Endpoint};

use crate::PREFIX;
use crate::accounts::{Account, AccountPut, Accounts, Role, RolePut, Roles, Session, TokenMade, TokenPut, Tokens};
use crate::audit::{AuditChecked, AuditPage, AuditQuery};
use crate::backtest::{Backtest, ShadowQuery};
use crate::counters::Counters;
use crate::events::{ClearQuery, Event, EventPage, EventQuery, ExportFormat};
use crate::lists::{EntryChanged, EntryPut, EntryQuery, ListEntries, Lists};
use crate::machine::{MachineConditions, MachinePage, MachineQuery};
use crate::policies::{
    Files, POLICY_OCTETS_MAX, Policy, PolicyChecked, PolicyDiff, PolicyFiles, PolicyList, PolicyPush, PolicyPushed,
    PolicyQuery, PolicyRestored, PushQuery,
};
use crate::problem::{Kind, Problem};
use crate::proposals::{Proposal, ProposalQuery, ProposalWhole, Proposals, Propose};
use crate::rules::{Networks, Rules, Scenarios};
use crate::status::Status;
use crate::trace::TraceQuery;
use crate::traffic::{Traffic, TrafficQuery};
use hyper::Method;
use serde::{Serialize, de::DeserializeOwned};
use std::path::{Path, PathBuf};

/// Speaks to one daemon.
#[derive(Debug)]
pub struct Client {
    endpoint: Endpoint,
    runtime: tokio::runtime::Runtime,
}

/// Why a call gave no answer.
#[derive(Debug)]
pub enum ClientError {
    /// Nobody listens there.
    NotRunning {
        /// Where it was tried.
        at: String,
        /// What the system said.
        cause: std::io::Error,
    },
    /// The system does not let this user open the socket.
    NotAllowed(PathBuf),
    /// The endpoint cannot be used as given.
    Endpoint(String),
    /// The daemon answered that it did not do it.
    Problem(Box<Problem>),
    /// The connection broke, or what came is not HTTP.
    Connection(String),
    /// No answer in time.
    Timeout,
    /// What came is not an answer of this API.
    Answer(String),
}

impl std::fmt::Display for ClientError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::NotRunning { at, cause } => {
                write!(f, "no control daemon at {at} ({cause}): start it with `sluiced --config FILE`")
            }
            Self::NotAllowed(path) => {
                write!(f, "{}: permission denied: run as a member of the group that owns the socket", path.display())
            }
            Self::Endpoint(why) | Self::Connection(why) => f.write_str(why),
            Self::Problem(problem) => problem.fmt(f),
            Self::Timeout => f.write_str("the daemon did not answer in time"),
            Self::Answer(why) => {
                write!(f, "not an answer of this API: {why}: install client and daemon of one release")
            }
        }
    }
}

impl std::error::Error for ClientError {}

impl Client {
    /// Over the daemon's Unix socket.
    pub fn unix(path: impl Into<PathBuf>) -> Result<Self, ClientError> {
        Self::new(Endpoint::unix(path.into()))
    }

    /// Over TLS: `https://host:port`, the certificate authority to trust as PEM, and who this is.
    pub fn tcp(url: &str, authority_pem: &[u8], credential: &Credential) -> Result<Self, ClientError> {
        Self::new(Endpoint::tcp(url, authority_pem, credential)?)
    }

    fn new(endpoint: Endpoint) -> Result<Self, ClientError> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(|e| ClientError::Endpoint(e.to_string()))?;
        Ok(Self { endpoint, runtime })
    }

    /// How the appliance is.
    pub fn status(&self) -> Result<Status, ClientError> {
        self.fetch("/status")
    }

    /// The dataplane's counters.
    pub fn counters(&self) -> Result<Counters, ClientError> {
        self.fetch("/counters")
    }

    /// A page of events.
    pub fn events(&self, query: &EventQuery) -> Result<EventPage, ClientError> {
        self.fetch(&with_query("/events", query)?)
    }

    /// One event.
    pub fn event(&self, id: u64, query: ClearQuery) -> Result<Event, ClientError> {
        self.fetch(&with_query(&format!("/events/{id}"), &query)?)
    }

    /// Events as they come, beginning behind `query.after`, or with the next one if that is not given.
    pub fn follow(&self, query: &EventQuery) -> Result<Follow<'_>, ClientError> {
        let path = format!("{PREFIX}{}", with_query("/events/stream", query)?);
        Follow::open(&self.runtime, &self.endpoint, &path)
    }

    /// Frames as they go by, as octets of the dataplane's entries.
    pub fn trace(&self, query: &TraceQuery) -> Result<Octets<'_>, ClientError> {
        let path = format!("{PREFIX}{}", with_query("/trace", query)?);
        Octets::open(&self.runtime, &self.endpoint, &path)
    }

    /// The versions kept, newest first.
    pub fn policies(&self, query: PolicyQuery) -> Result<PolicyList, ClientError> {
        self.fetch(&with_query("/policies", &query)?)
    }

    /// One version with its files.
    pub fn policy(&self, version: u64) -> Result<Policy, ClientError> {
        self.fetch(&format!("/policies/{version}"))
    }

    /// The version in force, or the newest taken while the dataplane does not answer.
    pub fn current_policy(&self) -> Result<Policy, ClientError> {
        self.fetch("/policies/current")
    }

    /// Checks files without any effect.
    pub fn check_policy(&self, files: Files) -> Result<PolicyChecked, ClientError> {
        self.send("/policies/check", &PolicyFiles { files })
    }

    /// Takes a policy into force.
    pub fn push_policy(&self, push: &PolicyPush) -> Result<PolicyPushed, ClientError> {
        self.send("/policies", push)
    }

    /// Takes a policy into force, however much of the traffic gets another verdict.
    pub fn push_policy_confirmed(&self, push: &PolicyPush) -> Result<PolicyPushed, ClientError> {
        self.send(&with_query("/policies", &PushQuery { confirm: Some(true) })?, push)
    }

    /// Proposes a policy.
    pub fn propose(&self, propose: &Propose) -> Result<Proposal, ClientError> {
        self.send("/proposals", propose)
    }

    /// The proposals, newest first.
    pub fn proposals(&self, query: ProposalQuery) -> Result<Proposals, ClientError> {
        self.fetch(&with_query("/proposals", &query)?)
    }

    /// One proposal with its files.
    pub fn proposal(&self, id: u64) -> Result<ProposalWhole, ClientError> {
        self.fetch(&format!("/proposals/{id}"))
    }

    /// Takes a proposal into force; `confirm`: however much of the traffic gets another verdict.
    pub fn approve(&self, id: u64, confirm: bool) -> Result<PolicyPushed, ClientError> {
        let query = PushQuery { confirm: confirm.then_some(true) };
        self.call(Method::POST, &with_query(&format!("/proposals/{id}/approve"), &query)?, Vec::new())
    }

    /// Rejects a proposal, or takes one's own back.
    pub fn reject(&self, id: u64) -> Result<(), ClientError> {
        self.remove(&format!("/proposals/{id}"))
    }

    /// What rules in shadow and offline would have done.
    pub fn shadow(&self, query: ShadowQuery) -> Result<Backtest, ClientError> {
        self.fetch(&with_query("/policies/shadow", &query)?)
    }

    /// What files would change, against the policy in force over recent traffic.
    pub fn backtest_policy(&self, files: Files) -> Result<Backtest, ClientError> {
        self.send("/policies/backtest", &PolicyFiles { files })
    }

    /// Takes the policy before the present one back into force.
    pub fn rollback_policy(&self) -> Result<PolicyRestored, ClientError> {
        self.call(Method::POST, "/policies/rollback", Vec::new())
    }

    /// How version `b` differs from version `a`.
    pub fn diff_policies(&self, a: u64, b: u64) -> Result<PolicyDiff, ClientError> {
        self.fetch(&format!("/policies/{a}/diff/{b}"))
    }

    /// How files differ from a version.
    pub fn diff_files(&self, version: u64, files: Files) -> Result<PolicyDiff, ClientError> {
        self.send(&format!("/policies/{version}/diff"), &PolicyFiles { files })
    }

    /// What has passed, by what people ask about.
    pub fn traffic(&self, query: &TrafficQuery) -> Result<Traffic, ClientError> {
        self.fetch(&with_query("/traffic", query)?)
    }

    /// The rules of the policy in force.
    pub fn rules(&self) -> Result<Rules, ClientError> {
        self.fetch("/rules")
    }

    /// The scenarios, as the policy in force uses them.
    pub fn scenarios(&self) -> Result<Scenarios, ClientError> {
        self.fetch("/scenarios")
    }

    /// The networks that the policy in force names.
    pub fn networks(&self) -> Result<Networks, ClientError> {
        self.fetch("/networks")
    }

    /// The lists of the policy in force.
    pub fn lists(&self) -> Result<Lists, ClientError> {
        self.fetch("/lists")
    }

    /// Entries of a list.
    pub fn list_entries(&self, list: &str, query: &EntryQuery) -> Result<ListEntries, ClientError> {
        self.fetch(&with_query(&format!("/lists/{}/entries", in_path(list)), query)?)
    }

    /// Puts an entry into a list.
    pub fn put_entry(&self, list: &str, entry: &str, put: &EntryPut) -> Result<EntryChanged, ClientError> {
        self.call(Method::PUT, &entry_path(list, entry), json(put)?)
    }

    /// Removes an entry from a list.
    pub fn remove_entry(&self, list: &str, entry: &str) -> Result<EntryChanged, ClientError> {
        self.call(Method::DELETE, &entry_path(list, entry), Vec::new())
    }

    /// Who did what, newest first.
    pub fn audit(&self, query: AuditQuery) -> Result<AuditPage, ClientError> {
        self.fetch(&with_query("/audit", &query)?)
    }

    /// Whether the audit log is as it was written.
    pub fn check_audit(&self) -> Result<AuditChecked, ClientError> {
        self.fetch("/audit/check")
    }

    /// The whole audit log, oldest first, as JSON lines.
    pub fn export_audit(&self) -> Result<Octets<'_>, ClientError> {
        Octets::open(&self.runtime, &self.endpoint, &format!("{PREFIX}/audit/export"))
    }

    /// All events of a query, oldest first.
    pub fn export_events(&self, query: &EventQuery, format: ExportFormat) -> Result<Octets<'_>, ClientError> {
        let path = with_query(&format!("/events/export/{}", format.name()), query)?;
        Octets::open(&self.runtime, &self.endpoint, &format!("{PREFIX}{path}"))
    }

    /// Who calls, and what they may do.
    pub fn session(&self) -> Result<Session, ClientError> {
        self.fetch("/session")
    }

    /// The accounts.
    pub fn accounts(&self) -> Result<Accounts, ClientError> {
        self.fetch("/accounts")
    }

    /// Makes an account, or changes it.
    pub fn put_account(&self, name: &str, put: &AccountPut) -> Result<Account, ClientError> {
        self.call(Method::PUT, &format!("/accounts/{}", in_path(name)), json(put)?)
    }

    /// Removes an account.
    pub fn remove_account(&self, name: &str) -> Result<(), ClientError> {
        self.remove(&format!("/accounts/{}", in_path(name)))
    }

    /// The roles.
    pub fn roles(&self) -> Result<Roles, ClientError> {
        self.fetch("/roles")
    }

    /// Makes a role, or changes it.
    pub fn put_role(&self, name: &str, put: &RolePut) -> Result<Role, ClientError> {
        self.call(Method::PUT, &format!("/roles/{}", in_path(name)), json(put)?)
    }

    /// Removes a role.
    pub fn remove_role(&self, name: &str) -> Result<(), ClientError> {
        self.remove(&format!("/roles/{}", in_path(name)))
    }

    /// The tokens.
    pub fn tokens(&self) -> Result<Tokens, ClientError> {
        self.fetch("/tokens")
    }

    /// Makes a token.
    pub fn make_token(&self, name: &str, put: &TokenPut) -> Result<TokenMade, ClientError> {
        self.call(Method::POST, &format!("/tokens/{}", in_path(name)), json(put)?)
    }

    /// Revokes a token.
    pub fn revoke_token(&self, name: &str) -> Result<(), ClientError> {
        self.remove(&format!("/tokens/{}", in_path(name)))
    }

    /// What began and ceased to be wrong with the machine, newest first.
    pub fn machine_events(&self, query: MachineQuery) -> Result<MachinePage, ClientError> {
        self.fetch(&with_query("/machine/events", &query)?)
    }

    /// What is wrong with the machine now.
    pub fn machine_conditions(&self) -> Result<MachineConditions, ClientError> {
        self.fetch("/machine/conditions")
    }

    /// Prometheus text.
    pub fn metrics(&self) -> Result<String, ClientError> {
        let body = self.exchange(Method::GET, "/metrics", Vec::new())?;
        String::from_utf8(body).map_err(|e| ClientError::Answer(e.to_string()))
    }

    /// Any path below `/api/v1`, as it comes.
    pub fn fetch_text(&self, path: &str) -> Result<String, ClientError> {
        let body = self.exchange(Method::GET, &format!("{PREFIX}{path}"), Vec::new())?;
        String::from_utf8(body).map_err(|e| ClientError::Answer(e.to_string()))
    }

    /// The socket a Unix client speaks to.
    pub fn socket(&self) -> Option<&Path> {
        self.endpoint.socket()
    }

    fn fetch<A: DeserializeOwned>(&self, path: &str) -> Result<A, ClientError> {
        self.call(Method::GET, path, Vec::new())
    }

    fn send<A: DeserializeOwned>(&self, path: &str, body: &impl Serialize) -> Result<A, ClientError> {
        let body = json(body)?;
        refuse_too_long(body.len())?;
        self.call(Method::POST, path, body)
    }

    fn call<A: DeserializeOwned>(&self, method: Method, path: &str, body: Vec<u8>) -> Result<A, ClientError> {
        let answer = self.exchange(method, &format!("{PREFIX}{path}"), body)?;
        serde_json::from_slice(&answer).map_err(|e| ClientError::Answer(e.to_string()))
    }

    fn remove(&self, path: &str) -> Result<(), ClientError> {
        self.exchange(Method::DELETE, &format!("{PREFIX}{path}"), Vec::new()).map(drop)
    }

    fn exchange(&self, method: Method, path: &str, body: Vec<u8>) -> Result<Vec<u8>, ClientError> {
        self.runtime.block_on(transport::exchange(&self.endpoint, method, path, body))
    }
}

fn json(body: &impl Serialize) -> Result<Vec<u8>, ClientError> {
    serde_json::to_vec(body).map_err(|e| ClientError::Endpoint(e.to_string()))
}

/// What the daemon would refuse is not sent: it would hang up in the middle, and nobody would know why.
fn refuse_too_long(octets: usize) -> Result<(), ClientError> {
    if octets <= POLICY_OCTETS_MAX {
        return Ok(());
    }
    let detail = format!(
        "the policy has {octets} octets as JSON, {POLICY_OCTETS_MAX} are taken: split long lists, or put ranges of \
         numbers for numbers in a row"
    );
    Err(ClientError::Problem(Box::new(Problem::new(Kind::TooLarge, detail))))
}

fn with_query(path: &str, query: &impl Serialize) -> Result<String, ClientError> {
    let query = serde_urlencoded::to_string(query).map_err(|e| ClientError::Endpoint(e.to_string()))?;
    Ok(if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") })
}

fn entry_path(list: &str, entry: &str) -> String {
    format!("/lists/{}/entries/{}", in_path(list), in_path(entry))
}

/// One segment of a path (RFC 3986 §2.3, §3.3): all but unreserved characters as `%` and two digits.
fn in_path(segment: &str) -> String {
    let octet = |o: u8| match o {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'~' => char::from(o).to_string(),
        // A dot alone would be taken for a step in the path.
        _ => format!("%{o:02X}"),
    };
    segment.bytes().map(octet).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Timestamp;
    use crate::events::Order;

    #[test]
    fn only_conditions_that_were_given_are_sent() {
        let query = EventQuery {
            rule: Some("a b&c".into()),
            since: Some(Timestamp::from_ns(1)),
            order: Some(Order::Newest),
            ..EventQuery::default()
        };
        assert_eq!(with_query("/e", &query).unwrap(), "/e?rule=a+b%26c&since=0.000000001&order=newest");
        assert_eq!(with_query("/e", &EventQuery::default()).unwrap(), "/e");
    }

    #[test]
    fn what_is_longer_than_the_daemon_takes_is_not_sent() {
        assert!(refuse_too_long(POLICY_OCTETS_MAX).is_ok());
        let ClientError::Problem(problem) = refuse_too_long(POLICY_OCTETS_MAX + 1).unwrap_err() else { panic!() };
        assert_eq!(problem.known_kind(), Some(Kind::TooLarge));
        assert!(problem.detail.contains("536870912 are taken"), "{problem}");
    }

    #[test]
    fn an_entry_is_one_segment_of_a_path_whatever_it_says() {
        assert_eq!(entry_path("own", "9/a b?é.."), "/lists/own/entries/9%2Fa%20b%3F%C3%A9%2E%2E");
    }

    #[test]
    fn a_daemon_that_is_not_there_is_named_with_what_to_start() {
        let dir = std::env::temp_dir().join(format!("sluice-api-{}-nothing", std::process::id()));
        let error = Client::unix(&dir).unwrap().status().unwrap_err();
        assert!(matches!(error, ClientError::NotRunning { .. }));
        let text = error.to_string();
        assert!(text.contains("sluiced --config") && text.contains(&dir.display().to_string()), "{text}");
    }
}
