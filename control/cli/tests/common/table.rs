//! The tables of `tests/README.md` that say how much was compared: a test's finding must be what is written there.

use std::fmt::Write;
use std::path::Path;

/// What was compared.
#[derive(Clone, Copy, Debug, Default)]
pub struct Row {
    pub captures: usize,
    pub messages: usize,
    pub fields: usize,
    pub differing: usize,
}

impl Row {
    pub fn add(&mut self, other: &Self) {
        self.captures += other.captures;
        self.messages += other.messages;
        self.fields += other.fields;
        self.differing += other.differing;
    }
}

/// A table in the README, between two marks.
pub struct Table {
    text: String,
    sum: Row,
}

impl Table {
    /// `what`: the heading of the first column.
    pub fn new(what: &str) -> Self {
        let text = format!("| {what} | captures | messages | fields compared | differ |\n|---|---|---|---|---|\n");
        Self { text, sum: Row::default() }
    }

    pub fn put(&mut self, what: &str, row: Row) {
        self.sum.add(&row);
        self.line(what, row);
    }

    fn line(&mut self, what: &str, row: Row) {
        let Row { captures, messages, fields, differing } = row;
        writeln!(self.text, "| {what} | {captures} | {messages} | {fields} | {differing} |").expect("a string grows");
    }

    /// Compares with the table of this name in the README.
    pub fn check(mut self, name: &str) {
        self.line("all", self.sum);
        check(name, &self.text);
    }
}

/// Compares with what the README says between two marks, or writes it there if `SLUICE_BLESS` says so.
pub fn check(name: &str, found: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/README.md");
    let readme = std::fs::read_to_string(&path).expect("tests/README.md");
    let (opening, closing) = (format!("<!-- {name} -->\n"), format!("<!-- end of {name} -->"));
    let (before, rest) = readme.split_once(&opening).unwrap_or_else(|| panic!("no {opening} in tests/README.md"));
    let (written, after) = rest.split_once(&closing).expect("the end of the table");
    if std::env::var_os("SLUICE_BLESS").is_some() {
        std::fs::write(&path, format!("{before}{opening}{found}{closing}{after}")).expect("it is written");
    } else {
        assert_eq!(written, found, "tests/README.md says otherwise of {name}; SLUICE_BLESS=1 writes it");
    }
}
