//! Policies that one proposes and another one approves.

mod common;

use common::fake::FakeDataplane;
use common::secure::{Browser, Rig};
use sluice_api::audit::AuditQuery;
use sluice_api::policies::PolicyQuery;
use sluice_api::proposals::{Proposal, ProposalQuery, ProposalState};

fn body(name: &str) -> String {
    let text = format!(
        "name = \"{name}\"\nscenarios = []\n[[rule]]\nid = \"ota\"\nlevel = 2\nwhen = 'sms.pid == 0x7F'\naction = \"discard\"\n"
    );
    serde_json::json!({ "files": { "policy.toml": text }, "comment": "why" }).to_string()
}

fn rig() -> (Rig, FakeDataplane) {
    let rig = Rig::with("four_eyes = true");
    let fake = FakeDataplane::start(&rig.appliance.path("run/dataplane.sock"));
    for (name, role) in [("author", "rule_author"), ("boss", "approver"), ("looker", "viewer")] {
        rig.account(name, role);
    }
    (rig, fake)
}

fn propose(author: &Browser<'_>, name: &str) -> Proposal {
    let answer = author.change("POST", "/api/v1/proposals", &body(name));
    assert_eq!(answer.status, 200, "{answer:?}");
    serde_json::from_str(&answer.body).unwrap()
}

fn approve(by: &Browser<'_>, id: u64) -> common::secure::Answer {
    by.change("POST", &format!("/api/v1/proposals/{id}/approve"), "")
}

#[test]
fn a_policy_is_taken_into_force_by_two_people() {
    let (rig, fake) = rig();
    let [author, boss] = ["author", "boss"].map(|name| rig.browser(name));
    assert_eq!(author.change("POST", "/api/v1/policies", &body("alone")).problem(), "four-eyes");
    assert_eq!(boss.change("POST", "/api/v1/policies", &body("alone")).problem(), "permission-missing");
    let proposal = propose(&author, "first");
    assert_eq!(
        (proposal.id, proposal.state, proposal.base, proposal.who.as_str()),
        (1, ProposalState::Open, 0, "author")
    );
    assert_eq!(fake.version(), 0);
    assert_eq!(approve(&author, 1).problem(), "permission-missing");
    assert_eq!(approve(&boss, 1).status, 200);
    assert_eq!(fake.version(), 1);
    assert_eq!(approve(&boss, 1).problem(), "proposal-decided");

    let client = rig.appliance.client();
    let found = client.proposals(ProposalQuery::default()).unwrap().proposals.remove(0);
    assert_eq!(
        (found.state, found.decided_by.as_deref(), found.version),
        (ProposalState::Approved, Some("boss"), Some(1))
    );
    let kept = client.policies(PolicyQuery::default()).unwrap().policies.remove(0);
    assert_eq!((kept.who.as_str(), kept.comment.as_str()), ("author, approved by boss", "why"));
    let rows = client.audit(AuditQuery { limit: Some(20), ..AuditQuery::default() }).unwrap().rows;
    let said = |who: &str, what: &str, outcome: &str| {
        rows.iter().any(|row| row.who == who && row.what == what && row.outcome.starts_with(outcome))
    };
    assert!(said("author", "policy.push", "refused: Nobody takes a policy into force alone"));
    assert!(said("author", "policy.propose", "done") && said("boss", "policy.push", "done"));
    assert!(said("boss", "policy.approve", "done: version 1") && said("boss", "policy.approve", "refused"));
}

#[test]
fn nobody_approves_their_own_and_no_token_approves_anything() {
    let (rig, fake) = rig();
    // At the machine everybody may everything, but this.
    let client = rig.appliance.client();
    let own = sluice_api::proposals::Propose {
        files: serde_json::from_str::<serde_json::Value>(&body("x"))
            .map(|b| serde_json::from_value(b["files"].clone()).unwrap())
            .unwrap(),
        comment: String::new(),
    };
    let id = client.propose(&own).unwrap().id;
    assert!(client.approve(id, false).unwrap_err().to_string().contains("somebody else has to look at it"));
    let program = rig.client(&rig.authority, &rig.token("robot", "administrator"));
    assert!(program.approve(id, true).unwrap_err().to_string().contains("a person has to look"));
    assert_eq!(fake.version(), 0);
    assert_eq!(approve(&rig.browser("boss"), id).status, 200);
}

#[test]
fn a_proposal_only_takes_the_place_of_the_version_it_was_made_for() {
    let (rig, fake) = rig();
    let [author, boss] = ["author", "boss"].map(|name| rig.browser(name));
    let [one, two] = ["one", "two"].map(|name| propose(&author, name).id);
    assert_eq!(approve(&boss, two).status, 200);
    assert_eq!(approve(&boss, one).problem(), "policy-changed");
    assert_eq!(fake.version(), 1);
    assert_eq!(propose(&author, "one again").base, 1);
}

#[test]
fn a_proposal_is_rejected_or_taken_back_and_its_files_go() {
    let (rig, fake) = rig();
    let [author, boss, looker] = ["author", "boss", "looker"].map(|name| rig.browser(name));
    let [one, two] = ["one", "two"].map(|name| propose(&author, name).id);
    let reject = |by: &Browser<'_>, id: u64| by.change("DELETE", &format!("/api/v1/proposals/{id}"), "");
    assert_eq!(reject(&looker, one).problem(), "permission-missing");
    assert_eq!(reject(&boss, one).status, 204);
    assert_eq!(reject(&author, two).status, 204);
    assert_eq!(reject(&author, two).problem(), "proposal-decided");
    assert_eq!(approve(&boss, one).problem(), "proposal-decided");
    assert_eq!(approve(&boss, 99).problem(), "not-found");
    assert!(rig.appliance.client().proposal(one).unwrap().files.is_empty());
    assert_eq!(fake.version(), 0);
}

#[test]
fn a_broken_policy_is_not_proposed_and_one_the_dataplane_refuses_stays_open() {
    let (rig, fake) = rig();
    let [author, boss] = ["author", "boss"].map(|name| rig.browser(name));
    let broken = r#"{"files":{"policy.toml":"name = 1"}}"#;
    assert_eq!(author.change("POST", "/api/v1/proposals", broken).problem(), "policy-broken");
    let id = propose(&author, "refused").id;
    fake.refuse(true);
    assert_eq!(approve(&boss, id).problem(), "policy-refused");
    let client = rig.appliance.client();
    assert_eq!(client.proposal(id).unwrap().proposal.state, ProposalState::Open);
    fake.refuse(false);
    assert_eq!(approve(&boss, id).status, 200);
}
