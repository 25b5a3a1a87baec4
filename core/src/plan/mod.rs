//! A plan: what an operation will do, to what, and who must say yes. Frozen when it is made; approvals bind to its digest.

mod change;
mod checklist;
mod deletion;
pub(crate) mod earlier;
mod emergency;
mod healing;
mod site;

use std::collections::BTreeSet;
use std::fmt;

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::policy::Policy;
use crate::ports::Subject;
use crate::size::Size;
use crate::tenant::{Email, Environment, Label, Subdomain, Tenancy, TenantId};

pub use change::{Before, Change};
pub use checklist::{Answer, ChecklistItem, When};
pub use deletion::{Deletion, Logs, Reason, Scope, Typed};
pub use emergency::Emergency;
pub use healing::Healing;
pub use site::{Resource, Site};

/// The id of an operation: eight characters that people can read out, without look-alikes.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct OperationId(pub String);

impl OperationId {
    /// Forty random bits in Crockford's base 32.
    pub fn generate(rng: &mut impl rand::Rng) -> Self {
        const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
        Self((0..8).map(|_| char::from(ALPHABET[rng.random_range(0..32)])).collect())
    }
}

impl fmt::Display for OperationId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What an operation is for: what its success means for the registry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Purpose {
    /// The tenant is to stand in the environment.
    Provision,
    /// The tenant is to be gone from its sites, for good.
    Delete,
    /// Many tenants are to be gone from their sites, for good.
    BulkDelete,
    /// The tenant's service is to run another revision, size or count.
    Change,
    /// The tenant is to be cut off at once, and to keep all it has.
    Shutdown,
    /// What cut the tenant off is to be put back.
    Reopen,
    /// What is missing of a tenant that stands is to stand again.
    Heal,
    /// What bears a tenant's name and belongs to no tenant is to be gone, for good.
    Sweep,
    /// Tenants that stand already are to be known.
    Adopt,
}

impl Purpose {
    /// Whether what its run made can be taken back. What cuts a tenant off makes nothing: reopening is a request of its own.
    pub fn unwinds(self) -> bool {
        !self.deletes() && self != Self::Shutdown
    }

    /// Whether it takes away what cannot be brought back.
    pub fn deletes(self) -> bool {
        matches!(self, Self::Delete | Self::BulkDelete | Self::Sweep)
    }

    /// Whether people try what it has made, and say that it is good (playbook 1.3).
    pub fn is_tried(self) -> bool {
        matches!(self, Self::Provision | Self::Heal)
    }
}

/// Why a tenant exists: what the notice before its deletion and bulk deletion go by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Engagement {
    /// A paying client.
    Client,
    /// A proof of concept.
    Poc,
}

/// What is known of a tenant, the same in every environment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Details {
    /// The tenant.
    pub tenant: TenantId,
    /// Its company's name.
    pub company: Label,
    /// Its host label under each environment's domain.
    pub subdomain: Subdomain,
    /// Its owner's address; none where nobody has said it, as of a tenant that was taken over as it stood.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<Email>,
    /// Its organisation structure, where given.
    pub organisation: Option<Label>,
    /// The size of its task.
    pub size: Size,
    /// Client or proof of concept.
    pub engagement: Engagement,
}

impl Details {
    /// The owner's address, as people and plans read it.
    pub fn owner(&self) -> &str {
        self.email.as_ref().map_or("no address known", Email::as_str)
    }
}

/// One step of a plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlannedStep {
    /// The step's name in the catalogue's words.
    pub step: String,
    /// What it touches, by its real name.
    pub resource: String,
    /// The site that it works on: its place among the plan's.
    #[serde(default)]
    pub site: usize,
    /// Whether the operation can no longer be taken back once this step has begun.
    #[serde(default = "yes")]
    pub commits: bool,
}

fn yes() -> bool {
    true
}

/// What an operation will do. Everything that the approvers see is in here, and the digest is over all of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plan {
    /// The operation it belongs to; so no two plans have one digest.
    pub operation: OperationId,
    /// The command that it carries out, in the catalogue's words: `tenant provision`.
    pub command: String,
    /// What it is for.
    pub purpose: Purpose,
    /// Whom it is about, in the order in which they are worked on; never empty, and one but in a bulk operation.
    pub tenants: Vec<Details>,
    /// Where it works: each tenant's sites, in the order in which they are worked on; never empty.
    pub sites: Vec<Site>,
    /// The steps, in their order; those of one tenant stand together.
    pub steps: Vec<PlannedStep>,
    /// What a deletion was asked for with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deletion: Option<Deletion>,
    /// What a change of a site that stands was asked for with, and what it was before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub change: Option<Change>,
    /// Who must approve it.
    pub policy: Policy,
    /// The checklists before and after the run (playbook 5), with the answers that were known when the plan was made.
    pub checklist: Vec<ChecklistItem>,
}

impl Plan {
    /// SHA-256 over the plan's canonical JSON, in hex. Votes bind to it.
    pub fn digest(&self) -> String {
        let json = serde_json::to_vec(self).unwrap_or_default();
        hex::encode(Sha256::digest(json))
    }

    /// What is known of the tenant that it is about; the first, where there are several.
    pub fn details(&self) -> &Details {
        &self.tenants[0]
    }

    /// What is known of one of its tenants.
    pub fn details_of(&self, tenant: &TenantId) -> &Details {
        self.tenants.iter().find(|details| details.tenant == *tenant).unwrap_or_else(|| self.details())
    }

    /// The site that it begins with; the only one of a provisioning.
    pub fn site(&self) -> &Site {
        &self.sites[0]
    }

    /// The site that a step works on.
    pub fn site_of(&self, step: usize) -> &Site {
        self.steps.get(step).and_then(|planned| self.sites.get(planned.site)).unwrap_or_else(|| self.site())
    }

    /// The tenant that a step works for: its lane, in which steps follow one another.
    pub fn lane(&self, step: usize) -> &TenantId {
        &self.site_of(step).tenancy.tenant
    }

    /// The tenants' ids in their order.
    pub fn lanes(&self) -> impl Iterator<Item = &TenantId> {
        self.tenants.iter().map(|details| &details.tenant)
    }

    /// The environment from which a tenant's owner is written to: the highest in which the tenant is worked on.
    pub fn sender_of(&self, tenant: &TenantId) -> Environment {
        let at = |site: &Site| (site.tenancy.tenant == *tenant).then_some(site.tenancy.environment);
        self.sites.iter().filter_map(at).max().unwrap_or(self.site().tenancy.environment)
    }

    /// Where a deletion was asked for and the plan found nothing.
    pub fn unfound(&self) -> impl Iterator<Item = Subject> {
        let asked = |details: &Details| {
            let (tenant, subdomain) = (details.tenant.clone(), details.subdomain.clone());
            let scope = self.deletion.iter().flat_map(|deletion| deletion.scope.environments());
            scope.map(move |environment| Subject {
                tenancy: Tenancy::new(tenant.clone(), environment),
                subdomain: subdomain.clone(),
            })
        };
        let found = |subject: &Subject| self.sites.iter().any(|site| site.tenancy == subject.tenancy);
        self.tenants.iter().flat_map(asked).filter(move |subject| !found(subject))
    }

    /// The environments in which it works, in the order of promotion.
    pub fn environments(&self) -> Vec<Environment> {
        let all: BTreeSet<Environment> = self.sites.iter().map(|site| site.tenancy.environment).collect();
        all.into_iter().collect()
    }

    /// The environments as people read them: `DEV`, `DEV, SIT and PROD`.
    pub fn places(&self) -> String {
        crate::card::text::places(self.environments())
    }

    /// Each tenant in each environment that it works on, once: what it is found by in lists.
    pub fn tenancies(&self) -> BTreeSet<&Tenancy> {
        self.sites.iter().map(|site| &site.tenancy).collect()
    }

    /// What this operation alone may touch while it is open: each tenant in each environment, and the host labels. What cuts a
    /// tenant off or puts it back claims no host label, and goes on beside what works in another environment.
    pub fn locks(&self) -> Vec<String> {
        let mut locks: BTreeSet<String> = self.sites.iter().map(|site| site.tenancy.to_string()).collect();
        if matches!(self.purpose, Purpose::Shutdown | Purpose::Reopen) {
            return locks.into_iter().collect();
        }
        for details in &self.tenants {
            locks.insert(format!("subdomain/{}", details.subdomain));
            let asked = self.deletion.iter().flat_map(|deletion| deletion.scope.environments());
            locks.extend(asked.map(|environment| format!("{environment}/{}", details.tenant)));
            // Whose it is must not change in another environment either.
            if matches!(self.purpose, Purpose::Adopt | Purpose::Sweep) {
                locks.extend(Environment::ALL.map(|environment| format!("{environment}/{}", details.tenant)));
            }
        }
        locks.into_iter().collect()
    }
}
