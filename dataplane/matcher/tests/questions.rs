//! Sets, edges, refusals, and images that are broken.

use sluice_matcher::{Edge, Entry, Hits, Layout, Matcher, Pattern, Reason, build};

fn text(set: u32, text: &str) -> Entry<'_> {
    Entry { set, pattern: Pattern::Text(text), edge: Edge::Any }
}

fn regex(set: u32, text: &str) -> Entry<'_> {
    Entry { set, pattern: Pattern::Regex(text), edge: Edge::Any }
}

fn with<T>(entries: &[Entry<'_>], ask: impl FnOnce(Matcher<'_>) -> T) -> T {
    let image = build(entries).unwrap();
    ask(Matcher::verify(&image).unwrap().open(&image))
}

fn pairs(entries: &[Entry<'_>], text: &str) -> Vec<(u32, u32)> {
    with(entries, |matcher| {
        let mut hits = Hits::new();
        matcher.scan(text.as_bytes(), &mut hits);
        hits.pairs().collect()
    })
}

#[test]
fn a_set_is_told_once_with_the_entry_that_comes_first_in_the_text() {
    let entries = [text(7, "prize"), text(7, "winner"), text(9, "nothing")];
    assert_eq!(pairs(&entries, "the winner of the prize is the winner"), [(7, 1)]);
}

#[test]
fn a_pattern_in_several_sets_is_told_for_each() {
    let entries = [text(1, "prize"), text(2, "prize"), regex(3, "pri[sz]e"), regex(4, "pri[sz]e")];
    let mut found = pairs(&entries, "a prize");
    found.sort_unstable();
    assert_eq!(found, [(1, 0), (2, 1), (3, 2), (4, 3)]);
}

#[test]
fn the_pattern_of_an_entry_is_kept_for_evidence() {
    let entries = [text(0, "prize"), regex(1, r"\d{4}"), text(0, "émile")];
    with(&entries, |matcher| {
        assert_eq!((matcher.pattern(1), matcher.pattern(2), matcher.pattern(3)), (r"\d{4}", "émile", ""));
        assert_eq!(matcher.entries(), 3);
    });
}

#[test]
fn whole_words_have_no_letter_or_digit_beside_them() {
    let entries = [Entry { edge: Edge::Word, ..text(0, "pin") }];
    for yes in ["pin", "your pin.", "(pin)", "_pin_", "spinning pin"] {
        assert_eq!(pairs(&entries, yes), [(0, 0)], "{yes}");
    }
    for no in ["spin", "pins", "1pin", "pin1", "épin", "pinée"] {
        assert_eq!(pairs(&entries, no), [], "{no}");
    }
}

#[test]
fn more_sets_than_there_is_room_for_are_asked_one_by_one() {
    let words: Vec<String> = (0..400).map(|n| format!("word{n:03}")).collect();
    let entries: Vec<Entry> = (0..).zip(&words).map(|(set, word)| text(set, word)).collect();
    let all = words.concat();
    with(&entries, |matcher| {
        let mut hits = Hits::new();
        matcher.scan(all.as_bytes(), &mut hits);
        assert!(hits.is_full() && hits.has(0) == Some(0) && hits.has(399).is_none());
        assert_eq!((matcher.holds(399, all.as_bytes()), matcher.holds(400, all.as_bytes())), (Some(399), None));
        matcher.scan(b"word007", &mut hits);
        assert!(!hits.is_full() && hits.pairs().eq([(7, 7)]));
    });
}

#[test]
fn a_bounded_repeat_behind_a_word_is_taken_from_the_word_on() {
    let entries = [regex(0, "free.{0,60}prize"), regex(1, r"(?i)\bfree\b.{3,60}prize")];
    assert_eq!(pairs(&entries, "free free free, and then the prize").len(), 2);
    assert_eq!(pairs(&entries, &format!("free{}prize", ".".repeat(61))), []);
    assert_eq!(pairs(&entries, "freefreefree.prize"), [(0, 0)]);
    let twice = [regex(0, "free.{0,20}prize.{0,20}now")];
    assert_eq!(pairs(&twice, "free free prize prize prize, so call now").len(), 1);
    assert_eq!(pairs(&twice, "free free prize prize prize, so call right away now"), []);
    let backwards = [regex(0, r"\b\d{4,8}\b.{0,40}\bcode\b")];
    assert_eq!(pairs(&backwards, "12 1234 is your code"), [(0, 0)]);
    assert_eq!(pairs(&backwards, "1234 is your codex code, 123456789 code").len(), 1);
    assert_eq!(pairs(&backwards, "1234 is your codex, 123456789 is a code"), [(0, 0)]);
    assert_eq!(pairs(&backwards, "a1234 is your code, 123456789 is a code"), []);
}

#[test]
fn a_short_gram_at_the_end_is_not_taken_for_a_longer_one() {
    // Found by property test: "aa" and the zeros behind the text looked like a gram of three octets, which started the
    // first expression at the end of the text only.
    let entries = [regex(0, "a[ab]."), regex(1, "xxx"), text(2, "yyyy")];
    assert_eq!(pairs(&entries, "aa1 aa"), [(0, 0)]);
}

#[test]
fn what_cannot_be_looked_for_is_refused_where_it_is_wrong() {
    let refused = |pattern, edge| build(&[text(0, "fine"), Entry { set: 1, pattern, edge }]).unwrap_err();
    let at = |error: sluice_matcher::BuildError| (error.entry, error.span);
    assert_eq!(refused(Pattern::Text(""), Edge::Any).reason, Reason::Empty);
    assert_eq!(refused(Pattern::Wildcard("a*"), Edge::Word).reason, Reason::EdgeOfNoText);
    let long = "x".repeat(1025);
    assert_eq!(refused(Pattern::Text(&long), Edge::Any).reason, Reason::TooLong { octets_max: 1024 });
    assert_eq!(at(refused(Pattern::Regex("abc(d"), Edge::Any)), (1, 3..4));
    assert_eq!(at(refused(Pattern::Regex(r"abc\p{Greek}"), Edge::Any)), (1, 3..12));
    let wide = refused(Pattern::Regex(r"[a-z]{1,63}x[a-z]{63}\d"), Edge::Any);
    assert_eq!((wide.reason.clone(), wide.span.clone()), (Reason::TooManyStates, 0..23));
    assert!(wide.to_string().contains("bounded repeats such as {1,63} of wide classes"));
}

/// A matcher of every kind of pattern, small enough to be broken octet by octet.
fn every_kind() -> Vec<u8> {
    let wildcard = |set, text| Entry { set, pattern: Pattern::Wildcard(text), edge: Edge::Any };
    let entries = [
        text(0, "winner"),
        text(0, "a"),
        Entry { edge: Edge::Word, ..text(1, "pin") },
        wildcard(2, "*bank?"),
        wildcard(2, "???"),
        regex(3, "code [0-9]+"),
        regex(4, r"\d\d"),
        regex(5, "free.{0,60}prize"),
        regex(6, "^[ab]$|x1"),
        regex(7, r"\d{4,8}.{0,40}code"),
    ];
    build(&entries).unwrap()
}

const HOSTILE: [&[u8]; 6] = [
    b"",
    b"a",
    b"winner pin bank1 code 123 free prize x1 winner",
    b"freefreefreefreefreefreefreefreefreefree",
    b"\xFF\x80\x00\x00\x00\x80\xC3",
    &[b'1'; 600],
];

fn scan_all(layout: &Layout, image: &[u8]) -> usize {
    let matcher = layout.open(image);
    let mut hits = Hits::new();
    HOSTILE
        .iter()
        .map(|text| {
            matcher.scan(text, &mut hits);
            hits.pairs().map(|(set, entry)| matcher.pattern(entry).len() + set as usize % 2).sum::<usize>()
        })
        .sum()
}

#[test]
fn every_truncation_is_refused() {
    let image = every_kind();
    assert!(scan_all(&Layout::verify(&image).unwrap(), &image) > 0);
    assert!((0..image.len()).all(|len| Layout::verify(&image[..len]).is_err()));
    assert!(Layout::verify(&[&image[..], b"x"].concat()).is_err());
}

#[test]
fn an_image_with_one_wrong_octet_is_refused_or_scans_all_the_same() {
    let image = every_kind();
    let layout = Layout::verify(&image).unwrap();
    let mut broken = image.clone();
    let mut refused = 0;
    for at in 0..image.len() {
        for wrong in [1, 0x80, 0xFF] {
            broken[at] = image[at] ^ wrong;
            match Layout::verify(&broken) {
                Ok(layout) => drop(scan_all(&layout, &broken)),
                Err(_) => refused += 1,
            }
            // Nor does it panic under a layout that belongs to another image.
            scan_all(&layout, &broken);
        }
        broken[at] = image[at];
    }
    assert!(refused > image.len() / 2, "{refused} of {}", image.len() * 3);
}

#[test]
fn a_layout_over_other_octets_finds_nothing_and_does_not_panic() {
    let image = every_kind();
    let layout = Layout::verify(&image).unwrap();
    assert_eq!(scan_all(&layout, &[]), 0);
    scan_all(&layout, &vec![0xFF; image.len()]);
}

#[test]
fn no_patterns_are_an_image_too() {
    assert_eq!(pairs(&[], "anything"), []);
}

#[test]
fn the_same_entries_give_the_same_octets() {
    assert_eq!(every_kind(), every_kind());
}
