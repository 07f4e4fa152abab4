//! The sheet a text is written on as it is folded: octets, edges of words, and what was hidden where.

use crate::squeeze::Figures;

/// Where writing goes. The buffers are lent: those of a scratch, or a few octets on the stack for one word.
pub(crate) struct Sheet<'b> {
    bytes: &'b mut [u8],
    edges: &'b mut [u16],
    /// Octets written.
    pub len: usize,
    edge_count: usize,
    pub notes: Notes,
}

/// What was found while folding.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Notes {
    /// Letters that were another's look-alike or disguise.
    pub lookalikes: u16,
    /// Characters that are not seen.
    pub hidden: u16,
    /// The text did not fit.
    pub is_cut: bool,
    /// What was seen of figures; where nobody looked, all of them.
    pub figures: Figures,
    undone: [u16; UNDONE_MAX],
    undone_count: usize,
}

impl<'b> Sheet<'b> {
    /// An empty sheet. `bytes` has [`SLACK`] octets more than may be written.
    pub fn new(bytes: &'b mut [u8], edges: &'b mut [u16]) -> Sheet<'b> {
        Sheet { bytes, edges, len: 0, edge_count: 0, notes: Notes::default() }
    }

    /// All that is written. Only whole characters are.
    pub fn bytes(&self) -> &[u8] {
        self.bytes.get(..self.len).unwrap_or(&[])
    }

    /// Starts and ends of words, in turn.
    pub fn edge_count(&self) -> usize {
        self.edge_count
    }

    #[inline]
    pub fn put(&mut self, c: char) {
        let room = self.bytes.len().saturating_sub(SLACK);
        let place = self.bytes.get_mut(self.len..room).and_then(|rest| rest.first_chunk_mut::<4>());
        let Some(place) = place else { return self.notes.is_cut = true };
        self.len += c.encode_utf8(place).len();
    }

    /// A character of two octets.
    #[inline]
    pub fn put_two(&mut self, point: u16) {
        let room = self.bytes.len().saturating_sub(SLACK);
        let place = self.bytes.get_mut(self.len..room).and_then(|rest| rest.first_chunk_mut::<4>());
        let Some([first, second, ..]) = place else { return self.notes.is_cut = true };
        *first = 0xC0 | (point >> 6) as u8;
        *second = 0x80 | (point & 0x3F) as u8;
        self.len += 2;
    }

    #[inline]
    pub fn put_ascii(&mut self, byte: u8) {
        let room = self.bytes.len().saturating_sub(SLACK + 4);
        match self.bytes.get_mut(self.len) {
            Some(place) if self.len < room && byte.is_ascii() => {
                *place = byte;
                self.len += 1;
            }
            _ => self.notes.is_cut = true,
        }
    }

    /// Takes the last character back.
    pub fn take_last(&mut self) -> Option<char> {
        let tail = self.bytes().iter().rev().take(4).position(|byte| byte & 0xC0 != 0x80)? + 1;
        let start = self.len - tail;
        let last = std::str::from_utf8(self.bytes.get(start..self.len)?).ok()?.chars().next()?;
        self.len = start;
        Some(last)
    }

    /// A word begins or ends here.
    #[inline]
    pub fn edge(&mut self) {
        if let Some(edge) = self.edges.get_mut(self.edge_count) {
            *edge = self.len as u16;
            self.edge_count += 1;
        }
    }

    /// Something was undone at `at`: an address there was hidden.
    pub fn undo_at(&mut self, at: usize) {
        if let Some(place) = self.notes.undone.get_mut(self.notes.undone_count) {
            *place = at as u16;
        }
        self.notes.undone_count += 1;
    }

    /// Everything written again from the start.
    pub fn clear(&mut self) {
        self.len = 0;
        self.edge_count = 0;
        self.notes = Notes::default();
    }

    /// The buffers, to be filled octet by octet: room for text, and edges.
    pub fn buffers(&mut self) -> (&mut [u8], &mut [u16]) {
        let room = self.bytes.len().saturating_sub(SLACK);
        (self.bytes.get_mut(..room).unwrap_or(&mut []), self.edges)
    }

    /// What was filled through [`Sheet::buffers`].
    pub fn filled(&mut self, len: usize, edge_count: usize) {
        self.len = len;
        self.edge_count = edge_count;
    }
}

impl Default for Notes {
    fn default() -> Notes {
        Notes {
            lookalikes: 0,
            hidden: 0,
            is_cut: false,
            figures: Figures::ANY,
            undone: [0; UNDONE_MAX],
            undone_count: 0,
        }
    }
}

impl Notes {
    /// Whether anything was undone from `start` to `end`, the end included. Beyond what could be noted: yes.
    pub fn is_undone(&self, start: usize, end: usize) -> bool {
        let known = self.undone.iter().take(self.undone_count);
        self.undone_count > UNDONE_MAX || known.into_iter().any(|&at| (start..=end).contains(&usize::from(at)))
    }
}

/// Octets past the text that may be read, never written: words are loaded eight octets at a time.
pub(crate) const SLACK: usize = 16;

/// Places noted where something was undone.
const UNDONE_MAX: usize = 32;
