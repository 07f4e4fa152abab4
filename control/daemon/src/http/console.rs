//! The console: a few files that browsers get, the same to everybody; what they ask for then goes through the API.
//!
//! They are read when the daemon starts, so that no path of a request ever reaches the disk, and are kept compressed as
//! well. A file under `assets/` has its content in its name and is asked for once.

use anyhow::{Context as _, ensure};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use flate2::Compression;
use flate2::write::GzEncoder;
use hyper::body::Bytes;
use ring::digest::{SHA256, digest};
use std::collections::BTreeMap;
use std::fs;
use std::io::{ErrorKind, Write as _};
use std::path::Path;

/// Its files by their paths.
#[derive(Default)]
pub struct Console(BTreeMap<String, File>);

struct File {
    kind: &'static str,
    tag: HeaderValue,
    plain: Bytes,
    packed: Bytes,
}

impl Console {
    /// Reads a folder; one that is not there has no files.
    ///
    /// # Errors
    /// Something in it cannot be read, or is more than a console.
    pub fn load(folder: &Path) -> anyhow::Result<Self> {
        let mut own = Self::default();
        let mut octets_left = OCTETS_MAX;
        match fs::read_dir(folder) {
            Ok(_) => own.add(folder, "", &mut octets_left)?,
            Err(e) if e.kind() == ErrorKind::NotFound => {}
            Err(e) => return Err(e).with_context(|| format!("console {}", folder.display())),
        }
        Ok(own)
    }

    fn add(&mut self, folder: &Path, path: &str, octets_left: &mut u64) -> anyhow::Result<()> {
        let named = || format!("console {}", folder.display());
        for entry in fs::read_dir(folder).with_context(named)? {
            let entry = entry.with_context(named)?;
            let name = entry.file_name();
            let path = format!("{path}/{}", name.to_str().with_context(named)?);
            let known = entry.metadata().with_context(named)?;
            if known.is_dir() {
                self.add(&entry.path(), &path, octets_left)?;
                continue;
            }
            let left = octets_left.checked_sub(known.len());
            *octets_left = left.with_context(|| format!("{}: more than {} MiB", named(), OCTETS_MAX >> 20))?;
            let plain = fs::read(entry.path()).with_context(|| format!("console {}", entry.path().display()))?;
            ensure!(self.0.len() < FILES_MAX, "{}: more than {FILES_MAX} files", named());
            self.0.insert(path.clone(), File::new(&path, plain)?);
        }
        Ok(())
    }

    /// The answer to a path that no other route has, if it is the console's: a file, or the page for a place in it.
    pub fn answer(&self, method: &Method, path: &str, headers: &HeaderMap) -> Option<Response> {
        let is_ours = matches!(*method, Method::GET | Method::HEAD) && !OTHERS.iter().any(|p| path.starts_with(p));
        if !is_ours {
            return None;
        }
        if self.0.is_empty() {
            return (path == "/").then(|| MISSING.into_response());
        }
        let is_place = !path.rsplit('/').next().is_some_and(|last| last.contains('.'));
        let path = if is_place { PAGE } else { path };
        self.0.get(path).map(|file| file.answer(path, headers))
    }
}

impl File {
    fn new(path: &str, plain: Vec<u8>) -> anyhow::Result<Self> {
        let mut packer = GzEncoder::new(Vec::new(), Compression::best());
        packer.write_all(&plain)?;
        let packed = packer.finish()?;
        let tag: String =
            digest(&SHA256, &plain).as_ref().iter().take(16).map(|octet| format!("{octet:02x}")).collect();
        let extension = path.rsplit('.').next().unwrap_or_default();
        let kind = KINDS.iter().find(|(own, _)| *own == extension).map_or("application/octet-stream", |(_, kind)| kind);
        Ok(Self { kind, tag: HeaderValue::try_from(format!("\"{tag}\""))?, plain: plain.into(), packed: packed.into() })
    }

    fn answer(&self, path: &str, headers: &HeaderMap) -> Response {
        let has = |name, wanted: &str| {
            headers.get(name).and_then(|v| v.to_str().ok()).is_some_and(|value| value.contains(wanted))
        };
        let lasts = if path.starts_with("/assets/") { "public, max-age=31536000, immutable" } else { "no-cache" };
        let common = [
            (header::CACHE_CONTROL, HeaderValue::from_static(lasts)),
            (header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY)),
            (header::VARY, HeaderValue::from_static("accept-encoding")),
            (header::ETAG, self.tag.clone()),
        ];
        if headers.get(header::IF_NONE_MATCH) == Some(&self.tag) {
            return (StatusCode::NOT_MODIFIED, common).into_response();
        }
        let kind = [(header::CONTENT_TYPE, self.kind)];
        if has(header::ACCEPT_ENCODING, "gzip") && self.packed.len() < self.plain.len() {
            (common, kind, [(header::CONTENT_ENCODING, "gzip")], self.packed.clone()).into_response()
        } else {
            (common, kind, self.plain.clone()).into_response()
        }
    }
}

const PAGE: &str = "/index.html";
/// What is no place in the console.
const OTHERS: [&str; 2] = ["/api/", "/metrics"];
/// Its own files and the API, and nothing of anybody else's. Charts and tables set sizes in their elements' styles.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; \
    font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";
const KINDS: [(&str, &str); 7] = [
    ("html", "text/html; charset=utf-8"),
    ("js", "text/javascript; charset=utf-8"),
    ("css", "text/css; charset=utf-8"),
    ("json", "application/json"),
    ("svg", "image/svg+xml"),
    ("png", "image/png"),
    ("woff2", "font/woff2"),
];
const MISSING: (StatusCode, &str) = (
    StatusCode::NOT_FOUND,
    "There is no console here: the package sluice-control brings it; of a checkout, name control/console/dist in sluice.toml, \
    [control] console, once it is built.\n",
);
const OCTETS_MAX: u64 = 32 << 20;
const FILES_MAX: usize = 500;

#[cfg(test)]
mod tests {
    use super::*;

    fn console() -> Console {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("assets")).unwrap();
        fs::write(folder.path().join("index.html"), "<!doctype html>".repeat(20)).unwrap();
        fs::write(folder.path().join("assets/a-1.js"), "1").unwrap();
        Console::load(folder.path()).unwrap()
    }

    fn ask(path: &str, headers: &[(header::HeaderName, &str)]) -> Option<Response> {
        let headers = headers.iter().map(|(name, value)| (name.clone(), HeaderValue::from_str(value).unwrap()));
        console().answer(&Method::GET, path, &headers.collect())
    }

    fn header_of(response: &Response, name: header::HeaderName) -> &str {
        response.headers().get(name).map_or("", |value| value.to_str().unwrap())
    }

    #[test]
    fn files_have_their_kind_and_places_have_the_page() {
        for (path, kind) in [
            ("/", "text/html; charset=utf-8"),
            ("/messages/17", "text/html; charset=utf-8"),
            ("/assets/a-1.js", "text/javascript; charset=utf-8"),
        ] {
            let answer = ask(path, &[]).unwrap();
            assert_eq!((answer.status(), header_of(&answer, header::CONTENT_TYPE)), (StatusCode::OK, kind), "{path}");
        }
        assert!(header_of(&ask("/assets/a-1.js", &[]).unwrap(), header::CACHE_CONTROL).contains("immutable"));
        assert_eq!(header_of(&ask("/", &[]).unwrap(), header::CACHE_CONTROL), "no-cache");
    }

    #[test]
    fn what_is_not_the_consoles_is_left_to_the_api() {
        for path in ["/api/v1/nowhere", "/metrics", "/assets/other.js", "/../Cargo.toml", "/assets/../index.html.bak"] {
            assert!(ask(path, &[]).is_none(), "{path}");
        }
        assert!(console().answer(&Method::POST, "/", &HeaderMap::new()).is_none());
    }

    #[test]
    fn a_browser_that_has_the_file_gets_no_octet_of_it_and_another_gets_it_packed() {
        let packed = ask("/", &[(header::ACCEPT_ENCODING, "br, gzip")]).unwrap();
        assert_eq!(header_of(&packed, header::CONTENT_ENCODING), "gzip");
        // One octet does not become fewer.
        let small = ask("/assets/a-1.js", &[(header::ACCEPT_ENCODING, "gzip")]).unwrap();
        assert_eq!(header_of(&small, header::CONTENT_ENCODING), "");
        let again = ask("/", &[(header::IF_NONE_MATCH, header_of(&packed, header::ETAG))]).unwrap();
        assert_eq!(again.status(), StatusCode::NOT_MODIFIED);
    }

    #[test]
    fn without_a_folder_it_says_what_to_do() {
        let none = Console::load(Path::new("/nowhere/at/all")).unwrap();
        let answer = none.answer(&Method::GET, "/", &HeaderMap::new()).unwrap();
        assert_eq!(answer.status(), StatusCode::NOT_FOUND);
        assert!(none.answer(&Method::GET, "/messages", &HeaderMap::new()).is_none());
    }
}
