//! Which partner an address belongs to: the one with the smallest network around it.

use super::settings::{Network, Partner};
use std::net::IpAddr;

/// The networks of all partners.
pub(super) struct Peers {
    /// By length and first address.
    networks: Box<[(u8, u128, u16)]>,
    /// The lengths there are, the longest first.
    lengths: Box<[u8]>,
}

impl Peers {
    /// Partners beyond 65,536 are left out; there is no room for so many in a configuration.
    pub(super) fn new(partners: &[Partner]) -> Self {
        let numbered = (0..=u16::MAX).zip(partners);
        let mut networks: Vec<_> = numbered
            .flat_map(|(number, partner)| partner.networks.iter().map(move |network| entry(*network, number)))
            .collect();
        networks.sort_unstable();
        let mut lengths: Vec<u8> = networks.iter().map(|(bits, ..)| *bits).collect();
        lengths.dedup();
        lengths.reverse();
        Self { networks: networks.into(), lengths: lengths.into() }
    }

    /// Whether there is none.
    pub(super) const fn is_empty(&self) -> bool {
        self.networks.is_empty()
    }

    /// The number of the partner of an address.
    #[inline]
    pub(super) fn find(&self, address: IpAddr) -> Option<usize> {
        let address = number_of(address);
        self.lengths.iter().find_map(|bits| {
            let wanted = (*bits, first_of(address, *bits));
            let at = self.networks.binary_search_by_key(&wanted, |(bits, first, _)| (*bits, *first)).ok()?;
            self.networks.get(at).map(|(.., partner)| usize::from(*partner))
        })
    }
}

fn entry(network: Network, partner: u16) -> (u8, u128, u16) {
    let before = if network.address.is_ipv4() { BITS_BEFORE_V4 } else { 0 };
    let bits = network.bits.saturating_add(before).min(BITS_MAX);
    (bits, first_of(number_of(network.address), bits), partner)
}

/// IPv4 addresses lie among those of IPv6 as RFC 4291 §2.5.5.2 has it.
fn number_of(address: IpAddr) -> u128 {
    match address {
        IpAddr::V4(address) => u128::from(address.to_ipv6_mapped()),
        IpAddr::V6(address) => u128::from(address),
    }
}

const fn first_of(address: u128, bits: u8) -> u128 {
    match bits {
        0 => 0,
        bits => address & u128::MAX << (BITS_MAX.saturating_sub(bits)),
    }
}

const BITS_MAX: u8 = 128;
const BITS_BEFORE_V4: u8 = 96;

#[cfg(test)]
mod tests {
    use super::*;

    fn partner(networks: &[(&str, u8)]) -> Partner {
        let network = |(address, bits): &(&str, u8)| Network { address: address.parse().expect("one"), bits: *bits };
        Partner { networks: networks.iter().map(network).collect(), ..Partner::default() }
    }

    #[test]
    fn an_address_belongs_to_the_smallest_network_around_it() {
        let peers = Peers::new(&[
            partner(&[("192.0.2.0", 24), ("2001:db8::", 32)]),
            partner(&[("192.0.2.128", 25), ("203.0.113.9", 32)]),
            partner(&[("192.0.2.200", 32), ("2001:db8:1::1", 128)]),
        ]);
        let cases = [
            ("192.0.2.1", Some(0)),
            ("192.0.2.129", Some(1)),
            ("192.0.2.200", Some(2)),
            ("203.0.113.9", Some(1)),
            ("203.0.113.8", None),
            ("2001:db8:1::1", Some(2)),
            ("2001:db8:1::2", Some(0)),
            ("2001:db9::1", None),
            ("::ffff:192.0.2.1", Some(0)),
        ];
        for (address, expected) in cases {
            assert_eq!(peers.find(address.parse().expect("one")), expected, "{address}");
        }
    }

    #[test]
    fn a_network_of_everything_has_every_address_of_its_kind() {
        let peers = Peers::new(&[partner(&[("0.0.0.0", 0)])]);
        assert_eq!(peers.find([9, 9, 9, 9].into()), Some(0));
        assert_eq!(peers.find("2001:db8::1".parse().expect("one")), None);
        assert!(Peers::new(&[]).is_empty() && Peers::new(&[]).find([9, 9, 9, 9].into()).is_none());
    }
}
