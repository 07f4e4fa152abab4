//! The API over TLS with bearer tokens, against the real program.

mod common;

use common::{Appliance, Daemon};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use sluice_api::audit::AuditQuery;
use sluice_api::client::{Client, ClientError};
use sluice_api::events::{ClearQuery, EventQuery};
use sluice_api::problem::Kind;
use std::net::TcpStream;
use std::os::unix::fs::PermissionsExt as _;
use std::sync::Arc;

/// SHA-256 of `test`.
const TEST: &str = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";

struct Rig {
    appliance: Appliance,
    authority: String,
    daemon: Daemon,
}

fn authority() -> CertifiedIssuer<'static, KeyPair> {
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap()
}

fn rig() -> Rig {
    let appliance = Appliance::with(
        "tcp = { listen = \"127.0.0.1:0\", certificate = \"DIR/c.pem\", key = \"DIR/k.pem\", tokens_file = \"DIR/t\" }",
    );
    let config = appliance.path("sluice.toml");
    let dir = config.parent().unwrap().display().to_string();
    std::fs::write(&config, std::fs::read_to_string(&config).unwrap().replace("DIR", &dir)).unwrap();
    let issuer = authority();
    let key = KeyPair::generate().unwrap();
    let certificate = CertificateParams::new(vec!["localhost".to_owned()]).unwrap().signed_by(&key, &issuer).unwrap();
    std::fs::write(appliance.path("c.pem"), certificate.pem()).unwrap();
    std::fs::write(appliance.path("k.pem"), key.serialize_pem()).unwrap();
    std::fs::write(appliance.path("t"), format!("noc {TEST}\n")).unwrap();
    std::fs::set_permissions(appliance.path("t"), std::fs::Permissions::from_mode(0o600)).unwrap();
    let daemon = appliance.start();
    Rig { appliance, authority: issuer.pem(), daemon }
}

impl Rig {
    fn port(&self) -> u16 {
        let at = self.daemon.lines.split("https://127.0.0.1:").nth(1).unwrap();
        at.trim().parse().unwrap()
    }

    fn client(&self, authority: &str, token: &str) -> Client {
        Client::tcp(&format!("https://localhost:{}", self.port()), authority.as_bytes(), token).unwrap()
    }
}

#[test]
fn a_token_lets_its_owner_in_and_is_named_in_the_audit_log() {
    let rig = rig();
    rig.appliance.journal().write(300);
    let client = rig.client(&rig.authority, "test");
    let query = EventQuery { after: Some(0), ..EventQuery::default() };
    assert_eq!(client.follow(&query).unwrap().take(300).map(|e| e.unwrap().id).last(), Some(300));
    assert_eq!(client.status().unwrap().daemon.pid, rig.daemon.pid());
    client.event(1, ClearQuery { clear: Some(true) }).unwrap();
    assert_eq!(client.audit(AuditQuery::default()).unwrap().rows[0].who, "token:noc");
}

#[test]
fn a_wrong_token_is_refused_everywhere() {
    let rig = rig();
    for token in ["tess", "", TEST] {
        let client = rig.client(&rig.authority, token);
        for error in [client.status().unwrap_err(), client.metrics().unwrap_err(), client.fetch_text("/x").unwrap_err()]
        {
            let ClientError::Problem(problem) = error else { panic!("{error}") };
            assert_eq!(problem.known_kind(), Some(Kind::Unauthenticated));
        }
    }
}

#[test]
fn a_certificate_of_an_unknown_authority_is_refused_by_the_client() {
    let rig = rig();
    let error = rig.client(&authority().pem(), "test").status().unwrap_err().to_string();
    assert!(error.contains("certificate"), "{error}");
}

#[test]
fn tls_before_1_3_and_no_tls_at_all_are_refused() {
    use std::io::{Read as _, Write as _};
    let rig = rig();
    let mut plain = TcpStream::connect(("127.0.0.1", rig.port())).unwrap();
    plain.write_all(b"GET /api/v1/status HTTP/1.1\r\nHost: x\r\n\r\n").unwrap();
    let mut answer = Vec::new();
    // Cut or closed with an alert: either way no HTTP.
    let _cut = plain.read_to_end(&mut answer);
    assert!(!answer.starts_with(b"HTTP"), "{answer:?}");

    let mut roots = rustls::RootCertStore::empty();
    let certificate = rustls::pki_types::pem::PemObject::from_pem_slice(rig.authority.as_bytes()).unwrap();
    roots.add(certificate).unwrap();
    let config = rustls::ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_protocol_versions(&[&rustls::version::TLS12])
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let mut session = rustls::ClientConnection::new(Arc::new(config), "localhost".try_into().unwrap()).unwrap();
    let mut stream = TcpStream::connect(("127.0.0.1", rig.port())).unwrap();
    let error = rustls::Stream::new(&mut session, &mut stream).write_all(b"x").unwrap_err().to_string();
    assert!(error.to_lowercase().contains("protocolversion"), "{error}");
}

#[test]
fn a_token_file_that_everybody_can_read_stops_the_start() {
    let rig = rig();
    let appliance = &rig.appliance;
    rig.daemon.terminate();
    std::fs::set_permissions(appliance.path("t"), std::fs::Permissions::from_mode(0o644)).unwrap();
    let output = appliance.command().output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(said.contains("everybody can read it"), "{said}");
}
