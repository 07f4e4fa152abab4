//! Orders: through rest and postings every rule of an order is found, and no other.

use super::ImageError;
use crate::image::Section;
use crate::image::orders::{COUNTING, ORDERS, Order, Posting, Probe, key_of, rule_of};
use crate::image::record::Extent;
use crate::image::view::{Image, part};

pub(super) fn verify(image: &Image<'_>) -> Result<(), ImageError> {
    if image.orders.len() != ORDERS {
        return Err(ImageError::Section(Section::Orders));
    }
    let mut found = vec![false; image.rules.len().max(image.counters.len())];
    for (number, order) in (0..).zip(image.orders.iter().map(Order)) {
        found.fill(false);
        let is_key = |key: u32| is_key(image, number as usize, key);
        let complete = find_all(image, order, &mut found, is_key).is_some() && has_all(image, number as usize, &found);
        if !complete {
            return Err(ImageError::Order(number));
        }
    }
    Ok(())
}

/// Marks what rest and postings lead to; `None` if anything is not as it should be.
fn find_all(
    image: &Image<'_>,
    order: Order<'_>,
    found: &mut [bool],
    is_key: impl Fn(u32) -> bool + Copy,
) -> Option<()> {
    let probes = part(image.probes, order.probes())?;
    let well_formed = order.is_well_formed()
        && probes.iter().map(|p| (p, Probe::decode(p))).all(|(octets, p)| {
            p.encode() == *octets && p.subject.is_of_field() && p.subject.is_legal(image.counters.len())
        });
    let tags = part(image.tags, order.postings())?;
    let postings = || part(image.postings, order.postings()).into_iter().flatten().map(Posting::decode);
    let is_tag = |(tag, posting): (&[u8; 1], Posting)| tag[0] == posting.tag();
    if !well_formed || postings().count() != tags.len() || !tags.iter().zip(postings()).all(is_tag) {
        return None;
    }
    let mut looked_at = 0;
    for extent in postings().filter(|p| !p.is_empty()).map(|p| p.keys).chain([order.rest()]) {
        // No key serves twice: extents that overlap would make this long.
        looked_at += extent.1 as usize;
        find(image, extent, found, is_key).filter(|()| looked_at <= image.keys.len())?;
    }
    Some(())
}

fn find(image: &Image<'_>, extent: Extent, found: &mut [bool], is_key: impl Fn(u32) -> bool) -> Option<()> {
    let mut last = None;
    for key in part(image.keys, extent)?.iter().map(|&k| u32::from_le_bytes(k)) {
        *found.get_mut(rule_of(key).0 as usize).filter(|_| is_key(key) && last < Some(key))? = true;
        last = Some(key);
    }
    Some(())
}

/// Whether it is the key of a counter, or of a rule of this level.
fn is_key(image: &Image<'_>, order: usize, key: u32) -> bool {
    if order == COUNTING {
        return (key as usize) < image.counters.len();
    }
    let index = rule_of(key);
    image.rule(index).is_some_and(|r| key == key_of(r.level(), index.0))
}

fn has_all(image: &Image<'_>, order: usize, found: &[bool]) -> bool {
    if order == COUNTING {
        return found.iter().take(image.counters.len()).all(|f| *f);
    }
    image.rules().zip(found).all(|((_, rule), found)| *found || !rule.triggers().contains(order))
}
