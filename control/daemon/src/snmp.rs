//! The appliance under an SNMP agent (`control/snmp/SLUICE-MIB.txt`): objects when they are asked for, notifications when
//! something begins or ceases to be wrong.
//!
//! The agent may come later than the daemon, go and come back. A notification counts as told when the agent has taken it;
//! what came meanwhile is told then, oldest first.

mod tables;

use crate::app::App;
use crate::counters::latency;
use crate::store::machine;
use sluice_abi::counters::{Counter, Slot};
use sluice_api::machine::{MachineChange, MachineEvent};
use sluice_api::time::Timestamp;
use sluice_snmp::{Oid, Session, Step, Tree, Value, VarBind};
use std::convert::Infallible;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::UnixStream;

/// `sluiceMIB`.
const MIB: [u32; 10] = [1, 3, 6, 1, 4, 1, 8072, 9999, 9999, 7];
/// Columns of counters in `sluiceCoreTable`, in its order.
const CORE_COUNTERS: [Counter; 11] = [
    Counter::RxFrames,
    Counter::RxOctets,
    Counter::TxFrames,
    Counter::TxDropped,
    Counter::VerdictPass,
    Counter::VerdictDiscard,
    Counter::VerdictReject,
    Counter::VerdictAcknowledge,
    Counter::VerdictAbort,
    Counter::VerdictRewrite,
    Counter::VerdictNotApplied,
];

/// Serves the agent at this socket, whenever there is one; begins with events behind this one.
pub async fn serve(app: App, agentx: PathBuf, mut told: u64) -> Infallible {
    let (mut said, mut rest) = (String::new(), RETRY_FIRST);
    loop {
        let begun = Instant::now();
        let Err(error) = converse(&app, &agentx, &mut told).await;
        rest = if begun.elapsed() > RETRY_MAX { RETRY_FIRST } else { RETRY_MAX.min(rest * 2) };
        let error = format!("{}: {error:#}", agentx.display());
        // An agent that is away for days is told of once.
        if error != said {
            eprintln!("sluiced: SNMP agent {error}; trying again");
            said = error;
        }
        tokio::time::sleep(rest).await;
    }
}

async fn converse(app: &App, agentx: &Path, told: &mut u64) -> anyhow::Result<Infallible> {
    let mut stream = UnixStream::connect(agentx).await?;
    let (mut session, open) = Session::open(Oid::new(MIB), "Sluice, SMS firewall");
    stream.write_all(&open).await?;
    let mut talk = Talk { tree: Tree::default(), read: None, is_ready: false, telling: None };
    let mut events = app.watch_machine();
    let mut octets = vec![0; READ_OCTETS];
    loop {
        tokio::select! {
            length = stream.read(&mut octets) => match length? {
                0 => anyhow::bail!("the agent has gone"),
                length => session.receive(octets.get(..length).unwrap_or_default()),
            },
            changed = events.changed(), if talk.is_ready => changed?,
        }
        talk.refresh(app).await;
        while let Some(step) = session.step(|| talk.tree.clone())? {
            match step {
                Step::Send(answer) => stream.write_all(&answer).await?,
                Step::Ready => {
                    talk.is_ready = true;
                    eprintln!("sluiced: SNMP agent {}: serves sluiceMIB", agentx.display());
                }
                Step::Notified => *told = talk.telling.take().unwrap_or(*told),
            }
        }
        if talk.is_ready && talk.telling.is_none() {
            let behind = *told;
            let next = app.store().run(move |c| machine::behind(c, behind)).await?;
            if let Some(event) = next {
                talk.telling = Some(event.id);
                stream.write_all(&notification(&mut session, &event)).await?;
            }
        }
    }
}

/// What one conversation knows.
struct Talk {
    tree: Tree,
    read: Option<Instant>,
    is_ready: bool,
    /// The event whose notification waits for its answer.
    telling: Option<u64>,
}

impl Talk {
    /// A walk asks hundreds of times in a row, and sees one moment.
    async fn refresh(&mut self, app: &App) {
        if self.read.is_none_or(|read| read.elapsed() > FRESH) {
            self.tree = objects(app).await;
            self.read = Some(Instant::now());
        }
    }
}

fn notification(session: &mut Session, event: &MachineEvent) -> Vec<u8> {
    let number = match event.change {
        MachineChange::Raised => 1,
        MachineChange::Cleared => 2,
    };
    let values = [
        gauge(event.id),
        Value::text(&event.condition.kind),
        Value::text(&event.condition.subject),
        Value::text(&event.condition.what),
    ];
    let bind = |(object, value)| VarBind { name: Oid::new(MIB).below(&[1, 5, object, 0]), value };
    let binds: Vec<VarBind> = (1..).zip(values).map(bind).collect();
    session.notify(&Oid::new(MIB).below(&[0, number]), &binds)
}

/// All objects as they are now.
async fn objects(app: &App) -> Tree {
    let mut tree = Tree::default();
    let objects = Oid::new(MIB).below(&[1]);
    let conditions = app.conditions();
    let report = app.ask_dataplane().await;
    let ports = report.as_ref().ok().and_then(|report| report.details.as_ref()).map(|json| tables::ports(json.get()));
    let in_force = report.map(|report| report.version);
    let (progress, written) = (app.progress(), app.journal_written().await);
    let snapshot = app.counters().snapshot().ok();
    let latency = snapshot.as_ref().map(|snapshot| latency(&snapshot.total_buckets())).unwrap_or_default();
    let up_ns = Timestamp::now().as_ns().saturating_sub(app.started().as_ns());
    let system = [
        Value::text(env!("CARGO_PKG_VERSION")),
        // It begins again after 497 days, as all of them do.
        Value::TimeTicks((up_ns / 10_000_000) as u32),
        Value::Integer(if in_force.is_ok() { 1 } else { 2 }),
        gauge(in_force.unwrap_or_default()),
        gauge(written.map_or(0, |written| written.saturating_sub(progress.next))),
        Value::Counter64(progress.lost),
        gauge(app.store().size() >> 20),
        gauge(latency.p50_ns),
        gauge(latency.p99_ns),
        gauge(latency.p999_ns),
        gauge(conditions.len() as u64),
    ];
    for (number, value) in (1..).zip(system) {
        tree.scalar(&objects.below(&[1, number]), value);
    }
    if let Some(snapshot) = &snapshot {
        let entry = objects.below(&[2, 1]);
        for (index, block) in (1..).zip(&snapshot.blocks) {
            let counters = CORE_COUNTERS.into_iter().map(|counter| Value::Counter64(block.at(Slot::counter(counter))));
            tree.row(&entry, index, 2, std::iter::once(Value::text(&block.label)).chain(counters));
        }
        let entry = objects.below(&[3, 1]);
        for (index, slot) in (1..).zip(Slot::all()) {
            tree.row(&entry, index, 2, [Value::text(&slot.name()), Value::Counter64(snapshot.total(slot))]);
        }
    }
    let entry = objects.below(&[4, 1]);
    for (index, condition) in (1..).zip(&conditions) {
        let texts = [&condition.kind, &condition.subject, &condition.what];
        tree.row(&entry, index, 2, texts.map(|text| Value::text(text)));
    }
    tables::add(&mut tree, &objects, app, &ports.unwrap_or_default()).await;
    tree
}

/// What is more shows as the most there is (RFC 2578 §7.1.7).
fn gauge(number: u64) -> Value {
    Value::Gauge32(u32::try_from(number).unwrap_or(u32::MAX))
}

/// After an agent has gone, or is not there yet: soon, and then less and less often.
const RETRY_FIRST: Duration = Duration::from_millis(50);
const RETRY_MAX: Duration = Duration::from_secs(5);
/// How long what was read counts as now.
const FRESH: Duration = Duration::from_secs(1);
const READ_OCTETS: usize = 16 << 10;
