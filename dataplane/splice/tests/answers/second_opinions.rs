//! What others make of the messages that are written: tshark, and the ASN.1 of the standards in pycrate. Each test says so
//! where its program is not installed.

use crate::refusals::{ANSWERS, all, asked, made, refusals_of};
use crate::samples::{Dialogue, Sample, components, in_every_envelope, ppid_of};
use sluice_splice::Way;
use sluice_splice::refusal::{bounce, in_place, legal_errors, neutral};
use sluice_wire::sctp::checksum;
use sluice_wire::tcap::Message;
use std::fmt::Write as _;
use std::io::Write as _;
use std::process::{Command, Stdio};

/// Everything that can become of a message: which way it goes, and its octets.
fn everything_made(dialogue: &Dialogue) -> Vec<(Way, Vec<u8>)> {
    let message = Message::parse(&dialogue.tcap).unwrap();
    let mut made_of_it = Vec::new();
    made_of_it
        .extend(made(dialogue, |request, out| Some(neutral(Some(request.message), 9, out))).map(|it| (Way::On, it)));
    for answer in ANSWERS {
        made_of_it.extend(made(dialogue, |request, out| in_place(request, answer, out)).map(|it| (Way::On, it)));
    }
    let Some(bounced) = made(dialogue, bounce) else { return made_of_it };
    for answer in ANSWERS {
        let asked = asked(dialogue, answer).unwrap();
        for refusal in refusals_of(&bounced) {
            let reply = Message::parse(&refusal).unwrap();
            let told = made(dialogue, |_, out| asked.answered(&reply, &components(&reply), out));
            made_of_it.extend(told.map(|it| (Way::Back, it)));
        }
        made_of_it.extend(made(dialogue, |_, out| Some(asked.ended(out))).map(|it| (Way::Back, it)));
    }
    assert!(message.otid.is_some());
    made_of_it.push((Way::On, bounced));
    made_of_it
}

#[test]
fn tshark_finds_no_fault_with_any_message_in_any_envelope() {
    let mut pcap = Capture::new();
    for (nth, dialogue) in all().iter().enumerate() {
        let read = dialogue.sample.read().unwrap();
        let mut envelopes = in_every_envelope(&read.sccp);
        envelopes.push(dialogue.sample.clone());
        for (at, (way, tcap)) in everything_made(dialogue).into_iter().enumerate() {
            // One envelope for each, so that all of them come often.
            pcap.add(&rewritten(&envelopes[(nth + at) % envelopes.len()], way, &tcap));
        }
    }
    for dialogue in crate::samples::dialogues("sua.pcap").iter().step_by(3) {
        for (way, tcap) in everything_made(dialogue) {
            pcap.add(&rewritten(&dialogue.sample, way, &tcap));
        }
        let mut out = vec![0; 512];
        let len = dialogue.sample.envelope(|envelope| envelope.write_returned(1, &mut out)).unwrap();
        pcap.add(&Sample { carrier: dialogue.sample.carrier, octets: out[..len].to_vec() });
    }
    let frames = pcap.frames;
    assert!(frames > 5_000, "{frames}");
    let Some(dissected) = pcap.dissected("sctp") else { return };
    assert_eq!(dissected.lines().count(), frames as usize);
    // It takes only what known subsystems are given for TCAP.
    let unread = pcap.dissected("!tcap && sccp.ssn && !(sccp.ssn in {0, 254})");
    assert_eq!(unread.as_deref(), Some(""), "frames in which tshark sees no TCAP");
    let faults = "_ws.malformed || _ws.expert.severity == error || sctp.checksum.status == Bad";
    assert_eq!(pcap.dissected(faults).as_deref(), Some(""), "frames that tshark finds fault with");
}

fn rewritten(sample: &Sample, way: Way, tcap: &[u8]) -> Sample {
    let mut out = vec![0; 4400];
    let len = sample.envelope(|envelope| envelope.write(way, tcap, &mut out)).unwrap();
    Sample { carrier: sample.carrier, octets: out[..len].to_vec() }
}

/// A capture of SCTP over IPv4 without link layer.
struct Capture {
    octets: Vec<u8>,
    frames: u32,
}

impl Capture {
    fn new() -> Self {
        let head = [0xA1B2_C3D4_u32, 0x0004_0002, 0, 0, 65_535, 101].map(u32::to_le_bytes);
        Self { octets: head.concat(), frames: 0 }
    }

    fn add(&mut self, sample: &Sample) {
        self.frames += 1;
        let number = self.frames.to_be_bytes();
        let mut sctp = [&[0x0B, 0x59, 0x0B, 0x59, 0, 0, 0, 7, 0, 0, 0, 0, 0, 3][..]].concat();
        sctp.extend((16 + sample.octets.len() as u16).to_be_bytes());
        sctp.extend(
            [&number[..], &[0, 1], &number[2..], &ppid_of(sample.carrier).to_be_bytes(), &sample.octets].concat(),
        );
        sctp.resize(sctp.len().next_multiple_of(4), 0);
        let sum = checksum(&sctp).unwrap();
        sctp[8..12].copy_from_slice(&sum.to_be_bytes());
        let len = 20 + sctp.len() as u16;
        let ip = [&[0x45, 0][..], &len.to_be_bytes(), &[0, 0, 0, 0, 64, 132, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2]].concat();
        for word in [self.frames, 0, u32::from(len), u32::from(len)] {
            self.octets.extend(word.to_le_bytes());
        }
        self.octets.extend([ip, sctp].concat());
    }

    /// What tshark says of the frames for which a filter holds; none where there is no tshark.
    fn dissected(&self, filter: &str) -> Option<String> {
        let options = ["-o", "sctp.checksum:TRUE", "-Y", filter, "-T", "fields"];
        let fields = ["-e", "frame.number", "-e", "_ws.expert.message"];
        spoken("tshark", &[&["-r", "-"][..], &options, &fields].concat(), &self.octets)
    }
}

#[test]
fn the_asn_1_of_the_standards_reads_every_message_and_has_the_same_errors() {
    let mut lines = String::new();
    // Of many that are alike: it reads some thousand messages in ten seconds.
    for dialogue in all().iter().step_by(4) {
        for (_, tcap) in everything_made(dialogue) {
            tcap.iter().for_each(|octet| write!(lines, "{octet:02x}").unwrap());
            lines.push('\n');
        }
    }
    for (operation, version) in (0..127).flat_map(|operation| [2, 3].map(|version| (operation, version))) {
        let codes: Vec<_> = legal_errors(operation, version).iter().map(u8::to_string).collect();
        writeln!(lines, "error {version} {operation} {}", codes.join(" ")).unwrap();
    }
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/answers/decode.py");
    if let Some(said) = spoken("python3", &[script], lines.as_bytes()) {
        assert_eq!(said, "done\n");
    }
}

/// What a program says to its input; none where it or what it needs is not installed.
fn spoken(program: &str, arguments: &[&str], input: &[u8]) -> Option<String> {
    let child = Command::new(program).args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn();
    let missing = |_| eprintln!("SKIPPED: {program} is not installed, nobody gave a second opinion");
    let mut child = child.map_err(missing).ok()?;
    let mut stdin = child.stdin.take().unwrap();
    let output = std::thread::scope(|scope| {
        // It may end without reading all.
        scope.spawn(move || stdin.write_all(input).is_ok());
        child.wait_with_output().unwrap()
    });
    if output.status.code() == Some(NOT_INSTALLED) {
        missing(std::io::ErrorKind::NotFound.into());
        return None;
    }
    assert!(output.status.success(), "{program}: {}", output.status);
    Some(String::from_utf8(output.stdout).unwrap())
}

/// How a script says that what it needs is not there.
const NOT_INSTALLED: i32 = 77;
