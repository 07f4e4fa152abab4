//! Poll threads: pinned std threads that DPDK knows.

use core::marker::PhantomData;
use core::mem::{size_of, zeroed};
use std::sync::Arc;

use sluice_dpdk_sys as sys;

use crate::Error;
use crate::eal::Running;

/// While this lives, DPDK knows the calling thread: it has an lcore number and so its cache in each mempool.
/// Without it everything works, but each mbuf is taken from the shared ring. Stays on its thread.
#[derive(Debug)]
pub struct ThreadRegistration {
    _eal: Arc<Running>,
    _on_this_thread: PhantomData<*const ()>,
}

impl ThreadRegistration {
    pub(crate) fn new(eal: Arc<Running>) -> Result<Self, Error> {
        // SAFETY: the EAL runs as long as `eal` is held.
        if unsafe { sys::rte_thread_register() } < 0 {
            return Err(Error::last("thread", "rte_thread_register", "is it registered already, or more than 128?"));
        }
        Ok(Self { _eal: eal, _on_this_thread: PhantomData })
    }

    /// The number DPDK gave this thread.
    pub fn lcore(&self) -> u32 {
        // SAFETY: reads a thread-local variable.
        unsafe { sys::sluice_lcore_id() }
    }
}

impl Drop for ThreadRegistration {
    fn drop(&mut self) {
        // SAFETY: this thread was registered by `new`, and the value cannot leave it.
        unsafe { sys::rte_thread_unregister() };
    }
}

/// Pins the calling thread to one CPU, by the number the kernel gives it.
pub fn pin_current_thread(cpu: usize) -> Result<(), Error> {
    if core_affinity::set_for_current(core_affinity::CoreId { id: cpu }) {
        return Ok(());
    }
    let advice = "is the CPU there and allowed to this process (taskset -p)?";
    Err(Error::refused(&format!("CPU {cpu}"), "sched_setaffinity", libc::EINVAL, advice))
}

/// The CPUs a thread may run on.
pub(crate) struct Affinity(libc::cpu_set_t);

impl Affinity {
    /// Of the calling thread; `None` on a machine with more CPUs than the C library's set holds.
    pub(crate) fn current() -> Option<Self> {
        // SAFETY: a set of CPUs is an array of integers, for which zero is a value.
        let mut set: libc::cpu_set_t = unsafe { zeroed() };
        // SAFETY: `set` is as long as said.
        let result = unsafe { libc::sched_getaffinity(0, size_of::<libc::cpu_set_t>(), &mut set) };
        (result == 0).then_some(Self(set))
    }

    /// Applies to the calling thread. The EAL pins whoever starts it; nobody asked for that.
    pub(crate) fn restore(&self) {
        // SAFETY: the set is as long as said. Was this thread's own before, so it is not refused.
        unsafe { libc::sched_setaffinity(0, size_of::<libc::cpu_set_t>(), &self.0) };
    }

    /// The first CPU of the set.
    pub(crate) fn first(&self) -> Option<usize> {
        // SAFETY: the numbers asked for are within the set.
        (0..libc::CPU_SETSIZE as usize).find(|&cpu| unsafe { libc::CPU_ISSET(cpu, &self.0) })
    }

    #[cfg(test)]
    pub(crate) fn count(&self) -> i32 {
        // SAFETY: counts bits of a set that is initialised.
        unsafe { libc::CPU_COUNT(&self.0) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pinned_thread_runs_on_one_cpu_and_can_be_let_loose_again() {
        let before = Affinity::current().unwrap();
        pin_current_thread(before.first().unwrap()).unwrap();
        assert_eq!(Affinity::current().unwrap().count(), 1);
        before.restore();
        assert_eq!(Affinity::current().unwrap().count(), before.count());
    }

    #[test]
    fn a_cpu_that_is_not_there_is_refused_by_number() {
        let error = pin_current_thread(1_000).unwrap_err();
        assert!(error.to_string().starts_with("CPU 1000: "), "{error}");
    }
}
