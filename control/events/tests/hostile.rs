//! Files that were torn, cut or changed: an error that names the file, or what was written; never a panic, and never an
//! event that was not there.

mod common;

use common::{Opened, items, record_of};
use proptest::prelude::*;
use sluice_events::{Key, Log, Query};
use std::fs;
use std::path::PathBuf;

fn path_of(own: &Opened, extension: &str) -> PathBuf {
    let mut paths = fs::read_dir(own.folder()).unwrap().map(|entry| entry.unwrap().path());
    paths.find(|path| path.extension().is_some_and(|e| e == extension)).unwrap()
}

#[test]
fn a_file_cut_off_anywhere_has_the_batches_that_are_whole() {
    let mut own = Opened::new();
    let mut ends = vec![];
    let path = {
        for first in [1, 11, 21] {
            own.writer.append(&items(first..=first + 9), first + 10).unwrap();
            ends.push(own.log.octets());
        }
        path_of(&own, "open")
    };
    let whole = fs::read(&path).unwrap();
    // Every length of the file, and the rest of the disk's block behind it: nothing, or what was there before.
    for length in 0..=whole.len() {
        for garbage in [&[][..], &[0; 64], &[0xFF; 64], &whole[12..40]] {
            fs::write(&path, [&whole[..length], garbage].concat()).unwrap();
            let batches = ends.iter().filter(|end| **end as usize <= length).count() as u64;
            let (log, mut writer) = Log::open(own.folder()).unwrap();
            // A head that is none: no process of ours leaves that.
            let has_other_head = !garbage.is_empty() && ![&whole[..length], garbage].concat().starts_with(&whole[..12]);
            assert_eq!(log.trouble().is_some(), has_other_head, "{length}");
            assert!(log.count() == 10 * batches, "{length}: {} events", log.count());
            if length % 97 == 0 {
                let next = 10 * batches + 1;
                writer.append(&items(next..=next), next + 1).unwrap();
                drop((log, writer));
                let (log, _) = Log::open(own.folder()).unwrap();
                assert_eq!(log.count(), next);
            }
            for left in fs::read_dir(own.folder()).unwrap() {
                fs::remove_file(left.unwrap().path()).unwrap();
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn changed_octets_are_found_or_do_no_harm(
        is_sealed: bool,
        changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4),
        cut in proptest::option::of(any::<prop::sample::Index>()),
    ) {
        let mut own = Opened::new();
        own.writer.append(&items(1..=150), 151).unwrap();
        if is_sealed {
            own.writer.seal().unwrap();
        }
        let path = path_of(&own, if is_sealed { "events" } else { "open" });
        let mut octets = fs::read(&path).unwrap();
        for (at, octet) in changes {
            let at = at.index(octets.len());
            octets[at] = octet;
        }
        if let Some(cut) = cut {
            octets.truncate(cut.index(octets.len()));
        }
        fs::write(&path, octets).unwrap();
        let (log, mut writer) = match Log::open(own.folder()) {
            Ok(both) => both,
            Err(error) => {
                // One of the changes was made to the version.
                prop_assert!(matches!(error, sluice_events::Error::Version(..)), "{}", error);
                return Ok(());
            }
        };
        let mut count = None;
        let queries = [vec![], vec![Key::Rule("odd".into())], vec![Key::Number("15550103".into())]];
        for (keys, newest) in queries.into_iter().flat_map(|keys| [(keys.clone(), false), (keys, true)]) {
            if let Ok(found) = log.some(&Query { keys, newest, limit: 200, ..Query::default() }) {
                prop_assert!(found.iter().all(|event| event.record == record_of(event.id)));
                count = count.or(Some(found.len()));
            }
        }
        let is_whole = count == Some(150);
        let is_said = log.trouble().is_some_and(|trouble| trouble.contains(path.to_str().unwrap()));
        let is_cut = !is_sealed && log.position().next < Some(151);
        prop_assert!(is_whole || is_said || is_cut, "{:?} events, {:?}", count, log.trouble());
        let _an_error_at_most = (log.losses(), log.one(70), writer.seal());
        let limits = sluice_events::Limits { count: 1_000, before: None, texts_before: Some(u64::MAX) };
        let _an_error_at_most = writer.retain(limits);
    }
}
