//! Campaigns against a plain list of founders.

use proptest::prelude::*;
use sluice_track::{
    BANDS_SHARED, CAMPAIGN_COST_OCTETS, CAMPAIGN_WINDOW_S, CAMPAIGNS_PER_BAND, Campaign, Campaigns, mix,
};

const S: u64 = 1_000_000_000;
const W: u64 = CAMPAIGN_WINDOW_S as u64 * S;

fn seen(table: &mut Campaigns, sketch: [u32; 4], sender: u64, now: u64) -> Campaign {
    table.seen(sketch, sender, CAMPAIGN_WINDOW_S, now).unwrap()
}

/// Four bands and a map of 56 bits as one sketch.
fn sketch(bands: [u32; 4], map: u64) -> [u32; 4] {
    std::array::from_fn(|at| bands[at] << 14 | (map >> (14 * at)) as u32 & 0x3FFF)
}

/// A sketch that has no band in common with another number's.
fn text(number: u64) -> [u32; 4] {
    sketch(bands(number), mix(2, number, 0))
}

fn bands(number: u64) -> [u32; 4] {
    std::array::from_fn(|band| mix(1, number, band as u64) as u32 >> 14 | 1)
}

/// Cohen's kappa of two maps in thousandths, from the four counts of its definition; rounded down, 0 below 0.
fn kappa(a: u64, b: u64) -> i64 {
    let count = |a: u64, b: u64| i64::from((a & b & ((1 << 56) - 1)).count_ones());
    let [both, first, second, none] = [count(a, b), count(a, !b), count(!a, b), count(!a, !b)];
    let most = (both + first) * (first + none) + (both + second) * (second + none);
    if most == 0 { 1000 } else { (2000 * (both * none - first * second) / most).max(0) }
}

/// What two texts have in common, if they are of one campaign.
fn common((bands, map): ([u32; 4], u64), (others, other): ([u32; 4], u64)) -> Option<i64> {
    let shared = bands.iter().zip(&others).filter(|(a, b)| a == b && **a != 0).count();
    (shared >= BANDS_SHARED && kappa(map, other) >= 700).then(|| kappa(map, other))
}

proptest! {
    #[test]
    fn a_message_belongs_to_the_founder_it_is_most_like(
        steps in prop::collection::vec((0..4_u32, prop::array::uniform4(0..4_u32), 0..1_u64 << 12), 1..60),
    ) {
        let mut table = Campaigns::new(1000, 42);
        let mut founders: Vec<([u32; 4], u64, u64, u32)> = Vec::new();
        for (now, (family, variants, flips)) in (1..).map(|n| n * S / 100).zip(steps) {
            let mut band = 0;
            let bands = variants.map(|variant| {
                band += 1;
                if variant == 3 { 0 } else { 1 + family * 100 + variant * 10 + band }
            });
            // Few bits of the map are flipped, so that some are alike and some are not.
            let map = 0x0F0F_3355_0FF0_F0F1_u64.rotate_left(family * 7) ^ flips << 3;
            // A word without a band has no part of the map either.
            let map = (0..4).filter(|at| bands[*at] != 0).map(|at| map & 0x3FFF << (14 * at)).sum();
            // One band leads to so many founders only: what more there are is another test.
            let is_full = |at: usize| founders.iter().filter(|(f, ..)| f[at] == bands[at]).count() >= CAMPAIGNS_PER_BAND;
            if (0..4).any(is_full) {
                continue;
            }
            let campaign = table.seen(sketch(bands, map), 1, CAMPAIGN_WINDOW_S, now);
            if bands == [0; 4] {
                prop_assert_eq!(campaign, None);
                continue;
            }
            let likeness = |founder: &([u32; 4], u64, u64, u32)| common((founder.0, founder.1), (bands, map));
            let most = founders.iter().filter_map(likeness).max();
            let nearest = founders.iter().position(|founder| most.is_some() && likeness(founder) == most);
            let at = nearest.unwrap_or_else(|| {
                founders.push((bands, map, campaign.unwrap().id, 0));
                founders.len() - 1
            });
            founders[at].3 += 1;
            let told = campaign.map(|campaign| (campaign.id, campaign.count));
            prop_assert_eq!(told, Some((founders[at].2, founders[at].3)));
            prop_assert_eq!(table.len(), founders.len());
        }
    }

    #[test]
    fn any_sketches_at_any_times_are_taken(
        steps in prop::collection::vec((prop::array::uniform4(any_word()), any::<u64>(), any::<u32>(), any::<u64>()), 1..200),
    ) {
        let mut table = Campaigns::new(5, 42);
        for (sketch, sender, window_s, now) in steps {
            let told = table.seen(sketch, sender, window_s, now);
            prop_assert_eq!(told.is_some(), sketch != [0; 4]);
            prop_assert!(told.is_none_or(|told| told.count >= 1 && told.senders >= 1));
            prop_assert!(table.len() <= 8);
        }
    }
}

fn any_word() -> impl Strategy<Value = u32> {
    prop_oneof![0..3_u32, any::<u32>(), (0..3_u32).prop_map(|band| band << 14 | 0x3FFF)]
}

#[test]
fn messages_are_counted_in_this_window_and_in_the_one_before() {
    let mut table = Campaigns::new(100, 42);
    let [a, b, c, d] = text(1);
    let other_band = 5 << 14;
    let first = seen(&mut table, [a, b, c, d], 1, 10 * S);
    assert_eq!((first.count, first.previous, first.senders, first.first_age_s), (1, 0, 1, 0));
    let second = seen(&mut table, [a, b ^ other_band, c ^ other_band ^ 1, d], 2, 15 * S);
    assert_eq!((second.count, second.previous, second.senders, second.first_age_s), (2, 0, 2, 5));
    let next = seen(&mut table, [a, b, c ^ other_band, d ^ 2], 1, 11 * S + W);
    assert_eq!((next.count, next.previous, next.senders), (1, 2, 2));
    let later = seen(&mut table, [a, b, c, d], 3, 15 * S + 5 * W);
    assert_eq!((later.count, later.previous, later.senders), (1, 0, 1));
    assert_eq!(u64::from(later.first_age_s), 5 + 5 * 3_600);
    assert!([second.id, next.id, later.id].iter().all(|id| *id == first.id));
}

#[test]
fn a_band_in_common_is_not_enough_nor_are_the_same_words() {
    let mut table = Campaigns::new(100, 42);
    let words = 0xF0_F0F0;
    let first = seen(&mut table, sketch([1, 2, 3, 4], words), 1, S);
    let of_other_words = seen(&mut table, sketch([1, 2, 3, 4], words << 4), 1, S);
    let in_other_order = seen(&mut table, sketch([5, 6, 7, 8], words), 1, S);
    assert!(first.id != of_other_words.id && first.id != in_other_order.id);
    assert_eq!((of_other_words.count, in_other_order.count, table.len()), (1, 1, 3));
    let near = seen(&mut table, sketch([1, 6, 5, 8], words | 1), 1, S);
    assert_eq!((near.id, near.count, table.len()), (first.id, 2, 3));
}

#[test]
fn a_text_too_short_for_bands_is_no_campaign() {
    let mut table = Campaigns::new(100, 42);
    assert_eq!(table.seen([0; 4], 1, CAMPAIGN_WINDOW_S, S), None);
    assert!(table.is_empty());
    let [_, b, c, d] = text(1);
    let [_, _, _, other] = text(2);
    let first = seen(&mut table, [0, b, c, d], 1, S);
    assert_eq!(seen(&mut table, [0, b, c, d], 1, S).id, first.id);
    assert_ne!(seen(&mut table, [0, 0, 0, other], 1, S).id, first.id, "bands that are not there are not shared");
}

#[test]
fn the_id_is_the_same_in_a_table_of_another_key_and_size() {
    let id = |capacity, key| seen(&mut Campaigns::new(capacity, key), text(5), 1, S).id;
    assert_eq!(id(10, 1), id(1_000, 2));
}

#[test]
fn senders_are_counted_within_a_tenth() {
    let squares = (0..100).map(|key| {
        let mut table = Campaigns::new(10, key);
        let last = (0..2_000).map(|sender| seen(&mut table, text(1), sender, S)).last().unwrap();
        assert_eq!(last.count, 2_000);
        (f64::from(last.senders) / 2_000.0 - 1.0).powi(2)
    });
    let deviation = (squares.sum::<f64>() / 100.0).sqrt();
    assert!(deviation < 0.125, "{deviation}");
}

/// A footer that everybody uses is one band of many texts: it leads to few, the other bands to each.
#[test]
fn a_band_in_common_to_ten_thousand_campaigns_hides_none() {
    let mut table = Campaigns::new(20_000, 42);
    let with_footer = |number| {
        let [_, b, c, d] = bands(number);
        sketch([5, b, c, d], mix(3, number, 0))
    };
    (0..10_000).for_each(|number| assert_eq!(seen(&mut table, with_footer(number), 1, S).count, 1));
    assert!((0..10_000).all(|number| seen(&mut table, with_footer(number), 1, S).count == 2));
}

#[test]
fn a_campaign_that_goes_on_during_a_flood_of_a_million_texts_is_not_lost() {
    let mut table = Campaigns::new(4_800, 42);
    let octets = table.octets();
    for n in 0..1_000_000_u64 {
        let now = n * S / 1_000;
        if n % 10 == 0 {
            seen(&mut table, text(n / 10 % 100), n, now);
        }
        seen(&mut table, text(1_000_000 + n), n, now);
    }
    let whole = (0..100).filter(|number| seen(&mut table, text(*number), 1, 1_000 * S).count == 1_001).count();
    assert!(whole >= 99, "{whole} of 100");
    assert_eq!((table.octets(), table.octets_per_entry()), (octets, CAMPAIGN_COST_OCTETS));
    assert_eq!(table.len() as u64 + table.shed(), 1_000_100, "each was founded once");
    table.clear();
    assert_eq!((table.len(), seen(&mut table, text(1), 1, S).count), (0, 1));
}
