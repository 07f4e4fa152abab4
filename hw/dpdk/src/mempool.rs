//! The buffers of one memory node.

use core::ptr::NonNull;
use core::sync::atomic::{AtomicU32, Ordering};
use std::ffi::CString;
use std::sync::Arc;

use sluice_dpdk_sys as sys;

use crate::eal::Running;
use crate::{Error, Mbuf};

/// Mbufs each registered thread keeps for itself.
const CACHE_FRAMES: u32 = 256;

/// A pool of mbufs. Freed with its last handle, unless an mbuf of it is still held: then it stays.
#[derive(Debug)]
pub struct Mempool {
    raw: NonNull<sys::rte_mempool>,
    frame_octets: u16,
    eal: Arc<Running>,
}

// SAFETY: DPDK's mempools may be used from several threads at once; the value itself never changes.
unsafe impl Send for Mempool {}
// SAFETY: as above.
unsafe impl Sync for Mempool {}

impl Mempool {
    pub(crate) fn create(eal: Arc<Running>, node: i32, frames: u32, frame_octets: u16) -> Result<Self, Error> {
        static CREATED: AtomicU32 = AtomicU32::new(0);
        let number = CREATED.fetch_add(1, Ordering::Relaxed);
        let name = CString::new(format!("sluice{number}")).unwrap_or_default();
        let cache = CACHE_FRAMES.min(frames / 3);
        let room = frame_octets.saturating_add(sys::RTE_PKTMBUF_HEADROOM as u16);
        // SAFETY: the name outlives the call, which copies it.
        let raw = unsafe { sys::rte_pktmbuf_pool_create(name.as_ptr(), frames, cache, 0, room, node) };
        let advice = "is there memory for so many frames on that node?";
        let raw = NonNull::new(raw).ok_or_else(|| Error::last("mempool", "rte_pktmbuf_pool_create", advice))?;
        Ok(Self { raw, frame_octets, eal })
    }

    /// A new, empty frame; `None` if all are in use.
    #[inline]
    pub fn allocate(&self) -> Option<Mbuf> {
        // SAFETY: the pool lives as long as this value.
        let raw = NonNull::new(unsafe { sys::sluice_pktmbuf_alloc(self.raw.as_ptr()) })?;
        // SAFETY: just allocated, and nobody else has it.
        Some(unsafe { Mbuf::from_raw(raw) })
    }

    /// The longest frame a buffer holds.
    pub fn frame_octets(&self) -> u16 {
        self.frame_octets
    }

    /// Mbufs that are not in the pool: held by someone, or by a driver for frames to come.
    pub fn in_use(&self) -> u32 {
        // SAFETY: the pool lives as long as this value; the call only counts.
        unsafe { sys::rte_mempool_in_use_count(self.raw.as_ptr()) }
    }

    pub(crate) fn as_ptr(&self) -> *mut sys::rte_mempool {
        self.raw.as_ptr()
    }
}

impl Drop for Mempool {
    fn drop(&mut self) {
        if self.in_use() == 0 {
            // SAFETY: devices hold the pool while they are open, so none uses it; and no mbuf of it is held.
            unsafe { sys::rte_mempool_free(self.raw.as_ptr()) };
        } else {
            self.eal.mbufs_outlive.store(true, Ordering::Release);
        }
    }
}
