//! One packet or one handshake: what is dropped and what is not.

use super::*;

#[test]
fn drops_what_no_endpoint_takes() {
    let init_of = |tag| init(1, tag);
    let short = [1, 0, 0, 8, 0, 0, 0, 7];
    let cases: [(u32, &[&[u8]], Reason); 8] = [
        (0, &[DATA], Reason::ZeroTag),
        (0, &[ABORT], Reason::ZeroTag),
        (7, &[&init_of(1)], Reason::InitTag),
        (0, &[&init_of(1), DATA], Reason::Bundled),
        (7, &[SHUTDOWN_COMPLETE, SACK], Reason::Bundled),
        (7, &[&init(2, 1), COOKIE_ACK], Reason::Bundled),
        (0, &[&init_of(0)], Reason::InitMalformed),
        (0, &[&short], Reason::InitMalformed),
    ];
    for (tag, chunks, reason) in cases {
        let mut world = World::new(&enforced());
        assert_eq!(world.send(Side::Outside, tag, chunks), Verdict::Drop(reason), "{chunks:?}");
        let counts = world.screen.take_counts();
        assert_eq!((counts.of(reason), counts.dropped, counts.all().map(|(_, n)| n).sum::<u64>()), (1, 1, 1));
    }
}

#[test]
fn counts_and_drops_nothing_by_default() {
    let mut world = World::settled(&Settings::default());
    assert_eq!(world.send(Side::Outside, 0, &[&init(1, 0), DATA]), Verdict::Pass);
    assert_eq!(world.send(Side::Outside, 9, &[ABORT]), Verdict::Pass);
    let counts = world.screen.take_counts();
    assert_eq!([Reason::Bundled, Reason::InitMalformed, Reason::ResetUnknown].map(|reason| counts.of(reason)), [1; 3]);
    assert_eq!((counts.dropped, world.screen.take_counts().of(Reason::Bundled)), (0, 0));
}

#[test]
fn one_reason_may_be_observed_while_the_next_is_enforced() {
    let modes = Modes::all(Mode::Enforce).with(Reason::Bundled, Mode::Observe).with(Reason::InitTag, Mode::Off);
    let mut world = World::new(&Settings { modes, ports: vec![2904], ..Settings::default() });
    assert_eq!(world.send(Side::Outside, 7, &[&init(1, 1), DATA]), Verdict::Drop(Reason::Port));
    let counts = world.screen.take_counts();
    assert_eq!([Reason::InitTag, Reason::Bundled, Reason::Port].map(|reason| counts.of(reason)), [0, 1, 1]);
}

#[test]
fn a_handshake_and_what_follows_it_pass_and_either_end_may_reset() {
    let cases: [(Side, u32, &[u8]); 5] = [
        (Side::Outside, 200, ABORT),
        (Side::Inside, 100, ABORT),
        (Side::Outside, 100, ABORT_REFLECTED),
        (Side::Inside, 200, ABORT_REFLECTED),
        (Side::Inside, 100, SHUTDOWN_COMPLETE),
    ];
    for (side, tag, chunk) in cases {
        let mut world = World::settled(&enforced());
        assert_eq!(world.handshake(100, 200), [Verdict::Pass; 4]);
        assert_eq!(world.send(side, tag, &[chunk]), Verdict::Pass);
        assert_eq!(world.send(side, tag, &[chunk]), Verdict::Pass, "the same again");
    }
}

#[test]
fn drops_resets_whose_tag_or_whose_t_bit_is_wrong() {
    let cases: [(Side, u32, &[u8]); 5] = [
        (Side::Outside, 201, ABORT),
        (Side::Outside, 100, ABORT),
        (Side::Outside, 200, ABORT_REFLECTED),
        (Side::Inside, 100, ABORT_REFLECTED),
        (Side::Outside, 1, SHUTDOWN_COMPLETE),
    ];
    for (side, tag, chunk) in cases {
        let mut world = World::settled(&enforced());
        world.handshake(100, 200);
        assert_eq!(world.send(side, tag, &[chunk]), Verdict::Drop(Reason::ResetUnknown), "{side:?} {tag} {chunk:?}");
    }
}

#[test]
fn an_init_may_be_refused_with_an_abort_of_its_tag() {
    let mut world = World::settled(&enforced());
    world.send(Side::Outside, 0, &[&init(1, 100)]);
    assert_eq!(world.send(Side::Inside, 100, &[ABORT]), Verdict::Pass);
}

#[test]
fn drops_answers_to_no_init_and_cookies_after_no_answer_once_traffic_was_watched() {
    let mut world = World::settled(&enforced());
    assert_eq!(world.send(Side::Inside, 100, &[&init(2, 200)]), Verdict::Drop(Reason::InitAckUnasked));
    assert_eq!(world.send(Side::Outside, 200, &[COOKIE_ECHO]), Verdict::Drop(Reason::CookieUnasked));
    world.send(Side::Outside, 0, &[&init(1, 100)]);
    assert_eq!(world.send(Side::Outside, 200, &[COOKIE_ECHO]), Verdict::Drop(Reason::CookieUnasked), "not answered");
    assert_eq!(world.send(Side::Inside, 101, &[&init(2, 200)]), Verdict::Drop(Reason::InitAckUnasked), "another tag");
}

#[test]
fn until_traffic_was_watched_nothing_is_dropped_for_what_was_not_seen() {
    let mut world = World::new(&enforced());
    assert_eq!(world.send(Side::Inside, 100, &[&init(2, 200)]), Verdict::Pass);
    assert_eq!(world.send(Side::Outside, 300, &[COOKIE_ECHO]), Verdict::Pass);
    assert_eq!(world.send(Side::Outside, 400, &[ABORT]), Verdict::Pass);
    world.now_ns += enforced().settle_ns;
    assert_eq!(world.send(Side::Outside, 200, &[COOKIE_ECHO]), Verdict::Pass, "its INIT ACK has passed");
    assert_eq!(world.send(Side::Outside, 300, &[COOKIE_ECHO]), Verdict::Pass, "sent again");
    assert_eq!(world.send(Side::Outside, 400, &[ABORT]), Verdict::Drop(Reason::ResetUnknown));
}

#[test]
fn an_association_picked_up_in_mid_life_may_be_reset() {
    let mut world = World::settled(&enforced());
    world.send(Side::Outside, 200, &[DATA]);
    world.send(Side::Inside, 100, &[SACK]);
    assert_eq!(world.send(Side::Outside, 200, &[ABORT]), Verdict::Pass);
    assert_eq!(world.send(Side::Outside, 100, &[ABORT_REFLECTED]), Verdict::Pass);
}

#[test]
fn a_restart_and_a_collision_of_inits_pass() {
    let mut world = World::settled(&enforced());
    assert_eq!(world.handshake(100, 200), [Verdict::Pass; 4]);
    assert_eq!(world.handshake(101, 201), [Verdict::Pass; 4]);
    assert_eq!(world.collision(300, 400), [Verdict::Pass; 7]);
}

#[test]
fn a_multihomed_peer_may_use_any_address() {
    let mut world = World::settled(&enforced());
    world.handshake(100, 200);
    world.peer = [203, 0, 113, 1];
    assert_eq!(world.send(Side::Outside, 200, &[DATA]), Verdict::Pass);
    assert_eq!(world.send(Side::Outside, 200, &[ABORT]), Verdict::Pass);
}

#[test]
fn only_inits_are_dropped_for_a_port_or_a_peer_that_is_not_listed() {
    let network = Network { address: PEER.into(), bits: 32 };
    let partner = Partner { networks: vec![network], ..Partner::default() };
    let settings = Settings { ports: vec![NODE_PORT], partners_only: true, partners: vec![partner], ..enforced() };
    let mut world = World::settled(&settings);
    assert_eq!(world.handshake(100, 200), [Verdict::Pass; 4]);
    assert_eq!(world.send(Side::Inside, 0, &[&init(1, 1)]), Verdict::Drop(Reason::Port));
    world.peer = [203, 0, 113, 1];
    assert_eq!(world.send(Side::Outside, 0, &[&init(1, 1)]), Verdict::Drop(Reason::Peer));
    assert_eq!(world.send(Side::Outside, 300, &[DATA]), Verdict::Pass);
    assert_eq!(world.send(Side::Outside, 300, &[ABORT]), Verdict::Pass);
}

#[test]
fn a_forbidden_chunk_drops_its_packet_unless_there_is_data() {
    let asconf: &[u8] = &[0xc1, 0, 0, 8, 0, 0, 0, 1];
    let mut world = World::new(&Settings { forbidden_chunks: vec![0xc1], ..enforced() });
    assert_eq!(world.send(Side::Outside, 200, &[asconf]), Verdict::Drop(Reason::ForbiddenChunk));
    assert_eq!(world.send(Side::Outside, 200, &[SACK, asconf]), Verdict::Drop(Reason::ForbiddenChunk));
    assert_eq!(world.send(Side::Outside, 200, &[asconf, DATA]), Verdict::Pass);
}

#[test]
fn a_packet_whose_checksum_is_wrong_passes_unless_asked_and_shows_nothing() {
    let refused = |modes| {
        let mut world = World::settled(&Settings { modes, ..Settings::default() });
        let octets = octets(Side::Outside, 200, &[DATA]);
        let verdict = world.seen(Side::Outside, &octets, |screen, seen, now_ns| {
            screen.packet(&Seen { crc_holds: false, ..*seen }, now_ns)
        });
        (verdict, world.send(Side::Outside, 200, &[ABORT]))
    };
    let all = Modes::all(Mode::Enforce);
    let reset = Verdict::Drop(Reason::ResetUnknown);
    assert_eq!(refused(all), (Verdict::Pass, reset));
    assert_eq!(refused(all.with(Reason::BadCrc, Mode::Enforce)), (Verdict::Drop(Reason::BadCrc), reset));
}
