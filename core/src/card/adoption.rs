//! What is special about the card of an adoption: whom it is about, what became of it, the list as a file.

use std::fmt::Write as _;

use super::deletion::tenants;
use super::operation::field;
use super::text::{plain, shorten};
use super::{Field, File};
use crate::operation::{Operation, StepState};
use crate::plan::{Details, Plan};

/// Whom it is about, where it is about several.
pub(super) fn about(plan: &Plan) -> Vec<Field> {
    let names: Vec<String> = plan.tenants.iter().map(|details| format!("`{}`", details.tenant)).collect();
    let unknown = plan.tenants.iter().filter(|details| details.email.is_none()).count();
    let owners = if unknown == 0 { "all known".to_owned() } else { format!("of {unknown} no address is known") };
    vec![
        field("Tenants", format!("{}: {}", tenants(names.len()), shorten(&names.join(", "), 900)), true),
        field("Sites", plan.sites.len().to_string(), true),
        field("Owners", owners, true),
    ]
}

/// What has come of it.
pub(super) fn succeeded(operation: &Operation) -> String {
    let plan = &operation.plan;
    let adopted = plan.steps.iter().zip(&operation.steps).filter(|(_, step)| step.state == StepState::Done);
    let mut known: Vec<_> = adopted.map(|(planned, _)| &plan.sites[planned.site].tenancy.tenant).collect();
    known.dedup();
    let whom = match (known.as_slice(), plan.tenants.len()) {
        ([one], 1) => format!("`{one}` is known now in {}", plan.places()),
        ([_], _) => "one tenant is known now".to_owned(),
        (several, _) => format!("{} tenants are known now", several.len()),
    };
    let tried = operation.tried.len();
    let tried = if tried == 0 { String::new() } else { format!(" Of its sites {tried} were validated since.") };
    format!("**Done** · {whom}. Try it, then use `/tenant validate`: what is validated can be promoted.{tried}")
}

/// The whole plan as a file: every tenant with what is taken to be known of it, and what was found.
pub(super) fn plan_file(operation: &Operation) -> File {
    let plan = &operation.plan;
    let mut text = format!("operation {}\nplan      {}\n{}\n", operation.id, operation.digest, super::title(operation));
    for details in &plan.tenants {
        let Details { tenant, company, size, .. } = details;
        let _ = write!(text, "\n{tenant} · {company} · {} · {size}\n", details.owner());
        for site in plan.sites.iter().filter(|site| site.tenancy.tenant == *tenant) {
            let _ =
                writeln!(text, "  {:<5} {} · account {}", site.tenancy.environment.title(), site.host, site.account);
            for line in &site.adopts {
                let _ = writeln!(text, "        {}", line.replace('`', ""));
            }
        }
    }
    File { name: format!("plan-{}.txt", operation.id), bytes: text.into_bytes(), media_type: "text/plain" }
}

/// What the thread is told when all of a tenant's sites are known.
pub(super) fn known(operation: &Operation, place: usize) -> String {
    let plan = &operation.plan;
    let tenant = plan.lane(place);
    let own = plan.sites.iter().filter(|site| site.tenancy.tenant == *tenant);
    let places = super::text::places(own.map(|site| site.tenancy.environment));
    format!("✅ `{}` is known now in {places}.", plain(tenant.as_str()))
}
