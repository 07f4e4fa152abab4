//! One HTTP exchange over a Unix socket or TLS.
//!
//! An answer is read up to a limit and within a time; a problem (RFC 9457) becomes an error with its text. HTTP/2,
//! redirects, proxies and compression are not handled; the daemon uses none.

use super::ClientError;
use crate::policies::POLICY_OCTETS_MAX;
use crate::problem::Problem;
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::body::{Bytes, Incoming};
use hyper::client::conn::http1;
use hyper::{Method, Request, Response, header};
use hyper_util::rt::TokioIo;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpStream, UnixStream};

/// Where a daemon listens. Its `Debug` form does not show the token.
pub enum Endpoint {
    /// The Unix socket.
    Unix(PathBuf),
    /// TLS.
    Tcp(Box<TlsEndpoint>),
}

/// What a TLS connection needs.
pub struct TlsEndpoint {
    authority: String,
    name: ServerName<'static>,
    config: Arc<rustls::ClientConfig>,
    /// None where a certificate says who this is.
    bearer: Option<header::HeaderValue>,
}

/// What a program shows to be let in over TLS. Its `Debug` form shows nothing of it.
pub enum Credential {
    /// A token.
    Token(String),
    /// A certificate with its chain, and its key, both PEM.
    Certificate {
        /// The chain.
        chain: Vec<u8>,
        /// The key.
        key: Vec<u8>,
    },
}

/// An answer must have come within this time.
const ANSWER_TIME_MAX: Duration = Duration::from_secs(60);
/// And within a second more for so many octets that were sent: they must arrive, and be compiled.
const OCTETS_PER_S_MIN: usize = 1 << 20;
/// An answer is never longer than this: a policy, with what is told of it.
const ANSWER_OCTETS_MAX: usize = POLICY_OCTETS_MAX + (1 << 20);

impl Endpoint {
    pub(super) fn unix(path: PathBuf) -> Self {
        Self::Unix(path)
    }

    pub(super) fn tcp(url: &str, authority_pem: &[u8], credential: &Credential) -> Result<Self, ClientError> {
        let bad = |why: String| ClientError::Endpoint(why);
        let authority = url
            .strip_prefix("https://")
            .map(|rest| rest.trim_end_matches('/'))
            .filter(|rest| !rest.is_empty() && !rest.contains('/'))
            .ok_or_else(|| bad(format!("{url}: expected https://HOST:PORT")))?;
        let host = authority.rsplit_once(':').map_or(authority, |(host, _)| host).trim_matches(['[', ']']);
        let name = ServerName::try_from(host.to_owned()).map_err(|e| bad(format!("{url}: {e}")))?;
        let bearer = match credential {
            Credential::Token(token) => Some(bearer(token)?),
            Credential::Certificate { .. } => None,
        };
        let authority = if authority.contains("]:") || host.len() < authority.len() && !authority.ends_with(']') {
            authority.to_owned()
        } else {
            format!("{authority}:443")
        };
        Ok(Self::Tcp(Box::new(TlsEndpoint { authority, name, config: tls_config(authority_pem, credential)?, bearer })))
    }

    pub(super) fn socket(&self) -> Option<&Path> {
        match self {
            Self::Unix(path) => Some(path),
            Self::Tcp(_) => None,
        }
    }
}

impl std::fmt::Debug for Endpoint {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Unix(path) => write!(f, "unix:{}", path.display()),
            Self::Tcp(tls) => write!(f, "https://{}", tls.authority),
        }
    }
}

fn bearer(token: &str) -> Result<header::HeaderValue, ClientError> {
    let mut bearer = header::HeaderValue::try_from(format!("Bearer {token}"))
        .map_err(|_| ClientError::Endpoint("the token has characters that cannot be sent".into()))?;
    bearer.set_sensitive(true);
    Ok(bearer)
}

fn tls_config(authority_pem: &[u8], credential: &Credential) -> Result<Arc<rustls::ClientConfig>, ClientError> {
    let bad = |why: String| ClientError::Endpoint(format!("certificate authority: {why}"));
    let mut roots = rustls::RootCertStore::empty();
    for certificate in CertificateDer::pem_slice_iter(authority_pem) {
        let certificate = certificate.map_err(|e| bad(e.to_string()))?;
        roots.add(certificate).map_err(|e| bad(e.to_string()))?;
    }
    if roots.is_empty() {
        return Err(bad("no certificate in it".into()));
    }
    let config = rustls::ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_protocol_versions(&[&rustls::version::TLS13])
        .map_err(|e| bad(e.to_string()))?
        .with_root_certificates(roots);
    let config = match credential {
        Credential::Token(_) => config.with_no_client_auth(),
        Credential::Certificate { chain, key } => {
            let bad = |why: String| ClientError::Endpoint(format!("certificate and key: {why}"));
            let chain = CertificateDer::pem_slice_iter(chain).collect::<Result<Vec<_>, _>>();
            let key = PrivateKeyDer::from_pem_slice(key).map_err(|e| bad(e.to_string()))?;
            let chain = chain.map_err(|e| bad(e.to_string()))?;
            config.with_client_auth_cert(chain, key).map_err(|e| bad(e.to_string()))?
        }
    };
    Ok(Arc::new(config))
}

/// Asks and reads the whole answer.
pub async fn exchange(endpoint: &Endpoint, method: Method, path: &str, body: Vec<u8>) -> Result<Vec<u8>, ClientError> {
    let patience = ANSWER_TIME_MAX + Duration::from_secs((body.len() / OCTETS_PER_S_MIN) as u64);
    let whole = async {
        let response = ask(endpoint, method, path, body).await?;
        let status = response.status();
        let answer = read_all(response.into_body()).await?;
        if status.is_success() { Ok(answer) } else { Err(problem(status.as_u16(), &answer)) }
    };
    tokio::time::timeout(patience, whole).await.map_err(|_| ClientError::Timeout)?
}

/// Asks and leaves the answer's body open.
pub async fn stream(endpoint: &Endpoint, path: &str) -> Result<Incoming, ClientError> {
    let head = async {
        let response = ask(endpoint, Method::GET, path, Vec::new()).await?;
        let status = response.status();
        if status.is_success() {
            return Ok(response.into_body());
        }
        let answer = read_all(response.into_body()).await?;
        Err(problem(status.as_u16(), &answer))
    };
    tokio::time::timeout(ANSWER_TIME_MAX, head).await.map_err(|_| ClientError::Timeout)?
}

async fn read_all(body: Incoming) -> Result<Vec<u8>, ClientError> {
    let limited = Limited::new(body, ANSWER_OCTETS_MAX).collect().await;
    limited.map(|whole| whole.to_bytes().to_vec()).map_err(|e| ClientError::Connection(e.to_string()))
}

fn problem(status: u16, answer: &[u8]) -> ClientError {
    match serde_json::from_slice::<Problem>(answer) {
        Ok(problem) => ClientError::Problem(Box::new(problem)),
        Err(_) => ClientError::Answer(format!("HTTP status {status} without a problem's details")),
    }
}

async fn ask(
    endpoint: &Endpoint,
    method: Method,
    path: &str,
    body: Vec<u8>,
) -> Result<Response<Incoming>, ClientError> {
    let mut request = Request::builder().method(method).uri(path);
    if !body.is_empty() {
        request = request.header(header::CONTENT_TYPE, "application/json");
    }
    match endpoint {
        Endpoint::Unix(socket) => {
            let stream = UnixStream::connect(socket).await.map_err(|cause| cannot_connect(socket, cause))?;
            send(stream, request.header(header::HOST, "localhost"), body).await
        }
        Endpoint::Tcp(tls) => {
            let at = || format!("https://{}", tls.authority);
            let stream = TcpStream::connect(&tls.authority)
                .await
                .map_err(|cause| ClientError::NotRunning { at: at(), cause })?;
            let stream = tokio_rustls::TlsConnector::from(tls.config.clone())
                .connect(tls.name.clone(), stream)
                .await
                .map_err(|e| ClientError::Connection(format!("{}: {e}", at())))?;
            let request = request.header(header::HOST, &tls.authority);
            let request = match &tls.bearer {
                Some(bearer) => request.header(header::AUTHORIZATION, bearer.clone()),
                // What a browser with this certificate would not send for somebody else's page.
                None => request.header("x-sluice-csrf", "1"),
            };
            send(stream, request, body).await
        }
    }
}

fn cannot_connect(socket: &Path, cause: std::io::Error) -> ClientError {
    if cause.kind() == std::io::ErrorKind::PermissionDenied {
        return ClientError::NotAllowed(socket.to_owned());
    }
    ClientError::NotRunning { at: socket.display().to_string(), cause }
}

async fn send(
    stream: impl AsyncRead + AsyncWrite + Send + Unpin + 'static,
    request: hyper::http::request::Builder,
    body: Vec<u8>,
) -> Result<Response<Incoming>, ClientError> {
    let broken = |e: hyper::Error| ClientError::Connection(format!("the connection broke: {e}"));
    let request = request.body(Full::new(Bytes::from(body))).map_err(|e| ClientError::Endpoint(e.to_string()))?;
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await.map_err(broken)?;
    // The connection ends with the body; its error, if any, shows there.
    tokio::spawn(async move { connection.await.ok() });
    sender.send_request(request).await.map_err(broken)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_endpoint_that_is_no_https_url_is_refused_with_what_was_expected() {
        let token = |text: &str| Credential::Token(text.to_owned());
        for url in ["http://a:1", "https://", "https://a/b", "a:1"] {
            let error = Endpoint::tcp(url, b"", &token("t")).unwrap_err().to_string();
            assert!(error.contains("https://HOST:PORT"), "{url}: {error}");
        }
        let error = Endpoint::tcp("https://a:1", b"nothing", &token("t")).unwrap_err().to_string();
        assert!(error.contains("no certificate"), "{error}");
        assert!(Endpoint::tcp("https://a:1", b"", &token("t\n")).is_err());
    }
}
