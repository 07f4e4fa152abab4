//! The two roles over an association: ASP management (RFC 4666 §3.5, §3.7), dialogues, good-bye, log.
//!
//! Stream 0 carries management, streams from 1 on the dialogues. The originator says that it is done by ASP Inactive; an
//! association that ends without is lost.

use crate::destination::Destination;
use crate::log::{self, Line};
use crate::originator::{Originator, Outgoing, Settings};
use crate::sctp::{Association, statistics};
use anyhow::{Result, bail};
use m3ua::{Asp, AspAction, M3uaMessage, MessageType};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

/// Asks all there is to ask, and writes down what came of it.
pub fn originate(association: Association, settings: Settings, log: &Path) -> Result<()> {
    let shared = Arc::new(Shared {
        association,
        node: Mutex::new(Originator::new(settings)),
        something_ended: Condvar::new(),
        is_over: AtomicBool::new(false),
    });
    let (to_management, management) = channel();
    let reader = Arc::clone(&shared);
    thread::spawn(move || {
        read_all(&reader.association, |stream, octets| match stream {
            0 => drop(to_management.send(octets.to_vec())),
            _ => reader.take(octets),
        });
        reader.is_over.store(true, Ordering::Release);
    });
    manage(&shared.association, &management, &M3uaMessage::asp_up(None, None), MessageType::AspUpAck)?;
    manage(&shared.association, &management, &M3uaMessage::asp_active(None, None), MessageType::AspActiveAck)?;
    let began = Instant::now();
    shared.ask_all(began)?;
    let took_ms = began.elapsed().as_millis() as u64;
    let bye = M3uaMessage::asp_inactive(None);
    let said_bye = manage(&shared.association, &management, &bye, MessageType::AspInactiveAck);
    let is_lost = said_bye.is_err() || shared.association.upsets.load(Ordering::Relaxed) > 0;
    let sctp = statistics();
    shared.association.shut_down();
    wait_for_the_end(&shared.is_over);
    let lines = locked(&shared.node).written_down(is_lost, took_ms, sctp);
    finish(log, lines)
}

/// Answers until the originator is done, and writes down what came.
pub fn answer(association: &Association, seed: u64, messages: u32, log: &Path) -> Result<()> {
    let (mut node, mut asp) = (Destination::new(seed, messages), Asp::new());
    let (mut said_bye, mut failed) = (false, false);
    let began = Instant::now();
    read_all(association, |stream, octets| {
        let sent = match stream {
            0 => answer_management(association, &mut asp, &mut said_bye, octets),
            lane => node.receive(lane - 1, octets).map_or(Ok(()), |outgoing| send(association, &outgoing)),
        };
        failed |= sent.is_err();
    });
    let is_lost = !said_bye || failed || association.upsets.load(Ordering::Relaxed) > 0;
    finish(log, node.written_down(is_lost, began.elapsed().as_millis() as u64, statistics()))
}

struct Shared {
    association: Association,
    node: Mutex<Originator>,
    something_ended: Condvar,
    is_over: AtomicBool,
}

impl Shared {
    fn take(&self, octets: &[u8]) {
        let outgoing = locked(&self.node).receive(octets);
        if let Some(outgoing) = outgoing {
            // An association that takes nothing more is over, and the reader sees that.
            let _over = send(&self.association, &outgoing);
        }
        self.something_ended.notify_one();
    }

    fn ask_all(&self, began: Instant) -> Result<()> {
        let mut node = locked(&self.node);
        while !node.is_done() {
            if self.is_over.load(Ordering::Acquire) {
                return Ok(());
            }
            let now_ms = began.elapsed().as_millis() as u64;
            match node.expire(now_ms).or_else(|| node.ask(now_ms)) {
                Some(outgoing) => {
                    drop(node);
                    send(&self.association, &outgoing)?;
                    node = locked(&self.node);
                }
                None => {
                    let waited = self.something_ended.wait_timeout(node, TICK);
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

fn read_all(association: &Association, mut take: impl FnMut(u16, &[u8])) {
    let mut buffer = vec![0; MESSAGE_OCTETS_MAX];
    while let Some((stream, len)) = association.receive(&mut buffer) {
        take(stream, &buffer[..len]);
    }
}

fn send(association: &Association, outgoing: &Outgoing) -> Result<()> {
    association.fragment(outgoing.is_fragmented)?;
    association.bundle(outgoing.is_bundled)?;
    association.send(outgoing.lane + 1, &outgoing.octets)
}

fn manage(
    association: &Association,
    answers: &Receiver<Vec<u8>>,
    message: &M3uaMessage,
    wanted: MessageType,
) -> Result<()> {
    association.send(0, &message.encode())?;
    let until = Instant::now() + PATIENCE;
    loop {
        match answers.recv_timeout(until.saturating_duration_since(Instant::now())) {
            Ok(octets) if M3uaMessage::decode(&octets)?.message_type == wanted => return Ok(()),
            Ok(_) => {}
            Err(RecvTimeoutError::Timeout) => bail!("{wanted:?} did not come"),
            Err(RecvTimeoutError::Disconnected) => bail!("the association ended before {wanted:?}"),
        }
    }
}

fn answer_management(association: &Association, asp: &mut Asp, said_bye: &mut bool, octets: &[u8]) -> Result<()> {
    let message = M3uaMessage::decode(octets)?;
    *said_bye |= message.message_type == MessageType::AspInactive;
    match asp.handle(&message) {
        AspAction::Reply(reply) => association.send(0, &reply.encode()),
        AspAction::Deliver | AspAction::Ignore => Ok(()),
    }
}

fn wait_for_the_end(is_over: &AtomicBool) {
    let until = Instant::now() + PATIENCE;
    while !is_over.load(Ordering::Acquire) && Instant::now() < until {
        thread::sleep(TICK);
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
