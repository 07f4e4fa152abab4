use super::*;
use crate::hash::mix;
use proptest::prelude::*;

fn find(table: &Table<u64>, key: u64) -> Option<u32> {
    table.find(table.home(mix(7, key, 0)), |held| *held == key)
}

/// Touches a key or enters it; says what it shed.
fn put(table: &mut Table<u64>, key: u64, now: u32) -> Option<u64> {
    if let Some(slot) = find(table, key) {
        table.touch(slot, now);
        return None;
    }
    let home = table.home(mix(7, key, 0));
    table.enter(home, key, now).1
}

proptest! {
    /// One set of eight, both of a key's: there the oldest of all is shed.
    #[test]
    fn one_set_is_a_list_that_sheds_its_oldest(steps in prop::collection::vec((0..20_u64, any::<bool>()), 1..200)) {
        let mut table = Table::new(6, 0);
        let mut model: Vec<u64> = Vec::new();
        let mut shed = 0;
        for (now, (key, remove)) in (1..).zip(steps) {
            let position = model.iter().position(|held| *held == key);
            if remove {
                prop_assert_eq!(find(&table, key).is_some(), position.is_some());
                find(&table, key).into_iter().for_each(|slot| table.remove(slot));
                position.map(|at| model.remove(at));
            } else {
                position.map(|at| model.remove(at));
                let expected = (model.len() == WAYS).then(|| model.remove(0));
                shed += u64::from(expected.is_some());
                model.push(key);
                prop_assert_eq!(put(&mut table, key, now), expected);
            }
            prop_assert_eq!((table.len(), table.shed()), (model.len(), shed));
            for key in 0..20 {
                prop_assert_eq!(find(&table, key).is_some(), model.contains(&key));
            }
        }
    }

    #[test]
    fn what_is_held_is_what_was_entered_and_not_shed(
        sets in 2..6_usize,
        steps in prop::collection::vec(0..120_u64, 1..400),
    ) {
        let mut table = Table::new(sets * 6, 0);
        let mut model = std::collections::BTreeMap::new();
        for (now, key) in (1..).zip(steps) {
            if let Some(lost) = put(&mut table, key, now) {
                let younger = model.values().filter(|stamp| **stamp > model[&lost]).count();
                prop_assert!(younger >= WAYS - 1, "the oldest of a full set");
                model.remove(&lost);
            }
            model.insert(key, now);
            let mut held: Vec<u64> = table.iter().copied().collect();
            held.sort_unstable();
            prop_assert_eq!(&held, &model.keys().copied().collect::<Vec<_>>());
            prop_assert!(model.iter().all(|(key, stamp)| table.stamp(find(&table, *key).unwrap()) == *stamp));
        }
    }
}

#[test]
fn as_many_as_were_asked_for_fit_but_for_one_in_5_000() {
    let mut table = Table::new(500_000, 0);
    for key in 0..500_000 {
        put(&mut table, key, 1);
        assert!(table.shed() == 0 || key > 450_000, "{key}");
    }
    assert!(table.shed() < 100, "{} were shed", table.shed());
    assert_eq!(table.len() as u64 + table.shed(), 500_000);
}

#[test]
fn an_entry_costs_what_was_allocated_for_it() {
    let table = Table::new(32_000, [0_u64; 2]);
    assert_eq!((table.octets_per_entry(), cost_octets::<[u64; 2]>()), (30, 30));
}

#[test]
fn a_stamp_to_come_is_no_age_and_a_clock_may_wrap() {
    assert_eq!((age(5, 3), age(3, 5), age(2, u32::MAX)), (2, 0, 3));
}

#[test]
fn a_cleared_table_is_empty_and_costs_what_it_did() {
    let mut table = Table::new(100, 0);
    for key in 0..1000 {
        put(&mut table, key, 1);
    }
    let before = (table.octets(), table.shed());
    table.clear();
    assert_eq!((table.len(), table.iter().count(), find(&table, 999)), (0, 0, None));
    assert_eq!((table.octets(), table.shed()), before);
}
