//! Images from anywhere: refused, or evaluated without harm.

use crate::support::{message, policy, rule};
use proptest::prelude::*;
use sluice_abi::{Action, Facts, Mode};
use sluice_rules::image::{CRC_AT, HEADER_OCTETS};
use sluice_rules::{ImageError, Judgement, Layout, Level, Purpose, evaluate, explain};
use sluice_wire::crc32c::Crc32c;

/// One rule of every kind.
fn image() -> Vec<u8> {
    let when = [
        "sccp.cgpa.gt in list home_gts and not sms.oa in list brands",
        "sms.pid in {1 4..9 0x40} or map.invoke_id < 0 or map.msisdn.ton == 1",
        "sms.text icontains {\"prize\" \"lottery\"} and src == \"192.0.2.0/24\" and sms.udh_iei contains 0x70",
        "map.imsi starts_with \"00101\" and tcap.otid != x\"00\" and sms.text contains \"WON\"",
        "",
    ];
    let modes = [Mode::Enforce, Mode::Shadow, Mode::Offline];
    let rules = when.iter().enumerate().map(|(n, when)| {
        let (level, action) = if n == 4 { (Level::Monitors, Action::Copy) } else { (Level::Checks, Action::Reject) };
        rule(&format!("r{n}"), level, modes[n % 3], action, when)
    });
    policy(rules.collect())
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
        evaluate(&image, &facts, Purpose::Replay, &mut judgement);
        let told = explain(&image, &facts, Purpose::Replay);
        assert!(told.rules.len() <= octets.len());
        judgement.record(&image, &mut facts);
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
