//! A short message with another sender, without its links, with a warning. TS 23.040 §9.2.2, §9.2.3.24.
//!
//! ```text
//!   TP-OA            instead     the sender given
//!   user data header without     elements of the kinds given: ports, hyperlinks
//!   text             without     the places given; in others each character a `*`; then the warning, if it fits
//! ```
//! SMS-DELIVER and SMS-SUBMIT, alone or a part of a longer one. Text in the GSM 7-bit alphabets, national ones among
//! them, stays in its alphabet, and text in UCS-2 too: no message becomes longer than one, and what cannot be said in the
//! alphabet is not said. 8-bit and compressed data keep their octets; only their header may lose elements. What was
//! done and what not, and why, is told. Not handled: the places that elements of enhanced messages count in the text.

mod codes;
mod text;

pub use codes::codes;

use arrayvec::ArrayVec;
use sluice_wire::sms::{Address, Alphabet, TextBuf, Tpdu, TpduKind, Written};
use std::ops::Range;
use text::Edits;

/// Elements of application ports: §9.2.3.24.3, §9.2.3.24.4.
pub const PORTS: [u8; 2] = [0x04, 0x05];
/// The element that makes a part of the text a link: §9.2.3.24.12.
pub const HYPERLINK: [u8; 1] = [0x21];

/// What is to be changed. Places in the text are octets of its UTF-8, as [`Tpdu::text`] gives it; a character belongs
/// to the place in which it begins.
#[derive(Clone, Copy, Debug, Default)]
pub struct Wanted<'w> {
    /// Who is to be shown as the sender.
    pub sender: Option<Sender<'w>>,
    /// What is to stand behind the text.
    pub append: Option<&'w str>,
    /// What is to be left out of the text.
    pub strip: &'w [Range<usize>],
    /// What is not to be readable in the text. What is in both is left out.
    pub mask: &'w [Range<usize>],
    /// Numbers of the elements that are to be left out of the header.
    pub without: &'w [u8],
}

/// A sender: §9.1.2.5.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sender<'s> {
    /// 1 international, 2 national, 5 alphanumeric.
    pub ton: u8,
    /// 1 E.164; 0 of letters.
    pub npi: u8,
    /// Digits or letters.
    pub text: &'s str,
}

/// What became of one wish.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Outcome {
    /// It was none.
    #[default]
    NotAsked,
    /// It is done.
    Done,
    /// There is no such thing in this message: a sender in what was submitted, text in data.
    NotHere,
    /// It does not fit.
    NoRoom,
    /// The alphabet has not all of its characters.
    NoCharacter,
    /// Only the last part of a long message could have it.
    NotLast,
    /// The message is defective there.
    Defective,
}

/// What became of the message.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Rewritten {
    /// How many octets it has; 0 where nothing was done and nothing was written.
    pub len_octets: usize,
    /// Of the sender.
    pub sender: Outcome,
    /// Of the warning.
    pub append: Outcome,
    /// Of what was to be left out of the text.
    pub strip: Outcome,
    /// Of what was not to be readable.
    pub mask: Outcome,
    /// Of the elements of the header; [`Outcome::NotHere`] where it has none of these.
    pub without: Outcome,
}

/// Room for every message that is written here.
pub const TPDU_OCTETS_MAX: usize = 176;

impl Rewritten {
    fn all(wanted: &Wanted<'_>, outcome: Outcome) -> Self {
        let of = |is_asked: bool| if is_asked { outcome } else { Outcome::NotAsked };
        Self {
            len_octets: 0,
            sender: of(wanted.sender.is_some()),
            append: of(wanted.append.is_some()),
            strip: of(!wanted.strip.is_empty()),
            mask: of(!wanted.mask.is_empty()),
            without: of(!wanted.without.is_empty()),
        }
    }

    /// Whether it is another message now.
    pub const fn is_changed(&self) -> bool {
        self.len_octets > 0
    }

    fn outcomes(&mut self) -> [&mut Outcome; 5] {
        [&mut self.sender, &mut self.append, &mut self.strip, &mut self.mask, &mut self.without]
    }
}

/// Writes the message with what can be done of what is wanted to the start of `out`.
pub fn rewrite(tpdu: &Tpdu<'_>, wanted: &Wanted<'_>, out: &mut [u8]) -> Rewritten {
    let is_message = matches!(tpdu.kind, TpduKind::Deliver | TpduKind::Submit);
    if !is_message || tpdu.fault.is_some() {
        return Rewritten::all(wanted, if is_message { Outcome::Defective } else { Outcome::NotHere });
    }
    let mut result = Rewritten::all(wanted, Outcome::NotHere);
    let (mut changed, mut room, mut user_data) = (*tpdu, [0; Address::OCTETS_MAX], [0; UD_OCTETS_MAX]);
    if let (Some(sender), TpduKind::Deliver) = (wanted.sender, tpdu.kind) {
        result.sender = match Address::of(sender.ton, sender.npi, sender.text, &mut room) {
            Ok(address) => {
                changed.address = Some(address);
                Outcome::Done
            }
            Err(_) => Outcome::NoCharacter,
        };
    }
    if let Some(written) = rewrite_user_data(tpdu, wanted, &mut result, &mut user_data) {
        changed.set_user_data(written);
    }
    emit(&changed, &mut result, out);
    result
}

fn emit(changed: &Tpdu<'_>, result: &mut Rewritten, out: &mut [u8]) {
    if result.outcomes().iter().all(|outcome| **outcome != Outcome::Done) {
        return;
    }
    match changed.emit(out) {
        Ok(len_octets) => result.len_octets = len_octets,
        Err(_) => result.outcomes().into_iter().filter(|o| **o == Outcome::Done).for_each(|o| *o = Outcome::NoRoom),
    }
}

type Elements = ArrayVec<u8, UD_OCTETS_MAX>;

fn rewrite_user_data<'o>(
    tpdu: &Tpdu<'_>,
    wanted: &Wanted<'_>,
    result: &mut Rewritten,
    out: &'o mut [u8; UD_OCTETS_MAX],
) -> Option<Written<'o>> {
    let Some(elements) = elements_without(tpdu, wanted.without) else {
        *result = Rewritten { sender: result.sender, ..Rewritten::all(wanted, Outcome::Defective) };
        return None;
    };
    let is_shorter =
        tpdu.header().map_or(0, |header| header.elements().map(|e| 2 + e.value.len()).sum()) > elements.len();
    let coding = tpdu.dcs.unwrap_or_default();
    if coding.alphabet() == Alphabet::Data8 || coding.is_compressed() {
        let written = if is_shorter { with_octets(&elements, tpdu.payload(), out) } else { None };
        result.without = if written.is_some() { Outcome::Done } else { result.without };
        return written;
    }
    let mut decoded = TextBuf::new();
    let text = tpdu.text(&mut decoded).map_or("", TextBuf::as_str);
    let edits = Edits { text, strip: wanted.strip, mask: wanted.mask, append: may_append(tpdu, wanted, result) };
    if !is_shorter && !edits.are_any() {
        return None;
    }
    let written = edits.write(&elements, coding.alphabet(), result, out)?;
    result.without = if is_shorter { Outcome::Done } else { result.without };
    Some(written)
}

/// The warning, where this message may have it. Text for an application is none for people, and only what is shown last
/// can end a message.
fn may_append<'w>(tpdu: &Tpdu<'_>, wanted: &Wanted<'w>, result: &mut Rewritten) -> Option<&'w str> {
    let text = wanted.append?;
    let header = tpdu.header();
    let is_stripped = PORTS.iter().all(|port| wanted.without.contains(port));
    let part = header.and_then(|header| header.concatenation()).filter(|part| part.is_valid());
    if header.and_then(|header| header.ports()).is_some() && !is_stripped {
        result.append = Outcome::NotHere;
        None
    } else if part.is_some_and(|part| part.sequence < part.total) {
        result.append = Outcome::NotLast;
        None
    } else {
        Some(text)
    }
}

/// The elements of the header but these. None where octets of the user data are missing, or a header ends before it
/// should.
fn elements_without(tpdu: &Tpdu<'_>, without: &[u8]) -> Option<Elements> {
    let mut kept = Elements::new();
    if tpdu.ud_truncated {
        return None;
    }
    let Some(header) = tpdu.header() else { return Some(kept) };
    for element in header.elements().filter(|element| !without.contains(&element.iei)) {
        kept.try_extend_from_slice(&[element.iei, u8::try_from(element.value.len()).ok()?]).ok()?;
        kept.try_extend_from_slice(element.value).ok()?;
    }
    header.is_whole().then_some(kept)
}

/// A header and octets that are no text.
fn with_octets<'o>(elements: &[u8], payload: &[u8], out: &'o mut [u8; UD_OCTETS_MAX]) -> Option<Written<'o>> {
    let udhl = u8::try_from(elements.len()).ok()?;
    let udhl = if elements.is_empty() { &[][..] } else { &[udhl][..] };
    let mut written = 0;
    for octets in [udhl, elements, payload] {
        out.get_mut(written..)?.get_mut(..octets.len())?.copy_from_slice(octets);
        written += octets.len();
    }
    Some(Written { udl: u8::try_from(written).ok()?, ud: out.get(..written)?, udhi: !elements.is_empty() })
}

/// §9.2.2.1, §9.2.2.2.
const UD_OCTETS_MAX: usize = 140;
