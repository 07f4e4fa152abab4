//! Puts values into the view, and notes what is wrong with them. TS 29.002 §17.7.6, §17.7.8.
//!
//! ```text
//!   slot     →  address | octets | number | flag   one place each
//!   limits      IMSI 3-8, AddressString 20, ISDN-AddressString 9, LMSI and TMSI 4, IMEI 8, SM-RP-UI 1-200 octets
//! ```
//! A second value for a place is not taken.

use super::shape::Slot;
use super::{AdditionalNumber, AddressString, SmRpDa, SmRpOa, Subject, address};
use crate::ber::integer;
use crate::digits::is_decimal;
use crate::{Anomalies, Anomaly};

impl<'a> Subject<'a> {
    /// Takes the value of a slot.
    #[inline]
    pub(super) fn put(&mut self, slot: Slot, value: &'a [u8]) {
        match slot {
            Slot::DaImsi => self.destination(SmRpDa::Imsi(value)),
            Slot::DaLmsi => self.destination(SmRpDa::Lmsi(value)),
            Slot::DaRoaming => self.destination(SmRpDa::RoamingNumber(value)),
            Slot::DaCentre => self.destination(SmRpDa::ServiceCentre(value)),
            Slot::DaNone => self.destination(SmRpDa::None),
            Slot::OaMsisdn => self.originator(SmRpOa::Msisdn(value)),
            Slot::OaCentre => self.originator(SmRpOa::ServiceCentre(value)),
            Slot::OaNone => self.originator(SmRpOa::None),
            Slot::AdditionalMsc => self.additional(value, AdditionalNumber::Msc),
            Slot::AdditionalSgsn => self.additional(value, AdditionalNumber::Sgsn),
            Slot::UssdCoding => keep(&mut self.ussd_coding, value.first().copied()),
            _ => self.put_plain(slot, value),
        }
    }

    fn put_plain(&mut self, slot: Slot, value: &'a [u8]) {
        if let Some(place) = self.address(slot) {
            keep(place, AddressString::new(value));
            self.anomalies.add(address_deviations(slot, value));
        } else if let Some(place) = self.octets(slot) {
            keep(place, Some(value));
            self.anomalies.add(octets_deviations(slot, value));
        } else if let Some(place) = self.number(slot) {
            keep(place, integer(value));
        } else if let Some(place) = self.boolean(slot) {
            keep(place, integer(value).map(|flag| flag != 0));
        } else if let Some(place) = self.flag(slot) {
            *place = true;
        }
    }

    fn destination(&mut self, destination: SmRpDa<'a>) {
        keep(&mut self.sm_rp_da, Some(destination));
        self.anomalies.add(destination.deviations());
    }

    fn originator(&mut self, originator: SmRpOa<'a>) {
        keep(&mut self.sm_rp_oa, Some(originator));
        self.anomalies.add(originator.deviations());
    }

    fn additional(&mut self, value: &'a [u8], kind: impl Fn(AddressString<'a>) -> AdditionalNumber<'a>) {
        keep(&mut self.additional_number, AddressString::new(value).map(kind));
        self.anomalies.add(address_deviations(Slot::NetworkNode, value));
    }

    fn address(&mut self, slot: Slot) -> Option<&mut Option<AddressString<'a>>> {
        Some(match slot {
            Slot::Msisdn => &mut self.msisdn,
            Slot::StoredMsisdn => &mut self.stored_msisdn,
            Slot::ServiceCentre => &mut self.service_centre,
            Slot::NetworkNode => &mut self.network_node,
            Slot::Msc => &mut self.msc,
            Slot::Vlr => &mut self.vlr,
            Slot::Sgsn => &mut self.sgsn,
            Slot::Hlr => &mut self.hlr,
            Slot::Gsmscf => &mut self.gsmscf,
            Slot::Gmsc => &mut self.gmsc,
            Slot::Mlc => &mut self.mlc,
            Slot::RoamingNumber => &mut self.roaming_number,
            Slot::ForwardedTo => &mut self.forwarded_to,
            Slot::SmsGmsc => &mut self.sms_gmsc,
            _ => return None,
        })
    }

    fn octets(&mut self, slot: Slot) -> Option<&mut Option<&'a [u8]>> {
        Some(match slot {
            Slot::Tpdu => &mut self.sm_rp_ui,
            Slot::Imsi => &mut self.imsi,
            Slot::Lmsi => &mut self.lmsi,
            Slot::Imei => &mut self.imei,
            Slot::Tmsi => &mut self.tmsi,
            Slot::Smea => &mut self.sm_rp_smea,
            Slot::WaitingStatus => &mut self.mw_status,
            Slot::DiagnosticInfo => &mut self.diagnostic_info,
            Slot::RequestingPlmn => &mut self.requesting_plmn,
            Slot::CorrelationHlr => &mut self.correlation_hlr,
            Slot::SipUriA => &mut self.sip_uri_a,
            Slot::SipUriB => &mut self.sip_uri_b,
            Slot::RetransmitUntil => &mut self.retransmit_until,
            Slot::UssdString => &mut self.ussd_string,
            Slot::Cell => &mut self.location.cell,
            Slot::Area => &mut self.location.area,
            Slot::RoutingArea => &mut self.location.routing_area,
            Slot::EutranCell => &mut self.location.eutran_cell,
            Slot::TrackingArea => &mut self.location.tracking_area,
            Slot::LocationNumber => &mut self.location.number,
            Slot::Geographical => &mut self.location.geographical,
            _ => return None,
        })
    }

    fn number(&mut self, slot: Slot) -> Option<&mut Option<i64>> {
        Some(match slot {
            Slot::Age => &mut self.location.age_minutes,
            Slot::Outcome => &mut self.delivery_outcome,
            Slot::AbsentDiagnostic => &mut self.absent_diagnostic,
            Slot::Mti => &mut self.sm_rp_mti,
            Slot::NotIntended => &mut self.delivery_not_intended,
            Slot::AlertReason => &mut self.alert_reason,
            Slot::FailureCause => &mut self.sm_delivery_failure,
            Slot::Detail => &mut self.error_detail,
            Slot::RequestingNode => &mut self.requesting_node,
            Slot::DeliveryTimer => &mut self.delivery_timer_s,
            _ => return None,
        })
    }

    fn boolean(&mut self, slot: Slot) -> Option<&mut Option<bool>> {
        Some(match slot {
            Slot::Priority => &mut self.sm_rp_pri,
            Slot::WaitingSet => &mut self.mwd_set,
            _ => return None,
        })
    }

    fn flag(&mut self, slot: Slot) -> Option<&mut bool> {
        Some(match slot {
            Slot::MoreMessages => &mut self.more_messages,
            Slot::GprsSupport => &mut self.gprs_support,
            Slot::GprsNode => &mut self.gprs_node,
            Slot::ImsNode => &mut self.ims_node,
            Slot::SingleAttempt => &mut self.single_attempt,
            Slot::OverIpOnly => &mut self.over_ip_only,
            _ => return None,
        })
    }
}

#[inline]
fn keep<T>(place: &mut Option<T>, value: Option<T>) {
    if place.is_none() {
        *place = value;
    }
}

fn address_deviations(slot: Slot, value: &[u8]) -> Anomalies {
    let octets_max = match slot {
        Slot::ServiceCentre | Slot::ForwardedTo => address::ADDRESS_OCTETS_MAX,
        _ => address::ISDN_ADDRESS_OCTETS_MAX,
    };
    AddressString::new(value).map_or(Anomalies::of(Anomaly::MapLength), |address| address.deviations(octets_max))
}

fn octets_deviations(slot: Slot, value: &[u8]) -> Anomalies {
    let octets = match slot {
        Slot::Imsi => return address::imsi_deviations(value),
        Slot::Imei => return equipment_deviations(value),
        Slot::Tpdu | Slot::DiagnosticInfo => 1..=TPDU_OCTETS_MAX,
        Slot::Lmsi => 4..=4,
        Slot::Tmsi => 1..=4,
        Slot::Cell | Slot::EutranCell => 7..=7,
        Slot::Area => 5..=5,
        Slot::RoutingArea => 6..=6,
        Slot::TrackingArea => 5..=6,
        _ => return Anomalies::NONE,
    };
    if octets.contains(&value.len()) { Anomalies::NONE } else { Anomalies::of(Anomaly::MapLength) }
}

/// IMEI: 8 octets, 15 or 16 digits.
fn equipment_deviations(value: &[u8]) -> Anomalies {
    let mut found = Anomalies::NONE;
    found.note_if(value.len() != 8, Anomaly::MapLength);
    found.note_if(!is_decimal(value), Anomaly::MapDigits);
    found
}

/// SignalInfo of an SM-RP-UI, TS 29.002 §17.7.8 `maxSignalInfoLength`.
pub(super) const TPDU_OCTETS_MAX: usize = 200;
