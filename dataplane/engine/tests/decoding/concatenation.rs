//! Parts of concatenated short messages (TS 23.040 §9.2.3.24.1): each is judged with what all that came say together,
//! whatever its order, its dialogue and its protocol.

use crate::rig::net::Sender;
use crate::rig::smpp::{self, End};
use crate::rig::sms::{deliver_with, part, submit_with};
use crate::rig::ss7::{back, between, m3ua};
use crate::rig::{Line, Rig, SECOND_NS, map, orders, sizes};
use sluice_abi::counters::Counter;
use sluice_engine::{PartSizes, Scope, TableSizes};
use sluice_wire::smpp::CommandId;

const WORDS: [&str; 4] = ["one ", "two ", "three ", "four"];
const JOINED: [&str; 3] = ["sms.joined.parts", "sms.joined.complete", "sms.joined.text"];

/// Sends each part by a way of its own.
struct Post {
    rig: Rig,
    sender: Sender,
    esme: End,
    transaction: u8,
}

impl Post {
    fn new() -> Self {
        Self { rig: Rig::new(), sender: Sender::new(1), esme: End::pair().0, transaction: 0 }
    }

    fn line(&mut self, frame: &[u8]) -> Line {
        self.rig.frame(frame);
        self.rig.line()
    }

    fn otid(&mut self) -> [u8; 4] {
        self.transaction += 1;
        [0, 0, 0, self.transaction]
    }

    fn mt(&mut self, from: &str, element: [u8; 5], text: &str) -> Line {
        let tcap = map::mt(&self.otid(), &deliver_with(from, &element, text));
        let frame = self.sender.whole(&m3ua(&between(&tcap)));
        self.line(&frame)
    }

    fn mo(&mut self, from: &str, to: &str, element: [u8; 5], text: &str) -> Line {
        let tcap = map::mo(&self.otid(), from, &submit_with(to, &element, text));
        let frame = self.sender.whole(&m3ua(&back(&tcap)));
        self.line(&frame)
    }

    /// By `sar` parameters (SMPP 3.4 §5.3.2.22).
    fn sar(&mut self, reference: u16, total: u8, sequence: u8, text: &str) -> Line {
        let tlvs =
            [smpp::tlv(0x020C, &reference.to_be_bytes()), smpp::tlv(0x020E, &[total]), smpp::tlv(0x020F, &[sequence])];
        let body = smpp::body("999550100", "999550199", 0, 0, text.as_bytes(), &tlvs.concat());
        let frame = self.esme.send(&smpp::pdu(CommandId::SubmitSm, 0, sequence.into(), &body));
        self.line(&frame)
    }

    /// By a header in front of the text.
    fn header(&mut self, element: [u8; 5], text: &str) -> Line {
        let message = [&[5][..], &element, text.as_bytes()].concat();
        let body = smpp::body("999550100", "999550199", 0x40, 0, &message, &[]);
        let frame = self.esme.send(&smpp::pdu(CommandId::SubmitSm, 0, element[4].into(), &body));
        self.line(&frame)
    }
}

/// What the parts that came say: in order, an ellipsis for each gap before one that is there.
fn expected(came: &[usize]) -> String {
    let mut text = String::new();
    let mut is_gap = false;
    for (place, word) in WORDS.iter().enumerate() {
        match came.contains(&place) {
            true => {
                text.push_str(if is_gap { "…" } else { "" });
                text.push_str(word);
                is_gap = false;
            }
            false => is_gap = true,
        }
    }
    text
}

/// Sends a part: reference, number, text.
type Way = fn(&mut Post, u8, u8, &str) -> Line;

#[test]
fn the_text_grows_with_every_part_whatever_the_order_and_the_protocol() {
    let ways: [Way; 4] = [
        |post, reference, sequence, text| post.mt("999550199", part(reference, 4, sequence), text),
        |post, reference, sequence, text| post.mo(map::MSISDN, "999550199", part(reference, 4, sequence), text),
        |post, reference, sequence, text| post.sar(u16::from(reference) << 4, 4, sequence, text),
        |post, reference, sequence, text| post.header(part(reference, 4, sequence), text),
    ];
    for way in ways {
        let mut post = Post::new();
        for (reference, order) in orders(4).into_iter().enumerate() {
            for came in 1..=4 {
                let place = order[came - 1];
                let line = way(&mut post, reference as u8, place as u8 + 1, WORDS[place]);
                let complete = (came == 4).to_string();
                let text = expected(&order[..came]);
                assert_eq!(line.all(JOINED), [came.to_string().as_str(), &complete, &text], "{order:?}");
                assert_eq!((line.at("sms.text"), line.anomalies().len()), (WORDS[place], 0));
                assert_eq!(line.at("sms.concat.seq"), (place + 1).to_string());
            }
        }
        assert_eq!(post.rig.counted(Counter::PartsComplete), 24);
    }
}

#[test]
fn parts_of_other_originators_receivers_references_and_totals_are_not_mixed() {
    let mut post = Post::new();
    let lines = [
        post.mt("999550199", part(7, 2, 1), "first "),
        post.mt("999550198", part(7, 2, 2), "another's"),
        post.mt("999550199", part(8, 2, 2), "another reference"),
        post.mt("999550199", part(7, 3, 2), "another total"),
        post.mo(map::MSISDN, "999550199", part(7, 2, 2), "the other way"),
        post.mo("999550101", "999550199", part(7, 2, 1), "another sender"),
        post.mo(map::MSISDN, "999550198", part(7, 2, 1), "another receiver"),
    ];
    assert!(lines.iter().all(|line| line.all(["sms.joined.parts", "sms.joined.complete"]) == ["1", "false"]));
    let last = post.mt("999550199", part(7, 2, 2), "last");
    assert_eq!(last.all(JOINED), ["2", "true", "first last"]);
}

#[test]
fn a_part_that_comes_again_with_other_content_is_noted_and_takes_its_place() {
    let mut post = Post::new();
    post.mt("999550199", part(7, 2, 1), "harmless ");
    post.mt("999550199", part(7, 2, 2), "text");
    let repeated = post.mt("999550199", part(7, 2, 2), "text");
    assert_eq!((repeated.all(JOINED), repeated.anomalies().len()), (["2", "true", "harmless text"], 0));
    let changed = post.mt("999550199", part(7, 2, 1), "harmful ");
    assert_eq!(changed.all(JOINED), ["2", "true", "harmful text"]);
    assert_eq!(changed.anomalies(), ["sms_part_changed"]);
    let counted = [Counter::PartsComplete, Counter::PartsRepeated, Counter::PartsChanged].map(|c| post.rig.counted(c));
    assert_eq!(counted, [1, 1, 1]);
}

#[test]
fn a_part_whose_checksum_is_wrong_takes_no_place() {
    let mut post = Post::new();
    post.mt("999550199", part(7, 2, 1), "harmful ");
    let tcap = map::mt(&post.otid(), &deliver_with("999550199", &part(7, 2, 1), "harmless "));
    let mut damaged = Sender { tsn: 9000, ..post.sender }.whole(&m3ua(&between(&tcap)));
    damaged[14 + 20 + 8] ^= 1;
    let line = post.line(&damaged);
    assert_eq!((line.at("sms.text"), line.all(JOINED)), ("harmless ", [""; 3]));
    assert_eq!(post.mt("999550199", part(7, 2, 2), "text").all(JOINED), ["2", "true", "harmful text"]);
}

#[test]
fn a_part_with_a_number_that_cannot_be_is_no_part() {
    let mut post = Post::new();
    for (total, sequence) in [(2, 0), (2, 3), (0, 0), (0, 1)] {
        let line = post.mt("999550199", part(7, total, sequence), "alone");
        assert_eq!(line.all(JOINED), ["", "", ""], "{sequence} of {total}");
        assert_eq!((line.at("sms.text"), line.anomalies()), ("alone", vec!["sms_concatenation"]));
    }
    let only = post.mt("999550199", part(7, 1, 1), "one of one");
    assert_eq!((only.all(JOINED), only.anomalies().len()), (["", "", ""], 0));
}

#[test]
fn parts_are_given_up_after_their_time_and_a_full_table_sheds_the_oldest() {
    let mut post = Post::new();
    post.mt("999550199", part(7, 2, 1), "too ");
    post.rig.time_ns += 601 * SECOND_NS;
    let late = post.mt("999550199", part(7, 2, 2), "late");
    assert_eq!(late.all(JOINED), ["1", "false", "…late"]);
    assert_eq!(post.rig.counted(Counter::PartsExpired), 1);

    let parts = PartSizes { parts: 8, octets: 1 << 14, timeout_ns: 600 * SECOND_NS };
    let mut post = Post { rig: Rig::with(Scope::Sms, TableSizes { parts, ..sizes() }), ..Post::new() };
    for reference in 0..20 {
        post.mt("999550199", part(reference, 2, 1), "of many ");
    }
    assert_eq!(post.rig.counted(Counter::PartsShed), 12);
    assert_eq!(post.mt("999550199", part(19, 2, 2), "kept").all(JOINED), ["2", "true", "of many kept"]);
    assert_eq!(post.mt("999550199", part(3, 2, 2), "shed").all(JOINED), ["1", "false", "…shed"]);
}

#[test]
fn sixteen_bit_references_are_not_eight_bit_ones() {
    let mut post = Post::new();
    post.mt("999550199", part(7, 2, 1), "eight ");
    let wide = deliver_with("999550199", &[0x08, 4, 1, 7, 2, 2], "sixteen");
    let tcap = map::mt(&post.otid(), &wide);
    let frame = post.sender.whole(&m3ua(&between(&tcap)));
    let line = post.line(&frame);
    assert_eq!(line.all(["sms.concat.ref", "sms.joined.parts"]), ["263", "1"]);
}
