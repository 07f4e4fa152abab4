//! sendRoutingInfoForSM as practically every stack sends it, read without its table. TS 29.002 §12.1, §17.7.6.
//!
//! ```text
//!   argument  30  80 msisdn  81 priority  82 service centre  [87 gprs]  [88 SM-RP-MTI]  [8A not intended]  [8C imsi]
//!   result    30  04 imsi  A0 { 81 network node  [04 lmsi]  [85]  [A6 { 80 MSC | 81 SGSN }] }
//! ```
//! Half of all messages are one of these two. Anything else, or anything amiss, is left to the table.

use super::address::{ISDN_ADDRESS_OCTETS_MAX, is_plain_address, is_plain_imsi};
use super::{AdditionalNumber, AddressString, Subject, address};
use crate::ber::{Form, Tag, Tlv, integer, ordinary, ordinary_of};
use crate::tcap::ComponentKind;

/// Reads the parameter if it is an ordinary one. Says whether it is; if not, nothing was read.
#[inline]
pub(super) fn read<'a>(subject: &mut Subject<'a>, kind: ComponentKind, parameter: Tlv<'a>) -> bool {
    let Tlv { tag: Tag::SEQUENCE, value, form: Form::ORDINARY, .. } = parameter else { return false };
    let read = match kind {
        ComponentKind::Invoke => argument(subject, value),
        ComponentKind::ReturnResultLast => result(subject, value),
        _ => None,
    };
    read.is_some()
}

#[inline(always)]
fn argument<'a>(subject: &mut Subject<'a>, value: &'a [u8]) -> Option<()> {
    let (msisdn, after) = ordinary_of(0x80, value)?;
    let (priority, after) = ordinary_of(0x81, after)?;
    let (centre, mut rest) = ordinary_of(0x82, after)?;
    let priority = integer(priority.value)?;
    let (mut imsi, mut mti, mut not_intended, mut gprs_support) = (None, None, None, false);
    let mut last = 0x82;
    while !rest.is_empty() {
        let (tlv, after) = ordinary(rest)?;
        match tlv.tag.0 {
            tag if tag <= last => return None,
            0x87 => gprs_support = true,
            0x88 => mti = Some(integer(tlv.value)?),
            0x8A => not_intended = Some(integer(tlv.value)?),
            0x8C if is_plain_imsi(tlv.value) => imsi = Some(tlv.value),
            _ => return None,
        }
        (last, rest) = (tlv.tag.0, after);
    }
    if !is_plain_address(msisdn.value, ISDN_ADDRESS_OCTETS_MAX)
        || !is_plain_address(centre.value, address::ADDRESS_OCTETS_MAX)
    {
        return None;
    }
    subject.msisdn = AddressString::new(msisdn.value);
    subject.service_centre = AddressString::new(centre.value);
    subject.sm_rp_pri = Some(priority != 0);
    (subject.imsi, subject.sm_rp_mti, subject.delivery_not_intended) = (imsi, mti, not_intended);
    subject.gprs_support = gprs_support;
    Some(())
}

#[inline(always)]
fn result<'a>(subject: &mut Subject<'a>, value: &'a [u8]) -> Option<()> {
    let (imsi, after) = ordinary_of(0x04, value)?;
    let (location, []) = ordinary_of(0xA0, after)? else { return None };
    let (node, mut rest) = ordinary_of(0x81, location.value)?;
    let (mut lmsi, mut gprs_node, mut additional) = (None, false, None);
    if let Some((tlv, after)) = ordinary_of(0x04, rest) {
        (lmsi, rest) = (Some(tlv.value), after);
    }
    if let [0x85, 0, after @ ..] = rest {
        (gprs_node, rest) = (true, after);
    }
    if let Some((tlv, after)) = ordinary_of(0xA6, rest) {
        let (number, []) = ordinary(tlv.value)? else { return None };
        additional = Some(match number.tag.0 {
            0x80 => AdditionalNumber::Msc(plain(number.value)?),
            0x81 => AdditionalNumber::Sgsn(plain(number.value)?),
            _ => return None,
        });
        rest = after;
    }
    if !rest.is_empty() || !is_plain_imsi(imsi.value) || lmsi.is_some_and(|lmsi| lmsi.len() != 4) {
        return None;
    }
    subject.network_node = Some(plain(node.value)?);
    subject.imsi = Some(imsi.value);
    (subject.lmsi, subject.gprs_node, subject.additional_number) = (lmsi, gprs_node, additional);
    Some(())
}

#[inline(always)]
fn plain(octets: &[u8]) -> Option<AddressString<'_>> {
    if is_plain_address(octets, ISDN_ADDRESS_OCTETS_MAX) { AddressString::new(octets) } else { None }
}
