//! Texts read, with what is found kept; and real messages.

// Each test uses its own share.
#![allow(dead_code)]

use std::path::{Path, PathBuf};

use sluice_text::{Scratch, Wants, read};

/// What links were found in a text.
pub struct Case<'t> {
    pub text: &'t str,
    pub count: u16,
    pub host: String,
    pub hidden: bool,
    pub is_ip: bool,
    pub has_at: bool,
    pub punycode: bool,
}

/// Reads each text for its links.
pub fn read_all<'t>(texts: impl IntoIterator<Item = &'t str>) -> Vec<Case<'t>> {
    let mut scratch = Scratch::new();
    let case = |text| {
        let urls = read(text, Wants::URLS, &mut scratch).urls;
        let (count, host, hidden) = (urls.count, urls.first.to_string(), urls.hidden);
        Case { text, count, host, hidden, is_ip: urls.is_ip, has_at: urls.has_at, punycode: urls.punycode }
    };
    texts.into_iter().map(case).collect()
}

/// Label and text of each message, or nothing where the collection is missing.
pub fn messages() -> Option<Vec<(bool, String)>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let path: PathBuf = root.join("../../../shared/text/uci_SMSSpamCollection.tsv");
    let Ok(octets) = std::fs::read(&path) else {
        eprintln!("SKIPPED: no collection of messages at {}", path.display());
        return None;
    };
    let text = String::from_utf8_lossy(&octets).into_owned();
    let rows = text.lines().skip(1).filter_map(|line| line.split_once('\t'));
    Some(rows.map(|(label, text)| (label == "spam", text.to_string())).collect())
}
