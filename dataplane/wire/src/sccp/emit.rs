//! Writing connectionless messages, for those changed in the line.
//!
//! Q.713 §4.10 to §4.21. The parts come in the order called, calling, data, optional, without gaps or overlaps,
//! whatever order they were read in.

use super::{Connectionless, MessageType, error};
use crate::octets::Sink;
use crate::{Error, Layer, Reason};

impl Connectionless<'_> {
    /// Writes the message to the start of `out` and returns how many octets that took. The optional part is
    /// written as it is: `segmentation` and `data_offset` are for reading only.
    ///
    /// # Errors
    /// `Truncated` where `out` is too small; `BadLength` where a part is too long for its length or pointer;
    /// `Unsupported` where a UDT has an optional part, or the message is not connectionless.
    pub fn emit(&self, out: &mut [u8]) -> Result<usize, Error> {
        let mut sink = Sink::new(Layer::Sccp, out);
        let hops = self.hops.unwrap_or(HOPS_MAX);
        sink.put(&[self.message_type.number(), self.class_or_cause])?;
        match self.message_type {
            MessageType::Udt | MessageType::Udts if self.optional.is_empty() => self.put_pointers(&mut sink, 3)?,
            MessageType::Xudt | MessageType::Xudts => {
                sink.put(&[hops])?;
                self.put_pointers(&mut sink, 4)?;
            }
            MessageType::Ludt | MessageType::Ludts => {
                sink.put(&[hops])?;
                self.put_long_pointers(&mut sink)?;
            }
            _ => return Err(error(0, Reason::Unsupported)),
        }
        for address in [self.called, self.calling] {
            sink.put(&[short(&sink, address.octets().len())?])?;
            sink.put(address.octets())?;
        }
        if self.is_long() {
            let length = u16::try_from(self.data.len()).map_err(|_| too_long(&sink))?;
            sink.put(&length.to_le_bytes())?;
        } else {
            sink.put(&[short(&sink, self.data.len())?])?;
        }
        sink.put(self.data)?;
        sink.put(self.optional)?;
        Ok(sink.len_octets())
    }

    const fn is_long(&self) -> bool {
        matches!(self.message_type, MessageType::Ludt | MessageType::Ludts)
    }

    /// Where each part begins, counted from the end of the pointers.
    fn places(&self) -> [usize; 4] {
        let calling = 1 + self.called.octets().len();
        let data = calling + 1 + self.calling.octets().len();
        let length_octets = if self.is_long() { 2 } else { 1 };
        [0, calling, data, data + length_octets + self.data.len()]
    }

    /// The first `count` pointers, one octet each.
    fn put_pointers(&self, sink: &mut Sink<'_>, count: usize) -> Result<(), Error> {
        for (index, place) in self.places().into_iter().enumerate().take(count) {
            let absent = index == OPTIONAL && self.optional.is_empty();
            let pointer = if absent { 0 } else { short(sink, place + count - index)? };
            sink.put(&[pointer])?;
        }
        Ok(())
    }

    /// The four pointers, two octets each, counted from their second octet.
    fn put_long_pointers(&self, sink: &mut Sink<'_>) -> Result<(), Error> {
        for (index, place) in self.places().into_iter().enumerate() {
            let absent = index == OPTIONAL && self.optional.is_empty();
            let distance = place + 2 * (4 - index) - 1;
            let pointer = if absent { 0 } else { u16::try_from(distance).map_err(|_| too_long(sink))? };
            sink.put(&pointer.to_le_bytes())?;
        }
        Ok(())
    }
}

fn short(sink: &Sink<'_>, number: usize) -> Result<u8, Error> {
    u8::try_from(number).map_err(|_| too_long(sink))
}

fn too_long(sink: &Sink<'_>) -> Error {
    error(sink.len_octets(), Reason::BadLength)
}

/// The pointer to the optional part.
const OPTIONAL: usize = 3;
/// Q.713 §3.18: the highest hop counter.
const HOPS_MAX: u8 = 15;

#[cfg(test)]
mod tests {
    use super::super::{Address, Message};
    use super::*;
    use crate::samples::{self, octets};
    use proptest::prelude::*;

    fn read(octets: &[u8]) -> Connectionless<'_> {
        match Message::parse(octets) {
            Ok(Message::Connectionless(message)) => message,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn writes_the_octets_it_read() {
        for sample in [samples::UDTS, samples::XUDT_SEGMENT, samples::LUDT] {
            let whole = octets(sample);
            let mut out = [0xee; 128];
            let written = read(&whole).emit(&mut out).expect("fits");
            assert_eq!(out[..written], whole);
            for length in 0..written {
                let refused = read(&whole).emit(&mut out[..length]).map_err(|error| error.reason);
                assert_eq!(refused, Err(Reason::Truncated));
            }
        }
    }

    #[test]
    fn refuses_parts_too_long_for_their_length_or_pointer() {
        let whole = octets(samples::UDTS);
        let (message, long) = (read(&whole), [0; 256]);
        let mut out = [0; 1024];
        let refused = |message: Connectionless<'_>, out: &mut [u8]| message.emit(out).map_err(|error| error.reason);
        assert_eq!(refused(Connectionless { data: &long, ..message }, &mut out), Err(Reason::BadLength));
        assert_eq!(refused(Connectionless { data: &long[..255], ..message }, &mut out), Ok(31 + 255));
        let called = Address::parse(&long[..250]).expect("well-formed");
        assert_eq!(refused(Connectionless { called, ..message }, &mut out), Err(Reason::BadLength));
        let optional = Connectionless { optional: &[0], ..message };
        assert_eq!(refused(optional, &mut out), Err(Reason::Unsupported));
        let other = Connectionless { message_type: MessageType::Cr, ..message };
        assert_eq!(refused(other, &mut out), Err(Reason::Unsupported));
    }

    proptest! {
        #[test]
        fn what_was_written_reads_the_same(kind in 0usize..6, class_or_cause: u8, called in proptest::collection::vec(Just(0x42u8), 2..10), data in proptest::collection::vec(any::<u8>(), 0..60), optional: bool) {
            let types = [MessageType::Udt, MessageType::Udts, MessageType::Xudt, MessageType::Xudts, MessageType::Ludt, MessageType::Ludts];
            let address = Address::parse(&called).expect("well-formed");
            let message = Connectionless {
                message_type: types[kind], class_or_cause, hops: (kind > 1).then_some(9), called: address, calling: Address::EMPTY,
                data: &data, data_offset: 0, segmentation: None, optional: if optional && kind > 1 { &[0x12, 1, 2, 0] } else { &[] },
                anomalies: address.anomalies(),
            };
            let mut out = [0; 128];
            let written = message.emit(&mut out).expect("fits");
            prop_assert_eq!(Connectionless { data_offset: 0, ..read(&out[..written]) }, message);
        }
    }
}
