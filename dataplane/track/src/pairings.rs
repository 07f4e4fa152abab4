//! Answers to SRI-SM that wait for their MT-ForwardSM: who asked where a subscriber is, and what was answered (TS 23.040
//! §10, TS 29.002 §12.1 sendRoutingInfoForSM, §12.9 mt-forwardSM).
//!
//! The key is the IMSI that was answered: 1 to 15 decimal digits, also an MT correlation id in its place (TS 29.002
//! §7.6.2); anything else is refused. Several service centres may ask for a subscriber at a time:
//! [`PAIRINGS_PER_IMSI`] of them are kept, then the oldest of them gives way. The same one that asks again renews what
//! it has.
//!
//! Addresses are told apart by their first 18 digits; one that is not decimal is [`Number::NONE`] and pairs with no
//! number. Nothing ends by itself: whoever finds says how old an answer may be. A full table sheds the oldest that stand
//! where the new one may ([`crate::table`]).
//!
//! Not handled here: whether an MT-ForwardSM may come from another node than asked.

use crate::hash::mix;
use crate::number::Number;
use crate::table::{Home, Table, age, cost_octets};

/// How long an answer is waited for unless told otherwise.
pub const PAIRING_WINDOW_S: u32 = 600;
/// Most service centres of one subscriber at a time.
pub const PAIRINGS_PER_IMSI: usize = 8;

/// An SRI-SM that was answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pairing {
    /// The service centre address in the question.
    pub requester_sc: Number,
    /// The calling global title of the question.
    pub calling_gt: Number,
    /// The serving node of the answer.
    pub node: Number,
    /// How long ago it was answered; 0 if that is still to come.
    pub age_s: u32,
    /// How many MT-ForwardSM used it.
    pub uses: u8,
    imsi: Number,
    slot: u32,
}

/// What came of a question.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asked {
    /// From a requester that had none for this subscriber.
    New,
    /// From one that had: it is renewed, and not used yet.
    Again,
    /// The key is no number of 1 to 15 digits.
    Refused,
}

#[derive(Clone, Copy)]
struct Answer {
    /// 51 bits; how often it was used above them.
    imsi_and_uses: u64,
    requester_sc: Number,
    calling_gt: Number,
    node: Number,
}

/// What an answer costs: five places with their marks for every four.
pub const PAIRING_COST_OCTETS: usize = cost_octets::<Answer>();

const _: () = assert!(PAIRING_COST_OCTETS == 50);

/// The table.
pub struct Pairings {
    table: Table<Answer>,
    key: u64,
}

impl Pairings {
    /// Room for `capacity` answers, hashed under `key`.
    pub fn new(capacity: usize, key: u64) -> Self {
        let [requester_sc, calling_gt, node] = [Number::NONE; 3];
        Self { table: Table::new(capacity, Answer { imsi_and_uses: 0, requester_sc, calling_gt, node }), key }
    }

    /// Keeps an answer that names an IMSI: who asked, from which global title, which node was answered. Digits are in
    /// ASCII; `time_s` is in seconds since 1970.
    #[inline]
    pub fn asked(&mut self, imsi: &[u8], requester_sc: &[u8], calling_gt: &[u8], node: &[u8], time_s: u32) -> Asked {
        let Some(imsi) = imsi_of(imsi) else { return Asked::Refused };
        let [requester_sc, calling_gt, node] = [requester_sc, calling_gt, node].map(Number::leading);
        let new = Answer { imsi_and_uses: imsi.word(), requester_sc, calling_gt, node };
        let home = self.home(imsi);
        let again = self.of_imsi(home, imsi).find(|(_, answer)| answer.is_of(&new)).map(|(slot, _)| slot);
        if let Some((slot, answer)) = again.and_then(|slot| Some((slot, self.table.at_mut(slot)?))) {
            *answer = new;
            self.table.touch(slot, time_s);
            return Asked::Again;
        }
        self.keep(home, imsi, new, time_s);
        Asked::New
    }

    fn keep(&mut self, home: Home, imsi: Number, new: Answer, time_s: u32) {
        if self.of_imsi(home, imsi).count() < PAIRINGS_PER_IMSI {
            self.table.enter(home, new, time_s);
            return;
        }
        let slots = self.of_imsi(home, imsi).map(|(slot, _)| slot);
        if let Some(oldest) = self.table.oldest(slots, time_s) {
            self.table.replace(oldest, home, new, time_s);
        }
    }

    /// Has the processor fetch what was answered for an IMSI.
    #[inline]
    pub fn fetch(&self, imsi: &[u8]) {
        if let Some(imsi) = imsi_of(imsi) {
            self.table.fetch(self.home(imsi));
        }
    }

    /// What was answered for an IMSI in the last `window_s` seconds, in no order.
    #[inline]
    pub fn find(&self, imsi: &[u8], time_s: u32, window_s: u32) -> impl Iterator<Item = Pairing> {
        let imsi = imsi_of(imsi);
        let all = imsi.map(|imsi| self.of_imsi(self.home(imsi), imsi)).into_iter().flatten();
        all.map(move |(slot, answer)| answer.pairing(slot, age(time_s, self.table.stamp(slot))))
            .filter(move |pairing| pairing.age_s <= window_s)
    }

    /// Counts a use of what was found and says how many there were, this one with them; 0 if it is no longer held.
    #[inline]
    pub fn used(&mut self, found: &Pairing) -> u8 {
        let asked = (found.imsi, found.requester_sc, found.calling_gt);
        let is_it = |held: &&mut Answer| (held.imsi(), held.requester_sc, held.calling_gt) == asked;
        self.table.at_mut(found.slot).filter(is_it).map_or(0, Answer::count_use)
    }

    #[inline]
    fn of_imsi(&self, home: Home, imsi: Number) -> impl Iterator<Item = (u32, &Answer)> {
        let answers = self.table.matching(home).filter_map(|slot| Some((slot, self.table.at(slot)?)));
        answers.filter(move |(_, answer)| answer.imsi() == imsi)
    }

    #[inline]
    fn home(&self, imsi: Number) -> Home {
        self.table.home(mix(self.key, imsi.word(), 0))
    }

    /// Answers held, also those that no one waits for any more.
    pub fn len(&self) -> usize {
        self.table.len()
    }

    /// Whether none is held.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Answers that gave way to others.
    pub fn shed(&self) -> u64 {
        self.table.shed()
    }

    /// What was allocated.
    pub fn octets(&self) -> usize {
        self.table.octets()
    }

    /// What was allocated for each entry of the capacity, rounded up.
    pub fn octets_per_entry(&self) -> usize {
        self.table.octets_per_entry()
    }

    /// Forgets every answer.
    pub fn clear(&mut self) {
        self.table.clear();
    }
}

impl Answer {
    fn is_of(&self, other: &Self) -> bool {
        (self.requester_sc, self.calling_gt) == (other.requester_sc, other.calling_gt)
    }

    #[inline(always)]
    const fn imsi(&self) -> Number {
        Number::from_word(self.imsi_and_uses & IMSI_MASK)
    }

    #[inline(always)]
    const fn uses(&self) -> u8 {
        (self.imsi_and_uses >> USES_SHIFT) as u8
    }

    const fn pairing(&self, slot: u32, age_s: u32) -> Pairing {
        let &Self { requester_sc, calling_gt, node, .. } = self;
        Pairing { requester_sc, calling_gt, node, age_s, uses: self.uses(), imsi: self.imsi(), slot }
    }

    fn count_use(&mut self) -> u8 {
        let uses = self.uses().saturating_add(1);
        self.imsi_and_uses = self.imsi_and_uses & IMSI_MASK | u64::from(uses) << USES_SHIFT;
        uses
    }
}

const IMSI_DIGITS_MAX: usize = 15;
const USES_SHIFT: u32 = 56;
const IMSI_MASK: u64 = (1 << USES_SHIFT) - 1;

#[inline]
fn imsi_of(digits: &[u8]) -> Option<Number> {
    (digits.len() <= IMSI_DIGITS_MAX).then(|| Number::new(digits)).flatten()
}
