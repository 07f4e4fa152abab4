//! Connections to receivers: TLS 1.2 or 1.3, with the authority that the configuration names and no other.

use anyhow::Context as _;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use std::path::Path;
use std::sync::Arc;
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

/// Trusts who this authority has signed.
pub fn connector(authority: &Path) -> anyhow::Result<TlsConnector> {
    let mut roots = RootCertStore::empty();
    let named = || format!("authority {}", authority.display());
    for certificate in CertificateDer::pem_file_iter(authority).with_context(named)? {
        roots.add(certificate.with_context(named)?).with_context(named)?;
    }
    anyhow::ensure!(!roots.is_empty(), "{}: no certificate in it", named());
    let config = ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(TlsConnector::from(Arc::new(config)))
}

/// Host and port.
#[derive(Clone, Debug)]
pub struct Peer {
    host: ServerName<'static>,
    at: String,
}

impl Peer {
    /// `host:port`, or a host with this port.
    pub fn parse(text: &str, port: u16) -> anyhow::Result<Self> {
        let (host, at) = match text.rsplit_once(':') {
            Some((host, given)) if given.parse::<u16>().is_ok() && !host.ends_with(':') => (host, text.to_owned()),
            _ => (text, format!("{text}:{port}")),
        };
        let host = ServerName::try_from(host.trim_matches(['[', ']']).to_owned());
        Ok(Self { host: host.with_context(|| format!("{text}: no host"))?, at })
    }

    /// As it was given.
    pub fn at(&self) -> &str {
        &self.at
    }

    /// Connects.
    pub async fn connect(&self, connector: &TlsConnector) -> anyhow::Result<TlsStream<TcpStream>> {
        let stream = TcpStream::connect(&self.at).await.with_context(|| self.at.clone())?;
        connector.connect(self.host.clone(), stream).await.with_context(|| self.at.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_peer_is_a_host_with_or_without_a_port() {
        let at = |text| Peer::parse(text, 6514).unwrap().at;
        assert_eq!(at("siem.example"), "siem.example:6514");
        assert_eq!(at("siem.example:7"), "siem.example:7");
        assert_eq!(at("192.0.2.1"), "192.0.2.1:6514");
        assert_eq!(at("[2001:db8::1]"), "[2001:db8::1]:6514");
        assert_eq!(at("[2001:db8::1]:7"), "[2001:db8::1]:7");
        assert!(Peer::parse("no host", 1).is_err() && Peer::parse("", 1).is_err());
    }
}
