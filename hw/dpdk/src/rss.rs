//! Which queue a frame comes to.
//!
//! The Toeplitz hash of a card is symmetric under a key that repeats every two octets (Woo and Park 2012,
//! the key 6d5a): source and destination can then be swapped, and both directions of an association come to
//! the same queue. It does not help against multihoming, where one association has several pairs of addresses.

use sluice_dpdk_sys as sys;

use crate::Rss;

/// The longest key of any driver of this release.
const KEY_OCTETS_MAX: usize = 64;

/// A key for cards that want `octets` of it; empty if the card has none or wants more than any does.
pub(crate) fn symmetric_key(octets: u8) -> &'static [u8] {
    static KEY: [u8; KEY_OCTETS_MAX] = {
        let mut key = [0x6d; KEY_OCTETS_MAX];
        let mut at = 1;
        while at < KEY_OCTETS_MAX {
            key[at] = 0x5a;
            at += 2;
        }
        key
    };
    KEY.get(..usize::from(octets)).unwrap_or_default()
}

/// What to hash, of what the card can (`RTE_ETH_RSS_*`); 0 if it can nothing of it.
pub(crate) fn hash_fields(rss: Rss, supported: u64) -> u64 {
    let wanted = match rss {
        Rss::IpPair => sys::SLUICE_RSS_IP,
        Rss::SctpPorts => sys::SLUICE_RSS_IP | sys::SLUICE_RSS_SCTP,
    };
    wanted & supported
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The hash as the cards compute it: for each set bit of the input, the 32 bits of the key from there.
    fn toeplitz(key: &[u8], input: &[u8]) -> u32 {
        let window = |bit: usize| {
            let octets = &key[bit / 8..bit / 8 + 5];
            let wide = octets.iter().fold(0u64, |acc, &octet| acc << 8 | u64::from(octet));
            (wide >> (8 - bit % 8)) as u32
        };
        let bits = (0..input.len() * 8).filter(|&bit| input[bit / 8] >> (7 - bit % 8) & 1 == 1);
        bits.fold(0, |hash, bit| hash ^ window(bit))
    }

    #[test]
    fn both_directions_of_an_association_hash_alike_and_different_ones_do_not() {
        let key = symmetric_key(40);
        let (a, b, c) = ([192, 0, 2, 1], [198, 51, 100, 7], [203, 0, 113, 9]);
        let (from, to) = ([0x0b, 0x59], [0x0b, 0x5a]);
        let there = toeplitz(key, &[&a[..], &b, &from, &to].concat());
        assert_eq!(there, toeplitz(key, &[&b[..], &a, &to, &from].concat()));
        assert_ne!(there, toeplitz(key, &[&a[..], &c, &from, &to].concat()));
    }

    #[test]
    fn cards_without_a_key_get_none() {
        assert_eq!(symmetric_key(0).len(), 0);
        assert_eq!(symmetric_key(52).len(), 52);
        assert_eq!(symmetric_key(200).len(), 0);
    }

    #[test]
    fn only_what_the_card_can_is_asked_for() {
        assert_eq!(hash_fields(Rss::SctpPorts, sys::SLUICE_RSS_SCTP), sys::SLUICE_RSS_SCTP);
        assert_eq!(hash_fields(Rss::IpPair, sys::SLUICE_RSS_SCTP), 0);
    }
}
