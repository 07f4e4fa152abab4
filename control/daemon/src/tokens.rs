//! Who may come in over TLS: bearer tokens, of which only the SHA-256 is kept.
//!
//! ```text
//! # name  SHA-256 of the token, in hex: printf %s "$TOKEN" | sha256sum
//! noc     9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08
//! ```
//! A token is compared by its digest with every entry, in constant time, so that the time of a refusal says nothing. A
//! file others than owner and group can read is refused.

use ring::digest::{SHA256, digest};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use subtle::ConstantTimeEq as _;

/// Names and digests. Their `Debug` form shows names only.
#[derive(Clone, Default)]
pub struct Tokens(Vec<(String, [u8; DIGEST_OCTETS])>);

/// Why there are no tokens.
#[derive(Debug)]
pub enum TokensError {
    /// The file cannot be read.
    Read(PathBuf, std::io::Error),
    /// Others can read it.
    Exposed(PathBuf),
    /// A line (from 1) is not an entry.
    Line(PathBuf, usize, &'static str),
    /// There is no entry.
    Empty(PathBuf),
}

impl std::fmt::Display for TokensError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Read(file, e) => write!(f, "{}: {e}", file.display()),
            Self::Exposed(file) => write!(f, "{}: everybody can read it: chmod o= it", file.display()),
            Self::Line(file, line, expected) => write!(f, "{}:{line}:1: expected {expected}", file.display()),
            Self::Empty(file) => write!(f, "{}: no token in it, so nobody could come in over TLS", file.display()),
        }
    }
}

impl std::error::Error for TokensError {}

impl Tokens {
    /// Reads the file.
    ///
    /// # Errors
    /// It cannot be read, or is not what it should be.
    pub fn read(file: &Path) -> Result<Self, TokensError> {
        let failed = |e| TokensError::Read(file.to_owned(), e);
        if std::fs::metadata(file).map_err(failed)?.permissions().mode() & OTHERS != 0 {
            return Err(TokensError::Exposed(file.to_owned()));
        }
        let tokens = Self::parse(&std::fs::read_to_string(file).map_err(failed)?)
            .map_err(|(line, expected)| TokensError::Line(file.to_owned(), line, expected))?;
        if tokens.0.is_empty() { Err(TokensError::Empty(file.to_owned())) } else { Ok(tokens) }
    }

    fn parse(text: &str) -> Result<Self, (usize, &'static str)> {
        let mut entries = Vec::new();
        for (at, line) in text.lines().enumerate() {
            let line = line.split('#').next().unwrap_or_default().trim();
            if line.is_empty() {
                continue;
            }
            let mut words = line.split_whitespace();
            let (Some(name), Some(digest), None) = (words.next(), words.next(), words.next()) else {
                return Err((at + 1, "a name and the SHA-256 of a token"));
            };
            let digest = from_hex(digest).ok_or((at + 1, "64 hexadecimal digits: the SHA-256 of a token"))?;
            entries.push((name.to_owned(), digest));
        }
        Ok(Self(entries))
    }

    /// Whose token it is.
    pub fn find(&self, token: &str) -> Option<&str> {
        let given = digest(&SHA256, token.as_bytes());
        let mut found = None;
        // To the end, also after it was found.
        for (name, digest) in &self.0 {
            if bool::from(digest.as_slice().ct_eq(given.as_ref())) {
                found = Some(name.as_str());
            }
        }
        found
    }
}

impl std::fmt::Debug for Tokens {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.0.iter().map(|(name, _)| name)).finish()
    }
}

fn from_hex(text: &str) -> Option<[u8; DIGEST_OCTETS]> {
    let mut out = [0; DIGEST_OCTETS];
    let (pairs, rest) = text.as_bytes().as_chunks::<2>();
    if pairs.len() != out.len() || !rest.is_empty() {
        return None;
    }
    for (octet, pair) in out.iter_mut().zip(pairs) {
        let nibble = |c: u8| char::from(c).to_digit(16);
        *octet = u8::try_from(nibble(pair[0])? << 4 | nibble(pair[1])?).ok()?;
    }
    Some(out)
}

const DIGEST_OCTETS: usize = 32;
/// Any right of others.
const OTHERS: u32 = 0o007;

#[cfg(test)]
mod tests {
    use super::*;

    /// SHA-256 of `test`.
    const TEST: &str = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";

    #[test]
    fn a_token_leads_to_its_name_and_another_to_nobody() {
        let tokens = Tokens::parse(&format!("# who\nnoc {TEST}  # since May\n\nother {}\n", "0".repeat(64))).unwrap();
        assert_eq!(tokens.find("test"), Some("noc"));
        assert_eq!(tokens.find("test "), None);
        assert_eq!(tokens.find(""), None);
        assert_eq!(format!("{tokens:?}"), r#"["noc", "other"]"#);
    }

    #[test]
    fn a_line_that_is_no_entry_is_refused_with_its_number() {
        assert_eq!(Tokens::parse("\nnoc\n").unwrap_err().0, 2);
        assert_eq!(Tokens::parse("noc 1234\n").unwrap_err().0, 1);
        assert_eq!(Tokens::parse(&format!("noc {TEST} more\n")).unwrap_err().0, 1);
        assert_eq!(Tokens::parse(&format!("noc {}é\n", &TEST[..62])).unwrap_err().0, 1);
    }

    #[test]
    fn a_file_that_everybody_can_read_is_refused() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("tokens");
        std::fs::write(&file, format!("noc {TEST}\n")).unwrap();
        let mode = |mode| std::fs::set_permissions(&file, std::fs::Permissions::from_mode(mode)).unwrap();
        mode(0o644);
        assert!(matches!(Tokens::read(&file), Err(TokensError::Exposed(_))));
        mode(0o640);
        assert_eq!(Tokens::read(&file).unwrap().find("test"), Some("noc"));
        std::fs::write(&file, "").unwrap();
        assert!(matches!(Tokens::read(&file), Err(TokensError::Empty(_))));
    }
}
