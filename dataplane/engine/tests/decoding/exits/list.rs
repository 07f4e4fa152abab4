//! The list of exits as a whole: each is met somewhere.

use crate::rig::net::{self, Fragment, SCTP, Sender, ethernet, ip4};
use crate::rig::smpp::{End, bind};
use crate::rig::ss7::{CENTRE, MSC, SMSC, VISITED, between, m3ua, segments, title};
use crate::rig::{Rig, map, sms};
use sluice_abi::counters::Exit;
use sluice_wire::smpp::CommandId;

/// A frame for every exit but those that need more than one, and those.
fn one_for_every_exit(rig: &mut Rig) {
    let mut sender = Sender::new(9);
    let text = m3ua(&between(&map::mt(&[0, 0, 0, 1], &sms::deliver("999550199", "a text"))));
    let repeated = sender.whole(&text);
    let half = sender.data(net::FIRST, &text[..40]);
    let segment = segments(&title(MSC, VISITED), &title(SMSC, CENTRE), &[0x62; 80], 40, 7).remove(0);
    let fragment = Fragment { identification: 1, offset_octets: 0, more: true };
    rig.frames([&repeated, &repeated]);
    rig.frame(&sender.frame(&[half]));
    rig.frame(&sender.whole(&m3ua(&segment)));
    rig.frame(&ethernet(&ip4((1, 2), SCTP, fragment, &[0; 64])));
    rig.frame(&ethernet(&[0x45, 0, 0, 9]));
    rig.frame(&[0; 9]);
    let (mut esme, bind) = (End::pair().0, bind(CommandId::BindTransceiver, 1, "esme"));
    rig.frame(&esme.send(&bind[..20]));
}

#[test]
fn every_exit_of_the_list_is_met_but_those_that_are_judged_instead() {
    let mut rig = Rig::new();
    one_for_every_exit(&mut rig);
    let met = |rig: &Rig, exit| rig.left_by(exit).0 > 0;
    let here = [
        Exit::IpFragment,
        Exit::SctpDuplicate,
        Exit::SctpFragment,
        Exit::SmppSegment,
        Exit::SccpSegment,
        Exit::MalformedLink,
        Exit::MalformedIp,
        Exit::Judged,
    ];
    // Those of the tests above, each asserted there.
    let above = [
        Exit::NotIp,
        Exit::UnknownLink,
        Exit::NotSctp,
        Exit::SctpControl,
        Exit::NotSignalling,
        Exit::Diameter,
        Exit::H248,
        Exit::RadioAccess,
        Exit::AdaptationManagement,
        Exit::NotSccp,
        Exit::MtpManagement,
        Exit::Isup,
        Exit::Tup,
        Exit::Bicc,
        Exit::SccpConnection,
        Exit::Bssap,
        Exit::Ranap,
        Exit::SccpManagement,
        Exit::NotTcap,
        Exit::AnsiTcap,
        Exit::Ansi41,
        Exit::Cap,
        Exit::Inap,
        Exit::NotSms,
        Exit::MalformedSctp,
        Exit::MalformedTcp,
        Exit::MalformedAdaptation,
        Exit::MalformedSccp,
        Exit::MalformedTcap,
    ];
    assert!(here.iter().all(|&exit| met(&rig, exit)), "{:?}", here.map(|exit| (exit, met(&rig, exit))));
    // Only a wire answers and screens: the dataplane's tests of the line and of screening assert that.
    let elsewhere = [Exit::Answered, Exit::Screened];
    let not_here = |exit: &&Exit| !here.contains(exit) && !above.contains(exit) && !elsewhere.contains(exit);
    let never = Exit::ALL.iter().filter(not_here).collect::<Vec<_>>();
    assert!(never.is_empty(), "{never:?}");
}
