//! What the cards behind the ports do, for the log and for `status`, and where they are other than `sluice hw cards` says.

use crate::config::{Config, Mode, SpreadBy, Wire};
use sluice_dpdk::{Capabilities, Device, Spread};
use sluice_platform::Told;
use std::sync::Arc;

/// A port and what its driver told.
#[derive(Clone, Debug)]
pub struct Card {
    port: String,
    can: Capabilities,
    /// Where it is other than the table of families has it.
    differences: Vec<String>,
}

/// Those of open devices.
pub fn of(devices: &[Arc<Device>]) -> Vec<Card> {
    devices.iter().map(|device| Card::new(device.name(), device.capabilities().clone())).collect()
}

/// Lines for the log: each card, then what is amiss.
pub fn said(config: &Config, cards: &[Card]) -> Vec<String> {
    let ports = cards.iter().flat_map(|card| [card.line()].into_iter().chain(card.amiss(config)));
    let wires = config.wire.iter().flat_map(|wire| [uneven(wire, cards), torn(wire, cards)].into_iter().flatten());
    ports.chain(wires).collect()
}

/// The member of `status`.
pub fn status(cards: &[Card]) -> String {
    let cards: Vec<String> = cards.iter().map(Card::json).collect();
    format!("\"cards\":[{}]", cards.join(","))
}

impl Card {
    fn new(port: &str, can: Capabilities) -> Self {
        let told = Told {
            driver: can.driver.clone(),
            hashes_sctp: can.hashes_sctp,
            writes_checksums: can.writes_sctp_checksums,
            checks_checksums: can.checks_sctp_checksums,
            timestamps: can.timestamps,
            receive_queues: can.rx_queues_max,
            send_queues: can.tx_queues_max,
        };
        Self { port: port.to_owned(), differences: told.differences(), can }
    }

    fn line(&self) -> String {
        let Capabilities { driver, queues, rx_queues_max, .. } = &self.can;
        format!("port `{}`: {driver}, {queues} of {rx_queues_max} queues{}", self.port, self.spread())
    }

    fn spread(&self) -> &'static str {
        match self.can.spread {
            _ if self.can.queues < 2 => "",
            Spread::No => ", not spread by us",
            Spread::Addresses => ", spread by addresses",
            Spread::Ports => ", SCTP spread by addresses and ports",
        }
    }

    fn amiss(&self, config: &Config) -> Vec<String> {
        let Self { port, can, differences } = self;
        let of_port = |what: String| format!("port `{port}`: {what}");
        let mut amiss: Vec<String> =
            differences.iter().map(|what| of_port(format!("not as `sluice hw cards` has it: {what}"))).collect();
        if can.queues < 2 {
            return amiss;
        }
        let wanted = config.port.iter().find(|one| one.name == *port).map(|one| one.spread_by);
        if wanted == Some(SpreadBy::Ports) && can.spread == Spread::Addresses {
            amiss.push(of_port("spread_by = \"ports\" is not for this card; it spreads by addresses".to_owned()));
        }
        if can.spread == Spread::No && can.hashes_addresses {
            amiss.push(of_port("the card could not be told what to hash; frames may all come by queue 0".to_owned()));
        }
        let reached =
            Told { driver: can.driver.clone(), ..Told::default() }.family().map(|family| family.queues.spread);
        if let Some(reached) = reached.filter(|&reached| reached < can.queues) {
            amiss.push(of_port(format!("its hash reaches {reached} queues, {} get nothing", can.queues - reached)));
        }
        amiss
    }

    fn json(&self) -> String {
        let Self { port, can, differences } = self;
        let spread = match can.spread {
            Spread::No => "null",
            Spread::Addresses => "\"addresses\"",
            Spread::Ports => "\"ports\"",
        };
        format!(
            "{{\"port\":{port:?},\"driver\":{:?},\"queues\":{},\"queues_max\":{},\"spread_by\":{spread},\"hashes_sctp\":{},\
             \"writes_sctp_checksums\":{},\"checks_sctp_checksums\":{},\"timestamps\":{},\"differs\":{differences:?}}}",
            can.driver,
            can.queues,
            can.rx_queues_max,
            can.hashes_sctp,
            can.writes_sctp_checksums,
            can.checks_sctp_checksums,
            can.timestamps,
        )
    }
}

/// Where the sides of a wire do not choose alike, the two directions of an association come to different cores.
fn uneven(wire: &Wire, cards: &[Card]) -> Option<String> {
    let of = |port: &str| cards.iter().find(|card| card.port == port).map(|card| &card.can);
    let (outside, inside) = (of(&wire.outside)?, of(&wire.inside)?);
    let queues = outside.queues;
    let why = if queues < 2 {
        return None;
    } else if outside.spread != inside.spread {
        "its ports do not spread by the same".to_owned()
    } else if outside.hash_table != inside.hash_table && !queues.is_power_of_two() {
        let (one, other) = (outside.hash_table, inside.hash_table);
        format!(
            "the cards of its ports look their hash up in {one} and in {other} entries, which {queues} does not divide"
        )
    } else {
        return None;
    };
    let advice = "the two directions of an association come to different cores, each of which knows half of it; give \
                  both ports cards of one family, or one queue";
    Some(format!("wire `{}`: {why}: {advice}", wire.name))
}

/// What a core has translated no other core knows: an association with several paths may come by several.
fn torn(wire: &Wire, cards: &[Card]) -> Option<String> {
    let queues = cards.iter().find(|card| card.port == wire.outside)?.can.queues;
    (wire.mode == Mode::Splice && queues > 1).then(|| {
        format!(
            "wire `{}`: mode = \"splice\" with {queues} queues: an association with several paths may come to several \
             cores and would end; give its ports one queue",
            wire.name
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    fn config(queues: u16, spread_by: &str) -> Config {
        let port = |name: &str| {
            format!(
                "[[port]]\nname = \"{name}\"\ndevice = \"net_null\"\nqueues = {queues}\nspread_by = \"{spread_by}\"\n"
            )
        };
        let text = format!("{}{}[[wire]]\nname = \"w\"\noutside = \"a\"\ninside = \"b\"\n", port("a"), port("b"));
        Config::parse(Path::new("sluice.toml"), &text).unwrap()
    }

    /// A card as `ixgbe` tells of it.
    fn told(queues: u16, spread: Spread) -> Capabilities {
        Capabilities {
            driver: "net_ixgbe".to_owned(),
            hashes_addresses: true,
            writes_sctp_checksums: true,
            rx_queues_max: 128,
            tx_queues_max: 64,
            hash_table: 128,
            queues,
            spread,
            ..Capabilities::default()
        }
    }

    fn of_wire(spread_by: &str, outside: Capabilities, inside: Capabilities) -> Vec<String> {
        let config = config(outside.queues, spread_by);
        said(&config, &[Card::new("a", outside), Card::new("b", inside)])
    }

    #[test]
    fn cards_that_do_as_they_should_have_one_line_each() {
        let cards = [told(2, Spread::Addresses), told(1, Spread::No)].map(|can| of_wire("addresses", can.clone(), can));
        assert_eq!(cards[0][0], "port `a`: net_ixgbe, 2 of 128 queues, spread by addresses");
        assert_eq!(cards[1], ["port `a`: net_ixgbe, 1 of 128 queues", "port `b`: net_ixgbe, 1 of 128 queues"]);
        assert_eq!(cards[0].len(), 2);
    }

    #[test]
    fn what_a_card_does_other_than_known_or_wanted_is_said_by_port() {
        let odd = Capabilities { timestamps: true, ..told(20, Spread::Addresses) };
        let said = of_wire("ports", odd, told(20, Spread::No));
        assert_eq!(said[1], "port `a`: not as `sluice hw cards` has it: time stamps: the driver has it, the table not");
        assert_eq!(said[2], "port `a`: spread_by = \"ports\" is not for this card; it spreads by addresses");
        assert_eq!(said[3], "port `a`: its hash reaches 16 queues, 4 get nothing");
        assert_eq!(said[5], "port `b`: the card could not be told what to hash; frames may all come by queue 0");
        assert!(
            said[7].starts_with("wire `w`: its ports do not spread by the same: the two directions"),
            "{}",
            said[7]
        );
    }

    #[test]
    fn tables_of_different_lengths_part_the_directions_unless_the_queues_divide_both() {
        let mixed = |queues| {
            let other = Capabilities { hash_table: 512, ..told(queues, Spread::Addresses) };
            of_wire("addresses", told(queues, Spread::Addresses), other).len()
        };
        assert_eq!([2, 3, 4].map(mixed), [2, 3, 2]);
    }

    #[test]
    fn splicing_by_several_queues_is_warned_of_and_by_one_is_not() {
        let warned = |queues, spread| {
            let mut config = config(queues, "addresses");
            config.wire[0].mode = Mode::Splice;
            let cards = ["a", "b"].map(|port| Card::new(port, told(queues, spread)));
            said(&config, &cards).iter().filter(|line| line.contains("give its ports one queue")).count()
        };
        assert_eq!((warned(2, Spread::Addresses), warned(1, Spread::No)), (1, 0));
    }

    #[test]
    fn status_has_a_member_for_every_port() {
        let card = Card::new("a", Capabilities { timestamps: true, ..told(2, Spread::Addresses) });
        assert_eq!(
            status(&[card]),
            "\"cards\":[{\"port\":\"a\",\"driver\":\"net_ixgbe\",\"queues\":2,\"queues_max\":128,\"spread_by\":\"addresses\",\
             \"hashes_sctp\":false,\"writes_sctp_checksums\":true,\"checks_sctp_checksums\":false,\"timestamps\":true,\
             \"differs\":[\"time stamps: the driver has it, the table not\"]}]"
        );
    }
}
