//! `sluice decode`: a capture file through the engine, without policy, ports or threads.

use crate::args::Decode;
use crate::link::OnlyUnknown;
use crate::output::{self, Progress};
use anyhow::Context;
use sluice_abi::counters::{Count, Counter, Exit, Slot, Tally};
use sluice_abi::json::{Privacy, to_json};
use sluice_abi::{Facts, Field, LogLevel};
use sluice_engine::{Engine, Input, MemorySizes, Scope, Settings, Side, Sink, TableSizes};
use sluice_io::capture::Reader;
use std::io::{BufWriter, StdoutLock, Write};

/// Runs it.
pub fn run(args: &Decode) -> anyhow::Result<()> {
    let mut reader = Reader::open(&args.capture)?;
    let scope = if args.all_map { Scope::AllMap } else { Scope::Sms };
    // Nothing is judged: nothing need be remembered.
    let tables = TableSizes { memory: MemorySizes::SMALL, ..TableSizes::default() };
    let mut engine = Engine::new(Settings { scope, tables, ..Settings::default() });
    let mut lines = Lines {
        tally: Tally::default(),
        out: BufWriter::with_capacity(1 << 16, std::io::stdout().lock()),
        form: match (args.count, args.jsonl) {
            (true, _) => Form::None,
            (_, true) => Form::Json,
            _ => Form::Text,
        },
        privacy: if args.masked { Privacy::Masked } else { Privacy::Clear },
        failed: Ok(()),
    };
    let progress = Progress::over_file(&args.capture, "decoding");
    let mut link = None;
    let mut ended = Ok(());
    loop {
        let record = match reader.next() {
            Ok(Some(record)) => record,
            Ok(None) => break,
            Err(error) => {
                ended = Err(error);
                break;
            }
        };
        let input = Input {
            octets: record.octets,
            link: record.link_type.0,
            number: record.number,
            time_ns: record.timestamp_ns,
            port: b"",
            side: Side::ByAddress { inside: &[] },
            wire: None,
            point_codes: args.point_codes.into(),
        };
        progress.frame(record.octets.len());
        link.get_or_insert(record.link_type);
        engine.process(&input, None, &mut lines);
        std::mem::replace(&mut lines.failed, Ok(())).context("standard output")?;
    }
    progress.finish();
    engine.flush_counts(&mut lines.tally);
    if args.count {
        totals(&mut lines, reader.frames(), args.json).context("standard output")?;
    }
    lines.out.flush().context("standard output")?;
    ended.context("the lines before this are complete")?;
    OnlyUnknown::check(&lines.tally, link).with_context(|| format!("{}", args.capture.display()))
}

enum Form {
    None,
    Json,
    Text,
}

struct Lines {
    tally: Tally,
    out: BufWriter<StdoutLock<'static>>,
    form: Form,
    privacy: Privacy,
    failed: std::io::Result<()>,
}

impl Count for Lines {
    fn add(&mut self, slot: Slot, n: u64) {
        self.tally.add(slot, n);
    }
}

impl Sink for Lines {
    fn message(&mut self, facts: &mut Facts<'_>, _log: LogLevel) {
        if matches!(self.form, Form::None) {
            return;
        }
        // Nothing was judged: what a verdict is needs a policy.
        facts.forget(Field::VerdictAction);
        facts.forget(Field::VerdictReason);
        let mut line = to_json(facts, self.privacy);
        if matches!(self.form, Form::Text) {
            line = serde_json::from_str(&line).map_or(line, |message| output::summary(&message));
        }
        if self.failed.is_ok() {
            self.failed = writeln!(self.out, "{line}");
        }
    }
}

fn totals(lines: &mut Lines, frames: u64, json: bool) -> std::io::Result<()> {
    let exits = |of: fn(Exit) -> Slot| {
        let tally = &lines.tally;
        Exit::ALL.iter().map(move |&exit| (exit, tally.at(of(exit)))).filter(|(_, n)| *n > 0).collect::<Vec<_>>()
    };
    let (by_frame, by_chunk) = (exits(Slot::frame), exits(Slot::chunk));
    let messages = lines.tally.at(Slot::counter(Counter::VerdictPass));
    if json {
        let object = |exits: &[(Exit, u64)]| {
            serde_json::Value::Object(exits.iter().map(|(exit, n)| (exit.name().to_owned(), (*n).into())).collect())
        };
        let totals = serde_json::json!({
            "frames": frames,
            "messages": messages,
            "frame": object(&by_frame),
            "chunk": object(&by_chunk),
            "sctp.bad_crc": lines.tally.at(Slot::counter(Counter::BadCrc)),
        });
        return writeln!(lines.out, "{totals}");
    }
    writeln!(lines.out, "{frames} frames, {messages} lines")?;
    writeln!(lines.out, "\n{}\n", output::exits("frames leaving by", &by_frame))?;
    writeln!(lines.out, "{}", output::exits("DATA chunks leaving by", &by_chunk))
}
