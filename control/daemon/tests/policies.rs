//! Policies through the API, with a dataplane that can be told to refuse.

mod common;

use common::{Appliance, fake::FakeDataplane};
use sluice_api::audit::AuditQuery;
use sluice_api::client::{Client, ClientError};
use sluice_api::policies::{Files, PolicyPush, PolicyQuery, PolicyState};
use sluice_api::problem::{Kind, Problem};
use sluice_api::status::Agreement;
use std::fmt::Write as _;

fn files(name: &str) -> Files {
    let text = format!(
        "name = \"{name}\"\nscenarios = []\n[[rule]]\nid = \"ota\"\nlevel = 2\nwhen = 'sms.pid == 0x7F'\naction = \"discard\"\n"
    );
    Files::from([("policy.toml".to_owned(), text)])
}

fn broken() -> Files {
    let text =
        "name = \"x\"\nscenarios = []\n[[rule]]\nid = \"r\"\nlevel = 2\nwhen = 'sms.pdi == 1'\naction = \"discard\"\n";
    Files::from([("policy.toml".to_owned(), text.to_owned())])
}

fn push(client: &Client, files: Files, expected: Option<u64>) -> Result<u64, Problem> {
    match client.push_policy(&PolicyPush { files, comment: "why".into(), expected }) {
        Ok(pushed) => Ok(pushed.version),
        Err(ClientError::Problem(problem)) => Err(*problem),
        Err(other) => panic!("{other}"),
    }
}

fn rig() -> (Appliance, FakeDataplane, common::Daemon, Client) {
    let appliance = Appliance::new();
    let fake = FakeDataplane::start(&appliance.path("run/dataplane.sock"));
    let daemon = appliance.start();
    let client = appliance.client();
    (appliance, fake, daemon, client)
}

#[test]
fn a_pushed_policy_is_in_force_and_kept_with_its_files() {
    let (_appliance, fake, _daemon, client) = rig();
    assert_eq!(push(&client, files("first"), Some(0)), Ok(1));
    assert_eq!(push(&client, files("second"), Some(1)), Ok(2));
    assert_eq!(fake.version(), 2);
    assert!(!fake.image().is_empty());
    let current = client.current_policy().unwrap();
    assert_eq!((current.entry.version, current.in_force, current.files), (2, Some(true), files("second")));
    assert_eq!((current.entry.summary.name.as_str(), current.entry.comment.as_str()), ("second", "why"));
    assert!(client.diff_policies(1, 1).unwrap().same);
    assert!(!client.diff_policies(1, 2).unwrap().same);
    assert!(!client.diff_files(2, files("third")).unwrap().same);
    let list = client.policies(PolicyQuery::default()).unwrap();
    assert_eq!(list.policies.iter().map(|p| p.version).collect::<Vec<_>>(), [2, 1]);
    assert_eq!(client.status().unwrap().policy.agreement, Agreement::Same);
}

#[test]
fn a_list_of_three_million_entries_is_pushed_and_comes_back() {
    const ENTRIES: u32 = 3_000_000;
    let (_appliance, fake, _daemon, client) = rig();
    let text = "name = \"long\"\nscenarios = []\n[list.long]\nfile = \"long.txt\"\n\
                [[rule]]\nid = \"long\"\nlevel = 1\nwhen = 'sms.oa in list long'\naction = \"discard\"\n";
    let mut entries = String::with_capacity(13 * ENTRIES as usize);
    for n in 0..ENTRIES {
        writeln!(entries, "9997{n:08}").unwrap();
    }
    assert!(entries.len() > 32 << 20);
    let files = Files::from([("policy.toml".to_owned(), text.to_owned()), ("long.txt".to_owned(), entries)]);
    assert_eq!(push(&client, files.clone(), None), Ok(1));
    assert!(fake.list_has("long", "999702999999", 0) && !fake.list_has("long", "999703000000", 0));
    assert_eq!(client.lists().unwrap().lists[0].entries, u64::from(ENTRIES));
    assert!(client.policy(1).unwrap().files == files, "it comes back as it was");
}

#[test]
fn a_broken_policy_is_refused_with_its_place_and_the_old_one_stays() {
    let (_appliance, fake, _daemon, client) = rig();
    push(&client, files("first"), None).unwrap();
    let image = fake.image();
    let problem = push(&client, broken(), None).unwrap_err();
    assert_eq!(problem.known_kind(), Some(Kind::PolicyBroken));
    let found = &problem.diagnostics[0];
    assert_eq!((found.file.as_str(), found.line, found.column), ("policy.toml", 6, 9), "{found}");
    assert!(found.message.contains("sms.pdi"), "{found}");
    assert_eq!((fake.version(), fake.image()), (1, image));
    assert_eq!(client.policies(PolicyQuery::default()).unwrap().policies.len(), 1);
    assert!(
        matches!(client.check_policy(broken()), Err(ClientError::Problem(p)) if p.diagnostics == problem.diagnostics)
    );
    assert_eq!(client.check_policy(files("first")).unwrap().summary.name, "first");
}

#[test]
fn a_policy_the_dataplane_refuses_leaves_the_old_one_and_is_kept_as_refused() {
    let (_appliance, fake, _daemon, client) = rig();
    push(&client, files("first"), None).unwrap();
    fake.refuse(true);
    let problem = push(&client, files("second"), None).unwrap_err();
    assert_eq!((problem.known_kind(), problem.detail.as_str()), (Some(Kind::PolicyRefused), "told to refuse"));
    assert_eq!((fake.version(), client.current_policy().unwrap().entry.version), (1, 1));
    assert_eq!(client.policy(2).unwrap().entry.state, PolicyState::Refused);
    fake.refuse(false);
    assert_eq!(push(&client, files("second"), None), Ok(3), "a refused version is not used again");
}

#[test]
fn a_push_based_on_another_policy_than_the_one_in_force_does_nothing() {
    let (_appliance, fake, _daemon, client) = rig();
    push(&client, files("first"), None).unwrap();
    let problem = push(&client, files("second"), Some(0)).unwrap_err();
    assert_eq!((problem.known_kind(), fake.version()), (Some(Kind::PolicyChanged), 1));
    assert_eq!(client.policies(PolicyQuery::default()).unwrap().policies.len(), 1);
}

#[test]
fn without_a_dataplane_nothing_is_pushed_or_kept() {
    let appliance = Appliance::new();
    let _daemon = appliance.start();
    let client = appliance.client();
    let problem = push(&client, files("first"), None).unwrap_err();
    assert_eq!(problem.known_kind(), Some(Kind::DataplaneUnavailable));
    assert!(problem.detail.contains("sluice-dataplane") && problem.detail.contains("nothing has changed"), "{problem}");
    assert!(client.policies(PolicyQuery::default()).unwrap().policies.is_empty());
    // What is wrong with a policy can be said all the same.
    assert_eq!(push(&client, broken(), None).unwrap_err().known_kind(), Some(Kind::PolicyBroken));
}

#[test]
fn rollback_restores_the_policy_before_and_refuses_where_there_is_none() {
    let (_appliance, fake, _daemon, client) = rig();
    let refused = client.rollback_policy().unwrap_err();
    assert!(matches!(refused, ClientError::Problem(p) if p.known_kind() == Some(Kind::NothingToRestore)));
    push(&client, files("first"), None).unwrap();
    push(&client, files("second"), None).unwrap();
    let restored = client.rollback_policy().unwrap();
    assert_eq!((restored.version, restored.previous, fake.version()), (1, 2, 1));
    assert_eq!(client.status().unwrap().policy.agreement, Agreement::Earlier);
    assert_eq!(client.current_policy().unwrap().entry.version, 1);
    assert_eq!(push(&client, files("third"), Some(1)), Ok(3));
}

#[test]
fn versions_go_on_above_a_policy_somebody_else_put_in_force() {
    let (_appliance, fake, _daemon, client) = rig();
    fake.load(41);
    assert_eq!(client.status().unwrap().policy.agreement, Agreement::Foreign);
    assert_eq!(push(&client, files("first"), Some(41)), Ok(42));
}

#[test]
fn a_push_without_an_answer_is_settled_at_the_next_start() {
    let (appliance, fake, daemon, client) = rig();
    fake.die_on_push();
    let problem = push(&client, files("first"), None).unwrap_err();
    assert!(problem.detail.contains("the status will show"), "{problem}");
    assert_eq!(client.policy(1).unwrap().entry.state, PolicyState::Pending);
    assert!(daemon.terminate().0.success());
    drop(fake);
    let fake = FakeDataplane::start(&appliance.path("run/dataplane.sock"));
    fake.load(1);
    let _daemon = appliance.start();
    assert_eq!(client.policy(1).unwrap().entry.state, PolicyState::Taken);
    assert_eq!(client.status().unwrap().policy.agreement, Agreement::Same);
}

#[test]
fn every_attempt_is_in_the_audit_log_with_who_and_outcome() {
    let (_appliance, fake, _daemon, client) = rig();
    push(&client, files("first"), None).unwrap();
    push(&client, broken(), None).unwrap_err();
    fake.refuse(true);
    push(&client, files("second"), None).unwrap_err();
    let rows = client.audit(AuditQuery::default()).unwrap().rows;
    let deeds: Vec<_> = rows.iter().map(|r| (r.what.as_str(), r.subject.as_str(), r.outcome.as_str())).collect();
    assert_eq!(
        deeds[..5],
        [
            ("policy.push", "version 2", "refused: told to refuse"),
            ("policy.push", "version 2", "sent"),
            ("policy.push", "", "refused: The policy has errors; the one in force stays"),
            ("policy.push", "version 1", "done"),
            ("policy.push", "version 1", "sent"),
        ]
    );
    assert!(rows[..5].iter().all(|r| r.who.starts_with("uid:")));
    assert_eq!((rows[5].what.as_str(), rows[5].who.as_str()), ("daemon.start", "daemon"));
}
