//! How near the traffic comes to the limits of scenarios.
//!
//! Every scenario is compiled with its limits lowered to where they limit nothing. A rule then matches wherever all else
//! in it holds, and what it compares with its limit is measured: for every key (a title, a sender, a campaign) the most in
//! each window. The limit proposed is three times what 999 of 1,000 windows stay within.

use super::message::hash;
use super::source;
use super::traffic::Compiled;
use sluice_abi::fields::{Part, Path};
use sluice_abi::{Facts, Field};
use sluice_policy::learn::{Limit, limits};
use sluice_rules::{CountKind, Judgement, Purpose, State, evaluate};
use sluice_track::{CAMPAIGN_WINDOW_S, RateKind, RateSizes, Rates, Sample};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::time::Duration;

/// Windows that must have been seen before anything is proposed.
pub const WINDOWS_MIN: u64 = 1_000;
/// Lengths of its window that the traffic must have: windows that the traffic's ends cut hold too little.
pub const LENGTHS_MIN: u64 = 10;
/// So many times what most windows stay within.
const MARGIN: u32 = 3;
/// Of a thousand windows, so many stay within.
const OF_THOUSAND: u64 = 999;
/// Keys whose windows are open at a time; the oldest are closed when there are more.
const OPEN_MAX: usize = 1 << 20;

/// Measures limits.
pub struct Learning {
    policy: Compiled,
    limits: Vec<Limit>,
    /// What rules compare, by their ids: the limit, and the counter or field.
    asked: BTreeMap<String, Vec<(usize, Measure)>>,
    state: Counters,
    judgement: Judgement,
    open: BTreeMap<(usize, u64), Open>,
    windows: Vec<Windows>,
    /// The longest window of each limit, in seconds.
    window_s: Vec<u32>,
}

#[derive(Clone, Copy)]
enum Measure {
    Counter(u16),
    /// By campaign.
    Field(Field),
}

/// The window of one key that is not over.
struct Open {
    number: u64,
    most: u32,
}

/// Windows that are over: how many had so much.
type Windows = BTreeMap<u32, u64>;

/// What was seen of one limit.
pub struct Measured {
    pub limit: Limit,
    pub windows: u64,
    /// What half of the windows, and 99 %, 99.9 % and all of them stay within.
    pub within: [u32; 4],
    /// What is missing where too little was seen.
    pub proposed: Result<u32, String>,
}

impl Learning {
    /// For a network, or without one those scenarios that need none.
    pub fn new(network: Option<&str>) -> anyhow::Result<Self> {
        let limits = limits();
        let policy = Compiled::new(&source(network, &lowered(&limits))?)?;
        let mut asked: BTreeMap<String, Vec<(usize, Measure)>> = BTreeMap::new();
        for (place, limit) in limits.iter().enumerate() {
            for (rule, subject) in &limit.asked {
                if let Some(measure) = measure(&policy, subject) {
                    asked.entry(rule.clone()).or_default().push((place, measure));
                }
            }
        }
        let windows = limits.iter().map(|_| Windows::new()).collect();
        let window_s = limits.iter().map(|_| 0).collect();
        let (state, judgement) = (Counters::new(), Judgement::new());
        Ok(Self { policy, limits, asked, state, judgement, open: BTreeMap::new(), windows, window_s })
    }

    /// Takes a message in.
    pub fn add(&mut self, facts: &Facts<'_>) {
        let Self { policy, asked, state, judgement, open, windows, window_s: longest, .. } = self;
        let image = policy.image();
        let time_ns = facts.number(Field::TimeNs).unwrap_or(0);
        state.now.clear();
        evaluate(&image, facts, Purpose::Replay, state, judgement);
        for (place, measure) in judgement.shadow().iter().filter_map(|rule| asked.get(image.id(*rule))).flatten() {
            let Some((key, much, window_s)) = measure.of(facts, state) else { continue };
            if let Some(longest) = longest.get_mut(*place) {
                *longest = window_s.max(*longest);
            }
            let number = time_ns / 1_000_000_000 / u64::from(window_s.max(1));
            let one = open.entry((*place, key)).or_insert(Open { number, most: 0 });
            if one.number != number {
                close(windows, *place, one.most);
                *one = Open { number, most: 0 };
            }
            one.most = one.most.max(much);
        }
        if open.len() > OPEN_MAX {
            std::mem::take(open).into_iter().for_each(|((place, _), one)| close(windows, place, one.most));
        }
    }

    /// What was seen of every limit that was asked for, in the order of the scenarios, in traffic of this length.
    pub fn finish(mut self, length_s: u64) -> Vec<Measured> {
        for ((place, _), one) in std::mem::take(&mut self.open) {
            close(&mut self.windows, place, one.most);
        }
        let all = self.limits.into_iter().zip(self.windows).zip(self.window_s);
        let seen = all.filter(|((_, windows), _)| !windows.is_empty());
        seen.map(|((limit, windows), window_s)| measured(limit, &windows, u64::from(window_s), length_s)).collect()
    }
}

fn close(windows: &mut [Windows], place: usize, most: u32) {
    if let Some(windows) = windows.get_mut(place) {
        *windows.entry(most).or_default() += 1;
    }
}

fn measured(limit: Limit, windows: &Windows, window_s: u64, length_s: u64) -> Measured {
    let count: u64 = windows.values().sum();
    let within = [500, 990, OF_THOUSAND, 1_000].map(|share| within(windows, count, share));
    let [.., most, _] = within;
    let needed_s = LENGTHS_MIN * window_s;
    let proposed = if length_s < needed_s {
        Err(format!("needs {} of traffic", humantime::format_duration(Duration::from_secs(needed_s))))
    } else if count < WINDOWS_MIN {
        Err(format!("needs {WINDOWS_MIN} windows"))
    } else {
        Ok(most.saturating_mul(MARGIN).max(limit.lowest + 1))
    };
    Measured { limit, windows: count, within, proposed }
}

/// What so many of a thousand windows stay within.
fn within(windows: &Windows, count: u64, share: u64) -> u32 {
    let needed = (count * share).div_ceil(1_000);
    let mut seen = 0;
    let reached = windows.iter().find(|(_, n)| {
        seen += **n;
        seen >= needed
    });
    reached.map_or(0, |(much, _)| *much)
}

/// Scenarios with limits that limit nothing, in shadow, so that none of their rules keeps another from being asked.
fn lowered(limits: &[Limit]) -> String {
    let mut by_scenario: BTreeMap<&str, String> = BTreeMap::new();
    for Limit { scenario, setting, lowest, .. } in limits {
        let settings = by_scenario.entry(scenario).or_insert_with(|| format!("[scenario.{scenario}]\n"));
        let _never_fails = writeln!(settings, "{setting} = {lowest}");
    }
    let names: Vec<String> = by_scenario.keys().map(|name| format!("\"{name}\"")).collect();
    let settings: String = by_scenario.into_values().collect();
    format!("scenarios = [{}]\n{settings}", names.join(", "))
}

fn measure(policy: &Compiled, subject: &str) -> Option<Measure> {
    let Some(name) = subject.strip_prefix("counter.") else {
        return Path::parse(subject).filter(|path| path.part == Part::Whole).map(|path| Measure::Field(path.field));
    };
    let number = policy.image().counters().position(|(counter, _)| counter == name);
    number.and_then(|number| u16::try_from(number).ok()).map(Measure::Counter)
}

impl Measure {
    /// Under which key, how much, and how long its window is.
    fn of(self, facts: &Facts<'_>, state: &Counters) -> Option<(u64, u32, u32)> {
        match self {
            Self::Counter(number) => {
                let (key, much, window_s) = *state.now.get(&number)?;
                Some((hash(&(number, key)), much, window_s))
            }
            Self::Field(field) => {
                let campaign = facts.number(Field::CampaignId)?;
                let much = u32::try_from(facts.number(field)?).unwrap_or(u32::MAX);
                Some((hash(&(field.name(), campaign)), much, CAMPAIGN_WINDOW_S))
            }
        }
    }
}

/// The counters as the dataplane keeps them, with what each said of the last message.
struct Counters {
    rates: Rates,
    /// Key, number and window.
    now: BTreeMap<u16, (u64, u32, u32)>,
}

impl Counters {
    fn new() -> Self {
        const SIZES: RateSizes = RateSizes { counts: 1 << 18, distincts: 1 << 16 };
        // Fixed, so that the same traffic gives the same proposals.
        const KEY: u64 = 0x1EA5;
        Self { rates: Rates::new(SIZES, KEY), now: BTreeMap::new() }
    }
}

impl State for Counters {
    fn count(&mut self, counter: u16, counts: CountKind, key: u64, value: u64, window_s: u32, time_ns: u64) -> u32 {
        let sample = match counts {
            CountKind::Messages => Sample::Count,
            CountKind::Distinct => Sample::Distinct(value),
            CountKind::Run => Sample::Run(value),
        };
        let much = self.rates.count(counter, key, sample, window_s, time_ns);
        self.now.insert(counter, (key, much, window_s));
        much
    }

    fn read(&mut self, counter: u16, counts: CountKind, key: u64, window_s: u32, time_ns: u64) -> u32 {
        let kind = match counts {
            CountKind::Messages => RateKind::Count,
            CountKind::Distinct => RateKind::Distinct,
            CountKind::Run => RateKind::Run,
        };
        let much = self.rates.read(kind, counter, key, window_s, time_ns);
        self.now.insert(counter, (key, much, window_s));
        much
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn so_many_of_a_thousand_stay_within() {
        let windows = Windows::from([(1, 990), (5, 9), (80, 1)]);
        assert_eq!([500, 990, 999, 1_000].map(|share| within(&windows, 1_000, share)), [1, 1, 5, 80]);
        assert_eq!(within(&Windows::new(), 0, 999), 0);
    }

    #[test]
    fn nothing_is_proposed_of_too_little_and_three_times_the_usual_of_enough() {
        let limit = limits().swap_remove(0);
        let of = |windows, length_s| {
            let measured = measured(limit.clone(), &windows, 60, length_s);
            (measured.windows, measured.within, measured.proposed)
        };
        let enough = Windows::from([(7, 2 * WINDOWS_MIN), (900, 1)]);
        assert_eq!(of(enough.clone(), 600), (2 * WINDOWS_MIN + 1, [7, 7, 7, 900], Ok(21)));
        assert_eq!(of(enough, 599).2, Err("needs 10m of traffic".to_owned()));
        let few = Windows::from([(7, WINDOWS_MIN - 1)]);
        assert_eq!(of(few, 600), (WINDOWS_MIN - 1, [7; 4], Err("needs 1000 windows".to_owned())));
    }

    #[test]
    fn lowered_limits_compile_with_a_network_and_without() {
        let network = "[home]\nname = \"Home\"\ncountry = \"ZZ\"\nmcc_mnc = [\"00101\"]\nnumbers = [\"99970\"]\n";
        let known = |network| Learning::new(network).unwrap().asked.len();
        assert!(known(Some(network)) > known(None));
    }
}
