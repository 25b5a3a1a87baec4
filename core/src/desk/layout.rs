//! The steps of a plan in the order in which they are done.

use super::Refusal;
use crate::plan::{Plan, PlannedStep};
use crate::spec::OperationSpec;
use crate::steps::{self, Phase};

/// Tenant by tenant: what opens it at every site, then site by site, then what closes it at the last.
pub(super) fn steps(spec: &OperationSpec, plan: &Plan) -> Result<Vec<PlannedStep>, Refusal> {
    let mut steps = Vec::new();
    for tenant in plan.lanes() {
        let places: Vec<usize> = (0..plan.sites.len()).filter(|at| plan.sites[*at].tenancy.tenant == *tenant).collect();
        let last = &places[places.len().saturating_sub(1)..];
        for (phase, places) in [(Phase::Opening, &*places), (Phase::Site, &*places), (Phase::Closing, last)] {
            for &place in places {
                steps.extend(at_site(spec, plan, phase, place)?);
            }
        }
    }
    if steps.is_empty() {
        return Err(Refusal::new("The plan would be empty, so there is nothing to approve."));
    }
    Ok(steps)
}

fn at_site(spec: &OperationSpec, plan: &Plan, phase: Phase, place: usize) -> Result<Vec<PlannedStep>, Refusal> {
    let mut planned = Vec::new();
    for name in &spec.steps {
        let step = steps::named(name).ok_or_else(|| Refusal(format!("This version knows no step \"{name}\".")))?;
        if step.phase() == phase && step.wanted(plan) {
            let resource = step.resource(plan, &plan.sites[place]);
            planned.push(PlannedStep { step: name.clone(), resource, site: place, commits: step.commits() });
        }
    }
    Ok(planned)
}
