//! Buffers for one text at a time, boxed once.

use crate::fold::CHARS_MAX;
use crate::sheet::{SLACK, Sheet};
use crate::token::Token;

/// Room for one reading. Made once per core; reading allocates nothing.
pub struct Scratch {
    pub(crate) plain: Box<[u8]>,
    pub(crate) squeezed: Box<[u8]>,
    pub(crate) edges: Box<[u16]>,
    pub(crate) tokens: Box<[Token]>,
    pub(crate) host: Box<[u8]>,
}

impl Scratch {
    /// Boxes the buffers: about 100 KiB, of which an ordinary message touches two.
    pub fn new() -> Scratch {
        Scratch {
            plain: vec![0; PLAIN_ROOM].into(),
            squeezed: vec![0; PLAIN_ROOM].into(),
            edges: vec![0; 2 * WORDS_MAX].into(),
            tokens: vec![Token::default(); WORDS_MAX].into(),
            host: vec![0; HOST_MAX].into(),
        }
    }

    pub(crate) fn sheet(&mut self) -> Sheet<'_> {
        Sheet::new(&mut self.plain, &mut self.edges)
    }
}

impl Default for Scratch {
    fn default() -> Scratch {
        Scratch::new()
    }
}

/// Octets of a folded text, and what may be read behind them.
const PLAIN_ROOM: usize = 4 * CHARS_MAX + 2 * SLACK;

/// Words of a text: one octet each, one between. Text that grows as it is folded grows within words.
const WORDS_MAX: usize = 2 * CHARS_MAX + SLACK;

/// Octets of a host's name (RFC 1035 §2.3.4).
pub(crate) const HOST_MAX: usize = 253;
