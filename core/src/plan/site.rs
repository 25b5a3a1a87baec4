//! A site: a tenant in an environment as the plan found it, and what the plan means to do there.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::kind::Kind;
use crate::plan::{Details, Healing};
use crate::ports::{Blueprint, Subject};
use crate::tenant::{Subdomain, Tenancy};

/// A resource that was found when the plan was made.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Resource {
    /// Its kind.
    pub kind: Kind,
    /// What the provider calls it.
    pub id: String,
}

impl fmt::Display for Resource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.kind, self.id)
    }
}

/// A tenant in an environment, as the plan found it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Site {
    /// The tenant and the environment.
    pub tenancy: Tenancy,
    /// The tenant's host label.
    pub subdomain: Subdomain,
    /// The tenant's host name in the environment.
    pub host: String,
    /// The account in which all of it happens: the account seal.
    pub account: String,
    /// Of a provisioning: the load balancer that has room for it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub load_balancer: String,
    /// Of a provisioning: resources that stand already and are the tenant's own, taken over as they are.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub adopts: Vec<String>,
    /// Of a deletion: the tenant's own resources, all of which go, in the order of deletion.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub goes: Vec<Resource>,
    /// Resources that bear the tenant's name and are somebody else's: the run holds there.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub in_the_way: Vec<String>,
    /// Of a healing: how it stood, and what is missing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub heals: Option<Healing>,
}

impl Site {
    /// A tenant in an environment of that domain, in which nothing is to come or to go.
    pub fn of(tenancy: Tenancy, subdomain: Subdomain, domain: &str, account: String) -> Self {
        Self {
            host: Tenancy::host(&subdomain, domain),
            tenancy,
            subdomain,
            account,
            load_balancer: String::new(),
            adopts: Vec::new(),
            goes: Vec::new(),
            in_the_way: Vec::new(),
            heals: None,
        }
    }

    /// What `find` and `remove` need.
    pub fn subject(&self) -> Subject {
        Subject { tenancy: self.tenancy.clone(), subdomain: self.subdomain.clone() }
    }

    /// What `ensure` needs.
    pub fn blueprint(&self, details: &Details) -> Blueprint {
        Blueprint { subject: self.subject(), size: details.size, load_balancer: self.load_balancer.clone() }
    }

    /// What goes of a kind.
    pub fn going(&self, kind: Kind) -> impl Iterator<Item = &Resource> {
        self.goes.iter().filter(move |resource| resource.kind == kind)
    }

    /// What a resource of the kind is called here: listener rules and records by the host name.
    pub fn name(&self, kind: Kind) -> String {
        match kind {
            Kind::ListenerRule | Kind::DnsRecord => self.host.clone(),
            _ => self.tenancy.name(kind),
        }
    }
}
