//! Policies as operators write them: a directory of TOML files and lists, compiled into the image of `sluice-rules`.
//!
//! ```text
//! policy.toml      name and settings, and everything below
//! rules/*.toml     what include names: [variables], [list.NAME], [counter.NAME], [condition.NAME], [scenario.NAME],
//!                  [[rule]]
//! lists/*.txt      one entry a line, # begins a comment
//! network.toml     who we and our partners are
//! ```
//!
//! | key at the top of `policy.toml` | values | without it |
//! |---|---|---|
//! | `name` | text | refused |
//! | `comment` | text | nothing |
//! | `default_action` | `pass`, `discard` | `pass` |
//! | `default_log` | `none`, `summary`, `addresses`, `full` | `summary` |
//! | `include` | paths, `*` stands for any letters of the last name | no other files |
//! | `network` | path of the network file | scenarios that need it are left out |
//! | `operators` | paths of files with operators' ranges | none |
//! | `scenarios` | `"all"`, or names of scenarios in an array | `"all"` |
//! | `scenario_mode` | `off`, `shadow`, `enforce`, `offline`: of scenarios that say nothing else | `shadow` |
//!
//! | key of `[[rule]]` | values | without it |
//! |---|---|---|
//! | `id` | letters, digits, `_`, `-` | refused |
//! | `level` | 1 lists, 2 checks, 3 filters, 4 monitors | refused |
//! | `trigger` | `submission`, `pre-delivery`, `post-delivery`, several in an array, or `any` | `any` |
//! | `mode` | `enforce`, `shadow`, `offline` | `enforce` |
//! | `when` | a condition in the language of `sluice_rules::text` | every message |
//! | `action` | levels 1–3: `pass`, `discard`, `reject`, `acknowledge`, `abort`, `rewrite`, `tag`, `copy`, `score`; level 4: `tag`, `copy`, `score` | refused; `score` with `score`; at level 4 `tag` |
//! | `error` | name or number of a MAP error, only with `reject` | refused with `reject` |
//! | `sender` | `+` and digits, digits (a national number), or at most 11 letters, only with `rewrite` | it stays |
//! | `append` | at most 160 characters: put behind the text where they fit and its alphabet has them, only with `rewrite` | nothing |
//! | `strip` | `links`, `ports` (the application's) in an array: left out, only with `rewrite` | nothing |
//! | `mask` | `links`, `digits` (runs of 4 to 8) in an array: a `*` for each character, only with `rewrite` | nothing |
//! | `tag` | what a tag says, only with `tag` or `copy` | the id |
//! | `score` | points from -1000 to 1000, not 0, only with `score` | refused with `score` |
//! | `log` | `none`, `summary`, `addresses`, `full` | the policy's `default_log` |
//! | `statistics` | `none`, `total`, `operator` | `total` |
//! | `valid_from`, `valid_until` | a day (to its end), or a time with its offset: `2026-12-31T06:00:00Z` | always |
//! | `valid_days` | `mon` to `sun` in an array | every day |
//! | `valid_hours` | `"22:00-06:00"` in UTC; past midnight the day is that of the beginning | all day |
//! | `owner`, `comment` | text | nothing |
//!
//! | key of | | values | without it |
//! |---|---|---|---|
//! | `[list.NAME]` | `kind` | `exact`, `prefix`, `wildcard`, `domain`, `words`, `squeezed` | `exact` |
//! | | `file` or `entries` | a path, or an array of texts or `"$variable"` | refused |
//! | `[condition.NAME]` | `when` | what `condition.NAME` stands for in others; it may use others, not itself | refused |
//! | `[counter.NAME]` | `key` | 1 to 4 fields in an array: a number is kept for each of their values | refused |
//! | | `when` | which messages are counted; no counters and no score in it | all that have the key |
//! | | `distinct` or `run` | a field whose different values, or numbers in a row, are counted | messages |
//! | | `window` | how far back: `"60s"`, `"10m"`, `"1h"`, up to `"7d"`, or a `"$variable"` | refused |
//! | `[scenario.NAME]` | `mode` | `off`, `shadow`, `enforce`, `offline` | `scenario_mode` |
//! | | `action`, `error`, `log` | as of a rule, for all its deciding rules | as built in |
//! | | any of its settings | a value of the same kind | as built in |
//!
//! All but scenarios may have a `comment`. Scenarios are built in ([`scenarios()`] lists them, `scenarios/*.toml` are
//! their files); their rules have the ids `SCENARIO.RULE` and are asked behind the policy's own of the same level.
//!
//! An unknown key is refused where it stands. All that is wrong is reported, each with its place, and a policy with
//! anything wrong never yields an image.
#![forbid(unsafe_code)]

mod assemble;
mod compile;
mod condition;
mod counter;
mod diagnostic;
mod diff;
mod document;
mod duration;
pub mod format;
mod include;
pub mod learn;
mod list;
mod module;
mod network;
mod overview;
mod quoted;
mod read;
mod render;
mod rewriting;
mod rule;
mod scenario;
mod schedule;
pub mod schema;
mod show;
mod source;

pub use compile::{Compiled, ListSummary, Summary, compile, model};
pub use diagnostic::{DIAGNOSTICS_MAX, Diagnostic, Diagnostics, Place, Severity};
pub use diff::{Change, Difference, FieldChange, ListChange, diff};
pub use list::{EntryRefusal, check_entry, parse_until};
pub use network::{Description, Network, Origin};
pub use overview::{NetworkInfo, Overview, RuleInfo, ScenarioInUse, overview};
pub use scenario::{ScenarioInfo, scenarios};
pub use show::{Show, Table, show};
pub use source::{FILE_OCTETS_MAX, FILES_MAX, POLICY_FILE, SOURCE_OCTETS_MAX, Source, SourceError};
