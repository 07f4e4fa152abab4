//! Kilometres between capitals along great circles, on a globe of 6,371 km.
//!
//! The table is computed here and not where it is asked: trigonometry may differ between machines by the last bit,
//! and a replay may not.

use super::{BuildError, Country};
use crate::{NO_COUNTRY, is_country};

const RADIUS_KM: f64 = 6371.0;

/// Codes in ascending order, and the square table of their distances.
pub(super) fn table(countries: &[Country]) -> Result<(Vec<u8>, Vec<u8>), BuildError> {
    let is_sound = |c: &Country| {
        let on_globe = c.latitude.unsigned_abs() <= 9_000 && c.longitude.unsigned_abs() <= 18_000;
        is_country(c.code) && c.code != NO_COUNTRY && on_globe
    };
    if let Some(place) = countries.iter().position(|c| !is_sound(c)) {
        return Err(BuildError::Country(place));
    }
    let mut sorted: Vec<(usize, Country)> = countries.iter().copied().enumerate().collect();
    sorted.sort_by_key(|(place, country)| (country.code, *place));
    if let Some([_, (place, _)]) = sorted.array_windows().find(|[a, b]| a.1.code == b.1.code) {
        return Err(BuildError::CountryTwice(*place));
    }
    let codes = sorted.iter().flat_map(|(_, c)| c.code).collect();
    let pairs = sorted.iter().flat_map(|(_, a)| sorted.iter().map(move |(_, b)| kilometres(a, b)));
    Ok((codes, pairs.flat_map(u16::to_le_bytes).collect()))
}

/// By the haversine formula, which is exact enough also for neighbours. At most 20,015.
fn kilometres(a: &Country, b: &Country) -> u16 {
    let radians = |hundredths: i16| (f64::from(hundredths) / 100.0).to_radians();
    let half_sine = |x: i16, y: i16| ((radians(x) - radians(y)) / 2.0).sin().powi(2);
    let around = radians(a.latitude).cos() * radians(b.latitude).cos() * half_sine(a.longitude, b.longitude);
    let chord = (half_sine(a.latitude, b.latitude) + around).clamp(0.0, 1.0).sqrt();
    (2.0 * RADIUS_KM * chord.asin()).round() as u16
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(latitude: i16, longitude: i16) -> Country {
        Country { code: *b"XA", latitude, longitude }
    }

    /// Distances published for these pairs, to the kilometre or the next five.
    #[test]
    fn distances_are_those_of_the_globe() {
        let (london, paris, auckland) = (at(5151, -13), at(4886, 235), at(-3685, 17476));
        assert!(kilometres(&london, &paris).abs_diff(344) <= 2);
        assert!(kilometres(&london, &auckland).abs_diff(18_335) <= 20);
        assert_eq!(kilometres(&paris, &paris), 0);
    }

    #[test]
    fn the_far_side_is_half_way_round_and_the_date_line_is_no_wall() {
        assert_eq!(kilometres(&at(9_000, 0), &at(-9_000, 0)), 20_015);
        assert_eq!(kilometres(&at(0, 0), &at(0, 18_000)), 20_015);
        assert_eq!(kilometres(&at(0, 17_950), &at(0, -17_950)), 111);
    }

    #[test]
    fn what_is_no_country_is_refused() {
        let mut wrong = at(0, 0);
        wrong.code = *b"x1";
        assert_eq!(table(&[at(0, 0), wrong]), Err(BuildError::Country(1)));
        assert_eq!(table(&[at(9_001, 0)]), Err(BuildError::Country(0)));
        assert_eq!(table(&[at(0, 0), at(1, 1)]), Err(BuildError::CountryTwice(1)));
    }
}
