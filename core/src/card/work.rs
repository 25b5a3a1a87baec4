//! The steps of an operation on its card: line by line where they fit, else site by site or tenant by tenant.

use super::text::{places, plain, short_id, shorten};
use crate::event::Effect;
use crate::operation::{Operation, Progress, State, StepState};
use crate::plan::{PlannedStep, Purpose};
use crate::tenant::TenantId;

/// What is done, what goes on, what is to come.
pub(super) fn lines(operation: &Operation) -> String {
    match (operation.plan.purpose, operation.plan.sites.len()) {
        (Purpose::BulkDelete, _) => tenants(operation),
        (Purpose::Adopt, _) if operation.plan.tenants.len() > 1 => tenants(operation),
        (Purpose::Adopt, _) => steps(operation, |_| true),
        (_, 1) => steps(operation, |_| true),
        _ => sites(operation),
    }
}

/// A line for each step that is meant.
fn steps(operation: &Operation, meant: impl Fn(usize) -> bool) -> String {
    let steps = operation.plan.steps.iter().zip(&operation.steps).enumerate();
    let lines: Vec<String> =
        steps.filter(|(place, _)| meant(*place)).map(|(_, (planned, progress))| step(planned, progress)).collect();
    lines.join("\n")
}

fn step(planned: &PlannedStep, progress: &Progress) -> String {
    let note = match progress.state {
        StepState::Done => match progress.effect {
            Some(Effect::Existed) => " · stood already".to_owned(),
            Some(Effect::Created) if planned.step.starts_with("ensure ") => " · created".to_owned(),
            // Of what is no resource, the note says what has become of it.
            Some(Effect::Created) => format!(" · {}", plain(&progress.note)),
            _ => String::new(),
        },
        StepState::Failed => {
            format!(" · {}", plain(&shorten(trouble(planned, progress), 120)))
        }
        StepState::Running if progress.tries > 1 => format!(" · try {}", progress.tries),
        StepState::Undone if progress.left => " · undone, something was left".to_owned(),
        StepState::Undone => " · undone".to_owned(),
        StepState::Skipped => format!(" · {}", plain(&progress.note)),
        StepState::Pending | StepState::Running => String::new(),
    };
    format!("{} {} `{}`{note}", icon(progress.state), planned.step, shorten(short_id(&planned.resource), 120))
}

/// What went wrong. A diagnosis begins with the step's name and where, which stands before it here already.
fn trouble<'a>(planned: &PlannedStep, progress: &'a Progress) -> &'a str {
    let named = progress.note.split_once(": ").filter(|(name, _)| name.starts_with(&planned.step));
    named.map_or(&progress.note, |(_, what)| what)
}

fn icon(state: StepState) -> &'static str {
    match state {
        StepState::Pending => "▫️",
        StepState::Running => "⏳",
        StepState::Failed => "⚠️",
        StepState::Done => "✅",
        StepState::Undone => "↩️",
        StepState::Skipped => "➖",
    }
}

/// Site by site: what is worked on in full, the others in a line each.
fn sites(operation: &Operation) -> String {
    let plan = &operation.plan;
    let begun = operation.steps.iter().any(|step| step.started.is_some());
    let current = operation.current_step().filter(|_| begun).map(|step| plan.steps[step].site);
    let parts = plan.sites.iter().enumerate().map(|(place, site)| {
        let own = || plan.steps.iter().zip(&operation.steps).filter(move |(planned, _)| planned.site == place);
        let (all, over) = (own().count(), own().filter(|(_, step)| step.over()).count());
        let title = site.tenancy.environment.title();
        let state = match operation.state {
            _ if over == all => StepState::Done,
            State::Running if current == Some(place) => StepState::Running,
            State::Holding if current == Some(place) => StepState::Failed,
            _ => StepState::Pending,
        };
        let heading = format!("{} **{title}** · account {}", icon(state), site.account);
        match current {
            Some(current) if current == place => {
                format!(
                    "{heading} · {over} of {all} steps\n{}",
                    steps(operation, |step| plan.steps[step].site == place)
                )
            }
            _ if over == all => format!("{heading} · gone"),
            _ => {
                let goes: Vec<String> = site.goes.iter().map(|one| format!("`{}`", short_id(&one.id))).collect();
                format!("{heading} · {} resources: {}", goes.len(), shorten(&goes.join(", "), 900))
            }
        }
    });
    parts.collect::<Vec<_>>().join("\n")
}

/// A bar, and a line for each tenant.
fn tenants(operation: &Operation) -> String {
    let plan = &operation.plan;
    let meant: Vec<&TenantId> = plan.lanes().filter(|tenant| !operation.off.contains(*tenant)).collect();
    let gone: Vec<&&TenantId> = meant.iter().filter(|tenant| operation.lane_over(tenant)).collect();
    let word = if plan.purpose.deletes() { "gone" } else { "known" };
    let mut lines = vec![format!("{} {} of {} tenants {word}", bar(gone.len(), meant.len()), gone.len(), meant.len())];
    // Beyond what fits, those that are gone are only counted: the file has them all.
    let crowded = plan.tenants.len() > 50;
    let shown = plan.lanes().filter(|tenant| !(crowded && operation.lane_over(tenant)));
    lines.extend(shown.map(|tenant| lane(operation, tenant)));
    lines.join("\n")
}

/// `▰▰▰▱▱▱▱▱▱▱`.
fn bar(done: usize, all: usize) -> String {
    const LENGTH: usize = 20;
    let full = (done * LENGTH).checked_div(all).unwrap_or(0);
    format!("{}{}", "▰".repeat(full), "▱".repeat(LENGTH - full))
}

fn lane(operation: &Operation, tenant: &TenantId) -> String {
    let plan = &operation.plan;
    let own = plan.sites.iter().filter(|site| site.tenancy.tenant == *tenant);
    let places = places(own.map(|site| site.tenancy.environment));
    if operation.off.contains(tenant) {
        return format!("➖ `{tenant}` · taken off the list");
    }
    let over = if plan.purpose.deletes() { "gone from" } else { "known in" };
    let Some(current) = operation.current_of(tenant) else { return format!("✅ `{tenant}` · {over} {places}") };
    let own = || (0..operation.steps.len()).filter(|step| plan.lane(*step) == tenant);
    let over = own().filter(|step| operation.steps[*step].over()).count();
    let progress = &operation.steps[current];
    let at = format!("{} in {}", plan.steps[current].step, plan.site_of(current).tenancy.environment.title());
    match progress.state {
        StepState::Pending if over == 0 => format!("▫️ `{tenant}` · {places}"),
        StepState::Failed => {
            format!("⚠️ `{tenant}` · {at} · {}", plain(&shorten(trouble(&plan.steps[current], progress), 80)))
        }
        StepState::Pending if operation.state == State::Holding => {
            format!("⏸️ `{tenant}` · {at} · {over} of {}", own().count())
        }
        _ => format!("⏳ `{tenant}` · {at} · {over} of {}", own().count()),
    }
}
