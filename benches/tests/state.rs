//! Tables of state answer as hash tables do with the same keys and values, and hold what they were asked to.

use sluice_bench::state::entries::{Row, measure};
use sluice_bench::state::own::{OwnCampaigns, OwnDialogues, OwnLocations, OwnPairings, OwnRates};
use sluice_bench::state::peers::{PeerCampaigns, PeerDialogues, PeerLocations, PeerPairings, PeerRates};

const ENTRIES: usize = 8192;
const CALLS: usize = 1000;

/// Both rows; [`measure`] has compared every answer. So many octets an entry, and so many entries of ten thousand may
/// not be found again.
fn holds([own, peer]: [Row; 2], octets_max: f64, missing_max: u64) {
    assert_eq!((own.entries, peer.entries, peer.missing), (ENTRIES, ENTRIES, 0));
    assert!(own.missing * 10_000 <= missing_max * ENTRIES as u64, "{own}");
    let allocated = own.allocated.unwrap();
    assert!(allocated > 0.0 && allocated <= octets_max, "{own}");
}

#[test]
fn every_table_answers_as_hashbrown_does_and_an_entry_costs_what_is_promised() {
    let e = ENTRIES;
    let locations = (("own", || OwnLocations::new(e)), ("peer", || PeerLocations::new(e)));
    holds(measure(e, CALLS, locations.0, locations.1).unwrap(), 32.0, 10);
    let dialogues = (("own", || OwnDialogues::new(e)), ("peer", || PeerDialogues::new(e)));
    // Four places for each, in sets of four: some sets are too small.
    holds(measure(e, CALLS, dialogues.0, dialogues.1).unwrap(), 96.0, 60);
    let pairings = (("own", || OwnPairings::new(e)), ("peer", || PeerPairings::new(e)));
    holds(measure(e, CALLS, pairings.0, pairings.1).unwrap(), 51.0, 10);
    let counts = (("own", || OwnRates::counts(e)), ("peer", || PeerRates::<6>::new(e, true)));
    holds(measure(e, CALLS, counts.0, counts.1).unwrap(), 92.0, 10);
    let distincts = (("own", || OwnRates::distincts(e)), ("peer", || PeerRates::<14>::new(e, false)));
    holds(measure(e, CALLS, distincts.0, distincts.1).unwrap(), 172.0, 10);
    let campaigns = (("own", || OwnCampaigns::new(e)), ("peer", || PeerCampaigns::new(e)));
    holds(measure(e, CALLS, campaigns.0, campaigns.1).unwrap(), 252.0, 10);
}
