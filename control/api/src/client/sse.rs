//! Server-sent events (WHATWG HTML §9.2.6), as much of them as the daemon sends.
//!
//! ```text
//! id: 7⏎  event: message⏎  data: {…}⏎  ⏎        one message
//! : still here⏎ ⏎                                a comment, to keep the connection alive
//! ```
//! `retry`, carriage returns alone and a byte order mark are not handled; the daemon sends none.

/// Takes octets as they come and gives messages as they are complete.
#[derive(Debug, Default)]
pub struct Parser {
    buffer: Vec<u8>,
    message: Message,
}

/// One message.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Message {
    /// Its type; empty if none was given.
    pub event: String,
    /// Its data, lines joined by line feeds.
    pub data: String,
}

/// A line is never longer than this; the daemon's longest is a record as JSON.
pub const LINE_OCTETS_MAX: usize = 1 << 20;

/// A line that is longer than [`LINE_OCTETS_MAX`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LineTooLong;

impl Parser {
    /// Takes what has come.
    pub fn feed(&mut self, octets: &[u8]) -> Result<(), LineTooLong> {
        self.buffer.extend_from_slice(octets);
        let open = self.buffer.iter().rev().take_while(|&&o| o != b'\n').count();
        if open > LINE_OCTETS_MAX { Err(LineTooLong) } else { Ok(()) }
    }

    /// The next complete message, if there is one.
    pub fn next_message(&mut self) -> Option<Message> {
        let mut taken = 0;
        let mut complete = None;
        while let Some(end) = self.buffer.get(taken..)?.iter().position(|&o| o == b'\n') {
            let line = String::from_utf8_lossy(self.buffer.get(taken..taken + end)?).into_owned();
            taken += end + 1;
            if let Some(message) = self.line(line.strip_suffix('\r').unwrap_or(&line)) {
                complete = Some(message);
                break;
            }
        }
        self.buffer.drain(..taken);
        complete
    }

    fn line(&mut self, line: &str) -> Option<Message> {
        if line.is_empty() {
            let message = std::mem::take(&mut self.message);
            return (message != Message::default()).then_some(message);
        }
        let (field, value) = line.split_once(':').unwrap_or((line, ""));
        let value = value.strip_prefix(' ').unwrap_or(value);
        match field {
            "event" => self.message.event = value.to_owned(),
            "data" if self.message.data.is_empty() => self.message.data = value.to_owned(),
            "data" => {
                self.message.data.push('\n');
                self.message.data.push_str(value);
            }
            _ => {}
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const STREAM: &[u8] =
        b": hello\n\nid: 7\nevent: message\ndata: {\"a\":\ndata: 1}\n\n: still here\n\ndata:x\r\n\r\n";

    fn messages(pieces: impl Iterator<Item = Vec<u8>>) -> Vec<Message> {
        let mut parser = Parser::default();
        let mut all = Vec::new();
        for piece in pieces {
            parser.feed(&piece).unwrap();
            while let Some(message) = parser.next_message() {
                all.push(message);
            }
        }
        all
    }

    #[test]
    fn messages_come_out_the_same_however_the_stream_is_cut() {
        let whole = messages(std::iter::once(STREAM.to_vec()));
        let expected = [
            Message { event: "message".into(), data: "{\"a\":\n1}".into() },
            Message { event: String::new(), data: "x".into() },
        ];
        assert_eq!(whole, expected);
        for size in 1..STREAM.len() {
            assert_eq!(messages(STREAM.chunks(size).map(<[u8]>::to_vec)), expected, "pieces of {size}");
        }
    }

    #[test]
    fn a_line_without_end_is_given_up() {
        let mut parser = Parser::default();
        assert_eq!(parser.feed(&vec![b'x'; LINE_OCTETS_MAX]), Ok(()));
        assert_eq!(parser.feed(b"y"), Err(LineTooLong));
    }
}
