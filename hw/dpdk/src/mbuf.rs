//! An mbuf: DPDK's frame, owned.

use core::fmt;
use core::mem;
use core::ptr::NonNull;

use sluice_dpdk_sys as sys;
use sluice_io::{Frame, FrameMeta, NoRoom};

use crate::timestamp;

/// A frame in a DPDK buffer. Dropped, it goes back to its mempool; sent, it belongs to the driver.
///
/// The value is one pointer, the only one to a chain of segments that nobody else refers to: this crate
/// never attaches, clones or shares mbufs.
#[repr(transparent)]
pub struct Mbuf(NonNull<sys::rte_mbuf>);

// SAFETY: the value is the only reference to its chain, and mempools take mbufs back from any thread.
unsafe impl Send for Mbuf {}

impl Mbuf {
    /// Takes ownership.
    ///
    /// # Safety
    /// `raw` heads a valid chain of segments of mempools that are alive, and nobody else will use or free it.
    #[inline]
    pub(crate) unsafe fn from_raw(raw: NonNull<sys::rte_mbuf>) -> Self {
        Self(raw)
    }

    /// The pointer, which stays this value's.
    #[inline]
    pub(crate) fn as_ptr(&self) -> *mut sys::rte_mbuf {
        self.0.as_ptr()
    }

    /// Gives ownership up: whoever has the pointer frees it.
    #[inline]
    pub(crate) fn into_raw(self) -> *mut sys::rte_mbuf {
        let raw = self.0.as_ptr();
        mem::forget(self);
        raw
    }

    #[inline]
    fn head(&self) -> &sys::rte_mbuf {
        // SAFETY: the value owns a valid mbuf, and shares it with nobody.
        unsafe { self.0.as_ref() }
    }

    #[inline]
    fn head_mut(&mut self) -> &mut sys::rte_mbuf {
        // SAFETY: as above, and `self` is borrowed alone.
        unsafe { self.0.as_mut() }
    }

    /// The number DPDK gave the port it came from.
    pub fn port(&self) -> u16 {
        self.head().port
    }

    /// Whether the card found the SCTP checksum wrong. `false` also where no card looked.
    #[inline]
    pub fn checksum_is_bad(&self) -> bool {
        self.head().ol_flags & sys::SLUICE_RX_L4_CKSUM_MASK == sys::SLUICE_RX_L4_CKSUM_BAD
    }

    /// Fills a fresh mbuf.
    pub(crate) fn fill(&mut self, octets: &[u8], meta: FrameMeta, port: u16) -> Result<(), NoRoom> {
        self.resize(octets.len())?;
        self.octets_mut().copy_from_slice(octets);
        self.head_mut().port = port;
        if let Some(ns) = meta.timestamp_ns {
            self.set_timestamp(ns);
        }
        Ok(())
    }

    /// The raw timestamp, in the driver's unit, if the driver gave one.
    #[inline]
    pub(crate) fn timestamp(&self) -> Option<u64> {
        let field = timestamp::field()?;
        if self.head().ol_flags & field.flag == 0 {
            return None;
        }
        // SAFETY: DPDK reserved eight aligned octets at this offset within every mbuf.
        Some(unsafe { self.0.as_ptr().byte_add(field.offset).cast::<u64>().read() })
    }

    #[inline]
    pub(crate) fn set_timestamp(&mut self, value: u64) {
        if let Some(field) = timestamp::field() {
            // SAFETY: as above, and `self` is borrowed alone.
            unsafe { self.0.as_ptr().byte_add(field.offset).cast::<u64>().write(value) };
            self.head_mut().ol_flags |= field.flag;
        }
    }

    /// Whole length in octets, without looking at it twice.
    #[inline]
    pub(crate) fn packet_octets(&self) -> u64 {
        u64::from(self.head().pkt_len)
    }

    /// Moves the octets from `first_octets` on into a second segment of the same pool.
    fn split_off(&mut self, first_octets: usize) -> Option<()> {
        if !self.is_contiguous() {
            return None;
        }
        let moved = self.octets().get(first_octets..).filter(|moved| !moved.is_empty())?;
        // SAFETY: the pool outlives its mbufs.
        let tail = NonNull::new(unsafe { sys::sluice_pktmbuf_alloc(self.head().pool) })?;
        // SAFETY: just allocated, and nobody else has it.
        let mut tail = unsafe { Self::from_raw(tail) };
        tail.resize(moved.len()).ok()?;
        tail.octets_mut().copy_from_slice(moved);
        self.set_len(first_octets as u16);
        // SAFETY: both are single segments, so the chain is not too long; the tail's ownership passes over.
        unsafe { sys::sluice_pktmbuf_chain(self.as_ptr(), tail.into_raw()) };
        Some(())
    }

    fn set_len(&mut self, octets: u16) {
        let head = self.head_mut();
        head.data_len = octets;
        head.pkt_len = u32::from(octets);
    }
}

impl Frame for Mbuf {
    #[inline]
    fn octets(&self) -> &[u8] {
        let head = self.head();
        // SAFETY: `data_len` octets from `data_off` on lie within the segment's buffer: drivers and `resize`
        // keep it so. They are initialised, by the driver or when the pool's memory was mapped.
        unsafe {
            let data = head.buf_addr.cast::<u8>().add(usize::from(head.data_off));
            core::slice::from_raw_parts(data, usize::from(head.data_len))
        }
    }

    #[inline]
    fn octets_mut(&mut self) -> &mut [u8] {
        let head = self.head();
        // SAFETY: as in `octets`, and the segment is nobody else's.
        unsafe {
            let data = head.buf_addr.cast::<u8>().add(usize::from(head.data_off));
            core::slice::from_raw_parts_mut(data, usize::from(head.data_len))
        }
    }

    #[inline]
    fn len_octets(&self) -> usize {
        self.head().pkt_len as usize
    }

    #[inline]
    fn meta(&self) -> FrameMeta {
        FrameMeta { timestamp_ns: self.timestamp(), link_type: timestamp::link_type(self.head().port) }
    }

    fn capacity_octets(&self) -> usize {
        let head = self.head();
        usize::from(head.buf_len.saturating_sub(head.data_off))
    }

    fn resize(&mut self, len_octets: usize) -> Result<(), NoRoom> {
        let len = u16::try_from(len_octets).map_err(|_| NoRoom)?;
        if !self.is_contiguous() || len_octets > self.capacity_octets() {
            return Err(NoRoom);
        }
        let before = self.octets().len();
        self.set_len(len);
        if let Some(new) = self.octets_mut().get_mut(before..) {
            new.fill(0);
        }
        Ok(())
    }

    fn linearize(&mut self) -> Result<(), NoRoom> {
        // SAFETY: the chain is this value's own; DPDK frees the segments it empties.
        let result = unsafe { sys::sluice_pktmbuf_linearize(self.as_ptr()) };
        if result < 0 { Err(NoRoom) } else { Ok(()) }
    }

    fn chain(&mut self, first_octets: usize) -> bool {
        self.split_off(first_octets).is_some()
    }

    #[inline]
    fn is_contiguous(&self) -> bool {
        self.head().nb_segs == 1
    }
}

impl Drop for Mbuf {
    #[inline]
    fn drop(&mut self) {
        // SAFETY: the value owns the chain and is gone after this.
        unsafe { sys::sluice_pktmbuf_free(self.0.as_ptr()) };
    }
}

impl fmt::Debug for Mbuf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Mbuf({} octets of port {})", self.head().pkt_len, self.head().port)
    }
}
