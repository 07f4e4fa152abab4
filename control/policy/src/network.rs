//! Whose numbers are whose: `network.toml`, operators' ranges from CSV files, and the world's plan beneath them.
//!
//! `policy.toml` names them: `network = "network.toml"` and `operators = ["operators/*.csv"]`. Without both, only
//! the world's plan is known.
//!
//! ```text
//! [home]                             # who we are
//! name = "Demo Mobile"
//! country = "ZZ"                     # ISO 3166 alpha-2
//! mcc_mnc = ["00101"]                # what IMSIs begin with
//! numbers = ["99970"]                # what subscribers' numbers begin with, from the country code on
//! gts = ["9997000000-9997099999"]    # the same for global titles of nodes; ranges are possible everywhere here
//! point_codes = [6001, 6002]
//! smscs = ["999700300001"]           # whole global titles
//! checked = 2026-01-01               # when somebody last looked at this
//!
//! [[partner]]                        # a network, once for each; keys as above, and:
//! agreement = "p2p"                  # p2p, a2p, hub, blocked
//! permits = ["ota"]                  # ota, binary, silent, flash, mt-without-sri
//! ```
//!
//! A row of a CSV file ([`operators`]) whose operator is named like home or a partner counts as if it stood there.
//!
//! What rules can name without declaring it, where a network is named:
//!
//! | name | what is in it |
//! |---|---|
//! | `list home_numbers`, `home_gts`, `home_imsis` | prefixes of the home network |
//! | `list home_smscs` | its SMSCs, whole |
//! | `list partner_gts`, `partner_smscs` | of all partners that are not blocked: prefixes, and whole |
//! | `list blocked_gts_of_partners` | prefixes of partners whose agreement is `blocked` |
//! | `list permits_ota_gts`, `permits_binary_gts`, `permits_silent_gts`, `permits_flash_gts`, `permits_mt_without_sri_gts` | prefixes of partners who may |
//! | `$home_point_codes`, `$outside_point_codes` | ours, and all partners' |

mod csv;
mod date;
mod describe;
mod digits;
mod file;
mod operators;
mod overlap;
mod world;

use crate::diagnostic::{Diagnostics, File};
use crate::document;
use crate::overview::NetworkInfo;
use crate::read::{At, Keys};
use crate::source::{POLICY_FILE, Source};
use file::{PERMITS, Permit};
use sluice_numbers::{NO_COUNTRY, Range, Relation, Space};
use sluice_rules::check::Variable;
use sluice_rules::model::{List, ListKind};
use sluice_rules::text::{Scalar, nearest};
use std::collections::BTreeSet;

pub use describe::{Description, Origin};

/// A network never has more prefixes, after ranges have been turned into them.
const ENTRIES_MAX: usize = 1 << 20;
/// Where what the world's plan says comes from.
const WORLD_PLAN: &str = "world plan";

/// All that is known of numbers.
#[derive(Clone, Debug, Default)]
pub struct Network {
    parties: Vec<Party>,
    entries: Vec<Entry>,
    files: Vec<String>,
    /// Whether the policy names a network; without one it has no lists and variables of it.
    is_named: bool,
}

/// A network that is named.
#[derive(Clone, Debug)]
struct Party {
    name: String,
    /// [`sluice_numbers::NO_COUNTRY`] if it is not said.
    country: [u8; 2],
    /// [`Relation::Unknown`] of those that only CSV files name.
    relation: Relation,
    permits: Vec<Permit>,
}

/// One prefix, or one whole number.
#[derive(Clone, Debug)]
struct Entry {
    /// Its place among the parties.
    party: usize,
    kind: Kind,
    prefix: String,
    as_of_days: u32,
    /// Where it is written: place among the files, and the bytes there.
    file: usize,
    range: std::ops::Range<usize>,
}

/// What an entry is the beginning of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Number,
    Gt,
    Imsi,
    PointCode,
    Smsc,
}

impl Kind {
    const fn space(self) -> Space {
        match self {
            Self::Number | Self::Gt | Self::Smsc => Space::E164,
            Self::Imsi => Space::Imsi,
            Self::PointCode => Space::PointCode,
        }
    }
}

/// Reads what a policy's first file names.
pub(crate) fn read(keys: &Keys<'_, '_>, source: &Source, report: &mut Diagnostics) -> Network {
    let mut network = Network::default();
    let named = keys.text("network", report).and_then(|path| find(keys, &path, source, report));
    let mut files: Vec<File<'_>> = named.into_iter().collect();
    for file in &files {
        file::read(*file, &mut network, report);
    }
    for file in operators::files(keys, source, report) {
        operators::read(file, files.len(), &mut network, report);
        files.push(file);
    }
    if network.entries.len() >= ENTRIES_MAX {
        let message = format!("the network has more than {ENTRIES_MAX} prefixes");
        report.push(keys.file.error(0..0, message, "fewer, or wider, ranges"));
    }
    overlap::report(&network, &files, report);
    network.is_named = keys.find("network").is_some();
    network.files = files.iter().map(|f| f.path.to_owned()).collect();
    network
}

fn find<'s>(keys: &Keys<'_, '_>, path: &At<String>, source: &'s Source, report: &mut Diagnostics) -> Option<File<'s>> {
    let found = source.files().find(|(p, _)| *p == path.value);
    if found.is_none() {
        let near = nearest(&path.value, source.files().map(|f| f.0).filter(|p| p.ends_with(".toml")));
        let help = near.first().map(|n| format!("did you mean `{n}`?"));
        let expected = "a file of this policy, as a path from its directory";
        let message = format!("there is no file `{}`", path.value);
        report.push(keys.file.error(path.range.clone(), message, expected).with_help(help));
    }
    found.map(|(path, text)| File { path, text })
}

impl Network {
    /// What a policy's files say, and all that is wrong with it.
    pub fn open(source: &Source) -> Result<Self, Diagnostics> {
        let mut report = Diagnostics::default();
        let file = File { path: POLICY_FILE, text: source.file(POLICY_FILE).unwrap_or("") };
        let mut network = Self::default();
        if let Some(table) = document::parse(file, &mut report) {
            // Whether the other keys are known is not the question here.
            let known: Vec<&str> = table.get_ref().iter().map(|(key, _)| key.get_ref().as_ref()).collect();
            let keys = Keys::new(file, table.get_ref(), 0..0, &known, &mut report);
            network = read(&keys, source, &mut report);
        }
        report.sort();
        if report.has_errors() { Err(report) } else { Ok(network) }
    }

    /// The image of the whole plan, for the dataplane.
    pub fn plan(&self) -> Result<Vec<u8>, sluice_numbers::BuildError> {
        let ranges: Vec<Range<'_>> = self.ranges().into_iter().map(|(range, _)| range).collect();
        sluice_numbers::build(&ranges, &world::get().capitals)
    }

    /// The networks that have a name, as they are written.
    pub(crate) fn infos(&self) -> Vec<NetworkInfo> {
        let info = |(place, party): (usize, &Party)| NetworkInfo {
            name: party.name.clone(),
            country: Some(party.country).filter(|c| *c != NO_COUNTRY).map(|c| String::from_utf8_lossy(&c).into_owned()),
            relation: party.relation.name(),
            permits: PERMITS
                .iter()
                .filter(|(permit, ..)| party.permits.contains(permit))
                .map(|(_, word, _)| *word)
                .collect(),
            prefixes: self.entries.iter().filter(|entry| entry.party == place).count(),
        };
        self.parties.iter().enumerate().map(info).collect()
    }

    /// The lists that rules can name.
    pub(crate) fn lists(&self) -> Vec<List> {
        let home = |kind| move |p: &Party, e: &Entry| p.relation == Relation::Home && e.kind == kind;
        let partner =
            |kind| move |p: &Party, e: &Entry| p.is_partner() && p.relation != Relation::Blocked && e.kind == kind;
        let blocked = |p: &Party, e: &Entry| p.relation == Relation::Blocked && e.kind == Kind::Gt;
        if !self.is_named {
            return Vec::new();
        }
        let mut lists = vec![
            self.list("home_numbers", ListKind::Prefix, home(Kind::Number)),
            self.list("home_gts", ListKind::Prefix, home(Kind::Gt)),
            self.list("home_imsis", ListKind::Prefix, home(Kind::Imsi)),
            self.list("home_smscs", ListKind::Exact, home(Kind::Smsc)),
            self.list("partner_gts", ListKind::Prefix, partner(Kind::Gt)),
            self.list("partner_smscs", ListKind::Exact, partner(Kind::Smsc)),
            self.list("blocked_gts_of_partners", ListKind::Prefix, blocked),
        ];
        lists.extend(PERMITS.iter().map(|(permit, _, name)| {
            self.list(name, ListKind::Prefix, |p, e| p.permits.contains(permit) && e.kind == Kind::Gt)
        }));
        lists
    }

    /// The variables that rules can name.
    pub(crate) fn variables(&self) -> Vec<(&'static str, Variable)> {
        let home = self.point_codes(|p| p.relation == Relation::Home);
        let outside = self.point_codes(Party::is_partner);
        let variables = vec![("home_point_codes", home), ("outside_point_codes", outside)];
        if self.is_named { variables } else { Vec::new() }
    }

    fn list(&self, name: &str, kind: ListKind, wanted: impl Fn(&Party, &Entry) -> bool) -> List {
        let entries: BTreeSet<&String> = self.told().filter(|(p, e)| wanted(p, e)).map(|(_, e)| &e.prefix).collect();
        List { name: name.to_owned(), kind, entries: entries.into_iter().cloned().collect() }
    }

    fn point_codes(&self, wanted: impl Fn(&Party) -> bool) -> Variable {
        let codes = self.told().filter(|(p, e)| wanted(p) && e.kind == Kind::PointCode);
        let numbers: BTreeSet<i128> = codes.filter_map(|(_, e)| e.prefix.parse().ok()).collect();
        Variable::Many(numbers.into_iter().map(Scalar::Number).collect())
    }

    fn told(&self) -> impl Iterator<Item = (&Party, &Entry)> {
        self.entries.iter().filter_map(|e| self.parties.get(e.party).map(|p| (p, e)))
    }

    /// Every range with where it comes from. The later one counts where two are equal: home before partners before
    /// other operators before the world. Within what is declared, the world does not know operators better.
    fn ranges(&self) -> Vec<(Range<'_>, &str)> {
        let mut declared: Vec<(&Party, &Entry)> = self.told().collect();
        declared.sort_by_key(|(party, _)| match party.relation {
            Relation::Unknown => 0,
            Relation::Home => 2,
            _ => 1,
        });
        let hidden: BTreeSet<(Space, &str)> =
            declared.iter().map(|(_, e)| (e.kind.space(), e.prefix.as_str())).collect();
        let is_hidden = |r: &Range<'_>| {
            !r.operator.is_empty()
                && (1..=r.prefix.len()).any(|n| r.prefix.get(..n).is_some_and(|p| hidden.contains(&(r.space, p))))
        };
        let world = world::get().ranges().filter(|r| !is_hidden(r)).map(|r| (r, WORLD_PLAN));
        world
            .chain(declared.into_iter().map(|(p, e)| (range(p, e), self.files.get(e.file).map_or("", |f| f))))
            .collect()
    }

    /// The party with this name, however its letters are written.
    fn party_named(&self, names: &[&str]) -> Option<usize> {
        self.parties.iter().position(|p| names.iter().any(|n| p.name.to_lowercase() == n.to_lowercase()))
    }

    /// Adds the prefixes that a text was turned into.
    fn add(&mut self, entry: Entry, prefixes: Vec<String>) {
        let left = ENTRIES_MAX.saturating_sub(self.entries.len());
        self.entries.extend(prefixes.into_iter().take(left).map(|prefix| Entry { prefix, ..entry.clone() }));
    }
}

fn range<'n>(party: &'n Party, entry: &'n Entry) -> Range<'n> {
    Range {
        space: entry.kind.space(),
        prefix: &entry.prefix,
        operator: &party.name,
        country: party.country,
        relation: party.relation,
        as_of_days: entry.as_of_days,
    }
}

impl Party {
    fn is_partner(&self) -> bool {
        !matches!(self.relation, Relation::Unknown | Relation::Home)
    }
}

#[cfg(test)]
mod tests;
