//! A plan: what an operation will do, to what, and who must say yes. Frozen when it is made; approvals bind to its digest.

use std::fmt;

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::policy::Policy;
use crate::ports::{Blueprint, Subject};
use crate::size::Size;
use crate::tenant::{Email, Label, Subdomain, Tenancy, TenantId};

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
#[serde(rename_all = "lowercase")]
pub enum Purpose {
    /// The tenant is to stand in the environment.
    Provision,
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
    /// Its owner's address.
    pub email: Email,
    /// Its organisation structure, where given.
    pub organisation: Option<Label>,
    /// The size of its task.
    pub size: Size,
    /// Client or proof of concept.
    pub engagement: Engagement,
}

/// One step of a plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlannedStep {
    /// The step's name in the catalogue's words.
    pub step: String,
    /// What it touches, by its real name.
    pub resource: String,
}

/// One line of a checklist, and who answers for it. None is silently skipped.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChecklistItem {
    /// The playbook's line.
    pub item: String,
    /// Who answers for it.
    pub answer: Answer,
}

/// Who answers for a line of a checklist.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Answer {
    /// The bot looked; this is what it saw.
    Verified(String),
    /// Whoever approves vouches for it by reacting.
    Attested,
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
    /// The tenant and the environment it is about.
    pub tenancy: Tenancy,
    /// What is known of the tenant.
    pub details: Details,
    /// The tenant's host name in the environment.
    pub host: String,
    /// The load balancer that has room for it.
    pub load_balancer: String,
    /// The account in which all of it happens: the account seal.
    pub account: String,
    /// The steps, in their order.
    pub steps: Vec<PlannedStep>,
    /// Resources that stand already and are the tenant's own: they are taken over as they are.
    pub adopts: Vec<String>,
    /// Resources that stand where the tenant's would and are somebody else's: the run holds there.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub in_the_way: Vec<String>,
    /// Who must approve it.
    pub policy: Policy,
    /// The checklist before the run (playbook 5.1).
    pub checklist: Vec<ChecklistItem>,
}

impl Plan {
    /// SHA-256 over the plan's canonical JSON, in hex. Votes bind to it.
    pub fn digest(&self) -> String {
        let json = serde_json::to_vec(self).unwrap_or_default();
        hex::encode(Sha256::digest(json))
    }

    /// What `find` and `remove` need.
    pub fn subject(&self) -> Subject {
        Subject { tenancy: self.tenancy.clone(), subdomain: self.details.subdomain.clone() }
    }

    /// What `ensure` needs.
    pub fn blueprint(&self) -> Blueprint {
        Blueprint { subject: self.subject(), size: self.details.size, load_balancer: self.load_balancer.clone() }
    }

    /// What this operation alone may touch while it is open: the tenant in the environment, and the host label.
    pub fn locks(&self) -> Vec<String> {
        vec![self.tenancy.to_string(), format!("subdomain/{}", self.details.subdomain)]
    }
}
