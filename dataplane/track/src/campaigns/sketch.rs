//! How much two texts have in common, by their sketches.
//!
//! ```text
//! each of four words   31 ─────────── 14 │ 13 ────────── 0
//!                      band, 18 bits     │ a quarter of the map, 14 bits
//! ```
//! A band is the least hash of two words that follow each other, in one of four orders: texts that share a passage
//! share it, others hardly ever (Broder, "On the resemblance and containment of documents", 1997). It finds a campaign.
//! A word 0 has no band, and texts too short for a sketch have four of them.
//!
//! The map has a bit for each word of the text, 56 in all, and decides: long texts have many bits in common by chance
//! alone, so what counts is how far beyond chance two maps agree (kappa; Cohen, "A coefficient of agreement for nominal
//! scales", 1960).

/// Words of a sketch, a band each.
pub const BANDS: usize = 4;
/// How many of them two messages of one campaign share at least, each at the same place.
pub const BANDS_SHARED: usize = 1;

/// The maps of two messages of one campaign agree by that much beyond chance, in thousandths: about seven of ten words.
const LIKENESS_MIN: u32 = 700;
/// Bits of a word that are of the map.
const QUARTER_BITS: u32 = 14;
const QUARTER: u32 = (1 << QUARTER_BITS) - 1;
/// Bits of the map.
const MAP_BITS: u32 = QUARTER_BITS * BANDS as u32;

/// A sketch as the text crate makes it.
pub(super) type Sketch = [u32; BANDS];

/// The bands, each with its number; not those of texts too short for one.
pub(super) fn bands(sketch: Sketch) -> [Option<u64>; BANDS] {
    let mut number = 0;
    sketch.map(|word| {
        number += 1;
        (word != 0).then_some(number << 32 | u64::from(word >> QUARTER_BITS))
    })
}

/// By how much two sketches agree, in thousandths; `None` if they are not of one campaign.
#[inline]
pub(super) fn likeness(one: Sketch, other: Sketch) -> Option<u32> {
    let is_shared = |(a, b): &(u32, u32)| *a != 0 && *b != 0 && a >> QUARTER_BITS == b >> QUARTER_BITS;
    let shared = one.into_iter().zip(other).filter(is_shared).count();
    (shared >= BANDS_SHARED).then(|| agreement(map(one), map(other))).filter(|likeness| *likeness >= LIKENESS_MIN)
}

fn map(sketch: Sketch) -> u64 {
    sketch.into_iter().fold(0, |map, word| map << QUARTER_BITS | u64::from(word & QUARTER))
}

/// How far two maps agree beyond chance, as a share of how far they could: all numbers times `2 × MAP_BITS`.
#[inline]
fn agreement(one: u64, other: u64) -> u32 {
    let (of_one, of_other) = (one.count_ones(), other.count_ones());
    let by_chance = 2 * of_one * of_other;
    let common = 2 * MAP_BITS * (one & other).count_ones();
    let most = MAP_BITS * (of_one + of_other) - by_chance;
    // Full maps tell nothing: then the band decides.
    (common.saturating_sub(by_chance) * 1000).checked_div(most).unwrap_or(1000)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Of one band, and a map with these bits.
    fn sketch(map: u64) -> Sketch {
        [3, 2, 1, 0].map(|quarter| 9 << QUARTER_BITS | (map >> (quarter * QUARTER_BITS)) as u32 & QUARTER)
    }

    #[test]
    fn seven_words_of_ten_are_alike_and_six_are_not() {
        let ten = sketch(0b11_1111_1111);
        assert_eq!(likeness(ten, ten), Some(1000));
        assert_eq!(likeness(ten, sketch(0b111_1111_1111)), Some(941));
        assert_eq!(likeness(ten, sketch(0b11_1111_1111 << 2)), Some(756));
        assert_eq!(likeness(ten, sketch(0b11_1111_1111 << 3)), None);
    }

    #[test]
    fn maps_that_agree_by_chance_do_not_count() {
        // Three quarters of each, and of these three quarters in common.
        let (one, other) = (0x3FF_FFFF_FFFF, 0xFF_FFFF_F000_07FF);
        assert_eq!(map(sketch(one)), one);
        assert!(agreement(one, other) < 100, "{}", agreement(one, other));
        let full = (1 << MAP_BITS) - 1;
        assert_eq!((agreement(full, full), agreement(full, 0), agreement(0, 0)), (1000, 0, 1000));
    }

    #[test]
    fn a_map_without_a_band_in_common_is_nothing() {
        let [a, b, c, d] = sketch(0xFFF);
        assert_eq!(likeness([a, b, c, d], [a ^ 1 << 14, b ^ 1 << 14, c ^ 1 << 14, d ^ 1 << 14]), None);
        assert_eq!(likeness([0; BANDS], [0; BANDS]), None);
        assert!(likeness([0, 0, 0, d], [0, 0, 0, d]).is_some());
    }
}
