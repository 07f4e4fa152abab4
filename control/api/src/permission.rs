//! What a call demands of its caller. Every operation of the description says it as `x-permission`: a permission,
//! `signed_in` for every known caller, or `open` for everybody.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

macro_rules! permissions {
    ($($variant:ident = $name:tt, $help:literal;)+) => {
        /// A right to do something.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
        pub enum Permission {
            $(
                #[doc = $help]
                #[serde(rename = $name)]
                $variant
            ),+
        }

        impl Permission {
            /// Every permission.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// Its name.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name),+ }
            }

            /// What it allows.
            pub const fn help(self) -> &'static str {
                match self { $(Self::$variant => $help),+ }
            }
        }
    };
}

permissions! {
    StatusRead = "status.read", "See how daemon and dataplane are.";
    CountersRead = "counters.read", "See counters and histograms.";
    EventsRead = "events.read", "See judged messages, subscriber data masked.";
    EventsReadClear = "events.read_clear", "See subscriber data and content in clear; each use is audited.";
    PoliciesRead = "policies.read", "See policies and compare them.";
    PoliciesCheck = "policies.check", "Have a policy checked without any effect.";
    PoliciesPush = "policies.push", "Take a policy into force, or the one before it; propose one where four eyes are demanded.";
    PoliciesApprove = "policies.approve", "Take a policy into force that somebody else has proposed.";
    ListsRead = "lists.read", "See lists and their entries.";
    ListsChange = "lists.change", "Put entries into lists and remove them, at once in force.";
    TraceRead = "trace.read", "See frames as they go by, with subscriber data in clear; each trace is audited.";
    AuditRead = "audit.read", "See who did what.";
    AccountsRead = "accounts.read", "See accounts, roles and tokens.";
    AccountsChange = "accounts.change", "Make, change and remove accounts, roles and tokens with no more rights than one's own.";
    DescriptionRead = "description.read", "See the description of the API.";
}

impl Permission {
    /// The permission with this name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|p| p.name() == name)
    }
}

/// What an operation demands of its caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Demand {
    /// Nothing.
    Open,
    /// That it is known who calls.
    SignedIn,
    /// A permission.
    Permission(Permission),
}

impl Demand {
    /// As the description has it.
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "open" => Some(Self::Open),
            "signed_in" => Some(Self::SignedIn),
            name => Permission::parse(name).map(Self::Permission),
        }
    }
}

impl std::fmt::Display for Permission {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_permission_is_found_again_by_its_name() {
        for &permission in Permission::ALL {
            assert_eq!(Permission::parse(permission.name()), Some(permission));
        }
        assert_eq!(Permission::parse("everything"), None);
        assert_eq!(serde_json::to_string(&Permission::ListsRead).unwrap(), r#""lists.read""#);
    }
}
