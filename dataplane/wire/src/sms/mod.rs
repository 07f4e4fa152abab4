//! The short message itself: TPDUs, addresses, user data header and alphabets. TS 23.040, TS 23.038.
//!
//! ```text
//!   bits 2 1   to the service centre   from the service centre
//!       0 0    SMS-DELIVER REPORT      SMS-DELIVER
//!       0 1    SMS-SUBMIT              SMS-SUBMIT REPORT
//!       1 0    SMS-COMMAND             SMS-STATUS REPORT
//!       1 1    reserved                reserved: shown by a phone as SMS-DELIVER
//! ```
//! Handles every TPDU, each in the file of its name, the GSM 7-bit default alphabet with its extension, UCS-2 and
//! UTF-16. Does not handle: compressed text, national language shift tables (read with the default ones).

mod address;
mod command;
mod cursor;
mod dcs;
mod deliver;
mod deliver_report;
mod flags;
mod gsm7;
mod septets;
mod status_report;
mod submit;
mod submit_report;
mod tables;
mod text;
mod timestamp;
mod tpdu;
mod udh;

pub use address::Address;
pub use dcs::{Alphabet, Dcs, MessageWaiting};
pub use text::TextBuf;
pub use timestamp::Timestamp;
pub use tpdu::{Context, Direction, Tpdu, TpduKind};
pub use udh::{Concatenation, InformationElement, Ports, UserDataHeader};

#[cfg(test)]
pub(crate) mod tests;
