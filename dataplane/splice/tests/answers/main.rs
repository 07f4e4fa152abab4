//! What stands in the place of refused messages and of the refusals of their destinations: read again here, by tshark and
//! by the ASN.1 of the standards.

mod envelopes;
mod refusals;
mod results;
mod samples;
mod second_opinions;
mod told;
