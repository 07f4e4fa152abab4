//! The starter policy, compiled as the control side does and verified as the dataplane does.

use anyhow::Context;
use sluice_abi::LogLevel;
use sluice_policy::{Source, compile};
use sluice_rules::{Image, Layout};
use std::path::PathBuf;

/// Where the starter policy lies.
pub fn starter_folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../control/policy/starter")
}

/// A verified image.
pub struct Starter {
    octets: Vec<u8>,
    layout: Layout,
}

impl Starter {
    /// The starter policy with another default for how much of a message is recorded. Rules that say a level of their
    /// own keep it.
    ///
    /// # Errors
    /// The policy cannot be read, has no such default, does not compile, or does not verify.
    pub fn compile(log: LogLevel) -> anyhow::Result<Self> {
        let starter = Source::from_dir(&starter_folder()).map_err(|e| anyhow::anyhow!("the starter policy: {e}"))?;
        let wanted = format!("default_log = \"{}\"", log.name());
        let files = starter.files().map(|(path, text)| {
            let text = if path == POLICY_FILE { text.replace(SHIPPED, &wanted) } else { text.to_owned() };
            (path.to_owned(), text)
        });
        let source = Source::from_files(files).map_err(|e| anyhow::anyhow!("the starter policy: {e}"))?;
        let is_set = source.file(POLICY_FILE).is_some_and(|text| text.contains(&wanted));
        anyhow::ensure!(is_set, "the starter policy does not say `{SHIPPED}`");
        let octets = compile(&source, 1).map_err(|e| anyhow::anyhow!("the starter policy: {e}"))?.image;
        let layout = Layout::verify(&octets).context("the image of the starter policy")?;
        Ok(Self { octets, layout })
    }

    /// The image, to be evaluated.
    pub fn image(&self) -> Image<'_> {
        self.layout.image(&self.octets)
    }

    /// Its octets, to be handed to a dataplane.
    pub fn octets(&self) -> &[u8] {
        &self.octets
    }
}

/// Where the starter policy says how much is recorded, and what it says.
const POLICY_FILE: &str = "policy.toml";
const SHIPPED: &str = "default_log = \"summary\"";
