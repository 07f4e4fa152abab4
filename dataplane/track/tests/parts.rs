//! The table of parts against a plain map.

use proptest::prelude::*;
use sluice_track::{Join, MessageKey, Part, PartCounts, PartSizes, Parts};
use std::collections::BTreeMap;

const CELL_OCTETS: usize = 124;
const PARTS: usize = 6;
const CELLS: usize = 8;
const TIMEOUT_NS: u64 = 40;

#[derive(Default)]
struct Text {
    last_ns: u64,
    /// Which step touched it last.
    step: u64,
    parts: BTreeMap<u8, String>,
}

#[derive(Default)]
struct Model {
    texts: BTreeMap<(u64, u8), Text>,
    counts: PartCounts,
    step: u64,
}

impl Model {
    fn held(&self) -> usize {
        self.texts.values().map(|text| text.parts.len()).sum()
    }

    fn cells(&self) -> usize {
        let parts = self.texts.values().flat_map(|text| text.parts.values());
        parts.map(|part| part.len().div_ceil(CELL_OCTETS)).sum()
    }

    fn quietest(&self, but: Option<(u64, u8)>) -> Option<(u64, u8)> {
        let others = self.texts.iter().filter(|(key, _)| Some(**key) != but);
        others.min_by_key(|(_, text)| text.step).map(|(key, _)| *key)
    }

    fn add(&mut self, key: (u64, u8), sequence: u8, words: &str, now_ns: u64) -> Part {
        self.step += 1;
        let is_old = |text: &Text| now_ns - text.last_ns > TIMEOUT_NS;
        let old: Vec<_> = self.texts.iter().filter(|(_, text)| is_old(text)).map(|(key, _)| *key).collect();
        for key in old {
            self.counts.expired += self.texts.remove(&key).map_or(0, |text| text.parts.len() as u64);
        }
        let outcome = self.take(key, sequence, words, now_ns);
        let present = self.texts.get(&key).map_or(0, |text| text.parts.len() as u8);
        let complete = present > 0 && present == key.1;
        match outcome {
            Join::New => self.counts.new += 1,
            Join::Repeated => self.counts.repeated += 1,
            Join::Changed => self.counts.changed += 1,
            Join::Refused => self.counts.refused += 1,
        }
        self.counts.completed += u64::from(complete && outcome == Join::New);
        Part { present, complete, outcome }
    }

    fn take(&mut self, key: (u64, u8), sequence: u8, words: &str, now_ns: u64) -> Join {
        let cells = words.len().div_ceil(CELL_OCTETS);
        if sequence == 0 || sequence > key.1 || cells > CELLS {
            return Join::Refused;
        }
        let held = self.texts.get(&key).and_then(|text| text.parts.get(&sequence)).cloned();
        if held.as_deref() != Some(words) {
            while self.cells() + cells > CELLS || held.is_none() && self.held() == PARTS {
                let Some(quietest) = self.quietest(Some(key)) else { return Join::Refused };
                self.counts.shed += self.texts.remove(&quietest).map_or(0, |text| text.parts.len() as u64);
            }
        }
        let text = self.texts.entry(key).or_default();
        (text.last_ns, text.step) = (now_ns, self.step);
        match text.parts.insert(sequence, words.to_owned()) {
            None => Join::New,
            Some(before) if before == words => Join::Repeated,
            Some(_) => Join::Changed,
        }
    }

    fn text(&self, key: (u64, u8)) -> String {
        let (mut whole, mut expected) = (String::new(), 1);
        for (sequence, words) in self.texts.get(&key).into_iter().flat_map(|text| &text.parts) {
            if *sequence != expected {
                whole.push('…');
            }
            whole.push_str(words);
            expected = sequence + 1;
        }
        whole
    }
}

fn message(key: (u64, u8)) -> MessageKey {
    MessageKey([key.0, key.1.into()])
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, ..ProptestConfig::default() })]

    #[test]
    fn parts_do_what_a_plain_map_does(
        steps in prop::collection::vec(
            (0..3_u64, 0..4_u8, 0..5_u8, prop_oneof![
                8 => "[ab]", 2 => "[aé€😀]{0,6}", 1 => "[a€]{120,130}", 1 => Just("x".repeat(1000)),
            ], prop_oneof![4 => Just(0_u64), 4 => 0..10_u64, 1 => 30..50_u64]),
            1..120,
        ),
    ) {
        let sizes = PartSizes { parts: PARTS, octets: CELLS * CELL_OCTETS, timeout_ns: TIMEOUT_NS };
        let (mut parts, mut model) = (Parts::new(sizes, 1), Model::default());
        let (mut now_ns, mut total) = (0, PartCounts::default());
        for (who, of, sequence, words, later_ns) in steps {
            now_ns += later_ns;
            let expected = model.add((who, of), sequence, &words, now_ns);
            let part = parts.add(message((who, of)), of, sequence, words.as_bytes(), now_ns);
            prop_assert_eq!(part, expected);
            let mut out = [0; 4096];
            let len = parts.text(message((who, of)), &mut out);
            prop_assert_eq!(std::str::from_utf8(&out[..len]).unwrap(), model.text((who, of)));
            let taken = parts.take_counts();
            total.new += taken.new;
            total.repeated += taken.repeated;
            total.changed += taken.changed;
            total.refused += taken.refused;
            total.completed += taken.completed;
            total.shed += taken.shed;
            total.expired += taken.expired;
            prop_assert_eq!(total, model.counts);
            prop_assert_eq!(parts.held(), model.held());
            prop_assert_eq!(total.new, total.shed + total.expired + parts.held() as u64, "every part is accounted for");
        }
    }
}
