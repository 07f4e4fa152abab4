//! The sub-agent's half of a conversation (RFC 2741 §7): open, register, answer, notify.

use crate::oid::Oid;
use crate::pdu::{Fault, HEADER_OCTETS, Header, Kind, Range, Reader, Value, VarBind, Writer};
use crate::tree::Tree;

/// One conversation.
#[derive(Debug)]
pub struct Session {
    subtree: Oid,
    description: String,
    state: State,
    number: u32,
    packet: u32,
    /// What came and is not whole yet.
    came: Vec<u8>,
    /// The packet of the notification that waits for its answer.
    notified: Option<u32>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// The Open waits for its answer.
    Opening,
    /// So does the Register.
    Registering,
    /// Requests are answered.
    Serving,
}

/// What is to be done next.
#[derive(Debug, PartialEq, Eq)]
pub enum Step {
    /// Send this.
    Send(Vec<u8>),
    /// The notification was taken.
    Notified,
    /// The conversation stands: from now on requests come, and notifications go.
    Ready,
}

/// How long the agent waits for an answer, in seconds.
const TIMEOUT_S: u8 = 10;
/// `notWritable` (§7.2.4.1).
const NOT_WRITABLE: u16 = 17;
/// A value of snmpTrapOID.0 (RFC 3418).
const TRAP_OID: [u32; 11] = [1, 3, 6, 1, 6, 3, 1, 1, 4, 1, 0];
/// Objects in one answer.
const REPETITIONS_MAX: u32 = 1_000;

impl Session {
    /// For a subtree; gives what is to be sent first.
    pub fn open(subtree: Oid, description: &str) -> (Self, Vec<u8>) {
        let own = Self {
            subtree,
            description: description.to_owned(),
            state: State::Opening,
            number: 0,
            packet: 1,
            came: Vec::new(),
            notified: None,
        };
        let mut writer = Writer::new(Kind::Open, 0, 0, own.packet);
        writer.octets([TIMEOUT_S, 0, 0, 0]);
        writer.oid(&own.subtree);
        writer.octet_string(own.description.as_bytes());
        (own, writer.finish())
    }

    /// Octets came.
    pub fn receive(&mut self, octets: &[u8]) {
        self.came.extend_from_slice(octets);
    }

    /// What is to be done about what came; `None` where more must come first. Objects are asked for when they are needed.
    ///
    /// # Errors
    /// The other side speaks something else, or says no: the conversation is over.
    pub fn step(&mut self, tree: impl FnOnce() -> Tree) -> Result<Option<Step>, Fault> {
        let Some(head) = self.came.first_chunk::<HEADER_OCTETS>() else { return Ok(None) };
        let header = Header::parse(head)?;
        let whole = HEADER_OCTETS + header.payload_octets;
        if self.came.len() < whole {
            return Ok(None);
        }
        let pdu: Vec<u8> = self.came.drain(..whole).collect();
        let reader = Reader::of(&header, pdu.get(HEADER_OCTETS..).unwrap_or_default())?;
        self.handle(&header, reader, tree)
    }

    fn handle(
        &mut self,
        header: &Header,
        mut reader: Reader<'_>,
        tree: impl FnOnce() -> Tree,
    ) -> Result<Option<Step>, Fault> {
        let answer = |binds: &[VarBind]| Ok(Some(Step::Send(respond(header, 0, binds))));
        match header.kind {
            Kind::Response => self.responded(header, reader),
            Kind::Get => {
                let (tree, ranges) = (tree(), reader.ranges()?);
                let one = |range: Range| VarBind { value: tree.one(&range.start), name: range.start };
                answer(&ranges.into_iter().map(one).collect::<Vec<_>>())
            }
            Kind::GetNext => {
                let tree = tree();
                answer(&reader.ranges()?.iter().map(|range| next(&tree, range)).collect::<Vec<_>>())
            }
            Kind::GetBulk => {
                let (once, times) = (reader.u16()?, reader.u16()?);
                answer(&bulk(&tree(), &reader.ranges()?, once.into(), times.into()))
            }
            Kind::TestSet => Ok(Some(Step::Send(respond(header, NOT_WRITABLE, &[])))),
            Kind::CommitSet | Kind::UndoSet => answer(&[]),
            Kind::CleanupSet => Ok(None),
            Kind::Close => Err(Fault("the agent has closed the session")),
            Kind::Open | Kind::Register | Kind::Notify | Kind::Ping => {
                Err(Fault("the agent sent what only sub-agents send"))
            }
        }
    }

    fn responded(&mut self, header: &Header, mut reader: Reader<'_>) -> Result<Option<Step>, Fault> {
        let (_up_time, error) = (reader.u32()?, reader.u16()?);
        if self.notified.take_if(|packet| *packet == header.packet).is_some() {
            return if error == 0 { Ok(Some(Step::Notified)) } else { Err(Fault("the agent refused a notification")) };
        }
        match self.state {
            State::Opening if error == 0 => {
                self.number = header.session;
                self.state = State::Registering;
                let packet = self.next_packet();
                let mut writer = Writer::new(Kind::Register, self.number, 0, packet);
                // The usual priority (§6.2.3), and a single subtree.
                writer.octets([TIMEOUT_S, 127, 0, 0]);
                writer.oid(&self.subtree);
                Ok(Some(Step::Send(writer.finish())))
            }
            State::Opening => Err(Fault("the agent does not let us open a session")),
            State::Registering if error == 0 => {
                self.state = State::Serving;
                Ok(Some(Step::Ready))
            }
            State::Registering => Err(Fault("the agent does not let us register: is another sub-agent there?")),
            State::Serving => Ok(None),
        }
    }

    /// A notification with its objects; one at a time, and [`Step::Notified`] says that it was taken.
    pub fn notify(&mut self, notification: &Oid, binds: &[VarBind]) -> Vec<u8> {
        let packet = self.next_packet();
        self.notified = Some(packet);
        let mut writer = Writer::new(Kind::Notify, self.number, 0, packet);
        writer.var_bind(&VarBind { name: Oid::new(TRAP_OID), value: Value::Oid(notification.clone()) });
        binds.iter().for_each(|bind| writer.var_bind(bind));
        writer.finish()
    }

    fn next_packet(&mut self) -> u32 {
        self.packet = self.packet.wrapping_add(1);
        self.packet
    }
}

fn next(tree: &Tree, range: &Range) -> VarBind {
    match tree.next(&range.start, range.is_included, &range.end) {
        Some((name, value)) => VarBind { name: name.clone(), value: value.clone() },
        None => VarBind { name: range.start.clone(), value: Value::EndOfMibView },
    }
}

/// §7.2.3.3: the first ranges once, the others again and again, each from where it came to.
fn bulk(tree: &Tree, ranges: &[Range], once: usize, times: u32) -> Vec<VarBind> {
    let (first, others) = ranges.split_at(once.min(ranges.len()));
    let mut binds: Vec<VarBind> = first.iter().map(|range| next(tree, range)).collect();
    let mut others = others.to_vec();
    for _ in 0..times.min(REPETITIONS_MAX / (others.len().max(1) as u32)) {
        if others.is_empty() {
            break;
        }
        for range in &mut others {
            let bind = next(tree, range);
            (range.start, range.is_included) = (bind.name.clone(), false);
            binds.push(bind);
        }
    }
    binds
}

fn respond(header: &Header, error: u16, binds: &[VarBind]) -> Vec<u8> {
    let mut writer = Writer::new(Kind::Response, header.session, header.transaction, header.packet);
    writer.u32(0);
    writer.u16(error);
    // The first object is to blame, where there is blame.
    writer.u16(u16::from(error != 0));
    binds.iter().for_each(|bind| writer.var_bind(bind));
    writer.finish()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn oid(numbers: &[u32]) -> Oid {
        Oid::new(numbers)
    }

    fn tree() -> Tree {
        let mut tree = Tree::default();
        for n in 1..=5 {
            tree.scalar(&oid(&[1, n]), Value::Integer(n.cast_signed()));
        }
        tree
    }

    fn response(packet: u32, error: u16) -> Vec<u8> {
        let mut writer = Writer::new(Kind::Response, 42, 0, packet);
        writer.u32(0);
        writer.u16(error);
        writer.u16(0);
        writer.finish()
    }

    fn serving() -> Session {
        let (mut session, _) = Session::open(oid(&[1]), "test");
        session.receive(&response(1, 0));
        let Ok(Some(Step::Send(register))) = session.step(tree) else { panic!() };
        assert_eq!(register[1], Kind::Register as u8);
        session.receive(&response(2, 0));
        assert_eq!(session.step(tree), Ok(Some(Step::Ready)));
        session
    }

    #[test]
    fn a_session_opens_registers_and_notifies_one_at_a_time() {
        let mut session = serving();
        let sent = session.notify(&oid(&[1, 0, 1]), &[]);
        assert_eq!((sent[1], &sent[4..8]), (Kind::Notify as u8, &42u32.to_be_bytes()[..]));
        session.receive(&response(3, 0));
        assert_eq!(session.step(tree), Ok(Some(Step::Notified)));
        session.notify(&oid(&[1, 0, 1]), &[]);
        session.receive(&response(4, 256));
        assert!(session.step(tree).is_err());
    }

    #[test]
    fn an_agent_that_says_no_ends_it() {
        let (mut session, _) = Session::open(oid(&[1]), "test");
        session.receive(&response(1, 256));
        assert!(session.step(tree).is_err());
    }

    #[test]
    fn bulk_walks_each_range_and_stops_at_its_end() {
        let range = |from: &[u32], to: &[u32]| Range { start: oid(from), is_included: false, end: oid(to) };
        let found = bulk(&tree(), &[range(&[1, 1], &[2]), range(&[1, 3], &[1, 5])], 1, 3);
        let names: Vec<String> = found.iter().map(|bind| bind.name.to_string()).collect();
        assert_eq!(names, ["1.1.0", "1.3.0", "1.4.0", "1.4.0"]);
        assert_eq!(found[3].value, Value::EndOfMibView);
        assert!(bulk(&tree(), &[range(&[1], &[2])], 9, u32::MAX).len() <= 1_001);
    }

    #[test]
    fn a_set_is_refused_and_octets_may_come_one_by_one() {
        let mut session = serving();
        let test_set = Writer::new(Kind::TestSet, 42, 1, 9).finish();
        for octet in &test_set[..test_set.len() - 1] {
            session.receive(&[*octet]);
            assert_eq!(session.step(tree), Ok(None));
        }
        session.receive(&test_set[test_set.len() - 1..]);
        let Ok(Some(Step::Send(sent))) = session.step(tree) else { panic!() };
        assert_eq!(&sent[24..26], NOT_WRITABLE.to_be_bytes());
    }

    proptest! {
        #[test]
        fn whatever_comes_is_answered_or_refused(octets in proptest::collection::vec(any::<u8>(), 0..200), kind in 0u8..20) {
            let mut session = serving();
            let mut pdu = Writer::new(Kind::Get, 42, 1, 9).finish();
            pdu.extend_from_slice(&octets[..octets.len() / 4 * 4]);
            pdu[1] = kind;
            let length = (pdu.len() - HEADER_OCTETS) as u32;
            pdu[16..20].copy_from_slice(&length.to_be_bytes());
            session.receive(&pdu);
            let _any = session.step(tree);
        }
    }
}
