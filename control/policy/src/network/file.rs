//! `network.toml`: the home network and its partners.

use super::digits;
use super::{Entry, Kind, Network, Party, date, world};
use crate::diagnostic::{Diagnostics, File};
use crate::document;
use crate::read::{At, Keys, integer, kind_of, unknown_word};
use sluice_numbers::{NO_COUNTRY, Relation};
use sluice_rules::text::nearest;
use std::ops::Range;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// What an agreement lets a partner send.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Permit {
    Ota,
    Binary,
    Silent,
    Flash,
    MtWithoutSri,
}

/// Each permit, its word, and the list of global titles of those who have it.
pub(super) const PERMITS: [(Permit, &str, &str); 5] = [
    (Permit::Ota, "ota", "permits_ota_gts"),
    (Permit::Binary, "binary", "permits_binary_gts"),
    (Permit::Silent, "silent", "permits_silent_gts"),
    (Permit::Flash, "flash", "permits_flash_gts"),
    (Permit::MtWithoutSri, "mt-without-sri", "permits_mt_without_sri_gts"),
];

const AGREEMENTS: [&str; 4] = ["p2p", "a2p", "hub", "blocked"];
const HOME: [&str; 8] = ["name", "country", "mcc_mnc", "numbers", "gts", "point_codes", "smscs", "checked"];
const PARTNER: [&str; 10] =
    ["name", "country", "agreement", "mcc_mnc", "numbers", "gts", "point_codes", "smscs", "permits", "checked"];
const ARRAYS: [(&str, Kind); 4] =
    [("mcc_mnc", Kind::Imsi), ("numbers", Kind::Number), ("gts", Kind::Gt), ("smscs", Kind::Smsc)];

/// Where a name stands first, for the report of its second.
type Names = Vec<Range<usize>>;

/// Reads the file, as the first of the network's.
pub(super) fn read(file: File<'_>, network: &mut Network, report: &mut Diagnostics) {
    let Some(table) = document::parse(file, report) else { return };
    let keys = Keys::new(file, table.get_ref(), 0..0, &["home", "partner"], report);
    let mut names = Names::new();
    match keys.find("home") {
        Some(value) => match value.get_ref().as_table() {
            Some(table) => section(file, table, value.span(), None, (network, &mut names), report),
            None => keys.wrong_type(value, "a table headed [home]", report),
        },
        None => keys.missing("home", "a table headed [home] with our own numbers", report),
    }
    let Some(value) = keys.find("partner") else { return };
    let Some(partners) = value.get_ref().as_array() else {
        keys.wrong_type(value, "tables headed [[partner]]", report);
        return;
    };
    for element in partners.iter() {
        match element.get_ref().as_table() {
            Some(table) => section(file, table, element.span(), Some(()), (network, &mut names), report),
            None => keys.wrong_type(element, "a table headed [[partner]]", report),
        }
    }
}

/// Home or, with an agreement, a partner.
fn section(
    file: File<'_>,
    table: &DeTable<'_>,
    place: Range<usize>,
    partner: Option<()>,
    (network, names): (&mut Network, &mut Names),
    report: &mut Diagnostics,
) {
    let keys = Keys::new(file, table, place.clone(), if partner.is_some() { &PARTNER } else { &HOME }, report);
    let relation = if partner.is_some() { agreement(&keys, report) } else { Some(Relation::Home) };
    let name = name(&keys, network, names, report);
    let country = country(&keys, relation == Some(Relation::Hub), report);
    let permits = permits(&keys, report);
    let as_of_days = checked(&keys, report);
    names.push(name.as_ref().map_or(place, |n| n.range.clone()));
    let party = network.parties.len();
    // What is wrong with a section is reported; its numbers are looked at all the same.
    network.parties.push(Party {
        name: name.map_or(String::new(), |n| n.value),
        country,
        relation: relation.unwrap_or(Relation::P2p),
        permits,
    });
    for (key, kind) in ARRAYS {
        for text in texts(&keys, key, report) {
            let entry = Entry { party, kind, prefix: String::new(), as_of_days, file: 0, range: text.range };
            add(file, entry, &text.value, network, report);
        }
    }
    for code in point_codes(&keys, report) {
        let entry =
            Entry { party, kind: Kind::PointCode, prefix: String::new(), as_of_days, file: 0, range: code.range };
        add(file, entry, &code.value, network, report);
    }
}

/// Adds what a text says, or what is wrong with it.
pub(super) fn add(file: File<'_>, entry: Entry, text: &str, network: &mut Network, report: &mut Diagnostics) {
    match digits::prefixes(entry.kind, text) {
        Ok(prefixes) => network.add(entry, prefixes),
        Err(wrong) => report.push(file.error(entry.range, wrong.message, wrong.expected).with_help(wrong.help)),
    }
}

fn name(keys: &Keys<'_, '_>, network: &Network, names: &Names, report: &mut Diagnostics) -> Option<At<String>> {
    const EXPECTED: &str = "what the network is called";
    if keys.find("name").is_none() {
        keys.missing("name", EXPECTED, report);
    }
    let name = keys.text("name", report)?;
    if name.value.trim().is_empty()
        || name.value.len() > sluice_numbers::NAME_OCTETS_MAX
        || name.value.contains(char::is_control)
    {
        report.push(keys.file.error(name.range.clone(), "this cannot be a name", "up to 255 octets of text"));
        return None;
    }
    if let Some(first) = network.party_named(&[&name.value]).and_then(|p| names.get(p)) {
        let message = format!("the network `{}` is here a second time", name.value);
        let error = keys.file.error(name.range.clone(), message, "one section for each network");
        report.push(error.related(keys.file.place(first.clone()), "first here"));
    }
    Some(name)
}

fn agreement(keys: &Keys<'_, '_>, report: &mut Diagnostics) -> Option<Relation> {
    if keys.find("agreement").is_none() {
        keys.missing("agreement", "`agreement = \"p2p\"`, or a2p, hub, blocked", report);
    }
    keys.one_of("agreement", &AGREEMENTS, Relation::parse, report).map(|a| a.value)
}

/// A hub may be of no country.
fn country(keys: &Keys<'_, '_>, may_lack: bool, report: &mut Diagnostics) -> [u8; 2] {
    if keys.find("country").is_none() && !may_lack {
        keys.missing("country", COUNTRY, report);
    }
    let Some(text) = keys.text("country", report) else { return NO_COUNTRY };
    known_country(keys.file, &text, report).unwrap_or(NO_COUNTRY)
}

const COUNTRY: &str = "two letters of ISO 3166, such as \"ZZ\"";

/// The country a text names; a refusal if there is none.
pub(super) fn known_country(file: File<'_>, text: &At<String>, report: &mut Diagnostics) -> Option<[u8; 2]> {
    let upper = text.value.to_ascii_uppercase();
    let code: Option<[u8; 2]> = upper.as_bytes().as_array().copied();
    let known = code.filter(|c| sluice_numbers::is_country(*c) && world::get().is_country(*c));
    if known.is_none() {
        let help = (upper == "UK").then_some("the United Kingdom is GB");
        let message = format!("there is no country `{}`", text.value);
        report.push(file.error(text.range.clone(), message, COUNTRY).with_help(help));
    }
    known
}

fn checked(keys: &Keys<'_, '_>, report: &mut Diagnostics) -> u32 {
    const EXPECTED: &str = "a date since 1970 without quotation marks, such as 2026-01-01";
    let Some(value) = keys.find("checked") else { return 0 };
    let DeValue::Datetime(written) = value.get_ref() else {
        keys.wrong_type(value, EXPECTED, report);
        return 0;
    };
    let days = written.date.filter(|_| written.time.is_none()).and_then(date::days);
    if days.is_none() {
        report.push(keys.file.error(value.span(), "this is not a day", EXPECTED));
    }
    days.unwrap_or(0)
}

fn permits(keys: &Keys<'_, '_>, report: &mut Diagnostics) -> Vec<Permit> {
    let words = PERMITS.map(|p| p.1);
    let mut permits = Vec::new();
    for text in texts(keys, "permits", report) {
        match PERMITS.iter().find(|p| p.1 == text.value) {
            Some((permit, _, _)) => permits.push(*permit),
            None => unknown_word(keys.file, &text, &words, report),
        }
    }
    permits
}

/// The elements of an array of texts.
pub(super) fn texts(keys: &Keys<'_, '_>, key: &str, report: &mut Diagnostics) -> Vec<At<String>> {
    let mut texts = Vec::new();
    for element in elements(keys, key, "an array of texts in quotation marks", report) {
        match element.get_ref().as_str() {
            Some(text) => texts.push(At { value: text.to_owned(), range: element.span() }),
            None => keys.wrong_type(element, "text in quotation marks", report),
        }
    }
    texts
}

/// Numbers, or texts of them and of ranges.
fn point_codes(keys: &Keys<'_, '_>, report: &mut Diagnostics) -> Vec<At<String>> {
    let mut codes = Vec::new();
    for element in elements(keys, "point_codes", "an array of point codes, such as [6001, 6002]", report) {
        let value = element.get_ref();
        match (integer(value), value.as_str()) {
            (Some(number), _) => codes.push(At { value: number.to_string(), range: element.span() }),
            (None, Some(text)) => codes.push(At { value: text.to_owned(), range: element.span() }),
            (None, None) => {
                let message = format!("a point code cannot be {}", kind_of(value));
                report.push(keys.file.error(element.span(), message, "a number, or a range such as \"6001-6016\""));
            }
        }
    }
    codes
}

fn elements<'t, 's>(
    keys: &Keys<'t, 's>,
    key: &str,
    expected: &str,
    report: &mut Diagnostics,
) -> impl Iterator<Item = &'t Spanned<DeValue<'s>>> + use<'t, 's> {
    let value = keys.find(key);
    let array = value.and_then(|v| v.get_ref().as_array());
    if let (Some(value), None) = (value, array) {
        keys.wrong_type(value, expected, report);
    }
    array.into_iter().flat_map(|a| a.iter())
}

/// What is nearest to a wrong word, as a help.
pub(super) fn did_you_mean<'n>(wrong: &str, names: impl IntoIterator<Item = &'n str>) -> Option<String> {
    nearest(wrong, names).first().map(|n| format!("did you mean `{n}`?"))
}
