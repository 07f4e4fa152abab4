//! A list's file: blanks around entries and attributes, nothing else.

/// A list's file laid out. There is none that cannot be read.
pub fn list(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut was_empty = true;
    for line in text.lines() {
        let line = line.trim();
        // An empty line parts what belongs together; two part no more.
        if !(line.is_empty() && was_empty) {
            push_line(&mut out, line);
            out.push('\n');
        }
        was_empty = line.is_empty();
    }
    while out.ends_with("\n\n") {
        out.pop();
    }
    out
}

fn push_line(out: &mut String, line: &str) {
    let (entry, comment) = line.split_at(comment_at(line));
    let written = entry.trim_end();
    for (i, part) in written.split(';').map(str::trim).enumerate() {
        if i > 0 {
            // A blank would make a comment of what is none.
            out.push_str(if part.is_empty() || part.starts_with('#') { " ;" } else { " ; " });
        }
        match part.split_once('=').filter(|_| i > 0) {
            Some((key, value)) => out.extend([key.trim(), "=", value.trim()]),
            None => out.push_str(part),
        }
    }
    // Comments may stand in a column.
    out.push_str(entry.get(written.len()..).unwrap_or(""));
    out.push_str(comment);
}

/// Where the comment begins: at the start or behind a blank, for `#` is also a digit.
fn comment_at(line: &str) -> usize {
    let begins = |at: usize| line.get(..at).is_some_and(|b| b.is_empty() || b.ends_with(char::is_whitespace));
    line.match_indices('#').map(|(at, _)| at).find(|&at| begins(at)).unwrap_or(line.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blanks_go_and_comments_stay_in_their_column() {
        let text = "\n\n# one\r\n  99970 \t\n99971   # two\n\n\n*12#\n 9;until = 2026-12-31;note= a b ; x  \n\n";
        let expected = "# one\n99970\n99971   # two\n\n*12#\n9 ; until=2026-12-31 ; note=a b ; x\n";
        assert_eq!(list(text), expected);
        assert_eq!(list(expected), expected);
        assert_eq!(list(""), "");
        assert_eq!(list("\n \n"), "");
    }
}
