//! One receive and one transmit queue, as a [`Port`].

use core::ptr;
use core::ptr::NonNull;
use std::sync::Arc;

use sluice_dpdk_sys as sys;
use sluice_io::{BURST_FRAMES, Burst, FrameMeta, Port, PortStats};

use crate::Mbuf;
use crate::device::Opened;
use crate::ethdev::EthDev;

type Pointers = [*mut sys::rte_mbuf; BURST_FRAMES];

/// A queue pair of an open device. The only value for that pair, so one core at a time uses it.
///
/// Vector drivers of real cards deliver in multiples of four: give `receive` an empty burst.
#[derive(Debug)]
pub struct DpdkPort {
    opened: Arc<Opened>,
    number: usize,
    port: u16,
    queue: u16,
    can_send: bool,
    /// Frames this queue will receive, if that is known.
    frames: Option<u64>,
    microseconds: bool,
    stats: PortStats,
}

impl DpdkPort {
    pub(crate) fn new(
        opened: Arc<Opened>,
        number: usize,
        device: &EthDev,
        queue: u16,
        frames: Option<u64>,
        microseconds: bool,
    ) -> Self {
        let can_send = queue < device.tx_queues;
        Self { opened, number, port: device.id, queue, can_send, frames, microseconds, stats: PortStats::default() }
    }

    /// Which queue of its port this is, from 0.
    pub fn queue(&self) -> usize {
        self.number
    }

    /// Frames still to come, of a device that plays files: counted in the files when it was opened.
    pub fn frames_left(&self) -> Option<u64> {
        Some(self.frames?.saturating_sub(self.stats.rx_frames))
    }
}

impl Port for DpdkPort {
    type Frame = Mbuf;

    fn name(&self) -> &str {
        &self.opened.name
    }

    #[inline]
    fn receive(&mut self, into: &mut Burst<Mbuf>) -> usize {
        let mut pointers: Pointers = [ptr::null_mut(); BURST_FRAMES];
        let room = into.room().min(BURST_FRAMES) as u16;
        // SAFETY: the device is open and the queue set up as long as `opened` is held, and only this value
        // uses the queue; the array holds `room` pointers.
        let count = unsafe { sys::sluice_rx_burst(self.port, self.queue, pointers.as_mut_ptr(), room) };
        for raw in pointers.into_iter().take(usize::from(count)).filter_map(NonNull::new) {
            // SAFETY: the driver has just given it to us, and to nobody else.
            let mut frame = unsafe { Mbuf::from_raw(raw) };
            self.stats.rx_octets += frame.packet_octets();
            if self.microseconds
                && let Some(microseconds) = frame.timestamp()
            {
                frame.set_timestamp(microseconds.saturating_mul(1_000));
            }
            let pushed = into.push(frame);
            debug_assert!(pushed.is_ok(), "no more than there was room for");
        }
        self.stats.rx_frames += u64::from(count);
        usize::from(count)
    }

    #[inline]
    fn send(&mut self, frames: &mut Burst<Mbuf>) -> usize {
        if !self.can_send {
            self.stats.tx_refused += frames.len() as u64;
            return 0;
        }
        let mut pointers: Pointers = [ptr::null_mut(); BURST_FRAMES];
        let mut octets = [0u64; BURST_FRAMES];
        for ((pointer, octets), frame) in pointers.iter_mut().zip(&mut octets).zip(frames.iter()) {
            *pointer = frame.as_ptr();
            *octets = frame.packet_octets();
        }
        let offered = frames.len() as u16;
        // SAFETY: as in `receive`; the array holds `offered` mbufs, each owned by the burst. The first `count`
        // of them belong to the driver afterwards, and the burst gives them up at once.
        let count = unsafe { sys::sluice_tx_burst(self.port, self.queue, pointers.as_mut_ptr(), offered) };
        frames.take_first(usize::from(count)).for_each(|frame| {
            frame.into_raw();
        });
        self.stats.tx_frames += u64::from(count);
        self.stats.tx_octets += octets.iter().take(usize::from(count)).sum::<u64>();
        self.stats.tx_refused += u64::from(offered - count);
        usize::from(count)
    }

    fn make(&mut self, octets: &[u8], meta: FrameMeta) -> Option<Mbuf> {
        let mut frame = self.opened.pool.allocate()?;
        frame.fill(octets, meta, self.port).ok()?;
        Some(frame)
    }

    fn release(&mut self, frames: &mut Burst<Mbuf>) {
        let mut pointers: Pointers = [ptr::null_mut(); BURST_FRAMES];
        let count = frames.len();
        for (pointer, frame) in pointers.iter_mut().zip(frames.drain()) {
            *pointer = frame.into_raw();
        }
        // SAFETY: that many mbufs, given up by the burst just now.
        unsafe { sys::rte_pktmbuf_free_bulk(pointers.as_mut_ptr(), count as u32) };
    }

    /// Known of net_pcap only, which says nothing at the end of a file: all frames counted beforehand have
    /// come, or are known to be lost.
    fn is_exhausted(&self) -> bool {
        let (Some(mine), Some(all)) = (self.frames, self.opened.frames) else { return false };
        if self.stats.rx_frames >= mine {
            return true;
        }
        let device = self.opened.stats();
        // Errors repeat at the damaged end of a file; with several files they would end the others.
        let errors = if mine == all { device.rx_errors } else { 0 };
        device.rx_frames + device.rx_no_buffer + errors >= all
    }

    /// What this queue did. What the device counts for all queues together (missed, no buffer, errors) is
    /// told by queue 0, so that the sum over the queues is right.
    fn stats(&self) -> PortStats {
        if self.number != 0 {
            return self.stats;
        }
        let device = self.opened.stats();
        PortStats {
            rx_missed: device.rx_missed,
            rx_no_buffer: device.rx_no_buffer,
            rx_errors: device.rx_errors,
            tx_errors: device.tx_errors,
            ..self.stats
        }
    }
}
