//! Facts of a record as the engine would set them under another policy: whose the calling party is, what the text says,
//! which campaign it belongs to. The rest is as recorded.
//!
//! The engine sets these from memory and message alike (`sluice_engine`, module `memory`); a test holds the two together.

use crate::judge::KEY;
use crate::recorded::has_addresses;
use sluice_abi::{Facts, Field, Part, Path, Relation, Value};
use sluice_numbers::{Found, Plan, Space};
use sluice_rules::Image;
use sluice_text::{Class, Reading, SENDER_ROOM, Scratch, Wants, fold_sender, read};
use sluice_track::{CAMPAIGN_WINDOW_S, Campaigns, NodeHasher};

/// Memory for one policy.
pub struct Again {
    campaigns: Campaigns,
    text: Scratch,
    sender: [u8; SENDER_ROOM],
}

impl Again {
    /// That has seen nothing.
    pub fn new() -> Self {
        Self { campaigns: Campaigns::new(CAMPAIGNS, KEY), text: Scratch::new(), sender: [0; SENDER_ROOM] }
    }

    /// The facts of a record under a policy.
    pub fn facts<'p>(&'p mut self, recorded: &Facts<'p>, policy: &Image<'p>) -> Facts<'p> {
        let mut facts = recorded.clone();
        if has_addresses(&facts) {
            origin(&mut facts, policy.plan());
        }
        let Self { campaigns, text, sender } = self;
        if policy.reads(Field::SmsSender) && facts.number(Field::SmsAddrTon) == Some(ALPHANUMERIC) {
            sender_name(&mut facts, sender);
        }
        if let (Some(wants), Some(whole)) = (wanted(policy), whole_text(&facts)) {
            let reading = read(whole, wants, text);
            said(&mut facts, &reading, wants);
            if wants.any(Wants::SKETCH) {
                campaign(&mut facts, &reading, campaigns);
            }
        }
        facts
    }
}

/// By the calling global title; only where there is none, by the originating point code.
fn origin<'p>(facts: &mut Facts<'p>, plan: Option<Plan<'p>>) {
    for field in [Field::OriginRelation, Field::OriginCountry, Field::OriginOperator, Field::LabelsOrigin] {
        facts.forget(field);
    }
    let Some(plan) = plan else { return };
    let by_point_code = || plan.find(Space::PointCode, facts.number(Field::MtpOpc)?.to_string().as_bytes());
    let found = match facts.value(Path { field: Field::CgpaGt, part: Part::Whole }) {
        Some(Value::Digits(title)) if !title.is_empty() => plan.find(Space::E164, title.as_bytes()),
        _ => by_point_code(),
    };
    let Some(found) = found else {
        facts.set(Field::OriginRelation, Relation::Unknown as u64);
        return;
    };
    facts.set(Field::OriginRelation, found.relation as u64);
    facts.set_some(Field::OriginCountry, country(&found));
    if found.operator != 0 {
        facts.set_octets(Field::OriginOperator, plan.operator_name(found.operator).as_bytes());
    }
    facts.set_some(Field::LabelsOrigin, label(&plan, &found));
}

/// Two letters as a number of the field.
fn country(found: &Found) -> Option<u64> {
    let [first, second] = found.country;
    first.is_ascii_uppercase().then(|| u64::from(first) << 8 | u64::from(second))
}

/// The number of `labels.origin`.
fn label(plan: &Plan<'_>, found: &Found) -> Option<u64> {
    const ON_NET: u64 = 0;
    const NATIONAL: u64 = 1;
    const INTERNATIONAL: u64 = 2;
    let home = plan.home_country()?;
    Some(match found {
        Found { relation: Relation::Home, .. } => ON_NET,
        Found { country, .. } if *country == home => NATIONAL,
        _ => INTERNATIONAL,
    })
}

fn sender_name<'p>(facts: &mut Facts<'p>, room: &'p mut [u8; SENDER_ROOM]) {
    let Some(name) = facts.octets(Field::SmsOa).and_then(|oa| std::str::from_utf8(oa).ok()) else { return };
    facts.set_octets(Field::SmsSender, fold_sender(name, room).as_bytes());
}

/// Fields that are read off the text, with what it takes to read them.
const TEXTUAL: [(&[Field], Wants); 6] = [
    (&[Field::SmsPlain, Field::SmsLookalikes, Field::SmsHiddenChars], Wants::PLAIN),
    (&[Field::SmsSqueezed], Wants::SQUEEZED),
    (&[Field::SmsUrl, Field::SmsUrlCount, Field::SmsUrlHidden], Wants::URLS),
    (&[Field::SmsTemplate], Wants::TEMPLATE),
    (&[Field::CampaignId, Field::CampaignCount, Field::CampaignPrevious, Field::CampaignSenders], Wants::SKETCH),
    (&[Field::LabelsUseCase], Wants::CLASS),
];

/// Whether a field is read off the text.
pub fn is_textual(field: Field) -> bool {
    TEXTUAL.iter().any(|(fields, _)| fields.contains(&field))
}

/// Which readings the fields that rules ask for need; none where none does.
fn wanted(policy: &Image<'_>) -> Option<Wants> {
    let needs = |fields: &[Field]| fields.iter().any(|&field| policy.reads(field));
    TEXTUAL.iter().filter(|(fields, _)| needs(fields)).map(|(_, wants)| *wants).reduce(|all, wants| all | wants)
}

/// Of a long message what its parts say together.
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
fn campaign(facts: &mut Facts<'_>, reading: &Reading<'_>, campaigns: &mut Campaigns) {
    let senders = [Field::SmsOa, Field::MapRpOa, Field::SmppSrc];
    let sender = senders.into_iter().find_map(|field| facts.octets(field)).unwrap_or_default();
    let sender = NodeHasher::new(SENDERS_KEY).octets(sender).finish();
    let now_ns = facts.number(Field::TimeNs).unwrap_or(0);
    let Some(seen) = campaigns.seen(reading.sketch, sender, CAMPAIGN_WINDOW_S, now_ns) else { return };
    facts.set_all([
        (Field::CampaignId, seen.id),
        (Field::CampaignCount, seen.count.into()),
        (Field::CampaignPrevious, seen.previous.into()),
        (Field::CampaignSenders, seen.senders.into()),
    ]);
}

/// Type of number 5 of an address: alphanumeric (TS 23.040 §9.1.2.5).
const ALPHANUMERIC: u64 = 5;
/// Senders are told apart under this key, as in the engine.
const SENDERS_KEY: u64 = 0x5E4D;
/// Campaigns at a time, as in a replay.
const CAMPAIGNS: usize = 1 << 15;

#[cfg(all(test, feature = "captures"))]
mod tests {
    use super::*;
    use sluice_abi::counters::{Count, Slot};
    use sluice_abi::record::{self, RECORD_OCTETS_MAX};
    use sluice_abi::{LogLevel, record::decode};
    use sluice_engine::{Engine, Input, PointCodes, Settings, Side, Sink};
    use sluice_io::capture::Reader;
    use sluice_policy::{Source, compile};
    use sluice_rules::Layout;
    use std::path::Path as File;

    /// Sets each message's facts again, from its record, and compares.
    struct Compares<'i> {
        again: Again,
        image: Image<'i>,
        compared: [u64; FIELDS.len()],
    }

    const FIELDS: [Field; 17] = [
        Field::OriginRelation,
        Field::OriginCountry,
        Field::OriginOperator,
        Field::LabelsOrigin,
        Field::SmsPlain,
        Field::SmsSqueezed,
        Field::SmsSender,
        Field::SmsUrl,
        Field::SmsUrlCount,
        Field::SmsUrlHidden,
        Field::SmsLookalikes,
        Field::SmsHiddenChars,
        Field::SmsTemplate,
        Field::CampaignId,
        Field::CampaignCount,
        Field::CampaignSenders,
        Field::LabelsUseCase,
    ];

    impl Count for Compares<'_> {
        fn add(&mut self, _: Slot, _: u64) {}
    }

    impl Sink for Compares<'_> {
        fn message(&mut self, facts: &mut Facts<'_>, _: LogLevel) {
            let mut octets = [0; RECORD_OCTETS_MAX];
            let len = record::encode(facts, LogLevel::Full, &mut octets).unwrap();
            let mut recorded = decode(&octets[..len]).unwrap();
            // So that each of them is made anew.
            FIELDS.iter().for_each(|&field| recorded.forget(field));
            let again = self.again.facts(&recorded, &self.image);
            for (field, compared) in FIELDS.iter().zip(&mut self.compared) {
                let path = Path { field: *field, part: Part::Whole };
                assert_eq!(
                    again.value(path),
                    facts.value(path),
                    "{} of frame {:?}",
                    field.name(),
                    facts.number(Field::Frame)
                );
                *compared += u64::from(facts.has(*field));
            }
        }
    }

    #[test]
    fn facts_are_those_the_engine_set() {
        let root = File::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        let source = Source::from_dir(&root.join("control/policy/starter")).unwrap();
        let compiled = compile(&source, 1).unwrap_or_else(|errors| panic!("{errors:?}"));
        let layout = Layout::verify(&compiled.image).unwrap();
        let image = layout.image(&compiled.image);
        let mut compares = Compares { again: Again::new(), image, compared: [0; FIELDS.len()] };
        for name in ["mix-11.pcap", "mix-12.pcap", "evasion.pcap", "features.pcap"] {
            // Campaigns are of one engine, as they are here.
            compares.again = Again::new();
            let mut engine = Engine::new(Settings::default());
            let mut reader = Reader::open(root.join("tests/captures").join(name)).unwrap();
            while let Some(record) = reader.next().unwrap() {
                let input = Input {
                    octets: record.octets,
                    link: record.link_type.0,
                    number: record.number,
                    time_ns: record.timestamp_ns,
                    port: b"",
                    side: Side::ByAddress { inside: &[] },
                    point_codes: PointCodes::Itu,
                };
                engine.process(&input, Some(&image), &mut compares);
            }
        }
        let unseen: Vec<&str> =
            FIELDS.iter().zip(compares.compared).filter(|(_, n)| *n == 0).map(|(field, _)| field.name()).collect();
        assert_eq!(unseen, [""; 0], "no capture has them");
    }
}
