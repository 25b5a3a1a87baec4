//! The card of an incident: what fired, whom it hits, and what can be done about it.

use std::collections::BTreeMap;

use time::OffsetDateTime;

use super::alert_chart::alert_picture;
use super::answers::paged;
use super::operation::field;
use super::text::{list, plain, relative, shorten};
use super::{Button, ButtonStyle, Card, Field, Tone};
use crate::alert::{Alert, Source, Status, Text};
use crate::incident::{Folded, Incident, State};
use crate::operation::Operation;
use crate::ports::{Standing, Tenant};
use crate::role::Person;
use crate::tenant::Tenancy;

/// How many operations a card names.
pub const LAST: u32 = 3;
/// How much of a name, a sentence and a label is shown.
pub(super) const NAME: usize = 120;
pub(super) const SENTENCE: usize = 300;
pub(super) const LABEL: usize = 80;
/// How much of an operation is shown, so that [`LAST`] of them and their links have room in a field.
const OPERATION: usize = 200;
/// How many labels are shown, and how many alerts of a storm.
const LABELS: usize = 8;
const ALERTS: usize = 12;

/// What is known around an incident when its card is made.
#[derive(Debug, Clone, Default)]
pub struct Around {
    /// The tenant.
    pub tenant: Option<Tenant>,
    /// Its host name there.
    pub host: Option<String>,
    /// The last operations on it there, with links to their cards, newest first.
    pub operations: Vec<(Operation, Option<String>)>,
}

/// The card as the incident stands at a time.
pub fn incident(incident: &Incident, around: &Around, now: OffsetDateTime) -> Card {
    let alert = &incident.alert;
    let body = [Some(status(incident, now)), alert.summary.as_ref().map(|text| text.shown(SENTENCE))];
    let mut fields = about(incident, around);
    if incident.is_storm() {
        fields.push(field("Alerts", storm(&incident.storm), false));
    } else {
        fields.extend(measured(alert, incident));
    }
    if !around.operations.is_empty() {
        fields.push(field("Last operations on it", operations(&around.operations), false));
    }
    fields.extend(proposed(incident));
    if let Some(person) = &incident.acknowledged {
        fields.push(field("Taken by", plain(&person.to_string()), true));
    }
    if !incident.escalated.is_empty() {
        let told: Vec<String> = incident.escalated.iter().map(|to| plain(to)).collect();
        fields.push(field("Also told", list(&told), true));
    }
    Card {
        title: incident_title(incident),
        tone: tone(incident, now),
        body: body.into_iter().flatten().collect::<Vec<_>>().join("\n\n"),
        fields,
        footer: format!("incident {} · {}", incident.id, alert.source.title()),
        buttons: buttons(incident, around, now),
        // It stays as it was posted: here it is only named.
        files: incident.pictured.then(|| alert_picture(Vec::new())).into_iter().collect(),
        ..Card::default()
    }
    .fit()
}

/// The headline.
pub fn incident_title(incident: &Incident) -> String {
    let sign = match incident.state {
        State::Firing => "🔥",
        State::Recovered | State::Over => "✅",
        State::Closed => "📕",
    };
    let where_ = incident
        .about
        .tenancy
        .as_ref()
        .map_or_else(String::new, |tenancy| format!(" · {} in {}", tenancy.tenant, tenancy.environment.title()));
    format!("{sign} {}{where_}", incident.alert.name.shown(NAME))
}

/// The name of its thread.
pub fn incident_thread_name(incident: &Incident) -> String {
    let name = incident.alert.name.raw().split_whitespace().collect::<Vec<_>>().join(" ");
    shorten(&format!("{} · {}", super::text::visible(&name), incident.id), 100)
}

fn tone(incident: &Incident, now: OffsetDateTime) -> Tone {
    match incident.state {
        State::Firing if incident.is_silent(now) => Tone::Neutral,
        State::Firing if incident.acknowledged.is_some() => Tone::Attention,
        State::Firing => Tone::Bad,
        State::Recovered | State::Over => Tone::Good,
        State::Closed => Tone::Neutral,
    }
}

fn status(incident: &Incident, now: OffsetDateTime) -> String {
    let since = relative(incident.alert.since);
    match (incident.state, incident.recovered) {
        (State::Firing, _) if incident.is_silent(now) => {
            let until = incident.silenced.map(|at| format!(" until <t:{}:t>", at.unix_timestamp())).unwrap_or_default();
            format!("**Firing** since {since} · silenced{until}.")
        }
        (State::Firing, _) if incident.is_storm() => {
            format!("**Firing** · {} of {} alerts fire.", incident.firing(), incident.storm.len())
        }
        (State::Firing, _) => format!("**Firing** since {since}{}.", times(incident.fired)),
        (State::Recovered | State::Over, recovered) => {
            let when = recovered.map_or_else(String::new, |at| format!(" {}", relative(at)));
            let over =
                incident.ends().map_or_else(String::new, |at| format!(" Over {} if it stays well.", relative(at)));
            format!("**Recovered**{when}.{over} `/incident close` writes its record.")
        }
        (State::Closed, _) => {
            let told = |(by, summary): &(Person, String)| {
                format!("**Closed** by {}: {}", plain(&by.to_string()), plain(&shorten(summary, SENTENCE)))
            };
            incident.closed.as_ref().map(told).unwrap_or_default()
        }
    }
}

fn times(fired: u32) -> String {
    if fired > 1 { format!(", fired {fired} times") } else { String::new() }
}

fn about(incident: &Incident, around: &Around) -> Vec<Field> {
    let Some(tenancy) = &incident.about.tenancy else {
        // What the bot itself looks at is nobody's.
        if incident.is_storm() || incident.alert.source == Source::Monitor {
            return Vec::new();
        }
        let words = if incident.about.among.is_empty() {
            let place = incident.about.environment.map_or("environment unknown", |at| at.title());
            format!("No known tenant ({place}). To act, use a command: `/tenant diagnose`, `/tenant shutdown`.")
        } else {
            let among: Vec<String> = incident.about.among.iter().take(5).map(|one| format!("`{one}`")).collect();
            format!("It could be {}, so none is chosen. Use a command, and name one.", list(&among))
        };
        return vec![field("Tenant", words, false)];
    };
    let Some(tenant) = &around.tenant else { return vec![field("Tenant", format!("`{tenancy}`"), true)] };
    let standing = tenant.standing(tenancy.environment).map_or("not there, as the registry has it", |one| one.as_str());
    let company = plain(tenant.details.company.as_str());
    let mut fields = vec![field(
        "Tenant",
        format!("{company}\n`{}` in {} · {standing}", tenancy.tenant, tenancy.environment.title()),
        true,
    )];
    if let Some(host) = &around.host {
        fields.push(field("Site", format!("https://{host}"), true));
    }
    if let Some(owner) = &tenant.details.email {
        fields.push(field("Owner", plain(owner.as_str()), true));
    }
    fields
}

fn measured(alert: &Alert, incident: &Incident) -> Vec<Field> {
    let shown = |text: &Text| text.shown(LABEL);
    let mut fields = Vec::new();
    let value = match (&alert.value, &alert.threshold) {
        (Some(value), Some(threshold)) => Some(format!("{} (threshold {})", shown(value), shown(threshold))),
        (Some(value), None) => Some(shown(value)),
        (None, Some(threshold)) => Some(format!("threshold {}", shown(threshold))),
        (None, None) => None,
    };
    if let Some(value) = value {
        let metric = alert.metric.as_ref().map_or_else(String::new, |metric| {
            format!("{} {}\n", metric.namespace.shown(LABEL), metric.name.shown(LABEL))
        });
        fields.push(field("Value", format!("{metric}{value}"), true));
    }
    fields.push(field("Since", format!("<t:{}:f>", alert.since.unix_timestamp()), true));
    if let Some(at) = incident.recovered {
        fields.push(field("Recovered", format!("<t:{}:f>", at.unix_timestamp()), true));
    }
    let labels: Vec<_> = alert.labels.iter().filter(|(name, value)| !headline(incident, name, value)).collect();
    if !labels.is_empty() {
        let mut lines: Vec<String> = labels
            .iter()
            .take(LABELS)
            .map(|(name, value)| format!("{}: {}", plain(&shorten(name, LABEL)), shown(value)))
            .collect();
        if let Some(more) = labels.len().checked_sub(LABELS).filter(|more| *more > 0) {
            lines.push(format!("and {more} more"));
        }
        fields.push(field("Labels", lines.join("\n"), false));
    }
    fields
}

/// Whether a label says only what the headline does.
fn headline(incident: &Incident, name: &str, value: &Text) -> bool {
    let of_tenancy = |tenancy: &Tenancy| match name {
        "tenant" => value.raw() == tenancy.tenant.as_str(),
        "environment" => value.raw() == tenancy.environment.as_str(),
        _ => false,
    };
    match name {
        "alertname" => *value == incident.alert.name,
        _ => incident.about.tenancy.as_ref().is_some_and(of_tenancy),
    }
}

/// The alerts of a storm by what they are called, the most frequent first.
fn storm(folded: &BTreeMap<String, Folded>) -> String {
    let mut counts: BTreeMap<&str, (usize, usize, &Text)> = BTreeMap::new();
    for one in folded.values() {
        let (all, firing, _) = counts.entry(one.alert.name.raw()).or_insert((0, 0, &one.alert.name));
        *all += 1;
        *firing += usize::from(one.alert.status == Status::Firing);
    }
    let mut counts: Vec<_> = counts.into_values().collect();
    counts.sort_by_key(|(all, ..)| std::cmp::Reverse(*all));
    let mut lines: Vec<String> = counts
        .iter()
        .take(ALERTS)
        .map(|(all, firing, name)| format!("{}: {firing} of {all} fire", name.shown(LABEL)))
        .collect();
    if let Some(more) = counts.len().checked_sub(ALERTS).filter(|more| *more > 0) {
        lines.push(format!("and {more} other sorts"));
    }
    lines.join("\n")
}

fn operations(operations: &[(Operation, Option<String>)]) -> String {
    let line = |(operation, link): &(Operation, Option<String>)| {
        let state = super::status(operation);
        let state = state.lines().next().unwrap_or_default();
        let said = shorten(&format!("`{}` {} · {state}", operation.id, super::title(operation)), OPERATION);
        // After what may be cut off: half a link leads nowhere.
        let link = link.as_ref().map_or_else(String::new, |link| format!(" [card]({link})"));
        format!("{said}{link}")
    };
    operations.iter().map(line).collect::<Vec<_>>().join("\n")
}

/// What the rule says, and what it has done already.
fn proposed(incident: &Incident) -> Option<Field> {
    let proposal = incident.proposal.as_ref()?;
    let title = plain(&proposal.title);
    // What is over is not acted on by its rule any more.
    let firing = incident.state == State::Firing;
    // Without a tenant there is nothing to be proposed about.
    let command = proposal.command.as_ref().filter(|_| incident.about.tenancy.is_some());
    let Some(command) = command else { return Some(field("By rule", title, true)).filter(|_| firing) };
    let done = incident.decisions.iter().find(|one| one.by.is_none()).and_then(|one| one.operation.as_ref());
    Some(match done {
        Some(operation) => field("Done by rule", format!("{title}\n`/{command}`: operation `{operation}`"), true),
        None if firing && proposal.automatic => field("By rule, by itself", format!("{title}\n`/{command}`"), true),
        None if firing => field("Proposed by rule", format!("{title}\n`/{command}`"), true),
        None => return None,
    })
}

/// What can be pressed now.
fn buttons(incident: &Incident, around: &Around, now: OffsetDateTime) -> Vec<Button> {
    if incident.state != State::Firing {
        return Vec::new();
    }
    let proposed = |command: &str| incident.proposal.as_ref().and_then(|it| it.command.as_deref()) == Some(command);
    let tenancy = incident.about.tenancy.as_ref();
    let of_tenant = tenancy.is_some();
    let standing = tenancy.and_then(|at| around.tenant.as_ref()?.standing(at.environment));
    let style = |command: &str| if proposed(command) { ButtonStyle::Primary } else { ButtonStyle::Secondary };
    let offered = [
        (of_tenant && standing != Some(Standing::Shut), "Shut down", "shut", ButtonStyle::Danger),
        (of_tenant, "Diagnose", "diagnose", style("tenant diagnose")),
        (of_tenant, "Roll back", "rollback", style("tenant rollback")),
        (incident.acknowledged.is_none(), "Acknowledge", "acknowledge", ButtonStyle::Secondary),
        (!incident.is_silent(now), "Silence 1 h", "silence", ButtonStyle::Secondary),
    ];
    let offered = offered.into_iter().filter(|(offered, ..)| *offered);
    offered
        .map(|(_, label, verb, style)| Button {
            label: label.to_owned(),
            style,
            id: format!("incident:{verb}:{}", incident.id),
            enabled: true,
            ..Button::default()
        })
        .collect()
}

/// A page of incidents, each with a link to its card.
pub fn incident_list(rows: &[(Incident, Option<String>)], total: u64, page: u32) -> Card {
    let lines = rows.iter().map(|(incident, link)| {
        let title = incident_title(incident);
        let title = link.as_ref().map_or(title.clone(), |link| format!("[{title}]({link})"));
        format!("`{}` {title} — {} · {}", incident.id, incident.state.as_str(), relative(incident.opened))
    });
    paged("Incidents", &lines.collect::<Vec<_>>(), total, page, "There was none yet.", "incidents:")
}
