//! The table against a plain model with maps and sets, over random sequences of handshakes, data and ends.

use super::window::{STRAYS_MAX, WINDOW};
use super::*;
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

type Key = (u32, u16, u16);

#[derive(Default)]
struct Direction {
    highest: u32,
    seen: BTreeSet<u32>,
    /// How many came from behind the window, by where it stood.
    strays: (u32, u32),
    peer: Option<Key>,
}

impl Direction {
    fn before(first: u32, peer: Option<Key>) -> Self {
        Self { highest: first.wrapping_sub(1), seen: BTreeSet::new(), strays: (0, 0), peer }
    }

    fn advance(&mut self, highest: u32) {
        self.highest = highest;
        self.seen.retain(|tsn| highest.wrapping_sub(*tsn) < WINDOW);
    }

    fn pass(&mut self, tsn: u32) -> Seen {
        if self.highest.wrapping_sub(tsn) >= WINDOW {
            if Tsn(tsn).is_before(Tsn(self.highest)) {
                let before = if self.strays.1 == self.highest { self.strays.0 } else { 0 };
                self.strays = (before + 1, self.highest);
                if before < STRAYS_MAX {
                    return Seen::Behind;
                }
            }
            if tsn.wrapping_sub(self.highest) >= WINDOW {
                self.seen.clear();
            }
            self.advance(tsn);
        }
        if self.seen.insert(tsn) { Seen::New } else { Seen::Before }
    }
}

/// A handshake by one direction: the first TSN of the other; once answered the tag of the other and its own first TSN.
#[derive(Clone)]
struct Opening {
    first: u32,
    answer: Option<(u32, u32)>,
}

#[derive(Default)]
struct Model {
    directions: BTreeMap<Key, Direction>,
    openings: BTreeMap<Key, Opening>,
    picked_up: u64,
}

fn back(key: Key, tag: u32) -> Key {
    (tag, key.2, key.1)
}

impl Model {
    fn pass(&mut self, key: Key, tsn: u32) -> Seen {
        self.known(key, tsn);
        self.directions.get_mut(&key).expect("known").pass(tsn)
    }

    /// Picks a direction up where it is not known; says whether it did.
    fn known(&mut self, key: Key, first: u32) -> Event {
        if self.directions.contains_key(&key) {
            return Event::Nothing;
        }
        self.picked_up += 1;
        self.directions.insert(key, Direction::before(first, None));
        Event::PickedUp
    }

    fn peer(&self, key: Key) -> Option<Key> {
        let peer = self.directions.get(&key)?.peer?;
        (self.directions.get(&peer)?.peer == Some(key)).then_some(peer)
    }

    fn control(&mut self, packet: Key, chunk: Control) -> Event {
        match chunk {
            Control::Init { initiate_tag, initial_tsn } if packet.0 == 0 => {
                let key = back(packet, initiate_tag.0);
                if self.openings.get(&key).is_none_or(|known| known.first != initial_tsn.0) {
                    self.openings.insert(key, Opening { first: initial_tsn.0, answer: None });
                }
                Event::Nothing
            }
            Control::InitAck { initiate_tag, initial_tsn } => self.answer(packet, (initiate_tag.0, initial_tsn.0)),
            Control::CookieEcho | Control::CookieAck => self.cookie(packet),
            Control::Abort { reflected } => self.end(packet, reflected, Event::Aborted),
            Control::ShutdownComplete { reflected } => self.end(packet, reflected, Event::Closed),
            Control::ForwardTsn { tsn } => {
                let event = self.known(packet, tsn.0.wrapping_add(1));
                let direction = self.directions.get_mut(&packet).expect("known");
                if Tsn(direction.highest).is_before(tsn) {
                    direction.advance(tsn.0);
                }
                event
            }
            Control::TsnReset { sender_next, receiver_next } => {
                let event = self.known(packet, sender_next.0);
                let peer = self.peer(packet);
                let of = |model: &Self, key: Key, first: Tsn| Direction::before(first.0, model.directions[&key].peer);
                self.directions.insert(packet, of(self, packet, sender_next));
                if let Some(peer) = peer {
                    self.directions.insert(peer, of(self, peer, receiver_next));
                }
                event
            }
            Control::Init { .. } | Control::Shutdown | Control::ShutdownAck | Control::Asconf => Event::Nothing,
        }
    }

    fn answer(&mut self, packet: Key, answer: (u32, u32)) -> Event {
        let Some(known) = self.openings.get_mut(&packet) else { return Event::Nothing };
        let is_first = known.answer.is_none();
        if known.answer == Some(answer) {
            return Event::Nothing;
        }
        known.answer = Some(answer);
        let other = Opening { first: answer.1, answer: Some((packet.0, known.first)) };
        self.openings.insert(back(packet, answer.0), other);
        if is_first { Event::Opened } else { Event::Nothing }
    }

    fn cookie(&mut self, packet: Key) -> Event {
        let Some(Opening { first: peer_first, answer: Some((tag, first)) }) = self.openings.get(&packet).cloned()
        else {
            return Event::Nothing;
        };
        let peer = back(packet, tag);
        self.openings.remove(&packet);
        self.openings.remove(&peer);
        if self.peer(packet) == Some(peer) {
            return Event::Nothing;
        }
        let mut replaced = false;
        for (key, other) in [(packet, peer), (peer, packet)] {
            if self.directions.get(&key).and_then(|known| known.peer).is_some_and(|old| old != other) {
                replaced = true;
                if let Some(old) = self.peer(key) {
                    self.directions.remove(&old);
                }
            }
        }
        self.directions.insert(packet, Direction::before(first, Some(peer)));
        self.directions.insert(peer, Direction::before(peer_first, Some(packet)));
        if replaced { Event::Restarted } else { Event::Established }
    }

    fn end(&mut self, packet: Key, reflected: bool, event: Event) -> Event {
        let key = if reflected { back(packet, packet.0) } else { packet };
        let peer = self.peer(key);
        if self.directions.remove(&key).is_some() {
            peer.and_then(|peer| self.directions.remove(&peer));
            return event;
        }
        if event == Event::Closed {
            return Event::Nothing;
        }
        let Some(opening) = self.openings.remove(&key) else { return Event::Nothing };
        if let Some((tag, _)) = opening.answer {
            self.openings.remove(&back(key, tag));
        }
        event
    }
}

#[derive(Clone, Debug)]
enum Step {
    Data(Key, u32),
    Control(Key, Control),
    /// The client's port comes first; tags of the client and of the server; first TSNs; how many of the four steps.
    Handshake((u16, u16), (u32, u32), (u32, u32), usize),
}

fn any_ports() -> impl Strategy<Value = (u16, u16)> {
    prop_oneof![Just((1, 2)), Just((2, 1)), Just((3, 3))]
}

fn any_tsn() -> impl Strategy<Value = u32> {
    prop_oneof![8 => 0u32..40, 2 => 480u32..560, 1 => (u32::MAX - 20)..=u32::MAX, 1 => any::<u32>()]
}

fn any_control() -> impl Strategy<Value = Control> {
    let tag = (1u32..5).prop_map(VerificationTag);
    let tsn = || any_tsn().prop_map(Tsn);
    let init = (tag, tsn(), any::<bool>()).prop_map(|(initiate_tag, initial_tsn, is_answer)| {
        if is_answer {
            Control::InitAck { initiate_tag, initial_tsn }
        } else {
            Control::Init { initiate_tag, initial_tsn }
        }
    });
    prop_oneof![
        3 => init,
        1 => Just(Control::CookieEcho),
        1 => Just(Control::CookieAck),
        1 => any::<bool>().prop_map(|reflected| Control::Abort { reflected }),
        1 => any::<bool>().prop_map(|reflected| Control::ShutdownComplete { reflected }),
        1 => Just(Control::Shutdown),
        1 => Just(Control::ShutdownAck),
        1 => Just(Control::Asconf),
        2 => tsn().prop_map(|tsn| Control::ForwardTsn { tsn }),
        1 => (tsn(), tsn()).prop_map(|(sender_next, receiver_next)| Control::TsnReset { sender_next, receiver_next }),
    ]
}

fn any_step() -> impl Strategy<Value = Step> {
    let key = |tags: std::ops::Range<u32>| (tags, any_ports()).prop_map(|(tag, (from, to))| (tag, from, to));
    let tags = (1u32..5, 1u32..5);
    prop_oneof![
        6 => (key(1..5), any_tsn()).prop_map(|(key, tsn)| Step::Data(key, tsn)),
        3 => (key(0..5), any_control()).prop_map(|(key, chunk)| Step::Control(key, chunk)),
        2 => (any_ports(), tags, (any_tsn(), any_tsn()), 1usize..5)
            .prop_map(|(ports, tags, first, steps)| Step::Handshake(ports, tags, first, steps)),
    ]
}

/// The packets of a step.
fn packets(step: Step) -> Vec<Step> {
    let Step::Handshake((from, to), (client, server), (first, second), steps) = step else { return vec![step] };
    let init = Control::Init { initiate_tag: VerificationTag(client), initial_tsn: Tsn(first) };
    let answer = Control::InitAck { initiate_tag: VerificationTag(server), initial_tsn: Tsn(second) };
    let mut all = vec![
        Step::Control((0, from, to), init),
        Step::Control((client, to, from), answer),
        Step::Control((server, from, to), Control::CookieEcho),
        Step::Control((client, to, from), Control::CookieAck),
    ];
    all.truncate(steps);
    all
}

proptest! {
    #[test]
    fn the_table_does_what_the_model_does(steps in proptest::collection::vec(any_step(), 0..120)) {
        // Room enough that nothing is shed.
        let (mut table, mut model) = (Associations::with_handshakes(4096, 4096, 7), Model::default());
        let mut expected = AssociationCounts::default();
        for (now_ns, packet) in (0..).zip(steps.into_iter().flat_map(packets)) {
            let of = |key: Key| DirectionKey { verification_tag: key.0, source_port: key.1, destination_port: key.2 };
            match packet {
                Step::Data(key, tsn) => prop_assert_eq!(table.pass(of(key), Tsn(tsn), now_ns), model.pass(key, tsn)),
                Step::Control(key, chunk) => {
                    let event = model.control(key, chunk);
                    prop_assert_eq!(table.control(of(key), chunk, now_ns), event, "{:?} {:?}", key, chunk);
                    expected.count(event);
                }
                Step::Handshake(..) => unreachable!("taken apart"),
            }
        }
        expected.picked_up = model.picked_up;
        prop_assert_eq!(table.take_counts(), expected);
    }

    /// In a small table the counts hold: what began is there, was ended, replaced or shed.
    #[test]
    fn a_small_table_never_holds_more_than_it_has_room_for(steps in proptest::collection::vec(any_step(), 0..300)) {
        let mut table = Associations::with_handshakes(4, 4, 7);
        for (now_ns, packet) in (0..).zip(steps.into_iter().flat_map(packets)) {
            match packet {
                Step::Data((verification_tag, source_port, destination_port), tsn) => {
                    let key = DirectionKey { verification_tag, source_port, destination_port };
                    table.pass(key, Tsn(tsn), now_ns);
                    prop_assert_ne!(table.pass(key, Tsn(tsn), now_ns), Seen::New, "it was given a place");
                }
                Step::Control((verification_tag, source_port, destination_port), chunk) => {
                    table.control(DirectionKey { verification_tag, source_port, destination_port }, chunk, now_ns);
                }
                Step::Handshake(..) => unreachable!("taken apart"),
            }
        }
        let counts = table.take_counts();
        let begun = counts.picked_up + 2 * counts.established;
        prop_assert!(counts.shed <= begun && counts.restarted <= counts.established);
    }
}
