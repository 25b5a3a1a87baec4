//! The form of a file in `commands/`, as it is written. Unknown keys are refused.

use std::collections::BTreeMap;

use serde::Deserialize;
use toml::Spanned;

use super::who::Who;
use crate::plan::Purpose;
use crate::role::Role;
use crate::tenant::Environment;

/// What may stand in an option.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum OptionKind {
    /// A tenant of the registry, completed from it.
    Tenant,
    /// The id of a tenant that need not be known: one that is to be, or one of which only resources are left.
    NewTenant,
    /// An environment.
    Environment,
    /// A plain name.
    Label,
    /// A host label.
    Subdomain,
    /// An e-mail address.
    Email,
    /// CPU units that Fargate knows.
    Cpu,
    /// Memory in MiB that Fargate knows.
    Memory,
    /// Ephemeral storage in GiB.
    Storage,
    /// Client or proof of concept.
    Engagement,
    /// An operation, completed from those known.
    Operation,
    /// A state of operations.
    State,
    /// One environment, or all.
    Scope,
    /// One environment that is not PROD, or all of those.
    BulkScope,
    /// Why a tenant is deleted.
    Reason,
    /// Yes or no.
    YesNo,
    /// Keep or delete the logs.
    Logs,
    /// Tenants of the registry, with commas or blanks between them.
    Tenants,
    /// How many tasks.
    Count,
    /// A revision of the tenant's task definition.
    Revision,
    /// Why, in a line.
    Why,
    /// A command of the catalogue, completed from it.
    Command,
    /// An incident, completed from those that are not closed.
    Incident,
}

/// What a command that files no operation does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Answers {
    /// Shows a tenant.
    TenantShow,
    /// Lists the tenants.
    TenantList,
    /// Records that a tenant was tried and found good.
    TenantValidate,
    /// Says why a tenant does not work.
    TenantDiagnose,
    /// Files the same tenant's provisioning in the next environment.
    TenantPromote,
    /// Holds what stands against what should stand.
    TenantAudit,
    /// Lists what bears the name of a tenant that there is not.
    TenantOrphans,
    /// Lists operations.
    OperationList,
    /// Shows an operation.
    OperationShow,
    /// Takes a request back.
    OperationCancel,
    /// Says what can be typed.
    Help,
    /// Lists incidents.
    IncidentList,
    /// Closes an incident, with what is to be said about it.
    IncidentClose,
}

/// What the bot looks at for a line of a checklist.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Look {
    /// The tenant's id is no other tenant's.
    TenantUnique,
    /// The host label is free in registry, listener rules and zone.
    SubdomainFree,
    /// The size is one that Fargate knows.
    SizeKnown,
    /// Who must approve, and that nothing runs before.
    Approvals,
    /// The account that answers is the one that the configuration names.
    AccountSeal,
    /// When the owner is told.
    OwnerNotice,
    /// Whether and when the data is backed up.
    Backup,
    /// How long nothing is touched after the owner was told.
    GracePeriod,
    /// Where the tenant was found, and where not.
    Environments,
}

/// What a person must type before a request is filed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Typed {
    /// The tenant's name, to the letter.
    Tenant,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawCommand {
    pub(super) name: Spanned<String>,
    pub(super) summary: Spanned<String>,
    pub(super) who: Spanned<Who>,
    #[serde(default)]
    pub(super) option: Vec<Spanned<RawOption>>,
    pub(super) answers: Option<Spanned<Answers>>,
    pub(super) purpose: Option<Purpose>,
    pub(super) steps: Option<Spanned<Vec<Spanned<String>>>>,
    #[serde(default)]
    pub(super) policy: BTreeMap<Environment, Spanned<RawPolicy>>,
    #[serde(default)]
    pub(super) before: Vec<Spanned<RawLine>>,
    #[serde(default)]
    pub(super) after: Vec<Spanned<RawLine>>,
    #[serde(default)]
    pub(super) notice: BTreeMap<String, Spanned<String>>,
    pub(super) keep_logs: Option<Spanned<String>>,
    pub(super) verb: Option<Spanned<String>>,
    pub(super) at_once: Option<Spanned<bool>>,
    pub(super) calls: Option<Spanned<Vec<Role>>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawOption {
    pub(super) name: String,
    pub(super) summary: String,
    pub(super) kind: OptionKind,
    #[serde(default)]
    pub(super) required: bool,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawPolicy {
    #[serde(default)]
    pub(super) approve: Vec<Role>,
    pub(super) validated_in: Option<Environment>,
    pub(super) r#type: Option<Typed>,
    pub(super) expires: Option<Spanned<String>>,
    pub(super) remind: Option<Spanned<String>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawLine {
    pub(super) item: String,
    pub(super) look: Option<Look>,
    pub(super) step: Option<String>,
    #[serde(default)]
    pub(super) attested: bool,
    pub(super) unverifiable: Option<String>,
}
