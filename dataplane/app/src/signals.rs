//! SIGTERM and SIGINT end the dataplane in good order.

use anyhow::Context;
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
    let flag = Flag(Arc::default());
    for signal in [signal_hook::consts::SIGTERM, signal_hook::consts::SIGINT] {
        signal_hook::flag::register(signal, Arc::clone(&flag.0)).context("handling SIGTERM")?;
    }
    Ok(flag)
}
