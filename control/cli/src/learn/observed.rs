//! What was seen of every global title that calls.

use super::message::{ROUTING_INFO, is_blocked, is_request, receiver, service_centre, text};
use crate::output;
use sluice_abi::json::{Privacy, to_json};
use sluice_abi::{Facts, Field, Part};
use std::collections::{BTreeMap, BTreeSet};

/// Titles, and service centres of each, that are told apart; those that come later are only counted.
const TITLES_MAX: usize = 1 << 18;
const CENTRES_MAX: usize = 1 << 12;
/// Receivers of a title that are told apart.
const RECEIVERS_MAX: usize = 1 << 16;
/// So many digits tell the network of a title that no plan knows: country code and the first digits behind it.
pub const NETWORK_DIGITS: usize = 5;

/// Everything seen.
#[derive(Default)]
pub struct Observed {
    /// Requests.
    pub requests: u64,
    /// By whole title.
    pub titles: BTreeMap<String, Title>,
    /// Requests of titles that there was no more room for.
    pub crowded_out: u64,
    /// Requests that name both parties, by the beginnings of calling and called title.
    pub between: BTreeMap<(String, String), u64>,
    /// Requests about subscribers, by the beginning of the called title and that of the identity or number.
    pub subscribers: BTreeMap<(String, Identity, String), u64>,
    /// Time of the first request, and of the last.
    pub span: Span,
}

/// What a subscriber is named by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Identity {
    Imsi,
    Number,
}

/// From the first time to the last, in nanoseconds.
#[derive(Clone, Copy, Debug, Default)]
pub struct Span {
    pub first_ns: u64,
    pub last_ns: u64,
}

/// One calling title.
#[derive(Default)]
pub struct Title {
    pub requests: u64,
    pub span: Span,
    /// Deliveries, questions for routing, submissions.
    pub deliveries: u64,
    pub questions: u64,
    pub submissions: u64,
    /// Requests with a text, and those of them that are of services.
    pub texts: u64,
    pub business: u64,
    pub blocked: u64,
    /// Answers it got, and errors among them.
    pub answers: u64,
    pub errors: u64,
    pub receivers: BTreeSet<u64>,
    /// Service centres it named.
    pub centres: BTreeMap<String, Centre>,
    /// Where its requests came from.
    pub point_codes: BTreeMap<u64, u64>,
    /// Rules of scenarios that matched them, by id.
    pub rules: BTreeMap<String, u64>,
    /// The first request, masked.
    pub example: String,
}

/// A service centre as one title named it.
#[derive(Clone, Copy, Debug, Default)]
pub struct Centre {
    pub requests: u64,
    pub span: Span,
}

impl Observed {
    /// Takes a message in.
    pub fn add(&mut self, facts: &Facts<'_>) {
        if !is_request(facts) {
            return self.answer(facts);
        }
        let time_ns = facts.number(Field::TimeNs).unwrap_or(0);
        self.span.add(time_ns, self.requests);
        self.requests += 1;
        let called = text(facts, Field::CdpaGt, Part::Whole);
        let Some(calling) = text(facts, Field::CgpaGt, Part::Whole) else { return };
        if let Some(called) = called {
            let called = beginning(&called);
            *self.between.entry((beginning(&calling), called.clone())).or_default() += 1;
            self.subscriber(facts, called);
        }
        let is_full = self.titles.len() >= TITLES_MAX && !self.titles.contains_key(&calling);
        if is_full {
            self.crowded_out += 1;
        } else {
            self.titles.entry(calling).or_default().add(facts, time_ns);
        }
    }

    /// From the first request to the last.
    pub fn length_ns(&self) -> u64 {
        self.span.length_ns()
    }

    /// An answer goes to the title that asked.
    fn answer(&mut self, facts: &Facts<'_>) {
        let asked = text(facts, Field::CdpaGt, Part::Whole);
        if let Some(title) = asked.and_then(|asked| self.titles.get_mut(&asked)) {
            title.answers += 1;
            title.errors += u64::from(facts.has(Field::MapError));
        }
    }

    fn subscriber(&mut self, facts: &Facts<'_>, called: String) {
        let imsi = || text(facts, Field::MapImsi, Part::Whole);
        let (identity, value) = match text(facts, Field::MapMsisdn, Part::Digits) {
            Some(number) if facts.number(Field::MapOp) == Some(ROUTING_INFO) => (Identity::Number, number),
            _ if is_delivery(facts) => (Identity::Imsi, imsi().or_else(|| receiving_imsi(facts)).unwrap_or_default()),
            _ => return,
        };
        if !value.is_empty() {
            *self.subscribers.entry((called, identity, beginning(&value))).or_default() += 1;
        }
    }
}

impl Title {
    fn add(&mut self, facts: &Facts<'_>, time_ns: u64) {
        if self.requests == 0 {
            // The rules are told of all together.
            let mut shown = facts.clone();
            shown.forget(Field::VerdictShadow);
            let masked = serde_json::from_str(&to_json(&shown, Privacy::Masked));
            self.example = masked.map_or_else(|_| String::new(), |message| output::summary(&message));
        }
        self.span.add(time_ns, self.requests);
        self.requests += 1;
        self.deliveries += u64::from(is_delivery(facts));
        self.questions += u64::from(facts.number(Field::MapOp) == Some(ROUTING_INFO));
        self.submissions += u64::from(facts.number(Field::LabelsTrigger) == Some(SUBMISSION));
        self.texts += u64::from(facts.has(Field::SmsText));
        self.business += u64::from(is_business(facts));
        self.blocked += u64::from(is_blocked(facts));
        self.places(facts, time_ns);
        let shadow = facts.octets(Field::VerdictShadow).and_then(|ids| std::str::from_utf8(ids).ok());
        for rule in shadow.unwrap_or_default().split('\n').filter(|id| id.contains('.')) {
            *self.rules.entry(rule.to_owned()).or_default() += 1;
        }
    }

    fn places(&mut self, facts: &Facts<'_>, time_ns: u64) {
        if let Some(receiver) = receiver(facts).filter(|_| self.receivers.len() < RECEIVERS_MAX) {
            self.receivers.insert(receiver);
        }
        if let Some(code) = facts.number(Field::MtpOpc) {
            *self.point_codes.entry(code).or_default() += 1;
        }
        let Some(name) = service_centre(facts) else { return };
        if self.centres.len() < CENTRES_MAX || self.centres.contains_key(&name) {
            let centre = self.centres.entry(name).or_default();
            centre.span.add(time_ns, centre.requests);
            centre.requests += 1;
        }
    }
}

impl Span {
    /// Takes in a time; `before` says whether it is the first.
    fn add(&mut self, time_ns: u64, before: u64) {
        self.first_ns = if before == 0 { time_ns } else { self.first_ns.min(time_ns) };
        self.last_ns = self.last_ns.max(time_ns);
    }

    /// What both hold.
    pub fn with(self, other: Self) -> Self {
        Self { first_ns: self.first_ns.min(other.first_ns), last_ns: self.last_ns.max(other.last_ns) }
    }

    pub fn length_ns(self) -> u64 {
        self.last_ns.saturating_sub(self.first_ns)
    }
}

/// The digits that tell a network without a plan.
pub fn beginning(digits: &str) -> String {
    digits.get(..NETWORK_DIGITS).unwrap_or(digits).to_owned()
}

/// mt-forwardSM; of versions 1 and 2 forwardSM, which is the same operation as mo-forwardSM (TS 29.002 §12.2, §12.9).
const MT_FORWARD: u64 = 44;
const SUBMISSION: u64 = 0;
const PRE_DELIVERY: u64 = 1;

fn is_delivery(facts: &Facts<'_>) -> bool {
    let forwards = facts.number(Field::MapOp).is_some_and(|op| matches!(op, MT_FORWARD | 46));
    forwards && facts.number(Field::LabelsTrigger) == Some(PRE_DELIVERY)
}

fn receiving_imsi(facts: &Facts<'_>) -> Option<String> {
    let is_imsi = text(facts, Field::MapRpDaChoice, Part::Whole).is_some_and(|choice| choice == "imsi");
    is_imsi.then(|| text(facts, Field::MapRpDa, Part::Digits)).flatten()
}

fn is_business(facts: &Facts<'_>) -> bool {
    let says = |field, word| text(facts, field, Part::Whole).is_some_and(|value| value == word);
    says(Field::LabelsClass, "a2p") || ["otp", "alert", "promotional"].iter().any(|w| says(Field::LabelsUseCase, w))
}
