//! A dataplane that does nothing but answer on its command socket, and refuses when it is told to.

use sluice_abi::command::{Code, Reply, Request};
use sluice_rules::{ChangesLayout, Layout};
use sluice_shm::command::{Incoming, Server};
use sluice_shm::image::MappedImage;
use std::io::Write as _;
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;

/// What it says of itself.
pub const REPORT: &str = r#"{"ports":["mirror"],"cards":[{"port":"mirror","driver":"net_ring","queues":2}]}"#;

/// The fake.
pub struct FakeDataplane {
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

#[derive(Default)]
struct Shared {
    stop: AtomicBool,
    refuse: AtomicBool,
    /// Answers nothing more: lets the caller wait until the connection ends.
    die_on_push: AtomicBool,
    in_force: Mutex<Vec<Loaded>>,
    /// Where it tells what it traces, and how much it was asked for.
    trace: Mutex<Option<(UnixStream, u32)>>,
}

/// A policy it has taken.
#[derive(Clone)]
struct Loaded {
    version: u64,
    image: Vec<u8>,
    changes: Vec<u8>,
}

impl FakeDataplane {
    pub fn start(socket: &Path) -> Self {
        let shared = Arc::new(Shared::default());
        let mut server = Server::bind(socket).unwrap();
        let inside = Arc::clone(&shared);
        let thread = std::thread::spawn(move || {
            while !inside.stop.load(Ordering::Acquire) {
                let Some(incoming) = server.next(Duration::from_millis(20)).unwrap() else { continue };
                let peer = incoming.peer;
                match inside.answer(incoming) {
                    Some(reply) => assert!(server.reply(peer, &reply)),
                    None => break,
                }
            }
        });
        Self { shared, thread: Some(thread) }
    }

    pub fn refuse(&self, yes: bool) {
        self.shared.refuse.store(yes, Ordering::Release);
    }

    /// Takes the next policy, and ends before it has said so.
    pub fn die_on_push(&self) {
        self.shared.die_on_push.store(true, Ordering::Release);
    }

    /// Frames a second that were asked for with the trace under way.
    pub fn trace_rate(&self) -> Option<u32> {
        self.shared.trace.lock().unwrap().as_ref().map(|(_, per_second)| *per_second)
    }

    /// Tells who traces something; whether there was somebody.
    pub fn trace(&self, octets: &[u8]) -> bool {
        let mut trace = self.shared.trace.lock().unwrap();
        let is_heard = trace.as_mut().is_some_and(|(to, _)| to.write_all(octets).is_ok());
        if !is_heard {
            *trace = None;
        }
        is_heard
    }

    pub fn version(&self) -> u64 {
        self.shared.version()
    }

    pub fn image(&self) -> Vec<u8> {
        self.shared.in_force.lock().unwrap().last().map(|l| l.image.clone()).unwrap_or_default()
    }

    /// Whether a list of the policy in force has a text at a second, with what was changed since.
    pub fn list_has(&self, list: &str, text: &str, now_s: u64) -> bool {
        let loaded = self.shared.in_force.lock().unwrap().last().cloned().unwrap();
        let layout = Layout::verify(&loaded.image).unwrap();
        let image = layout.image(&loaded.image);
        let number = image.lists().position(|(name, _)| name == list).unwrap() as u32;
        let changes = (!loaded.changes.is_empty()).then(|| ChangesLayout::verify(&loaded.changes, &image).unwrap());
        let changes = changes.as_ref().map(|c| c.changes(&loaded.changes)).unwrap_or_default();
        image.with_changes(changes).list(number).unwrap().contains(text.as_bytes(), now_s)
    }

    /// As if it had been given a policy by somebody else.
    pub fn load(&self, version: u64) {
        self.shared.in_force.lock().unwrap().push(Loaded { version, image: Vec::new(), changes: Vec::new() });
    }
}

impl Shared {
    fn version(&self) -> u64 {
        self.in_force.lock().unwrap().last().map_or(0, |l| l.version)
    }

    fn answer(&self, incoming: Incoming) -> Option<Reply> {
        let mut refusal = None;
        match incoming.request {
            Request::Push { .. } if self.refuse.load(Ordering::Acquire) => refusal = Some("told to refuse"),
            Request::Push { version, length } => {
                let image = MappedImage::from_fd(incoming.descriptor.unwrap(), length).unwrap().as_slice().to_vec();
                self.in_force.lock().unwrap().push(Loaded { version, image, changes: Vec::new() });
                if self.die_on_push.load(Ordering::Acquire) {
                    return None;
                }
            }
            Request::Changes { .. } if self.refuse.load(Ordering::Acquire) => refusal = Some("told to refuse"),
            Request::Changes { version, length } => {
                let image = MappedImage::from_fd(incoming.descriptor.unwrap(), length).unwrap().as_slice().to_vec();
                match self.in_force.lock().unwrap().last_mut().filter(|l| l.version == version) {
                    Some(loaded) => loaded.changes = image,
                    None => refusal = Some("another policy is in force"),
                }
            }
            Request::Rollback if self.in_force.lock().unwrap().len() < 2 => refusal = Some("nothing before it"),
            Request::Rollback => {
                self.in_force.lock().unwrap().pop();
            }
            Request::Trace { .. } if self.refuse.load(Ordering::Acquire) => refusal = Some("one trace at a time"),
            Request::Trace { per_second } => {
                let to = UnixStream::from(incoming.descriptor.unwrap());
                *self.trace.lock().unwrap() = Some((to, per_second));
            }
            Request::Status | Request::Stop | Request::HandOver => {}
        }
        let code = if refusal.is_some() { Code::Refused } else { Code::Done };
        let text = refusal.map_or_else(|| REPORT.to_owned(), str::to_owned);
        Some(Reply { code, version: self.version(), text })
    }
}

impl Drop for FakeDataplane {
    fn drop(&mut self) {
        self.shared.stop.store(true, Ordering::Release);
        let ended = self.thread.take().map(JoinHandle::join);
        assert!(ended.is_none_or(|e| e.is_ok()) || std::thread::panicking());
    }
}
