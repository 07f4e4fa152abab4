//! Octets out: the cursor every emitter of the lower layers writes through.
//!
//! Reading needs no helper: headers are taken as arrays (`first_chunk`), whose indices the compiler checks.

use crate::{Error, Layer, Reason};

/// A place for octets that refuses to overflow.
pub(crate) struct Sink<'a> {
    out: &'a mut [u8],
    at: usize,
    layer: Layer,
}

impl<'a> Sink<'a> {
    /// An empty sink over `out`; `layer` signs its refusals.
    pub(crate) fn new(layer: Layer, out: &'a mut [u8]) -> Self {
        Self { out, at: 0, layer }
    }

    /// Appends `octets`.
    ///
    /// # Errors
    /// `Truncated` where the place ends before they do.
    pub(crate) fn put(&mut self, octets: &[u8]) -> Result<(), Error> {
        let end = self.at + octets.len();
        let Some(place) = self.out.get_mut(self.at..end) else {
            return Err(Error::new(self.layer, self.at, Reason::Truncated));
        };
        place.copy_from_slice(octets);
        self.at = end;
        Ok(())
    }

    /// Appends zeros up to the next multiple of four octets.
    ///
    /// # Errors
    /// As `put`.
    pub(crate) fn pad_to_4(&mut self) -> Result<(), Error> {
        let zeros = [0u8; 3];
        self.put(zeros.get(..self.at.wrapping_neg() & 3).unwrap_or_default())
    }

    /// How many octets were written.
    pub(crate) fn len_octets(&self) -> usize {
        self.at
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pads_to_a_multiple_of_four() {
        let mut out = [0xff; 8];
        let mut sink = Sink::new(Layer::Sctp, &mut out);
        sink.put(&[1, 2, 3, 4, 5]).expect("fits");
        sink.pad_to_4().expect("fits");
        sink.pad_to_4().expect("nothing to do");
        assert_eq!(sink.len_octets(), 8);
        assert_eq!(out, [1, 2, 3, 4, 5, 0, 0, 0]);
    }

    #[test]
    fn refuses_what_does_not_fit_and_says_where() {
        let mut out = [0; 3];
        let mut sink = Sink::new(Layer::Sctp, &mut out);
        sink.put(&[1, 2]).expect("fits");
        assert_eq!(sink.put(&[3, 4]), Err(Error::new(Layer::Sctp, 2, Reason::Truncated)));
        assert_eq!(sink.len_octets(), 2);
    }
}
