//! What a rule that rewrites changes in a message, as a policy says it and as an image holds it.
//!
//! ```text
//! record   0 sender · 8 warning (each offset u32, length u32 in strings; empty: none) · 16 strip · mask · 6 octets of zero
//! ```
//! Not here: how it is done (`sluice-splice`), and where a text has links and codes (`sluice-text`, `sluice-splice`).

use sluice_wire::sms::Address;
use std::fmt;

/// What is to become of a message. The texts of an [`Image`](crate::Image) are borrowed from it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Rewrite<'i> {
    /// Who is to be shown as the sender.
    pub sender: Option<Sender<'i>>,
    /// What is to stand behind the text.
    pub append: Option<&'i str>,
    /// What is to be left out.
    pub strip: Strip,
    /// What is not to be readable.
    pub mask: Mask,
}

impl Rewrite<'_> {
    /// Whether it changes anything.
    pub const fn is_any(&self) -> bool {
        self.sender.is_some() || self.append.is_some() || !self.strip.is_empty() || !self.mask.is_empty()
    }
}

/// A sender as TS 23.040 §9.1.2.5 has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sender<'s> {
    /// Type of number: 1 international, 2 national, 5 alphanumeric.
    pub ton: u8,
    /// Numbering plan: 1 E.164; 0 of letters.
    pub npi: u8,
    /// Digits or letters.
    pub text: &'s str,
}

impl<'s> Sender<'s> {
    /// Reads `+` and digits as an international number, digits as a national one, anything else as letters of the GSM
    /// 7-bit default alphabet, eleven at most. None where it is neither.
    pub fn parse(text: &'s str) -> Option<Self> {
        let is_number = |digits: &str| !digits.is_empty() && digits.bytes().all(|digit| digit.is_ascii_digit());
        let sender = match text.strip_prefix('+') {
            Some(digits) if is_number(digits) => Self { ton: 1, npi: 1, text: digits },
            None if is_number(text) => Self { ton: 2, npi: 1, text },
            _ if !text.trim().is_empty() => Self { ton: 5, npi: 0, text },
            _ => return None,
        };
        Address::of(sender.ton, sender.npi, sender.text, &mut [0; Address::OCTETS_MAX]).ok().map(|_| sender)
    }
}

/// As a policy has it.
impl fmt::Display for Sender<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.ton == 1 {
            f.write_str("+")?;
        }
        f.write_str(self.text)
    }
}

macro_rules! parts {
    ($(#[$doc:meta])* $set:ident { $($(#[$vdoc:meta])* $name:ident = $bit:literal $text:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
        pub struct $set(u8);

        impl $set {
            $($(#[$vdoc])* pub const $name: Self = Self($bit);)+
            /// Nothing.
            pub const NONE: Self = Self(0);
            /// Words of a policy, in the order of their bits.
            pub const WORDS: &[&str] = &[$($text),+];
            const ALL: &[Self] = &[$(Self::$name),+];

            /// The part with this word.
            pub fn parse(word: &str) -> Option<Self> {
                Self::WORDS.iter().zip(Self::ALL).find(|(known, _)| **known == word).map(|(_, part)| *part)
            }

            /// Both.
            #[must_use]
            pub const fn and(self, other: Self) -> Self {
                Self(self.0 | other.0)
            }

            /// Whether all of another is in it.
            #[inline]
            pub const fn has(self, part: Self) -> bool {
                self.0 & part.0 == part.0
            }

            /// Whether there is nothing in it.
            #[inline]
            pub const fn is_empty(self) -> bool {
                self.0 == 0
            }

            pub(crate) const fn bits(self) -> u8 {
                self.0
            }

            pub(crate) const fn from_bits(bits: u8) -> Option<Self> {
                if bits & !($($bit)|+) == 0 { Some(Self(bits)) } else { None }
            }
        }

        impl fmt::Display for $set {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                let parts = Self::WORDS.iter().zip(Self::ALL).filter(|(_, part)| self.has(**part));
                f.write_str(&parts.map(|(word, _)| *word).collect::<Vec<_>>().join(", "))
            }
        }
    };
}

parts! {
    /// What is to be left out of a message.
    Strip {
        /// Links in the text, and the elements of the header that make a part of it a link.
        LINKS = 1 "links",
        /// The application ports of the header: the message is shown instead.
        PORTS = 2 "ports",
    }
}

parts! {
    /// What of a text is not to be readable.
    Mask {
        /// Links.
        LINKS = 1 "links",
        /// Runs of four to eight digits, such as codes for one use.
        DIGITS = 2 "digits",
    }
}

/// What a rule says, before it is an image.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rewriting {
    /// The sender, as [`Sender::parse`] reads it.
    pub sender: Option<String>,
    /// The warning.
    pub append: Option<String>,
    /// What is left out.
    pub strip: Strip,
    /// What is masked.
    pub mask: Mask,
}

impl Rewriting {
    /// Whether it changes anything.
    pub const fn is_any(&self) -> bool {
        self.sender.is_some() || self.append.is_some() || !self.strip.is_empty() || !self.mask.is_empty()
    }
}

/// As `sluice policy show` has it: `sender "+99970000042", strip links`.
impl fmt::Display for Rewriting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        tell(f, self.sender.as_deref(), self.append.as_deref(), self.strip, self.mask)
    }
}

/// As of [`Rewriting`].
impl fmt::Display for Rewrite<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sender = self.sender.map(|sender| sender.to_string());
        tell(f, sender.as_deref(), self.append, self.strip, self.mask)
    }
}

fn tell(
    f: &mut fmt::Formatter<'_>,
    sender: Option<&str>,
    append: Option<&str>,
    strip: Strip,
    mask: Mask,
) -> fmt::Result {
    let parts = [
        sender.map(|text| format!("sender {text:?}")),
        append.map(|text| format!("append {text:?}")),
        (!strip.is_empty()).then(|| format!("strip {strip}")),
        (!mask.is_empty()).then(|| format!("mask {mask}")),
    ];
    f.write_str(&parts.into_iter().flatten().collect::<Vec<_>>().join(", "))
}

/// A warning has no more characters: a message has no more room.
pub const APPEND_CHARACTERS_MAX: usize = 160;

/// Whether a text can stand behind others.
pub fn is_warning(text: &str) -> bool {
    !text.trim().is_empty() && text.chars().count() <= APPEND_CHARACTERS_MAX && !text.contains(['\0', '\u{1B}'])
}
