//! What a text is for, by a few countable features. A hint with a score, never a reason alone.
//!
//! | class | speaks for it |
//! |---|---|
//! | Otp | a number of 4 to 8 digits near a word for codes; "do not share"; a short text |
//! | Promotional | words of offers, words that ask to act, links, money, per cent, numbers to call |
//! | Alert | words of banks, carriers, shops beside numbers or money |
//! | Personal | words between people, no links, no long numbers |
//!
//! The class with the highest score of at least [`SCORE_MIN`] is taken, in this order where two are equal.

use crate::fingerprint::{CLOSED_UP, is_closed_up, pairs};
use crate::lexicon::{self, Tags};
use crate::token::{self, Token};

/// What a text is for.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
#[repr(u8)]
pub enum Class {
    /// Nothing speaks for any.
    #[default]
    Unknown,
    /// Between people.
    Personal,
    /// A one-time code.
    Otp,
    /// A notice: bank, carrier, appointment.
    Alert,
    /// An offer.
    Promotional,
}

/// What was counted in a text.
#[derive(Clone, Copy, Default, Debug)]
pub(crate) struct Features {
    counts: [u16; KINDS],
    words: u16,
    money: u16,
    per_cent: u16,
    /// Numbers of five digits and more.
    long_numbers: u16,
    /// Most digits of one word.
    pub digits_run: u8,
    last_code_word: Option<u16>,
    last_code: Option<u16>,
    /// Words between the nearest code and word for it.
    nearest: Option<u16>,
}

/// Counts in one pass over the words.
pub(crate) fn features(bytes: &[u8], tokens: &[Token]) -> Features {
    let mut features = Features::default();
    for token in tokens {
        features.words = features.words.saturating_add(1);
        if token.digits > 0 {
            features.add_number(bytes, token);
        }
        if token.tags & COUNTED_TAGS != 0 {
            features.add_tags(token.tags);
        }
        if token.len() > CLOSED_UP && is_closed_up(bytes, token) {
            pairs(token.of(bytes)).for_each(|pair| features.add_tags(lexicon::tags(token::hash(pair))));
        }
    }
    features
}

impl Features {
    #[inline]
    fn add_tags(&mut self, tags: Tags) {
        for (count, kind) in self.counts.iter_mut().zip(COUNTED) {
            *count = count.wrapping_add(u16::from(tags & kind != 0));
        }
        if tags & lexicon::OTP != 0 {
            self.last_code_word = Some(self.words);
            self.approach(self.last_code);
        }
    }

    fn add_number(&mut self, bytes: &[u8], token: &Token) {
        self.digits_run = self.digits_run.max(token.digits);
        self.long_numbers += u16::from(token.digits >= 5);
        let (before, behind) = around(bytes, token);
        let is_money = is_money(before, behind);
        let is_per_cent = behind.first() == Some(&b'%');
        self.money += u16::from(is_money);
        self.per_cent += u16::from(is_per_cent);
        let may_be_code = (4..=8).contains(&token.digits) && token.len() <= CODE_MAX;
        if may_be_code && !is_money && !is_per_cent {
            self.last_code = Some(self.words);
            self.approach(self.last_code_word);
        }
    }

    /// A code and its word have both been seen: how far apart.
    fn approach(&mut self, other: Option<u16>) {
        if let Some(other) = other {
            let distance = self.words.abs_diff(other);
            self.nearest = Some(self.nearest.map_or(distance, |known| known.min(distance)));
        }
    }

    fn count(&self, tag: Tags) -> i32 {
        let known = COUNTED.iter().zip(&self.counts).find(|(kind, _)| **kind == tag);
        known.map_or(0, |(_, count)| i32::from(*count))
    }

    /// A number of 4 to 8 digits stands beside a word for codes.
    pub fn has_otp(&self) -> bool {
        self.nearest.is_some_and(|words| words <= NEAR_WORDS)
    }

    /// The class and its score, of a text with so many links.
    pub fn class(&self, links: u16) -> (Class, u8) {
        let links = i32::from(links);
        let scores = [
            (Class::Otp, self.otp()),
            (Class::Promotional, self.promotional(links)),
            (Class::Alert, self.alert()),
            (Class::Personal, self.personal(links)),
        ];
        let best = scores.into_iter().rev().max_by_key(|(_, score)| *score).unwrap_or_default();
        let score = best.1.clamp(0, 100) as u8;
        if score >= SCORE_MIN { (best.0, score) } else { (Class::Unknown, score) }
    }

    fn otp(&self) -> i32 {
        let Some(words) = self.nearest else { return 0 };
        let near = if words <= NEAR_WORDS { 60 } else { 25 };
        let secret = 15 * self.count(lexicon::SECRET).min(1);
        let more_words = 10 * (self.count(lexicon::OTP) - 1).min(2);
        near + secret + more_words - 15 * self.count(lexicon::OFFER) - 10 * i32::from(self.words > 40)
    }

    fn promotional(&self, links: i32) -> i32 {
        let offers = 14 * self.count(lexicon::OFFER).min(4);
        let urges = 9 * self.count(lexicon::URGE).min(4);
        let numbers = 10 * i32::from(self.long_numbers).min(2);
        let money = 12 * (i32::from(self.money + self.per_cent) + self.count(lexicon::MONEY)).min(2);
        offers + urges + numbers + money + 15 * links.min(1) - 5 * self.count(lexicon::PERSONAL).min(6)
    }

    fn alert(&self) -> i32 {
        let notices = self.count(lexicon::NOTICE);
        let numbers = i32::from(self.digits_run >= 2) + i32::from(self.money > 0) + self.count(lexicon::MONEY).min(1);
        if notices == 0 {
            return 0;
        }
        15 + 13 * notices.min(5) + 8 * numbers
            - 12 * self.count(lexicon::OFFER)
            - 6 * self.count(lexicon::PERSONAL).min(5)
    }

    fn personal(&self, links: i32) -> i32 {
        let words = 14 * self.count(lexicon::PERSONAL).min(5);
        let business = 25 * links.min(2) + 20 * i32::from(self.long_numbers).min(3) + 10 * i32::from(self.money).min(2);
        25 + words - business - 8 * self.count(lexicon::OFFER)
    }
}

/// What stands before and behind a word.
fn around<'t>(bytes: &'t [u8], token: &Token) -> (&'t [u8], &'t [u8]) {
    let (start, end) = (usize::from(token.start), usize::from(token.end));
    (bytes.get(..start).unwrap_or(&[]), bytes.get(end..).unwrap_or(&[]))
}

/// A sign of money before or behind. Nearly always the nearest octet tells that there is none.
#[inline]
fn is_money(before: &[u8], behind: &[u8]) -> bool {
    let may_be = |octet: Option<&u8>| octet.is_some_and(|octet| *octet == b'$' || !octet.is_ascii());
    (may_be(before.last()) || may_be(behind.first()))
        && CURRENCIES.iter().any(|sign| before.ends_with(sign) || behind.starts_with(sign))
}

/// Signs of money beside an amount.
const CURRENCIES: [&[u8]; 8] = [
    b"$",
    "£".as_bytes(),
    "€".as_bytes(),
    "¥".as_bytes(),
    "₹".as_bytes(),
    "₽".as_bytes(),
    "₺".as_bytes(),
    "₦".as_bytes(),
];

/// Meanings that are counted.
const COUNTED: [Tags; KINDS] =
    [lexicon::OTP, lexicon::NOTICE, lexicon::OFFER, lexicon::URGE, lexicon::PERSONAL, lexicon::MONEY, lexicon::SECRET];
const KINDS: usize = 7;

/// All of them.
const COUNTED_TAGS: Tags = {
    let (mut all, mut at) = (0, 0);
    while at < KINDS {
        all |= COUNTED[at];
        at += 1;
    }
    all
};

/// A class with less is not taken.
pub const SCORE_MIN: u8 = 30;

/// Words between a code and what names it.
const NEAR_WORDS: u16 = 6;

/// Octets of a code with its letters.
const CODE_MAX: usize = 10;
