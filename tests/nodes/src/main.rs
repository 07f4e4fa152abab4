//! `nodes`: the two roles, and the check of what they wrote down.

use anyhow::Result;
use clap::{Args, Parser, Subcommand};
use sluice_nodes::check::{Log, faults, repeated_more};
use sluice_nodes::faults::Rates;
use sluice_nodes::link::Link;
use sluice_nodes::log::{self, Counts};
use sluice_nodes::originator::Settings;
use sluice_nodes::roles;
use sluice_nodes::sctp::{self, Kernel, Userland};
use std::collections::BTreeMap;
use std::io::Write;
use std::net::{Ipv4Addr, SocketAddrV4};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// MAP nodes over real SCTP, and what they must have seen.
#[derive(Parser)]
struct Command {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    /// Opens dialogues.
    Originator {
        #[command(flatten)]
        common: Common,
        /// Dialogues that wait at a time.
        #[arg(long, default_value_t = 64)]
        open: usize,
        /// How long an answer is waited for, in milliseconds.
        #[arg(long, default_value_t = 3000)]
        patience: u64,
        /// The policy is in force: messages to be discarded are not waited for.
        #[arg(long)]
        edited: bool,
    },
    /// Answers.
    Destination {
        #[command(flatten)]
        common: Common,
    },
    /// Compares the logs of both; ends with 1 where they show a fault.
    Check {
        originator: PathBuf,
        destination: PathBuf,
        /// The policy was in force.
        #[arg(long)]
        edited: bool,
        /// Logs of both from a run in which it was not: no more may be sent again than there.
        #[arg(long, num_args = 2)]
        plain: Vec<PathBuf>,
    },
}

#[derive(Args)]
struct Common {
    #[arg(long)]
    local: Ipv4Addr,
    #[arg(long)]
    remote: Ipv4Addr,
    /// Over the kernel's SCTP, with a transfer point at the remote address.
    #[arg(long)]
    kernel: bool,
    /// The port on this side, over the kernel's SCTP.
    #[arg(long, default_value_t = 0)]
    local_port: u16,
    #[arg(long, default_value_t = 2905)]
    port: u16,
    #[arg(long, default_value_t = 1)]
    seed: u64,
    #[arg(long, default_value_t = 1000)]
    messages: u32,
    /// Where to write down what happened.
    #[arg(long)]
    log: PathBuf,
    /// Longest IP packet, in octets.
    #[arg(long, default_value_t = 1500, value_parser = clap::value_parser!(u16).range(256..))]
    mtu: u16,
    /// Packets of a thousand that are lost, half of them on the way out and half on the way in.
    #[arg(long, default_value_t = 0)]
    loss: u16,
    /// That come twice.
    #[arg(long, default_value_t = 0)]
    duplicate: u16,
    /// That come late.
    #[arg(long, default_value_t = 0)]
    delay: u16,
    /// How late, at most, in milliseconds.
    #[arg(long, default_value_t = 10)]
    delay_ms: u16,
}

fn main() -> Result<ExitCode> {
    match Command::parse().what {
        What::Originator { common, open, patience, edited } => originate(&common, open, patience, edited)?,
        What::Destination { common } => answer(&common)?,
        What::Check { originator, destination, edited, plain } => {
            let logs = [read(&originator)?, read(&destination)?];
            let plain = plain.iter().map(|path| read(path)).collect::<Result<Vec<_>>>()?;
            return Ok(check(&logs, &plain, edited));
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn originate(common: &Common, open_max: usize, patience_ms: u64, is_edited: bool) -> Result<()> {
    let (seed, messages) = (common.seed, common.messages);
    let settings = Settings { seed, messages, open_max, patience_ms, is_edited };
    if common.kernel {
        let association = kernel(common)?;
        roles::originate(association, settings, &common.log)
    } else {
        let association = Userland::connect(link(common, 1)?, common.port)?;
        roles::originate(association, settings, &common.log)
    }
}

fn answer(common: &Common) -> Result<()> {
    let (seed, messages) = (common.seed, common.messages);
    if common.kernel {
        let association = kernel(common)?;
        return roles::answer_behind(association, seed, messages, &common.log, || {
            say_listening();
            // Whoever started it closes its input when the originator is done.
            let _closed = std::io::copy(&mut std::io::stdin(), &mut std::io::sink());
        });
    }
    let association = Userland::accept(link(common, 2)?, common.port, say_listening)?;
    roles::answer(&association, seed, messages, &common.log)
}

const FAULTS_SHOWN_MAX: usize = 20;

/// A transfer point tells its ASPs from each other by their ports.
fn kernel(common: &Common) -> Result<Kernel> {
    let local = SocketAddrV4::new(common.local, common.local_port);
    Kernel::connect(local, SocketAddrV4::new(common.remote, common.port))
}

fn link(common: &Common, side: u64) -> Result<&'static Link> {
    let Common { loss, duplicate, delay, delay_ms: delay_ms_max, .. } = *common;
    let rates = Rates { loss, duplicate, delay, delay_ms_max };
    let link =
        Link::open(common.local, common.remote, common.mtu, rates, common.seed.wrapping_mul(2).wrapping_add(side))?;
    let link: &'static Link = Box::leak(Box::new(link));
    sctp::start(link)?;
    Ok(link)
}

fn say_listening() {
    println!("listening");
    let _closed = std::io::stdout().flush();
}

fn read(path: &Path) -> Result<Log> {
    Ok(Log::of(log::read(path)?))
}

fn check(logs: &[Log; 2], plain: &[Log], is_edited: bool) -> ExitCode {
    let [originator, destination] = logs;
    let mut found = faults(originator, destination, is_edited);
    let pairs =
        plain.iter().zip(logs).filter_map(|(plain, edited)| Some((plain.counts.as_ref()?, edited.counts.as_ref()?)));
    for (plain, edited) in pairs {
        println!("{}", comparison(plain, edited));
        found.extend(repeated_more(plain, edited));
    }
    for fault in found.iter().take(FAULTS_SHOWN_MAX) {
        println!("{fault}");
    }
    let mut kinds = BTreeMap::<&str, usize>::new();
    for fault in &found {
        *kinds.entry(fault.split(':').next().unwrap_or_default()).or_default() += 1;
    }
    println!("{} faults {kinds:?}", found.len());
    if found.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn comparison(plain: &Counts, edited: &Counts) -> String {
    let share = |counts: &Counts| {
        let (again, sent) = (counts.sctp.data_sent_again, counts.sctp.data_sent);
        format!("{again} of {sent} chunks ({:.2} %)", 100.0 * f64::from(again) / f64::from(sent.max(1)))
    };
    format!("{}: sent again {}, without edits {}", edited.role, share(edited), share(plain))
}
