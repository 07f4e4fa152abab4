//! What every request can reach.

use crate::config::{PushGuard, Rollback, Sessions};
use crate::counters::CounterSource;
use crate::http::console::Console;
use crate::link::{Link, Report};
use crate::lists::ByName;
use crate::of_version::OfVersion;
use crate::sign_in::Attempts;
use crate::store::Store;
use crate::tail::Progress;
use crate::written::Written;
use sluice_api::Timestamp;
use sluice_api::machine::MachineCondition;
use sluice_api::problem::{Kind, Problem};
use sluice_api::status::PolicyWatch;
use sluice_policy::Overview;
use std::sync::{Arc, PoisonError};
use tokio::sync::{Mutex, MutexGuard, watch};

/// The daemon as its handlers see it. Clones share it.
#[derive(Clone)]
pub struct App(Arc<Parts>);

/// What an [`App`] is made of.
pub struct Parts {
    /// What the daemon keeps.
    pub store: Store,
    /// The dataplane's counters.
    pub counters: CounterSource,
    /// The dataplane's command socket.
    pub link: Arc<Link>,
    /// Attempts to sign in.
    pub attempts: Attempts,
    /// How long people stay signed in.
    pub session_lasts: Sessions,
    /// How far the journal is written.
    pub written: Arc<Written>,
    /// How far the journal is stored.
    pub progress: watch::Receiver<Progress>,
    /// Becomes true when the daemon ends.
    pub stopping: watch::Receiver<bool>,
    /// Held while the policy in force is changed.
    pub policy_turn: Mutex<()>,
    /// What the lists of the policy are, as far as somebody asked.
    pub lists: OfVersion<ByName>,
    /// The policy laid open, as far as somebody asked.
    pub overviews: OfVersion<Overview>,
    /// How many days counts of traffic are kept.
    pub traffic_days: u32,
    /// What browsers get.
    pub console: Console,
    /// Since when the daemon runs.
    pub started: Timestamp,
    /// How much a push may change.
    pub guard: PushGuard,
    /// Nobody takes a policy into force alone.
    pub four_eyes: bool,
    /// When a policy is taken back.
    pub rollback: Rollback,
    /// The policy pushed last, while it is watched and after.
    pub watch: std::sync::Mutex<Option<PolicyWatch>>,
    /// What is wrong with the machine now.
    pub conditions: std::sync::Mutex<Vec<MachineCondition>>,
    /// Says that the store has another event of the machine.
    pub machine: watch::Sender<()>,
}

impl App {
    /// Of its parts.
    pub fn new(parts: Parts) -> Self {
        Self(Arc::new(parts))
    }

    /// What the daemon keeps.
    pub fn store(&self) -> &Store {
        &self.0.store
    }

    /// The dataplane's counters.
    pub fn counters(&self) -> &CounterSource {
        &self.0.counters
    }

    /// What the lists of the policy are.
    pub fn lists(&self) -> &OfVersion<ByName> {
        &self.0.lists
    }

    /// The policy laid open.
    pub fn overviews(&self) -> &OfVersion<Overview> {
        &self.0.overviews
    }

    /// How many days counts of traffic are kept.
    pub fn traffic_days(&self) -> u32 {
        self.0.traffic_days
    }

    /// What is wrong with the machine now.
    pub fn conditions(&self) -> Vec<MachineCondition> {
        self.0.conditions.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Says when the store has another event of the machine.
    pub fn watch_machine(&self) -> watch::Receiver<()> {
        self.0.machine.subscribe()
    }

    /// It has one.
    pub fn tell_machine(&self) {
        self.0.machine.send_replace(());
    }

    /// Says what is.
    pub fn set_conditions(&self, conditions: Vec<MachineCondition>) {
        *self.0.conditions.lock().unwrap_or_else(PoisonError::into_inner) = conditions;
    }

    /// Attempts to sign in.
    pub fn attempts(&self) -> &Attempts {
        &self.0.attempts
    }

    /// How long people stay signed in.
    pub fn session_lasts(&self) -> Sessions {
        self.0.session_lasts
    }

    /// What browsers get.
    pub fn console(&self) -> &Console {
        &self.0.console
    }

    /// Since when the daemon runs.
    pub fn started(&self) -> Timestamp {
        self.0.started
    }

    /// How far the journal is stored.
    pub fn progress(&self) -> Progress {
        self.0.progress.borrow().clone()
    }

    /// Sequence number the dataplane will write next; `None` while there is no journal.
    pub async fn journal_written(&self) -> Option<u64> {
        let written = Arc::clone(&self.0.written);
        tokio::task::spawn_blocking(move || written.next_sequence()).await.ok().flatten()
    }

    /// Says when more is stored.
    pub fn watch_progress(&self) -> watch::Receiver<Progress> {
        self.0.progress.clone()
    }

    /// Says when the daemon ends.
    pub fn watch_stopping(&self) -> watch::Receiver<bool> {
        self.0.stopping.clone()
    }

    /// The turn of one who changes the policy in force: one at a time.
    pub async fn policy_turn(&self) -> MutexGuard<'_, ()> {
        self.0.policy_turn.lock().await
    }

    /// How much a push may change.
    pub fn guard(&self) -> PushGuard {
        self.0.guard
    }

    /// Whether nobody takes a policy into force alone.
    pub fn four_eyes(&self) -> bool {
        self.0.four_eyes
    }

    /// When a policy is taken back.
    pub fn rollback(&self) -> Rollback {
        self.0.rollback
    }

    /// The policy pushed last, while it is watched and after.
    pub fn watch(&self) -> Option<PolicyWatch> {
        self.0.watch.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Another policy is watched from now on.
    pub fn set_watch(&self, watch: PolicyWatch) {
        *self.0.watch.lock().unwrap_or_else(PoisonError::into_inner) = Some(watch);
    }

    /// Changes what is known of the policy that is watched; says whether it is still this one.
    pub fn update_watch(&self, version: u64, change: impl FnOnce(&mut PolicyWatch)) -> bool {
        let mut watch = self.0.watch.lock().unwrap_or_else(PoisonError::into_inner);
        watch.as_mut().filter(|watch| watch.version == version).map(change).is_some()
    }

    /// Speaks with the dataplane, off the threads that answer.
    ///
    /// # Errors
    /// What the conversation says.
    pub async fn with_link<T, E>(&self, work: impl FnOnce(&Link) -> Result<T, E> + Send + 'static) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<Problem> + Send + 'static,
    {
        let link = Arc::clone(&self.0.link);
        let done = tokio::task::spawn_blocking(move || work(&link)).await;
        done.unwrap_or_else(|e| Err(Problem::new(Kind::Internal, format!("the call ended early: {e}")).into()))
    }

    /// How the dataplane is.
    ///
    /// # Errors
    /// It does not answer.
    pub async fn ask_dataplane(&self) -> Result<Report, Problem> {
        self.with_link(|link| link.status().map_err(Problem::from)).await
    }
}
