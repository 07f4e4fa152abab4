//! Proposals as people read them: tables, TOML to copy from, JSON.

use super::home::Home;
use super::observed::{Observed, Title};
use super::partners::{Partner, Partners};
use super::settings::Measured;
use super::traffic;
use crate::args::{self, learn::From};
use crate::output::{self, Paint};
use anyhow::Context;
use serde_json::{Value, json};
use sluice_api::Timestamp;
use std::fmt::Write as _;
use std::path::Path;

/// All that was learned.
pub struct Learned<'l> {
    pub observed: &'l Observed,
    pub home: Option<Home>,
    pub partners: Partners,
    pub limits: Vec<Measured>,
    pub from: &'l From,
}

/// The files in the directory of `--out`.
pub const FILES: [&str; 2] = ["learned-network.toml", "learned-settings.toml"];
/// Foreign service centres, links and rules shown as evidence of one partner.
const EVIDENCE_MAX: usize = 5;

impl Learned<'_> {
    /// Writes both files. What an earlier call has written is not overwritten: somebody may be at work on it.
    pub fn write(&self, directory: &Path) -> anyhow::Result<()> {
        std::fs::create_dir_all(directory).with_context(|| format!("{}", directory.display()))?;
        let paths = FILES.map(|file| directory.join(file));
        if let Some(there) = paths.iter().find(|path| path.exists()) {
            anyhow::bail!("{} is already there, and nothing was written", there.display());
        }
        let texts = [self.network_toml(), self.settings_toml()];
        for (path, text) in paths.iter().zip(texts) {
            std::fs::write(path, text).with_context(|| format!("{}", path.display()))?;
        }
        Ok(())
    }

    fn head(&self) -> String {
        format!(
            "# Learned from {}:\n# {} requests from {} to {}.\n",
            traffic::name(self.from),
            self.observed.requests,
            moment(self.observed.span.first_ns),
            moment(self.observed.span.last_ns)
        )
    }

    fn network_toml(&self) -> String {
        let mut text = self.head();
        text.push_str(
            "# Nothing here is in force. Whoever sent the whole time is in it, attackers too: compare each with a contract,\n\
             # then copy it to network.toml without its line `# proposed`.\n",
        );
        if let Some(home) = &self.home {
            text.push_str(&home.toml());
        }
        self.partners.proposed.iter().for_each(|partner| text.push_str(&partner.toml()));
        let Partners { too_few, refused, .. } = &self.partners;
        let mut list = |heading: &str, networks: &[(String, u64)]| {
            if !networks.is_empty() {
                push(&mut text, &format!("\n# {heading}:"));
                networks.iter().take(LISTED).for_each(|(name, n)| push(&mut text, &format!("#   {name}: {n}")));
            }
        };
        list(
            "Titles not proposed, as they name service centres of ours as their own, with how many requests do",
            refused,
        );
        list("Seen too seldom to be proposed, with their requests", too_few);
        text
    }

    fn settings_toml(&self) -> String {
        let mut text = self.head();
        text.push_str(
            "# Nothing here is in force. A limit is three times what 99.9 % of the windows stayed within; where an attack was\n\
             # among the traffic it may be too high: look at the largest. Copy what you approve to policy.toml.\n",
        );
        let mut heading = "";
        for measured in &self.limits {
            if measured.limit.scenario != heading {
                heading = measured.limit.scenario;
                push(&mut text, &format!("\n[scenario.{heading}]"));
            }
            text.push_str(&measured.toml());
        }
        text
    }

    /// As JSON.
    pub fn json(&self) -> Value {
        let seen =
            |list: &[(String, u64)]| list.iter().map(|(v, n)| json!({ "value": v, "requests": n })).collect::<Value>();
        let Partners { proposed, too_few, refused, known, of_home } = &self.partners;
        json!({
            "requests": self.observed.requests,
            "first": moment(self.observed.span.first_ns),
            "last": moment(self.observed.span.last_ns),
            "home": self.home.as_ref().map(|home| json!({
                "beginning": home.beginning, "requests": home.requests, "of": home.of,
                "imsis": seen(&home.imsis), "numbers": seen(&home.numbers), "smscs": seen(&home.centres),
            })),
            "partners": proposed.iter().map(Partner::json).collect::<Value>(),
            "too_few": seen(too_few),
            "in_name_of_home": seen(refused),
            "known": known,
            "of_home": of_home,
            "settings": self.limits.iter().map(Measured::json).collect::<Value>(),
        })
    }

    /// As tables.
    pub fn print(&self, args: &args::Learn) -> anyhow::Result<()> {
        let heading = |text: &str| output::line(format_args!("\n{}", Paint::stdout().bold(text)));
        let Partners { proposed, too_few, refused, known, .. } = &self.partners;
        output::text(self.head().replace("# ", ""))?;
        if let Some(home) = &self.home {
            heading(&format!("home seems to be {}: in {} of {} requests", home.beginning, home.requests, home.of))?;
        } else if args.network.is_none() {
            heading("which network is home cannot be told: name it with --network")?;
        }
        heading(&format!(
            "{} partners proposed, {} in network.toml, {} seen too seldom, {} titles in our name",
            proposed.len(),
            known.len(),
            too_few.len(),
            refused.len()
        ))?;
        let columns = ["partner", "gts", "agreement", "requests", "receivers", "business", "errors", "blocked"];
        output::line(output::table(columns, proposed.iter().map(Partner::row)))?;
        heading("limits of scenarios")?;
        let columns = ["setting", "now", "proposed", "windows", "99 %", "99.9 %", "largest"];
        output::line(output::table(columns, self.limits.iter().map(Measured::row)))?;
        let Some(directory) = &args.out else {
            return output::line("\n--out DIR writes this as TOML to approve and copy");
        };
        output::line(format_args!("\nwritten to {}: approve and copy; nothing is in force", directory.display()))
    }
}

/// Networks that are named in the file without being proposed.
const LISTED: usize = 50;

impl Home {
    fn toml(&self) -> String {
        let mut text =
            format!("\n# proposed: in {} of {} requests; approve by removing this line\n", self.requests, self.of);
        text.push_str("[home]\nname = \"Home\"            # not known\n# country = \"ZZ\"       # not known\n");
        let mut list = |key: &str, values: Vec<&(String, u64)>| {
            let mark = if values.is_empty() { "# " } else { "" };
            let names: Vec<String> = values.iter().map(|(value, _)| quoted(value)).collect();
            let counts: Vec<String> = values.iter().map(|(_, count)| count.to_string()).collect();
            push(&mut text, &format!("{mark}{key} = [{}]  # requests: {}", names.join(", "), counts.join(", ")));
        };
        list("mcc_mnc", self.imsis.iter().collect());
        list("numbers", self.numbers.iter().collect());
        list("gts", vec![&(self.beginning.clone(), self.requests)]);
        list("smscs", self.centres.iter().collect());
        text
    }
}

impl Partner {
    fn toml(&self) -> String {
        let mut text = format!("\n# proposed {}: approve by removing this line\n", day(self.seen.span.last_ns));
        self.evidence().iter().for_each(|line| push(&mut text, &format!("#   {line}")));
        let gts: Vec<String> = self.gts.iter().map(|gt| quoted(gt)).collect();
        let smscs: Vec<String> = self.smscs.iter().map(|(centre, _)| quoted(centre)).collect();
        push(&mut text, &format!("[[partner]]\nname = {}", quoted(&self.name)));
        match &self.country {
            Some(country) => push(&mut text, &format!("country = {}", quoted(country))),
            None => push(&mut text, "# country = \"ZZ\"  # not known: fill it in"),
        }
        push(&mut text, &format!("agreement = {}\ngts = [{}]", quoted(self.agreement), gts.join(", ")));
        if !smscs.is_empty() {
            push(&mut text, &format!("smscs = [{}]", smscs.join(", ")));
        }
        text
    }

    /// What the proposal rests on, and what speaks against it, a line each.
    fn evidence(&self) -> Vec<String> {
        let Title { span, requests, deliveries, questions, submissions, .. } = &self.seen;
        let mut lines = vec![
            format!(
                "{requests} requests by {} titles ({deliveries} deliveries, {questions} questions for routing, \
                 {submissions} submissions) to {} receivers",
                self.titles,
                self.seen.receivers.len()
            ),
            format!("first {}, last {}", moment(span.first_ns), moment(span.last_ns)),
            format!("example: {}", self.seen.example),
        ];
        lines.extend(self.doubts());
        lines
    }

    fn doubts(&self) -> Vec<String> {
        let Title { texts, business, answers, errors, blocked, requests, .. } = &self.seen;
        let mut lines = Vec::new();
        let mut say = |count: u64, line: String| lines.extend((count > 0).then_some(line));
        say(*business, format!("of services: {business} of {texts} texts; agreement = \"a2p\" only if there is one"));
        say(
            self.suffixed,
            format!("{} requests name the calling title with other digits at its end as service centre", self.suffixed),
        );
        let foreign: Vec<String> =
            self.foreign.iter().take(EVIDENCE_MAX).map(|(name, of, n)| format!("{name} of {of} ({n})")).collect();
        say(foreign.len() as u64, format!("for service centres of others: {}", foreign.join(", ")));
        if self.agreement == "hub" {
            say(1, "hence proposed as a hub, which is not asked for whom it sends: only with a contract".to_owned());
        }
        say(*errors, format!("errors: {errors} of {answers} answers"));
        say(*blocked, format!("blocked: {blocked} of {requests} requests"));
        say(self.seen.rules.len() as u64, format!("matched in shadow: {}", most(&self.seen.rules)));
        say(self.seen.point_codes.len() as u64, format!("from point codes {}", most(&self.seen.point_codes)));
        lines
    }

    fn row(&self) -> Vec<String> {
        let Title { requests, receivers, texts, business, answers, errors, blocked, .. } = &self.seen;
        let counts = [
            requests.to_string(),
            receivers.len().to_string(),
            percent(*business, *texts),
            percent(*errors, *answers),
            percent(*blocked, *requests),
        ];
        [self.name.clone(), self.gts.join(" "), self.agreement.to_owned()].into_iter().chain(counts).collect()
    }

    fn json(&self) -> Value {
        let Title { span, requests, deliveries, questions, submissions, .. } = &self.seen;
        let Title { receivers, texts, business, answers, errors, blocked, point_codes, rules, example, .. } =
            &self.seen;
        let smsc = |(name, n): &(String, u64)| json!({ "value": name, "requests": n });
        let foreign = |(name, of, n): &(String, String, u64)| json!({ "value": name, "network": of, "requests": n });
        json!({
            "name": self.name, "country": self.country, "agreement": self.agreement, "gts": self.gts,
            "smscs": self.smscs.iter().map(smsc).collect::<Value>(),
            "foreign_smscs": self.foreign.iter().map(foreign).collect::<Value>(), "suffixed": self.suffixed,
            "titles": self.titles, "requests": requests, "deliveries": deliveries, "questions": questions,
            "submissions": submissions, "receivers": receivers.len(), "texts": texts, "business": business,
            "answers": answers, "errors": errors, "blocked": blocked,
            "point_codes": point_codes.iter().map(|(code, n)| json!({ "value": code, "requests": n })).collect::<Value>(),
            "rules": rules, "first": moment(span.first_ns), "last": moment(span.last_ns), "example": example,
        })
    }
}

impl Measured {
    fn toml(&self) -> String {
        let Self { limit, windows, within: [half, most, nearly_all, all], proposed } = self;
        let mut text = String::new();
        push(&mut text, &format!("# {}", limit.help));
        let seen = format!("# {windows} windows: half to {half}, 99 % to {most}, 99.9 % to {nearly_all}, all to {all}");
        push(&mut text, &format!("{seen}; without a word {}", limit.default));
        match proposed {
            Ok(proposed) => push(&mut text, &format!("{} = {proposed}", limit.setting)),
            Err(missing) => push(&mut text, &format!("# nothing proposed for {}: {missing}", limit.setting)),
        }
        text
    }

    fn row(&self) -> Vec<String> {
        let [_, most, nearly_all, all] = self.within;
        let name = format!("{}.{}", self.limit.scenario, self.limit.setting);
        let proposed = match &self.proposed {
            Ok(proposed) => proposed.to_string(),
            Err(missing) => missing.clone(),
        };
        let counts = [self.windows, most.into(), nearly_all.into(), all.into()].map(|n| n.to_string());
        [name, self.limit.default.to_string(), proposed].into_iter().chain(counts).collect()
    }

    fn json(&self) -> Value {
        let Self { limit, windows, within: [half, most, nearly_all, all], proposed } = self;
        json!({
            "scenario": limit.scenario, "setting": limit.setting, "default": limit.default, "proposed": proposed.as_ref().ok(),
            "missing": proposed.as_ref().err(),
            "windows": windows, "half": half, "99": most, "99.9": nearly_all, "largest": all,
        })
    }
}

/// The largest of some counts.
fn most<K: std::fmt::Display>(counts: &std::collections::BTreeMap<K, u64>) -> String {
    let mut all: Vec<(&K, &u64)> = counts.iter().collect();
    all.sort_by_key(|(_, count)| std::cmp::Reverse(**count));
    all.into_iter().take(EVIDENCE_MAX).map(|(key, count)| format!("{key} ({count})")).collect::<Vec<_>>().join(", ")
}

fn percent(part: u64, whole: u64) -> String {
    if whole == 0 { "-".to_owned() } else { format!("{:.1} %", 100.0 * part as f64 / whole as f64) }
}

fn push(text: &mut String, line: &str) {
    let _never_fails = writeln!(text, "{line}");
}

/// As TOML has it.
fn quoted(text: &str) -> String {
    toml::Value::from(text).to_string()
}

fn moment(ns: u64) -> String {
    output::moment(Timestamp::from_ns(ns))
}

fn day(ns: u64) -> String {
    moment(ns).chars().take_while(|c| *c != 'T').collect()
}
