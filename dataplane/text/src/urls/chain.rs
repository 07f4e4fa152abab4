//! Words joined by dots and hyphens: what may be the name of a host.

use super::gap::{self, Joint};
use super::{Lead, Search, ip};
use crate::lexicon;
use crate::token::Token;

/// A chain of words. Words follow each other, but for words that stand for a dot.
pub(super) struct Chain {
    first: usize,
    last: usize,
    /// Joints that are dots in disguise: the word before each, and how.
    disguised: [(u16, Joint); DISGUISED_MAX],
    disguised_count: usize,
}

impl Chain {
    /// The longest chain of plain joints from a word on.
    pub fn read(search: &Search<'_>, first: usize) -> Chain {
        let disguised = [(0, Joint::Dot); DISGUISED_MAX];
        let mut chain = Chain { first, last: first, disguised, disguised_count: 0 };
        chain.run_on(search);
        chain
    }

    fn run_on(&mut self, search: &Search<'_>) {
        while self.last + 1 < search.tokens.len()
            && matches!(gap::joint(search.gap(self.last)), Some(Joint::Dot | Joint::Hyphen))
        {
            self.last += 1;
        }
    }

    /// Goes on over one dot in disguise, unless what follows is a host of its own. False where there is none.
    pub fn extend(&mut self, search: &Search<'_>) -> bool {
        let Some((next, joint)) = self.disguised_joint(search) else { return false };
        let following = Chain::read(search, next);
        let stands_alone = following.last > next && following.host(search, Lead::default()).is_some();
        if stands_alone && joint != Joint::Bracketed {
            return false;
        }
        let Some(place) = self.disguised.get_mut(self.disguised_count) else { return false };
        *place = (self.last as u16, joint);
        self.disguised_count += 1;
        self.last = following.last;
        true
    }

    /// The word over the next dot in disguise.
    fn disguised_joint(&self, search: &Search<'_>) -> Option<(usize, Joint)> {
        let next = search.tokens.get(self.last + 1)?;
        let behind_dot = self.last + 2;
        if next.has(lexicon::DOT) && behind_dot < search.tokens.len() {
            let joint = gap::word_joint(search.gap(self.last), search.gap(self.last + 1))?;
            return Some((behind_dot, joint));
        }
        let joint = gap::joint(search.gap(self.last))?;
        (!matches!(joint, Joint::Dot | Joint::Hyphen)).then_some((self.last + 1, joint))
    }

    pub fn first(&self) -> usize {
        self.first
    }

    pub fn last(&self) -> usize {
        self.last
    }

    /// Has a dot in disguise.
    pub fn is_hidden(&self) -> bool {
        self.disguised_count > 0
    }

    /// The last word of the host this chain is or begins with.
    pub fn host(&self, search: &Search<'_>, lead: Lead) -> Option<usize> {
        if self.is_mail(search, lead) {
            return None;
        }
        if self.is_ip(search, self.last, lead)
            && (lead.has_scheme || self.is_hidden() || self.has_path(search, self.last))
        {
            return Some(self.last);
        }
        let ends = (self.first + 1..=self.last).rev().take(LABELS_MAX);
        let by_end = ends.into_iter().find(|&at| self.is_end(search, at, lead));
        by_end.or_else(|| self.is_host_anyway(search, lead).then_some(self.last))
    }

    /// A mail's address: `@` before, and nothing that makes a link of it; or `@` behind.
    fn is_mail(&self, search: &Search<'_>, lead: Lead) -> bool {
        let before = search.start_of(self.first).checked_sub(1).and_then(|at| search.bytes.get(at));
        let is_behind_at = before == Some(&b'@') && !self.has_path(search, self.last);
        !lead.has_scheme && (is_behind_at || search.gap(self.last).starts_with(b"@"))
    }

    /// Whether a name may end with the word at `at`.
    fn is_end(&self, search: &Search<'_>, at: usize, lead: Lead) -> bool {
        let Some(token) = search.tokens.get(at) else { return false };
        let is_label = self.joint_before(search, at).is_some_and(|joint| joint != Joint::Hyphen)
            && (at == self.last || self.joint_after(search, at) != Some(Joint::Hyphen));
        if !is_label {
            return false;
        }
        let is_led = lead.has_scheme || self.is_www(search) || self.is_bracketed();
        let has_path = at == self.last && self.has_path(search, at);
        let is_far = match self.joint_before(search, at) {
            Some(Joint::BlankBehind) => !has_path,
            Some(Joint::BlankBefore) => !has_path && !token.has(lexicon::TLD_CORE),
            _ => false,
        };
        (token.has(lexicon::TLD) && !is_far) || (token.has(lexicon::TLD_WORD) && (is_led || has_path))
    }

    /// With a scheme, with `www`, or with dots nobody brackets without reason.
    fn is_host_anyway(&self, search: &Search<'_>, lead: Lead) -> bool {
        let Some(last) = search.tokens.get(self.last) else { return false };
        let has_letters = !last.is_number() && last.len() >= 2;
        let is_led = lead.has_scheme && !lead.is_broken;
        is_led || (has_letters && self.last > self.first && (self.is_www(search) || self.is_bracketed()))
    }

    fn is_www(&self, search: &Search<'_>) -> bool {
        self.last > self.first && search.tokens.get(self.first).is_some_and(|token| token.has(lexicon::WWW))
    }

    fn is_bracketed(&self) -> bool {
        self.disguised().iter().any(|(_, joint)| *joint == Joint::Bracketed)
    }

    fn disguised(&self) -> &[(u16, Joint)] {
        self.disguised.get(..self.disguised_count).unwrap_or(&[])
    }

    fn joint_before(&self, search: &Search<'_>, at: usize) -> Option<Joint> {
        let before = if self.is_dot_word(search, at - 1) { at.checked_sub(2)? } else { at - 1 };
        self.joint_after(search, before)
    }

    fn joint_after(&self, search: &Search<'_>, at: usize) -> Option<Joint> {
        let known = self.disguised().iter().find(|(word, _)| usize::from(*word) == at);
        known.map(|(_, joint)| *joint).or_else(|| gap::joint(search.gap(at)))
    }

    /// The word stands for a dot of this chain.
    fn is_dot_word(&self, search: &Search<'_>, at: usize) -> bool {
        let is_dot = search.tokens.get(at).is_some_and(|token| token.has(lexicon::DOT));
        is_dot && self.disguised().iter().any(|(word, _)| usize::from(*word) + 1 == at)
    }

    /// A path, a query or a port stands behind the word.
    fn has_path(&self, search: &Search<'_>, at: usize) -> bool {
        let rest = search.bytes.get(search.end_of(at)..).unwrap_or(&[]);
        match rest {
            [b'/' | b'?' | b'#', next, ..] => *next != b' ',
            [b':', next, ..] => next.is_ascii_digit(),
            [b' ', b'/', ..] => self.is_hidden(),
            [b'/'] => true,
            _ => false,
        }
    }

    /// An address of IPv4; in one number or in hexadecimal with a scheme only.
    pub fn is_ip(&self, search: &Search<'_>, last: usize, lead: Lead) -> bool {
        if last != self.last {
            return false;
        }
        if last == self.first {
            let only = search.tokens.get(last).map_or(&[][..], |token| token.of(search.bytes));
            return lead.has_scheme && ip::is_one_number(only);
        }
        if last - self.first < 3 || search.tokens.get(last).is_none_or(|token| token.digits == 0) {
            return false;
        }
        let words = (self.first..=last).filter(|&at| !self.is_dot_word(search, at));
        let has_four = words.clone().take(5).count() == 4;
        let joined = (self.first..last).all(|at| self.joint_after(search, at) != Some(Joint::Hyphen));
        has_four
            && joined
            && words.into_iter().all(|at| search.tokens.get(at).is_some_and(|t| ip::is_octet(t.of(search.bytes))))
    }

    pub fn has_punycode(&self, search: &Search<'_>, last: usize) -> bool {
        let is_prefix = |at: usize| search.tokens.get(at).is_some_and(|t: &Token| t.of(search.bytes) == b"xn");
        (self.first..last).any(|at| is_prefix(at) && search.gap(at) == b"--")
    }

    /// Writes the name up to the word `last`; how many octets. A name too long for a host is cut between words.
    pub fn write(&self, search: &Search<'_>, last: usize, host: &mut [u8]) -> usize {
        let mut len = 0;
        for at in (self.first..=last).filter(|&at| !self.is_dot_word(search, at)) {
            let word = search.tokens.get(at).map_or(&[][..], |token| token.of(search.bytes));
            let joint: &[u8] = match self.joint_after(search, at) {
                _ if at == last => b"",
                Some(Joint::Hyphen) => search.gap(at),
                _ => b".",
            };
            let Some(place) = host.get_mut(len..len + word.len() + joint.len()) else { return len };
            place.get_mut(..word.len()).unwrap_or(&mut []).copy_from_slice(word);
            place.get_mut(word.len()..).unwrap_or(&mut []).copy_from_slice(joint);
            len += word.len() + joint.len();
        }
        len
    }
}

/// Dots in disguise of one chain.
const DISGUISED_MAX: usize = 8;

/// Words looked at from the end of a chain for the end of a name.
const LABELS_MAX: usize = 32;
