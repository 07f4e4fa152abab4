//! Correlation ids: fifteen digits that look like an IMSI. TR 23.840 (MT Correlation ID), E.212.
//!
//! ```text
//!   00101 │ 3 │ 274019385    MCC and MNC, 5 or 6 digits; the core that knows it, none to 2 digits; digits at random
//! ```
//! Whoever has an id sees which core gave it: the digits of the core keep no secret. At least seven others do, and
//! guessing one of them helps only who also is the one that asked.

/// Digits of every id.
const DIGITS: u32 = 15;
/// An id takes at most two digits for the core.
const CORES_MAX: u8 = 100;

/// How this network and this core number their ids.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Numbering {
    /// MCC and MNC, as a number and how many digits it has.
    network: u64,
    network_digits: u8,
    core: u8,
    cores: u8,
}

/// An id as it stands in the IMSI's place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct CorrelationId([u8; 8]);

impl CorrelationId {
    /// TBCD, fifteen digits and the filler.
    pub const fn octets(&self) -> &[u8; 8] {
        &self.0
    }
}

impl Numbering {
    /// `mcc_mnc` has five or six digits; there are one to a hundred cores, and `core` counts from 0. None otherwise.
    pub fn new(mcc_mnc: &str, core: u8, cores: u8) -> Option<Self> {
        let is_network = matches!(mcc_mnc.len(), 5 | 6) && mcc_mnc.bytes().all(|digit| digit.is_ascii_digit());
        if !is_network || core >= cores || cores > CORES_MAX {
            return None;
        }
        Some(Self { network: mcc_mnc.parse().ok()?, network_digits: mcc_mnc.len() as u8, core, cores })
    }

    /// Which core gave an id, where it is one of this network. `octets` are what stood in the IMSI's place.
    pub fn core_of(&self, octets: &[u8]) -> Option<u8> {
        let (core, _) = self.parts(octets)?;
        u8::try_from(core).ok().filter(|core| *core < self.cores)
    }

    /// How many numbers this core can give.
    pub(super) const fn numbers(&self) -> u64 {
        10_u64.pow(DIGITS - self.network_digits as u32 - self.core_digits())
    }

    pub(super) fn id(&self, number: u64) -> CorrelationId {
        let all = (self.network * 10_u64.pow(self.core_digits()) + u64::from(self.core)) * self.numbers();
        CorrelationId(packed(all + number % self.numbers()))
    }

    /// The number of an id that this core may have given.
    pub(super) fn number(&self, octets: &[u8]) -> Option<u64> {
        let (core, number) = self.parts(octets)?;
        (core == u64::from(self.core)).then_some(number)
    }

    /// What a table was made for.
    pub(super) const fn octets(&self) -> [u8; 8] {
        let [a, b, c, ..] = self.network.to_le_bytes();
        [a, b, c, self.network_digits, self.core, self.cores, 0, 0]
    }

    const fn core_digits(&self) -> u32 {
        match self.cores {
            0..=1 => 0,
            2..=10 => 1,
            _ => 2,
        }
    }

    fn parts(&self, octets: &[u8]) -> Option<(u64, u64)> {
        let before = unpacked(octets)? / self.numbers();
        let (network, core) = (before / 10_u64.pow(self.core_digits()), before % 10_u64.pow(self.core_digits()));
        (network == self.network).then_some((core, unpacked(octets)? % self.numbers()))
    }
}

/// Fifteen digits, the first in the low half of the first octet, and the filler.
fn packed(mut number: u64) -> [u8; 8] {
    let mut nibbles = 0xF_u64 << 60;
    for place in (0..DIGITS).rev() {
        nibbles |= (number % 10) << (4 * place);
        number /= 10;
    }
    nibbles.to_le_bytes()
}

/// The number of fifteen decimal digits; none of anything else.
fn unpacked(octets: &[u8]) -> Option<u64> {
    let nibbles = u64::from_le_bytes(octets.try_into().ok()?);
    if nibbles >> 60 != 0xF {
        return None;
    }
    (0..DIGITS).try_fold(0, |number, place| {
        let digit = nibbles >> (4 * place) & 0xF;
        (digit <= 9).then_some(number * 10 + digit)
    })
}
