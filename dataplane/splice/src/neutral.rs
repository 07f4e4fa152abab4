//! A message that its receiver must silently ignore, in the place of one that is refused.
//!
//! It is the Abort of a transaction that the receiver does not have: Q.774 §3.3 has it discarded without an answer. The
//! SCCP message around it keeps its addresses and way, so it goes where the refused one would have gone; it is not to
//! come back where it cannot be delivered.

use sluice_wire::Error;
use sluice_wire::sccp::Connectionless;

/// Octets of the TCAP message.
pub const TCAP_OCTETS: usize = 11;
/// Message handling of a protocol class (Q.713 §3.6): return on error.
const RETURN: u8 = 0xF0;

/// P-Abort (Q.773 §3.1) with the cause *resource limitation*, for a transaction id of the destination.
pub const fn neutral_tcap(transaction: u32) -> [u8; TCAP_OCTETS] {
    let [a, b, c, d] = transaction.to_be_bytes();
    [0x67, 9, 0x49, 4, a, b, c, d, 0x4A, 1, 4]
}

/// Writes an SCCP message like this one, but with other data, to the start of `out`; says how long it is.
///
/// # Errors
/// As [`Connectionless::emit`].
pub fn neutral_sccp(message: &Connectionless<'_>, tcap: &[u8], out: &mut [u8]) -> Result<usize, Error> {
    let class_or_cause = message.class_or_cause & !RETURN;
    Connectionless { class_or_cause, data: tcap, ..*message }.emit(out)
}
