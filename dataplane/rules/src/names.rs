//! Short texts put together without allocation.

/// Octets of all names, with their separators; what does not fit is left out whole.
const NAMES_OCTETS: usize = 1024;

/// Names separated by line feeds.
#[derive(Clone, Debug)]
pub(crate) struct Names {
    octets: [u8; NAMES_OCTETS],
    len: usize,
}

impl Names {
    pub(crate) const EMPTY: Self = Self { octets: [0; NAMES_OCTETS], len: 0 };

    #[inline]
    pub(crate) fn clear(&mut self) {
        self.len = 0;
    }

    pub(crate) fn fill<'n>(&mut self, names: impl Iterator<Item = &'n str>) {
        self.clear();
        names.for_each(|name| self.push(&[name]));
    }

    /// Adds one name that is made of parts.
    pub(crate) fn push(&mut self, parts: &[&str]) {
        let separator = if self.len == 0 { "" } else { "\n" };
        let end = self.len + separator.len() + parts.iter().map(|p| p.len()).sum::<usize>();
        let Some(room) = self.octets.get_mut(self.len..end) else { return };
        let octets = separator.bytes().chain(parts.iter().flat_map(|p| p.bytes()));
        room.iter_mut().zip(octets).for_each(|(to, from)| *to = from);
        self.len = end;
    }

    pub(crate) fn text(&self) -> Option<&[u8]> {
        self.octets.get(..self.len).filter(|t| !t.is_empty())
    }
}

/// A number in decimal.
pub(crate) struct Number {
    digits: [u8; 10],
    from: usize,
}

impl Number {
    pub(crate) fn of(number: u32) -> Self {
        let mut this = Self { digits: [b'0'; 10], from: 10 };
        let mut left = number;
        for room in this.digits.iter_mut().rev() {
            *room = b'0' + (left % 10) as u8;
            (left, this.from) = (left / 10, this.from - 1);
            if left == 0 {
                break;
            }
        }
        this
    }

    pub(crate) fn as_str(&self) -> &str {
        self.digits.get(self.from..).and_then(|o| std::str::from_utf8(o).ok()).unwrap_or("")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_decimal() {
        assert!([0, 9, 10, 65_536, u32::MAX].into_iter().all(|n| Number::of(n).as_str() == n.to_string()));
    }

    #[test]
    fn a_name_that_does_not_fit_is_left_out_whole() {
        let mut names = Names::EMPTY;
        assert_eq!(names.text(), None);
        names.push(&["a", "=", "1"]);
        names.push(&["x".repeat(NAMES_OCTETS).as_str()]);
        names.push(&["b"]);
        assert_eq!(names.text(), Some(&b"a=1\nb"[..]));
    }
}
