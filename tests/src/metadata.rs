//! The workspace and its dependencies, as `cargo metadata` reports them.

use anyhow::{Context, bail};
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A package: one of ours, or one we depend on.
#[derive(Clone, Debug)]
pub struct Package {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
    /// What its manifest says its licence is, an SPDX expression.
    pub licence: Option<String>,
    /// Where its `Cargo.toml` lies.
    pub manifest: PathBuf,
    /// What it names by path, which only our own packages do.
    pub ours: Vec<Dependency>,
    /// Whether it is a member of this workspace.
    pub is_member: bool,
}

/// One of our packages naming another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dependency {
    /// The package named.
    pub name: String,
    /// Whether only its tests, benches and examples use it.
    pub is_dev: bool,
}

impl Package {
    /// The folder of its manifest.
    pub fn folder(&self) -> &Path {
        self.manifest.parent().unwrap_or(&self.manifest)
    }

    fn from_json(json: &Value, members: &[Value]) -> anyhow::Result<Self> {
        let text = |key: &str| json[key].as_str().with_context(|| format!("a package without `{key}`"));
        let ours = json["dependencies"].as_array().into_iter().flatten().filter(|d| d["path"].is_string());
        Ok(Self {
            name: text("name")?.to_owned(),
            version: text("version")?.to_owned(),
            licence: json["license"].as_str().map(str::to_owned),
            manifest: text("manifest_path")?.into(),
            ours: ours.filter_map(Dependency::from_json).collect(),
            is_member: members.contains(&json["id"]),
        })
    }
}

impl Dependency {
    fn from_json(json: &Value) -> Option<Self> {
        Some(Self { name: json["name"].as_str()?.to_owned(), is_dev: json["kind"].as_str() == Some("dev") })
    }
}

/// The workspace's top folder.
pub fn top() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// The members of the workspace alone.
///
/// # Errors
/// What cargo says when it fails.
pub fn members() -> anyhow::Result<Vec<Package>> {
    read("Cargo.toml", &["--no-deps"])
}

/// Members and everything they build with on this platform, with every feature, build scripts and tests included; also
/// those of the workspaces below `tests/`.
///
/// # Errors
/// What cargo says when it fails.
pub fn all_packages() -> anyhow::Result<Vec<Package>> {
    let all = |manifest| read(manifest, &["--all-features", "--filter-platform", "x86_64-unknown-linux-gnu"]);
    Ok([all("Cargo.toml")?, all("tests/nodes/Cargo.toml")?, all("tests/fuzz/Cargo.toml")?].concat())
}

fn read(manifest: &str, arguments: &[&str]) -> anyhow::Result<Vec<Package>> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(cargo)
        .args(["metadata", "--locked", "--format-version", "1", "--manifest-path", manifest])
        .args(arguments)
        .current_dir(top())
        .output()
        .context("cargo does not start")?;
    if !output.status.success() {
        bail!("cargo metadata: {}", String::from_utf8_lossy(&output.stderr));
    }
    let metadata: Value = serde_json::from_slice(&output.stdout)?;
    let packages = metadata["packages"].as_array().context("no packages")?;
    let members = metadata["workspace_members"].as_array().context("no members")?;
    packages.iter().map(|p| Package::from_json(p, members)).collect()
}
