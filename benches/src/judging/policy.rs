//! Policies as an operator writes them, compiled as the control side does and verified as the dataplane does.

use super::corpus::Sought;
use crate::clock::cpu_time;
use anyhow::Context;
use sluice_policy::{POLICY_FILE, Source, compile};
use sluice_rules::{Image, Layout};
use std::fmt::Write;

/// A verified image, and what it took to make it.
pub struct Policy {
    octets: Vec<u8>,
    layout: Layout,
    /// Seconds of the processor from the files' text to the image.
    pub compile_s: f64,
    /// Seconds to verify it.
    pub verify_s: f64,
}

/// A file of a policy: its path and its text.
pub type File = (String, String);

impl Policy {
    /// Compiles the files of a policy.
    ///
    /// # Errors
    /// What is wrong with them.
    pub fn compile(files: impl IntoIterator<Item = File>) -> anyhow::Result<Self> {
        let source = Source::from_files(files).map_err(|e| anyhow::anyhow!("{e}"))?;
        let start = cpu_time();
        let octets = compile(&source, 1).map_err(|e| anyhow::anyhow!("{}", e.render(&source, false)))?.image;
        let compiled = cpu_time();
        let layout = Layout::verify(&octets).context("an image that was just compiled")?;
        let seconds = |from, to: std::time::Duration| to.saturating_sub(from).as_secs_f64();
        let (compile_s, verify_s) = (seconds(start, compiled), seconds(compiled, cpu_time()));
        Ok(Self { octets, layout, compile_s, verify_s })
    }

    /// The image, to be asked.
    pub fn image(&self) -> Image<'_> {
        self.layout.image(&self.octets)
    }

    /// Its octets, to be handed to a dataplane.
    pub fn octets(&self) -> &[u8] {
        &self.octets
    }
}

/// How a policy says that it is one, without scenarios; rules follow.
pub const HEAD: &str = "name = \"bench\"\nscenarios = []\n";

/// A policy of one file.
pub fn single(text: String) -> [File; 1] {
    [(POLICY_FILE.to_owned(), text)]
}

/// How expressions are spread over rules.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Spread {
    /// So many rules share them.
    Rules(usize),
    /// Each has a rule of its own.
    One,
}

/// What is read of a text besides the letters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Readings {
    /// Nothing.
    Plain,
    /// The squeezed text, links, templates, the campaign, the class.
    All,
}

/// A policy that discards what has one of the words or matches one of the expressions.
pub fn of_content(sought: &Sought, spread: Spread, readings: Readings) -> Vec<File> {
    let mut text = format!("{HEAD}[list.words]\nkind = \"words\"\nfile = \"lists/words.txt\"\n");
    let each = match spread {
        Spread::Rules(count) => sought.expressions.len().div_ceil(count).max(1),
        Spread::One => 1,
    };
    text.push_str("[variables]\n");
    for (number, group) in sought.expressions.chunks(each).enumerate() {
        let quoted: Vec<String> = group.iter().map(|e| format!("'{e}'")).collect();
        writeln!(text, "e{number} = [{}]", quoted.join(", ")).unwrap_or_default();
    }
    text.push_str(&discard("words", "sms.plain contains list words"));
    for number in 0..sought.expressions.len().div_ceil(each) {
        text.push_str(&discard(&format!("e{number}"), &format!("sms.plain matches $e{number}")));
    }
    if readings == Readings::All {
        text.push_str(ALL_READINGS);
    }
    let words = sought.words.join("\n");
    vec![(POLICY_FILE.to_owned(), text), ("lists/words.txt".to_owned(), words)]
}

fn discard(id: &str, when: &str) -> String {
    format!("[[rule]]\nid = \"{id}\"\nlevel = 3\nwhen = '''{when}'''\naction = \"discard\"\n")
}

/// A policy that has the text read and looks for nothing in it.
pub fn of_reading() -> [File; 1] {
    single(format!("{HEAD}{}", discard("none", "sms.plain == \"nobody says this\"")))
}

/// Monitors, so that the verdict stays that of words and expressions.
const ALL_READINGS: &str = r#"
[list.hosts]
kind = "domain"
entries = ["bad.example", "bad.test"]
[list.squeezed]
kind = "squeezed"
entries = ["freeprize", "lotterywinner", "claimyourprize", "accountsuspended"]
[[rule]]
id = "squeezed"
level = 4
when = "sms.squeezed contains list squeezed"
[[rule]]
id = "hosts"
level = 4
when = "sms.url in list hosts or sms.url_hidden"
[[rule]]
id = "class"
level = 4
when = 'labels.use_case == "promotional" and sms.lookalikes > 2 and sms.hidden_chars > 2'
[[rule]]
id = "campaign"
level = 4
when = "campaign.count > 4000000000 and sms.template"
"#;
