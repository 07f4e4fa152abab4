//! What a person sees of a capture: one line a message, deviations behind `!`, parts of long messages and their whole.

mod common;

use common::sluice;
use std::path::Path;

fn lines_of(capture: &str, arguments: &[&str]) -> Vec<String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/captures").join(capture);
    let output = sluice(&[&["decode", path.to_str().unwrap()], arguments].concat());
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap().lines().map(str::to_owned).collect()
}

#[test]
fn a_message_is_one_line_with_what_was_tolerated_before_its_text() {
    let lines = lines_of("evasion.pcap", &[]);
    assert_eq!(
        lines[0],
        "1767225603.000000000      12 invoke mt-ForwardSM                   9998150000001 → 001010000502373 \
         !ber_indefinite \"evasion test http://phish.example/x\""
    );
    let known = |name: &str| sluice_abi::fields::Path::parse(&format!("anomaly.{name}")).is_some();
    let mut named = 0;
    for word in lines.iter().flat_map(|line| line.split(' ')) {
        if let Some(name) = word.strip_prefix('!') {
            assert!(known(name), "{name} is no field");
            named += 1;
        }
    }
    assert!(named > 50);
}

#[test]
fn parts_of_a_long_message_are_numbered_and_the_last_shows_the_whole() {
    let lines = lines_of("features.pcap", &[]);
    let whole = lines.iter().find(|line| line.contains(" = \"")).expect("a long message whose parts all came");
    let (part, all) = whole.split_once(" = ").unwrap();
    let (before, text) = part.split_once(" \"").unwrap();
    let numbers = before.rsplit(' ').next().unwrap();
    let (part, parts) = numbers.split_once('/').unwrap();
    assert!(part.parse::<u8>().unwrap() <= parts.parse::<u8>().unwrap(), "{whole}");
    assert!(all.len() > text.len() && all.contains(text.trim_end_matches('"')), "{whole}");
}

#[test]
fn masked_lines_show_no_text_of_a_part_nor_of_the_whole() {
    let shown =
        |arguments| lines_of("features.pcap", arguments).iter().filter(|line| line.contains("brown fox")).count();
    assert!(shown(&[]) > 10);
    assert_eq!(shown(&["--masked"]), 0);
}
