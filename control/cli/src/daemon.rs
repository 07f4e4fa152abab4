//! The way to the control daemon.

use crate::args::Daemon;
use anyhow::Context;
use sluice_api::client::{Client, Credential};

/// Connects as the call says: by socket, or by HTTPS with a token or a certificate.
pub fn connect(daemon: &Daemon) -> anyhow::Result<Client> {
    let Some(url) = &daemon.url else { return Ok(Client::unix(&daemon.socket)?) };
    let read = |path: &Option<std::path::PathBuf>, what: &str| match path {
        Some(path) => std::fs::read(path).with_context(|| format!("{what} {}", path.display())),
        None => anyhow::bail!("--url needs {what} as well"),
    };
    let authority = read(&daemon.ca, "--ca")?;
    let credential = if daemon.certificate.is_some() {
        Credential::Certificate { chain: read(&daemon.certificate, "--certificate")?, key: read(&daemon.key, "--key")? }
    } else {
        let token = read(&daemon.token_file, "--token-file or --certificate")?;
        Credential::Token(String::from_utf8(token).context("--token-file is not text")?.trim().to_owned())
    };
    Ok(Client::tcp(url, &authority, &credential)?)
}
