//! The smallest automaton that does the same: states that nothing can tell apart become one, then classes.

use std::collections::BTreeMap;

/// An automaton as a table, before it is numbered for the image.
#[derive(Clone, Debug, Default)]
pub(super) struct Table {
    /// One row per state, one column per class of octets and a last one for the end of the text.
    pub(super) rows: Vec<Vec<u32>>,
    /// What each state tells: numbers of expressions, in order.
    pub(super) tells: Vec<Vec<usize>>,
    pub(super) starts: Vec<u32>,
    /// The class of each octet.
    pub(super) map: Vec<u8>,
}

/// Moore's refinement: states are told apart by what they tell, then by what their successors do, until nothing new
/// turns up. At most `rounds` of them; fewer than needed would be wrong, so the table is then left alone.
pub(super) fn merge_states(table: &mut Table, rounds: usize) {
    let mut kinds = numbered(table.tells.iter());
    let mut count = 0;
    for _ in 0..rounds {
        let seen = kinds.iter().max().map_or(0, |k| k + 1);
        if seen == count {
            return keep_one_of_each(table, &kinds);
        }
        count = seen;
        let kind = |state: &u32| kinds.get(*state as usize).copied().unwrap_or_default();
        let looks: Vec<Vec<u32>> = table
            .rows
            .iter()
            .zip(&kinds)
            .map(|(row, own)| [*own].into_iter().chain(row.iter().map(kind)).collect())
            .collect();
        kinds = numbered(looks.iter());
    }
}

/// Equal things get equal numbers, in the order in which they turn up.
fn numbered<T: Ord>(things: impl Iterator<Item = T>) -> Vec<u32> {
    let mut numbers = BTreeMap::new();
    things
        .map(|thing| {
            let next = numbers.len() as u32;
            *numbers.entry(thing).or_insert(next)
        })
        .collect()
}

fn keep_one_of_each(table: &mut Table, kinds: &[u32]) {
    let mut is_first = Vec::new();
    let mut seen = 0;
    for &kind in kinds {
        is_first.push(kind == seen);
        seen = seen.max(kind + 1);
    }
    let kind = |state: &u32| kinds.get(*state as usize).copied().unwrap_or_default();
    table.rows.iter_mut().flatten().for_each(|state| *state = kind(state));
    table.starts.iter_mut().for_each(|state| *state = kind(state));
    keep(&mut table.rows, &is_first);
    keep(&mut table.tells, &is_first);
}

fn keep<T>(things: &mut Vec<T>, which: &[bool]) {
    let mut which = which.iter().copied();
    things.retain(|_| which.next().unwrap_or_default());
}

/// Classes whose columns are equal become one. The end of the text stays the last column.
pub(super) fn merge_classes(table: &mut Table) {
    let classes = table.rows.first().map_or(0, |row| row.len().saturating_sub(1));
    let column = |class: usize| table.rows.iter().map(|row| row.get(class).copied()).collect::<Vec<_>>();
    let numbers = numbered((0..classes).map(column));
    let mut is_first = Vec::new();
    let mut seen = 0;
    for &number in &numbers {
        is_first.push(number == seen);
        seen = seen.max(number + 1);
    }
    is_first.push(true);
    table.rows.iter_mut().for_each(|row| keep(row, &is_first));
    for class in &mut table.map {
        *class = numbers.get(usize::from(*class)).map_or(0, |number| *number as u8);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn states_and_classes_that_do_the_same_become_one() {
        // Both 1 and 2 lead to 3, which tells; classes 0 and 1 are alike once they are one.
        let mut table = Table {
            rows: vec![vec![1, 2, 0], vec![3, 3, 0], vec![3, 3, 0], vec![3, 3, 3]],
            tells: vec![vec![], vec![], vec![], vec![0]],
            starts: vec![0, 2],
            map: vec![0, 1, 1],
        };
        merge_states(&mut table, 10);
        merge_classes(&mut table);
        assert_eq!(table.rows, [[1, 0], [2, 0], [2, 2]]);
        assert_eq!((table.starts, table.map), (vec![0, 1], vec![0, 0, 0]));
        assert_eq!(table.tells, [vec![], vec![], vec![0]]);
    }
}
