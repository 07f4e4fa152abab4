//! MAP: the parameter of a component, by kind and operation.
//!
//! ```text
//!  0      1           2      3
//! +------+-----------+------+-----------------------------------------
//! | how  | operation | error| raw octets, or the programme of a tree
//! +------+-----------+------+-----------------------------------------
//! ```
//! Bit 0 of `how`: raw octets. Bits 1–2: invoke, result, error, result that is not the last. Bit 3: a result that does
//! not name its operation.

use super::source::Source;
use super::tree;
use sluice_wire::Anomalies;
use sluice_wire::ber::Reader;
use sluice_wire::map::{ApplicationContext, ForwardSm, Operation, SCRATCH_OCTETS, Subject, tpdu_direction};
use sluice_wire::sms::{Context, Direction, Tpdu};
use sluice_wire::tcap::{Code, Component, ComponentKind};

const KINDS: [ComponentKind; 4] = [
    ComponentKind::Invoke,
    ComponentKind::ReturnResultLast,
    ComponentKind::ReturnError,
    ComponentKind::ReturnResultNotLast,
];

/// `how` of a component: its parameter as raw octets, or else as a programme.
pub fn how(kind: ComponentKind, raw: bool) -> u8 {
    let index = KINDS.iter().position(|known| *known == kind).unwrap_or_default() as u8;
    index << 1 | u8::from(raw)
}

/// Reads the parameter.
pub fn run(input: &[u8]) {
    let mut source = Source::new(input);
    let (how, operation, error) = (source.octet(), source.octet(), source.octet());
    let grown;
    let octets = if how & 1 == 1 {
        source.rest()
    } else {
        grown = tree::grow(&mut source);
        &grown
    };
    let Ok(parameter) = Reader::new(octets).next() else { return };
    let operation = Operation(operation.into());
    let kind = KINDS[usize::from(how >> 1 & 3)];
    let is_named = kind == ComponentKind::Invoke || kind != ComponentKind::ReturnError && how & 8 == 0;
    let component = Component {
        kind,
        invoke_id: Some(1),
        linked_id: None,
        operation: is_named.then_some(Code::Local(operation.0)),
        error: (kind == ComponentKind::ReturnError).then_some(Code::Local(error.into())),
        problem: None,
        parameter,
        raw: octets,
        fault: None,
        anomalies: Anomalies::NONE,
    };
    argument(&component, operation);
}

fn argument(component: &Component<'_>, operation: Operation) {
    let mut scratch = [0; SCRATCH_OCTETS];
    let mut subject = Subject::default();
    subject.read_with(component, Some(operation), &mut scratch);
    short_way(component, operation, &subject);
    let numbers = [
        subject.any_msisdn(),
        subject.service_centre,
        subject.network_node,
        subject.stored_msisdn,
        subject.msc,
        subject.vlr,
        subject.sgsn,
        subject.hlr,
        subject.gsmscf,
    ];
    for number in numbers.into_iter().flatten() {
        let _ = (number.ton(), number.npi(), number.has_extension_bit());
        assert!(number.raw().ends_with(number.packed()));
        assert!(number.digits().len() <= 2 * number.raw().len());
    }
    if let Some(fault) = subject.fault {
        assert!(usize::from(fault.at) <= component.raw.len(), "{fault:?}");
    }
    let _ = subject.any_imsi();
    let way = tpdu_direction(None, Some(operation), subject.parties()).unwrap_or(Direction::ToSc);
    if let Some(octets) = subject.sm_rp_ui.or(subject.diagnostic_info) {
        let _ = Tpdu::parse(octets, way, Context::Request);
    }
    if let Some(context) = component.parameter.and_then(|p| ApplicationContext::from_oid(p.value)) {
        let _ = (context.is_sms(), operation.fits(context));
    }
    let _ = (operation.name(), operation.category());
}

/// What the short way takes, the long way reads alike, and finds nothing to note.
fn short_way(component: &Component<'_>, operation: Operation, long: &Subject<'_>) {
    if component.kind != ComponentKind::Invoke {
        return;
    }
    if let Some(short) = ForwardSm::ordinary(Some(operation), component.parameter) {
        let expected = (Some(short.sm_rp_da), Some(short.sm_rp_oa), Some(short.sm_rp_ui), short.imsi);
        assert_eq!((long.sm_rp_da, long.sm_rp_oa, long.sm_rp_ui, long.imsi), expected);
        assert_eq!((long.more_messages, long.fault), (short.more_messages, None));
        assert!(long.anomalies.is_empty(), "{:?}", long.anomalies);
    }
}
