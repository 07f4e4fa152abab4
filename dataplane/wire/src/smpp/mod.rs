//! SMPP: messages between applications and message centres. SMPP 3.3, 3.4 and 5.0.
//!
//! ```text
//!  0                   4                   8                   12                  16
//! +-------------------+-------------------+-------------------+-------------------+----------+-------
//! | length            | command           | status            | sequence          | mandatory| TLVs
//! +-------------------+-------------------+-------------------+-------------------+----------+-------
//! ```
//! Handles every PDU of the three versions, each by the file of its shape, every optional parameter by name, the
//! user data header, parts of long messages, and the alphabets that need no large tables, those of national languages
//! as a user data header chooses them. A password is read over and never shown. Does not handle: JIS, ISO-2022-JP,
//! KS C 5601 and pictograms (named, not read), and PDUs that one vendor alone has.

mod ancillary;
mod bind;
mod coding;
mod command;
mod cursor;
mod esm_class;
mod framing;
mod header;
mod message;
mod optional;
mod party;
mod pdu;
mod status;
mod text;
mod tlv;

pub use coding::{Charset, DataCoding};
pub use command::{CommandId, InterfaceVersion};
pub use esm_class::EsmClass;
pub use framing::{Framing, HEADER_OCTETS, PDU_OCTETS_MAX, PORT, Pdus, frame, looks_like_smpp, may_begin};
pub use party::{Destination, Destinations, Party};
pub use pdu::Pdu;
pub use status::Status;
pub use text::Text;
pub use tlv::{Tlv, TlvTag, Tlvs};

#[cfg(test)]
mod tests;
