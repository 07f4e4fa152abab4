//! Text as people read it: what spammers hide is made visible, cheaply, without allocation, on every SMS.
//!
//! [`read`] gives the text in small letters with look-alikes, compatibility forms, accents and invisible characters
//! undone (`plain`), the same in one row with figures read as letters (`squeezed`), its links, two fingerprints and a
//! class. [`fold_word`], [`squeeze_word`] and [`fold_sender`] fold what stands in lists in the same way.
//!
//! Reading takes time in proportion to the text, allocates nothing and cannot fail. Texts beyond
//! [`CHARS_MAX`] characters are cut and marked so.
#![forbid(unsafe_code)]

mod class;
mod fingerprint;
mod fold;
mod lexicon;
mod lists;
mod reading;
mod scratch;
mod scripts;
mod sheet;
mod squeeze;
mod table;
mod token;
mod urls;
mod wants;

pub use class::{Class, SCORE_MIN};
pub use fold::CHARS_MAX;
pub use lists::{SENDER_ROOM, fold_sender, fold_word, squeeze_word};
pub use reading::{Reading, read};
pub use scratch::Scratch;
pub use urls::Urls;
pub use wants::Wants;
