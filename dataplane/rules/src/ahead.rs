//! Large lists are fetched before rules ask them: memory answers while counters count and rules are found.

use crate::image::code::{DIGIT_SLOTS, Instruction, Operation};
use crate::image::{Image, SubjectCode, source};
use crate::memory::Texts;
use crate::model::ListKind;
use crate::read;
use sluice_abi::Facts;

/// So many questions to lists are known ahead.
const QUESTIONS_MAX: usize = 4;
/// A list of fewer slots (1 MiB) stays in the caches.
const SLOTS_MIN: u32 = 1 << 16;

/// Which lists an image asks, and about what.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Ahead([Option<(SubjectCode, u32)>; QUESTIONS_MAX]);

impl Ahead {
    /// The first questions to large exact lists about values that stand in the message.
    pub(crate) fn of(image: &Image<'_>, instructions: impl Iterator<Item = Instruction>) -> Self {
        let mut ahead = Self::default();
        for i in instructions.filter(|i| i.operation == Operation::Listed && is_large(image, i.first)) {
            let is_read = i.subject.source() < DIGIT_SLOTS || i.subject.source() == source::OCTETS;
            let question = Some((i.subject, i.first));
            if is_read
                && !ahead.0.contains(&question)
                && let Some(room) = ahead.0.iter_mut().find(|room| room.is_none())
            {
                *room = question;
            }
        }
        ahead
    }

    /// Has the processor fetch what the lists will look at for this message.
    #[inline(always)]
    pub(crate) fn fetch<'i>(&self, image: &Image<'i>, facts: &Facts<'i>, texts: &mut Texts) {
        for &(subject, list) in self.0.iter().map_while(Option::as_ref) {
            fetch(image, facts, texts, subject, list);
        }
    }
}

#[inline(never)]
fn fetch<'i>(image: &Image<'i>, facts: &Facts<'i>, texts: &mut Texts, subject: SubjectCode, list: u32) {
    let Some(path) = subject.path().filter(|path| facts.has(path.field)) else { return };
    if let Some(text) = read::octets((image, facts), (subject, path), texts, &mut None)
        && let Some(list) = image.list(list)
    {
        list.prefetch(text);
    }
}

fn is_large(image: &Image<'_>, list: u32) -> bool {
    image.list_record(list).is_some_and(|list| list.kind() == ListKind::Exact && list.slots().1 >= SLOTS_MIN)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::{ListName, Scope, check};
    use crate::model::{Level, List, Model, Rule};
    use crate::{Layout, compile};
    use sluice_abi::Action;

    const WHEN: [&str; 6] = [
        "sms.oa in list large",
        "sccp.cgpa.gt in list large and sms.pid == 1",
        "sms.oa in list large",
        "sms.oa in list prefixes",
        "sms.oa in list few",
        "swapped(sccp.cgpa.gt) in list large",
    ];

    #[test]
    fn a_large_exact_list_is_known_ahead_and_once_for_each_value_asked_of_it() {
        let lists =
            [("large", ListKind::Exact, 60_000), ("prefixes", ListKind::Prefix, 60_000), ("few", ListKind::Exact, 9)];
        let names = lists.iter().enumerate();
        let known = names.map(|(number, &(name, kind, _))| (name.to_owned(), ListName { number, kind })).collect();
        let scope = Scope { lists: known, ..Scope::default() };
        let rule = |when: &str| {
            let condition = check(&crate::text::parse(when).unwrap(), &scope).unwrap();
            Rule { condition: Some(condition), ..Rule::new(when, Level::Lists, Action::Tag) }
        };
        let entries = |count: u32| (0..count).map(|n| format!("999{n}")).collect();
        let model = Model {
            lists: lists.map(|(name, kind, count)| List { name: name.into(), kind, entries: entries(count) }).into(),
            rules: WHEN.map(rule).into(),
            ..Model::default()
        };
        let octets = compile(&model).unwrap();
        let image = Layout::verify(&octets).unwrap().image(&octets);
        let asked: Vec<&str> = image.ahead.0.iter().flatten().map(|(s, _)| s.path().unwrap().field.name()).collect();
        assert_eq!(asked, ["sms.oa", "sccp.cgpa.gt"]);
    }
}
