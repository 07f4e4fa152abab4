//! mo-ForwardSM, mt-ForwardSM, forwardSM: the operations that carry a short message. TS 29.002 §12.2, §12.9, §17.7.6.
//!
//! ```text
//!   30  80 | 81 | 84 | 85  SM-RP-DA      82 | 84 | 85  SM-RP-OA      04  SM-RP-UI, the TPDU
//!       05  more messages to send        04  IMSI (46, version 3)    02 30 80-83 … skipped
//!   result   30 { 04 SM-RP-UI }, or in old versions nothing
//! ```
//! 84 and 85 mean the destination in the first place and the originator in the second.

use super::{ApplicationContext, Operation, SmRpDa, SmRpOa, address, party, put};
use crate::ber::{Form, Tag, Tlv, ordinary, ordinary_of};
use crate::sms::Direction;

/// A request that carries a short message, as practically every stack sends it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ForwardSm<'a> {
    /// To whom it goes.
    pub sm_rp_da: SmRpDa<'a>,
    /// From whom it comes.
    pub sm_rp_oa: SmRpOa<'a>,
    /// The TPDU.
    pub sm_rp_ui: &'a [u8],
    /// The subscriber's IMSI beside it; 46 in version 3.
    pub imsi: Option<&'a [u8]>,
    /// Another message follows in the dialogue.
    pub more_messages: bool,
}

impl<'a> ForwardSm<'a> {
    /// Reads destination, originator and TPDU in their order, and what may follow them, each in the shortest form and
    /// without anything amiss. None for anything else, which [`Subject`](super::Subject) can still read, and for a
    /// group call.
    #[inline(always)]
    pub fn ordinary(operation: Option<Operation>, parameter: Option<Tlv<'a>>) -> Option<Self> {
        let mut rest = match (operation?, parameter?) {
            (
                Operation::MT_FORWARD_SM | Operation::MO_FORWARD_SM,
                Tlv { tag: Tag::SEQUENCE, value, form: Form::ORDINARY, .. },
            ) => value,
            _ => return None,
        };
        let sm_rp_da = SmRpDa::of(take(&mut rest)?)?;
        let sm_rp_oa = SmRpOa::of(take(&mut rest)?)?;
        let (tpdu, mut rest) = ordinary_of(Tag::OCTET_STRING.0 as u8, rest)?;
        let sm_rp_ui = tpdu.value;
        let (mut imsi, mut more_messages) = (None, false);
        if !rest.is_empty() {
            match (take(&mut rest)?, operation?) {
                (Tlv { tag: Tag::NULL, .. }, _) => more_messages = true,
                (Tlv { tag: Tag::OCTET_STRING, value, .. }, Operation::MO_FORWARD_SM) => imsi = Some(value),
                _ => return None,
            }
        }
        let request = Self { sm_rp_da, sm_rp_oa, sm_rp_ui, imsi, more_messages };
        if rest.is_empty() && request.is_plain(operation?) { Some(request) } else { None }
    }

    /// Whether [`Subject`](super::Subject) would note nothing.
    #[inline(always)]
    fn is_plain(&self, operation: Operation) -> bool {
        let parties = match (self.sm_rp_da, self.sm_rp_oa) {
            (SmRpDa::Imsi(imsi), SmRpOa::ServiceCentre(centre)) => {
                address::is_plain_imsi(imsi) && address::is_plain_address(centre, address::ADDRESS_OCTETS_MAX)
            }
            (SmRpDa::ServiceCentre(centre), SmRpOa::Msisdn(msisdn)) if operation == Operation::MO_FORWARD_SM => {
                address::is_plain_address(centre, address::ADDRESS_OCTETS_MAX)
                    && address::is_plain_address(msisdn, address::ISDN_ADDRESS_OCTETS_MAX)
            }
            (destination, originator) => are_plain(operation, destination, originator),
        };
        parties
            && self.imsi.is_none_or(address::is_plain_imsi)
            && (1..=put::TPDU_OCTETS_MAX).contains(&self.sm_rp_ui.len())
    }
}

/// Whether nothing is wrong with two parties, neither with each nor with both together.
#[inline(never)]
fn are_plain(operation: Operation, destination: SmRpDa<'_>, originator: SmRpOa<'_>) -> bool {
    let kinds = match (destination, originator) {
        (SmRpDa::ServiceCentre(_), _) | (_, SmRpOa::Msisdn(_)) if operation == Operation::MT_FORWARD_SM => false,
        _ => party::go_together(destination, originator),
    };
    kinds && destination.deviations().is_empty() && originator.deviations().is_empty()
}

#[inline(always)]
fn take<'a>(rest: &mut &'a [u8]) -> Option<Tlv<'a>> {
    let (tlv, after) = ordinary(rest)?;
    *rest = after;
    Some(tlv)
}

/// Which way the TPDU of a request goes: what the application context says, then what the addresses say, and the
/// operation only where neither does and only if it has one way. Code 46 and the context of version 1 carry both ways.
#[inline]
pub fn tpdu_direction(
    context: Option<ApplicationContext>,
    operation: Option<Operation>,
    (sm_rp_da, sm_rp_oa): (Option<SmRpDa<'_>>, Option<SmRpOa<'_>>),
) -> Option<Direction> {
    match context {
        Some(ApplicationContext {
            context: ApplicationContext::SHORT_MSG_MT_RELAY | ApplicationContext::SHORT_MSG_MT_RELAY_VGCS,
            ..
        }) => return Some(Direction::FromSc),
        Some(ApplicationContext { context: ApplicationContext::SHORT_MSG_MO_RELAY, version: 2.. }) => {
            return Some(Direction::ToSc);
        }
        _ => {}
    }
    match (sm_rp_da, sm_rp_oa, operation) {
        (Some(SmRpDa::Imsi(_) | SmRpDa::Lmsi(_) | SmRpDa::RoamingNumber(_)), ..) => Some(Direction::FromSc),
        (Some(SmRpDa::ServiceCentre(_)), ..) => Some(Direction::ToSc),
        (_, Some(SmRpOa::ServiceCentre(_)), _) => Some(Direction::FromSc),
        (_, Some(SmRpOa::Msisdn(_)), _) => Some(Direction::ToSc),
        (.., Some(Operation::MT_FORWARD_SM | Operation::MT_FORWARD_SM_VGCS)) => Some(Direction::FromSc),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{argument_of, assert_every_truncation_shows, result_of};
    use super::*;
    use crate::ber::Reader;
    use crate::sms::tests::octets;

    const MT: &str = "302d800800010100103246f68407919989010300400416040d91998951000000f100006210203040504002e8340500";
    const MO: &str =
        "30348407919979000300108207919979508974780416040d91998951000000f100006210203040504002e834040800010100103246f6";

    #[test]
    fn reads_mt_forward_sm() {
        let octets = octets(MT);
        let argument = argument_of(Operation::MT_FORWARD_SM, &octets);
        assert!(matches!(argument.sm_rp_da, Some(SmRpDa::Imsi([0x00, 0x01, 0x01, ..]))));
        assert_eq!(argument.sm_rp_oa.unwrap().choice(), "serviceCentreAddressOA");
        assert_eq!(argument.sm_rp_oa.unwrap().address().unwrap().digits().as_str(), "999810300004");
        assert_eq!(argument.sm_rp_ui.map(<[u8]>::len), Some(22));
        assert_eq!((argument.any_imsi().is_some(), argument.imsi, argument.more_messages), (true, None, true));
        assert_eq!(argument.fault, None);
    }

    #[test]
    fn reads_the_short_and_the_long_way_alike() {
        let no_addresses = "300985008500040105 0500".replace(' ', "");
        for (operation, sent) in
            [(Operation::MT_FORWARD_SM, MT), (Operation::MO_FORWARD_SM, MO), (Operation::MO_FORWARD_SM, &no_addresses)]
        {
            let octets = octets(sent);
            let parameter = Reader::new(&octets).next().unwrap();
            let short = ForwardSm::ordinary(Some(operation), parameter).expect("ordinary");
            let long = argument_of(operation, &octets);
            assert_eq!((Some(short.sm_rp_da), Some(short.sm_rp_oa)), long.parties());
            assert_eq!((Some(short.sm_rp_ui), short.imsi), (long.sm_rp_ui, long.imsi));
            assert_eq!((short.more_messages, None), (long.more_messages, long.fault));
            assert_eq!(ForwardSm::ordinary(Some(Operation::MT_FORWARD_SM_VGCS), parameter), None);
        }
    }

    #[test]
    fn reads_mo_forward_sm_and_its_imsi() {
        let octets = octets(MO);
        let argument = argument_of(Operation::MO_FORWARD_SM, &octets);
        assert_eq!(argument.sm_rp_da.unwrap().choice(), "serviceCentreAddressDA");
        assert_eq!(argument.any_msisdn().unwrap().digits().as_str(), "999705984787");
        assert_eq!(argument.imsi, Some(&[0x00, 0x01, 0x01, 0x00, 0x10, 0x32, 0x46, 0xF6][..]));
        assert_eq!((argument.more_messages, argument.fault), (false, None));
    }

    #[test]
    fn the_short_way_refuses_all_the_long_way_notes() {
        let plain = ["80079999107032547698", "8407919979000300f1", "040105"];
        let mut seen = 0;
        for (place, other) in [
            (0, "8002999f"),
            (0, "80089999107032547698"),
            (0, "800599f9107032"),
            (0, "8103010203"),
            (0, "8400"),
            (0, "8407119979000300f1"),
            (1, "8407919979000300fa"),
            (1, "820791997900030010"),
            (1, "8400"),
            (2, "0400"),
        ] {
            let mut parts = plain;
            parts[place] = other;
            let inside = octets(&parts.concat());
            let sent = [&[0x30, inside.len() as u8], &inside[..]].concat();
            let parameter = Reader::new(&sent).next().unwrap();
            for operation in [Operation::MT_FORWARD_SM, Operation::MO_FORWARD_SM] {
                let noted = argument_of(operation, &sent).anomalies;
                assert_eq!(ForwardSm::ordinary(Some(operation), parameter).is_some(), noted.is_empty(), "{other}");
                seen += usize::from(!noted.is_empty());
            }
        }
        assert!(seen >= 18, "{seen}");
    }

    #[test]
    fn an_octet_string_after_the_tpdu_of_mt_forward_sm_is_no_imsi() {
        let octets = octets("300c85008500040100040401020304");
        assert_eq!(argument_of(Operation::MT_FORWARD_SM, &octets).imsi, None);
    }

    #[test]
    fn the_place_decides_what_no_address_means() {
        let octets = octets("300785008500040100");
        let argument = argument_of(Operation::MO_FORWARD_SM, &octets);
        assert_eq!((argument.sm_rp_da, argument.sm_rp_oa), (Some(SmRpDa::None), Some(SmRpOa::None)));
    }

    #[test]
    fn reads_a_group_call_after_its_call_reference() {
        let octets = octets("3010040411223344840391998904030405ff");
        let argument = argument_of(Operation::MT_FORWARD_SM_VGCS, &octets);
        assert_eq!((argument.sm_rp_da, argument.sm_rp_ui), (None, Some(&[4, 5, 255][..])));
        assert!(matches!(argument.sm_rp_oa, Some(SmRpOa::ServiceCentre(_))));
    }

    #[test]
    fn skips_elements_it_does_not_know() {
        let octets = octets("3011800100840191040155059f5a010130020500");
        let argument = argument_of(Operation::MT_FORWARD_SM, &octets);
        assert_eq!(argument.sm_rp_ui, Some(&[0x55][..]));
    }

    #[test]
    fn reads_results_of_all_versions() {
        for sent in ["300404020000", "04020000"] {
            let octets = octets(sent);
            assert_eq!(result_of(Operation::MT_FORWARD_SM, &octets).sm_rp_ui, Some(&[0, 0][..]));
        }
    }

    #[test]
    fn the_context_decides_the_direction_then_the_addresses_then_the_operation() {
        let context = |context, version| Some(ApplicationContext { context, version });
        let neither = (None, None);
        let (to_phone, from_phone) = ((Some(SmRpDa::Imsi(&[])), None), (None, Some(SmRpOa::Msisdn(&[]))));
        let (mo, mt) = (Some(Operation::MO_FORWARD_SM), Some(Operation::MT_FORWARD_SM));
        assert_eq!(tpdu_direction(context(25, 2), mo, from_phone), Some(Direction::FromSc));
        assert_eq!(tpdu_direction(context(21, 2), mo, to_phone), Some(Direction::ToSc));
        assert_eq!(tpdu_direction(context(21, 1), mo, to_phone), Some(Direction::FromSc));
        assert_eq!(tpdu_direction(None, mo, from_phone), Some(Direction::ToSc));
        assert_eq!(tpdu_direction(None, mo, neither), None, "46 is either way");
        assert_eq!(tpdu_direction(None, mt, neither), Some(Direction::FromSc));
    }

    #[test]
    fn shows_every_truncation() {
        assert_every_truncation_shows(Operation::MT_FORWARD_SM, MT);
        assert_every_truncation_shows(Operation::MO_FORWARD_SM, MO);
    }
}
