//! What a deletion is asked for with: where, why, and what is kept (playbook 1.2, 2.2, 5.3).

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use crate::role::Person;
use crate::tenant::{Environment, Invalid, TenantId};

/// In which environments a tenant is deleted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Scope {
    /// In one.
    One(Environment),
    /// In several, wherever it is found.
    Several(Several),
}

/// Several environments.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Several {
    /// Every one.
    All,
    /// Every one in which no client is served.
    NotProd,
}

impl Scope {
    /// All environments.
    pub const EVERYWHERE: Self = Self::Several(Several::All);

    /// DEV and SIT.
    pub const NOT_PROD: Self = Self::Several(Several::NotProd);

    /// Its environments, in the order of promotion.
    pub fn environments(self) -> impl Iterator<Item = Environment> {
        Environment::ALL.into_iter().filter(move |environment| match self {
            Self::One(one) => one == *environment,
            Self::Several(Several::All) => true,
            Self::Several(Several::NotProd) => *environment != Environment::Prod,
        })
    }

    /// As in commands: `dev`, `all`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::One(environment) => environment.as_str(),
            Self::Several(Several::All) => "all",
            Self::Several(Several::NotProd) => "not-prod",
        }
    }
}

impl FromStr for Scope {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        if text == "all" {
            return Ok(Self::EVERYWHERE);
        }
        text.parse()
            .map(Self::One)
            .map_err(|_: Invalid| Invalid::new("There is no such environment. Give `dev`, `sit`, `prod` or `all`."))
    }
}

/// Why a tenant is deleted: what the owner's notice and the order of environments go by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Reason {
    /// The client cancelled the subscription (playbook 2.2).
    Cancellation,
    /// A proof of concept has ended (playbook 2.3).
    Poc,
    /// Anything else.
    Other,
}

impl Reason {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Cancellation, Self::Poc, Self::Other];

    /// As in commands.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Cancellation => "cancellation",
            Self::Poc => "poc",
            Self::Other => "other",
        }
    }

    /// The environments in the order in which they are worked on: DEV first (playbook 1.2), PROD first after a
    /// cancellation (playbook 2.2).
    pub fn order(self) -> [Environment; 3] {
        let mut order = Environment::ALL;
        if self == Self::Cancellation {
            order.reverse();
        }
        order
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Reason {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        Self::ALL
            .into_iter()
            .find(|reason| reason.as_str() == text)
            .ok_or_else(|| Invalid::new("There is no such reason. Give `cancellation`, `poc` or `other`."))
    }
}

/// What becomes of the log group.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Logs {
    /// It stays, and its events expire after so many days.
    Keep {
        /// The retention in days, one that CloudWatch Logs knows.
        days: u32,
    },
    /// It goes with the rest.
    Delete,
}

/// A tenant's name, typed by a person as a confirmation. It matched to the letter, or there would be no plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Typed {
    /// What was typed.
    pub name: TenantId,
    /// By whom.
    pub person: Person,
    /// When.
    #[serde(with = "time::serde::rfc3339")]
    pub at: OffsetDateTime,
}

/// What a deletion was asked for with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deletion {
    /// Where.
    pub scope: Scope,
    /// Why.
    pub reason: Reason,
    /// Whether the data is backed up before anything goes.
    pub backup: bool,
    /// What becomes of the log groups.
    pub logs: Logs,
    /// How long the owners have notice before anything goes, in seconds.
    pub notice: u64,
    /// Environments that were asked for and hold nothing of the tenant.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub absent: Vec<Environment>,
    /// The confirmation, where the policy asks for one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub typed: Option<Typed>,
}
