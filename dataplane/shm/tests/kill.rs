//! Processes killed with `kill -9` at moments nobody chose: the journal has no torn record, loses nothing, and gives
//! nothing twice. The processes are real: this program starts itself again with a role in its environment.

use std::fs::{self, File, OpenOptions};
use std::io::{BufRead, BufReader, Read, Write};
use std::path::Path;
use std::process::{Child, ChildStderr, Command, Stdio};

use sluice_shm::journal::{Acknowledge, Config, FIRST_SEQUENCE, Reader, WhenFull, Writer};

const CONFIG: Config = Config { segment_octets: 64 << 10, octets_max: 1 << 30, when_full: WhenFull::StopWriting };
const ROUNDS: u64 = 50;
const ROLE: &str = "SLUICE_SHM_TEST_ROLE";
const PLACE: &str = "SLUICE_SHM_TEST_PLACE";
const SEED: &str = "SLUICE_SHM_TEST_SEED";

/// Marsaglia's xorshift: repeatable, and good enough to spread the moments.
struct Random(u64);

impl Random {
    fn below(&mut self, end: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % end
    }
}

/// What a record holds follows from its sequence, so that a reader can tell a torn one.
fn payload(sequence: u64) -> Vec<u8> {
    let mut random = Random(sequence.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1);
    (0..20 + random.below(400)).map(|_| random.below(256) as u8).collect()
}

fn append(writer: &mut Writer) -> u64 {
    let sequence = writer.next_sequence();
    assert_eq!(writer.append(&payload(sequence)), Ok(sequence));
    sequence
}

fn start(role: &str, place: &Path, seed: u64) -> (Child, BufReader<ChildStderr>) {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--ignored", "--exact", "plays_the_role_in_its_environment", "--nocapture"])
        .envs([(ROLE, role), (PLACE, place.to_str().unwrap())])
        .env(SEED, seed.to_string())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let said = BufReader::new(child.stderr.take().unwrap());
    (child, said)
}

/// The next number that the process says; `None` at its end. A last line cut by the kill is not counted.
fn number(said: &mut impl BufRead) -> Option<u64> {
    let mut line = String::new();
    said.read_line(&mut line).unwrap();
    let line = line.strip_suffix('\n')?;
    Some(line.parse().unwrap_or_else(|_| panic!("{line}")))
}

fn kill(mut child: Child, said: &mut impl BufRead) -> Option<u64> {
    child.kill().unwrap();
    let last = std::iter::from_fn(|| number(said)).last();
    child.wait().unwrap();
    last
}

fn say(number: u64) {
    std::io::stderr().write_all(format!("{number}\n").as_bytes()).unwrap();
}

#[test]
#[ignore = "a process that other tests start and kill"]
fn plays_the_role_in_its_environment() {
    let place = std::env::var(PLACE).unwrap();
    let seed = std::env::var(SEED).unwrap().parse().unwrap();
    match std::env::var(ROLE).as_deref() {
        Ok("writer") => write_for_ever(Path::new(&place), Random(seed)),
        Ok("reader") => read_for_ever(Path::new(&place)),
        other => panic!("no role {other:?}"),
    }
}

fn write_for_ever(dir: &Path, mut random: Random) -> ! {
    let mut writer = Writer::open(dir, CONFIG).unwrap();
    loop {
        let last = (0..=random.below(40)).map(|_| append(&mut writer)).last().unwrap();
        writer.publish();
        say(last);
        if random.below(50) == 0 {
            writer.sync().unwrap();
        }
    }
}

/// Stores every sequence it is given, goes on behind the last one stored, and acknowledges only what is stored.
fn read_for_ever(place: &Path) -> ! {
    let path = place.join("store");
    let mut store = OpenOptions::new().create(true).append(true).open(&path).unwrap();
    let whole = fs::metadata(&path).unwrap().len() / 8 * 8;
    store.set_len(whole).unwrap();
    let acknowledge = Acknowledge::open(&place.join("journal"), "store").unwrap();
    let mut reader = Reader::open(&place.join("journal"), FIRST_SEQUENCE + whole / 8).unwrap();
    for turn in 0u64.. {
        for _ in 0..20 {
            let Some(record) = reader.next().unwrap() else { break };
            assert_eq!(record.payload, payload(record.sequence));
            store.write_all(&record.sequence.to_le_bytes()).unwrap();
        }
        if turn.is_multiple_of(7) {
            acknowledge.store(reader.next_sequence()).unwrap();
        }
        say(reader.next_sequence() - 1);
    }
    unreachable!("the range has no end")
}

/// Reads what there is, checks it, and gives the last sequence. Any gap, damage or loss is an error.
fn follow(reader: &mut Reader) -> u64 {
    loop {
        let expected = reader.next_sequence();
        let Some(record) = reader.next().unwrap() else { return expected - 1 };
        assert_eq!((record.sequence, record.payload), (expected, &payload(expected)[..]));
    }
}

#[test]
fn a_writer_killed_fifty_times_leaves_no_torn_record_and_loses_none_it_published() {
    let dir = tempfile::tempdir().unwrap();
    let mut random = Random(0x5EED);
    let mut following = Reader::open(dir.path(), FIRST_SEQUENCE).unwrap();
    for round in 0..ROUNDS {
        let (child, mut said) = start("writer", dir.path(), round + 1);
        let mut published = 0;
        for _ in 0..=random.below(200) {
            published = number(&mut said).unwrap();
        }
        let during = follow(&mut following);
        assert!(during >= published, "round {round}");
        published = kill(child, &mut said).unwrap_or(published);
        let after = follow(&mut following);
        assert!(after >= published, "round {round}: {published} published, {after} read");
        let writer = Writer::open(dir.path(), CONFIG).unwrap();
        assert!(writer.next_sequence() > after, "round {round}: a sequence given again");
    }
    let followed = follow(&mut following);
    assert_eq!(follow(&mut Reader::open(dir.path(), FIRST_SEQUENCE).unwrap()), followed);
    assert_eq!(follow(&mut Reader::open(dir.path(), FIRST_SEQUENCE).unwrap().synced_only()), followed);
    assert!(followed > ROUNDS * 20, "{followed}");
}

#[test]
fn a_reader_killed_fifty_times_stores_every_record_exactly_once_while_segments_are_freed() {
    let dir = tempfile::tempdir().unwrap();
    let mut writer = Writer::open(&dir.path().join("journal"), CONFIG).unwrap();
    let (mut random, mut freed) = (Random(0xFEED), 0);
    for round in 0..ROUNDS {
        let (child, mut said) = start("reader", dir.path(), round);
        for _ in 0..=random.below(30) {
            for _ in 0..random.below(60) {
                append(&mut writer);
            }
            writer.publish();
            freed += writer.free_acknowledged().unwrap().segments;
            number(&mut said).unwrap();
        }
        kill(child, &mut said);
    }
    let last = writer.next_sequence() - 1;
    let (child, mut said) = start("reader", dir.path(), ROUNDS);
    while number(&mut said).unwrap() < last {}
    kill(child, &mut said);
    let mut stored = Vec::new();
    File::open(dir.path().join("store")).unwrap().read_to_end(&mut stored).unwrap();
    let stored: Vec<_> = stored.as_chunks::<8>().0.iter().map(|octets| u64::from_le_bytes(*octets)).collect();
    assert_eq!(stored, (FIRST_SEQUENCE..=last).collect::<Vec<_>>());
    assert!(freed > 10, "only {freed} segments were freed");
}
