//! What goes wrong with packets on the way, drawn from a seed: lost, sent twice, late. Late ones are overtaken.

use crate::random::Random;
use std::time::Duration;

/// How often each thing goes wrong, in packets of a thousand.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Rates {
    /// Lost.
    pub loss: u16,
    /// Sent twice, the second time late.
    pub duplicate: u16,
    /// Late.
    pub delay: u16,
    /// The latest is so late, in milliseconds.
    pub delay_ms_max: u16,
}

/// The packets of one direction.
#[derive(Clone, Debug)]
pub struct Faults {
    rates: Rates,
    random: Random,
}

/// Behind the common header (RFC 9260 §3.1).
const FIRST_CHUNK_AT: usize = 12;
/// RFC 9260 §3.3.13.
const SHUTDOWN_COMPLETE: u8 = 14;

/// When the copies of a packet go on: none, one or two.
pub type Copies = [Option<Duration>; 2];

impl Faults {
    /// Packets of the direction with this number.
    pub fn new(rates: Rates, seed: u64, direction: u64) -> Self {
        Self { rates, random: Random::new(seed, u64::MAX - direction) }
    }

    /// What becomes of the next packet. The last of an association arrives: its sender is not there to send it again.
    pub fn fate(&mut self, packet: &[u8]) -> Copies {
        let drawn = self.draw();
        if packet.get(FIRST_CHUNK_AT) == Some(&SHUTDOWN_COMPLETE) { [Some(Duration::ZERO), None] } else { drawn }
    }

    fn draw(&mut self) -> Copies {
        // Every packet takes as many numbers as any other, so its fate does not depend on the rates of other faults.
        let (is_lost, is_twice) = (self.random.permille(self.rates.loss), self.random.permille(self.rates.duplicate));
        let is_late = self.random.permille(self.rates.delay);
        let (first, second) = (self.late(), self.late());
        let first = if is_late { first } else { Duration::ZERO };
        [(!is_lost).then_some(first), (is_twice && !is_lost).then_some(second)]
    }

    fn late(&mut self) -> Duration {
        Duration::from_micros(1 + self.random.below(1000 * u64::from(self.rates.delay_ms_max.max(1))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn faults_come_as_often_as_asked_and_the_same_again() {
        let rates = Rates { loss: 50, duplicate: 20, delay: 100, delay_ms_max: 10 };
        let run = || {
            let mut faults = Faults::new(rates, 1, 0);
            (0..10_000).map(|_| faults.fate(&[])).collect::<Vec<_>>()
        };
        let fates = run();
        let count = |what: &dyn Fn(&Copies) -> bool| fates.iter().filter(|fate| what(fate)).count();
        assert!((400..600).contains(&count(&|fate| fate[0].is_none())));
        assert!((130..250).contains(&count(&|fate| fate[1].is_some())));
        assert!((850..1050).contains(&count(&|fate| fate[0].is_some_and(|late| !late.is_zero()))));
        assert_eq!(fates, run());
    }

    #[test]
    fn the_last_packet_of_an_association_always_arrives() {
        let mut faults = Faults::new(Rates { loss: 1000, ..Rates::default() }, 1, 0);
        let complete = [0, 1, 0, 2, 0, 0, 0, 3, 0, 0, 0, 4, SHUTDOWN_COMPLETE, 0, 0, 4];
        assert_eq!(faults.fate(&complete), [Some(Duration::ZERO), None]);
        assert_eq!(faults.fate(&[0; 16]), [None, None]);
    }

    #[test]
    fn without_rates_nothing_goes_wrong() {
        let mut faults = Faults::new(Rates::default(), 1, 0);
        assert!((0..1000).all(|_| faults.fate(&[]) == [Some(Duration::ZERO), None]));
    }
}
