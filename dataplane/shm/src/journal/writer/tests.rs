use super::*;
use crate::journal::{Acknowledge, ReadError, Reader};

const CONFIG: Config = Config { segment_octets: 16 << 10, octets_max: 48 << 10, when_full: WhenFull::StopWriting };
/// Twelve of these fill a segment of 16 KiB.
const RECORD: [u8; 1000] = [7; 1000];

fn sequences(dir: &Path, from: u64) -> Vec<u64> {
    let mut reader = Reader::open(dir, from).unwrap();
    std::iter::from_fn(|| reader.next().unwrap().map(|record| record.sequence)).collect()
}

#[test]
fn sequences_go_on_after_the_writer_has_gone_and_come_again() {
    let dir = tempfile::tempdir().unwrap();
    for round in 0..5 {
        let mut writer = Writer::open(dir.path(), Config { octets_max: 1 << 20, ..CONFIG }).unwrap();
        assert_eq!(writer.next_sequence(), 1 + round * 20);
        for i in 0..20 {
            assert_eq!(writer.append(&RECORD), Ok(1 + round * 20 + i));
        }
    }
    assert_eq!(sequences(dir.path(), 1), (1..=100).collect::<Vec<_>>());
    assert_eq!(sequences(dir.path(), 55), (55..=100).collect::<Vec<_>>());
}

#[test]
fn a_second_writer_is_told_that_there_is_one() {
    let dir = tempfile::tempdir().unwrap();
    let writer = Writer::open(dir.path(), CONFIG).unwrap();
    let error = Writer::open(dir.path(), CONFIG).err().unwrap();
    assert_eq!(error.cause, Cause::Locked);
    assert!(error.to_string().contains("another process is writing this journal"));
    drop(writer);
    assert!(Writer::open(dir.path(), CONFIG).is_ok());
}

#[test]
fn at_its_size_the_journal_stops_until_a_reader_acknowledges() {
    let dir = tempfile::tempdir().unwrap();
    let mut writer = Writer::open(dir.path(), CONFIG).unwrap();
    let written = std::iter::from_fn(|| writer.append(&RECORD).ok()).count() as u64;
    assert_eq!((written, writer.occupied_octets()), (36, CONFIG.octets_max));
    assert_eq!(writer.append(&RECORD), Err(AppendError::LimitReached));
    assert_eq!(writer.free_acknowledged(), Ok(Freed::default()), "nobody has acknowledged");
    let (store, slow) = (Acknowledge::open(dir.path(), "store"), Acknowledge::open(dir.path(), "slow"));
    store.unwrap().store(37).unwrap();
    let slow = slow.unwrap();
    slow.store(13).unwrap();
    assert_eq!(writer.free_acknowledged(), Ok(Freed { segments: 1, octets: 16 << 10 }));
    assert_eq!(writer.append(&RECORD), Ok(37));
    slow.store(u64::MAX).unwrap();
    assert_eq!(writer.free_acknowledged(), Ok(Freed::default()), "an acknowledgement that cannot be");
    slow.forget().unwrap();
    assert_eq!(writer.free_acknowledged(), Ok(Freed { segments: 2, octets: 32 << 10 }));
    writer.publish();
    assert_eq!(sequences(dir.path(), 37), [37]);
}

#[test]
fn at_its_size_the_journal_drops_the_oldest_when_told_so_and_counts_it() {
    let dir = tempfile::tempdir().unwrap();
    let mut writer = Writer::open(dir.path(), Config { when_full: WhenFull::DropOldest, ..CONFIG }).unwrap();
    for sequence in 1..=100 {
        assert_eq!(writer.append(&RECORD), Ok(sequence));
    }
    writer.sync().unwrap();
    assert_eq!(writer.dropped(), Dropped { segments: 6, records: 72 });
    let mut reader = Reader::open(dir.path(), 10).unwrap();
    assert_eq!(reader.next(), Err(ReadError::Lost { first: 10, count: 63 }));
    assert_eq!(reader.next().unwrap().map(|record| record.sequence), Some(73));
    assert_eq!(sequences(dir.path(), 73).len(), 28);
}

#[test]
fn what_readers_have_is_freed_before_anything_is_dropped() {
    let dir = tempfile::tempdir().unwrap();
    let mut writer = Writer::open(dir.path(), Config { when_full: WhenFull::DropOldest, ..CONFIG }).unwrap();
    let store = Acknowledge::open(dir.path(), "store").unwrap();
    for sequence in 1..=200 {
        assert_eq!(writer.append(&RECORD), Ok(sequence));
        store.store(sequence).unwrap();
    }
    assert_eq!(writer.dropped(), Dropped::default());
}

#[test]
fn a_record_that_fits_into_no_segment_is_refused_and_the_next_one_is_not() {
    let dir = tempfile::tempdir().unwrap();
    let mut writer = Writer::open(dir.path(), CONFIG).unwrap();
    let longest = CONFIG.segment_octets as usize - 4096 - 16;
    for length in [longest + 1, PAYLOAD_OCTETS_MAX + 1] {
        assert_eq!(writer.append(&vec![0; length]), Err(AppendError::TooLong));
    }
    assert_eq!(writer.append(&vec![0; longest]), Ok(1));
    assert_eq!(writer.append(&[]), Ok(2));
    writer.publish();
    assert_eq!(sequences(dir.path(), 1), [1, 2]);
}

#[test]
fn a_record_longer_than_an_empty_segment_of_an_older_size_goes_into_a_new_one() {
    let dir = tempfile::tempdir().unwrap();
    drop(Writer::open(dir.path(), CONFIG).map(|mut writer| writer.append(b"x")));
    fs::remove_file(dir.path().join("00000000000000000001.journal")).unwrap();
    let mut writer = Writer::open(dir.path(), CONFIG).unwrap();
    writer.begin_segment().unwrap();
    drop(writer);
    let config = Config { segment_octets: 64 << 10, octets_max: 1 << 20, ..CONFIG };
    let mut writer = Writer::open(dir.path(), config).unwrap();
    assert_eq!(writer.append(&[0; 20_000]), Ok(2));
}

#[test]
fn sequences_that_a_reader_has_acknowledged_are_not_given_again() {
    let dir = tempfile::tempdir().unwrap();
    drop(Writer::open(dir.path(), CONFIG).map(|mut writer| writer.append(b"synced")));
    Acknowledge::open(dir.path(), "store").unwrap().store(500).unwrap();
    let mut writer = Writer::open(dir.path(), CONFIG).unwrap();
    assert_eq!(writer.append(b"after the cut of power"), Ok(500));
    writer.publish();
    assert_eq!(sequences(dir.path(), 500), [500]);
    let mut reader = Reader::open(dir.path(), 2).unwrap();
    assert_eq!(reader.next(), Err(ReadError::Lost { first: 2, count: 498 }));
}

#[test]
fn sizes_that_cannot_work_are_refused_with_the_name_of_the_journal() {
    let dir = tempfile::tempdir().unwrap();
    let error = Writer::open(dir.path(), Config { segment_octets: 1, ..CONFIG }).err().unwrap();
    assert_eq!((error.path.as_path(), error.cause), (dir.path(), Cause::Configuration));
}
