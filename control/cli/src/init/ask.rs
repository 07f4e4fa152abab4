//! The questions: each answered by an option, by a person at a terminal, or by what is assumed.

use super::network::{AGREEMENTS, Kind, Network, Partner, Party};
use crate::args::Init;
use anyhow::{Context, anyhow, bail};
use std::io::{BufRead, IsTerminal, Write};

/// What is assumed of the home network: it exists nowhere.
const NAME: &str = "Demo Mobile";
const COUNTRY: &str = "ZZ";

const fn assumed(kind: Kind) -> &'static str {
    match kind {
        Kind::MccMnc => "00101",
        Kind::Numbers | Kind::Gts => "99970",
        Kind::PointCodes => "6001, 6002",
        Kind::Smscs => "999700300001",
    }
}

/// Whether a network without it is none: what else is left out stays out.
const fn is_needed(kind: Kind) -> bool {
    matches!(kind, Kind::MccMnc | Kind::Numbers | Kind::Gts)
}

const SEPARATORS: [char; 2] = [',', ' '];

/// The network, and what nobody said about it.
pub fn network(args: &Init) -> anyhow::Result<(Network, Vec<&'static str>)> {
    let partners = args.partner.iter().map(|text| Partner::parse(text).map_err(|e| anyhow!("--partner: {e}")));
    let partners = partners.collect::<anyhow::Result<Vec<_>>>()?;
    let is_terminal = std::io::stdin().is_terminal() && std::io::stderr().is_terminal();
    let asker = match (args.yes, is_terminal) {
        (true, _) => Asker::Assumes,
        (false, true) => Asker::Asks,
        (false, false) => Asker::Refuses,
    };
    let mut told = Told {
        asker,
        party: Party::default(),
        assumed: Vec::new(),
        missing: Vec::new(),
        nothing_said: args.is_silent(),
    };
    told.home(args)?;
    if !told.missing.is_empty() {
        bail!(
            "there is no terminal to ask at, and no option says {}; --yes assumes what is missing",
            told.missing.join(", ")
        );
    }
    let mut network = Network { home: told.party, partners };
    if asker == Asker::Asks {
        more_partners(&mut network.partners)?;
    }
    Ok((network, told.assumed))
}

impl Init {
    /// Whether no option says anything of the network.
    fn is_silent(&self) -> bool {
        self.partner.is_empty() && self.home.network_name.is_none() && Kind::ALL.iter().all(|k| self.said(*k).is_none())
    }

    fn said(&self, kind: Kind) -> Option<&str> {
        let home = &self.home;
        match kind {
            Kind::MccMnc => &home.mcc_mnc,
            Kind::Numbers => &home.numbers,
            Kind::Gts => &home.gts,
            Kind::PointCodes => &home.point_codes,
            Kind::Smscs => &home.smscs,
        }
        .as_deref()
    }
}

/// What happens where no option answers.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Asker {
    Asks,
    Assumes,
    Refuses,
}

struct Told {
    asker: Asker,
    party: Party,
    assumed: Vec<&'static str>,
    missing: Vec<&'static str>,
    /// A demonstration is whole; a real network has no point codes of somebody else.
    nothing_said: bool,
}

impl Told {
    fn home(&mut self, args: &Init) -> anyhow::Result<()> {
        self.answer(
            "name",
            "--network-name",
            args.home.network_name.as_deref(),
            "name of the network",
            NAME,
            Party::set_name,
        )?;
        self.answer(
            "country",
            "--country",
            args.home.country.as_deref(),
            "its country, two letters",
            COUNTRY,
            Party::set_country,
        )?;
        for kind in Kind::ALL {
            let numbers = self.party.get(Kind::Numbers).join(", ");
            let default = match kind {
                Kind::Gts if !numbers.is_empty() => numbers.as_str(),
                _ if is_needed(kind) || self.nothing_said && self.asker == Asker::Assumes => assumed(kind),
                _ => "",
            };
            let set = |party: &mut Party, text: &str| party.set(kind, text, &SEPARATORS);
            self.answer(kind.key(), option(kind), args.said(kind), kind.meaning(), default, set)?;
        }
        Ok(())
    }

    /// One answer: from the option, a person, or the default.
    fn answer(
        &mut self,
        key: &'static str,
        option: &'static str,
        said: Option<&str>,
        question: &str,
        default: &str,
        set: impl Fn(&mut Party, &str) -> Result<(), String>,
    ) -> anyhow::Result<()> {
        if let Some(said) = said {
            return set(&mut self.party, said).map_err(|refusal| anyhow!("{option}: {refusal}"));
        }
        // Global titles are mostly the numbers: nobody needs to say it.
        let follows = key == Kind::Gts.key() && !self.party.get(Kind::Numbers).is_empty();
        match self.asker {
            Asker::Asks => ask(question, default, |text| set(&mut self.party, text)),
            Asker::Refuses if default.is_empty() => Ok(()),
            Asker::Refuses if !follows => {
                self.missing.push(option);
                Ok(())
            }
            _ if default.is_empty() => Ok(()),
            _ => {
                if !follows {
                    self.assumed.push(key);
                }
                set(&mut self.party, default).map_err(|refusal| anyhow!("{refusal}"))
            }
        }
    }
}

const fn option(kind: Kind) -> &'static str {
    match kind {
        Kind::MccMnc => "--mcc-mnc",
        Kind::Numbers => "--numbers",
        Kind::Gts => "--gts",
        Kind::PointCodes => "--point-codes",
        Kind::Smscs => "--smscs",
    }
}

/// Asks until the answer can be taken; nothing but Enter takes the default.
fn ask(question: &str, default: &str, mut take: impl FnMut(&str) -> Result<(), String>) -> anyhow::Result<()> {
    loop {
        let shown = if default.is_empty() { String::new() } else { format!(" [{default}]") };
        let typed = read(&format!("{question}{shown}: "))?;
        match take(if typed.is_empty() { default } else { &typed }) {
            Ok(()) => return Ok(()),
            Err(refusal) => eprintln!("  {refusal}"),
        }
    }
}

fn read(prompt: &str) -> anyhow::Result<String> {
    eprint!("{prompt}");
    std::io::stderr().flush().context("the terminal")?;
    let mut line = String::new();
    if std::io::stdin().lock().read_line(&mut line).context("the terminal")? == 0 {
        bail!("the answers ended; nothing was written");
    }
    Ok(line.trim().to_owned())
}

fn more_partners(partners: &mut Vec<Partner>) -> anyhow::Result<()> {
    loop {
        let name = read("\nname of a partner, Enter where there is none left: ")?;
        if name.is_empty() {
            return Ok(());
        }
        let mut partner = Partner::default();
        if let Err(refusal) = partner.party.set_name(&name) {
            eprintln!("  {refusal}");
            continue;
        }
        let agreement = format!("agreement: {}", AGREEMENTS.join(", "));
        ask(&agreement, "p2p", |text| partner.set_agreement(text))?;
        let may_lack = !partner.needs_country();
        let question = if may_lack { "its country, two letters; Enter for none" } else { "its country, two letters" };
        ask(question, "", |text| if may_lack && text.is_empty() { Ok(()) } else { partner.party.set_country(text) })?;
        ask(Kind::Gts.meaning(), "", |text| partner.party.set(Kind::Gts, text, &SEPARATORS))?;
        partners.push(partner);
    }
}
