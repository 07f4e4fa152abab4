//! The entries of a list as text: one buffer and its offsets, so that ten million of them are not ten million
//! allocations. An entry may have an end: the second from which on it is not in the list any more.

use crate::model::ListKind;
use crate::table;
use safe_arch::prefetch_t0;

/// All texts of a list together are not longer.
pub const TEXT_OCTETS_MAX: usize = u32::MAX as usize;

/// Entries in the order in which they were added; repeated ones may be among them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Entries {
    text: String,
    ends: Vec<u32>,
    /// Place of an entry and its end in seconds since 1970, by place; few entries have one.
    until: Vec<(u32, u64)>,
}

impl Entries {
    /// Room for so many entries of so many octets together.
    pub fn with_capacity(entries: usize, octets: usize) -> Self {
        Self { text: String::with_capacity(octets), ends: Vec::with_capacity(entries), until: Vec::new() }
    }

    /// Adds an entry that stays. Says `false`, and adds nothing, beyond [`TEXT_OCTETS_MAX`].
    pub fn push(&mut self, entry: &str) -> bool {
        match u32::try_from(self.text.len() + entry.len()) {
            Ok(end) if self.ends.len() < u32::MAX as usize => {
                self.text.push_str(entry);
                self.ends.push(end);
                true
            }
            _ => false,
        }
    }

    /// Adds an entry that is in the list before this second.
    pub fn push_until(&mut self, entry: &str, until_s: u64) -> bool {
        let place = self.ends.len() as u32;
        let added = self.push(entry);
        if added && until_s != table::FOREVER {
            self.until.push((place, until_s));
        }
        added
    }

    /// How many there are, repeated ones included.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// Octets of all texts.
    pub fn octets(&self) -> usize {
        self.text.len()
    }

    /// The entry at a place.
    #[inline]
    pub fn get(&self, place: usize) -> Option<&str> {
        let end = *self.ends.get(place)? as usize;
        let start = place.checked_sub(1).and_then(|before| self.ends.get(before)).map_or(0, |&e| e as usize);
        self.text.get(start..end)
    }

    /// Has the processor fetch where the entry at a place stands.
    pub(crate) fn fetch_offset(&self, place: usize) {
        if let Some(end) = self.ends.get(place) {
            prefetch_t0(end);
        }
    }

    /// Has the processor fetch the entry at a place, of which it has the offset.
    pub(crate) fn fetch_text(&self, place: usize) {
        let last = self.ends.get(place).and_then(|&end| self.text.as_bytes().get((end as usize).checked_sub(1)?));
        if let Some(last) = last {
            prefetch_t0(last);
        }
    }

    /// The end of the entry at a place, or [`table::FOREVER`].
    pub fn until(&self, place: usize) -> u64 {
        if self.until.is_empty() {
            return table::FOREVER;
        }
        let found = self.until.binary_search_by_key(&place, |&(at, _)| at as usize);
        found.ok().and_then(|at| self.until.get(at)).map_or(table::FOREVER, |&(_, until)| until)
    }

    /// The texts.
    pub fn iter(&self) -> impl Iterator<Item = &str> + Clone {
        let starts = std::iter::once(0).chain(self.ends.iter().copied());
        starts.zip(&self.ends).map(|(start, &end)| self.text.get(start as usize..end as usize).unwrap_or(""))
    }

    /// The texts with their ends.
    pub fn iter_until(&self) -> impl Iterator<Item = (&str, u64)> {
        self.iter().enumerate().map(|(place, entry)| (entry, self.until(place)))
    }

    /// Places of repeated entries, each with the first of them, by place.
    pub fn repeated(&self) -> Vec<(usize, usize)> {
        let mut repeated = Vec::new();
        let order = table::in_order(self.iter());
        for run in order.chunk_by(|a, b| a >> 32 == b >> 32).filter(|run| run.len() > 1) {
            for (at, later) in run.iter().map(|&n| n as u32 as usize).enumerate() {
                let earlier = run.iter().take(at).map(|&n| n as u32 as usize);
                repeated.extend(earlier.filter(|&e| self.get(e) == self.get(later)).take(1).map(|e| (later, e)));
            }
        }
        repeated.sort_unstable();
        repeated
    }

    /// The entries as they are looked up: ranges of a prefix list as prefixes, hosts of a domain list. `None` if one
    /// cannot be of this kind, or the prefixes are too many.
    pub(crate) fn normal(&self, kind: ListKind) -> Option<std::borrow::Cow<'_, Self>> {
        let differs = |entry| match kind {
            ListKind::Prefix => Range::parse(entry).is_some(),
            ListKind::Domain => host_of(entry) != Some(entry) || entry.bytes().any(|o| o.is_ascii_uppercase()),
            _ => false,
        };
        if !matches!(kind, ListKind::Prefix | ListKind::Domain) || !self.iter().any(differs) {
            return Some(std::borrow::Cow::Borrowed(self));
        }
        let mut normal = Self::with_capacity(self.len(), self.octets());
        for (entry, until_s) in self.iter_until() {
            match (kind, Range::parse(entry)) {
                (ListKind::Domain, _) => _ = normal.push_until(&host_of(entry)?.to_ascii_lowercase(), until_s),
                (_, Some(range)) => range.prefixes()?.iter().for_each(|p| _ = normal.push_until(p, until_s)),
                (_, None) => _ = normal.push_until(entry, until_s),
            }
        }
        Some(std::borrow::Cow::Owned(normal))
    }
}

impl<S: AsRef<str>> FromIterator<S> for Entries {
    fn from_iter<I: IntoIterator<Item = S>>(entries: I) -> Self {
        let mut all = Self::default();
        all.extend(entries);
        all
    }
}

impl<S: AsRef<str>> Extend<S> for Entries {
    fn extend<I: IntoIterator<Item = S>>(&mut self, entries: I) {
        entries.into_iter().for_each(|entry| _ = self.push(entry.as_ref()));
    }
}

impl<S: AsRef<str>> From<Vec<S>> for Entries {
    fn from(entries: Vec<S>) -> Self {
        entries.into_iter().collect()
    }
}

/// Numbers of one length from a first to a last, both included: `9997000000-9997099999`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Range<'e> {
    low: &'e str,
    high: &'e str,
}

impl<'e> Range<'e> {
    /// Digits, a dash, as many digits; `None` for anything else.
    pub fn parse(entry: &'e str) -> Option<Self> {
        let (low, high) = entry.split_once('-')?;
        let digits = |t: &str| !t.is_empty() && t.bytes().all(|b| b.is_ascii_digit());
        let is_range = low.len() == high.len() && low <= high && digits(low) && digits(high);
        is_range.then_some(Self { low, high })
    }

    /// The fewest beginnings that all numbers of the range, and no others, have. `None` if even one does not fit into
    /// a list.
    pub fn prefixes(self) -> Option<Vec<String>> {
        if self.low.len() > table::PREFIX_OCTETS_MAX {
            return None;
        }
        let (mut low, high) = (self.low.as_bytes().to_vec(), self.high.as_bytes());
        let mut prefixes = Vec::new();
        loop {
            let kept = block(&low, high);
            let prefix = low.get(..kept)?.to_vec();
            prefixes.push(String::from_utf8(prefix).ok()?);
            // The first number behind the block; none behind 9…9.
            if !increase(low.get_mut(..kept)?) || low.as_slice() > high {
                return Some(prefixes);
            }
        }
    }
}

/// Length of the shortest beginning of `low` of which the whole block lies within `low..=high`.
fn block(low: &[u8], high: &[u8]) -> usize {
    let mut kept = low.len();
    while kept > 1 && low.get(kept - 1) == Some(&b'0') {
        // The block of the shorter beginning ends in 9…9.
        let shorter = kept - 1;
        let before = low.get(..shorter).cmp(&high.get(..shorter));
        let all_nines = high.get(shorter..).is_some_and(|rest| rest.iter().all(|&d| d == b'9'));
        if before.is_gt() || before.is_eq() && !all_nines {
            break;
        }
        kept = shorter;
    }
    kept
}

/// Adds one to decimal digits; `false` if all were 9.
fn increase(digits: &mut [u8]) -> bool {
    for digit in digits.iter_mut().rev() {
        if *digit < b'9' {
            *digit += 1;
            return true;
        }
        *digit = b'0';
    }
    false
}

/// The host of a domain or URL as an entry of a list: without scheme, user, port, path and the dot at the end; `None`
/// if nothing is left. Letters stay as they are.
pub fn host_of(entry: &str) -> Option<&str> {
    let rest = entry.split_once("://").map_or(entry, |(_, rest)| rest);
    let authority = rest.split(['/', '?', '#']).next()?;
    let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    let host = host.rsplit_once(':').filter(|(_, port)| port.bytes().all(|b| b.is_ascii_digit())).map_or(host, |h| h.0);
    let host = host.strip_prefix("*.").unwrap_or(host).trim_matches('.');
    (!host.is_empty()).then_some(host)
}
