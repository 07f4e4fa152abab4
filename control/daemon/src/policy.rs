//! Placeholder until the policy crate lands.

use sluice_api::policies::{Diagnostic, Files, PolicyDiff, PolicySummary, Severity};
use sluice_api::problem::{Kind, Problem};

/// A compiled policy.
#[derive(Clone, Debug)]
pub struct Compiled {
    /// What the dataplane takes.
    pub image: Vec<u8>,
    /// What is in it.
    pub summary: PolicySummary,
    /// What is allowed and probably not meant.
    pub warnings: Vec<Diagnostic>,
}

/// Compiles.
pub fn compile(files: &Files, version: u64) -> Result<Compiled, Problem> {
    let text = files.get("policy.toml").cloned().unwrap_or_default();
    if let Some(at) = text.find('%') {
        let d = Diagnostic {
            severity: Severity::Error,
            file: "policy.toml".into(),
            line: 1,
            column: at as u32 + 1,
            message: "bad".into(),
            help: None,
        };
        return Err(Problem::new(Kind::PolicyBroken, "1 error").with_diagnostics(vec![d]));
    }
    Ok(Compiled { image: version.to_le_bytes().to_vec(), summary: PolicySummary::default(), warnings: vec![] })
}

/// Compares.
pub fn diff(a: &Files, b: &Files) -> Result<PolicyDiff, Problem> {
    Ok(PolicyDiff { same: a == b, text: String::new(), changes: vec![] })
}
