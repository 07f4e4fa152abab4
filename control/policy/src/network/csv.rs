//! Tables in text: RFC 4180 with the separators that spreadsheets use.
//!
//! The separator is that of `,`, `;` and tabulator which the first line has most of. Cells may stand in quotation
//! marks, `""` is one mark within them. Empty lines, lines of separators alone and lines that begin with `#` are
//! passed over. Not handled: cells of several lines, as a row that is refused could not be told from its neighbours.

use crate::diagnostic::{Diagnostics, File};
use crate::read::At;
use std::ops::Range;

/// A line's cells, with what surrounds them cut off.
pub(super) struct Row {
    pub(super) cells: Vec<At<String>>,
    pub(super) range: Range<usize>,
}

/// All rows of a file, the header first. A broken one is reported and left out.
pub(super) fn rows(file: File<'_>, report: &mut Diagnostics) -> Vec<Row> {
    let mut rows = Vec::new();
    let mut at = 0;
    let mut separator = None;
    for line in file.text.split_inclusive('\n') {
        // Some spreadsheets begin a file with a mark of its byte order.
        let mark = if at == 0 && line.starts_with('\u{FEFF}') { '\u{FEFF}'.len_utf8() } else { 0 };
        let start = at + mark;
        at += line.len();
        let text = line.get(mark..).unwrap_or("").trim_end_matches(['\r', '\n']);
        let separator = *separator.get_or_insert_with(|| most_used(text));
        if text.starts_with('#') || text.chars().all(|c| c == separator || c.is_whitespace()) {
            continue;
        }
        if let Some(cells) = cells(file, text, start, separator, report) {
            rows.push(Row { cells, range: start..start + text.len() });
        }
    }
    rows
}

/// A comma where a line has none of them.
fn most_used(line: &str) -> char {
    let count = |c: char| line.matches(c).count();
    let most = [';', '\t'].into_iter().max_by_key(|&c| count(c)).unwrap_or(',');
    if count(most) > count(',') { most } else { ',' }
}

fn cells(
    file: File<'_>,
    text: &str,
    start: usize,
    separator: char,
    report: &mut Diagnostics,
) -> Option<Vec<At<String>>> {
    let mut cells = Vec::new();
    let mut at = 0;
    loop {
        let rest = text.get(at..).unwrap_or("");
        let (cell, taken) = match quoted(rest, separator) {
            Some(Ok(found)) => found,
            Some(Err((message, from))) => {
                let range = start + at + from..start + text.len();
                let help = "a cell stands on one line; a mark within it is written twice";
                report.push(file.error(range, message, "a cell as RFC 4180 has it").with_help(Some(help)));
                return None;
            }
            None => plain(rest, separator),
        };
        cells.push(At { value: cell.value, range: start + at + cell.range.start..start + at + cell.range.end });
        at += taken;
        if at >= text.len() {
            return Some(cells);
        }
        at += separator.len_utf8();
        if at == text.len() {
            cells.push(At { value: String::new(), range: start + at..start + at });
            return Some(cells);
        }
    }
}

type Taken = (At<String>, usize);

fn plain(rest: &str, separator: char) -> Taken {
    let end = rest.find(separator).unwrap_or(rest.len());
    let cell = rest.get(..end).unwrap_or("");
    let value = cell.trim();
    let from = cell.len() - cell.trim_start().len();
    (At { value: value.to_owned(), range: from..from + value.len() }, end)
}

/// A cell in quotation marks, if it is one; an error says what is wrong from which byte on.
fn quoted(rest: &str, separator: char) -> Option<Result<Taken, (&'static str, usize)>> {
    let inner = rest.trim_start_matches(' ').strip_prefix('"')?;
    let open = rest.len() - inner.len();
    let mut value = String::new();
    let mut at = open;
    loop {
        let part = rest.get(at..).unwrap_or("");
        let Some(mark) = part.find('"') else { return Some(Err(("the quotation mark is not closed", open - 1))) };
        value.push_str(part.get(..mark).unwrap_or(""));
        at += mark + 1;
        let behind = rest.get(at..).unwrap_or("");
        if behind.starts_with('"') {
            value.push('"');
            at += 1;
            continue;
        }
        let blanks = behind.len() - behind.trim_start_matches(' ').len();
        let next = behind.get(blanks..).unwrap_or("");
        if !next.is_empty() && !next.starts_with(separator) {
            return Some(Err(("text stands behind the closing quotation mark", at + blanks)));
        }
        let cell = At { value: value.trim().to_owned(), range: open..at - 1 };
        return Some(Ok((cell, at + blanks)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> (Vec<Vec<String>>, Diagnostics) {
        let mut report = Diagnostics::default();
        let rows = rows(File { path: "x.csv", text }, &mut report);
        (rows.into_iter().map(|r| r.cells.into_iter().map(|c| c.value).collect()).collect(), report)
    }

    #[test]
    fn three_dialects_say_the_same() {
        let expected = [["Name", "Start"], ["A \"b\"; c", "999"]];
        for text in [
            "Name,Start\n\"A \"\"b\"\"; c\",999\n",
            "Name;Start\r\n\"A \"\"b\"\"; c\" ; 999\r\n",
            "\u{FEFF}Name\tStart\nA \"b\"; c\t999",
        ] {
            let (rows, report) = read(text);
            assert_eq!(rows, expected, "{text:?}");
            assert!(report.is_empty());
        }
    }

    #[test]
    fn empty_cells_are_kept_and_empty_lines_passed_over() {
        assert_eq!(read("a,b,c\n\n,,\n# no\n,2,\n").0, [["a", "b", "c"], ["", "2", ""]]);
    }

    #[test]
    fn a_broken_row_is_left_out_and_its_place_said() {
        let (rows, report) = read("a,b\n1,\"2\n3,\"4\"5\n6,7\n");
        assert_eq!(rows, [["a", "b"], ["6", "7"]]);
        let places: Vec<_> = report.iter().map(|d| (d.place.line, d.place.column)).collect();
        assert_eq!(places, [(2, 3), (3, 6)]);
    }

    #[test]
    fn every_cell_points_at_itself() {
        let text = "é, b ,\"c\"\n";
        let rows = rows(File { path: "x.csv", text }, &mut Diagnostics::default());
        for cell in &rows[0].cells {
            assert_eq!(&text[cell.range.clone()], cell.value);
        }
    }
}
