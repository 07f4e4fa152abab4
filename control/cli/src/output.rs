//! How things look: colour only on a terminal, progress only where somebody watches, tables.

use anyhow::{Context, bail};
use comfy_table::{ContentArrangement, LineStyle, Table, TableStyle};
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::Value;
use sluice_abi::counters::Exit;
use sluice_abi::names;
use sluice_api::client::Octets;
use sluice_api::time::Timestamp;
use std::fmt::Display;
use std::io::{IsTerminal, Write};
use std::path::Path as FilePath;
use std::time::{Duration, UNIX_EPOCH};

/// `error:`, red on a terminal.
pub fn error_label() -> &'static str {
    if std::io::stderr().is_terminal() { "\x1b[1;31merror:\x1b[0m" } else { "error:" }
}

/// Writes what comes to the standard output, all of it.
pub fn whole(mut octets: Octets<'_>) -> anyhow::Result<()> {
    let mut out = std::io::stdout().lock();
    while let Some(some) = octets.receive()? {
        out.write_all(&some).context("standard output")?;
    }
    if !octets.is_ended() {
        bail!("interrupted: the export is not whole");
    }
    out.flush().context("standard output")
}

/// Colours, where a terminal shows them.
#[derive(Clone, Copy)]
pub struct Paint(bool);

impl Paint {
    /// For standard output.
    pub fn stdout() -> Self {
        Self(std::io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none())
    }

    /// Headings.
    pub fn bold(self, text: &str) -> String {
        self.with("1", text)
    }

    /// What holds.
    pub fn green(self, text: &str) -> String {
        self.with("32", text)
    }

    /// What fails.
    pub fn red(self, text: &str) -> String {
        self.with("31", text)
    }

    /// What somebody should look at.
    pub fn yellow(self, text: &str) -> String {
        self.with("33", text)
    }

    fn with(self, code: &str, text: &str) -> String {
        if self.0 { format!("\x1b[{code}m{text}\x1b[0m") } else { text.to_owned() }
    }
}

/// Writes to standard output.
///
/// # Errors
/// Where it cannot be written: `print!` would panic when the reader has gone away.
pub fn text(shown: impl Display) -> anyhow::Result<()> {
    write!(std::io::stdout().lock(), "{shown}").context("standard output")
}

/// Writes to standard output, and a line end.
///
/// # Errors
/// As [`text`].
pub fn line(shown: impl Display) -> anyhow::Result<()> {
    text(format_args!("{shown}\n"))
}

/// Whether the reader of our output has gone away, as `head` does.
pub fn is_broken_pipe(error: &anyhow::Error) -> bool {
    error.chain().filter_map(|e| e.downcast_ref::<std::io::Error>()).any(|e| e.kind() == std::io::ErrorKind::BrokenPipe)
}

/// One line, under the heading: what many rows need least is a line between each two.
const UNDER_THE_HEADING: TableStyle = TableStyle::new().header_separator(LineStyle::none().fill('─').junction('─'));

/// A table with a heading row.
pub fn table<C: AsRef<str>, R: AsRef<[String]>>(heading: impl AsRef<[C]>, rows: impl IntoIterator<Item = R>) -> Table {
    let mut table = Table::new();
    table.load_style(UNDER_THE_HEADING).set_content_arrangement(ContentArrangement::Dynamic);
    table.set_header(heading.as_ref().iter().map(AsRef::as_ref).collect::<Vec<&str>>());
    for row in rows {
        table.add_row(row.as_ref());
    }
    table
}

/// Exits with their counts and meanings.
pub fn exits(heading: &str, exits: &[(Exit, u64)]) -> Table {
    let rows = exits.iter().map(|(exit, n)| [exit.name().to_owned(), n.to_string(), exit.help().to_owned()]);
    table([heading, "count", "meaning"], rows)
}

/// A message in one line: when, which frame, what, from whom to whom, error, verdict, what was tolerated, which part
/// of a long message, text; behind the last part that comes, `=` and the text of all.
pub fn summary(message: &Value) -> String {
    let at =
        |path: &'static str| path.split('.').try_fold(message, |value, key| value.get(key)).filter(|v| !v.is_null());
    let plain = |path: &'static str| at(path).map(|v| v.as_str().map_or_else(|| v.to_string(), str::to_owned));
    let first = |paths: &[&'static str]| paths.iter().find_map(|path| plain(path)).unwrap_or_else(|| "-".into());
    let number = |path| at(path).and_then(Value::as_i64);
    let operation = number("map.op").or_else(|| number("map.op_of_invoke"));
    let operation = operation.map(|n| names::operation(n).map_or_else(|| n.to_string(), str::to_owned));
    let command = number("smpp.command_id").and_then(|n| names::command(u32::try_from(n).ok()?));
    let what = match (plain("map.component"), command) {
        (Some(component), _) => format!("{component} {}", operation.unwrap_or_default()),
        (None, Some(command)) => command.to_owned(),
        (None, None) => plain("tcap.type").or_else(|| plain("smpp.command_id")).unwrap_or_default(),
    };
    let mut line = format!(
        "{} {:>7} {what:<37} {} → {}",
        plain("time").unwrap_or_default(),
        first(&["frame"]),
        first(&["sms.oa", "map.sm_rp_oa.digits", "map.service_centre.digits", "sccp.cgpa.gt", "src"]),
        first(&["sms.da", "map.sm_rp_da.digits", "map.msisdn.digits", "map.imsi", "sccp.cdpa.gt", "dst"]),
    );
    for (label, path) in
        [(" error ", "map.error"), (" ", "verdict.action"), (" by ", "verdict.rule"), (" shadow ", "verdict.shadow")]
    {
        if let Some(value) = plain(path) {
            line.extend([label, &value]);
        }
    }
    if at("malformed").is_some() {
        line.push_str(" malformed");
    }
    for anomaly in at("anomaly").and_then(Value::as_object).into_iter().flat_map(|found| found.keys()) {
        line.extend([" !", anomaly]);
    }
    if let (Some(part), Some(parts)) = (plain("sms.concat.seq"), plain("sms.concat.total")) {
        line.extend([" ", &part, "/", &parts]);
    }
    if let Some(text) = at("sms.text") {
        line.extend([" ", &text.to_string()]);
    }
    if at("sms.joined.complete") == Some(&Value::Bool(true))
        && let Some(text) = at("sms.joined.text")
    {
        line.extend([" = ", &text.to_string()]);
    }
    line
}

/// A moment as people write it, in UTC.
pub fn moment(at: Timestamp) -> String {
    humantime::format_rfc3339_seconds(UNIX_EPOCH + Duration::from_nanos(at.as_ns())).to_string()
}

/// Progress over a capture file. Shown on a terminal, and only once it takes longer than two seconds.
pub struct Progress {
    bar: ProgressBar,
    started: std::time::Instant,
    shown: std::cell::Cell<bool>,
    frames: std::cell::Cell<u64>,
    octets: std::cell::Cell<u64>,
}

impl Progress {
    /// Over a file whose size says how far it goes.
    pub fn over_file(path: &FilePath, what: &'static str) -> Self {
        let octets = std::fs::metadata(path).map_or(0, |m| m.len());
        let bar = ProgressBar::with_draw_target(Some(octets), indicatif::ProgressDrawTarget::hidden());
        bar.set_message(what);
        Self { bar, started: std::time::Instant::now(), shown: false.into(), frames: 0.into(), octets: 0.into() }
    }

    /// Another frame has gone by.
    pub fn frame(&self, octets: usize) {
        const EVERY: u64 = 4096;
        const RECORD_HEAD_OCTETS: u64 = 16;
        self.frames.set(self.frames.get() + 1);
        self.octets.set(self.octets.get() + octets as u64 + RECORD_HEAD_OCTETS);
        if self.frames.get().is_multiple_of(EVERY) {
            self.at(self.octets.get(), self.frames.get());
        }
    }

    /// So far it has come.
    pub fn at(&self, octets: u64, frames: u64) {
        if !self.shown.get() && self.started.elapsed().as_secs() >= 2 && std::io::stderr().is_terminal() {
            self.shown.set(true);
            self.bar.set_draw_target(indicatif::ProgressDrawTarget::stderr());
            let style = ProgressStyle::with_template("{msg} {wide_bar} {percent}% {prefix} frames, {eta} left");
            self.bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
        }
        self.bar.set_prefix(frames.to_string());
        self.bar.set_position(octets);
    }

    /// It is done.
    pub fn finish(&self) {
        self.bar.finish_and_clear();
    }
}

/// Writes the manual pages of all commands.
pub fn man_pages(command: clap::Command, directory: &FilePath) -> anyhow::Result<()> {
    std::fs::create_dir_all(directory).with_context(|| format!("{}", directory.display()))?;
    clap_mangen::generate_to(command, directory).with_context(|| format!("{}", directory.display()))?;
    println!("manual pages written to {}; read one with: man {}/sluice.1", directory.display(), directory.display());
    Ok(())
}
