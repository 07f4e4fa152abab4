//! Frames of a running dataplane, shown by the command line as they go by.

mod common;

use common::{Appliance, Process, capture, wait_for};
use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;
use sluice_abi::counters::Counter;
use sluice_policy::{Source, compile};
use sluice_shm::write_file_durably;
use std::process::{Command, Stdio};

const RULE: &str = "no-submissions";
const POLICY: &str = "name = \"traced\"\nscenarios = []\n[[rule]]\nid = \"no-submissions\"\nlevel = 3\n\
                      when = 'map.component == \"invoke\" and map.op == 46'\naction = \"discard\"\n";

/// A wire: a capture played again and again outside, and nothing but a drain inside.
fn appliance() -> Appliance {
    let sections = format!(
        "[[port]]\nname = \"outside\"\ndevice = \"net_pcap:rx_pcap={},infinite_rx=1\"\n\
         [[port]]\nname = \"inside\"\ndevice = \"net_null:no-rx=1\"\n\
         [[wire]]\nname = \"w\"\noutside = \"outside\"\ninside = \"inside\"\n",
        capture("demo.pcap").display()
    );
    let appliance = Appliance::new(&[0], &sections);
    let source = Source::from_files([("policy.toml".to_owned(), POLICY.to_owned())]).unwrap();
    let image = compile(&source, 1).unwrap().image;
    write_file_durably(&appliance.path("state/policy.image"), &image).unwrap();
    appliance
}

fn call(appliance: &Appliance, arguments: &[&str]) -> Command {
    let mut command = Command::new(common::program("sluice"));
    command.arg("--socket").arg(appliance.path("run/sluiced.sock")).args(["trace", "--live"]).args(arguments);
    command
}

fn shown(appliance: &Appliance, arguments: &[&str]) -> (String, String) {
    let output = call(appliance, arguments).output().unwrap();
    let [out, said] = [output.stdout, output.stderr].map(|text| String::from_utf8(text).unwrap());
    assert!(output.status.success(), "{arguments:?}: {said}");
    (out, said)
}

/// Waits until so many more messages were discarded.
fn discarded(appliance: &Appliance, more: u64) {
    let before = appliance.count(Counter::VerdictDiscard);
    wait_for("discarded messages", || appliance.count(Counter::VerdictDiscard) >= before + more);
}

#[test]
fn a_refused_message_is_shown_with_its_rule_and_both_frames_and_nothing_is_told_while_nobody_looks() {
    let appliance = appliance();
    let _dataplane = appliance.start_dataplane();
    let _daemon = appliance.start_daemon();
    discarded(&appliance, 100);
    assert_eq!(traced(&appliance), 0);

    let file = appliance.path("trace.pcapng");
    let file = file.to_str().unwrap();
    let (out, said) = shown(&appliance, &["--rule", RULE, "--limit", "3", "-o", file]);
    assert!(said.contains("3 of ") && said.contains("frames shown"), "{said}");
    for expected in [
        "verdict   discard by rule no-submissions of level 3, policy 1",
        "done      neutralised",
        "evidence  map.op = 46",
        "≠ tcap.type",
        "\"begin\"",
        "\"abort\"",
    ] {
        assert!(out.contains(expected), "{expected}:\n{out}");
    }
    assert!(std::fs::read(file).unwrap().len() > 1000, "frames before and after");

    let (out, _) = shown(&appliance, &["--rule", RULE, "--limit", "2", "--json", "--clear", "--hex"]);
    for line in out.lines().map(|line| serde_json::from_str::<Value>(line).unwrap()) {
        assert_eq!(
            (&line["became"], &line["judged"][0]["verdict"]["rule"]),
            (&"changed".into(), &RULE.into()),
            "{line}"
        );
        let hex = line["hex"].as_array().unwrap();
        assert!(hex.len() == 2 && hex[0] != hex[1], "{line}");
    }
    assert_eq!(out.lines().count(), 2);

    wait_until_it_ended(&appliance);
    let seen = traced(&appliance);
    assert!(seen >= 5, "{seen}");
    discarded(&appliance, 100);
    assert_eq!(traced(&appliance), seen, "it has ended");
    let audit = appliance.api().audit(Default::default()).unwrap().rows;
    let begun: Vec<_> = audit.iter().filter(|row| row.what == "trace.begin").collect();
    assert!(begun.len() == 2 && begun.iter().all(|row| row.subject.contains(RULE)), "{audit:?}");
}

/// Ctrl-C ends a trace in good order: the file is whole.
fn interrupted(appliance: &Appliance) {
    let file = appliance.path("interrupted.pcapng");
    let mut reader = None;
    wait_for("room for another", || {
        let mut command = call(appliance, &["--rule", RULE, "-o", file.to_str().unwrap()]);
        command.stdout(Stdio::null());
        let process = Process::start(command, "\n");
        let has_begun = process.said().contains("tracing");
        reader = has_begun.then_some(process);
        has_begun
    });
    let mut reader = reader.unwrap();
    let pid = Pid::from_raw(reader.pid().cast_signed()).unwrap();
    kill_process(pid, Signal::INT).unwrap();
    wait_for("its end", || !reader.is_running());
    wait_for("what it says at the end", || reader.said().contains("frames shown"));
    assert!(file.exists());
}

/// The dataplane finds out a moment after the reader has gone.
fn wait_until_it_ended(appliance: &Appliance) {
    let mut before = u64::MAX;
    wait_for("the end of the trace", || {
        discarded(appliance, 1000);
        let now = traced(appliance);
        std::mem::replace(&mut before, now) == now
    });
}

/// Frames that were told, or would have been.
fn traced(appliance: &Appliance) -> u64 {
    appliance.count(Counter::TracesTold) + appliance.count(Counter::TracesLeftOut)
}

#[test]
fn there_is_one_trace_at_a_time_and_it_ends_with_its_reader_and_after_its_time() {
    let appliance = appliance();
    let _dataplane = appliance.start_dataplane();
    let _daemon = appliance.start_daemon();
    let mut first = call(&appliance, &["--rule", "none-such", "--per-second", "10"]);
    first.stdout(Stdio::null());
    let first = Process::start(first, "tracing");
    wait_for("traces", || appliance.count(Counter::TracesTold) > 0);
    let second = call(&appliance, &["--for", "10s"]).output().unwrap();
    let said = String::from_utf8_lossy(&second.stderr);
    assert!(second.status.code() == Some(1) && said.contains("one trace at a time"), "{said}");
    first.kill();
    interrupted(&appliance);
    wait_for("room for another", || call(&appliance, &["--limit", "1"]).output().unwrap().status.success());
    wait_for("its end, after its time", || {
        let output =
            call(&appliance, &["--rule", "none-such", "--per-second", "1", "--for", "300ms"]).output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(!output.status.success() || said.contains("left out: "), "{said}");
        output.status.success()
    });
}
