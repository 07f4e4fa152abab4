//! Which actions were already tried on this text, as far as remembered.
//!
//! A direct-mapped cache: forgetting one costs the work again and changes no answer. So a text that repeats what
//! calls an expression does not run its automaton each time.

/// How many actions are remembered.
const SLOTS: usize = 512;

#[derive(Clone, Debug)]
pub(crate) struct Done {
    /// Number of the text, then number of the action.
    slots: [u64; SLOTS],
    text: u32,
}

impl Done {
    pub(crate) const fn new() -> Self {
        Self { slots: [0; SLOTS], text: 1 }
    }

    /// Forgets everything.
    #[inline]
    pub(crate) fn clear(&mut self) {
        self.text = self.text.wrapping_add(1);
        if self.text == 0 {
            *self = Self::new();
        }
    }

    /// Notes the action; whether it was new.
    #[inline]
    pub(crate) fn is_new(&mut self, action: u32) -> bool {
        let wanted = u64::from(self.text) << 32 | u64::from(action);
        let Some(slot) = self.slots.get_mut(action as usize % SLOTS) else { return true };
        std::mem::replace(slot, wanted) != wanted
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_action_is_new_once_a_text() {
        let mut done = Done::new();
        assert!(done.is_new(0) && !done.is_new(0) && done.is_new(7) && !done.is_new(7));
        done.clear();
        assert!(done.is_new(0) && done.is_new(7));
    }

    #[test]
    fn texts_of_long_ago_are_forgotten_when_their_numbers_come_again() {
        let mut done = Done::new();
        assert!(done.is_new(3));
        done.text = u32::MAX;
        done.clear();
        assert!(done.is_new(3));
    }

    #[test]
    fn actions_that_share_a_slot_push_each_other_out() {
        let mut done = Done::new();
        assert!(done.is_new(1) && done.is_new(1 + SLOTS as u32) && done.is_new(1));
    }
}
