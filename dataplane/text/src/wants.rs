//! What a reading is asked for.

use std::ops::BitOr;

/// What a reading is asked for; the rest stays empty. What one needs of another is read for it.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Wants(u8);

impl Wants {
    /// [`Reading::plain`](crate::Reading::plain), which every reading has.
    pub const PLAIN: Wants = Wants(0);
    /// [`Reading::squeezed`](crate::Reading::squeezed).
    pub const SQUEEZED: Wants = Wants(1);
    /// [`Reading::urls`](crate::Reading::urls).
    pub const URLS: Wants = Wants(1 << 1);
    /// [`Reading::template`](crate::Reading::template).
    pub const TEMPLATE: Wants = Wants(1 << 2);
    /// [`Reading::sketch`](crate::Reading::sketch).
    pub const SKETCH: Wants = Wants(1 << 3);
    /// [`Reading::class`](crate::Reading::class), its score, and the counts of digits and words.
    pub const CLASS: Wants = Wants(1 << 4);
    /// Everything.
    pub const ALL: Wants = Wants(0x1F);

    /// Anything of `other` is wanted.
    pub fn any(self, other: Wants) -> bool {
        self.0 & other.0 != 0
    }

    /// The words are needed.
    pub(crate) fn needs_words(self) -> bool {
        self.any(Wants(!Wants::SQUEEZED.0))
    }
}

impl BitOr for Wants {
    type Output = Wants;

    fn bitor(self, other: Wants) -> Wants {
        Wants(self.0 | other.0)
    }
}
