//! More than there is room for.

use super::*;

fn rated(of_source: u32, to_destination: u32) -> Settings {
    Settings {
        inits_of_source: Some(Rate { per_s: of_source, burst: of_source }),
        inits_to_destination: Some(Rate { per_s: to_destination, burst: to_destination }),
        ..enforced()
    }
}

/// How many of so many INITs, each from an address of its own or all from one, came through.
fn flood(world: &mut World, count: u32, is_spoofed: bool) -> usize {
    let passed = |tag: u32| {
        if is_spoofed {
            let [_, a, b, c] = tag.to_be_bytes();
            world.peer = [10, a, b, c];
        }
        world.send(Side::Outside, 0, &[&init(1, tag)]) == Verdict::Pass
    };
    (1..=count).map(passed).filter(|passed| *passed).count()
}

#[test]
fn a_flood_of_one_source_is_held_to_the_rate_of_its_source_and_others_are_not_touched() {
    let mut world = World::new(&rated(10, 100));
    assert_eq!(flood(&mut world, 1000, false), 10);
    world.now_ns += SECOND_NS / 2;
    assert_eq!(flood(&mut world, 1000, false), 5);
    world.peer = [192, 0, 2, 2];
    assert_eq!(world.send(Side::Outside, 0, &[&init(1, 1)]), Verdict::Pass);
    let counts = world.screen.take_counts();
    assert_eq!((counts.of(Reason::InitsOfSource), counts.of(Reason::InitsToDestination)), (1985, 0));
}

#[test]
fn a_flood_of_many_sources_is_held_to_the_rate_of_its_destination() {
    let mut world = World::new(&rated(10, 100));
    assert_eq!(flood(&mut world, 5000, true), 100);
    assert_eq!(world.screen.take_counts().of(Reason::InitsToDestination), 4900);
}

#[test]
fn a_flood_that_passes_forgets_no_association_and_makes_screening_lenient() {
    let mut world = World::settled(&Settings { inits_of_source: None, inits_to_destination: None, ..enforced() });
    world.handshake(100, 200);
    assert_eq!(world.send(Side::Outside, 9, &[ABORT]), Verdict::Drop(Reason::ResetUnknown));
    let octets = world.screen.octets();
    assert_eq!(flood(&mut world, 20_000, true), 20_000);
    assert_eq!(world.screen.octets(), octets);
    assert_eq!(world.send(Side::Outside, 9, &[ABORT]), Verdict::Pass, "an INIT of it may be forgotten");
    assert_eq!(world.send(Side::Inside, 1, &[&init(2, 2)]), Verdict::Pass, "its INIT was");
    world.now_ns += enforced().settle_ns;
    assert_eq!(world.send(Side::Outside, 9, &[ABORT]), Verdict::Drop(Reason::ResetUnknown));
    assert_eq!(world.send(Side::Outside, 200, &[ABORT]), Verdict::Pass);
}

#[test]
fn invented_tags_and_inits_do_not_displace_an_association_whose_handshake_was_seen() {
    for is_collision in [false, true] {
        let mut world = World::settled(&Settings { inits_of_source: None, inits_to_destination: None, ..enforced() });
        match is_collision {
            false => assert_eq!(world.handshake(100, 200), [Verdict::Pass; 4]),
            true => assert_eq!(world.collision(100, 200), [Verdict::Pass; 7]),
        }
        for tag in 1000..30_000 {
            world.send(Side::Outside, tag, &[DATA]);
            world.send(Side::Outside, 0, &[&init(1, tag)]);
        }
        world.now_ns += enforced().settle_ns;
        assert_eq!(world.send(Side::Outside, 201, &[ABORT]), Verdict::Drop(Reason::ResetUnknown));
        for tag in [(Side::Outside, 200), (Side::Inside, 100)] {
            assert_eq!(world.send(tag.0, tag.1, &[ABORT]), Verdict::Pass, "{tag:?}");
        }
    }
}

#[test]
fn tables_cost_what_the_documentation_says() {
    assert_eq!(Screen::new(&Settings::default(), &Sizes::default(), 7).octets() / 1000, 563);
}
