//! From what was seen of a tenant and what the registry says of it to the marks of its row. Pure.

use super::{Cell, Mark, Past, Row, Sight};
use crate::inventory::{Inventory, Unread};
use crate::kind::Kind;
use crate::ports::{Found, Owner, Revision, Standing, Verdict};
use crate::tenant::Tenancy;

/// Why a rule need not be there, or must not.
const SHUT: &str = "the tenant is shut down";

/// What a close look comes to.
pub fn by_look(tenancy: &Tenancy, standing: Option<Standing>, past: &Past, sight: &Sight) -> Row {
    let cell = |kind: Kind| match sight.found.get(&kind) {
        Some(Ok(found)) => {
            let mut cell = looked(kind, standing, past, found);
            let differences = match kind {
                Kind::Service => at_work(standing, past, sight),
                Kind::Secret => whole(sight),
                _ => Vec::new(),
            };
            if cell.mark == Mark::Stands && !differences.is_empty() {
                cell.mark = Mark::Different;
                cell.notes.extend(differences);
            }
            cell
        }
        Some(Err(error)) => unseen(kind, error.to_string()),
        None => unseen(kind, "it was not looked at".to_owned()),
    };
    row(tenancy, standing, Kind::DELETION_ORDER.map(cell).into())
}

/// What the inventories come to. They say what bears the tenant's name, not whose it is, nor how it is.
pub fn by_list(tenancy: &Tenancy, standing: Option<Standing>, past: &Past, inventory: &Inventory) -> Row {
    let listed = inventory.tenants.get(&tenancy.tenant);
    let cell = |kind: Kind| match inventory.unread.get(&kind) {
        _ if !inventory.seal.holds() => unseen(kind, "the environment was not looked at".to_owned()),
        Some(Unread::Unlisted) => unseen(kind, "it is not listed here; an audit of one tenant looks".to_owned()),
        Some(Unread::Failed(error)) => unseen(kind, error.to_string()),
        None => {
            let names = listed.and_then(|kinds| kinds.get(&kind)).map_or(&[][..], Vec::as_slice);
            let found: Vec<Found> =
                counted(tenancy, kind, names).map(|name| Found { id: name.clone(), owner: Owner::Own }).collect();
            looked(kind, standing, past, &found)
        }
    };
    row(tenancy, standing, Kind::DELETION_ORDER.map(cell).into())
}

fn row(tenancy: &Tenancy, standing: Option<Standing>, cells: Vec<Cell>) -> Row {
    Row { tenancy: tenancy.clone(), standing, worked_on: None, cells }
}

/// A rule that is listed by its host name leads to no tenant's target group; beside one that does, as where another listener
/// only sends to this one, it is not a second.
fn counted<'a>(tenancy: &Tenancy, kind: Kind, names: &'a [String]) -> impl Iterator<Item = &'a String> {
    let name = tenancy.name(kind);
    let leads = matches!(kind, Kind::ListenerRule | Kind::DnsRecord) && names.contains(&name);
    names.iter().filter(move |one| !leads || **one == name)
}

fn looked(kind: Kind, standing: Option<Standing>, past: &Past, found: &[Found]) -> Cell {
    let own = found.iter().filter(|one| one.owner == Owner::Own).count();
    let foreign: Vec<String> = found
        .iter()
        .filter_map(|one| match &one.owner {
            Owner::Foreign(why) => Some(format!("{} is not this tenant's: {why}", one.id)),
            Owner::Own => None,
        })
        .collect();
    let shut = standing == Some(Standing::Shut) && kind == Kind::ListenerRule;
    let kept = standing.is_none() && kind == Kind::LogGroup && past.logs_kept;
    let (mark, note) = match own {
        _ if !foreign.is_empty() => (Mark::Different, None),
        0 if shut => (Mark::Meant, Some(SHUT.to_owned())),
        0 if standing.is_none() => (Mark::Absent, None),
        0 => (Mark::Missing, None),
        _ if kept => (Mark::Meant, Some("its deletion kept the logs".to_owned())),
        _ if standing.is_none() => (Mark::Extra, Some("the registry says that the tenant is not here".to_owned())),
        _ if shut => (Mark::Extra, Some(format!("{SHUT}, and this leads to it"))),
        2.. if !several(kind) => (Mark::Extra, Some(format!("{own} where one should be"))),
        _ => (Mark::Stands, None),
    };
    let notes = foreign.into_iter().chain(note).collect();
    Cell { kind, mark, found: found.iter().map(|one| one.id.clone()).collect(), notes }
}

/// Whether a tenant may have several: access points by the playbook, revisions of a task definition, and a record for each type
/// of address.
fn several(kind: Kind) -> bool {
    matches!(kind, Kind::AccessPoint | Kind::TaskDefinition | Kind::DnsRecord)
}

fn unseen(kind: Kind, why: String) -> Cell {
    Cell { kind, mark: Mark::Unseen, found: Vec::new(), notes: vec![why] }
}

/// How a service that stands differs from what it was last told to be. What cannot be said is not held against it.
fn at_work(standing: Option<Standing>, past: &Past, sight: &Sight) -> Vec<String> {
    let tasks = sight.tasks.iter().flatten();
    let mut notes: Vec<String> = tasks.filter_map(|tasks| wanted(standing, past, tasks.desired)).collect();
    let running = sight.revisions.iter().flatten().find(|revision| revision.runs);
    if let (Some(Revision { number, size, .. }), Some(registered)) = (running, past.size)
        && *size != Some(registered)
    {
        let size = size.map_or("not one that Fargate knows".to_owned(), |size| size.to_string());
        notes.push(format!("revision {number} runs, whose size is {size}, and it was given {registered} last"));
    }
    notes
}

/// What is wrong with how many tasks are wanted.
fn wanted(standing: Option<Standing>, past: &Past, desired: u32) -> Option<String> {
    match (standing, desired, past.desired) {
        (Some(Standing::Shut), 0, _) => None,
        (Some(Standing::Shut), ..) => Some(format!("{SHUT}, and wants tasks: {desired}")),
        (_, 0, _) => Some("no task is wanted, and the tenant is not shut down".to_owned()),
        (_, _, Some(last)) if last != desired => {
            Some(format!("how many tasks are wanted is {desired}, and was to be {last}"))
        }
        _ => None,
    }
}

/// What a secret that stands lacks.
fn whole(sight: &Sight) -> Vec<String> {
    match &sight.secret {
        Ok(Verdict::NotYet(why)) => vec![why.clone()],
        Ok(Verdict::Passed(_)) | Err(_) => Vec::new(),
    }
}
