//! Octets as they come, over one connection.

use super::ClientError;
use super::transport::{self, Endpoint};
use http_body_util::BodyExt as _;
use hyper::body::{Bytes, Incoming};
use tokio::signal::unix::{Signal, SignalKind, signal};

/// Gives octets until the daemon ends the stream or this process is interrupted (SIGINT).
#[derive(Debug)]
pub struct Octets<'c> {
    runtime: &'c tokio::runtime::Runtime,
    body: Incoming,
    is_ended: bool,
    interrupt: Signal,
}

impl<'c> Octets<'c> {
    pub(super) fn open(
        runtime: &'c tokio::runtime::Runtime,
        endpoint: &Endpoint,
        path: &str,
    ) -> Result<Self, ClientError> {
        runtime.block_on(async {
            let no_signals = |e: std::io::Error| ClientError::Endpoint(format!("SIGINT cannot be heard: {e}"));
            let interrupt = signal(SignalKind::interrupt()).map_err(no_signals)?;
            Ok(Self { runtime, body: transport::stream(endpoint, path).await?, is_ended: false, interrupt })
        })
    }

    /// Whether the daemon has ended it.
    pub fn is_ended(&self) -> bool {
        self.is_ended
    }

    /// What comes next; none at the end.
    ///
    /// # Errors
    /// The connection broke.
    pub fn receive(&mut self) -> Result<Option<Bytes>, ClientError> {
        let broken = |e: hyper::Error| ClientError::Connection(format!("the stream broke: {e}"));
        let Self { runtime, body, is_ended, interrupt } = self;
        let came = async {
            loop {
                let Some(frame) = body.frame().await else {
                    *is_ended = true;
                    return Ok(None);
                };
                // Trailers say nothing.
                if let Ok(octets) = frame.map_err(broken)?.into_data() {
                    return Ok(Some(octets));
                }
            }
        };
        runtime.block_on(async {
            tokio::select! {
                came = came => came,
                _ = interrupt.recv() => Ok(None),
            }
        })
    }
}
