//! Syslog (RFC 5424) over TLS (RFC 5425).
//!
//! ```text
//! <109>1 2026-11-23T17:00:00.000001Z fw1 sluiced 812 audit [sluice@32473 id="7" who="j.doe" …] j.doe policy.push version 3: done
//! ```
//! Syslog has no answer: what was written before a connection broke may be lost. Who must not miss anything takes the export
//! of the audit log as well, whose numbers show what is missing.

use super::Item;
use super::tls::Peer;
use sluice_api::machine::MachineChange;
use sluice_api::time::Timestamp;
use std::fmt::Write as _;
use std::time::{Duration, UNIX_EPOCH};
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

/// The port of syslog over TLS.
const PORT: u16 = 6514;
/// Facility and severity (§6.2.1): log audit, notice; daemon, warning; daemon, notice.
const AUDIT: u8 = 13 * 8 + 5;
const RAISED: u8 = 3 * 8 + 4;
const CLEARED: u8 = 3 * 8 + 5;

/// A receiver.
pub struct Syslog {
    peer: Peer,
    connector: TlsConnector,
    stream: Option<Box<TlsStream<TcpStream>>>,
    host: String,
}

impl Syslog {
    /// At `host:port`.
    pub fn new(at: &str, connector: TlsConnector) -> anyhow::Result<Self> {
        let host = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
        let host = Some(host.trim().to_owned()).filter(|host| !host.is_empty()).unwrap_or_else(|| "-".to_owned());
        Ok(Self { peer: Peer::parse(at, PORT)?, connector, stream: None, host })
    }

    /// Tells it.
    pub async fn tell(&mut self, item: &Item) -> anyhow::Result<()> {
        let message = message(item, &self.host);
        let mut stream = match self.stream.take() {
            Some(stream) => stream,
            None => Box::new(self.peer.connect(&self.connector).await?),
        };
        // RFC 5425 §4.3: how long it is stands before it.
        stream.write_all(format!("{} {message}", message.len()).as_bytes()).await?;
        stream.flush().await?;
        // One that failed is not kept.
        self.stream = Some(stream);
        Ok(())
    }
}

fn message(item: &Item, host: &str) -> String {
    let (priority, kind, at, members, text) = match item {
        Item::Audit(row) => {
            let members = vec![
                ("id", row.id.to_string()),
                ("who", row.who.clone()),
                ("what", row.what.clone()),
                ("subject", row.subject.clone()),
                ("outcome", row.outcome.clone()),
                ("hash", row.hash.to_string()),
            ];
            let text = format!("{} {} {}: {}", row.who, row.what, row.subject, row.outcome);
            (AUDIT, "audit", row.at, members, text)
        }
        Item::Machine(event) => {
            let priority = if event.change == MachineChange::Raised { RAISED } else { CLEARED };
            let condition = &event.condition;
            let members = vec![
                ("id", event.id.to_string()),
                ("change", event.change.name().to_owned()),
                ("kind", condition.kind.clone()),
                ("subject", condition.subject.clone()),
            ];
            let text = format!("{} {} {}: {}", event.change.name(), condition.kind, condition.subject, condition.what);
            (priority, "machine", event.at, members, text)
        }
    };
    let mut message =
        format!("<{priority}>1 {} {host} sluiced {} {kind} [sluice@32473", moment(at), std::process::id());
    for (name, value) in members {
        // §6.3.3: three characters are escaped.
        let value = value.replace('\\', "\\\\").replace('"', "\\\"").replace(']', "\\]");
        // Writing to a string does not fail.
        let _ = write!(message, " {name}=\"{value}\"");
    }
    // A line end would be another message to many a receiver.
    (message + "] " + &text).replace(['\n', '\r'], " ")
}

/// §6.2.3: to the microsecond.
fn moment(at: Timestamp) -> String {
    humantime::format_rfc3339_micros(UNIX_EPOCH + Duration::from_nanos(at.as_ns())).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use sluice_api::audit::{AuditRow, Hash};
    use sluice_api::machine::{MachineCondition, MachineEvent};

    #[test]
    fn a_message_is_as_the_rfc_has_it() {
        let row = AuditRow {
            id: 7,
            at: Timestamp::from_ns(1_767_322_445_000_001_000),
            who: "j.doe".into(),
            what: "policy.push".into(),
            subject: "a \"b\" [c] \\".into(),
            outcome: "done\nreally".into(),
            hash: Hash::default(),
        };
        let expected = format!(
            "<109>1 2026-01-02T02:54:05.000001Z fw1 sluiced {} audit [sluice@32473 id=\"7\" who=\"j.doe\" \
             what=\"policy.push\" subject=\"a \\\"b\\\" [c\\] \\\\\" outcome=\"done really\" hash=\"{}\"] \
             j.doe policy.push a \"b\" [c] \\: done really",
            std::process::id(),
            "0".repeat(64)
        );
        assert_eq!(message(&Item::Audit(row), "fw1"), expected);
        let condition = MachineCondition { kind: "fan".into(), subject: "fan1".into(), what: "stands still".into() };
        let at = Timestamp::from_ns(0);
        let event = MachineEvent { id: 1, at, change: MachineChange::Cleared, condition };
        assert!(message(&Item::Machine(event), "fw1").starts_with("<29>1 1970-01-01T00:00:00.000000Z fw1 sluiced "));
    }
}
