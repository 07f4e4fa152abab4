//! Sets of logical processors, in the two forms the kernel writes them in.

use serde::{Serialize, Serializer};
use std::collections::BTreeSet;
use std::fmt;

/// More than any kernel is built for.
const CPUS_MAX: u32 = 1 << 16;
const BITS_OF_A_WORD: u32 = 32;

/// Logical processors by their numbers.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CpuSet(BTreeSet<u32>);

impl CpuSet {
    /// From a list as `0-3,8`; empty from an empty one. None where it is no list.
    pub fn from_list(text: &str) -> Option<Self> {
        let mut set = BTreeSet::new();
        for range in text.split(',').map(str::trim).filter(|range| !range.is_empty()) {
            let (first, last) = range.split_once('-').unwrap_or((range, range));
            let (first, last) = (first.parse::<u32>().ok()?, last.parse::<u32>().ok()?);
            if first > last || last >= CPUS_MAX {
                return None;
            }
            set.extend(first..=last);
        }
        Some(Self(set))
    }

    /// From words of a mask as `1,00000fff`, the highest first. None where it is no mask.
    pub fn from_mask(text: &str) -> Option<Self> {
        let words: Vec<u32> =
            text.split(',').map(|word| u32::from_str_radix(word, 16)).collect::<Result<_, _>>().ok()?;
        if words.len() > (CPUS_MAX / BITS_OF_A_WORD) as usize {
            return None;
        }
        let bits_of = |(place, word): (usize, u32)| {
            let first = place as u32 * BITS_OF_A_WORD;
            (0..BITS_OF_A_WORD).filter(move |bit| word >> bit & 1 == 1).map(move |bit| first + bit)
        };
        Some(Self(words.into_iter().rev().enumerate().flat_map(bits_of).collect()))
    }

    /// As words of a mask, the highest first.
    pub fn as_mask(&self) -> String {
        let words = self.0.last().map_or(1, |last| last / BITS_OF_A_WORD + 1);
        let word = |place: u32| {
            let bit = |bit: u32| u32::from(self.has(place * BITS_OF_A_WORD + bit)) << bit;
            format!("{:08x}", (0..BITS_OF_A_WORD).map(bit).sum::<u32>())
        };
        (0..words).rev().map(word).collect::<Vec<_>>().join(",")
    }

    /// Those that are in both.
    #[must_use]
    pub fn and(&self, other: &Self) -> Self {
        Self(self.0.intersection(&other.0).copied().collect())
    }

    /// Whether one is in it.
    pub fn has(&self, cpu: u32) -> bool {
        self.0.contains(&cpu)
    }

    /// Whether none is.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// How many.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// The lowest.
    pub fn first(&self) -> Option<u32> {
        self.0.first().copied()
    }

    /// From the lowest on.
    pub fn iter(&self) -> impl Iterator<Item = u32> + '_ {
        self.0.iter().copied()
    }
}

impl FromIterator<u32> for CpuSet {
    fn from_iter<T: IntoIterator<Item = u32>>(cpus: T) -> Self {
        Self(cpus.into_iter().collect())
    }
}

/// As a list, as the kernel writes it.
impl fmt::Display for CpuSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut cpus = self.iter().peekable();
        let mut separator = "";
        while let Some(first) = cpus.next() {
            let mut last = first;
            while let Some(next) = cpus.next_if_eq(&(last + 1)) {
                last = next;
            }
            write!(f, "{separator}{first}")?;
            if last > first {
                write!(f, "-{last}")?;
            }
            separator = ",";
        }
        Ok(())
    }
}

impl Serialize for CpuSet {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_list_and_a_mask_say_the_same() {
        assert_eq!(CpuSet::from_list("0-3,8,33\n"), CpuSet::from_mask("2,0000010f"));
        assert_eq!(CpuSet::from_list(""), CpuSet::from_mask("00000000,00000000"));
    }

    #[test]
    fn what_is_no_set_is_none() {
        for text in ["3-1", "a", "1-", "0-4294967295", "65536", "-1"] {
            assert_eq!(CpuSet::from_list(text), None, "{text}");
        }
        for text in ["", "g", "1,,2", "100000000"] {
            assert_eq!(CpuSet::from_mask(text), None, "{text}");
        }
        assert_eq!(CpuSet::from_mask(&vec!["0"; 2049].join(",")), None);
    }

    proptest! {
        #[test]
        fn a_set_is_what_its_list_says(cpus in prop::collection::btree_set(0..300_u32, 0..40)) {
            let set: CpuSet = cpus.into_iter().collect();
            prop_assert_eq!(CpuSet::from_list(&set.to_string()), Some(set));
        }
    }
}
