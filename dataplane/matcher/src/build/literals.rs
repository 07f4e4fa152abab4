//! Literals one of which stands in every match of an expression.
//!
//! Of all places in the expression the one is taken whose literals are longest and fewest: those at the beginning of
//! what is left from some part on, or those of a part that cannot be left out, or those of every alternative.

use regex_syntax::hir::literal::{ExtractKind, Extractor};
use regex_syntax::hir::{Hir, HirKind};

/// Shorter ones call an automaton too often to be worth a pass.
const LITERAL_OCTETS_MIN: usize = 2;
/// An automaton that is run from each of its literals has none shorter: a text could be full of them.
const REPEATED_OCTETS_MIN: usize = 3;
const LITERAL_OCTETS_MAX: usize = 16;
/// An expression with more has none.
const LITERALS_MAX: usize = 128;
/// Where the choice among literals begins to be about their number.
const GRAM_OCTETS: usize = 4;
/// More literals than this are cut to four octets: folded letters, mostly.
const MANY_LITERALS: usize = 16;
/// A class of more octets has no literals.
const CLASS_OCTETS_MAX: usize = 12;
const REPEATS_MAX: usize = 8;
/// Parts of a sequence that are tried as a beginning.
const PARTS_MAX: usize = 64;

/// One of these stands in every match.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Required {
    pub(super) literals: Vec<Vec<u8>>,
    /// At most so many octets of the match stand in front of it, if that is limited.
    pub(super) before: Option<usize>,
}

/// How far classes are written out as literals.
#[derive(Clone, Copy, Debug)]
struct Limits {
    literals: usize,
    octets: usize,
}

const WORDS: Limits = Limits { literals: 64, octets: LITERAL_OCTETS_MAX };
/// Two digits: at worst a hundred literals, which spare all texts without digits an automaton.
const PAIRS: Limits = Limits { literals: 128, octets: 2 };

/// The best literals of an expression, if it has any.
pub(super) fn required(hir: &Hir) -> Option<Required> {
    within(hir, WORDS).or_else(|| within(hir, PAIRS))
}

/// The literals with which every match begins, if they are long enough to be tried at every place.
pub(super) fn beginning(hir: &Hir) -> Option<Required> {
    start(hir, Some(0), WORDS).filter(is_long)
}

/// The literals with which every match ends, if they are long enough to be tried at every place.
pub(super) fn ending(hir: &Hir) -> Option<Required> {
    let sequence = extractor(WORDS).kind(ExtractKind::Suffix).extract(hir);
    let mut literals: Vec<Vec<u8>> = sequence.literals()?.iter().map(|l| l.as_bytes().to_vec()).collect();
    if literals.len() > MANY_LITERALS {
        literals.iter_mut().for_each(|literal| drop(literal.drain(..literal.len().saturating_sub(GRAM_OCTETS))));
    }
    usable(Required { literals, before: None }).filter(is_long)
}

fn is_long(required: &Required) -> bool {
    required.literals.iter().all(|literal| literal.len() >= REPEATED_OCTETS_MIN)
}

fn within(hir: &Hir, limits: Limits) -> Option<Required> {
    let first = start(hir, Some(0), limits);
    let inner = match hir.kind() {
        HirKind::Capture(capture) => within(&capture.sub, limits),
        HirKind::Repetition(r) if r.min > 0 => {
            let once = r.max == Some(1);
            within(&r.sub, limits).map(|inner| Required { before: inner.before.filter(|_| once), ..inner })
        }
        HirKind::Concat(parts) => of_sequence(parts, limits),
        HirKind::Alternation(parts) => of_alternatives(parts, limits),
        _ => None,
    };
    better(first, inner)
}

fn of_sequence(parts: &[Hir], limits: Limits) -> Option<Required> {
    let mut best = None;
    let mut before = Some(0);
    for (at, part) in parts.iter().enumerate().take(PARTS_MAX) {
        let rest = Hir::concat(parts.iter().skip(at).take(PARTS_MAX).cloned().collect());
        best = better(best, start(&rest, before, limits));
        let inside = within(part, limits).map(|inner| Required { before: sum(before, inner.before), ..inner });
        best = better(best, inside);
        before = sum(before, part.properties().maximum_len());
    }
    best
}

fn of_alternatives(parts: &[Hir], limits: Limits) -> Option<Required> {
    let mut all = Required { literals: Vec::new(), before: Some(0) };
    for part in parts {
        let one = within(part, limits)?;
        all.before = all.before.zip(one.before).map(|(a, b)| a.max(b));
        all.literals.extend(one.literals);
    }
    usable(all)
}

fn start(hir: &Hir, before: Option<usize>, limits: Limits) -> Option<Required> {
    let sequence = extractor(limits).extract(hir);
    let literals = sequence.literals()?.iter().map(|literal| literal.as_bytes().to_vec()).collect();
    usable(Required { literals, before })
}

fn extractor(limits: Limits) -> Extractor {
    let mut extractor = Extractor::new();
    extractor.limit_class(CLASS_OCTETS_MAX).limit_repeat(REPEATS_MAX);
    extractor.limit_literal_len(limits.octets).limit_total(limits.literals);
    extractor
}

fn usable(mut required: Required) -> Option<Required> {
    let literals = &mut required.literals;
    if literals.len() > MANY_LITERALS {
        literals.iter_mut().for_each(|literal| literal.truncate(GRAM_OCTETS));
    }
    literals.sort_unstable();
    literals.dedup();
    let few = literals.len() <= LITERALS_MAX;
    (few && literals.iter().all(|literal| literal.len() >= LITERAL_OCTETS_MIN)).then_some(required)
}

/// As long as a gram; then long and few: each doubling of their number has to be worth more than an octet.
fn better(a: Option<Required>, b: Option<Required>) -> Option<Required> {
    let worth = |required: &Required| {
        let shortest = required.literals.iter().map(Vec::len).min().unwrap_or(LITERAL_OCTETS_MAX);
        let doublings = required.literals.len().max(1).next_power_of_two().trailing_zeros();
        (shortest.min(GRAM_OCTETS), 3 * shortest.min(8) as i64 - 4 * i64::from(doublings))
    };
    match (a, b) {
        (Some(a), Some(b)) if worth(&b) > worth(&a) => Some(b),
        (Some(a), _) => Some(a),
        (None, b) => b,
    }
}

fn sum(a: Option<usize>, b: Option<usize>) -> Option<usize> {
    a?.checked_add(b?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(expression: &str) -> Option<(Vec<String>, Option<usize>)> {
        let hir = regex_syntax::ParserBuilder::new().unicode(false).utf8(false).build().parse(expression).unwrap();
        let texts = |all: Vec<Vec<u8>>| all.into_iter().map(|l| String::from_utf8(l).unwrap()).collect();
        required(&hir).map(|required| (texts(required.literals), required.before))
    }

    fn literals(expression: &str) -> Vec<String> {
        of(expression).map(|(literals, _)| literals).unwrap_or_default()
    }

    #[test]
    fn a_word_at_the_beginning_has_nothing_in_front() {
        assert_eq!(of("(?:free|gratis) .*now$"), Some((vec!["free ".into(), "gratis ".into()], Some(0))));
    }

    #[test]
    fn a_word_behind_digits_is_found_with_the_most_that_may_stand_in_front() {
        assert_eq!(of(r"\d{4,8} code"), Some((vec![" code".into()], Some(8))));
        assert_eq!(of(r"\d+ code"), Some((vec![" code".into()], None)));
    }

    #[test]
    fn words_within_groups_and_repeats_are_found() {
        assert_eq!(literals(r"\w+(\d( prize)+)\d*"), [" prize"]);
        assert_eq!(literals(r"(?:\d+ euros|\d+ pounds)!?"), [" euros", " pounds"]);
    }

    #[test]
    fn what_may_be_left_out_is_not_required() {
        assert_eq!(of(r"\d+( prize)?"), None);
        assert_eq!(of(r"\d+( prize)*\d"), None);
        assert_eq!(of(r"prize|\d+"), None);
    }

    #[test]
    fn letters_of_both_cases_are_a_few_short_literals() {
        let folded = literals("(?i)verification");
        assert_eq!(folded.len(), 16);
        assert!(folded.contains(&"vErI".to_owned()));
    }
}
