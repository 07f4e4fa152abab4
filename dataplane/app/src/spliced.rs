//! Splice mode of a poll core: where its associations are kept, and the names of those that depend on it.

use crate::poll::Engines;
use sluice_engine::{Engine, SpliceMemory, SpliceSizes, splice_octets};
use sluice_shm::state::StateFile;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Where the associations of a poll core are kept.
#[derive(Clone, Debug, Default)]
pub struct Splicing {
    /// How many there may be.
    pub sizes: SpliceSizes,
    /// The file; none for memory that ends with the process.
    pub file: Option<PathBuf>,
    /// Those that were touched.
    pub names: Names,
}

impl Splicing {
    /// From now on the wires of these engines are spliced. What a process before this has left is taken up. Where its
    /// file cannot be had the associations live as long as this process.
    pub fn begin(&self, engines: &mut Engines, now_ns: u64) {
        let memory = self.file.as_ref().map(|path| StateFile::open(path, splice_octets(self.sizes)));
        let memory = match memory {
            Some(Ok(file)) => SpliceMemory::new(file),
            Some(Err(error)) => {
                eprintln!("sluice-dataplane: {error}; associations that are spliced do not outlive this process");
                SpliceMemory::plain(self.sizes)
            }
            None => SpliceMemory::plain(self.sizes),
        };
        engines.splice(self.sizes, memory, self.names.clone(), now_ns);
    }
}

/// The associations for which fail-open cannot hold: they end if their packets do not pass the dataplane. Written by a
/// poll core about once a second, read by anyone. While it is written a pair may be of two associations.
#[derive(Clone, Debug)]
pub struct Names {
    directions: Arc<[[AtomicU64; 2]]>,
    due_ns: u64,
}

impl Default for Names {
    fn default() -> Self {
        Self::new(SpliceSizes::default().associations)
    }
}

impl Names {
    /// Room for so many.
    pub fn new(associations: usize) -> Self {
        Self { directions: (0..associations).map(|_| [AtomicU64::new(0), AtomicU64::new(0)]).collect(), due_ns: 0 }
    }

    /// Writes those of an engine, when it is time again.
    #[inline]
    pub(crate) fn refresh(&mut self, engine: &Engine, now_ns: u64) {
        if now_ns < self.due_ns {
            return;
        }
        self.due_ns = now_ns.saturating_add(PERIOD_NS);
        let mut places = self.directions.iter();
        for (named, place) in engine.spliced().zip(&mut places) {
            named.into_iter().zip(place).for_each(|(direction, word)| word.store(direction, Ordering::Relaxed));
        }
        if let Some([end, _]) = places.next() {
            end.store(0, Ordering::Relaxed);
        }
    }

    /// What `status` says of them: verification tags and ports, a list in JSON.
    pub fn json(&self) -> String {
        let pairs = self.directions.iter().map(|pair| pair.each_ref().map(|word| word.load(Ordering::Relaxed)));
        let named: Vec<_> = pairs.take_while(|[first, _]| *first != 0).map(one).collect();
        format!("[{}]", named.join(","))
    }
}

fn one([there, back]: [u64; 2]) -> String {
    format!(
        "{{\"tags\":[\"{:08x}\",\"{:08x}\"],\"ports\":[{},{}]}}",
        there >> 32,
        back >> 32,
        there >> 16 & 0xFFFF,
        there & 0xFFFF
    )
}

const PERIOD_NS: u64 = 1_000_000_000;
