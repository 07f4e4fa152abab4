//! Packets built by hand, sent through a screen with the time as an argument.

mod floods;
mod management;
mod packets;
mod rates;

use super::*;

/// A peer outside.
const PEER: [u8; 4] = [192, 0, 2, 1];
/// The node inside.
const NODE: [u8; 4] = [198, 51, 100, 1];
const PEER_PORT: u16 = 5000;
const NODE_PORT: u16 = 2905;
const SECOND_NS: u64 = 1_000_000_000;

/// Everything is refused that can be.
fn enforced() -> Settings {
    Settings { modes: Modes::all(Mode::Enforce), ..Settings::default() }
}

/// The octets of a packet; its checksum is an argument of the screen.
fn octets(side: Side, tag: u32, chunks: &[&[u8]]) -> Vec<u8> {
    let (from, to) = match side {
        Side::Outside => (PEER_PORT, NODE_PORT),
        Side::Inside => (NODE_PORT, PEER_PORT),
    };
    let mut octets = [from.to_be_bytes(), to.to_be_bytes()].concat();
    octets.extend(tag.to_be_bytes());
    octets.extend([0; 4]);
    chunks.iter().for_each(|chunk| octets.extend_from_slice(chunk));
    octets
}

/// INIT (1) or INIT ACK (2) that gives a tag.
fn init(kind: u8, tag: u32) -> Vec<u8> {
    let mut chunk = vec![kind, 0, 0, 20];
    chunk.extend(tag.to_be_bytes());
    chunk.extend([0, 1, 0, 0, 0, 16, 0, 16, 0, 0, 0, 9]);
    chunk
}

const DATA: &[u8] = &[0, 3, 0, 20, 0, 0, 0, 9, 0, 0, 0, 0, 0, 0, 0, 3, 1, 2, 3, 4];
const SACK: &[u8] = &[3, 0, 0, 16, 0, 0, 0, 9, 0, 1, 0, 0, 0, 0, 0, 0];
const ABORT: &[u8] = &[6, 0, 0, 4];
const ABORT_REFLECTED: &[u8] = &[6, 1, 0, 4];
const COOKIE_ECHO: &[u8] = &[10, 0, 0, 8, 1, 2, 3, 4];
const COOKIE_ACK: &[u8] = &[11, 0, 0, 4];
const SHUTDOWN_COMPLETE: &[u8] = &[14, 0, 0, 4];

/// A screen between a peer and a node, and what time it is.
struct World {
    screen: Screen,
    now_ns: u64,
    peer: [u8; 4],
}

impl World {
    fn new(settings: &Settings) -> Self {
        Self { screen: Screen::new(settings, &Sizes::default(), 7), now_ns: SECOND_NS, peer: PEER }
    }

    /// One that has watched long enough.
    fn settled(settings: &Settings) -> Self {
        let mut world = Self::new(settings);
        world.screen.directions.begin(0);
        world.now_ns = settings.settle_ns;
        world
    }

    fn seen<T>(&mut self, side: Side, octets: &[u8], run: impl FnOnce(&mut Screen, &Seen<'_>, u64) -> T) -> T {
        let (peer, node) = (IpAddr::from(self.peer), IpAddr::from(NODE));
        let (source, destination) = if side == Side::Outside { (peer, node) } else { (node, peer) };
        let packet = &Packet::parse(octets).expect("a header");
        run(&mut self.screen, &Seen { source, destination, packet, crc_holds: true, side }, self.now_ns)
    }

    fn send(&mut self, side: Side, tag: u32, chunks: &[&[u8]]) -> Verdict {
        self.seen(side, &octets(side, tag, chunks), |screen, seen, now_ns| screen.packet(seen, now_ns))
    }

    /// The handshake of an association in which packets to the peer have one tag, and those to the node the other.
    fn handshake(&mut self, peer_tag: u32, node_tag: u32) -> [Verdict; 4] {
        [
            self.send(Side::Outside, 0, &[&init(1, peer_tag)]),
            self.send(Side::Inside, peer_tag, &[&init(2, node_tag)]),
            self.send(Side::Outside, node_tag, &[COOKIE_ECHO, DATA]),
            self.send(Side::Inside, peer_tag, &[COOKIE_ACK, SACK]),
        ]
    }

    /// Both ends open at once (RFC 9260 §5.2.1).
    fn collision(&mut self, peer_tag: u32, node_tag: u32) -> [Verdict; 7] {
        [
            self.send(Side::Outside, 0, &[&init(1, peer_tag)]),
            self.send(Side::Inside, 0, &[&init(1, node_tag)]),
            self.send(Side::Inside, peer_tag, &[&init(2, node_tag)]),
            self.send(Side::Outside, node_tag, &[&init(2, peer_tag)]),
            self.send(Side::Outside, node_tag, &[COOKIE_ECHO]),
            self.send(Side::Inside, peer_tag, &[COOKIE_ECHO]),
            self.send(Side::Inside, peer_tag, &[COOKIE_ACK]),
        ]
    }
}
