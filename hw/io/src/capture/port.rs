//! A capture file as a port: receives the file's frames, writes what it is given to send into another.

use std::io;
use std::path::Path;

use super::{CaptureError, Reader, Writer};
use crate::memory::{Pool, PoolFrame};
use crate::{Burst, Frame, FrameMeta, Port, PortStats};

/// Plays a file, as fast as it is asked. Exhausted at its end, or where it is damaged: see
/// [`error`](Self::error).
pub struct CapturePort {
    name: String,
    pool: Pool,
    input: Option<Reader>,
    ended: bool,
    error: Option<CaptureError>,
    output: Option<Writer>,
    output_error: Option<io::Error>,
    last_ns: u64,
    stats: PortStats,
}

impl CapturePort {
    /// A port that receives the frames of a file, in buffers of `pool`. Longer frames are counted as
    /// `rx_errors` and passed over.
    pub fn open(name: &str, path: impl AsRef<Path>, pool: &Pool) -> Result<Self, CaptureError> {
        let input = Some(Reader::open(path)?);
        Ok(Self { input, ended: false, ..Self::output_only(name, pool) })
    }

    /// A port that receives nothing; for the other side of a wire.
    pub fn output_only(name: &str, pool: &Pool) -> Self {
        Self {
            name: name.to_owned(),
            pool: pool.clone(),
            input: None,
            ended: true,
            error: None,
            output: None,
            output_error: None,
            last_ns: 0,
            stats: PortStats::default(),
        }
    }

    /// Frames sent are written to `writer`; without one they are freed. A frame without timestamp gets that
    /// of the one before. Frames of another link type than the writer's are counted as `tx_errors`.
    pub fn with_output(self, writer: Writer) -> Self {
        Self { output: Some(writer), ..self }
    }

    /// Why the file ended before its end.
    pub fn error(&self) -> Option<&CaptureError> {
        self.error.as_ref()
    }

    /// Closes the output under its name; the first error of writing, if there was one.
    pub fn finish(self) -> io::Result<PortStats> {
        if let Some(error) = self.output_error {
            return Err(error);
        }
        self.output.map_or(Ok(()), Writer::finish)?;
        Ok(self.stats)
    }

    fn next_frame(&mut self) -> Option<PoolFrame> {
        while self.pool.has_free() {
            match self.input.as_mut()?.next() {
                Ok(Some(record)) if record.octets.len() > self.pool.frame_octets() => self.stats.rx_errors += 1,
                Ok(Some(record)) => match self.pool.frame(record.octets, record.meta()) {
                    Some(frame) => return Some(frame),
                    // Another core took the last buffer since has_free.
                    None => self.stats.rx_no_buffer += 1,
                },
                Ok(None) => {
                    self.ended = true;
                    return None;
                }
                Err(error) => {
                    self.ended = true;
                    self.error = Some(error);
                    return None;
                }
            }
        }
        None
    }

    fn write(&mut self, frame: &mut PoolFrame) {
        let meta = frame.meta();
        self.last_ns = meta.timestamp_ns.unwrap_or(self.last_ns);
        let (len, Some(writer)) = (frame.len_octets(), self.output.as_mut()) else {
            self.count_sent(frame.len_octets());
            return;
        };
        let octets = frame.contiguous().filter(|_| meta.link_type == writer.link_type());
        match octets.map(|octets| writer.write(self.last_ns, octets, octets.len() as u32)) {
            Some(Ok(())) => self.count_sent(len),
            Some(Err(error)) => {
                self.stats.tx_errors += 1;
                self.output_error.get_or_insert(error);
            }
            None => self.stats.tx_errors += 1,
        }
    }

    fn count_sent(&mut self, octets: usize) {
        self.stats.tx_frames += 1;
        self.stats.tx_octets += octets as u64;
    }
}

impl Port for CapturePort {
    type Frame = PoolFrame;

    fn name(&self) -> &str {
        &self.name
    }

    fn receive(&mut self, into: &mut Burst<PoolFrame>) -> usize {
        let mut count = 0;
        while !into.is_full() && !self.ended {
            let Some(frame) = self.next_frame() else { break };
            self.stats.rx_octets += frame.len_octets() as u64;
            count += usize::from(into.push(frame).is_ok());
        }
        self.stats.rx_frames += count as u64;
        count
    }

    fn send(&mut self, frames: &mut Burst<PoolFrame>) -> usize {
        let count = frames.len();
        for mut frame in frames.drain() {
            self.write(&mut frame);
        }
        count
    }

    fn make(&mut self, octets: &[u8], meta: FrameMeta) -> Option<PoolFrame> {
        self.pool.frame(octets, meta)
    }

    fn is_exhausted(&self) -> bool {
        self.ended
    }

    fn stats(&self) -> PortStats {
        self.stats
    }
}
