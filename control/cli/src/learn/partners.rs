//! Whom we seem to have agreements with: the networks that call, with the titles and service centres they use.
//!
//! A network is an operator of the numbering plan or, where the plan does not know the title, the titles that begin the
//! same. What is proposed is the agreement that permits least, `p2p`; who sends for service centres of several other
//! networks all the time is proposed as a `hub`. Whether services may send is for the contract to say, and only told.
//! A title that names a service centre of ours as its own is not proposed at all.

use super::home::Home;
use super::observed::{Observed, Title, beginning};
use sluice_numbers::{NO_COUNTRY, Plan, Relation, Space};
use std::collections::{BTreeMap, BTreeSet};

/// A service centre is stable if it is named so often, over at least half of the time in which its title was seen.
const STABLE_REQUESTS: u64 = 10;
/// Networks of others for whose service centres a hub sends.
const HUB_NETWORKS: usize = 2;
/// Share of the requests with a service centre from which others' make a hub.
const HUB_SHARE: f64 = 0.5;
/// Titles that are listed one by one where no beginning stands for them alone.
const TITLES_LISTED: usize = 64;
/// Service centres listed.
const CENTRES_LISTED: usize = 32;

/// Everybody who called.
#[derive(Default)]
pub struct Partners {
    /// Those proposed, most requests first.
    pub proposed: Vec<Partner>,
    /// Those seen too seldom: name and requests.
    pub too_few: Vec<(String, u64)>,
    /// Titles that name service centres of the home network as their own, and how many requests do.
    pub refused: Vec<(String, u64)>,
    /// Requests of networks that the network file names, by name.
    pub known: BTreeMap<String, u64>,
    /// Requests of the home network's own titles.
    pub of_home: u64,
}

/// A network that is proposed.
pub struct Partner {
    pub name: String,
    /// Not known to the plan: none.
    pub country: Option<String>,
    pub agreement: &'static str,
    /// Beginnings of its titles, or whole ones.
    pub gts: Vec<String>,
    /// Its own service centres that are stable, most used first.
    pub smscs: Vec<(String, u64)>,
    /// Those of others, with the network of each.
    pub foreign: Vec<(String, String, u64)>,
    /// Service centres that are the title with more digits behind it, or the title without its last.
    pub suffixed: u64,
    /// Titles seen.
    pub titles: usize,
    pub seen: Title,
}

/// Proposes from what was seen.
pub fn propose(observed: &Observed, plan: &Plan<'_>, home: Option<&Home>, least: u64) -> Partners {
    let mut partners = Partners::default();
    let networks: Networks<'_> =
        observed.titles.keys().map(|digits| (digits.as_str(), Network::of(digits, plan))).collect();
    let mut groups: BTreeMap<&Network, Vec<(&str, &Title)>> = BTreeMap::new();
    for ((digits, network), title) in networks.iter().zip(observed.titles.values()) {
        let is_home = home.is_some_and(|home| digits.starts_with(&home.beginning));
        match network.relation {
            Relation::Home => partners.of_home += title.requests,
            _ if is_home => partners.of_home += title.requests,
            Relation::Unknown if in_name_of_home(title, plan, home) > 0 => {
                partners.refused.push(((*digits).to_owned(), in_name_of_home(title, plan, home)));
            }
            Relation::Unknown => groups.entry(network).or_default().push((*digits, title)),
            _ => *partners.known.entry(network.name.clone()).or_default() += title.requests,
        }
    }
    for (network, titles) in groups {
        let requests: u64 = titles.iter().map(|(_, title)| title.requests).sum();
        if requests < least {
            partners.too_few.push((network.name.clone(), requests));
        } else {
            let gts = beginnings(&titles, &networks);
            partners.proposed.push(partner(network, &titles, gts, plan));
        }
    }
    partners.proposed.sort_by_key(|partner| std::cmp::Reverse(partner.seen.requests));
    partners.too_few.sort_by_key(|(_, requests)| std::cmp::Reverse(*requests));
    partners
}

/// Requests of a title that name a service centre of the home network: nobody outside has to.
fn in_name_of_home(title: &Title, plan: &Plan<'_>, home: Option<&Home>) -> u64 {
    let is_home = |name: &str| {
        Network::of(name, plan).relation == Relation::Home || home.is_some_and(|home| name.starts_with(&home.beginning))
    };
    title.centres.iter().filter(|(name, _)| is_home(name)).map(|(_, centre)| centre.requests).sum()
}

/// The network of every title.
type Networks<'o> = BTreeMap<&'o str, Network>;

/// What is known of a title's network.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Network {
    name: String,
    country: Option<String>,
    relation: Relation,
}

impl Network {
    fn of(digits: &str, plan: &Plan<'_>) -> Self {
        let found = plan.find(Space::E164, digits.as_bytes());
        let operator = found.map_or("", |found| plan.operator_name(found.operator));
        let country = found.map(|found| found.country).filter(|country| *country != NO_COUNTRY);
        Self {
            name: if operator.is_empty() { format!("Network {}", beginning(digits)) } else { operator.to_owned() },
            country: country.map(|letters| String::from_utf8_lossy(&letters).into_owned()),
            relation: found.map_or(Relation::Unknown, |found| found.relation),
        }
    }
}

fn partner(network: &Network, titles: &[(&str, &Title)], gts: Vec<String>, plan: &Plan<'_>) -> Partner {
    let mut partner = Partner {
        name: network.name.clone(),
        country: network.country.clone(),
        agreement: "p2p",
        gts,
        smscs: Vec::new(),
        foreign: Vec::new(),
        suffixed: 0,
        titles: titles.len(),
        seen: together(titles),
    };
    let (mut own, mut foreign) = (BTreeMap::new(), BTreeMap::new());
    for (digits, title) in titles {
        for (name, centre) in &title.centres {
            let is_stable = centre.requests >= STABLE_REQUESTS && 2 * centre.span.length_ns() >= title.span.length_ns();
            let of = Network::of(name, plan);
            if name != digits && (name.starts_with(digits) || digits.starts_with(name.as_str())) {
                partner.suffixed += centre.requests;
            } else if of != *network && is_stable {
                foreign.entry(name.clone()).or_insert((of.name, 0)).1 += centre.requests;
            } else if of == *network && is_stable {
                *own.entry(name.clone()).or_insert(0) += centre.requests;
            }
        }
    }
    partner.smscs = most(own.into_iter().collect(), |(_, n)| *n);
    partner.foreign = most(foreign.into_iter().map(|(name, (of, n))| (name, of, n)).collect(), |(.., n)| *n);
    if is_hub(&partner) {
        partner.agreement = "hub";
    }
    partner
}

fn is_hub(partner: &Partner) -> bool {
    let networks: BTreeSet<&str> = partner.foreign.iter().map(|(_, of, _)| of.as_str()).collect();
    let foreign: u64 = partner.foreign.iter().map(|(.., n)| n).sum();
    let all: u64 = partner.seen.centres.values().map(|centre| centre.requests).sum();
    networks.len() >= HUB_NETWORKS && foreign as f64 >= HUB_SHARE * all as f64
}

fn most<T>(mut all: Vec<T>, count: impl Fn(&T) -> u64) -> Vec<T> {
    all.sort_by_key(|one| std::cmp::Reverse(count(one)));
    all.truncate(CENTRES_LISTED);
    all
}

/// What was seen of all titles of a network.
fn together(titles: &[(&str, &Title)]) -> Title {
    let mut all = Title::default();
    for (place, (_, title)) in titles.iter().enumerate() {
        all.span = if place == 0 { title.span } else { all.span.with(title.span) };
        all.take(title);
    }
    all
}

impl Title {
    fn take(&mut self, other: &Self) {
        if self.requests == 0 {
            self.example.clone_from(&other.example);
        }
        self.requests += other.requests;
        self.deliveries += other.deliveries;
        self.questions += other.questions;
        self.submissions += other.submissions;
        self.texts += other.texts;
        self.business += other.business;
        self.blocked += other.blocked;
        self.answers += other.answers;
        self.errors += other.errors;
        self.receivers.extend(&other.receivers);
        add(&mut self.point_codes, &other.point_codes);
        add(&mut self.rules, &other.rules);
        for (name, centre) in &other.centres {
            self.centres.entry(name.clone()).or_default().requests += centre.requests;
        }
    }
}

fn add<K: Ord + Clone>(to: &mut BTreeMap<K, u64>, from: &BTreeMap<K, u64>) {
    from.iter().for_each(|(key, count)| *to.entry(key.clone()).or_default() += count);
}

/// The longest digits that all titles beginning alike share, where no title that is not meant has them too; else the
/// titles themselves.
fn beginnings(titles: &[(&str, &Title)], networks: &Networks<'_>) -> Vec<String> {
    let mut alike: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    titles.iter().for_each(|(digits, _)| alike.entry(beginning(digits)).or_default().push(digits));
    let mut found: Vec<String> = alike.into_values().flat_map(|titles| shared(&titles, networks)).collect();
    found.truncate(TITLES_LISTED);
    found
}

fn shared(titles: &[&str], networks: &Networks<'_>) -> Vec<String> {
    let (Some(first), Some(last)) = (titles.iter().min(), titles.iter().max()) else { return Vec::new() };
    let len = first.bytes().zip(last.bytes()).take_while(|(a, b)| a == b).count();
    let prefix = first.get(..len).unwrap_or(first);
    let mut within = networks.range(prefix..).take_while(|(digits, _)| digits.starts_with(prefix));
    let is_others = within.any(|(digits, _)| !titles.contains(digits));
    if is_others { titles.iter().map(|t| (*t).to_owned()).collect() } else { vec![prefix.to_owned()] }
}

#[cfg(test)]
mod tests {
    use super::super::observed::{Centre, Span};
    use super::super::traffic::Compiled;
    use super::super::{READING, source};
    use super::*;

    const NETWORK: &str = "[home]\nname = \"Home\"\ncountry = \"ZZ\"\nmcc_mnc = [\"00101\"]\nnumbers = [\"99970\"]\ngts = [\"99970\"]\n\
                           [[partner]]\nname = \"Known\"\ncountry = \"ZZ\"\nagreement = \"p2p\"\ngts = [\"99981\"]\n";
    const HOUR_NS: u64 = 3_600_000_000_000;

    /// Service centres by digits, with how many requests name each, and whether only briefly.
    type Centres<'c> = &'c [(&'c str, u64, bool)];

    /// A title with its service centres, seen all the time unless `brief`.
    fn title(centres: Centres<'_>) -> Title {
        let span = Span { first_ns: 0, last_ns: HOUR_NS };
        let centre = |(name, requests, brief): &(&str, u64, bool)| {
            let span = if *brief { Span { first_ns: 0, last_ns: HOUR_NS / 4 } } else { span };
            ((*name).to_owned(), Centre { requests: *requests, span })
        };
        let requests = centres.iter().map(|(_, n, _)| n).sum();
        Title { requests, span, centres: centres.iter().map(centre).collect(), ..Title::default() }
    }

    fn proposals(titles: &[(&str, Centres<'_>)], home: Option<&Home>, network: Option<&str>) -> Partners {
        let titles = titles.iter().map(|(digits, centres)| ((*digits).to_owned(), title(centres))).collect();
        let policy = Compiled::new(&source(network, READING).unwrap()).unwrap();
        propose(&Observed { titles, ..Observed::default() }, &policy.image().plan().unwrap(), home, 50)
    }

    #[test]
    fn a_partner_is_as_narrow_as_its_titles_and_those_already_named_and_home_are_none() {
        let centre = |name| [(name, 100, false)];
        let found = proposals(
            &[
                ("999820300001", &centre("999820300001")),
                ("999820300009", &centre("999820300001")),
                ("999810300001", &centre("999810300001")),
                ("999700300001", &centre("999700300001")),
                ("999830300001", &[("999830300001", 49, false)]),
            ],
            None,
            Some(NETWORK),
        );
        let [partner] = found.proposed.as_slice() else { panic!("{}", found.proposed.len()) };
        assert_eq!((partner.agreement, partner.gts.as_slice()), ("p2p", &["99982030000".to_owned()][..]));
        assert_eq!(partner.smscs, [("999820300001".to_owned(), 200)]);
        assert_eq!(found.too_few, [("Network 99983".to_owned(), 49)]);
        assert_eq!((found.known["Known"], found.of_home), (100, 100));
    }

    #[test]
    fn who_sends_all_the_time_for_several_networks_is_a_hub_and_who_did_so_briefly_or_for_one_is_not() {
        let several = [("999850000001", 60, false), ("999860000001", 60, false), ("999840000001", 20, false)];
        let briefly = several.map(|(name, n, _)| (name, n, true));
        let one = [("999850000001", 140, false)];
        let agreement = |centres: Centres<'_>| {
            let found = proposals(&[("999840000001", centres)], None, None);
            (found.proposed[0].agreement, found.proposed[0].foreign.len())
        };
        assert_eq!(agreement(&several), ("hub", 2));
        assert_eq!(agreement(&briefly), ("p2p", 0));
        assert_eq!(agreement(&one), ("p2p", 1));
    }

    #[test]
    fn service_centres_that_are_the_title_with_digits_behind_it_make_no_hub() {
        let suffixed = [("99984000000101", 60, false), ("99984000000102", 60, false)];
        let found = proposals(&[("999840000001", &suffixed)], None, None);
        assert_eq!((found.proposed[0].agreement, found.proposed[0].suffixed), ("p2p", 120));
        assert!(found.proposed[0].foreign.is_empty());
    }

    #[test]
    fn a_title_in_the_name_of_home_is_refused_and_no_beginning_of_others_covers_it() {
        let own = [("999840000001", 90, false)];
        let titles: [(&str, Centres<'_>); 3] =
            [("999840000001", &own), ("999840000002", &[("999700300001", 90, false)]), ("999840000003", &own)];
        let home =
            Home { beginning: "99970".to_owned(), requests: 1, of: 1, imsis: vec![], numbers: vec![], centres: vec![] };
        for (home, network) in [(Some(&home), None), (None, Some(NETWORK))] {
            let found = proposals(&titles, home, network);
            assert_eq!(found.refused, [("999840000002".to_owned(), 90)]);
            assert_eq!(found.proposed[0].gts, ["999840000001", "999840000003"]);
        }
    }
}
