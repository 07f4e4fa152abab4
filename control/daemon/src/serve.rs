//! Connections: the Unix socket, TLS, their limits and their end.
//!
//! The socket gets its permissions before it has its name, and takes the place of one that a dead daemon left at
//! once; one that somebody listens on is left alone. A connection that does not say what it wants is closed after a
//! time, and there is a limit on how many there are. At the end, answers under way get a little longer.

use crate::http::access::Origin;
use crate::store::sessions::Digest;
use crate::tls::Tls;
use anyhow::Context as _;
use axum::Router;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use std::fs::{self, Permissions};
use std::io;
use std::os::unix::fs::{FileTypeExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, UnixListener, UnixStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio_rustls::TlsAcceptor;
use tower::Service as _;

/// Where connections come in.
pub struct Listeners {
    unix: UnixListener,
    path: PathBuf,
    tcp: Option<(TcpListener, TlsAcceptor)>,
}

impl Listeners {
    /// Listens.
    ///
    /// # Errors
    /// Another daemon listens there, or the system refuses.
    pub async fn bind(path: &Path, tls: Option<Tls>) -> anyhow::Result<Self> {
        let unix = bind_unix(path).await.with_context(|| format!("socket {}", path.display()))?;
        let tcp = match tls {
            Some(Tls { listen, acceptor }) => {
                let listener = TcpListener::bind(listen).await.with_context(|| format!("address {listen}"))?;
                Some((listener, acceptor))
            }
            None => None,
        };
        Ok(Self { unix, path: path.to_owned(), tcp })
    }

    /// For the log.
    pub fn describe(&self) -> String {
        let tcp = self.tcp.as_ref().and_then(|(listener, _)| listener.local_addr().ok());
        let tcp = tcp.map_or_else(String::new, |at| format!(" and https://{at}"));
        format!("listening on {}{tcp}", self.path.display())
    }
}

impl Drop for Listeners {
    fn drop(&mut self) {
        // One that is gone already, or cannot be removed, is replaced by the next daemon.
        let _replaced_later = fs::remove_file(&self.path);
    }
}

async fn bind_unix(path: &Path) -> anyhow::Result<UnixListener> {
    match fs::symlink_metadata(path) {
        Err(e) if e.kind() == io::ErrorKind::NotFound => {}
        Err(e) => return Err(e.into()),
        Ok(found) if !found.file_type().is_socket() => anyhow::bail!("something else than a socket lies there"),
        Ok(_) => match UnixStream::connect(path).await {
            Err(e) if e.kind() == io::ErrorKind::ConnectionRefused => {}
            Err(e) => return Err(e.into()),
            Ok(_) => anyhow::bail!("another daemon listens there"),
        },
    }
    let mut beside = path.as_os_str().to_owned();
    beside.push(format!(".{}", std::process::id()));
    if let Some(dir) = path.parent() {
        fs::create_dir_all(dir)?;
    }
    let listener = UnixListener::bind(&beside)?;
    let placed =
        fs::set_permissions(&beside, Permissions::from_mode(SOCKET_MODE)).and_then(|()| fs::rename(&beside, path));
    if let Err(e) = placed {
        fs::remove_file(&beside).ok();
        return Err(e.into());
    }
    Ok(listener)
}

/// Answers until told to stop, then lets answers under way end.
///
/// # Errors
/// None after the start; connections that fail are their own matter.
pub async fn serve(listeners: Listeners, router: Router, mut stopping: watch::Receiver<bool>) -> anyhow::Result<()> {
    let server = Server { router, graceful: GracefulShutdown::new(), room: Arc::new(Semaphore::new(CONNECTIONS_MAX)) };
    loop {
        let permit = tokio::select! {
            permit = Arc::clone(&server.room).acquire_owned() => permit.context("the daemon ends")?,
            _ = stopping.wait_for(|s| *s) => break,
        };
        tokio::select! {
            accepted = listeners.unix.accept() => match accepted {
                Ok((stream, _)) => server.unix(stream, permit),
                Err(_) => tokio::time::sleep(REST_AFTER_ERROR).await,
            },
            accepted = accept_tcp(listeners.tcp.as_ref()) => match accepted {
                Ok((stream, acceptor)) => server.tls(stream, acceptor, permit),
                Err(_) => tokio::time::sleep(REST_AFTER_ERROR).await,
            },
            _ = stopping.wait_for(|s| *s) => break,
        }
    }
    drop(listeners);
    // Those still busy after that are cut.
    let _ended_or_cut = tokio::time::timeout(END_TIME_MAX, server.graceful.shutdown()).await;
    Ok(())
}

async fn accept_tcp(listener: Option<&(TcpListener, TlsAcceptor)>) -> io::Result<(tokio::net::TcpStream, TlsAcceptor)> {
    match listener {
        Some((listener, acceptor)) => listener.accept().await.map(|(stream, _)| (stream, acceptor.clone())),
        None => std::future::pending().await,
    }
}

struct Server {
    router: Router,
    graceful: GracefulShutdown,
    room: Arc<Semaphore>,
}

impl Server {
    fn unix(&self, stream: UnixStream, permit: OwnedSemaphorePermit) {
        // Without credentials there is nobody to answer to.
        let Ok(credentials) = stream.peer_cred() else { return };
        let origin = Origin::Unix { uid: credentials.uid() };
        let watcher = self.graceful.watcher();
        let router = self.router.clone();
        tokio::spawn(async move { converse(stream, origin, router, watcher, permit).await });
    }

    fn tls(&self, stream: tokio::net::TcpStream, acceptor: TlsAcceptor, permit: OwnedSemaphorePermit) {
        let watcher = self.graceful.watcher();
        let router = self.router.clone();
        tokio::spawn(async move {
            let handshake = tokio::time::timeout(HEAD_TIME_MAX, acceptor.accept(stream)).await;
            // A handshake that fails or takes too long has nobody to be told.
            if let Ok(Ok(stream)) = handshake {
                let shown = stream.get_ref().1.peer_certificates().and_then(<[_]>::first);
                let certificate = shown.map(Digest::of);
                converse(stream, Origin::Tls { certificate }, router, watcher, permit).await;
            }
        });
    }
}

async fn converse(
    stream: impl AsyncRead + AsyncWrite + Send + Unpin + 'static,
    origin: Origin,
    router: Router,
    watcher: hyper_util::server::graceful::Watcher,
    _permit: OwnedSemaphorePermit,
) {
    let service = service_fn(move |mut request: hyper::Request<Incoming>| {
        request.extensions_mut().insert(origin);
        router.clone().call(request)
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_TIME_MAX)
        .serve_connection(TokioIo::new(stream), service);
    // How a connection ends is its peer's business.
    watcher.watch(connection).await.ok();
}

/// Owner and group.
const SOCKET_MODE: u32 = 0o660;
/// Connections at a time.
const CONNECTIONS_MAX: usize = 512;
/// A handshake, or the head of a request, must have come within this time.
const HEAD_TIME_MAX: Duration = Duration::from_secs(10);
/// What is under way at the end gets this long.
const END_TIME_MAX: Duration = Duration::from_secs(5);
/// After an error of accept (no descriptors left) it is not tried again at once.
const REST_AFTER_ERROR: Duration = Duration::from_millis(50);

#[cfg(test)]
mod tests {
    use super::*;

    async fn bind(path: &Path) -> Result<Listeners, String> {
        Listeners::bind(path, None).await.map_err(|e| format!("{e:#}"))
    }

    #[tokio::test]
    async fn a_dead_daemons_socket_is_replaced_and_a_living_ones_is_not() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("run").join("s");
        let first = bind(&path).await.unwrap();
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, SOCKET_MODE);
        let error = bind(&path).await.err().unwrap();
        assert!(error.contains("another daemon listens there"), "{error}");
        drop(first);
        assert!(!path.exists());
        drop(std::os::unix::net::UnixListener::bind(&path).unwrap());
        assert!(bind(&path).await.is_ok());
    }

    #[tokio::test]
    async fn a_file_in_the_sockets_place_is_left_alone() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("s");
        fs::write(&path, "mine").unwrap();
        let error = bind(&path).await.err().unwrap();
        assert!(error.contains("something else"), "{error}");
        assert_eq!(fs::read(&path).unwrap(), b"mine");
    }
}
