//! Handshakes under way (RFC 9260 §5.1): a table of its own, so that a flood of INITs sheds handshakes and no
//! association.
//!
//! An INIT from a to b says which tag the packets from b to a will have; the INIT ACK comes with that tag and says
//! the tag of those from a to b. From then on the handshake is known by either tag, until a cookie passes.

use super::{DirectionKey, WAYS};
use crate::hash::mix;
use sluice_wire::sctp::Tsn;

/// What a handshake has shown of the direction it is kept under.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Handshake {
    /// The direction.
    pub(super) key: DirectionKey,
    /// The tag of the other direction; zero, which no tag is, until the INIT was answered.
    pub(super) peer_tag: u32,
    /// The first TSN; means nothing until the INIT was answered.
    pub(super) tsn: Tsn,
    /// The first TSN of the other direction.
    pub(super) peer_tsn: Tsn,
    last_ns: u64,
    used: bool,
}

const FREE: Handshake = Handshake {
    key: DirectionKey { verification_tag: 0, source_port: 0, destination_port: 0 },
    peer_tag: 0,
    tsn: Tsn(0),
    peer_tsn: Tsn(0),
    last_ns: 0,
    used: false,
};

/// The table: 32 octets per entry, one for an INIT and two for an INIT that was answered.
pub(super) struct Handshakes {
    entries: Box<[[Handshake; WAYS]]>,
    sets_mask: usize,
    key: u64,
    /// Handshakes given up for newer ones.
    pub(super) shed: u64,
}

impl Handshakes {
    /// Room for about `count`, hashed under `key`.
    pub(super) fn new(count: usize, key: u64) -> Self {
        let sets = count.div_ceil(WAYS).next_power_of_two();
        Self { entries: vec![[FREE; WAYS]; sets].into_boxed_slice(), sets_mask: sets - 1, key, shed: 0 }
    }

    /// An INIT: packets of the direction `key` will have the tag it gives; its sender begins with `peer_tsn`.
    pub(super) fn init(&mut self, key: DirectionKey, peer_tsn: Tsn, now_ns: u64) {
        match self.find(key) {
            // Sent again.
            Some(known) if known.peer_tsn == peer_tsn => known.last_ns = now_ns,
            _ => self.put(Handshake { key, peer_tag: 0, tsn: Tsn(0), peer_tsn, last_ns: now_ns, used: true }),
        }
    }

    /// An INIT ACK, in a packet of the direction `key`; its sender begins with `tsn`, and packets to it will have
    /// `peer_tag`. Says whether it is the first answer to an INIT that was seen.
    pub(super) fn answer(&mut self, key: DirectionKey, peer_tag: u32, tsn: Tsn, now_ns: u64) -> bool {
        let Some(known) = self.find(key) else { return false };
        let is_first = known.peer_tag == 0;
        if !is_first && known.peer_tag == peer_tag && known.tsn == tsn {
            return false;
        }
        (known.peer_tag, known.tsn, known.last_ns) = (peer_tag, tsn, now_ns);
        let back = Handshake {
            key: key.back(peer_tag),
            peer_tag: key.verification_tag,
            tsn: known.peer_tsn,
            peer_tsn: tsn,
            last_ns: now_ns,
            used: true,
        };
        self.put(back);
        is_first
    }

    /// A cookie, in a packet of the direction `key`: the handshake, which ends here.
    pub(super) fn settle(&mut self, key: DirectionKey) -> Option<Handshake> {
        let found = self.find(key).filter(|known| known.peer_tag != 0).map(|known| *known)?;
        self.give_up(key);
        Some(found)
    }

    /// Forgets a handshake under both its tags; says whether there was one.
    pub(super) fn give_up(&mut self, key: DirectionKey) -> bool {
        let Some(known) = self.find(key) else { return false };
        known.used = false;
        let peer = key.back(known.peer_tag);
        if let Some(peer) = self.find(peer) {
            peer.used = false;
        }
        true
    }

    fn set(&mut self, key: DirectionKey) -> Option<&mut [Handshake; WAYS]> {
        let set = mix(self.key, u64::from(key.verification_tag), key.ports()) as usize & self.sets_mask;
        self.entries.get_mut(set)
    }

    fn find(&mut self, key: DirectionKey) -> Option<&mut Handshake> {
        self.set(key)?.iter_mut().find(|known| known.used && known.key == key)
    }

    /// Puts one in its own place, where there is room, or in the place of the oldest.
    fn put(&mut self, handshake: Handshake) {
        let Some(ways) = self.set(handshake.key) else { return };
        let rank = |known: &&mut Handshake| (!known.used || known.key != handshake.key, known.used, known.last_ns);
        let Some(place) = ways.iter_mut().min_by_key(rank) else { return };
        let shed = place.used && place.key != handshake.key;
        *place = handshake;
        self.shed += u64::from(shed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BACK: DirectionKey = DirectionKey { verification_tag: 7, source_port: 2, destination_port: 1 };

    #[test]
    fn a_handshake_is_known_by_either_tag_once_it_was_answered() {
        for by_peer in [false, true] {
            let mut table = Handshakes::new(64, 7);
            table.init(BACK, Tsn(100), 0);
            assert_eq!(table.settle(BACK), None, "not answered");
            assert!(table.answer(BACK, 8, Tsn(200), 1));
            assert!(!table.answer(BACK, 8, Tsn(200), 1), "sent again");
            let key = if by_peer { BACK.back(8) } else { BACK };
            let found = table.settle(key).expect("answered");
            let expected = if by_peer { (7, Tsn(100), Tsn(200)) } else { (8, Tsn(200), Tsn(100)) };
            assert_eq!((found.peer_tag, found.tsn, found.peer_tsn), expected);
            assert_eq!((table.settle(BACK), table.settle(BACK.back(8))), (None, None), "settled once");
        }
    }

    #[test]
    fn an_init_sent_again_does_not_undo_its_answer_and_another_does() {
        let mut table = Handshakes::new(64, 7);
        table.init(BACK, Tsn(100), 0);
        table.answer(BACK, 8, Tsn(200), 0);
        table.init(BACK, Tsn(100), 1);
        assert!(!table.answer(BACK, 8, Tsn(200), 1), "as before");
        table.init(BACK, Tsn(101), 2);
        assert_eq!(table.settle(BACK), None);
        assert!(table.answer(BACK, 9, Tsn(300), 2));
    }

    #[test]
    fn answers_to_nothing_are_not_kept() {
        let mut table = Handshakes::new(64, 7);
        assert!(!table.answer(BACK, 8, Tsn(200), 0));
        assert!(!table.give_up(BACK) && !table.give_up(BACK.back(8)));
    }

    #[test]
    fn a_full_table_sheds_the_oldest_and_counts_it() {
        let mut table = Handshakes::new(WAYS, 7);
        let key = |tag| DirectionKey { verification_tag: tag, ..BACK };
        for tag in 1..=5 {
            table.init(key(tag), Tsn(tag), u64::from(tag));
        }
        assert_eq!(table.shed, 1);
        assert!(!table.give_up(key(1)) && table.give_up(key(2)) && table.give_up(key(5)));
    }

    #[test]
    fn a_handshake_costs_what_the_book_says() {
        assert_eq!(size_of::<Handshake>(), 32);
    }
}
