//! The checklists of an operation as people read them: before it runs on its card, afterwards on card, thread and certificate.

use serde_json::{Value, json};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::Field;
use super::operation::field;
use super::text::{list, plain};
use crate::operation::{Evidence, Finding, Operation, State};
use crate::plan::{ChecklistItem, Purpose, When};
use crate::role::Person;

/// The list before the run, as long as somebody may still say no.
pub(super) fn before(operation: &Operation) -> Option<Field> {
    if !matches!(operation.state, State::AwaitingApproval | State::Waiting) {
        return None;
    }
    let vouched = if operation.plan.policy.approve.is_empty() {
        "vouched for by whoever asks"
    } else {
        "vouched for by whoever approves"
    };
    let line = |(line, finding): (&ChecklistItem, Finding)| match finding {
        Finding::Attested(_) => format!("☐ {} · {vouched}", line.item),
        finding => told(operation, line, &finding, |evidence| plain(&evidence[0].note)),
    };
    let lines: Vec<String> = operation.checklist(When::Before).map(line).collect();
    let deletes = operation.plan.purpose.deletes();
    let name = if deletes { "Before it runs (☑ the bot sees to it, ☐ people vouch)" } else { "Before it runs" };
    (!lines.is_empty()).then(|| field(name, lines.join("\n"), false))
}

/// The list after the run, once it has come to its end: in few words, the thread has the evidence.
pub(super) fn after(operation: &Operation) -> Option<Field> {
    if !ended(operation) {
        return None;
    }
    let line = |(line, finding): (&ChecklistItem, Finding)| told(operation, line, &finding, |_| String::new());
    let lines: Vec<String> = operation.checklist(When::After).map(line).collect();
    (!lines.is_empty()).then(|| field("Afterwards", lines.join("\n"), false))
}

/// What people answer for now that it runs, for its thread: who vouches for what, and what nobody can tell. Empty, or lines
/// that begin with a new one.
pub(super) fn answered_for(operation: &Operation) -> String {
    let mut lines = String::new();
    let (mut vouched, mut by) = (Vec::new(), Vec::new());
    for (line, finding) in operation.checklist(When::Before) {
        match finding {
            Finding::Attested(people) => {
                vouched.push(line.item.clone());
                by = people;
            }
            Finding::Unverifiable(_) => {
                lines.push('\n');
                lines.push_str(&told(operation, line, &finding, |_| String::new()));
            }
            _ => {}
        }
    }
    if vouched.is_empty() || by.is_empty() {
        return lines;
    }
    let vouch = if by.len() == 1 { "vouches" } else { "vouch" };
    format!("\n☐ {} {vouch} for: {}.{lines}", people(&by), vouched.join("; "))
}

/// The list after the run with all its evidence, for the thread. Empty, or lines that begin with a new one.
pub(super) fn outcome(operation: &Operation) -> String {
    if !ended(operation) {
        return String::new();
    }
    let evidence = |all: &[Evidence]| match all {
        [one] => format!("{}, {}", plain(&one.note), clock(one.at)),
        several if operation.plan.purpose == Purpose::BulkDelete => {
            format!("{} times, each in the certificate", several.len())
        }
        several => {
            let places: Vec<String> =
                several.iter().map(|one| format!("{} {}", place(operation, one.step), clock(one.at))).collect();
            list(&places)
        }
    };
    let lines = operation.checklist(When::After).map(|(line, finding)| told(operation, line, &finding, evidence));
    std::iter::once(String::new()).chain(lines).collect::<Vec<_>>().join("\n")
}

/// What a roll back leaves of the list after the run: nothing. Empty, or a sentence.
pub(super) fn void(operation: &Operation) -> String {
    match operation.checklist(When::After).count() {
        0 => String::new(),
        1 => " ✗ The line of the checklist afterwards does not hold.".into(),
        count => format!(" ✗ None of the {count} lines of the checklist afterwards holds."),
    }
}

/// Whether the run has come to an end of which the list after it can tell.
fn ended(operation: &Operation) -> bool {
    match operation.state {
        State::Succeeded => true,
        State::Abandoned => operation.steps.iter().any(|step| step.started.is_some()),
        _ => false,
    }
}

/// One line: ☑ the bot saw it, ☐ people vouch, ⚠ nobody can tell, ✗ it is not so, ▫ it is to come, ➖ it was not asked for.
fn told(
    operation: &Operation,
    line: &ChecklistItem,
    finding: &Finding,
    evidence: impl Fn(&[Evidence]) -> String,
) -> String {
    let (mark, what) = match finding {
        Finding::Verified(all) => ("☑", evidence(all)),
        Finding::Attested(by) if by.is_empty() => ("☐", "nobody vouches for it yet".into()),
        Finding::Attested(by) => ("☐", format!("vouched for by {}", people(by))),
        Finding::Unverifiable(why) => ("⚠", format!("unverifiable: {}", plain(why))),
        Finding::Open => ("▫", "to come".into()),
        Finding::NotDone(lacking) => ("✗", lacks(operation, lacking)),
        Finding::NotMeant => ("➖", "not asked for".into()),
    };
    if what.is_empty() { format!("{mark} {}", line.item) } else { format!("{mark} {} · {what}", line.item) }
}

/// Why a line is not so, and where: the first few places, and how many more there are.
fn lacks(operation: &Operation, lacking: &[(usize, String)]) -> String {
    const SHOWN: usize = 3;
    if operation.plan.sites.len() == 1 {
        return lacking.iter().map(|(_, why)| plain(why)).collect::<Vec<_>>().join("; ");
    }
    let first = lacking.iter().take(SHOWN);
    let mut all: Vec<String> =
        first.map(|(step, why)| format!("{}: {}", place(operation, Some(*step)), plain(why))).collect();
    if lacking.len() > SHOWN {
        all.push(format!("and {} more", lacking.len() - SHOWN));
    }
    all.join("; ")
}

/// Where a step works.
fn place(operation: &Operation, step: Option<usize>) -> String {
    let Some(step) = step else { return operation.plan.places() };
    let tenancy = &operation.plan.site_of(step).tenancy;
    let title = tenancy.environment.title();
    if operation.plan.tenants.len() > 1 { format!("`{}` in {title}", tenancy.tenant) } else { title.to_owned() }
}

fn people(people: &[Person]) -> String {
    list(&people.iter().map(|person| plain(&person.to_string())).collect::<Vec<_>>())
}

fn clock(at: OffsetDateTime) -> String {
    format!("<t:{}:t>", at.unix_timestamp())
}

/// Both lists for a certificate, each line with how it came out and all its evidence.
pub(super) fn certified(operation: &Operation) -> Value {
    let both = [When::Before, When::After].map(|when| {
        let lines = operation.checklist(when).map(|(line, finding)| entry(operation, line, finding));
        lines.collect::<Vec<Value>>()
    });
    let [before, after] = both;
    json!({ "before": before, "after": after })
}

fn entry(operation: &Operation, line: &ChecklistItem, finding: Finding) -> Value {
    let (answer, details) = match finding {
        Finding::Verified(all) => {
            let seen = all.into_iter().map(|one| {
                json!({
                    "where": place(operation, one.step).replace('`', ""),
                    "seen": one.note,
                    "at": one.at.format(&Rfc3339).ok(),
                })
            });
            ("verified", json!(seen.collect::<Vec<_>>()))
        }
        Finding::Attested(by) => ("attested", json!(by.into_iter().map(|person| person.name).collect::<Vec<_>>())),
        Finding::Unverifiable(why) => ("unverifiable", json!(why)),
        Finding::Open => ("open", Value::Null),
        Finding::NotDone(lacking) => {
            let places = lacking
                .into_iter()
                .map(|(step, why)| json!({ "where": place(operation, Some(step)).replace('`', ""), "why": why }));
            ("not-done", json!(places.collect::<Vec<_>>()))
        }
        Finding::NotMeant => ("not-asked-for", Value::Null),
    };
    json!({ "item": line.item, "answer": answer, "details": details })
}
