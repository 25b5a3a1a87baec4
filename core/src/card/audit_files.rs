//! An audit as files, with everything in it: a table for spreadsheets, and JSON for programs.

use serde_json::{Map, Value, json};
use time::format_description::well_known::Rfc3339;

use super::File;
use crate::audit::{Audit, Cell, Mark, Place, Row};
use crate::inventory::{Seal, Unread};
use crate::kind::Kind;
use crate::ports::Standing;

/// The audit as CSV and as JSON; `of` says of what, in the files' names.
pub fn audit_files(audit: &Audit, of: &str) -> Vec<File> {
    let json = serde_json::to_vec_pretty(&body(audit)).unwrap_or_default();
    vec![
        File { name: format!("audit-{of}.csv"), bytes: table(audit), media_type: "text/csv" },
        File { name: format!("audit-{of}.json"), bytes: json, media_type: "application/json" },
    ]
}

/// A line for each tenant in each environment, with a column for each kind.
fn table(audit: &Audit) -> Vec<u8> {
    let mut table = csv::Writer::from_writer(Vec::new());
    let kinds = Kind::DELETION_ORDER.map(|kind| kind.words().to_owned());
    let begins = ["tenant", "environment", "account", "registry", "worked on by"].map(str::to_owned);
    let head = begins.into_iter().chain(kinds).chain(["notes".to_owned()]);
    let rows = audit.rows.iter().map(|row| cells(row, audit));
    for line in std::iter::once(head.collect::<Vec<_>>()).chain(rows) {
        // Writing to memory does not fail, and all lines are as long.
        if let Err(error) = table.write_record(line.iter().map(|text| harmless(text))) {
            tracing::error!(%error, "a line of an audit could not be written");
        }
    }
    table.into_inner().unwrap_or_default()
}

fn cells(row: &Row, audit: &Audit) -> Vec<String> {
    let mark = |cell: &Cell| match (cell.mark, cell.found.len()) {
        (Mark::Extra, many @ 2..) => format!("{} ({many})", cell.mark.as_str()),
        (mark, _) => mark.as_str().to_owned(),
    };
    let begins = [
        row.tenancy.tenant.to_string(),
        row.tenancy.environment.to_string(),
        answered(audit, row).unwrap_or_default(),
        row.standing.map_or("", Standing::as_str).to_owned(),
        row.worked_on.as_ref().map_or_else(String::new, |operation| operation.0.clone()),
    ];
    let ends = notes(row);
    begins.into_iter().chain(row.cells.iter().map(mark)).chain([ends]).collect()
}

/// What there is to say, kind by kind; once where the same is said of all.
fn notes(row: &Row) -> String {
    match row.cells.as_slice() {
        [first, others @ ..] if others.len() > 1 && others.iter().all(|cell| cell.notes == first.notes) => {
            first.notes.join("; ")
        }
        cells => {
            let of = |cell: &Cell| cell.notes.iter().map(|note| format!("{}: {note}", cell.kind)).collect::<Vec<_>>();
            cells.iter().flat_map(of).collect::<Vec<_>>().join("; ")
        }
    }
}

/// A text that no spreadsheet takes for a formula: what begins like one, after whatever cannot be seen, has an apostrophe before it.
pub(super) fn harmless(text: &str) -> String {
    let text: String = text.chars().map(|c| if crate::tenant::hidden(c) { ' ' } else { c }).collect();
    let begins = text.trim_start().chars().next();
    if begins.is_some_and(|c| matches!(c, '=' | '+' | '-' | '@' | '＝' | '＋' | '－' | '＠')) {
        format!("'{text}")
    } else {
        text
    }
}

fn answered(audit: &Audit, row: &Row) -> Option<String> {
    let place = audit.places.iter().find(|place| place.environment == row.tenancy.environment)?;
    match place.seal.as_ref()? {
        Seal::Holds(account) | Seal::Broken { answered: account, .. } => Some(account.clone()),
        Seal::Unanswered(_) => None,
    }
}

fn body(audit: &Audit) -> Value {
    json!({
        "at": audit.at.format(&Rfc3339).unwrap_or_default(),
        "environments": audit.places.iter().map(environment).collect::<Vec<_>>(),
        "tenants": audit.rows.iter().map(tenant).collect::<Vec<_>>(),
    })
}

fn environment(place: &Place) -> Value {
    let (account, configured, error) = match &place.seal {
        None => (None, None, Some("it is not configured".to_owned())),
        Some(Seal::Holds(account)) => (Some(account), Some(account), None),
        Some(Seal::Broken { answered, configured }) => (Some(answered), Some(configured), None),
        Some(Seal::Unanswered(error)) => (None, None, Some(error.to_string())),
    };
    let unread = place.unread.iter().map(|(kind, why)| {
        let why = match why {
            Unread::Unlisted => "it is not listed here".to_owned(),
            Unread::Failed(error) => error.to_string(),
        };
        (kind.words().to_owned(), Value::from(why))
    });
    json!({
        "environment": place.environment,
        "account": account,
        "configured": configured,
        "error": error,
        "unread": unread.collect::<Map<_, _>>(),
        "orphans": place.orphans,
    })
}

fn tenant(row: &Row) -> Value {
    let kinds = row.cells.iter().map(|cell| {
        let mut said = Map::from_iter([("mark".to_owned(), Value::from(cell.mark.as_str()))]);
        if !cell.found.is_empty() {
            said.insert("found".to_owned(), json!(cell.found));
        }
        if !cell.notes.is_empty() {
            said.insert("notes".to_owned(), json!(cell.notes));
        }
        (cell.kind.words().to_owned(), Value::from(said))
    });
    json!({
        "tenant": row.tenancy.tenant,
        "environment": row.tenancy.environment,
        "registry": row.standing,
        "worked_on": row.worked_on,
        "kinds": kinds.collect::<Map<_, _>>(),
    })
}

#[cfg(test)]
mod tests {
    use super::harmless;

    #[test]
    fn no_text_is_a_formula() {
        for text in ["=HYPERLINK(\"x\")", "+1", "-1", "@sum", "\t=1", "\r=1", "\u{200B}=1", "  =1", "＝1"] {
            assert!(harmless(text).starts_with('\''), "{text:?}");
        }
        for text in ["dev-acme-service", "arn:aws:ecs:x", "", "a=b", "– "] {
            assert_eq!(harmless(text), text);
        }
        assert_eq!(harmless("a\nb"), "a b");
    }
}
