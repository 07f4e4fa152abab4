//! Messages in an association: whether their payload protocol, their management, their point code and their number are
//! allowed. None is dropped; what is refused is to be neutralised (`NEUTRAL_MANAGEMENT`, or an Abort of no transaction).
//!
//! RFC 4666 §3.5 to §3.8, and RFC 3868, whose management has the same numbers. Only what comes from outside is screened here,
//! but for the payload protocol. Management of M2UA and M2PA is not looked into.

use super::bucket::{Bucket, Limit};
use super::directions::direction_of;
use super::reason::Reason;
use super::settings::Role;
use super::{PartnerRules, Screen, Seen, Side};
use sluice_wire::m3ua::{Class, Message, MessageKind, Parameter, Tag};
use sluice_wire::mtp3::PointCode;
use sluice_wire::sctp::Ppid;
use sluice_wire::tcap;

/// What becomes of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DataVerdict {
    /// It goes on.
    Pass,
    /// It is made one that does nothing, for this reason.
    Neutralise(Reason),
}

/// What a message is, for the rates.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MessageClass {
    /// Management of the adaptation layer, of MTP or SCCP, and whatever cannot be neutralised: never shed.
    Management,
    /// What continues or ends a dialogue: never shed, so that no dialogue stays open.
    Answer,
    /// A request of the short message service.
    ShortMessage,
    /// Any other request.
    Other,
}

impl MessageClass {
    /// The class of a TCAP message. A request is a Begin: its dialogue ends nowhere if it is shed.
    pub const fn of_tcap(kind: tcap::MessageKind, is_short_message: bool) -> Self {
        match kind {
            tcap::MessageKind::Begin if is_short_message => Self::ShortMessage,
            tcap::MessageKind::Begin => Self::Other,
            _ => Self::Answer,
        }
    }

    const fn may_be_shed(self) -> bool {
        matches!(self, Self::ShortMessage | Self::Other)
    }
}

impl Screen {
    /// Looks at a user message of SCTP, whole: at its payload protocol and, in M3UA and SUA, at its management.
    #[inline]
    pub fn user_message(&mut self, seen: &Seen<'_>, ppid: Ppid, octets: &[u8]) -> DataVerdict {
        let is_allowed = self.rules.ppids.has(ppid.0);
        let is_managed = matches!(ppid, Ppid::M3UA | Ppid::SUA) && octets.get(2) != Some(&Class::Transfer.number());
        if is_allowed && !is_managed {
            return DataVerdict::Pass;
        }
        let result = self.must(is_allowed, Reason::Ppid);
        let result = result.and_then(|()| if is_managed { self.management(seen, octets) } else { Ok(()) });
        self.neutralised(result)
    }

    /// Looks at the label of a message, whatever adaptation layer it came by.
    #[inline]
    pub fn label(&mut self, seen: &Seen<'_>, opc: PointCode, routing_context: Option<u32>) -> DataVerdict {
        let partner = self.partner_outside(seen);
        let Some(partner) = partner.and_then(|partner| self.rules.partners.get(partner)) else {
            return DataVerdict::Pass;
        };
        let is_own = partner.point_codes.has(opc.0);
        let is_context_own = routing_context.is_none_or(|context| partner.routing_contexts.has(context));
        if is_own && is_context_own {
            return DataVerdict::Pass;
        }
        let result = self.must(is_own, Reason::PointCode);
        let result = result.and_then(|()| self.must(is_context_own, Reason::RoutingContext));
        self.neutralised(result)
    }

    /// Counts a message against the rates of its association and its partner. Of a message that is sent again only the first
    /// is to be counted.
    #[inline]
    pub fn charge(&mut self, seen: &Seen<'_>, class: MessageClass, now_ns: u64) -> DataVerdict {
        if seen.side == Side::Inside || !self.rules.has_rates {
            return DataVerdict::Pass;
        }
        let result = self.charged(seen, class, now_ns);
        self.neutralised(result)
    }

    /// Both rates have room, or neither is used up.
    fn charged(&mut self, seen: &Seen<'_>, class: MessageClass, now_ns: u64) -> Result<(), Reason> {
        let (key, partner) = (direction_of(seen), self.partner_outside(seen));
        let own = self.rules.messages_of_association;
        let theirs = partner.and_then(|partner| self.rules.partners.get(partner)?.messages);
        if class.may_be_shed() {
            let spares = class == self.rules.shed_first;
            let fits = has_room(own, self.directions.messages(key).copied(), spares, now_ns);
            self.must(fits, Reason::AssociationRate)?;
            let bucket = partner.and_then(|partner| self.partners.get(partner));
            self.must(has_room(theirs, bucket.copied(), spares, now_ns), Reason::PartnerRate)?;
        }
        if let Some((own, bucket)) = own.zip(self.directions.messages(key)) {
            bucket.put(own, now_ns);
        }
        if let Some((theirs, bucket)) = theirs.zip(partner.and_then(|partner| self.partners.get_mut(partner))) {
            bucket.put(theirs, now_ns);
        }
        Ok(())
    }

    #[cold]
    fn management(&mut self, seen: &Seen<'_>, octets: &[u8]) -> Result<(), Reason> {
        // What is no message the peer refuses itself (RFC 4666 §3.8.1).
        let Ok(message) = Message::parse(octets) else { return Ok(()) };
        let partner = self.partner_outside(seen);
        let Some(partner) = partner.and_then(|partner| self.rules.partners.get(partner)) else { return Ok(()) };
        let found = Findings::of(partner, &message);
        self.must(found.is_role_right, Reason::Role)?;
        self.must(found.is_identified, Reason::AspIdentifier)?;
        self.must(found.are_contexts_own, Reason::RoutingContext)?;
        self.must(found.is_mode_allowed, Reason::TrafficMode)?;
        self.must(found.may_register, Reason::Registration)
    }

    /// The number of the partner that sent a packet, looked up once for all messages of its address in a row.
    #[inline]
    fn partner_outside(&mut self, seen: &Seen<'_>) -> Option<usize> {
        if seen.side == Side::Inside || self.rules.partners.is_empty() {
            return None;
        }
        if self.last_partner.0 != seen.source {
            self.last_partner = (seen.source, self.rules.partner_of(seen.source));
        }
        self.last_partner.1
    }

    fn neutralised(&mut self, result: Result<(), Reason>) -> DataVerdict {
        match result {
            Ok(()) => DataVerdict::Pass,
            Err(reason) => {
                self.counts.neutralised += 1;
                DataVerdict::Neutralise(reason)
            }
        }
    }
}

fn has_room(limit: Option<Limit>, bucket: Option<Bucket>, spares: bool, now_ns: u64) -> bool {
    limit.zip(bucket).is_none_or(|(limit, bucket)| bucket.has_room(limit, spares, now_ns))
}

/// What a management message shows.
struct Findings {
    is_role_right: bool,
    is_identified: bool,
    are_contexts_own: bool,
    is_mode_allowed: bool,
    may_register: bool,
}

impl Findings {
    fn of(partner: &PartnerRules, message: &Message<'_>) -> Self {
        let kind = message.kind();
        let asks = matches!(kind, MessageKind::AspActive | MessageKind::AspInactive);
        let registers = matches!(kind, MessageKind::RegistrationRequest | MessageKind::DeregistrationRequest);
        let identifier = word_of(message, Tag::AspIdentifier);
        let mode = word_of(message, Tag::TrafficMode);
        Self {
            is_role_right: may_send(partner.role, kind),
            is_identified: kind != MessageKind::AspUp || partner.is_identified_by(identifier),
            // Without a context those count that the gateway has for this process (RFC 4666 §3.7.1).
            are_contexts_own: !asks || contexts_of(message).all(|context| partner.routing_contexts.has(context)),
            is_mode_allowed: !asks || mode.is_none_or(|mode| partner.traffic_modes.has(mode)),
            may_register: !registers || partner.may_register,
        }
    }
}

impl PartnerRules {
    fn is_identified_by(&self, identifier: Option<u32>) -> bool {
        identifier.map_or(self.asp_identifiers.is_empty(), |identifier| self.asp_identifiers.has(identifier))
    }
}

/// Who sends what (RFC 4666 §1.4.2, §3.4 to §3.8). What has no name there anybody may send: the peer refuses it.
const fn may_send(role: Role, kind: MessageKind) -> bool {
    let is_of_asp = matches!(
        kind,
        MessageKind::AspUp
            | MessageKind::AspDown
            | MessageKind::AspActive
            | MessageKind::AspInactive
            | MessageKind::Daud
            | MessageKind::RegistrationRequest
            | MessageKind::DeregistrationRequest
    );
    let is_of_gateway = matches!(
        kind,
        MessageKind::AspUpAck
            | MessageKind::AspDownAck
            | MessageKind::AspActiveAck
            | MessageKind::AspInactiveAck
            | MessageKind::Notify
            | MessageKind::Duna
            | MessageKind::Dava
            | MessageKind::Dupu
            | MessageKind::Drst
            | MessageKind::RegistrationResponse
            | MessageKind::DeregistrationResponse
    );
    match role {
        Role::Any => true,
        Role::Asp => !is_of_gateway,
        Role::Gateway => !is_of_asp,
    }
}

/// The first parameter of this tag; one of another length than four octets is as none.
fn word_of(message: &Message<'_>, tag: Tag) -> Option<u32> {
    parameters_of(message, tag).next()?.word().ok()
}

/// Every routing context, wherever it stands (RFC 4666 §3.2: any number in one parameter).
fn contexts_of<'a>(message: &Message<'a>) -> impl Iterator<Item = u32> + use<'a> {
    parameters_of(message, Tag::RoutingContext)
        .flat_map(|parameter| parameter.value.as_chunks::<4>().0.iter().map(|octets| u32::from_be_bytes(*octets)))
}

fn parameters_of<'a>(message: &Message<'a>, tag: Tag) -> impl Iterator<Item = Parameter<'a>> + use<'a> {
    message.parameters().map_while(Result::ok).filter(move |parameter| parameter.tag() == tag)
}

/// Stands in the place of a refused management message of M3UA or SUA: an error message, which nobody answers
/// (RFC 4666 §3.8.1), and which says that management refuses it.
pub const NEUTRAL_MANAGEMENT: [u8; 16] = [1, 0, 0, 0, 0, 0, 0, 16, 0, 0x0c, 0, 8, 0, 0, 0, 0x0d];
