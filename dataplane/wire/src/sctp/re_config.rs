//! RE-CONFIG, which resets and adds streams and starts TSNs anew.
//!
//! RFC 6525 §3.1, §4. Handles every request and the response. Which of them may stand together is left to the
//! endpoints.

use super::{Chunk, ChunkKind, Parameter, ParameterKind, Parameters, StreamId, Tsn};
use crate::numbered::numbered;
use crate::{Error, Layer, Reason};

numbered! {
    /// How a request went (RFC 6525 §4.4).
    ReConfigResult: u32 {
        /// There was nothing to do.
        NothingToDo = 0 "nothing_to_do",
        /// It was done.
        Performed = 1 "performed",
        /// The other side does not want it.
        Denied = 2 "denied",
        /// A stream that does not exist.
        WrongStream = 3 "wrong_stream",
        /// Another request is not done yet.
        AlreadyInProgress = 4 "already_in_progress",
        /// Not the number that was expected.
        BadSequence = 5 "bad_sequence",
        /// It is being done.
        InProgress = 6 "in_progress",
    }
}

/// Streams by their numbers; none stands for all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Streams<'a>(&'a [[u8; 2]]);

impl<'a> Streams<'a> {
    /// Each of them.
    pub fn iter(self) -> impl Iterator<Item = StreamId> + use<'a> {
        self.0.iter().map(|octets| StreamId(u16::from_be_bytes(*octets)))
    }
}

/// One request or response. Each request has a number, which its response repeats.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReConfig<'a> {
    /// The sender resets streams of its own.
    OutgoingReset {
        /// The number of this request.
        request: u32,
        /// The request of the other side that this obeys.
        response: u32,
        /// The last TSN before the reset.
        last_tsn: Tsn,
        /// Which.
        streams: Streams<'a>,
    },
    /// The sender asks the other side to reset its streams.
    IncomingReset {
        /// The number of this request.
        request: u32,
        /// Which.
        streams: Streams<'a>,
    },
    /// The sender asks to reset all streams and both TSNs.
    TsnReset {
        /// The number of this request.
        request: u32,
    },
    /// The answer to a request.
    Response {
        /// The number of that request.
        response: u32,
        /// How it went.
        result: ReConfigResult,
        /// After a reset of TSNs: the next of the sender of this, and the next of its receiver.
        next_tsns: Option<(Tsn, Tsn)>,
    },
    /// The sender wants more streams to send on.
    AddOutgoing {
        /// The number of this request.
        request: u32,
        /// How many more.
        count: u16,
    },
    /// The sender wants more streams to receive on.
    AddIncoming {
        /// The number of this request.
        request: u32,
        /// How many more.
        count: u16,
    },
    /// A parameter that is none of these.
    Other(Parameter<'a>),
}

impl<'a> ReConfig<'a> {
    /// What a RE-CONFIG chunk asks and answers. A broken parameter ends the walk.
    ///
    /// # Errors
    /// `UnexpectedTag` for another chunk.
    pub fn all(chunk: &Chunk<'a>) -> Result<impl Iterator<Item = Result<Self, Error>> + use<'a>, Error> {
        chunk.expect(&[ChunkKind::ReConfig])?;
        Ok(Parameters::of(chunk)?.map(|parameter| parameter.and_then(Self::of)))
    }

    /// One parameter.
    ///
    /// ```text
    ///  0         2         4                   8                   12                  16
    /// +---------+---------+-------------------+-------------------+-------------------+-------------
    /// | 13      | length  | request           | response          | last TSN          | streams ...
    /// | 14      | length  | request           | streams ...
    /// | 15      | length  | request           |
    /// | 16      | length  | response          | result            | sender's next TSN | receiver's    optional both
    /// | 17, 18  | length  | request           | count   | reserved|
    /// +---------+---------+-------------------+-------------------+-------------------+-------------
    /// ```
    fn of(parameter: Parameter<'a>) -> Result<Self, Error> {
        let bad_length = Error::new(Layer::Sctp, usize::from(parameter.offset()) + 2, Reason::BadLength);
        let value = parameter.value();
        let read = match parameter.kind() {
            ParameterKind::OutgoingSsnReset => outgoing_reset(value),
            ParameterKind::IncomingSsnReset => {
                number(value).and_then(|(request, list)| Some(Self::IncomingReset { request, streams: streams(list)? }))
            }
            ParameterKind::SsnTsnReset => {
                number(value).filter(|(_, rest)| rest.is_empty()).map(|(request, _)| Self::TsnReset { request })
            }
            ParameterKind::ReConfigResponse => response(value),
            ParameterKind::AddOutgoingStreams => {
                added(value).map(|(request, count)| Self::AddOutgoing { request, count })
            }
            ParameterKind::AddIncomingStreams => {
                added(value).map(|(request, count)| Self::AddIncoming { request, count })
            }
            _ => Some(Self::Other(parameter)),
        };
        read.ok_or(bad_length)
    }
}

fn number(octets: &[u8]) -> Option<(u32, &[u8])> {
    octets.split_first_chunk().map(|(number, rest)| (u32::from_be_bytes(*number), rest))
}

fn streams(octets: &[u8]) -> Option<Streams<'_>> {
    match octets.as_chunks() {
        (streams, []) => Some(Streams(streams)),
        _ => None,
    }
}

fn outgoing_reset(value: &[u8]) -> Option<ReConfig<'_>> {
    let (request, rest) = number(value)?;
    let (response, rest) = number(rest)?;
    let (last_tsn, list) = number(rest)?;
    Some(ReConfig::OutgoingReset { request, response, last_tsn: Tsn(last_tsn), streams: streams(list)? })
}

fn response(value: &[u8]) -> Option<ReConfig<'_>> {
    let (response, rest) = number(value)?;
    let (result, rest) = number(rest)?;
    let next_tsns = match rest {
        [] => None,
        &[s0, s1, s2, s3, r0, r1, r2, r3] => {
            Some((Tsn(u32::from_be_bytes([s0, s1, s2, s3])), Tsn(u32::from_be_bytes([r0, r1, r2, r3]))))
        }
        _ => return None,
    };
    Some(ReConfig::Response { response, result: ReConfigResult::from_number(result), next_tsns })
}

fn added(value: &[u8]) -> Option<(u32, u16)> {
    match *value {
        [r0, r1, r2, r3, c0, c1, _, _] => Some((u32::from_be_bytes([r0, r1, r2, r3]), u16::from_be_bytes([c0, c1]))),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::octets;
    use crate::sctp::Chunks;

    fn all(octets: &[u8]) -> Vec<Result<ReConfig<'_>, Error>> {
        let chunk = Chunks::new(octets, 0).next().expect("a chunk").expect("well-formed");
        ReConfig::all(&chunk).expect("a RE-CONFIG").collect()
    }

    #[test]
    fn reads_a_reset_of_outgoing_streams_with_the_response_before_it() {
        let octets = octets("82000024 0010000c 00000005 00000001 000d0014 00000007 00000005 00000009 00010002");
        let parts = all(&octets);
        let answer = ReConfig::Response { response: 5, result: ReConfigResult::Performed, next_tsns: None };
        assert_eq!(parts.first(), Some(&Ok(answer)));
        let Some(Ok(ReConfig::OutgoingReset { request: 7, response: 5, last_tsn: Tsn(9), streams })) = parts.get(1)
        else {
            panic!("{parts:?}")
        };
        assert_eq!(streams.iter().collect::<Vec<_>>(), [StreamId(1), StreamId(2)]);
    }

    #[test]
    fn reads_every_other_request_and_the_response_to_a_reset_of_tsns() {
        let incoming = octets("8200000e 000e000a 00000001 0003");
        let [Ok(ReConfig::IncomingReset { request: 1, streams })] = all(&incoming)[..] else { panic!("incoming") };
        assert_eq!(streams.iter().collect::<Vec<_>>(), [StreamId(3)]);
        assert_eq!(all(&octets("8200000c 000f0008 00000002")), [Ok(ReConfig::TsnReset { request: 2 })]);
        let response = octets("82000018 00100014 00000002 00000001 0000000a ffffffff");
        let next_tsns = Some((Tsn(10), Tsn(u32::MAX)));
        assert_eq!(
            all(&response),
            [Ok(ReConfig::Response { response: 2, result: ReConfigResult::Performed, next_tsns })]
        );
        let added = octets("82000010 0011000c 00000003 00040000");
        assert_eq!(all(&added), [Ok(ReConfig::AddOutgoing { request: 3, count: 4 })]);
        let added = octets("82000010 0012000c 00000003 00040000");
        assert_eq!(all(&added), [Ok(ReConfig::AddIncoming { request: 3, count: 4 })]);
        assert!(matches!(all(&octets("82000008 00070004"))[..], [Ok(ReConfig::Other(_))]));
    }

    #[test]
    fn refuses_parameters_of_another_length_than_theirs() {
        let allowed: [(u8, &[u8]); 6] = [
            (13, &[16, 18, 20, 22, 24]),
            (14, &[8, 10, 12, 14, 16, 18, 20, 22, 24]),
            (15, &[8]),
            (16, &[12, 20]),
            (17, &[12]),
            (18, &[12]),
        ];
        for (kind, lengths) in allowed {
            for length in 4..=24u8 {
                let mut chunk = vec![0x82, 0, 0, 4 + length, 0, kind, 0, length];
                chunk.resize(32, 0);
                let read = all(&chunk);
                assert_eq!(read[0].is_ok(), lengths.contains(&length), "{kind} {length}");
                let bad_length = Error::new(Layer::Sctp, 6, Reason::BadLength);
                assert!(read[0].is_ok() || read[0] == Err(bad_length), "{kind} {length}");
            }
        }
    }

    #[test]
    fn refuses_another_chunk() {
        let chunk = Chunks::new(&[4, 0, 0, 4], 0).next().expect("a chunk").expect("well-formed");
        let refused = ReConfig::all(&chunk).map(Iterator::count);
        assert_eq!(refused, Err(Error::new(Layer::Sctp, 0, Reason::UnexpectedTag)));
    }
}
