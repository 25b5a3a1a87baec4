//! What the monitors say: what is to be done, what could not be seen, and once a week that all of it ran.

use time::OffsetDateTime;

use super::text::{places, plain, relative, shorten, visible};
use super::{AuditPages, File, title};
use crate::audit::Audit;
use crate::monitor::Look;
use crate::operation::Operation;
use crate::ports::Message;
use crate::tenant::Environment;

/// How many lines a message has at most; what is more goes into a file.
const LINES: usize = 10;
/// How many reasons are told.
const REASONS: usize = 5;

/// How often a job ran, and what came of it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Count {
    /// How often it ran.
    pub ran: u32,
    /// How often something was to be done.
    pub ill: u32,
    /// How often something could not be seen.
    pub unseen: u32,
    /// How often something had no value.
    pub silent: u32,
    /// Why it looks at nothing, where it does.
    pub idle: Option<&'static str>,
}

/// What an alert of a gauge says.
pub fn monitor_alert_sum(look: &Look, name: &str, environment: Environment) -> String {
    let place = environment.title();
    match look {
        Look::LambdaErrors(_) => format!(
            "Calls of {name} fail in {place}: search its log group for the transaction that failed (RB-001, 4.1)"
        ),
        _ => format!("Messages wait in {name} in {place}: their provisioning was given up (RB-001, 4.1)"),
    }
}

/// What could not be seen, and why.
pub fn monitor_trouble(job: &str, why: &[String]) -> Message {
    let lines: Vec<String> = why.iter().take(REASONS).map(|why| format!("- {}", plain(&shorten(why, 250)))).collect();
    let more = match why.len().saturating_sub(REASONS) {
        0 => String::new(),
        more => format!("\n- and {more} more"),
    };
    Message::text(format!(
        "⚠️ **{}**: not everything could be seen, so it is not known whether all is well.\n{}{more}\nThis is said once a day at \
         most.",
        plain(job),
        lines.join("\n")
    ))
}

/// The provisionings that came to nothing since then, with the links to their cards.
pub fn failed_provisionings(job: &str, since: OffsetDateTime, rows: &[(&Operation, Option<String>)]) -> Message {
    let head = format!(
        "🔎 **{}** since <t:{}:D>: {} to see to.",
        plain(job),
        since.unix_timestamp(),
        if rows.len() == 1 { "1 provisioning".to_owned() } else { format!("{} provisionings", rows.len()) }
    );
    let line = |(operation, link): &(&Operation, Option<String>)| {
        let why = operation.diagnosis.first().or(operation.reason.as_ref());
        let why = why.map_or_else(String::new, |why| format!(" · {}", plain(&shorten(why, 100))));
        let link = link.as_ref().map_or_else(String::new, |link| format!(" · {link}"));
        format!(
            "`{}` {} · {}, {}{why}{link}",
            operation.id,
            title(operation),
            operation.state.words(),
            relative(operation.changed_at)
        )
    };
    let lines: Vec<String> = rows.iter().map(line).collect();
    let (text, cut) = fitted(&head, &lines);
    let files = if cut { vec![table(rows)] } else { Vec::new() };
    Message { text, files, ..Message::default() }
}

fn table(rows: &[(&Operation, Option<String>)]) -> File {
    let mut table = csv::Writer::from_writer(Vec::new());
    let head = ["operation", "tenant", "environments", "state", "filed", "changed", "why"].map(str::to_owned);
    let cells = rows.iter().map(|(operation, _)| {
        let stamp = |at: OffsetDateTime| crate::chain::stamp(at).unwrap_or_default();
        [
            operation.id.to_string(),
            operation.plan.details().tenant.to_string(),
            places(operation.plan.tenancies().iter().map(|tenancy| tenancy.environment)),
            operation.state.words().to_owned(),
            stamp(operation.filed_at),
            stamp(operation.changed_at),
            visible(&operation.diagnosis.join("; ")),
        ]
    });
    for row in std::iter::once(head).chain(cells) {
        // Writing to memory does not fail, and all lines are as long.
        if let Err(error) = table.write_record(row.iter().map(|text| super::audit_files::harmless(text))) {
            tracing::error!(%error, "a line of failed provisionings could not be written");
        }
    }
    File {
        name: "failed-provisionings.csv".to_owned(),
        bytes: table.into_inner().unwrap_or_default(),
        media_type: "text/csv",
    }
}

/// What an audit of all tenants found.
pub fn weekly_audit(job: &str, audit: &Audit) -> Message {
    let pages = AuditPages::of(audit);
    let orphans: usize = audit.places.iter().map(|place| place.orphans).sum();
    let orphans = match orphans {
        0 => String::new(),
        1 => " 1 resource is no tenant's: `/tenant orphans`.".to_owned(),
        many => format!(" {many} resources are no tenant's: `/tenant orphans`."),
    };
    let head = format!("🔎 **{}**: {}{orphans} `/tenant audit` shows more.", plain(job), pages.headline());
    let (text, cut) = fitted(&head, pages.lines());
    let files = if cut { super::audit_files(audit, "tenants") } else { Vec::new() };
    Message { text, files, ..Message::default() }
}

/// A head with as many lines below it as can be read, and whether some are left to a file.
fn fitted(head: &str, lines: &[String]) -> (String, bool) {
    // What is said where something is left out needs room too.
    let mut room = Message::LEGIBLE - 100_usize.min(Message::LEGIBLE);
    room = room.saturating_sub(head.chars().count());
    let fits = |line: &&String| {
        let left = room.checked_sub(line.chars().count() + 3);
        room = left.unwrap_or(0);
        left.is_some()
    };
    let shown: Vec<String> = lines.iter().take(LINES).take_while(fits).map(|line| format!("\n- {line}")).collect();
    let more = lines.len() - shown.len();
    let rest = if more > 0 { format!("\n- and {more} more: all are in the file") } else { String::new() };
    (format!("{head}{}{rest}", shown.concat()), more > 0)
}

/// That the jobs ran, how often, and what came of it.
pub fn monitor_report(since: OffsetDateTime, counts: &[(String, Count)]) -> Message {
    let lines = counts.iter().map(|(job, count)| format!("\n- {}: {}", plain(job), came_of(count)));
    Message::text(format!(
        "📋 **Monitors**, counted since <t:{}:f>:{}",
        since.unix_timestamp(),
        lines.collect::<String>()
    ))
}

fn came_of(count: &Count) -> String {
    if let Some(why) = count.idle {
        return format!("looks at nothing, because {why}");
    }
    let times = |count: u32| if count == 1 { "once".to_owned() } else { format!("{count} times") };
    if count.ran == 0 {
        return "was not due".to_owned();
    }
    let not = [
        (count.ill, "something was to be done"),
        (count.unseen, "not everything could be seen"),
        (count.silent, "nothing was measured (is the name right?)"),
    ];
    let not: Vec<String> = not
        .into_iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, what)| format!("{what} {}", times(count)))
        .collect();
    let what = if not.is_empty() { "nothing was to be done".to_owned() } else { not.join(", ") };
    format!("ran {}; {what}", times(count.ran))
}
