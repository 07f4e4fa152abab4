//! Lists of the policy in force, and their entries one at a time.

use crate::args::Daemon;
use crate::daemon::connect;
use crate::output;
use anyhow::anyhow;
use clap::{Args, Subcommand};
use sluice_api::client::Client;
use sluice_api::lists::{EntryChange, EntryChanged, EntryPut, EntryQuery, ListEntry};
use sluice_api::time::Timestamp;

/// `sluice list`
#[derive(Args)]
pub struct List {
    /// What to do.
    #[command(subcommand)]
    pub command: ListCommand,
}

/// The commands on lists.
#[derive(Subcommand)]
pub enum ListCommand {
    /// Show the lists, or the entries of one: first those that the policy's files do not have yet
    Show {
        /// The list; all lists if left out
        name: Option<String>,
        /// Only entries that begin so
        #[arg(long, requires = "name")]
        prefix: Option<String>,
        /// At most so many entries
        #[arg(long, default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..=1000))]
        limit: u32,
        /// As JSON
        #[arg(long)]
        json: bool,
    },
    /// Put an entry into a list; it is in force at once
    Add {
        /// The list
        name: String,
        /// The entry, as in the list's file
        entry: String,
        /// When it ends: a date (with that day, in UTC) or a moment such as 2026-12-31T18:00:00Z; without, it stays
        #[arg(long, value_name = "DATE", value_parser = crate::args::until)]
        until: Option<Timestamp>,
        /// Why, for those who read the list
        #[arg(long, short = 'm', default_value = "")]
        note: String,
    },
    /// Remove an entry from a list; it is out of force at once
    Remove {
        /// The list
        name: String,
        /// The entry
        entry: String,
    },
}

/// Runs it.
///
/// # Errors
/// The daemon does not answer, or says no.
pub fn run(daemon: &Daemon, args: &List) -> anyhow::Result<()> {
    let client = connect(daemon)?;
    match &args.command {
        ListCommand::Show { name: None, json, .. } => all(&client, *json),
        ListCommand::Show { name: Some(name), prefix, limit, json } => {
            let query = EntryQuery { prefix: prefix.clone(), limit: Some(*limit) };
            one(&client, name, &query, *json)
        }
        ListCommand::Add { name, entry, until, note } => {
            let put = EntryPut { until: *until, note: note.clone() };
            done(client.put_entry(name, entry, &put)?, &format!("{entry} is in {name}"))
        }
        ListCommand::Remove { name, entry } => {
            done(client.remove_entry(name, entry)?, &format!("{entry} is not in {name} any more"))
        }
    }
}

fn done(changed: EntryChanged, what: &str) -> anyhow::Result<()> {
    let EntryChanged { version, pending } = changed;
    output::line(format_args!(
        "{what}; policy {version} is in force as before, {pending} entries differ from its files (`sluice list show`)"
    ))
}

fn all(client: &Client, json: bool) -> anyhow::Result<()> {
    let found = client.lists()?;
    if json {
        return output::line(serde_json::to_string_pretty(&found)?);
    }
    if found.lists.is_empty() {
        return Err(anyhow!("policy {} has no list", found.version));
    }
    let rows = found.lists.iter().map(|list| {
        let how = if list.changeable { "at once" } else { "with the policy" };
        [list.name.clone(), list.kind.clone(), list.entries.to_string(), list.pending.to_string(), how.to_owned()]
    });
    output::line(output::table(["list", "kind", "entries", "pending", "changes"], rows))
}

fn one(client: &Client, name: &str, query: &EntryQuery, json: bool) -> anyhow::Result<()> {
    let found = client.list_entries(name, query)?;
    if json {
        return output::line(serde_json::to_string_pretty(&found)?);
    }
    output::line(output::table(["entry", "until", "pending", "who", "when", "note"], found.entries.iter().map(row)))?;
    if found.more {
        eprintln!("there are more: narrow them with --prefix, or ask for more with --limit");
    }
    Ok(())
}

fn row(entry: &ListEntry) -> [String; 6] {
    let until = entry.until.map(output::moment).unwrap_or_default();
    let Some(pending) = &entry.pending else {
        return [entry.entry.clone(), until, String::new(), String::new(), String::new(), String::new()];
    };
    let change = match pending.change {
        EntryChange::Put => "put",
        EntryChange::Removed => "removed",
    };
    let when = output::moment(pending.at);
    [entry.entry.clone(), until, change.to_owned(), pending.who.clone(), when, pending.note.clone()]
}
