//! Rules: text → checked model → flat image, and what a flat image says of a message.
//!
//! ```text
//!  text ──parse──► Expression ──check──► Condition ─┐
//!                  (spans)     (types)              ├─compile──► image (octets) ──verify──► Layout
//!  lists, levels, actions ─────────────► Model ─────┘                                          │
//!                                        facts of one message ──evaluate(Layout::image)──► Judgement
//! ```
//!
//! The first line runs on the control side and may allocate; the second runs per message and does not allocate,
//! cannot fail and cannot loop. [`explain()`] is evaluation told step by step.
//!
//! Not here: files and TOML (`sluice-policy`), what is done with a verdict (`sluice-engine`).
#![forbid(unsafe_code)]

mod ahead;
pub mod changes;
pub mod check;
pub mod compile;
pub mod counters;
pub mod entries;
pub mod evaluate;
pub mod explain;
pub mod image;
mod index;
pub mod judgement;
mod known;
pub mod maperror;
mod memory;
pub mod model;
mod names;
mod read;
pub mod rewrite;
mod search;
pub mod table;
mod test;
pub mod text;
pub mod visible;

pub use changes::{Change, Changes, ChangesLayout};
pub use compile::{CompileError, compile, compile_without_index};
pub use counters::{CountKind, NoState, State};
pub use entries::Entries;
pub use evaluate::{Purpose, evaluate};
pub use explain::{Explanation, explain};
pub use image::{Image, ImageError, Layout, RuleIndex};
pub use judgement::Judgement;
pub use maperror::{MapError, RETURNED};
pub use model::{Counter, Counts, Level, List, ListKind, Model, Rule, Triggers, Validity};
pub use rewrite::{Mask, Rewrite, Rewriting, Sender, Strip};
