//! Against real messages: the UCI SMS Spam Collection v1 (Almeida, Gómez Hidalgo; CC BY 4.0), and `linkify` as a
//! second opinion on links. Without the collection these tests say so and end.

use std::path::{Path, PathBuf};

use sluice_text::{Class, Scratch, Wants, read};

/// Label and text of each message, or nothing where the collection is missing.
fn messages() -> Option<Vec<(bool, String)>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let path: PathBuf = root.join("../../../shared/text/uci_SMSSpamCollection.tsv");
    let Ok(octets) = std::fs::read(&path) else {
        eprintln!("SKIPPED: no collection of messages at {}", path.display());
        return None;
    };
    let text = String::from_utf8_lossy(&octets).into_owned();
    let rows = text.lines().skip(1).filter_map(|line| line.split_once('\t'));
    Some(rows.map(|(label, text)| (label == "spam", text.to_string())).collect())
}

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

/// One word in the middle replaced, if there are words enough for a sketch.
fn changed(text: &str, turn: usize) -> Option<String> {
    let mut words: Vec<&str> = text.split_whitespace().collect();
    let at = (words.len() * (turn % 7 + 1)) / 9;
    *words.get_mut(at)? = ["castle", "17", "tomorrow", "9000", "green"][turn % 5];
    Some(words.join(" "))
}

fn shared(a: [u32; 4], b: [u32; 4]) -> usize {
    a.iter().zip(b).filter(|(a, b)| **a == *b && *b != 0).count()
}

fn sketch(text: &str, scratch: &mut Scratch) -> [u32; 4] {
    read(text, Wants::SKETCH, scratch).sketch
}

#[test]
fn near_duplicates_share_two_bands_and_others_do_not() {
    let Some(messages) = messages() else { return };
    let mut scratch = Scratch::new();
    let texts: Vec<&String> = messages.iter().map(|(_, text)| text).collect();
    let long: Vec<&&String> = texts.iter().filter(|text| text.split_whitespace().count() >= 12).collect();
    let near = |text: &str, turn, scratch: &mut Scratch| {
        changed(text, turn).is_some_and(|other| shared(sketch(text, scratch), sketch(&other, scratch)) >= 2)
    };
    let kept = long.iter().enumerate().filter(|(turn, text)| near(text, *turn, &mut scratch)).count();
    let all = texts.iter().enumerate().filter(|(_, text)| sketch(text, &mut Scratch::new()) != [0; 4]);
    let (mut some, mut some_kept) = (0, 0);
    for (turn, text) in all {
        some += 1;
        some_kept += usize::from(near(text, turn, &mut scratch));
    }
    let sketches: Vec<[u32; 4]> = texts.iter().map(|text| sketch(text, &mut scratch)).collect();
    let pairs = (0..200_000usize).map(|n| (n * 7_919 % texts.len(), (n * 104_729 + n / 5_000 + 1) % texts.len()));
    let different: Vec<(usize, usize)> = pairs.filter(|(a, b)| texts[*a] != texts[*b]).collect();
    let alike = different.iter().filter(|(a, b)| shared(sketches[*a], sketches[*b]) >= 2).count();
    eprintln!("of 12 words and more {kept} of {}; all with a sketch {some_kept} of {some}; ", long.len());
    eprintln!("different pairs {alike} of {}", different.len());
    assert!(kept * 100 >= long.len() * 97, "{kept} of {}", long.len());
    assert!(some_kept * 100 >= some * 90, "{some_kept} of {some}");
    assert!(alike * 200 <= different.len(), "{alike} of {}", different.len());
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
