//! Links in a folded text, those that are hidden included.
//!
//! - With a scheme (`https://`, `hxxp://`, `h**p:`), or `www`.
//! - Without, where the last label is a known end of a name: `bad.example`, `bit.ly/x`; ends that are words (`in`,
//!   `so`) and endings of files' names need a path behind them.
//! - Dots written as `[.]`, `(dot)`, ` dot `, ` . `.
//! - Addresses of IPv4 with a scheme, a path or a port; in one number, in hexadecimal and of IPv6 with a scheme.
//!
//! Not handled: names under ends that are not in the lexicon, without a scheme; addresses of mail (they are no links).

mod chain;
mod gap;
mod ip;

use crate::lexicon;
use crate::scratch::HOST_MAX;
use crate::sheet::Notes;
use crate::token::Token;
use chain::Chain;

/// Links of a text.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Urls<'s> {
    /// How many.
    pub count: u16,
    /// Host of the first, in small letters, without user and port; empty if there is none.
    pub first: &'s str,
    /// One is only found after undoing what keeps programs from reading it.
    pub hidden: bool,
    /// One has an address of IP for a host.
    pub is_ip: bool,
    /// One has a user's name before its host.
    pub has_at: bool,
    /// A host has a label in Punycode (`xn--`).
    pub punycode: bool,
}

/// What a search finds: the links without their text, and what lies behind the hosts.
#[derive(Default)]
pub(crate) struct Found {
    pub urls: Urls<'static>,
    /// Octets of the first host.
    pub host_len: usize,
    /// Paths and queries: start and end.
    pub paths: [(u16, u16); PATHS_MAX],
    pub path_count: usize,
}

/// A text to be searched.
pub(crate) struct Search<'a> {
    pub bytes: &'a [u8],
    pub tokens: &'a [Token],
    pub notes: &'a Notes,
}

/// What stands before a host.
#[derive(Clone, Copy, Default)]
struct Lead {
    has_scheme: bool,
    /// The scheme is written as none of its kind is.
    is_broken: bool,
}

impl Search<'_> {
    /// Finds all links. Each word is looked at a bounded number of times.
    pub fn run(&self, host: &mut [u8]) -> Found {
        let mut found = Found::default();
        let mut at = 0;
        while let Some(token) = self.tokens.get(at) {
            at = if self.is_plain_gap(at, token) { at + 1 } else { self.step(at, host, &mut found) };
        }
        found
    }

    /// Whether nothing follows that links are made of: nearly always.
    #[inline]
    fn is_plain_gap(&self, at: usize, token: &Token) -> bool {
        let Some(next) = self.tokens.get(at + 1) else {
            return !token.has(lexicon::SCHEME) && self.is_plain_end(token);
        };
        let gap = self.bytes.get(usize::from(token.end)..usize::from(next.start)).unwrap_or(&[]);
        let is_plain = match gap {
            b" " => true,
            b". " => !next.has(lexicon::TLD | lexicon::TLD_WORD) && !token.has(lexicon::WWW),
            _ => !gap.iter().any(|b| gap::is_telling(*b)),
        };
        is_plain && !token.has(lexicon::SCHEME) && !next.has(lexicon::DOT)
    }

    fn is_plain_end(&self, token: &Token) -> bool {
        !self.bytes.get(usize::from(token.end)..).unwrap_or(&[]).iter().any(|b| gap::is_telling(*b))
    }

    fn step(&self, at: usize, host: &mut [u8], found: &mut Found) -> usize {
        if let Some(lead) = self.lead(at) {
            return self.after_scheme(at, lead, host, found);
        }
        let chain = Chain::read(self, at);
        match chain.host(self, Lead::default()) {
            Some(last) => self.take(&chain, last, Lead::default(), host, found),
            None => self.hidden_dots(chain, Lead::default(), host, found),
        }
    }

    /// A scheme at a word: what follows is a host.
    fn lead(&self, at: usize) -> Option<Lead> {
        let token = self.tokens.get(at)?;
        let gap = self.gap(at);
        let is_known = token.has(lexicon::SCHEME);
        let is_stump = gap::ends_scheme(token.of(self.bytes));
        if gap.starts_with(b"://") {
            let is_broken = token.has(lexicon::BROKEN_SCHEME) || (!is_known && is_stump);
            return Some(Lead { has_scheme: true, is_broken });
        }
        let is_loose = (is_known || self.is_masked_scheme(at)) && gap::is_loose_scheme(gap);
        is_loose.then_some(Lead { has_scheme: true, is_broken: true })
    }

    /// The last letter of `h**p` or `h t t p`.
    fn is_masked_scheme(&self, at: usize) -> bool {
        let is_last = self.tokens.get(at).is_some_and(|t| matches!(t.of(self.bytes), b"p" | b"ps"));
        let first = at.checked_sub(1).and_then(|before| self.tokens.get(before));
        is_last && first.is_some_and(|t| matches!(t.of(self.bytes), b"h" | b"t" | b"ht" | b"htt"))
    }

    fn after_scheme(&self, at: usize, lead: Lead, host: &mut [u8], found: &mut Found) -> usize {
        if self.gap(at).ends_with(b"[") && self.take_ipv6(at, lead, host, found) {
            return self.first_from(found.end_of_last());
        }
        let (start, has_at) = self.behind_user(at + 1);
        if start >= self.tokens.len() {
            return start;
        }
        let chain = Chain::read(self, start);
        let Some(last) = chain.host(self, lead) else { return self.hidden_dots(chain, lead, host, found) };
        found.urls.has_at |= has_at;
        self.take(&chain, last, lead, host, found)
    }

    /// The first word of the host: behind the last `@` before a blank or a slash.
    fn behind_user(&self, at: usize) -> (usize, bool) {
        let Some(first) = self.tokens.get(at) else { return (at, false) };
        let from = usize::from(first.start);
        let rest = self.bytes.get(from..).unwrap_or(&[]);
        let authority = rest.iter().take(2 * HOST_MAX).take_while(|b| !matches!(b, b' ' | b'/' | b'?' | b'#'));
        let last_at = authority.enumerate().filter(|(_, b)| **b == b'@').map(|(i, _)| i).last();
        last_at.map_or((at, false), |i| (self.first_from(from + i), true))
    }

    /// A chain that is no host as it stands: with what follows over a dot that is written otherwise.
    fn hidden_dots(&self, mut chain: Chain, lead: Lead, host: &mut [u8], found: &mut Found) -> usize {
        let behind = chain.last() + 1;
        while chain.extend(self) {}
        match chain.host(self, lead) {
            Some(last) if chain.is_hidden() => self.take(&chain, last, lead, host, found),
            _ => behind,
        }
    }

    /// Counts a link whose host ends with the word `last`; the word to go on with.
    fn take(&self, chain: &Chain, last: usize, lead: Lead, host: &mut [u8], found: &mut Found) -> usize {
        let start = self.start_of(chain.first());
        let end = self.end_of(last);
        if found.urls.count == 0 {
            found.host_len = chain.write(self, last, host);
        }
        let urls = &mut found.urls;
        urls.count = urls.count.saturating_add(1);
        urls.hidden |= lead.is_broken || chain.is_hidden() || self.notes.is_undone(start, end);
        urls.is_ip |= chain.is_ip(self, last, lead);
        urls.has_at |= self.bytes.get(start.wrapping_sub(1)) == Some(&b'@');
        urls.punycode |= chain.has_punycode(self, last);
        found.add_path(end, self.end_of_path(end));
        self.first_from(found.end_of_last()).max(last + 1)
    }

    fn take_ipv6(&self, at: usize, lead: Lead, host: &mut [u8], found: &mut Found) -> bool {
        let start = self.end_of(at) + self.gap(at).len();
        let rest = self.bytes.get(start..).unwrap_or(&[]);
        let Some(len) = rest.iter().take(HOST_MAX).position(|&b| b == b']') else { return false };
        let text = rest.get(..len).unwrap_or(&[]);
        if !ip::is_v6(text) {
            return false;
        }
        if let (0, Some(place)) = (found.urls.count, host.get_mut(..len)) {
            place.copy_from_slice(text);
            found.host_len = len;
        }
        found.urls.count = found.urls.count.saturating_add(1);
        found.urls.is_ip = true;
        found.urls.hidden |= lead.is_broken;
        found.add_path(start + len, self.end_of_path(start + len));
        true
    }

    /// Where a link ends whose host ends at `end`: at a blank.
    fn end_of_path(&self, end: usize) -> usize {
        let rest = self.bytes.get(end..).unwrap_or(&[]);
        end + rest.iter().position(|&b| b == b' ').unwrap_or(rest.len())
    }

    /// The first word that starts at `offset` or behind.
    fn first_from(&self, offset: usize) -> usize {
        self.tokens.partition_point(|token| usize::from(token.start) < offset)
    }

    /// What stands between a word and the next.
    fn gap(&self, at: usize) -> &[u8] {
        let end = self.tokens.get(at + 1).map_or(self.bytes.len(), |next| usize::from(next.start));
        self.bytes.get(self.end_of(at)..end).unwrap_or(&[])
    }

    fn start_of(&self, at: usize) -> usize {
        self.tokens.get(at).map_or(self.bytes.len(), |token| usize::from(token.start))
    }

    fn end_of(&self, at: usize) -> usize {
        self.tokens.get(at).map_or(self.bytes.len(), |token| usize::from(token.end))
    }
}

impl Found {
    fn add_path(&mut self, start: usize, end: usize) {
        let at = self.path_count.min(PATHS_MAX - 1);
        if let Some(path) = self.paths.get_mut(at) {
            *path = (start as u16, end as u16);
        }
        self.path_count = at + 1;
    }

    fn end_of_last(&self) -> usize {
        self.paths().last().map_or(0, |path| usize::from(path.1))
    }

    /// Paths and queries, in order.
    pub fn paths(&self) -> &[(u16, u16)] {
        self.paths.get(..self.path_count).unwrap_or(&[])
    }
}

/// Paths noted; the last place is used again for links beyond.
const PATHS_MAX: usize = 16;
