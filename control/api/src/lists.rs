//! Lists of the policy in force, and their entries one at a time.
//!
//! An entry that is put or removed here is in force at once, without the policy being compiled again. It stays
//! **pending**, over pushes and restarts, until the files of a pushed policy say the same.

use crate::time::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// Answer of `GET /api/v1/lists`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Lists {
    /// The policy they belong to.
    pub version: u64,
    /// The lists, by name.
    pub lists: Vec<ListInfo>,
}

/// One list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ListInfo {
    /// Its name.
    pub name: String,
    /// How entries are matched: `exact`, `prefix`, `domain`, `wildcard`, `words`, `squeezed`.
    pub kind: String,
    /// Number of entries in the policy's files.
    pub entries: u64,
    /// Number of entries put or removed since.
    pub pending: u64,
    /// Whether entries can be put and removed one at a time; the others change with the policy's files only.
    pub changeable: bool,
}

/// Which entries are wanted.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct EntryQuery {
    /// Only entries that begin so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub prefix: Option<String>,
    /// Number of entries, at most 1000; 100 if not given.
    #[serde(default, deserialize_with = "crate::page::limit", skip_serializing_if = "Option::is_none")]
    #[param(minimum = 1, maximum = 1000)]
    pub limit: Option<u32>,
}

/// Answer of `GET /api/v1/lists/{list}/entries`: pending ones first, then those of the files in their order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ListEntries {
    /// The policy the list belongs to.
    pub version: u64,
    /// The entries.
    pub entries: Vec<ListEntry>,
    /// Whether there are more than were asked for.
    pub more: bool,
}

/// One entry.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ListEntry {
    /// Its text.
    pub entry: String,
    /// From this moment on it is not in the list any more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
    /// What was put or removed since the policy was pushed; absent for what stands in its files unchanged.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pending: Option<PendingEntry>,
}

/// A change to an entry that the policy's files do not have yet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PendingEntry {
    /// Whether it was put or removed.
    pub change: EntryChange,
    /// Who did it.
    pub who: String,
    /// When.
    pub at: Timestamp,
    /// Why.
    pub note: String,
}

/// What happened to an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum EntryChange {
    /// It is in the list, whatever the files say.
    Put,
    /// It is not in the list, whatever the files say.
    Removed,
}

/// Body of `PUT /api/v1/lists/{list}/entries/{entry}`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EntryPut {
    /// From this moment on it is not in the list any more; without it the entry stays.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
    /// Why, for those who read the list.
    #[serde(default)]
    pub note: String,
}

/// Answer of a change that is in force.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct EntryChanged {
    /// The policy in force, the same as before.
    pub version: u64,
    /// How many entries of all lists are pending.
    pub pending: u64,
}
