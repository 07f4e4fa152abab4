//! A POST of JSON to a URL, signed with a secret that both sides know.
//!
//! ```text
//! POST /hook HTTP/1.1
//! content-type: application/json
//! x-sluice-signature: sha256=HMAC of the body with the secret, in hex
//!
//! {"of":"machine","event":{"id":3,"at":"…","change":"raised","kind":"temperature",…}}
//! ```
//! An answer 2xx says that it was taken. Nothing else is followed or read.

use super::Item;
use super::tls::Peer;
use anyhow::Context as _;
use http_body_util::Full;
use hyper::body::Bytes;
use hyper::client::conn::http1;
use hyper::{Method, Request, header};
use hyper_util::rt::TokioIo;
use ring::hmac;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use tokio_rustls::TlsConnector;

const PORT: u16 = 443;
/// Any right of others.
const OTHERS: u32 = 0o007;

/// A receiver.
pub struct Webhook {
    peer: Peer,
    path: String,
    key: Option<hmac::Key>,
    connector: TlsConnector,
}

impl Webhook {
    /// At `https://host:port/path`.
    pub fn new(url: &str, secret_file: Option<&Path>, connector: TlsConnector) -> anyhow::Result<Self> {
        let rest = url.strip_prefix("https://").with_context(|| format!("{url}: expected https://HOST/PATH"))?;
        let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
        let key = secret_file.map(secret).transpose()?;
        Ok(Self { peer: Peer::parse(host, PORT)?, path: format!("/{path}"), key, connector })
    }

    /// Tells it.
    pub async fn tell(&self, item: &Item) -> anyhow::Result<()> {
        let body = serde_json::to_vec(item)?;
        let mut request = Request::builder()
            .method(Method::POST)
            .uri(&self.path)
            .header(header::HOST, self.peer.at())
            .header(header::CONTENT_TYPE, "application/json");
        if let Some(key) = &self.key {
            let signature: String =
                hmac::sign(key, &body).as_ref().iter().map(|octet| format!("{octet:02x}")).collect();
            request = request.header("x-sluice-signature", format!("sha256={signature}"));
        }
        let request = request.body(Full::new(Bytes::from(body)))?;
        let stream = self.peer.connect(&self.connector).await?;
        let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
        // It ends with the answer; its error, if any, shows there.
        tokio::spawn(async move { connection.await.ok() });
        let status = sender.send_request(request).await?.status();
        anyhow::ensure!(status.is_success(), "{}: it answered {status}", self.peer.at());
        Ok(())
    }
}

fn secret(file: &Path) -> anyhow::Result<hmac::Key> {
    let named = || format!("secret_file {}", file.display());
    let mode = std::fs::metadata(file).with_context(named)?.permissions().mode();
    anyhow::ensure!(mode & OTHERS == 0, "{}: everybody can read it: chmod o= it", named());
    let text = std::fs::read_to_string(file).with_context(named)?;
    anyhow::ensure!(!text.trim().is_empty(), "{}: there is nothing in it", named());
    Ok(hmac::Key::new(hmac::HMAC_SHA256, text.trim().as_bytes()))
}
