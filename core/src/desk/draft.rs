//! A plan from its first draft to the frozen one: what every plan has, whatever it is for.

use super::{Refusal, checklist, layout};
use crate::plan::{Change, Details, OperationId, Plan, Site};
use crate::policy::Policy;
use crate::spec::{Command, EnvironmentPolicy, OperationSpec};
use crate::tenant::Environment;

/// What an environment demands. One without a policy is refused.
pub(super) fn demands(spec: &OperationSpec, environment: Environment) -> Result<&EnvironmentPolicy, Refusal> {
    let none = || Refusal(format!("There is no policy for {}, so nothing may run there.", environment.title()));
    spec.policy.get(&environment).ok_or_else(none)
}

/// A plan with an id of its own, which deletes and changes nothing, and has neither steps nor checklist yet.
pub(super) fn begin(
    command: &Command,
    spec: &OperationSpec,
    policy: Policy,
    tenants: Vec<Details>,
    sites: Vec<Site>,
) -> Plan {
    Plan {
        operation: OperationId::generate(&mut rand::rng()),
        command: command.name.clone(),
        purpose: spec.purpose,
        tenants,
        sites,
        steps: Vec::new(),
        deletion: None,
        change: None,
        policy,
        checklist: Vec::new(),
    }
}

/// A plan to change one site that stands.
pub(super) fn changing(
    command: &Command,
    spec: &OperationSpec,
    policy: Policy,
    tenant: Details,
    site: Site,
    change: Change,
) -> Plan {
    Plan { change: Some(change), ..begin(command, spec, policy, vec![tenant], vec![site]) }
}

/// A plan with its checklist and its steps, as far as they follow from the rest.
pub(super) fn complete(spec: &OperationSpec, plan: Plan) -> Result<Plan, Refusal> {
    let checklist = checklist::filled(&spec.checklist, &plan);
    let steps = layout::steps(spec, &plan)?;
    Ok(Plan { steps, checklist, ..plan })
}
