//! What has passed, by what people ask about: so many messages by rule, operation, class or network, over time.
//!
//! Counted are the events that the daemon keeps, by the time at which they came; a message whose log level keeps no event
//! is not among them. Minutes are kept for two days, hours as long as the configuration says.

use crate::time::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// Which counts are wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct TrafficQuery {
    /// By what.
    #[param(inline)]
    pub by: By,
    /// From this moment on, which is rounded down to a whole step; an hour before `until` if not given.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[param(value_type = Option<String>, pattern = "^[0-9]{1,10}([.][0-9]{1,9})?$")]
    pub since: Option<Timestamp>,
    /// Before this moment; now if not given.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[param(value_type = Option<String>, pattern = "^[0-9]{1,10}([.][0-9]{1,9})?$")]
    pub until: Option<Timestamp>,
    /// One count for each of these; without, one for the whole time.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[param(inline)]
    pub step: Option<Step>,
    /// Number of rows, those with the most messages, at most 1000; 100 if not given.
    #[serde(default, deserialize_with = "crate::page::limit", skip_serializing_if = "Option::is_none")]
    #[param(minimum = 1, maximum = 1000)]
    pub limit: Option<u32>,
}

macro_rules! by {
    ($($(#[doc = $help:literal])+ $variant:ident = $name:literal [$($field:literal),+];)+) => {
        /// By what messages are counted: a field, or two together.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
        #[serde(rename_all = "snake_case")]
        pub enum By { $($(#[doc = $help])+ $variant),+ }

        impl By {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// Its name, as in the query.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name),+ }
            }

            /// The fields whose values the rows have.
            pub const fn fields(self) -> &'static [&'static str] {
                match self { $(Self::$variant => &[$($field),+]),+ }
            }
        }
    };
}

by! {
    /// What was decided.
    Action = "action" ["verdict.action"];
    /// The rule that decided.
    Rule = "rule" ["verdict.rule"];
    /// The scenario whose rule decided.
    Scenario = "scenario" ["verdict.scenario"];
    /// Each rule in shadow mode that matched.
    Shadow = "shadow" ["verdict.shadow"];
    /// What was asked for, or answered: an operation of MAP, a command of SMPP.
    Operation = "operation" ["operation"];
    /// Between people, from a service, to one.
    Class = "class" ["labels.class"];
    /// Into the home network, or out of it.
    Direction = "direction" ["labels.direction"];
    /// From ourselves, the country, the world.
    Origin = "origin" ["labels.origin"];
    /// What the sending network is to us.
    Relation = "relation" ["origin.relation"];
    /// The sending network.
    Operator = "operator" ["origin.operator"];
    /// Its country.
    Country = "country" ["origin.country"];
    /// The port it came in by.
    Port = "port" ["port"];
    /// The sending network, and what was decided.
    OperatorAction = "operator_action" ["origin.operator", "verdict.action"];
    /// The sending network, and the scenario that decided.
    OperatorScenario = "operator_scenario" ["origin.operator", "verdict.scenario"];
    /// The sending network, and what was asked for.
    OperatorOperation = "operator_operation" ["origin.operator", "operation"];
    /// The sending network, and the class.
    OperatorClass = "operator_class" ["origin.operator", "labels.class"];
}

/// How long each count is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    /// Kept for two days.
    Minute,
    /// Kept for longer.
    Hour,
}

impl Step {
    /// Its length in seconds.
    pub const fn seconds(self) -> u64 {
        match self {
            Self::Minute => 60,
            Self::Hour => 3_600,
        }
    }
}

/// Steps that one answer has at most: a day of minutes.
pub const STEPS_MAX: u64 = 1_440;

/// Answer of `GET /api/v1/traffic`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Traffic {
    /// The fields whose values the rows have.
    pub fields: Vec<String>,
    /// Begin of the first step.
    pub since: Timestamp,
    /// End of the last one.
    pub until: Timestamp,
    /// How long each step is, if steps were asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub step: Option<Step>,
    /// Events up to this one are counted.
    pub counted: u64,
    /// The values with the most messages, most first.
    pub rows: Vec<TrafficRow>,
    /// Messages of values that have no row here.
    pub others: u64,
}

/// The messages of one value, or of two together.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TrafficRow {
    /// The values, in the order of the fields; empty where a message had none.
    pub values: Vec<String>,
    /// How many messages.
    pub messages: u64,
    /// Of these, those that were blocked.
    pub blocked: u64,
    /// Messages of each step, from the first one on, if steps were asked for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub messages_per_step: Vec<u64>,
    /// Of these, those that were blocked.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub blocked_per_step: Vec<u64>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_counted_together_has_both_values() {
        assert!(By::ALL.iter().all(|by| serde_json::to_value(by).unwrap() == by.name()));
        assert_eq!(By::OperatorAction.fields(), ["origin.operator", "verdict.action"]);
        assert!(serde_json::from_str::<TrafficQuery>(r#"{"by":"weather"}"#).is_err());
        let query: TrafficQuery = serde_json::from_str(r#"{"by":"rule","step":"hour"}"#).unwrap();
        assert_eq!((query.by, query.step, query.since), (By::Rule, Some(Step::Hour), None));
    }
}
