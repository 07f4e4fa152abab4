use super::*;
use sluice_abi::counters::{Slot, Tally};
use sluice_abi::{Action, Field};
use sluice_engine::{PointCodes, Side};

const WATCHED: u32 = 3;

struct Rig {
    collector: Collector,
    tracer: Tracer,
    watcher: UnixStream,
    counts: Tally,
    /// Later every time it is served.
    now_ns: u64,
}

impl Rig {
    fn watched() -> Self {
        let mut collector = Collector::default();
        let tracer = collector.add_core();
        let (ours, watcher) = UnixStream::pair().unwrap();
        watcher.set_nonblocking(true).unwrap();
        collector.begin(ours.into(), WATCHED).unwrap();
        Self { collector, tracer, watcher, counts: Tally::default(), now_ns: 0 }
    }

    /// A frame goes by in which something happens.
    fn pass(&mut self, octets: &[u8], after: &[&[u8]], judged: bool, now_ns: u64) {
        assert!(self.tracer.is_on());
        self.tracer.next_frame();
        if judged {
            self.tracer.message(&message());
        }
        self.tracer.tell(&input(octets), Became::Changed, after.iter().copied());
        self.tracer.done(Became::Changed, now_ns, &mut self.counts);
    }

    /// A frame goes by; whether it is told is for the tracer to say.
    fn pass_quietly(&mut self, octets: &[u8], written: &Written<'_>, has_waited: bool) {
        self.tracer.next_frame();
        self.tracer.frame(&input(octets), written, has_waited);
        self.tracer.done(Became::of(written), 0, &mut self.counts);
    }

    /// What the watcher has been told.
    fn told(&mut self) -> Vec<u8> {
        let mut stream = Vec::new();
        let mut room = vec![0; 1 << 20];
        self.collector.serve(self.now_ns);
        while let Ok(octets @ 1..) = self.watcher.read(&mut room) {
            stream.extend_from_slice(&room[..octets]);
            self.collector.serve(self.now_ns);
        }
        stream
    }

    fn count(&self, counter: Counter) -> u64 {
        self.counts.at(Slot::counter(counter))
    }
}

fn input(octets: &[u8]) -> Input<'_> {
    let (side, point_codes) = (Side::Outside, PointCodes::Ansi);
    Input { octets, link: 1, number: 7, time_ns: 99, port: b"outside", side, point_codes, wire: None }
}

fn message() -> Facts<'static> {
    let mut facts = Facts::new();
    facts.set(Field::VerdictAction, Action::Discard as u64);
    facts.set_octets(Field::MapImsi, &[0x00, 0x11]);
    facts
}

fn all(mut stream: &[u8]) -> Vec<Entry<'_>> {
    let mut entries = Vec::new();
    while let Some(octets) = Entry::octets(stream) {
        let (entry, rest) = stream.split_at(octets);
        entries.push(Entry::parse(entry).unwrap());
        stream = rest;
    }
    entries
}

/// Without those that only say that nothing was left out.
fn entries(stream: &[u8]) -> Vec<Entry<'_>> {
    let says = |entry: &Entry<'_>| entry.became != Became::LeftOut || entry.number + entry.time_ns > 0;
    all(stream).into_iter().filter(says).collect()
}

#[test]
fn a_frame_is_told_with_what_was_judged_and_what_it_became() {
    let mut rig = Rig::watched();
    rig.pass(b"came", &[b"went", b"on"], true, 0);
    let stream = rig.told();
    let [entry] = &entries(&stream)[..] else { panic!("one entry") };
    assert_eq!((entry.core, entry.became, entry.link, entry.point_codes), (0, Became::Changed, 1, PointCodes::Ansi));
    assert_eq!((entry.number, entry.time_ns, entry.port), (7, 99, &b"outside"[..]));
    assert_eq!(entry.before, b"came");
    assert_eq!(entry.after().collect::<Vec<_>>(), [&b"went"[..], b"on"]);
    let records: Vec<_> = entry.records().collect();
    let facts = record::decode(records[0]).unwrap();
    assert_eq!((records.len(), facts.octets(Field::MapImsi)), (1, Some(&[0x00, 0x11][..])));
    assert_eq!((rig.count(Counter::TracesTold), rig.count(Counter::TracesLeftOut)), (1, 0));
}

#[test]
fn nobody_who_watches_is_told_of_frames_in_which_nothing_happens_but_of_those_that_waited() {
    let mut rig = Rig::watched();
    rig.tracer.is_on();
    rig.pass_quietly(b"quiet", &Written::AsItCame, false);
    rig.pass_quietly(b"dropped by a screen", &Written::Nothing, false);
    rig.pass_quietly(b"held", &Written::Later(1), false);
    rig.pass_quietly(b"held", &Written::AsItCame, true);
    let stream = rig.told();
    assert_eq!(
        entries(&stream).iter().map(|e| (e.became, e.before)).collect::<Vec<_>>(),
        [(Became::AsItCame, &b"held"[..])]
    );
}

#[test]
fn what_comes_faster_than_was_asked_for_is_counted_and_the_next_second_is_told_again() {
    let mut rig = Rig::watched();
    for n in 0..5 {
        rig.pass(b"came", &[b"went"], false, n);
    }
    rig.pass(b"came", &[b"went"], false, SECOND_NS);
    let stream = rig.told();
    let told = entries(&stream);
    assert_eq!(told.len(), 5);
    let last = &told[4];
    assert_eq!((last.became, last.number, last.time_ns), (Became::LeftOut, 0, 2));
    assert_eq!((rig.count(Counter::TracesTold), rig.count(Counter::TracesLeftOut)), (4, 2));
}

#[test]
fn a_full_ring_and_a_frame_too_long_are_counted_and_nothing_waits() {
    let mut rig = Rig::watched();
    let long = vec![1; ENTRY_OCTETS_MAX];
    rig.pass(&long, &[b"went"], false, 0);
    let frame = vec![1; 30_000];
    let fit = TRACE_RING_OCTETS / (frame.len() + HEAD_OCTETS + b"outside".len() + 2 + 1);
    for n in 0..fit as u64 + 3 {
        rig.pass(&frame, &[b"+"], false, n * SECOND_NS);
    }
    let stream = rig.told();
    let told = entries(&stream);
    assert_eq!(told.len(), fit + 1);
    let counts: Vec<_> = told.iter().filter(|e| e.became == Became::LeftOut).map(|e| (e.number, e.time_ns)).collect();
    assert_eq!(counts, [(4, 0)]);
    assert_eq!(rig.count(Counter::TracesLeftOut), 4);
}

#[test]
fn when_the_watcher_has_gone_nobody_watches() {
    let mut rig = Rig::watched();
    rig.collector.serve(0);
    assert!(rig.tracer.is_on());
    let (_, gone) = UnixStream::pair().unwrap();
    rig.watcher = gone;
    rig.collector.serve(0);
    assert!(!rig.collector.is_on() && !rig.tracer.is_on());
}

#[test]
fn a_second_watcher_is_refused_until_the_first_has_gone() {
    let mut rig = Rig::watched();
    let (second, mut its_watcher) = UnixStream::pair().unwrap();
    let refused = rig.collector.begin(second.try_clone().unwrap().into(), 1).unwrap_err();
    assert!(refused.to_string().contains("one trace at a time"), "{refused}");
    rig.pass(b"came", &[], false, 0);
    assert_eq!(entries(&rig.told()).len(), 1, "the first goes on");
    rig.pass(b"not of the second", &[], false, 0);
    rig.watcher.shutdown(std::net::Shutdown::Both).unwrap();
    rig.collector.begin(second.into(), 1).unwrap();
    rig.collector.serve(0);
    rig.collector.end();
    let mut stream = Vec::new();
    its_watcher.read_to_end(&mut stream).unwrap();
    assert_eq!(all(&stream).iter().map(|e| e.became).collect::<Vec<_>>(), [Became::LeftOut]);
}

#[test]
fn a_watcher_hears_from_time_to_time_that_nothing_was_left_out() {
    let mut rig = Rig::watched();
    let mut heard = Vec::new();
    for now_ns in [0, 1, BETWEEN_COUNTS_NS - 1, BETWEEN_COUNTS_NS, BETWEEN_COUNTS_NS + 1] {
        rig.now_ns = now_ns;
        heard.push(all(&rig.told()).len());
    }
    assert_eq!(heard, [1, 0, 0, 1, 0]);
}

#[test]
fn what_is_no_socket_is_no_watcher() {
    let mut collector = Collector::default();
    let file = std::fs::File::open("/dev/null").unwrap();
    // Either is right: to refuse it, or to find out at once that nobody reads there.
    let _begun = collector.begin(file.into(), 1);
    collector.serve(0);
    assert!(!collector.is_on());
}

#[test]
fn an_entry_cut_or_damaged_anywhere_is_refused_or_read_and_never_panics() {
    let mut rig = Rig::watched();
    rig.pass(b"came", &[b"went"], true, 0);
    let stream = rig.told();
    let mut octets = stream[..Entry::octets(&stream).unwrap()].to_vec();
    for end in 0..octets.len() {
        assert_eq!(Entry::parse(&octets[..end]), None, "{end}");
    }
    for at in 0..octets.len() {
        for bit in 0..8 {
            octets[at] ^= 1 << bit;
            let _either = Entry::parse(&octets).map(|entry| entry.records().count());
            octets[at] ^= 1 << bit;
        }
    }
    octets[VERSION_AT] = 2;
    assert_eq!(Entry::parse(&octets), None, "another version");
}

/// Where the version stands.
const VERSION_AT: usize = 4;
