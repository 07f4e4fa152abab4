//! Policies over what has passed lately, out of the store: the guard of a push, and the report on shadow.

use crate::app::App;
use crate::config::PushGuard;
use crate::http::off_thread;
use crate::lists::Pending;
use crate::store::lists as stored;
use crate::store::recent;
use sluice_abi::json::Privacy;
use sluice_api::Timestamp;
use sluice_api::backtest::{Backtest, ShadowQuery, share};
use sluice_api::problem::{Kind, Problem};
use sluice_backtest::{EXAMPLES_DEFAULT, EXAMPLES_MAX, Past, Settings, Shadow};
use sluice_events::Event;
use sluice_rules::{ImageError, Layout};

/// What a new image would change of recent traffic, against the version in force. `None` where there is nothing to compare
/// with: no policy is in force, or one that is not kept here, or one of another release.
///
/// # Errors
/// The store cannot be read.
pub async fn against_recent(app: &App, in_force: u64, image: Vec<u8>) -> Result<Option<Backtest>, Problem> {
    let PushGuard { records_max, age_max, .. } = app.guard();
    let age_ns = u64::try_from(age_max.as_nanos()).unwrap_or(u64::MAX);
    let former = app.store().run(move |c| recent::image(c, in_force)).await?;
    let Some(former) = former else { return Ok(None) };
    let Ok(layout) = Layout::verify(&former) else { return Ok(None) };
    let records = app.store().read(move |log| recent::records(log, records_max, age_ns)).await?;
    let pending = app.store().run(|c| stored::all(c)).await?;
    let judged = off_thread(move || {
        let new = Layout::verify(&image).map_err(broken)?;
        let (former, new) = (layout.image(&former), new.image(&image));
        // Entries put and removed one at a time are in force under the one and will be under the other.
        let (under_former, under_new) = (Pending::of(&former, &pending)?, Pending::of(&new, &pending)?);
        let past = Past::new(Some(under_former.over(former)), under_new.over(new), Settings::default());
        Ok(run(past, &records))
    });
    judged.await.map(Some)
}

fn run(mut past: Past<'_>, records: &[Event]) -> Backtest {
    records.iter().for_each(|event| past.record(event.id, &event.record));
    past.finish()
}

fn broken(error: ImageError) -> Problem {
    Problem::new(Kind::Internal, format!("an image that was just compiled: {error}"))
}

/// Whether so much changes that somebody should say that it is meant.
///
/// # Errors
/// It does: the report in a few words.
pub fn allow(report: &Backtest, guard: PushGuard) -> Result<(), Problem> {
    if report.messages < guard.messages_min || report.changed_share() <= guard.max_changed_share {
        return Ok(());
    }
    let most = report.rules.iter().filter(|rule| rule.newly_blocked + rule.no_longer_blocked > 0).take(NAMED);
    let most: Vec<String> = most
        .map(|r| format!("{} ({} newly blocked, {} not any more)", r.rule, r.newly_blocked, r.no_longer_blocked))
        .collect();
    let allowed = guard.max_changed_share * 100.0;
    let most = if most.is_empty() { String::new() } else { format!("; most by {}", most.join(", ")) };
    let detail = format!("of recent traffic {}, more than the {allowed} % allowed{most}", report.sentence());
    Err(Problem::new(Kind::PolicyMovesTraffic, detail))
}

/// Rules named in a refusal.
const NAMED: usize = 3;

/// What rules in shadow and offline would have done.
///
/// # Errors
/// No policy is in force that is kept here, or the store cannot be read.
pub async fn shadow(app: &App, in_force: u64, query: ShadowQuery) -> Result<Backtest, Problem> {
    const HOUR_NS: u64 = 3_600_000_000_000;
    let since = query.since.map_or_else(|| Timestamp::now().as_ns().saturating_sub(HOUR_NS), Timestamp::as_ns);
    let image = app.store().run(move |c| recent::image(c, in_force)).await?;
    let missing = || Problem::new(Kind::NotFound, "no policy is in force that is kept here: push one");
    let image = image.ok_or_else(missing)?;
    let records = app.store().read(move |log| recent::newest_since(log, SHADOW_RECORDS_MAX, since)).await?;
    let pending = app.store().run(|c| stored::all(c)).await?;
    let examples = query.examples.map_or(EXAMPLES_DEFAULT, |n| n as usize).min(EXAMPLES_MAX);
    off_thread(move || {
        let layout = Layout::verify(&image).map_err(broken)?;
        let settings = Settings { examples, privacy: Privacy::Masked, ..Settings::default() };
        let image = layout.image(&image);
        let pending = Pending::of(&image, &pending)?;
        let mut shadow = Shadow::new(pending.over(image), settings);
        records.iter().for_each(|event| shadow.record(event.id, &event.record));
        Ok(shadow.finish())
    })
    .await
}

/// Records looked at for the report on shadow.
const SHADOW_RECORDS_MAX: u64 = 500_000;

/// A share as people read it.
pub fn percent(part: u64, whole: u64) -> String {
    format!("{:.1} %", share(part, whole) * 100.0)
}
