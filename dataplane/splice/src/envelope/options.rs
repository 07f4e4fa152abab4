//! The optional part of a unitdata message, as far as it goes on with another message. Q.713 §3.17, §4.18.
//!
//! ```text
//!   10 04 C3 reference …  segmentation        12 01 03  importance        00  end
//! ```

use arrayvec::ArrayVec;

/// An optional part.
pub type Options = ArrayVec<u8, 64>;

/// All options but that the message is a segment of another (Q.713 §3.17); none where they are more than anybody sends.
pub fn kept_options(optional: &[u8]) -> Options {
    let (mut kept, mut rest) = (Options::new(), optional);
    while let [name, len, after @ ..] = rest {
        if *name == END {
            break;
        }
        let Some((value, behind)) = after.split_at_checked(usize::from(*len)) else { return Options::new() };
        if *name != SEGMENTATION && kept.remaining_capacity() > value.len() + 2 {
            kept.extend([*name, *len].into_iter().chain(value.iter().copied()));
        }
        rest = behind;
    }
    if !kept.is_empty() {
        kept.push(END);
    }
    kept
}

const SEGMENTATION: u8 = 0x10;
const END: u8 = 0;
