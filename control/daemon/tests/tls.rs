//! The API over TLS with bearer tokens, against the real program.

mod common;

use common::secure::{Rig, authority};
use sluice_api::audit::AuditQuery;
use sluice_api::client::ClientError;
use sluice_api::events::{ClearQuery, EventQuery};
use sluice_api::problem::Kind;
use std::net::TcpStream;
use std::sync::Arc;

#[test]
fn a_token_lets_its_owner_in_and_is_named_in_the_audit_log() {
    let rig = Rig::start();
    rig.appliance.journal().write(300);
    let client = rig.client(&rig.authority, &rig.token("noc", "administrator"));
    let query = EventQuery { after: Some(0), ..EventQuery::default() };
    assert_eq!(client.follow(&query).unwrap().take(300).map(|e| e.unwrap().id).last(), Some(300));
    assert_eq!(client.status().unwrap().daemon.pid, rig.daemon.pid());
    client.event(1, ClearQuery { clear: Some(true) }).unwrap();
    assert_eq!(client.audit(AuditQuery::default()).unwrap().rows[0].who, "token:noc");
}

#[test]
fn a_wrong_token_is_refused_everywhere() {
    let rig = Rig::start();
    let token = rig.token("noc", "administrator");
    for token in ["tess", "", &token[1..], &format!("{token}0")] {
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
    let rig = Rig::start();
    let error = rig.client(&authority().pem(), "test").status().unwrap_err().to_string();
    assert!(error.contains("certificate"), "{error}");
}

#[test]
fn tls_before_1_3_and_no_tls_at_all_are_refused() {
    use std::io::{Read as _, Write as _};
    let rig = Rig::start();
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
