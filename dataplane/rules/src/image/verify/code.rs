//! Instructions: operands that exist, targets that lie ahead.

use super::ImageError;
use crate::image::code::{Instruction, LISTED_SLOTS, MATCH, MISS, OperandKind, Operation, RELATIONS};
use crate::image::record::{CounterRecord, Extent};
use crate::image::view::{Image, extent, part};
use crate::image::{SubjectCode, source};
use sluice_abi::facts::FieldSet;

pub(super) fn verify(image: &Image<'_>) -> Result<(), ImageError> {
    let counters = image.counters.iter().map(|c| (CounterRecord(c).code(), true));
    let rules = image.rules().map(|(_, r)| (r.code(), false));
    for ((first, count), counts) in counters.chain(rules) {
        let code = image.code_of((first, count));
        let legal = |(at, octets): (usize, _)| {
            let instruction = Instruction::decode(octets);
            instruction.is_some_and(|i| is_legal(image, &i, at, code.len()) && !(counts && asks_of_state(&i)))
        };
        if let Some(at) = code.iter().enumerate().position(|step| !legal(step)) {
            return Err(ImageError::Code(first + at as u32));
        }
    }
    Ok(())
}

/// What is counted does not depend on what was counted, nor on points.
fn asks_of_state(i: &Instruction) -> bool {
    let is_state = |s: SubjectCode| matches!(s.source(), source::COUNTER | source::SCORE);
    is_state(i.subject) || other_subject(i).is_some_and(is_state)
}

fn other_subject(i: &Instruction) -> Option<SubjectCode> {
    matches!(i.operation.operand(), OperandKind::Subject | OperandKind::SubjectAndRelation)
        .then(|| SubjectCode::from_word(i.first))
}

fn is_legal(image: &Image<'_>, i: &Instruction, at: usize, len: usize) -> bool {
    let target = |t: u16| matches!(t, MATCH | MISS) || (usize::from(t) > at && usize::from(t) < len);
    target(i.if_true) && target(i.if_false) && i.subject.is_legal(image.counters.len()) && has_legal_operand(image, i)
}

fn has_legal_operand(image: &Image<'_>, i: &Instruction) -> bool {
    let counters = image.counters.len();
    let is_subject =
        |word: u32| SubjectCode::from_word(word).word() == word && SubjectCode::from_word(word).is_legal(counters);
    match i.operation.operand() {
        OperandKind::None => i.number() == 0,
        OperandKind::Number => true,
        OperandKind::Ranges => part(image.ranges, (i.first, i.second)).is_some(),
        OperandKind::Texts => part(image.texts, (i.first, i.second)).is_some(),
        OperandKind::LedTexts => all_texts(image, (i.first, i.second), |text| has_legal_lead(i.operation, text)),
        OperandKind::List => (i.first as usize) < image.lists.len() && i.second <= LISTED_SLOTS,
        OperandKind::Subject => is_subject(i.first) && i.second == 0,
        OperandKind::SubjectAndRelation => is_subject(i.first) && (i.second as usize) < RELATIONS.len(),
        OperandKind::Set => image.searched_by(i.first) == Some(i.subject),
    }
}

fn all_texts(image: &Image<'_>, texts: Extent, holds: impl Fn(&[u8]) -> bool) -> bool {
    let text = |&t: &[u8; 8]| part(image.strings, extent(t)).is_some_and(&holds);
    part(image.texts, texts).is_some_and(|texts| texts.iter().all(text))
}

/// The octet in front: a place within the text, or a length in bits within the address.
fn has_legal_lead(operation: Operation, text: &[u8]) -> bool {
    match text.split_first() {
        Some((&lead, rest)) if operation == Operation::Subnet => {
            matches!(rest.len(), 4 | 16) && usize::from(lead) <= rest.len() * 8
        }
        Some((&lead, rest)) => usize::from(lead) < rest.len(),
        None => false,
    }
}

/// Every instruction.
pub(super) fn instructions(image: &Image<'_>) -> impl Iterator<Item = Instruction> {
    image.code.iter().filter_map(Instruction::decode)
}

/// Every field that an instruction or a counter reads.
pub(super) fn fields_read(image: &Image<'_>) -> FieldSet {
    let mut fields = FieldSet::EMPTY;
    let mut note = |s: SubjectCode| {
        if let Some(path) = s.path().filter(|_| s.is_of_field()) {
            fields.insert(path.field);
        }
    };
    for i in instructions(image) {
        note(i.subject);
        other_subject(&i).into_iter().for_each(&mut note);
    }
    for counter in image.counters.iter().map(CounterRecord) {
        counter.key().for_each(&mut note);
        note(counter.counted());
    }
    fields
}
