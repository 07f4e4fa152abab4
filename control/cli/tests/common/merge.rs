//! Two captures into one, by time: as if a second association came over the same port.

use serde_json::Value;
use std::path::Path;

/// Octets of the head of a capture file, and of the head of a packet in it.
const HEAD: usize = 24;
const PACKET_HEAD: usize = 16;

/// A packet with its head, and whether it is of the second capture.
struct Packet<'f> {
    time: (u32, u32),
    octets: &'f [u8],
    is_second: bool,
}

/// Where the frames of each capture are in the merged one, by their number less one.
pub struct Merged {
    first: Vec<u64>,
    second: Vec<u64>,
}

impl Merged {
    /// A line of the truth of the first or second capture, as it is of the merged one.
    pub fn moved(&self, mut line: Value, is_second: bool) -> Value {
        let frames = if is_second { &self.second } else { &self.first };
        let frame = line["frame"].as_u64().expect("the truth numbers frames") as usize;
        line["frame"] = frames[frame - 1].into();
        line
    }
}

/// Writes both captures, of the format with microseconds and in the order of its machine, into one.
pub fn merge(first: &Path, second: &Path, out: &Path) -> Merged {
    let files = [first, second].map(|path| std::fs::read(path).unwrap_or_else(|e| panic!("{}: {e}", path.display())));
    let mut packets = packets(&files[0], false);
    packets.extend(self::packets(&files[1], true));
    // Those of one time stay in their order.
    packets.sort_by_key(|packet| packet.time);
    let mut merged = Merged { first: Vec::new(), second: Vec::new() };
    let mut octets = files[0][..HEAD].to_vec();
    for (packet, frame) in packets.iter().zip(1..) {
        octets.extend_from_slice(packet.octets);
        if packet.is_second { &mut merged.second } else { &mut merged.first }.push(frame);
    }
    std::fs::write(out, octets).expect("the merged capture");
    merged
}

fn packets(file: &[u8], is_second: bool) -> Vec<Packet<'_>> {
    let number = |octets: &[u8]| u32::from_le_bytes(octets.try_into().expect("four octets"));
    assert_eq!(number(&file[..4]), 0xA1B2_C3D4, "a capture with microseconds");
    let (mut rest, mut packets) = (&file[HEAD..], Vec::new());
    while !rest.is_empty() {
        let length = PACKET_HEAD + number(&rest[8..12]) as usize;
        let time = (number(&rest[..4]), number(&rest[4..8]));
        packets.push(Packet { time, octets: &rest[..length], is_second });
        rest = &rest[length..];
    }
    packets
}
