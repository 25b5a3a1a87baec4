//! What is special about cutting a tenant off and putting it back: what was there, whom it calls, what it ended.

use time::OffsetDateTime;

use super::operation::{field, undone};
use super::text::{list, plain, shorten};
use super::{Field, Tone};
use crate::operation::{Operation, State};
use crate::plan::{Before, Change, Plan, Purpose};
use crate::ports::Call;
use crate::role::Role;

/// Whom and what it is about.
pub(super) fn about(plan: &Plan, change: &Change) -> Vec<Field> {
    let details = plan.details();
    let mut fields = vec![
        field("Tenant", format!("{}\n`{}`", plain(details.company.as_str()), details.tenant), true),
        field("Site", format!("https://{}", plan.site().host), true),
        field(if plan.purpose == Purpose::Reopen { "Puts back" } else { "Was there" }, before(&change.before), false),
    ];
    if let Some(operation) = &change.reopens {
        fields.push(field("Shut down by", format!("operation `{operation}`"), true));
    }
    let Some(emergency) = &change.emergency else { return fields };
    let mut told: Vec<String> = emergency.calls.iter().map(|role| role.title().to_owned()).collect();
    told.push(change.tells.as_ref().map_or_else(
        || "nobody by e-mail: no address is configured".to_owned(),
        |address| plain(&address.to_string()),
    ));
    fields.push(field("Tells", list(&told), true));
    if !emergency.over.is_empty() {
        let over: Vec<String> = emergency.over.iter().map(|id| format!("operation `{id}`")).collect();
        fields.push(field("Took precedence over", format!("{}, which ended where it stood", list(&over)), true));
    }
    fields
}

/// What was there, in lines.
fn before(before: &Before) -> String {
    let Before { standing, revision, desired, rules, retention, .. } = before;
    let tasks = if *desired == 1 { "1 task".to_owned() } else { format!("{desired} tasks") };
    let of = if *revision == Before::UNKNOWN { String::new() } else { format!(" of revision {revision}") };
    let logs = retention.map_or_else(String::new, |days| format!(" · logs kept {days} days"));
    let mut lines = vec![format!("{tasks}{of} · {}{logs}", standing.as_str())];
    lines.extend(
        rules.iter().map(|rule| format!("rule at priority {}: {}", rule.priority, plain(&shorten(&rule.words, 200)))),
    );
    if rules.is_empty() {
        lines.push("no rule led there".to_owned());
    }
    if let Some(rule) = before.keeps_rules() {
        let why = rule.lost.as_deref().unwrap_or_default();
        lines.push(format!(
            "⚠️ the rules stay: that of priority {} could not be put back ({})",
            rule.priority,
            plain(why)
        ));
    }
    lines.join("\n")
}

/// The status of one that is done.
pub(super) fn succeeded(operation: &Operation) -> String {
    let site = operation.plan.site();
    if operation.plan.purpose == Purpose::Reopen {
        return format!("**Reopened** · https://{} answers again as it was.", site.host);
    }
    format!(
        "**Shut down** · `{}` is cut off in {}. `/tenant reopen` puts back what was there.",
        site.tenancy.tenant,
        site.tenancy.environment.title()
    )
}

/// The colour of one that is done: a tenant that is shut is no good news.
pub(super) fn tone(operation: &Operation) -> Option<Tone> {
    (operation.plan.purpose == Purpose::Shutdown && operation.state == State::Succeeded).then_some(Tone::Attention)
}

/// The status of one that an emergency ended; none where none did.
pub(super) fn overruled(operation: &Operation) -> Option<String> {
    let by = operation.overruled_by.as_ref()?;
    let person = operation
        .decided_by
        .as_ref()
        .map_or(String::new(), |person| format!(", ordered by {}", plain(&person.to_string())));
    let rest = if operation.state == State::Cancelled {
        format!("{} File it anew when that is over.", undone(operation))
    } else {
        "What it has done stands, and the rest is not done. File it anew when that is over.".to_owned()
    };
    let whole = if operation.plan.sites.len() > 1 { " as a whole, since it held that tenant as well" } else { "" };
    Some(format!("**Ended{whole}** · the emergency `{by}`{person}, took precedence. {rest}"))
}

/// The first line of an incident's thread, and whom it calls.
pub(super) fn opening(operation: &Operation) -> Option<(String, Vec<Call>)> {
    let emergency = operation.plan.change.as_ref()?.emergency.as_ref()?;
    let called = emergency.calls.iter().map(|role: &Role| Call::Role(*role)).collect();
    let over = match emergency.over.as_slice() {
        [] => String::new(),
        over => {
            let over: Vec<String> = over.iter().map(|id| format!("`{id}`")).collect();
            format!(" It took precedence over {}.", list(&over))
        }
    };
    let line = format!("🚨 {} ordered it: {}.{over}", plain(&emergency.by.to_string()), plain(&emergency.reason));
    Some((line, called))
}

/// What the thread of one that is done says.
pub(super) fn closing(operation: &Operation) -> Option<String> {
    let site = operation.plan.site();
    match operation.plan.purpose {
        Purpose::Shutdown => {
            Some(format!("🛑 `{}` is cut off in {}.", site.tenancy.tenant, site.tenancy.environment.title()))
        }
        Purpose::Reopen => Some(format!("🎉 Reopened: https://{} answers again as it was.", site.host)),
        _ => None,
    }
}

/// A line of an incident's timeline begins with its time.
pub(super) fn timed(operation: &Operation, at: OffsetDateTime, line: String) -> String {
    if operation.plan.policy.at_once { format!("<t:{}:T> {line}", at.unix_timestamp()) } else { line }
}

/// When a step of an incident began, behind the line that says that it is done.
pub(super) fn begun(operation: &Operation, step: usize) -> String {
    let started = operation.steps.get(step).and_then(|progress| progress.started);
    let started = started.filter(|_| operation.plan.policy.at_once);
    started.map_or_else(String::new, |at| format!(" (begun <t:{}:T>)", at.unix_timestamp()))
}
