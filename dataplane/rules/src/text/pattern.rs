//! Regular expressions: whether one can be read, and where it cannot.
//!
//! The syntax is that of the `regex` crates without Unicode classes: `\d \w \s \b` and `(?i)` know ASCII alone, other
//! letters stand for their UTF-8 octets and cannot stand in `[...]`. Matchers read expressions with the same settings.

use super::refusal::{Refusal, Span};
use regex_syntax::hir::Hir;
use regex_syntax::{Error, ParserBuilder};

/// An expression is never longer.
pub const EXPRESSION_OCTETS_MAX: usize = 1024;

const EXPECTED: &str = "a regular expression, such as r\"\\d{4,6}\"";

/// What is wrong with an expression; the place is within it.
pub(crate) fn fault(expression: &str) -> Option<Refusal> {
    let all = Span::new(0, expression.len());
    if expression.len() > EXPRESSION_OCTETS_MAX {
        let expected = format!("at most {EXPRESSION_OCTETS_MAX} octets");
        return Some(Refusal::new(all, "the expression is too long", expected));
    }
    match ParserBuilder::new().unicode(false).utf8(false).build().parse(expression) {
        Err(error) => Some(refused(&error, all)),
        Ok(read) if matches_everything(&read) => {
            let refusal = Refusal::new(all, "every text matches this", "an expression that some texts do not match");
            Some(refusal.help("`*` and `?` also match nothing: `+` wants at least one"))
        }
        Ok(_) => None,
    }
}

fn matches_everything(read: &Hir) -> bool {
    read.properties().minimum_len() == Some(0) && read.properties().look_set().is_empty()
}

fn refused(error: &Error, all: Span) -> Refusal {
    let (message, span) = match error {
        Error::Parse(e) => (e.kind().to_string(), e.span()),
        Error::Translate(e) => (e.kind().to_string(), e.span()),
        _ => return Refusal::new(all, "this expression cannot be read", EXPECTED),
    };
    let refusal = Refusal::new(Span::new(span.start.offset, span.end.offset), message, EXPECTED);
    match error {
        Error::Translate(_) => refusal.help("only ASCII stands in classes: write (?:é|è) for [éè]"),
        _ => refusal,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_read_is_found_where_it_stands() {
        let place = |expression: &str| fault(expression).unwrap().span.of(expression).to_owned();
        assert_eq!(place("win (a prize"), "(");
        assert_eq!(place(r"a\qb"), r"\q");
        assert_eq!(place("[é]"), "é");
        assert_eq!(place(r"\p{Greek}+"), r"\p{Greek}");
        assert_eq!(fault(&"a".repeat(EXPRESSION_OCTETS_MAX + 1)).unwrap().message, "the expression is too long");
        assert!(
            fault(&format!("{}a{}", "(".repeat(500), ")".repeat(500))).unwrap().message.contains("nest"),
            "depth has a limit"
        );
    }

    #[test]
    fn an_expression_that_every_text_matches_is_refused() {
        for expression in ["", "a*", "x?", "(?:)"] {
            assert_eq!(fault(expression).unwrap().message, "every text matches this", "{expression}");
        }
        for expression in ["^$", "a+", r"\bbank\b", "(?i)café", r"(?:é|è)\d{2}"] {
            assert_eq!(fault(expression), None, "{expression}");
        }
    }
}
