//! What stands in an environment, by tenant: the join of the ten kinds' inventories with the registry's tenants.
//!
//! Audit reads it by tenant, and orphans are what it leaves over. What the names mean is `names`', reading the pages is
//! `read`'s.
//!
//! Architecture invariant: nothing here writes, decides what should stand, or knows the chat. A name is taken apart whole, never
//! searched for: what bears the name of one tenant is never counted as another's.

mod names;
mod read;

use std::collections::{BTreeMap, BTreeSet};

use crate::kind::Kind;
use crate::ports::CloudError;
use crate::tenant::{Environment, Subdomain, TenantId};

pub use names::{Bearer, Names};
pub use read::{read, seal};

/// What stands in an environment, as its inventories list it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inventory {
    /// Where.
    pub environment: Environment,
    /// Who answered. Unless it is the configured account, nothing was read.
    pub seal: Seal,
    /// The names that each tenant's resources are listed by, a name for each resource; tenants of which nothing is listed are
    /// not there. Whether the registry knows them is the reader's to say.
    pub tenants: BTreeMap<TenantId, BTreeMap<Kind, Vec<String>>>,
    /// Rules and records of host names under the environment's domain whose label no known tenant has.
    pub unclaimed: Vec<(Kind, Subdomain)>,
    /// Names that are no tenant's.
    pub strangers: Vec<(Kind, String)>,
    /// The kinds of which it cannot be said what stands, and why.
    pub unread: BTreeMap<Kind, Unread>,
}

/// Who answered for an environment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Seal {
    /// The account that the configuration names.
    Holds(String),
    /// Another one (playbook 3.3).
    Broken {
        /// The account that answered.
        answered: String,
        /// The account that the configuration names.
        configured: String,
    },
    /// Nobody.
    Unanswered(CloudError),
}

impl Seal {
    /// Whether what is read there means anything.
    pub fn holds(&self) -> bool {
        matches!(self, Self::Holds(_))
    }
}

/// Why it cannot be said what stands of a kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unread {
    /// The environment has no list of it: only a look for one tenant shows what stands.
    Unlisted,
    /// It could not be read. What was read before it failed is in the inventory all the same.
    Failed(CloudError),
}

impl Inventory {
    /// Of an environment whose seal is not known to hold: nothing was read.
    pub fn unread(environment: Environment, seal: Seal) -> Self {
        let (tenants, unclaimed, strangers, unread) = Default::default();
        Self { environment, seal, tenants, unclaimed, strangers, unread }
    }

    /// How many resources of the kind a tenant has; none where that cannot be said.
    pub fn count(&self, tenant: &TenantId, kind: Kind) -> Option<usize> {
        if !self.seal.holds() || self.unread.contains_key(&kind) {
            return None;
        }
        Some(self.tenants.get(tenant).and_then(|kinds| kinds.get(&kind)).map_or(0, Vec::len))
    }

    /// The kinds of which something bears the tenant's name.
    pub fn kinds(&self, tenant: &TenantId) -> BTreeSet<Kind> {
        self.tenants.get(tenant).map(|kinds| kinds.keys().copied().collect()).unwrap_or_default()
    }

    fn takes(&mut self, names: &Names, kind: Kind, name: String) {
        match names.bearer(kind, &name) {
            Bearer::Tenant(tenant) => {
                self.tenants.entry(tenant).or_default().entry(kind).or_default().push(name);
            }
            Bearer::Label(label) => self.unclaimed.push((kind, label)),
            Bearer::Nobody => self.strangers.push((kind, name)),
        }
    }
}
