//! Every broken policy under `tests/broken` is refused with exactly the text beside it. `SLUICE_BLESS=1` writes the
//! texts anew.

use sluice_policy::{Diagnostics, Severity, Source, compile};
use std::path::PathBuf;

fn cases() -> Vec<PathBuf> {
    let directory = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/broken");
    let mut cases: Vec<PathBuf> = directory.read_dir().unwrap().map(|e| e.unwrap().path()).collect();
    cases.sort();
    assert!(cases.len() >= 12);
    cases
}

fn refusal(case: &std::path::Path) -> (Source, Diagnostics) {
    let source = Source::from_dir(&case.join("policy")).unwrap();
    let diagnostics = compile(&source, 1).expect_err("no image of a broken policy");
    (source, diagnostics)
}

#[test]
fn every_broken_policy_is_refused_in_the_expected_words() {
    let bless = std::env::var_os("SLUICE_BLESS").is_some();
    for case in cases() {
        let (source, diagnostics) = refusal(&case);
        let text = diagnostics.render(&source, false);
        let expected = case.join("expected.txt");
        if bless {
            std::fs::write(&expected, &text).unwrap();
        }
        let expected = std::fs::read_to_string(&expected).unwrap_or_default();
        assert_eq!(text, expected, "{}", case.display());
    }
}

#[test]
fn every_diagnostic_points_into_a_file_of_its_policy() {
    for case in cases() {
        let (source, diagnostics) = refusal(&case);
        assert!(diagnostics.has_errors());
        for d in diagnostics.iter() {
            let text = source.file(&d.place.file).unwrap();
            assert!(text.get(d.place.range.clone()).is_some(), "{}: {d:?}", case.display());
            let line = text.lines().nth(d.place.line - 1).unwrap_or("");
            assert!(d.place.column <= line.chars().count() + 1, "{}: {d:?}", case.display());
            assert!(d.severity == Severity::Warning || !d.expected.is_empty(), "{d:?}");
        }
    }
}

#[test]
fn colour_changes_nothing_but_the_colour() {
    let (source, diagnostics) = refusal(&cases()[0]);
    let coloured = diagnostics.render(&source, true);
    assert!(coloured.contains('\u{1b}'));
    let mut plain = String::new();
    let mut rest = coloured.as_str();
    while let Some((before, after)) = rest.split_once("\u{1b}[") {
        plain.push_str(before);
        rest = after.split_once('m').unwrap().1;
    }
    plain.push_str(rest);
    assert_eq!(plain, diagnostics.render(&source, false));
}

#[test]
fn only_so_many_are_kept_and_the_rest_is_counted() {
    let rules = "[[rule]]\nid = \"r\"\n".repeat(40);
    let source = Source::from_files([("policy.toml".to_owned(), format!("name = \"x\"\n{rules}"))]).unwrap();
    let diagnostics = compile(&source, 1).unwrap_err();
    assert_eq!(diagnostics.iter().count(), sluice_policy::DIAGNOSTICS_MAX);
    assert!(diagnostics.omitted() > 0 && diagnostics.to_string().ends_with("more\n"));
}
