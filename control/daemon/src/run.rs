//! Start, signals and end.

use crate::alarms::Alarms;
use crate::app::{App, Parts};
use crate::config::Config;
use crate::counters::CounterSource;
use crate::http::console::Console;
use crate::link::{Link, LinkError};
use crate::machine::look_after;
use crate::notify;
use crate::of_version::OfVersion;
use crate::rollback;
use crate::serve::{self, Listeners};
use crate::sign_in::Attempts;
use crate::snmp;
use crate::store::audit::{self, Deed};
use crate::store::{Store, machine, policies};
use crate::tail::Tail;
use crate::tls::Tls;
use crate::traffic;
use crate::written::Written;
use anyhow::Context as _;
use sd_notify::NotifyState;
use sluice_api::Timestamp;
use std::convert::Infallible;
use std::sync::Arc;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::{Mutex, watch};

/// Runs until SIGTERM or SIGINT.
///
/// # Errors
/// The store, a socket or a certificate cannot be used.
pub fn run(config: &Config) -> anyhow::Result<()> {
    let store = Store::open(&config.store())?;
    let link = Link::new(config.command_socket());
    let in_force = settle_policies(&store, &link)?;
    let receivers = notify::prepare(&config.control.notify)?;
    let console = Console::load(&config.control.console)?;
    let tls = config.control.tcp.as_ref().map(Tls::load).transpose()?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(WORKERS)
        .enable_all()
        .build()
        .context("no threads to answer with")?;
    let (listeners, signals) = runtime.block_on(async {
        let signals = EndSignals::listen()?;
        Listeners::bind(&config.socket(), tls).await.map(|listeners| (listeners, signals))
    })?;
    let (tail, progress) = Tail::start(&store, config.journal(), config.control.retention)?;
    let (stop, stopping) = watch::channel(false);
    let app = App::new(Parts {
        store,
        counters: CounterSource::new(config.counters()),
        link: Arc::new(link),
        attempts: Attempts::default(),
        session_lasts: config.control.session,
        written: Arc::new(Written::new(config.journal())),
        progress,
        stopping: stopping.clone(),
        policy_turn: Mutex::new(()),
        lists: OfVersion::default(),
        overviews: OfVersion::default(),
        traffic_days: config.control.retention.traffic_days,
        console,
        started: Timestamp::now(),
        guard: config.control.push,
        four_eyes: config.control.four_eyes,
        rollback: config.control.rollback,
        watch: std::sync::Mutex::default(),
        conditions: std::sync::Mutex::default(),
        machine: watch::Sender::default(),
    });
    if let Some(version) = in_force {
        runtime.block_on(rollback::resume(&app, version));
    }
    let listens = listeners.describe();
    eprintln!("sluiced: {listens}");
    tell_systemd(&[NotifyState::Ready, NotifyState::Status(&listens)]);
    let served = runtime.block_on(async {
        // What is wrong when the daemon starts is raised again, and told then.
        let newest = app.store().run(|c| machine::newest(c)).await?;
        let agent = async {
            match config.control.snmp.clone() {
                Some(snmp) => snmp::serve(app.clone(), snmp.agentx, newest).await,
                None => std::future::pending().await,
            }
        };
        notify::begin(&app, &receivers).await?;
        let telling = notify::serve(app.clone(), receivers);
        let counting = traffic::serve(app.clone());
        let alarms = Alarms::new(config.control.alarm.clone());
        let looks = look_after(app.clone(), config.control.sensors.clone(), alarms);
        let serving = serve::serve(listeners, crate::http::router(app.clone()), stopping);
        tokio::select! {
            ended = async { tokio::try_join!(serving, signals.wait(stop)) } => ended,
            never = live() => match never {},
            never = looks => match never {},
            never = agent => match never {},
            never = telling => match never {},
            never = counting => match never {},
        }
    });
    tell_systemd(&[NotifyState::Stopping]);
    tail.stop();
    served.map(drop)
}

/// Tells systemd that we answer, three times within the time after which it would start us anew (`WatchdogSec`). It is
/// told among the requests, so it is not where they are stuck.
async fn live() -> Infallible {
    let Some(within) = sd_notify::watchdog_enabled() else { return std::future::pending().await };
    let mut often = tokio::time::interval(within / 3);
    loop {
        often.tick().await;
        tell_systemd(&[NotifyState::Watchdog]);
    }
}

/// Without systemd there is nobody to tell.
fn tell_systemd(states: &[NotifyState<'_>]) {
    if let Err(error) = sd_notify::notify(states) {
        eprintln!("sluiced: systemd cannot be told: {error}");
    }
}

/// What a daemon killed in the middle of a push left open is settled by what the dataplane has in force; then the log
/// gets its first row, which also shows that the store can be written. Gives what is in force, if the dataplane answers.
fn settle_policies(store: &Store, link: &Link) -> anyhow::Result<Option<u64>> {
    let connection = store.connection()?;
    let failed = |e| anyhow::Error::from(store.failed(e));
    let newest = policies::newest_taken(&connection).map_err(failed)?.map_or("none".to_owned(), |v| v.to_string());
    let (in_force, outcome) = match link.status() {
        Ok(report) => {
            policies::settle_pending(&connection, report.version).map_err(failed)?;
            (Some(report.version), format!("policy {} in force, newest kept {newest}", report.version))
        }
        Err(LinkError::NotSent(why) | LinkError::NoAnswer(why) | LinkError::Refused(why)) => {
            (None, format!("policy in force unknown, newest kept {newest}: {why}"))
        }
        Err(LinkError::Daemon(problem)) => anyhow::bail!(problem),
    };
    eprintln!("sluiced: {outcome}");
    audit::append(&connection, "daemon", Deed::Start, env!("CARGO_PKG_VERSION"), &outcome).map_err(failed)?;
    Ok(in_force)
}

/// Signals that end the daemon; from here on they do it in good order.
struct EndSignals {
    terminate: Signal,
    interrupt: Signal,
}

impl EndSignals {
    fn listen() -> anyhow::Result<Self> {
        let terminate = signal(SignalKind::terminate()).context("SIGTERM cannot be waited for")?;
        let interrupt = signal(SignalKind::interrupt()).context("SIGINT cannot be waited for")?;
        Ok(Self { terminate, interrupt })
    }

    async fn wait(mut self, stop: watch::Sender<bool>) -> anyhow::Result<()> {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
        stop.send_replace(true);
        Ok(())
    }
}

/// Threads that answer. Work on the store has threads of its own.
const WORKERS: usize = 2;
