//! What is special about the card of a deletion: what goes and what is kept, the notice, the list as a file.

use std::fmt::Write as _;

use super::operation::field;
use super::text::{duration, places, plain, relative, shorten};
use super::{Button, ButtonStyle, Card, Field, File, Menu, Tone};
use crate::kind::Kind;
use crate::operation::Operation;
use crate::plan::{Deletion, Details, Logs, Plan, Purpose};
use crate::tenant::TenantId;

/// `one tenant`, `12 tenants`.
pub(super) fn tenants(count: usize) -> String {
    if count == 1 { "one tenant".to_owned() } else { format!("{count} tenants") }
}

/// Whom and what a deletion is about.
pub(super) fn about(plan: &Plan, wanted: &Deletion) -> Vec<Field> {
    let sweeps = plan.purpose == Purpose::Sweep;
    let whom = match plan.tenants.as_slice() {
        [one] if sweeps => format!("`{}`, which is no tenant here", one.tenant),
        [one] => format!("{}\n`{}`", plain(one.company.as_str()), one.tenant),
        several => {
            let names: Vec<String> = several.iter().map(|details| format!("`{}`", details.tenant)).collect();
            format!("{}: {}", tenants(several.len()), shorten(&names.join(", "), 900))
        }
    };
    let sites: Vec<String> = plan.sites.iter().map(|site| site.host.clone()).collect();
    let count: usize = plan.sites.iter().map(|site| site.goes.len()).sum();
    let backup = if wanted.backup { "first, and nothing goes without it" } else { "none" };
    let logs = match wanted.logs {
        Logs::Keep { days } => format!("kept {days} days"),
        Logs::Delete => "deleted".to_owned(),
    };
    let notice = if wanted.notice == 0 { "none".to_owned() } else { duration(wanted.notice) };
    let one = plan.tenants.len() == 1;
    let mut fields = vec![field(if one { "Tenant" } else { "Tenants" }, whom, true)];
    if one {
        fields.push(field("Goes for good", sites.join("\n"), true));
    }
    fields.push(field("Resources", count.to_string(), true));
    // Nobody owns it, so there is nobody to have notice.
    if !sweeps {
        fields.extend([field("Reason", wanted.reason.to_string(), true), field("Notice", notice, true)]);
    }
    fields.extend([field("Backup", backup.to_owned(), true), field("Logs", logs, true)]);
    if !wanted.absent.is_empty() {
        fields.push(field("Nothing found in", places(wanted.absent.iter().copied()), true));
    }
    if let Some(typed) = &wanted.typed {
        let by = plain(&typed.person.to_string());
        fields.push(field("Confirmed", format!("{by} typed `{}` {}", typed.name, relative(typed.at)), true));
    }
    fields
}

/// The countdown of the notice.
pub(super) fn waiting(operation: &Operation) -> String {
    let until = operation.notice_until.unwrap_or(operation.changed_at);
    let to = match operation.plan.tenants.as_slice() {
        [Details { email: Some(owner), .. }] => format!("{} was told", plain(owner.as_str())),
        [_] => "the owner was told".to_owned(),
        _ => "the owners were told".to_owned(),
    };
    let votes = match operation.delayed.as_deref() {
        Some(why) => format!(" Nothing runs yet: {}. It is tried again by itself.", plain(why)),
        None => String::new(),
    };
    format!(
        "**Notice** · {to}. Nothing is touched before it ends {} (<t:{}:f>). Until then ❌ or Cancel takes it back.{votes}",
        relative(until),
        until.unix_timestamp()
    )
}

/// What has come of it.
pub(super) fn succeeded(operation: &Operation) -> String {
    let plan = &operation.plan;
    let meant = plan.tenants.len() - operation.off.len();
    let whom = match plan.tenants.as_slice() {
        [one] => format!("`{}`", one.tenant),
        _ => tenants(meant),
    };
    let kept = match plan.deletion.as_ref().map(|deletion| deletion.logs) {
        Some(Logs::Keep { .. }) => "but the logs that are kept",
        _ => "",
    };
    let but = if kept.is_empty() { String::new() } else { format!(" {kept}") };
    format!("**Deleted** · nothing of {whom} is left in {}{but}. The certificate is in the thread.", plan.places())
}

/// The whole plan as a file: every tenant, site and resource by its id.
pub(super) fn plan_file(operation: &Operation) -> File {
    let plan = &operation.plan;
    let mut text = format!("operation {}\nplan      {}\n{}\n", operation.id, operation.digest, super::title(operation));
    for site in &plan.sites {
        let _ = write!(text, "\n{} · {} · account {}\n", site.tenancy, site.host, site.account);
        for kind in Kind::DELETION_ORDER {
            let mut ids: Vec<&str> = site.going(kind).map(|one| one.id.as_str()).collect();
            if ids.is_empty() {
                ids.push("none found");
            }
            for id in ids {
                let _ = writeln!(text, "  {:<16} {id}", kind.words());
            }
        }
    }
    File { name: format!("plan-{}.txt", operation.id), bytes: text.into_bytes(), media_type: "text/plain" }
}

/// A private list of the tenants that can still be taken off, by pages.
pub fn list_of(operation: &Operation, page: u32) -> Card {
    const CHOICES: usize = 25;
    let left: Vec<&TenantId> = operation.plan.lanes().filter(|tenant| !operation.off.contains(*tenant)).collect();
    let pages = left.len().div_ceil(CHOICES).max(1);
    let page = (page as usize).min(pages - 1);
    let choices: Vec<(String, String)> = left
        .iter()
        .skip(page * CHOICES)
        .take(CHOICES)
        .map(|tenant| {
            let company = operation.plan.details_of(tenant).company.as_str();
            (shorten(&format!("{tenant} · {company}"), 100), tenant.to_string())
        })
        .collect();
    let turn = |label: &str, to: Option<usize>| Button {
        label: label.to_owned(),
        style: ButtonStyle::Secondary,
        id: format!("page:{}:off:{}", to.unwrap_or(usize::MAX), operation.id),
        enabled: to.is_some_and(|to| to < pages),
        ..Button::default()
    };
    let buttons =
        if pages > 1 { vec![turn("Earlier", page.checked_sub(1)), turn("Later", Some(page + 1))] } else { Vec::new() };
    Card {
        title: "Take a tenant off the list".into(),
        tone: Tone::Neutral,
        body: format!(
            "{} on the list; page {} of {pages}. Nothing is done to a tenant that is taken off.",
            tenants(left.len()),
            page + 1
        ),
        menu: Some(Menu { id: format!("off:{}", operation.id), placeholder: "Which tenant".into(), choices }),
        buttons,
        ..Card::default()
    }
    .fit()
}
