//! A short message that goes on changed: another sender, a warning, no links.
//!
//! The text is looked at as it was sent, word by word: a link that is spread over several words is not found here, though
//! rules see it (`sms.url.hidden`).

use super::plan::Of;
use arrayvec::ArrayVec;
use sluice_abi::{Facts, Field};
use sluice_rules::{Mask, Rewrite, Strip};
use sluice_splice::Way;
use sluice_splice::rewrite::{HYPERLINK, PORTS, Sender, TPDU_OCTETS_MAX, Wanted, codes, rewrite};
use sluice_splice::tlv::{self, Change};
use sluice_text::{Scratch, Wants, read};
use sluice_wire::sms::{Context, Direction, TextBuf, Tpdu};
use std::ops::Range;

/// Places of a text that are left out or masked.
const PLACES_MAX: usize = 64;
/// Longest TCAP message that is written.
const TCAP_OCTETS_MAX: usize = 4096;
/// Numbers of the types of TPDU that carry text, in [`Field::SmsType`].
const DELIVER: u64 = 0;
const SUBMIT: u64 = 2;

type Places = ArrayVec<Range<usize>, PLACES_MAX>;

/// Memory for looking at a text.
pub struct TextPad {
    text: TextBuf,
    scratch: Scratch,
}

impl TextPad {
    pub fn new() -> Self {
        Self { text: TextBuf::new(), scratch: Scratch::new() }
    }
}

impl Of<'_> {
    /// Changes the message as far as it has what is to be changed; none where nothing could be.
    #[inline(never)]
    pub fn rewrite(&mut self, facts: &Facts<'_>, wish: &Rewrite<'_>) -> Option<()> {
        let tcap = self.lines.carried.sccp.data;
        let octets = facts.octets(Field::MapRpUi)?;
        let direction = match facts.number(Field::SmsType)? {
            DELIVER => Direction::FromSc,
            SUBMIT => Direction::ToSc,
            _ => return None,
        };
        let tpdu = Tpdu::parse(octets, direction, Context::Request).ok()?;
        let (mut strip, mut mask) = (Places::new(), Places::new());
        let TextPad { text, scratch } = &mut *self.line.text;
        if let Some(text) = tpdu.text(text) {
            places(text.as_str(), wish, scratch, &mut strip, &mut mask);
        }
        let mut without = ArrayVec::<u8, 4>::new();
        without.extend(PORTS.into_iter().filter(|_| wish.strip.has(Strip::PORTS)));
        without.extend(HYPERLINK.into_iter().filter(|_| wish.strip.has(Strip::LINKS)));
        let sender = wish.sender.map(|sender| Sender { ton: sender.ton, npi: sender.npi, text: sender.text });
        let wanted = Wanted { sender, append: wish.append, strip: &strip, mask: &mask, without: &without };
        let mut changed = [0; TPDU_OCTETS_MAX];
        let len = rewrite(&tpdu, &wanted, &mut changed).len_octets;
        let mut changes = ArrayVec::<Change<'_>, 2>::new();
        changes.push(Change::of(tcap, octets, changed.get(..len).filter(|tpdu| !tpdu.is_empty())?)?);
        changes.extend(self.true_imsi().and_then(|(found, imsi)| Change::of(tcap, found, imsi)));
        let mut message = [0; TCAP_OCTETS_MAX];
        let len = tlv::rewrite(tcap, &changes, &mut message).ok()?;
        self.replace(Way::On, message.get(..len)?)
    }
}

/// What of a text is to be left out, and what masked.
fn places(text: &str, wish: &Rewrite<'_>, scratch: &mut Scratch, strip: &mut Places, mask: &mut Places) {
    if wish.strip.has(Strip::LINKS) {
        add(strip, links(text, scratch));
    }
    if wish.mask.has(Mask::LINKS) {
        add(mask, links(text, scratch));
    }
    if wish.mask.has(Mask::DIGITS) {
        add(mask, codes(text));
    }
}

/// Places beyond the room are left as they are.
fn add(to: &mut Places, places: impl Iterator<Item = Range<usize>>) {
    let room = to.remaining_capacity();
    to.extend(places.take(room));
}

/// Where words stand that are links.
fn links(text: &str, scratch: &mut Scratch) -> impl Iterator<Item = Range<usize>> {
    let words = text.split_ascii_whitespace();
    words.filter_map(|word| {
        let start = word.as_ptr().addr() - text.as_ptr().addr();
        (read(word, Wants::URLS, scratch).urls.count > 0).then_some(start..start + word.len())
    })
}
