//! The world's plan: countries of telephone numbers, operators of ranges and of mobile network codes, capitals.
//!
//! The files beside this crate's code under `world/` are made by `control/policy/world/make` from published packages; their
//! heads say which, under which licence, and of which day. A row is separated by tabs; prefixes of one length that
//! follow each other are drawn together, `12345-7` for 12345, 12346 and 12347. An MCC of three digits stands for
//! the country alone.
//!
//! Not handled: number portability, and codes given since the day of the source.

use super::date;
use sluice_numbers::{Country, Range, Relation, Space};
use std::sync::LazyLock;

const E164: &str = include_str!("../../world/e164.tsv");
const CARRIERS: &str = include_str!("../../world/carriers.tsv");
const NETWORKS: &str = include_str!("../../world/networks.tsv");
const CAPITALS: &str = include_str!("../../world/capitals.tsv");

pub(super) struct World {
    told: Vec<Told>,
    pub(super) capitals: Vec<Country>,
}

struct Told {
    space: Space,
    prefix: String,
    operator: &'static str,
    country: [u8; 2],
    as_of_days: u32,
}

/// Read once.
pub(super) fn get() -> &'static World {
    static WORLD: LazyLock<World> = LazyLock::new(World::read);
    &WORLD
}

impl World {
    fn read() -> Self {
        let countries =
            rows(E164).filter_map(|row| row.split_once('\t')).map(|(country, prefixes)| (country, "", prefixes));
        let mut told = Vec::new();
        add(&mut told, Space::E164, E164, countries);
        add(&mut told, Space::E164, CARRIERS, rows(CARRIERS).filter_map(three));
        add(&mut told, Space::Imsi, NETWORKS, rows(NETWORKS).filter_map(three));
        Self { told, capitals: rows(CAPITALS).filter_map(capital).collect() }
    }

    pub(super) fn ranges(&'static self) -> impl Iterator<Item = Range<'static>> {
        self.told.iter().map(|t| Range {
            space: t.space,
            prefix: &t.prefix,
            operator: t.operator,
            country: t.country,
            relation: Relation::Unknown,
            as_of_days: t.as_of_days,
        })
    }

    /// Whether it is a country's code: one with numbers or a capital, or one that ISO 3166 leaves to its users.
    pub(super) fn is_country(&self, code: [u8; 2]) -> bool {
        let of_users = matches!(code, [b'A', b'A'] | [b'Q', b'M'..=b'Z'] | [b'X', _] | [b'Z', b'Z']);
        of_users || self.capitals.iter().any(|c| c.code == code) || self.told.iter().any(|t| t.country == code)
    }
}

fn add(
    told: &mut Vec<Told>,
    space: Space,
    file: &str,
    rows: impl Iterator<Item = (&'static str, &'static str, &'static str)>,
) {
    let as_of_days = file.lines().find_map(|l| l.strip_prefix("# date ")).and_then(date::parse).unwrap_or(0);
    for (country, operator, prefixes) in rows {
        let Some(country) = country.as_bytes().as_array().copied() else { continue };
        for prefix in prefixes.split(' ').flat_map(prefixes_of) {
            told.push(Told { space, prefix, operator, country, as_of_days });
        }
    }
}

fn rows(file: &'static str) -> impl Iterator<Item = &'static str> {
    file.lines().filter(|line| !line.starts_with('#'))
}

fn three(row: &'static str) -> Option<(&'static str, &'static str, &'static str)> {
    let (country, rest) = row.split_once('\t')?;
    let (operator, prefixes) = rest.split_once('\t')?;
    Some((country, operator, prefixes))
}

/// `123`, or `123-5` for 123, 124 and 125.
fn prefixes_of(token: &str) -> Vec<String> {
    let Some((first, last)) = token.split_once('-') else { return vec![token.to_owned()] };
    let (Some((stem, first)), Some(last)) = (first.split_at_checked(first.len().saturating_sub(1)), digit(last)) else {
        return Vec::new();
    };
    digit(first).map_or_else(Vec::new, |first| (first..=last).map(|d| format!("{stem}{d}")).collect())
}

fn digit(text: &str) -> Option<u32> {
    text.parse().ok().filter(|d| *d < 10)
}

fn capital(row: &str) -> Option<Country> {
    let mut columns = row.split('\t');
    let code = columns.next()?.as_bytes().as_array().copied()?;
    let mut hundredths = || columns.next()?.parse::<f64>().ok().map(|degrees| (degrees * 100.0).round() as i16);
    Some(Country { code, latitude: hundredths()?, longitude: hundredths()? })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_of_the_files_is_read() {
        let world = get();
        let tokens: usize = [E164, CARRIERS, NETWORKS]
            .into_iter()
            .flat_map(rows)
            .flat_map(|row| row.rsplit('\t').next().unwrap_or("").split(' '))
            .map(|token| prefixes_of(token).len())
            .sum();
        assert_eq!(world.told.len(), tokens);
        assert_eq!(world.capitals.len(), rows(CAPITALS).count());
        let shape = |t: &Told| t.prefix.bytes().all(|b| b.is_ascii_digit()) && sluice_numbers::is_country(t.country);
        assert!(world.told.iter().all(|t| shape(t) && t.as_of_days > 19_000));
        assert!(tokens > 30_000 && world.capitals.len() > 240);
    }

    #[test]
    fn each_file_says_its_source_its_licence_and_its_date() {
        for file in [E164, CARRIERS, NETWORKS, CAPITALS] {
            let source = file.lines().find_map(|l| l.strip_prefix("# source ")).unwrap();
            assert!(["Apache-2.0", "MIT"].iter().any(|licence| source.contains(licence)), "{source}");
            assert!(file.lines().find_map(|l| l.strip_prefix("# date ")).and_then(date::parse).is_some());
        }
    }

    #[test]
    fn prefixes_are_drawn_apart() {
        assert_eq!(prefixes_of("12"), ["12"]);
        assert_eq!(prefixes_of("128-9"), ["128", "129"]);
        assert_eq!(prefixes_of("1-3"), ["1", "2", "3"]);
    }
}
