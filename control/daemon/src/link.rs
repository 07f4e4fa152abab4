//! The dataplane's command socket, seen from here: status, push, rollback, trace.
//!
//! One connection per question; blocking, with a time limit. It matters whether a request was sent at all: what was
//! not sent has not happened, what was sent and not answered may have.

use serde_json::value::RawValue;
use sluice_abi::command::{Code, Reply, Request};
use sluice_api::problem::{Kind, Problem};
use sluice_shm::command::Client;
use sluice_shm::image::SealedImage;
use std::os::fd::{AsFd as _, BorrowedFd, OwnedFd};
use std::path::PathBuf;
use std::time::Duration;

/// The way to one dataplane.
#[derive(Clone, Debug)]
pub struct Link {
    socket: PathBuf,
}

/// How the dataplane is.
#[derive(Clone, Debug)]
pub struct Report {
    /// Policy in force, 0 for none.
    pub version: u64,
    /// What it says of itself, if that is JSON.
    pub details: Option<Box<RawValue>>,
}

/// Why something was not done.
#[derive(Clone, Debug)]
pub enum LinkError {
    /// The dataplane could not be asked: nothing has happened.
    NotSent(String),
    /// It was asked and did not answer: it may have happened.
    NoAnswer(String),
    /// It said no: nothing has happened.
    Refused(String),
    /// The daemon failed on the way.
    Daemon(Problem),
}

impl From<Problem> for LinkError {
    fn from(problem: Problem) -> Self {
        Self::Daemon(problem)
    }
}

impl From<LinkError> for Problem {
    fn from(error: LinkError) -> Self {
        match error {
            LinkError::NotSent(why) => Self::new(
                Kind::DataplaneUnavailable,
                format!("{why}: start it with `sluice-dataplane --config FILE`; nothing has changed"),
            ),
            LinkError::NoAnswer(why) => Self::new(
                Kind::DataplaneUnavailable,
                format!("{why}: it was asked and did not answer; the status will show whether it was done"),
            ),
            LinkError::Refused(why) => Self::new(Kind::PolicyRefused, why),
            LinkError::Daemon(problem) => problem,
        }
    }
}

/// The dataplane answers within this time; a push waits for every core to have taken the image.
const ANSWER_TIME_MAX: Duration = Duration::from_secs(10);

impl Link {
    /// To the dataplane behind a socket; nothing is opened before the first question.
    pub fn new(socket: PathBuf) -> Self {
        Self { socket }
    }

    /// How the dataplane is.
    ///
    /// # Errors
    /// It does not answer.
    pub fn status(&self) -> Result<Report, LinkError> {
        let reply = self.ask(&Request::Status, None)?;
        // Checked, not only taken: what is not JSON must not make the daemon's own answer unreadable.
        Ok(Report { version: reply.version, details: serde_json::from_str(&reply.text).ok() })
    }

    /// Takes an image into force; gives the version then in force.
    ///
    /// # Errors
    /// It was not sent, refused, or not answered.
    pub fn push(&self, version: u64, image: &[u8]) -> Result<u64, LinkError> {
        let sealed = SealedImage::new(image, true).map_err(|e| LinkError::NotSent(e.to_string()))?;
        let request = Request::Push { version, length: sealed.length() };
        self.ask(&request, Some(sealed.as_fd())).map(|reply| reply.version)
    }

    /// Changes entries of lists of the policy in force; gives its version.
    ///
    /// # Errors
    /// It was not sent, refused, or not answered.
    pub fn change_lists(&self, version: u64, changes: &[u8]) -> Result<u64, LinkError> {
        let sealed = SealedImage::new(changes, false).map_err(|e| LinkError::NotSent(e.to_string()))?;
        let request = Request::Changes { version, length: sealed.length() };
        self.ask(&request, Some(sealed.as_fd())).map(|reply| reply.version)
    }

    /// Takes the policy before the present one back into force; gives the version then in force.
    ///
    /// # Errors
    /// It was not sent, refused, or not answered.
    pub fn rollback(&self) -> Result<u64, LinkError> {
        self.ask(&Request::Rollback, None).map(|reply| reply.version)
    }

    /// Begins a trace, told by a socket until its other end is closed.
    ///
    /// # Errors
    /// It was not sent, refused, or not answered.
    pub fn trace(&self, per_second: u32, to: OwnedFd) -> Result<(), LinkError> {
        self.ask(&Request::Trace { per_second }, Some(to.as_fd())).map(drop)
    }

    fn ask(&self, request: &Request, descriptor: Option<BorrowedFd<'_>>) -> Result<Reply, LinkError> {
        let connected = Client::connect(&self.socket, ANSWER_TIME_MAX);
        let mut client = connected.map_err(|e| LinkError::NotSent(format!("no dataplane answers ({e})")))?;
        let reply = client.ask(request, descriptor).map_err(|e| LinkError::NoAnswer(e.to_string()))?;
        match reply.code {
            Code::Done => Ok(reply),
            Code::Refused => Err(LinkError::Refused(reply.text)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dataplane_that_is_not_there_is_told_from_one_that_does_not_answer() {
        let dir = tempfile::tempdir().unwrap();
        let link = Link::new(dir.path().join("dataplane.sock"));
        let problem = Problem::from(link.status().unwrap_err());
        assert_eq!(problem.known_kind(), Some(Kind::DataplaneUnavailable));
        assert!(
            problem.detail.contains("dataplane.sock") && problem.detail.contains("nothing has changed"),
            "{problem}"
        );
        let problem = Problem::from(LinkError::NoAnswer("gone".into()));
        assert!(problem.detail.contains("the status will show"), "{problem}");
    }
}
