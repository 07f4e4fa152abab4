//! Records: every octet means something, and every offset leads somewhere.

use super::{ImageError, octets_at};
use crate::image::code::INSTRUCTIONS_MAX;
use crate::image::record::{CounterRecord, Extent, ListRecord, MatcherRecord, ValidityRecord};
use crate::image::view::{Image, RuleIndex, extent, part};
use crate::image::{LISTS_MAX, MATCHERS_MAX, RULES_MAX, RewriteRecord, RuleRecord, Section};
use crate::model::COUNTERS_MAX;
use crate::rewrite::{Sender, is_warning};
use crate::table::Slots;

type Matchers = [Option<(Extent, sluice_matcher::Layout)>; MATCHERS_MAX];

pub(super) fn verify(image: &Image<'_>) -> Result<(), ImageError> {
    let limits = [
        (Section::Rules, image.rules.len(), RULES_MAX),
        (Section::Counters, image.counters.len(), COUNTERS_MAX),
        (Section::Lists, image.lists.len(), LISTS_MAX),
        (Section::Matchers, image.matcher_records.len(), MATCHERS_MAX),
        (Section::Spans, image.spans.len().abs_diff(image.code.len()), 0),
    ];
    if let Some((section, ..)) = limits.into_iter().find(|(_, count, max)| count > max) {
        return Err(ImageError::Section(section));
    }
    every(image.texts, ImageError::Text, |&t| part(image.strings, extent(t)).is_some())?;
    every(image.validities, ImageError::Validity, |v| ValidityRecord(v).is_well_formed())?;
    every(image.rewrites, ImageError::Rewrite, |r| is_rewrite(image, RewriteRecord(r)))?;
    every(image.lists, ImageError::List, |l| is_list(image, ListRecord(l)))?;
    every(image.counters, ImageError::Counter, |c| is_counter(image, CounterRecord(c)))?;
    every(image.matcher_records, ImageError::Matcher, |m| is_matcher(image, MatcherRecord(m)))?;
    match image.rules().find(|&(index, rule)| !is_rule(image, index, rule)) {
        Some((RuleIndex(number), _)) => Err(ImageError::Rule(number)),
        None => Ok(()),
    }
}

fn every<T>(entries: &[T], error: fn(u32) -> ImageError, holds: impl Fn(&T) -> bool) -> Result<(), ImageError> {
    match entries.iter().position(|e| !holds(e)) {
        Some(number) => Err(error(number as u32)),
        None => Ok(()),
    }
}

fn is_rule(image: &Image<'_>, index: RuleIndex, rule: RuleRecord<'_>) -> bool {
    rule.is_well_formed()
        && is_name(image, rule.id())
        && is_name(image, rule.tag())
        && is_text(image, rule.when())
        && (rule.scenario().1 == 0 || is_name(image, rule.scenario()))
        && part(image.paths, rule.paths()).is_some_and(|paths| paths.len() == image.paths(index).count())
        && is_code(image, rule.code())
        && rule.validity().is_none_or(|v| (v as usize) < image.validities.len())
        && rule.rewrite().is_none_or(|number| (number as usize) < image.rewrites.len())
}

fn is_rewrite(image: &Image<'_>, rewrite: RewriteRecord<'_>) -> bool {
    let text = |extent| part(image.strings, extent).and_then(|octets| std::str::from_utf8(octets).ok());
    rewrite.is_well_formed()
        && text(rewrite.sender()).is_some_and(|sender| sender.is_empty() || Sender::parse(sender).is_some())
        && text(rewrite.append()).is_some_and(|warning| warning.is_empty() || is_warning(warning))
}

fn is_counter(image: &Image<'_>, counter: CounterRecord<'_>) -> bool {
    counter.is_well_formed()
        && is_name(image, counter.name())
        && is_text(image, counter.when())
        && is_code(image, counter.code())
}

fn is_list(image: &Image<'_>, list: ListRecord<'_>) -> bool {
    list.is_well_formed()
        && is_text(image, list.name())
        && part(image.slots, list.slots()).is_some_and(|slots| {
            Slots::new(slots, list.lines(), image.strings, list.lengths(), list.probes()).is_well_formed()
        })
}

fn is_matcher(image: &Image<'_>, matcher: MatcherRecord<'_>) -> bool {
    matcher.is_well_formed() && matcher.subject().is_legal(image.counters.len())
}

fn is_code(image: &Image<'_>, code: Extent) -> bool {
    part(image.code, code).is_some_and(|code| code.len() <= INSTRUCTIONS_MAX)
}

fn is_text(image: &Image<'_>, extent: Extent) -> bool {
    part(image.strings, extent).is_some_and(|o| std::str::from_utf8(o).is_ok())
}

/// Names stand in lists separated by line feeds.
fn is_name(image: &Image<'_>, extent: Extent) -> bool {
    is_text(image, extent) && part(image.strings, extent).is_some_and(|o| !o.is_empty() && !o.contains(&b'\n'))
}

/// The matchers' own images, which lie in `automata`.
pub(super) fn verify_matchers(image: &Image<'_>, automata: &[u8]) -> Result<Matchers, ImageError> {
    let mut matchers = [None; MATCHERS_MAX];
    for (number, (room, record)) in (0..).zip(matchers.iter_mut().zip(image.matcher_records)) {
        let at = MatcherRecord(record).automaton();
        let layout =
            sluice_matcher::Layout::verify(octets_at(automata, at)).map_err(|_| ImageError::Matcher(number))?;
        *room = Some((at, layout));
    }
    Ok(matchers)
}
