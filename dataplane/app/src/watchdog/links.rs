//! The link lost on one side of a wire is taken down on the other, so that whoever is there takes another way at once
//! instead of waiting for his timers.
//!
//! ```text
//!            one side loses its link                    it is back
//!  both up ──────────────────────────▶ other side down ───────────▶ settling
//!     ▲                                                                │
//!     └──────────────── both up, or long enough ───────────────────────┘
//! ```
//! The side that was taken down has no link either, and that is not passed back. Settling gives lines that were taken up
//! the time they need; a link that is not there even then counts as lost.

use std::fmt::Display;

/// Time for a line to come up.
const SETTLE_NS: u64 = 5_000_000_000;

/// What is known of the two lines of a wire: 0 outside, 1 inside.
#[derive(Clone, Copy, Debug, Default)]
pub struct Propagation(State);

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum State {
    /// Not looked at yet.
    #[default]
    New,
    Settling {
        until_ns: u64,
    },
    Settled,
    /// We took this line down, because of the other.
    TakenDown(usize),
}

/// A line to take up or down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step {
    /// 0 outside, 1 inside.
    pub line: usize,
    /// Whether up.
    pub up: bool,
}

impl Propagation {
    /// Looks at both lines and says what is to be done.
    pub fn look(&mut self, now_ns: u64, outside_up: bool, inside_up: bool) -> Option<Step> {
        let up = [outside_up, inside_up];
        match self.0 {
            State::New => self.settle(now_ns),
            State::Settling { until_ns } if up == [true, true] || now_ns >= until_ns => {
                self.0 = State::Settled;
                None
            }
            State::Settling { .. } => None,
            State::Settled if up == [true, false] => self.take_down(0),
            State::Settled if up == [false, true] => self.take_down(1),
            State::Settled => None,
            State::TakenDown(line) if up.get(1 - line) == Some(&true) => {
                self.settle(now_ns);
                Some(Step { line, up: true })
            }
            State::TakenDown(_) => None,
        }
    }

    /// Whether a line is down because of the other.
    pub const fn has_taken_down(&self) -> bool {
        matches!(self.0, State::TakenDown(_))
    }

    fn settle(&mut self, now_ns: u64) -> Option<Step> {
        self.0 = State::Settling { until_ns: now_ns.saturating_add(SETTLE_NS) };
        None
    }

    fn take_down(&mut self, line: usize) -> Option<Step> {
        self.0 = State::TakenDown(line);
        Some(Step { line, up: false })
    }
}

/// In words.
pub fn said(line: usize, up: bool, error: Option<impl Display>) -> String {
    let (this, other) = if line == 0 { ("outside", "inside") } else { ("inside", "outside") };
    let why = if up { format!("the link {other} is back") } else { format!("the link {other} is lost") };
    let what = if up { "up" } else { "down" };
    match error {
        None => format!("{why}, so the one {this} is taken {what}"),
        Some(error) => format!("{why}, and the one {this} could not be taken {what}: {error}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BOTH: (bool, bool) = (true, true);

    fn settled() -> Propagation {
        let mut links = Propagation::default();
        assert_eq!((links.look(0, true, true), links.look(1, true, true)), (None, None));
        links
    }

    #[test]
    fn a_lost_link_takes_the_other_side_down_until_it_is_back() {
        for (lost, (outside, inside)) in [(0, (false, true)), (1, (true, false))] {
            let mut links = settled();
            let line = 1 - lost;
            assert_eq!(links.look(2, outside, inside), Some(Step { line, up: false }));
            // Both are down now: the one by itself, the other by us. Nothing follows from that.
            assert_eq!(links.look(3, false, false), None);
            assert_eq!(links.look(4, lost == 0, lost == 1), Some(Step { line, up: true }));
            // The other needs its time, and the one is not taken down for that.
            assert_eq!(links.look(5, lost == 0, lost == 1), None);
            assert_eq!(links.look(6, BOTH.0, BOTH.1), None);
            assert_eq!(links.look(7, outside, inside), Some(Step { line, up: false }));
        }
    }

    #[test]
    fn a_link_that_does_not_come_up_in_time_counts_as_lost() {
        let mut links = Propagation::default();
        assert_eq!(links.look(0, false, true), None);
        assert_eq!(links.look(SETTLE_NS - 1, false, true), None);
        assert_eq!(links.look(SETTLE_NS, false, true), None);
        assert_eq!(links.look(SETTLE_NS + 1, false, true), Some(Step { line: 1, up: false }));
    }

    #[test]
    fn where_both_are_gone_there_is_nobody_to_tell() {
        assert_eq!(settled().look(2, false, false), None);
    }
}
