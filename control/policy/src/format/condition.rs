//! A condition as lines: its words in one form, one blank between them, broken at `and` and `or`.
//!
//! It works on words rather than on the tree, so that values, escapes and parentheses stay as they were written.

use super::{WIDTH, is_same_condition};
use sluice_rules::text::{Token, lex};

/// Further in for what stands within parentheses, braces, or a chain within a chain.
const INDENT: usize = 4;

/// The lines of a condition; `None` where it is best left as it is written.
///
/// `key_octets` is what stands before it where it fits on one line; `several` keeps it on several.
pub(super) fn lines(text: &str, key_octets: usize, several: bool) -> Option<Vec<String>> {
    if text.chars().any(|c| is_unseen(c) && !matches!(c, '\n' | '\t')) {
        return None;
    }
    let words = words(text)?;
    // A line feed within quotation marks would be taken for one of the condition.
    if words.iter().any(|w| w.text.contains(['\n', '\t'])) {
        return None;
    }
    let mut reader = Reader { words: &words, at: 0 };
    let node = reader.chain(Kind::Or).filter(|_| reader.at == words.len())?;
    let flat = node.flat();
    let quotes = 2;
    let fits = key_octets + flat.chars().count() + quotes <= WIDTH;
    let lines = match &node {
        Node::Chain(..) if several => node.broken(),
        _ if fits => vec![flat],
        _ => node.broken(),
    };
    is_same_condition(text, &lines.join("\n")).then_some(lines)
}

/// Characters that would be lost to the eye if they were no longer written as escapes.
fn is_unseen(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{a0}' | '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{180b}'..='\u{180f}' | '\u{2000}'..='\u{200f}')
        || matches!(c, '\u{2028}'..='\u{202f}' | '\u{205f}'..='\u{206f}' | '\u{3000}' | '\u{3164}' | '\u{feff}')
        || matches!(c, '\u{fe00}'..='\u{fe0f}' | '\u{e0000}'..='\u{e0fff}')
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    And,
    Or,
    Not,
    Open,
    Close,
    OpenSet,
    CloseSet,
    Comma,
    Range,
    Other,
}

struct Word {
    kind: Kind,
    text: String,
}

/// The words in the form in which they are written.
fn words(text: &str) -> Option<Vec<Word>> {
    let lexemes = lex(text).ok()?;
    let word = |lexeme: &sluice_rules::text::Lexeme<'_>| {
        let written = lexeme.span.of(text);
        let lower = written.to_ascii_lowercase();
        let (kind, form) = match (&lexeme.token, lower.as_str()) {
            (Token::Text(_) | Token::Octets(_) | Token::Variable(_) | Token::Number(_), _) => (Kind::Other, written),
            (_, "and" | "&&") => (Kind::And, "and"),
            (_, "or" | "||") => (Kind::Or, "or"),
            (_, "not" | "!") => (Kind::Not, "not"),
            (_, "(") => (Kind::Open, "("),
            (_, ")") => (Kind::Close, ")"),
            (_, "{") => (Kind::OpenSet, "{"),
            (_, "}") => (Kind::CloseSet, "}"),
            (_, ",") => (Kind::Comma, ","),
            (_, "..") => (Kind::Range, ".."),
            (_, word) => (Kind::Other, synonym(word).unwrap_or(written)),
        };
        Word { kind, text: form.to_owned() }
    };
    Some(lexemes.iter().filter(|l| l.token != Token::End).map(word).collect())
}

/// The form a word of the language has here; `None` for names of fields.
fn synonym(word: &str) -> Option<&'static str> {
    const SIGNS: [(&str, &str); 7] =
        [("eq", "=="), ("ne", "!="), ("lt", "<"), ("le", "<="), ("gt", ">"), ("ge", ">="), ("~", "matches")];
    const KEYWORDS: [&str; 8] = ["in", "list", "starts_with", "contains", "icontains", "matches", "true", "false"];
    let sign = SIGNS.iter().find(|(name, _)| *name == word).map(|(_, sign)| *sign);
    sign.or_else(|| KEYWORDS.into_iter().find(|keyword| *keyword == word))
}

/// What a condition is made of, as far as its layout is concerned.
enum Node {
    /// Parts with the same word between them, at least two.
    Chain(&'static str, Vec<Node>),
    /// `not (`, what is within, `)`.
    Group(String, Box<Node>),
    /// Up to the set, what is in the set, and the rest.
    Test(String, Vec<String>, String),
}

struct Reader<'w> {
    words: &'w [Word],
    at: usize,
}

impl Reader<'_> {
    fn kind(&self) -> Option<Kind> {
        self.words.get(self.at).map(|w| w.kind)
    }

    /// `or` between `and`s between single tests.
    fn chain(&mut self, joint: Kind) -> Option<Node> {
        let mut parts = vec![self.part(joint)?];
        while self.kind() == Some(joint) {
            self.at += 1;
            parts.push(self.part(joint)?);
        }
        let word = if joint == Kind::Or { "or" } else { "and" };
        if parts.len() == 1 { parts.pop() } else { Some(Node::Chain(word, parts)) }
    }

    fn part(&mut self, joint: Kind) -> Option<Node> {
        if joint == Kind::Or { self.chain(Kind::And) } else { self.single() }
    }

    fn single(&mut self) -> Option<Node> {
        let mut head = String::new();
        while self.kind() == Some(Kind::Not) {
            self.at += 1;
            head.push_str("not ");
        }
        if self.kind() != Some(Kind::Open) {
            return self.test(head);
        }
        self.at += 1;
        let inner = self.chain(Kind::Or)?;
        (self.kind() == Some(Kind::Close)).then_some(())?;
        self.at += 1;
        Some(Node::Group(head, Box::new(inner)))
    }

    fn test(&mut self, head: String) -> Option<Node> {
        let (mut before, mut set, mut after) = (head, Vec::new(), String::new());
        let mut depth = 0_usize;
        let mut last = None;
        while let Some(word) = self.words.get(self.at) {
            match word.kind {
                Kind::And | Kind::Or | Kind::Not => break,
                Kind::Close if depth == 0 => break,
                Kind::OpenSet if set.is_empty() => {
                    push(&mut before, last, Kind::OpenSet, "{");
                    set = self.set()?;
                    (last, after) = (Some(Kind::CloseSet), "}".to_owned());
                    continue;
                }
                Kind::Open => depth += 1,
                Kind::Close => depth -= 1,
                _ => {}
            }
            let to = if set.is_empty() { &mut before } else { &mut after };
            push(to, last, word.kind, &word.text);
            last = Some(word.kind);
            self.at += 1;
        }
        last.map(|_| Node::Test(before, set, after))
    }

    /// The elements between the braces.
    fn set(&mut self) -> Option<Vec<String>> {
        self.at += 1;
        let mut elements: Vec<String> = Vec::new();
        let mut joined = false;
        loop {
            let word = self.words.get(self.at)?;
            self.at += 1;
            match word.kind {
                Kind::CloseSet => return (!elements.is_empty()).then_some(elements),
                Kind::Comma => {}
                Kind::Range => {
                    elements.last_mut()?.push_str("..");
                    joined = true;
                }
                Kind::Other if std::mem::take(&mut joined) => elements.last_mut()?.push_str(&word.text),
                Kind::Other => elements.push(word.text.clone()),
                _ => return None,
            }
        }
    }
}

/// Appends a word, with a blank where one belongs.
fn push(line: &mut String, before: Option<Kind>, kind: Kind, text: &str) {
    let glued = matches!(before, None | Some(Kind::Open | Kind::Range))
        || matches!(kind, Kind::Open | Kind::Close | Kind::Comma | Kind::Range);
    if !glued {
        line.push(' ');
    }
    line.push_str(text);
}

impl Node {
    fn flat(&self) -> String {
        match self {
            Self::Chain(word, parts) => {
                let parts: Vec<String> = parts.iter().map(Self::flat).collect();
                parts.join(&format!(" {word} "))
            }
            Self::Group(head, inner) => format!("{head}({})", inner.flat()),
            Self::Test(before, set, after) => format!("{before}{}{after}", set.join(" ")),
        }
    }

    /// One part a line, whether it would fit or not.
    fn broken(&self) -> Vec<String> {
        let mut lines = Vec::new();
        self.break_up(&mut lines, 0, "", 0);
        lines
    }

    /// On one line if it fits.
    fn lay(&self, lines: &mut Vec<String>, indent: usize, prefix: &str) {
        let line = format!("{:indent$}{prefix}{}", "", self.flat());
        if line.chars().count() <= WIDTH { lines.push(line) } else { self.break_up(lines, indent, prefix, INDENT) }
    }

    /// `hang` is how much further in the second part of a chain stands than the first.
    fn break_up(&self, lines: &mut Vec<String>, indent: usize, prefix: &str, hang: usize) {
        match self {
            Self::Chain(word, parts) => {
                let mut parts = parts.iter();
                parts.next().into_iter().for_each(|first| first.lay(lines, indent, prefix));
                parts.for_each(|part| part.lay(lines, indent + hang, &format!("{word} ")));
            }
            Self::Group(head, inner) => {
                lines.push(format!("{:indent$}{prefix}{head}(", ""));
                inner.break_up(lines, indent + INDENT, "", 0);
                lines.push(format!("{:indent$})", ""));
            }
            Self::Test(before, set, after) if !set.is_empty() => {
                lines.push(format!("{:indent$}{prefix}{before}", ""));
                fill(lines, indent + INDENT, set);
                lines.push(format!("{:indent$}{after}", ""));
            }
            Self::Test(before, ..) => lines.push(format!("{:indent$}{prefix}{before}", "")),
        }
    }
}

/// As many elements a line as fit.
fn fill(lines: &mut Vec<String>, indent: usize, elements: &[String]) {
    let mut line = String::new();
    for element in elements {
        if !line.is_empty() && indent + line.chars().count() + 1 + element.chars().count() > WIDTH {
            lines.push(format!("{:indent$}{line}", ""));
            line.clear();
        }
        line.push_str(if line.is_empty() { "" } else { " " });
        line.push_str(element);
    }
    lines.push(format!("{:indent$}{line}", ""));
}
