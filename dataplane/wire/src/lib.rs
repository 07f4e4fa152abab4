//! Codecs of every layer between the frame and the text of a short message.
//!
//! Views over borrowed octets: a view is born only through `parse`, its accessors cannot fail after it.
//! No I/O, no allocation, no state; depends on nothing.
#![forbid(unsafe_code)]

#[macro_use]
mod error;
mod adaptation;
mod anomaly;

pub use anomaly::{Anomalies, Anomaly};
pub use error::{Error, Layer, Reason};

// lower layers
pub mod crc32c;
pub mod ip;
pub mod link;
pub mod m2pa;
pub mod m2ua;
pub mod m3ua;
pub mod mtp3;
mod numbered;
mod octets;
pub mod recognise;
#[cfg(test)]
mod samples;
pub mod sccp;
pub mod sctp;
pub mod sua;
pub mod tcp;

// upper layers
pub mod ber;
pub mod digits;
pub mod map;
pub mod smpp;
pub mod sms;
pub mod tcap;
