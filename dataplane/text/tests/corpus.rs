//! Against real messages: the UCI SMS Spam Collection v1 (Almeida, Gómez Hidalgo; CC BY 4.0), and `linkify` as a
//! second opinion on links. Without the collection these tests say so and end.

mod common;

use common::messages;
use sluice_text::{Class, Scratch, Wants, read};

#[test]
fn links_with_a_scheme_or_www_that_linkify_finds_are_found() {
    let Some(messages) = messages() else { return };
    let mut finder = linkify::LinkFinder::new();
    finder.url_must_have_scheme(false).kinds(&[linkify::LinkKind::Url]);
    let mut scratch = Scratch::new();
    let (mut expected, mut missed) = (0, Vec::new());
    for (_, text) in &messages {
        let lower = text.to_lowercase();
        let links: Vec<String> = finder.links(&lower).map(|link| link.as_str().to_string()).collect();
        let strong = links.iter().filter(|link| link.contains("://") || is_www(link)).count();
        expected += strong;
        if usize::from(read(text, Wants::URLS, &mut scratch).urls.count) < strong {
            missed.push(text.clone());
        }
    }
    assert!(expected > 100, "only {expected} links in the collection");
    assert!(missed.is_empty(), "{} of {expected}: {missed:#?}", missed.len());
}

fn is_www(link: &str) -> bool {
    link.strip_prefix("www.").is_some_and(|rest| rest.starts_with(|c: char| c.is_alphanumeric()))
}

#[test]
fn links_in_honest_messages_are_few() {
    let Some(messages) = messages() else { return };
    let mut scratch = Scratch::new();
    let mut found = Vec::new();
    let honest: Vec<&String> = messages.iter().filter(|(is_spam, _)| !is_spam).map(|(_, text)| text).collect();
    for text in &honest {
        let urls = read(text, Wants::URLS, &mut scratch).urls;
        if urls.count > 0 {
            found.push(format!("{}{}: {text}", urls.first, if urls.hidden { " (hidden)" } else { "" }));
        }
    }
    eprintln!("{} of {} honest messages: {found:#?}", found.len(), honest.len());
    assert!(found.len() * 100 <= honest.len(), "{} of {}", found.len(), honest.len());
}

#[test]
fn other_codes_leave_the_template_as_it_is() {
    let mut scratch = Scratch::new();
    let mut template = |text: &str| read(text, Wants::TEMPLATE, &mut scratch).template;
    let first = template("Your code is 123456. See https://bad.example/a?b=1, 12.50 EUR");
    for same in [
        "Your code is 7. See https://bad.example/zzz, 1,200.00 EUR",
        "YOUR CODE IS 99-44 SEE https://bad.example 0 EUR",
        "Your code is A7K9Q2. See https://bad.example/?q, 12 EUR",
    ] {
        assert_eq!(template(same), first, "{same}");
    }
    for other in [
        "Your pin is 123456. See https://bad.example/a?b=1, 12.50 EUR",
        "Your code is 1. See https://b.example/a, 1 EUR",
    ] {
        assert_ne!(template(other), first, "{other}");
    }
    assert_eq!((template(":-)"), template("")), (0, 0));
}

#[test]
fn classes_of_real_messages_hold_the_measured_floor() {
    let Some(messages) = messages() else { return };
    let mut scratch = Scratch::new();
    let mut counts = [[0usize; 5]; 2];
    for (is_spam, text) in &messages {
        let class = read(text, Wants::CLASS, &mut scratch).class;
        counts[usize::from(*is_spam)][class as usize] += 1;
    }
    let [ham, spam] = counts;
    eprintln!("unknown, personal, otp, alert, promotional: ham {ham:?}, spam {spam:?}");
    let share = |counts: [usize; 5], class: Class| counts[class as usize] * 100 / counts.iter().sum::<usize>();
    assert!(share(spam, Class::Promotional) >= 75 && share(ham, Class::Promotional) <= 1);
    assert!(share(ham, Class::Personal) >= 80 && share(spam, Class::Personal) <= 10);
}

#[test]
fn codes_and_notices_of_many_languages_are_told() {
    let mut scratch = Scratch::new();
    for (text, class) in [
        ("Your verification code is 483920. Do not share it.", Class::Otp),
        ("483920 is your login code", Class::Otp),
        ("G-483920 is your verification code", Class::Otp),
        ("Ваш код подтверждения: 4839. Никому не сообщайте", Class::Otp),
        ("Su código de verificación es 483920", Class::Otp),
        ("Ihr Bestätigungscode lautet 483920", Class::Otp),
        ("Doğrulama kodunuz: 483920", Class::Otp),
        ("您的验证码是483920,请勿泄露", Class::Otp),
        ("رمز التحقق الخاص بك هو 483920", Class::Otp),
        ("Your account 99 was debited USD 120.50. Avl balance 1200", Class::Alert),
        ("Your parcel will be delivered on 12.05. Order 77", Class::Alert),
        ("WIN a FREE prize now! Claim your cash bonus at https://bad.example/win", Class::Promotional),
        ("Hi mum, will be home later, love you", Class::Personal),
        ("1234", Class::Unknown),
    ] {
        let reading = read(text, Wants::CLASS, &mut scratch);
        assert_eq!(reading.class, class, "{text} {}", reading.class_score);
        assert_eq!(reading.has_otp, class == Class::Otp, "{text}");
    }
}
