//! A traced frame for people, for programs, and in one line as a comment.

use super::sides::{Decoded, Pair, is_of_the_message};
use super::words::{self, Done};
use super::{Became, Traced, Why, hex};
use crate::args::trace::Look;
use crate::output::{self, Paint};
use serde_json::{Value, json};
use sluice_abi::json::{Privacy, to_json, value_to_json};
use sluice_abi::{Facts, Field, Part, Path};

/// Longer values are cut.
const VALUE_CHARACTERS_MAX: usize = 44;

/// Everything there is to show of a frame.
pub struct Shown<'s> {
    /// The frame.
    pub frame: &'s Traced<'s>,
    /// Why it is shown.
    pub why: &'s Why,
    /// What is in it.
    pub decoded: &'s Decoded,
    /// What is asked for.
    pub look: &'s Look,
}

impl Shown<'_> {
    /// To standard output.
    pub fn print(&self) -> anyhow::Result<()> {
        if self.look.json {
            return output::line(self.json());
        }
        output::line(self.lines(Paint::stdout()).join("\n"))
    }

    /// What was decided and done, for every message in the frame.
    pub fn comment(&self) -> String {
        let link = match self.why {
            Why::Message => None,
            Why::PieceOf(whole) => Some(format!("a piece of the message of frame {} ({})", whole.number, whole.said)),
            Why::Answers(request) => Some(format!("answer to frame {} ({})", request.number, request.said)),
            Why::Again => Some("again what the same chunk became before".to_owned()),
        };
        let judged = self.frame.judged.iter().map(|judged| words::said(&judged, self.after(&judged).as_ref()));
        let failed = (self.frame.became == Became::NotChanged).then(|| "could not be changed".to_owned());
        let parts: Vec<String> = link.into_iter().chain(judged).chain(failed).collect();
        format!("frame {}: {}", self.frame.number, parts.join("; "))
    }

    /// What a message that was judged became.
    fn after(&self, judged: &Facts<'_>) -> Option<Facts<'_>> {
        let tsn = judged.number(Field::SctpTsn);
        self.decoded.after.iter().find(|after| after.number(Field::SctpTsn) == tsn)
    }

    fn privacy(&self) -> Privacy {
        if self.look.clear { Privacy::Clear } else { Privacy::Masked }
    }

    fn lines(&self, paint: Paint) -> Vec<String> {
        let mut lines: Vec<String> = self.frame.judged.iter().flat_map(|facts| self.verdict(&facts, paint)).collect();
        if lines.is_empty() {
            lines.push(self.comment());
        } else if *self.why != Why::Message {
            lines.push(row(paint, "frame", &self.comment()));
        }
        match self.frame.became {
            Became::AsItCame => {}
            Became::NotChanged => lines.push(row(paint, "became", &paint.red("it could not be changed"))),
            Became::Changed(after) => self.sides(after, paint, &mut lines),
        }
        lines.extend(self.octets(paint));
        lines.push(String::new());
        lines
    }

    /// A message that was judged, the verdict on it, and what was done.
    fn verdict(&self, judged: &Facts<'_>, paint: Paint) -> Vec<String> {
        let message = serde_json::from_str(&to_json(judged, self.privacy())).map(without_verdict).unwrap_or_default();
        let verdict = format!("{}{}", words::verdict(judged), grounds(judged));
        let mut lines = vec![paint.bold(&output::summary(&message)), row(paint, "verdict", &verdict)];
        let done =
            Done::of(judged, self.after(judged).as_ref()).map(|done| format!("{}: {}", done.word(), done.meaning()));
        lines.extend(done.map(|done| row(paint, "done", &done)));
        let evidence = value_of(judged, Field::VerdictEvidence, self.privacy());
        let evidence = evidence.as_object().into_iter().flatten();
        lines.extend(evidence.map(|(name, value)| row(paint, "evidence", &format!("{name} = {value}"))));
        lines
    }

    /// The messages before and after, beside each other.
    fn sides(&self, after: &[&[u8]], paint: Paint, lines: &mut Vec<String>) {
        let lengths = after.iter().map(|frame| frame.len().to_string()).collect::<Vec<_>>().join(" and ");
        let after = if after.is_empty() { "dropped".to_owned() } else { format!("{lengths} octets") };
        let octets = [format!("{} octets", self.frame.before.len()), after];
        let mut rows = vec![Row { name: "frame".to_owned(), differs: octets[0] != octets[1], values: octets }];
        for pair in self.decoded.pairs() {
            rows.extend(self.rows(&pair));
        }
        if rows.len() == 1 {
            lines.push(row(paint, "became", "other octets; its pieces say nothing alone, or were seen before"));
        }
        let width =
            |of: fn(&Row) -> &str, least| rows.iter().map(|r| of(r).chars().count()).max().unwrap_or(0).max(least);
        let (name, before) = (width(|r| &r.name, 0), width(|r| &r.values[0], "before".len()));
        lines.push(paint.bold(&format!("    {:<name$}  {:<before$}  after", "", "before")));
        lines.extend(rows.iter().map(|row| row.line(name, before, paint)));
    }

    /// The fields of a message before and after. Those of one that stayed as it was are left out: another in the same
    /// frame is what changed.
    fn rows(&self, (before, after): &Pair<'_>) -> Vec<Row> {
        let fields = Path::all().filter(|path| is_of_the_message(*path));
        let value = |side: &Option<Facts<'_>>, path: Path, privacy| {
            let facts = side.as_ref().filter(|facts| facts.value(path).is_some());
            facts.map(|facts| value_to_json(facts, path, privacy)).unwrap_or_default()
        };
        let row = |path: Path| {
            let [clear_before, clear_after] = [before, after].map(|side| value(side, path, Privacy::Clear));
            let differs = clear_before != clear_after;
            let values = [before, after].map(|side| cut(value(side, path, self.privacy())));
            (!clear_before.is_empty() || !clear_after.is_empty()).then(|| Row {
                name: path.to_string(),
                differs,
                values,
            })
        };
        let rows: Vec<Row> = fields.filter_map(row).collect();
        if rows.iter().any(|row| row.differs) { rows } else { Vec::new() }
    }

    fn octets(&self, paint: Paint) -> Vec<String> {
        if !self.look.hex {
            return Vec::new();
        }
        let Became::Changed([first, more @ ..]) = self.frame.became else { return hex::alone(self.frame.before) };
        let lines = hex::side_by_side(self.frame.before, first, |octet| paint.red(octet));
        lines.into_iter().chain(more.iter().flat_map(|frame| hex::alone(frame))).collect()
    }

    fn json(&self) -> Value {
        let messages = |messages: &super::sides::Messages| -> Vec<Value> {
            messages.iter().filter_map(|facts| serde_json::from_str(&to_json(&facts, self.privacy())).ok()).collect()
        };
        let decoded = |side| messages(side).into_iter().map(without_verdict).collect::<Vec<_>>();
        let frame = self.frame;
        let mut json = json!({
            "frame": frame.number,
            "comment": self.comment(),
            "judged": messages(frame.judged),
            "became": match frame.became {
                Became::AsItCame => "as it came",
                Became::Changed(_) => "changed",
                Became::NotChanged => "not changed",
            },
        });
        if let Became::Changed(after) = frame.became {
            json["before"] = decoded(&self.decoded.before).into();
            json["after"] = decoded(&self.decoded.after).into();
            let both = || std::iter::once(&frame.before).chain(after);
            json["octets"] = both().map(|octets| octets.len()).collect();
            if self.look.hex {
                json["hex"] = both().map(|octets| hex::word(octets)).collect();
            }
        }
        json
    }
}

/// A field before and after.
struct Row {
    name: String,
    values: [String; 2],
    differs: bool,
}

impl Row {
    fn line(&self, name: usize, before: usize, paint: Paint) -> String {
        let [old, new] = &self.values;
        let old = format!("{old:<before$}");
        let (mark, old, new) = match self.differs {
            true => ("≠", paint.red(&old), paint.green(new)),
            false => (" ", old, new.clone()),
        };
        format!("  {mark} {:<name$}  {old}  {new}", self.name).trim_end().to_owned()
    }
}

fn row(paint: Paint, heading: &str, text: &str) -> String {
    format!("  {} {text}", paint.bold(&format!("{heading:<9}")))
}

/// Level, scenario and policy.
fn grounds(judged: &Facts<'_>) -> String {
    let value = |field| match value_of(judged, field, Privacy::Clear) {
        Value::Null => None,
        Value::String(text) => Some(text),
        other => Some(other.to_string()),
    };
    let level = value(Field::VerdictLevel).map(|level| format!(" of level {level}"));
    let scenario = value(Field::VerdictScenario).map(|scenario| format!(", scenario {scenario}"));
    let policy = value(Field::VerdictPolicy).map(|policy| format!(", policy {policy}"));
    [level, scenario, policy].into_iter().flatten().collect()
}

fn value_of(facts: &Facts<'_>, field: Field, privacy: Privacy) -> Value {
    serde_json::from_str(&value_to_json(facts, Path { field, part: Part::Whole }, privacy)).unwrap_or_default()
}

fn without_verdict(mut message: Value) -> Value {
    if let Value::Object(members) = &mut message {
        members.remove("verdict");
    }
    message
}

/// A value short enough to stand beside another.
fn cut(value: String) -> String {
    match value.char_indices().nth(VALUE_CHARACTERS_MAX) {
        Some((end, _)) => format!("{}…", value.get(..end).unwrap_or_default()),
        None => value,
    }
}
