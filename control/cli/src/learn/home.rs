//! Who we seem to be, where no network file says it: the one network that nearly every request is from or to.

use super::observed::{Identity, Observed};
use std::collections::BTreeMap;

/// So much of the traffic is from or to the home network.
const SHARE_MIN: f64 = 0.8;
/// A beginning of identities or numbers is proposed from this share of them on.
const COMMON_SHARE: f64 = 0.1;

/// The home network as it seems.
#[derive(Clone, Debug, PartialEq)]
pub struct Home {
    /// What its titles begin with.
    pub beginning: String,
    /// Requests from it or to it.
    pub requests: u64,
    /// Requests that name both parties.
    pub of: u64,
    /// Beginnings of identities delivered to, with how many requests have them.
    pub imsis: Vec<(String, u64)>,
    /// Beginnings of numbers asked about.
    pub numbers: Vec<(String, u64)>,
    /// Service centres its titles name as their own, most used first.
    pub centres: Vec<(String, u64)>,
}

/// Finds it; nothing where no network, or more than one, is in most of the traffic.
pub fn find(observed: &Observed) -> Option<Home> {
    let of: u64 = observed.between.values().sum();
    let mut shares: BTreeMap<&str, u64> = BTreeMap::new();
    for ((calling, called), count) in &observed.between {
        *shares.entry(calling).or_default() += count;
        if called != calling {
            *shares.entry(called).or_default() += count;
        }
    }
    let mut likely = shares.into_iter().filter(|(_, count)| *count as f64 >= SHARE_MIN * of as f64);
    let (beginning, requests) = likely.next().filter(|_| of > 0)?;
    likely.next().is_none().then(|| Home {
        beginning: beginning.to_owned(),
        requests,
        of,
        imsis: common(observed, beginning, Identity::Imsi),
        numbers: common(observed, beginning, Identity::Number),
        centres: centres(observed, beginning),
    })
}

fn common(observed: &Observed, home: &str, identity: Identity) -> Vec<(String, u64)> {
    let of_home = || observed.subscribers.iter().filter(|((called, i, _), _)| called == home && *i == identity);
    let all: u64 = of_home().map(|(_, count)| count).sum();
    let is_common = |count: u64| count as f64 >= COMMON_SHARE * all as f64;
    let mut found: Vec<(String, u64)> =
        of_home().filter(|(_, count)| is_common(**count)).map(|((.., value), count)| (value.clone(), *count)).collect();
    found.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    found
}

fn centres(observed: &Observed, home: &str) -> Vec<(String, u64)> {
    let mut found: BTreeMap<&String, u64> = BTreeMap::new();
    for (_, title) in observed.titles.iter().filter(|(digits, _)| digits.starts_with(home)) {
        for (name, centre) in title.centres.iter().filter(|(name, _)| name.starts_with(home)) {
            *found.entry(name).or_default() += centre.requests;
        }
    }
    let mut found: Vec<(String, u64)> = found.into_iter().map(|(name, count)| (name.clone(), count)).collect();
    found.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn between(pairs: &[(&str, &str, u64)]) -> Observed {
        let between = pairs.iter().map(|(a, b, n)| (((*a).to_owned(), (*b).to_owned()), *n)).collect();
        Observed { between, ..Observed::default() }
    }

    #[test]
    fn home_is_who_talks_with_everybody() {
        let observed =
            between(&[("99981", "99970", 30), ("99982", "99970", 50), ("99970", "99983", 15), ("99984", "99985", 5)]);
        let home = find(&observed).unwrap();
        assert_eq!((home.beginning.as_str(), home.requests, home.of), ("99970", 95, 100));
    }

    #[test]
    fn of_two_who_talk_only_with_each_other_nobody_knows_which_is_home() {
        assert_eq!(find(&between(&[("99981", "99970", 60), ("99970", "99981", 40)])), None);
        assert_eq!(find(&between(&[("99981", "99970", 50), ("99983", "99982", 50)])), None);
        assert_eq!(find(&between(&[])), None);
    }
}
