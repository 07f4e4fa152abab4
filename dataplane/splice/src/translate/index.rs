//! Which association a packet belongs to: verification tag and ports to a number, in chains of fixed room.

/// A direction of an association: number of its record, twice, and its side.
#[derive(Clone, Copy)]
struct Link {
    key: u64,
    next: u32,
}

/// Where directions are.
pub(super) struct Index {
    homes: Box<[u32]>,
    links: Box<[Link]>,
    /// Unknown to peers: they must not be able to aim at one home.
    secret: u64,
}

const NONE: u32 = u32::MAX;

impl Index {
    /// Room for both directions of so many associations.
    pub(super) fn new(capacity: usize, secret: u64) -> Self {
        let directions = capacity * 2;
        Self {
            homes: vec![NONE; directions.next_power_of_two()].into_boxed_slice(),
            links: vec![Link { key: 0, next: NONE }; directions].into_boxed_slice(),
            secret,
        }
    }

    /// Number and side of the direction of a key.
    #[inline]
    pub(super) fn find(&self, key: u64) -> Option<(usize, usize)> {
        let mut at = *self.homes.get(self.home(key))?;
        for _ in 0..self.links.len() {
            let link = self.links.get(at as usize)?;
            if link.key == key {
                return Some((at as usize / 2, at as usize % 2));
            }
            at = link.next;
        }
        None
    }

    pub(super) fn add(&mut self, key: u64, number: usize, side: usize) {
        let home = self.home(key);
        let at = number * 2 + side;
        if let (Some(head), Some(link)) = (self.homes.get_mut(home), self.links.get_mut(at)) {
            *link = Link { key, next: *head };
            *head = at as u32;
        }
    }

    pub(super) fn remove(&mut self, number: usize, side: usize) {
        let at = number * 2 + side;
        let Some(Link { key, next }) = self.links.get(at).copied() else { return };
        let home = self.home(key);
        let Some(head) = self.homes.get_mut(home) else { return };
        if *head as usize == at {
            *head = next;
            return;
        }
        let mut before = *head as usize;
        for _ in 0..self.links.len() {
            let Some(link) = self.links.get_mut(before) else { return };
            if link.next as usize == at {
                link.next = next;
                return;
            }
            before = link.next as usize;
        }
    }

    fn home(&self, key: u64) -> usize {
        let mixed = (key ^ self.secret).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        let mixed = (mixed ^ mixed >> 32 ^ self.secret.rotate_left(32)).wrapping_mul(0xD6E8_FEB8_6659_FD93);
        (mixed >> 32) as usize & (self.homes.len() - 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_what_was_added_until_it_is_removed() {
        let mut index = Index::new(100, 0x5EED);
        for number in 0..100 {
            index.add(number as u64 * 3, number, 0);
            index.add(number as u64 * 3 + 1, number, 1);
        }
        for number in (0..100).step_by(2) {
            index.remove(number, 0);
        }
        for number in 0..100 {
            let there = index.find(number as u64 * 3);
            assert_eq!(there, (number % 2 == 1).then_some((number, 0)));
            assert_eq!(index.find(number as u64 * 3 + 1), Some((number, 1)));
            assert_eq!(index.find(number as u64 * 3 + 2), None);
        }
    }
}
