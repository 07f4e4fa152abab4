//! What went wrong while setting up, in words an operator can act on. The packet path has no errors.

use core::ffi::CStr;
use core::fmt;

use sluice_dpdk_sys as sys;
use sluice_io::capture::CaptureError;

/// A problem and what it concerns: a port's name, a device, or the EAL.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    /// The port, device or part.
    pub subject: String,
    /// What is wrong with it.
    pub problem: Problem,
}

/// What can be wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Problem {
    /// The device string cannot be understood.
    BadDevice(&'static str),
    /// A value of the configuration that cannot be met; the text says why.
    BadValue(String),
    /// Something that must exist does not: what, and what to do.
    Missing {
        /// What is missing.
        what: String,
        /// What to do.
        advice: String,
    },
    /// A capture file that cannot be replayed.
    Capture(CaptureError),
    /// The EAL was initialised before; once per process is all DPDK can do.
    AlreadyInitialised,
    /// DPDK or the kernel refused a call.
    Refused {
        /// The call.
        call: &'static str,
        /// The error number, positive.
        errno: i32,
        /// What may help; may be empty.
        advice: &'static str,
    },
}

impl Error {
    pub(crate) fn new(subject: impl Into<String>, problem: Problem) -> Self {
        Self { subject: subject.into(), problem }
    }

    pub(crate) fn missing(subject: &str, what: String, advice: impl Into<String>) -> Self {
        Self::new(subject, Problem::Missing { what, advice: advice.into() })
    }

    pub(crate) fn bad_value(subject: &str, why: impl Into<String>) -> Self {
        Self::new(subject, Problem::BadValue(why.into()))
    }

    /// From the return value of a DPDK call: negative is a failure.
    pub(crate) fn check(subject: &str, call: &'static str, result: i32) -> Result<(), Self> {
        if result < 0 { Err(Self::refused(subject, call, -result, "")) } else { Ok(()) }
    }

    pub(crate) fn refused(subject: &str, call: &'static str, errno: i32, advice: &'static str) -> Self {
        Self::new(subject, Problem::Refused { call, errno, advice })
    }

    /// From the error number DPDK keeps per thread.
    pub(crate) fn last(subject: &str, call: &'static str, advice: &'static str) -> Self {
        // SAFETY: reads a thread-local variable.
        Self::refused(subject, call, unsafe { sys::sluice_errno() }, advice)
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.subject, self.problem)
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::BadDevice(why) => f.write_str(why),
            Self::BadValue(why) => f.write_str(why),
            Self::Missing { what, advice } => write!(f, "{what}; {advice}"),
            Self::Capture(error) => error.fmt(f),
            Self::AlreadyInitialised => f.write_str("DPDK can be initialised only once in a process"),
            Self::Refused { call, errno, advice } => {
                write!(f, "{call} was refused: {} (error {errno})", text(*errno))?;
                if advice.is_empty() { Ok(()) } else { write!(f, "; {advice}") }
            }
        }
    }
}

impl core::error::Error for Error {}

fn text(errno: i32) -> String {
    // SAFETY: returns a string of the calling thread, valid until its next call; it is copied at once.
    let text = unsafe { CStr::from_ptr(sys::rte_strerror(errno)) };
    text.to_string_lossy().into_owned()
}
