//! A TOML file laid out by what stands between its keys and values; those stay as they are written, but conditions.

use super::{CONDITION, WIDTH, condition};
use toml_edit::{Array, DocumentMut, InlineTable, Item, KeyMut, RawString, Table, Value};

/// One step further in.
const INDENT: &str = "    ";

/// The file laid out; `None` if its parts cannot be put where they stand now.
pub(super) fn format(text: &str) -> Option<String> {
    let text = text.replace("\r\n", "\n");
    let mut document: DocumentMut = text.parse().ok()?;
    // Keys of one table with others between them would be gathered.
    let gathered = document.to_string();
    if gathered != text && gathered.trim_end() != text.trim_start_matches('\u{feff}').trim_end() {
        return None;
    }
    table(document.as_table_mut());
    let trailing = between(raw(Some(document.trailing())), Gap::AsItIs);
    document.set_trailing(trailing);
    // An empty line parts from what is before, and at the top there is nothing.
    let formatted = document.to_string();
    let formatted = formatted.trim_matches('\n');
    Some(if formatted.is_empty() { String::new() } else { format!("{formatted}\n") })
}

fn raw(text: Option<&RawString>) -> &str {
    text.and_then(RawString::as_str).unwrap_or("")
}

/// Empty lines before something.
#[derive(Clone, Copy, PartialEq)]
enum Gap {
    /// None at first.
    NoneFirst,
    /// As many as there are, but never two in a row.
    AsItIs,
    /// At least one.
    AtLeastOne,
}

/// The comments before a key or a heading, each on a line of its own.
fn between(raw: &str, gap: Gap) -> String {
    let lines: Vec<&str> = raw.split('\n').map(str::trim).collect();
    // What follows the last line feed stands before the key itself.
    let (_, lines) = lines.split_last().unwrap_or((&"", &[]));
    let mut out = String::new();
    if gap == Gap::AtLeastOne && !lines.contains(&"") {
        out.push('\n');
    }
    let mut was_empty = gap == Gap::NoneFirst;
    for line in lines {
        if !(line.is_empty() && was_empty) {
            out.extend([line, "\n"]);
        }
        was_empty = line.is_empty();
    }
    out
}

/// The comment behind a value with the blanks before it, for comments may stand in a column.
fn behind(raw: &str) -> String {
    match raw.trim() {
        "" => String::new(),
        comment if raw.starts_with(char::is_whitespace) => raw.trim_end().replace(comment, "") + comment,
        comment => format!(" {comment}"),
    }
}

fn table(table: &mut Table) {
    let heads = !table.is_implicit() && !table.is_dotted();
    if heads {
        let decor = table.decor_mut();
        let (before, after) = (between(raw(decor.prefix()), Gap::AtLeastOne), behind(raw(decor.suffix())));
        decor.set_prefix(before);
        decor.set_suffix(after);
    }
    let mut gap = Gap::NoneFirst;
    for (key, item) in table.iter_mut() {
        items(key, item, &mut gap);
    }
}

fn items(mut key: KeyMut<'_>, item: &mut Item, gap: &mut Gap) {
    key.dotted_decor_mut().clear();
    match item {
        Item::None => {}
        Item::Value(value) => {
            let before = between(raw(key.leaf_decor().prefix()), *gap);
            key.leaf_decor_mut().set_prefix(before);
            key.leaf_decor_mut().set_suffix(" ");
            let key_octets = key.display_repr().len() + " = ".len();
            if key.get() == CONDITION {
                lay_condition(value, key_octets);
            }
            top(value, key_octets);
            *gap = Gap::AsItIs;
        }
        Item::Table(inner) if inner.is_dotted() => {
            for (key, item) in inner.iter_mut() {
                items(key, item, gap);
            }
        }
        Item::Table(inner) => {
            key.leaf_decor_mut().clear();
            table(inner);
        }
        Item::ArrayOfTables(tables) => {
            key.leaf_decor_mut().clear();
            tables.iter_mut().for_each(table);
        }
    }
}

/// The value of a key.
fn top(value: &mut Value, key_octets: usize) {
    let comment = behind(raw(value.decor().suffix()));
    within(value, "");
    value.decor_mut().set_prefix(" ");
    value.decor_mut().set_suffix("");
    if let Value::Array(array) = value
        && !is_broken(array)
        && key_octets + array.to_string().trim().chars().count() > WIDTH
    {
        fill(array);
    }
    value.decor_mut().set_suffix(comment);
}

/// What is inside a value, which begins on a line with this indentation.
fn within(value: &mut Value, indent: &str) {
    match value {
        Value::Array(array) if is_broken(array) => lay_lines(array, indent),
        Value::Array(array) => lay_flat(array),
        Value::InlineTable(table) if !table.to_string().trim().contains('\n') => lay_table(table),
        _ => {}
    }
}

fn is_broken(array: &Array) -> bool {
    let decors = array.iter().map(Value::decor);
    raw(Some(array.trailing())).contains('\n')
        || decors.into_iter().any(|d| raw(d.prefix()).contains('\n') || raw(d.suffix()).contains('\n'))
}

fn lay_flat(array: &mut Array) {
    for (i, value) in array.iter_mut().enumerate() {
        within(value, "");
        value.decor_mut().set_prefix(if i == 0 { "" } else { " " });
        value.decor_mut().set_suffix("");
    }
    array.set_trailing("");
    array.set_trailing_comma(false);
}

/// Over the lines on which it stands; a comment before a comma is left where it is, with all around it.
fn lay_lines(array: &mut Array, indent: &str) {
    if array.iter().any(|v| !raw(v.decor().suffix()).trim().is_empty()) {
        return;
    }
    let inner = format!("{indent}{INDENT}");
    for (i, value) in array.iter_mut().enumerate() {
        within(value, &inner);
        let prefix = raw(value.decor().prefix());
        let begins_line = i == 0 || prefix.contains('\n');
        let prefix = if begins_line { comments(prefix, &inner) } else { " ".to_owned() };
        value.decor_mut().set_prefix(prefix);
        value.decor_mut().set_suffix("");
    }
    let trailing = comments_before_the_end(raw(Some(array.trailing())), &inner, indent);
    array.set_trailing(trailing);
    array.set_trailing_comma(!array.is_empty());
}

/// Comments of an array, the first behind what is before it, and then the indentation of the next line.
fn comments(raw: &str, indent: &str) -> String {
    let mut lines = raw.split('\n').map(str::trim);
    let behind = lines.next().filter(|c| !c.is_empty()).map(|c| format!(" {c}")).unwrap_or_default();
    lines.filter(|c| !c.is_empty()).fold(behind, |all, comment| format!("{all}\n{indent}{comment}")) + "\n" + indent
}

fn comments_before_the_end(raw: &str, inner: &str, outer: &str) -> String {
    let all = comments(raw, inner);
    all.strip_suffix(inner).unwrap_or(&all).to_owned() + outer
}

/// As many elements a line as fit.
fn fill(array: &mut Array) {
    let mut column = WIDTH;
    for value in array.iter_mut() {
        let len = value.to_string().trim().chars().count() + ",".len();
        let begins_line = column + " ".len() + len > WIDTH;
        column = if begins_line { INDENT.len() + len } else { column + " ".len() + len };
        value.decor_mut().set_prefix(if begins_line { format!("\n{INDENT}") } else { " ".to_owned() });
    }
    array.set_trailing("\n");
    array.set_trailing_comma(true);
}

fn lay_table(table: &mut InlineTable) {
    let last = table.len().saturating_sub(1);
    for (i, (mut key, value)) in table.iter_mut().enumerate() {
        key.leaf_decor_mut().set_prefix(" ");
        key.leaf_decor_mut().set_suffix(" ");
        key.dotted_decor_mut().clear();
        within(value, "");
        value.decor_mut().set_prefix(" ");
        value.decor_mut().set_suffix(if i == last { " " } else { "" });
    }
    table.set_trailing("");
    table.set_trailing_comma(false);
}

/// A condition in its quotation marks.
fn lay_condition(value: &mut Value, key_octets: usize) {
    let Some(text) = value.as_str() else { return };
    let several = text.trim().contains('\n');
    let Some(lines) = condition::lines(text, key_octets, several) else { return };
    let Some(quoted) = quoted(&lines) else { return };
    let Ok(mut laid) = quoted.parse::<Value>() else { return };
    *laid.decor_mut() = value.decor().clone();
    *value = laid;
}

/// In the marks that need no escapes.
fn quoted(lines: &[String]) -> Option<String> {
    match lines {
        [line] if !line.contains(['"', '\\']) => Some(format!("\"{line}\"")),
        [line] if !line.contains('\'') => Some(format!("'{line}'")),
        _ if lines.iter().any(|line| line.contains("'''")) => None,
        [line] if line.starts_with('\'') || line.ends_with('\'') => None,
        [line] => Some(format!("'''{line}'''")),
        _ => Some(format!("'''\n{}\n'''", lines.join("\n"))),
    }
}
