//! The card of an operation: the plan before it runs, the progress while it does, the result after.

use super::text::{list, plain, relative, roles, shorten};
use super::{Button, ButtonStyle, Card, Field, Tone};
use crate::event::Effect;
use crate::operation::{Operation, Progress, State, StepState};
use crate::plan::Answer;
use crate::policy::Idle;
use crate::steps;

/// The card as the operation stands.
pub fn operation(operation: &Operation) -> Card {
    let plan = &operation.plan;
    let mut fields = vec![
        field("Tenant", format!("{}\n`{}`", plain(plan.details.company.as_str()), plan.details.tenant), true),
        field("Site", format!("https://{}", plan.host), true),
        field("Size", plan.details.size.to_string(), true),
    ];
    fields.push(approvals(operation));
    fields.extend(checklist(operation));
    if !plan.adopts.is_empty() {
        fields.push(field("Stands already", plan.adopts.join("\n"), false));
    }
    if !plan.in_the_way.is_empty() {
        fields.push(field("In the way", plan.in_the_way.join("\n"), false));
    }
    if !operation.diagnosis.is_empty() {
        let lines: Vec<String> = operation.diagnosis.iter().map(|line| plain(line)).collect();
        fields.push(field("Diagnosis", lines.join("\n"), false));
    }
    if let Some(reason) = &operation.reason {
        fields.push(field("Reason", plain(reason), false));
    }
    Card {
        title: title(operation),
        tone: tone(operation.state),
        body: format!("{}\n\n{}", status(operation), step_lines(operation)),
        fields,
        footer: format!(
            "operation {} · plan {} · asked for by {}",
            operation.id,
            &operation.digest[..operation.digest.len().min(12)],
            operation.requester.name
        ),
        buttons: buttons(operation),
        ..Card::default()
    }
    .fit()
}

/// The headline: what, whom, where.
pub fn title(operation: &Operation) -> String {
    let verb = operation.plan.command.split(' ').next_back().unwrap_or_default();
    let mut letters = verb.chars();
    let verb: String = letters.next().map(|c| c.to_uppercase().chain(letters).collect()).unwrap_or_default();
    format!("{verb} {} in {}", operation.plan.tenancy.tenant, operation.plan.tenancy.environment.title())
}

/// The name of an operation's thread.
pub fn thread_name(operation: &Operation) -> String {
    shorten(&format!("{} · {}", title(operation), operation.id), 100)
}

fn field(name: &str, value: String, inline: bool) -> Field {
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
    match operation.state {
        State::AwaitingApproval => awaiting(operation),
        State::Waiting => "**Waiting** for the notice to pass.".into(),
        State::Running => {
            let done = operation.steps.iter().filter(|step| step.state == StepState::Done).count();
            format!("**Running** · {done} of {} steps done.", operation.steps.len())
        }
        State::Holding => "**On hold** · it cannot go on by itself; somebody must decide.".into(),
        State::Unwinding => format!("**Rolling back**, ordered{by}: what this run created is being removed."),
        State::Succeeded => succeeded(operation),
        State::Unwound => "**Rolled back** · nothing that this run created is left.".into(),
        State::Refused => format!("**Rejected**{by}. Nothing was done."),
        State::Expired => "**Expired** · the approvals did not come in time. Nothing was done; file it anew.".into(),
        State::Cancelled => format!("**Cancelled**{by}. Nothing was done."),
        State::Abandoned => format!("**Left as it stands**{by}. A new request takes over what stands."),
    }
}

fn awaiting(operation: &Operation) -> String {
    let decision = operation.decision();
    if decision.ready() {
        return match &operation.delayed {
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
    let line = format!("**Done** · https://{} stands.", operation.plan.host);
    match (&operation.validated_by, operation.plan.tenancy.environment.next()) {
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

fn step_lines(operation: &Operation) -> String {
    let lines = operation.plan.steps.iter().zip(&operation.steps).map(|(planned, progress)| {
        let note = match progress.state {
            StepState::Done => match progress.effect {
                Some(Effect::Existed) => " · stood already".to_owned(),
                Some(Effect::Created) => " · created".to_owned(),
                _ => String::new(),
            },
            StepState::Failed => {
                // A diagnosis begins with the step's name, which stands before it here already.
                let what = progress.note.strip_prefix(&format!("{}: ", planned.step)).unwrap_or(&progress.note);
                format!(" · {}", plain(&shorten(what, 120)))
            }
            StepState::Running if progress.tries > 1 => format!(" · try {}", progress.tries),
            StepState::Undone => " · undone".to_owned(),
            StepState::Pending | StepState::Running => String::new(),
        };
        format!("{} {} `{}`{note}", icon(progress), planned.step, planned.resource)
    });
    lines.collect::<Vec<_>>().join("\n")
}

fn icon(progress: &Progress) -> &'static str {
    match progress.state {
        StepState::Pending => "▫️",
        StepState::Running => "⏳",
        StepState::Failed => "⚠️",
        StepState::Done => "✅",
        StepState::Undone => "↩️",
    }
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
            Idle::NoRole => "holds none of the roles that approve",
            Idle::Surplus => "is not needed any more: the roles are filled",
        };
        format!("➖ {} {why}", plain(&person.to_string()))
    }));
    field("Approvals", lines.join("\n"), false)
}

fn checklist(operation: &Operation) -> Option<Field> {
    if operation.state != State::AwaitingApproval || operation.plan.checklist.is_empty() {
        return None;
    }
    let vouched = if operation.plan.policy.approve.is_empty() {
        "vouched for by whoever asks"
    } else {
        "vouched for by whoever approves"
    };
    let lines = operation.plan.checklist.iter().map(|line| match &line.answer {
        Answer::Verified(seen) => format!("☑ {} · {}", line.item, plain(seen)),
        Answer::Attested => format!("☐ {} · {vouched}", line.item),
    });
    Some(field("Before it runs", lines.collect::<Vec<_>>().join("\n"), false))
}

fn buttons(operation: &Operation) -> Vec<Button> {
    let button = |label: &str, verb: &str, style| Button {
        label: label.to_owned(),
        style,
        id: format!("{verb}:{}", operation.id),
        enabled: true,
        ..Button::default()
    };
    match operation.state {
        State::Holding => {
            let harmless = operation
                .current_step()
                .and_then(|place| steps::named(&operation.plan.steps[place].step))
                .is_some_and(|step| step.harmless());
            let skip = (harmless && operation.held_from == Some(State::Running))
                .then(|| button("Skip", "skip", ButtonStyle::Secondary));
            let rest =
                [button("Roll back", "unwind", ButtonStyle::Danger), button("Leave", "leave", ButtonStyle::Secondary)];
            [button("Retry", "retry", ButtonStyle::Primary)].into_iter().chain(skip).chain(rest).collect()
        }
        State::AwaitingApproval => vec![button("Cancel request", "cancel", ButtonStyle::Secondary)],
        _ => Vec::new(),
    }
}
