//! Hostile packets, and memory as a process may leave it.

use super::cases::{HEADERS, KEYS, STARTS, data, insert, pass, poll, sack, splices};
use super::world::{LIMITS, packet};
use proptest::prelude::*;
use sluice_splice::translate::{Decision, Limits, Outcome, Splices, memory_octets};
use sluice_wire::sctp::{ChunkKind, Data, Packet, Tsn};

#[test]
fn memory_of_another_form_is_not_taken_up() {
    let memory = splices().memory().to_vec();
    let other = Limits { payloads: 63, ..LIMITS };
    assert!(Splices::take_up(other, memory.clone(), 0).is_err());
    assert!(Splices::take_up(LIMITS, vec![0; memory.len()], 0).is_err());
    assert!(Splices::new(LIMITS, vec![0; memory.len() - 1]).is_err());
}

/// The fullest there can be, saved and taken up: it must answer as the one that was not.
#[test]
fn a_full_association_is_taken_up_as_it_was() {
    let limits = Limits { payloads: 128, ..LIMITS };
    let mut splices = Splices::new(limits, vec![0; memory_octets(2, 128)]).expect("room");
    assert!(splices.watch(KEYS, STARTS, 0));
    for side in 0..2 {
        for number in 0..64_u32 {
            insert(&mut splices, side, &[number as u8; 8]).expect("room");
        }
        let first = [100, 500][side];
        for number in 0..192_u32 {
            assert!(pass(&mut splices, side, &data(first + number * 2, number as u16, b"R")).is_none());
        }
    }
    let mut again = Splices::take_up(limits, splices.memory().to_vec(), 0).expect("of the same form");
    poll(&mut splices, 0);
    let resent: usize =
        poll(&mut again, 0).iter().map(|(_, octets)| Packet::parse(octets).expect("whole").chunks().count()).sum();
    assert!(resent > 64, "{resent}");
    for chunks in [data(484, 192, b"kept"), data(107, 3, b"kept"), data(104, 2, b"R"), sack(103, &[(9, 20), (30, 40)])]
    {
        for side in 0..2 {
            assert_eq!(pass(&mut splices, side, &chunks), pass(&mut again, side, &chunks));
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(300) })]

    #[test]
    fn any_chunks_do_not_panic_and_leave_a_right_checksum(
        turns in prop::collection::vec((0..2_usize, prop::collection::vec((0..20_u8, 0..8_u8, any::<[u8; 4]>(), prop::collection::vec(any::<u8>(), 0..40)), 1..5), any::<u32>()), 1..30)
    ) {
        let mut splices = splices();
        for (side, chunks, now_ns) in turns {
            let mut octets = Vec::new();
            for (kind, flags, number, value) in chunks {
                let kind = [kind, 0, 3, 0xC0, 0x82, 0][usize::from(kind) % 6];
                octets.extend([kind, flags]);
                octets.extend((8 + value.len() as u16).to_be_bytes());
                // Numbers near those that are there, as often as not.
                octets.extend(if flags & 1 == 0 { number } else { [0, 0, side as u8, number[3]] });
                octets.extend(&value);
                octets.resize(octets.len().next_multiple_of(4), 0);
            }
            let octets = packet(&HEADERS[side], &octets);
            let mut out = vec![0; 1500];
            let decide = |data: &Data<'_>, may: bool| match data.tsn.0 % 3 {
                0 if may => Decision::Remove,
                1 => Decision::Replace(b"other"),
                _ => Decision::Keep,
            };
            let outcome = splices.packet(&octets, &[], decide, u64::from(now_ns), &mut out);
            if let Ok(Outcome::Rewritten(len)) = outcome {
                prop_assert!(Packet::parse(&out[..len]).is_ok_and(|packet| packet.verify_crc().is_ok()));
            }
            let _ = insert(&mut splices, side, b"ours");
            splices.poll(u64::from(now_ns), |emission| {
                assert!(Packet::parse(emission.packet).is_ok_and(|packet| packet.verify_crc().is_ok()));
            });
        }
    }

    /// A process that ends while it writes leaves any octets in one of the two places.
    #[test]
    fn a_torn_save_leaves_the_one_before_it(at: prop::sample::Index, bit in 0..8_u8) {
        let mut splices = splices();
        pass(&mut splices, 0, &data(100, 0, b"R"));
        pass(&mut splices, 0, &data(101, 1, b"R"));
        let before = splices.memory().to_vec();
        pass(&mut splices, 0, &data(102, 2, b"R"));
        let mut torn = splices.memory().to_vec();
        let changed: Vec<_> = (0..torn.len()).filter(|at| torn[*at] != before[*at]).collect();
        torn[changed[at.index(changed.len())]] ^= 1 << bit;
        let mut again = Splices::take_up(LIMITS, torn, 0).expect("of the same form");
        prop_assert_eq!(again.named().count(), 1);
        // Of the last it may know or not; what was passed on before has the same numbers.
        let kept = pass(&mut again, 0, &data(103, 3, b"kept")).expect("kept");
        let whole = Packet::parse(&kept).expect("whole");
        let chunk = whole.chunks().next().expect("one").expect("whole");
        prop_assert_eq!((chunk.kind(), Data::parse(&chunk).expect("DATA").tsn), (ChunkKind::Data, Tsn(101)));
    }
}
