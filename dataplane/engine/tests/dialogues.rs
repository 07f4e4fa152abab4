//! What becomes of dialogues that nobody ends is counted by what it was.

use sluice_abi::counters::{Count, Counter, Slot, Tally};
use sluice_abi::{Facts, LogLevel};
use sluice_engine::{Engine, Input, PointCodes, Settings, Side, Sink, TableSizes};
use sluice_io::capture::Reader;

#[derive(Default)]
struct Counting(Tally);

impl Count for Counting {
    fn add(&mut self, slot: Slot, n: u64) {
        self.0.add(slot, n);
    }
}

impl Sink for Counting {
    fn message(&mut self, _facts: &mut Facts<'_>, _log: LogLevel) {}
}

/// Plays the first requests of a capture of our own so many times; their CRC32c is spoilt, so none is a retransmission.
fn play(dialogues: usize, times: u64) -> Tally {
    const FRAMES: usize = 60;
    let tables = TableSizes { dialogues, ..TableSizes::default() };
    let mut engine = Engine::new(Settings { tables, ..Settings::default() });
    let mut counting = Counting::default();
    for _ in 0..times {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/captures/xudt.pcap");
        let mut reader = Reader::open(path).expect("a capture");
        for _ in 0..FRAMES {
            let record = reader.next().expect("an intact capture").expect("enough frames");
            let mut octets = record.octets.to_vec();
            const SCTP_CHECKSUM: usize = 14 + 20 + 8;
            octets[SCTP_CHECKSUM] ^= 1;
            let (number, time_ns) = (record.number, record.timestamp_ns);
            let input = Input {
                octets: &octets,
                link: 1,
                number,
                time_ns,
                port: b"",
                side: Side::Outside,
                wire: None,
                point_codes: PointCodes::Itu,
            };
            engine.process(&input, None, &mut counting);
        }
    }
    engine.flush_counts(&mut counting);
    counting.0
}

fn at(tally: &Tally, counter: Counter) -> u64 {
    tally.at(Slot::counter(counter))
}

#[test]
fn a_transaction_id_used_again_replaces_the_dialogue_and_a_full_table_sheds_one() {
    let once = play(1024, 1);
    let left_open = at(&once, Counter::DialoguesOpened) - at(&once, Counter::DialoguesClosed);
    assert!(left_open > 4, "the capture is cut while dialogues are open");
    assert_eq!((at(&once, Counter::DialoguesReplaced), at(&once, Counter::DialoguesShed)), (0, 0));

    let twice = play(1024, 2);
    assert_eq!((at(&twice, Counter::DialoguesReplaced), at(&twice, Counter::DialoguesShed)), (left_open, 0));

    let in_a_small_table = play(4, 1);
    assert_eq!(at(&in_a_small_table, Counter::DialoguesReplaced), 0);
    assert!(at(&in_a_small_table, Counter::DialoguesShed) > 0);
}
