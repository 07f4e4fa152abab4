//! Who may come in, and what they may do: accounts of people, tokens of programs, roles of both.
//!
//! ```text
//!  account ── password, code ──▶ session (a cookie) ─┐
//!  token ── a bearer's header ───────────────────────┼─▶ role ─▶ permissions
//!  user at the machine ── the Unix socket ───────────┴─▶ all of them
//! ```

use crate::permission::Permission;
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Account of a person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Account {
    /// Its name.
    #[schema(example = "j.doe")]
    pub name: String,
    /// Name of its role.
    pub role: String,
    /// Whether a code is asked for beside the password.
    pub second_factor: bool,
    /// Nobody comes in with it until it is allowed again.
    pub disabled: bool,
    /// After too many wrong passwords nobody comes in with it before this moment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub locked_until: Option<Timestamp>,
    /// When it was made.
    pub created: Timestamp,
    /// When somebody last came in with it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seen: Option<Timestamp>,
}

/// Answer of `GET /api/v1/accounts`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Accounts {
    /// By name.
    pub accounts: Vec<Account>,
}

/// What is to become of an account; what is not given stays. A new one needs role and password.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AccountPut {
    /// Its role.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<String>,
    /// Its new password; sessions that it has end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(format = Password, write_only)]
    pub password: Option<String>,
    /// Whether nobody may come in with it; sessions that it has end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub disabled: Option<bool>,
    /// Lets it try again at once after too many wrong passwords.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub unlock: bool,
    /// Takes its second factor away: for somebody who has lost it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub remove_second_factor: bool,
}

/// Without the password.
impl std::fmt::Debug for AccountPut {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("AccountPut").field("role", &self.role).field("disabled", &self.disabled).finish_non_exhaustive()
    }
}

/// A set of permissions with a name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Role {
    /// Its name.
    #[schema(example = "viewer")]
    pub name: String,
    /// Whom it is for.
    pub help: String,
    /// It comes with Sluice and cannot be changed.
    pub built_in: bool,
    /// What it allows.
    pub permissions: Vec<Permission>,
}

/// Answer of `GET /api/v1/roles`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Roles {
    /// Those that come with Sluice first.
    pub roles: Vec<Role>,
}

/// What a role of one's own is to be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RolePut {
    /// What it allows.
    pub permissions: Vec<Permission>,
    /// Whom it is for.
    #[serde(default)]
    pub help: String,
}

/// The token of a program.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Token {
    /// Its name.
    #[schema(example = "noc")]
    pub name: String,
    /// Name of its role.
    pub role: String,
    /// Who made it.
    pub who: String,
    /// When it was made.
    pub created: Timestamp,
    /// From when on it is worth nothing; absent where it stays.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
    /// When it was last used, to half a minute.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seen: Option<Timestamp>,
}

/// Answer of `GET /api/v1/tokens`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Tokens {
    /// By name.
    pub tokens: Vec<Token>,
}

/// What a token is to be.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TokenPut {
    /// Its role.
    pub role: String,
    /// A certificate, PEM, that takes the token's place. The program shows it with its key when it connects; the
    /// authority of the configuration must have signed it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub certificate: Option<String>,
    /// From when on it is worth nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
}

/// A token that was made. It is shown this once: only its SHA-256 is kept.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TokenMade {
    /// Its name.
    pub name: String,
    /// For `Authorization: Bearer`; absent where it is a certificate.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token: Option<String>,
}

/// Without the token.
impl std::fmt::Debug for TokenMade {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TokenMade").field("name", &self.name).finish_non_exhaustive()
    }
}

/// What somebody signs in with.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SignIn {
    /// Name of the account.
    pub name: String,
    /// Its password.
    #[schema(format = Password, write_only)]
    pub password: String,
    /// Where the account has a second factor, what it shows now: six digits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
}

/// Without password and code.
impl std::fmt::Debug for SignIn {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SignIn").field("name", &self.name).finish_non_exhaustive()
    }
}

/// Who calls, and what they may do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Session {
    /// As the audit log names them.
    pub who: String,
    /// Name of the role; absent for a user of the machine, who may do everything.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<String>,
    /// What they may do.
    pub permissions: Vec<Permission>,
    /// When a person's session ends, whatever they do; it ends earlier when nothing is asked for a while.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
    /// Whether the account has a second factor.
    #[serde(default)]
    pub second_factor: bool,
}

/// A change of one's own password. All other sessions of the account end.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PasswordChange {
    /// The one until now.
    #[schema(format = Password, write_only)]
    pub current: String,
    /// The one from now on.
    #[schema(format = Password, write_only)]
    pub new: String,
}

/// Without the passwords.
impl std::fmt::Debug for PasswordChange {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PasswordChange").finish_non_exhaustive()
    }
}

/// Who has a session shows that they are still the one who signed in.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Password {
    /// One's own.
    #[schema(format = Password, write_only)]
    pub password: String,
}

/// Without the password.
impl std::fmt::Debug for Password {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Password").finish_non_exhaustive()
    }
}

/// A secret for an authenticator (RFC 6238: SHA-1, six digits, 30 s). It counts from when a code of it has come.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SecondFactor {
    /// In base 32.
    pub secret: String,
    /// The same for a QR code: `otpauth://totp/…`.
    pub url: String,
}

/// Without the secret.
impl std::fmt::Debug for SecondFactor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SecondFactor").finish_non_exhaustive()
    }
}

/// A code of an authenticator.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Code {
    /// Six digits.
    pub code: String,
}

/// Characters of names of accounts, roles and tokens.
pub const NAME_CHARACTERS_MAX: usize = 64;

/// Whether this can be the name of an account, role or token: lower-case letters, digits, `.`, `_`, `-`, a letter first.
pub fn is_name(text: &str) -> bool {
    let is_good = |octet: u8| octet.is_ascii_lowercase() || octet.is_ascii_digit() || b"._-".contains(&octet);
    text.len() <= NAME_CHARACTERS_MAX
        && text.bytes().next().is_some_and(|octet| octet.is_ascii_lowercase())
        && text.bytes().all(is_good)
}

/// A role that comes with Sluice.
#[derive(Clone, Copy, Debug)]
pub struct BuiltIn {
    /// Its name.
    pub name: &'static str,
    /// Whom it is for.
    pub help: &'static str,
    /// What it allows.
    pub permissions: &'static [Permission],
}

/// The roles that come with Sluice.
pub const BUILT_IN: [BuiltIn; 6] = {
    use Permission::{
        AuditRead, CountersRead, DescriptionRead, EventsRead, EventsReadClear, ListsChange, ListsRead, PoliciesApprove,
        PoliciesCheck, PoliciesPush, PoliciesRead, StatusRead, TraceRead,
    };
    [
        BuiltIn {
            name: "viewer",
            help: "Looks, and sees subscriber data masked.",
            permissions: &[StatusRead, CountersRead, EventsRead, PoliciesRead, ListsRead, DescriptionRead],
        },
        BuiltIn {
            name: "customer_care",
            help: "Finds a subscriber's messages, in clear where that is needed; each such look is audited.",
            permissions: &[StatusRead, EventsRead, EventsReadClear, DescriptionRead],
        },
        BuiltIn {
            name: "analyst",
            help: "Looks into traffic in clear, and tries policies without effect.",
            permissions: &[
                StatusRead,
                CountersRead,
                EventsRead,
                EventsReadClear,
                PoliciesRead,
                PoliciesCheck,
                ListsRead,
                TraceRead,
                DescriptionRead,
            ],
        },
        BuiltIn {
            name: "rule_author",
            help: "Writes policies and lists and takes them into force.",
            permissions: &[
                StatusRead,
                CountersRead,
                EventsRead,
                PoliciesRead,
                PoliciesCheck,
                PoliciesPush,
                ListsRead,
                ListsChange,
                AuditRead,
                DescriptionRead,
            ],
        },
        BuiltIn {
            name: "approver",
            help: "Looks at proposed policies and takes them into force.",
            permissions: &[
                StatusRead,
                CountersRead,
                EventsRead,
                PoliciesRead,
                PoliciesCheck,
                PoliciesApprove,
                ListsRead,
                AuditRead,
                DescriptionRead,
            ],
        },
        BuiltIn { name: "administrator", help: "May do everything.", permissions: Permission::ALL },
    ]
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_short_and_plain() {
        for name in ["a", "j.doe", "noc-2", "customer_care", &"x".repeat(64)] {
            assert!(is_name(name), "{name}");
        }
        for name in ["", "J", "2a", ".a", "a b", "a/b", "é", "a\n", &"x".repeat(65)] {
            assert!(!is_name(name), "{name}");
        }
    }

    #[test]
    fn every_role_that_comes_with_sluice_allows_something_once_and_only_one_allows_everything() {
        for role in BUILT_IN {
            let once: std::collections::BTreeSet<_> = role.permissions.iter().collect();
            assert!(is_name(role.name) && !once.is_empty() && once.len() == role.permissions.len(), "{}", role.name);
        }
        assert_eq!(BUILT_IN.iter().filter(|role| role.permissions.len() == Permission::ALL.len()).count(), 1);
    }

    #[test]
    fn secrets_do_not_show_in_what_is_logged() {
        let text = |shown: &dyn std::fmt::Debug| format!("{shown:?}");
        let put = AccountPut { password: Some("hunter2".into()), ..AccountPut::default() };
        let sign_in = SignIn { name: "a".into(), password: "hunter2".into(), code: Some("hunter2".into()) };
        let change = PasswordChange { current: "hunter2".into(), new: "hunter2".into() };
        let made = TokenMade { name: "a".into(), token: Some("hunter2".into()) };
        let factor = SecondFactor { secret: "hunter2".into(), url: "hunter2".into() };
        let password = Password { password: "hunter2".into() };
        for shown in [text(&password), text(&put), text(&sign_in), text(&change), text(&made), text(&factor)] {
            assert!(!shown.contains("hunter2"), "{shown}");
        }
    }
}
