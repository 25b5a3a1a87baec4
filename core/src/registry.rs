//! What an event means for the registry of tenants. Pure; the store writes it in the event's own transaction.

use crate::event::Event;
use crate::operation::Operation;
use crate::plan::{Plan, Purpose, Scope};
use crate::ports::{RegistryChange, Standing};
use crate::steps::{CertifyAbsence, CutOff, Step as _};
use crate::tenant::Tenancy;

/// The changes that go with an event; `operation` is the fold with the event in it.
pub fn changes(operation: &Operation, event: &Event) -> Vec<RegistryChange> {
    match operation.plan.purpose {
        Purpose::Provision => provisioning(operation, event),
        Purpose::Delete | Purpose::BulkDelete => deletion(operation, event),
        Purpose::Change => change(operation, event),
        Purpose::Shutdown | Purpose::Reopen => emergency(operation, event),
        Purpose::Heal => healing(operation, event),
        Purpose::Adopt => adoption(operation, event),
        Purpose::Sweep => vec![],
    }
}

/// Another size, where the change came to its end.
fn change(operation: &Operation, event: &Event) -> Vec<RegistryChange> {
    let size = operation.plan.change.as_ref().and_then(|change| change.size);
    match (event, size) {
        (Event::Succeeded, Some(size)) => {
            let Tenancy { tenant, environment } = operation.plan.site().tenancy.clone();
            vec![RegistryChange::Resize(tenant, environment, size)]
        }
        _ => vec![],
    }
}

/// From the first attempt to cut it off, a tenant is shut: whatever came of it, only reopening puts back all that may have gone.
fn emergency(operation: &Operation, event: &Event) -> Vec<RegistryChange> {
    let plan = &operation.plan;
    let Tenancy { tenant, environment } = plan.site().tenancy.clone();
    let cuts = |step: &usize| plan.steps.get(*step).is_some_and(|planned| planned.step == CutOff.name());
    match (event, &plan.change) {
        (Event::StepStarted { step, .. }, _) if cuts(step) => {
            vec![RegistryChange::Stand(tenant, environment, Standing::Shut)]
        }
        (Event::Succeeded, Some(change)) if plan.purpose == Purpose::Reopen => {
            vec![RegistryChange::Stand(tenant, environment, change.before.standing)]
        }
        _ => vec![],
    }
}

/// What stands already is known, site by site, and forgotten again where that is taken back.
fn adoption(operation: &Operation, event: &Event) -> Vec<RegistryChange> {
    let plan = &operation.plan;
    match event {
        Event::StepDone { step, .. } => {
            let Tenancy { tenant, environment } = plan.site_of(*step).tenancy.clone();
            let details = plan.details_of(&tenant).clone();
            let stands = RegistryChange::Stand(tenant, environment, Standing::Active);
            vec![RegistryChange::Register(Box::new(details)), stands]
        }
        Event::StepUndone { step, .. } => {
            let Tenancy { tenant, environment } = plan.site_of(*step).tenancy.clone();
            vec![RegistryChange::Leave(tenant, environment)]
        }
        Event::Tried { tenancy: Tenancy { tenant, environment }, .. } => {
            vec![RegistryChange::Stand(tenant.clone(), *environment, Standing::Validated)]
        }
        _ => vec![],
    }
}

fn provisioning(operation: &Operation, event: &Event) -> Vec<RegistryChange> {
    let Tenancy { tenant, environment } = operation.plan.site().tenancy.clone();
    match event {
        Event::Filed { plan, .. } => vec![RegistryChange::Register(Box::new(plan.details().clone()))],
        Event::Started { .. } => vec![RegistryChange::Stand(tenant, environment, Standing::Incomplete)],
        Event::Succeeded => vec![RegistryChange::Stand(tenant, environment, Standing::Active)],
        Event::Validated { .. } => vec![RegistryChange::Stand(tenant, environment, Standing::Validated)],
        Event::Unwound if !began(operation) => vec![RegistryChange::Forget(tenant)],
        Event::Unwound if stood_before(operation) => vec![],
        Event::Unwound => vec![RegistryChange::Leave(tenant, environment)],
        Event::Rejected { .. }
        | Event::Expired
        | Event::Cancelled { .. }
        | Event::Overruled { .. }
        | Event::Abandoned { .. } => vec![RegistryChange::Forget(tenant)],
        _ => vec![],
    }
}

/// Who was left half-way is whole then; who was validated stays so.
fn healing(operation: &Operation, event: &Event) -> Vec<RegistryChange> {
    let site = operation.plan.site();
    let incomplete = site.heals.as_ref().is_some_and(|heals| heals.standing == Standing::Incomplete);
    let standing = match event {
        Event::Succeeded if incomplete => Standing::Active,
        Event::Validated { .. } => Standing::Validated,
        _ => return vec![],
    };
    let Tenancy { tenant, environment } = site.tenancy.clone();
    vec![RegistryChange::Stand(tenant, environment, standing)]
}

/// What is being taken down stands half-way, and what is gone site by site is gone for ever.
fn deletion(operation: &Operation, event: &Event) -> Vec<RegistryChange> {
    let plan = &operation.plan;
    match event {
        Event::StepStarted { step, .. } if begins_to_go(plan, *step) => {
            let Tenancy { tenant, environment } = plan.site_of(*step).tenancy.clone();
            vec![RegistryChange::Stand(tenant, environment, Standing::Incomplete)]
        }
        Event::StepDone { step, .. } => plan
            .steps
            .get(*step)
            .filter(|planned| planned.step == CertifyAbsence.name())
            .map(|_| bury(plan.site_of(*step).tenancy.clone(), operation))
            .into_iter()
            .flatten()
            .collect(),
        Event::Succeeded => asked_for(operation).flat_map(|tenancy| bury(tenancy, operation)).collect(),
        _ => vec![],
    }
}

/// Whether the step is the first of its site that cannot be taken back.
fn begins_to_go(plan: &Plan, step: usize) -> bool {
    let Some(planned) = plan.steps.get(step) else { return false };
    plan.steps.iter().position(|other| other.site == planned.site && other.commits) == Some(step)
}

/// It leaves the environment; where that was the last one, for ever.
fn bury(Tenancy { tenant, environment }: Tenancy, operation: &Operation) -> [RegistryChange; 2] {
    [RegistryChange::Leave(tenant.clone(), environment), RegistryChange::Bury(tenant, operation.changed_at)]
}

/// Every environment that the deletion was asked for, those that held nothing among them, but for what was taken off.
fn asked_for(operation: &Operation) -> impl Iterator<Item = Tenancy> {
    let scope = operation.plan.deletion.as_ref().map(|deletion| deletion.scope);
    let tenants = operation.plan.lanes().filter(|tenant| !operation.off.contains(*tenant));
    tenants.flat_map(move |tenant| {
        let environments = scope.into_iter().flat_map(Scope::environments);
        environments.map(|environment| Tenancy::new(tenant.clone(), environment))
    })
}

/// Whether the run has done anything: what held before its first step has not touched the tenant.
fn began(operation: &Operation) -> bool {
    operation.steps.iter().any(|step| step.started.is_some())
}

/// Whether something of the tenant's own stood already: unwinding has left it, so the tenant is still there in part.
fn stood_before(operation: &Operation) -> bool {
    !operation.plan.site().adopts.is_empty() || operation.steps.iter().any(|step| step.existed == Some(true))
}
