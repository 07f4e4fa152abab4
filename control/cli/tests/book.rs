//! What the operator's book says of counters and exits is what the programs say.

use sluice_abi::counters::Slot;
use std::fmt::Write;
use std::path::{Path, PathBuf};

fn book() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../appliance.md")
}

/// The lists stand between these.
const BEGIN: &str = "<!-- counters and exits: written by SLUICE_BLESS=1 cargo nextest run -p sluice book -->\n";
const END: &str = "<!-- end of counters and exits -->\n";

#[test]
fn the_book_explains_every_counter_and_every_exit() {
    let text = std::fs::read_to_string(book()).unwrap();
    let (before, rest) = text.split_once(BEGIN).expect("the book says where the counters stand");
    let (lists, after) = rest.split_once(END).expect("and where they end");
    let expected = expected();
    if std::env::var_os("SLUICE_BLESS").is_some() {
        std::fs::write(book(), [before, BEGIN, &expected, END, after].concat()).unwrap();
    } else {
        assert_eq!(lists, expected, "SLUICE_BLESS=1 writes it down");
    }
}

/// One table; an exit is counted for frames and for DATA chunks.
fn expected() -> String {
    let mut lists = String::from("\n| counter | meaning |\n|---|---|\n");
    for slot in Slot::all() {
        let name = slot.name();
        if let Some(exit) = name.strip_prefix("frame.") {
            writeln!(lists, "| `frame.{exit}`, `chunk.{exit}` | {} |", slot.help()).unwrap();
        } else if !name.starts_with("chunk.") {
            writeln!(lists, "| `{name}` | {} |", slot.help()).unwrap();
        }
    }
    lists.push('\n');
    lists
}
