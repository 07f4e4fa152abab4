//! SIGTERM and SIGINT end the dataplane in good order.

use anyhow::Context;
use signal_hook::consts::{SIGABRT, SIGINT, SIGTERM};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Set once a signal has come.
#[derive(Clone)]
pub struct Flag(Arc<AtomicBool>);

impl Flag {
    /// Whether one has come.
    pub fn is_set(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// A flag that SIGTERM and SIGINT set.
///
/// # Errors
/// The handlers could not be installed.
pub fn on_terminate() -> anyhow::Result<Flag> {
    on(&[SIGTERM, SIGINT])
}

/// The same, and SIGABRT too, with which systemd's watchdog ends all processes of a service at once.
///
/// # Errors
/// The handlers could not be installed.
pub fn on_terminate_and_abort() -> anyhow::Result<Flag> {
    on(&[SIGTERM, SIGINT, SIGABRT])
}

fn on(signals: &[i32]) -> anyhow::Result<Flag> {
    let flag = Flag(Arc::default());
    for &signal in signals {
        signal_hook::flag::register(signal, Arc::clone(&flag.0)).context("handling SIGTERM")?;
    }
    Ok(flag)
}
