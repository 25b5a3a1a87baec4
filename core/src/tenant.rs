//! A tenant, its environments, and the names of everything it owns (playbook 6.1).
//!
//! Whatever cannot be a name in AWS, MySQL or DNS cannot be built here, so no later room has to check again.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::kind::Kind;

/// Why a text is not what it should be, and what would be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Invalid(pub String);

impl Invalid {
    /// Says what is wrong with the text and what is allowed.
    pub fn new(reason: impl Into<String>) -> Self {
        Self(reason.into())
    }
}

/// Declares a text type whose only way in is its `FromStr`.
macro_rules! validated_text {
    ($name:ident) => {
        impl $name {
            /// The text itself.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
        impl TryFrom<String> for $name {
            type Error = Invalid;
            fn try_from(text: String) -> Result<Self, Invalid> {
                text.parse()
            }
        }
        impl From<$name> for String {
            fn from(value: $name) -> String {
                value.0
            }
        }
    };
}

/// The longest tenant id: `prod-{id}-tg` must fit the 32 characters of a target group's name.
pub const TENANT_ID_MAX: usize = 24;

/// A tenant's id: 12 digits as generated, or a given slug `[a-z][a-z0-9-]*` of at most [`TENANT_ID_MAX`] characters.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct TenantId(String);
validated_text!(TenantId);

impl TenantId {
    /// Twelve random digits, the first of them not zero. Uniqueness is the registry's to say.
    pub fn generate(rng: &mut impl rand::Rng) -> Self {
        Self(rng.random_range(100_000_000_000_u64..1_000_000_000_000).to_string())
    }
}

impl FromStr for TenantId {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        const ALLOWED: &str = "A tenant id is 12 digits, or starts with a lower-case letter and goes on with lower-case \
                               letters, digits and hyphens, at most 24 characters in all";
        let refuse = |why: &str| Err(Invalid::new(format!("{why}. {ALLOWED}, for example `goldencrust`.")));
        if text.is_empty() {
            return refuse("The tenant id is empty");
        }
        if text.chars().count() > TENANT_ID_MAX {
            return refuse(&format!("The tenant id has {} characters", text.chars().count()));
        }
        if text.len() == 12 && text.bytes().all(|b| b.is_ascii_digit()) {
            return Ok(Self(text.to_owned()));
        }
        if let Some(stranger) = text.chars().find(|c| !matches!(c, 'a'..='z' | '0'..='9' | '-')) {
            return refuse(&format!("The tenant id contains {}", named(stranger)));
        }
        if !text.starts_with(|c: char| c.is_ascii_lowercase()) {
            return refuse("The tenant id does not start with a letter");
        }
        if text.ends_with('-') {
            return refuse("The tenant id ends with a hyphen");
        }
        Ok(Self(text.to_owned()))
    }
}

/// How a message names a character that is not allowed, so that nothing hostile is repeated in chat.
fn named(c: char) -> String {
    match c {
        ' ' => "a space".into(),
        '`' => "a backtick".into(),
        c if c.is_ascii_uppercase() => format!("the upper-case letter {c}"),
        c if c.is_ascii_graphic() => format!("the character {c}"),
        c => format!("the character U+{:04X}", u32::from(c)),
    }
}

/// Whether a character cannot be seen, or changes how others are seen: controls, zero widths, directions, tags.
pub fn hidden(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{AD}' | '\u{61C}' | '\u{180E}' | '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}'
            | '\u{2060}'..='\u{206F}' | '\u{FEFF}' | '\u{FFF9}'..='\u{FFFB}' | '\u{E0000}'..='\u{E007F}')
}

/// Names that no tenant may have under an environment's domain: the platform's own and those mail and browsers expect.
const RESERVED: &[&str] = &[
    "admin",
    "api",
    "app",
    "assets",
    "autoconfig",
    "autodiscover",
    "blog",
    "cdn",
    "dev",
    "dns",
    "ftp",
    "help",
    "imap",
    "internal",
    "localhost",
    "mail",
    "mx",
    "ns",
    "ns1",
    "ns2",
    "pop",
    "prod",
    "root",
    "sit",
    "smtp",
    "static",
    "status",
    "support",
    "test",
    "webmail",
    "www",
];

/// The host label of a tenant under an environment's domain: one DNS label, not reserved.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Subdomain(String);
validated_text!(Subdomain);

impl FromStr for Subdomain {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        const ALLOWED: &str = "A subdomain is one label of lower-case letters, digits and inner hyphens, at most 63 \
                               characters";
        let refuse = |why: &str| Err(Invalid::new(format!("{why}. {ALLOWED}, for example `golden`.")));
        if text.is_empty() {
            return refuse("The subdomain is empty");
        }
        if text.chars().count() > 63 {
            return refuse(&format!("The subdomain has {} characters", text.chars().count()));
        }
        if text.contains('.') {
            return refuse("The subdomain contains a dot; the environment's domain is added by itself");
        }
        if let Some(stranger) = text.chars().find(|c| !matches!(c, 'a'..='z' | '0'..='9' | '-')) {
            return refuse(&format!("The subdomain contains {}", named(stranger)));
        }
        if text.starts_with('-') || text.ends_with('-') {
            return refuse("The subdomain begins or ends with a hyphen");
        }
        if text.starts_with("xn--") {
            return refuse("The subdomain is in punycode, where letters can look like others");
        }
        if RESERVED.contains(&text) {
            return refuse(&format!("The subdomain {text} is reserved for the platform"));
        }
        Ok(Self(text.to_owned()))
    }
}

impl Subdomain {
    /// Other labels to offer where this one is taken; the caller asks which of them are free.
    pub fn alternatives(&self) -> Vec<Self> {
        ["-site", "-web", "-shop", "-online", "-2", "-3", "-hq", "-group"]
            .iter()
            .filter_map(|suffix| format!("{self}{suffix}").parse().ok())
            .collect()
    }
}

/// An owner's e-mail address: one `@`, a domain with a dot, printable ASCII, at most 254 characters.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Email(String);
validated_text!(Email);

impl FromStr for Email {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let refuse = |why: &str| Err(Invalid::new(format!("{why}. An address looks like `owner@golden.example`.")));
        if text.len() > 254 {
            return refuse("The e-mail address has more than 254 characters");
        }
        let Some((local, domain)) = text.split_once('@') else {
            return refuse("The e-mail address has no @");
        };
        let local_ok = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+/=?^_{|}~.-".contains(c);
        if local.is_empty() || local.len() > 64 || !local.chars().all(local_ok) {
            return refuse("The part before the @ is not one that mail servers accept");
        }
        if local.starts_with('.') || local.ends_with('.') || local.contains("..") {
            return refuse("The part before the @ has a dot in a place where none may be");
        }
        let label_ok = |label: &str| {
            !label.is_empty()
                && label.len() <= 63
                && !label.starts_with('-')
                && !label.ends_with('-')
                && label.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
        };
        if !domain.contains('.') || !domain.split('.').all(label_ok) {
            return refuse("The e-mail address has no valid domain after the @");
        }
        Ok(Self(text.to_owned()))
    }
}

/// One line that a person wrote, safe to show: no mention, no backtick, no control character, 1 to 100 characters.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Label(String);
validated_text!(Label);

impl FromStr for Label {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let refuse = |why: &str| Err(Invalid::new(format!("{why}. Write a plain name of 1 to 100 characters.")));
        let text = text.trim();
        if text.is_empty() {
            return refuse("The name is empty");
        }
        if text.chars().count() > 100 {
            return refuse(&format!("The name has {} characters", text.chars().count()));
        }
        let mention = ["@everyone", "@here", "<@", "<#", "</", "<t:", "<:", "<a:"];
        if mention.iter().any(|m| text.to_lowercase().contains(m)) {
            return refuse("The name contains a mention, which would call people");
        }
        if text.contains('`') {
            return refuse("The name contains a backtick");
        }
        if text.chars().any(hidden) {
            return refuse("The name contains a character that cannot be seen");
        }
        Ok(Self(text.to_owned()))
    }
}

/// One of the three environments, in the order of promotion (playbook 1.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Environment {
    /// Development.
    Dev,
    /// System integration test.
    Sit,
    /// Production.
    Prod,
}

impl Environment {
    /// All of them, in the order of promotion.
    pub const ALL: [Self; 3] = [Self::Dev, Self::Sit, Self::Prod];

    /// As in names, paths and commands: `dev`, `sit`, `prod`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Dev => "dev",
            Self::Sit => "sit",
            Self::Prod => "prod",
        }
    }

    /// As people read it: `DEV`, `SIT`, `PROD`.
    pub fn title(self) -> &'static str {
        match self {
            Self::Dev => "DEV",
            Self::Sit => "SIT",
            Self::Prod => "PROD",
        }
    }

    /// Where a tenant validated here goes next.
    pub fn next(self) -> Option<Self> {
        match self {
            Self::Dev => Some(Self::Sit),
            Self::Sit => Some(Self::Prod),
            Self::Prod => None,
        }
    }
}

impl fmt::Display for Environment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Environment {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        Self::ALL
            .into_iter()
            .find(|environment| environment.as_str() == text)
            .ok_or_else(|| Invalid::new("There is no such environment. The environments are `dev`, `sit` and `prod`."))
    }
}

/// A tenant in one environment: the thing that operations are about, and what they lock.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Tenancy {
    /// Which tenant.
    pub tenant: TenantId,
    /// In which environment.
    pub environment: Environment,
}

impl Tenancy {
    /// The tenant in the environment.
    pub fn new(tenant: TenantId, environment: Environment) -> Self {
        Self { tenant, environment }
    }

    /// The name of the resource of a kind (playbook 6.1). The host names of listener rules and records need the
    /// environment's domain and are [`Tenancy::host`]'s to say; here they are named after the service they belong to.
    pub fn name(&self, kind: Kind) -> String {
        let Self { tenant, environment } = self;
        match kind {
            Kind::Service => format!("{environment}-{tenant}-service"),
            Kind::ListenerRule | Kind::DnsRecord | Kind::TaskDefinition => format!("{environment}-{tenant}"),
            Kind::TargetGroup => format!("{environment}-{tenant}-tg"),
            Kind::AccessPoint => format!("{environment}-{tenant}-ap"),
            Kind::DatabaseUser => format!("{tenant}_user"),
            Kind::Database => format!("{tenant}_db"),
            Kind::Secret => format!("{environment}-{tenant}-db-credentials"),
            Kind::LogGroup => format!("/ecs/{environment}-{tenant}"),
        }
    }

    /// The tenant whose resource of the kind has this name in the environment, by taking playbook 6.1's whole pattern away: the
    /// inverse of [`Tenancy::name`]. None where it is no tenant's.
    pub fn named(environment: Environment, kind: Kind, name: &str) -> Option<Self> {
        // No name has an `x` but for the tenant's.
        let pattern = Self { tenant: TenantId("x".to_owned()), environment }.name(kind);
        let (before, after) = pattern.split_once('x')?;
        let tenant = name.strip_prefix(before)?.strip_suffix(after)?.parse().ok()?;
        Some(Self { tenant, environment })
    }

    /// The other tenant whose resource of the kind has this name in the environment; none where it is this one's own name, or
    /// no tenant's.
    pub fn other_in_name(&self, kind: Kind, name: &str) -> Option<TenantId> {
        let named = Self::named(self.environment, kind, name)?;
        (self.tenant != named.tenant).then_some(named.tenant)
    }

    /// The host name that a subdomain has under a domain.
    pub fn host(subdomain: &Subdomain, domain: &str) -> String {
        format!("{subdomain}.{domain}")
    }
}

impl fmt::Display for Tenancy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.environment, self.tenant)
    }
}
