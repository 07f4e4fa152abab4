//! What drivers tell us of themselves is what they tell DPDK's own `dpdk-testpmd`.

mod common;

use std::io::Write;
use std::process::{Command, Stdio};

use common::eal;
use sluice_dpdk::{Capabilities, PortSpec, Rss, Spread};

/// By a port of testpmd with one device; `None`, loudly, where it is not installed.
fn by_testpmd(device: &str) -> Option<Capabilities> {
    let arguments = ["--no-huge", "-m", "256", "--no-pci", "--no-shconf", "-l", "0,1"];
    let ran = Command::new("dpdk-testpmd")
        .args(arguments)
        .args(["--vdev", device, "--", "-i", "--total-num-mbufs=4096"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn();
    let Ok(mut running) = ran else {
        eprintln!("SKIPPED: dpdk-testpmd is not installed (package dpdk-dev); {device} was not compared");
        return None;
    };
    let mut input = running.stdin.take().unwrap();
    input
        .write_all(
            b"show port info 0\nshow port 0 rx_offload capabilities\nshow port 0 tx_offload capabilities\nquit\n",
        )
        .unwrap();
    drop(input);
    let output = running.wait_with_output().unwrap();
    Some(read(&String::from_utf8_lossy(&output.stdout)))
}

fn read(said: &str) -> Capabilities {
    let line = |head: &str| {
        let found = said.lines().find_map(|line| line.strip_prefix(head));
        found.unwrap_or_else(|| panic!("no {head:?} in:\n{said}")).trim()
    };
    let number = |head: &str| line(head).parse().unwrap_or_else(|_| panic!("{head} {}", line(head)));
    let (info, offloads) = said.split_once("Rx Offloading Capabilities").expect("offloads");
    let (rx, tx) = offloads.split_once("Tx Offloading Capabilities").expect("offloads to send");
    let hashes: Vec<&str> = info.split_once("Supported RSS offload flow types:").map_or(Vec::new(), |(_, types)| {
        types.lines().skip(1).take_while(|line| line.starts_with("  ")).flat_map(str::split_whitespace).collect()
    });
    Capabilities {
        driver: line("Driver name:").to_owned(),
        hashes_addresses: hashes.iter().any(|kind| ["ipv4", "ipv4-frag", "ipv4-other", "ipv6"].contains(kind)),
        hashes_sctp: hashes.contains(&"ipv4-sctp"),
        writes_sctp_checksums: tx.contains("SCTP_CKSUM"),
        checks_sctp_checksums: rx.contains("SCTP_CKSUM"),
        timestamps: rx.contains("TIMESTAMP"),
        rx_queues_max: number("Max possible RX queues:"),
        tx_queues_max: number("Max possible TX queues:"),
        // It is left out where there is none.
        hash_table: if said.contains("Redirection table size:") { number("Redirection table size:") } else { 0 },
        ..Capabilities::default()
    }
}

#[test]
fn each_driver_tells_us_what_it_tells_testpmd() {
    let eal = eal();
    for (device, of_testpmd) in
        [("net_null:size=64", "net_null0,size=64"), ("net_af_packet:iface=lo", "net_af_packet0,iface=lo")]
    {
        let Some(theirs) = by_testpmd(of_testpmd) else { return };
        let (opened, _queues) = eal.open(&PortSpec::new("compared", device).unwrap()).unwrap();
        let ours = Capabilities { queues: 0, ..opened.capabilities().clone() };
        assert_eq!(ours, theirs, "{device}");
    }
}

#[test]
fn what_chooses_the_queue_is_told_with_the_queues_in_use() {
    let eal = eal();
    let told = |name: &str, device: &str, queues, rss| {
        let spec = PortSpec { queues, rss, ..PortSpec::new(name, device).unwrap() };
        let (device, _queues) = eal.open(&spec).unwrap();
        (device.capabilities().queues, device.capabilities().spread)
    };
    assert_eq!(told("one", "net_null:size=64", 1, Rss::SctpPorts), (1, Spread::No));
    assert_eq!(told("two", "net_null:size=64", 2, Rss::IpPair), (2, Spread::Addresses));
    assert_eq!(told("ports", "net_null:size=64", 2, Rss::SctpPorts), (2, Spread::Ports));
    // The kernel chooses.
    assert_eq!(told("fanout", "net_af_packet:iface=lo", 2, Rss::IpPair), (2, Spread::No));
}
