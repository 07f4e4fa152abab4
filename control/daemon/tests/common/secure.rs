//! A daemon that listens with TLS, its clients, and requests of a browser as they stand.

use super::{Appliance, Daemon};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls::pki_types::pem::PemObject as _;
use sluice_api::accounts::{AccountPut, TokenPut};
use sluice_api::client::{Client, Credential};
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::sync::Arc;

pub struct Rig {
    pub appliance: Appliance,
    pub authority: String,
    pub issuer: CertifiedIssuer<'static, KeyPair>,
    pub daemon: Daemon,
}

pub fn authority() -> CertifiedIssuer<'static, KeyPair> {
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap()
}

/// Good enough for an account.
pub const PASSWORD: &str = "violet-tram-94-pocket";

/// What came back.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub head: String,
    pub body: String,
}

impl Answer {
    pub fn header(&self, name: &str) -> Option<&str> {
        let mut lines = self.head.lines().filter_map(|line| line.split_once(": "));
        lines.find(|(found, _)| found.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    }

    /// The last word of a problem's type.
    pub fn problem(&self) -> String {
        let body: serde_json::Value = serde_json::from_str(&self.body).unwrap_or_else(|e| panic!("{e}: {self:?}"));
        body["type"].as_str().unwrap().rsplit(':').next().unwrap().to_owned()
    }
}

impl Rig {
    pub fn start() -> Self {
        Self::with("")
    }

    /// With more lines in its `[control]` section.
    pub fn with(control: &str) -> Self {
        let appliance = Appliance::with(&format!(
            "tcp = {{ listen = \"127.0.0.1:0\", certificate = \"DIR/c.pem\", key = \"DIR/k.pem\", \
             client_authority = \"DIR/a.pem\" }}\n{control}"
        ));
        let config = appliance.path("sluice.toml");
        let dir = config.parent().unwrap().display().to_string();
        std::fs::write(&config, std::fs::read_to_string(&config).unwrap().replace("DIR", &dir)).unwrap();
        let issuer = authority();
        let key = KeyPair::generate().unwrap();
        let certificate = CertificateParams::new(vec!["localhost".to_owned()]).unwrap().signed_by(&key, &issuer);
        std::fs::write(appliance.path("c.pem"), certificate.unwrap().pem()).unwrap();
        std::fs::write(appliance.path("a.pem"), issuer.pem()).unwrap();
        std::fs::write(appliance.path("k.pem"), key.serialize_pem()).unwrap();
        let daemon = appliance.start();
        Self { appliance, authority: issuer.pem(), issuer, daemon }
    }

    pub fn port(&self) -> u16 {
        let at = self.daemon.lines.split("https://127.0.0.1:").nth(1).unwrap();
        at.trim().parse().unwrap()
    }

    pub fn client(&self, authority: &str, token: &str) -> Client {
        Client::tcp(
            &format!("https://localhost:{}", self.port()),
            authority.as_bytes(),
            &Credential::Token(token.to_owned()),
        )
        .unwrap()
    }

    /// Makes a token at the machine itself.
    pub fn token(&self, name: &str, role: &str) -> String {
        self.appliance
            .client()
            .make_token(name, &TokenPut { role: role.into(), ..TokenPut::default() })
            .unwrap()
            .token
            .unwrap()
    }

    /// Makes an account at the machine itself.
    pub fn account(&self, name: &str, role: &str) {
        let put = AccountPut { role: Some(role.into()), password: Some(PASSWORD.into()), ..AccountPut::default() };
        self.appliance.client().put_account(name, &put).unwrap();
    }

    /// One request with these header lines.
    pub fn ask(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Answer {
        self.ask_as(None, method, path, headers, body).unwrap()
    }

    /// The same by somebody with a certificate; `None` where the connection is cut.
    pub fn ask_as(
        &self,
        shown: Option<(&rcgen::Certificate, &KeyPair)>,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &str,
    ) -> Option<Answer> {
        let mut roots = rustls::RootCertStore::empty();
        roots.add(rustls::pki_types::CertificateDer::from_pem_slice(self.authority.as_bytes()).unwrap()).unwrap();
        let config = rustls::ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .with_protocol_versions(&[&rustls::version::TLS13])
            .unwrap()
            .with_root_certificates(roots);
        let config = match shown {
            Some((certificate, key)) => {
                let key = rustls::pki_types::PrivatePkcs8KeyDer::from(key.serialize_der()).into();
                config.with_client_auth_cert(vec![certificate.der().clone()], key).unwrap()
            }
            None => config.with_no_client_auth(),
        };
        let session = rustls::ClientConnection::new(Arc::new(config), "localhost".try_into().unwrap()).unwrap();
        let mut stream = rustls::StreamOwned::new(session, TcpStream::connect(("127.0.0.1", self.port())).unwrap());
        let mut request = format!("{method} {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n");
        for (name, value) in headers {
            request.push_str(&format!("{name}: {value}\r\n"));
        }
        if !body.is_empty() {
            request.push_str("Content-Type: application/json\r\n");
        }
        request.push_str(&format!("Content-Length: {}\r\n\r\n{body}", body.len()));
        stream.write_all(request.as_bytes()).ok()?;
        let mut answer = Vec::new();
        // Its end may come without an alert.
        let _end = stream.read_to_end(&mut answer);
        let answer = String::from_utf8(answer).unwrap();
        let (head, body) = answer.split_once("\r\n\r\n")?;
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        Some(Answer { status, head: head.to_owned(), body: body.to_owned() })
    }

    pub fn sign_in(&self, name: &str, password: &str, code: Option<&str>) -> Answer {
        let body = serde_json::json!({ "name": name, "password": password, "code": code });
        self.ask("POST", "/api/v1/session", &[], &body.to_string())
    }

    /// Somebody who has signed in.
    pub fn browser(&self, name: &str) -> Browser<'_> {
        let answer = self.sign_in(name, PASSWORD, None);
        assert_eq!(answer.status, 204, "{answer:?}");
        Browser::of(self, &answer)
    }
}

/// Somebody with a session.
pub struct Browser<'r> {
    rig: &'r Rig,
    pub cookie: String,
}

impl<'r> Browser<'r> {
    pub fn of(rig: &'r Rig, answer: &Answer) -> Self {
        let cookie = answer.header("set-cookie").unwrap().split(';').next().unwrap().to_owned();
        Self { rig, cookie }
    }

    pub fn get(&self, path: &str) -> Answer {
        self.rig.ask("GET", path, &[("Cookie", &self.cookie)], "")
    }

    pub fn change(&self, method: &str, path: &str, body: &str) -> Answer {
        self.rig.ask(method, path, &[("Cookie", &self.cookie), ("X-Sluice-CSRF", "1")], body)
    }
}
