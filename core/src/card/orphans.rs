//! Orphans as people see them: a private list by pages with two files beside it, and one of them with what can be done.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::json;

use super::answers::paged;
use super::operation::field;
use super::text::{capitalised, coded, list, plain, relative, shorten};
use super::{Button, ButtonStyle, Card, Field, File, Menu, PAGE, Tone};
use crate::kind::Kind;
use crate::orphans::{Leftovers, Orphan, Why};
use crate::plan::OperationId;
use crate::tenant::{Environment, Tenancy};

/// An orphan with what the log knows about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrphanRow {
    /// What it is.
    pub orphan: Orphan,
    /// The open operation that works on it.
    pub holder: Option<OperationId>,
    /// For how many days a deletion has kept its logs, which are all that there is.
    pub kept: Option<u32>,
}

/// A page of what is left over. `away`: the environments that could not be read, and why; `asked`: the only one that was asked for.
pub fn orphan_list(
    all: &Leftovers,
    rows: &[OrphanRow],
    away: &BTreeMap<Environment, String>,
    asked: Option<Environment>,
    page: u32,
) -> Card {
    let lines: Vec<String> = rows.iter().map(line).collect();
    let empty = "Nothing bears the name of a tenant that there is not.";
    let empty = if away.is_empty() { empty } else { "What could be read has no orphans." };
    let view = format!("orphans:{}", asked.map_or("", Environment::as_str));
    let mut card = paged("Orphans", &lines, all.orphans.len() as u64, page, empty, &view);
    let unread = away.iter().map(|(place, why)| format!("**{}** · {}", place.title(), plain(why)));
    let unread: Vec<String> = unread.collect();
    let hosts: BTreeSet<String> = all.hosts.iter().map(|(kind, label)| format!("`{label}` ({kind})")).collect();
    let misnamed = all.misnamed.iter().map(|(kind, name)| format!("{kind} `{}`", coded(&shorten(name, 80))));
    let misnamed: Vec<String> = misnamed.collect();
    card.tone = if unread.is_empty() { Tone::Neutral } else { Tone::Attention };
    for (name, lines) in [
        ("Not looked at", unread),
        ("Host names that no tenant has", hosts.into_iter().collect()),
        ("The id in these names is none that a tenant can have", misnamed),
    ] {
        if !lines.is_empty() {
            card.fields.push(field(&format!("{name} ({})", lines.len()), lines.join("\n"), false));
        }
    }
    let choice = |row: &OrphanRow| {
        let Tenancy { tenant, environment } = &row.orphan.tenancy;
        (format!("{tenant} in {}", environment.title()), row.orphan.tenancy.to_string())
    };
    let choices: Vec<_> = rows.iter().take(PAGE as usize).map(choice).collect();
    card.menu =
        (!choices.is_empty()).then(|| Menu { id: "orphan".into(), placeholder: "What to do with one".into(), choices });
    card.files = if all.orphans.is_empty() { Vec::new() } else { vec![table(all), tree(all, away)] };
    card.fit()
}

fn line(row: &OrphanRow) -> String {
    let Tenancy { tenant, environment } = &row.orphan.tenancy;
    format!("`{tenant}` {} — {} · {}", environment.title(), kinds(&row.orphan), why(row))
}

/// The kinds in a few words: `service, 2 access points`.
fn kinds(orphan: &Orphan) -> String {
    let words = orphan.names.iter().map(|(kind, names)| match names.len() {
        1 => kind.to_string(),
        several => format!("{several} {kind}s"),
    });
    words.collect::<Vec<_>>().join(", ")
}

fn why(row: &OrphanRow) -> String {
    let known = match (row.orphan.why, row.kept) {
        (Why::Deleted(at), Some(days)) => format!("deleted {}, its logs are kept {days} days", relative(at)),
        (Why::Deleted(at), None) => format!("deleted {}", relative(at)),
        (Why::Elsewhere, Some(days)) => format!("it has left here, its logs are kept {days} days"),
        (Why::Elsewhere, None) => "the tenant does not stand here".to_owned(),
        (Why::Unknown, _) => "no tenant".to_owned(),
    };
    let held = row.holder.as_ref().map_or(String::new(), |holder| format!(" · operation `{holder}` is working on it"));
    known + &held
}

/// One of them: all its names, and what can be done.
pub fn orphan(row: &OrphanRow) -> Card {
    let Orphan { tenancy, names, .. } = &row.orphan;
    let (tenant, place) = (tenancy.tenant.as_str(), tenancy.environment.as_str());
    let named = |(kind, names): (&Kind, &Vec<String>)| {
        let names: Vec<String> = names.iter().map(|name| format!("`{}`", coded(name))).collect();
        Field { name: kind.to_string(), value: shorten(&list(&names), 400), inline: true }
    };
    let adopt = Button::uses("Adopt", ButtonStyle::Success, "tenant adopt", &[("tenant", tenant)]);
    let options = [("tenant", tenant), ("environment", place)];
    let remove = Button::uses("Remove", ButtonStyle::Danger, "tenant sweep", &options);
    let adopts = row.orphan.adoptable().then_some(adopt);
    let cannot = match (adopts.is_some(), row.orphan.why) {
        (true, _) => "**Adopt** takes it into the registry as it stands, wherever it stands.",
        (false, Why::Deleted(_)) => "It cannot be adopted: the id of a deleted tenant is never given again.",
        (false, _) => "It cannot be adopted: there is no service.",
    };
    Card {
        title: format!("Orphan {tenant} in {}", tenancy.environment.title()),
        tone: Tone::Attention,
        body: format!(
            "{}.\n{cannot} **Remove** files its removal for good, with the approval that a deletion there needs; the plan names each \
             resource.",
            capitalised(&why(row))
        ),
        fields: names.iter().map(named).collect(),
        buttons: adopts.into_iter().chain([remove]).collect(),
        ..Card::default()
    }
    .fit()
}

fn because(why: Why) -> (&'static str, Option<i64>) {
    match why {
        Why::Unknown => ("unknown", None),
        Why::Elsewhere => ("elsewhere", None),
        Why::Deleted(at) => ("deleted", Some(at.unix_timestamp())),
    }
}

/// All of them as CSV, a line for each resource.
fn table(all: &Leftovers) -> File {
    let mut writer = csv::Writer::from_writer(Vec::new());
    // Into memory nothing fails.
    let _ = writer.write_record(["tenant", "environment", "why", "deleted", "kind", "name"]);
    for Orphan { tenancy, why, names } in &all.orphans {
        let (word, at) = because(*why);
        let (at, place) = (at.map_or_else(String::new, |at| at.to_string()), tenancy.environment.as_str());
        for (kind, name) in names.iter().flat_map(|(kind, names)| names.iter().map(move |name| (kind, name))) {
            let _ = writer.write_record([tenancy.tenant.as_str(), place, word, &at, kind.words(), name]);
        }
    }
    File { name: "orphans.csv".into(), bytes: writer.into_inner().unwrap_or_default(), media_type: "text/csv" }
}

/// All of them as JSON, with what is no tenant's and what could not be read.
fn tree(all: &Leftovers, away: &BTreeMap<Environment, String>) -> File {
    let orphans = all.orphans.iter().map(|Orphan { tenancy, why, names }| {
        let (word, at) = because(*why);
        let names: BTreeMap<&str, _> = names.iter().map(|(kind, names)| (kind.words(), names)).collect();
        json!({
            "tenant": tenancy.tenant, "environment": tenancy.environment, "why": word, "deleted": at, "names": names,
        })
    });
    let body = json!({
        "orphans": orphans.collect::<Vec<_>>(),
        "hosts": all.hosts,
        "misnamed": all.misnamed,
        "not_looked_at": away,
    });
    let bytes = serde_json::to_vec_pretty(&body).unwrap_or_default();
    File { name: "orphans.json".into(), bytes, media_type: "application/json" }
}
