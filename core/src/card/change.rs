//! What a card says of a change of a site that stands: what is there, what it becomes, and how much of it was used.

use super::operation::field;
use super::text::{plain, running};
use super::{Field, File, usage};
use crate::operation::Operation;
use crate::plan::{Change, Plan, Purpose};
use crate::steps::STABLE;

/// The plan's change, where its service is to run otherwise.
pub(super) fn of(plan: &Plan) -> Option<&Change> {
    plan.change.as_ref().filter(|_| plan.purpose == Purpose::Change)
}

/// Whom and what it is about.
pub(super) fn about(plan: &Plan, change: &Change) -> Vec<Field> {
    let details = plan.details();
    let before = &change.before;
    let then = change.size.or(before.size);
    let revision = match (change.revision, change.size) {
        (Some(number), _) => format!("revision {number}"),
        (None, Some(_)) => "a new revision".to_owned(),
        (None, None) => format!("revision {}", before.revision),
    };
    let mut fields = vec![
        field("Tenant", format!("{}\n`{}`", plain(details.company.as_str()), details.tenant), true),
        field("Site", format!("https://{}", plan.site().host), true),
        field("Now", format!("revision {}\n{}", before.revision, running(before.size, before.desired)), true),
        field("Then", format!("{revision}\n{}", running(then, change.desired)), true),
    ];
    if change.revision.is_none() {
        fields.push(field("Used of it", usage::words(change), false));
    }
    fields
}

/// The picture of what was used.
pub(super) fn files(plan: &Plan) -> Option<File> {
    of(plan).filter(|change| change.revision.is_none()).and_then(|change| usage::picture(plan, change))
}

/// What runs in the end.
pub(super) fn succeeded(operation: &Operation) -> String {
    let stable = |step: &&crate::operation::Progress| step.proofs.iter().any(|proof| proof.item == STABLE);
    let seen = operation.steps.iter().rfind(stable).map_or("", |step| step.note.as_str());
    format!("**Stable** · {}. https://{}", plain(seen), operation.plan.site().host)
}

/// What is there again.
pub(super) fn unwound(change: &Change) -> String {
    let before = &change.before;
    format!("revision {} is there as before: {}", before.revision, running(before.size, before.desired))
}
