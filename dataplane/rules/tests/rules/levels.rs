//! Levels, modes, actions, triggers, and what is recorded.

use crate::support::{judge, message, policy, rule};
use sluice_abi::json::{Privacy, to_json};
use sluice_abi::verdict::Reason;
use sluice_abi::{Action, Facts, Field, LogLevel, Mode, Trigger};
use sluice_rules::explain::Outcome;
use sluice_rules::judgement::{ACTED_MAX, SHADOW_MAX};
use sluice_rules::{
    Judgement, Layout, Level, Mask, NoState, Purpose, Rewriting, Rule, Sender, Strip, Triggers, evaluate, explain,
};

use Action::{Copy, Discard, Pass, Reject, Rewrite, Tag};
use Level::{Checks, Filters, Lists, Monitors};
use Mode::{Enforce, Offline, Shadow};

#[test]
fn the_first_terminal_verdict_by_level_wins_whatever_the_order_of_the_file() {
    let octets = policy(vec![
        rule("filter", Filters, Enforce, Discard, "kind"),
        rule("check", Checks, Enforce, Reject, "kind"),
        rule("check_too", Checks, Enforce, Pass, "kind"),
        rule("list", Lists, Enforce, Pass, "malformed"),
    ]);
    let judged = judge(&octets, &message(), Purpose::Live);
    assert_eq!((judged.rule.as_str(), judged.judgement.action()), ("check", Reject));
    assert_eq!(judged.judgement.error().map(|e| e.number()), Some(36));
    assert_eq!((judged.judgement.level(), judged.judgement.reason()), (Some(Checks), Reason::Rule));
    assert_eq!(judged.judgement.policy(), 7);
}

#[test]
fn where_no_rule_decides_the_default_does() {
    let octets = policy(vec![rule("none", Lists, Enforce, Discard, "malformed")]);
    let judged = judge(&octets, &message(), Purpose::Live);
    assert_eq!((judged.judgement.action(), judged.judgement.reason()), (Pass, Reason::Default));
    assert_eq!((judged.judgement.rule(), judged.judgement.log()), (None, LogLevel::Summary));
}

#[test]
fn tags_and_copies_do_not_end_the_search_and_monitors_always_run() {
    let octets = policy(vec![
        rule("monitor", Monitors, Enforce, Copy, "kind"),
        rule("tag", Lists, Enforce, Tag, "kind"),
        rule("discard", Filters, Enforce, Discard, "kind"),
        rule("late_tag", Filters, Enforce, Tag, "kind"),
    ]);
    let judged = judge(&octets, &message(), Purpose::Live);
    assert_eq!(judged.rule, "discard");
    assert_eq!(judged.acted, ["tag", "monitor"]);
    assert!(judged.judgement.copies());
}

#[test]
fn shadow_rules_are_recorded_where_they_would_have_decided_and_never_act() {
    let octets = policy(vec![
        rule("shadow", Lists, Shadow, Discard, "kind"),
        rule("shadow_no", Lists, Shadow, Discard, "malformed"),
        rule("decides", Checks, Enforce, Reject, "kind"),
        rule("too_late", Filters, Shadow, Discard, "kind"),
        rule("watch", Monitors, Shadow, Copy, "kind"),
    ]);
    let judged = judge(&octets, &message(), Purpose::Live);
    assert_eq!((judged.rule.as_str(), judged.shadow), ("decides", vec!["shadow".to_owned(), "watch".to_owned()]));
    assert!(judged.acted.is_empty() && !judged.judgement.copies());
}

#[test]
fn offline_rules_are_asked_in_replay_only() {
    let octets = policy(vec![rule("offline", Lists, Offline, Discard, "kind")]);
    assert!(judge(&octets, &message(), Purpose::Live).shadow.is_empty());
    let replayed = judge(&octets, &message(), Purpose::Replay);
    assert_eq!((replayed.shadow, replayed.judgement.action()), (vec!["offline".to_owned()], Pass));
}

#[test]
fn a_rule_looks_only_at_its_triggers_and_a_message_without_one_is_seen_by_rules_for_any() {
    let mut submission = rule("submission", Lists, Enforce, Discard, "");
    submission.triggers = Triggers::of([Trigger::Submission]);
    let mut delivery = rule("delivery", Lists, Enforce, Discard, "");
    delivery.triggers = Triggers::of([Trigger::PreDelivery, Trigger::PostDelivery]);
    let any = rule("any", Checks, Enforce, Discard, "");
    let octets = policy(vec![submission, delivery, any]);
    let mut facts = message();
    for (trigger, id) in [(0, "submission"), (1, "delivery"), (2, "delivery"), (9, "any")] {
        facts.set(Field::LabelsTrigger, trigger);
        assert_eq!(judge(&octets, &facts, Purpose::Live).rule, id);
    }
    assert_eq!(judge(&octets, &Facts::new(), Purpose::Live).rule, "any");
}

#[test]
fn the_log_level_is_the_deciding_rules_raised_by_tags() {
    let log = |log: Option<LogLevel>, mut r: sluice_rules::Rule| {
        r.log = log;
        r
    };
    let tag = |l| log(l, rule("tag", Lists, Enforce, Tag, "kind"));
    let decide = |l| log(l, rule("decide", Filters, Enforce, Discard, "kind"));
    for (tagged, decided, expected) in [
        (None, None, LogLevel::Summary),
        (None, Some(LogLevel::None), LogLevel::None),
        (Some(LogLevel::Full), Some(LogLevel::None), LogLevel::Full),
        (Some(LogLevel::None), Some(LogLevel::Addresses), LogLevel::Addresses),
    ] {
        let octets = policy(vec![tag(tagged), decide(decided)]);
        assert_eq!(judge(&octets, &message(), Purpose::Live).judgement.log(), expected);
    }
}

#[test]
fn what_exceeds_the_room_for_remembered_rules_is_counted() {
    let many = (0..SHADOW_MAX + 3).map(|n| rule(&format!("s{n}"), Lists, Shadow, Discard, ""));
    let tags = (0..ACTED_MAX + 2).map(|n| rule(&format!("t{n}"), Lists, Enforce, Tag, ""));
    let judged = judge(&policy(many.chain(tags).collect()), &message(), Purpose::Live);
    assert_eq!((judged.shadow.len(), judged.acted.len()), (SHADOW_MAX, ACTED_MAX));
    assert_eq!(judged.judgement.forgotten(), 5);
}

#[test]
fn a_judgement_is_used_again_without_a_trace_of_the_last_message() {
    let octets = policy(vec![
        rule("tag", Lists, Shadow, Tag, "kind"),
        rule("digits", Lists, Enforce, Reject, "map.msisdn.digits == \"15550100\""),
    ]);
    let image = Layout::verify(&octets).unwrap().image(&octets);
    let mut judgement = Judgement::new();
    evaluate(&image, &message(), Purpose::Live, &mut NoState, &mut judgement);
    assert_eq!(judgement.action(), Reject);
    evaluate(&image, &Facts::new(), Purpose::Live, &mut NoState, &mut judgement);
    assert_eq!((judgement.action(), judgement.rule(), judgement.error()), (Pass, None, None));
    assert!(judgement.shadow().is_empty());
}

#[test]
fn the_verdict_is_recorded_with_its_evidence() {
    let mut tag = rule("tag", Lists, Enforce, Tag, "kind");
    tag.tag = Some("seen".into());
    let octets = policy(vec![
        tag,
        rule("other", Lists, Enforce, Copy, "kind"),
        rule("shadow", Lists, Shadow, Discard, "kind"),
        rule("decides", Checks, Enforce, Reject, "sms.pid == 0x40 and (map.msisdn.digits or sms.dcs == 1)"),
    ]);
    let image = Layout::verify(&octets).unwrap().image(&octets);
    let mut judgement = Judgement::new();
    let mut facts = message();
    evaluate(&image, &facts, Purpose::Live, &mut NoState, &mut judgement);
    judgement.record(&image, &mut facts);
    let line = to_json(&facts, Privacy::Clear);
    let verdict = concat!(
        r#""verdict":{"action":"reject","rule":"decides","level":2,"reason":"rule","error":36,"policy":7,"#,
        r#""tags":["seen","other"],"shadow":["shadow"],"evidence":{"sms.pid":64,"map.msisdn.digits":"15550100"}}"#
    );
    assert!(line.contains(verdict), "{line}");
}

#[test]
fn an_explanation_tells_every_rule_and_every_test_made() {
    let octets = policy(vec![
        rule("watch", Monitors, Enforce, Tag, ""),
        rule("late", Filters, Enforce, Discard, "kind"),
        rule("decides", Checks, Enforce, Discard, "not malformed and (sms.pid == 1 or sms.pid == 0x40)"),
        rule("shadow", Lists, Shadow, Discard, "kind"),
        rule("no", Lists, Enforce, Discard, "malformed and kind"),
        rule("offline", Lists, Offline, Discard, "kind"),
    ]);
    let image = Layout::verify(&octets).unwrap().image(&octets);
    let told = explain(&image, &message(), Purpose::Live, &mut NoState);
    let outcomes: Vec<_> = told.rules.iter().map(|r| (r.id, r.outcome)).collect();
    assert_eq!(
        outcomes,
        [
            ("shadow", Outcome::Recorded),
            ("no", Outcome::NoMatch),
            ("offline", Outcome::OnlyInReplay),
            ("decides", Outcome::Decided),
            ("late", Outcome::AlreadyDecided),
            ("watch", Outcome::Acted),
        ]
    );
    let steps: Vec<_> = told.rules[3].steps.iter().map(|s| (s.test, s.gave)).collect();
    assert_eq!(steps, [("malformed", false), ("sms.pid == 1", false), ("sms.pid == 0x40", true)]);
    assert_eq!(told.rules[1].steps.len(), 1, "the rest of the condition was not asked");
}

#[test]
fn a_rewrite_ends_the_search_and_says_what_it_changes() {
    let rewriting = Rewriting {
        sender: Some("+99970000042".into()),
        append: Some(" [Sender not verified]".into()),
        strip: Strip::LINKS.and(Strip::PORTS),
        mask: Mask::DIGITS,
    };
    let changes = Rule { rewriting, ..rule("changes", Checks, Enforce, Rewrite, "sms.pid == 0x40") };
    let octets = policy(vec![
        rule("before", Lists, Shadow, Rewrite, "kind"),
        changes,
        rule("behind", Filters, Enforce, Discard, "kind"),
    ]);
    let judged = judge(&octets, &message(), Purpose::Live);
    assert_eq!((judged.judgement.action(), judged.rule.as_str()), (Rewrite, "changes"));
    let image = Layout::verify(&octets).unwrap().image(&octets);
    let rewrite = image.rewrite(judged.judgement.rule().unwrap()).unwrap();
    assert_eq!(rewrite.sender, Some(Sender { ton: 1, npi: 1, text: "99970000042" }));
    assert_eq!(rewrite.append, Some(" [Sender not verified]"));
    assert!(rewrite.strip.has(Strip::LINKS) && rewrite.strip.has(Strip::PORTS));
    assert!(rewrite.mask.has(Mask::DIGITS) && !rewrite.mask.has(Mask::LINKS));
    let told = "sender \"+99970000042\", append \" [Sender not verified]\", strip links, ports, mask digits";
    assert_eq!(rewrite.to_string(), told);
    assert!(!image.rewrite(image.rule_named("before").unwrap()).unwrap().is_any());
    assert_eq!(image.rewrite(image.rule_named("behind").unwrap()), None);
    let told = explain(&image, &message(), Purpose::Live, &mut NoState);
    assert_eq!(told.rules.iter().map(|r| r.rewrite.is_some()).collect::<Vec<_>>(), [true, true, false]);
}

#[test]
fn a_sender_is_an_international_or_national_number_or_letters() {
    for (text, ton, npi, said) in [
        ("+99970000042", 1, 1, "99970000042"),
        ("12345", 2, 1, "12345"),
        ("Bank é", 5, 0, "Bank é"),
        ("+1a", 5, 0, "+1a"),
    ] {
        assert_eq!(Sender::parse(text), Some(Sender { ton, npi, text: said }));
        assert_eq!(Sender::parse(text).unwrap().to_string(), text);
    }
    for text in ["", " ", "Twelve chars", "Банк", "+123456789012345678901"] {
        assert_eq!(Sender::parse(text), None, "{text}");
    }
}
