//! Application contexts of MAP. TS 29.002 §17.3.2, §17.3.3.
//!
//! ```text
//!   04 00 00 01 00 ac version      0.4.0.0.1.0.ac.version
//! ```

/// Context and version, without the part all have in common.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ApplicationContext {
    /// Last arc but one.
    pub context: u8,
    /// Last arc.
    pub version: u8,
}

impl ApplicationContext {
    /// shortMsgGateway.
    pub const SHORT_MSG_GATEWAY: u8 = 20;
    /// shortMsgMO-Relay; in version 1 shortMsgRelay, either way.
    pub const SHORT_MSG_MO_RELAY: u8 = 21;
    /// shortMsgAlert.
    pub const SHORT_MSG_ALERT: u8 = 23;
    /// mwdMngt.
    pub const MWD_MNGT: u8 = 24;
    /// shortMsgMT-Relay.
    pub const SHORT_MSG_MT_RELAY: u8 = 25;
    /// shortMsgMT-Relay-VGCS.
    pub const SHORT_MSG_MT_RELAY_VGCS: u8 = 41;

    /// From the content octets of an object identifier; none where it is not one of MAP.
    #[inline]
    pub const fn from_oid(content: &[u8]) -> Option<Self> {
        let Some((&[a, b, c, d, e, context, version], [])) = content.split_first_chunk::<7>() else { return None };
        let map = u32::from_be_bytes([a, b, c, d]) == 0x0400_0001 && e == 0;
        if map && context < 0x80 && version < 0x80 { Some(Self { context, version }) } else { None }
    }

    /// Whether short messages, or news about them, are exchanged in it.
    #[inline]
    pub const fn is_sms(self) -> bool {
        matches!(self.context, 20 | 21 | 23 | 24 | 25 | 41)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_context_and_version() {
        let context = ApplicationContext::from_oid(&[4, 0, 0, 1, 0, 25, 3]).unwrap();
        assert_eq!((context.context, context.version), (ApplicationContext::SHORT_MSG_MT_RELAY, 3));
        assert!(context.is_sms());
    }

    #[test]
    fn refuses_what_is_no_context_of_map() {
        for oid in [
            &[4, 0, 0, 1, 0, 25][..],
            &[4, 0, 0, 1, 0, 25, 3, 1],
            &[4, 0, 0, 2, 0, 25, 3],
            &[4, 0, 0, 1, 0, 0x81, 3],
            &[],
        ] {
            assert_eq!(ApplicationContext::from_oid(oid), None);
        }
    }
}
