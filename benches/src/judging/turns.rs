//! Work that is measured in turn: as `timing`, where each may have frames of its own and answers instead of fields.

use crate::clock::{calibrate, cpu_time};
use crate::timing::{ROUNDS, Row, Table, median, pin};
use crate::{Seen, allocations};
use anyhow::ensure;

/// One of those that are measured beside each other.
pub struct Turn<'a> {
    name: String,
    /// Messages, texts or look-ups in one run.
    count: usize,
    /// What one run comes to, the same each time.
    work: Box<dyn FnMut() -> u64 + 'a>,
    /// What the first came to.
    first: Option<u64>,
    may_allocate: bool,
}

impl<'a> Turn<'a> {
    /// Work on so many at once that may not allocate.
    pub fn new(name: impl Into<String>, count: usize, work: impl FnMut() -> u64 + 'a) -> Self {
        Self { name: name.into(), count, work: Box::new(work), first: None, may_allocate: false }
    }

    /// It may.
    #[must_use]
    pub fn allocating(self, may_allocate: bool) -> Self {
        Self { may_allocate, ..self }
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// How many it works on.
    pub const fn count(&self) -> usize {
        self.count
    }

    /// Runs it once.
    pub fn run(&mut self) -> u64 {
        let found = (self.work)();
        self.first.get_or_insert(found);
        found
    }

    /// What its first run came to; one that has not run does now.
    pub fn first(&mut self) -> u64 {
        self.first.unwrap_or_else(|| self.run())
    }

    /// Nanoseconds for each.
    fn time(&mut self) -> (f64, u64) {
        let start = cpu_time();
        let found = self.run();
        ((cpu_time() - start).as_nanos() as f64 / self.count.max(1) as f64, found)
    }

    fn allocations(&mut self) -> Option<f64> {
        let (count, _) = allocations::during(|| self.run());
        allocations::is_counting().then(|| count as f64 / self.count.max(1) as f64)
    }
}

/// The first run of each, which must come to the same for all.
///
/// # Errors
/// Two that differ.
pub fn agree(turns: &mut [Turn<'_>]) -> anyhow::Result<u64> {
    let Some((first, others)) = turns.split_first_mut() else { return Ok(0) };
    let expected = first.first();
    for other in others {
        let found = other.first();
        ensure!(found == expected, "{} comes to {expected}, {} to {found}", first.name, other.name);
    }
    Ok(expected)
}

/// Measures them all, round by round. `seen` describes the first one's work.
///
/// # Errors
/// One that is not the same in every run, or allocates and may not.
pub fn measure(turns: &mut [Turn<'_>], seen: Seen, frames: usize, octets: usize) -> anyhow::Result<Table> {
    let expected: Vec<u64> = turns.iter_mut().map(Turn::first).collect();
    pin();
    let (mut ns, mut calibration_ns) = (vec![Vec::new(); turns.len()], Vec::new());
    for _ in 0..ROUNDS {
        calibration_ns.push(calibrate());
        for ((turn, times), expected) in turns.iter_mut().zip(&mut ns).zip(&expected) {
            let (time, found) = turn.time();
            ensure!(found == *expected, "{} is not the same in every run: {expected}, {found}", turn.name);
            times.push(time);
        }
    }
    let rows = turns.iter_mut().zip(&ns).map(|(turn, times)| row(turn, times, &ns[0])).collect::<Result<_, _>>()?;
    Ok(Table { rows, calibration_ns, seen, frames, octets })
}

fn row(turn: &mut Turn<'_>, times: &[f64], first: &[f64]) -> anyhow::Result<Row> {
    let allocations = turn.allocations();
    let is_good = turn.may_allocate || allocations.is_none_or(|count| count == 0.0);
    ensure!(is_good, "{} allocates on the packet path: {allocations:?} times a message", turn.name);
    let ratios: Vec<f64> = times.iter().zip(first).map(|(own, first)| own / first).collect();
    Ok(Row { name: turn.name.clone(), ns: times.to_vec(), allocations, ratio: median(&ratios) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn turns_that_come_to_different_ends_are_not_timed() {
        let refused = agree(&mut [Turn::new("a", 1, || 1), Turn::new("b", 1, || 2)]).unwrap_err();
        assert_eq!(refused.to_string(), "a comes to 1, b to 2");
        assert_eq!(agree(&mut [Turn::new("a", 1, || 3), Turn::new("b", 1, || 3)]).unwrap(), 3);
    }

    #[test]
    fn a_turn_that_changes_its_answer_fails_the_run() {
        let mut answer = 0;
        let changing = Turn::new("a", 1, || {
            answer += 1;
            answer
        });
        let refused = measure(&mut [changing], Seen::default(), 1, 1).unwrap_err();
        assert!(refused.to_string().starts_with("a is not the same in every run"), "{refused}");
    }

    #[test]
    fn only_a_turn_that_may_allocate_does() {
        let boxes = || {
            std::hint::black_box(Box::new(1));
            0
        };
        assert!(measure(&mut [Turn::new("a", 1, boxes)], Seen::default(), 1, 1).is_err());
        let table = measure(&mut [Turn::new("a", 1, boxes).allocating(true)], Seen::default(), 1, 1).unwrap();
        assert_eq!((table.rows[0].ns.len(), table.rows[0].allocations), (ROUNDS, Some(1.0)));
    }
}
