//! What is kept of a campaign: two cache lines.

use super::Campaign;
use super::sketch::{BANDS, Sketch};
use crate::hash::mix;
use crate::members::Members;
use crate::window::{Sums, Window};

#[derive(Clone, Copy)]
#[repr(align(64))]
pub(super) struct Entry {
    pub(super) sketch: Sketch,
    pub(super) first_ns: u64,
    window: Window,
    sums: Sums,
    senders: Members<SENDERS_OCTETS>,
}

const _: () = assert!(size_of::<Entry>() == 128);

impl Entry {
    pub(super) const EMPTY: Self = Self::new([0; BANDS], 0);

    pub(super) const fn new(sketch: Sketch, first_ns: u64) -> Self {
        Self { sketch, first_ns, window: Window::EMPTY, sums: Sums::EMPTY, senders: Members::EMPTY }
    }

    /// Counts a message and says what the campaign is with it.
    #[inline]
    pub(super) fn count(&mut self, sender: u64, window_s: u32, time_ns: u64) -> Campaign {
        let turn = self.window.turn(window_s, time_ns);
        self.sums.turn(turn);
        self.senders.turn(turn);
        self.sums.current = self.sums.current.saturating_add(1);
        self.senders.add(sender);
        let age_s = time_ns.saturating_sub(self.first_ns) / NS_PER_S;
        Campaign {
            id: self.id(),
            count: self.sums.current,
            previous: self.sums.previous,
            senders: self.senders.both(),
            first_age_s: u32::try_from(age_s).unwrap_or(u32::MAX),
        }
    }

    /// Not keyed: the same on every core.
    #[inline]
    pub(super) const fn id(&self) -> u64 {
        let [a, b, c, d] = self.sketch;
        mix(mix(ID_KEY, (a as u64) << 32 | b as u64, 0), (c as u64) << 32 | d as u64, 1)
    }
}

/// Registers of a window of senders, two each.
const SENDERS_OCTETS: usize = 32;
const NS_PER_S: u64 = 1_000_000_000;
const ID_KEY: u64 = 0x51C6_CA3F_A160_2D37;
