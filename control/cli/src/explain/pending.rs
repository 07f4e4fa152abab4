//! Entries that were put into lists or removed one at a time: the dataplane judges with them, and no file says them.

use sluice_api::client::{Client, ClientError};
use sluice_api::lists::{EntryChange, EntryQuery, ListEntry, ListInfo};
use sluice_rules::changes::{Change, build};
use sluice_rules::table::FOREVER;
use sluice_rules::{ChangesLayout, Image, ListKind};

/// What was changed before an event.
pub struct Pending {
    octets: Vec<u8>,
    layout: ChangesLayout,
}

impl Pending {
    /// Those of a policy before a time. `None` where there are none, or where the policy is not in force any more: then
    /// nobody knows what they were.
    pub fn read(client: &Client, policy: &Image<'_>, time_ns: u64) -> Result<Option<Self>, ClientError> {
        let lists = client.lists()?;
        if lists.version != policy.version() {
            return Ok(None);
        }
        let mut changes = Vec::new();
        for list in lists.lists.iter().filter(|list| list.pending > 0) {
            let limit = u32::try_from(list.pending).unwrap_or(u32::MAX).min(ENTRIES_MAX);
            let page = client.list_entries(&list.name, &EntryQuery { limit: Some(limit), ..EntryQuery::default() })?;
            changes.extend(page.entries.iter().filter_map(|entry| change(list, entry, time_ns)));
        }
        Ok(Self::of(policy, &changes))
    }

    fn of(policy: &Image<'_>, changes: &[Change]) -> Option<Self> {
        let octets = build(policy.version(), changes).ok().filter(|_| !changes.is_empty())?;
        let layout = ChangesLayout::verify(&octets, policy).ok()?;
        Some(Self { octets, layout })
    }

    /// The policy with them.
    pub fn over<'i>(&'i self, policy: Image<'i>) -> Image<'i> {
        policy.with_changes(self.layout.changes(&self.octets))
    }
}

/// The daemon gives no more at a time, those that are pending first.
const ENTRIES_MAX: u32 = 1_000;

fn change(list: &ListInfo, entry: &ListEntry, time_ns: u64) -> Option<Change> {
    const NS_PER_S: u64 = 1_000_000_000;
    let pending = entry.pending.as_ref().filter(|pending| pending.at.as_ns() <= time_ns)?;
    let kind = ListKind::ALL.into_iter().find(|kind| kind.name() == list.kind)?;
    let until_s = match pending.change {
        EntryChange::Removed => Change::REMOVED,
        EntryChange::Put => entry.until.map_or(FOREVER, |until| until.as_ns() / NS_PER_S),
    };
    Some(Change { list: list.name.clone(), kind, entry: entry.entry.clone(), until_s })
}

#[cfg(test)]
mod tests {
    use super::*;
    use sluice_api::Timestamp;
    use sluice_api::lists::PendingEntry;
    use sluice_policy::{Source, compile};
    use sluice_rules::Layout;

    fn entry(text: &str, change: EntryChange, at_ns: u64) -> ListEntry {
        let pending = PendingEntry { change, who: String::new(), at: Timestamp::from_ns(at_ns), note: String::new() };
        ListEntry { entry: text.into(), until: None, pending: Some(pending) }
    }

    #[test]
    fn a_list_is_asked_with_what_was_put_and_removed_before_the_event() {
        let text = "name = \"x\"\nscenarios = []\n[list.bad]\nentries = [\"1\", \"2\"]\n\
                    [[rule]]\nid = \"r\"\nlevel = 1\nwhen = 'sms.oa in list bad'\naction = \"discard\"\n";
        let source = Source::from_files([("policy.toml".to_owned(), text.to_owned())]).unwrap();
        let compiled = compile(&source, 1).unwrap();
        let layout = Layout::verify(&compiled.image).unwrap();
        let image = layout.image(&compiled.image);
        let list = ListInfo { name: "bad".into(), kind: "exact".into(), entries: 2, pending: 3, changeable: true };
        let entries = [
            entry("2", EntryChange::Removed, 10),
            entry("3", EntryChange::Put, 20),
            entry("4", EntryChange::Put, 21),
            ListEntry { entry: "1".into(), until: None, pending: None },
        ];
        let changes: Vec<Change> = entries.iter().filter_map(|e| change(&list, e, 20)).collect();
        let pending = Pending::of(&image, &changes).unwrap();
        let table = pending.over(image).list(0).unwrap();
        assert_eq!(["1", "2", "3", "4"].map(|e| table.contains(e.as_bytes(), 0)), [true, false, true, false]);
        assert!(Pending::of(&image, &[]).is_none());
    }
}
