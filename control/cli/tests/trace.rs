//! `sluice trace` shows what `sluice replay` does to frames, and writes it down for others to look at.

mod common;

use common::{lines, scratch, sluice};
use serde_json::Value;
use sluice_io::LinkType;
use sluice_io::capture::Reader;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

fn capture(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/captures").join(name);
    path.to_str().unwrap().to_owned()
}

/// A directory, and in it a policy of one rule for every request of these operations.
fn folder(name: &str, operation: u8, action: &str) -> (PathBuf, String) {
    let folder = scratch(&format!("trace-{name}"));
    let policy = folder.join("policy");
    std::fs::create_dir_all(&policy).unwrap();
    let rule = format!(
        "name = \"traced\"\nscenarios = []\n[[rule]]\nid = \"spam-words\"\nlevel = 3\n\
         when = 'map.component == \"invoke\" and map.op == {operation}'\n{action}\n"
    );
    std::fs::write(policy.join("policy.toml"), rule).unwrap();
    (folder, policy.to_str().unwrap().to_owned())
}

fn traced(capture: &str, policy: &str, more: &[&str]) -> String {
    let call = [&["trace", capture, "--policy", policy], more].concat();
    let output = sluice(&call);
    assert!(output.status.success(), "{more:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// Interface, time and octets of every frame.
fn frames(path: &Path) -> Vec<(u32, u64, Vec<u8>)> {
    let mut reader = Reader::open(path).unwrap();
    let mut frames = Vec::new();
    while let Some(frame) = reader.next().unwrap() {
        assert_eq!(frame.link_type, LinkType::ETHERNET);
        frames.push((frame.interface, frame.timestamp_ns, frame.octets.to_vec()));
    }
    frames
}

const DISCARD: &str = "action = \"discard\"";
const REJECT: &str = "action = \"reject\"\nerror = \"systemFailure\"";
const DELIVERY: u8 = 44;
const SUBMISSION: u8 = 46;

#[test]
fn the_frames_after_are_those_that_a_replay_forwards_instead_of_the_others() {
    for name in ["mix-11.pcap", "segments.pcap", "fragments.pcap", "m2pa.pcap", "sua.pcap"] {
        for action in [DISCARD, REJECT] {
            let (folder, policy) = folder("as-replayed", DELIVERY, action);
            let (out, file) = (folder.join("out"), folder.join("trace.pcapng"));
            let capture = capture(name);
            let out_text = out.to_str().unwrap();
            let replay = sluice(&["replay", &capture, "--policy", &policy, "--out", out_text, "--wire"]);
            assert!(replay.status.success(), "{}", String::from_utf8_lossy(&replay.stderr));
            traced(&capture, &policy, &["--changed", "-o", file.to_str().unwrap()]);

            // What was forwarded, less what came, by how often.
            let mut balance = BTreeMap::<(u64, Vec<u8>), i64>::new();
            let mut count = |frames: Vec<(u32, u64, Vec<u8>)>, by: i64| {
                for (_, time_ns, octets) in frames {
                    *balance.entry((time_ns, octets)).or_default() += by;
                }
            };
            count(frames(&out.join("out.pcap")), 1);
            count(frames(Path::new(&capture)), -1);
            let (after, before): (Vec<_>, Vec<_>) =
                frames(&file).into_iter().partition(|(interface, ..)| *interface == 1);
            assert!(after.len() > 10, "{name}, {action}: {}", after.len());
            assert_eq!(after.len(), before.len(), "{name}, {action}");
            count(after, -1);
            count(before, 1);
            let left: Vec<_> = balance.into_iter().filter(|(_, count)| *count != 0).collect();
            assert!(left.is_empty(), "{name}, {action}: {} frames differ", left.len());
        }
    }
}

#[test]
fn tshark_shows_which_side_a_frame_is_of_and_the_verdict_on_it_and_finds_no_fault() {
    let (folder, policy) = folder("tshark", SUBMISSION, DISCARD);
    let file = folder.join("trace.pcapng");
    traced(&capture("mix-11.pcap"), &policy, &["--rule", "spam-words", "-o", file.to_str().unwrap()]);
    let fields = ["frame.interface_name", "frame.comment", "_ws.malformed", "sctp.checksum.status"];
    let mut tshark = Command::new("tshark");
    tshark.arg("-r").arg(&file).args(["-o", "sctp.checksum:crc-32c", "-T", "fields"]);
    let Ok(output) = tshark.args(fields.iter().flat_map(|field| ["-e", field])).output() else {
        eprintln!("SKIPPED: tshark is not installed; comments were not looked at");
        return;
    };
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).unwrap();
    let rows: Vec<Vec<&str>> = text.lines().map(|line| line.split('\t').collect()).collect();
    assert!(rows.len() > 20 && rows.len().is_multiple_of(2), "{}", rows.len());
    for both in rows.chunks(2) {
        assert_eq!([both[0][0], both[1][0]], ["before", "after"]);
        assert_eq!(both[0][1], both[1][1]);
        assert!(both[0][1].contains("discard by rule spam-words: neutralised"), "{both:?}");
        assert_eq!(both[1][2..], ["", "1"], "{both:?}");
    }
}

#[test]
fn a_discarded_message_is_shown_beside_what_its_destination_gets() {
    let (_, policy) = folder("people", SUBMISSION, DISCARD);
    let told = traced(&capture("mix-11.pcap"), &policy, &["--limit", "1", "--changed"]);
    for expected in [
        "invoke mo-ForwardSM",
        "  verdict   discard by rule spam-words of level 3, policy 1\n",
        "  done      neutralised: its destination is given an abort",
        "  evidence  map.op = 46\n",
        "  ≠ tcap.type",
        "\"begin\"",
        "\"abort\"",
        "    sctp.tsn",
    ] {
        assert!(told.contains(expected), "{expected}:\n{told}");
    }
    assert!(!told.contains('\x1b'), "no colour where there is no terminal");
    // The line with the names of the columns, and under it the two sides of each field.
    let at = |line: &str, what: &str| line.find(what).map(|octets| line[..octets].chars().count());
    let column = told.lines().find_map(|line| at(line, "  after")).unwrap() + 2;
    let kind = told.lines().find(|line| line.contains("tcap.type")).unwrap();
    assert_eq!(at(kind, "\"abort\""), Some(column), "{told}");
}

#[test]
fn numbers_and_texts_are_masked_unless_they_are_asked_for() {
    let (_, policy) = folder("masked", SUBMISSION, DISCARD);
    let number = "999700300001";
    let shown = |more: &[&str]| traced(&capture("mix-11.pcap"), &policy, more).contains(number);
    assert!(shown(&["--clear"]) && shown(&["--unmask"]) && shown(&["--json", "--clear"]));
    assert!(!shown(&[]) && !shown(&["--json"]));
    let hex = sluice(&["trace", &capture("mix-11.pcap"), "--policy", &policy, "--hex"]);
    assert_eq!(hex.status.code(), Some(2), "octets have numbers in them");
}

#[test]
fn octets_stand_beside_each_other_and_those_that_differ_are_marked() {
    let (_, policy) = folder("hex", SUBMISSION, DISCARD);
    let told = traced(&capture("mix-11.pcap"), &policy, &["--limit", "1", "--changed", "--clear", "--hex"]);
    let first = told.lines().find(|line| line.starts_with("  0000  ")).unwrap();
    // Addresses and type of Ethernet, then version and length of IPv4.
    assert!(first.contains("08 00 45 00 | "), "{first}");
    let second = told.lines().find(|line| line.starts_with("  0010  ")).unwrap();
    let (before, after) = second.split_once("| ").unwrap();
    assert!(before.contains('*') && after.contains('*'), "the length of the packet is another: {second}");
}

#[test]
fn filters_show_the_messages_that_meet_all_of_them() {
    let (_, policy) = folder("filters", SUBMISSION, DISCARD);
    let capture = capture("mix-11.pcap");
    let trace = |more: &[&str]| {
        let call = [&["trace", &capture, "--policy", &policy, "--json", "--clear"], more].concat();
        lines(&call)
    };
    let all = trace(&[]);
    let verdicts = |lines: &[Value], action: &str| {
        lines
            .iter()
            .filter(|l| l["judged"].as_array().unwrap().iter().any(|m| m["verdict"]["action"] == action))
            .count()
    };
    let (discarded, passed) = (verdicts(&all, "discard"), verdicts(&all, "pass"));
    assert!(discarded > 10 && passed > 10);
    for wanted in [["--action", "discard"], ["--rule", "spam-words"]] {
        let some = trace(&wanted);
        let pieces = some.iter().filter(|line| line["comment"].as_str().unwrap().contains("a piece of")).count();
        assert_eq!((verdicts(&some, "discard"), some.len()), (discarded, discarded + pieces));
    }
    assert_eq!(trace(&["--rule", "spam"]).len(), 0);
    assert_eq!(trace(&["--limit", "7"]).len(), 7);
    let submission = all.iter().find(|l| l["became"] == "changed").unwrap();
    let message = &submission["judged"][0];
    let title = message["sccp"]["cgpa"]["gt"].as_str().unwrap();
    let sender = message["map"]["sm_rp_oa"]["digits"].as_str().unwrap();
    for (filter, number) in [("--gt", title), ("--msisdn", sender), ("--msisdn", &format!("+{sender}"))] {
        let some = trace(&[filter, number, "--rule", "spam-words"]);
        assert!(!some.is_empty() && verdicts(&some, "discard") <= discarded, "{filter} {number}");
        for line in some.iter().filter(|line| line["judged"] != Value::Array(vec![])) {
            assert!(line["judged"].to_string().contains(number.trim_start_matches('+')), "{filter} {number}: {line}");
        }
    }
    assert_eq!(trace(&["--imsi", sender]).len(), 0);
}

#[test]
fn with_a_refused_request_comes_the_answer_to_it_and_with_a_message_its_other_pieces() {
    let (_, policy) = folder("answers", DELIVERY, REJECT);
    let by_rule = |name: &str| {
        let capture = capture(name);
        lines(&["trace", &capture, "--policy", &policy, "--json", "--rule", "spam-words"])
    };
    let comments = |lines: &[Value], said: &str| {
        let all = lines.iter().map(|line| line["comment"].as_str().unwrap().to_owned());
        all.filter(|comment| comment.contains(said)).collect::<Vec<_>>()
    };
    let shown = by_rule("mix-11.pcap");
    let bounced = comments(&shown, "reject with error 34 by rule spam-words: bounced");
    let answers = comments(&shown, ": answer to frame ");
    assert!(bounced.len() > 10 && answers.len() > 10, "{} {}", bounced.len(), answers.len());
    for line in shown.iter().filter(|line| line["comment"].as_str().unwrap().contains(": answer to frame ")) {
        assert!(line["after"].to_string().contains("returnError"), "{line}");
    }
    let pieces = comments(&by_rule("segments.pcap"), "a piece of the message of frame ");
    assert!(pieces.len() > 10, "{}", pieces.len());
}

#[test]
fn a_trace_that_cannot_be_made_leaves_no_file() {
    let (folder, policy) = folder("refused", SUBMISSION, DISCARD);
    let file = folder.join("trace.pcapng");
    let nothing = folder.join("nothing.pcap");
    std::fs::write(&nothing, "this is no capture").unwrap();
    let call = ["trace", nothing.to_str().unwrap(), "--policy", &policy, "-o", file.to_str().unwrap()];
    assert_eq!(sluice(&call).status.code(), Some(1));
    let names: Vec<_> = std::fs::read_dir(&folder).unwrap().map(|e| e.unwrap().file_name()).collect();
    assert_eq!(names.len(), 2, "{names:?}");
}

#[test]
fn a_live_trace_takes_no_capture_and_says_which_daemon_is_missing() {
    let capture = capture("mix-11.pcap");
    let calls: [&[&str]; 4] = [
        &["trace", &capture, "--live"],
        &["trace", "--live", "--policy", "here"],
        &["trace", &capture, "--policy", "here", "--for", "1s"],
        &["trace"],
    ];
    for call in calls {
        assert_eq!(sluice(call).status.code(), Some(2), "{call:?}");
    }
    let socket = scratch("trace-live").join("none.sock");
    let output = sluice(&["trace", "--live", "--socket", socket.to_str().unwrap()]);
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.code() == Some(1) && said.contains("no control daemon at"), "{said}");
}
