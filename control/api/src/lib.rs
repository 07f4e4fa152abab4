//! What crosses the control API, version 1, seen from both ends.
//!
//! One module per object: [`status`], [`counters`], [`traffic`], [`events`], [`policies`], [`proposals`], [`rules`], [`lists`], [`backtest`], [`trace`],
//! [`audit`], [`accounts`]; [`problem`] is every way a call can fail, [`permission`] what each call demands, [`time`] how a moment is written. The daemon answers with
//! these types and [`client`] (feature `client`) reads them, so that neither can drift from the other.
//! `openapi.json` beside this crate describes all of it and is compared with the daemon's routes by a test.
//!
//! Not here: handlers, storage and the rendering of tables.
#![forbid(unsafe_code)]

pub mod accounts;
pub mod audit;
pub mod backtest;
#[cfg(feature = "client")]
pub mod client;
pub mod counters;
pub mod events;
pub mod lists;
pub mod machine;
mod page;
pub mod permission;
pub mod policies;
pub mod problem;
pub mod proposals;
pub mod rules;
pub mod status;
pub mod time;
pub mod trace;
pub mod traffic;

pub use permission::Permission;
pub use problem::{Kind, Problem};
pub use time::Timestamp;

/// Every path but `/metrics` begins with this; another major version would have another.
pub const PREFIX: &str = "/api/v1";
pub use page::{PAGE_DEFAULT, PAGE_MAX};
