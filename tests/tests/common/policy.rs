//! Policies made from the starter, and their way into a dataplane.

use sluice_abi::command::{Reply, Request};
use sluice_policy::{Source, compile};
use sluice_shm::command::Client;
use sluice_shm::image::SealedImage;
use std::os::fd::AsFd;
use std::path::{Path, PathBuf};

/// The policy the repository comes with.
pub fn starter() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../control/policy/starter")
}

/// The rule that decides on what has no rule of the starter, under the name of the version.
pub fn rule_of(version: u64) -> String {
    format!("decided-by-{version}")
}

/// The starter with one more rule, which passes what `when` says and is named after the version, so that a record tells
/// twice who decided. What other rules decide on is not recorded.
pub fn image(version: u64, when: &str) -> Vec<u8> {
    let source = Source::from_dir(&starter()).unwrap();
    let files = source.files().map(|(name, text)| {
        let asked_for = |line: &&str| !line.starts_with("log = ");
        let text: Vec<&str> = text.lines().filter(asked_for).collect();
        let mut text = text.join("\n").replace("default_log = \"summary\"", "default_log = \"none\"");
        if name == "rules/3-filters.toml" {
            let id = rule_of(version);
            text.push_str(&format!(
                "\n[[rule]]\nid = {id:?}\nlevel = 3\nwhen = '{when}'\naction = \"pass\"\nlog = \"summary\"\n"
            ));
        }
        (name.to_owned(), text)
    });
    let source = Source::from_files(files).unwrap();
    match compile(&source, version) {
        Ok(compiled) => compiled.image,
        Err(errors) => panic!("{}", errors.render(&source, false)),
    }
}

/// Hands an image to a dataplane.
pub fn push(client: &mut Client, version: u64, image: &[u8]) -> Reply {
    try_push(client, version, image).unwrap()
}

/// The same to a dataplane that may die over it.
pub fn try_push(client: &mut Client, version: u64, image: &[u8]) -> Option<Reply> {
    let sealed = SealedImage::new(image, false).unwrap();
    client.ask(&Request::Push { version, length: sealed.length() }, Some(sealed.as_fd())).ok()
}
