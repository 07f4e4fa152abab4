//! Which queue a frame comes to.
//!
//! The Toeplitz hash of a card is symmetric under a key that repeats every two octets (Woo and Park 2012,
//! the key 6d5a): source and destination can then be swapped, and both directions of an association come to
//! the same queue. It does not help against multihoming, where one association has several pairs of addresses.
//!
//! Most cards hash all of IP by its addresses where nothing more is asked for. The X710 (i40e) hashes each kind of packet
//! by itself: SCTP not at all, and so into queue 0, or with its verification tag, which differs by direction and is 0 in the
//! first packet. It is told by flow rules, which can say what is hashed of which kind.

use sluice_dpdk_sys as sys;

use crate::{Rss, Spread};

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

/// How a card is told what to hash.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Hash {
    /// What is asked for when the device is configured (`RTE_ETH_RSS_*`): nothing that it cannot.
    pub(crate) fields: u64,
    /// Whether flow rules say it once it has started.
    pub(crate) by_rules: bool,
    /// What comes of it.
    pub(crate) spread: Spread,
}

impl Hash {
    /// The best that comes near to what is wanted, of what the card can.
    pub(crate) fn of(wanted: Rss, supported: u64) -> Self {
        let can_sctp = supported & sys::SLUICE_RSS_SCTP != 0;
        let by_rules = can_sctp && supported & sys::SLUICE_RSS_ANY_IP == 0;
        let addresses = supported & sys::SLUICE_RSS_IP;
        match wanted {
            Rss::SctpPorts if by_rules => Self { fields: addresses, by_rules, spread: Spread::Ports },
            Rss::IpPair if by_rules => Self { fields: addresses, by_rules, spread: Spread::Addresses },
            Rss::SctpPorts if can_sctp => {
                Self { fields: addresses | supported & sys::SLUICE_RSS_SCTP, by_rules, spread: Spread::Ports }
            }
            _ if addresses != 0 => Self { fields: addresses, by_rules, spread: Spread::Addresses },
            _ => Self::default(),
        }
    }
}

/// Makes the rules for a started device. Where the driver refuses one, SCTP comes by one queue: right, and slower.
pub(crate) fn make_rules(port: u16, wanted: Rss) -> bool {
    // SAFETY: takes a number and a flag; the driver keeps the rules until the device is closed.
    unsafe { sys::sluice_hash_by_rules(port, wanted == Rss::SctpPorts) == 0 }
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

    /// `flow_type_rss_offloads` of each driver in DPDK 22.11.11, as bits of `RTE_ETH_RSS_*`: the eight of IP, then SCTP.
    fn supported(of_ip: u64, has_sctp: bool) -> u64 {
        of_ip & sys::SLUICE_RSS_IP | if has_sctp { sys::SLUICE_RSS_SCTP } else { 0 }
    }

    const ALL: u64 = u64::MAX;

    #[test]
    fn what_a_card_cannot_is_never_asked_for_and_what_comes_of_it_is_said() {
        let each_kind = !sys::SLUICE_RSS_ANY_IP;
        for (card, can, by_rules, ports) in [
            ("ixgbe, bnxt", supported(sys::SLUICE_RSS_ANY_IP, false), false, Spread::Addresses),
            ("mlx5", supported(ALL, false), false, Spread::Addresses),
            ("i40e", supported(each_kind, true), true, Spread::Ports),
            ("ice", supported(ALL, true), false, Spread::Ports),
            ("af_packet", 0, false, Spread::No),
        ] {
            let [addresses, with_ports] = [Rss::IpPair, Rss::SctpPorts].map(|wanted| Hash::of(wanted, can));
            assert_eq!((addresses.fields | with_ports.fields) & !can, 0, "{card}");
            assert_eq!([addresses.by_rules, with_ports.by_rules], [by_rules; 2], "{card}");
            assert_eq!(with_ports.spread, ports, "{card}");
            let of_addresses = if can == 0 { Spread::No } else { Spread::Addresses };
            assert_eq!(addresses.spread, of_addresses, "{card}");
            assert_eq!(addresses.fields & sys::SLUICE_RSS_SCTP, 0, "{card}: only addresses were asked for");
        }
    }

    #[test]
    fn a_driver_without_flow_rules_refuses_them() {
        use crate::{Eal, EalConfig, HugePages, PortSpec};
        let config = EalConfig { huge_pages: HugePages::Off, frames_per_node: 1_023, ..EalConfig::default() };
        let eal = Eal::init(&config).expect("one EAL per process: run with cargo nextest");
        let _open = eal.open(&PortSpec::new("null", "net_null:size=64").unwrap()).unwrap();
        assert!([Rss::IpPair, Rss::SctpPorts].iter().all(|&wanted| !make_rules(0, wanted)));
    }
}
