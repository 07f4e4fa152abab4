//! All events of a query as a file: comma-separated values for people, JSON lines for programs.

use super::access::Caller;
use super::events::{allowed, described};
use super::extract::{InPath, Params};
use super::failure::Failure;
use crate::app::App;
use crate::store::audit::{self, Deed};
use crate::store::events::{show, some};
use axum::body::Body;
use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use http_body_util::channel::{Channel, Sender};
use hyper::body::Bytes;
use serde_json::Value;
use sluice_abi::json::Privacy;
use sluice_api::events::{Event, EventQuery, ExportFormat, Order};
use sluice_api::{Kind, PAGE_MAX, Permission, Problem};

/// All events of a query, as a file
#[utoipa::path(
    get,
    path = "/api/v1/events/export/{format}",
    tag = "events",
    operation_id = "eventsExport",
    description = "Oldest first, up to the last event there is when it begins; `limit` and `order` have no effect. Recorded in \
        the audit log.",
    params(("format" = inline(ExportFormat), Path, description = "As what"), EventQuery),
    responses(
        (status = 200, description = "Comma-separated values with a row of names, or an Event a line",
            content((String = "text/csv"), (String = "application/jsonl"))),
        (status = "default", description = "A problem", body = Problem, content_type = "application/problem+json"),
    ),
    extensions(("x-permission" = json!("events.read"))),
)]
pub async fn export(
    State(app): State<App>,
    caller: Caller,
    InPath(format): InPath<ExportFormat>,
    Params(mut query): Params<EventQuery>,
) -> Result<Response, Failure> {
    let privacy = allowed(&app, &caller, &query).await?;
    let (who, subject) = (caller.who().to_owned(), format!("{} {}", format.name(), described(&query)));
    app.store().run(move |c| audit::append(c, &who, Deed::Export, &subject, "begun")).await?;
    query.limit = Some(PAGE_MAX);
    query.order = Some(Order::Oldest);
    let last = app.store().log().span().map_or(0, |span| span.last);
    let (mut sender, body) = Channel::<Bytes, Problem>::new(CHUNKS_AHEAD);
    let needed = if privacy == Privacy::Clear || query.text.is_some() {
        Permission::EventsReadClear
    } else {
        Permission::EventsRead
    };
    tokio::spawn(async move {
        let ended = tokio::select! {
            ended = feed(app.clone(), query, last, (format, privacy), &mut sender) => ended,
            () = caller.may_no_more(&app, needed) => Err(Problem::new(Kind::PermissionMissing, "not any more")),
        };
        if let Err(problem) = ended {
            // Not an end that looks like one.
            sender.abort(problem);
        }
    });
    let kind = match format {
        ExportFormat::Csv => "text/csv; charset=utf-8",
        ExportFormat::Jsonl => "application/jsonl",
    };
    let file = format!("attachment; filename=\"events.{}\"", format.name());
    let headers =
        [("content-type", kind.to_owned()), ("cache-control", "no-store".to_owned()), ("content-disposition", file)];
    Ok((headers, Body::new(body)).into_response())
}

/// A reader that is slow is waited for, a page in memory.
async fn feed(
    app: App,
    mut query: EventQuery,
    last: u64,
    (format, privacy): (ExportFormat, Privacy),
    sender: &mut Sender<Bytes, Problem>,
) -> Result<(), Problem> {
    let mut text = match format {
        ExportFormat::Csv => row(COLUMNS.iter().map(|column| (*column).to_owned())),
        ExportFormat::Jsonl => String::new(),
    };
    loop {
        let page = query.clone();
        let found = app.store().read(move |log| some(log, &page)).await?;
        let is_whole = found.len() == PAGE_MAX as usize;
        for event in found.iter().take_while(|event| event.id <= last) {
            text.push_str(&line(&show(event, privacy), format));
        }
        let is_sent = text.is_empty() || sender.send_data(std::mem::take(&mut text).into()).await.is_ok();
        query.after = found.last().map(|event| event.id);
        if !is_sent || !is_whole || query.after >= Some(last) {
            return Ok(());
        }
    }
}

fn line(event: &Event, format: ExportFormat) -> String {
    match format {
        ExportFormat::Jsonl => serde_json::to_string(event).map(|line| line + "\n").unwrap_or_default(),
        ExportFormat::Csv => {
            let record: Value = serde_json::from_str(event.record.get()).unwrap_or_default();
            let field = |column: &&str| match *column {
                "id" => event.id.to_string(),
                path => cell(path.split('.').try_fold(&record, |at, name| at.get(name))),
            };
            row(COLUMNS.iter().map(field))
        }
    }
}

fn cell(value: Option<&Value>) -> String {
    match value {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Null) | None => String::new(),
        Some(other) => other.get("digits").and_then(Value::as_str).map_or_else(|| other.to_string(), str::to_owned),
    }
}

/// A row as RFC 4180 has it. What a table calculator would take for a formula gets an apostrophe before it (OWASP: CSV
/// injection): texts come from strangers.
fn row(cells: impl Iterator<Item = String>) -> String {
    let quoted = cells.map(|cell| {
        let safe = if cell.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{cell}") } else { cell };
        if safe.contains([',', '"', '\n', '\r']) { format!("\"{}\"", safe.replace('"', "\"\"")) } else { safe }
    });
    quoted.collect::<Vec<_>>().join(",") + "\r\n"
}

/// What people look for, by the names of fields.
const COLUMNS: [&str; 17] = [
    "id",
    "time",
    "map.op",
    "map.component",
    "sccp.cgpa.gt",
    "sccp.cdpa.gt",
    "map.msisdn",
    "map.imsi",
    "map.service_centre",
    "sms.oa",
    "sms.da",
    "sms.text",
    "verdict.action",
    "verdict.rule",
    "verdict.reason",
    "labels.origin",
    "labels.class",
];
/// Pages that may wait for the reader's connection.
const CHUNKS_AHEAD: usize = 2;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_of_a_stranger_stays_in_its_cell_and_is_no_formula() {
        let cells = ["1", "a,b", "say \"x\"\nnow", "=1+1", "+15550100", ""].map(str::to_owned);
        assert_eq!(row(cells.into_iter()), "1,\"a,b\",\"say \"\"x\"\"\nnow\",'=1+1,'+15550100,\r\n");
    }

    #[test]
    fn a_number_stands_in_a_cell_as_its_digits() {
        let record = serde_json::json!({"a": {"ton": 1, "digits": "4477"}, "n": 44, "t": "x", "o": null});
        let of = |name: &str| cell(record.get(name));
        assert_eq!([of("a"), of("n"), of("t"), of("o"), of("none")], ["4477", "44", "x", "", ""]);
    }
}
