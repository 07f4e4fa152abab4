//! What MAP says about short messages: operations, application contexts, arguments, results, errors. TS 29.002.
//!
//! One flat [`SmsArgument`] takes what any of them carries, borrowed from the message; each family of operations
//! fills it in a file of its own. Handles versions 1 to 3 of forwarding, routing information, delivery status,
//! alerting and readiness, and who is meant in the operations a firewall watches beside them.
//! Elements it does not know are skipped. Does not handle: segmented results put together, global operation codes.

mod address;
mod argument;
mod context;
mod delivery_status;
mod error;
mod forward_sm;
mod operation;
mod routing_info;
mod service_centre;
mod subscriber;

pub use address::{AdditionalNumber, AddressString, SmRpDa, SmRpOa};
pub use argument::SmsArgument;
pub use context::ApplicationContext;
pub use error::ErrorCode;
pub use forward_sm::{ForwardSm, tpdu_direction};
pub use operation::Operation;

#[cfg(test)]
mod tests;
