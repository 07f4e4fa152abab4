//! What TLS needs: TLS 1.3 only, with ring, from PEM files.

use crate::config::Tcp;
use anyhow::Context as _;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::WebPkiClientVerifier;
use rustls::server::danger::ClientCertVerifier;
use rustls::{RootCertStore, ServerConfig};
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use tokio_rustls::TlsAcceptor;

/// Where to listen, and with which certificate.
pub struct Tls {
    /// Address and port.
    pub listen: SocketAddr,
    /// Makes connections secret.
    pub acceptor: TlsAcceptor,
}

impl Tls {
    /// Reads certificate and key.
    ///
    /// # Errors
    /// A file cannot be read, or the two do not fit.
    pub fn load(tcp: &Tcp) -> anyhow::Result<Self> {
        let certificate = tcp.certificate.display();
        let chain = CertificateDer::pem_file_iter(&tcp.certificate)
            .and_then(Iterator::collect::<Result<Vec<_>, _>>)
            .with_context(|| format!("certificate {certificate}"))?;
        anyhow::ensure!(!chain.is_empty(), "certificate {certificate}: no certificate in it");
        let key = PrivateKeyDer::from_pem_file(&tcp.key).with_context(|| format!("key {}", tcp.key.display()))?;
        let clients = match &tcp.client_authority {
            Some(authority) => {
                clients_of(authority).with_context(|| format!("client_authority {}", authority.display()))?
            }
            None => WebPkiClientVerifier::no_client_auth(),
        };
        let mut config = ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .with_protocol_versions(&[&rustls::version::TLS13])
            .context("TLS 1.3")?
            .with_client_cert_verifier(clients)
            .with_single_cert(chain, key)
            .with_context(|| format!("certificate {certificate} and key {}", tcp.key.display()))?;
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(Self { listen: tcp.listen, acceptor: TlsAcceptor::from(Arc::new(config)) })
    }
}

/// A certificate is welcome and not demanded: people have passwords.
fn clients_of(authority: &Path) -> anyhow::Result<Arc<dyn ClientCertVerifier>> {
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_file_iter(authority)? {
        roots.add(certificate?)?;
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    Ok(WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider).allow_unauthenticated().build()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_that_are_no_certificate_are_named() {
        let dir = tempfile::tempdir().unwrap();
        let tcp = |certificate: &str| Tcp {
            listen: "127.0.0.1:0".parse().unwrap(),
            certificate: dir.path().join(certificate),
            key: dir.path().join("key"),
            client_authority: None,
        };
        std::fs::write(dir.path().join("empty"), "").unwrap();
        for name in ["empty", "missing"] {
            let error = format!("{:#}", Tls::load(&tcp(name)).err().unwrap());
            assert!(error.contains(&tcp(name).certificate.display().to_string()), "{error}");
        }
    }
}
