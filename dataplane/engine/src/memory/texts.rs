//! What a text says once nothing hides it, and how many like it have come.
//!
//! Of a long message the parts that have come are read as one text, so that a word or link cut by their boundary is
//! seen with the last of its parts.

use sluice_abi::{Facts, Field};
use sluice_rules::Image;
use sluice_text::{Class, Reading, SENDER_ROOM, Scratch, Wants, fold_sender, read};
use sluice_track::{CAMPAIGN_WINDOW_S, Campaigns, NodeHasher};

/// Senders are told apart under this key: the table hashes what it is given once more, under its own.
const SENDERS_KEY: u64 = 0x5E4D;
/// Type of number 5 of an address: alphanumeric (TS 23.040 §9.1.2.5).
const ALPHANUMERIC: u64 = 5;

/// Memory for what facts borrow that is not in the packet.
pub struct TextScratch {
    text: Scratch,
    sender: [u8; SENDER_ROOM],
}

impl TextScratch {
    pub fn new() -> Self {
        Self { text: Scratch::new(), sender: [0; SENDER_ROOM] }
    }
}

/// Sets what rules of the policy read of the text.
#[inline]
pub fn facts<'p>(
    facts: &mut Facts<'p>,
    policy: &Image<'p>,
    campaigns: &mut Campaigns,
    scratch: &'p mut TextScratch,
    now_ns: u64,
) {
    let TextScratch { text: scratch, sender } = scratch;
    if policy.reads(Field::SmsSender) && facts.number(Field::SmsAddrTon) == Some(ALPHANUMERIC) {
        sender_name(facts, sender);
    }
    let Some(wants) = wanted(policy) else { return };
    let Some(text) = whole_text(facts) else { return };
    let reading = read(text, wants, scratch);
    said(facts, &reading, wants);
    if wants.any(Wants::SKETCH) {
        campaign(facts, &reading, campaigns, now_ns);
    }
}

fn sender_name<'p>(facts: &mut Facts<'p>, room: &'p mut [u8; SENDER_ROOM]) {
    let Some(name) = facts.octets(Field::SmsOa).and_then(|oa| std::str::from_utf8(oa).ok()) else { return };
    facts.set_octets(Field::SmsSender, fold_sender(name, room).as_bytes());
}

/// Fields that are read off the text, with the reading it takes.
const TEXTUAL: [(&[Field], Wants); 6] = [
    (&[Field::SmsPlain, Field::SmsLookalikes, Field::SmsHiddenChars], Wants::PLAIN),
    (&[Field::SmsSqueezed], Wants::SQUEEZED),
    (&[Field::SmsUrl, Field::SmsUrlCount, Field::SmsUrlHidden], Wants::URLS),
    (&[Field::SmsTemplate], Wants::TEMPLATE),
    (&[Field::CampaignId, Field::CampaignCount, Field::CampaignPrevious, Field::CampaignSenders], Wants::SKETCH),
    (&[Field::LabelsUseCase], Wants::CLASS),
];

/// Whether a field is read off the text of a message.
pub fn is_textual(field: Field) -> bool {
    TEXTUAL.iter().any(|(fields, _)| fields.contains(&field))
}

/// Which readings the fields that rules ask for need; none where none does.
fn wanted(policy: &Image<'_>) -> Option<Wants> {
    let needs = |fields: &[Field]| fields.iter().any(|&field| policy.reads(field));
    TEXTUAL.iter().filter(|(fields, _)| needs(fields)).map(|(_, wants)| *wants).reduce(|all, wants| all | wants)
}

fn whole_text<'p>(facts: &Facts<'p>) -> Option<&'p str> {
    let sources = [Field::SmsJoinedText, Field::SmsText, Field::SmppText];
    let text = sources.into_iter().find_map(|field| facts.octets(field))?;
    std::str::from_utf8(text).ok().filter(|text| !text.is_empty())
}

fn said<'p>(facts: &mut Facts<'p>, reading: &Reading<'p>, wants: Wants) {
    facts.set_octets(Field::SmsPlain, reading.plain.as_bytes());
    facts.set(Field::SmsLookalikes, reading.lookalikes.into());
    facts.set(Field::SmsHiddenChars, reading.hidden.into());
    if wants.any(Wants::SQUEEZED) {
        facts.set_octets(Field::SmsSqueezed, reading.squeezed.as_bytes());
    }
    if wants.any(Wants::URLS) {
        facts.set(Field::SmsUrlCount, reading.urls.count.into());
        facts.set(Field::SmsUrlHidden, reading.urls.hidden.into());
        let host = reading.urls.first.as_bytes();
        facts.set_octets_some(Field::SmsUrl, (!host.is_empty()).then_some(host));
    }
    if wants.any(Wants::TEMPLATE) && reading.template != 0 {
        facts.set(Field::SmsTemplate, reading.template);
    }
    if wants.any(Wants::CLASS) {
        facts.set_some(Field::LabelsUseCase, use_case(reading.class));
    }
}

/// The number of the label.
const fn use_case(class: Class) -> Option<u64> {
    match class {
        Class::Unknown => None,
        Class::Personal => Some(0),
        Class::Otp => Some(1),
        Class::Alert => Some(2),
        Class::Promotional => Some(3),
    }
}

/// Adds the message to the campaign of texts like it.
fn campaign(facts: &mut Facts<'_>, reading: &Reading<'_>, campaigns: &mut Campaigns, now_ns: u64) {
    let senders = [Field::SmsOa, Field::MapRpOa, Field::SmppSrc];
    let sender = senders.into_iter().find_map(|field| facts.octets(field)).unwrap_or_default();
    let sender = NodeHasher::new(SENDERS_KEY).octets(sender).finish();
    let Some(seen) = campaigns.seen(reading.sketch, sender, CAMPAIGN_WINDOW_S, now_ns) else { return };
    facts.set_all([
        (Field::CampaignId, seen.id),
        (Field::CampaignCount, seen.count.into()),
        (Field::CampaignPrevious, seen.previous.into()),
        (Field::CampaignSenders, seen.senders.into()),
    ]);
}
