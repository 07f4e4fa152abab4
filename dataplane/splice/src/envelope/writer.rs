//! Octets of a message one after the other, with lengths that are known only behind what they count.

use sluice_wire::{Error, Layer, Reason};

/// Octets that are written.
pub struct Writer<'o> {
    /// Where they are written.
    pub out: &'o mut [u8],
    /// How many there are.
    pub len: usize,
}

impl Writer<'_> {
    /// Adds octets at the end.
    pub fn put(&mut self, octets: &[u8]) -> Result<(), Error> {
        self.set(self.len, octets)?;
        self.len += octets.len();
        Ok(())
    }

    /// Writes over octets.
    pub fn set(&mut self, at: usize, octets: &[u8]) -> Result<(), Error> {
        let place = self.out.get_mut(at..).and_then(|rest| rest.get_mut(..octets.len())).ok_or(ROOM)?;
        place.copy_from_slice(octets);
        Ok(())
    }

    /// The parameter that begins at `at` is written: its length and its padding.
    pub fn end_parameter(&mut self, at: usize) -> Result<(), Error> {
        if self.len > at {
            let len = u16::try_from(self.len - at).map_err(|_| TOO_LONG)?;
            self.set(at + 2, &len.to_be_bytes())?;
        }
        self.pad()
    }

    /// How many octets follow this one, as far as six bits tell (Q.703 §2.3.3).
    pub fn set_length_indicator(&mut self, at: usize) -> Result<(), Error> {
        let following = u8::try_from(self.len - at - 1).unwrap_or(LENGTH_MASK).min(LENGTH_MASK);
        let place = self.out.get_mut(at).ok_or(ROOM)?;
        *place = *place & !LENGTH_MASK | following;
        Ok(())
    }

    fn pad(&mut self) -> Result<(), Error> {
        let missing = self.len.next_multiple_of(4) - self.len;
        self.put([0; 3].get(..missing).unwrap_or_default())
    }
}

/// A length indicator; the bits above it are spare, or a priority in Japan.
const LENGTH_MASK: u8 = 0x3F;
const TOO_LONG: Error = Error::new(Layer::Sccp, 0, Reason::BadLength);
const ROOM: Error = Error::new(Layer::Sccp, 0, Reason::Truncated);
