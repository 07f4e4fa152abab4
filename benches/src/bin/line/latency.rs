//! Rows, each with its load and what it goes through, at each share of its peak rate, in turn.

use crate::Editing;
use crate::load::{Offered, Share};
use crate::port::{Pace, Stream};
use crate::rig::{Ran, Rig, forwarded};
use anyhow::Context;
use sluice_abi::LogLevel;
use sluice_bench::ours::Starter;
use sluice_bench::timing::median;
use sluice_engine::{Settings, Wire};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

/// Shares of the peak rate.
pub const LOADS: [f64; 3] = [0.1, 0.5, 0.9];
/// Shares of the frames whose latency is told.
pub const QUANTILES: [f64; 3] = [0.5, 0.99, 0.999];

/// Times and numbers of a run.
pub struct Plan {
    /// Rounds, all rows in turn in each.
    pub rounds: usize,
    /// How long a row is measured at each load in a round.
    pub each: Duration,
    /// How long at full speed.
    pub peak: Duration,
    /// Frames of the capture.
    pub frames: usize,
}

impl Plan {
    /// Minutes, or seconds where it has to be quick.
    pub const fn new(is_quick: bool) -> Self {
        if is_quick {
            let (each, peak) = (Duration::from_millis(50), Duration::from_millis(50));
            return Self { rounds: 3, each, peak, frames: 20_000 };
        }
        Self { rounds: 7, each: Duration::from_millis(500), peak: Duration::from_millis(300), frames: 200_000 }
    }
}

/// What the frames of a row are, and what becomes of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    /// Those of the capture, and nobody looks at them.
    CaptureForwarded,
    /// Those of the capture, under the policy as shipped.
    CaptureJudged,
    /// Deliveries, and nobody looks at them.
    Forwarded,
    /// Deliveries, all of which pass.
    Passed,
    /// Deliveries, of which this share is edited.
    Edited(Editing, Share),
}

impl What {
    /// Its name in the table.
    pub fn name(self) -> String {
        match self {
            Self::CaptureForwarded => "capture, no-op".to_owned(),
            Self::CaptureJudged => "capture, starter policy".to_owned(),
            Self::Forwarded => "deliveries, no-op".to_owned(),
            Self::Passed => "deliveries, passed".to_owned(),
            Self::Edited(editing, share) => {
                format!("{}, {} edited", editing.name(), if share == Share::All { "100 %" } else { "1 %" })
            }
        }
    }

    /// The row that tells the peak rate, where there is nothing that could be too slow.
    fn paced_by(self) -> Self {
        match self {
            Self::CaptureForwarded => Self::CaptureJudged,
            Self::Forwarded => Self::Passed,
            other => other,
        }
    }
}

/// A row, and what was measured.
pub struct Row {
    /// What it is.
    pub what: What,
    stream: Stream,
    /// Which of the rigs it goes through.
    rig: Option<usize>,
    peaks: Vec<f64>,
    /// Frames a second at full speed, by the processor's time.
    pub peak: f64,
    /// Of each load and each class: microseconds that [`QUANTILES`] of the frames took at most, a round each.
    pub us: [[Vec<[f64; 3]>; 4]; 3],
    /// Frames that came, and those lost to a full ring, at each load.
    pub came: [[u64; 2]; 3],
    /// Time this thread had the core while they came, and time that passed.
    pub spent: [Duration; 2],
}

impl Row {
    fn new(what: What, offered: &Arc<Offered>, rig: Option<usize>) -> Self {
        let (us, came, spent) = Default::default();
        Self { what, stream: Stream::new(offered), rig, peaks: Vec::new(), peak: f64::NAN, us, came, spent }
    }

    fn run(&mut self, rigs: &mut [Rig], pace: Pace) -> anyhow::Result<Ran> {
        let ran = match self.rig {
            Some(rig) => rigs.get_mut(rig).context("a rig")?.run(&mut self.stream, pace),
            None => forwarded(&mut self.stream, pace),
        };
        ran.with_context(|| self.what.name())
    }

    fn take(&mut self, at: usize, ran: &Ran) {
        self.came[at] = [self.came[at][0] + ran.frames, self.came[at][1] + ran.lost];
        self.spent = [self.spent[0] + ran.cpu, self.spent[1] + ran.wall];
        for (rounds, all) in self.us[at].iter_mut().zip(&ran.seen.latency_ns).filter(|(_, all)| !all.is_empty()) {
            rounds.push(QUANTILES.map(|share| all.value_at_quantile(share) as f64 / 1000.0));
        }
    }
}

/// Measures.
///
/// # Errors
/// What could not be read or set up, or went wrong.
pub fn measure(capture: &Path, plan: &Plan) -> anyhow::Result<Vec<Row>> {
    let (mut rigs, mut rows) = set_up(capture, plan)?;
    for _ in 0..plan.rounds {
        for row in rows.iter_mut().filter(|row| row.rig.is_some()) {
            let peak = row.run(&mut rigs, Pace { interval_ns: 0, lasts: plan.peak })?.rate();
            row.peaks.push(peak);
        }
    }
    for at in 0..rows.len() {
        let paced_by = rows.iter().find(|row| row.what == rows[at].what.paced_by()).context("a row to pace")?;
        rows[at].peak = median(&paced_by.peaks);
    }
    for _ in 0..plan.rounds {
        for (at, load) in LOADS.into_iter().enumerate() {
            for row in &mut rows {
                let interval_ns = (1e9 / (row.peak * load)).round() as u64;
                let ran = row.run(&mut rigs, Pace { interval_ns, lasts: plan.each })?;
                row.take(at, &ran);
            }
        }
    }
    Ok(rows)
}

fn set_up(capture: &Path, plan: &Plan) -> anyhow::Result<(Vec<Rig>, Vec<Row>)> {
    let settings = Settings::default();
    let starter = Starter::compile(LogLevel::Summary)?;
    let mut rigs = vec![Rig::new(starter.octets(), Wire::default(), &settings)?];
    let of_capture = Arc::new(Offered::of_capture(capture, plan.frames)?);
    let none = Arc::new(Offered::deliveries(0, Editing::Discard, Share::None)?);
    let mut rows = vec![
        Row::new(What::CaptureForwarded, &of_capture, None),
        Row::new(What::CaptureJudged, &of_capture, Some(0)),
        Row::new(What::Forwarded, &none, None),
        // Through the wire that discards: it has nothing to discard.
        Row::new(What::Passed, &none, Some(1)),
    ];
    for editing in Editing::ALL {
        for share in [Share::Percent, Share::All] {
            let load = Arc::new(Offered::deliveries(rows.len() as u8, editing, share)?);
            // A wire each: a request under way when a run ends has its answer in the next one, and the answers that a
            // wire waits for in between must not crowd it out.
            rows.push(Row::new(What::Edited(editing, share), &load, Some(rigs.len())));
            rigs.push(Rig::new(editing.policy()?.octets(), editing.wire(), &settings)?);
        }
    }
    Ok((rigs, rows))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::load::Class;

    #[test]
    fn at_every_load_all_that_is_to_be_edited_is_and_every_frame_goes_on() {
        let capture = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/captures/demo.pcap");
        let each = Duration::from_millis(10);
        let rows = measure(&capture, &Plan { rounds: 1, each, peak: each, frames: 8000 }).unwrap();
        for row in &rows {
            let is_all = matches!(row.what, What::Edited(_, Share::All));
            for (of_class, [came, _]) in row.us.iter().zip(row.came) {
                let seen = Class::ALL.map(|class| !of_class[class as usize].is_empty());
                // Of a hundred deliveries with their answers one is edited.
                let is_some = is_all || matches!(row.what, What::Edited(..)) && (seen[2] || came > 250);
                assert!(came > 0 && seen[0] != is_all && seen[2] == is_some, "{}: {seen:?}", row.what.name());
            }
        }
    }
}
