//! What errors add to their code. TS 29.002 §17.6.6, §17.7.7.
//!
//! Most add at most one number, under one of a few tags.

use super::{Element, Holds, Shape, Slot, holds, shapes};

shapes! {
    sequence ABSENT_SUBSCRIBER_SM { 0x02 AbsentDiagnostic, 0x30 _, 0x80 _, 0x81 Imsi, 0x82 RetransmitUntil, 0x83 _ }
    sequence SM_DELIVERY_FAILURE { 0x0A FailureCause, 0x04 DiagnosticInfo, 0x30 _ }
    sequence SUBSCRIBER_BUSY_FOR_MT_SMS { 0x30 _, 0x05 _ }
    sequence FACILITY_NOT_SUPPORTED { 0x30 _, 0x80 _, 0x81 _ }
    sequence UNEXPECTED_DATA_VALUE { 0x30 _, 0x80 _ }
    sequence SS_INCOMPATIBILITY { 0x81 _, 0x82 _ | 0x83 _, 0x84 _ }
    sequence BUSY_SUBSCRIBER { 0x30 _, 0x80 _, 0x81 _ }
    sequence DETAIL { 0x0A Detail, 0x30 _, 0x0A Detail, 0x80 Detail, 0x81 _, 0x82 _ }
    sequence DIAGNOSTIC { 0x80 Detail, 0xA1 _ }
    sequence NO_DETAIL { 0x30 _ }
}
