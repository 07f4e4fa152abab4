//! Who uses a dialogue, by its application context. TS 29.002 §17.3, TS 29.078 §5.6, ETS 300 374-1 §6.5, Q.1248.1.
//!
//! ```text
//!   0.4.0.0.1.0.x.v       MAP, but for x 50, 51 and 52: CAP of phases 1 and 2
//!   0.4.0.0.1.20-23.3.x   CAP of phases 3 and 4
//!   0.4.0.1.1…            INAP of ETSI: Core INAP CS-1 and the capability sets after it
//!   0.0.17.q…             INAP of ITU-T: Q.1218, Q.1228, Q.1238, Q.1248
//!   1.2.826.0.1249.51.1…  INAP of a vendor, capability set 1 plus, as seen in captures
//! ```
//! Reads subidentifiers with octets they do not need, as a peer may do so.

use super::oid::Subidentifiers;

/// Who uses a dialogue.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum User {
    /// Mobile application part.
    Map,
    /// CAMEL application part.
    Cap,
    /// Intelligent network application protocol.
    Inap,
    /// None of these.
    Other,
}

impl User {
    /// The name in counters.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Map => "map",
            Self::Cap => "cap",
            Self::Inap => "inap",
            Self::Other => "other",
        }
    }
}

/// Who uses a dialogue with this application context, given by the content octets of its object identifier.
pub fn user_of_context(content: &[u8]) -> User {
    let mut start = [u32::MAX; 6];
    for (slot, value) in start.iter_mut().zip(Subidentifiers(content)) {
        *slot = value;
    }
    match start {
        [4, 0, 0, 1, 0, 50..=52] | [4, 0, 0, 1, 20..=23, 3] => User::Cap,
        [4, 0, 0, 1, 0, _] => User::Map,
        [4, 0, 1, 1, ..] | [0, 17, 1218 | 1228 | 1238 | 1248, ..] | [42, 826, 0, 1249, 51, 1] => User::Inap,
        _ => User::Other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_the_users_by_the_arcs_their_specifications_give_them() {
        for (content, user) in [
            // TS 29.002 §17.3.3: shortMsgMT-Relay version 3, networkUnstructuredSs version 2.
            (&[4, 0, 0, 1, 0, 25, 3][..], User::Map),
            (&[4, 0, 0, 1, 0, 19, 2], User::Map),
            // GSM 09.78 §6: CAP-v1-gsmSSF-to-gsmSCF, assist of version 2, gsmSRF of version 2.
            (&[4, 0, 0, 1, 0, 50, 0], User::Cap),
            (&[4, 0, 0, 1, 0, 51, 1], User::Cap),
            (&[4, 0, 0, 1, 0, 52, 1], User::Cap),
            // TS 29.078 §5.6: gsmSRF and generic of phase 3, SMS of phase 3, generic and SMS of phase 4.
            (&[4, 0, 0, 1, 20, 3, 14], User::Cap),
            (&[4, 0, 0, 1, 21, 3, 4], User::Cap),
            (&[4, 0, 0, 1, 21, 3, 61], User::Cap),
            (&[4, 0, 0, 1, 22, 3, 14], User::Cap),
            (&[4, 0, 0, 1, 23, 3, 4], User::Cap),
            (&[4, 0, 0, 1, 23, 3, 61], User::Cap),
            // ETS 300 374-1 §6.5: cs1-ssp-to-scp; Q.1248.1: ssf-scfGenericAC.
            (&[4, 0, 1, 1, 1, 0, 0], User::Inap),
            (&[0, 17, 0x89, 0x60, 3, 4, 0], User::Inap),
            // Of the sample capture of M2PA with extended unitdata: in-network, capability set 1 plus.
            (&[0x2A, 0x86, 0x3A, 0x00, 0x89, 0x61, 0x33, 1, 1, 1, 0, 1], User::Inap),
            // 0.0.17.773.1.1.1 is no context at all.
            (&[0, 17, 0x86, 0x05, 1, 1, 1], User::Other),
            (&[4, 0, 0, 1, 24, 3, 4], User::Other),
            (&[4, 0, 0, 1], User::Other),
            (&[], User::Other),
        ] {
            assert_eq!(user_of_context(content), user, "{content:?}");
        }
    }

    #[test]
    fn is_not_misled_by_octets_a_subidentifier_does_not_need() {
        assert_eq!(user_of_context(&[4, 0, 0x80, 0, 1, 0x80, 0x80, 0, 0x80, 25, 3]).name(), "map");
        assert_eq!(user_of_context(&[4, 0, 0, 1, 0, 0x80, 50, 0]).name(), "cap");
    }
}
