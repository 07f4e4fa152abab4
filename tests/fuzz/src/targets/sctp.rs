//! An SCTP packet: every chunk, and all that is inside it.

use sluice_wire::sctp::{
    self, Asconf, Causes, Chunk, ChunkKind, Data, ForwardTsn, IData, IForwardTsn, Init, Packet, Parameters, ReConfig,
    Sack, Shutdown,
};

/// Chunks shorter than their own header would never end: no packet has more chunks than headers fit into it.
const CHUNK_HEADER_OCTETS: usize = 4;

/// Walks a packet down to the last parameter.
pub fn run(input: &[u8]) {
    let Ok(packet) = Packet::parse(input) else { return };
    let _ = (packet.source_port(), packet.destination_port(), packet.verification_tag(), packet.anomalies());
    assert_eq!(packet.verify_crc().is_ok(), sctp::checksum(input) == Ok(packet.checksum()));
    let mut seen = 0;
    for chunk in packet.chunks() {
        seen += 1;
        match chunk {
            Ok(one) => chunk_of(&one),
            Err(error) => assert!(usize::from(error.at) <= input.len() + CHUNK_HEADER_OCTETS, "{error:?}"),
        }
    }
    assert!(seen <= input.len() / CHUNK_HEADER_OCTETS + 1);
}

fn chunk_of(chunk: &Chunk<'_>) {
    match chunk.kind() {
        ChunkKind::Data => data(chunk),
        ChunkKind::IData => {
            if let Ok(data) = IData::parse(chunk) {
                assert!(data.payload.len() <= chunk.len_octets());
            }
        }
        ChunkKind::Init | ChunkKind::InitAck => init(chunk),
        ChunkKind::Sack => {
            if let Ok(sack) = Sack::parse(chunk) {
                assert!((sack.gaps().count() + sack.duplicates().count()) * 4 <= chunk.len_octets());
            }
        }
        _ => control(chunk),
    }
    if let Ok(causes) = Causes::of(chunk) {
        assert!(causes.count() <= chunk.len_octets());
    }
}

fn data(chunk: &Chunk<'_>) {
    let Ok(data) = Data::parse(chunk) else { return };
    let mut out = [0; 2048];
    let Ok(len) = data.emit(&mut out) else { return };
    let again = Packet::parse(&[&[0; 12], &out[..len]].concat()).ok().map(|packet| {
        let chunk = packet.chunks().next().expect("one chunk").expect("a whole chunk");
        Data::parse(&chunk).map(|d| (d.tsn, d.sid, d.ssn, d.ppid, d.flags, d.payload.to_vec()))
    });
    let same = (data.tsn, data.sid, data.ssn, data.ppid, data.flags, data.payload.to_vec());
    assert_eq!(again, Some(Ok(same)), "what is written can be read");
}

fn init(chunk: &Chunk<'_>) {
    let Ok(init) = Init::parse(chunk) else { return };
    let _ = (init.adaptation(), init.zero_checksum_method(), init.supports_forward_tsn(), init.supports_i_data());
    let inside = init.list().count() + init.addresses().count() + init.supported_extensions().count();
    assert!(inside <= 3 * chunk.len_octets(), "no more parameters than octets");
}

fn control(chunk: &Chunk<'_>) {
    let most = chunk.len_octets();
    let _ = Shutdown::parse(chunk);
    if let Ok(parameters) = Parameters::of(chunk) {
        assert!(parameters.count() <= most);
    }
    if let Ok(forward) = ForwardTsn::parse(chunk) {
        assert!(forward.streams().count() <= most);
    }
    if let Ok(forward) = IForwardTsn::parse(chunk) {
        assert!(forward.streams().count() <= most);
    }
    if let Ok(asconf) = Asconf::parse(chunk) {
        assert!(asconf.changes().count() <= most);
    }
    if let Ok(all) = ReConfig::all(chunk) {
        assert!(all.count() <= most);
    }
}
