//! What happens when.
//!
//! ```text
//! full speed without and with pushes, in turn │ at a rate: before │ pushes, and an entry after each │ parts, the largest │ after
//! ```

use std::time::Duration;

/// Times and numbers of a run.
pub struct Plan {
    /// Pairs at full speed, without pushes and with.
    pub pairs: usize,
    /// How long each half of a pair takes.
    pub half: Duration,
    /// How long is measured before and after.
    pub aside: Duration,
    /// Pushes at a rate.
    pub pushes: usize,
    /// Time from one to the next.
    pub every: Duration,
}

/// Of the rate at full speed: what piles up while others have the core is soon worked off, so that it does not hide the
/// rest.
pub const LOAD: f64 = 0.5;

impl Plan {
    /// A hundred pushes in a minute; a tenth of that where it has to be quick.
    pub const fn new(is_quick: bool) -> Self {
        let every = Duration::from_millis(600);
        if is_quick {
            let (half, aside) = (Duration::from_millis(1200), Duration::from_secs(1));
            return Self { pairs: 3, half, aside, pushes: 10, every };
        }
        Self { pairs: 7, half: Duration::from_secs(3), aside: Duration::from_secs(10), pushes: 100, every }
    }

    /// Everything that is measured apart.
    pub const fn phases(&self) -> usize {
        self.before() + 5
    }

    /// At full speed, a pair's first or second half.
    pub const fn full_speed(&self, pair: usize, with_pushes: bool) -> usize {
        2 * pair + with_pushes as usize
    }

    /// At the rate, before any push.
    pub const fn before(&self) -> usize {
        2 * self.pairs
    }

    /// While policies are pushed.
    pub const fn during(&self) -> usize {
        self.before() + 1
    }

    /// While those of one part are.
    pub const fn parts(&self) -> usize {
        self.before() + 2
    }

    /// While the largest one is.
    pub const fn largest(&self) -> usize {
        self.before() + 3
    }

    /// When all is over.
    pub const fn after(&self) -> usize {
        self.before() + 4
    }
}
