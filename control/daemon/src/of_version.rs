//! What is known of one version of the policy, so that not every question reads all its files.

use std::sync::{Arc, Mutex, PoisonError};

/// What is known, and of which version.
#[derive(Debug)]
pub struct OfVersion<T>(Mutex<Option<(u64, Arc<T>)>>);

impl<T> Default for OfVersion<T> {
    fn default() -> Self {
        Self(Mutex::new(None))
    }
}

impl<T> OfVersion<T> {
    /// What is known of a version, if it is.
    pub fn of(&self, version: u64) -> Option<Arc<T>> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.as_ref().filter(|(of, _)| *of == version).map(|(_, known)| Arc::clone(known))
    }

    /// Keeps that of a version in place of another's.
    pub fn keep(&self, version: u64, known: Arc<T>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some((version, known));
    }
}
