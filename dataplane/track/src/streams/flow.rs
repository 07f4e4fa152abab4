//! Which connection, and which of its directions.

use crate::hash::mix;

/// From where to where: addresses as words ([`NodeHasher`](crate::NodeHasher)), and ports.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FlowKey {
    /// The address it comes from.
    pub source: u64,
    /// The address it goes to.
    pub destination: u64,
    /// The port it comes from.
    pub source_port: u16,
    /// The port it goes to.
    pub destination_port: u16,
}

/// A direction of a connection, until the next segment is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Flow {
    pub(super) slot: u32,
    pub(super) side: u8,
}

impl FlowKey {
    /// The key of the connection, the same for both directions, and which of them this is.
    #[inline]
    pub(super) fn folded(self) -> (Self, u8) {
        if (self.source, self.source_port) <= (self.destination, self.destination_port) {
            return (self, 0);
        }
        let Self { source, destination, source_port, destination_port } = self;
        let turned = Self {
            source: destination,
            destination: source,
            source_port: destination_port,
            destination_port: source_port,
        };
        (turned, 1)
    }

    #[inline]
    pub(super) fn hash(self, key: u64) -> u64 {
        let ports = u64::from(self.source_port) << 16 | u64::from(self.destination_port);
        mix(mix(key, self.source, ports), self.destination, ports)
    }
}

impl Flow {
    #[inline]
    pub(super) const fn at(self) -> usize {
        self.slot as usize * 2 + self.side as usize
    }

    pub(super) const fn other(self) -> Self {
        Self { slot: self.slot, side: self.side ^ 1 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_directions_have_one_key_and_each_its_own_side() {
        let there = FlowKey { source: 5, destination: 3, source_port: 1, destination_port: 2775 };
        let back = FlowKey { source: 3, destination: 5, source_port: 2775, destination_port: 1 };
        let ((key, side), (key_back, side_back)) = (there.folded(), back.folded());
        assert_eq!((key, side ^ 1), (key_back, side_back));
        assert_eq!(key.hash(7), key_back.hash(7));
        assert_ne!(key.hash(7), key.hash(8));
    }

    #[test]
    fn two_ports_of_one_node_are_two_sides() {
        let there = FlowKey { source: 5, destination: 5, source_port: 9, destination_port: 2775 };
        let back = FlowKey { source_port: 2775, destination_port: 9, ..there };
        assert_ne!(there.folded().1, back.folded().1);
        assert_eq!(there.folded().0, back.folded().0);
    }
}
