//! Texts read, with what is found kept.

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
