//! Payload protocols, management of M3UA and SUA, point codes.

use super::*;
use sluice_wire::m3ua::{ErrorCode, Message, MessageKind};
use sluice_wire::mtp3::PointCode;
use sluice_wire::sctp::Ppid;

/// Parameters of one number each, with their tags.
type Words = [(u16, u32)];

fn message(kind: MessageKind, parameters: &Words) -> Vec<u8> {
    let mut octets = vec![1, 0];
    octets.extend(kind.number().to_be_bytes());
    octets.extend(u32::try_from(8 + 8 * parameters.len()).expect("short").to_be_bytes());
    for (tag, value) in parameters {
        octets.extend(tag.to_be_bytes());
        octets.extend([0, 8]);
        octets.extend(value.to_be_bytes());
    }
    octets
}

fn partner() -> Partner {
    Partner { networks: vec![Network { address: PEER.into(), bits: 32 }], ..Partner::default() }
}

fn world(partner: Partner) -> World {
    World::new(&Settings { partners: vec![partner], ..enforced() })
}

fn verdict(world: &mut World, side: Side, ppid: Ppid, user: &[u8]) -> DataVerdict {
    world.seen(side, &octets(side, 7, &[DATA]), |screen, seen, _| screen.user_message(seen, ppid, user))
}

const PASS: DataVerdict = DataVerdict::Pass;
const IDENTIFIER: u16 = 0x11;
const CONTEXT: u16 = 6;
const MODE: u16 = 0x0b;

#[test]
fn only_listed_payload_protocols_pass_from_either_side() {
    let mut world = World::new(&Settings { ppids: vec![3, 5], ..enforced() });
    for side in [Side::Outside, Side::Inside] {
        let verdicts = [3, 5, 4, 0].map(|ppid| verdict(&mut world, side, Ppid(ppid), &[1, 2, 3]));
        let refused = DataVerdict::Neutralise(Reason::Ppid);
        assert_eq!(verdicts, [PASS, PASS, refused, refused]);
    }
    assert_eq!(world.screen.take_counts().neutralised, 4);
}

#[test]
fn a_process_is_let_up_and_active_only_with_what_is_its_partners() {
    use MessageKind as Kind;
    let own = Partner { asp_identifiers: vec![5, 6], routing_contexts: vec![100], traffic_modes: vec![2], ..partner() };
    let cases: [(Kind, &Words, Option<Reason>); 12] = [
        (Kind::AspUp, &[(IDENTIFIER, 5)], None),
        (Kind::AspUp, &[(IDENTIFIER, 7)], Some(Reason::AspIdentifier)),
        (Kind::AspUp, &[], Some(Reason::AspIdentifier)),
        (Kind::AspActive, &[(MODE, 2), (CONTEXT, 100)], None),
        (Kind::AspActive, &[], None),
        (Kind::AspActive, &[(MODE, 2), (CONTEXT, 101)], Some(Reason::RoutingContext)),
        (Kind::AspActive, &[(CONTEXT, 100), (CONTEXT, 101)], Some(Reason::RoutingContext)),
        (Kind::AspInactive, &[(CONTEXT, 101)], Some(Reason::RoutingContext)),
        (Kind::AspActive, &[(MODE, 1)], Some(Reason::TrafficMode)),
        (Kind::RegistrationRequest, &[], Some(Reason::Registration)),
        (Kind::AspDown, &[], None),
        (Kind::Heartbeat, &[], None),
    ];
    for (kind, parameters, reason) in cases {
        let user = message(kind, parameters);
        let expected = reason.map_or(PASS, DataVerdict::Neutralise);
        for ppid in [Ppid::M3UA, Ppid::SUA] {
            let mut world = world(own.clone());
            assert_eq!(verdict(&mut world, Side::Outside, ppid, &user), expected, "{} {parameters:?}", kind.name());
            assert_eq!(verdict(&mut world, Side::Inside, ppid, &user), PASS, "ours");
        }
    }
}

#[test]
fn a_list_of_contexts_in_one_parameter_is_read_whole() {
    let mut world = world(Partner { routing_contexts: vec![100, 101], ..partner() });
    let mut user = vec![1, 0, 4, 1, 0, 0, 0, 20, 0, 6, 0, 12, 0, 0, 0, 100, 0, 0, 0, 101];
    assert_eq!(verdict(&mut world, Side::Outside, Ppid::M3UA, &user), PASS);
    user[19] = 102;
    assert_eq!(verdict(&mut world, Side::Outside, Ppid::M3UA, &user), DataVerdict::Neutralise(Reason::RoutingContext));
}

#[test]
fn each_role_sends_its_own_management_and_every_message_is_of_some_role() {
    let refuses = |role, kind| {
        let mut world = world(Partner { role, may_register: true, ..partner() });
        verdict(&mut world, Side::Outside, Ppid::M3UA, &message(kind, &[])) == DataVerdict::Neutralise(Reason::Role)
    };
    let (mut of_asps, mut of_gateways, mut of_both) = (0, 0, 0);
    for kind in MessageKind::ALL {
        assert!(!refuses(Role::Any, *kind));
        match (refuses(Role::Asp, *kind), refuses(Role::Gateway, *kind)) {
            (false, true) => of_asps += 1,
            (true, false) => of_gateways += 1,
            (false, false) => of_both += 1,
            (true, true) => panic!("{} is of no role", kind.name()),
        }
    }
    assert_eq!((of_asps, of_gateways, of_both), (7, 11, 5));
    assert!(refuses(Role::Asp, MessageKind::Duna) && refuses(Role::Gateway, MessageKind::AspUp));
}

#[test]
fn a_point_code_and_a_context_must_be_the_partners_own() {
    let own = Partner { point_codes: vec![1001, 1002], routing_contexts: vec![100], ..partner() };
    let cases = [
        (1001, Some(100), PASS),
        (1002, None, PASS),
        (1003, Some(100), DataVerdict::Neutralise(Reason::PointCode)),
        (1001, Some(101), DataVerdict::Neutralise(Reason::RoutingContext)),
    ];
    for (opc, context, expected) in cases {
        let mut world = world(own.clone());
        let octets = octets(Side::Outside, 7, &[DATA]);
        let look = |screen: &mut Screen, seen: &Seen<'_>, _| screen.label(seen, PointCode(opc), context);
        assert_eq!(world.seen(Side::Outside, &octets, look), expected, "{opc} {context:?}");
        assert_eq!(world.seen(Side::Inside, &octets, look), PASS, "ours");
        world.peer = [203, 0, 113, 1];
        assert_eq!(world.seen(Side::Outside, &octets, look), PASS, "no partner's");
    }
}

#[test]
fn what_is_no_message_is_left_to_its_receiver() {
    let mut world = world(Partner { asp_identifiers: vec![5], ..partner() });
    for user in [&[][..], &[1], &[2, 0, 3, 1, 0, 0, 0, 8], &[1, 0, 3, 1, 0, 0, 0, 99]] {
        assert_eq!(verdict(&mut world, Side::Outside, Ppid::M3UA, user), PASS);
    }
}

#[test]
fn what_stands_in_the_place_of_management_is_an_error_message_of_its_own_length() {
    let message = Message::parse(&NEUTRAL_MANAGEMENT).expect("well-formed");
    assert_eq!((message.kind(), message.error_code()), (MessageKind::Error, Some(ErrorCode::ManagementBlocking)));
    assert!(message.anomalies().is_empty());
}
