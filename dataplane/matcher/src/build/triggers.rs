//! Triggers: which gram of each literal is looked for, and the tables in which it is found.
//!
//! Literals with the fewest grams choose first. A gram costs by how common its octets are in text and how many
//! triggers its bucket already has, so that no text finds a long bucket and ordinary text finds few.

use super::write::Image;
use crate::filter::{self, Mode, SIZES};
use crate::gram::{self, BUCKET_BITS_MAX, BUCKET_BITS_MIN, GRAM_OCTETS};
use crate::image::Trigger;

/// Octets of the grams of literals that are too short for the longest, if they have as many.
const SHORT_GRAM_OCTETS: usize = 4;
/// With so many triggers too many places of a text have one of their grams of four octets.
const LONG_GRAMS_FROM: usize = 3000;
/// So many triggers of three octets are worth a pass even if there is one for two.
const OWN_PASS_FROM: usize = 32;
/// Bits of the filter per trigger, at least, while there is a larger one.
const FILTER_BITS_PER_TRIGGER: usize = 48;
/// What another trigger in the bucket costs; an octet costs up to 255.
const CROWD_COST: usize = 40;
/// What it costs once there are so many.
const CROWD: usize = 4;
const CROWDED_COST: usize = 4000;

/// One literal and what it calls.
#[derive(Clone, Debug)]
struct Draft {
    literal: Vec<u8>,
    action: u32,
    /// Octets of its gram: the same for all literals of an action, so that they are found in the text's order.
    octets: usize,
    /// Where the gram stands.
    place: usize,
}

/// All triggers, before their grams are chosen.
#[derive(Clone, Debug, Default)]
pub(super) struct Triggers {
    drafts: Vec<Draft>,
    /// Actions with the most octets of a match in front of the literal.
    befores: Vec<(u32, usize)>,
}

impl Triggers {
    /// The action is called by any of these literals.
    pub(super) fn add(&mut self, literals: Vec<Vec<u8>>, action: u32, before: Option<usize>) {
        let octets = literals.iter().map(Vec::len).min().unwrap_or(0).min(GRAM_OCTETS);
        let octets = if octets < GRAM_OCTETS { octets.min(SHORT_GRAM_OCTETS) } else { octets };
        let drafts = literals.into_iter().map(|literal| Draft { literal, action, octets, place: 0 });
        self.drafts.extend(drafts);
        self.befores.extend(before.map(|before| (action, before)));
    }

    /// Chooses the grams and writes everything they need.
    pub(super) fn place(mut self, image: &mut Image) {
        let bits = bits_of(self.drafts.len(), BUCKET_BITS_MAX).max(BUCKET_BITS_MIN);
        self.shorten();
        self.choose(bits);
        self.start_back(image);
        self.write(bits, image);
    }

    /// Each length of grams takes a pass over the text: few triggers have no need of one of their own.
    fn shorten(&mut self) {
        if self.drafts.len() < LONG_GRAMS_FROM {
            self.drafts.iter_mut().for_each(|draft| draft.octets = draft.octets.min(SHORT_GRAM_OCTETS));
        }
        let with = |octets: usize| self.drafts.iter().filter(|draft| draft.octets == octets).count();
        if with(2) > 0 && with(3) < OWN_PASS_FROM {
            self.drafts.iter_mut().filter(|draft| draft.octets == 3).for_each(|draft| draft.octets = 2);
        }
    }

    fn choose(&mut self, bits: u32) {
        self.drafts.sort_by_key(|draft| draft.literal.len() - draft.octets);
        let mut crowds = vec![0; 1 << bits];
        for draft in &mut self.drafts {
            let grams = draft.literal.windows(draft.octets).enumerate();
            let crowd_of = |gram: &[u8]| crowds.get(bucket(gram, bits)).copied().unwrap_or_default();
            let best = grams.min_by_key(|(_, gram)| cost(gram, crowd_of(gram)));
            let Some((place, chosen)) = best else { continue };
            draft.place = place;
            if let Some(crowd) = crowds.get_mut(bucket(chosen, bits)) {
                *crowd += 1;
            }
        }
    }

    /// An automaton starts before its literal by what may stand in front. The trigger found first is that of the
    /// first literal in the text only by the places of their grams, so the furthest of these is added.
    fn start_back(&self, image: &mut Image) {
        let mut furthest = vec![0; image.actions()];
        for draft in &self.drafts {
            if let Some(place) = furthest.get_mut(draft.action as usize) {
                *place = draft.place.max(*place);
            }
        }
        for &(action, before) in &self.befores {
            let place = furthest.get(action as usize).copied().unwrap_or_default();
            image.start_back(action, before.saturating_add(place));
        }
    }

    fn write(mut self, bits: u32, image: &mut Image) {
        let wanted = self.drafts.len() * FILTER_BITS_PER_TRIGGER;
        let filter_bits = SIZES.into_iter().find(|size| 1 << size >= wanted).unwrap_or(SIZES[SIZES.len() - 1]);
        let mut filter = vec![0; filter::octets_of(filter_bits)];
        let mode = Mode::of(self.drafts.iter().fold(0, |grams, draft| grams | 1 << draft.octets));
        self.drafts.sort_by_key(|draft| bucket(draft.gram(), bits));
        let mut starts = vec![0; (1 << bits) + 1];
        for draft in &self.drafts {
            let (octet, wanted) = mode.bits(gram::window_of(draft.gram()), draft.octets, filter_bits);
            filter.iter_mut().skip(octet).take(1).for_each(|o| *o |= wanted);
            starts.iter_mut().skip(bucket(draft.gram(), bits) + 1).take(1).for_each(|count| *count += 1);
            image.add_trigger(draft.octets, &draft.literal, |literal| draft.trigger(literal));
        }
        let mut sum = 0;
        starts.iter_mut().for_each(|start| {
            sum += *start;
            *start = sum;
        });
        image.set_tables(&filter, &starts);
    }
}

impl Draft {
    fn gram(&self) -> &[u8] {
        self.literal.get(self.place..self.place + self.octets).unwrap_or_default()
    }

    fn trigger(&self, literal: u32) -> Trigger {
        Trigger {
            gram: gram::window_of(self.gram()) as u32,
            literal,
            action: self.action,
            place: self.place as u16,
            octets: self.octets as u16,
            length: self.literal.len() as u16,
        }
    }
}

fn hash(gram: &[u8]) -> u64 {
    gram::hash(gram::window_of(gram), gram.len())
}

fn bucket(gram: &[u8], bits: u32) -> usize {
    (hash(gram) >> gram::shift(bits)) as usize
}

fn cost(gram: &[u8], crowd: usize) -> usize {
    let commonness: usize = gram.iter().map(|octet| usize::from(regex_syntax::hir::literal::rank(*octet))).sum();
    commonness + if crowd < CROWD { crowd * CROWD_COST } else { crowd * CROWDED_COST }
}

/// Bits of a number of at least `count`.
fn bits_of(count: usize, bits_max: u32) -> u32 {
    count.max(1).next_power_of_two().trailing_zeros().min(bits_max)
}
