//! What a misspelt name may have meant.

/// How many names are suggested at most.
const SUGGESTIONS_MAX: usize = 3;
/// Names longer than this are not compared: their cost would grow with the square.
const NAME_CHARS_MAX: usize = 64;
/// A beginning counts from this length on.
const BEGINNING_CHARS_MIN: usize = 4;

/// The names nearest to a misspelt one: few edits, the same last word (`imsi` for `map.imsi`), or a longer name that
/// begins with it.
pub fn nearest<'n>(wrong: &str, names: impl IntoIterator<Item = &'n str>) -> Vec<&'n str> {
    if wrong.is_empty() || wrong.len() > NAME_CHARS_MAX {
        return Vec::new();
    }
    let edits_max = (wrong.len() / 4).max(2);
    let mut found: Vec<(usize, &str)> = names
        .into_iter()
        .filter(|name| name.len() <= NAME_CHARS_MAX)
        .filter_map(|name| {
            let edits = edits(wrong, name);
            let related = last_word(name) == last_word(wrong) || name.ends_with(&format!(".{wrong}"));
            let related = related || (wrong.len() >= BEGINNING_CHARS_MIN && name.starts_with(wrong));
            (edits <= edits_max || related).then_some((if related { edits.min(edits_max) } else { edits }, name))
        })
        .collect();
    found.sort();
    let best = found.first().map_or(0, |f| f.0);
    found.retain(|f| f.0 == best);
    found.into_iter().take(SUGGESTIONS_MAX).map(|(_, name)| name).collect()
}

fn last_word(name: &str) -> &str {
    name.rsplit('.').next().unwrap_or(name)
}

/// Levenshtein's distance, one row at a time.
fn edits(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, ca) in a.chars().enumerate() {
        let mut diagonal = i;
        let mut left = i + 1;
        if let Some(first) = row.first_mut() {
            *first = left;
        }
        for (slot, &cb) in row.iter_mut().skip(1).zip(&b) {
            let here = (diagonal + usize::from(ca != cb)).min(left + 1).min(*slot + 1);
            diagonal = *slot;
            *slot = here;
            left = here;
        }
    }
    row.last().copied().unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_the_letters_to_change() {
        assert_eq!(edits("map.opp", "map.op"), 1);
        assert_eq!(edits("kitten", "sitting"), 3);
        assert_eq!(edits("", "abc"), 3);
    }

    #[test]
    fn suggests_near_names_and_the_full_name_of_a_last_word() {
        let names = ["map.op", "map.imsi", "sms.oa", "sms.da"];
        assert_eq!(nearest("map.opp", names), ["map.op"]);
        assert_eq!(nearest("imsi", names), ["map.imsi"]);
        assert!(nearest("something.else", names).is_empty());
    }
}
