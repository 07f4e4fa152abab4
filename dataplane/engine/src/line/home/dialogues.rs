//! Dialogues that go through here: which node the messages of an originator go on to.
//!
//! An originator is known by its transaction and its global title, or its point code where it has none; its End and Abort
//! name only the transaction of the node, which is learned from what the node says.

use super::errand::NodeDigits;
use crate::line::reply::{Party, ReplyKey};
use sluice_splice::Latest;

/// A dialogue goes on to a node.
#[derive(Clone, Copy, Debug)]
pub struct Through {
    /// The node.
    pub node: NodeDigits,
    /// The number of ours that the originator knows it by.
    pub ours: NodeDigits,
    /// When something was last heard of it.
    pub since_ns: u64,
}

/// The dialogues.
pub struct Dialogues {
    through: Latest<ReplyKey, Entry>,
    secret: u64,
}

#[derive(Clone, Copy)]
struct Entry {
    through: Through,
    /// The other transaction it is known by.
    also: Option<ReplyKey>,
}

impl Dialogues {
    /// Room for so many.
    pub fn new(dialogues: usize, secret: u64) -> Self {
        Self { through: Latest::new(2 * dialogues, secret), secret }
    }

    /// A dialogue is between its originator and a node.
    pub fn keep(&mut self, originator: Option<Party<'_>>, through: Through) {
        let Some(key) = originator.map(|party| party.key(self.secret)) else { return };
        let also = self.through.find(key).and_then(|entry| entry.also);
        self.through.keep(key, Entry { through, also });
    }

    /// The dialogue of an originator.
    pub fn find(&self, originator: &Party<'_>, now_ns: u64) -> Option<Through> {
        self.at(originator.key(self.secret), now_ns)
    }

    /// The dialogue of an originator, by the node's transaction.
    pub fn find_later(&self, originator: &Party<'_>, now_ns: u64) -> Option<Through> {
        self.at(originator.key(self.secret).of_the_other(), now_ns)
    }

    /// The node's transaction is known.
    pub fn learn(&mut self, originator: Option<Party<'_>>, other: Option<Party<'_>>, now_ns: u64) {
        let (Some(own), Some(other)) = (originator, other) else { return };
        let (own, other) = (own.key(self.secret), other.key(self.secret).of_the_other());
        let Some(entry) = self.through.find(own) else { return };
        let through = Through { since_ns: now_ns, ..entry.through };
        self.through.keep(own, Entry { through, also: Some(other) });
        self.through.keep(other, Entry { through, also: Some(own) });
    }

    /// A dialogue is over.
    pub fn forget(&mut self, originator: Option<Party<'_>>) {
        if let Some(key) = originator.map(|party| party.key(self.secret)) {
            self.take(key);
        }
    }

    /// A dialogue is over; the node's transaction names it.
    pub fn forget_later(&mut self, originator: Option<Party<'_>>) {
        if let Some(key) = originator.map(|party| party.key(self.secret).of_the_other()) {
            self.take(key);
        }
    }

    fn take(&mut self, key: ReplyKey) {
        if let Some(also) = self.through.take(key).and_then(|entry| entry.also) {
            self.through.take(also);
        }
    }

    fn at(&self, key: ReplyKey, now_ns: u64) -> Option<Through> {
        let through = self.through.find(key)?.through;
        (now_ns.saturating_sub(through.since_ns) < PATIENCE_NS).then_some(through)
    }
}

/// No timer of MAP runs longer (TS 29.002 §7.6.1); a dialogue in which nothing comes for so long is over.
const PATIENCE_NS: u64 = 120_000_000_000;
