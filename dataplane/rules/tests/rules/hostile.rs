//! Images from anywhere: refused, or evaluated without harm.

use crate::support::{lists, message, rule, scope};
use proptest::prelude::*;
use sluice_abi::{Action, Facts, Mode, Path, Relation};
use sluice_numbers::{Range, Space};
use sluice_rules::check::check;
use sluice_rules::image::{CRC_AT, HEADER_OCTETS, Section};
use sluice_rules::text::parse;
use sluice_rules::{
    Counter, Counts, ImageError, Judgement, Layout, Level, Model, NoState, Purpose, Rewriting, Rule, Validity, compile,
    evaluate, explain,
};
use sluice_wire::crc32c::Crc32c;

/// Something in every section: rules of every kind, enough alike to be found by the index, counters, a matcher, a plan.
fn image() -> Vec<u8> {
    let when = [
        "sccp.cgpa.gt in list home_gts and not sms.oa in list brands",
        "sms.pid in {1 4..9 0x40} or map.invoke_id < 0 or map.msisdn.ton == 1",
        "sms.text icontains {\"prize\" \"lottery\"} and src == \"192.0.2.0/24\" and sms.udh_iei contains 0x70",
        "map.imsi starts_with \"00101\" and tcap.otid != x\"00\" and sms.text contains \"WON\"",
        "",
        "sms.oa matches \"B[a-o]nk\" and sms.oa in list patterns and swapped(sccp.cgpa.gt) != map.imsi",
        "relation(sccp.cgpa.gt) == \"home\" or operator(sccp.cgpa.gt) == operator(reversed(map.imsi))",
        "counter.by_gt > counter.sweep or score > 3",
    ];
    let modes = [Mode::Enforce, Mode::Shadow, Mode::Offline];
    let alike = (0..7).map(|n| format!("sccp.cgpa.gt == \"{}\"", 9_997_000 + n));
    let rules = when.map(str::to_owned).into_iter().chain(alike).enumerate().map(|(n, when)| {
        let (level, action) = match n {
            4 => (Level::Monitors, Action::Copy),
            5 => (Level::Filters, Action::Rewrite),
            6 => (Level::Checks, Action::Score),
            _ => (Level::Checks, Action::Reject),
        };
        let validity = Validity { until_s: u64::MAX - n as u64 % 2, ..Validity::ALWAYS };
        let scenario = (n % 2 == 0).then(|| "some".to_owned());
        let rewriting = Rewriting { sender: Some("Bank".into()), append: Some("!".into()), ..Rewriting::default() };
        Rule { validity, scenario, points: 2, rewriting, ..rule(&format!("r{n}"), level, modes[n % 3], action, &when) }
    });
    let range = Range {
        space: Space::E164,
        prefix: "9997",
        operator: "Demo",
        country: *b"ZZ",
        relation: Relation::Home,
        as_of_days: 1,
    };
    let plan = sluice_numbers::build(&[range], &[]).unwrap();
    let counters = ["by_gt", "numbers_by_gt", "sweep"].map(counter).to_vec();
    let rules = rules.collect();
    compile(&Model { version: 7, lists: lists(), rules, counters, plan, ..Model::default() }).unwrap()
}

fn counter(name: &str) -> Counter {
    let path = |name| Path::parse(name).unwrap();
    let counts = match name {
        "sweep" => Counts::Run(path("map.msisdn.digits")),
        "by_gt" => Counts::Messages,
        _ => Counts::Distinct(path("map.imsi")),
    };
    let condition = Some(check(&parse("kind and map.op in {44 45}").unwrap(), &scope()).unwrap());
    Counter {
        name: name.into(),
        key: vec![path("sccp.cgpa.gt"), path("mtp.opc")],
        when: "kind".into(),
        condition,
        counts,
        window_s: 60,
    }
}

#[test]
fn something_stands_in_every_section() {
    let octets = image();
    for (number, section) in Section::ALL.into_iter().enumerate() {
        let count = octets[32 + number * 8 + 4..].first_chunk().map(|c| u32::from_le_bytes(*c));
        assert_ne!(count, Some(0), "{section:?}");
    }
}

/// Puts the checksum right again, as an attacker would.
fn sealed(mut octets: Vec<u8>) -> Vec<u8> {
    if octets.len() >= HEADER_OCTETS {
        let crc = Crc32c::new().update(&octets[..CRC_AT]).update(&[0; 4]).update(&octets[CRC_AT + 4..]).finish();
        octets[CRC_AT..CRC_AT + 4].copy_from_slice(&crc.to_le_bytes());
    }
    octets
}

fn use_it(layout: Layout, octets: &[u8]) {
    let image = layout.image(octets);
    let mut judgement = Judgement::new();
    for facts in [message(), Facts::new()] {
        let mut facts = facts;
        evaluate(&image, &facts, Purpose::Replay, &mut NoState, &mut judgement);
        let told = explain(&image, &facts, Purpose::Replay, &mut NoState);
        assert!(told.rules.len() <= octets.len());
        judgement.record(&image, &mut facts);
    }
    for (index, rule) in image.rules() {
        assert!(image.rewrite(index).is_none() || rule.action() == Action::Rewrite);
    }
}

#[test]
fn a_compiled_image_is_verified_and_keeps_its_version() {
    let octets = image();
    assert_eq!(Layout::verify(&octets).map(|l| l.version()), Ok(7));
}

#[test]
fn every_change_of_one_octet_is_refused() {
    let octets = image();
    for at in 0..octets.len() {
        let mut changed = octets.clone();
        changed[at] ^= 0x10;
        assert!(Layout::verify(&changed).is_err(), "octet {at}");
    }
}

#[test]
fn every_truncation_is_refused_even_with_its_length_and_checksum_put_right() {
    let octets = image();
    for len in 0..octets.len() {
        let mut cut = octets[..len].to_vec();
        assert!(Layout::verify(&cut).is_err(), "{len} octets");
        if len >= HEADER_OCTETS {
            cut[24..32].copy_from_slice(&(len as u64).to_le_bytes());
        }
        assert!(Layout::verify(&sealed(cut)).is_err(), "{len} octets, sealed");
    }
}

#[test]
fn every_change_of_one_octet_under_a_right_checksum_is_refused_or_harmless() {
    let octets = image();
    let mut harmless = 0;
    for at in 0..octets.len() {
        for flip in [1, 0x80, 0xFF] {
            let mut changed = octets.clone();
            changed[at] ^= flip;
            let changed = sealed(changed);
            if let Ok(layout) = Layout::verify(&changed) {
                use_it(layout, &changed);
                harmless += 1;
            }
        }
    }
    assert!(harmless > 0, "some octets are letters of names");
}

#[test]
fn the_layout_of_one_image_over_the_octets_of_another_is_harmless() {
    let octets = image();
    let layout = Layout::verify(&octets).unwrap();
    for other in [vec![], vec![0xFF; octets.len()], vec![0; octets.len()], octets[..octets.len() / 2].to_vec()] {
        use_it(layout, &other);
    }
    let mut reversed = octets.clone();
    reversed.reverse();
    use_it(layout, &reversed);
}

#[test]
fn a_rewrite_whose_record_means_nothing_is_refused() {
    let octets = image();
    let place = |section: Section| {
        let at = 32 + section as usize * 8;
        octets[at..].first_chunk().map_or(0, |place| u32::from_le_bytes(*place) as usize)
    };
    // The length of a sender of twelve letters or none, what is stripped, what is masked, the octets of zero; then the
    // number in the rule's record.
    let (rewrites, rule) = (place(Section::Rewrites), place(Section::Rules) + 5 * 64);
    for (at, value) in [(4, 12), (8 + 3, 0xFF), (16, 4), (17, 4), (18, 1), (23, 1)] {
        let mut changed = octets.clone();
        changed[rewrites + at] = value;
        assert_eq!(Layout::verify(&sealed(changed)).err(), Some(ImageError::Rewrite(0)), "{at}");
    }
    let mut changed = octets.clone();
    changed[rule + 48] = 1;
    assert_eq!(Layout::verify(&sealed(changed)).err(), Some(ImageError::Rule(5)));
}

#[test]
fn errors_tell_what_is_wrong() {
    assert_eq!(Layout::verify(b"SLUICE"), Err(ImageError::Length));
    assert_eq!(Layout::verify(&[0; 400]), Err(ImageError::Magic));
    let mut octets = image();
    octets[8] = 9;
    assert_eq!(Layout::verify(&octets), Err(ImageError::Format(9)));
    let mut octets = image();
    octets.push(0);
    assert_eq!(Layout::verify(&octets), Err(ImageError::StatedLength));
}

proptest! {
    #[test]
    fn many_changes_under_a_right_checksum_are_refused_or_harmless(
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6)
    ) {
        let mut octets = image();
        for (at, value) in changes {
            let at = at.index(octets.len());
            octets[at] = value;
        }
        let octets = sealed(octets);
        if let Ok(layout) = Layout::verify(&octets) {
            use_it(layout, &octets);
        }
    }

    #[test]
    fn any_octets_are_refused(octets in prop::collection::vec(any::<u8>(), 0..400)) {
        prop_assert!(Layout::verify(&octets).is_err());
    }

    #[test]
    fn any_octets_under_any_layout_are_harmless(octets in prop::collection::vec(any::<u8>(), 0..3000)) {
        let good = image();
        use_it(Layout::verify(&good).unwrap(), &octets);
    }

    #[test]
    fn any_text_is_read_or_refused_within_itself(text in "[a-z._0-9 ()!&|<>=\"{}$x\\\\-]{0,60}") {
        if let Err(refusal) = sluice_rules::text::parse(&text) {
            prop_assert!(refusal.span.start <= refusal.span.end && refusal.span.end <= text.len());
        }
    }
}
