//! The list of what the image is made of (`hw/image/sbom.py`), from a root made up here. That it is CycloneDX is asked
//! of the validator its makers publish, which `scripts/setup --test` installs.

use serde_json::Value;
use sluice_tests::metadata::top;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

const STATUS: &str = "\
Package: libbone2
Status: install ok installed
Maintainer: A. Person <person@example.com>
Architecture: amd64
Source: bone (2:1.0-3)
Version: 2:1.0-3+b1
Provides: libbone (= 2)
Description: bones
 Package: not-one

Package: skeleton
Status: install ok installed
Maintainer: A. Person <person@example.com>
Architecture: all
Version: 7~rc1
Depends: libmarrow | libbone (>= 1),
 missing-here

Package: gone
Status: deinstall ok config-files
Maintainer: A. Person <person@example.com>
Architecture: all
Version: 1

Package: sluice
Status: install ok installed
Maintainer: Sluice maintainers <maintainers@sluice.invalid>
Architecture: amd64
Version: 0.1.0-1
Pre-Depends: skeleton
";
const COPYRIGHT: &str = "\
Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/

Files: *
License: GPL-2+

Files: a
License: Expat

Files: b
License: GPL-2+ or Artistic

License: Expat
 License: not one, but a line of a text.
";
const TREE: &str = "\
0|sluice v0.1.0 (/somewhere/control/cli)|Apache-2.0|
1|first v1.2.3|MIT/Apache-2.0|https://example.com/first
2|second v0.2.0-rc.1+c|Apache-2.0 WITH LLVM-exception OR MIT|
1|second v0.2.0-rc.1+c|Apache-2.0 WITH LLVM-exception OR MIT| (*)

0|sluiced v0.1.0 (/somewhere/control/daemon)|Apache-2.0|
";
const LOCK: &str = "\
[[package]]
name = \"first\"
version = \"1.2.3\"
checksum = \"00000000000000000000000000000000000000000000000000000000000000ff\"
";

/// A root made up, and what was made of it.
struct Made {
    folder: tempfile::TempDir,
    output: Output,
}

impl Made {
    fn of(status: &str, tree: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let put = |path: &str, text: &str| {
            let path = folder.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        };
        put("root/var/lib/dpkg/status", status);
        put("root/usr/share/doc/skeleton/copyright", COPYRIGHT);
        put("root/usr/share/doc/libbone2/copyright", "It is free.\nLicense: see elsewhere\n");
        put("tree", tree);
        put("Cargo.lock", LOCK);
        let output = Command::new("python3")
            .arg(top().canonicalize().unwrap().join("hw/image/sbom.py"))
            .args("root --crates tree --lock Cargo.lock --version 1 --sbom sbom.json --manifest manifest".split(' '))
            .current_dir(folder.path())
            .env("SOURCE_DATE_EPOCH", "1000000000")
            .output()
            .unwrap();
        Self { folder, output }
    }

    fn text(&self, name: &str) -> String {
        fs::read_to_string(self.folder.path().join(name))
            .unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&self.output.stderr)))
    }

    fn bom(&self) -> Value {
        serde_json::from_str(&self.text("sbom.json")).unwrap()
    }
}

fn component(bom: &Value, reference: &str) -> Value {
    let components = bom["components"].as_array().unwrap();
    components.iter().find(|c| c["bom-ref"] == reference).unwrap_or_else(|| panic!("no {reference}")).clone()
}

fn needs(bom: &Value, reference: &str) -> Value {
    let graph = bom["dependencies"].as_array().unwrap();
    graph.iter().find(|d| d["ref"] == reference).map_or(Value::Null, |d| d["dependsOn"].clone())
}

const BONE: &str = "pkg:deb/debian/libbone2@2%3A1.0-3%2Bb1?arch=amd64&distro=debian-12";
const SKELETON: &str = "pkg:deb/debian/skeleton@7~rc1?arch=all&distro=debian-12";

#[test]
fn lists_the_installed_packages_and_none_that_is_gone() {
    let made = Made::of(STATUS, TREE);
    assert_eq!(made.text("manifest"), "libbone2=2:1.0-3+b1\nskeleton=7~rc1\nsluice=0.1.0-1\n");
    let bom = made.bom();
    assert_eq!(bom["components"].as_array().unwrap().len(), 3 + 4);
    assert_eq!(component(&bom, BONE)["properties"][0]["value"], "bone=2:1.0-3");
    assert_eq!(component(&bom, SKELETON)["properties"][0]["value"], "skeleton=7~rc1");
    assert_eq!(bom["metadata"]["timestamp"], "2001-09-09T01:46:40Z");
}

#[test]
fn says_what_needs_what_by_the_package_that_is_there() {
    let bom = Made::of(STATUS, TREE).bom();
    assert_eq!(needs(&bom, SKELETON), serde_json::json!([BONE]));
    assert_eq!(needs(&bom, "pkg:deb/sluice/sluice@0.1.0-1?arch=amd64"), serde_json::json!([SKELETON]));
    let crates = ["pkg:cargo/first@1.2.3", "pkg:cargo/second@0.2.0-rc.1+c"];
    assert_eq!(needs(&bom, "pkg:cargo/sluice@0.1.0"), serde_json::json!(crates));
    assert_eq!(needs(&bom, crates[0]), serde_json::json!(crates[1..]));
    assert_eq!(needs(&bom, "pkg:cargo/sluiced@0.1.0"), Value::Null);
}

#[test]
fn says_a_licence_only_where_a_machine_can_read_it() {
    let bom = Made::of(STATUS, TREE).bom();
    let skeleton = serde_json::json!([
        { "license": { "id": "GPL-2.0-or-later" } },
        { "license": { "id": "MIT" } },
        { "license": { "name": "GPL-2+ or Artistic" } },
    ]);
    assert_eq!(component(&bom, SKELETON)["licenses"], skeleton);
    assert_eq!(component(&bom, BONE)["licenses"], Value::Null);
    let first = component(&bom, "pkg:cargo/first@1.2.3");
    assert_eq!(first["licenses"][0]["expression"], "MIT OR Apache-2.0");
    assert_eq!(first["hashes"][0]["content"], "00000000000000000000000000000000000000000000000000000000000000ff");
}

#[test]
fn the_same_root_gives_the_same_octets_and_another_version_another_serial_number() {
    let made = Made::of(STATUS, TREE);
    assert_eq!(made.text("sbom.json"), Made::of(STATUS, TREE).text("sbom.json"));
    let newer = Made::of(&STATUS.replace("7~rc1", "7"), TREE);
    assert_ne!(made.bom()["serialNumber"], newer.bom()["serialNumber"]);
}

#[test]
fn refuses_a_tree_it_does_not_understand_and_a_root_without_packages() {
    let refused = |made: Made, what: &str| {
        let said = String::from_utf8_lossy(&made.output.stderr).into_owned();
        assert!(!made.output.status.success() && said.contains(what), "{said}");
        assert!(!made.folder.path().join("sbom.json").exists());
    };
    refused(Made::of(STATUS, "0|sluice v0.1.0|Apache-2.0|\n├── first v1.2.3\n"), "tree:2: not of the form");
    refused(Made::of("", TREE), "0 packages in root");
}

#[test]
fn is_what_the_makers_of_cyclonedx_accept() {
    let Some(python) = validators() else {
        eprintln!("SKIPPED: no validator of CycloneDX; `scripts/setup --test` installs it. Nothing was tested");
        return;
    };
    let made = Made::of(STATUS, TREE);
    assert_eq!(complaint(&python, &made.text("sbom.json")), "");
    // The validator can say no.
    let nameless = made.text("sbom.json").replacen("\"name\": \"first\",", "", 1);
    assert!(complaint(&python, &nameless).contains("name"));
}

/// The Python that has the validators of `tests/requirements.txt`.
fn validators() -> Option<PathBuf> {
    let python = Path::new(env!("CARGO_TARGET_TMPDIR")).parent()?.join("tools/validators/bin/python3");
    python.is_file().then_some(python)
}

/// What the validator has against a document.
fn complaint(python: &Path, document: &str) -> String {
    const VALIDATE: &str = "
import sys
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
error = JsonStrictValidator(SchemaVersion.V1_6).validate_str(sys.stdin.read())
print(repr(error) if error else '', end='')";
    let mut child =
        Command::new(python).args(["-c", VALIDATE]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    std::io::Write::write_all(&mut child.stdin.take().unwrap(), document.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "the validator itself fails");
    String::from_utf8(output.stdout).unwrap()
}
