//! Judged messages: a page of them, one of them, or a stream that follows.
//!
//! An event's number is its journal sequence number, so it is the same in the journal, in the store and here.
//! `record` has the nested shape of the dotted field names. Subscriber data in it is masked unless `clear` is asked
//! for, which needs a permission of its own and leaves a row in the audit log.

use crate::time::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use utoipa::{IntoParams, ToSchema};

/// Which events are wanted. Conditions given together must all hold.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct EventQuery {
    /// Number of the last event already known: the page begins behind it in the given order.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after: Option<u64>,
    /// Number of events in a page, at most 1000; 100 if not given. Ignored by the stream.
    #[serde(default, deserialize_with = "crate::page::limit", skip_serializing_if = "Option::is_none")]
    #[param(minimum = 1, maximum = 1000)]
    pub limit: Option<u32>,
    /// Only events this rule decided.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rule: Option<String>,
    /// Only events with this action.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub action: Option<String>,
    /// Only events in which this number stands, whole, as subscriber, IMSI, sender, recipient or global title.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub number: Option<String>,
    /// Only events in whose text all of these words stand, in capital or small letters; needs the permission to see
    /// texts, and is audited.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// Only events of this moment or later.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[param(value_type = Option<String>, pattern = "^[0-9]{1,10}([.][0-9]{1,9})?$")]
    pub since: Option<Timestamp>,
    /// Only events before this moment.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[param(value_type = Option<String>, pattern = "^[0-9]{1,10}([.][0-9]{1,9})?$")]
    pub until: Option<Timestamp>,
    /// `oldest` first (if not given) or `newest` first. The stream is always oldest first.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[param(inline)]
    pub order: Option<Order>,
    /// Subscriber data and content in clear; audited.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub clear: Option<bool>,
}

/// Whether one event's subscriber data is wanted in clear.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ClearQuery {
    /// Subscriber data and content in clear; audited.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub clear: Option<bool>,
}

/// In which order a page runs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Order {
    /// Ascending numbers.
    #[default]
    Oldest,
    /// Descending numbers.
    Newest,
}

/// As what events are exported.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum ExportFormat {
    /// Comma-separated values (RFC 4180): the fields people look for.
    Csv,
    /// JSON lines: an [`Event`] each.
    Jsonl,
}

impl ExportFormat {
    /// As it stands in the path, and at the end of a file's name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Jsonl => "jsonl",
        }
    }
}

/// Answer of `GET /api/v1/events`.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct EventPage {
    /// The events, in the order asked for.
    pub events: Vec<Event>,
    /// What to give as `after` for the next page; absent when this was the last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<u64>,
}

/// One judged message.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Event {
    /// Its journal sequence number.
    pub id: u64,
    /// Its fields, nested by their dotted names, in the order of the list of fields.
    #[schema(value_type = Object)]
    pub record: Box<RawValue>,
}

/// `event:` of a message of the stream that carries an [`Event`] (its other messages are comments).
pub const STREAM_EVENT: &str = "message";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fields_of_a_record_keep_their_order() {
        let json = r#"{"id":7,"record":{"time":"1.000000000","sms":{"oa":"1","da":"2"},"kind":"map"}}"#;
        let event: Event = serde_json::from_str(json).unwrap();
        assert_eq!(serde_json::to_string(&event).unwrap(), json);
    }

    #[test]
    fn a_misspelt_condition_is_not_silently_ignored() {
        assert!(serde_json::from_str::<EventQuery>(r#"{"ruel":"x"}"#).is_err());
        let query: EventQuery = serde_json::from_str(r#"{"since":"1.5","order":"newest"}"#).unwrap();
        assert_eq!((query.since, query.order), (Some(Timestamp::from_ns(1_500_000_000)), Some(Order::Newest)));
    }
}
