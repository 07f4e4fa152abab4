//! Which files `include` names.
//!
//! A pattern is a path within the policy; in its last name `*` stands for any letters but `/`.

use crate::source::Source;

/// The files a pattern names, by path.
pub(crate) fn matching<'s>(pattern: &str, source: &'s Source) -> Vec<&'s str> {
    source.files().map(|(path, _)| path).filter(|path| is_match(pattern, path)).collect()
}

fn is_match(pattern: &str, path: &str) -> bool {
    let split = |p: &'_ str| p.rfind('/').map_or((0, 0), |at| (at, at + 1));
    let (pattern_end, pattern_name) = split(pattern);
    let (path_end, path_name) = split(path);
    pattern.get(..pattern_end) == path.get(..path_end)
        && name_matches(pattern.get(pattern_name..).unwrap_or(""), path.get(path_name..).unwrap_or(""))
}

fn name_matches(pattern: &str, name: &str) -> bool {
    let mut parts = pattern.split('*');
    let first = parts.next().unwrap_or("");
    let Some(mut rest) = name.strip_prefix(first) else { return false };
    let Some(last) = parts.next_back() else { return rest.is_empty() };
    for part in parts {
        match rest.find(part) {
            Some(at) => rest = rest.get(at + part.len()..).unwrap_or(""),
            None => return false,
        }
    }
    rest.ends_with(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_stands_for_letters_of_one_name() {
        assert!(is_match("rules/*.toml", "rules/10-lists.toml") && is_match("a.toml", "a.toml"));
        assert!(is_match("rules/*-*.toml", "rules/1-a-b.toml") && is_match("*", "x"));
        assert!(!is_match("rules/*.toml", "rules/deep/x.toml") && !is_match("*.toml", "rules/x.toml"));
        assert!(!is_match("a*a.toml", "a.toml") && !is_match("rules/x.toml", "x.toml"));
    }
}
