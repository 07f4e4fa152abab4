//! The matchers with more and more words, and with more and more expressions (P8).

use super::content::alone;
use super::corpus::{Sought, folded, texts_of};
use super::finders::{self, Asked, Crates, Finder, Ours, Vectorscan};
use super::turns::{self, Turn};
use crate::clock::cpu_time;
use crate::goals::Goal;
use crate::report::{Figures, Report};
use crate::{Load, Seen};
use std::fmt::Write;

/// What there is more and more of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Words.
    Words,
    /// Expressions.
    Expressions,
}

/// A set of expressions is measured with no more: beyond it takes minutes.
const SET_MAX: usize = 500;

impl Kind {
    fn sought(self, texts: &[Vec<u8>], count: usize) -> Sought {
        match self {
            Self::Words => Sought::new(texts, count, 0),
            Self::Expressions => Sought::new(texts, 0, count),
        }
    }

    const fn goal(self) -> (&'static str, f64) {
        match self {
            Self::Words => ("times the fewest words' time, with the most", 1.5),
            Self::Expressions => ("times the fewest expressions', with the most", 2.5),
        }
    }
}

/// The table for these numbers of words or expressions, with what it took to compile them.
///
/// # Errors
/// A text of which two say different things.
pub fn measure(load: &Load, kind: Kind, counts: &[usize]) -> anyhow::Result<(String, Report, Vec<Goal>)> {
    let texts = folded(&texts_of(load));
    let (mut turns, mut built) = (Vec::new(), String::new());
    for &count in counts {
        let sought = kind.sought(&texts, count);
        let mut all = Vec::new();
        timed(&mut all, &mut built, count, || Ok(Box::new(Ours::new(&sought, Asked::Lists)?)))?;
        timed(&mut all, &mut built, count, || Ok(Box::new(Vectorscan::new(&sought, Asked::Lists)?)))?;
        if kind == Kind::Words || count <= SET_MAX {
            timed(&mut all, &mut built, count, || Ok(Box::new(Crates::new(&sought, Asked::Lists)?)))?;
        }
        finders::agree(&mut all, &texts)?;
        turns.extend(all.into_iter().map(|finder| alone(finder, &texts, &format!("{count} "))));
    }
    // By who searches, so that what grows stands together.
    turns.sort_by_key(|turn: &Turn<'_>| turn.name().split_once(' ').map(|(_, who)| place(who)));
    let octets: usize = texts.iter().map(Vec::len).sum();
    let seen = Seen { messages: texts.len() as u64, text_octets: octets as u64 };
    let table = turns::measure(&mut turns, seen, texts.len(), octets)?;
    let (what, bound) = kind.goal();
    let last = table.rows.get(counts.len() - 1).map(|row| Goal::at_most("P8", what, bound, row.ratio));
    Ok((built, Report::new(table, "text", Figures::default()), last.into_iter().collect()))
}

fn place(who: &str) -> usize {
    ["sluice", "vectorscan"].iter().position(|known| *known == who).unwrap_or(2)
}

type Made = anyhow::Result<Box<dyn Finder>>;

fn timed(
    all: &mut Vec<Box<dyn Finder>>,
    built: &mut String,
    count: usize,
    make: impl FnOnce() -> Made,
) -> anyhow::Result<()> {
    let start = cpu_time();
    let finder = make()?;
    let (seconds, octets) = ((cpu_time() - start).as_secs_f64(), finder.octets());
    let size = if octets == 0 { "-".to_owned() } else { format!("{} KiB", octets / 1024) };
    writeln!(built, "{count:>7} {:<26} compiled in {seconds:>8.3} s, {size}", finder.name())?;
    all.push(finder);
    Ok(())
}
