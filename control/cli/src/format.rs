//! `sluice policy fmt`: files of policies laid out in one form.

use crate::args::Fmt;
use crate::output;
use crate::policy::print_diagnostics;
use anyhow::{Context, bail, ensure};
use sluice_policy::{Diagnostics, POLICY_FILE, Source, format};
use std::collections::BTreeSet;
use std::io::Read;
use std::path::{Component, Path, PathBuf};

/// Runs it.
pub fn run(args: &Fmt) -> anyhow::Result<()> {
    if args.paths == [Path::new("-")] {
        return filter(args.check);
    }
    let mut files = Vec::new();
    for path in &args.paths {
        files.extend(if path.is_dir() { of_directory(path)? } else { vec![path.clone()] });
    }
    let (mut changed, mut refused) = (0, 0);
    for file in &files {
        match one(file, args.check)? {
            Outcome::AsItWas => {}
            Outcome::Other => {
                output::line(file.strip_prefix(".").unwrap_or(file).display())?;
                changed += 1;
            }
            Outcome::Refused => refused += 1,
        }
    }
    ensure!(
        refused == 0,
        "{refused} of {} cannot be read and {} left alone",
        files_in_words(files.len()),
        were(refused)
    );
    let would =
        format!("{} of {} would change: `sluice policy fmt` changes them", changed, files_in_words(files.len()));
    ensure!(!args.check || changed == 0, "{would}");
    Ok(())
}

fn files_in_words(count: usize) -> String {
    if count == 1 { "1 file".to_owned() } else { format!("{count} files") }
}

const fn were(count: usize) -> &'static str {
    if count == 1 { "was" } else { "were" }
}

enum Outcome {
    AsItWas,
    Other,
    Refused,
}

fn one(path: &Path, check: bool) -> anyhow::Result<Outcome> {
    let text = std::fs::read_to_string(path).with_context(|| format!("{}", path.display()))?;
    let name = shown(path);
    let formatted = if path.extension().is_some_and(|e| e == "toml") {
        match format::toml(&name, &text) {
            Ok(formatted) => formatted,
            Err(errors) => {
                explain(&name, &text, &errors);
                return Ok(Outcome::Refused);
            }
        }
    } else {
        format::list(&text)
    };
    if formatted == text {
        return Ok(Outcome::AsItWas);
    }
    if !check {
        replace(path, &formatted)?;
    }
    Ok(Outcome::Other)
}

/// The name under which findings are shown: the path where it could be one of a policy's, or else the file's own.
fn shown(path: &Path) -> String {
    let path = path.strip_prefix(".").unwrap_or(path);
    let plain = path.components().all(|part| matches!(part, Component::Normal(_)));
    let name = if plain { path.as_os_str() } else { path.file_name().unwrap_or_default() };
    name.to_string_lossy().into_owned()
}

/// Shows what is wrong with the lines it is about.
fn explain(name: &str, text: &str, errors: &Diagnostics) {
    // Findings are shown with the lines of a policy; a file that stands alone becomes one, under its own name.
    let files = [(POLICY_FILE.to_owned(), String::new()), (name.to_owned(), text.to_owned())];
    match Source::from_files(files) {
        Ok(source) => print_diagnostics(errors, &source),
        Err(_) => eprint!("{errors}"),
    }
}

/// Another file takes its place at once, so that nobody ever reads half of it.
fn replace(path: &Path, text: &str) -> anyhow::Result<()> {
    // Of a link, what it leads to.
    let path = path.canonicalize().with_context(|| format!("{}", path.display()))?;
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let beside = path.with_file_name(format!(".{name}.{}", std::process::id()));
    let permissions = std::fs::metadata(&path)?.permissions();
    let written = std::fs::write(&beside, text).and_then(|()| std::fs::set_permissions(&beside, permissions));
    if let Err(error) = written.and_then(|()| std::fs::rename(&beside, &path)) {
        let _may_not_be_there = std::fs::remove_file(&beside);
        return Err(error).with_context(|| format!("{}", path.display()));
    }
    Ok(())
}

/// TOML from standard input to standard output.
fn filter(check: bool) -> anyhow::Result<()> {
    const NAME: &str = "standard-input.toml";
    let mut text = String::new();
    std::io::stdin().lock().read_to_string(&mut text).context("standard input")?;
    match format::toml(NAME, &text) {
        Ok(formatted) if check => ensure!(formatted == text, "standard input would change"),
        Ok(formatted) => output::text(formatted)?,
        Err(errors) => {
            explain(NAME, &text, &errors);
            bail!("standard input cannot be read");
        }
    }
    Ok(())
}

/// The TOML files of a policy, and the files its lists name: other texts in its directory are not its own.
fn of_directory(directory: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let source = Source::from_dir(directory).with_context(|| {
        format!("{} is not the directory of a policy; single files can be named", directory.display())
    })?;
    let is_toml = |path: &str| path.ends_with(".toml");
    let lists: BTreeSet<String> =
        source.files().filter(|(path, _)| is_toml(path)).flat_map(|(_, text)| lists_of(text)).collect();
    let own = source.files().map(|(path, _)| path).filter(|path| is_toml(path) || lists.contains(*path));
    Ok(own.map(|path| directory.join(path)).collect())
}

/// Files that the lists of a TOML file name; none where it cannot be read, which is reported elsewhere.
fn lists_of(text: &str) -> Vec<String> {
    let Ok(table) = text.parse::<toml::Table>() else { return Vec::new() };
    let lists = table.get("list").and_then(toml::Value::as_table).into_iter().flat_map(|lists| lists.values());
    lists.filter_map(|list| Some(list.get("file")?.as_str()?.to_owned())).collect()
}
