//! The two roles over an association: ASP management (RFC 4666 §3.5, §3.7), dialogues, good-bye, log.
//!
//! Stream 0 carries management, streams from 1 on the dialogues. Both roles are ASPs where a transfer point stands between
//! them; else the destination answers as one. The originator says that it is done by ASP Inactive; an association that
//! ends without is lost.

use crate::destination::Destination;
use crate::log::{self, Line};
use crate::originator::{Originator, Outgoing, Settings};
use crate::sctp::Association;
use anyhow::{Result, bail};
use m3ua::{Asp, AspAction, M3uaMessage, MessageClass, MessageType};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

/// Asks all there is to ask, and writes down what came of it.
pub fn originate(association: impl Association + 'static, settings: Settings, log: &Path) -> Result<()> {
    let asp = Running::up(association, Originator::new(settings))?;
    let began = Instant::now();
    asp.shared.ask_all(began)?;
    let took_ms = began.elapsed().as_millis() as u64;
    let is_lost = !asp.say_bye();
    let sctp = asp.shared.association.statistics();
    asp.wait_for_the_end();
    let lines = locked(&asp.shared.node).written_down(is_lost, took_ms, sctp);
    finish(log, lines)
}

/// Answers until the originator is done, and writes down what came.
pub fn answer(association: &impl Association, seed: u64, messages: u32, log: &Path) -> Result<()> {
    let (mut node, mut asp) = (Destination::new(seed, messages), Asp::new());
    let (mut said_bye, mut failed) = (false, false);
    let began = Instant::now();
    read_all(association, |octets| {
        let sent = if is_management(octets) {
            answer_management(association, &mut asp, &mut said_bye, octets)
        } else {
            node.receive(octets).map_or(Ok(()), |outgoing| send(association, &outgoing))
        };
        failed |= sent.is_err();
    });
    let is_lost = !said_bye || failed || association.upsets() > 0;
    finish(log, node.written_down(is_lost, began.elapsed().as_millis() as u64, association.statistics()))
}

/// Answers behind a transfer point until `done` returns, and writes down what came.
pub fn answer_behind(
    association: impl Association + 'static,
    seed: u64,
    messages: u32,
    log: &Path,
    done: impl FnOnce(),
) -> Result<()> {
    let asp = Running::up(association, Destination::new(seed, messages))?;
    let began = Instant::now();
    done();
    let took_ms = began.elapsed().as_millis() as u64;
    let is_lost = !asp.say_bye();
    let sctp = asp.shared.association.statistics();
    asp.wait_for_the_end();
    let lines = locked(&asp.shared.node).written_down(is_lost, took_ms, sctp);
    finish(log, lines)
}

trait Node: Send {
    fn take(&mut self, octets: &[u8]) -> Option<Outgoing>;
}

impl Node for Originator {
    fn take(&mut self, octets: &[u8]) -> Option<Outgoing> {
        self.receive(octets)
    }
}

impl Node for Destination {
    fn take(&mut self, octets: &[u8]) -> Option<Outgoing> {
        self.receive(octets)
    }
}

/// A node that is an ASP, with a thread that reads for it.
struct Running<A, N> {
    shared: Arc<Shared<A, N>>,
    management: Receiver<Vec<u8>>,
}

struct Shared<A, N> {
    association: A,
    node: Mutex<N>,
    something_came: Condvar,
    is_over: AtomicBool,
    /// How a message is sent is set before it: one at a time.
    sending: Mutex<()>,
}

impl<A: Association + 'static, N: Node + 'static> Running<A, N> {
    fn up(association: A, node: N) -> Result<Self> {
        let shared = Arc::new(Shared {
            association,
            node: Mutex::new(node),
            something_came: Condvar::new(),
            is_over: AtomicBool::new(false),
            sending: Mutex::new(()),
        });
        let (to_management, management) = channel();
        let reader = Arc::clone(&shared);
        thread::spawn(move || reader.read(&to_management));
        let asp = Self { shared, management };
        asp.manage(&M3uaMessage::asp_up(None, None), MessageType::AspUpAck)?;
        asp.manage(&M3uaMessage::asp_active(None, None), MessageType::AspActiveAck)?;
        Ok(asp)
    }

    /// Whether the association lives to take it.
    fn say_bye(&self) -> bool {
        let said = self.manage(&M3uaMessage::asp_inactive(None), MessageType::AspInactiveAck);
        said.is_ok() && self.shared.association.upsets() == 0
    }

    fn wait_for_the_end(&self) {
        self.shared.association.shut_down();
        let until = Instant::now() + PATIENCE;
        while !self.shared.is_over.load(Ordering::Acquire) && Instant::now() < until {
            thread::sleep(TICK);
        }
    }

    fn manage(&self, message: &M3uaMessage, wanted: MessageType) -> Result<()> {
        self.shared.association.send(0, &message.encode())?;
        let until = Instant::now() + PATIENCE;
        loop {
            match self.management.recv_timeout(until.saturating_duration_since(Instant::now())) {
                Ok(octets) if M3uaMessage::decode(&octets)?.message_type == wanted => return Ok(()),
                Ok(_) => {}
                Err(RecvTimeoutError::Timeout) => bail!("{wanted:?} did not come"),
                Err(RecvTimeoutError::Disconnected) => bail!("the association ended before {wanted:?}"),
            }
        }
    }
}

impl<A: Association, N: Node> Shared<A, N> {
    fn read(&self, to_management: &Sender<Vec<u8>>) {
        read_all(&self.association, |octets| {
            if is_management(octets) {
                // One that nobody waits for any more is not missed.
                let _gone = to_management.send(octets.to_vec());
            } else {
                self.take(octets);
            }
        });
        self.is_over.store(true, Ordering::Release);
    }

    fn take(&self, octets: &[u8]) {
        let outgoing = locked(&self.node).take(octets);
        if let Some(outgoing) = outgoing {
            // An association that takes nothing more is over, and the reader sees that.
            let _over = self.send(&outgoing);
        }
        self.something_came.notify_one();
    }

    fn send(&self, outgoing: &Outgoing) -> Result<()> {
        let _one_at_a_time = locked(&self.sending);
        send(&self.association, outgoing)
    }
}

impl<A: Association> Shared<A, Originator> {
    fn ask_all(&self, began: Instant) -> Result<()> {
        let mut node = locked(&self.node);
        while !node.is_done() && !self.is_over.load(Ordering::Acquire) {
            let now_ms = began.elapsed().as_millis() as u64;
            match node.expire(now_ms).or_else(|| node.ask(now_ms)) {
                Some(outgoing) => {
                    drop(node);
                    self.send(&outgoing)?;
                    node = locked(&self.node);
                }
                None => {
                    let waited = self.something_came.wait_timeout(node, TICK);
                    node = waited.unwrap_or_else(PoisonError::into_inner).0;
                }
            }
        }
        Ok(())
    }
}

const TICK: Duration = Duration::from_millis(5);
/// So long management is waited for, and the end of the association.
const PATIENCE: Duration = Duration::from_secs(20);
const MESSAGE_OCTETS_MAX: usize = 4096;

fn read_all(association: &impl Association, mut take: impl FnMut(&[u8])) {
    let mut buffer = vec![0; MESSAGE_OCTETS_MAX];
    while let Some(len) = association.receive(&mut buffer) {
        take(&buffer[..len]);
    }
}

/// Whether a user message is none of the class that carries data. What is cut short is left to whoever reads data.
fn is_management(octets: &[u8]) -> bool {
    octets.get(2).is_some_and(|class| *class != MessageClass::Transfer as u8)
}

fn send(association: &impl Association, outgoing: &Outgoing) -> Result<()> {
    association.fragment(outgoing.is_fragmented)?;
    association.bundle(outgoing.is_bundled)?;
    association.send(outgoing.lane + 1, &outgoing.octets)
}

fn answer_management(association: &impl Association, asp: &mut Asp, said_bye: &mut bool, octets: &[u8]) -> Result<()> {
    let message = M3uaMessage::decode(octets)?;
    *said_bye |= message.message_type == MessageType::AspInactive;
    match asp.handle(&message) {
        AspAction::Reply(reply) => association.send(0, &reply.encode()),
        AspAction::Deliver | AspAction::Ignore => Ok(()),
    }
}

fn finish(log: &Path, lines: Vec<Line>) -> Result<()> {
    if let Some(Line::Counts(counts)) = lines.last() {
        println!("{}", serde_json::to_string(counts)?);
    }
    log::write(log, &lines)
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
