//! An automaton as it stands in an image.
//!
//! ```text
//!  record  0 map u32 · 4 first transition u32 · 8 number of transitions u32 · 12 first end u32
//!         16 match states u16 · 18 classes u16 · 20 first special state u16 · 22 five starts, u16 each
//! ```
//! A state is the place of its row in the transitions, so that a step is one addition and one load. A row has one
//! transition per class of octets and a last one for the end of the text. Rows stand in the order: plain states,
//! match states, the dead state. What matched is known one octet late: a match state is reached by the octet
//! behind the match, or by the end.
//!
//! The start depends on the octet in front: none, `\n`, `\r`, a letter or digit or `_`, anything else.

/// Octets of a record.
pub(crate) const RECORD_OCTETS: usize = 32;
/// Starts of an automaton.
pub(crate) const STARTS: usize = 5;
/// An octet in front that stands for each of the starts.
pub(crate) const IN_FRONT: [Option<u8>; STARTS] = [None, Some(b'\n'), Some(b'\r'), Some(b'a'), Some(b' ')];
/// An automaton never has more transitions: a state is then 16 bits.
pub(crate) const TRANSITIONS_MAX: usize = 1 << 16;

/// The numbers of a record.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Record {
    pub(crate) map: u32,
    pub(crate) first: u32,
    pub(crate) count: u32,
    pub(crate) ends: u32,
    pub(crate) matches: u16,
    pub(crate) classes: u16,
    pub(crate) special: u16,
    pub(crate) starts: [u16; STARTS],
}

impl Record {
    #[inline]
    pub(crate) fn decode(octets: &[u8; RECORD_OCTETS]) -> Self {
        let (words, _) = octets.as_chunks::<4>();
        let (halves, _) = octets.as_chunks::<2>();
        let word = |at: usize| words.get(at).map_or(0, |w| u32::from_le_bytes(*w));
        let half = |at: usize| halves.get(at).map_or(0, |h| u16::from_le_bytes(*h));
        Self {
            map: word(0),
            first: word(1),
            count: word(2),
            ends: word(3),
            matches: half(8),
            classes: half(9),
            special: half(10),
            starts: [half(11), half(12), half(13), half(14), half(15)],
        }
    }

    pub(crate) fn encode(&self) -> [u8; RECORD_OCTETS] {
        let words = [self.map, self.first, self.count, self.ends].into_iter().flat_map(u32::to_le_bytes);
        let halves = [self.matches, self.classes, self.special].into_iter().chain(self.starts);
        let mut octets = [0; RECORD_OCTETS];
        octets.iter_mut().zip(words.chain(halves.flat_map(u16::to_le_bytes))).for_each(|(to, from)| *to = from);
        octets
    }

    /// The dead state: the last row.
    #[inline]
    pub(crate) fn dead(&self) -> u32 {
        self.count.saturating_sub(u32::from(self.classes))
    }
}

/// An automaton to run.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Dfa<'i> {
    pub(crate) record: Record,
    pub(crate) map: &'i [u8; 256],
    pub(crate) transitions: &'i [[u8; 2]],
}

impl Dfa<'_> {
    /// Runs over octets, of which it knows the one in front; tells the number of every match state it comes to.
    #[inline]
    pub(crate) fn run(&self, in_front: Option<u8>, octets: impl Iterator<Item = u8>, mut report: impl FnMut(usize)) {
        let mut state = self.start(in_front);
        let mut last = u16::MAX;
        for octet in octets {
            state = self.next(state, self.map[usize::from(octet)].into());
            if state >= self.record.special {
                let Some(number) = self.match_number(state) else { return };
                // A state that leads to itself has nothing new to tell.
                if state != last {
                    report(number);
                }
                last = state;
            }
        }
        state = self.next(state, self.record.classes.saturating_sub(1).into());
        if state >= self.record.special
            && let Some(number) = self.match_number(state)
        {
            report(number);
        }
    }

    #[inline(always)]
    fn next(&self, state: u16, class: usize) -> u16 {
        // No transition leads outside of a verified automaton; outside is dead.
        self.transitions.get(usize::from(state) + class).map_or(u16::MAX, |s| u16::from_le_bytes(*s))
    }

    /// The number of a special state among the match states; `None` for the dead one.
    #[inline]
    fn match_number(&self, state: u16) -> Option<usize> {
        let number = state.checked_sub(self.record.special)?.checked_div(self.record.classes)?;
        (number < self.record.matches).then_some(number.into())
    }

    #[inline]
    fn start(&self, in_front: Option<u8>) -> u16 {
        let [text, line, carriage, word, other] = self.record.starts;
        match in_front {
            None => text,
            Some(b'\n') => line,
            Some(b'\r') => carriage,
            Some(octet) if octet.is_ascii_alphanumeric() || octet == b'_' => word,
            Some(_) => other,
        }
    }
}
