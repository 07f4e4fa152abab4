//! What the driver of an open card tells, against what the table has of its family.

use super::{Family, Queues, Spreading, Timestamps};

/// What a driver tells of a card.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Told {
    /// The driver's name.
    pub driver: String,
    /// Whether it can hash more of SCTP than addresses.
    pub hashes_sctp: bool,
    /// Whether it writes the checksum of SCTP.
    pub writes_checksums: bool,
    /// Whether it says which checksum of SCTP is wrong.
    pub checks_checksums: bool,
    /// Whether it writes the time into frames.
    pub timestamps: bool,
    /// Queues it has to receive by.
    pub receive_queues: u16,
    /// Queues it has to send by.
    pub send_queues: u16,
}

impl Told {
    /// What is known of such cards.
    pub fn family(&self) -> Option<&'static Family> {
        Family::of_dpdk_driver(&self.driver)
    }

    /// Where it is other than the table says, in words. The driver is right: the table is of one release of it. Nothing where
    /// the table does not have it.
    pub fn differences(&self) -> Vec<String> {
        let Some(family) = self.family() else { return Vec::new() };
        let Queues { receive, send, .. } = family.queues;
        let hashes = family.spreading != Spreading::Addresses;
        let abilities = [
            ("a hash over more of SCTP than addresses", self.hashes_sctp, Some(hashes)),
            ("written checksums of SCTP", self.writes_checksums, Some(family.writes_checksums)),
            // Those that can do not announce it.
            ("checked checksums of SCTP", self.checks_checksums, (!family.checks_checksums).then_some(false)),
            ("time stamps", self.timestamps, family.timestamps.expected()),
        ];
        let abilities = abilities.into_iter().filter(|(_, told, expected)| expected.is_some_and(|one| one != *told));
        let abilities = abilities.map(|(what, told, _)| ability(what, told));
        let counts = [("receive", self.receive_queues, receive), ("send", self.send_queues, send)];
        let counts = counts.into_iter().filter_map(|(what, told, most)| count(what, told, most?));
        abilities.chain(counts).collect()
    }
}

impl Timestamps {
    const fn expected(self) -> Option<bool> {
        match self {
            Self::Never => Some(false),
            Self::WithClock => None,
            Self::Always => Some(true),
        }
    }
}

fn ability(what: &str, told: bool) -> String {
    if told { format!("{what}: the driver has it, the table not") } else { format!("{what}: not by this driver") }
}

/// Fewer are no difference: the firmware shares them out among functions.
fn count(what: &str, told: u16, most: u16) -> Option<String> {
    (told > most).then(|| format!("queues to {what} by: {told}, where the table has at most {most}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::FAMILIES;

    /// What `*_dev_info_get` of each driver of DPDK 22.11.11 fills in, on a card whose firmware gives all.
    fn by_the_drivers() -> [Told; 5] {
        let told = |driver: &str,
                    [hashes_sctp, writes_checksums, timestamps]: [bool; 3],
                    receive_queues,
                    send_queues| {
            let driver = driver.to_owned();
            Told { driver, hashes_sctp, writes_checksums, timestamps, receive_queues, send_queues, ..Told::default() }
        };
        [
            told("net_ixgbe", [false, true, false], 128, 64),
            told("net_i40e", [true, true, false], 64, 64),
            told("net_ice", [true, true, true], 256, 256),
            told("mlx5_pci", [false, false, true], 65_535, 65_535),
            told("net_bnxt", [false, false, true], 118, 118),
        ]
    }

    #[test]
    fn the_drivers_of_the_release_tell_what_the_table_says() {
        for (told, family) in by_the_drivers().iter().zip(&FAMILIES) {
            assert_eq!(told.family(), Some(family));
            assert_eq!(told.differences(), Vec::<String>::new(), "{}", family.name);
        }
    }

    #[test]
    fn every_ability_that_is_other_than_in_the_table_is_said() {
        let [mut ixgbe, _, mut ice, ..] = by_the_drivers();
        ixgbe.checks_checksums = true;
        ixgbe.send_queues = 65;
        assert_eq!(
            ixgbe.differences(),
            [
                "checked checksums of SCTP: the driver has it, the table not",
                "queues to send by: 65, where the table has at most 64"
            ]
        );
        // As an E810 is without its package of protocols.
        (ice.hashes_sctp, ice.writes_checksums, ice.timestamps) = (false, false, false);
        assert_eq!(
            ice.differences(),
            [
                "a hash over more of SCTP than addresses: not by this driver",
                "written checksums of SCTP: not by this driver",
                "time stamps: not by this driver"
            ]
        );
    }

    #[test]
    fn a_driver_that_the_table_does_not_have_differs_in_nothing() {
        let told = Told { driver: "net_af_packet".to_owned(), hashes_sctp: true, ..Told::default() };
        assert_eq!((told.family(), told.differences()), (None, Vec::new()));
    }
}
