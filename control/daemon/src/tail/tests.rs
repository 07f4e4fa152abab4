use super::*;
use crate::store::events::some;
use crate::testing::record_of;
use sluice_shm::journal::{Config, SEGMENT_OCTETS_MIN, WhenFull, Writer};

const CONFIG: Config =
    Config { segment_octets: SEGMENT_OCTETS_MIN, octets_max: 1 << 20, when_full: WhenFull::DropOldest };
const KEEP_ALL: Retention = Retention { events_max: u64::MAX, events_days: None, texts_days: None, traffic_days: 400 };

struct Rig {
    dir: tempfile::TempDir,
    store: Store,
}

impl Rig {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(&dir.path().join("control")).unwrap();
        Self { dir, store }
    }

    fn journal(&self) -> PathBuf {
        self.dir.path().join("journal")
    }

    fn write(&self, range: std::ops::RangeInclusive<u64>) -> Writer {
        let mut writer = Writer::open(&self.journal(), CONFIG).unwrap();
        for n in range {
            assert_eq!(writer.append(&record_of(n)).unwrap(), n);
        }
        writer.sync().unwrap();
        writer
    }

    /// Tails until the progress is as wanted.
    fn tail_until(&self, limits: Retention, wanted: impl Fn(&Progress) -> bool) -> Progress {
        let (tail, mut progress) = Tail::start(&self.store, self.journal(), limits).unwrap();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        let reached = runtime.block_on(async {
            tokio::time::timeout(Duration::from_secs(60), progress.wait_for(wanted)).await.map(|r| r.unwrap().clone())
        });
        tail.stop();
        reached.expect("progress within a minute")
    }

    fn ids(&self) -> Vec<u64> {
        let query = sluice_api::events::EventQuery { limit: Some(1_000), ..Default::default() };
        some(self.store.log(), &query).unwrap().iter().map(|e| e.id).collect()
    }
}

#[test]
fn a_tail_that_is_stopped_and_started_again_stores_each_record_once() {
    let rig = Rig::new();
    let mut writer = rig.write(1..=100);
    rig.tail_until(KEEP_ALL, |p| p.next == 101);
    rig.tail_until(KEEP_ALL, |p| p.next == 101 && p.error.is_none());
    for n in 101..=150 {
        writer.append(&record_of(n)).unwrap();
    }
    writer.sync().unwrap();
    let progress = rig.tail_until(KEEP_ALL, |p| p.next == 151);
    assert_eq!((progress.lost, rig.ids()), (0, (1..=150).collect::<Vec<_>>()));
}

#[test]
fn what_is_stored_is_acknowledged_and_its_segments_can_go() {
    let rig = Rig::new();
    let mut writer = rig.write(1..=800);
    rig.tail_until(KEEP_ALL, |p| p.next == 801);
    let said = Acknowledge::open(&rig.journal(), READER_NAME).unwrap().lowest_needed().unwrap();
    assert_eq!(said, Some(801));
    assert!(writer.free_acknowledged().unwrap().segments > 0);
}

#[test]
fn records_removed_before_they_were_read_are_a_counted_loss() {
    let rig = Rig::new();
    let writer = rig.write(1..=800);
    let segments = || {
        let mut names: Vec<_> = std::fs::read_dir(rig.journal())
            .unwrap()
            .map(|e| e.unwrap().path())
            .filter(|p| p.extension().is_some_and(|e| e == "journal"))
            .collect();
        names.sort();
        names
    };
    let second: u64 = segments()[1].file_stem().unwrap().to_str().unwrap().parse().unwrap();
    std::fs::remove_file(&segments()[0]).unwrap();
    let progress = rig.tail_until(KEEP_ALL, |p| p.next == 801);
    assert_eq!(progress.lost, second - 1);
    assert_eq!(rig.ids().first(), Some(&second));
    drop(writer);
}

#[test]
fn a_journal_that_begins_anew_is_said_and_not_mixed_in() {
    let rig = Rig::new();
    drop(rig.write(1..=10));
    rig.tail_until(KEEP_ALL, |p| p.next == 11);
    std::fs::remove_dir_all(rig.journal()).unwrap();
    let _writer = rig.write(1..=3);
    let progress = rig.tail_until(KEEP_ALL, |p| p.error.is_some());
    assert!(progress.error.as_ref().unwrap().contains("another journal"), "{progress:?}");
    assert_eq!((progress.next, rig.ids().len()), (11, 10));
}

#[test]
fn events_beyond_the_limit_go_while_the_journal_is_quiet() {
    let rig = Rig::new();
    let _writer = rig.write(1..=50);
    let none = Retention { events_days: Some(0), ..KEEP_ALL };
    rig.tail_until(none, |p| p.next == 51);
    let (tail, _progress) = Tail::start(&rig.store, rig.journal(), none).unwrap();
    let deadline = Instant::now() + Duration::from_secs(60);
    while rig.store.log().count() > 0 && Instant::now() < deadline {
        std::thread::yield_now();
    }
    tail.stop();
    assert_eq!((rig.store.log().count(), rig.ids()), (0, vec![]));
}

#[test]
fn events_beyond_the_limit_go_while_more_keep_coming() {
    let rig = Rig::new();
    let batch = BATCH_ITEMS as u64;
    let _writer = rig.write(1..=batch + 1_000);
    rig.tail_until(Retention { events_days: Some(0), ..KEEP_ALL }, |p| p.next == batch + 1_001);
    let connection = rig.store.connection().unwrap();
    let sql = "SELECT subject FROM audit WHERE what = 'events.retention' ORDER BY id LIMIT 1";
    let first: String = connection.query_row(sql, [], |r| r.get(0)).unwrap();
    assert_eq!(first, format!("events 1 to {batch}"), "before the next batch was read");
}
