//! Service subscriptions that send control of a call or a message to a gsmSCF. TS 29.002 §17.7.1, CAMEL.
//!
//! An insertSubscriberData with another gsmSCF diverts what the subscriber does: these addresses are watched.

use super::calls::FORWARDING_DATA;
use super::{Element, Holds, Shape, Slot, holds, shapes};

shapes! {
    sequence O_BCSM_CAMEL_TDP_DATA { 0x0A _, 0x02 _, 0x80 Gsmscf, 0x81 _, 0xA2 _ }
    list O_BCSM_CAMEL_TDP_DATA_LIST { 0x30 [O_BCSM_CAMEL_TDP_DATA] }
    sequence O_CSI { 0x30 [O_BCSM_CAMEL_TDP_DATA_LIST], 0x30 _, 0x80 _, 0x81 _, 0x82 _ }
    sequence DP_ANALYSED_INFO_CRITERIUM { 0x04 _, 0x02 _, 0x04 Gsmscf, 0x0A _, 0x30 _ }
    list DP_ANALYSED_INFO_CRITERIA_LIST { 0x30 [DP_ANALYSED_INFO_CRITERIUM] }
    sequence D_CSI { 0xA0 [DP_ANALYSED_INFO_CRITERIA_LIST], 0x81 _, 0xA2 _, 0x83 _, 0x84 _ }
    sequence T_BCSM_CAMEL_TDP_DATA { 0x0A _, 0x02 _, 0x80 Gsmscf, 0x81 _, 0xA2 _ }
    list T_BCSM_CAMEL_TDP_DATA_LIST { 0x30 [T_BCSM_CAMEL_TDP_DATA] }
    sequence T_CSI { 0x30 [T_BCSM_CAMEL_TDP_DATA_LIST], 0x30 _, 0x80 _, 0x81 _, 0x82 _ }
    sequence GPRS_CAMEL_TDP_DATA { 0x80 _, 0x81 _, 0x82 Gsmscf, 0x83 _, 0xA4 _ }
    list GPRS_CAMEL_TDP_DATA_LIST { 0x30 [GPRS_CAMEL_TDP_DATA] }
    sequence GPRS_CSI { 0xA0 [GPRS_CAMEL_TDP_DATA_LIST], 0x81 _, 0xA2 _, 0x83 _, 0x84 _ }
    sequence SMS_CAMEL_TDP_DATA { 0x80 _, 0x81 _, 0x82 Gsmscf, 0x83 _, 0xA4 _ }
    list SMS_CAMEL_TDP_DATA_LIST { 0x30 [SMS_CAMEL_TDP_DATA] }
    sequence SMS_CSI { 0xA0 [SMS_CAMEL_TDP_DATA_LIST], 0x81 _, 0xA2 _, 0x83 _, 0x84 _ }
    sequence SS_CAMEL_DATA { 0x30 _, 0x04 Gsmscf, 0xA0 _ }
    sequence SS_CSI { 0x30 [SS_CAMEL_DATA], 0x30 _, 0x80 _, 0x81 _ }
    sequence M_CSI { 0x30 _, 0x02 _, 0x80 Gsmscf, 0xA1 _, 0x82 _, 0x83 _ }
    sequence MG_CSI { 0x30 _, 0x02 _, 0x80 Gsmscf, 0xA1 _, 0x82 _, 0x83 _ }
    sequence CAMEL_SUBSCRIPTION_INFO {
        0xA0 [O_CSI], 0xA1 _, 0xA2 [D_CSI], 0xA3 [T_CSI], 0xA4 _, 0xA5 [T_CSI], 0xA6 _, 0x87 _, 0x88 _,
        0xA9 [GPRS_CSI], 0xAA [SMS_CSI], 0xAB [SS_CSI], 0xAC [M_CSI], 0xAD _, 0x8E _, 0xAF [SMS_CSI], 0xB0 _,
        0xB1 [MG_CSI], 0xB2 [O_CSI], 0xB3 _, 0xB4 [D_CSI], 0xB5 [T_CSI], 0xB6 _
    }
    sequence VLR_CAMEL_SUBSCRIPTION_INFO {
        0xA0 [O_CSI], 0xA1 _, 0xA2 [SS_CSI], 0xA4 _, 0x83 _, 0xA5 [M_CSI], 0xA6 [SMS_CSI], 0xA7 [T_CSI], 0xA8 _,
        0xA9 [D_CSI], 0xAA [SMS_CSI], 0xAB _
    }
    sequence SGSN_CAMEL_SUBSCRIPTION_INFO {
        0xA0 [GPRS_CSI], 0xA1 [SMS_CSI], 0xA2 _, 0xA3 [SMS_CSI], 0xA4 _, 0xA5 [MG_CSI]
    }
    sequence GMSC_CAMEL_SUBSCRIPTION_INFO { 0xA0 [T_CSI], 0xA1 [O_CSI], 0xA2 _, 0xA3 _, 0xA4 _, 0xA5 [D_CSI] }
    sequence CAMEL_ROUTING_INFO { 0x30 [FORWARDING_DATA], 0xA0 [GMSC_CAMEL_SUBSCRIPTION_INFO], 0xA1 _ }
}
