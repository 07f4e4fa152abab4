//! Lists to the sections of lists and slots.

use super::write::{Writer, push};
use crate::image::Section;
use crate::model::{List, ListKind};
use crate::table;

impl Writer<'_> {
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
}
