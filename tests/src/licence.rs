//! Which licences a dependency may have: SPDX expressions against a list.
//!
//! An expression is met when the choices it leaves can be made from the list (SPDX specification, annex D): `OR` is
//! ours to choose, `AND` asks for both, `WITH` is listed together with its exception, `/` is the old way to write
//! `OR`. Anything that does not parse is not met.

/// Licences that code distributed under Apache-2.0 may be combined with, keeping their notices.
pub const ALLOWED: &[&str] = &[
    "0BSD",
    "Apache-2.0",
    "Apache-2.0 WITH LLVM-exception",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "BSL-1.0",
    "CC0-1.0",
    "ISC",
    "MIT",
    "MIT-0",
    "NCSA",
    "Unicode-3.0",
    "Unlicense",
    "Zlib",
];

/// Longest expression looked at, in words.
const WORDS_MAX: usize = 64;

/// Whether an SPDX expression leaves a choice within [`ALLOWED`].
pub fn is_allowed(expression: &str) -> bool {
    let spaced = expression.replace('(', " ( ").replace(')', " ) ").replace('/', " OR ");
    let words: Vec<&str> = spaced.split_whitespace().collect();
    let mut parser = Parser { words: &words };
    words.len() <= WORDS_MAX && parser.any_of() == Some(true) && parser.words.is_empty()
}

/// The words still to be read. Each method reads one form and says whether it is met; `None` where it does not parse.
struct Parser<'a> {
    words: &'a [&'a str],
}

impl Parser<'_> {
    fn any_of(&mut self) -> Option<bool> {
        let mut met = self.all_of()?;
        while self.take("OR") {
            met |= self.all_of()?;
        }
        Some(met)
    }

    fn all_of(&mut self) -> Option<bool> {
        let mut met = self.one()?;
        while self.take("AND") {
            met &= self.one()?;
        }
        Some(met)
    }

    fn one(&mut self) -> Option<bool> {
        if self.take("(") {
            let met = self.any_of()?;
            return self.take(")").then_some(met);
        }
        let name = self.word()?;
        if !self.take("WITH") {
            return Some(ALLOWED.contains(&name.as_str()));
        }
        let exception = self.word()?;
        Some(ALLOWED.contains(&format!("{name} WITH {exception}").as_str()))
    }

    fn word(&mut self) -> Option<String> {
        let (&word, rest) = self.words.split_first()?;
        self.words = rest;
        (!["OR", "AND", "WITH", "(", ")"].contains(&word)).then(|| word.to_owned())
    }

    fn take(&mut self, word: &str) -> bool {
        match self.words.split_first() {
            Some((&first, rest)) if first == word => {
                self.words = rest;
                true
            }
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_choice_is_ours_and_a_conjunction_binds() {
        assert!(is_allowed("MIT OR GPL-3.0-only"));
        assert!(is_allowed("MIT/Apache-2.0"));
        assert!(is_allowed("(MIT OR GPL-2.0-only) AND Unicode-3.0"));
        assert!(!is_allowed("MIT AND GPL-3.0-only"));
        assert!(!is_allowed("(MIT OR Apache-2.0) AND CC-BY-NC-4.0"));
    }

    #[test]
    fn an_exception_counts_only_where_it_is_listed() {
        assert!(is_allowed("Apache-2.0 WITH LLVM-exception"));
        assert!(!is_allowed("GPL-3.0-only WITH Classpath-exception-2.0"));
    }

    #[test]
    fn what_does_not_parse_is_not_allowed() {
        for text in ["", "MIT OR", "OR MIT", "(MIT", "MIT)", "MIT MIT", "WITH", "non-standard"] {
            assert!(!is_allowed(text), "{text}");
        }
        assert!(!is_allowed(&"(".repeat(WORDS_MAX * 100)));
    }

    #[test]
    fn strong_copyleft_is_not_on_the_list() {
        assert!(ALLOWED.iter().all(|l| !l.contains("GPL") && !l.contains("MPL") && !l.contains("EPL")));
    }
}
