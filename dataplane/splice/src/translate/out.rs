//! A packet under way: octets one after the other, refused where there is no room.

use crate::Refused;
use sluice_wire::sctp;

/// Octets written so far.
pub(super) struct Out<'o> {
    octets: &'o mut [u8],
    at: usize,
}

impl<'o> Out<'o> {
    /// Over a place of its own.
    pub(super) const fn new(octets: &'o mut [u8]) -> Self {
        Self { octets, at: 0 }
    }

    /// A packet to the direction of this key, without chunks yet.
    pub(super) fn packet(octets: &'o mut [u8], key: u64) -> Result<Self, Refused> {
        let mut out = Self::new(octets);
        out.put(&(key as u32).to_be_bytes())?;
        out.put(&((key >> 32) as u32).to_be_bytes())?;
        out.put(&[0; 4])?;
        Ok(out)
    }

    pub(super) const fn len(&self) -> usize {
        self.at
    }

    pub(super) fn written(&self) -> &[u8] {
        self.octets.get(..self.at).unwrap_or_default()
    }

    pub(super) fn put(&mut self, octets: &[u8]) -> Result<(), Refused> {
        let place = self.room().get_mut(..octets.len()).ok_or(Refused::Room)?;
        place.copy_from_slice(octets);
        self.at += octets.len();
        Ok(())
    }

    /// Writes over what was written.
    pub(super) fn patch(&mut self, at: usize, octets: &[u8]) -> Result<(), Refused> {
        let written = self.octets.get_mut(..self.at).ok_or(Refused::Room)?;
        let place = written.get_mut(at..).and_then(|rest| rest.get_mut(..octets.len())).ok_or(Refused::Form)?;
        place.copy_from_slice(octets);
        Ok(())
    }

    /// What is left, for an emitter; [`Out::wrote`] tells what it took.
    pub(super) fn room(&mut self) -> &mut [u8] {
        self.octets.get_mut(self.at..).unwrap_or_default()
    }

    pub(super) fn wrote(&mut self, octets: usize) {
        self.at = (self.at + octets).min(self.octets.len());
    }

    /// Takes the last octets back.
    pub(super) const fn rewind(&mut self, octets: usize) {
        self.at = self.at.saturating_sub(octets);
    }

    /// Writes the checksum of the packet and says how long it is.
    pub(super) fn finish(mut self) -> Result<usize, Refused> {
        let crc = sctp::checksum(self.written()).map_err(|_| Refused::Form)?;
        self.patch(CHECKSUM_AT, &crc.to_le_bytes())?;
        Ok(self.at)
    }
}

const CHECKSUM_AT: usize = 8;
