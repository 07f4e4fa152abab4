//! `sluice init` as a person calls it: whole or not at all.

mod common;

use common::{scratch, sluice};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Without a terminal, as in a script.
fn init(arguments: &[&str]) -> (Option<i32>, String, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_sluice"));
    let output = command.arg("init").args(arguments).stdin(Stdio::null()).output().unwrap();
    let read = |octets: Vec<u8>| String::from_utf8(octets).unwrap();
    (output.status.code(), read(output.stdout), read(output.stderr))
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = folder.read_dir().unwrap().map(|e| e.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

#[test]
fn the_starter_policy_is_written_whole_and_is_good() {
    let folder = scratch("init-yes").join("deep/policy");
    let (code, out, said) = init(&[text(&folder), "--yes"]);
    assert_eq!(code, Some(0), "{said}");
    assert!(
        out.contains("compiles") && out.contains("name, country, mcc_mnc, numbers") && !out.contains('\x1b'),
        "{out}"
    );
    let starter = Path::new(env!("CARGO_MANIFEST_DIR")).join("../policy/starter");
    for file in files(&starter) {
        let inner = file.strip_prefix(&starter).unwrap();
        if inner != Path::new("network.toml") {
            assert_eq!(std::fs::read(folder.join(inner)).ok(), std::fs::read(&file).ok(), "{}", inner.display());
        }
    }
    assert!(std::fs::read_to_string(folder.join("network.toml")).unwrap().contains("\nmcc_mnc = [\"00101\"]"));
    assert!(sluice(&["policy", "check", text(&folder)]).status.success());
    let beside: Vec<_> = folder.parent().unwrap().read_dir().unwrap().map(|e| e.unwrap().file_name()).collect();
    assert_eq!(beside, ["policy"], "nothing is left beside it");
}

#[test]
fn options_say_everything_and_nothing_is_assumed() {
    let folder = scratch("init-options").join("policy");
    let (code, out, said) = init(&[
        text(&folder),
        "--network-name=Home",
        "--country=zz",
        "--mcc-mnc=99901,99902",
        "--numbers=99971",
        "--partner=One,gts=99981/99982,agreement=hub",
        "--partner=Two,country=XX,gts=99983,permits=ota",
    ]);
    assert_eq!((code, said.as_str()), (Some(0), ""), "{out}");
    assert!(!out.contains("demonstration"), "{out}");
    let network: toml::Table = std::fs::read_to_string(folder.join("network.toml")).unwrap().parse().unwrap();
    let home = network["home"].as_table().unwrap();
    assert_eq!((home["country"].as_str(), home["gts"][0].as_str()), (Some("ZZ"), Some("99971")));
    assert!(!home.contains_key("smscs"));
    assert_eq!(network["partner"][0]["gts"].as_array().map(Vec::len), Some(2));
    assert_eq!(network["partner"][1]["agreement"].as_str(), Some("p2p"));
}

#[test]
fn what_is_missing_or_wrong_is_said_and_nothing_is_written() {
    let root = scratch("init-wrong");
    let folder = root.join("policy");
    for (more, expected) in [
        (&[][..], "no option says --network-name, --country, --mcc-mnc, --numbers, --gts"),
        (&["--yes", "--numbers=+99970"], "--numbers: `+99970` cannot be among the numbers"),
        (&["--yes", "--partner=X,gt=1"], "--partner: `gt` means nothing here"),
        (&["--yes", "--country=Zed"], "--country: `Zed` is no country"),
        (&["--yes", "--country=AY"], "there is no country `AY`"),
        (&["--yes", "--partner=X,country=XX,gts=99970"], "nothing was written"),
    ] {
        let (code, _, said) = init(&[&[text(&folder)], more].concat());
        assert_eq!(code, Some(1));
        assert!(said.contains(expected), "{said}");
        assert_eq!(root.read_dir().unwrap().count(), 0);
    }
}

#[test]
fn what_is_there_is_never_overwritten() {
    let folder = scratch("init-there");
    std::fs::write(folder.join("policy.toml"), "mine").unwrap();
    let (code, _, said) = init(&[text(&folder), "--yes"]);
    assert_eq!(code, Some(1));
    assert!(said.contains("already there"), "{said}");
    assert_eq!(files(&folder).len(), 1);
    let empty = scratch("init-empty");
    assert_eq!(init(&[text(&empty), "--yes"]).0, Some(0));
    assert!(empty.join("policy.toml").is_file());
}
