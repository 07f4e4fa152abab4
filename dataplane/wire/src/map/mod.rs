//! What MAP says: operations, application contexts, arguments, results, errors. TS 29.002.
//!
//! One flat [`Subject`] takes what any component carries of subscribers, nodes and short messages, borrowed from the
//! message; a table for each argument, result and error says where it stands ([`shape`]). Handles the short message
//! operations of versions 1 to 3 with all they carry, and of the other operations whom they are about.
//! Elements it does not know are skipped and noted. Does not handle: segmented results put together, handover,
//! authentication vectors, what subscriptions contain.

mod address;
mod context;
mod error;
mod forward_sm;
mod location;
mod operation;
mod party;
mod put;
mod routing_info;
mod shape;
mod subject;

pub use address::{AdditionalNumber, AddressString};
pub use context::ApplicationContext;
pub use error::ErrorCode;
pub use forward_sm::{ForwardSm, tpdu_direction};
pub use location::Location;
pub use operation::{Category, Operation};
pub use party::{SmRpDa, SmRpOa};
pub use subject::{SCRATCH_OCTETS, Subject};

#[cfg(test)]
mod tests;
