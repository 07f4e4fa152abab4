//! Settings of scenarios: a default that says of what kind they are, and a policy's value instead.

use crate::diagnostic::{Diagnostics, File};
use crate::duration;
use crate::module::variable;
use crate::read::{At, Keys};
use crate::show;
use sluice_rules::check::Variable;
use sluice_rules::text::Scalar;
use std::ops::Range;
use toml::de::DeTable;

/// A setting with the value it has.
#[derive(Clone, Debug)]
pub(crate) struct Setting {
    pub(crate) name: String,
    kind: Kind,
    pub(crate) value: Variable,
    pub(crate) help: String,
    /// Where its default stands in the built-in file.
    pub(super) place: Range<usize>,
    /// Whether a policy gave the value.
    pub(crate) is_given: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Number,
    Text,
    Truth,
    Texts,
    Numbers,
    /// In seconds.
    Duration,
}

impl Kind {
    /// A text that can be a length of time is one.
    fn of(value: &Variable) -> Self {
        match value {
            Variable::One(Scalar::Text(text)) if duration::parse(text).is_some() => Self::Duration,
            Variable::One(Scalar::Text(_) | Scalar::Octets(_)) => Self::Text,
            Variable::One(Scalar::Number(_)) => Self::Number,
            Variable::One(Scalar::Bool(_)) => Self::Truth,
            Variable::Many(values) if matches!(values.first(), Some(Scalar::Number(_))) => Self::Numbers,
            Variable::Many(_) => Self::Texts,
        }
    }

    fn fits(self, value: &Variable) -> bool {
        match (self, value) {
            (Self::Numbers, Variable::Many(values)) => values.iter().all(|v| matches!(v, Scalar::Number(_))),
            (Self::Texts, Variable::Many(values)) => values.iter().all(|v| matches!(v, Scalar::Text(_))),
            (Self::Text, Variable::One(Scalar::Text(_))) => true,
            _ => self == Self::of(value),
        }
    }

    const fn expected(self) -> &'static str {
        match self {
            Self::Number => "a number",
            Self::Text => "text in quotation marks",
            Self::Truth => "true or false",
            Self::Texts => "an array of texts",
            Self::Numbers => "an array of numbers",
            Self::Duration => duration::EXPECTED,
        }
    }

    /// Lengths of time are numbers of seconds in conditions.
    fn settled(self, value: Variable) -> Variable {
        match (self, &value) {
            (Self::Duration, Variable::One(Scalar::Text(text))) => {
                let seconds = duration::parse(text).unwrap_or_default();
                Variable::One(Scalar::Number(seconds.into()))
            }
            _ => value,
        }
    }
}

impl Setting {
    /// Reads `[settings.NAME]`.
    pub(super) fn read(
        file: File<'_>,
        name: &At<String>,
        table: &DeTable<'_>,
        report: &mut Diagnostics,
    ) -> Option<Self> {
        let keys = Keys::new(file, table, name.range.clone(), &["default", "help"], report);
        let help = keys.text("help", report).map(|h| h.value);
        if help.is_none() {
            keys.missing("help", "what the setting means", report);
        }
        if super::KEYS.contains(&name.value.as_str()) {
            let message = format!("`{}` cannot be the name of a setting", name.value);
            report.push(file.error(name.range.clone(), message, "a name that is no key of every scenario"));
        }
        let Some(default) = keys.find("default") else {
            keys.missing("default", "the value without one in the policy", report);
            return None;
        };
        let value = variable(file, default, report)?;
        let kind = Kind::of(&value);
        Some(Self {
            name: name.value.clone(),
            kind,
            value: kind.settled(value),
            help: help?,
            place: default.span(),
            is_given: false,
        })
    }

    /// Takes the value a policy gives; where it stands.
    pub(super) fn adjust(&mut self, keys: &Keys<'_, '_>, report: &mut Diagnostics) -> Option<Range<usize>> {
        let given = keys.find(&self.name)?;
        let value = variable(keys.file, given, report)?;
        if !self.kind.fits(&value) {
            let message = format!("`{}` cannot be {}", self.name, show::variable(&value));
            let help = format!("{}; without it the value is {}", self.help, self.show());
            report.push(keys.file.error(given.span(), message, self.kind.expected()).with_help(Some(help)));
            return None;
        }
        self.value = self.kind.settled(value);
        self.is_given = true;
        Some(given.span())
    }

    /// Its value as it would be written.
    pub(crate) fn show(&self) -> String {
        match (self.kind, &self.value) {
            (Kind::Duration, Variable::One(Scalar::Number(seconds))) => {
                duration::show(u64::try_from(*seconds).unwrap_or_default())
            }
            (_, value) => show::variable(value),
        }
    }
}
