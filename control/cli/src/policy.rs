//! `sluice policy`: directories are checked here, versions are asked of the daemon.

use crate::args::{Daemon, Policy, PolicyCommand};
use crate::daemon::connect;
use crate::output;
use anyhow::{anyhow, bail};
use sluice_api::client::{Client, ClientError};
use sluice_api::policies::{Files, PolicyDiff, PolicyPush, PolicyPushed, PolicyQuery, PolicySummary};
use sluice_api::problem::Kind;
use sluice_api::proposals::{ProposalQuery, ProposalState, ProposalWhole, Propose};
use sluice_dataplane::policy::LoadedPolicy;
use sluice_policy::{Compiled, Diagnostics, Source, compile, diff, show};
use sluice_shm::image::{MappedImage, SealedImage};
use std::io::IsTerminal;
use std::path::Path;
use std::sync::Arc;

/// Runs it.
pub fn run(daemon: &Daemon, args: &Policy) -> anyhow::Result<()> {
    match &args.command {
        PolicyCommand::Check { directory, json } => check(directory, *json),
        PolicyCommand::Fmt(args) => crate::format::run(args),
        PolicyCommand::Schema => output::line(format_args!("{:#}", sluice_policy::schema::schema())),
        PolicyCommand::Push { directory, comment, expect, yes } => {
            push(&connect(daemon)?, directory, comment, *expect, *yes)
        }
        PolicyCommand::Propose { directory, comment } => propose(&connect(daemon)?, directory, comment),
        PolicyCommand::Proposals { json } => proposals(&connect(daemon)?, *json),
        PolicyCommand::Approve { id, yes } => in_force(connect(daemon)?.approve(*id, *yes)),
        PolicyCommand::Reject { id } => {
            connect(daemon)?.reject(*id)?;
            output::line(format_args!("proposal {id} does not wait any more"))
        }
        PolicyCommand::Diff { from, to, json } => compare(daemon, from, to, *json),
        PolicyCommand::Show { policy: None, json } => history(&connect(daemon)?, *json),
        PolicyCommand::Show { policy: Some(policy), json } => show_one(daemon, policy, *json),
        PolicyCommand::Shadow(args) => crate::backtest::shadow(daemon, args),
        PolicyCommand::Rollback => {
            let restored = connect(daemon)?.rollback_policy()?;
            println!("policy {} is in force again, {} is not any more", restored.version, restored.previous);
            Ok(())
        }
    }
}

/// A policy directory as the dataplane takes it, for a replay.
pub fn load(directory: &Path) -> anyhow::Result<Arc<LoadedPolicy>> {
    const REPLAYED: u64 = 1;
    let (_, compiled) = compile_directory(directory, REPLAYED)?;
    let sealed = SealedImage::new(&compiled.image, false)?;
    let length = sealed.length();
    LoadedPolicy::verify(MappedImage::from_fd(sealed.into(), length)?)
}

/// Compiles a directory; what is wrong with it or doubtful is shown.
pub fn compile_directory(directory: &Path, version: u64) -> anyhow::Result<(Source, Compiled)> {
    let source = Source::from_dir(directory)?;
    match compile(&source, version) {
        Ok(compiled) => {
            print_diagnostics(&compiled.warnings, &source);
            Ok((source, compiled))
        }
        Err(errors) => Err(refused(&errors, &source, directory)),
    }
}

/// Shows findings with the lines they are about.
pub fn print_diagnostics(diagnostics: &Diagnostics, source: &Source) {
    if !diagnostics.is_empty() {
        eprintln!("{}", diagnostics.render(source, std::io::stderr().is_terminal()));
    }
}

fn refused(errors: &Diagnostics, source: &Source, directory: &Path) -> anyhow::Error {
    print_diagnostics(errors, source);
    anyhow!("the policy in {} is refused; nothing was changed", directory.display())
}

fn check(directory: &Path, json: bool) -> anyhow::Result<()> {
    if json {
        let source = Source::from_dir(directory)?;
        let result = compile(&source, 0);
        let findings = result.as_ref().map_or_else(|errors| errors, |compiled| &compiled.warnings);
        output::line(format_args!("{:#}", serde_json::json!({ "good": result.is_ok(), "findings": findings })))?;
        return if result.is_ok() { Ok(()) } else { Err(anyhow!("the policy in {} is refused", directory.display())) };
    }
    let (_, compiled) = compile_directory(directory, 0)?;
    let summary = &compiled.summary;
    println!(
        "{} is good: {} rules on levels 1 to 4, {} lists, an image of {} bytes",
        directory.display(),
        summary.rules_by_level.iter().map(|n| n.to_string()).collect::<Vec<_>>().join(" + "),
        summary.lists.len(),
        compiled.image.len()
    );
    Ok(())
}

fn files(source: &Source) -> Files {
    source.files().map(|(path, text)| (path.to_owned(), text.to_owned())).collect()
}

fn push(client: &Client, directory: &Path, comment: &str, expected: Option<u64>, yes: bool) -> anyhow::Result<()> {
    // Checked here first: the findings then show the lines they are about.
    let (source, _) = compile_directory(directory, 0)?;
    let push = PolicyPush { files: files(&source), comment: comment.to_owned(), expected };
    in_force(if yes { client.push_policy_confirmed(&push) } else { client.push_policy(&push) })
}

fn in_force(pushed: Result<PolicyPushed, ClientError>) -> anyhow::Result<()> {
    let pushed = pushed.map_err(|error| match error {
        ClientError::Problem(p) if p.known_kind() == Some(Kind::PolicyMovesTraffic) => {
            anyhow!("{}; say --yes if that is meant, or look with `sluice backtest`", p.detail)
        }
        other => other.into(),
    })?;
    let before = pushed.previous.map_or("none before".to_owned(), |v| format!("{v} before"));
    println!("policy {} is in force ({before}): {}", pushed.version, counts(&pushed.summary));
    Ok(())
}

fn propose(client: &Client, directory: &Path, comment: &str) -> anyhow::Result<()> {
    let (source, _) = compile_directory(directory, 0)?;
    let proposal = client.propose(&Propose { files: files(&source), comment: comment.to_owned() })?;
    output::line(format_args!(
        "proposal {id} waits for somebody else: sluice policy diff current proposal:{id}; sluice policy approve {id}",
        id = proposal.id
    ))
}

fn proposals(client: &Client, json: bool) -> anyhow::Result<()> {
    let found = client.proposals(ProposalQuery::default())?;
    if json {
        return output::line(serde_json::to_string_pretty(&found)?);
    }
    if found.proposals.is_empty() {
        eprintln!("nothing was proposed yet: `sluice policy propose DIRECTORY`");
        return Ok(());
    }
    let rows = found.proposals.iter().map(|proposal| {
        let decided = proposal.decided_by.as_ref().map_or_else(String::new, |who| format!(" by {who}"));
        let version = proposal.version.map_or_else(String::new, |version| format!(", version {version}"));
        [
            proposal.id.to_string(),
            format!("{}{decided}{version}", proposal.state.name()),
            proposal.who.clone(),
            output::moment(proposal.at),
            proposal.base.to_string(),
            counts(&proposal.summary),
            proposal.comment.clone(),
        ]
    });
    output::line(output::table(["proposal", "state", "who", "when", "in place of", "rules", "comment"], rows))
}

fn counts(summary: &PolicySummary) -> String {
    format!("{} rules enforced, {} in shadow, {} offline", summary.enforced, summary.shadow, summary.offline)
}

/// A policy named on the command line.
enum Named {
    /// Of a directory, or of a proposal.
    Files(Source),
    Version(u64),
}

fn named(daemon: &Daemon, name: &str) -> anyhow::Result<Named> {
    let path = Path::new(name);
    if path.is_dir() {
        return Ok(Named::Files(Source::from_dir(path)?));
    }
    if name == "current" {
        return Ok(Named::Version(connect(daemon)?.current_policy()?.entry.version));
    }
    if let Some(id) = name.strip_prefix("proposal:").and_then(|id| id.parse().ok()) {
        let ProposalWhole { proposal, files } = connect(daemon)?.proposal(id)?;
        return match (proposal.state, proposal.version) {
            (ProposalState::Open, _) => Ok(Named::Files(Source::from_files(files)?)),
            (ProposalState::Approved, Some(version)) => Ok(Named::Version(version)),
            _ => bail!("proposal {id} was rejected, and its files are gone"),
        };
    }
    let version = name
        .parse()
        .map_err(|_| anyhow!("`{name}` is neither a directory nor a version nor `current` nor `proposal:ID`"))?;
    Ok(Named::Version(version))
}

impl Named {
    fn source(self, daemon: &Daemon) -> anyhow::Result<Source> {
        match self {
            Self::Files(source) => Ok(source),
            Self::Version(version) => Ok(Source::from_files(connect(daemon)?.policy(version)?.files)?),
        }
    }
}

/// The files of a policy that was named: a directory, a version, or `current`.
pub fn source(daemon: &Daemon, name: &str) -> anyhow::Result<Source> {
    named(daemon, name)?.source(daemon)
}

fn compare(daemon: &Daemon, from: &str, to: &str, json: bool) -> anyhow::Result<()> {
    let answer = |d: PolicyDiff| {
        if json { output::line(serde_json::to_string_pretty(&d)?) } else { output::text(&d.text) }
    };
    match (named(daemon, from)?, named(daemon, to)?) {
        (Named::Version(a), Named::Version(b)) => answer(connect(daemon)?.diff_policies(a, b)?),
        (Named::Version(a), Named::Files(b)) => answer(connect(daemon)?.diff_files(a, files(&b))?),
        (a, b) => {
            let (a, b) = (a.source(daemon)?, b.source(daemon)?);
            let difference = diff(&a, &b).map_err(|errors| {
                print_diagnostics(&errors, &a);
                anyhow!("one of the policies cannot be read")
            })?;
            if json { output::line(serde_json::to_string_pretty(&difference)?) } else { output::text(difference) }
        }
    }
}

fn show_one(daemon: &Daemon, name: &str, json: bool) -> anyhow::Result<()> {
    let source = source(daemon, name)?;
    let shown = show(&source).map_err(|errors| refused(&errors, &source, Path::new(name)))?;
    if json {
        return output::line(serde_json::to_string_pretty(&shown)?);
    }
    for table in shown.tables.iter().filter(|t| !t.rows.is_empty()) {
        output::line(format_args!("{}\n{}\n", table.title, output::table(&table.columns, &table.rows)))?;
    }
    Ok(())
}

fn history(client: &Client, json: bool) -> anyhow::Result<()> {
    let list = client.policies(PolicyQuery::default())?;
    if json {
        return output::line(serde_json::to_string_pretty(&list)?);
    }
    if list.policies.is_empty() {
        bail!("there is no policy yet: push one with `sluice policy push DIRECTORY`");
    }
    let rows = list.policies.iter().map(|entry| {
        let in_force = if list.in_force == Some(entry.version) { "in force" } else { entry.state.name() };
        let what = counts(&entry.summary);
        [
            entry.version.to_string(),
            in_force.to_owned(),
            output::moment(entry.at),
            entry.who.clone(),
            what,
            entry.comment.clone(),
        ]
    });
    output::line(output::table(["version", "state", "when", "who", "rules", "comment"], rows))
}
