//! SHUTDOWN, which asks to end an association.
//!
//! RFC 9260 §3.3.8. SHUTDOWN ACK and SHUTDOWN COMPLETE have no content (§3.3.9, §3.3.13) and need no file.

use super::{Chunk, ChunkKind, Tsn};
use crate::{Error, Reason};

/// A SHUTDOWN chunk.
///
/// ```text
///  0         4                   8
/// +---------+-------------------+
/// | header  | cumulative TSN    |
/// +---------+-------------------+
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shutdown {
    /// Everything up to here has arrived.
    pub cumulative_tsn: Tsn,
}

impl Shutdown {
    /// Reads a SHUTDOWN.
    ///
    /// # Errors
    /// `UnexpectedTag` for another chunk, `BadLength` unless its length is 8 octets.
    pub fn parse(chunk: &Chunk<'_>) -> Result<Self, Error> {
        chunk.expect(&[ChunkKind::Shutdown])?;
        match chunk.value.try_into() {
            Ok(octets) => Ok(Self { cumulative_tsn: Tsn(u32::from_be_bytes(octets)) }),
            Err(_) => Err(chunk.error(2, Reason::BadLength)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Layer;
    use crate::samples::octets;
    use crate::sctp::Chunks;

    fn parse(octets: &[u8]) -> Result<Shutdown, Error> {
        Shutdown::parse(&Chunks::new(octets, 0).next().expect("a chunk").expect("well-formed"))
    }

    #[test]
    fn reads_what_has_arrived() {
        assert_eq!(parse(&octets("07000008fffffffe")), Ok(Shutdown { cumulative_tsn: Tsn(0xffff_fffe) }));
    }

    #[test]
    fn refuses_every_other_length_and_another_chunk() {
        let long = octets("07000000 01020304 05060708 00000000");
        for length in (4..16u8).filter(|length| *length != 8) {
            let mut chunk = long.clone();
            chunk[3] = length;
            assert_eq!(parse(&chunk), Err(Error::new(Layer::Sctp, 2, Reason::BadLength)), "{length}");
        }
        assert_eq!(parse(&octets("08000008fffffffe")), Err(Error::new(Layer::Sctp, 0, Reason::UnexpectedTag)));
    }
}
