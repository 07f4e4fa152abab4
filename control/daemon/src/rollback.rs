//! The watch after a push: a policy that blocks more than it may is taken back.
//!
//! ```text
//! push ─▶ watching ──more is stored──▶ count what the new policy judged ─▶ out of the band? ─▶ roll back, audit
//!             │ time is up                                                      │ another policy in force
//!             ▼                                                                 ▼
//!            held                                                             ended
//! ```
//! What is counted are events in the store, before and after: messages that neither policy records are in neither
//! count. A daemon that ends while it watches goes on when it starts again, if there is still time.

use crate::app::App;
use crate::backtest::percent;
use crate::config::Rollback;
use crate::http::pending_lists;
use crate::link::LinkError;
use crate::store::audit::{self, Deed};
use crate::store::recent::{self, Judged};
use crate::store::watch::{self as watches, Watched};
use sluice_api::Timestamp;
use sluice_api::backtest::share;
use sluice_api::problem::Problem;
use sluice_api::status::{PolicyWatch, WatchState};
use std::time::Duration;

/// Why a policy must go: its blocked share is not within the band. `before` is what was judged before it came.
pub fn out_of_band(band: &Rollback, before: Judged, now: Judged) -> Option<String> {
    if now.messages < band.messages_min {
        return None;
    }
    let blocked = share(now.blocked, now.messages);
    let shown = percent(now.blocked, now.messages);
    let usual = share(before.blocked, before.messages);
    if blocked > band.blocked_share_max {
        return Some(format!(
            "{shown} of {} messages blocked, at most {} % allowed",
            now.messages,
            band.blocked_share_max * 100.0
        ));
    }
    // From nothing every factor is too much; a share that was never measured is no measure.
    let is_measured = before.messages >= band.messages_min && before.blocked > 0;
    (is_measured && blocked > usual * band.factor_max).then(|| {
        let before = percent(before.blocked, before.messages);
        format!(
            "{shown} of {} messages blocked, {before} before, at most {} times as many allowed",
            now.messages, band.factor_max
        )
    })
}

/// Begins to watch a version that has just come into force, if that is wanted.
pub async fn begin(app: &App, version: u64) {
    let band = app.rollback();
    if !band.enabled {
        return;
    }
    let until = Timestamp::from_ns(Timestamp::now().as_ns().saturating_add(band.watch.as_nanos() as u64));
    let begun = async {
        let before = app.store().read(|log| recent::judged_lately(log, LATELY)).await?;
        let watched = Watched { version, until, before };
        app.store().run(move |c| watches::set(c, &watched)).await.map(|()| watched)
    };
    match begun.await {
        Ok(watched) => start(app, watched),
        Err(problem) => eprintln!("sluiced: policy {version} is not watched: {problem}"),
    }
}

/// Goes on with a watch that the daemon before this one did not end.
pub async fn resume(app: &App, in_force: u64) {
    let band = app.rollback();
    let Ok(Some(watched)) = app.store().run(|c| watches::current(c)).await else { return };
    let version = watched.version;
    if band.enabled && version == in_force && watched.until > Timestamp::now() {
        eprintln!("sluiced: policy {version} is still watched");
        return start(app, watched);
    }
    eprintln!("sluiced: policy {version} is not watched any more: its time is over, or another is in force");
    end(app, version).await;
}

fn start(app: &App, watched: Watched) {
    app.set_watch(PolicyWatch {
        version: watched.version,
        state: WatchState::Watching,
        until: watched.until,
        messages: 0,
        blocked: 0,
        messages_before: watched.before.messages,
        blocked_before: watched.before.blocked,
        why: None,
    });
    tokio::spawn(watch(app.clone(), watched));
}

/// Nothing is left to go on with.
async fn end(app: &App, version: u64) {
    if let Err(problem) = app.store().run(move |c| watches::end(c, version)).await {
        eprintln!("sluiced: the end of the watch over policy {version} is not kept: {problem}");
    }
}

/// Events before a push that say how much is usually blocked.
const LATELY: usize = 100_000;

async fn watch(app: App, Watched { version, until, before }: Watched) {
    let band = app.rollback();
    let (mut progress, mut stopping) = (app.watch_progress(), app.watch_stopping());
    let left = Duration::from_nanos(until.as_ns().saturating_sub(Timestamp::now().as_ns()));
    let end_of_time = tokio::time::Instant::now() + left;
    let mut now = Judged { last: before.last, ..Judged::default() };
    loop {
        let Ok(more) = app.store().read(move |log| recent::judged(log, version, now.last)).await else { return };
        now = Judged {
            messages: now.messages + more.messages,
            blocked: now.blocked + more.blocked,
            last: now.last.max(more.last),
        };
        let is_ours = app.update_watch(version, |w| (w.messages, w.blocked) = (now.messages, now.blocked));
        if !is_ours {
            return;
        }
        if let Some(why) = out_of_band(&band, before, now) {
            take_back(&app, version, why).await;
            return end(&app, version).await;
        }
        tokio::select! {
            // The tail has ended: nothing more will come.
            changed = progress.changed() => if changed.is_err() { return },
            () = tokio::time::sleep_until(end_of_time) => break,
            _ = stopping.wait_for(|stop| *stop) => return,
        }
    }
    app.update_watch(version, |w| w.state = WatchState::Held);
    end(&app, version).await;
}

async fn take_back(app: &App, version: u64, why: String) {
    let _turn = app.policy_turn().await;
    let restored = app
        .with_link(move |link| match link.status()?.version {
            in_force if in_force == version => link.rollback(),
            other => Err(LinkError::Refused(format!("version {other} is in force meanwhile"))),
        })
        .await;
    if let Ok(to) = &restored
        && let Err(problem) = pending_lists(app, *to, false).await
    {
        eprintln!("sluiced: entries of lists that are pending: {problem}");
    }
    let (state, subject, outcome) = match restored {
        Ok(to) => (WatchState::RolledBack, format!("version {version} to {to}"), format!("done: {why}")),
        Err(error) => {
            let problem = Problem::from(error);
            (WatchState::Failed, format!("version {version}"), format!("refused: {}: {why}", problem.detail))
        }
    };
    let said = format!("sluiced: rollback of {subject}: {outcome}");
    let written = app.store().run(move |c| audit::append(c, "daemon", Deed::Rollback, &subject, &outcome)).await;
    if let Err(problem) = written {
        eprintln!("sluiced: the rollback is not in the audit log: {problem}");
    }
    app.update_watch(version, |w| (w.state, w.why) = (state, Some(why)));
    eprintln!("{said}");
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn judged(messages: u64, blocked: u64) -> Judged {
        Judged { messages, blocked, last: 0 }
    }

    #[test]
    fn a_share_within_the_band_stays_and_one_outside_goes() {
        let band = Rollback { messages_min: 100, blocked_share_max: 0.2, factor_max: 5.0, ..Rollback::default() };
        let out = |before, now| out_of_band(&band, before, now);
        assert_eq!(out(judged(1000, 10), judged(99, 99)), None, "too few to tell");
        assert_eq!(out(judged(1000, 10), judged(1000, 50)), None, "five times is allowed");
        assert!(out(judged(1000, 10), judged(1000, 51)).unwrap().contains("1.0 % before"));
        assert!(out(judged(1000, 100), judged(1000, 201)).unwrap().starts_with("20.1 % of 1000 messages"));
        assert_eq!(out(judged(50, 1), judged(1000, 199)), None, "the share before was not measured");
        assert_eq!(out(judged(1000, 0), judged(1000, 199)), None, "nothing was blocked before: only the bound holds");
    }
}
