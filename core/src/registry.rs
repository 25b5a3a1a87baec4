//! What an event means for the registry of tenants. Pure; the store writes it in the event's own transaction.

use crate::event::Event;
use crate::operation::Operation;
use crate::plan::Purpose;
use crate::ports::{RegistryChange, Standing};

/// The changes that go with an event; `operation` is the fold with the event in it.
pub fn changes(operation: &Operation, event: &Event) -> Vec<RegistryChange> {
    let Purpose::Provision = operation.plan.purpose;
    let tenant = || operation.plan.tenancy.tenant.clone();
    let environment = operation.plan.tenancy.environment;
    match event {
        Event::Filed { plan, .. } => vec![RegistryChange::Register(Box::new(plan.details.clone()))],
        Event::Started { .. } => vec![RegistryChange::Stand(tenant(), environment, Standing::Incomplete)],
        Event::Succeeded => vec![RegistryChange::Stand(tenant(), environment, Standing::Active)],
        Event::Validated { .. } => vec![RegistryChange::Stand(tenant(), environment, Standing::Validated)],
        Event::Unwound if !began(operation) => vec![RegistryChange::Forget(tenant())],
        Event::Unwound if stood_before(operation) => vec![],
        Event::Unwound => vec![RegistryChange::Leave(tenant(), environment)],
        Event::Rejected { .. } | Event::Expired | Event::Cancelled { .. } | Event::Abandoned { .. } => {
            vec![RegistryChange::Forget(tenant())]
        }
        _ => vec![],
    }
}

/// Whether the run has done anything: what held before its first step has not touched the tenant.
fn began(operation: &Operation) -> bool {
    operation.steps.iter().any(|step| step.started.is_some())
}

/// Whether something of the tenant's own stood already: unwinding has left it, so the tenant is still there in part.
fn stood_before(operation: &Operation) -> bool {
    !operation.plan.adopts.is_empty() || operation.steps.iter().any(|step| step.existed == Some(true))
}
