//! What a policy consists of, for whoever draws it: its rules, the scenarios, the networks it knows by name.

use crate::diagnostic::Diagnostics;
use crate::document::{self, Document};
use crate::rule::Written;
use crate::scenario::{Scenario, ScenarioInfo, scenarios};
use crate::show::{action, one_line};
use crate::source::Source;
use sluice_rules::model::Level;

/// A policy, laid open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Overview {
    /// In the order in which they are asked.
    pub rules: Vec<RuleInfo>,
    /// All there are, also those that are off.
    pub scenarios: Vec<ScenarioInUse>,
    /// The home network first, then partners as they are written, then those that only have ranges.
    pub networks: Vec<NetworkInfo>,
}

/// A rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleInfo {
    /// Its id, with the scenario's name before it where it is of one.
    pub id: String,
    /// The scenario it belongs to.
    pub scenario: Option<&'static str>,
    /// From 1 to 4.
    pub level: u8,
    /// When messages are shown to it.
    pub trigger: String,
    /// `enforce`, `shadow` or `offline`.
    pub mode: &'static str,
    /// What it does, with what it answers, changes or says.
    pub action: String,
    /// Its condition, on one line.
    pub when: String,
    /// Whose it is.
    pub owner: String,
    /// Why it is there.
    pub comment: String,
}

/// A scenario as the policy uses it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScenarioInUse {
    /// What it is about, with its defaults.
    pub info: ScenarioInfo,
    /// `off`, `shadow`, `enforce` or `offline`.
    pub mode: &'static str,
    /// The value of each setting, in the order of the defaults.
    pub values: Vec<String>,
}

/// A network that the policy names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NetworkInfo {
    /// Its name.
    pub name: String,
    /// ISO 3166 alpha-2, where it is said.
    pub country: Option<String>,
    /// `home`, the agreement with it, or `unknown`.
    pub relation: &'static str,
    /// What its agreement lets it send.
    pub permits: Vec<&'static str>,
    /// Number of its prefixes and whole numbers.
    pub prefixes: usize,
}

/// Lays a policy open; refused if its files cannot be read.
///
/// # Errors
/// What is wrong with them.
pub fn overview(source: &Source) -> Result<Overview, Diagnostics> {
    let mut report = Diagnostics::default();
    let document = document::read(source, &mut report);
    report.sort();
    if report.has_errors() {
        return Err(report);
    }
    let of_level = |level| document.rules().filter(move |rule| rule.level == Some(level));
    Ok(Overview {
        rules: Level::ALL.into_iter().flat_map(|level| of_level(level).map(move |r| rule(level, r))).collect(),
        scenarios: scenarios().into_iter().map(|info| in_use(info, &document)).collect(),
        networks: document.network.infos(),
    })
}

fn rule(level: Level, rule: &Written<'_>) -> RuleInfo {
    RuleInfo {
        id: rule.id.value.clone(),
        scenario: rule.scenario,
        level: level.number(),
        trigger: rule.triggers.to_string(),
        mode: rule.mode.name(),
        action: action(rule),
        when: one_line(rule.when.as_ref().map_or("", |when| &when.value)),
        owner: rule.owner.clone(),
        comment: rule.comment.clone(),
    }
}

fn in_use(info: ScenarioInfo, document: &Document<'_>) -> ScenarioInUse {
    match document.scenarios.iter().find(|used| used.name == info.name) {
        Some(used) => ScenarioInUse { mode: used.mode.name(), values: values(used), info },
        None => ScenarioInUse { mode: "off", values: info.settings.iter().map(|s| s[1].clone()).collect(), info },
    }
}

fn values(scenario: &Scenario<'_>) -> Vec<String> {
    scenario.settings.iter().map(|setting| setting.show()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(policy: &str) -> Overview {
        let network = "[home]\nname = \"Ours\"\ncountry = \"ZZ\"\nnumbers = [\"99970\"]\n\
            [[partner]]\nname = \"Theirs\"\nagreement = \"a2p\"\ncountry = \"DE\"\ngts = [\"1555\"]\npermits = [\"ota\"]\n";
        let files = [("policy.toml", policy), ("network.toml", network)];
        let files = files.map(|(path, text)| (path.to_owned(), text.to_owned()));
        overview(&Source::from_files(files).unwrap()).unwrap()
    }

    #[test]
    fn rules_stand_in_the_order_in_which_they_are_asked() {
        let policy = "name = \"p\"\nnetwork = \"network.toml\"\nscenarios = [\"flash\"]\n[scenario.flash]\nmode = \"enforce\"\n\
            [[rule]]\nid = \"late\"\nlevel = 3\naction = \"discard\"\nwhen = \"sms.pid == 64\"\ncomment = \"why\"\n\
            [[rule]]\nid = \"early\"\nlevel = 1\nmode = \"shadow\"\naction = \"pass\"\n";
        let overview = of(policy);
        let own: Vec<&RuleInfo> = overview.rules.iter().filter(|rule| rule.scenario.is_none()).collect();
        let shown = |r: &RuleInfo| [r.id.as_str(), r.mode, &r.action, &r.when, &r.comment].map(str::to_owned);
        assert_eq!(shown(own[0]), ["early", "shadow", "pass", "", ""]);
        assert_eq!(shown(own[1]), ["late", "enforce", "discard", "sms.pid == 64", "why"]);
        assert!(overview.rules.iter().any(|rule| rule.scenario == Some("flash") && rule.id.starts_with("flash.")));
        assert!(overview.rules.is_sorted_by_key(|rule| rule.level));
    }

    #[test]
    fn scenarios_that_are_off_are_there_with_their_defaults() {
        let policy = "name = \"p\"\nnetwork = \"network.toml\"\nscenarios = [\"flooding\"]\n\
            [scenario.flooding]\ngt_messages = 7\n";
        let overview = of(policy);
        assert_eq!(overview.scenarios.len(), scenarios().len());
        let of = |name: &str| overview.scenarios.iter().find(|scenario| scenario.info.name == name).unwrap();
        let value = |scenario: &ScenarioInUse, name: &str| {
            let at = scenario.info.settings.iter().position(|setting| setting[0] == name).unwrap();
            (scenario.values[at].clone(), scenario.info.settings[at][1].clone())
        };
        assert_eq!((of("flooding").mode, of("flash").mode), ("shadow", "off"));
        assert_eq!(value(of("flooding"), "gt_messages"), ("7".to_owned(), "6000".to_owned()));
        assert_eq!(value(of("flooding"), "gt_window"), ("1m".to_owned(), "1m".to_owned()));
        let networks: Vec<_> = overview.networks.iter().map(|n| (n.name.as_str(), n.relation, n.prefixes)).collect();
        assert_eq!(networks, [("Ours", "home", 1), ("Theirs", "a2p", 1)]);
        assert_eq!(
            (overview.networks[0].country.as_deref(), overview.networks[1].permits.as_slice()),
            (Some("ZZ"), &["ota"][..])
        );
    }
}
