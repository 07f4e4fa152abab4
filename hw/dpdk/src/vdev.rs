//! From a port of the configuration to the DPDK devices behind it.
//!
//! Mostly one to one. net_af_packet gets the ring sizes that lose nothing at SIGTRAN's rates; net_af_xdp gets
//! one device per queue, since many drivers (veth among them) refuse several on one socket; net_pcap gets one
//! file per queue, and its frames are counted, because it does not say when a file has ended.

use sluice_io::LinkType;

use crate::{DeviceSpec, Error, PortSpec, preflight};

/// One DPDK device to be added.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Part {
    pub(crate) bus: &'static str,
    pub(crate) name: String,
    pub(crate) arguments: String,
    pub(crate) queues: u16,
}

/// All that a port needs, and what is known of it beforehand.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Plan {
    pub(crate) parts: Vec<Part>,
    /// Frames each queue will receive, if that can be known.
    pub(crate) frames: Vec<u64>,
    pub(crate) link_type: LinkType,
    /// Whether its driver writes microseconds since 1970 into rx timestamps.
    pub(crate) microseconds: bool,
}

/// Works out the devices and checks that what they need exists.
pub(crate) fn plan(spec: &PortSpec) -> Result<Plan, Error> {
    spec.check()?;
    let DeviceSpec::Pci(address) = spec.device else { return plan_virtual(spec) };
    preflight::pci(spec, address)?;
    let part = Part { bus: "pci", name: address.to_string(), arguments: String::new(), queues: spec.queues };
    Ok(Plan { parts: vec![part], ..Plan::default() })
}

fn plan_virtual(spec: &PortSpec) -> Result<Plan, Error> {
    if spec.device.driver() != "net_pcap" {
        for interface in spec.device.arguments("iface") {
            preflight::interface(&spec.name, interface)?;
        }
    }
    match spec.device.driver() {
        "net_af_packet" => Ok(whole(spec, af_packet_arguments(spec))),
        "net_af_xdp" => Ok(per_queue(spec)),
        "net_pcap" => pcap(spec),
        "net_memif" => {
            for socket in spec.device.arguments("socket") {
                preflight::folder_of(&spec.name, socket)?;
            }
            Ok(whole(spec, Vec::new()))
        }
        _ => Ok(whole(spec, Vec::new())),
    }
}

/// One device with all queues, with further arguments after those given.
fn whole(spec: &PortSpec, more: Vec<String>) -> Plan {
    Plan { parts: vec![part(spec, "", &more, spec.queues)], ..Plan::default() }
}

fn part(spec: &PortSpec, suffix: &str, more: &[String], queues: u16) -> Part {
    let given = spec.device.argument_text();
    let all: Vec<&str> = [given].into_iter().chain(more.iter().map(String::as_str)).collect();
    let arguments = all.join(",").trim_matches(',').to_owned();
    Part { bus: "vdev", name: format!("{}_{}{suffix}", spec.device.driver(), spec.name), arguments, queues }
}

fn af_packet_arguments(spec: &PortSpec) -> Vec<String> {
    let queues = spec.queues.to_string();
    let defaults = [("blocksz", "65536"), ("framecnt", "4096"), ("qpairs", &queues)];
    let open = defaults.into_iter().filter(|(key, _)| spec.device.arguments(key).next().is_none());
    open.map(|(key, value)| format!("{key}={value}")).collect()
}

fn per_queue(spec: &PortSpec) -> Plan {
    let of_queue = |queue| part(spec, &format!("_{queue}"), &[format!("start_queue={queue},queue_count=1")], 1);
    Plan { parts: (0..spec.queues).map(of_queue).collect(), ..Plan::default() }
}

fn pcap(spec: &PortSpec) -> Result<Plan, Error> {
    for path in spec.device.arguments("tx_pcap") {
        preflight::folder_of(&spec.name, path)?;
    }
    let mut plan = Plan { microseconds: true, ..whole(spec, Vec::new()) };
    let files: Vec<&str> = spec.device.arguments("rx_pcap").collect();
    if !files.is_empty() && files.len() != usize::from(spec.queues) {
        let why = format!("{} queues but {} rx_pcap files; net_pcap reads one per queue", spec.queues, files.len());
        return Err(Error::bad_value(&spec.name, why));
    }
    for file in files {
        let (frames, link_type) = preflight::capture(&spec.name, file)?;
        plan.frames.push(frames);
        plan.link_type = link_type;
    }
    if spec.device.arguments("infinite_rx").any(|value| value == "1") {
        plan.frames.clear();
    }
    Ok(plan)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn af_packet_gets_rings_that_lose_nothing_unless_it_is_given_others() {
        let spec = PortSpec { queues: 2, ..PortSpec::new("tap", "net_af_packet:iface=lo,framecnt=512").unwrap() };
        let plan = plan(&spec).unwrap();
        assert_eq!(plan.parts[0].arguments, "iface=lo,framecnt=512,blocksz=65536,qpairs=2");
        assert_eq!((plan.parts[0].name.as_str(), plan.parts[0].queues), ("net_af_packet_tap", 2));
    }

    #[test]
    fn af_xdp_gets_one_device_per_queue() {
        let spec = PortSpec { queues: 2, ..PortSpec::new("tap", "net_af_xdp:iface=lo").unwrap() };
        let plan = plan(&spec).unwrap();
        assert_eq!(plan.parts.len(), 2);
        assert_eq!(plan.parts[1].name, "net_af_xdp_tap_1");
        assert_eq!(plan.parts[1].arguments, "iface=lo,start_queue=1,queue_count=1");
    }

    #[test]
    fn what_does_not_exist_is_told_before_dpdk_is_asked() {
        let told = |device| plan(&PortSpec::new("x", device).unwrap()).unwrap_err().to_string();
        assert!(told("net_af_packet:iface=nosuch0").starts_with("x: there is no interface nosuch0"));
        assert!(told("net_pcap:rx_pcap=nosuch.pcap").starts_with("x: nosuch.pcap: cannot be read"));
        assert!(told("net_pcap:tx_pcap=no/such/out.pcap").contains("its folder does not exist"));
        let two = PortSpec { queues: 2, ..PortSpec::new("x", "net_pcap:rx_pcap=a.pcap").unwrap() };
        assert!(plan(&two).unwrap_err().to_string().contains("2 queues but 1 rx_pcap files"));
    }
}
