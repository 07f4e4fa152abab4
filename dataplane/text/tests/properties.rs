//! What holds of every text.

use proptest::prelude::*;
use sluice_text::{Reading, Scratch, Wants, fold_sender, fold_word, read, squeeze_word};

/// Characters that matter: look-alikes, marks, disguises, signs of links, invisible ones.
const TELLING: &str = "[a-zA-Z0-9 .,:/@$!%\\[\\](){}*?#_\\-\u{430}-\u{451}\u{410}-\u{42f}\u{3b1}-\u{3c9}\u{391}-\u{3a9}\
    \u{456}\u{4cf}\u{561}-\u{587}\u{13a0}-\u{13f5}\u{ff01}-\u{ff5e}\u{1d400}-\u{1d7ff}\u{24b6}-\u{24e9}\u{200b}-\u{200f}\
    \u{ad}\u{300}-\u{310}\u{fe0f}\u{4e00}-\u{4e10}\u{e01}-\u{e10}\u{3002}\u{1f600}-\u{1f610}\u{fb00}-\u{fb06}\n]{0,60}";

/// Letters that a phone sends in seven bits, and some that look like them.
const GSM: &str = "([A-EZa-eΓΔΘΛΞΠΣΦΨΩµλ5аоАСΑΟ]{0,6} ?){0,8}";

/// What links are made of, numbers of any length among it.
const LINKS: &str = "(https?://|hxxp:|www|xn--|0x[0-9a-f]{7,9}|[0-9]{1,12}|[a-z]{1,3}|com|dot|[.:/@\\[\\]()$ -]){0,24}";

fn any_text() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<String>(),
        TELLING,
        "(.{0,4}( |\\.|://|dot|hxxp|www|\u{200b})){0,12}",
        "[\\PC\\pM]{0,40}",
        GSM,
        LINKS
    ]
}

fn with<T>(text: &str, f: impl FnOnce(&Reading<'_>) -> T) -> T {
    f(&read(text, Wants::ALL, &mut Scratch::new()))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 3_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_text_read_twice_is_as_read_once(text in any_text()) {
        let once = with(&text, |r| r.plain.to_string());
        let twice = with(&once, |r| r.plain.to_string());
        prop_assert_eq!(once, twice, "{:?}", text);
    }

    #[test]
    fn what_is_squeezed_is_that_of_the_plain_text(text in any_text()) {
        let (plain, squeezed) = with(&text, |r| (r.plain.to_string(), r.squeezed.to_string()));
        let again = with(&plain, |r| r.squeezed.to_string());
        prop_assert_eq!(squeezed, again, "{:?}", text);
    }

    #[test]
    fn a_reading_is_within_bounds(text in any_text()) {
        with(&text, |r| {
            prop_assert!(r.squeezed.chars().count() <= r.plain.chars().count());
            prop_assert!(r.urls.first.len() <= 253 && r.class_score <= 100);
            prop_assert!(r.urls.count > 0 || r.urls == Default::default());
            prop_assert!(!r.is_cut || text.chars().count() > 400);
            prop_assert!(!r.plain.contains("  ") && r.plain.trim() == r.plain);
            Ok(())
        })?;
    }

    #[test]
    fn what_is_not_asked_for_changes_nothing_else(text in any_text()) {
        let (mut some, mut all) = (Scratch::new(), Scratch::new());
        let all = read(&text, Wants::ALL, &mut all);
        let plain = read(&text, Wants::PLAIN, &mut some);
        prop_assert_eq!((plain.plain, plain.squeezed, plain.template), (all.plain, "", 0));
        let squeezed = read(&text, Wants::SQUEEZED, &mut some);
        prop_assert_eq!(squeezed.squeezed, all.squeezed);
        let prints = read(&text, Wants::TEMPLATE | Wants::SKETCH, &mut some);
        prop_assert_eq!((prints.template, prints.sketch), (all.template, all.sketch));
    }

    #[test]
    fn a_scratch_remembers_nothing(first in any_text(), second in any_text()) {
        let mut used = Scratch::new();
        read(&first, Wants::ALL, &mut used);
        let again = format!("{:?}", read(&second, Wants::ALL, &mut used));
        prop_assert_eq!(again, with(&second, |r| format!("{r:?}")));
    }

    #[test]
    fn ascii_reads_the_same_beside_another_character(text in "[ -~\t\n]{0,80}") {
        let ascii = with(&text, |r| (r.plain.to_string(), r.squeezed.to_string()));
        let longer = with(&format!("{text} \u{4e2d}"), |r| (r.plain.to_string(), r.squeezed.to_string()));
        let blank = if ascii.0.is_empty() { "" } else { " " };
        prop_assert_eq!(longer.0, format!("{}{blank}\u{4e2d}", ascii.0));
        let closed = text.trim_end();
        prop_assume!(!closed.ends_with('!'));
        prop_assert_eq!(longer.1, format!("{}\u{4e2d}", ascii.1));
    }

    #[test]
    fn words_of_lists_fold_to_themselves(word in any_text()) {
        let folded = fold_word(&word);
        prop_assert_eq!(fold_word(&folded), folded.clone());
        prop_assert!(squeeze_word(&folded).len() <= folded.len());
        prop_assert!(fold_sender(&word, &mut [0; 11]).len() <= 11);
    }
}

#[test]
fn every_character_alone_and_beside_a_letter_reads_the_same_twice() {
    let mut scratch = Scratch::new();
    let mut plain = |text: &str| read(text, Wants::PLAIN, &mut scratch).plain.to_string();
    for c in (0..=0x2_FFFFu32).chain(0xE_0000..=0xE_0FFF).filter_map(char::from_u32) {
        for text in [format!("{c}"), format!("a{c}"), format!("\u{431}{c}\u{436}"), format!("\u{3c3}{c}")] {
            let once = plain(&text);
            assert_eq!(plain(&once), once, "{text:?} {:x}", c as u32);
        }
    }
}
