use super::*;
use crate::journal::{Config, HEADER_OCTETS, Writer};
use std::fs;

const CONFIG: Config =
    Config { segment_octets: 16 << 10, octets_max: 1 << 20, when_full: crate::journal::WhenFull::StopWriting };

fn payload(sequence: u64) -> Vec<u8> {
    (0..100 + sequence % 50).map(|i| (i * sequence) as u8).collect()
}

fn append(writer: &mut Writer, count: u64) {
    for _ in 0..count {
        let sequence = writer.next_sequence();
        assert_eq!(writer.append(&payload(sequence)), Ok(sequence));
    }
}

/// Reads until nothing comes, and checks each record; sequences, and what was told besides.
fn drain(reader: &mut Reader) -> (Vec<u64>, Vec<ReadError>) {
    let (mut records, mut told) = (Vec::new(), Vec::new());
    for _ in 0..10_000 {
        match reader.next() {
            Ok(Some(record)) => {
                assert_eq!(record.payload, payload(record.sequence));
                records.push(record.sequence);
            }
            Ok(None) => break,
            Err(error) => told.push(error),
        }
    }
    (records, told)
}

fn journal_of(records: u64) -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    append(&mut Writer::open(dir.path(), CONFIG).unwrap(), records);
    dir
}

#[test]
fn a_reader_follows_a_writer_across_segments_and_sees_only_what_is_published() {
    let dir = tempfile::tempdir().unwrap();
    let mut reader = Reader::open(&dir.path().join("journal"), 1).unwrap();
    assert_eq!(reader.next(), Ok(None), "no journal yet");
    let mut writer = Writer::open(&dir.path().join("journal"), CONFIG).unwrap();
    assert_eq!(reader.next(), Ok(None), "no segment yet");
    let mut seen = 0;
    for _ in 0..40 {
        append(&mut writer, 17);
        let hidden = drain(&mut reader).0.len();
        writer.publish();
        seen += hidden + drain(&mut reader).0.len();
        assert_eq!(seen as u64, writer.next_sequence() - 1);
    }
    assert!(segments(&dir.path().join("journal")).unwrap().len() > 5);
    append(&mut writer, 1);
    assert_eq!(reader.next(), Ok(None), "not published");
}

#[test]
fn a_reader_of_what_is_synced_waits_for_the_disk() {
    let dir = tempfile::tempdir().unwrap();
    let mut writer = Writer::open(dir.path(), CONFIG).unwrap();
    let mut reader = Reader::open(dir.path(), 1).unwrap().synced_only();
    append(&mut writer, 300);
    writer.publish();
    assert_eq!(reader.next(), Ok(None));
    writer.sync().unwrap();
    assert_eq!(drain(&mut reader), ((1..=300).collect(), vec![]));
}

#[test]
fn a_damaged_payload_costs_its_record_and_no_other() {
    let dir = journal_of(10);
    let path = dir.path().join("00000000000000000001.journal");
    let mut octets = fs::read(&path).unwrap();
    octets[HEADER_OCTETS as usize + 40] ^= 1;
    fs::write(&path, octets).unwrap();
    let mut reader = Reader::open(dir.path(), 1).unwrap();
    let (records, told) = drain(&mut reader);
    assert_eq!(records, (2..=10).collect::<Vec<_>>());
    let damaged = ReadError::Damaged { segment: 1, offset: HEADER_OCTETS, fault: FrameFault::Checksum };
    assert_eq!(told, [damaged, ReadError::Lost { first: 1, count: 1 }]);
    assert!(damaged.to_string().contains("octet 4096"), "{damaged}");
}

#[test]
fn a_damaged_length_costs_the_rest_of_what_was_published_and_the_loss_is_counted() {
    let dir = journal_of(200);
    let path = dir.path().join("00000000000000000001.journal");
    let mut octets = fs::read(&path).unwrap();
    octets[HEADER_OCTETS as usize] ^= 1;
    fs::write(&path, octets).unwrap();
    let second = segments(dir.path()).unwrap()[1];
    let mut reader = Reader::open(dir.path(), 1).unwrap();
    let (records, told) = drain(&mut reader);
    assert_eq!(records, (second..=200).collect::<Vec<_>>());
    let damaged = ReadError::Damaged { segment: 1, offset: HEADER_OCTETS, fault: FrameFault::Length };
    assert_eq!(told, [damaged, ReadError::Lost { first: 1, count: second - 1 }]);
}

#[test]
fn a_payload_made_to_look_like_records_is_never_read_as_one() {
    let dir = tempfile::tempdir().unwrap();
    let mut writer = Writer::open(dir.path(), CONFIG).unwrap();
    let forged = crate::journal::format::frame_head(2, b"");
    writer.append(&forged.repeat(20)).unwrap();
    writer.append(b"true").unwrap();
    drop(writer);
    let path = dir.path().join("00000000000000000001.journal");
    let whole = fs::read(&path).unwrap();
    for bit in 0..128 {
        let mut octets = whole.clone();
        octets[HEADER_OCTETS as usize + bit / 8] ^= 1 << (bit % 8);
        fs::write(&path, octets).unwrap();
        let mut reader = Reader::open(dir.path(), 1).unwrap();
        for _ in 0..10 {
            if let Ok(Some(record)) = reader.next() {
                assert_eq!((record.sequence, record.payload), (2, &b"true"[..]), "bit {bit}");
            }
        }
    }
}

#[test]
fn every_flipped_bit_is_noticed_or_changes_nothing() {
    let dir = journal_of(12);
    let path = dir.path().join("00000000000000000001.journal");
    let whole = fs::read(&path).unwrap();
    let used = HEADER_OCTETS as usize + 12 * 168;
    for bit in (0..136 * 8).chain((HEADER_OCTETS as usize * 8..used * 8).step_by(17)) {
        let mut octets = whole.clone();
        octets[bit / 8] ^= 1 << (bit % 8);
        fs::write(&path, octets).unwrap();
        // `drain` compares every payload.
        let (records, told) = drain(&mut Reader::open(dir.path(), 1).unwrap());
        assert!(records.is_sorted() && records.len() <= 12, "bit {bit}");
        let in_records = bit / 8 >= HEADER_OCTETS as usize;
        assert!(!in_records || records.len() == 12 || !told.is_empty(), "bit {bit}: {records:?}");
    }
}

#[test]
fn every_truncation_is_read_and_recovered_without_a_panic_or_a_false_record() {
    let dir = journal_of(12);
    let path = dir.path().join("00000000000000000001.journal");
    let whole = fs::read(&path).unwrap();
    let used = HEADER_OCTETS as usize + 12 * 168;
    for length in (0..256)
        .step_by(3)
        .chain((256..HEADER_OCTETS as usize).step_by(500))
        .chain((HEADER_OCTETS as usize..used).step_by(5))
    {
        fs::write(&path, &whole[..length]).unwrap();
        let (before, _) = drain(&mut Reader::open(dir.path(), 1).unwrap());
        assert!(before.is_empty() || before == (1..=before.len() as u64).collect::<Vec<_>>());
        let mut writer = Writer::open(dir.path(), CONFIG).unwrap();
        let next = writer.next_sequence();
        assert!(next > before.len() as u64, "{length}");
        append(&mut writer, 1);
        drop(writer);
        let (after, _) = drain(&mut Reader::open(dir.path(), 1).unwrap());
        assert_eq!(after.last(), Some(&next), "{length}");
        fs::remove_dir_all(dir.path()).unwrap();
        fs::create_dir_all(dir.path()).unwrap();
    }
}

#[test]
fn a_file_cut_under_its_reader_is_an_error_and_no_signal() {
    let dir = journal_of(12);
    let mut reader = Reader::open(dir.path(), 1).unwrap();
    assert!(reader.next().unwrap().is_some());
    fs::write(dir.path().join("00000000000000000001.journal"), b"").unwrap();
    let (_, told) = drain(&mut reader);
    assert!(matches!(told[..], [ReadError::Unreadable { segment: 1, cause: Cause::Short }]), "{told:?}");
}

#[test]
fn a_reader_that_is_ahead_of_the_journal_is_told_so() {
    let dir = journal_of(12);
    let mut reader = Reader::open(dir.path(), 500).unwrap();
    assert_eq!(reader.next(), Err(ReadError::Ahead { journal: 13 }));
    assert_eq!(Reader::open(dir.path(), 13).unwrap().next(), Ok(None));
}

#[test]
fn a_segment_of_another_version_is_named_and_passed_over() {
    let dir = journal_of(200);
    let path = dir.path().join("00000000000000000001.journal");
    let mut octets = fs::read(&path).unwrap();
    octets[8] ^= 2;
    fs::write(&path, octets).unwrap();
    let second = segments(dir.path()).unwrap()[1];
    let (records, told) = drain(&mut Reader::open(dir.path(), 1).unwrap());
    assert_eq!(records.first(), Some(&second));
    let cause = Cause::Version(sluice_abi::ABI_VERSION ^ 2);
    assert_eq!(told, [ReadError::Unreadable { segment: 1, cause }, ReadError::Lost { first: 1, count: second - 1 }]);
}

#[test]
fn what_a_cut_of_power_took_is_lost_once_and_its_sequences_are_not_given_again() {
    let dir = journal_of(12);
    let path = dir.path().join("00000000000000000001.journal");
    let mut octets = fs::read(&path).unwrap();
    // The head says that twelve records are published, and the page with the last of them never reached the disk.
    let kept = HEADER_OCTETS as usize + 5 * 136;
    octets[kept..].fill(0);
    fs::write(&path, octets).unwrap();
    let mut writer = Writer::open(dir.path(), CONFIG).unwrap();
    assert_eq!(writer.next_sequence(), 13);
    append(&mut writer, 1);
    writer.publish();
    let (records, told) = drain(&mut Reader::open(dir.path(), 1).unwrap());
    let lost = 13 - records.len() as u64;
    assert!((7..=9).contains(&lost), "{records:?}");
    assert_eq!(told.last(), Some(&ReadError::Lost { first: 13 - lost, count: lost }));
    assert_eq!(records.last(), Some(&13));
    let mut seen_all = Reader::open(dir.path(), 13).unwrap();
    assert_eq!(drain(&mut seen_all).0, [13]);
}
