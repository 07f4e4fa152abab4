//! What systemd is told, where it started us (sd_notify(3)): that we serve, and now and then that every poll core does.

use sd_notify::NotifyState;

/// Tells of life as often as the unit asks for (`WatchdogSec`).
pub struct Life {
    period_ns: Option<u64>,
    told_ns: Option<u64>,
}

impl Life {
    /// Says that we serve.
    pub fn begin(said: &str) -> Self {
        tell(&[NotifyState::Ready, NotifyState::Status(said)]);
        // Three times within the time after which we would be killed.
        let period_ns = sd_notify::watchdog_enabled().map(|within| (within.as_nanos() / 3) as u64);
        Self { period_ns, told_ns: None }
    }

    /// Says that we live, unless a poll core stands still: one that does so for too long is mended by a new start.
    pub fn go_on(&mut self, now_ns: u64, stalled_cores: u64) {
        if stalled_cores == 0 && self.is_due(now_ns) {
            tell(&[NotifyState::Watchdog]);
        }
    }

    fn is_due(&mut self, now_ns: u64) -> bool {
        let Some(period_ns) = self.period_ns else { return false };
        let is_due = self.told_ns.is_none_or(|told_ns| now_ns.saturating_sub(told_ns) >= period_ns);
        if is_due {
            self.told_ns = Some(now_ns);
        }
        is_due
    }

    /// Says that we end.
    pub fn end(self) {
        tell(&[NotifyState::Stopping]);
    }
}

/// Says that this process is the service from now on, before the one it takes over from ends: that is then no failure.
/// The unit's `ExecReload=` starts a take-over.
pub fn become_the_service() {
    tell(&[NotifyState::MainPid(std::process::id())]);
}

/// Without systemd there is nobody to tell.
fn tell(states: &[NotifyState<'_>]) {
    if let Err(error) = sd_notify::notify(states) {
        eprintln!("sluice-dataplane: systemd cannot be told: {error}");
    }
}
