//! What people see of an audit: a table for one tenant, and for many what is not as it should be, by pages.

use super::answers::paged;
use super::text::{places, plain, shorten};
use super::{Button, ButtonStyle, Card, Field, PAGE, Tone};
use crate::audit::{Audit, Mark, Place, Row};
use crate::inventory::{Seal, Unread};
use crate::kind::Kind;
use crate::ports::{Standing, Tenant};

/// What the words of the table mean.
const LEGEND: &str = "ok: stands as it should · –: not there, and need not be · meant: so by intent · missing · extra: more than \
                      there should be · differs: somebody else's, or not as it was given · ?: could not be seen";

/// How wide the table's columns are: the longest kind, the longest word.
const WIDTHS: [usize; 2] = [17, 11];

/// The answer to an audit of one tenant.
pub fn audit_of(tenant: &Tenant, audit: &Audit) -> Card {
    let details = &tenant.details;
    let (body, tone) = headline(audit);
    let mut fields = vec![field("Accounts", accounts(audit))];
    let notes: Vec<String> = audit.rows.iter().flat_map(notes).collect();
    if !notes.is_empty() {
        fields.push(field("What there is to say", notes.join("\n")));
    }
    Card {
        title: format!("Audit of {}", details.tenant),
        tone,
        body: format!("{body}\n```\n{}```", table(audit)),
        fields,
        footer: LEGEND.to_owned(),
        buttons: audit.rows.iter().zip(&audit.places).filter_map(|(row, place)| heal(row, place)).collect(),
        files: super::audit_files(audit, details.tenant.as_str()),
        ..Card::default()
    }
    .fit()
}

/// The button that files what mends a tenant where something of it is missing.
fn heal(row: &Row, place: &Place) -> Option<Button> {
    let possible = row.heals() && row.worked_on.is_none() && place.seal.as_ref().is_some_and(Seal::holds);
    let (tenant, environment) = (row.tenancy.tenant.as_str(), row.tenancy.environment);
    let options = [("tenant", tenant), ("environment", environment.as_str())];
    let label = format!("Heal {}", environment.title());
    possible.then(|| Button::uses(label, ButtonStyle::Primary, "tenant heal", &options))
}

/// How much is said of an environment that could not be asked: what to do about its session, to the letter, thrice in a field.
const REMEDY: usize = 300;

/// What it came to in a line, and how bad that is.
fn headline(audit: &Audit) -> (String, Tone) {
    let counts = [(Mark::Missing, "missing"), (Mark::Extra, "extra"), (Mark::Different, "different")];
    let counts: Vec<String> = counts
        .into_iter()
        .map(|(mark, word)| (audit.count(mark), word))
        .filter(|(count, _)| *count > 0)
        .map(|(count, word)| format!("{count} {word}"))
        .collect();
    let unseen = audit.count(Mark::Unseen);
    let closed = audit.places.iter().filter(|place| !place.seal.as_ref().is_some_and(Seal::holds));
    let closed: Vec<_> = closed.map(|place| place.environment).collect();
    let mut said = vec![if counts.is_empty() && unseen == 0 {
        "**All is as it should be.**".to_owned()
    } else if counts.is_empty() {
        "**All that was seen is as it should be.**".to_owned()
    } else {
        format!("**{}.**", counts.join(" · "))
    }];
    if !closed.is_empty() {
        said.push(format!("{} could not be looked at.", places(closed.iter().copied())));
    } else if unseen > 0 {
        said.push(format!("{unseen} could not be seen."));
    }
    let tone = match (closed.is_empty(), counts.is_empty() && unseen == 0) {
        (false, _) => Tone::Bad,
        (true, false) => Tone::Attention,
        (true, true) => Tone::Good,
    };
    (said.join(" "), tone)
}

/// Who answered for each environment.
fn accounts(audit: &Audit) -> String {
    let line = |place: &Place| {
        let title = place.environment.title();
        match &place.seal {
            None => format!("{title}: it is not configured"),
            Some(Seal::Holds(account)) => format!("{title}: {account} answers, as configured{}", unread(place)),
            Some(Seal::Broken { answered, configured }) => format!(
                "{title}: ⚠️ {} answers, and {configured} is configured; nothing was looked at (playbook 3.3)",
                plain(answered)
            ),
            Some(Seal::Unanswered(error)) => {
                format!("{title}: ⚠️ it could not be asked: {}", shorten(&plain(&error.to_string()), REMEDY))
            }
        }
    };
    audit.places.iter().map(line).collect::<Vec<_>>().join("\n")
}

fn unread(place: &Place) -> String {
    let why = |why: &Unread| match why {
        Unread::Unlisted => "not listed here; an audit of one tenant looks".to_owned(),
        Unread::Failed(error) => shorten(&plain(&error.to_string()), 120),
    };
    let lines: Vec<String> = place.unread.iter().map(|(kind, unread)| format!("\n› {kind}: {}", why(unread))).collect();
    lines.concat()
}

/// The matrix in a font in which all letters are as wide.
fn table(audit: &Audit) -> String {
    let row = |name: &str, cells: Vec<&str>| {
        let cells: String = cells.into_iter().map(|cell| padded(cell, WIDTHS[1])).collect();
        format!("{}\n", format!("{}{cells}", padded(name, WIDTHS[0])).trim_end())
    };
    let standing = |one: &Row| one.standing.map_or("–", Standing::as_str);
    let head = row("", audit.rows.iter().map(|one| one.tenancy.environment.title()).collect());
    let registry = row("registry", audit.rows.iter().map(standing).collect());
    let kinds = Kind::DELETION_ORDER.into_iter().enumerate().map(|(place, kind)| {
        let words = audit.rows.iter().map(|one| one.cells.get(place).map_or("?", |cell| word(cell.mark)));
        row(kind.words(), words.collect())
    });
    [head, registry].into_iter().chain(kinds).collect()
}

fn padded(text: &str, width: usize) -> String {
    format!("{text:width$}")
}

fn word(mark: Mark) -> &'static str {
    match mark {
        Mark::Stands => "ok",
        Mark::Absent => "–",
        Mark::Meant => "meant",
        Mark::Missing => "missing",
        Mark::Extra => "extra",
        Mark::Different => "differs",
        Mark::Unseen => "?",
    }
}

/// What there is to say of a tenant in an environment that was seen.
fn notes(row: &Row) -> Vec<String> {
    let place = row.tenancy.environment.title();
    let on_the_way = row
        .worked_on
        .as_ref()
        .map(|operation| format!("{place} · operation `{operation}` works there: what is seen may be on the way"));
    let all_unseen = row.cells.iter().all(|cell| cell.mark == Mark::Unseen);
    let cells = row.cells.iter().filter(|_| !all_unseen).flat_map(|cell| {
        let line = move |note: &String| format!("{place} · {} · {}", cell.kind, plain(&shorten(note, 300)));
        cell.notes.iter().map(line)
    });
    on_the_way.into_iter().chain(cells).collect()
}

/// An audit of many tenants, to turn the pages of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditPages {
    headline: String,
    tone: Tone,
    lines: Vec<String>,
    fields: Vec<Field>,
}

impl AuditPages {
    /// What is not as it should be, line by line.
    pub fn of(audit: &Audit) -> Self {
        let off: Vec<&Row> = audit.rows.iter().filter(|row| row.off()).collect();
        let tenants = |rows: &mut dyn Iterator<Item = &Row>| {
            rows.map(|row| &row.tenancy.tenant).collect::<std::collections::BTreeSet<_>>().len()
        };
        let (all, few) = (tenants(&mut audit.rows.iter()), tenants(&mut off.iter().copied()));
        let (headline, tone) = headline(audit);
        let incomplete = audit.rows.iter().filter(|row| row.standing == Some(Standing::Incomplete)).count();
        let incomplete = if incomplete > 0 { format!(" {incomplete} incomplete.") } else { String::new() };
        let need = if few == 1 { "needs" } else { "need" };
        let headline = format!("{headline} {few} of {} {need} a look.{incomplete}", super::deletion::tenants(all));
        let mut fields = vec![field("Accounts", accounts(audit))];
        let orphans: usize = audit.places.iter().map(|place| place.orphans).sum();
        if orphans > 0 {
            let what = if orphans == 1 { "1 resource bears".to_owned() } else { format!("{orphans} resources bear") };
            let known = "a name or host of no tenant that the registry knows: `/tenant orphans` shows more.";
            fields.push(field("Beside the tenants", format!("{what} {known}")));
        }
        Self { headline, tone, lines: off.into_iter().map(line).collect(), fields }
    }

    /// What it came to, in a line.
    pub(super) fn headline(&self) -> &str {
        &self.headline
    }

    /// What is not as it should be, a line each.
    pub(super) fn lines(&self) -> &[String] {
        &self.lines
    }

    /// A page of it. `id` is what it is kept under.
    pub fn page(&self, page: u32, id: &str) -> Card {
        let from = (page as usize).saturating_mul(PAGE as usize);
        let lines: Vec<String> = self.lines.iter().skip(from).take(PAGE as usize).cloned().collect();
        let total = self.lines.len() as u64;
        let view = format!("audit:{id}");
        let card = paged("Audit of all tenants", &lines, total, page, "Nothing is missing, extra or different.", &view);
        let body = format!("{}\n\n{}", self.headline, card.body);
        let footer = format!("{} · by what is listed: whose it is, an audit of one tenant shows", card.footer);
        Card { body, footer, tone: self.tone, fields: self.fields.clone(), ..card }.fit()
    }
}

/// A tenant in an environment, and what is off with it.
fn line(row: &Row) -> String {
    let marks = [(Mark::Missing, "missing"), (Mark::Extra, "extra"), (Mark::Different, "different")];
    let marks = marks.into_iter().filter_map(|(mark, word)| {
        let kinds: Vec<String> = row.kinds(mark).map(|kind| kind.to_string()).collect();
        match kinds.len() {
            0 => None,
            10 => Some(format!("{word}: all ten")),
            _ => Some(format!("{word}: {}", kinds.join(", "))),
        }
    });
    let standing = match row.standing {
        None => " (not there by the registry)",
        Some(Standing::Incomplete) => " (incomplete)",
        Some(Standing::Shut) => " (shut)",
        Some(Standing::Active | Standing::Validated) => "",
    };
    let open = row.worked_on.as_ref().map(|operation| format!(" · operation `{operation}` works there"));
    let marks: Vec<String> = marks.collect();
    format!(
        "`{}` {}{standing} · {}{}",
        row.tenancy.tenant,
        row.tenancy.environment.title(),
        marks.join(" · "),
        open.unwrap_or_default()
    )
}

fn field(name: &str, value: String) -> Field {
    Field { name: name.to_owned(), value, inline: false }
}
