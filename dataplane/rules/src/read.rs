//! How the value of a subject is got at: a number, or a text.

use crate::image::code::DIGIT_SLOTS;
use crate::image::{Image, SubjectCode, source};
use crate::known::{looked_up, space};
use crate::memory::Texts;
use crate::model::{Knowledge, Turn, ordered};
use sluice_abi::verdict::RELATIONS;
use sluice_abi::{Facts, Path, Relation, Value};
use sluice_numbers::{Found, NO_COUNTRY};

/// Where a text is.
pub(crate) enum Text<'a> {
    /// In the message, the image or the program.
    Borrowed(&'a [u8]),
    /// With the digits that were unpacked.
    Slot(u8),
    /// In a spare place.
    Spare(Spare),
    /// Here.
    Letters([u8; 2]),
}

/// A place for a text that has no other.
#[derive(Clone, Copy)]
pub(crate) enum Spare {
    /// For what is asked about.
    First,
    /// For what it is compared with.
    Second,
}

impl Texts {
    /// The octets of a text, as long as no other is read into the same place.
    #[inline(always)]
    pub(crate) fn look<'t>(&'t self, text: &'t Text<'_>) -> &'t [u8] {
        match text {
            Text::Borrowed(octets) => octets,
            Text::Slot(slot) => self.digits.filled(*slot),
            Text::Spare(spare) => self.spare[*spare as usize].as_bytes(),
            Text::Letters(letters) => letters,
        }
    }
}

/// The number a field has, [`ordered`]; nothing for other subjects, and for texts.
#[inline(always)]
pub(crate) fn number(facts: &Facts<'_>, subject: SubjectCode) -> Option<u64> {
    number_at(facts, subject, subject.path()?)
}

/// As before, for whoever knows the path.
#[inline(always)]
pub(crate) fn number_at(facts: &Facts<'_>, subject: SubjectCode, path: Path) -> Option<u64> {
    match subject.source() {
        source::NUMBER => facts.number(path.field),
        source::SIGNED => facts.number(path.field).map(|n| ordered(n, true)),
        source::VALUE => match facts.value(path)? {
            Value::Unsigned(n) => Some(n),
            _ => None,
        },
        _ => None,
    }
}

/// The text or octets a field has, or what is made of them. Numbers read as they are shown: names, or decimal.
#[inline(always)]
pub(crate) fn text<'a>(
    image: &Image<'a>,
    facts: &Facts<'a>,
    subject: SubjectCode,
    texts: &mut Texts,
    spare: Spare,
) -> Option<Text<'a>> {
    let path = subject.path()?;
    match subject.source() {
        slot if slot < DIGIT_SLOTS => texts.digits.fill(facts, path, slot).then_some(Text::Slot(slot)),
        source::OCTETS => facts.octets(path.field).map(Text::Borrowed),
        _ => rare_text(image, facts, subject, texts, spare),
    }
}

/// The octets of a subject's text, for whoever knows the path. `rare` holds what is in no usual place.
#[inline(always)]
pub(crate) fn octets<'t, 'a: 't>(
    (image, facts): (&Image<'a>, &Facts<'a>),
    (subject, path): (SubjectCode, Path),
    texts: &'t mut Texts,
    rare: &'t mut Option<Text<'a>>,
) -> Option<&'t [u8]> {
    match subject.source() {
        slot if slot < DIGIT_SLOTS => texts.digits.get(facts, path, slot),
        source::OCTETS => facts.octets(path.field),
        _ => {
            *rare = rare_text(image, facts, subject, texts, Spare::First);
            rare.as_ref().map(|text| texts.look(text))
        }
    }
}

#[inline(never)]
fn rare_text<'a>(
    image: &Image<'a>,
    facts: &Facts<'a>,
    subject: SubjectCode,
    texts: &mut Texts,
    spare: Spare,
) -> Option<Text<'a>> {
    let path = subject.path()?;
    match subject.source() {
        source::SWAPPED => turned(facts, path, Turn::Swapped, texts, spare),
        source::REVERSED => turned(facts, path, Turn::Reversed, texts, spare),
        source => match crate::image::known(source) {
            Some((knowledge, turn)) => known(image, facts, subject, (knowledge, turn), texts, spare),
            None => value(facts, path, texts, spare),
        },
    }
}

fn value<'a>(facts: &Facts<'a>, path: Path, texts: &mut Texts, spare: Spare) -> Option<Text<'a>> {
    let room = &mut texts.spare[spare as usize];
    match facts.value(path)? {
        Value::Octets(octets) => return Some(Text::Borrowed(octets)),
        Value::Text(text) => return Some(Text::Borrowed(text.as_bytes())),
        Value::Digits(digits) => room.set(digits.as_bytes()),
        Value::Unsigned(number) => room.set_number(number),
        Value::Bool(truth) => room.set_number(u64::from(truth)),
        Value::Signed(number) => room.set_signed(number),
    }
    Some(Text::Spare(spare))
}

fn turned<'a>(facts: &Facts<'a>, path: Path, turn: Turn, texts: &mut Texts, spare: Spare) -> Option<Text<'a>> {
    let value = value(facts, path, texts, spare)?;
    let room = &mut texts.spare[spare as usize];
    if let Text::Borrowed(octets) = value {
        room.set(octets);
    }
    room.turn(turn);
    Some(Text::Spare(spare))
}

fn known<'a>(
    image: &Image<'a>,
    facts: &Facts<'a>,
    subject: SubjectCode,
    (knowledge, turn): (Knowledge, Option<Turn>),
    texts: &mut Texts,
    spare: Spare,
) -> Option<Text<'a>> {
    let found = find(image, facts, subject, turn, texts, spare)?;
    let text = match knowledge {
        Knowledge::Operator => image.plan()?.operator_name(found?.operator),
        Knowledge::Relation => RELATIONS.get(found.map_or(Relation::Unknown, |f| f.relation) as usize)?,
        Knowledge::Country => {
            return found.map(|f| f.country).filter(|c| *c != NO_COUNTRY).map(Text::Letters);
        }
    };
    (!text.is_empty()).then_some(Text::Borrowed(text.as_bytes()))
}

/// What the plan knows of digits; `None` if there are no digits.
fn find(
    image: &Image<'_>,
    facts: &Facts<'_>,
    subject: SubjectCode,
    turn: Option<Turn>,
    texts: &mut Texts,
    spare: Spare,
) -> Option<Option<Found>> {
    let path = subject.path()?;
    let wanted = looked_up(turn, subject);
    if let Some(found) = texts.known.get(wanted) {
        return Some(found);
    }
    let digits = match turn {
        None => value(facts, path, texts, spare)?,
        Some(turn) => turned(facts, path, turn, texts, spare)?,
    };
    let found = image.plan().and_then(|plan| plan.find(space(facts, path), texts.look(&digits)));
    texts.known.keep(wanted, found);
    Some(found)
}
