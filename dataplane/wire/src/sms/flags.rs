//! The bits of a TPDU's first octet. TS 23.040 §9.2.2, §9.2.3.1 to §9.2.3.7, §9.2.3.17, §9.2.3.23, §9.2.3.25 to §9.2.3.28.
//!
//! ```text
//!   bit              8     7      6      5 4      3      2 1
//!   SMS-DELIVER      RP    UDHI   SRI    - LP     MMS    MTI
//!   SMS-SUBMIT       RP    UDHI   SRR    VPF      RD     MTI
//!   STATUS-REPORT    -     UDHI   SRQ    - LP     MMS    MTI
//!   SMS-COMMAND      -     UDHI   SRR    - -      -      MTI
//! ```
//! A bit that the TPDU does not have is none.

use super::{Tpdu, TpduKind};

impl Tpdu<'_> {
    /// TP-MTI.
    #[inline]
    pub const fn mti(&self) -> u8 {
        self.first_octet & 3
    }

    /// TP-UDHI.
    #[inline]
    pub const fn udhi(&self) -> bool {
        self.first_octet & 0x40 != 0
    }

    #[inline]
    const fn bit_of(&self, mask: u8, has: bool) -> Option<bool> {
        if has { Some(self.first_octet & mask != 0) } else { None }
    }

    const fn is_to_phone(&self) -> bool {
        matches!(self.kind, TpduKind::Deliver | TpduKind::Reserved)
    }

    /// TP-MMS; set where *no* more messages wait. §9.2.3.2.
    #[inline]
    pub const fn mms(&self) -> Option<bool> {
        self.bit_of(0x04, self.is_to_phone() || matches!(self.kind, TpduKind::StatusReport))
    }

    /// TP-RP.
    #[inline]
    pub const fn rp(&self) -> Option<bool> {
        self.bit_of(0x80, self.is_to_phone() || matches!(self.kind, TpduKind::Submit))
    }

    /// TP-LP: nothing automatic may be sent in answer. §9.2.3.28.
    #[inline]
    pub const fn lp(&self) -> Option<bool> {
        self.bit_of(0x08, self.is_to_phone() || matches!(self.kind, TpduKind::StatusReport))
    }

    /// TP-SRQ: whether the report is on a command, not on a message. §9.2.3.26.
    #[inline]
    pub const fn srq(&self) -> Option<bool> {
        self.bit_of(0x20, matches!(self.kind, TpduKind::StatusReport))
    }

    /// TP-SRI.
    #[inline]
    pub const fn sri(&self) -> Option<bool> {
        self.bit_of(0x20, self.is_to_phone())
    }

    /// TP-SRR.
    #[inline]
    pub const fn srr(&self) -> Option<bool> {
        self.bit_of(0x20, matches!(self.kind, TpduKind::Submit | TpduKind::Command))
    }

    /// TP-RD.
    #[inline]
    pub const fn rd(&self) -> Option<bool> {
        self.bit_of(0x04, matches!(self.kind, TpduKind::Submit))
    }

    /// TP-VPF: 0 none, 1 enhanced, 2 relative, 3 absolute. §9.2.3.3.
    #[inline]
    pub const fn vpf(&self) -> Option<u8> {
        if matches!(self.kind, TpduKind::Submit) { Some(self.first_octet >> 3 & 3) } else { None }
    }
}
