//! Policies as operators write them: a directory of TOML files and lists, compiled into the image of `sluice-rules`.
//!
//! ```text
//! policy.toml      name, comment, default_action, default_log, include, [variables], [list.NAME], [[rule]]
//! rules/*.toml     what include names: [variables], [list.NAME], [[rule]]
//! lists/*.txt      one entry a line, # begins a comment
//! ```
//!
//! | key of `[[rule]]` | values | without it |
//! |---|---|---|
//! | `id` | letters, digits, `_`, `-` | refused |
//! | `level` | 1 lists, 2 checks, 3 filters, 4 monitors | refused |
//! | `trigger` | `submission`, `pre-delivery`, `post-delivery`, several in an array, or `any` | `any` |
//! | `mode` | `enforce`, `shadow`, `offline` | `enforce` |
//! | `when` | a condition in the language of `sluice_rules::text` | every message |
//! | `action` | levels 1–3: `pass`, `discard`, `reject`, `acknowledge`, `abort`, `tag`, `copy`; level 4: `tag`, `copy` | refused; at level 4 `tag` |
//! | `error` | name or number of a MAP error, only with `reject` | refused with `reject` |
//! | `tag` | what a tag says, only with `tag` or `copy` | the id |
//! | `log` | `none`, `summary`, `addresses`, `full` | the policy's `default_log` |
//! | `owner`, `comment` | text | nothing |
//!
//! At the top of `policy.toml`: `name` must be there; `default_action` is `pass` or `discard` (without: `pass`);
//! `default_log` as above (without: `summary`). A list has `file` or `entries`, and `kind`, `exact` or `prefix`
//! (without: `exact`). An unknown key is refused where it stands. All that is wrong is reported, each with its place,
//! and a policy with anything wrong never yields an image.
#![forbid(unsafe_code)]

mod compile;
mod diagnostic;
mod diff;
mod document;
mod include;
mod list;
mod quoted;
mod read;
mod render;
mod rule;
mod show;
mod source;

pub use compile::{Compiled, ListSummary, Summary, compile};
pub use diagnostic::{DIAGNOSTICS_MAX, Diagnostic, Diagnostics, Place, Severity};
pub use diff::{Change, Difference, FieldChange, ListChange, diff};
pub use show::{Show, Table, show};
pub use source::{FILE_OCTETS_MAX, FILES_MAX, POLICY_FILE, SOURCE_OCTETS_MAX, Source, SourceError};
