//! Traffic over as many subscribers and open dialogues as wanted, made a batch at a time: what comes next is drawn at
//! random, so that each message needs other lines of the tables than those before it.
//!
//! Every other message answers an open dialogue drawn from all of them, and each time another is opened: so their number
//! stays. A submission is from any subscriber, a question about any; a delivery goes to one of those asked for lately,
//! or to any where nobody was. One sender in ten of deliveries is on the list.

use super::craft::{Kind, Numbers, Template};
use crate::Frame;
use sluice_track::mix;
use std::ops::Range;

/// One in so many senders is on the list.
pub const LISTED_OF: u32 = 10;
/// The last digit of those.
pub const LISTED: u32 = 3;

/// How many there are of what traffic is about.
#[derive(Clone, Copy, Debug)]
pub struct Extent {
    /// Subscribers.
    pub subscribers: u32,
    /// Open dialogues.
    pub dialogues: usize,
    /// Subscribers that were asked for and are remembered to be; 0 for any.
    pub asked: usize,
    /// Senders of deliveries.
    pub parties: u32,
}

/// A dialogue that nobody ended yet.
#[derive(Clone, Copy)]
struct Open {
    kind: Kind,
    transaction: u32,
    subscriber: u32,
}

/// What was sent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sent {
    /// All messages.
    pub messages: u64,
    /// Requests to submit.
    pub submissions: u64,
    /// Requests to deliver.
    pub deliveries: u64,
    /// Of them, from a sender on the list.
    pub listed: u64,
    /// Answers.
    pub answers: u64,
}

impl Sent {
    /// What was sent after an earlier count.
    pub const fn since(self, before: Self) -> Self {
        Self {
            messages: self.messages - before.messages,
            submissions: self.submissions - before.submissions,
            deliveries: self.deliveries - before.deliveries,
            listed: self.listed - before.listed,
            answers: self.answers - before.answers,
        }
    }
}

/// Frames laid one after the other.
#[derive(Default)]
pub struct Batch {
    octets: Vec<u8>,
    places: Vec<Range<usize>>,
}

/// Who sends what.
pub struct Traffic {
    extent: Extent,
    requests: [Template; 3],
    answers: [Template; 3],
    open: Vec<Open>,
    asked: Vec<u32>,
    tsn: [u32; 2],
    drawn: u64,
    sent: Sent,
}

impl Batch {
    /// The frames.
    pub fn frames(&self) -> impl ExactSizeIterator<Item = Frame<'_>> {
        let frame = |(number, place): (usize, &Range<usize>)| Frame { number, octets: &self.octets[place.clone()] };
        self.places.iter().enumerate().map(frame)
    }

    /// Forgets them.
    pub fn clear(&mut self) {
        self.octets.clear();
        self.places.clear();
    }
}

impl Traffic {
    /// None yet.
    ///
    /// # Errors
    /// That no frame of a kind can be made.
    pub fn new(extent: Extent) -> anyhow::Result<Self> {
        let [a, b, c] = Kind::ALL;
        Ok(Self {
            extent,
            requests: [Template::request(a)?, Template::request(b)?, Template::request(c)?],
            answers: [Template::answer(a)?, Template::answer(b)?, Template::answer(c)?],
            open: Vec::with_capacity(extent.dialogues),
            asked: Vec::with_capacity(extent.asked),
            tsn: [1; 2],
            drawn: 0,
            sent: Sent::default(),
        })
    }

    /// What was sent so far.
    pub const fn sent(&self) -> Sent {
        self.sent
    }

    /// A submission of this subscriber, to whom nobody answers before it is drawn.
    pub fn submission(&mut self, subscriber: u32, batch: &mut Batch) {
        let at = subscriber as usize % self.extent.dialogues;
        self.request(Kind::Submission, subscriber, at, batch);
    }

    /// An answer to any open dialogue, and a request in its stead.
    pub fn step(&mut self, kind: Option<Kind>, batch: &mut Batch) {
        let at = self.draw(self.open.len() as u32) as usize;
        if let Some(&open) = self.open.get(at) {
            self.answer(open, batch);
        }
        let drawn = self.draw(3) as usize;
        let kind = kind.or(Kind::ALL.get(drawn).copied()).unwrap_or(Kind::Submission);
        let subscriber = self.subscriber(kind);
        self.request(kind, subscriber, at, batch);
    }

    fn subscriber(&mut self, kind: Kind) -> u32 {
        let lately = self.asked.len() as u32;
        if kind == Kind::Delivery && lately > 0 {
            let at = self.draw(lately) as usize;
            return self.asked[at];
        }
        self.draw(self.extent.subscribers)
    }

    fn request(&mut self, kind: Kind, subscriber: u32, at: usize, batch: &mut Batch) {
        let (transaction, party) = (self.transaction(), self.draw(self.extent.parties));
        let open = Open { kind, transaction, subscriber };
        match self.open.get_mut(at) {
            Some(place) => *place = open,
            None => self.open.push(open),
        }
        self.sent.submissions += u64::from(kind == Kind::Submission);
        self.sent.deliveries += u64::from(kind == Kind::Delivery);
        self.sent.listed += u64::from(kind == Kind::Delivery && party % LISTED_OF == LISTED);
        let numbers = Numbers { transaction, subscriber, party };
        send(&self.requests[kind as usize], &numbers, &mut self.tsn, batch);
        self.sent.messages += 1;
    }

    fn answer(&mut self, open: Open, batch: &mut Batch) {
        let Open { kind, transaction, subscriber } = open;
        if kind == Kind::Question && self.extent.asked > 0 {
            self.remember(subscriber);
        }
        let numbers = Numbers { transaction, subscriber, party: 0 };
        send(&self.answers[kind as usize], &numbers, &mut self.tsn, batch);
        self.sent.messages += 1;
        self.sent.answers += 1;
    }

    /// In the place of the one asked for longest ago.
    fn remember(&mut self, subscriber: u32) {
        if self.asked.len() < self.extent.asked {
            self.asked.push(subscriber);
            return;
        }
        let at = self.sent.answers as usize % self.extent.asked;
        self.asked[at] = subscriber;
    }

    /// Each once before any comes again.
    fn transaction(&self) -> u32 {
        (self.sent.messages as u32).wrapping_mul(0x9E37_79B1)
    }

    fn draw(&mut self, below: u32) -> u32 {
        self.drawn += 1;
        let random = mix(0xD1CE, self.drawn, 0) >> 32;
        ((random * u64::from(below)) >> 32) as u32
    }
}

fn send(template: &Template, numbers: &Numbers, tsn: &mut [u32; 2], batch: &mut Batch) {
    let (start, len) = (batch.octets.len(), template.len_octets());
    batch.octets.resize(start + len, 0);
    batch.places.push(start..start + len);
    let tsn = &mut tsn[template.end];
    template.write(numbers, *tsn, &mut batch.octets[start..]);
    *tsn = tsn.wrapping_add(1);
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn subscribers_and_dialogues_are_drawn_from_all_of_them_and_answers_answer_what_is_open() {
        let extent = Extent { subscribers: 1000, dialogues: 100, asked: 50, parties: 100 };
        let mut traffic = Traffic::new(extent).unwrap();
        let mut batch = Batch::default();
        (0..100).for_each(|subscriber| traffic.submission(subscriber, &mut batch));
        let mut subscribers = HashSet::new();
        for _ in 0..10_000 {
            traffic.step(None, &mut batch);
            subscribers.extend(traffic.open.iter().map(|open| open.subscriber));
        }
        assert_eq!((traffic.open.len(), traffic.asked.len()), (100, 50));
        assert!(subscribers.len() > 990, "{}", subscribers.len());
        let sent = traffic.sent();
        assert_eq!((sent.messages, sent.answers, batch.frames().len()), (20_100, 10_000, 20_100));
        assert!((3000..3700).contains(&sent.submissions) && (3000..3700).contains(&sent.deliveries), "{sent:?}");
        assert!((250..450).contains(&sent.listed), "{sent:?}");
    }
}
