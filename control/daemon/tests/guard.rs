//! What a push does to traffic: the guard before it, the watch after it, and what shadow would have done.

mod common;

use common::fake::FakeDataplane;
use common::{Appliance, messages};
use sluice_abi::record::{self, RECORD_OCTETS_MAX};
use sluice_abi::{Field, LogLevel};
use sluice_api::Timestamp;
use sluice_api::audit::AuditQuery;
use sluice_api::backtest::{Effect, ShadowQuery};
use sluice_api::client::{Client, ClientError};
use sluice_api::lists::EntryPut;
use sluice_api::policies::{Files, PolicyPush};
use sluice_api::problem::Kind;
use sluice_api::status::WatchState;
use sluice_shm::journal::{Config, Writer};

/// A policy with one rule on senders.
fn policy(sender: &str, mode: &str) -> PolicyPush {
    let text = format!(
        "name = \"x\"\nscenarios = []\n\n[[rule]]\nid = \"sender\"\nlevel = 2\nmode = \"{mode}\"\n\
         when = 'sms.oa == \"{sender}\"'\naction = \"discard\"\n"
    );
    PolicyPush { files: Files::from([("policy.toml".to_owned(), text)]), comment: String::new(), expected: None }
}

fn kind(error: ClientError) -> (Option<Kind>, String) {
    match error {
        ClientError::Problem(problem) => (problem.known_kind(), problem.detail),
        other => panic!("{other}"),
    }
}

fn outcomes(client: &Client) -> Vec<(String, String)> {
    let rows = client.audit(AuditQuery::default()).unwrap().rows;
    rows.into_iter().map(|row| (row.what, row.outcome)).collect()
}

#[test]
fn a_push_that_moves_more_traffic_than_may_be_is_refused_until_it_is_confirmed() {
    let appliance = Appliance::new();
    let fake = FakeDataplane::start(&appliance.path("run/dataplane.sock"));
    let _daemon = appliance.start();
    let client = appliance.client();
    client.push_policy(&policy("15550199", "enforce")).unwrap();
    appliance.journal().write(200);
    assert_eq!(appliance.follow(0, 200).len(), 200);
    // Every tenth message is of this sender.
    let (kind_of, detail) = kind(client.push_policy(&policy("15550103", "enforce")).unwrap_err());
    assert_eq!((kind_of, fake.version()), (Some(Kind::PolicyMovesTraffic), 1));
    assert!(detail.contains("20 of 200 messages (10.00 %) get another verdict: 20 are newly blocked"), "{detail}");
    assert!(detail.contains("1 % allowed") && detail.contains("sender (20 newly blocked, 0 not any more)"), "{detail}");
    let refused = &outcomes(&client)[0];
    assert!(
        refused.0 == "policy.push" && refused.1.starts_with("refused: The policy would change more"),
        "{refused:?}"
    );
    let report = client.backtest_policy(policy("15550103", "enforce").files).unwrap();
    let expected = Effect { blocked_now: 20, changed: 20, newly_blocked: 20, ..Effect::default() };
    assert_eq!((report.messages, report.effect), (200, expected));
    assert!(!serde_json::to_string(&report).unwrap().contains("15550103"), "examples are masked");
    // In shadow it changes nothing; confirmed it is meant.
    assert_eq!(client.push_policy(&policy("15550103", "shadow")).unwrap().version, 2);
    assert_eq!(client.push_policy_confirmed(&policy("15550103", "enforce")).unwrap().version, 3);
    assert_eq!(outcomes(&client)[1], ("policy.push".to_owned(), "sent, confirmed".to_owned()));
}

#[test]
fn the_share_allowed_is_the_operators_to_say() {
    let appliance = Appliance::with("push = { max_changed_share = 0.1 }");
    let _fake = FakeDataplane::start(&appliance.path("run/dataplane.sock"));
    let _daemon = appliance.start();
    let client = appliance.client();
    client.push_policy(&policy("15550199", "enforce")).unwrap();
    appliance.journal().write(200);
    assert_eq!(appliance.follow(0, 200).len(), 200);
    assert_eq!(client.push_policy(&policy("15550103", "enforce")).unwrap().version, 2);
}

/// Writes messages of which every second is blocked, judged by a version, and with what shadow said of one sender.
fn write(appliance: &Appliance, count: u64, version: u64) {
    let config = Config { segment_octets: 1 << 20, ..Config::default() };
    let mut writer = Writer::open(&appliance.path("state/journal"), config).unwrap();
    for _ in 0..count {
        let mut facts = messages::message(writer.next_sequence());
        facts.set(Field::VerdictPolicy, version);
        if facts.octets(Field::SmsOa) == Some(b"15550104") {
            facts.set_octets(Field::VerdictShadow, b"sender");
        }
        let mut octets = [0; RECORD_OCTETS_MAX];
        let len = record::encode(&facts, LogLevel::Full, &mut octets).unwrap();
        writer.append(&octets[..len]).unwrap();
    }
    writer.sync().unwrap();
}

#[test]
fn a_policy_that_blocks_more_than_it_may_is_taken_back_by_itself() {
    let appliance = Appliance::with("rollback = { messages_min = 50 }");
    let fake = FakeDataplane::start(&appliance.path("run/dataplane.sock"));
    let mut daemon = appliance.start();
    let client = appliance.client();
    client.push_policy(&policy("15550198", "enforce")).unwrap();
    client.push_policy(&policy("15550199", "enforce")).unwrap();
    assert_eq!(client.status().unwrap().policy.watch.unwrap().state, WatchState::Watching);
    write(&appliance, 100, 2);
    let line = daemon.wait_for("rollback of");
    assert!(line.contains("version 2 to 1: done: 50.0 % of 100 messages blocked, at most 20 % allowed"), "{line}");
    let status = client.status().unwrap();
    let watch = status.policy.watch.unwrap();
    assert_eq!((status.policy.in_force, watch.version, watch.state), (Some(1), 2, WatchState::RolledBack));
    assert_eq!((watch.messages, watch.blocked, fake.version()), (100, 50, 1));
    let (what, outcome) = &outcomes(&client)[0];
    assert!(what == "policy.rollback" && outcome.contains("50.0 %"), "{what} {outcome}");
}

#[test]
fn a_daemon_started_again_goes_on_watching() {
    let appliance = Appliance::with("rollback = { messages_min = 50 }");
    let fake = FakeDataplane::start(&appliance.path("run/dataplane.sock"));
    let daemon = appliance.start();
    let client = appliance.client();
    client.push_policy(&policy("15550198", "enforce")).unwrap();
    client.push_policy(&policy("15550199", "enforce")).unwrap();
    let before = client.status().unwrap().policy.watch;
    daemon.kill();
    let mut daemon = appliance.start();
    assert_eq!(client.status().unwrap().policy.watch, before);
    write(&appliance, 100, 2);
    assert!(daemon.wait_for("rollback of").contains("version 2 to 1: done: 50.0 % of 100 messages blocked"));
    assert_eq!(fake.version(), 1);
    assert!(daemon.terminate().0.success());
    let _daemon = appliance.start();
    assert_eq!(client.status().unwrap().policy.watch, None, "it has ended");
}

#[test]
fn a_daemon_started_again_leaves_a_policy_alone_that_is_not_in_force_any_more() {
    let appliance = Appliance::new();
    let fake = FakeDataplane::start(&appliance.path("run/dataplane.sock"));
    let daemon = appliance.start();
    let client = appliance.client();
    client.push_policy(&policy("15550198", "enforce")).unwrap();
    daemon.kill();
    fake.load(7);
    let daemon = appliance.start();
    assert!(daemon.lines.contains("policy 1 is not watched any more"), "{}", daemon.lines);
    assert_eq!(client.status().unwrap().policy.watch, None);
}

/// A policy with one rule on a list.
fn listed(entries: &str) -> PolicyPush {
    let text = format!(
        "name = \"x\"\nscenarios = []\n\n[list.bad]\nentries = [{entries}]\n\n[[rule]]\nid = \"listed\"\nlevel = 1\n\
         when = 'sms.oa in list bad'\naction = \"discard\"\n"
    );
    PolicyPush { files: Files::from([("policy.toml".to_owned(), text)]), comment: String::new(), expected: None }
}

#[test]
fn entries_put_one_at_a_time_are_in_force_before_and_after_a_push() {
    let appliance = Appliance::new();
    let _fake = FakeDataplane::start(&appliance.path("run/dataplane.sock"));
    let _daemon = appliance.start();
    let client = appliance.client();
    client.push_policy(&listed("\"15550199\"")).unwrap();
    appliance.journal().write(200);
    assert_eq!(appliance.follow(0, 200).len(), 200);
    let put = EntryPut { until: None, note: String::new() };
    client.put_entry("bad", "15550103", &put).unwrap();
    let report = client.backtest_policy(listed("\"15550199\"").files).unwrap();
    assert_eq!((report.effect.blocked_before, report.effect.blocked_now, report.effect.changed), (20, 20, 0));
    // Files that say the same move nothing; those that say of another sender what nobody put do.
    assert_eq!(client.push_policy(&listed("\"15550199\", \"15550103\"")).unwrap().version, 2);
    let refused = kind(client.push_policy(&listed("\"15550104\"")).unwrap_err());
    assert_eq!(refused.0, Some(Kind::PolicyMovesTraffic));
}

#[test]
fn a_policy_that_cannot_be_taken_back_is_said_to_stay() {
    let appliance = Appliance::with("rollback = { messages_min = 50 }");
    let fake = FakeDataplane::start(&appliance.path("run/dataplane.sock"));
    let mut daemon = appliance.start();
    let client = appliance.client();
    client.push_policy(&policy("15550199", "enforce")).unwrap();
    write(&appliance, 100, 1);
    assert!(daemon.wait_for("rollback of").contains("refused: nothing before it"));
    assert_eq!((client.status().unwrap().policy.watch.unwrap().state, fake.version()), (WatchState::Failed, 1));
}

#[test]
fn the_report_on_shadow_counts_what_the_journal_says_and_asks_offline_rules() {
    let appliance = Appliance::with("rollback = { enabled = false }");
    let _fake = FakeDataplane::start(&appliance.path("run/dataplane.sock"));
    let _daemon = appliance.start();
    let client = appliance.client();
    let mut push = policy("15550104", "shadow");
    let offline = "\n[[rule]]\nid = \"later\"\nlevel = 3\nmode = \"offline\"\nwhen = 'sms.oa == \"15550106\"'\naction = \"discard\"\n";
    push.files.values_mut().for_each(|text| text.push_str(offline));
    client.push_policy(&push).unwrap();
    write(&appliance, 100, 1);
    assert_eq!(appliance.follow(0, 100).len(), 100);
    let report = client.shadow(ShadowQuery { since: Some(Timestamp::from_ns(0)), examples: Some(2) }).unwrap();
    let rules: Vec<_> =
        report.rules.iter().map(|r| (r.rule.as_str(), r.matched_now, r.newly_blocked, r.examples.len())).collect();
    assert_eq!(rules, [("later", 10, 10, 2), ("sender", 10, 10, 2)]);
    assert_eq!((report.messages, report.effect.newly_blocked, report.effect.blocked_before), (100, 20, 50));
    assert_eq!(client.shadow(ShadowQuery::default()).unwrap().messages, 0, "all of it is of 1970");
}
