//! What the matcher finds is what others find: `regex` for expressions, `aho-corasick` for words, and a search that
//! tries everything for wildcards.

use proptest::collection::vec;
use proptest::prelude::*;
use sluice_matcher::{Edge, Entry, Hits, Layout, Pattern, build};
use std::collections::BTreeSet;

/// One entry per pattern, each its own question.
fn entries<'p>(patterns: &[Pattern<'p>], edge: Edge) -> Vec<Entry<'p>> {
    (0..).zip(patterns).map(|(set, pattern)| Entry { set, pattern: *pattern, edge }).collect()
}

fn found(entries: &[Entry<'_>], text: &[u8]) -> BTreeSet<u32> {
    let image = build(entries).unwrap();
    let layout = Layout::verify(&image).unwrap();
    let matcher = layout.open(&image);
    let mut hits = Hits::new();
    matcher.scan(text, &mut hits);
    for entry in entries {
        assert_eq!(hits.has(entry.set).is_some(), matcher.holds(entry.set, text).is_some());
    }
    assert!(!hits.is_full());
    hits.pairs().map(|(set, _)| set).collect()
}

fn found_by_regex(expressions: &[String], text: &[u8]) -> BTreeSet<u32> {
    let set = regex::bytes::RegexSetBuilder::new(expressions).unicode(false).build().unwrap();
    set.matches(text).into_iter().map(|n| n as u32).collect()
}

fn found_by_aho_corasick(words: &[String], text: &[u8], edge: Edge) -> BTreeSet<u32> {
    let is_word =
        |at: Option<usize>| at.and_then(|at| text.get(at)).is_some_and(|o| o.is_ascii_alphanumeric() || *o > 127);
    let stands_alone = |m: &aho_corasick::Match| !is_word(m.start().checked_sub(1)) && !is_word(Some(m.end()));
    let all = aho_corasick::AhoCorasick::new(words).unwrap();
    let matches = all.find_overlapping_iter(text).filter(|m| edge == Edge::Any || stands_alone(m));
    matches.map(|m| m.pattern().as_u32()).collect()
}

/// All ways to place a wildcard, by what is left of both.
fn is_wildcard_of(pattern: &[char], text: &[char]) -> bool {
    let mut row: Vec<bool> = vec![true];
    row.resize(text.len() + 1, false);
    for wanted in pattern {
        let before = row.clone();
        for at in 0..row.len() {
            row[at] = match wanted {
                '*' => before[..=at].contains(&true),
                '?' => at > 0 && before[at - 1],
                letter => at > 0 && before[at - 1] && text[at - 1] == *letter,
            };
        }
    }
    row[text.len()]
}

fn letters() -> impl Strategy<Value = String> {
    prop_oneof!["[ab]{1,7}", "[a-d é1]{1,9}", "[abc]{300}"]
}

fn wildcard() -> impl Strategy<Value = String> {
    prop_oneof!["[ab*?é]{1,8}", "[a-c*]{1,5}abc[a-c?*]{0,5}"]
}

fn expression() -> impl Strategy<Value = String> {
    let atom = prop_oneof![
        8 => "[a-c]{1,5}".prop_map(|s| s),
        3 => Just(r"\d".to_owned()),
        2 => Just(".".to_owned()),
        2 => Just("[ab]".to_owned()),
        1 => Just("[^a]".to_owned()),
        1 => Just(r"\b".to_owned()),
        1 => Just(r"\B".to_owned()),
        1 => Just("^".to_owned()),
        1 => Just("$".to_owned()),
        1 => Just("(?m:^)".to_owned()),
        1 => Just("(?i:abc)".to_owned()),
        1 => Just("é".to_owned()),
    ];
    let with_repeats = atom.prop_recursive(3, 12, 4, |inner| {
        prop_oneof![
            4 => vec(inner.clone(), 1..4).prop_map(|parts| parts.concat()),
            2 => vec(inner.clone(), 2..4).prop_map(|parts| format!("(?:{})", parts.join("|"))),
            1 => inner.clone().prop_map(|e| format!("(?:{e})*")),
            1 => inner.clone().prop_map(|e| format!("(?:{e})+")),
            1 => inner.clone().prop_map(|e| format!("({e})?")),
            1 => inner.prop_map(|e| format!("(?:{e}){{1,3}}")),
        ]
    });
    with_repeats.prop_map(|e| e)
}

fn hostile_text() -> impl Strategy<Value = Vec<u8>> {
    let few = "[a-c1 \n\r_é]{0,40}".prop_map(String::into_bytes);
    let long = vec("[a-c1 ]{20}", 10..20).prop_map(|parts| parts.concat().into_bytes());
    prop_oneof![6 => few, 1 => long, 1 => vec(any::<u8>(), 0..60)]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]

    #[test]
    fn words_are_found_where_aho_corasick_finds_them(
        words in vec(letters(), 1..12), parts in vec(letters(), 0..12), is_word in any::<bool>(),
    ) {
        let edge = if is_word { Edge::Word } else { Edge::Any };
        let text = parts.concat();
        let patterns: Vec<Pattern> = words.iter().map(|w| Pattern::Text(w)).collect();
        let expected = found_by_aho_corasick(&words, text.as_bytes(), edge);
        prop_assert_eq!(found(&entries(&patterns, edge), text.as_bytes()), expected);
    }

    #[test]
    fn expressions_are_found_where_regex_finds_them(
        expressions in vec(expression(), 1..6), texts in vec(hostile_text(), 1..8),
    ) {
        let patterns: Vec<Pattern> = expressions.iter().map(|e| Pattern::Regex(e)).collect();
        for text in &texts {
            let expected = found_by_regex(&expressions, text);
            prop_assert_eq!(found(&entries(&patterns, Edge::Any), text), expected);
        }
    }

    #[test]
    fn wildcards_match_what_a_search_of_everything_matches(
        wildcards in vec(wildcard(), 1..10), text in "[abcé]{0,12}",
    ) {
        let patterns: Vec<Pattern> = wildcards.iter().map(|w| Pattern::Wildcard(w)).collect();
        let chars = |s: &str| s.chars().collect::<Vec<_>>();
        let is_one = |w: &&(u32, &String)| is_wildcard_of(&chars(w.1), &chars(&text));
        let expected = (0..).zip(&wildcards).collect::<Vec<_>>().iter().filter(is_one).map(|w| w.0).collect();
        prop_assert_eq!(found(&entries(&patterns, Edge::Any), text.as_bytes()), expected);
    }
}

/// So many words of two to nine letters, the same in every run.
fn many_words(count: usize) -> Vec<String> {
    let mut state = 7_u64;
    let mut below = |limit: u64| {
        state = state.wrapping_mul(0x5851_F42D_4C95_7F2D).wrapping_add(0x1405_7B7E_F767_814F);
        (state >> 33) % limit
    };
    let mut words = BTreeSet::new();
    while words.len() < count {
        let length = 2 + below(8);
        words.insert((0..length).map(|_| char::from(b'a' + below(9) as u8)).collect::<String>());
    }
    words.into_iter().collect()
}

/// With so many the longer and the shorter grams have one pass; and a set that is hit no longer counts.
#[test]
fn thousands_of_words_in_few_sets_are_found_where_aho_corasick_finds_them() {
    let words = many_words(6_000);
    for sets in [1, 2, 3, 100] {
        let of_set = |number: u32| number * 7 % sets;
        let entries: Vec<Entry> = (0..)
            .zip(&words)
            .map(|(n, word)| Entry { set: of_set(n), pattern: Pattern::Text(word), edge: Edge::Any })
            .collect();
        let image = build(&entries).unwrap();
        let layout = Layout::verify(&image).unwrap();
        let (matcher, mut hits) = (layout.open(&image), Hits::new());
        let (mut found, texts) = (0, many_words(8_000));
        let others = aho_corasick::AhoCorasick::new(&words).unwrap();
        for text in texts.chunks(7).map(|parts| parts.join("-")) {
            let theirs = others.find_overlapping_iter(&text).map(|found| of_set(found.pattern().as_u32()));
            let expected: BTreeSet<u32> = theirs.collect();
            matcher.scan(text.as_bytes(), &mut hits);
            assert_eq!(hits.pairs().map(|(set, _)| set).collect::<BTreeSet<_>>(), expected, "{text}");
            assert!(hits.pairs().all(|(_, entry)| text.contains(matcher.pattern(entry))));
            assert!((0..sets).all(|set| matcher.holds(set, text.as_bytes()).is_some() == expected.contains(&set)));
            found += expected.len();
        }
        assert!(found > 1_000, "{found}");
    }
}

#[test]
fn expressions_as_operators_write_them_agree_with_regex() {
    let expressions = [
        r"(?i)\bfree\b.{0,40}\bprize\b",
        r"https?://[a-z0-9.-]+\.example(/|\b)",
        r"\b\d{4,8}\b.{0,20}(code|otp|pin)",
        r"(?:win|won|winner).*\d+ ?(?:euro|pounds?)",
        r"^dear (customer|client)",
        r"(?:\+|00)999\d{6,12}",
        r"[a-z]+\d+[a-z]+",
        r"account.*(?:suspended|blocked)$",
        "(?s)a.b",
        "£[0-9]+",
        r"\w{30}",
        r"\d{4,8}\b.{0,60}(?:code|otp)\b",
        r"(?:free|win).{3,60}prize",
        "a*",
    ]
    .map(str::to_owned);
    let texts = [
        "You have won 500 pounds, call +9991234567 now",
        "free fReE xx prize, FREE entry for a prize",
        "free, and much later than forty characters behind it a prize",
        "dear client, your account was blocked",
        "http://bank.example/login http://x.example",
        "your 1234 code, 12345678 is the otp",
        "£5 a\nb abc1d thirtyletterswithoutanyspacebetween",
        "",
    ];
    let patterns: Vec<Pattern> = expressions.iter().map(|e| Pattern::Regex(e)).collect();
    for text in texts {
        let expected = found_by_regex(&expressions, text.as_bytes());
        assert_eq!(found(&entries(&patterns, Edge::Any), text.as_bytes()), expected, "{text}");
    }
}
