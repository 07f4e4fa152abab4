//! A new dataplane takes over from the old one: ports, socket, journal and policy, and the old one ends in good order.

mod common;
mod lab;

use common::policy::{image, push};
use common::{Appliance, Process, wait_for};
use lab::Lab;
use sluice_abi::command::{Code, Request};
use sluice_abi::counters::Counter;
use std::process::Command;

const SOME: u32 = 300;
/// mt-forwardSM.
const WHEN: &str = "map.op == 44";
const NULL_WIRE: &str = "[[port]]\nname = \"outside\"\ndevice = \"net_null:no-rx=1\"\n\n[[port]]\nname = \"inside\"\n\
                         device = \"net_null:no-rx=1\"\n\n[[wire]]\nname = \"w\"\noutside = \"outside\"\ninside = \"inside\"\n";

fn taking_over(appliance: &Appliance) -> Command {
    let mut command = appliance.command("sluice-dataplane");
    command.arg("--take-over");
    command
}

fn status(appliance: &Appliance) -> serde_json::Value {
    serde_json::from_str(&appliance.ask(&Request::Status).text).unwrap()
}

#[test]
fn socket_cores_journal_and_policy_go_over_and_the_old_one_ends_well() {
    let appliance = Appliance::new(&[0], NULL_WIRE);
    let mut old = appliance.start_dataplane();
    assert_eq!(push(&mut appliance.commands(), 7, &image(7, WHEN)).code, Code::Done);
    for round in 0..3 {
        let new = Process::start(taking_over(&appliance), "taken over");
        wait_for("the old one's end", || !old.is_running());
        assert!(old.said().contains("handed over"), "round {round}: {}", old.said());
        let status = status(&appliance);
        assert_eq!((status["pid"].as_u64(), status["policy"].as_u64()), (Some(u64::from(new.pid())), Some(7)));
        old = new;
    }
    assert_eq!(push(&mut appliance.commands(), 8, &image(8, WHEN)).code, Code::Done, "it can be commanded");
}

#[test]
fn without_an_old_one_there_is_nothing_to_take_over() {
    let appliance = Appliance::new(&[0], NULL_WIRE);
    let output = taking_over(&appliance).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(!output.status.success() && said.contains("start without --take-over"), "{said}");
}

#[test]
fn a_new_one_that_cannot_begin_leaves_the_old_one_at_work() {
    let appliance = Appliance::new(&[0], NULL_WIRE);
    let mut old = appliance.start_dataplane();
    let text = std::fs::read_to_string(appliance.path("sluice.toml")).unwrap();
    let broken = text.replace("device = \"net_null:no-rx=1\"", "device = \"net_af_packet:iface=nosuch0\"");
    std::fs::write(appliance.path("sluice.toml"), broken).unwrap();
    let output = taking_over(&appliance).output().unwrap();
    assert!(!output.status.success());
    assert!(old.is_running());
    assert_eq!(status(&appliance)["pid"].as_u64(), Some(u64::from(old.pid())));
    assert_eq!(appliance.snapshot().blocks.len(), 3, "its counters are where they were");
}

fn traffic_goes_on(driver: &str, wire: &str) -> Option<lab::Account> {
    let lab = Lab::for_driver(driver)?;
    let appliance = lab.appliance(driver, wire);
    let mut old = lab.start(&appliance, &[], "poll cores");
    let traffic = lab.traffic();
    traffic.goes_on("frames through the old one", SOME);
    let new = lab.start(&appliance, &["--take-over"], "taken over");
    eprintln!("{driver}: {}", new.said().lines().find(|line| line.contains("taken over")).unwrap_or_default());
    wait_for("the old one's end", || !old.is_running());
    wait_for("frames through the new one", || appliance.count(Counter::TxFrames) > u64::from(SOME));
    let account = traffic.end();
    account.print(driver);
    Some(account)
}

#[test]
fn over_af_packet_no_frame_is_lost() {
    let Some(account) = traffic_goes_on("af_packet", "") else { return };
    assert!(account.lost.is_empty(), "{account:?}");
}

#[test]
fn over_af_xdp_frames_go_by_the_bridge_in_between() {
    let bypass = "on_failure = \"bypass\"\nbridge = \"wire\"";
    let Some(account) = traffic_goes_on("af_xdp", bypass) else { return };
    // The kernel may lose a frame as it attaches the program.
    assert!(account.lost.len() <= 5, "{account:?}");
}
