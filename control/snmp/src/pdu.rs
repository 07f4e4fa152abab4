//! Octets of AgentX (RFC 2741 §5, §6).
//!
//! ```text
//!  0         1         2         3
//! +---------+---------+---------+---------+
//! | version | type    | flags   | 0       |  §6.1; flag 0x10: highest octet first
//! | session                               |
//! | transaction                           |
//! | packet                                |
//! | octets that follow                    |
//! +---------------------------------------+
//! ```

use crate::oid::Oid;

/// Octets of the header.
pub const HEADER_OCTETS: usize = 20;
/// Nobody asks for more at once.
pub const PAYLOAD_OCTETS_MAX: usize = 1 << 20;

const VERSION: u8 = 1;
const NON_DEFAULT_CONTEXT: u8 = 0x08;
const NETWORK_BYTE_ORDER: u8 = 0x10;
/// `internet`, which a name may leave out (§5.1).
const INTERNET: [u32; 4] = [1, 3, 6, 1];

/// What cannot be understood.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fault(pub &'static str);

impl std::fmt::Display for Fault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.0)
    }
}

impl std::error::Error for Fault {}

/// What a PDU is (§6.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Kind {
    Open = 1,
    Close = 2,
    Register = 3,
    Get = 5,
    GetNext = 6,
    GetBulk = 7,
    TestSet = 8,
    CommitSet = 9,
    UndoSet = 10,
    CleanupSet = 11,
    Notify = 12,
    Ping = 13,
    Response = 18,
}

impl Kind {
    fn of(octet: u8) -> Option<Self> {
        use Kind::*;
        let all = [
            Open, Close, Register, Get, GetNext, GetBulk, TestSet, CommitSet, UndoSet, CleanupSet, Notify, Ping,
            Response,
        ];
        all.into_iter().find(|kind| *kind as u8 == octet)
    }
}

/// A value of an object (§5.4).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// Integer32 and enumerations.
    Integer(i32),
    /// Text and octets.
    Octets(Vec<u8>),
    /// A name.
    Oid(Oid),
    /// What goes up and down.
    Gauge32(u32),
    /// Hundredths of a second.
    TimeTicks(u32),
    /// What only goes up.
    Counter64(u64),
    /// There is no such object.
    NoSuchObject,
    /// The object is not there with this index.
    NoSuchInstance,
    /// Nothing comes behind it.
    EndOfMibView,
}

impl Value {
    const fn kind(&self) -> u16 {
        match self {
            Self::Integer(_) => 2,
            Self::Octets(_) => 4,
            Self::Oid(_) => 6,
            Self::Gauge32(_) => 66,
            Self::TimeTicks(_) => 67,
            Self::Counter64(_) => 70,
            Self::NoSuchObject => 128,
            Self::NoSuchInstance => 129,
            Self::EndOfMibView => 130,
        }
    }

    /// A text.
    pub fn text(text: &str) -> Self {
        Self::Octets(text.as_bytes().to_vec())
    }
}

/// A name and its value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VarBind {
    /// Its name.
    pub name: Oid,
    /// Its value.
    pub value: Value,
}

/// The head of a PDU.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Header {
    pub kind: Kind,
    pub has_context: bool,
    pub is_big_endian: bool,
    pub session: u32,
    pub transaction: u32,
    pub packet: u32,
    pub payload_octets: usize,
}

impl Header {
    /// Reads it.
    pub fn parse(octets: &[u8; HEADER_OCTETS]) -> Result<Self, Fault> {
        let [version, kind, flags, ..] = *octets;
        if version != VERSION {
            return Err(Fault("the other side speaks another version of AgentX"));
        }
        let is_big_endian = flags & NETWORK_BYTE_ORDER != 0;
        let mut rest = Reader { octets: &octets[4..], is_big_endian };
        let (session, transaction, packet) = (rest.u32()?, rest.u32()?, rest.u32()?);
        let payload_octets = rest.u32()? as usize;
        if payload_octets > PAYLOAD_OCTETS_MAX || !payload_octets.is_multiple_of(4) {
            return Err(Fault("a PDU of this length is none"));
        }
        Ok(Self {
            kind: Kind::of(kind).ok_or(Fault("a PDU of an unknown type"))?,
            has_context: flags & NON_DEFAULT_CONTEXT != 0,
            is_big_endian,
            session,
            transaction,
            packet,
            payload_octets,
        })
    }
}

/// A range of names (§5.2).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Range {
    pub start: Oid,
    pub is_included: bool,
    pub end: Oid,
}

/// Reads a payload.
#[derive(Clone, Debug)]
pub struct Reader<'o> {
    octets: &'o [u8],
    is_big_endian: bool,
}

impl<'o> Reader<'o> {
    /// Of a payload behind this header; a context's name is passed over.
    pub fn of(header: &Header, octets: &'o [u8]) -> Result<Self, Fault> {
        let mut reader = Self { octets, is_big_endian: header.is_big_endian };
        if header.has_context {
            reader.octet_string()?;
        }
        Ok(reader)
    }

    /// Whether all was read.
    pub fn is_empty(&self) -> bool {
        self.octets.is_empty()
    }

    fn take(&mut self, count: usize) -> Result<&'o [u8], Fault> {
        let (taken, rest) = self.octets.split_at_checked(count).ok_or(Fault("a PDU ends too early"))?;
        self.octets = rest;
        Ok(taken)
    }

    /// Two octets.
    pub fn u16(&mut self) -> Result<u16, Fault> {
        let octets: [u8; 2] = self.take(2)?.try_into().map_err(|_| Fault("a PDU ends too early"))?;
        Ok(if self.is_big_endian { u16::from_be_bytes(octets) } else { u16::from_le_bytes(octets) })
    }

    /// Four octets.
    pub fn u32(&mut self) -> Result<u32, Fault> {
        let octets: [u8; 4] = self.take(4)?.try_into().map_err(|_| Fault("a PDU ends too early"))?;
        Ok(if self.is_big_endian { u32::from_be_bytes(octets) } else { u32::from_le_bytes(octets) })
    }

    /// §5.3: length, octets, up to a multiple of four.
    fn octet_string(&mut self) -> Result<&'o [u8], Fault> {
        let length = self.u32()? as usize;
        let whole = self.take(length.checked_next_multiple_of(4).ok_or(Fault("a text of this length is none"))?)?;
        whole.get(..length).ok_or(Fault("a text ends too early"))
    }

    /// §5.1: how many numbers, a prefix, whether it is included.
    fn oid(&mut self) -> Result<(Oid, bool), Fault> {
        let &[count, prefix, include, _] = self.take(4)? else { return Err(Fault("a name ends too early")) };
        if usize::from(count) > Oid::NUMBERS_MAX {
            return Err(Fault("a name has too many numbers"));
        }
        let mut numbers = Vec::new();
        if prefix != 0 {
            numbers.extend(INTERNET);
            numbers.push(prefix.into());
        }
        for _ in 0..count {
            numbers.push(self.u32()?);
        }
        Ok((Oid::new(numbers), include != 0))
    }

    /// The ranges to the end.
    pub fn ranges(mut self) -> Result<Vec<Range>, Fault> {
        let mut ranges = Vec::new();
        while !self.is_empty() {
            let (start, is_included) = self.oid()?;
            let (end, _) = self.oid()?;
            ranges.push(Range { start, is_included, end });
        }
        Ok(ranges)
    }
}

/// Writes a PDU, highest octet first.
pub struct Writer(Vec<u8>);

impl Writer {
    /// Begins one.
    pub fn new(kind: Kind, session: u32, transaction: u32, packet: u32) -> Self {
        let mut writer = Self(vec![VERSION, kind as u8, NETWORK_BYTE_ORDER, 0]);
        for number in [session, transaction, packet, 0] {
            writer.u32(number);
        }
        writer
    }

    /// Four octets.
    pub fn u32(&mut self, number: u32) {
        self.0.extend(number.to_be_bytes());
    }

    /// Two octets.
    pub fn u16(&mut self, number: u16) {
        self.0.extend(number.to_be_bytes());
    }

    /// Four octets as they are.
    pub fn octets(&mut self, octets: [u8; 4]) {
        self.0.extend(octets);
    }

    /// A name.
    pub fn oid(&mut self, oid: &Oid) {
        let numbers = oid.numbers().get(..Oid::NUMBERS_MAX).unwrap_or(oid.numbers());
        self.octets([numbers.len() as u8, 0, 0, 0]);
        numbers.iter().for_each(|number| self.u32(*number));
    }

    /// A text.
    pub fn octet_string(&mut self, octets: &[u8]) {
        self.u32(octets.len() as u32);
        self.0.extend(octets);
        self.0.resize(self.0.len().next_multiple_of(4), 0);
    }

    /// A name and its value.
    pub fn var_bind(&mut self, bind: &VarBind) {
        self.u16(bind.value.kind());
        self.u16(0);
        self.oid(&bind.name);
        match &bind.value {
            Value::Integer(number) => self.u32(number.cast_unsigned()),
            Value::Gauge32(number) | Value::TimeTicks(number) => self.u32(*number),
            Value::Octets(octets) => self.octet_string(octets),
            Value::Oid(oid) => self.oid(oid),
            Value::Counter64(number) => self.0.extend(number.to_be_bytes()),
            Value::NoSuchObject | Value::NoSuchInstance | Value::EndOfMibView => {}
        }
    }

    /// The whole PDU.
    pub fn finish(mut self) -> Vec<u8> {
        let length = (self.0.len() - HEADER_OCTETS) as u32;
        self.0[16..HEADER_OCTETS].copy_from_slice(&length.to_be_bytes());
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 2741 §5.1 shows these two names.
    #[test]
    fn names_are_read_as_the_rfc_writes_them() {
        let header = Header {
            kind: Kind::Get,
            has_context: false,
            is_big_endian: true,
            session: 0,
            transaction: 0,
            packet: 0,
            payload_octets: 0,
        };
        let sys_descr = [4, 2, 0, 0, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 0];
        let null = [0; 4];
        let octets = [sys_descr.as_slice(), &null].concat();
        let ranges = Reader::of(&header, &octets).unwrap().ranges().unwrap();
        assert_eq!(ranges[0].start.to_string(), "1.3.6.1.2.1.1.1.0");
        assert_eq!(ranges[0].end, Oid::default());
        for cut in 1..octets.len() {
            assert!(
                Reader::of(&header, &octets[..cut]).unwrap().ranges().is_err() || cut == sys_descr.len() + 4,
                "{cut}"
            );
        }
    }

    #[test]
    fn a_header_that_is_none_is_refused() {
        let mut good: [u8; HEADER_OCTETS] = Writer::new(Kind::Ping, 1, 2, 3).finish().try_into().unwrap();
        let header = Header::parse(&good).unwrap();
        assert_eq!((header.kind, header.session, header.transaction, header.packet), (Kind::Ping, 1, 2, 3));
        for (place, octet) in [(0, 2), (1, 99), (16, 0xFF), (19, 3)] {
            let before = std::mem::replace(&mut good[place], octet);
            assert!(Header::parse(&good).is_err(), "{place}");
            good[place] = before;
        }
    }

    #[test]
    fn either_order_of_octets_is_read() {
        let mut little = [0; HEADER_OCTETS];
        little[..2].copy_from_slice(&[VERSION, Kind::Get as u8]);
        little[4] = 7;
        little[16] = 8;
        let header = Header::parse(&little).unwrap();
        assert_eq!((header.session, header.payload_octets, header.is_big_endian), (7, 8, false));
    }
}
