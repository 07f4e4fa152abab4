//! The way to the control daemon.

use crate::args::Daemon;
use anyhow::Context;
use sluice_api::client::Client;

/// Connects as the call says: by socket, or by HTTPS with a token.
pub fn connect(daemon: &Daemon) -> anyhow::Result<Client> {
    let Some(url) = &daemon.url else { return Ok(Client::unix(&daemon.socket)?) };
    let read = |path: &Option<std::path::PathBuf>, what: &str| match path {
        Some(path) => std::fs::read(path).with_context(|| format!("{what} {}", path.display())),
        None => anyhow::bail!("--url needs {what} as well"),
    };
    let authority = read(&daemon.ca, "--ca")?;
    let token = String::from_utf8(read(&daemon.token_file, "--token-file")?).context("--token-file is not text")?;
    Ok(Client::tcp(url, &authority, token.trim())?)
}
