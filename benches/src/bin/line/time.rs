//! Time in which this thread had its core: it stands still while others have it.
//!
//! A poll core of a dataplane shares its core with nobody. A machine that measures may be doing other things, and a
//! thread that waits its turn for milliseconds says nothing about a wire. The thread that polls never sleeps, so whatever
//! passes beyond its CPU time is others'. What a hypervisor takes is not told apart and stays in.

use sluice_bench::clock::cpu_time;
use sluice_io::Clock;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// Whoever reads the time later than this after the last time looks whether the core was others' meanwhile. Between two
/// readings lies at most the work on one message.
const LOOKS_AFTER_NS: u64 = 20_000;

/// The same time for all of one thread.
#[derive(Clone)]
pub struct OwnTime {
    start: Instant,
    start_cpu: Duration,
    start_ns: u64,
    state: Arc<State>,
}

#[derive(Default)]
struct State {
    last_ns: AtomicU64,
    others_ns: AtomicU64,
}

impl OwnTime {
    /// From now on, for the thread that asks.
    pub fn new() -> Self {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let (start, start_cpu) = (Instant::now(), cpu_time());
        Self { start, start_cpu, start_ns: since.as_nanos() as u64, state: Arc::default() }
    }

    /// Never more than has passed since the last reading, so that time does not run backwards.
    #[cold]
    fn look(&self, now_ns: u64, passed_ns: u64) {
        let own_ns = (cpu_time() - self.start_cpu).as_nanos() as u64;
        let known_ns = self.state.others_ns.load(Ordering::Relaxed);
        let more_ns = now_ns.saturating_sub(own_ns).saturating_sub(known_ns);
        self.state.others_ns.store(known_ns + more_ns.min(passed_ns), Ordering::Relaxed);
    }
}

impl Clock for OwnTime {
    #[inline]
    fn now_ns(&self) -> u64 {
        let now_ns = self.start.elapsed().as_nanos() as u64;
        let passed_ns = now_ns - self.state.last_ns.swap(now_ns, Ordering::Relaxed);
        if passed_ns > LOOKS_AFTER_NS {
            self.look(now_ns, passed_ns);
        }
        self.start_ns + now_ns - self.state.others_ns.load(Ordering::Relaxed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sluice_bench::clock::calibrate;

    #[test]
    fn it_goes_on_with_work_and_never_back() {
        let time = OwnTime::new();
        let (start_ns, mut last_ns) = (time.now_ns(), 0);
        while time.now_ns() - start_ns < 2_000_000 {
            let now_ns = time.now_ns();
            assert!(now_ns >= last_ns);
            last_ns = now_ns;
            calibrate();
        }
    }

    #[test]
    fn what_passes_while_the_thread_does_not_run_does_not_count() {
        let time = OwnTime::new();
        let (start, start_ns) = (Instant::now(), time.now_ns());
        // The thread that waits for another has no core meanwhile.
        let work = || (0..100).map(|_| calibrate()).sum::<f64>();
        let worked_ns = std::thread::spawn(work).join().unwrap();
        let passed_ns = time.now_ns() - start_ns;
        let most_ns = start.elapsed().as_nanos() as f64 - worked_ns / 2.0;
        assert!((passed_ns as f64) < most_ns, "{passed_ns} of {most_ns}");
    }
}
