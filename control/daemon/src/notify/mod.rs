//! Tells other systems: what begins and ceases to be wrong with the machine, and who did what.
//!
//! ```text
//!  machine events ─┐
//!  audit log ──────┴─▶ one task for each receiver: the next one behind what was told ─▶ syslog, webhook
//! ```
//! What was told is kept in the store, so that nothing is left out over a restart; a receiver that is away is tried again,
//! less and less often, and gets what came meanwhile, oldest first. A receiver that is new begins with the next.

mod syslog;
mod tls;
mod webhook;

use crate::app::App;
use crate::config::{Notify, Receiver, Told};
use crate::store::{audit, machine, told};
use anyhow::Context as _;
use rusqlite::Connection;
use serde::Serialize;
use sluice_api::audit::AuditRow;
use sluice_api::machine::MachineEvent;
use sluice_api::problem::Problem;
use std::convert::Infallible;
use std::time::Duration;

/// Something to tell.
#[derive(Clone, Debug, Serialize)]
#[serde(tag = "of", content = "event", rename_all = "snake_case")]
pub enum Item {
    /// Something began or ceased to be wrong.
    Machine(MachineEvent),
    /// Somebody did something.
    Audit(AuditRow),
}

/// A receiver that can be told.
enum Sink {
    Syslog(syslog::Syslog),
    Webhook(webhook::Webhook),
}

impl Sink {
    async fn tell(&mut self, item: &Item) -> anyhow::Result<()> {
        match self {
            Self::Syslog(syslog) => syslog.tell(item).await,
            Self::Webhook(webhook) => webhook.tell(item).await,
        }
    }
}

/// Receivers as the configuration has them; what is wrong with them is found before the daemon begins.
///
/// # Errors
/// A certificate or a secret cannot be read, or two have one name.
pub fn prepare(all: &[Notify]) -> anyhow::Result<Vec<Prepared>> {
    let prepare = |notify: &Notify| -> anyhow::Result<Prepared> {
        let connector = tls::connector(&notify.authority)?;
        let sink = match &notify.receiver {
            Receiver::Syslog(at) => Sink::Syslog(syslog::Syslog::new(at, connector)?),
            Receiver::Webhook { url, secret_file } => {
                Sink::Webhook(webhook::Webhook::new(url, secret_file.as_deref(), connector)?)
            }
        };
        Ok(Prepared { name: notify.name.clone(), of: notify.of.clone(), sink })
    };
    for (place, notify) in all.iter().enumerate() {
        let is_again = all.iter().take(place).any(|other| other.name == notify.name);
        anyhow::ensure!(!is_again, "notify {}: two receivers have this name", notify.name);
    }
    all.iter().map(|notify| prepare(notify).with_context(|| format!("notify {}", notify.name))).collect()
}

/// One that can be served.
pub struct Prepared {
    name: String,
    of: Vec<Told>,
    sink: Sink,
}

/// Where a receiver that is new begins: with what comes from now on.
///
/// # Errors
/// The store's.
pub async fn begin(app: &App, all: &[Prepared]) -> Result<(), Problem> {
    let wanted: Vec<_> = all.iter().flat_map(|own| own.of.iter().map(|of| (own.name.clone(), *of))).collect();
    app.store()
        .run(move |c| {
            for (name, of) in &wanted {
                if told::get(c, name, of.name())?.is_none() {
                    let newest = match of {
                        Told::Machine => machine::newest(c),
                        Told::Audit => audit::newest(c),
                    };
                    told::set(c, name, of.name(), newest?)?;
                }
            }
            Ok(())
        })
        .await
}

/// Serves all of them.
pub async fn serve(app: App, all: Vec<Prepared>) -> Infallible {
    for prepared in all {
        tokio::spawn(serve_one(app.clone(), prepared));
    }
    std::future::pending().await
}

async fn serve_one(app: App, mut own: Prepared) {
    let (mut said, mut rest) = (String::new(), REST_MIN);
    loop {
        match tell_all(&app, &mut own).await {
            Ok(()) => {
                (said, rest) = (String::new(), REST_MIN);
            }
            Err(error) => {
                let error = format!("{error:#}");
                // A receiver that is away for days is told of once.
                if error != said {
                    eprintln!("sluiced: notify {}: {error}; trying again", own.name);
                    said = error;
                }
                rest = REST_MAX.min(rest * 2);
            }
        }
        let mut stopping = app.watch_stopping();
        tokio::select! {
            () = tokio::time::sleep(rest) => {}
            _ = stopping.wait_for(|stopping| *stopping) => return,
        }
    }
}

/// All there is to tell now.
async fn tell_all(app: &App, own: &mut Prepared) -> anyhow::Result<()> {
    for of in own.of.clone() {
        loop {
            let name = own.name.clone();
            let Some((id, item)) = app.store().run(move |c| next(c, &name, of)).await? else { break };
            tokio::time::timeout(TIME_MAX, own.sink.tell(&item)).await.context("no answer in time")??;
            let name = own.name.clone();
            app.store().run(move |c| told::set(c, &name, of.name(), id)).await?;
        }
    }
    Ok(())
}

fn next(connection: &Connection, name: &str, of: Told) -> rusqlite::Result<Option<(u64, Item)>> {
    let Some(behind) = told::get(connection, name, of.name())? else { return Ok(None) };
    match of {
        Told::Machine => Ok(machine::behind(connection, behind)?.map(|event| (event.id, Item::Machine(event)))),
        Told::Audit => Ok(audit::behind(connection, behind, 1)?.pop().map(|row| (row.id, Item::Audit(row)))),
    }
}

/// Between two looks at the store.
const REST_MIN: Duration = Duration::from_millis(500);
/// At the most, while a receiver is away.
const REST_MAX: Duration = Duration::from_secs(60);
/// For one thing to be told.
const TIME_MAX: Duration = Duration::from_secs(10);
