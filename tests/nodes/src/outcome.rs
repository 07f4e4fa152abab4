//! How a dialogue ended for its originator, and whether that is what was wanted.

use crate::map;
use crate::plan::{Opening, Plan};
use crate::wanted::{REFUSED_RESULT_ERROR, Wanted};
use serde::{Deserialize, Serialize};
use tcap::{
    Abort, AbortReason, AbortSource, AssociateResult, Component, DialoguePdu, DialoguePortion, ErrorCode, OperationCode,
};

/// How a dialogue ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// The destination's result, octet for octet.
    Result,
    /// A result that says nothing.
    EmptyResult,
    /// A MAP error, with its parameter where it must have one.
    Error(i64),
    /// An Abort of the user of TCAP, or one that gives no reason.
    UserAbort,
    /// An Abort of TCAP, with its cause.
    ProviderAbort(i64),
    /// No answer before the timer ended.
    Nothing,
    /// What no correct node sends.
    Wrong(String),
}

impl Outcome {
    /// What an answer says to a request.
    pub fn of_component(plan: &Plan, component: &Component) -> Self {
        if component.invoke_id() != Some(plan.invoke_id) {
            return Self::Wrong(format!("invoke id {:?}", component.invoke_id()));
        }
        match component {
            Component::ReturnResultLast(result) => match &result.result {
                None => Self::EmptyResult,
                Some(value) if value.operation_code != OperationCode::Local(plan.opcode()) => {
                    Self::Wrong(format!("result of {}", value.operation_code))
                }
                Some(value) if value.parameter.as_ref().map(|p| p.as_bytes()) == map::result(plan).as_deref() => {
                    Self::Result
                }
                Some(_) => Self::Wrong("another result".to_owned()),
            },
            Component::ReturnError(error) => match &error.error_code {
                ErrorCode::Local(code) => {
                    let parameter = error.parameter.as_ref().map(|p| p.as_bytes());
                    let is_whole = map::is_error_whole(plan, *code, parameter);
                    if is_whole { Self::Error(*code) } else { Self::Wrong(format!("error {code}, its parameter")) }
                }
                ErrorCode::Global(code) => Self::Wrong(format!("error {code}")),
            },
            Component::Reject(reject) => Self::Wrong(format!("reject {}", reject.problem)),
            other => Self::Wrong(format!("{other:?}")),
        }
    }

    /// What an Abort says. A refused application context is none that a policy chooses.
    pub fn of_abort(plan: &Plan, abort: &Abort) -> Self {
        match &abort.reason {
            None => Self::UserAbort,
            Some(AbortReason::PAbort(cause)) => Self::ProviderAbort(cause.value()),
            Some(AbortReason::UAbort(portion)) => match portion.dialogue_pdu() {
                Ok(Some(DialoguePdu::Abrt { abort_source: AbortSource::DialogueServiceUser, .. }))
                    if plan.has_dialogue =>
                {
                    Self::UserAbort
                }
                other => Self::Wrong(format!("abort {other:?}")),
            },
        }
    }

    /// Whether the policy's verdict, or the destination where none is, was to lead to this.
    pub fn is_right(&self, plan: &Plan, is_edited: bool) -> bool {
        let wanted = if is_edited { plan.wanted } else { Wanted::Pass };
        match (wanted, plan.own_error) {
            (Wanted::Pass | Wanted::RefuseResult, Some(error)) => *self == Self::Error(error.into()),
            (Wanted::Pass, None) => *self == own_result(plan),
            (Wanted::RefuseResult, None) => *self == Self::Error(REFUSED_RESULT_ERROR.into()),
            (Wanted::Discard, _) => *self == Self::Nothing,
            (Wanted::Reject(error), _) => *self == Self::Error(error.into()),
            // Where the destination goes on after its Reject, an Abort would leave its transaction open.
            (Wanted::Abort, _) if *self == Self::Error(SYSTEM_FAILURE) => plan.opening == Opening::Empty,
            (Wanted::Abort, _) => matches!(self, Self::UserAbort | Self::ProviderAbort(RESOURCE_LIMITATION)),
            // A result that must say something cannot be feigned.
            (Wanted::Acknowledge, _) if plan.opcode() == gsm_map::op_codes::SEND_ROUTING_INFO_FOR_SM => {
                *self == Self::Error(UNEXPECTED_DATA_VALUE)
            }
            (Wanted::Acknowledge, _) => *self == Self::EmptyResult,
        }
    }
}

/// Whether the first answer in a dialogue accepts its application context; without a dialogue it says nothing of one.
pub fn accepts(plan: &Plan, portion: Option<&DialoguePortion>) -> Result<(), String> {
    match (plan.has_dialogue, portion.map(DialoguePortion::dialogue_pdu)) {
        (false, None) => Ok(()),
        (true, Some(Ok(Some(DialoguePdu::Aare { result, application_context_name, .. }))))
            if result == AssociateResult::Accepted && application_context_name == plan.context() =>
        {
            Ok(())
        }
        (_, other) => Err(format!("dialogue portion {other:?}")),
    }
}

const RESOURCE_LIMITATION: i64 = 4;
const SYSTEM_FAILURE: i64 = 34;
const UNEXPECTED_DATA_VALUE: i64 = 36;

fn own_result(plan: &Plan) -> Outcome {
    if map::result(plan).is_some() { Outcome::Result } else { Outcome::EmptyResult }
}
