//! The short message operations in all versions. TS 29.002 §12, §17.7.6.
//!
//! 84 and 85 mean the destination in the first place and the originator in the second. Versions 1 and 2 have the MSC
//! where version 3 has the network node, under the same tag.

use super::{Element, Holds, Shape, Slot, holds, shapes};

shapes! {
    sequence MT_FORWARD_SM_VGCS_ARG { 0x04 _, 0x82 OaMsisdn | 0x84 OaCentre | 0x85 OaNone, 0x04 Tpdu, 0x30 _ }
    sequence MT_FORWARD_SM_VGCS_RES { 0x80 Tpdu, 0xA1 _, 0x05 _, 0xA2 _, 0xA3 _ }
    sequence CORRELATION_ID { 0x80 CorrelationHlr, 0x81 SipUriA, 0x82 SipUriB }
    sequence MT_FORWARD_SM_ARG {
        0x80 DaImsi | 0x81 DaLmsi | 0x84 DaCentre | 0x85 DaNone | 0x83 DaRoaming,
        0x82 OaMsisdn | 0x84 OaCentre | 0x85 OaNone, 0x04 Tpdu, 0x05 MoreMessages, 0x30 _,
        0x02 DeliveryTimer, 0x04 _, 0x80 OverIpOnly, 0xA1 [CORRELATION_ID], 0x82 RetransmitUntil, 0x83 SmsGmsc, 0xA4 _
    }
    sequence MT_FORWARD_SM_RES { 0x04 Tpdu, 0x30 _ }
    sequence SEND_ROUTING_INFO_FOR_SM_ARG {
        0x80 Msisdn, 0x81 Priority, 0x82 ServiceCentre, 0x83 _, 0x85 _, 0xA6 _, 0x87 GprsSupport, 0x88 Mti, 0x89 Smea,
        0x8A NotIntended, 0x8B _, 0x8C Imsi, 0x8E _, 0x8D SingleAttempt, 0xAF [CORRELATION_ID], 0x90 _
    }
    sequence ADDITIONAL_NUMBER { 0x80 AdditionalMsc | 0x81 AdditionalSgsn }
    sequence LOCATION_INFO_WITH_LMSI {
        0x81 NetworkNode | 0x80 RoamingNumber, 0x04 Lmsi, 0x30 _, 0x85 GprsNode, 0xA6 [ADDITIONAL_NUMBER], 0xA7 _,
        0xA8 _, 0xA9 _, 0xAA _, 0x8B ImsNode, 0x8C _, 0xAD _, 0x8E _, 0xAF _, 0x90 _, 0x91 _
    }
    sequence SEND_ROUTING_INFO_FOR_SM_RES {
        0x04 Imsi, 0xA0 [LOCATION_INFO_WITH_LMSI], 0x82 WaitingSet, 0xA4 _, 0xA5 _
    }
    sequence MO_FORWARD_SM_ARG {
        0x80 DaImsi | 0x81 DaLmsi | 0x84 DaCentre | 0x85 DaNone | 0x83 DaRoaming,
        0x82 OaMsisdn | 0x84 OaCentre | 0x85 OaNone, 0x04 Tpdu, 0x05 MoreMessages, 0x30 _, 0x04 Imsi,
        0xA0 [CORRELATION_ID], 0x81 Outcome
    }
    sequence MO_FORWARD_SM_RES { 0x04 Tpdu, 0x30 _ }
    sequence REPORT_SM_DELIVERY_STATUS_ARG {
        0x04 Msisdn, 0x04 ServiceCentre, 0x0A Outcome, 0x80 AbsentDiagnostic, 0xA1 _, 0x82 GprsSupport, 0x83 _,
        0x84 _, 0x85 _, 0x86 _, 0x87 _, 0x88 _, 0x89 Imsi, 0x8A SingleAttempt, 0xAB [CORRELATION_ID], 0x8C _, 0x8D _,
        0x8E _, 0x8F _, 0x90 _, 0x91 _
    }
    sequence REPORT_SM_DELIVERY_STATUS_RES { 0x04 StoredMsisdn, 0x30 _ }
    sequence INFORM_SERVICE_CENTRE_ARG {
        0x04 StoredMsisdn, 0x03 WaitingStatus, 0x30 _, 0x02 AbsentDiagnostic, 0x80 _, 0x81 _, 0x82 _
    }
    sequence ALERT_SERVICE_CENTRE_ARG {
        0x04 Msisdn, 0x04 ServiceCentre, 0x04 Imsi, 0x30 [CORRELATION_ID], 0x80 _, 0x81 _, 0xA2 _, 0x83 Sgsn, 0xA4 _,
        0x85 _, 0xA6 _, 0x87 Msc
    }
    sequence READY_FOR_SM_ARG { 0x80 Imsi, 0x0A AlertReason, 0x05 _, 0x30 _, 0x81 _, 0x04 _ }
}
