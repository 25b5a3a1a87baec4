//! What tenants' owners are told by e-mail. Never a password.

use time::OffsetDateTime;
use time::macros::format_description;

use super::text::{places, visible};
use crate::plan::{Details, Logs, Plan, Site};

/// Subject and text of the e-mail with the access details of a new site (playbook 5.2).
pub fn access_mail(site: &Site, details: &Details) -> (String, String) {
    let environment = site.tenancy.environment.title();
    let subject = format!("Your WordPress site {} is ready ({environment})", site.host);
    let text = format!(
        "Hello {company},\n\n\
         your WordPress site stands in our {environment} environment.\n\n\
         Site:            https://{host}/\n\
         Administration:  https://{host}/wp-admin/\n\
         Tenant id:       {tenant}\n\n\
         On your first visit WordPress asks you to choose the administrator's name and password. We do not know it and \
         never ask for it.\n\n\
         The platform team\n",
        company = details.company,
        host = site.host,
        tenant = details.tenant,
    );
    (subject, text)
}

/// The tenant's sites in a plan, a line each.
fn sites(plan: &Plan, details: &Details) -> String {
    let own = plan.sites.iter().filter(|site| site.tenancy.tenant == details.tenant);
    let lines: Vec<String> =
        own.map(|site| format!("  https://{}/  ({})", site.host, site.tenancy.environment.title())).collect();
    lines.join("\n")
}

/// A time as an e-mail says it: in words, in UTC.
fn when(at: OffsetDateTime) -> String {
    let words = format_description!("[day padding:none] [month repr:long] [year], [hour]:[minute] UTC");
    at.to_offset(time::UtcOffset::UTC).format(words).unwrap_or_default()
}

/// Subject and text of the notice before a deletion, with the date (playbook 1.2, 2.2).
pub fn notice_mail(plan: &Plan, details: &Details, until: OffsetDateTime) -> (String, String) {
    let subject = format!("Your WordPress site will be deleted on {}", when(until));
    let backup = plan.deletion.as_ref().is_some_and(|deletion| deletion.backup);
    let data = if backup {
        "We make a backup of your data before anything is deleted."
    } else {
        "No backup of your data is made."
    };
    let text = format!(
        "Hello {company},\n\n\
         on {when}, or shortly after, this is deleted for good:\n\n{sites}\n\n\
         Tenant id: {tenant}\n\n\
         {data}\n\
         If this is not what you want, answer this message before that time.\n\n\
         The platform team\n",
        company = details.company,
        when = when(until),
        sites = sites(plan, details),
        tenant = details.tenant,
    );
    (subject, text)
}

/// Subject and text of the e-mail by which the security team hears of an incident (playbook 4.1).
pub fn incident_mail(plan: &Plan, site: &Site, details: &Details) -> (String, String) {
    let environment = site.tenancy.environment.title();
    let subject = format!("Incident: {} was shut down in {environment}", details.tenant);
    let change = plan.change.as_ref();
    let (by, reason) =
        change.and_then(|change| change.emergency.as_ref()).map_or(("?", "?"), |it| (&it.by.name, &it.reason));
    let rules = change.map_or(&[][..], |change| &change.before.rules);
    let rules: Vec<String> =
        rules.iter().map(|rule| format!("  priority {}: {}\n", rule.priority, visible(&rule.words))).collect();
    let text = format!(
        "The tenant {tenant} ({company}) was cut off in {environment}: its service wants no task, and {lead}.\n\n\
         Ordered by:  {by}\n\
         Why:         {reason}\n\
         Site:        https://{host}/\n\
         Account:     {account}\n\
         Operation:   {operation}\n\n\
         Tasks that were wanted before: {tasks}\n\
         Rules that led to it:\n{rules}\n\
         What became of its logs stands in the incident's thread. It can be reopened by /tenant reopen, with the approval of a \
         DevOps Lead other than who shut it down.\n",
        tenant = details.tenant,
        company = details.company,
        by = visible(by),
        reason = visible(reason),
        host = site.host,
        account = site.account,
        operation = plan.operation,
        tasks = change.map_or(0, |change| change.before.desired),
        lead = if change.is_some_and(|change| change.before.keeps_rules().is_some()) {
            "its rules, which could not all be put back and were left, lead to nothing"
        } else {
            "no rule leads to it"
        },
        rules = if rules.is_empty() { "  none\n".to_owned() } else { rules.concat() },
    );
    (subject, text)
}

/// Subject and text of the e-mail after a deletion (playbook 5.4).
pub fn farewell_mail(plan: &Plan, details: &Details) -> (String, String) {
    let own = plan.sites.iter().filter(|site| site.tenancy.tenant == details.tenant);
    let places = places(own.map(|site| site.tenancy.environment));
    let subject = format!("Your WordPress site was deleted ({places})");
    let backup = plan.deletion.as_ref().is_some_and(|deletion| deletion.backup);
    let logs = match plan.deletion.as_ref().map(|deletion| deletion.logs) {
        Some(Logs::Keep { days }) => format!("Its logs are kept for {days} days."),
        _ => "Its logs were deleted.".to_owned(),
    };
    let backup = if backup { " A backup of your data was made before; ask us for it." } else { "" };
    let text = format!(
        "Hello {company},\n\n\
         this was deleted for good, with its database and its files:\n\n{sites}\n\n\
         Tenant id: {tenant}\n\n\
         {logs}{backup}\n\n\
         The platform team\n",
        company = details.company,
        sites = sites(plan, details),
        tenant = details.tenant,
    );
    (subject, text)
}
