//! Changed entries of lists in a running dataplane: other verdicts by the same policy, at once and after a restart.

use sluice_abi::command::{Code, Reply, Request};
use sluice_abi::{Action, Facts, Field};
use sluice_dataplane::housekeeping::{Housekeeping, last_policy};
use sluice_dataplane::policy::{LoadedPolicy, Policies, PolicySlot};
use sluice_dataplane::trace::Collector;
use sluice_io::ManualClock;
use sluice_policy::{Source, compile};
use sluice_rules::{Change, Judgement, ListKind, NoState, Purpose, changes, evaluate};
use sluice_shm::command::{Client, Server};
use sluice_shm::counters::{Block, CounterFile};
use sluice_shm::image::SealedImage;
use std::os::fd::AsFd;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// A policy that discards what senders of its list send.
fn policy(version: u64, senders: &str) -> Vec<u8> {
    let text = format!(
        "name = \"x\"\n[list.senders]\nentries = [{senders}]\n\
         [[rule]]\nid = \"r\"\nlevel = 1\nwhen = 'sms.oa in list senders'\naction = \"discard\"\n"
    );
    compile(&Source::from_files([("policy.toml".to_owned(), text)]).unwrap(), version).unwrap().image
}

fn changes_of(version: u64, entries: &[(&str, u64)]) -> Vec<u8> {
    let change = |&(entry, until_s): &(&str, u64)| Change {
        list: "senders".into(),
        kind: ListKind::Exact,
        entry: entry.into(),
        until_s,
    };
    changes::build(version, &entries.iter().map(change).collect::<Vec<_>>()).unwrap()
}

struct Rig {
    housekeeping: Housekeeping<ManualClock>,
    policies: Policies,
    slot: PolicySlot,
    block: Block,
    directory: tempfile::TempDir,
}

impl Rig {
    fn new() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let server = Server::bind(&directory.path().join("dataplane.sock")).unwrap();
        let (_, mut blocks) = CounterFile::create(&directory.path().join("counters"), &["housekeeping"]).unwrap();
        let last_policy = directory.path().join("policy.image");
        let housekeeping =
            Housekeeping { server, last_policy, clock: ManualClock::new(1), about: "\"pid\":1".to_owned() };
        let mut policies = Policies::default();
        let slot = policies.add_core();
        Self { housekeeping, policies, slot, block: blocks.pop().unwrap(), directory }
    }

    fn kept(&self) -> PathBuf {
        self.directory.path().join("policy.image")
    }

    /// Asks over the socket, while housekeeping and a poll core do their work.
    fn ask(&mut self, request: impl Fn(u64) -> Request + Send + Sync, octets: &[u8]) -> Reply {
        let socket = self.directory.path().join("dataplane.sock");
        let (stop, slot) = (AtomicBool::new(false), &mut self.slot);
        std::thread::scope(|scope| {
            let asking = scope.spawn(|| {
                let image = (!octets.is_empty()).then(|| SealedImage::new(octets, false).unwrap());
                let length = image.as_ref().map_or(0, SealedImage::length);
                let mut client = Client::connect(&socket, Duration::from_secs(20)).unwrap();
                client.ask(&request(length), image.as_ref().map(|i| i.as_fd())).unwrap()
            });
            scope.spawn(|| {
                while !stop.load(Ordering::Acquire) {
                    slot.take_new();
                    std::thread::yield_now();
                }
            });
            while !asking.is_finished() {
                self.housekeeping.serve(&mut self.policies, &mut Collector::default(), &mut self.block).unwrap();
            }
            stop.store(true, Ordering::Release);
            asking.join().unwrap()
        })
    }

    fn push(&mut self, version: u64, senders: &str) {
        let reply = self.ask(|length| Request::Push { version, length }, &policy(version, senders));
        assert_eq!(reply.code, Code::Done, "{}", reply.text);
    }

    fn change(&mut self, version: u64, changes: &[u8]) -> Reply {
        self.ask(|length| Request::Changes { version, length }, changes)
    }

    fn verdict(&self, sender: &str) -> Action {
        verdict(&self.slot.image().unwrap(), sender)
    }
}

fn verdict(image: &sluice_rules::Image<'_>, sender: &str) -> Action {
    let mut facts = Facts::new();
    facts.set_octets(Field::SmsOa, sender.as_bytes());
    facts.set(Field::TimeNs, 100 * 1_000_000_000);
    let mut judgement = Judgement::new();
    evaluate(image, &facts, Purpose::Live, &mut NoState, &mut judgement);
    judgement.action()
}

fn restarted(rig: &Rig) -> Arc<LoadedPolicy> {
    last_policy(&rig.kept()).unwrap().unwrap()
}

#[test]
fn a_changed_entry_changes_verdicts_of_the_same_policy_and_outlives_a_restart() {
    let mut rig = Rig::new();
    rig.push(1, "\"Bank\", \"Shop\"");
    assert_eq!((rig.verdict("Bank"), rig.verdict("Club")), (Action::Discard, Action::Pass));

    let reply = rig
        .change(1, &changes_of(1, &[("Bank", Change::REMOVED), ("Club", Change::STAYS), ("Old", 100), ("New", 101)]));
    assert_eq!((reply.code, reply.version), (Code::Done, 1), "{}", reply.text);
    let expected = [
        ("Bank", Action::Pass),
        ("Shop", Action::Discard),
        ("Club", Action::Discard),
        ("Old", Action::Pass),
        ("New", Action::Discard),
    ];
    let loaded = restarted(&rig);
    assert_eq!((loaded.version(), loaded.changed_entries()), (1, 4));
    for (sender, action) in expected {
        assert_eq!(rig.verdict(sender), action, "{sender}");
        assert_eq!(verdict(&loaded.image(), sender), action, "{sender} after a restart");
    }
    let status = rig.ask(|_| Request::Status, &[]);
    assert!(status.text.contains("\"list_changes\":4"), "{}", status.text);
}

#[test]
fn the_next_changes_replace_those_before_and_a_push_drops_them() {
    let mut rig = Rig::new();
    rig.push(1, "\"Bank\"");
    rig.change(1, &changes_of(1, &[("Club", Change::STAYS)]));
    rig.change(1, &changes_of(1, &[("Shop", Change::STAYS)]));
    assert_eq!((rig.verdict("Club"), rig.verdict("Shop")), (Action::Pass, Action::Discard));
    rig.push(2, "\"Bank\"");
    assert_eq!((rig.verdict("Bank"), rig.verdict("Shop")), (Action::Discard, Action::Pass));
    assert_eq!(restarted(&rig).changed_entries(), 0);
}

#[test]
fn changes_do_not_stand_between_a_policy_and_the_one_a_rollback_restores() {
    let mut rig = Rig::new();
    rig.push(1, "\"Bank\"");
    rig.push(2, "\"Shop\"");
    rig.change(2, &changes_of(2, &[("Club", Change::STAYS)]));
    let reply = rig.ask(|_| Request::Rollback, &[]);
    assert_eq!((reply.code, reply.version), (Code::Done, 1), "{}", reply.text);
    assert_eq!((rig.verdict("Bank"), rig.verdict("Club")), (Action::Discard, Action::Pass));
}

#[test]
fn changes_that_do_not_belong_to_the_policy_in_force_change_nothing() {
    let mut rig = Rig::new();
    let none = rig.change(1, &changes_of(1, &[("Club", Change::STAYS)]));
    assert!(none.code == Code::Refused && none.text.contains("no policy is in force"), "{}", none.text);
    rig.push(1, "\"Bank\"");
    let other = rig.change(2, &changes_of(2, &[("Club", Change::STAYS)]));
    assert!(other.code == Code::Refused && other.text.contains("policy 1 is in force, not 2"), "{}", other.text);
    let inside = rig.change(1, &changes_of(2, &[("Club", Change::STAYS)]));
    assert!(inside.code == Code::Refused && inside.text.contains("belong to policy 2"), "{}", inside.text);
    let damaged = rig.change(1, &policy(1, ""));
    assert!(damaged.code == Code::Refused && damaged.text.contains("begins otherwise"), "{}", damaged.text);
    assert_eq!((rig.verdict("Bank"), rig.verdict("Club")), (Action::Discard, Action::Pass));
}

#[test]
fn changes_on_disk_that_are_damaged_or_of_another_policy_do_not_keep_the_policy_from_being_taken_up() {
    let mut rig = Rig::new();
    rig.push(1, "\"Bank\"");
    for octets in [changes_of(9, &[("Club", Change::STAYS)]), b"damaged".to_vec()] {
        std::fs::write(rig.kept().with_extension("changes"), octets).unwrap();
        let loaded = restarted(&rig);
        assert_eq!((loaded.version(), loaded.changed_entries()), (1, 0));
    }
}
