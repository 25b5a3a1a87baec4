//! What is said of an incident outside its card: to Slack, PagerDuty and mailboxes, and its record.

use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::File;
use super::alert::Around;
use super::text::{shorten, visible};
use crate::alert::{Alert, Text};
use crate::incident::{Event, Incident, Recorded, State};
use crate::operation::Operation;
use crate::ports::{Preserved, Written};

/// How much of a sentence is told.
const SENTENCE: usize = 300;

/// A stranger's text as plain text of one line: nothing in it that cannot be seen.
fn bare(text: &Text) -> String {
    shorten(&visible(text.raw()).split_whitespace().collect::<Vec<_>>().join(" "), SENTENCE)
}

/// What is wrong, in a line: for whoever is woken by it.
pub fn page_summary(incident: &Incident) -> String {
    let whom =
        incident.about.tenancy.as_ref().map_or_else(String::new, |tenancy| {
            format!(" · tenant {} in {}", tenancy.tenant, tenancy.environment.title())
        });
    format!("{}{whom}", bare(&incident.alert.name))
}

/// What the Slack channel is told.
pub fn slack_text(incident: &Incident, to: &str, link: Option<&str>) -> String {
    let said = incident.alert.summary.as_ref().map_or_else(String::new, |text| format!("\n{}", bare(text)));
    let link = link.map_or_else(String::new, |link| format!("\n{link}"));
    let still = if incident.state == State::Firing { " and still fires" } else { "" };
    format!("{to}: {} has fired {} times{still}.{said}{link}", page_summary(incident), incident.fired)
}

/// Subject and text of the e-mail by which those hear of an incident whose topic it is.
pub fn alert_mail(incident: &Incident, around: Option<&Around>, link: Option<&str>) -> (String, String) {
    let alert = &incident.alert;
    let said = |text: &Option<Text>| text.as_ref().map_or_else(|| "-".to_owned(), bare);
    let site = around
        .and_then(|around| around.host.as_ref())
        .map_or_else(|| "-".to_owned(), |host| format!("https://{host}/"));
    let labels: Vec<String> =
        alert.labels.iter().map(|(name, value)| format!("  {}: {}\n", visible(name), bare(value))).collect();
    let text = format!(
        "{what}\n\nSince:      {since}\nSays:       {summary}\nValue:      {value}\nThreshold:  {threshold}\nSite:       {site}\n\
         Source:     {source}\nIncident:   {id}\n\nLabels:\n{labels}\nWhat is done about it stands in its thread{place}\n",
        what = page_summary(incident),
        since = stamp(alert.since),
        summary = said(&alert.summary),
        value = said(&alert.value),
        threshold = said(&alert.threshold),
        source = alert.source.title(),
        id = incident.id,
        labels = labels.concat(),
        place = link.map_or_else(|| " in the chat.".to_owned(), |link| format!(": {link}")),
    );
    (format!("Alert: {}", page_summary(incident)), text)
}

/// What was done to keep a tenant's logs.
pub fn kept_logs(kept: Option<&Preserved>) -> String {
    match kept {
        None => "it has no logs".to_owned(),
        Some(Preserved { group, export: None, .. }) => format!("the logs in {group} are kept for ever"),
        Some(Preserved { group, export: Some((to, _)), .. }) => {
            format!("the logs in {group} are kept for ever, and exported to {to}")
        }
    }
}

/// The record of an incident: what happened, who decided what, what was done, and what was said; as Markdown.
pub fn record(incident: &Incident, events: &[Recorded], operations: &[Operation], said: &[Written]) -> String {
    let mut lines: Vec<(OffsetDateTime, String)> =
        events.iter().filter_map(|recorded| Some((recorded.at, happened(&recorded.event)?))).collect();
    for operation in operations {
        let what = format!(
            "operation {} filed by {}: {}",
            operation.id,
            visible(&operation.requester.name),
            super::title(operation)
        );
        lines.push((operation.filed_at, what));
        for (step, progress) in operation.plan.steps.iter().zip(&operation.steps) {
            let note = if progress.note.is_empty() { String::new() } else { format!(": {}", visible(&progress.note)) };
            if let Some(at) = progress.ended {
                lines.push((at, format!("operation {}: {} {}{note}", operation.id, step.step, step.resource)));
            }
        }
    }
    // The bot's own lines stand above already.
    lines.extend(said.iter().filter(|one| !one.own).map(|one| {
        let text = if one.text.is_empty() {
            "(a message that the bot may not read)".to_owned()
        } else {
            visible(&one.text).replace('\n', " ")
        };
        (one.at, format!("{} wrote: {text}", visible(&one.by)))
    }));
    lines.sort_by_key(|(at, _)| *at);
    let timeline: Vec<String> =
        lines.into_iter().map(|(at, line)| format!("| {} | {} |\n", stamp(at), cell(&line))).collect();
    let (by, summary) =
        incident.closed.as_ref().map_or(("-", "-"), |(by, summary)| (by.name.as_str(), summary.as_str()));
    format!(
        "# Incident {id}: {what}\n\n{summary}\n\nClosed by {by}. Raised {raised}.{pending}\n\n## Timeline\n\n| When (UTC) | What |\n|---|---|\n{timeline}",
        id = incident.id,
        what = page_summary(incident),
        summary = visible(summary),
        by = visible(by),
        raised = stamp(incident.opened),
        pending = pending(incident),
        timeline = timeline.concat(),
    )
}

/// What is still under way when the record is written: it comes at once, and does not wait for that.
fn pending(incident: &Incident) -> &'static str {
    if incident.settling() {
        " Security is being told of it by e-mail and the tenant's logs are being kept, as far as the timeline does not say so: what comes of \
         that stands in the thread."
    } else {
        ""
    }
}

/// The record as a file.
pub fn record_file(incident: &Incident, record: &str) -> File {
    File {
        name: format!("incident-{}.md", incident.id),
        bytes: record.as_bytes().to_vec(),
        media_type: "text/markdown",
    }
}

/// An event in the timeline; none for what says only how the chat came to show it.
fn happened(event: &Event) -> Option<String> {
    let name = |person: &crate::role::Person| visible(&person.name);
    Some(match event {
        Event::Raised { alert, .. } => {
            format!("fired: {}{}, since {}", bare(&alert.name), at(alert), stamp(alert.since))
        }
        Event::Fired { alert } => format!("told again: {}{}", bare(&alert.name), at(alert)),
        Event::Recovered { .. } => "fires no longer".to_owned(),
        Event::Folded { alert, .. } => {
            format!("{}: {}", if alert.until.is_some() { "recovered" } else { "fired" }, bare(&alert.name))
        }
        Event::Acknowledged { by } => format!("{} took it", name(by)),
        Event::Silenced { by, until } => format!("{} silenced it until {}", name(by), stamp(*until)),
        Event::Decided { by, command, operation } => {
            let by = by.as_ref().map_or_else(|| "the rule".to_owned(), name);
            let operation = operation.as_ref().map_or_else(String::new, |id| format!(", operation {id}"));
            format!("{by} chose /{command}{operation}")
        }
        Event::Refused { command, why } => format!("/{command} was not possible: {}", visible(why)),
        Event::Escalated { to } => format!("told {}", visible(to)),
        Event::Unheard { to, why } => format!("{} could not be told: {}", visible(to), visible(why)),
        Event::LogsKept { what } => visible(what),
        Event::Over => "it stayed well".to_owned(),
        Event::Closed { by, .. } => format!("{} closed it", name(by)),
        Event::CardPosted { .. } | Event::ThreadOpened { .. } | Event::Told { .. } | Event::Tried { .. } => {
            return None;
        }
    })
}

/// The value that was measured, and what it was held against.
fn at(alert: &Alert) -> String {
    let value = alert.value.as_ref().map_or_else(String::new, |value| format!(", at {}", bare(value)));
    let threshold = alert.threshold.as_ref().map_or_else(String::new, |text| format!(" (threshold {})", bare(text)));
    format!("{value}{threshold}")
}

/// A text inside a cell of a Markdown table.
fn cell(text: &str) -> String {
    text.replace('\\', "\\\\").replace('|', "\\|").replace('\n', " ")
}

fn stamp(at: OffsetDateTime) -> String {
    at.replace_nanosecond(0).unwrap_or(at).format(&Rfc3339).unwrap_or_default()
}
