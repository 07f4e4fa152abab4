use super::*;

const KEY: MessageKey = MessageKey([3, 4]);
const SIZES: PartSizes = PartSizes { parts: 8, octets: 8 * 124, timeout_ns: 100 };

fn text(parts: &Parts, key: MessageKey) -> String {
    let mut out = [0; 4096];
    let len = parts.text(key, &mut out);
    String::from_utf8(out[..len].to_vec()).unwrap()
}

fn part(present: u8, complete: bool, outcome: Join) -> Part {
    Part { present, complete, outcome }
}

#[test]
fn the_text_grows_with_every_part_whatever_their_order() {
    let mut parts = Parts::new(SIZES, 7);
    let steps = [(3, "drei ", "…drei "), (1, "eins ", "eins …drei "), (5, "fünf", "eins …drei …fünf")];
    for (present, (sequence, words, expected)) in (1..).zip(steps) {
        assert_eq!(parts.add(KEY, 5, sequence, words.as_bytes(), 0), part(present, false, Join::New));
        assert_eq!(text(&parts, KEY), expected);
    }
    assert_eq!(parts.add(KEY, 5, 2, b"zwei ", 0), part(4, false, Join::New));
    assert_eq!(parts.add(KEY, 5, 4, b"vier ", 0), part(5, true, Join::New));
    assert_eq!(text(&parts, KEY), "eins zwei drei vier fünf");
    assert_eq!((parts.take_counts().completed, text(&parts, MessageKey([9, 9])).as_str()), (1, ""));
}

#[test]
fn a_part_that_comes_again_is_told_from_one_that_changed() {
    let mut parts = Parts::new(SIZES, 7);
    parts.add(KEY, 2, 1, b"good ", 0);
    parts.add(KEY, 2, 2, b"news", 0);
    assert_eq!(parts.add(KEY, 2, 1, b"good ", 0), part(2, true, Join::Repeated));
    assert_eq!(parts.add(KEY, 2, 1, b"other ", 0), part(2, true, Join::Changed));
    assert_eq!(text(&parts, KEY), "other news");
    let counts = parts.take_counts();
    assert_eq!((counts.new, counts.repeated, counts.changed, counts.completed), (2, 1, 1, 1));
}

#[test]
fn a_number_of_zero_or_beyond_the_parts_is_refused() {
    let mut parts = Parts::new(SIZES, 7);
    for (total, sequence) in [(2, 0), (2, 3), (0, 0), (0, 1)] {
        assert_eq!(parts.add(KEY, total, sequence, b"x", 0), part(0, false, Join::Refused));
    }
    assert_eq!((parts.take_counts().refused, parts.held()), (4, 0));
}

#[test]
fn a_text_of_255_parts_is_joined_from_its_end_to_its_beginning() {
    let mut parts = Parts::new(PartSizes { parts: 255, octets: 255 * 124 * 4, timeout_ns: 1 }, 7);
    let words = "€".repeat(160);
    for sequence in (1..=255).rev() {
        let added = parts.add(KEY, 255, sequence, words.as_bytes(), 0);
        assert_eq!(added, part(255 - (sequence - 1), sequence == 1, Join::New));
    }
    let mut out = vec![0; 65_536];
    let len = parts.text(KEY, &mut out);
    assert_eq!(len, 65_535, "cut after the last whole character");
    assert!(std::str::from_utf8(&out[..len]).is_ok());
}

#[test]
fn a_text_is_cut_between_characters_wherever_the_room_ends() {
    let mut parts = Parts::new(SIZES, 7);
    parts.add(KEY, 4, 2, "aé€😀".as_bytes(), 0);
    parts.add(KEY, 4, 4, "ß".as_bytes(), 0);
    let whole = "…aé€😀…ß";
    for room in 0..=whole.len() {
        let mut out = vec![0; room];
        let len = parts.text(KEY, &mut out);
        let expected = (0..=room).rev().find(|&len| whole.is_char_boundary(len));
        assert_eq!(Some(len), expected);
        assert_eq!(&out[..len], &whole.as_bytes()[..len]);
    }
}

#[test]
fn silence_ends_a_text_and_a_full_table_gives_up_the_one_quiet_longest() {
    let mut parts = Parts::new(PartSizes { parts: 3, ..SIZES }, 7);
    let key = |n| MessageKey([n, 0]);
    parts.add(key(1), 9, 1, b"a", 0);
    parts.add(key(2), 9, 1, b"b", 1);
    parts.add(key(1), 9, 2, b"c", 2);
    assert_eq!(parts.add(key(3), 9, 1, b"d", 3), part(1, false, Join::New));
    assert_eq!((text(&parts, key(1)).as_str(), text(&parts, key(2)).as_str()), ("ac", ""));
    assert_eq!(parts.add(key(3), 9, 2, b"e", 103), part(2, false, Join::New));
    let counts = parts.take_counts();
    assert_eq!((counts.shed, counts.expired, parts.held()), (1, 2, 2));
    parts.add(key(3), 9, 3, b"f", 103);
    assert_eq!(parts.add(key(3), 9, 4, b"g", 103), part(3, false, Join::Refused), "nothing else to give up");
}
