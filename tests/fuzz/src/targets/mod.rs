//! What is run on hostile input: one file for each target. Each asserts more than that nothing panics: the short way
//! agrees with the long one, what is written can be read, offsets are true, tables lose nothing uncounted.

pub mod adaptation;
pub mod frame;
pub mod link_ip;
pub mod map;
pub mod pieces;
pub mod sccp;
pub mod sctp;
pub mod sms;
pub mod source;
pub mod stream;
pub mod tcap;
pub mod tree;

/// What is run on an input.
pub type Target = fn(&[u8]);

/// Every target that needs nothing but its input, by name. `frame` needs a policy besides.
pub const ALL: [(&str, Target); 9] = [
    ("adaptation", adaptation::run),
    ("link_ip", link_ip::run),
    ("map", map::run),
    ("pieces", pieces::run),
    ("sccp", sccp::run),
    ("sctp", sctp::run),
    ("sms", sms::run),
    ("stream", stream::run),
    ("tcap", tcap::run),
];
