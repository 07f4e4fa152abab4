//! Captures of links that are not decoded.

use sluice_abi::counters::{Exit, Slot, Tally};
use sluice_io::LinkType;

/// Not one frame of a capture could be looked at. A capture that holds other frames as well is decoded as far as it
/// goes, and the rest is counted as `frame.unknown_link`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OnlyUnknown {
    /// Of the first frame.
    pub link: LinkType,
    /// How many frames there are.
    pub frames: u64,
}

impl OnlyUnknown {
    /// From what the frames of a capture left by, and the link type of the first.
    ///
    /// # Errors
    /// There are frames, and all of them left by `unknown_link`.
    pub fn check(tally: &Tally, first: Option<LinkType>) -> Result<(), Self> {
        let frames: u64 = Exit::ALL.iter().map(|&exit| tally.at(Slot::frame(exit))).sum();
        match first {
            Some(link) if frames > 0 && frames == tally.at(Slot::frame(Exit::UnknownLink)) => {
                Err(Self { link, frames })
            }
            _ => Ok(()),
        }
    }
}

impl std::fmt::Display for OnlyUnknown {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "nothing in {} frames can be decoded: the link type is {}; Ethernet (1), raw IP (101, 228, 229), Linux cooked \
             (113, 276), MTP2 (140) and MTP3 (141) can be",
            self.frames, self.link.0
        )
    }
}

impl std::error::Error for OnlyUnknown {}

#[cfg(test)]
mod tests {
    use super::*;
    use sluice_abi::counters::Count;

    #[test]
    fn only_a_capture_all_of_whose_frames_are_of_an_unknown_link_is_refused() {
        let mut tally = Tally::default();
        let wireless = Some(LinkType(127));
        assert_eq!(OnlyUnknown::check(&tally, None), Ok(()));
        assert_eq!(OnlyUnknown::check(&tally, wireless), Ok(()), "a capture without frames");
        tally.add(Slot::frame(Exit::UnknownLink), 3);
        let refused = OnlyUnknown::check(&tally, wireless).unwrap_err();
        assert!(
            refused.to_string().starts_with("nothing in 3 frames can be decoded: the link type is 127; Ethernet (1)")
        );
        tally.add(Slot::frame(Exit::Judged), 1);
        assert_eq!(OnlyUnknown::check(&tally, wireless), Ok(()));
    }
}
