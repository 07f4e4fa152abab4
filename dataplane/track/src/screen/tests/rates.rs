//! Rates of messages: who is shed, when, and who never is.

use super::*;
use MessageClass::{Answer, Management, Other, ShortMessage};

fn rated(association: Option<u32>, partner: Option<u32>) -> Settings {
    let rate = |burst: u32| Rate { per_s: 8, burst };
    let network = Network { address: [192, 0, 2, 0].into(), bits: 24 };
    let partner = Partner { networks: vec![network], messages: partner.map(rate), ..Partner::default() };
    Settings { messages_of_association: association.map(rate), partners: vec![partner], ..enforced() }
}

/// Messages of a class in the association of a tag; how many passed.
fn passed(world: &mut World, tag: u32, class: MessageClass, count: usize) -> usize {
    let octets = octets(Side::Outside, tag, &[DATA]);
    world.send(Side::Outside, tag, &[DATA]);
    let charge = |screen: &mut Screen, seen: &Seen<'_>, now_ns| {
        (0..count).filter(|_| screen.charge(seen, class, now_ns) == DataVerdict::Pass).count()
    };
    world.seen(Side::Outside, &octets, charge)
}

#[test]
fn an_association_is_held_to_its_rate_and_another_of_the_partner_is_not() {
    let mut world = World::new(&rated(Some(8), None));
    assert_eq!(passed(&mut world, 1, ShortMessage, 100), 8);
    assert_eq!(passed(&mut world, 2, ShortMessage, 100), 8);
    world.now_ns += SECOND_NS / 2;
    assert_eq!(passed(&mut world, 1, ShortMessage, 100), 4);
    let counts = world.screen.take_counts();
    assert_eq!((counts.of(Reason::AssociationRate), counts.neutralised, counts.dropped), (280, 280, 0));
}

#[test]
fn a_partner_is_held_to_its_rate_over_all_its_associations_and_addresses() {
    let mut world = World::new(&rated(None, Some(8)));
    assert_eq!(passed(&mut world, 1, ShortMessage, 5), 5);
    world.peer = [192, 0, 2, 77];
    assert_eq!(passed(&mut world, 2, ShortMessage, 100), 3);
    world.peer = [203, 0, 113, 1];
    assert_eq!(passed(&mut world, 3, ShortMessage, 100), 100, "another's");
    assert_eq!(world.screen.take_counts().of(Reason::PartnerRate), 97);
}

#[test]
fn what_one_rate_refuses_does_not_use_up_the_other() {
    let mut world = World::new(&rated(Some(2), Some(8)));
    assert_eq!(passed(&mut world, 1, ShortMessage, 100), 2);
    assert_eq!(passed(&mut world, 2, ShortMessage, 100), 2);
    assert_eq!(passed(&mut world, 3, ShortMessage, 100), 2);
    assert_eq!(passed(&mut world, 4, ShortMessage, 100), 2);
    assert_eq!(passed(&mut world, 5, ShortMessage, 100), 0, "the partner's eight are used up");
}

#[test]
fn the_class_that_is_shed_first_leaves_a_quarter_to_the_other() {
    for (shed_first, other) in [(Other, ShortMessage), (ShortMessage, Other)] {
        let mut world = World::new(&Settings { shed_first, ..rated(Some(8), None) });
        assert_eq!(passed(&mut world, 1, shed_first, 100), 6);
        assert_eq!(passed(&mut world, 1, other, 100), 2);
    }
}

#[test]
fn answers_and_management_are_never_shed_and_count() {
    for class in [Answer, Management] {
        let mut world = World::new(&rated(Some(8), Some(8)));
        assert_eq!(passed(&mut world, 1, class, 1000), 1000);
        assert_eq!(passed(&mut world, 1, ShortMessage, 10), 0);
        world.now_ns += SECOND_NS;
        assert_eq!(passed(&mut world, 1, ShortMessage, 10), 8, "no more than a bucket was filled");
    }
}

#[test]
fn messages_from_inside_are_not_counted() {
    let mut world = World::new(&rated(Some(1), Some(1)));
    let octets = octets(Side::Inside, 1, &[DATA]);
    world.send(Side::Inside, 1, &[DATA]);
    let verdicts = (0..10)
        .map(|_| world.seen(Side::Inside, &octets, |screen, seen, now_ns| screen.charge(seen, ShortMessage, now_ns)));
    assert!(verdicts.into_iter().all(|verdict| verdict == DataVerdict::Pass));
}

#[test]
fn a_rate_that_is_only_observed_counts_and_sheds_nothing() {
    let modes = Modes::all(Mode::Observe);
    let mut world = World::new(&Settings { modes, ..rated(Some(8), None) });
    assert_eq!(passed(&mut world, 1, ShortMessage, 100), 100);
    assert_eq!(world.screen.take_counts().of(Reason::AssociationRate), 92);
}

#[test]
fn other_rules_leave_what_is_known_of_associations() {
    let mut world = World::settled(&enforced());
    world.handshake(100, 200);
    world.screen.set(&rated(Some(8), None));
    assert_eq!(world.send(Side::Outside, 200, &[ABORT]), Verdict::Pass);
    assert_eq!(passed(&mut world, 200, ShortMessage, 100), 8);
}

#[test]
fn other_partners_count_at_once() {
    let mut world = World::new(&rated(None, Some(8)));
    assert_eq!(passed(&mut world, 1, ShortMessage, 100), 8);
    let mut settings = rated(None, Some(8));
    settings.partners[0].networks[0].address = [203, 0, 113, 0].into();
    world.screen.set(&settings);
    assert_eq!(passed(&mut world, 1, ShortMessage, 100), 100);
    world.screen.set(&rated(None, Some(4)));
    assert_eq!(passed(&mut world, 1, ShortMessage, 100), 4);
}

#[test]
fn a_message_counts_in_its_own_association_whatever_packet_came_last() {
    let mut world = World::new(&rated(Some(8), None));
    let charge = |world: &mut World, tag| {
        let octets = octets(Side::Outside, tag, &[DATA]);
        world.seen(Side::Outside, &octets, |screen, seen, now_ns| {
            (0..6).filter(|_| screen.charge(seen, ShortMessage, now_ns) == DataVerdict::Pass).count()
        })
    };
    for tag in [1, 2] {
        world.send(Side::Outside, tag, &[DATA]);
    }
    assert_eq!([1, 2, 1, 2, 3].map(|tag| charge(&mut world, tag)), [6, 6, 2, 2, 6], "the last is not known");
}

#[test]
fn a_begin_is_a_request_and_all_after_it_is_an_answer() {
    use sluice_wire::tcap::MessageKind as Kind;
    let kinds = [Kind::Begin, Kind::Continue, Kind::End, Kind::Abort];
    let classes = kinds.map(|kind| MessageClass::of_tcap(kind, true));
    assert_eq!(classes, [ShortMessage, Answer, Answer, Answer]);
    assert_eq!(MessageClass::of_tcap(Kind::Begin, false), Other);
}
