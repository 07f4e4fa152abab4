//! What a record lacks of its message, and which rules that concerns.
//!
//! A record does not name the log level it was made at; its fields tell. One without any number of a subscriber or node
//! was made at `summary`; one with them and without content, of a message that has content, at `addresses`.

use sluice_abi::fields::Class;
use sluice_abi::{Facts, Field, LogLevel};
use sluice_api::backtest::Unjudged;
use sluice_engine::is_textual;
use sluice_rules::{Image, RuleIndex, Triggers};

/// What a log level left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lacks {
    /// Numbers, and content if there was any.
    Addresses,
    /// Content.
    Content,
}

/// What a record lacks, if anything.
pub fn lacks(facts: &Facts<'_>) -> Option<Lacks> {
    let has = |class| facts.present().iter().any(|field| field.class() == class);
    if has(Class::Content) || !is_of_message(facts) && has(Class::Address) {
        None
    } else if has(Class::Address) {
        Some(Lacks::Content)
    } else {
        Some(Lacks::Addresses)
    }
}

/// Whether the message carries a text, whether that was recorded or not.
fn is_of_message(facts: &Facts<'_>) -> bool {
    const SIGNS: [Field; 4] = [Field::SmsType, Field::SmsMti, Field::MapUssdDcs, Field::SmppSmLength];
    SIGNS.iter().any(|&field| facts.has(field))
}

/// Counts of records that lack something, by trigger.
#[derive(Clone, Copy, Debug, Default)]
pub struct Lacking {
    addresses: [u64; TRIGGERS],
    content: [u64; TRIGGERS],
    cut: u64,
}

/// Triggers, and the place of messages without one.
const TRIGGERS: usize = Triggers::UNKNOWN + 1;

impl Lacking {
    /// Counts a record.
    pub fn count(&mut self, facts: &Facts<'_>) {
        self.cut += u64::from(facts.has(Field::Cut));
        let Some(lacks) = lacks(facts) else { return };
        let trigger = facts.number(Field::LabelsTrigger).map_or(Triggers::UNKNOWN, |t| t as usize);
        let by_trigger = match lacks {
            Lacks::Addresses => &mut self.addresses,
            Lacks::Content => &mut self.content,
        };
        if let Some(count) = by_trigger.get_mut(trigger.min(Triggers::UNKNOWN)) {
            *count += 1;
        }
    }

    /// Messages a rule could not be asked about in full.
    pub fn of_rule(&self, image: &Image<'_>, index: RuleIndex) -> u64 {
        let class = image.paths(index).map(|path| class(path.field)).max().unwrap_or(Class::Summary);
        let Some(triggers) = image.rule(index).map(|rule| rule.triggers()) else { return 0 };
        let sum = |counts: &[u64; TRIGGERS]| {
            counts.iter().enumerate().filter(|(trigger, _)| triggers.contains(*trigger)).map(|(_, n)| n).sum::<u64>()
        };
        match class {
            Class::Summary => 0,
            Class::Address => sum(&self.addresses),
            Class::Content | Class::Derived => sum(&self.addresses) + sum(&self.content),
        }
    }

    /// For the report.
    pub fn unjudged(&self) -> Unjudged {
        Unjudged {
            without_addresses: self.addresses.iter().sum(),
            without_content: self.content.iter().sum(),
            cut: self.cut,
            ..Unjudged::default()
        }
    }
}

/// What must be recorded for a field to be known: what is read off the text needs the text.
fn class(field: Field) -> Class {
    if is_textual(field) { Class::Content } else { field.class() }
}

/// Rules that record nothing of what they decide, and the default where it does not.
pub fn unrecorded_rules(image: &Image<'_>) -> u64 {
    let silent = |(_, rule): &(RuleIndex, sluice_rules::image::RuleRecord<'_>)| {
        rule.log().unwrap_or(image.default_log()) == LogLevel::None && rule.action().is_terminal()
    };
    image.rules().filter(silent).count() as u64 + u64::from(image.default_log() == LogLevel::None)
}
