//! `sluice trace`: what becomes of messages, and of the frames they are in: before and after, side by side.
//!
//! ```text
//! capture ─▶ replayed ─┬▶ sides (both decoded) ─▶ select (filters) ─┬▶ show    text or JSON
//!     engine, policy   │                                            └▶ file    pcapng with comments
//! daemon ──▶ live ─────┘
//! ```
//! A capture goes through the engine as by `sluice replay --wire`. A frame is shown where a message in it is wanted, and
//! so are the frames in which its other pieces came, and the one that brings the answer to it.

mod file;
mod hex;
mod live;
mod replayed;
mod select;
mod show;
mod sides;
mod words;

use crate::args::{Daemon, Trace};
use file::File;
use select::{Select, Why};
use show::Shown;
use sides::{Messages, Sides};
use sluice_io::LinkType;
use std::ops::ControlFlow;

/// A frame that has gone through.
pub struct Traced<'f> {
    /// Which of several ports it came in by.
    pub port: u32,
    /// Its number there, from 1.
    pub number: u64,
    /// When it came.
    pub time_ns: u64,
    /// Its first header.
    pub link: LinkType,
    /// Form of the point codes.
    pub point_codes: sluice_engine::PointCodes,
    /// As it came.
    pub before: &'f [u8],
    /// As it went on.
    pub became: Became<'f>,
    /// The messages that were judged with it.
    pub judged: &'f Messages,
}

/// What became of a frame.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Became<'f> {
    /// It went on as it came.
    AsItCame,
    /// These went on: none where it was dropped, more than one where it has become too long for one.
    Changed(&'f [&'f [u8]]),
    /// Other octets should have gone on, and could not be written into it.
    NotChanged,
}

/// Whoever wants to know what goes by.
pub trait Watch {
    /// Messages were judged with a frame of this port and number, which may go on later.
    fn judged(&mut self, port: u32, number: u64, messages: &Messages);

    /// A frame has gone on. Says whether more are wanted.
    fn gone(&mut self, frame: &Traced<'_>) -> anyhow::Result<ControlFlow<()>>;
}

/// Runs it.
pub fn run(daemon: &Daemon, args: &Trace) -> anyhow::Result<()> {
    let mut tracer = Tracer::new(args)?;
    match &args.capture {
        Some(capture) => replayed::each(capture, args, &mut tracer)?,
        None => live::each(daemon, args, &mut tracer)?,
    }
    tracer.finish()
}

/// Shows the frames that are wanted.
struct Tracer<'a> {
    args: &'a Trace,
    sides: Sides,
    select: Select<'a>,
    file: Option<File>,
    seen: u64,
    changed: u64,
    shown: u64,
}

impl<'a> Tracer<'a> {
    fn new(args: &'a Trace) -> anyhow::Result<Self> {
        let file = args.out.as_deref().map(File::create).transpose()?;
        let (sides, select) = (Sides::new(), Select::new(&args.wanted));
        Ok(Self { args, sides, select, file, seen: 0, changed: 0, shown: 0 })
    }

    fn show(&mut self, frame: &Traced<'_>, why: &Why) -> anyhow::Result<()> {
        self.shown += 1;
        let shown = Shown { frame, why, decoded: self.sides.decoded(), look: &self.args.look };
        shown.print()?;
        self.file.as_mut().map_or(Ok(()), |file| file.write(frame, &shown.comment()))
    }

    fn finish(self) -> anyhow::Result<()> {
        self.file.map_or(Ok(()), File::finish)?;
        eprintln!("{} of {} frames shown, {} of all were changed", self.shown, self.seen, self.changed);
        Ok(())
    }
}

impl Watch for Tracer<'_> {
    fn judged(&mut self, port: u32, number: u64, messages: &Messages) {
        self.select.judged(port, number, messages);
    }

    fn gone(&mut self, frame: &Traced<'_>) -> anyhow::Result<ControlFlow<()>> {
        self.seen += 1;
        self.changed += u64::from(matches!(frame.became, Became::Changed(_)));
        let decoded = self.sides.decode(frame);
        if let Some(why) = self.select.select(frame, &decoded.before) {
            self.show(frame, &why)?;
        }
        let is_enough = self.args.wanted.limit.is_some_and(|limit| self.shown >= limit);
        Ok(if is_enough { ControlFlow::Break(()) } else { ControlFlow::Continue(()) })
    }
}
