//! A list of at most so many values, in place: nothing is allocated and nothing can overflow.

/// Values in order, oldest first.
#[derive(Clone, Debug)]
pub(super) struct Fixed<T, const MAX: usize> {
    values: [T; MAX],
    len: usize,
}

impl<T: Copy + Default, const MAX: usize> Default for Fixed<T, MAX> {
    fn default() -> Self {
        Self { values: [T::default(); MAX], len: 0 }
    }
}

impl<T: Copy + Default, const MAX: usize> Fixed<T, MAX> {
    pub(super) const fn is_empty(&self) -> bool {
        self.len == 0
    }

    pub(super) const fn len(&self) -> usize {
        self.len
    }

    pub(super) const fn is_full(&self) -> bool {
        self.len >= MAX
    }

    pub(super) fn as_slice(&self) -> &[T] {
        self.values.get(..self.len).unwrap_or_default()
    }

    pub(super) fn as_mut_slice(&mut self) -> &mut [T] {
        self.values.get_mut(..self.len).unwrap_or_default()
    }

    pub(super) fn iter(&self) -> std::slice::Iter<'_, T> {
        self.as_slice().iter()
    }

    pub(super) fn iter_mut(&mut self) -> std::slice::IterMut<'_, T> {
        self.as_mut_slice().iter_mut()
    }

    pub(super) fn first(&self) -> Option<&T> {
        self.as_slice().first()
    }

    pub(super) fn last(&self) -> Option<&T> {
        self.as_slice().last()
    }

    /// Adds a value at the end. `false` without room.
    pub(super) fn push(&mut self, value: T) -> bool {
        let Some(place) = self.values.get_mut(self.len) else { return false };
        *place = value;
        self.len += 1;
        true
    }

    pub(super) fn drop_first(&mut self) {
        if self.len > 0 {
            self.values.copy_within(1..self.len, 0);
            self.len -= 1;
        }
    }

    /// Keeps the values for which this holds, in their order.
    pub(super) fn retain(&mut self, mut keeps: impl FnMut(&T) -> bool) {
        let mut kept = 0;
        for at in 0..self.len {
            let Some(value) = self.values.get(at).copied() else { break };
            if keeps(&value) {
                if let Some(place) = self.values.get_mut(kept) {
                    *place = value;
                }
                kept += 1;
            }
        }
        self.len = kept;
    }

    pub(super) fn clear(&mut self) {
        self.len = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_order_and_refuses_what_does_not_fit() {
        let mut list = Fixed::<u8, 3>::default();
        assert!(list.push(1) && list.push(2) && list.push(3) && list.is_full() && !list.push(4));
        list.drop_first();
        assert_eq!(list.as_slice(), [2, 3]);
        assert!(list.push(4));
        list.retain(|value| value % 2 == 0);
        assert_eq!(list.as_slice(), [2, 4]);
        list.clear();
        assert!(list.is_empty() && list.first().is_none() && list.last().is_none());
    }
}
