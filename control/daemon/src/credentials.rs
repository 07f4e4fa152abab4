//! What people and programs prove themselves with: passwords (Argon2id), codes (RFC 6238), random secrets.

use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _};
use ring::rand::{SecureRandom as _, SystemRandom};
use sluice_api::accounts::SecondFactor;
use sluice_api::problem::{Kind, Problem};
use sluice_api::time::Timestamp;
use std::sync::LazyLock;
use totp_rs::{Builder, Secret, Totp};
use zxcvbn::{Score, zxcvbn};

/// A password as it is kept: a PHC string with a salt of its own.
///
/// # Errors
/// There is no randomness.
pub fn hash(password: &str) -> Result<String, Problem> {
    // Argon2id with 19 MiB, two passes, one lane: the first choice of OWASP's password storage cheat sheet.
    let hashed = Argon2::default().hash_password(password.as_bytes());
    hashed.map(|hash| hash.to_string()).map_err(|e| Problem::new(Kind::Internal, format!("Argon2: {e}")))
}

/// Whether this is the password. Takes as long where there is none to compare with.
pub fn verify(password: &str, kept: Option<&str>) -> bool {
    static NOBODYS: LazyLock<String> = LazyLock::new(|| hash("nobody's").unwrap_or_default());
    let is_right = PasswordHash::new(kept.unwrap_or(&NOBODYS))
        .is_ok_and(|hash| Argon2::default().verify_password(password.as_bytes(), &hash).is_ok());
    is_right && kept.is_some()
}

/// Refuses passwords that are soon guessed (ASVS 5.0 §6.2): by length, and by words, names, keys and dates in them.
///
/// # Errors
/// What would make it better.
pub fn refuse_weak(password: &str, name: &str) -> Result<(), Problem> {
    let weak = |why: String| Err(Problem::new(Kind::PasswordWeak, why));
    let characters = password.chars().count();
    if !(PASSWORD_CHARACTERS_MIN..=PASSWORD_CHARACTERS_MAX).contains(&characters) {
        return weak(format!("give {PASSWORD_CHARACTERS_MIN} to {PASSWORD_CHARACTERS_MAX} characters"));
    }
    let estimate = zxcvbn(password, &[name, "sluice", "firewall"]);
    if estimate.score() >= Score::Three {
        return Ok(());
    }
    let feedback = estimate.feedback();
    let warning = feedback.and_then(|said| said.warning()).map(|warning| warning.to_string());
    let advice = feedback.into_iter().flat_map(|said| said.suggestions()).map(ToString::to_string);
    let said: Vec<String> = warning.into_iter().chain(advice).collect();
    weak(if said.is_empty() { "use more, and less common, words".to_owned() } else { said.join(" ") })
}

/// A secret that nobody guesses: 32 random octets, in hex, behind a word that shows what it is.
///
/// # Errors
/// There is no randomness.
pub fn random(word: &str) -> Result<String, Problem> {
    let hex: String = octets::<32>()?.iter().map(|octet| format!("{octet:02x}")).collect();
    Ok(format!("{word}_{hex}"))
}

/// A new second factor for an account.
///
/// # Errors
/// There is no randomness.
pub fn second_factor(name: &str) -> Result<SecondFactor, Problem> {
    let secret = Secret::new(Box::new(octets::<20>()?)).to_base32();
    // An account's name needs no escape in a URL.
    let url = format!("otpauth://totp/Sluice:{name}?secret={secret}&issuer=Sluice");
    Ok(SecondFactor { secret, url })
}

/// The step of a code, if it is right now (one step early or late counts) and none of it or after it was used.
pub fn step_of(secret: &str, code: &str, used: u64, now: Timestamp) -> Option<u64> {
    totp(secret)?.check(code, now.as_ns() / 1_000_000_000).filter(|step| *step > used)
}

fn totp(secret: &str) -> Option<Totp> {
    Builder::new().with_secret(Secret::try_from_base32(secret).ok()?).build().ok()
}

fn octets<const N: usize>() -> Result<[u8; N], Problem> {
    let mut octets = [0; N];
    let filled = SystemRandom::new().fill(&mut octets);
    filled.map(|()| octets).map_err(|_| Problem::new(Kind::Internal, "the system gives no random octets"))
}

const PASSWORD_CHARACTERS_MIN: usize = 12;
const PASSWORD_CHARACTERS_MAX: usize = 128;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_recognised_by_its_hash_which_is_another_one_each_time() {
        let [one, two] = [(); 2].map(|()| hash("correct horse battery").unwrap());
        assert!(one.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{one}");
        assert_ne!(one, two);
        assert!(verify("correct horse battery", Some(&one)) && verify("correct horse battery", Some(&two)));
        assert!(!verify("correct horse batterx", Some(&one)));
        assert!(!verify("nobody's", None) && !verify("x", Some("no hash")));
    }

    #[test]
    fn passwords_that_are_soon_guessed_are_refused_with_advice() {
        for password in ["short", "password1234", "qwertyuiop[]", "j.doej.doej.doe", "Password123!!", &"x".repeat(129)]
        {
            let problem = refuse_weak(password, "j.doe").unwrap_err();
            assert_eq!(problem.known_kind(), Some(Kind::PasswordWeak), "{password}");
            assert!(problem.detail.len() > 10 && !problem.detail.contains(password), "{problem}");
        }
        for password in ["violet-tram-94-pocket", "Zwölf Boxkämpfer jagen", "fj3#kd92!mzLq"] {
            refuse_weak(password, "j.doe").unwrap();
        }
    }

    /// RFC 6238 appendix B, of which an authenticator shows the last six digits.
    #[test]
    fn codes_are_those_of_the_rfc_and_each_is_good_once() {
        let secret = Secret::new(Box::new(*b"12345678901234567890")).to_base32();
        let at = |seconds: u64| Timestamp::from_ns(seconds * 1_000_000_000);
        for (seconds, code) in [(59, "287082"), (1_111_111_109, "081804"), (2_000_000_000, "279037")] {
            let step = seconds / 30;
            assert_eq!(step_of(&secret, code, 0, at(seconds)), Some(step));
            assert_eq!(step_of(&secret, code, 0, at(seconds + 30)), Some(step), "a step late");
            assert_eq!(step_of(&secret, code, 0, at(seconds + 90)), None);
            assert_eq!(step_of(&secret, code, step, at(seconds)), None, "it was used");
        }
        for code in ["", "28708", "2870822", "28708a", "٢٨٧٠٨٢"] {
            assert_eq!(step_of(&secret, code, 0, at(59)), None, "{code}");
        }
    }

    #[test]
    fn a_second_factor_is_for_one_account_and_never_the_same() {
        let [one, two] = [(); 2].map(|()| second_factor("j.doe").unwrap());
        assert_ne!(one, two);
        assert_eq!(one.secret.len(), 32);
        assert_eq!(one.url, format!("otpauth://totp/Sluice:j.doe?secret={}&issuer=Sluice", one.secret));
        assert!(totp(&one.secret).is_some());
    }

    #[test]
    fn a_random_secret_shows_what_it_is_and_is_never_the_same() {
        let [one, two] = [(); 2].map(|()| random("sluice").unwrap());
        assert!(one.starts_with("sluice_") && one.len() == 7 + 64 && one != two, "{one}");
    }
}
