//! The sections of an image, filled and put together.

use super::CompileError;
use super::emit::{Code, Operands};
use crate::image::code::INSTRUCTION_OCTETS;
use crate::image::{
    CRC_AT, DEFAULTS_AT, FORMAT, HEADER_OCTETS, IMAGE_OCTETS_MAX, LISTS_MAX, MAGIC, NO_LOG, ORDERS_AT, RULES_MAX,
    SECTIONS_AT, Section, checksum,
};
use crate::model::{Level, List, ListKind, Model, Rule, Triggers};
use crate::table::{self, SLOT_OCTETS};
use sluice_abi::Path;

pub(super) struct Writer<'m> {
    model: &'m Model,
    pub(super) operands: Operands,
    rules: Vec<u8>,
    code: Vec<[u8; INSTRUCTION_OCTETS]>,
    spans: Vec<u8>,
    paths: Vec<[u8; 2]>,
    lists: Vec<u8>,
    slots: Vec<[u8; SLOT_OCTETS]>,
}

impl<'m> Writer<'m> {
    pub(super) fn new(model: &'m Model) -> Result<Self, CompileError> {
        if model.rules.len() > RULES_MAX {
            return Err(CompileError::TooManyRules);
        }
        if model.lists.len() > LISTS_MAX {
            return Err(CompileError::TooManyLists);
        }
        Ok(Self {
            model,
            operands: Operands::default(),
            rules: Vec::new(),
            code: Vec::new(),
            spans: Vec::new(),
            paths: Vec::new(),
            lists: Vec::new(),
            slots: Vec::new(),
        })
    }

    /// Adds a list's slots and record.
    pub(super) fn list(&mut self, list: &List) -> Option<()> {
        let built = table::build(list.kind, &list.entries, &mut self.operands.strings)?;
        let name = self.operands.string(list.name.as_bytes())?;
        let first = u32::try_from(self.slots.len()).ok()?;
        let lengths = if list.kind == ListKind::Prefix { built.lengths } else { 0 };
        let mut record = Vec::new();
        push(&mut record, [name.0, name.1, first, u32::try_from(built.slots.len()).ok()?]);
        record.extend_from_slice(&lengths.to_le_bytes());
        push(&mut record, [built.probes, built.entries]);
        record.push(list.kind as u8);
        record.resize(Section::Lists.entry_octets(), 0);
        self.lists.append(&mut record);
        self.slots.extend_from_slice(&built.slots);
        Some(())
    }

    /// Adds a rule's code and record. Offsets are cut to 32 bits here; [`Self::finish`] refuses what does not fit.
    pub(super) fn rule(&mut self, rule: &Rule, code: &Code) {
        let strings = &mut self.operands;
        let mut string = |text: &str| strings.string(text.as_bytes()).unwrap_or_default();
        let id = string(&rule.id);
        let tag = string(rule.tag.as_deref().unwrap_or(&rule.id));
        let when = string(&rule.when);
        let paths = paths_of(rule);
        push(&mut self.rules, [id.0, id.1, tag.0, tag.1, when.0, when.1]);
        push(&mut self.rules, [self.code.len() as u32, code.instructions.len() as u32]);
        push(&mut self.rules, [self.paths.len() as u32, paths.len() as u32]);
        self.rules.extend_from_slice(&[
            rule.level.number(),
            rule.mode as u8,
            rule.action as u8,
            rule.log.map_or(NO_LOG, |l| l as u8),
            rule.error.map_or(0, |e| e.number()),
            rule.triggers.bits(),
            0,
            0,
        ]);
        self.code.extend(code.instructions.iter().map(|i| i.encode()));
        for span in &code.spans {
            push(&mut self.spans, [span.start as u32, span.end as u32]);
        }
        self.paths.extend(paths.iter().map(|p| p.octets()));
    }

    /// The image; `None` if it would be too large.
    pub(super) fn finish(self) -> Option<Vec<u8>> {
        let (orders, ends) = orders(&self.model.rules);
        let ranges: Vec<u8> =
            self.operands.ranges.iter().flat_map(|(a, b)| [a.to_le_bytes(), b.to_le_bytes()]).flatten().collect();
        let texts: Vec<u8> =
            self.operands.texts.iter().flat_map(|(a, b)| [a.to_le_bytes(), b.to_le_bytes()]).flatten().collect();
        let sections: [&[u8]; Section::ALL.len()] = [
            &self.rules,
            &orders,
            self.code.as_flattened(),
            &self.spans,
            &ranges,
            &texts,
            self.paths.as_flattened(),
            &self.lists,
            self.slots.as_flattened(),
            &self.operands.strings,
        ];
        let mut image = self.header(&ends);
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

    fn header(&self, ends: &[u32]) -> Vec<u8> {
        let mut header = vec![0; HEADER_OCTETS];
        put(&mut header, 0, &MAGIC);
        put(&mut header, 8, &FORMAT.to_le_bytes());
        put(&mut header, 16, &self.model.version.to_le_bytes());
        for (i, end) in ends.iter().enumerate() {
            put(&mut header, ORDERS_AT + i * 4, &end.to_le_bytes());
        }
        put(&mut header, DEFAULTS_AT, &[self.model.default_action as u8, self.model.default_log as u8]);
        header
    }
}

fn push<const N: usize>(octets: &mut Vec<u8>, numbers: [u32; N]) {
    octets.extend(numbers.into_iter().flat_map(u32::to_le_bytes));
}

fn put(octets: &mut [u8], at: usize, value: &[u8]) {
    if let Some(room) = octets.get_mut(at..at + value.len()) {
        room.copy_from_slice(value);
    }
}

fn paths_of(rule: &Rule) -> Vec<Path> {
    let mut paths = Vec::new();
    if let Some(condition) = &rule.condition {
        condition.each_test(&mut |test| {
            if let Some(path) = test.subject.path()
                && !paths.contains(&path)
            {
                paths.push(path);
            }
        });
    }
    paths
}

/// Per trigger the rules of the deciding levels, then the monitors; and where each of these ends.
fn orders(rules: &[Rule]) -> (Vec<u8>, Vec<u32>) {
    let (mut orders, mut ends) = (Vec::new(), Vec::new());
    for trigger in 0..=Triggers::UNKNOWN {
        for levels in [&[Level::Lists, Level::Checks, Level::Filters][..], &[Level::Monitors]] {
            for &level in levels {
                let asked = (0_u32..).zip(rules).filter(|(_, r)| r.level == level && r.triggers.contains(trigger));
                orders.extend(asked.flat_map(|(number, _)| number.to_le_bytes()));
            }
            ends.push((orders.len() / Section::Orders.entry_octets()) as u32);
        }
    }
    (orders, ends)
}
