//! What is planned for machines, real and made up.

mod common;

use common::{Server, dl380, trees};
use proptest::prelude::*;
use sluice_platform::plan::{Line, Role};
use sluice_platform::{Machine, Plan, Root, Wanted};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

fn wanted(lines: Vec<Line>) -> Wanted {
    Wanted { lines, frames: 32_767, writer_on_sibling: false }
}

fn line(name: &str, cards: &[&str], queues: u16) -> Line {
    Line { name: name.to_owned(), cards: cards.iter().map(|card| (*card).to_owned()).collect(), queues }
}

fn plan(root: &Path, wanted: &Wanted) -> Plan {
    Plan::of(&Machine::read(&Root::new(root)).unwrap(), wanted).unwrap()
}

/// Compares with the file of this name; `SLUICE_BLESS=1` writes it.
fn agrees_with(name: &str, text: &str) {
    let file = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/plans").join(format!("{name}.txt"));
    if std::env::var_os("SLUICE_BLESS").is_some() {
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(&file, text).unwrap();
    }
    let written = std::fs::read_to_string(&file).unwrap_or_default();
    assert!(written == text, "{} differs; SLUICE_BLESS=1 writes this:\n{text}", file.display());
}

#[test]
fn a_server_with_a_card_at_each_socket_polls_each_card_from_its_own() {
    let folder = tempfile::tempdir().unwrap();
    let server = dl380(folder.path());
    server.interrupt(24, "0-63").interrupt(25, "0").interrupt(26, "33");
    let wires =
        vec![line("tap mirror", &["0000:d8:00.0"], 1), line("wire north", &["0000:12:00.0", "0000:12:00.1"], 2)];
    let plan = plan(folder.path(), &wanted(wires));
    let nodes: Vec<u32> = plan.poll.iter().map(|poll| poll.node).collect();
    assert_eq!(nodes, [1, 0, 0]);
    assert!(plan.warnings.iter().all(|warning| !warning.contains("socket")), "{:#?}", plan.warnings);
    agrees_with("dl380-gen10", &plan.to_string());
}

#[test]
fn a_wire_between_sockets_is_planned_and_warned_of() {
    let folder = tempfile::tempdir().unwrap();
    dl380(folder.path());
    let plan = plan(folder.path(), &wanted(vec![line("wire far", &["0000:12:00.0", "0000:d8:00.0"], 1)]));
    assert!(plan.warnings[0].contains("every frame crosses between sockets"), "{:#?}", plan.warnings);
    assert_eq!(plan.huge_pages.iter().map(|pages| pages.node).collect::<Vec<_>>(), [0, 1]);
    agrees_with("dl380-gen10-far", &plan.to_string());
}

#[test]
fn a_node_with_many_queues_has_the_frames_that_fill_their_rings() {
    let folder = tempfile::tempdir().unwrap();
    dl380(folder.path());
    let frames = |queues| {
        let lines =
            vec![line("wire north", &["0000:12:00.0", "0000:12:00.1"], queues), line("tap t", &["0000:d8:00.0"], 1)];
        plan(folder.path(), &wanted(lines)).frames
    };
    // Two ports, a ring of 1024 in each direction of a queue, and 2048 on their way.
    assert_eq!((frames(7), frames(8)), (32_767, 65_535));
}

#[test]
fn a_machine_with_one_core_shares_it_and_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let _server = Server { root: folder.path().to_owned(), sockets: 1, cores: 1, threads: 1 }.write();
    let plan = plan(folder.path(), &wanted(vec![line("wire w", &[], 2)]));
    assert_eq!((plan.poll.len(), plan.poll[0].cpu, plan.writer, plan.housekeeping), (1, 0, 0, 0));
    agrees_with("one-core", &plan.to_string());
}

#[test]
fn a_writer_asked_to_share_a_core_takes_the_second_thread_of_the_first() {
    let folder = tempfile::tempdir().unwrap();
    dl380(folder.path());
    let lines = vec![line("wire north", &["0000:12:00.0", "0000:12:00.1"], 1)];
    let plan = plan(folder.path(), &Wanted { writer_on_sibling: true, ..wanted(lines) });
    assert_eq!((plan.poll[0].cpu, plan.writer), (1, 33));
    assert_eq!(plan.cpus[&33], Role::Writer);
}

#[test]
fn a_card_that_is_not_there_is_refused_with_those_that_are() {
    let folder = tempfile::tempdir().unwrap();
    dl380(folder.path());
    let machine = Machine::read(&Root::new(folder.path())).unwrap();
    let refused = Plan::of(&machine, &wanted(vec![line("tap t", &["0000:99:00.0"], 1)])).unwrap_err().to_string();
    assert!(
        refused.starts_with("tap t: there is no network card 0000:99:00.0 in this machine; it has 0000:12:00.0,"),
        "{refused}"
    );
}

#[test]
fn a_plan_for_every_tree_is_the_one_written_down() {
    let folder = tempfile::tempdir().unwrap();
    for tree in trees(folder.path()) {
        let machine = Machine::read(&Root::new(&tree)).unwrap();
        let cards: Vec<&str> = machine.cards.iter().map(|card| card.address.as_str()).take(2).collect();
        let lines = vec![line("wire first", &cards, 2), line("tap last", &cards[cards.len().saturating_sub(1)..], 1)];
        let plan = Plan::of(&machine, &wanted(lines)).unwrap();
        agrees_with(tree.file_name().unwrap().to_str().unwrap(), &plan.to_string());
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn every_queue_has_a_core_and_no_core_but_the_only_one_is_the_systems(
        sockets in 1_u32..4, cores in 1_u32..6, threads in 1_u32..3, queues in prop::collection::vec(1_u16..5, 1..5), beside: bool,
    ) {
        let folder = tempfile::tempdir().unwrap();
        let server = Server { root: folder.path().to_owned(), sockets, cores, threads }.write();
        let mut lines = Vec::new();
        for (place, queues) in queues.iter().enumerate() {
            let address = format!("0000:{place:02x}:00.0");
            server.card(&address, place as u32 % sockets);
            lines.push(line(&format!("tap {place}"), &[&address], *queues));
        }
        let plan = plan(folder.path(), &Wanted { writer_on_sibling: beside, ..wanted(lines) });
        let served: Vec<&String> = plan.poll.iter().flat_map(|poll| &poll.serves).collect();
        prop_assert_eq!(served.len(), queues.iter().map(|queues| usize::from(*queues)).sum::<usize>());
        prop_assert_eq!(served.iter().collect::<BTreeSet<_>>().len(), served.len());
        // Queue n of all goes to core n, round and round: as the dataplane does it.
        let cpus: BTreeSet<u32> = plan.poll.iter().map(|poll| poll.cpu).collect();
        prop_assert_eq!(cpus.len(), plan.poll.len());
        prop_assert_eq!(cpus.contains(&0), sockets * cores == 1);
        prop_assert!(cpus.iter().all(|cpu| plan.cpus[cpu] == Role::Poll));
        prop_assert!(!plan.interrupts.iter().any(|cpu| cpus.contains(&cpu)) || sockets * cores == 1);
        // No two threads of a core poll, and none beside a poll core does anything, but the writer where that was asked for.
        let all = sockets * cores;
        for cpu in &cpus {
            for thread in 1..threads {
                let role = plan.cpus[&(cpu + thread * all)];
                let may = role == Role::Idle || (role == Role::Writer && beside) || all == 1;
                prop_assert!(may, "{:?} beside {}", role, cpu);
            }
        }
    }
}
