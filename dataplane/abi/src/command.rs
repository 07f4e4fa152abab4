//! What crosses the command socket: one request and one reply per packet (`SOCK_SEQPACKET`).
//!
//! ```text
//! request = ABI version(4 LE) op(1) version(8 LE) length(8 LE)     and one descriptor: for push and changes a sealed memfd,
//!                                                                   for a trace a stream socket
//! reply   = ABI version(4 LE) code(1) version(8 LE) text(UTF-8)
//! ```

use crate::ABI_VERSION;

/// A reply is never longer than this.
pub const REPLY_OCTETS_MAX: usize = 16 * 1024;
/// Every request has this length.
pub const REQUEST_OCTETS: usize = 21;
const REPLY_HEAD_OCTETS: usize = 13;

/// What the control side asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Request {
    /// Takes the policy image in the descriptor that comes along into force.
    Push {
        /// Version of the policy, as in the image.
        version: u64,
        /// Length of the image in bytes.
        length: u64,
    },
    /// Changes entries of lists of the policy in force: the image of changes in the descriptor that comes along
    /// replaces the one before it, if there was one.
    Changes {
        /// Version of the policy in force.
        version: u64,
        /// Length of the image of changes in bytes.
        length: u64,
    },
    /// Takes the policy before the present one back into force.
    Rollback,
    /// Says how the dataplane is, as JSON.
    Status,
    /// Ends the dataplane in good order.
    Stop,
    /// Ends the dataplane in favour of the one that asks: it answers as soon as its ports are free, and closes the
    /// connection when everything else is.
    HandOver,
    /// Tells what becomes of frames in which messages are judged, by the stream socket in the descriptor that comes
    /// along, until its other end is closed.
    Trace {
        /// So many frames a second and poll core at most.
        per_second: u32,
    },
}

/// Whether it was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Code {
    /// Done.
    Done = 0,
    /// Refused; the text says why, and nothing has changed.
    Refused = 1,
}

/// What the dataplane answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    /// Whether it was done.
    pub code: Code,
    /// The policy in force after it; 0 for none.
    pub version: u64,
    /// Why not, or what was asked for.
    pub text: String,
}

/// Why a packet on the command socket was not understood.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CommandError {
    /// It ends early or is too long.
    Length(usize),
    /// The other side is of another version.
    Version(u32),
    /// No such operation or code.
    Unknown(u8),
}

impl std::fmt::Display for CommandError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Length(n) => write!(f, "a packet of {n} octets is not one of this protocol"),
            Self::Version(v) => {
                write!(f, "the other side speaks version {v}, this one {ABI_VERSION}: install both from one release")
            }
            Self::Unknown(op) => write!(f, "operation {op} is unknown"),
        }
    }
}

impl std::error::Error for CommandError {}

impl Request {
    /// As octets.
    pub fn encode(&self) -> [u8; REQUEST_OCTETS] {
        let (op, version, length) = match *self {
            Self::Push { version, length } => (1, version, length),
            Self::Rollback => (2, 0, 0),
            Self::Status => (3, 0, 0),
            Self::Stop => (4, 0, 0),
            Self::Changes { version, length } => (5, version, length),
            Self::HandOver => (6, 0, 0),
            Self::Trace { per_second } => (7, 0, u64::from(per_second)),
        };
        let mut out = [0; REQUEST_OCTETS];
        out[..4].copy_from_slice(&ABI_VERSION.to_le_bytes());
        out[4] = op;
        out[5..13].copy_from_slice(&version.to_le_bytes());
        out[13..].copy_from_slice(&length.to_le_bytes());
        out
    }

    /// From octets.
    pub fn decode(octets: &[u8]) -> Result<Self, CommandError> {
        let octets: &[u8; REQUEST_OCTETS] = octets.try_into().map_err(|_| CommandError::Length(octets.len()))?;
        let (version, rest) = split_u32(octets).ok_or(CommandError::Length(octets.len()))?;
        if version != ABI_VERSION {
            return Err(CommandError::Version(version));
        }
        let word = |at: usize| rest.get(at..at + 8).and_then(|o| o.try_into().ok()).map_or(0, u64::from_le_bytes);
        match rest[0] {
            1 => Ok(Self::Push { version: word(1), length: word(9) }),
            2 => Ok(Self::Rollback),
            3 => Ok(Self::Status),
            4 => Ok(Self::Stop),
            5 => Ok(Self::Changes { version: word(1), length: word(9) }),
            6 => Ok(Self::HandOver),
            7 => Ok(Self::Trace { per_second: u32::try_from(word(9)).unwrap_or(u32::MAX) }),
            op => Err(CommandError::Unknown(op)),
        }
    }
}

impl Reply {
    /// As octets; a text that does not fit is cut.
    pub fn encode(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(REPLY_HEAD_OCTETS + self.text.len());
        out.extend_from_slice(&ABI_VERSION.to_le_bytes());
        out.push(self.code as u8);
        out.extend_from_slice(&self.version.to_le_bytes());
        let end = self.text.floor_char_boundary(REPLY_OCTETS_MAX - REPLY_HEAD_OCTETS);
        out.extend_from_slice(&self.text.as_bytes()[..end]);
        out
    }

    /// From octets.
    pub fn decode(octets: &[u8]) -> Result<Self, CommandError> {
        let short = || CommandError::Length(octets.len());
        let (version, rest) = split_u32(octets).ok_or_else(short)?;
        if version != ABI_VERSION {
            return Err(CommandError::Version(version));
        }
        let (&code, rest) = rest.split_first().ok_or_else(short)?;
        let (policy, text) = rest.split_first_chunk::<8>().ok_or_else(short)?;
        let code = match code {
            0 => Code::Done,
            1 => Code::Refused,
            other => return Err(CommandError::Unknown(other)),
        };
        Ok(Self { code, version: u64::from_le_bytes(*policy), text: String::from_utf8_lossy(text).into_owned() })
    }
}

fn split_u32(octets: &[u8]) -> Option<(u32, &[u8])> {
    octets.split_first_chunk::<4>().map(|(head, rest)| (u32::from_le_bytes(*head), rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_and_replies_come_back_as_they_went_out() {
        let with_image =
            [Request::Push { version: 7, length: 1 << 40 }, Request::Changes { version: 7, length: 1 << 20 }];
        for request in with_image.into_iter().chain([
            Request::Rollback,
            Request::Status,
            Request::Stop,
            Request::HandOver,
            Request::Trace { per_second: 9 },
        ]) {
            assert_eq!(Request::decode(&request.encode()), Ok(request));
        }
        let reply = Reply { code: Code::Refused, version: 9, text: "checksum".into() };
        assert_eq!(Reply::decode(&reply.encode()), Ok(reply));
    }

    #[test]
    fn another_version_and_every_truncation_are_refused() {
        let mut octets = Request::Status.encode();
        for cut in 0..octets.len() {
            assert_eq!(Request::decode(&octets[..cut]), Err(CommandError::Length(cut)));
        }
        octets[0] ^= 2;
        assert_eq!(Request::decode(&octets), Err(CommandError::Version(ABI_VERSION ^ 2)));
        let reply = Reply { code: Code::Done, version: 1, text: String::new() }.encode();
        for cut in 0..reply.len() {
            assert!(Reply::decode(&reply[..cut]).is_err());
        }
    }

    #[test]
    fn a_long_text_is_cut_at_a_character() {
        let reply = Reply { code: Code::Done, version: 1, text: "é".repeat(REPLY_OCTETS_MAX) };
        let octets = reply.encode();
        assert!(octets.len() <= REPLY_OCTETS_MAX);
        assert!(Reply::decode(&octets).unwrap().text.ends_with('é'));
    }
}
