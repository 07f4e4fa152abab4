//! What is made of a record again is what the engine made of the message.
#![cfg(feature = "captures")]

use sluice_abi::counters::{Count, Slot};
use sluice_abi::record::{self, RECORD_OCTETS_MAX, decode};
use sluice_abi::{Facts, Field, LogLevel, Part, Path};
use sluice_engine::{Again, Engine, Input, PointCodes, Settings, Side, Sink};
use sluice_io::capture::Reader;
use sluice_policy::{Source, compile};
use sluice_rules::{Image, Layout};
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

/// As in a backtest.
fn again() -> Again {
    Again::new(1 << 15, 0x5EED)
}

#[test]
fn facts_are_those_the_engine_set() {
    let root = File::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let source = Source::from_dir(&root.join("control/policy/starter")).unwrap();
    let compiled = compile(&source, 1).unwrap_or_else(|errors| panic!("{errors:?}"));
    let layout = Layout::verify(&compiled.image).unwrap();
    let image = layout.image(&compiled.image);
    let mut compares = Compares { again: again(), image, compared: [0; FIELDS.len()] };
    for name in ["mix-11.pcap", "mix-12.pcap", "evasion.pcap", "features.pcap"] {
        // Campaigns are of one engine, as they are here.
        compares.again = again();
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
                wire: None,
                point_codes: PointCodes::Itu,
            };
            engine.process(&input, Some(&image), &mut compares);
        }
    }
    let unseen: Vec<&str> =
        FIELDS.iter().zip(compares.compared).filter(|(_, n)| *n == 0).map(|(field, _)| field.name()).collect();
    assert_eq!(unseen, [""; 0], "no capture has them");
}
