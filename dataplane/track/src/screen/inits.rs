//! How often each address sends INITs, or is sent them.

use super::bucket::{Bucket, Limit};
use crate::NodeHasher;
use crate::table::{Table, cost_octets, tick};
use std::net::IpAddr;

#[derive(Clone, Copy)]
struct Address {
    hash: u64,
    bucket: Bucket,
}

const _: () = assert!(cost_octets::<Address>() == 30);

/// One bucket for each address. The one that was silent longest gives its place.
pub(super) struct Inits {
    table: Table<Address>,
    key: u64,
}

impl Inits {
    pub(super) fn new(addresses: usize, key: u64) -> Self {
        Self { table: Table::new(addresses, Address { hash: 0, bucket: Bucket::EMPTY }), key }
    }

    /// Whether one more of this address is within its limit; it is counted if so.
    pub(super) fn take(&mut self, address: IpAddr, limit: Option<Limit>, now_ns: u64) -> bool {
        let Some(limit) = limit else { return true };
        let hash = self.hash(address);
        let home = self.table.home(hash);
        let slot = match self.table.find(home, |address| address.hash == hash) {
            Some(slot) => slot,
            None => self.table.enter(home, Address { hash, bucket: Bucket::EMPTY }, tick(now_ns)).0,
        };
        self.table.touch(slot, tick(now_ns));
        self.table.at_mut(slot).is_none_or(|address| address.bucket.take(limit, now_ns))
    }

    /// What was allocated.
    pub(super) fn octets(&self) -> usize {
        self.table.octets()
    }

    fn hash(&self, address: IpAddr) -> u64 {
        let hasher = NodeHasher::new(self.key);
        match address {
            IpAddr::V4(address) => hasher.octets(&address.octets()).finish(),
            IpAddr::V6(address) => hasher.octets(&address.octets()).finish(),
        }
    }
}
