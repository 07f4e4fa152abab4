//! Each layer alone: its octets are cut out beforehand, and only what it does itself is measured.
//!
//! Ours go the short way, as practically every frame does, and refuse what is unusual; the crates take each layer's octets
//! the way their documentation shows. Both must come to the same: the length of what the layer carries. The sum of the
//! layers is less than the engine needs, which also tracks, makes facts of what it reads and counts.

use crate::clock::cpu_time;
use crate::forms::Plain;
use crate::peers::{layers as crates, tpdu};
use crate::report::Figures;
use crate::timing::{ROUNDS, median, pin};
use crate::{Load, forms};
use anyhow::{Context, ensure};
use sluice_wire::ber::{Reader, Tlv};
use sluice_wire::map::{ForwardSm, Operation};
use sluice_wire::sccp::Connectionless;
use sluice_wire::sctp::{self, ChunkKind, Data};
use sluice_wire::sms::{TextBuf, Tpdu};
use sluice_wire::tcap::{Code, Message};
use sluice_wire::{ip, link, m3ua};
use std::fmt;

/// A layer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Layer {
    /// Ethernet and IPv4.
    Network,
    /// SCTP with CRC32c, to the payload of its DATA.
    Sctp,
    /// M3UA.
    M3ua,
    /// SCCP.
    Sccp,
    /// TCAP with its dialogue portion and its component.
    Tcap,
    /// The request of MAP.
    Map,
    /// TPDU and text.
    Tpdu,
}

/// Who decodes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Who {
    /// We.
    Sluice,
    /// The crate of the layer.
    Crates,
}

impl Layer {
    /// From below.
    pub const ALL: [Self; 7] = [Self::Network, Self::Sctp, Self::M3ua, Self::Sccp, Self::Tcap, Self::Map, Self::Tpdu];

    /// Its name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Network => "Ethernet, IPv4",
            Self::Sctp => "SCTP, CRC32c",
            Self::M3ua => "M3UA",
            Self::Sccp => "SCCP",
            Self::Tcap => "TCAP",
            Self::Map => "MAP",
            Self::Tpdu => "TPDU, text",
        }
    }

    /// Name of the layer and of who decodes it.
    pub fn contender(self, who: Who) -> String {
        format!("{} {}", if who == Who::Sluice { "sluice" } else { "crates" }, self.name())
    }

    const fn has_crate(self) -> bool {
        !matches!(self, Self::Network | Self::Sctp)
    }
}

/// Every layer with those who decode it.
pub fn all() -> impl Iterator<Item = (Layer, Who)> {
    let of = |layer: Layer| [Who::Sluice, Who::Crates].map(|who| (layer, who));
    Layer::ALL.into_iter().flat_map(of).filter(|(layer, who)| layer.has_crate() || *who == Who::Sluice)
}

/// The octets of a layer in every message, and which operation each is.
pub struct Inputs {
    layers: [Load; Layer::ALL.len()],
    operations: Vec<i64>,
}

impl Inputs {
    /// Cuts them out.
    ///
    /// # Errors
    /// A message that does not go the short way.
    pub fn new(messages: &[Plain]) -> anyhow::Result<Self> {
        let frames = forms::ALL[0].build(messages)?;
        let mut cut: [Vec<Vec<u8>>; Layer::ALL.len()] = Default::default();
        let mut operations = Vec::new();
        for frame in frames.frames() {
            let (octets, operation) = layers_of(frame.octets).with_context(|| format!("frame {}", frame.number))?;
            cut.iter_mut().zip(octets).for_each(|(all, octets)| all.push(octets.to_vec()));
            operations.push(operation);
        }
        Ok(Self { layers: cut.map(Load::of), operations })
    }

    /// Messages.
    pub fn messages(&self) -> usize {
        self.operations.len()
    }

    fn octets(&self, layer: Layer) -> f64 {
        let frames = self.layers[layer as usize].frames();
        frames.iter().map(|frame| frame.octets.len()).sum::<usize>() as f64 / frames.len() as f64
    }

    /// Decodes a layer of every message; the sum of what it carries, in octets.
    pub fn run(&self, layer: Layer, who: Who) -> u64 {
        match (layer, who) {
            (Layer::Network, _) => self.sum(layer, |octets, _| Some(network(octets)?.len())),
            (Layer::Sctp, _) => self.sum(layer, |octets, _| Some(payload(octets)?.len())),
            (Layer::M3ua, Who::Sluice) => {
                self.sum(layer, |octets, _| Some(m3ua::ProtocolData::ordinary(octets)?.user_data.len()))
            }
            (Layer::Sccp, Who::Sluice) => {
                self.sum(layer, |octets, _| Some(Connectionless::ordinary(octets)?.data.len()))
            }
            (Layer::Tcap, Who::Sluice) => self.sum(layer, |octets, _| Some(parameter(octets)?.0.raw.len())),
            (Layer::Map, Who::Sluice) => self.sum(layer, |octets, op| Some(request(octets, op)?.sm_rp_ui.len())),
            (Layer::Tpdu, Who::Sluice) => {
                let mut room = TextBuf::new();
                self.sum(layer, |octets, _| text(octets, &mut room))
            }
            (Layer::M3ua, Who::Crates) => self.sum(layer, |octets, _| crates::m3ua(octets)),
            (Layer::Sccp, Who::Crates) => self.sum(layer, |octets, _| crates::sccp(octets)),
            (Layer::Tcap, Who::Crates) => self.sum(layer, |octets, _| crates::tcap(octets)),
            (Layer::Map, Who::Crates) => self.sum(layer, crates::map),
            (Layer::Tpdu, Who::Crates) => self.sum(layer, |octets, _| {
                let is_submit = octets.first()? & 3 == 1;
                let decoded = if is_submit { tpdu::submit(octets)? } else { tpdu::deliver(octets)? };
                Some(decoded.text.len())
            }),
        }
    }

    #[inline(always)]
    fn sum(&self, layer: Layer, mut work: impl FnMut(&[u8], i64) -> Option<usize>) -> u64 {
        let load = &self.layers[layer as usize];
        let mut sum = 0;
        for (octets, operation) in load.octets().zip(&self.operations) {
            sum += work(std::hint::black_box(octets), *operation).map_or(0, |len| len as u64);
        }
        sum
    }
}

fn layers_of(frame: &[u8]) -> Option<([&[u8]; Layer::ALL.len()], i64)> {
    let sctp = network(frame)?;
    let m3ua = payload(sctp)?;
    let sccp = m3ua::ProtocolData::ordinary(m3ua)?.user_data;
    let tcap = Connectionless::ordinary(sccp)?.data;
    let (map, operation) = parameter(tcap)?;
    let tpdu = request(map.raw, operation)?.sm_rp_ui;
    Some(([frame, sctp, m3ua, sccp, tcap, map.raw, tpdu], operation))
}

#[inline(always)]
fn network(octets: &[u8]) -> Option<&[u8]> {
    ip::ordinary(link::ipv4_over_ethernet(octets)?, ip::Protocol::SCTP).map(|(_, payload)| payload)
}

#[inline(always)]
fn payload(octets: &[u8]) -> Option<&[u8]> {
    let packet = sctp::Packet::parse(octets).ok()?;
    packet.verify_crc().ok()?;
    let chunk = packet.chunks().find_map(|chunk| chunk.ok().filter(|chunk| chunk.kind() == ChunkKind::Data))?;
    Data::parse(&chunk).ok().map(|data| data.payload)
}

#[inline(always)]
fn parameter(octets: &[u8]) -> Option<(Tlv<'_>, i64)> {
    let component = Message::ordinary(octets)?.components().ordinary()?;
    match component.operation? {
        Code::Local(operation) => component.parameter.map(|parameter| (parameter, operation)),
        Code::Global(_) => None,
    }
}

#[inline(always)]
fn request(octets: &[u8], operation: i64) -> Option<ForwardSm<'_>> {
    ForwardSm::ordinary(Some(Operation(operation)), Reader::new(octets).next().ok()?)
}

#[inline(always)]
fn text(octets: &[u8], room: &mut TextBuf) -> Option<usize> {
    let is_submit = octets.first()? & 3 == 1;
    let tpdu = if is_submit { Tpdu::submit(octets)? } else { Tpdu::deliver(octets)? };
    tpdu.text(room).map(|text| text.as_bytes().len())
}

/// A layer, and what everyone needs for it.
struct Row {
    layer: Layer,
    octets: f64,
    ns: [Option<f64>; 2],
}

/// All layers.
pub struct Layers {
    rows: Vec<Row>,
    elsewhere: Figures,
}

/// Measures every layer.
///
/// # Errors
/// That two do not come to the same.
pub fn measure(messages: &[Plain], elsewhere: Figures) -> anyhow::Result<Layers> {
    let inputs = Inputs::new(messages)?;
    let contenders: Vec<_> = all().collect();
    for (layer, who) in &contenders {
        let (own, found) = (inputs.run(*layer, Who::Sluice), inputs.run(*layer, *who));
        ensure!(own == found && own > 0, "{}: {own} and {found} octets", layer.contender(*who));
    }
    pin();
    let mut ns = vec![Vec::new(); contenders.len()];
    for _ in 0..ROUNDS {
        for ((layer, who), ns) in contenders.iter().zip(&mut ns) {
            let start = cpu_time();
            std::hint::black_box(inputs.run(*layer, *who));
            ns.push((cpu_time() - start).as_nanos() as f64 / inputs.messages() as f64);
        }
    }
    let of = |layer, who| contenders.iter().position(|known| *known == (layer, who)).map(|place| median(&ns[place]));
    let row =
        |layer| Row { layer, octets: inputs.octets(layer), ns: [Who::Sluice, Who::Crates].map(|who| of(layer, who)) };
    Ok(Layers { rows: Layer::ALL.map(row).into(), elsewhere })
}

impl fmt::Display for Layers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "{:<18} {:>7} {:>10} {:>12} {:>10} {:>12} {:>8} {:>8}",
            "a layer", "octets", "sluice ns", "instructions", "crates ns", "instructions", "ns x", "instr. x"
        )?;
        let shown = |value: Option<f64>, digits: usize| value.map_or("-".to_owned(), |v| format!("{v:.digits$}"));
        let times = |[own, other]: [Option<f64>; 2]| own.zip(other).map(|(own, other)| other / own);
        for row in &self.rows {
            let counted = [Who::Sluice, Who::Crates].map(|who| self.elsewhere.instructions(&row.layer.contender(who)));
            writeln!(
                f,
                "{:<18} {:>7.0} {:>10} {:>12} {:>10} {:>12} {:>8} {:>8}",
                row.layer.name(),
                row.octets,
                shown(row.ns[0], 1),
                shown(counted[0], 0),
                shown(row.ns[1], 1),
                shown(counted[1], 0),
                shown(times(row.ns), 2),
                shown(times(counted), 2)
            )?;
        }
        self.elsewhere.notes().try_for_each(|note| writeln!(f, "{note}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    #[test]
    fn everyone_comes_to_the_same_in_every_layer() {
        let capture = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/captures/demo.pcap");
        let messages = forms::plain_messages(&Load::read(&capture, None, |_| true).unwrap(), 400).unwrap();
        let inputs = Inputs::new(&messages).unwrap();
        let texts: usize = messages.iter().map(|message| message.text.len()).sum();
        assert_eq!(inputs.run(Layer::Tpdu, Who::Sluice), texts as u64);
        for (layer, who) in all() {
            let found = inputs.run(layer, who);
            assert!(found > 0 && found == inputs.run(layer, Who::Sluice), "{}", layer.contender(who));
        }
        let octets = Layer::ALL.map(|layer| inputs.octets(layer));
        assert!(octets.is_sorted_by(|below, above| below > above), "{octets:?}");
    }
}
