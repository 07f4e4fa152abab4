//! The control daemon: reads the journal into a store, pushes policies, and answers the API.
//!
//! ```text
//!   journal ──▶ tail ──▶ store ◀── http ◀── serve: Unix socket, TLS
//!                         ⇅ traffic: counts
//!   counters ─────────────────────▶ │
//!   command socket ◀──── link ◀──── │ ◀── policy: check, compile, compare
//!   SNMP agent ◀──────── snmp ◀──── ┘
//! ```
//! The dataplane goes on without it, and nothing here can slow it: the journal and the counters are only read.
//!
//! **Privileges.** It needs no right of its own: read on the counters and the journal, write on `acknowledged/` in the
//! journal, on its store and on its socket's directory, and connect on the command socket; all of it through one group
//! shared with the dataplane. It opens no port unless told to, runs no other program, and writes no file but its store.
//! Secrets (tokens, keys) are never logged; subscriber data is masked unless asked for, and then audited.
#![forbid(unsafe_code)]

mod alarms;
mod app;
mod backtest;
pub mod config;
mod counters;
mod credentials;
pub mod http;
mod link;
mod lists;
mod machine;
mod metrics;
mod notify;
mod of_version;
mod policy;
mod rollback;
mod run;
mod serve;
mod sign_in;
mod snmp;
mod store;
mod tail;
#[cfg(test)]
#[path = "../tests/common/messages.rs"]
mod testing;
mod tls;
mod traffic;
mod written;

pub use run::run;
