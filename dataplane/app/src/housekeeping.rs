//! The housekeeping loop: commands of the control side, one at a time.
//!
//! A push is answered when every poll core has the image, and only after the image is on disk: what the answer says is
//! in force comes back after a restart. A refused image leaves everything as it was. Changed entries of lists are in
//! force first and on disk then, for they are wanted at once; the answer waits for both. Between two commands it sends on
//! what poll cores tell who traces.

use crate::policy::{LoadedPolicy, Policies};
use crate::trace::Collector;
use anyhow::{Context, ensure};
use sluice_abi::command::{Code, Reply, Request};
use sluice_abi::counters::{Count, Counter};
use sluice_io::Clock;
use sluice_shm::command::{Incoming, PeerId, Server};
use sluice_shm::counters::Block;
use sluice_shm::image::MappedImage;
use sluice_shm::write_file_durably;
use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

/// How long the loop waits for a command before it looks whether it shall end.
const WAIT: Duration = Duration::from_millis(20);
/// How long a poll core may take to come to the end of a burst before it counts as stalled.
const PATIENCE_NS: u64 = 2_000_000_000;

/// What the loop needs.
pub struct Housekeeping<C: Clock> {
    /// The command socket.
    pub server: Server,
    /// Where the image in force is kept.
    pub last_policy: PathBuf,
    /// Where time comes from.
    pub clock: C,
    /// What `status` says besides the policies, as JSON members.
    pub about: String,
}

/// What a command asks of the loop's owner.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    /// Nothing: go on.
    GoOn,
    /// End in good order.
    Stop,
    /// Free the ports, answer this peer, and end.
    HandOver(PeerId),
}

impl<C: Clock> Housekeeping<C> {
    /// Waits for a command for a short while and carries it out. Sends on what is traced.
    ///
    /// # Errors
    /// The command socket failed.
    pub fn serve(
        &mut self,
        policies: &mut Policies,
        traces: &mut Collector,
        block: &mut Block,
    ) -> anyhow::Result<Next> {
        traces.serve(self.clock.now_ns());
        let Some(Incoming { peer, request, descriptor, .. }) = self.server.next(WAIT).context("the command socket")?
        else {
            return Ok(Next::GoOn);
        };
        if request == Request::HandOver {
            return Ok(Next::HandOver(peer));
        }
        let done = match request {
            Request::Push { version, length } => self.push(policies, version, length, descriptor),
            Request::Changes { version, length } => self.change_lists(policies, version, length, descriptor),
            Request::Rollback => self.rollback(policies),
            Request::Status => Ok(self.status(policies)),
            Request::Trace { per_second } => trace(traces, per_second, descriptor),
            Request::Stop | Request::HandOver => Ok(String::new()),
        };
        let version = policies.current().map_or(0, |p| p.version());
        let (code, text) = match done {
            Ok(text) => (Code::Done, text),
            Err(error) => {
                let is_push = matches!(request, Request::Push { .. } | Request::Changes { .. });
                block.count(Counter::PolicyRefused, u64::from(is_push));
                (Code::Refused, format!("{error:#}"))
            }
        };
        // A peer that has gone away does not need the answer.
        let _heard = self.server.reply(peer, &Reply { code, version, text });
        Ok(if request == Request::Stop { Next::Stop } else { Next::GoOn })
    }

    fn push(
        &self,
        policies: &mut Policies,
        version: u64,
        length: u64,
        descriptor: Option<OwnedFd>,
    ) -> anyhow::Result<String> {
        let descriptor = descriptor.context("no descriptor of an image came with the push")?;
        let policy = LoadedPolicy::verify(MappedImage::from_fd(descriptor, length)?)?;
        ensure!(policy.version() == version, "the image says version {}, the push {version}", policy.version());
        self.bring_into_force(policies, policy)
    }

    fn change_lists(
        &self,
        policies: &mut Policies,
        version: u64,
        length: u64,
        descriptor: Option<OwnedFd>,
    ) -> anyhow::Result<String> {
        let descriptor = descriptor.context("no descriptor of an image came with the changes")?;
        let current = policies.current().cloned().context("no policy is in force whose lists could change")?;
        ensure!(current.version() == version, "policy {} is in force, not {version}", current.version());
        let changed = current.with_changes(MappedImage::from_fd(descriptor, length)?)?;
        self.hand_out(policies, Arc::clone(&changed))?;
        let kept = self.keep_changes(&changed).context("the list changes cannot be kept over a restart");
        if kept.is_err() {
            self.hand_out(policies, current)?;
        }
        kept.map(|()| String::new())
    }

    fn rollback(&self, policies: &mut Policies) -> anyhow::Result<String> {
        let previous = policies.previous().cloned().context("there is no policy before the present one")?;
        self.bring_into_force(policies, previous)
    }

    fn bring_into_force(&self, policies: &mut Policies, policy: Arc<LoadedPolicy>) -> anyhow::Result<String> {
        self.keep_on_disk(Some(&policy)).context("the policy cannot be kept over a restart")?;
        let taken = self.hand_out(policies, policy);
        if taken.is_err() {
            self.keep_on_disk(policies.current())?;
        }
        taken.map(|()| String::new())
    }

    fn hand_out(&self, policies: &mut Policies, policy: Arc<LoadedPolicy>) -> anyhow::Result<()> {
        let deadline = self.clock.now_ns().saturating_add(PATIENCE_NS);
        policies.bring_into_force(policy, || {
            std::thread::yield_now();
            self.clock.now_ns() < deadline
        })
    }

    /// What a restart takes up is what the last answer said is in force, also after a push that was refused.
    fn keep_on_disk(&self, policy: Option<&Arc<LoadedPolicy>>) -> anyhow::Result<()> {
        match policy {
            Some(policy) => {
                write_file_durably(&self.last_policy, policy.octets())?;
                // Changes of another policy that are left behind here are not taken up: they name theirs.
                self.keep_changes(policy)?;
            }
            None => std::fs::remove_file(&self.last_policy)?,
        }
        Ok(())
    }

    fn keep_changes(&self, policy: &LoadedPolicy) -> anyhow::Result<()> {
        let path = changes_beside(&self.last_policy);
        match policy.changes_octets() {
            Some(octets) => write_file_durably(&path, octets)?,
            None if path.exists() => std::fs::remove_file(&path)?,
            None => {}
        }
        Ok(())
    }

    fn status(&self, policies: &Policies) -> String {
        let version = |p: Option<&Arc<LoadedPolicy>>| p.map_or("null".to_owned(), |p| p.version().to_string());
        let cores: Vec<String> = policies.versions().map(|v| v.to_string()).collect();
        format!(
            "{{\"policy\":{},\"list_changes\":{},\"previous_policy\":{},\"policy_by_core\":[{}],{}}}",
            version(policies.current()),
            policies.current().map_or(0, |p| p.changed_entries()),
            version(policies.previous()),
            cores.join(","),
            self.about
        )
    }
}

fn trace(traces: &mut Collector, per_second: u32, descriptor: Option<OwnedFd>) -> anyhow::Result<String> {
    let to = descriptor.context("no socket came with the call for a trace")?;
    traces.begin(to, per_second).map(|()| String::new())
}

/// Where the changes to the lists of the image in force are kept.
fn changes_beside(last_policy: &Path) -> PathBuf {
    last_policy.with_extension("changes")
}

/// The policy that was in force when the dataplane ended, if it left one, with the changes to its lists. Changes that
/// cannot be taken up are left out: the policy without them is better than none.
///
/// # Errors
/// The file is there and is not an intact image.
pub fn last_policy(path: &Path) -> anyhow::Result<Option<Arc<LoadedPolicy>>> {
    if !path.exists() {
        return Ok(None);
    }
    let mapped = MappedImage::from_file(path, true)?;
    let policy = LoadedPolicy::verify(mapped).with_context(|| format!("{}", path.display()))?;
    let changes = changes_beside(path);
    if !changes.exists() {
        return Ok(Some(policy));
    }
    let changed = MappedImage::from_file(&changes, false).map_err(Into::into).and_then(|c| policy.with_changes(c));
    Ok(Some(changed.unwrap_or_else(|error| {
        eprintln!("sluice-dataplane: {}: not taken up: {error:#}", changes.display());
        policy
    })))
}
