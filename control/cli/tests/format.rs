//! `sluice policy fmt` and `sluice policy schema` as a person calls them.

mod common;

use common::{scratch, sluice};
use std::io::Write;
use std::path::Path;
use std::process::{Command, Output, Stdio};

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

fn fmt(arguments: &[&str]) -> (Option<i32>, String, String) {
    let output = sluice(&[&["policy", "fmt"], arguments].concat());
    told(&output)
}

fn told(output: &Output) -> (Option<i32>, String, String) {
    let read = |octets: &[u8]| String::from_utf8(octets.to_vec()).unwrap();
    (output.status.code(), read(&output.stdout), read(&output.stderr))
}

fn piped(arguments: &[&str], input: &str) -> (Option<i32>, String, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_sluice"));
    let command = command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    told(&child.wait_with_output().unwrap())
}

const UGLY: &str = "name=\"x\"\ninclude=[ \"rules/*.toml\" ]\n[list.gts]\nfile=\"lists/gts.txt\"\n";

fn policy(name: &str) -> std::path::PathBuf {
    let folder = scratch(&format!("format-{name}"));
    for (path, text) in [
        ("policy.toml", UGLY),
        ("rules/1.toml", "[[rule]]\nid = \"r\"\nlevel = 1\nwhen = \"sccp.cgpa.gt  in list gts\"\naction = \"pass\"\n"),
        ("lists/gts.txt", "  99970\n99971 # two\n"),
        ("notes.txt", "  not   ; a=list\n\n\n\n"),
    ] {
        let path = folder.join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    folder
}

#[test]
fn a_directory_is_laid_out_once_and_other_texts_in_it_are_left_alone() {
    let folder = policy("directory");
    let names = |found: &str| found.lines().map(|l| l.rsplit('/').next().unwrap().to_owned()).collect::<Vec<_>>();
    let (code, listed, said) = fmt(&[text(&folder), "--check"]);
    assert_eq!((code, names(&listed)), (Some(1), vec!["gts.txt".into(), "policy.toml".into(), "1.toml".into()]));
    assert_eq!(said, "error: 3 of 3 files would change: `sluice policy fmt` changes them\n");
    assert_eq!(std::fs::read_to_string(folder.join("policy.toml")).unwrap(), UGLY, "--check changes nothing");
    let (code, changed, said) = fmt(&[text(&folder)]);
    assert_eq!((code, changed, said.as_str()), (Some(0), listed, ""));
    let read = |name: &str| std::fs::read_to_string(folder.join(name)).unwrap();
    assert_eq!(read("lists/gts.txt"), "99970\n99971 # two\n");
    assert!(read("policy.toml").starts_with("name = \"x\"\ninclude = [\"rules/*.toml\"]\n\n[list.gts]\n"));
    assert!(read("rules/1.toml").contains("when = \"sccp.cgpa.gt in list gts\"\n"));
    assert_eq!(read("notes.txt"), "  not   ; a=list\n\n\n\n");
    assert_eq!(fmt(&[text(&folder), "--check"]), (Some(0), String::new(), String::new()));
    let here: Vec<_> = folder.read_dir().unwrap().map(|e| e.unwrap().file_name()).collect();
    assert_eq!(here.len(), 4, "nothing is left beside the files: {here:?}");
}

#[test]
fn what_cannot_be_read_is_shown_and_left_alone_while_the_rest_is_laid_out() {
    let folder = policy("broken");
    let broken = "[[rule]]\nwhen = \"sccp.cgpa.gt in list\"\n";
    std::fs::write(folder.join("rules/1.toml"), broken).unwrap();
    let (code, changed, said) = fmt(&[text(&folder)]);
    assert_eq!((code, changed.lines().count()), (Some(1), 2));
    assert!(said.contains("1.toml:2:29") && said.contains("expected the name of a list"), "{said}");
    assert!(said.ends_with("error: 1 of 3 files cannot be read and was left alone\n"), "{said}");
    assert_eq!(std::fs::read_to_string(folder.join("rules/1.toml")).unwrap(), broken);
}

#[test]
fn standard_input_goes_to_standard_output() {
    let (code, out, _) = piped(&["policy", "fmt", "-"], "[[rule]]\nwhen='a==1&&b'\n");
    assert_eq!((code, out.as_str()), (Some(0), "[[rule]]\nwhen = \"a == 1 and b\"\n"));
    assert_eq!(piped(&["policy", "fmt", "-", "--check"], &out).0, Some(0));
    assert_eq!(piped(&["policy", "fmt", "-", "--check"], "a=1").0, Some(1));
    let (code, out, said) = piped(&["policy", "fmt", "-"], "a = \n");
    assert_eq!((code, out.as_str()), (Some(1), ""));
    assert!(said.contains(":1:") && said.contains("standard input cannot be read"), "{said}");
}

#[test]
fn a_directory_without_a_policy_is_not_searched_for_files() {
    let folder = scratch("format-none");
    std::fs::write(folder.join("Cargo.toml"), "a=1").unwrap();
    let (code, _, said) = fmt(&[text(&folder)]);
    assert_eq!(code, Some(1));
    assert!(said.contains("not the directory of a policy"), "{said}");
    assert_eq!(std::fs::read_to_string(folder.join("Cargo.toml")).unwrap(), "a=1");
}

#[test]
fn the_schema_printed_is_the_one_checked_in() {
    let checked_in = Path::new(env!("CARGO_MANIFEST_DIR")).join("../policy/policy.schema.json");
    let printed = String::from_utf8(sluice(&["policy", "schema"]).stdout).unwrap();
    assert_eq!(printed, std::fs::read_to_string(checked_in).unwrap());
}
