//! A small process beside the dataplane that acts when all of that stands still or is gone.
//!
//! ```text
//!  dataplane ── plan, on standard input ──▶ guardian, looks at the counters
//!      │ every poll core stands still  ───▶ every step of the plan; again for the next time when one goes on
//!      │ input ends: it is dead or done ──▶ every step of the plan, and the end
//!      └ "dismissed": another took over ──▶ the end
//! ```
//! A stopped process (`SIGSTOP`, a debugger, a machine out of memory) cannot watch over itself, and a killed one cannot
//! clean up. What the guardian has switched is put back by the dataplane, which knows what should be so: by its watchdog
//! when it goes on, and at its next start. It is the same program, has no port and starts no EAL.
//!
//! Not handled: a card that is not the kernel's. Its process is gone or stands still, and nobody else can reach it.

use crate::signals;
use crate::watchdog::{Change, POLL, Watch};
use anyhow::{Context, bail};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use sluice_dpdk::{Interface, XskEntry, XskPlace};
use sluice_io::{Clock, WallClock};
use sluice_shm::counters::CounterReader;
use std::fmt::{self, Display, Formatter};
use std::io::{BufRead, BufReader, Read, Write};
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::str::FromStr;

/// What the guardian watches and does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// The counters of the dataplane.
    pub counters: PathBuf,
    /// A core that has not come round for so long stands still.
    pub stalled_ms: u64,
    /// Done when the dataplane stands still or is gone.
    pub steps: Vec<Step>,
}

/// One thing to do. All may be done twice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// Frames of this queue go on into the kernel.
    PassBy(XskPlace),
    /// An interface is taken up: a bridge.
    Up(String),
    /// An interface is taken down: a link.
    Down(String),
}

/// A guardian at work. When this goes without [`Guardian::dismiss`], the guardian acts.
#[derive(Debug)]
pub struct Guardian {
    child: Child,
}

impl Guardian {
    /// Starts one. In a process group of its own: what ends the dataplane from a terminal must not end it first.
    ///
    /// # Errors
    /// The program cannot be started once more.
    pub fn start(plan: &Plan) -> anyhow::Result<Self> {
        let program = std::env::current_exe().context("the guardian")?;
        let mut child = Command::new(program)
            .arg("--guard")
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .process_group(0)
            .spawn()
            .context("the guardian")?;
        let told = child.stdin.as_mut().map_or(Ok(()), |input| write!(input, "{plan}").and_then(|()| input.flush()));
        told.context("the guardian does not listen")?;
        Ok(Self { child })
    }

    /// Whether it still watches.
    pub fn is_watching(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(None))
    }

    /// Ends it before it acts: another dataplane has taken over.
    pub fn dismiss(mut self) {
        if let Some(mut input) = self.child.stdin.take() {
            // It may have ended by itself; and nobody waits for it now.
            let _heard = input.write_all(DISMISSED.as_bytes());
        }
    }
}

/// The last line of a plan.
const WATCH: &str = "watch";
const DISMISSED: &str = "dismissed\n";

/// The guardian's own `main`.
///
/// # Errors
/// It cannot watch: the plan is not understood, or names what is not there.
pub fn guard() -> anyhow::Result<()> {
    // Whoever ends the dataplane may end all its processes: this one has still to act then, and ends with its input.
    let _ignored = signals::on_terminate_and_abort()?;
    let mut input = BufReader::new(std::io::stdin());
    let plan = Plan::read(&mut input)?;
    let steps = plan.steps.iter().map(Ready::new).collect::<anyhow::Result<Vec<_>>>()?;
    let mut guard = Guard {
        counters: CounterReader::open(&plan.counters)?,
        watch: Watch::new(plan.stalled_ms.saturating_mul(1_000_000)),
        steps,
        has_acted: false,
    };
    let clock = WallClock::new();
    loop {
        if has_input(&input, guard.watch.period())? {
            let mut line = String::new();
            input.read_line(&mut line).context("the dataplane")?;
            if line != DISMISSED {
                guard.act("the dataplane has ended");
            }
            return Ok(());
        }
        guard.look(clock.now_ns());
    }
}

fn has_input(input: &BufReader<std::io::Stdin>, patience: std::time::Duration) -> anyhow::Result<bool> {
    if !input.buffer().is_empty() {
        return Ok(true);
    }
    let timeout = Timespec::try_from(patience).ok();
    match poll(&mut [PollFd::new(input.get_ref(), PollFlags::IN)], timeout.as_ref()) {
        Ok(ready) => Ok(ready > 0),
        Err(rustix::io::Errno::INTR) => Ok(false),
        Err(error) => Err(error).context("the dataplane"),
    }
}

struct Guard {
    counters: CounterReader,
    watch: Watch,
    steps: Vec<Ready>,
    has_acted: bool,
}

impl Guard {
    /// One core that stands still is the business of the dataplane's own watchdog.
    fn look(&mut self, now_ns: u64) {
        let Ok(beats) = self.counters.beats() else { return };
        let cores: Vec<u64> = beats.iter().filter(|(label, _)| label.starts_with(POLL)).map(|&(_, n)| n).collect();
        let mut goes_on = false;
        self.watch.look(now_ns, cores.iter().copied(), |_, change| goes_on |= change == Change::Recovered);
        if goes_on {
            self.has_acted = false;
        }
        let all_stand = !cores.is_empty() && (0..cores.len()).all(|core| self.watch.is_stalled(core));
        if all_stand && !self.has_acted {
            self.act("every poll core stands still");
        }
    }

    fn act(&mut self, why: &str) {
        let failed: Vec<String> =
            self.steps.iter().filter_map(|step| step.go().err()).map(|e| format!("; {e:#}")).collect();
        self.has_acted = true;
        eprintln!("sluice-dataplane guardian: ALARM: {why}; {} steps taken{}", self.steps.len(), failed.concat());
    }
}

/// A step with everything it needs at hand.
enum Ready {
    PassBy(XskEntry),
    Set(Interface, bool),
}

impl Ready {
    fn new(step: &Step) -> anyhow::Result<Self> {
        Ok(match step {
            Step::PassBy(place) => Self::PassBy(XskEntry::open(*place).with_context(|| format!("{step}"))?),
            Step::Up(name) => Self::Set(Interface::find(name)?, true),
            Step::Down(name) => Self::Set(Interface::find(name)?, false),
        })
    }

    fn go(&self) -> anyhow::Result<()> {
        match self {
            Self::PassBy(entry) => Ok(entry.take_out()?),
            Self::Set(interface, up) => Ok(interface.set_up(*up)?),
        }
    }
}

impl Plan {
    fn read(input: &mut impl BufRead) -> anyhow::Result<Self> {
        let mut text = String::new();
        while !text.ends_with(&format!("\n{WATCH}\n")) {
            let read = input.by_ref().take(LINE_OCTETS_MAX).read_line(&mut text).context("the plan")?;
            anyhow::ensure!(read > 0, "the plan ends early");
        }
        text.parse()
    }
}

/// A path and a word.
const LINE_OCTETS_MAX: u64 = 8192;

impl Display for Plan {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        writeln!(f, "counters {}\nstalled_ms {}", self.counters.display(), self.stalled_ms)?;
        self.steps.iter().try_for_each(|step| writeln!(f, "{step}"))?;
        writeln!(f, "{WATCH}")
    }
}

impl Display for Step {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::PassBy(XskPlace { map, queue }) => write!(f, "pass_by {map} {queue}"),
            Self::Up(name) => write!(f, "up {name}"),
            Self::Down(name) => write!(f, "down {name}"),
        }
    }
}

impl FromStr for Plan {
    type Err = anyhow::Error;

    fn from_str(text: &str) -> anyhow::Result<Self> {
        let (mut counters, mut stalled_ms, mut steps) = (None, None, Vec::new());
        for line in text.lines().filter(|&line| line != WATCH) {
            match line.split_once(' ') {
                Some(("counters", path)) => counters = Some(path.into()),
                Some(("stalled_ms", number)) => stalled_ms = Some(number.parse()?),
                _ => steps.push(line.parse()?),
            }
        }
        let stalled_ms = stalled_ms.context("the plan names no stalled_ms")?;
        Ok(Self { counters: counters.context("the plan names no counters")?, stalled_ms, steps })
    }
}

impl FromStr for Step {
    type Err = anyhow::Error;

    fn from_str(line: &str) -> anyhow::Result<Self> {
        let words: Vec<&str> = line.split(' ').collect();
        match words.as_slice() {
            ["pass_by", map, queue] => Ok(Self::PassBy(XskPlace { map: map.parse()?, queue: queue.parse()? })),
            ["up", name] => Ok(Self::Up((*name).to_owned())),
            ["down", name] => Ok(Self::Down((*name).to_owned())),
            _ => bail!("the plan says `{line}`, which is not understood"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plan() -> Plan {
        let place = XskPlace { map: 7, queue: 1 };
        let steps = vec![Step::PassBy(place), Step::Up("br0".into()), Step::Down("eth1".into())];
        Plan { counters: "/run/with space/counters".into(), stalled_ms: 50, steps }
    }

    #[test]
    fn a_plan_comes_back_as_it_went_out_and_what_follows_it_stays() {
        let text = format!("{}{DISMISSED}", plan());
        let mut input = text.as_bytes();
        assert_eq!(Plan::read(&mut input).unwrap(), plan());
        assert_eq!(input, DISMISSED.as_bytes());
    }

    #[test]
    fn a_plan_that_ends_early_or_says_something_else_is_refused() {
        let text = plan().to_string();
        for cut in 0..text.len() {
            assert!(Plan::read(&mut &text.as_bytes()[..cut]).is_err(), "{cut}");
        }
        let refused = |line: &str| format!("{:#}", line.parse::<Step>().unwrap_err());
        assert!(refused("up").contains("`up`, which is not understood"));
        assert!("counters a\nwatch".parse::<Plan>().is_err());
    }
}
