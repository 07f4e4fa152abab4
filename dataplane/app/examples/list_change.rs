//! How long one changed entry takes until a poll core judges by it, and until the answer, which waits for the disk too.
//!
//! `cargo run --release -p sluice-dataplane --example list_change`
#![allow(clippy::disallowed_types, clippy::disallowed_macros)]

use anyhow::Context;
use sluice_abi::command::{Code, Request};
use sluice_dataplane::housekeeping::{Housekeeping, Next};
use sluice_dataplane::policy::Policies;
use sluice_io::WallClock;
use sluice_rules::{Change, Entries, List, ListKind, Model, changes, compile};
use sluice_shm::command::{Client, Server};
use sluice_shm::counters::CounterFile;
use sluice_shm::image::SealedImage;
use std::os::fd::AsFd;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

const ENTRIES: u64 = 1_000_000;
const TURNS: usize = 200;
/// So many entries are changed already, at most.
const PENDING: u64 = 10_000;

fn main() -> anyhow::Result<()> {
    let directory = tempfile::tempdir()?;
    let socket = directory.path().join("dataplane.sock");
    let (_, mut blocks) = CounterFile::create(&directory.path().join("counters"), &["housekeeping"])?;
    let mut block = blocks.pop().context("a block")?;
    let server = Server::bind(&socket)?;
    let last_policy = directory.path().join("policy.image");
    let mut housekeeping = Housekeeping { server, last_policy, clock: WallClock::new(), about: "\"pid\":1".into() };
    let mut policies = Policies::default();
    let mut slot = policies.add_core();
    let (start, seen_ns) = (Instant::now(), AtomicU64::new(0));
    std::thread::scope(|scope| {
        let asking = scope.spawn(|| {
            let asked = ask(&socket, start, &seen_ns);
            seen_ns.store(u64::MAX, Ordering::Release);
            Client::connect(&socket, Duration::from_secs(5))?.ask(&Request::Stop, None)?;
            asked
        });
        scope.spawn(|| {
            while seen_ns.load(Ordering::Acquire) != u64::MAX {
                if slot.take_new() {
                    seen_ns.store(start.elapsed().as_nanos() as u64, Ordering::Release);
                }
                std::thread::yield_now();
            }
        });
        while housekeeping.serve(&mut policies, &mut block)? == Next::GoOn {}
        asking.join().map_err(|_| anyhow::anyhow!("the asking thread panicked"))?
    })
}

fn ask(socket: &std::path::Path, start: Instant, seen_ns: &AtomicU64) -> anyhow::Result<()> {
    let entries: Entries = (0..ENTRIES).map(|n| format!("999{n:09}")).collect();
    let lists = vec![List { name: "own".into(), kind: ListKind::Exact, entries }];
    let image = compile(&Model { version: 7, lists, ..Model::default() })?;
    send(socket, &image, |length| Request::Push { version: 7, length })?;
    let mut pending: Vec<Change> = (0..PENDING).map(change).collect();
    let (mut until_seen, mut until_answered) = (Vec::new(), Vec::new());
    for turn in 0..TURNS {
        let begin = start.elapsed();
        pending.pop();
        pending.push(change(PENDING + turn as u64));
        send(socket, &changes::build(7, &pending)?, |length| Request::Changes { version: 7, length })?;
        until_answered.push(start.elapsed() - begin);
        until_seen.push(Duration::from_nanos(seen_ns.load(Ordering::Acquire)).saturating_sub(begin));
    }
    for (what, mut times) in [("a poll core judges by it", until_seen), ("the answer", until_answered)] {
        times.sort_unstable();
        let at = |share: usize| times.get(TURNS * share / 100).map_or(0, Duration::as_micros);
        println!("{PENDING} pending, one more: until {what}: median {} us, 99 % {} us", at(50), at(99));
    }
    Ok(())
}

fn change(n: u64) -> Change {
    Change { list: "own".into(), kind: ListKind::Exact, entry: format!("998{n:09}"), until_s: Change::STAYS }
}

fn send(socket: &std::path::Path, octets: &[u8], request: impl Fn(u64) -> Request) -> anyhow::Result<()> {
    let sealed = SealedImage::new(octets, false)?;
    let mut client = Client::connect(socket, Duration::from_secs(20))?;
    let reply = client.ask(&request(sealed.length()), Some(sealed.as_fd()))?;
    anyhow::ensure!(reply.code == Code::Done, "{}", reply.text);
    Ok(())
}
