//! A dataplane that is killed, stopped or told to end leaves the wire to the kernel's bridge, or takes its links down, as
//! the configuration says; how fast is printed here and claimed elsewhere.

mod common;
mod lab;

use common::{Process, wait_for};
use lab::Lab;
use rustix::process::{Pid, Signal, kill_process};
use sluice_abi::command::Request;
use sluice_abi::counters::Counter;

const BYPASS: &str = "on_failure = \"bypass\"\nbridge = \"wire\"";
/// Enough to see that it is not what lay in some ring.
const SOME: u32 = 300;

fn signal(process: &Process, signal: Signal) {
    kill_process(Pid::from_raw(process.pid() as i32).unwrap(), signal).unwrap();
}

fn a_killed_dataplane_is_bypassed(driver: &str) {
    let Some(lab) = Lab::for_driver(driver) else { return };
    let appliance = lab.appliance(driver, BYPASS);
    let dataplane = lab.start(&appliance, &[], "poll cores");
    let traffic = lab.traffic();
    wait_for("frames through the dataplane", || appliance.count(Counter::TxFrames) > u64::from(SOME));
    dataplane.kill();
    traffic.goes_on("frames over the bridge", SOME);

    // The next one takes the wire back.
    let next = lab.start(&appliance, &[], "poll cores");
    wait_for("frames through the next dataplane", || appliance.count(Counter::TxFrames) > u64::from(SOME));
    assert!(next.terminate().success());
    traffic.goes_on("frames over the bridge again", SOME);
    let account = traffic.end();
    account.print(&format!("{driver}, killed, started and ended"));
    assert!(account.lost.len() < account.sent as usize / 2, "{account:?}");
}

#[test]
fn a_killed_dataplane_over_af_xdp_leaves_the_wire_to_the_bridge() {
    a_killed_dataplane_is_bypassed("af_xdp");
}

#[test]
fn a_killed_dataplane_over_af_packet_leaves_the_wire_to_the_bridge() {
    a_killed_dataplane_is_bypassed("af_packet");
}

fn a_stopped_dataplane_is_bypassed(driver: &str) {
    let Some(lab) = Lab::for_driver(driver) else { return };
    let appliance = lab.appliance(driver, BYPASS);
    let dataplane = lab.start(&appliance, &[], "poll cores");
    let traffic = lab.traffic();
    wait_for("frames through the dataplane", || appliance.count(Counter::TxFrames) > u64::from(SOME));
    signal(&dataplane, Signal::STOP);
    let served = appliance.count(Counter::TxFrames);
    traffic.goes_on("frames over the bridge", SOME);
    assert_eq!(appliance.count(Counter::TxFrames), served, "the dataplane did stand still");

    signal(&dataplane, Signal::CONT);
    wait_for("what it had taken is forwarded late", || appliance.count(Counter::TxFrames) > served);
    let status = appliance.ask(&Request::Status).text;
    assert!(status.contains("\"guarded\":true"), "{status}");
    let taken_back = appliance.count(Counter::TxFrames) + 10 * u64::from(SOME);
    wait_for("frames through the dataplane again", || appliance.count(Counter::TxFrames) > taken_back);
    let account = traffic.end();
    account.print(&format!("{driver}, stopped for {SOME} frames"));
    assert!(account.lost.len() < SOME as usize, "{account:?}");
}

#[test]
fn a_stopped_dataplane_over_af_xdp_leaves_the_wire_to_the_bridge_and_takes_it_back() {
    a_stopped_dataplane_is_bypassed("af_xdp");
}

#[test]
fn a_stopped_dataplane_over_af_packet_leaves_the_wire_to_the_bridge_and_takes_it_back() {
    a_stopped_dataplane_is_bypassed("af_packet");
}

#[test]
fn while_it_is_served_no_frame_crosses_by_the_bridge_as_well() {
    for driver in ["af_xdp", "af_packet"] {
        let Some(lab) = Lab::for_driver(driver) else { continue };
        let appliance = lab.appliance(driver, BYPASS);
        let _dataplane = lab.start(&appliance, &[], "poll cores");
        wait_for("an answer", || appliance.ask(&Request::Status).text.contains("\"guarded\":true"));
        let traffic = lab.traffic();
        traffic.goes_on("frames through the dataplane", SOME);
        let account = traffic.end();
        account.print(driver);
        // On a machine busy with other things a poll core may have stood still for once, and that is a bypass.
        if appliance.count(Counter::CoreStalls) == 0 {
            assert_eq!((account.twice, account.lost.len()), (0, 0), "{account:?}");
        }
    }
}

#[test]
fn the_links_of_a_killed_dataplane_are_taken_down_and_the_next_one_takes_them_up() {
    let Some(lab) = Lab::new() else { return };
    let appliance = lab.appliance("af_packet", "on_failure = \"link_down\"");
    let dataplane = lab.start(&appliance, &[], "poll cores");
    wait_for("an answer", || appliance.ask(&Request::Status).text.contains("\"guarded\":true"));
    assert!(lab.inside_has_line());
    dataplane.kill();
    wait_for("no line inside", || !lab.inside_has_line());
    let _next = lab.start(&appliance, &[], "poll cores");
    wait_for("a line inside", || lab.inside_has_line());
}

#[test]
fn a_link_lost_outside_is_taken_down_inside_and_taken_up_when_it_is_back() {
    let Some(lab) = Lab::new() else { return };
    let appliance = lab.appliance("af_packet", "propagate_link = true");
    let _dataplane = lab.start(&appliance, &[], "poll cores");
    let traffic = lab.traffic();
    traffic.goes_on("frames through the dataplane", SOME);
    lab.outside("ip link set va0 down");
    wait_for("no line inside", || !lab.inside_has_line());
    wait_for("it is counted", || appliance.count(Counter::LinksTakenDown) == 1);
    lab.outside("ip link set va0 up");
    lab.outside("ip neigh replace 10.90.0.2 lladdr 02:00:00:00:00:0b dev va0");
    wait_for("a line inside", || lab.inside_has_line());
    traffic.goes_on("frames through the dataplane again", SOME);
    drop(traffic.end());
}
