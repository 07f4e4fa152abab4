//! Lists and their entries, one at a time.
//!
//! ```text
//! check ─▶ write down as pending, audit "sent" ─▶ tell the dataplane ─▶ audit the outcome; refused: as it was before
//! ```
//! All that is pending is told each time, as one image: the dataplane has all of it or what it had before.

use super::access::Caller;
use super::change::finish;
use super::extract::{Body, InPath, Params};
use super::failure::Failure;
use super::policies::{kept, off_thread};
use crate::app::App;
use crate::link::LinkError;
use crate::lists::{self, ByName};
use crate::store::audit::{self, Deed};
use crate::store::lists::{self as stored, Changed};
use crate::store::{page_size, policies};
use axum::Json;
use axum::extract::State;
use sluice_api::Timestamp;
use sluice_api::lists::{
    EntryChange, EntryChanged, EntryPut, EntryQuery, ListEntries, ListEntry, ListInfo, Lists, PendingEntry,
};
use sluice_api::problem::{Kind, Problem};
use sluice_rules::changes::{Change, is_looked_up};
use sluice_rules::table::FOREVER;
use std::collections::BTreeSet;
use std::sync::Arc;

/// The lists of the policy in force
#[utoipa::path(
    get,
    path = "/api/v1/lists",
    tag = "lists",
    operation_id = "lists",
    responses(
        (status = 200, description = "The lists", body = Lists),
        (status = "default", description = "A problem", body = Problem, content_type = "application/problem+json"),
    ),
    extensions(("x-permission" = json!("lists.read"))),
)]
pub async fn lists(State(app): State<App>) -> Result<Json<Lists>, Failure> {
    let version = version(&app).await?;
    let known = known(&app, version).await?;
    let pending = app.store().run(|c| stored::all(c)).await?;
    let info = |(name, list): (&String, &lists::Known)| ListInfo {
        name: name.clone(),
        kind: list.kind.name().to_owned(),
        entries: list.entries,
        pending: pending.iter().filter(|c| c.list == *name).count() as u64,
        changeable: is_looked_up(list.kind),
    };
    Ok(Json(Lists { version, lists: known.iter().map(info).collect() }))
}

/// Entries of a list
#[utoipa::path(
    get,
    path = "/api/v1/lists/{list}/entries",
    tag = "lists",
    operation_id = "listEntries",
    params(("list" = String, Path, description = "Its name"), EntryQuery),
    responses(
        (status = 200, description = "The entries", body = ListEntries),
        (status = "default", description = "A problem", body = Problem, content_type = "application/problem+json"),
    ),
    extensions(("x-permission" = json!("lists.read"))),
)]
pub async fn entries(
    State(app): State<App>,
    InPath(name): InPath<String>,
    Params(query): Params<EntryQuery>,
) -> Result<Json<ListEntries>, Failure> {
    let version = version(&app).await?;
    let (_, files) = kept(&app, version).await?;
    let pending = app.store().run(|c| stored::all(c)).await?;
    let page = off_thread(move || page(&name, &query, &lists::read(files)?, pending)).await?;
    Ok(Json(ListEntries { version, ..page }))
}

fn page(
    name: &str,
    query: &EntryQuery,
    lists: &[sluice_rules::List],
    pending: Vec<Changed>,
) -> Result<ListEntries, Problem> {
    let limit = page_size(query.limit) as usize;
    let none = || Problem::new(Kind::NotFound, format!("the policy in force has no list `{name}`"));
    let list = lists.iter().find(|l| l.name == name).ok_or_else(none)?;
    let wanted = |entry: &str| query.prefix.as_ref().is_none_or(|p| entry.starts_with(p.as_str()));
    let pending: Vec<Changed> = pending.into_iter().filter(|c| c.list == name).collect();
    let changed: BTreeSet<&str> = pending.iter().map(|c| c.entry.as_str()).collect();
    let in_files = list.entries.iter_until().filter(|(entry, _)| !changed.contains(entry));
    let in_files =
        in_files.map(|(entry, until_s)| ListEntry { entry: entry.into(), until: moment(until_s), pending: None });
    let shown = pending.iter().map(pending_entry).chain(in_files).filter(|e| wanted(&e.entry));
    let mut entries: Vec<ListEntry> = shown.take(limit + 1).collect();
    let more = entries.len() > limit;
    entries.truncate(limit);
    Ok(ListEntries { version: 0, entries, more })
}

fn pending_entry(changed: &Changed) -> ListEntry {
    let removed = changed.until_s == Change::REMOVED;
    let change = if removed { EntryChange::Removed } else { EntryChange::Put };
    let pending = PendingEntry { change, who: changed.who.clone(), at: changed.at, note: changed.note.clone() };
    let until = if removed { None } else { moment(changed.until_s) };
    ListEntry { entry: changed.entry.clone(), until, pending: Some(pending) }
}

fn moment(until_s: u64) -> Option<Timestamp> {
    const NS_PER_S: u64 = 1_000_000_000;
    (until_s != FOREVER).then(|| Timestamp::from_ns(until_s.saturating_mul(NS_PER_S)))
}

/// Puts an entry into a list, at once in force
#[utoipa::path(
    put,
    path = "/api/v1/lists/{list}/entries/{entry}",
    tag = "lists",
    operation_id = "listEntryPut",
    params(("list" = String, Path, description = "Name of the list"), ("entry" = String, Path, description = "The entry")),
    request_body = EntryPut,
    responses(
        (status = 200, description = "It is in force", body = EntryChanged),
        (status = "default", description = "A problem; the list stays as it is", body = Problem,
            content_type = "application/problem+json"),
    ),
    extensions(("x-permission" = json!("lists.change"))),
)]
pub async fn put(
    State(app): State<App>,
    caller: Caller,
    InPath((list, entry)): InPath<(String, String)>,
    Body(body): Body<EntryPut>,
) -> Result<Json<EntryChanged>, Failure> {
    let until_s = lists::second_of(body.until);
    change(app, caller, Deed::ListPut, list, entry, until_s, body.note).await
}

/// Removes an entry from a list, at once in force
#[utoipa::path(
    delete,
    path = "/api/v1/lists/{list}/entries/{entry}",
    tag = "lists",
    operation_id = "listEntryRemove",
    params(("list" = String, Path, description = "Name of the list"), ("entry" = String, Path, description = "The entry")),
    responses(
        (status = 200, description = "It is in force", body = EntryChanged),
        (status = "default", description = "A problem; the list stays as it is", body = Problem,
            content_type = "application/problem+json"),
    ),
    extensions(("x-permission" = json!("lists.change"))),
)]
pub async fn remove(
    State(app): State<App>,
    caller: Caller,
    InPath((list, entry)): InPath<(String, String)>,
) -> Result<Json<EntryChanged>, Failure> {
    change(app, caller, Deed::ListRemove, list, entry, Change::REMOVED, String::new()).await
}

async fn change(
    app: App,
    caller: Caller,
    deed: Deed,
    list: String,
    entry: String,
    until_s: u64,
    note: String,
) -> Result<Json<EntryChanged>, Failure> {
    let change = Changed { list, entry, until_s, note, who: caller.who().to_owned(), at: Timestamp::now() };
    let at = app.clone();
    let result = finish(async move {
        let _turn = at.policy_turn().await;
        change_in_turn(&at, deed, change).await
    });
    Ok(Json(result.await?))
}

async fn change_in_turn(app: &App, deed: Deed, change: Changed) -> Result<EntryChanged, Problem> {
    let version = app.ask_dataplane().await?.version;
    let known = known(app, version).await?;
    // The audit log names the list and no entry: those may be subscribers' numbers.
    let subject = format!("{} of policy {version}", change.list);
    let who = change.who.clone();
    if let Err(problem) = lists::check(&known, &change.list, &change.entry) {
        let outcome = format!("refused: {}", problem.title);
        app.store().run(move |c| audit::append(c, &who, deed, &subject, &outcome)).await?;
        return Err(problem);
    }
    let (now, log) = (change.clone(), (who.clone(), subject.clone()));
    let (before, pending) = app
        .store()
        .run(move |c| {
            let transaction = c.transaction()?;
            let before = stored::one(&transaction, &now.list, &now.entry)?;
            stored::set(&transaction, &now)?;
            audit::append(&transaction, &log.0, deed, &log.1, "sent")?;
            let pending = stored::all(&transaction)?;
            transaction.commit()?;
            Ok((before, pending))
        })
        .await?;
    let sent = tell(app, version, &known, &pending).await;
    let outcome = match &sent {
        Ok(()) => "done".to_owned(),
        Err(LinkError::NoAnswer(why)) => format!("unknown: {why}"),
        Err(other) => format!("refused: {}", Problem::from(other.clone())),
    };
    let may_have_happened = matches!(sent, Ok(()) | Err(LinkError::NoAnswer(_)));
    app.store()
        .run(move |c| {
            let transaction = c.transaction()?;
            match before {
                _ if may_have_happened => {}
                Some(before) => stored::set(&transaction, &before)?,
                None => stored::forget(&transaction, &change.list, &change.entry)?,
            }
            audit::append(&transaction, &who, deed, &subject, &outcome)?;
            transaction.commit()
        })
        .await?;
    sent?;
    Ok(EntryChanged { version, pending: pending.len() as u64 })
}

async fn tell(app: &App, version: u64, known: &ByName, pending: &[Changed]) -> Result<(), LinkError> {
    let image = lists::image(version, known, pending)?;
    app.with_link(move |link| link.change_lists(version, &image)).await.map(drop)
}

/// Tells a dataplane that took another policy what is pending; what the policy says itself is forgotten first if it was
/// pushed now. The policy is in force whatever comes of this.
pub async fn tell_again(app: &App, version: u64, pushed: bool) -> Result<(), Problem> {
    let pending = app.store().run(|c| stored::all(c)).await?;
    if pending.is_empty() {
        return Ok(());
    }
    let (_, files) = kept(app, version).await?;
    let (at, held) = (app.clone(), pending.clone());
    let (known, said) = off_thread(move || {
        let lists = lists::read(files)?;
        let known = Arc::new(lists::by_name(&lists));
        at.lists().keep(version, Arc::clone(&known));
        Ok((known, if pushed { lists::said_by(&lists, &held) } else { Vec::new() }))
    })
    .await?;
    let forgotten = said.clone();
    app.store()
        .run(move |c| {
            let transaction = c.transaction()?;
            forgotten.iter().try_for_each(|change| stored::forget(&transaction, &change.list, &change.entry))?;
            transaction.commit()
        })
        .await?;
    let left: Vec<Changed> = pending.into_iter().filter(|c| !said.contains(c)).collect();
    if left.is_empty() {
        return Ok(());
    }
    tell(app, version, &known, &left).await.map_err(Problem::from)
}

/// The policy in force; while the dataplane does not answer, the newest it took.
async fn version(app: &App) -> Result<u64, Problem> {
    let version = match app.ask_dataplane().await {
        Ok(report) => Some(report.version).filter(|v| *v > 0),
        Err(_) => app.store().run(|c| policies::newest_taken(c)).await?,
    };
    version.ok_or_else(|| Problem::new(Kind::NotFound, "no policy is in force: push one"))
}

/// The lists of a version; read from its files where nobody has asked yet.
async fn known(app: &App, version: u64) -> Result<Arc<ByName>, Problem> {
    if let Some(known) = app.lists().of(version) {
        return Ok(known);
    }
    let (_, files) = kept(app, version).await?;
    let known = Arc::new(off_thread(move || Ok(lists::by_name(&lists::read(files)?))).await?);
    app.lists().keep(version, Arc::clone(&known));
    Ok(known)
}
