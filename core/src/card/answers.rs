//! Private answers: what was filed, what is known of a tenant, lists with pages.

use std::collections::BTreeMap;

use super::text::{plain, relative};
use super::{Button, ButtonStyle, Card, Field, Tone, operation};
use crate::kind::Kind;
use crate::operation::Operation;
use crate::plan::Purpose;
use crate::ports::{Listing, Tenant};
use crate::tenant::{Environment, Tenancy};

/// How many rows a page of a list has.
pub const PAGE: u32 = 10;

/// The answer to a request that was filed.
pub fn filed(operation: &Operation) -> Card {
    let approve = &operation.plan.policy.approve;
    if operation.plan.purpose == Purpose::Shutdown {
        // The card does not stand yet: nothing waits for it.
        return Card::note(
            Tone::Attention,
            format!("Under way: {}", operation::title(operation)),
            format!(
                "Operation `{}` runs already; nobody is waited for. The incident is worked on in <#{}>: its card and its thread come \
                 there.",
                operation.id, operation.channel
            ),
        );
    }
    let next = if operation.plan.policy.at_once {
        "It starts at once.".to_owned()
    } else if approve.is_empty() {
        "No approval is needed: it starts as soon as its card stands.".to_owned()
    } else {
        let have = if approve.len() == 1 { "has" } else { "have" };
        format!("It runs when {} {have} approved it on its card.", super::text::roles(approve))
    };
    Card::note(
        Tone::Neutral,
        format!("Filed: {}", operation::title(operation)),
        format!("Operation `{}`. {next}", operation.id),
    )
}

/// A tenant, where it stands, and what its resources are called there. `domains` are those of the configured environments.
pub fn tenant(tenant: &Tenant, domains: &BTreeMap<Environment, String>) -> Card {
    let details = &tenant.details;
    let mut fields = vec![
        Field { name: "Company".into(), value: plain(details.company.as_str()), inline: true },
        Field { name: "Owner".into(), value: plain(details.owner()), inline: true },
        Field { name: "Subdomain".into(), value: details.subdomain.to_string(), inline: true },
        Field { name: "Size".into(), value: details.size.to_string(), inline: true },
    ];
    if let Some(organisation) = &details.organisation {
        fields.push(Field { name: "Organisation".into(), value: plain(organisation.as_str()), inline: true });
    }
    fields.extend(tenant.standings.iter().map(|(environment, standing)| {
        let tenancy = Tenancy::new(details.tenant.clone(), *environment);
        let domain = domains.get(environment);
        let called = |kind: Kind| match (kind, domain) {
            (Kind::ListenerRule | Kind::DnsRecord, Some(domain)) => Tenancy::host(&details.subdomain, domain),
            _ => tenancy.name(kind),
        };
        let names: Vec<String> =
            Kind::DELETION_ORDER.iter().map(|kind| format!("{kind}: `{}`", called(*kind))).collect();
        let name = format!("{} · {}", environment.title(), standing.as_str());
        Field { name, value: names.join("\n"), inline: false }
    }));
    let body = match tenant.deleted {
        Some(at) => {
            format!("**Deleted** {} (<t:{}:f>). Its id is never given again.", relative(at), at.unix_timestamp())
        }
        None if tenant.standings.is_empty() => "Requested, not provisioned anywhere yet.".to_owned(),
        None => String::new(),
    };
    Card { title: format!("Tenant {}", details.tenant), tone: Tone::Neutral, body, fields, ..Card::default() }.fit()
}

/// A page of tenants.
pub fn tenant_list(listing: &Listing<Tenant>, page: u32, search: &str) -> Card {
    let lines = listing.rows.iter().map(|tenant| {
        let standings: Vec<String> =
            tenant.standings.iter().map(|(at, standing)| format!("{} {}", at.title(), standing.as_str())).collect();
        let standings = if standings.is_empty() { "requested".to_owned() } else { standings.join(" · ") };
        format!("`{}` {} — {standings}", tenant.details.tenant, plain(tenant.details.company.as_str()))
    });
    let empty = if search.is_empty() {
        "There are no tenants yet. `/tenant provision` creates the first."
    } else {
        "No tenant's id, company or subdomain contains that."
    };
    paged("Tenants", &lines.collect::<Vec<_>>(), listing.total, page, empty, &format!("tenants:{search}"))
}

/// A page of operations, each with a link to its card where there is one.
pub fn operation_list(rows: &[(Operation, Option<String>)], total: u64, page: u32, filter: &str) -> Card {
    let lines = rows.iter().map(|(operation, link)| {
        let title = operation::title(operation);
        let title = link.as_ref().map_or(title.clone(), |link| format!("[{title}]({link})"));
        let at = super::text::relative(operation.filed_at);
        format!(
            "`{}` {title} — {} · {} · {at}",
            operation.id,
            operation.state.words(),
            plain(&operation.requester.name)
        )
    });
    paged(
        "Operations",
        &lines.collect::<Vec<_>>(),
        total,
        page,
        "There are no operations of that sort.",
        &format!("operations:{filter}"),
    )
}

pub(super) fn paged(title: &str, lines: &[String], total: u64, page: u32, empty: &str, view: &str) -> Card {
    let pages = u32::try_from(total.div_ceil(u64::from(PAGE))).unwrap_or(u32::MAX).max(1);
    let button = |label: &str, to: u32| Button {
        label: label.to_owned(),
        style: ButtonStyle::Secondary,
        id: super::text::shorten(&format!("page:{to}:{view}"), 100),
        enabled: to < pages,
        ..Button::default()
    };
    // Before the first page is none: its button cannot be pressed, and its id is its own. From a page that is no more, the
    // way back leads to the last.
    let back = page.checked_sub(1).map_or(u32::MAX - 1, |before| before.min(pages - 1));
    let buttons = if pages > 1 || page > 0 {
        vec![button("‹ Back", back), button("On ›", page.saturating_add(1))]
    } else {
        Vec::new()
    };
    let empty = if total > 0 { "This page is empty by now." } else { empty };
    Card {
        title: title.to_owned(),
        tone: Tone::Neutral,
        body: if lines.is_empty() { empty.to_owned() } else { lines.join("\n") },
        footer: format!("{total} in all · page {} of {pages}", u64::from(page) + 1),
        buttons,
        ..Card::default()
    }
    .fit()
}
