//! The certificate of a deletion: what was approved, by whom, what was removed, and how it shows that nothing is left.

use serde_json::{Value, json};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::{File, checklist};
use crate::event::Recorded;
use crate::operation::Operation;

/// The certificate as a JSON file. `end` is the operation's success, and `hash` the log's there.
pub fn certificate(operation: &Operation, end: &Recorded, hash: Option<&str>) -> File {
    let text = serde_json::to_string_pretty(&body(operation, end, hash)).unwrap_or_default();
    File {
        name: format!("certificate-{}.json", operation.id),
        bytes: text.into_bytes(),
        media_type: "application/json",
    }
}

fn body(operation: &Operation, end: &Recorded, hash: Option<&str>) -> Value {
    let plan = &operation.plan;
    let sites = plan.sites.iter().enumerate().filter(|(_, site)| !operation.off.contains(&site.tenancy.tenant));
    json!({
        "operation": operation.id,
        "command": plan.command,
        "digest": operation.digest,
        "requester": operation.requester.name,
        "requested": stamp(operation.filed_at),
        "deletion": plan.deletion,
        "typed": plan.deletion.as_ref().and_then(|deletion| deletion.typed.as_ref()),
        "votes": operation.votes.iter().map(|vote| json!({
            "member": vote.member.person.name,
            "at": stamp(vote.at),
        })).collect::<Vec<_>>(),
        "approvals": operation.approvals.iter().map(|(role, person)| json!({
            "role": role,
            "member": person.name,
        })).collect::<Vec<_>>(),
        "notice_until": operation.notice_until.map(stamp),
        "taken_off": operation.off,
        "checklist": checklist::certified(operation),
        "sites": sites.map(|(place, _)| site(operation, place)).collect::<Vec<_>>(),
        "ended": stamp(end.at),
        "log": { "event": end.seq, "hash": hash },
    })
}

fn site(operation: &Operation, place: usize) -> Value {
    let site = &operation.plan.sites[place];
    let own = operation.plan.steps.iter().zip(&operation.steps).filter(|(planned, _)| planned.site == place);
    let steps = own.map(|(planned, progress)| {
        json!({
            "step": planned.step,
            "ended": progress.ended.map(stamp),
            "note": progress.note,
            "forced": progress.forced,
            "proofs": progress.proofs,
        })
    });
    json!({
        "tenant": site.tenancy.tenant,
        "environment": site.tenancy.environment,
        "account": site.account,
        "host": site.host,
        "planned": site.goes,
        "steps": steps.collect::<Vec<_>>(),
    })
}

fn stamp(at: OffsetDateTime) -> Value {
    at.format(&Rfc3339).map_or(Value::Null, Value::String)
}
