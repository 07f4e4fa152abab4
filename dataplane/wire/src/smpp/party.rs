//! Addresses, and lists of them. SMPP 3.4 §5.2.5 to §5.2.9, §4.5.1.1.
//!
//! ```text
//!  submit_multi        +------+-----+-----+-----------+        +------+---------+
//!                      |  1   | ton | npi | address 0 |   or   |  2   | name  0 |
//!                      +------+-----+-----+-----------+        +------+---------+
//!  submit_multi_resp   +-----+-----+-----------+----------------+
//!                      | ton | npi | address 0 | status         |
//!                      +-----+-----+-----------+----------------+
//! ```

use super::cursor::Cursor;
use crate::Reason;

/// An address: of a subscriber, an application or a service.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Party<'a> {
    /// Type of number.
    pub ton: u8,
    /// Numbering plan.
    pub npi: u8,
    /// The address as it stands there, without its end.
    pub address: &'a [u8],
}

impl<'a> Party<'a> {
    #[inline]
    pub(super) fn read(cursor: &mut Cursor<'a>, octets_max: usize) -> Result<Self, Reason> {
        Ok(Self { ton: cursor.octet()?, npi: cursor.octet()?, address: cursor.string(octets_max)? })
    }
}

/// Where a message of several destinations goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Destination<'a> {
    /// To one address.
    Party(Party<'a>),
    /// To all of a distribution list.
    List(&'a [u8]),
}

/// The destinations of a `submit_multi`, in order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Destinations<'a> {
    octets: &'a [u8],
    left: u8,
}

impl<'a> Destinations<'a> {
    /// Those at the cursor, after their number; the cursor moves behind them.
    pub(super) fn read(cursor: &mut Cursor<'a>) -> Result<Self, Reason> {
        let left = cursor.octet()?;
        let octets = cursor.rest();
        for _ in 0..left {
            Destination::read(cursor)?;
        }
        Ok(Self { octets, left })
    }
}

impl<'a> Iterator for Destinations<'a> {
    type Item = Destination<'a>;

    fn next(&mut self) -> Option<Self::Item> {
        self.left = self.left.checked_sub(1)?;
        let mut cursor = Cursor::new(self.octets);
        let destination = Destination::read(&mut cursor).ok()?;
        self.octets = cursor.rest();
        Some(destination)
    }
}

impl<'a> Destination<'a> {
    fn read(cursor: &mut Cursor<'a>) -> Result<Self, Reason> {
        match cursor.octet()? {
            1 => Party::read(cursor, ADDRESS_OCTETS_MAX).map(Self::Party),
            2 => cursor.string(ADDRESS_OCTETS_MAX).map(Self::List),
            _ => Err(Reason::BadValue),
        }
    }
}

/// Octets of an address with its end; of a list's name too.
pub(super) const ADDRESS_OCTETS_MAX: usize = 21;
/// The same in `data_sm` and `alert_notification`.
pub(super) const LONG_ADDRESS_OCTETS_MAX: usize = 65;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gives_addresses_and_lists_in_order() {
        let mut cursor = Cursor::new(b"\x02\x01\x01\x0115550100\0\x02staff\0rest");
        let mut destinations = Destinations::read(&mut cursor).expect("whole");
        assert_eq!(destinations.next(), Some(Destination::Party(Party { ton: 1, npi: 1, address: b"15550100" })));
        assert_eq!(destinations.next(), Some(Destination::List(b"staff")));
        assert_eq!((destinations.next(), cursor.rest()), (None, &b"rest"[..]));
    }

    #[test]
    fn refuses_another_kind_and_a_list_cut_off() {
        assert_eq!(Destinations::read(&mut Cursor::new(&[1, 3])), Err(Reason::BadValue));
        assert_eq!(Destinations::read(&mut Cursor::new(&[2, 1, 1, 1, b'5', 0])), Err(Reason::Truncated));
        assert_eq!(Destinations::read(&mut Cursor::new(&[])), Err(Reason::Truncated));
    }
}
