//! What the core asks of the cloud: ten kinds, three verbs, and a few questions.
//!
//! Every verb is idempotent and looks before it acts, so that a step may run twice after a crash and its effect happens
//! once. One contract suite runs against every implementation.

use std::fmt;

use async_trait::async_trait;
use serde::{Deserialize, Serialize};

use crate::kind::Kind;
use crate::size::Size;
use crate::tenant::{Environment, Subdomain, Tenancy};

/// A tenant in an environment together with its host label: all that is needed to find what it owns.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subject {
    /// The tenant and the environment.
    pub tenancy: Tenancy,
    /// The host label under the environment's domain.
    pub subdomain: Subdomain,
}

/// What a tenant is to look like in an environment: all that is needed to create what it owns.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Blueprint {
    /// Whose resources.
    pub subject: Subject,
    /// The size of its task.
    pub size: Size,
    /// The name of the load balancer that the plan placed it on.
    pub load_balancer: String,
}

/// A resource that exists.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Found {
    /// What the provider calls it: an ARN, an id, or a name where names are the identity.
    pub id: String,
    /// Whether it is the tenant's own.
    pub owner: Owner,
}

/// Whose a resource is. It is the tenant's own by name (playbook 6.1), unless something about it says otherwise: a
/// `tenant_id` tag with another value, or a rule or record that leads elsewhere.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Owner {
    /// The tenant's.
    Own,
    /// Somebody else's; the text says how that shows.
    Foreign(String),
}

/// What `ensure` came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ensured {
    /// It was not there and was created.
    Created(Found),
    /// It was there and is the tenant's own.
    Existed(Found),
}

/// Something that shows whether a tenant works, looked at from outside (playbook 5.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Check {
    /// As many tasks run as are desired, and at least one is.
    ServiceRunning,
    /// Every target of the target group is healthy, and there is one.
    TargetHealthy,
    /// The host name resolves.
    DnsResolves,
    /// WordPress answers under the host name.
    SiteAnswers,
    /// The database accepts the secret's own credentials.
    DatabaseReachable,
    /// The secret is there and complete.
    SecretStored,
    /// The log group has log lines.
    LogsAppearing,
}

impl Check {
    /// All of them, in the order of the playbook's checklist.
    pub const ALL: [Self; 7] = [
        Self::ServiceRunning,
        Self::TargetHealthy,
        Self::DnsResolves,
        Self::SiteAnswers,
        Self::DatabaseReachable,
        Self::SecretStored,
        Self::LogsAppearing,
    ];
}

/// The answer to a [`Check`], with what was seen. Never contains a secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// It is so.
    Passed(String),
    /// It is not so, or not yet.
    NotYet(String),
}

/// Room on a load balancer. Hard limit: 100 target groups; default limit: 100 rules (AWS quotas).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Room {
    /// The load balancer's name.
    pub load_balancer: String,
    /// How many more tenants fit.
    pub free: u32,
}

/// One page of an inventory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InventoryPage {
    /// Resource names of the kind in the environment, tenants' or not, in the provider's order.
    pub names: Vec<String>,
    /// What to ask for the next page with; none after the last.
    pub next: Option<String>,
}

/// How many days CloudWatch Logs can keep a group's lines (`PutRetentionPolicy`).
pub const RETENTIONS: [u32; 22] =
    [1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653];

/// Why the cloud did not do it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CloudError {
    /// Throttled, unavailable or timed out: the same call may succeed later.
    #[error("{0}")]
    Transient(String),
    /// It will not succeed by being repeated. Says what to do.
    #[error("{0}")]
    Permanent(String),
    /// A resource of that name belongs to somebody else, and is left alone.
    #[error("{resource} is not this tenant's: {why}")]
    Foreign {
        /// The resource, by name or id.
        resource: String,
        /// How it shows.
        why: String,
    },
    /// There are no credentials, or they expired, or they are another account's: nothing may run.
    #[error("{0}")]
    Credentials(String),
}

/// The AWS accounts and MySQL servers of the three environments.
///
/// Errors of every method: [`CloudError`], and an answer that is not certain is an error.
#[async_trait]
pub trait Cloud: Send + Sync + fmt::Debug {
    /// The account that answers for the environment (STS). The caller compares it with the account that the configuration
    /// names: the account seal (playbook 3.3).
    async fn account(&self, environment: Environment) -> Result<String, CloudError>;

    /// What a person must do where `answered` is not the account that the configuration names, in sentences (playbook 3.3).
    fn remedy(&self, environment: Environment, answered: &str) -> String {
        format!(
            "{answered} must not answer for {}: clear the SSO cache, log in to each profile again, and compare `aws sts \
             get-caller-identity`.",
            environment.title()
        )
    }

    /// All resources of the kind that bear the subject's name; several where there can be several. Nothing found is empty.
    async fn find(&self, kind: Kind, subject: &Subject) -> Result<Vec<Found>, CloudError>;

    /// Makes sure that the resource stands. What is there and the tenant's own stays as it is; what is somebody else's is
    /// [`CloudError::Foreign`]. Generates the database's password with the secret, and never shows it.
    async fn ensure(&self, kind: Kind, blueprint: &Blueprint) -> Result<Ensured, CloudError>;

    /// Makes sure that no resource of the kind bears the subject's name; answers what was removed. What is somebody
    /// else's is [`CloudError::Foreign`].
    async fn remove(&self, kind: Kind, subject: &Subject) -> Result<Vec<Found>, CloudError>;

    /// Sets how many days the lines of the tenant's log group are kept, for a group that outlives its tenant; answers the
    /// group, or none where there is none. The days are one of [`RETENTIONS`]. What is somebody else's is
    /// [`CloudError::Foreign`].
    async fn retain_logs(&self, subject: &Subject, days: u32) -> Result<Option<Found>, CloudError>;

    /// Whether [`Cloud::inventory`] lists the kind in an environment. A world that reaches its databases only by tasks, which
    /// answer yes or no, lists none of these: there [`Cloud::find`] alone shows what stands.
    fn lists(&self, kind: Kind, environment: Environment) -> bool;

    /// The kind's resources in an environment by pages, a name for each; none where it is not [listed](Cloud::lists). Names are
    /// playbook 6.1's; rules and records are listed by the service that they lead to (`dev-acme`), or else by their host names.
    async fn inventory(
        &self,
        kind: Kind,
        environment: Environment,
        page: Option<&str>,
    ) -> Result<InventoryPage, CloudError>;

    /// Looks once at whether something works; waiting is the caller's.
    async fn check(&self, check: Check, blueprint: &Blueprint) -> Result<Verdict, CloudError>;

    /// Who answers under the host name already (a rule, a record), or none where it is free.
    async fn host_taken(&self, subject: &Subject) -> Result<Option<String>, CloudError>;

    /// The load balancer that the tenant's own rule is on, or that its own record leads to; none where neither stands.
    async fn placed(&self, subject: &Subject) -> Result<Option<String>, CloudError>;

    /// The environment's load balancers with their room, in the order of the configuration.
    async fn room(&self, environment: Environment) -> Result<Vec<Room>, CloudError>;

    /// What the provider says about why a resource does not come up: stopped reasons, target health, events (playbook 3.1).
    /// A line each, without secrets; empty where nothing is known.
    async fn evidence(&self, kind: Kind, subject: &Subject) -> Result<Vec<String>, CloudError>;
}
