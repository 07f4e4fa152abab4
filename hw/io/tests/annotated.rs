//! A pcapng file with comments, read back by us and by tshark.

use std::fs;
use std::path::Path;
use std::process::Command;

use proptest::prelude::*;
use sluice_io::LinkType;
use sluice_io::capture::{AnnotatedWriter, Reader};

/// Interface, time and octets of every frame.
fn read(path: &Path) -> Vec<(u32, LinkType, u64, Vec<u8>)> {
    let mut reader = Reader::open(path).unwrap();
    let mut rows = Vec::new();
    while let Some(frame) = reader.next().unwrap() {
        assert_eq!(frame.original_octets as usize, frame.octets.len());
        rows.push((frame.interface, frame.link_type, frame.timestamp_ns, frame.octets.to_vec()));
    }
    rows
}

#[test]
fn frames_come_back_with_their_interface_time_and_octets() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("trace.pcapng");
    let mut writer = AnnotatedWriter::create(&path, "a test").unwrap();
    let before = writer.interface("before", LinkType::ETHERNET).unwrap();
    writer.write(before, 1_767_225_600_123_456_789, b"came", "discard by rule spam-words").unwrap();
    let after = writer.interface("after", LinkType::RAW_IP).unwrap();
    writer.write(after, 7, b"went", "").unwrap();
    writer.write(before, 8, b"", "é").unwrap();
    assert!(!path.exists(), "not before it is whole");
    writer.finish().unwrap();
    let expected = [
        (0, LinkType::ETHERNET, 1_767_225_600_123_456_789, b"came".to_vec()),
        (1, LinkType::RAW_IP, 7, b"went".to_vec()),
        (0, LinkType::ETHERNET, 8, Vec::new()),
    ];
    assert_eq!(read(&path), expected);
}

#[test]
fn a_file_dropped_before_it_is_finished_leaves_nothing() {
    let folder = tempfile::tempdir().unwrap();
    drop(AnnotatedWriter::create(folder.path().join("trace.pcapng"), "a test").unwrap());
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[test]
fn a_comment_too_long_for_an_option_is_cut_at_a_character() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("long.pcapng");
    let mut writer = AnnotatedWriter::create(&path, "a test").unwrap();
    let interface = writer.interface("before", LinkType::ETHERNET).unwrap();
    writer.write(interface, 1, b"frame", &"é".repeat(40_000)).unwrap();
    writer.finish().unwrap();
    assert_eq!(read(&path).len(), 1);
    let text = fs::read(&path).unwrap();
    assert_eq!(text.windows(2).filter(|two| *two == "é".as_bytes()).count(), usize::from(u16::MAX) / 2);
}

#[test]
fn tshark_shows_comments_interfaces_and_times() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("trace.pcapng");
    let mut writer = AnnotatedWriter::create(&path, "a test").unwrap();
    let before = writer.interface("before", LinkType::ETHERNET).unwrap();
    let after = writer.interface("after", LinkType::ETHERNET).unwrap();
    writer.write(before, 1_000_000_001, &[0; 61], "frame 1: discard by rule spam-words: neutralised").unwrap();
    writer.write(after, 2_000_000_000, &[0; 64], "").unwrap();
    writer.finish().unwrap();
    let fields = ["frame.interface_name", "frame.time_epoch", "frame.len", "frame.comment"];
    let mut tshark = Command::new("tshark");
    tshark.arg("-r").arg(&path).args(["-T", "fields"]).args(fields.iter().flat_map(|field| ["-e", field]));
    let Ok(output) = tshark.output() else {
        eprintln!("SKIPPED: tshark is not installed; comments were not looked at");
        return;
    };
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let expected = "before\t1.000000001\t61\tframe 1: discard by rule spam-words: neutralised\n\
                    after\t2.000000000\t64\t\n";
    assert_eq!(String::from_utf8(output.stdout).unwrap(), expected);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]
    #[test]
    fn any_octets_and_any_comment_come_back(frames in prop::collection::vec((any::<u64>(), prop::collection::vec(any::<u8>(), 0..99), ".{0,9}"), 0..9)) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("any.pcapng");
        let mut writer = AnnotatedWriter::create(&path, "a test").unwrap();
        let interface = writer.interface("before", LinkType::ETHERNET).unwrap();
        for (time, octets, comment) in &frames {
            writer.write(interface, *time, octets, comment).unwrap();
        }
        writer.finish().unwrap();
        let came: Vec<_> = read(&path).into_iter().map(|(_, _, time, octets)| (time, octets)).collect();
        let went: Vec<_> = frames.into_iter().map(|(time, octets, _)| (time, octets)).collect();
        prop_assert_eq!(came, went);
    }
}
