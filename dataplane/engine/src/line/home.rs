//! Home routing in the line: what a message has to do with our number, and what becomes of it. TS 23.040, TR 23.840.
//!
//! ```text
//!  outwards   result of SRI-SM ───▶ the rules ───▶ an id in the IMSI's place, our number in the node's
//!  inwards    Begin to our number ▶ its id: whose? ▶ the rules ▶ true IMSI, on to the node     from now on
//!  outwards   what the node says ─▶ the rules ───▶ our number in the node's place              their dialogue goes
//!  inwards    what the originator says, to our number ───────────▶ on to the node              through here
//! ```
//! The rules see every message as it came. The label stays: who is called is what the network behind the wire routes by.
//! A dialogue that opens without the short message goes to the node that the number names it was sent to. Not handled: such
//! a one where our numbers name no nodes; addresses without a global title; a global title of the originator that is
//! translated on the way back.

mod dialogues;
mod errand;
mod settings;

pub use errand::{Errand, Goal, Redirected};
pub use settings::HomeRouting;

use super::plan::Of;
use super::reply::Party;
use crate::judge;
use crate::message::Lines;
use crate::operation;
use crate::parsed::Parsed;
use crate::way::{Carried, Way as Path};
use crate::{COMPONENTS_MAX, Side};
use dialogues::{Dialogues, Through};
use errand::{Id, NodeDigits, counter, digits, digits_of};
use sluice_abi::Action;
use sluice_abi::counters::{Count, Counter};
use sluice_splice::Way;
use sluice_splice::home::{Answer, Node, Nodes, Requester, Route, Routes, with_imsi};
use sluice_wire::map::{Operation, SmRpDa, Subject};
use sluice_wire::sccp::{Address, Ssn};
use sluice_wire::tcap::{Component, ComponentKind, MessageKind};

/// Longest TCAP message that is written.
const TCAP_OCTETS_MAX: usize = 4096;
const SGSN: Ssn = Ssn(149);
/// shortMsgMT-RelayContext without its version (TS 29.002 §17.3.2).
const MT_RELAY: [u8; 6] = [4, 0, 0, 1, 0, 25];

/// The ids that were given, and the dialogues that go through here.
pub struct Home {
    settings: HomeRouting,
    /// The tables of all cores; ours is at `settings.core`.
    tables: Vec<Routes>,
    nodes: Nodes,
    dialogues: Dialogues,
    /// Where a message is refused whose id is not good: any node of the home network does so.
    any_node: Option<NodeDigits>,
    given: u64,
}

impl Home {
    /// None where the settings cannot work: [`HomeRouting::check`] says why.
    pub fn new(settings: &HomeRouting, dialogues: usize, hash_key: u64) -> Option<Self> {
        let (tables, nodes, settings) = (settings.open()?, settings.open_nodes()?, settings.clone());
        let dialogues = Dialogues::new(dialogues, hash_key);
        Some(Self { settings, tables, nodes, dialogues, any_node: None, given: 0 })
    }

    /// What home routing has to do with a message.
    pub fn errand(&mut self, carried: &Carried<'_>, parsed: &Parsed<'_, '_>) -> Option<Errand> {
        let now_ns = carried.way.input.time_ns;
        if !matches!(carried.way.input.side, Side::Inside)
            && let Some(place) = self.settings.place(&carried.sccp.called)
        {
            return Some(self.inwards(carried, parsed, self.nodes.node_at(place), now_ns));
        }
        if parsed.message.kind == MessageKind::Begin {
            // Another dialogue of the same id.
            self.dialogues.forget(Party::sender(carried, parsed.message.otid));
            return None;
        }
        let originator = Party::receiver(carried, parsed.message.dtid)?;
        let digits = self.dialogues.find(&originator, now_ns)?.ours;
        Some(Errand { digits, goal: Goal::FromUs, id: None })
    }

    /// Of a message to one of our numbers, and the node that stands behind it.
    fn inwards(&self, carried: &Carried<'_>, parsed: &Parsed<'_, '_>, node: Option<[u8; 8]>, now_ns: u64) -> Errand {
        let message = parsed.message;
        let through = || {
            let known = Party::sender(carried, message.otid).and_then(|own| self.dialogues.find(&own, now_ns));
            known.or_else(|| self.dialogues.find_later(&Party::sender(carried, message.dtid)?, now_ns))
        };
        let known = if message.kind == MessageKind::Begin { None } else { through() };
        if let Some(id) = parsed.components.iter().find_map(id_of) {
            let found = self.redeem(id, carried, now_ns);
            let is_to_sgsn = carried.sccp.called.ssn() == Some(SGSN);
            let node = match &found {
                Ok(route) => digits_of(towards(route, node, is_to_sgsn).number),
                Err(_) => node.as_ref().and_then(|node| digits(node)).or(self.any_node),
            };
            let digits = known.map(|through| through.node).or(node).unwrap_or_default();
            return Errand { digits, goal: Goal::ToNode, id: Some(found) };
        }
        let opens = message.kind == MessageKind::Begin && opens_a_delivery(parsed);
        let node = node.as_ref().filter(|_| opens).and_then(|node| digits(node));
        let digits = known.map(|through| through.node).or(node).unwrap_or_default();
        Errand { digits, goal: Goal::ToNode, id: None }
    }

    fn redeem(&self, id: &[u8], carried: &Carried<'_>, now_ns: u64) -> Result<Route, Id> {
        let core = self.settings.numbering()?.core_of(id);
        let table = core.and_then(|core| self.tables.get(usize::from(core))).ok_or(Id::Unknown)?;
        let asker = self.requester(&carried.sccp.calling).ok_or(Id::Stolen)?;
        table.redeem(id, asker, now_ns)
    }

    /// Who asks, by the first digits of a global title.
    fn requester(&self, address: &Address<'_>) -> Option<Requester> {
        let digits = errand::title(address);
        let bound = digits.as_bytes().get(..self.settings.bind_digits.min(digits.len()))?;
        (!bound.is_empty()).then(|| Requester::of(self.settings.secret, &[], bound))
    }

    /// Whether a result that goes to this party is not for it to know.
    fn is_hidden(&self, requester: &Address<'_>, route: &Route) -> bool {
        let digits = errand::title(requester);
        self.settings.is_of_home(route.imsi())
            && !self.settings.except.iter().any(|prefix| digits.as_str().starts_with(prefix))
    }
}

/// What stood in the IMSI's place of a delivery; nothing where it names its receiver in another way.
fn id_of<'p>(component: &Component<'p>) -> Option<&'p [u8]> {
    let operation = component.operation.filter(|_| component.kind == ComponentKind::Invoke);
    let operation = operation.and_then(operation::number).map(Operation)?;
    if !operation.is_forward_sm() {
        return None;
    }
    match (Subject::parse(component, Some(operation)).sm_rp_da, operation) {
        (Some(SmRpDa::Imsi(id)), _) => Some(id),
        (Some(SmRpDa::None | SmRpDa::ServiceCentre(_)), _) | (_, Operation::MO_FORWARD_SM) => None,
        (_, _) => Some(&[]),
    }
}

/// The node of a route that a delivery is for: the one that our number named, else one of the kind that it went to.
fn towards(route: &Route, named: Option<[u8; 8]>, sgsn: bool) -> Node<'_> {
    let is_named = |node: &Node<'_>| {
        named.is_some_and(|named| digits_of(node.number).is_some_and(|own| Some(own) == digits(&named)))
    };
    [Some(route.node()), route.other()].into_iter().flatten().find(is_named).unwrap_or(route.towards(sgsn))
}

/// Whether a Begin opens a dialogue of deliveries and brings none yet: a message that is too long for both.
fn opens_a_delivery(parsed: &Parsed<'_, '_>) -> bool {
    parsed.components.is_empty() && parsed.context().is_some_and(|context| context.starts_with(&MT_RELAY))
}

/// Whether a message goes from the home network to another.
fn goes_outwards(way: &Path<'_>) -> bool {
    way.below.is_some_and(|below| judge::is_outbound(way.input.side, below.transport.ip))
}

impl<'l> Of<'l> {
    /// Does what home routing has to do with a message that the rules have let through, or have planned something for.
    #[inline(never)]
    pub fn route_home(&mut self, planned: Action, count: &mut impl Count) {
        let lines = self.lines;
        let Some(errand) = lines.errand else {
            if planned == Action::Pass && goes_outwards(lines.carried.way) {
                self.hide(count);
            }
            return;
        };
        if let Some(id) = &errand.id {
            count.count(id.as_ref().map_or_else(|refused| counter(*refused), |_| Counter::HomeRouted), 1);
        }
        let is_written = match planned {
            Action::Pass => self.pass_on(errand).is_some(),
            _ => true,
        };
        if is_written {
            self.follow(errand);
        } else {
            self.leave(count);
        }
    }

    /// The message goes on with the other number, and the true IMSI.
    fn pass_on(&mut self, errand: &Errand) -> Option<()> {
        // One that is refused has been planned for; where that was not possible it stays as it is.
        if errand.is_refused() || errand.is_for_nobody() || !self.is_editable() {
            return None;
        }
        let tcap = self.lines.carried.sccp.data;
        let Some((found, imsi)) = self.true_imsi() else { return self.replace(Way::On, tcap) };
        let mut message = [0; TCAP_OCTETS_MAX];
        let len = with_imsi(tcap, found, imsi, &mut message).ok()?;
        self.replace(Way::On, message.get(..len)?)
    }

    /// What stood in the IMSI's place, and what belongs there.
    pub fn true_imsi(&self) -> Option<(&'l [u8], &'l [u8])> {
        let Some(Ok(route)) = self.lines.errand.and_then(|errand| errand.id.as_ref()) else { return None };
        let found = self.lines.parsed.components.iter().find_map(id_of)?;
        Some((found, route.imsi()))
    }

    /// Remembers whose dialogue goes through here.
    fn follow(&mut self, errand: &Errand) {
        let Lines { carried, parsed, .. } = *self.lines;
        let (kind, now_ns) = (parsed.message.kind, carried.way.input.time_ns);
        let Some(home) = &mut self.line.home else { return };
        let is_over = matches!(kind, MessageKind::End | MessageKind::Abort);
        match errand.goal {
            Goal::ToNode if is_over => home.dialogues.forget_later(Party::sender(carried, parsed.message.dtid)),
            Goal::ToNode => {
                if errand.id.as_ref().is_some_and(Result::is_ok) {
                    home.any_node = Some(errand.digits);
                }
                let ours = NodeDigits::new(errand::title(&carried.sccp.called).as_bytes()).unwrap_or_default();
                let through = Through { node: errand.digits, ours, since_ns: now_ns };
                home.dialogues.keep(Party::sender(carried, parsed.message.otid), through);
            }
            Goal::FromUs if is_over => home.dialogues.forget(Party::receiver(carried, parsed.message.dtid)),
            Goal::FromUs => {
                let originator = Party::receiver(carried, parsed.message.dtid);
                home.dialogues.learn(originator, Party::receiver(carried, parsed.message.otid), now_ns);
            }
        }
    }

    /// A result of SRI-SM tells an id and our number.
    fn hide(&mut self, count: &mut impl Count) {
        let lines = self.lines;
        let mut operations = [None; COMPONENTS_MAX];
        lines.operations(&mut operations);
        let results = lines.parsed.components.iter().zip(operations).filter(|(component, operation)| {
            component.kind == ComponentKind::ReturnResultLast
                && *operation == Some(Operation::SEND_ROUTING_INFO_FOR_SM.0)
        });
        let Some(parameter) = results.filter_map(|(component, _)| component.parameter).next() else { return };
        let Some((answer, route)) = Answer::read(parameter).and_then(|answer| Some((answer.clone(), answer.route()?)))
        else {
            return self.leave(count);
        };
        let requester = &lines.carried.sccp.called;
        if self.line.home.as_ref().is_some_and(|home| home.is_hidden(requester, &route)) {
            match self.answer_with_id(&answer, &route) {
                Some(()) => count.count(Counter::HomeIdsGiven, 1),
                None => self.leave(count),
            }
        }
    }

    /// The message passes as it came, or does not, as the wire is set.
    fn leave(&mut self, count: &mut impl Count) {
        count.count(Counter::HomeNotApplied, 1);
        self.withhold(Action::Discard);
    }

    fn answer_with_id(&mut self, answer: &Answer<'_>, route: &Route) -> Option<()> {
        self.is_editable().then_some(())?;
        let carried = self.lines.carried;
        let now_ns = carried.way.input.time_ns;
        let home = self.line.home.as_mut()?;
        let asker = home.requester(&carried.sccp.called)?;
        home.given = home.given.wrapping_add(1);
        let random = Requester::of(home.settings.seed, &home.given.to_le_bytes(), &now_ns.to_le_bytes()).0;
        let id = home.tables.get_mut(usize::from(home.settings.core))?.issue(route, asker, now_ns, random)?;
        home.any_node = digits_of(route.node().number).or(home.any_node);
        let mut message = [0; TCAP_OCTETS_MAX];
        let ours =
            |node: Option<Node<'_>>| home.settings.address(node.map_or(0, |node| home.nodes.place_of(node.number)));
        let ours = [ours(Some(route.node())), ours(route.other())];
        let len = answer.write(carried.sccp.data, &id, ours.each_ref().map(|ours| &ours[..]), &mut message).ok()?;
        self.replace(Way::On, message.get(..len)?)
    }
}
