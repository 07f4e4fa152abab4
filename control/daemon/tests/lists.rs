//! Entries of lists, one at a time through the API, over pushes, refusals and restarts.

mod common;

use common::{Appliance, fake::FakeDataplane};
use sluice_api::Timestamp;
use sluice_api::audit::AuditQuery;
use sluice_api::client::{Client, ClientError};
use sluice_api::lists::{EntryChange, EntryPut, EntryQuery, ListInfo};
use sluice_api::policies::{Files, PolicyPush};
use sluice_api::problem::{Kind, Problem};

const NOW_S: u64 = 1_800_000_000;

/// A policy with a list of ten thousand numbers, with these lines behind them.
fn files(more: &str) -> Files {
    let policy = "name = \"x\"\n[list.own]\nkind = \"prefix\"\nfile = \"lists/own.txt\"\n\
                  [list.bad]\nkind = \"words\"\nentries = [\"prize\"]\n\
                  [[rule]]\nid = \"r\"\nlevel = 1\nwhen = 'sms.oa in list own'\naction = \"discard\"\n";
    let numbers: String = (0..10_000).map(|n| format!("99970{n:07}\n")).collect();
    Files::from([("policy.toml".into(), policy.into()), ("lists/own.txt".into(), numbers + more)])
}

fn push(client: &Client, files: Files) {
    client.push_policy(&PolicyPush { files, comment: String::new(), expected: None }).unwrap();
}

fn rig() -> (Appliance, FakeDataplane, common::Daemon, Client) {
    let appliance = Appliance::new();
    let fake = FakeDataplane::start(&appliance.path("run/dataplane.sock"));
    let daemon = appliance.start();
    let client = appliance.client();
    push(&client, files(""));
    (appliance, fake, daemon, client)
}

fn put(until: Option<u64>) -> EntryPut {
    let until = until.map(|s| Timestamp::from_ns(s * 1_000_000_000));
    EntryPut { until, note: "why".into() }
}

fn own(client: &Client) -> ListInfo {
    client.lists().unwrap().lists.into_iter().find(|l| l.name == "own").unwrap()
}

fn problem<T: std::fmt::Debug>(result: Result<T, ClientError>) -> Problem {
    match result.unwrap_err() {
        ClientError::Problem(problem) => *problem,
        other => panic!("{other}"),
    }
}

#[test]
fn an_entry_put_or_removed_is_in_force_at_once_with_the_same_policy() {
    let (_appliance, fake, _daemon, client) = rig();
    let has = |text, now_s| fake.list_has("own", text, now_s);
    assert!(has("999700009999", NOW_S) && !has("99980", NOW_S));
    let changed = client.put_entry("own", "99980", &put(None)).unwrap();
    assert_eq!((changed.version, changed.pending), (1, 1));
    client.put_entry("own", "99985-99987", &put(Some(NOW_S + 5))).unwrap();
    assert_eq!(client.remove_entry("own", "999700009999").unwrap().pending, 3);
    assert!(has("9998012", NOW_S) && has("99986", NOW_S) && !has("99986", NOW_S + 5) && !has("999700009999", NOW_S));
    assert_eq!(fake.version(), 1);

    let own = own(&client);
    assert_eq!((own.kind.as_str(), own.entries, own.pending, own.changeable), ("prefix", 10_000, 3, true));
    let page = client.list_entries("own", &EntryQuery::default()).unwrap();
    let pending: Vec<_> =
        page.entries.iter().map_while(|e| e.pending.as_ref().map(|p| (e.entry.as_str(), p.change))).collect();
    let expected =
        [("999700009999", EntryChange::Removed), ("99980", EntryChange::Put), ("99985-99987", EntryChange::Put)];
    assert_eq!(pending, expected);
    assert!(page.more && page.entries.len() == 100);
    let query = EntryQuery { prefix: Some("9997000099".into()), limit: Some(1000) };
    let page = client.list_entries("own", &query).unwrap();
    assert_eq!((page.entries.len(), page.more), (100, false), "99 of the files and the one removed");
}

#[test]
fn a_removed_entry_that_is_put_again_is_in_the_list() {
    let (_appliance, fake, _daemon, client) = rig();
    client.remove_entry("own", "999700000001").unwrap();
    assert!(!fake.list_has("own", "999700000001", NOW_S));
    assert_eq!(client.put_entry("own", "999700000001", &put(None)).unwrap().pending, 1);
    assert!(fake.list_has("own", "999700000001", NOW_S));
}

#[test]
fn what_is_pending_outlives_pushes_and_restarts_until_the_files_say_it() {
    let (appliance, fake, daemon, client) = rig();
    client.put_entry("own", "99980", &put(None)).unwrap();
    client.put_entry("own", "99981", &put(None)).unwrap();
    assert!(daemon.terminate().0.success());
    let _daemon = appliance.start();
    push(&client, files("99981\n"));
    assert_eq!(fake.version(), 2);
    assert!(fake.list_has("own", "99980", NOW_S), "told again for the new policy");
    let own = own(&client);
    assert_eq!((own.name.as_str(), own.entries, own.pending), ("own", 10_001, 1), "99981 stands in the files");
    client.rollback_policy().unwrap();
    assert_eq!(fake.version(), 1);
    assert!(fake.list_has("own", "99980", NOW_S), "told again for the policy before");
}

#[test]
fn a_change_that_the_dataplane_refuses_leaves_list_and_store_as_they_were() {
    let (_appliance, fake, _daemon, client) = rig();
    client.put_entry("own", "99980", &put(None)).unwrap();
    fake.refuse(true);
    assert_eq!(problem(client.remove_entry("own", "99980")).known_kind(), Some(Kind::PolicyRefused));
    assert_eq!(problem(client.put_entry("own", "99981", &put(None))).detail, "told to refuse");
    fake.refuse(false);
    assert!(fake.list_has("own", "99980", NOW_S) && !fake.list_has("own", "99981", NOW_S));
    assert_eq!(own(&client).pending, 1);
}

#[test]
fn entries_and_lists_that_cannot_be_changed_say_why() {
    let (_appliance, _fake, _daemon, client) = rig();
    let none = problem(client.put_entry("owm", "1", &put(None)));
    assert_eq!(none.known_kind(), Some(Kind::NotFound));
    assert!(none.detail.contains("did you mean `own`?"), "{none}");
    let words = problem(client.put_entry("bad", "lottery", &put(None)));
    assert_eq!(words.known_kind(), Some(Kind::RequestInvalid));
    assert!(words.detail.contains("push the policy"), "{words}");
    let number = problem(client.put_entry("own", "+999 70", &put(None)));
    assert!(number.detail.contains("write 99970"), "{number}");
    assert!(client.lists().unwrap().lists.iter().all(|l| l.pending == 0));
}

#[test]
fn every_change_is_audited_with_its_list_and_without_the_number() {
    let (_appliance, _fake, _daemon, client) = rig();
    client.put_entry("own", "99980", &put(None)).unwrap();
    client.remove_entry("own", "99980").unwrap();
    problem(client.put_entry("own", "", &put(None)));
    let rows = client.audit(AuditQuery::default()).unwrap().rows;
    let deeds: Vec<_> = rows.iter().map(|r| (r.what.as_str(), r.subject.as_str(), r.outcome.as_str())).collect();
    let subject = "own of policy 1";
    let expected = [
        ("list.remove", subject, "done"),
        ("list.remove", subject, "sent"),
        ("list.put", subject, "done"),
        ("list.put", subject, "sent"),
    ];
    let expected_from = deeds.iter().position(|d| *d == expected[0]).unwrap();
    assert_eq!(deeds[expected_from..expected_from + 4], expected);
    assert!(rows[..4].iter().all(|r| r.who.starts_with("uid:")));
}
