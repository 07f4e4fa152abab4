//! Events as they come, over one connection.

use super::ClientError;
use super::sse::Parser;
use super::transport::{self, Endpoint};
use crate::events::{Event, STREAM_EVENT};
use http_body_util::BodyExt as _;
use hyper::body::Incoming;

/// Gives events until the daemon ends or the connection breaks.
///
/// After an error the iterator ends; [`Follow::last_id`] says where to go on with another one.
#[derive(Debug)]
pub struct Follow<'c> {
    runtime: &'c tokio::runtime::Runtime,
    body: Option<Incoming>,
    parser: Parser,
    last: Option<u64>,
}

impl<'c> Follow<'c> {
    pub(super) fn open(
        runtime: &'c tokio::runtime::Runtime,
        endpoint: &Endpoint,
        path: &str,
    ) -> Result<Self, ClientError> {
        let body = runtime.block_on(transport::stream(endpoint, path))?;
        Ok(Self { runtime, body: Some(body), parser: Parser::default(), last: None })
    }

    /// The number of the last event that came: what to give as `after` to go on.
    pub fn last_id(&self) -> Option<u64> {
        self.last
    }

    fn step(&mut self) -> Result<Option<Event>, ClientError> {
        loop {
            while let Some(message) = self.parser.next_message() {
                if message.event == STREAM_EVENT {
                    let event: Event =
                        serde_json::from_str(&message.data).map_err(|e| ClientError::Answer(e.to_string()))?;
                    self.last = Some(event.id);
                    return Ok(Some(event));
                }
            }
            let Some(body) = &mut self.body else { return Ok(None) };
            match self.runtime.block_on(body.frame()) {
                None => self.body = None,
                Some(Err(e)) => return Err(ClientError::Connection(format!("the stream broke: {e}"))),
                Some(Ok(frame)) => {
                    if let Some(octets) = frame.data_ref() {
                        let too_long = |_| ClientError::Answer("a line of the stream has no end".into());
                        self.parser.feed(octets).map_err(too_long)?;
                    }
                }
            }
        }
    }
}

impl Iterator for Follow<'_> {
    type Item = Result<Event, ClientError>;

    fn next(&mut self) -> Option<Self::Item> {
        let step = self.step();
        if step.is_err() {
            self.body = None;
        }
        step.transpose()
    }
}
