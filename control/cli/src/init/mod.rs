//! `sluice init`: a policy to begin with, for the network at hand.
//!
//! The rules and lists are those of the starter policy as it is built in; who the network and its partners are is asked
//! or taken from the call, and becomes network.toml. The whole directory appears at once, after it has been compiled.

mod ask;
mod network;

use crate::args::Init;
use crate::output::{self, Paint};
use crate::policy;
use anyhow::{Context, bail};
use network::Network;
use sluice_policy::{POLICY_FILE, Source, compile};
use std::path::{Path, PathBuf};

mod starter {
    include!(concat!(env!("OUT_DIR"), "/starter.rs"));
}

const NETWORK_FILE: &str = "network.toml";

/// Runs it.
pub fn run(args: &Init) -> anyhow::Result<()> {
    refuse_what_is_there(&args.directory)?;
    let (network, assumed) = ask::network(args)?;
    check(&network)?;
    let work = Work::new(&args.directory)?;
    write(&work.path, &network)?;
    let (_, compiled) = policy::compile_directory(&work.path, 0)?;
    std::fs::rename(&work.path, &args.directory).with_context(|| format!("{}", args.directory.display()))?;
    let rules: usize = compiled.summary.rules_by_level.iter().sum();
    report(&args.directory, rules, &assumed)
}

/// Only an empty directory may be in the place.
fn refuse_what_is_there(directory: &Path) -> anyhow::Result<()> {
    let is_free = match directory.read_dir() {
        Ok(mut entries) => entries.next().is_none(),
        Err(error) => error.kind() == std::io::ErrorKind::NotFound,
    };
    if !is_free {
        bail!("{} is already there and is left as it is; name a directory that is not", directory.display());
    }
    Ok(())
}

/// Holds network.toml against the reader of policies, whatever the starter policy makes of it.
fn check(network: &Network) -> anyhow::Result<()> {
    let alone = format!("name = \"a check\"\nnetwork = \"{NETWORK_FILE}\"\nscenarios = []\n");
    let files = [(POLICY_FILE.to_owned(), alone), (NETWORK_FILE.to_owned(), network.to_string())];
    let source = Source::from_files(files)?;
    if let Err(errors) = compile(&source, 0) {
        policy::print_diagnostics(&errors, &source);
        bail!("the network cannot be as it was told; nothing was written");
    }
    Ok(())
}

fn write(directory: &Path, network: &Network) -> anyhow::Result<()> {
    let network = network.to_string();
    let others = starter::STARTER.iter().filter(|(path, _)| *path != NETWORK_FILE);
    for (path, text) in others.chain([&(NETWORK_FILE, network.as_str())]) {
        let path = directory.join(path);
        let parent = path.parent().unwrap_or(directory);
        let written = std::fs::create_dir_all(parent).and_then(|()| std::fs::write(&path, text));
        written.with_context(|| format!("{}", path.display()))?;
    }
    Ok(())
}

/// The directory in which everything is made, beside the one where it will be; what is left of it goes in the end.
struct Work {
    path: PathBuf,
}

impl Work {
    fn new(directory: &Path) -> anyhow::Result<Self> {
        let name = directory.file_name().with_context(|| format!("{} has no name", directory.display()))?;
        let path = directory.with_file_name(format!(".{}.{}", name.to_string_lossy(), std::process::id()));
        if let Some(parent) = path.parent().filter(|p| !p.as_os_str().is_empty()) {
            std::fs::create_dir_all(parent).with_context(|| format!("{}", parent.display()))?;
        }
        std::fs::create_dir(&path).with_context(|| format!("{}", path.display()))?;
        Ok(Self { path })
    }
}

impl Drop for Work {
    fn drop(&mut self) {
        let _has_its_name = std::fs::remove_dir_all(&self.path);
    }
}

fn report(directory: &Path, rules: usize, assumed: &[&str]) -> anyhow::Result<()> {
    let paint = Paint::stdout();
    let shown = directory.display();
    output::line(format_args!("{} holds a policy of {rules} rules that compiles.", paint.bold(&shown.to_string())))?;
    if !assumed.is_empty() {
        let head = paint.yellow("Of a demonstration network, and to be put right in network.toml:");
        output::line(format_args!("{head} {}.", assumed.join(", ")))?;
    }
    let files = [
        ("network.toml", "who you and your partners are; complete it"),
        ("policy.toml", "what the policy is called, its variables and lists"),
        ("rules/", "the rules, one file a level; each says why it is there"),
        ("lists/", "numbers and names, one a line"),
    ];
    let next = [
        (format!("sluice policy check {shown}"), "after every change"),
        (format!("sluice replay CAPTURE --policy {shown} --out results"), "try it on past traffic"),
        (format!("sluice policy push {shown} -m 'the first'"), "bring it into force"),
    ];
    let width = next.iter().map(|(command, _)| command.chars().count()).max().unwrap_or(0);
    let files = files.iter().map(|(file, what)| format!("  {file:<width$}  {what}"));
    let next = next.iter().map(|(command, what)| format!("  {command:<width$}  {what}"));
    let lines: Vec<String> =
        [String::new()].into_iter().chain(files).chain(["\nNext:".to_owned()]).chain(next).collect();
    output::line(lines.join("\n"))
}
