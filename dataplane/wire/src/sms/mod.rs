//! The short message itself: TPDUs, addresses, user data header and alphabets. TS 23.040, TS 23.038.
//!
//! ```text
//!   bits 2 1   to the service centre   from the service centre
//!       0 0    SMS-DELIVER REPORT      SMS-DELIVER
//!       0 1    SMS-SUBMIT              SMS-SUBMIT REPORT
//!       1 0    SMS-COMMAND             SMS-STATUS REPORT
//!       1 1    reserved                reserved: shown by a phone as SMS-DELIVER
//! ```
//! Handles every TPDU, each in the file of its name, read and written; the GSM 7-bit default alphabet with its
//! extension and the shift tables of all national languages, UCS-2 and UTF-16. Does not handle: compressed text
//! (TS 23.042), which is told and not read; the content of enhanced messages and of (U)SIM security.

mod address;
mod command;
mod control;
mod cursor;
mod dcs;
mod deliver;
mod deliver_report;
mod element;
mod emit;
mod flags;
mod gsm7;
mod national;
mod pid;
mod septets;
mod status_report;
mod submit;
mod submit_report;
mod tables;
mod text;
mod timestamp;
mod tpdu;
mod udh;
mod user_data;
mod write;

pub use address::Address;
pub use control::{Hyperlink, SpecialIndication};
pub use dcs::{Alphabet, Coding, CodingGroup, Dcs, MessageWaiting};
pub use element::{ElementGroup, ElementKind};
pub(crate) use gsm7::each_character;
pub use pid::{Pid, PidGroup};
pub use tables::{Language, Shift};
pub use text::TextBuf;
pub use timestamp::Timestamp;
pub use tpdu::{Context, Direction, Tpdu, TpduKind};
pub use udh::{Concatenation, InformationElement, Ports, UserDataHeader};
pub use write::{Written, write_text};

#[cfg(test)]
pub(crate) mod tests;
