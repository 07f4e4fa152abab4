//! The rows of the tables, and P7.

use sluice_bench::goals::Goal;
use sluice_bench::state::entries::{Row, measure as beside};
use sluice_bench::state::own::{OwnCampaigns, OwnDialogues, OwnLocations, OwnPairings, OwnRates};
use sluice_bench::state::peers::{PeerCampaigns, PeerDialogues, PeerLocations, PeerPairings, PeerRates};
use sluice_bench::timing::{ROUNDS, pin};

/// Subscribers, and entries of the other tables.
const MOST: usize = 10_000_000;
const MANY: usize = 1_000_000;
const SOME: usize = 100_000;
/// Calls of a kind in a round.
const CALLS: usize = 200_000;

/// Measures and prints all.
///
/// # Errors
/// The table that answers otherwise than its peer.
pub fn measure(times_less: usize) -> anyhow::Result<()> {
    pin();
    let [most, many, some] = [MOST, MANY, SOME].map(|entries| entries / times_less);
    let calls = CALLS / times_less.min(10);
    println!("{}", Row::HEADINGS);
    let locations =
        beside(most, calls, ("locations", || OwnLocations::new(most)), ("  hashbrown", || PeerLocations::new(most)))?;
    print(&locations);
    let dialogues = beside(
        many,
        calls,
        ("open dialogues", || OwnDialogues::new(many)),
        ("  hashbrown", || PeerDialogues::new(many)),
    )?;
    print(&dialogues);
    print(&beside(
        many,
        calls,
        ("pairings", || OwnPairings::new(many)),
        ("  hashbrown, one a subscriber", || PeerPairings::new(many)),
    )?);
    print(&beside(
        many,
        calls,
        ("counters of messages", || OwnRates::counts(many)),
        ("  hashbrown", || PeerRates::<6>::new(many, true)),
    )?);
    print(&beside(
        some,
        calls,
        ("counters of different values", || OwnRates::distincts(some)),
        ("  hashbrown", || PeerRates::<14>::new(some, false)),
    )?);
    print(&beside(
        some,
        calls,
        ("campaigns", || OwnCampaigns::new(some)),
        ("  hashbrown, same sketch only", || PeerCampaigns::new(some)),
    )?);
    println!("{calls} calls of a kind in a round, {ROUNDS} rounds in turn on one core, CPU time");
    let [location, dialogue] = [&locations[0], &dialogues[0]].map(|row| row.resident);
    println!("{}", Goal::at_most("P7", "octets a subscriber known by IMSI or number", 32.0, location));
    println!("{}", Goal::at_most("P7", "octets a subscriber known by both", 32.0, 2.0 * location));
    println!("{}", Goal::at_most("P7", "octets an open dialogue", 96.0, dialogue));
    Ok(())
}

fn print(rows: &[Row]) {
    rows.iter().for_each(|row| println!("{row}"));
}
