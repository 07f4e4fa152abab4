//! What became of a flood, beside what is wanted.

use super::Flood;
use std::fmt;

/// What a flood came to.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// Which.
    pub flood: Flood,
    /// How many were offered.
    pub offered: u32,
    /// Octets of a frame.
    pub octets: usize,
    /// Nanoseconds each, over the first tenth and the last.
    pub ns: [f64; 2],
    /// Resident memory in KiB: before, after the first tenth, at the end.
    pub memory_kib: [u64; 3],
    /// What was counted as shed.
    pub shed: u64,
    /// What was counted as given up by age.
    pub expired: u64,
    /// Allocations while frames were processed.
    pub allocations: u64,
}

/// The last tenth may take so much longer than the first.
const TIMES_MAX: f64 = 1.25;
/// Memory that the reading of the clock and of `/proc` may need.
const GROWTH_KIB_MAX: u64 = 256;

/// Over the lines.
pub const HEADINGS: &str = "flood                  offered octets  ns first   ns last  rate x   MiB before  after 1/10   at the end      \
                            shed = offered - room   allocs";

impl Outcome {
    /// Of a flood that was not measured yet.
    pub const fn new(flood: Flood, offered: u32, octets: usize) -> Self {
        let (ns, memory_kib) = ([0.0; 2], [0; 3]);
        Self { flood, offered, octets, ns, memory_kib, shed: 0, expired: 0, allocations: 0 }
    }

    /// What must be shed: everything there is no room for.
    pub fn expected_shed(&self) -> u64 {
        u64::from(self.offered).saturating_sub(self.flood.capacity())
    }

    /// The rate over the last tenth to that over the first.
    pub fn rate(&self) -> f64 {
        self.ns[0] / self.ns[1]
    }

    /// What is not as it should be.
    pub fn missed(&self) -> Vec<String> {
        let growth = self.memory_kib[2].saturating_sub(self.memory_kib[1]);
        let (wanted, found) = (self.expected_shed(), self.shed + self.expired);
        [
            (self.ns[1] > self.ns[0] * TIMES_MAX, format!("slower by {:.2} times", 1.0 / self.rate())),
            (growth > GROWTH_KIB_MAX, format!("grown by {growth} KiB")),
            (wanted != found, format!("{found} shed or expired, not {wanted}")),
            (self.allocations > 0, format!("{} allocations", self.allocations)),
        ]
        .into_iter()
        .filter_map(|(is_missed, text)| is_missed.then_some(text))
        .collect()
    }

    /// Whether it is wrong, and not only slow: then the run fails.
    pub fn is_wrong(&self) -> bool {
        self.allocations > 0 || self.expected_shed() != self.shed + self.expired
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [before, first, last] = self.memory_kib.map(|kib| kib as f64 / 1024.0);
        let verdict = match self.missed().join(", ") {
            text if text.is_empty() => "met".to_owned(),
            text => format!("MISSED: {text}"),
        };
        write!(
            f,
            "{:<20} {:>9} {:>6} {:>9.1} {:>9.1} {:>7.2} {before:>12.1} {first:>11.1} {last:>12.1} {:>9} = {:>8} - {:>6} {:>6}   {verdict}",
            self.flood.name(),
            self.offered,
            self.octets,
            self.ns[0],
            self.ns[1],
            self.rate(),
            self.shed,
            self.offered,
            self.flood.capacity(),
            self.allocations
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outcome() -> Outcome {
        let offered = 10_000_000;
        let shed = u64::from(offered) - Flood::Parts.capacity();
        let base = Outcome::new(Flood::Parts, offered, 200);
        Outcome { ns: [100.0, 120.0], memory_kib: [1000, 9000, 9000], shed, ..base }
    }

    #[test]
    fn a_flood_that_is_as_fast_at_the_end_in_the_same_memory_and_counted_is_met() {
        assert!(outcome().to_string().ends_with("met") && !outcome().is_wrong());
    }

    #[test]
    fn what_is_missed_is_named() {
        let slow = Outcome { ns: [100.0, 130.0], ..outcome() };
        assert!(slow.to_string().ends_with("MISSED: slower by 1.30 times") && !slow.is_wrong());
        let grown = Outcome { memory_kib: [1000, 9000, 10_000], ..outcome() };
        assert_eq!(grown.missed(), ["grown by 1000 KiB"]);
        let lost = Outcome { shed: 7, ..outcome() };
        assert!(lost.is_wrong() && lost.missed()[0].starts_with("7 shed or expired, not "));
        assert!(Outcome { allocations: 1, ..outcome() }.is_wrong());
    }
}
