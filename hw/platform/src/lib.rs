//! The machine: its sockets, cores, memory and network cards, and how they are set.
//!
//! ```text
//!  /sys, /proc, or a tree of them from another machine ─▶ Root ─▶ Machine ─▶ drawing, JSON
//! ```
//! Everything is read below a root folder, so a server can be looked at by its tree alone. What the kernel does not tell is
//! absent; what it tells and cannot be understood is an error that names the file.
#![forbid(unsafe_code)]

mod apply;
mod cpu_set;
mod draw;
mod families;
pub mod machine;
pub mod plan;
pub mod profile;
mod root;
pub mod sensors;
mod settings;

pub use apply::{Record, Refused, apply, undo};
pub use cpu_set::CpuSet;
pub use families::{FAMILIES, Family, Queues, Spreading, Table, Timestamps, Told};
pub use machine::Machine;
pub use plan::{Plan, Wanted};
pub use profile::Profile;
pub use root::{Fault, Root};
pub use settings::{Setting, missing_parameters, settings};
