//! The sections of an image, filled and put together.

use super::CompileError;
use super::emit::Code;
use super::keys::Keys;
use super::operands::Operands;
use super::orders::{Asked, Orders};
use crate::counters::CountKind;
use crate::image::code::INSTRUCTION_OCTETS;
use crate::image::{
    CRC_AT, DEFAULTS_AT, FORMAT, HEADER_OCTETS, IMAGE_OCTETS_MAX, LISTS_MAX, MAGIC, NO_LOG, REWRITE_OCTETS, RULES_MAX,
    SECTIONS_AT, Section, SubjectCode, VALIDITY_OCTETS, ValidityRecord, checksum, key_of,
};
use crate::model::{COUNTERS_MAX, Counter, Counts, Model, Rule, Subject, Triggers, Validity};
use crate::rewrite::{Rewriting, Sender, is_warning};
use crate::table::SLOT_OCTETS;
use sluice_abi::{Action, Path};

pub(super) struct Writer<'m> {
    model: &'m Model,
    pub(super) operands: Operands<'m>,
    rules: Vec<u8>,
    validities: Vec<[u8; VALIDITY_OCTETS]>,
    rewrites: Vec<u8>,
    code: Vec<[u8; INSTRUCTION_OCTETS]>,
    spans: Vec<u8>,
    paths: Vec<[u8; 2]>,
    counters: Vec<u8>,
    pub(super) lists: Vec<u8>,
    pub(super) slots: Vec<[u8; SLOT_OCTETS]>,
    matchers: Vec<u8>,
    automata: Vec<u8>,
    orders: Orders,
}

impl<'m> Writer<'m> {
    pub(super) fn new(model: &'m Model) -> Result<Self, CompileError> {
        let limits = [
            (model.rules.len(), RULES_MAX, CompileError::TooManyRules),
            (model.lists.len(), LISTS_MAX, CompileError::TooManyLists),
            (model.counters.len(), COUNTERS_MAX, CompileError::TooManyCounters),
        ];
        if let Some((.., error)) = limits.into_iter().find(|(count, max, _)| count > max) {
            return Err(error);
        }
        Ok(Self {
            model,
            operands: Operands::new(&model.lists),
            rules: Vec::new(),
            validities: Vec::new(),
            rewrites: Vec::new(),
            code: Vec::new(),
            spans: Vec::new(),
            paths: Vec::new(),
            counters: Vec::new(),
            lists: Vec::new(),
            slots: Vec::new(),
            matchers: Vec::new(),
            automata: Vec::new(),
            orders: Orders::default(),
        })
    }

    /// Adds a rule's code and record. Offsets are cut to 32 bits here; [`Self::finish`] refuses what does not fit.
    pub(super) fn rule(&mut self, rule: &Rule, code: &Code) {
        let [id, tag, when, scenario] =
            [&rule.id, rule.tag.as_ref().unwrap_or(&rule.id), &rule.when, rule.scenario.as_deref().unwrap_or("")]
                .map(|text: &str| self.string(text));
        let paths = paths_of(rule);
        let (first, count) = self.code(code);
        let validity = self.validity(&rule.validity);
        let number =
            if rule.action == Action::Rewrite { self.rewrite(&rule.rewriting) } else { rule.points.cast_unsigned() };
        push(&mut self.rules, [id.0, id.1, tag.0, tag.1, when.0, when.1, first, count]);
        push(&mut self.rules, [self.paths.len() as u32, paths.len() as u32]);
        self.rules.extend_from_slice(&[
            rule.level.number(),
            rule.mode as u8,
            rule.action as u8,
            rule.log.map_or(NO_LOG, |l| l as u8),
            rule.error.map_or(0, |e| e.number()),
            rule.triggers.bits(),
            rule.statistics as u8,
            0,
        ]);
        push(&mut self.rules, [number, validity, scenario.0, scenario.1]);
        self.paths.extend(paths.iter().map(|p| p.octets()));
    }

    /// The number of a rewrite. What can be no sender or no warning is left out: whoever read the policy said so.
    fn rewrite(&mut self, rewriting: &Rewriting) -> u32 {
        let sender = rewriting.sender.as_deref().filter(|text| Sender::parse(text).is_some()).unwrap_or_default();
        let append = rewriting.append.as_deref().filter(|text| is_warning(text)).unwrap_or_default();
        let ((sender, sender_len), (append, append_len)) = (self.string(sender), self.string(append));
        let number = self.rewrites.len() / REWRITE_OCTETS;
        push(&mut self.rewrites, [sender, sender_len, append, append_len]);
        self.rewrites.extend_from_slice(&[rewriting.strip.bits(), rewriting.mask.bits(), 0, 0, 0, 0, 0, 0]);
        number as u32
    }

    /// Adds a counter's code and record.
    pub(super) fn counter(&mut self, counter: &Counter, code: &Code) {
        let (name, when) = (self.string(&counter.name), self.string(&counter.when));
        let code = self.code(code);
        let mut key = [0; crate::model::COUNTER_KEYS_MAX];
        for (room, path) in key.iter_mut().zip(&counter.key) {
            *room = self.operands.subject(Subject::Field(*path)).word();
        }
        let (kind, counted) = self.counted(counter.counts);
        push(&mut self.counters, [name.0, name.1, when.0, when.1, code.0, code.1]);
        push(&mut self.counters, key);
        push(&mut self.counters, [counted, counter.window_s]);
        self.counters.extend_from_slice(&[counter.key.len() as u8, kind as u8]);
        self.counters.resize(self.counters.len().next_multiple_of(Section::Counters.entry_octets()), 0);
    }

    fn counted(&mut self, counts: Counts) -> (CountKind, u32) {
        let mut subject = |path: Path| -> SubjectCode { self.operands.subject(Subject::Field(path)) };
        match counts {
            Counts::Messages => (CountKind::Messages, 0),
            Counts::Distinct(path) => (CountKind::Distinct, subject(path).word()),
            Counts::Run(path) => (CountKind::Run, subject(path).word()),
        }
    }

    fn string(&mut self, text: &str) -> (u32, u32) {
        self.operands.string(text.as_bytes()).unwrap_or_default()
    }

    fn code(&mut self, code: &Code) -> (u32, u32) {
        let first = self.code.len() as u32;
        self.code.extend(code.instructions.iter().map(|i| i.encode()));
        for span in &code.spans {
            push(&mut self.spans, [span.start as u32, span.end as u32]);
        }
        (first, code.instructions.len() as u32)
    }

    /// 1 more than the number of a validity, or 0 for always.
    fn validity(&mut self, validity: &Validity) -> u32 {
        if *validity == Validity::ALWAYS {
            return 0;
        }
        let octets = ValidityRecord::encode(validity);
        let place = self.validities.iter().position(|v| *v == octets).unwrap_or_else(|| {
            self.validities.push(octets);
            self.validities.len() - 1
        });
        place as u32 + 1
    }

    /// Builds the matchers that the conditions ask.
    pub(super) fn matchers(&mut self) -> Result<(), CompileError> {
        for (subject, image) in self.operands.patterns.build(&self.model.lists)? {
            self.automata.resize(self.automata.len().next_multiple_of(Section::Automata.alignment()), 0);
            let extent = [self.automata.len(), image.len()].map(|n| n as u32);
            push(&mut self.matchers, [extent[0], extent[1], subject.word(), 0]);
            self.automata.extend_from_slice(&image);
        }
        Ok(())
    }

    /// Per trigger the rules in the order in which they are asked; then the counters. `rules` and `counters` say how they
    /// can be found. `None` if there is no room.
    pub(super) fn orders(&mut self, rules: &[Vec<Keys>], counters: &[Vec<Keys>]) -> Option<()> {
        let mut orders = Orders::new(rules.iter().chain(counters).flatten());
        let mut asked: Vec<Asked<'_>> = (0..)
            .zip(self.model.rules.iter().zip(rules))
            .map(|(n, (rule, ways))| Asked { key: key_of(rule.level, n), triggers: rule.triggers, ways })
            .collect();
        asked.sort_unstable_by_key(|rule| rule.key);
        orders.add(&asked, 0..=Triggers::UNKNOWN)?;
        let counting = (0..).zip(counters).map(|(key, ways)| Asked { key, triggers: Triggers::ANY, ways });
        orders.add(&counting.collect::<Vec<_>>(), 0..=0)?;
        self.orders = orders;
        Some(())
    }

    /// The image; `None` if it would be too large.
    pub(super) fn finish(self) -> Option<Vec<u8>> {
        let ranges: Vec<u8> =
            self.operands.ranges.iter().flat_map(|(a, b)| [a.to_le_bytes(), b.to_le_bytes()]).flatten().collect();
        let texts: Vec<u8> =
            self.operands.texts.iter().flat_map(|(a, b)| [a.to_le_bytes(), b.to_le_bytes()]).flatten().collect();
        let sections: [&[u8]; Section::ALL.len()] = [
            &self.rules,
            self.validities.as_flattened(),
            &self.rewrites,
            &self.orders.records,
            self.orders.keys.as_flattened(),
            self.orders.probes.as_flattened(),
            self.orders.postings.as_flattened(),
            self.orders.tags.as_flattened(),
            self.code.as_flattened(),
            &self.spans,
            &ranges,
            &texts,
            self.paths.as_flattened(),
            &self.counters,
            &self.lists,
            self.slots.as_flattened(),
            &self.matchers,
            &self.automata,
            &self.model.plan,
            &self.operands.strings,
        ];
        put_together(self.header(), sections)
    }

    fn header(&self) -> Vec<u8> {
        let mut header = vec![0; HEADER_OCTETS];
        put(&mut header, 0, &MAGIC);
        put(&mut header, 8, &FORMAT.to_le_bytes());
        put(&mut header, 16, &self.model.version.to_le_bytes());
        put(&mut header, DEFAULTS_AT, &[self.model.default_action as u8, self.model.default_log as u8]);
        header
    }
}

fn put_together(header: Vec<u8>, sections: [&[u8]; Section::ALL.len()]) -> Option<Vec<u8>> {
    let mut image = header;
    image.reserve_exact(sections.iter().map(|s| s.len() + Section::Rules.alignment()).sum());
    for (section, octets) in Section::ALL.into_iter().zip(sections) {
        image.resize(image.len().next_multiple_of(section.alignment()), 0);
        let offset = u32::try_from(image.len()).ok()?;
        let count = u32::try_from(octets.len() / section.entry_octets()).ok()?;
        put(&mut image, SECTIONS_AT + section as usize * 8, &offset.to_le_bytes());
        put(&mut image, SECTIONS_AT + section as usize * 8 + 4, &count.to_le_bytes());
        image.extend_from_slice(octets);
    }
    let len = image.len();
    put(&mut image, 24, &(len as u64).to_le_bytes());
    let crc = checksum(&image);
    put(&mut image, CRC_AT, &crc.to_le_bytes());
    (len <= IMAGE_OCTETS_MAX).then_some(image)
}

pub(super) fn push<const N: usize>(octets: &mut Vec<u8>, numbers: [u32; N]) {
    octets.extend(numbers.into_iter().flat_map(u32::to_le_bytes));
}

fn put(octets: &mut [u8], at: usize, value: &[u8]) {
    if let Some(room) = octets.get_mut(at..at + value.len()) {
        room.copy_from_slice(value);
    }
}

fn paths_of(rule: &Rule) -> Vec<Path> {
    let mut paths = Vec::new();
    let mut note = |subject: Subject| {
        if let Some(path) = subject.path()
            && !paths.contains(&path)
        {
            paths.push(path);
        }
    };
    if let Some(condition) = &rule.condition {
        condition.each_test(&mut |test| {
            note(test.subject);
            test.question.other().into_iter().for_each(&mut note);
        });
    }
    paths
}
