//! Which options a command's work reads: one that is missing would refuse everybody, one too many would be ignored.

use super::raw::{Answers, OptionKind};
use crate::plan::Purpose;

/// An option that is read: its name, what may stand there, and whether it must be given.
pub(super) type Read = (&'static str, OptionKind, bool);

/// What filing an operation of the purpose reads.
pub(super) fn by_operation(purpose: Purpose) -> &'static [Read] {
    match purpose {
        Purpose::Provision => &[
            ("environment", OptionKind::Environment, true),
            ("company", OptionKind::Label, true),
            ("subdomain", OptionKind::Subdomain, true),
            ("email", OptionKind::Email, true),
            ("tenant", OptionKind::NewTenant, false),
            ("organisation", OptionKind::Label, false),
            ("cpu", OptionKind::Cpu, false),
            ("memory", OptionKind::Memory, false),
            ("storage", OptionKind::Storage, false),
            ("kind", OptionKind::Engagement, false),
        ],
        Purpose::Delete => &[
            ("tenant", OptionKind::Tenant, true),
            ("environment", OptionKind::Scope, true),
            ("reason", OptionKind::Reason, true),
            ("backup", OptionKind::YesNo, true),
            ("logs", OptionKind::Logs, true),
        ],
        Purpose::BulkDelete => &[
            ("environment", OptionKind::BulkScope, true),
            ("backup", OptionKind::YesNo, true),
            ("logs", OptionKind::Logs, true),
            ("kind", OptionKind::Engagement, false),
            ("tenants", OptionKind::Tenants, false),
        ],
        Purpose::Shutdown => &[
            ("tenant", OptionKind::Tenant, true),
            ("environment", OptionKind::Environment, true),
            ("reason", OptionKind::Why, true),
        ],
        Purpose::Reopen => &[
            ("tenant", OptionKind::Tenant, true),
            ("environment", OptionKind::Environment, true),
            ("reason", OptionKind::Why, false),
        ],
        Purpose::Change => &[
            ("tenant", OptionKind::Tenant, true),
            ("environment", OptionKind::Environment, true),
            ("cpu", OptionKind::Cpu, false),
            ("memory", OptionKind::Memory, false),
            ("count", OptionKind::Count, false),
            ("revision", OptionKind::Revision, false),
            ("reason", OptionKind::Why, false),
        ],
        Purpose::Heal => &[("tenant", OptionKind::Tenant, true), ("environment", OptionKind::Environment, true)],
        Purpose::Sweep => &[
            ("tenant", OptionKind::NewTenant, true),
            ("environment", OptionKind::Environment, true),
            ("backup", OptionKind::YesNo, false),
        ],
        Purpose::Adopt => &[
            ("tenant", OptionKind::NewTenant, false),
            ("company", OptionKind::Label, false),
            ("subdomain", OptionKind::Subdomain, false),
            ("email", OptionKind::Email, false),
        ],
    }
}

/// What answering reads.
pub(super) fn by_answer(answers: Answers) -> &'static [Read] {
    match answers {
        Answers::TenantShow | Answers::TenantPromote => &[("tenant", OptionKind::Tenant, true)],
        Answers::TenantList => &[("tenant", OptionKind::Tenant, false)],
        Answers::TenantOrphans => &[("environment", OptionKind::Environment, false)],
        Answers::TenantAudit => {
            &[("tenant", OptionKind::Tenant, false), ("environment", OptionKind::Environment, false)]
        }
        Answers::TenantValidate | Answers::TenantDiagnose => {
            &[("tenant", OptionKind::Tenant, true), ("environment", OptionKind::Environment, true)]
        }
        Answers::OperationList => &[
            ("tenant", OptionKind::Tenant, false),
            ("environment", OptionKind::Environment, false),
            ("state", OptionKind::State, false),
        ],
        Answers::OperationShow | Answers::OperationCancel => &[("operation", OptionKind::Operation, true)],
        Answers::IncidentList => &[],
        Answers::IncidentClose => &[("incident", OptionKind::Incident, false)],
        Answers::Help => &[("command", OptionKind::Command, false)],
    }
}
