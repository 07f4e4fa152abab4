//! Every SCTP packet of the captures, against the second opinion of tshark: the same kinds of chunks in the same
//! order. Skipped, loudly, where captures or tshark are not there.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::{Asconf, Causes, ForwardTsn, IData, IForwardTsn, Init, Packet, Parameters, ReConfig};
use crate::ip::{self, Protocol};
use crate::link::{self, LinkType, Network};

/// The kinds of the chunks of each SCTP packet, by the number of its frame, from one on.
type Kinds = BTreeMap<usize, Vec<u8>>;

fn captures() -> Vec<PathBuf> {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let Some(folder) = here.ancestors().map(|folder| folder.join("shared/captures")).find(|folder| folder.is_dir())
    else {
        eprintln!("SKIPPED: no shared/captures above {}", here.display());
        return Vec::new();
    };
    let both = [folder.join("vectors"), folder].into_iter().filter_map(|folder| std::fs::read_dir(folder).ok());
    let entries = both.flatten().map(|entry| entry.expect("readable").path());
    let is_capture = |path: &PathBuf| path.extension().is_some_and(|end| end == "pcap" || end == "cap");
    let mut paths: Vec<_> = entries.filter(is_capture).collect();
    paths.sort();
    paths
}

/// Link type and frames of a classic capture file of either order of octets; none for another format.
fn frames(file: &[u8]) -> Option<(LinkType, Vec<&[u8]>)> {
    let (header, mut rest) = file.split_first_chunk::<24>()?;
    let is_little = matches!(header[..4], [0xd4, 0xc3, 0xb2, 0xa1] | [0x4d, 0x3c, 0xb2, 0xa1]);
    let is_big = matches!(header[..4], [0xa1, 0xb2, 0xc3, 0xd4] | [0xa1, 0xb2, 0x3c, 0x4d]);
    let number = |octets: &[u8]| {
        let octets = octets.try_into().expect("four");
        if is_little { u32::from_le_bytes(octets) } else { u32::from_be_bytes(octets) }
    };
    let link = LinkType::from_pcap(number(&header[20..24])).filter(|_| is_little || is_big)?;
    let mut frames = Vec::new();
    while let Some((record, after)) = rest.split_first_chunk::<16>() {
        let (frame, next) = after.split_at_checked(number(&record[8..12]) as usize)?;
        frames.push(frame);
        rest = next;
    }
    Some((link, frames))
}

/// The SCTP packet in a frame, if it is a whole one right under IP.
fn sctp_of(link: LinkType, frame: &[u8]) -> Option<Packet<'_>> {
    let Ok(Network::Ip(octets)) = link::parse(link, frame) else { return None };
    let ip = ip::Packet::parse(octets).ok().filter(|ip| ip.protocol() == Protocol::SCTP && !ip.is_fragment())?;
    Packet::parse(ip.payload()).ok()
}

/// Of a chunk cut short tshark tells the kind as well: it is read here from where the walk ends.
fn ours(link: LinkType, frames: &[&[u8]]) -> Kinds {
    let kinds = |packet: Packet<'_>| {
        let mut kinds: Vec<_> = packet.chunks().flatten().map(|chunk| chunk.kind().number()).collect();
        let ends_at: usize = packet.chunks().flatten().map(|chunk| chunk.len_octets().next_multiple_of(4)).sum();
        kinds.extend(packet.chunks.get(ends_at..).filter(|rest| rest.len() >= 4).and_then(<[u8]>::first));
        kinds
    };
    let numbered = (1..).zip(frames);
    numbered.filter_map(|(number, frame)| Some((number, kinds(sctp_of(link, frame)?)))).collect()
}

/// What tshark sees, in the packets that we see; `None` without tshark.
fn theirs(path: &Path, seen: &Kinds) -> Option<Kinds> {
    let fields = ["-T", "fields", "-e", "frame.number", "-e", "sctp.chunk_type"];
    let output = Command::new("tshark").args(["-n", "-Y", "sctp", "-r"]).arg(path).args(fields).output().ok()?;
    let text = String::from_utf8(output.stdout).expect("fields are text");
    let mut kinds = Kinds::new();
    for line in text.lines() {
        let (number, list) = line.split_once('\t').expect("two fields");
        let number = number.parse().expect("a number");
        let list = list.split(',').filter(|kind| !kind.is_empty()).map(|kind| kind.parse().expect("a number"));
        if seen.contains_key(&number) {
            kinds.insert(number, list.collect());
        }
    }
    Some(kinds)
}

#[test]
fn every_packet_has_the_chunks_that_tshark_sees() {
    let (mut packets, mut chunks) = (0, 0);
    for path in captures() {
        let file = std::fs::read(&path).expect("readable");
        let Some((link, frames)) = frames(&file) else {
            eprintln!("SKIPPED: {} is no classic capture of a known link, or is cut", path.display());
            continue;
        };
        let ours = ours(link, &frames);
        if ours.is_empty() {
            continue;
        }
        let Some(theirs) = theirs(&path, &ours) else {
            eprintln!("SKIPPED: no tshark");
            return;
        };
        assert_eq!(ours, theirs, "{}", path.display());
        packets += ours.len();
        chunks += ours.values().map(Vec::len).sum::<usize>();
    }
    eprintln!("{packets} SCTP packets, {chunks} chunks agree");
}

#[test]
fn finds_sctp_under_ipv6_a_tag_and_labels() {
    for name in ["pfl_02_sctp_ipv6", "pfl_16_sctp_vlan", "pfl_17_sctp_mpls"] {
        for path in captures().iter().filter(|path| path.to_string_lossy().contains(name)) {
            let file = std::fs::read(path).expect("readable");
            let (link, frames) = frames(&file).expect("a classic capture");
            assert_eq!(ours(link, &frames), Kinds::from([(1, vec![0])]), "{name}");
        }
    }
}

/// What is in a chunk parses to its end; no capture has a chunk that an endpoint would refuse.
#[test]
fn every_chunk_of_the_captures_reads_to_its_end() {
    let mut broken = Vec::new();
    for path in captures() {
        let file = std::fs::read(&path).expect("readable");
        let Some((link, frames)) = frames(&file) else { continue };
        for (number, frame) in (1..).zip(&frames) {
            let Some(packet) = sctp_of(link, frame) else { continue };
            let bad = packet.chunks().map_while(Result::ok).filter(|chunk| reads(chunk) == Some(false));
            broken.extend(bad.map(|chunk| (path.clone(), number, chunk.kind().name())));
        }
    }
    assert_eq!(broken, []);
}

/// Whether the view of this chunk and all in it are well-formed; none for a chunk without a view.
fn reads(chunk: &super::Chunk<'_>) -> Option<bool> {
    use super::ChunkKind as Kind;
    Some(match chunk.kind() {
        Kind::Init | Kind::InitAck => Init::parse(chunk).is_ok_and(|init| init.list().all(|one| one.is_ok())),
        Kind::Heartbeat | Kind::HeartbeatAck => Parameters::of(chunk).is_ok_and(|mut list| list.all(|one| one.is_ok())),
        Kind::Abort | Kind::Error => Causes::of(chunk).is_ok_and(|mut list| list.all(|one| one.is_ok())),
        Kind::Sack => super::Sack::parse(chunk).is_ok(),
        Kind::Shutdown => super::Shutdown::parse(chunk).is_ok(),
        Kind::IData => IData::parse(chunk).is_ok(),
        Kind::ForwardTsn => ForwardTsn::parse(chunk).is_ok(),
        Kind::IForwardTsn => IForwardTsn::parse(chunk).is_ok(),
        Kind::ReConfig => ReConfig::all(chunk).is_ok_and(|mut list| list.all(|one| one.is_ok())),
        Kind::Asconf | Kind::AsconfAck => Asconf::parse(chunk).is_ok_and(|a| a.changes().all(|one| one.is_ok())),
        _ => return None,
    })
}
