//! The card of an operation: the plan before it runs, the progress while it does, the result after.

use super::text::{list, plain, relative, roles, shorten};
use super::{Card, Field, Tone, adoption, buttons, change, checklist, deletion, emergency, work};
use crate::operation::{Operation, State};
use crate::plan::{Plan, Purpose, Site};
use crate::policy::Idle;
use crate::ports::Standing;

/// The card as the operation stands.
pub fn operation(operation: &Operation) -> Card {
    let plan = &operation.plan;
    let mut fields = about(plan);
    fields.push(approvals(operation));
    fields.extend(checklist::before(operation));
    fields.extend(checklist::after(operation));
    let all = |lines: fn(&Site) -> &Vec<String>| plan.sites.iter().flat_map(lines).cloned().collect::<Vec<_>>();
    for (name, lines) in [("Stands already", all(|site| &site.adopts)), ("In the way", all(|site| &site.in_the_way))] {
        if !lines.is_empty() {
            fields.push(field(name, lines.join("\n"), false));
        }
    }
    let makes: Vec<String> = plan
        .sites
        .iter()
        .flat_map(|site| &site.heals)
        .flat_map(|heals| &heals.makes)
        .map(|one| format!("{} `{}`", one.kind, one.id))
        .collect();
    if !makes.is_empty() {
        fields.push(field("Missing, and made again", makes.join("\n"), false));
    }
    if !operation.diagnosis.is_empty() {
        let lines: Vec<String> = operation.diagnosis.iter().map(|line| plain(line)).collect();
        fields.push(field("Diagnosis", lines.join("\n"), false));
    }
    if let Some(reason) = operation.reason.as_ref().filter(|_| plan.deletion.is_none()) {
        fields.push(field("Reason", plain(reason), false));
    }
    Card {
        title: title(operation),
        tone: emergency::tone(operation).unwrap_or_else(|| tone(operation.state)),
        body: format!("{}\n\n{}", status(operation), work::lines(operation)),
        fields,
        footer: format!(
            "operation {} · plan {} · asked for by {}",
            operation.id,
            &operation.digest[..operation.digest.len().min(12)],
            operation.requester.name
        ),
        buttons: buttons::of(operation),
        files: match plan.purpose {
            Purpose::Adopt => vec![adoption::plan_file(operation)],
            purpose if purpose.deletes() => vec![deletion::plan_file(operation)],
            _ => change::files(plan).into_iter().collect(),
        },
        ..Card::default()
    }
    .fit()
}

/// Whom and what it is about.
fn about(plan: &Plan) -> Vec<Field> {
    if let Some(wanted) = &plan.deletion {
        return deletion::about(plan, wanted);
    }
    if let (Purpose::Shutdown | Purpose::Reopen, Some(change)) = (plan.purpose, &plan.change) {
        return emergency::about(plan, change);
    }
    if let Some(wanted) = change::of(plan) {
        return change::about(plan, wanted);
    }
    if plan.purpose == Purpose::Adopt && plan.tenants.len() > 1 {
        return adoption::about(plan);
    }
    let details = plan.details();
    vec![
        field("Tenant", format!("{}\n`{}`", plain(details.company.as_str()), details.tenant), true),
        field("Site", format!("https://{}", plan.site().host), true),
        field("Size", details.size.to_string(), true),
    ]
}

/// The headline: what, whom, where.
pub fn title(operation: &Operation) -> String {
    let plan = &operation.plan;
    let verb = match (plan.purpose, &plan.change) {
        (_, Some(change)) => change.verb.as_str(),
        (Purpose::Delete | Purpose::BulkDelete, _) => "Delete",
        (Purpose::Heal, _) => "Heal",
        (Purpose::Sweep, _) => "Remove orphans of",
        (Purpose::Adopt, _) => "Adopt",
        _ => "Provision",
    };
    let whom = match plan.purpose {
        Purpose::BulkDelete => deletion::tenants(plan.tenants.len()),
        Purpose::Adopt if plan.tenants.len() > 1 => deletion::tenants(plan.tenants.len()),
        _ => plan.details().tenant.to_string(),
    };
    format!("{verb} {whom} in {}", plan.places())
}

/// The name of an operation's thread.
pub fn thread_name(operation: &Operation) -> String {
    shorten(&format!("{} · {}", title(operation), operation.id), 100)
}

pub(super) fn field(name: &str, value: String, inline: bool) -> Field {
    Field { name: name.to_owned(), value, inline }
}

/// The colour of a state.
pub(super) fn tone(state: State) -> Tone {
    match state {
        State::AwaitingApproval | State::Waiting => Tone::Attention,
        State::Running | State::Unwinding => Tone::Busy,
        State::Succeeded => Tone::Good,
        State::Holding | State::Refused | State::Abandoned => Tone::Bad,
        State::Unwound | State::Expired | State::Cancelled => Tone::Neutral,
    }
}

/// One line that says where the operation stands and what it waits for.
pub fn status(operation: &Operation) -> String {
    let by =
        operation.decided_by.as_ref().map_or(String::new(), |person| format!(" by {}", plain(&person.to_string())));
    if let Some(ended) = emergency::overruled(operation) {
        return ended;
    }
    match operation.state {
        State::AwaitingApproval => awaiting(operation),
        State::Waiting => deletion::waiting(operation),
        State::Running => {
            let meant = |step: &usize| !operation.off.contains(operation.plan.lane(*step));
            let meant: Vec<usize> = (0..operation.steps.len()).filter(meant).collect();
            let done = meant.iter().filter(|step| operation.steps[**step].over()).count();
            format!("**Running** · {done} of {} steps done.", meant.len())
        }
        State::Holding if operation.busy() => {
            "**On hold** · it cannot go on by itself; what is under way elsewhere is brought to its end first.".into()
        }
        State::Holding if operation.revocable() => format!(
            "**On hold** · {} Somebody must decide; ❌ or `/operation cancel` takes it back.",
            undone(operation)
        ),
        State::Holding => "**On hold** · it cannot go on by itself; somebody must decide.".into(),
        State::Unwinding if change::of(&operation.plan).is_some() && by.is_empty() => {
            "**Taking it back** by itself: what was there before is put back.".into()
        }
        State::Unwinding if change::of(&operation.plan).is_some() => {
            format!("**Taking it back**, ordered{by}: what was there before is put back.")
        }
        State::Unwinding => format!("**Rolling back**, ordered{by}: what this run created is being removed."),
        State::Succeeded if operation.plan.purpose.deletes() => deletion::succeeded(operation),
        State::Succeeded if matches!(operation.plan.purpose, Purpose::Shutdown | Purpose::Reopen) => {
            emergency::succeeded(operation)
        }
        State::Succeeded if change::of(&operation.plan).is_some() => change::succeeded(operation),
        State::Succeeded if operation.plan.purpose == Purpose::Adopt => adoption::succeeded(operation),
        State::Succeeded => succeeded(operation),
        State::Unwound if change::of(&operation.plan).is_some() => format!("**Taken back** · {}.", unwound(operation)),
        State::Unwound => format!("**Rolled back** · {}.", unwound(operation)),
        State::Refused => format!("**Rejected**{by}. Nothing was done."),
        State::Expired => "**Expired** · the approvals did not come in time. Nothing was done; file it anew.".into(),
        State::Cancelled => format!("**Cancelled**{by}. {}", undone(operation)),
        State::Abandoned if operation.plan.purpose.deletes() && !operation.committed() => {
            format!("**Left as it stands**{by}. {}", undone(operation))
        }
        State::Abandoned if operation.plan.purpose.deletes() => {
            format!("**Left as it stands**{by}. A new request deletes what is left.")
        }
        State::Abandoned if operation.plan.purpose == Purpose::Shutdown => {
            format!("**Left as it stands**{by}. `/tenant reopen` puts back what was cut off.")
        }
        State::Abandoned => format!("**Left as it stands**{by}. A new request takes over what stands."),
    }
}

/// What a run that was taken back leaves: nothing, or a backup.
pub fn undone(operation: &Operation) -> &'static str {
    let backed_up = operation.steps.iter().any(|step| step.started.is_some());
    if backed_up { "Nothing was removed; a backup may have been made." } else { "Nothing was done." }
}

/// What a roll back has left.
pub(super) fn unwound(operation: &Operation) -> String {
    let left: Vec<String> = operation
        .plan
        .steps
        .iter()
        .zip(&operation.steps)
        .filter(|(_, progress)| progress.left)
        .map(|(planned, progress)| format!("`{}` ({})", planned.resource, plain(&progress.note)))
        .collect();
    if left.is_empty()
        && let Some(change) = change::of(&operation.plan)
    {
        change::unwound(change)
    } else if left.is_empty() {
        "nothing that this run created is left".into()
    } else {
        format!("all that this run created is removed, but for {}", list(&left))
    }
}

fn awaiting(operation: &Operation) -> String {
    let decision = operation.decision();
    if decision.ready() {
        return match &operation.delayed {
            None if operation.notice().is_some() => "**Approved** · the owner is being told.".into(),
            None => "**Approved** · starting.".into(),
            Some(why) => format!("**Approved** · nothing runs yet: {}. It is tried again by itself.", plain(why)),
        };
    }
    let mut line = format!("**Awaiting approval** · needs {}", roles(&decision.missing));
    let counts: Vec<String> = decision
        .filled
        .iter()
        .map(|(role, person)| format!("{} already counts as {}", plain(&person.to_string()), role.title()))
        .collect();
    if !counts.is_empty() {
        line = format!("{line}; {}", list(&counts));
    }
    format!("{line}. React with ✅ to approve, with ❌ to reject. Expires {}.", relative(operation.expires_at()))
}

fn succeeded(operation: &Operation) -> String {
    let line = format!("**Done** · https://{} stands.", operation.plan.site().host);
    if validated_before(operation) {
        return line;
    }
    match (&operation.validated_by, operation.plan.site().tenancy.environment.next()) {
        (Some(person), Some(next)) => format!(
            "{line} Validated by {}: `/tenant promote` brings it to {}.",
            plain(&person.to_string()),
            next.title()
        ),
        (Some(person), None) => format!("{line} Validated by {}.", plain(&person.to_string())),
        (None, Some(next)) => format!("{line} Try it, then react with ✅ to validate it for {}.", next.title()),
        (None, None) => line,
    }
}

/// Whether it healed what was tried and found good before.
fn validated_before(operation: &Operation) -> bool {
    operation.plan.site().heals.as_ref().is_some_and(|heals| heals.standing == Standing::Validated)
}

/// Who must approve, who did, and whose reaction does not count and why.
fn approvals(operation: &Operation) -> Field {
    let required = &operation.plan.policy.approve;
    if required.is_empty() {
        return field("Approvals", "none needed".into(), false);
    }
    let decision = operation.decision();
    let filled = if operation.approvals.is_empty() { &decision.filled } else { &operation.approvals };
    let mut lines: Vec<String> =
        filled.iter().map(|(role, person)| format!("✅ {} · {}", role.title(), plain(&person.to_string()))).collect();
    if operation.approvals.is_empty() {
        lines.extend(decision.missing.iter().map(|role| format!("▫️ {}", role.title())));
    }
    lines.extend(decision.idle.iter().map(|(person, why)| {
        let why = match why {
            Idle::Requester => "asked for it, and nobody approves their own request",
            Idle::Barred => "did what this would take back, so somebody else must approve it",
            Idle::NoRole => "holds none of the roles that approve",
            Idle::Surplus => "is not needed any more: the roles are filled",
        };
        format!("➖ {} {why}", plain(&person.to_string()))
    }));
    field("Approvals", lines.join("\n"), false)
}
