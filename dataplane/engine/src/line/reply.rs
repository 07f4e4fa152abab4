//! Refused requests whose destination still has to say so: its refusal becomes the answer.
//!
//! The request went on as one that its destination refuses unread. What comes back names the originator's transaction.
//! That transaction is known by the originator's global title, and by its point code beside it: titles may be translated
//! on the way back.

use crate::track;
use crate::way::Carried;
use sluice_splice::{Asked, Key, Latest};
use sluice_wire::sccp::Address;
use sluice_wire::tcap::TransactionId;

/// A transaction and the node that gave it its id.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct ReplyKey {
    transaction: u64,
    node: u64,
}

impl Key for ReplyKey {
    fn word(&self) -> u64 {
        self.transaction ^ self.node.rotate_left(29)
    }
}

impl ReplyKey {
    /// The key of a transaction of the other end.
    pub const fn of_the_other(self) -> Self {
        Self { transaction: self.transaction, node: self.node ^ OF_THE_OTHER }
    }
}

#[derive(Clone, Copy)]
struct Waiting {
    asked: Asked,
    since_ns: u64,
    /// The other key it is known by.
    also: ReplyKey,
}

/// The requests, by their transaction.
pub struct Replies {
    waiting: Latest<ReplyKey, Waiting>,
    secret: u64,
}

/// Whose transaction it is.
#[derive(Clone, Copy)]
pub struct Party<'a> {
    /// The id.
    pub transaction: TransactionId<'a>,
    /// The party's address.
    pub address: &'a Address<'a>,
    /// Its point code.
    pub point_code: Option<u32>,
}

impl<'a> Party<'a> {
    /// The sender of a message, if it names a transaction of its own.
    pub fn sender(carried: &Carried<'a>, id: Option<TransactionId<'a>>) -> Option<Self> {
        let point_code = carried.msu.label.map(|label| label.opc.0);
        Some(Self { transaction: id?, address: &carried.sccp.calling, point_code })
    }

    /// The receiver of a message, if it names a transaction of its.
    pub fn receiver(carried: &Carried<'a>, id: Option<TransactionId<'a>>) -> Option<Self> {
        let point_code = carried.msu.label.map(|label| label.dpc.0);
        Some(Self { transaction: id?, address: &carried.sccp.called, point_code })
    }

    /// What the transaction is known by, together with its node.
    pub fn key(&self, secret: u64) -> ReplyKey {
        let [by_node, _] = self.keys(secret);
        by_node
    }

    fn keys(&self, secret: u64) -> [ReplyKey; 2] {
        let transaction = self.transaction.key();
        let node = track::node(secret, self.address, self.point_code.unwrap_or(0));
        let by_point_code = self.point_code.map_or(node, |code| BY_POINT_CODE | u64::from(code));
        [ReplyKey { transaction, node }, ReplyKey { transaction, node: by_point_code }]
    }
}

impl Replies {
    /// Room for so many requests.
    pub fn new(requests: usize, secret: u64) -> Self {
        Self { waiting: Latest::new(2 * requests, secret), secret }
    }

    /// Whether none is waited for.
    #[inline(always)]
    pub const fn is_empty(&self) -> bool {
        self.waiting.is_empty()
    }

    /// From now on the request's refusal is waited for.
    pub fn expect(&mut self, party: &Party<'_>, asked: Asked, now_ns: u64) {
        let [by_node, by_point_code] = party.keys(self.secret);
        for (key, also) in [(by_node, by_point_code), (by_point_code, by_node)] {
            self.waiting.keep(key, Waiting { asked, since_ns: now_ns, also });
        }
    }

    /// What was asked in the transaction of this party.
    pub fn find(&self, party: &Party<'_>, now_ns: u64) -> Option<Asked> {
        let found = party.keys(self.secret).into_iter().find_map(|key| self.waiting.find(key))?;
        (now_ns.saturating_sub(found.since_ns) < PATIENCE_NS).then_some(found.asked)
    }

    /// The transaction is over, or another one.
    pub fn forget(&mut self, party: &Party<'_>) {
        for key in party.keys(self.secret) {
            if let Some(waiting) = self.waiting.take(key) {
                self.waiting.take(waiting.also);
            }
        }
    }
}

/// Marks a point code in the place of an address.
const BY_POINT_CODE: u64 = 1 << 63;
/// Marks a transaction that the other end gave its id.
const OF_THE_OTHER: u64 = 1 << 62;
/// A request that was not refused after so long never will be: no timer of MAP runs longer (TS 29.002 §7.6.1).
const PATIENCE_NS: u64 = 120_000_000_000;
