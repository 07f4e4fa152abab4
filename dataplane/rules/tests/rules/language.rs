//! The language by sentences.

use crate::support::{holds, message, refusal};
use sluice_abi::Facts;

fn all_hold(conditions: &[&str]) {
    for when in conditions {
        assert!(holds(when, &message()), "{when}");
    }
}

fn none_hold(conditions: &[&str]) {
    for when in conditions {
        assert!(!holds(when, &message()), "{when}");
    }
}

#[test]
fn numbers_compare_decimal_and_hexadecimal() {
    all_hold(&["sms.pid == 64", "sms.pid == 0x40", "sms.pid != 1", "mtp.opc >= 4001", "mtp.opc < 4002", "mtp.opc > 0"]);
    none_hold(&["sms.pid == 65", "mtp.opc > 4001", "mtp.opc <= 4000"]);
}

#[test]
fn signed_numbers_compare_across_zero() {
    all_hold(&["map.invoke_id == -5", "map.invoke_id < 0", "map.invoke_id > -6", "map.invoke_id in {-10..-1}"]);
    none_hold(&["map.invoke_id > 0", "map.invoke_id in {0..100}", "map.invoke_id in {-4 3}"]);
}

#[test]
fn a_set_holds_values_ranges_and_variables() {
    all_hold(&["sms.pid in {1 2 0x40}", "sms.pid in {1, 0x3F..0x41}", "map.op in {1 $ops}", "map.op in $ops"]);
    none_hold(&["sms.pid in {1 2..63 65..300}", "map.op in {45 47..66}"]);
    all_hold(&["sms.oa in {\"Bank\" \"Post\"}", "map.msisdn.digits in {\"15550100\"}"]);
}

#[test]
fn digits_compare_as_text_and_start_and_contain() {
    all_hold(&[
        "map.msisdn.digits == \"15550100\"",
        "map.msisdn.digits starts_with \"1555\"",
        "sccp.cgpa.gt starts_with $home",
        "sccp.cgpa.gt starts_with {\"1\" \"9997\"}",
        "map.imsi starts_with \"00101\"",
        "map.msisdn.digits contains \"5501\"",
    ]);
    none_hold(&["map.msisdn.digits == \"1555010\"", "map.imsi starts_with \"00102\"", "sccp.cgpa.gt == \"999700\""]);
}

#[test]
fn parts_of_an_address_are_numbers_digits_and_octets() {
    all_hold(&["map.msisdn.ton == 1", "map.msisdn.npi in {1 2}", "map.msisdn.raw == x\"91 51 55 10 00\""]);
    all_hold(&["map.msisdn.raw starts_with x\"91\"", "tcap.otid == x\"0A1B\"", "tcap.otid contains x\"1b\""]);
}

#[test]
fn text_contains_with_and_without_regard_to_case() {
    all_hold(&[
        "sms.text contains \"WON\"",
        "sms.text icontains \"wOn\"",
        "sms.text icontains {\"lottery\" \"PRIZE\"}",
    ]);
    all_hold(&["sms.text contains $words", "sms.text contains \"\u{e8}s\"", "sms.text contains \"tr\\u{e8}s\""]);
    none_hold(&["sms.text contains \"won\"", "sms.text icontains \"prizes\"", "sms.text contains {\"x\" \"y\"}"]);
}

#[test]
fn names_stand_for_their_numbers() {
    all_hold(&["kind == \"map\"", "kind != \"smpp\"", "labels.trigger in {\"submission\" \"pre-delivery\"}"]);
    none_hold(&["kind == \"dialogue\"", "labels.trigger == \"post-delivery\""]);
}

#[test]
fn object_identifiers_addresses_times_and_problems_are_written_as_they_are_shown() {
    all_hold(&[
        "tcap.ac == \"0.4.0.0.1.0.25.3\"",
        "tcap.ac starts_with \"0.4.0.0.1.0.25\"",
        "src == \"192.0.2.17\"",
        "src in {\"10.0.0.0/8\" \"192.0.2.0/24\"}",
        "src != \"192.0.2.18\"",
        "time >= \"1767225600.5\"",
        "time < \"1767225601\"",
        "map.problem == \"invokeProblem 1\"",
        "sms.udh_iei contains 0x70",
        "sms.udh_iei contains {0x24 0x70..0x7F}",
    ]);
    none_hold(&[
        "src == \"192.0.3.0/24\"",
        "sms.udh_iei contains {1..0x6F}",
        "src == \"::/0\"",
        "time < \"1767225600.5\"",
    ]);
}

#[test]
fn a_bare_name_asks_whether_the_field_is_there_or_true() {
    all_hold(&[
        "map.imsi",
        "map.msisdn.digits",
        "map.sm_rp_pri",
        "map.more_messages == false",
        "map.sm_rp_pri == true",
    ]);
    none_hold(&["map.more_messages", "map.lmsi", "map.sm_rp_da.digits", "malformed", "map.sm_rp_pri != true"]);
    all_hold(&["map.more_messages in {true false}", "not malformed"]);
}

#[test]
fn every_test_of_an_absent_field_is_false() {
    for test in [
        "sms.dcs == 4",
        "sms.dcs != 4",
        "map.lmsi != x\"00\"",
        "sms.da in list home_gts",
        "sms.ra != \"1\"",
        "malformed == false",
    ] {
        assert!(!holds(test, &message()), "{test}");
        assert!(holds(&format!("not {test}"), &message()), "not {test}");
        assert!(!holds(test, &Facts::new()), "{test}");
    }
}

#[test]
fn lists_are_exact_or_prefixes() {
    all_hold(&["sccp.cgpa.gt in list home_gts", "sms.oa in list brands", "not sms.oa in list nobody"]);
    none_hold(&["map.msisdn.digits in list home_gts", "map.imsi in list brands", "sms.text in list nobody"]);
}

#[test]
fn not_binds_closest_then_and_then_or() {
    all_hold(&[
        "kind or malformed and malformed",
        "not malformed and kind",
        "not (malformed or map.lmsi)",
        "!malformed && kind",
    ]);
    none_hold(&["(kind or malformed) and malformed", "not kind or malformed", "not (kind and not malformed)"]);
    all_hold(&["not not kind", "malformed or (map.lmsi or (kind and not (map.lmsi and kind)))"]);
}

#[test]
fn unknown_names_are_refused_with_the_nearest_ones() {
    for (when, help) in [
        ("map.opp == 1", "did you mean map.op?"),
        ("imsi", "did you mean map.imsi or subscriber.imsi?"),
        ("map.msisdn == \"1\"", "the parts are map.msisdn.ton, map.msisdn.npi, map.msisdn.digits, map.msisdn.raw"),
        ("sms.concat", "there are sms.concat.ref, sms.concat.total, sms.concat.seq"),
        ("sms.oa in list brand", "did you mean brands?"),
        ("map.op in $op", "did you mean ops?"),
        ("map.op in $quite_different", "there are home, ops, words"),
    ] {
        assert_eq!(refusal(when).help.as_deref(), Some(help), "{when}");
    }
}

#[test]
fn values_of_the_wrong_kind_are_refused_where_they_stand() {
    for (when, at, expected) in [
        ("sms.pid == \"64\"", "\"64\"", "a number, decimal or with 0x in front"),
        ("sms.pid == -1", "-1", "a number from 0"),
        ("sms.pid in {1 \"2\"}", "\"2\"", "a number, decimal or with 0x in front"),
        ("sms.pid in {5..1}", "5..1", "the smaller value first"),
        ("sms.pid == {1 2}", "{1 2}", "one value"),
        ("sms.pid == $ops", "$ops", "one value"),
        ("sms.pid starts_with 4", "starts_with", "one of == != < <= > >= in"),
        ("kind in list home_gts", "home_gts", "a set of values in braces"),
        ("map.imsi == 15550100", "15550100", "digits in quotation marks"),
        ("map.imsi == \"+1555\"", "\"+1555\"", "digits 0-9 and *#abc"),
        ("map.imsi < \"1\"", "<", "one of == != in starts_with contains matches"),
        ("map.msisdn.raw == \"91\"", "\"91\"", "octets, such as x\"91 44\""),
        ("tcap.ac == \"0.4.x\"", "\"0.4.x\"", "an object identifier as text, such as \"0.4.0.0.1.0.25.3\""),
        ("src == \"192.0.2\"", "\"192.0.2\"", "an address as text, such as \"192.0.2.1\" or \"2001:db8::/32\""),
        ("src == \"192.0.2.1/24\"", "\"192.0.2.1/24\"", "zeros behind the beginning"),
        ("src in {\"192.0.2.0/33\"}", "\"192.0.2.0/33\"", "0 to 32 bits"),
        ("kind == \"sms\"", "\"sms\"", "one of \"map\", \"dialogue\", \"smpp\""),
        ("malformed == 1", "1", "true or false"),
        ("sms.text contains \"\"", "\"\"", "at least one character"),
        ("sms.text == \"a\"..\"b\"", "\"a\"..\"b\"", "one value"),
        ("sms.udh_iei contains 256", "256", "a number from 0 to 255"),
        ("sms.scts == 1", "==", "no operator: only its presence can be tested"),
        ("verdict.action == \"pass\"", "verdict.action", "a field of the message"),
    ] {
        let refusal = refusal(when);
        assert_eq!((refusal.span.of(when), refusal.expected.as_str()), (at, expected), "{when}");
    }
}

#[test]
fn all_that_is_wrong_with_a_condition_is_reported() {
    let refusals = crate::support::image_of("map.opp == 1 or (sms.pid == \"x\" and kind == \"nothing\")").unwrap_err();
    assert_eq!(refusals.len(), 3);
}
