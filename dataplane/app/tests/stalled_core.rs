//! A push that a stalled core does not take is refused, and the next start takes up what was in force before.

use sluice_abi::command::{Code, Reply, Request};
use sluice_dataplane::housekeeping::{Housekeeping, last_policy};
use sluice_dataplane::policy::Policies;
use sluice_dataplane::trace::Collector;
use sluice_io::Clock;
use sluice_policy::{Source, compile};
use sluice_shm::command::{Client, Server};
use sluice_shm::counters::CounterFile;
use sluice_shm::image::SealedImage;
use std::cell::Cell;
use std::os::fd::AsFd;
use std::path::Path;
use std::time::Duration;

/// Every look at it is a second later: nobody has patience for long.
#[derive(Default)]
struct Hurried(Cell<u64>);

impl Clock for Hurried {
    fn now_ns(&self) -> u64 {
        self.0.set(self.0.get() + 1_000_000_000);
        self.0.get()
    }
}

fn image(version: u64) -> SealedImage {
    let files = [("policy.toml".to_owned(), "name = \"none\"".to_owned())];
    let compiled = compile(&Source::from_files(files).unwrap(), version).unwrap();
    SealedImage::new(&compiled.image, false).unwrap()
}

/// Pushes a version over the socket while the loop serves it.
fn push(housekeeping: &mut Housekeeping<Hurried>, policies: &mut Policies, socket: &Path, version: u64) -> Reply {
    let socket = socket.to_owned();
    let asking = std::thread::spawn(move || {
        let image = image(version);
        let mut client = Client::connect(&socket, Duration::from_secs(20)).unwrap();
        client.ask(&Request::Push { version, length: image.length() }, Some(image.as_fd())).unwrap()
    });
    let directory = tempfile::tempdir().unwrap();
    let (_, mut blocks) = CounterFile::create(&directory.path().join("counters"), &["housekeeping"]).unwrap();
    while !asking.is_finished() {
        housekeeping.serve(policies, &mut Collector::default(), &mut blocks[0]).unwrap();
    }
    asking.join().unwrap()
}

#[test]
fn a_push_that_a_stalled_core_does_not_take_changes_nothing_for_the_next_start() {
    let directory = tempfile::tempdir().unwrap();
    let (socket, kept) = (directory.path().join("dataplane.sock"), directory.path().join("policy.image"));
    let server = Server::bind(&socket).unwrap();
    let about = "\"pid\":1".to_owned();
    let mut housekeeping = Housekeeping { server, last_policy: kept.clone(), clock: Hurried::default(), about };
    let mut policies = Policies::default();

    let first = push(&mut housekeeping, &mut policies, &socket, 1);
    assert_eq!((first.code, first.version), (Code::Done, 1), "{}", first.text);

    let _never_polled = policies.add_core();
    let second = push(&mut housekeeping, &mut policies, &socket, 2);
    assert_eq!((second.code, second.version), (Code::Refused, 1));
    assert!(second.text.contains("poll core 0") && second.text.contains("stalled"), "{}", second.text);
    assert_eq!(last_policy(&kept).unwrap().unwrap().version(), 1);
}

#[test]
fn a_refused_first_push_leaves_nothing_for_the_next_start() {
    let directory = tempfile::tempdir().unwrap();
    let (socket, kept) = (directory.path().join("dataplane.sock"), directory.path().join("policy.image"));
    let server = Server::bind(&socket).unwrap();
    let about = "\"pid\":1".to_owned();
    let mut housekeeping = Housekeeping { server, last_policy: kept.clone(), clock: Hurried::default(), about };
    let mut policies = Policies::default();
    let _never_polled = policies.add_core();
    assert_eq!(push(&mut housekeeping, &mut policies, &socket, 1).code, Code::Refused);
    assert!(last_policy(&kept).unwrap().is_none());
}
