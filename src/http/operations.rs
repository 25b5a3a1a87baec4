//! `/api/operations`: the log's operations as JSON, to read.

use std::sync::Arc;

use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use landlord_core::ledger::{Ledger, LedgerError};
use landlord_core::operation::{Operation, Progress, StepState};
use landlord_core::plan::OperationId;
use landlord_core::policy::Idle;
use landlord_core::ports::OperationFilter;
use serde::Deserialize;
use serde_json::{Value, json};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::{STANDBY, Side};

/// How many operations a page has.
const PAGE: u32 = 50;

/// An error as JSON, with its status.
type Wrong = (StatusCode, Json<Value>);

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Search {
    tenant: Option<String>,
    environment: Option<String>,
    state: Option<String>,
    page: Option<u32>,
}

fn wrong(why: impl std::fmt::Display) -> Wrong {
    (StatusCode::BAD_REQUEST, Json(json!({ "error": why.to_string() })))
}

fn failed(error: &LedgerError) -> Wrong {
    let status = match error {
        LedgerError::Unknown(_) => StatusCode::NOT_FOUND,
        _ => StatusCode::SERVICE_UNAVAILABLE,
    };
    (status, Json(json!({ "error": error.to_string() })))
}

fn active(side: &Side) -> Result<Arc<Ledger>, Wrong> {
    side.ledger().ok_or_else(|| (StatusCode::SERVICE_UNAVAILABLE, Json(json!({ "error": STANDBY }))))
}

/// Newest first, by pages from 0, as a list; `x-total-count` says how many there are on all pages.
pub(super) async fn list(
    State(side): State<Side>,
    search: Result<Query<Search>, QueryRejection>,
) -> Result<([(&'static str, String); 1], Json<Value>), Wrong> {
    let Query(search) = search.map_err(wrong)?;
    let filter = OperationFilter {
        tenant: search.tenant.map(|text| text.parse()).transpose().map_err(wrong)?,
        environment: search.environment.map(|text| text.parse()).transpose().map_err(wrong)?,
        state: search.state.map(|text| text.parse()).transpose().map_err(wrong)?,
        open: false,
    };
    let page = search.page.unwrap_or(0);
    let ledger = active(&side)?;
    let listing = ledger.store().operations(&filter, page, PAGE).await.map_err(|error| failed(&error.into()))?;
    let mut operations = Vec::with_capacity(listing.rows.len());
    for id in &listing.rows {
        operations.push(view(&ledger.get(id).await.map_err(|error| failed(&error))?));
    }
    Ok(([("x-total-count", listing.total.to_string())], Json(Value::Array(operations))))
}

/// One operation.
pub(super) async fn show(State(side): State<Side>, Path(id): Path<String>) -> Result<Json<Value>, Wrong> {
    let operation = active(&side)?.get(&OperationId(id)).await.map_err(|error| failed(&error))?;
    Ok(Json(view(&operation)))
}

fn stamp(at: OffsetDateTime) -> Value {
    at.format(&Rfc3339).map_or(Value::Null, Value::String)
}

fn view(operation: &Operation) -> Value {
    let plan = &operation.plan;
    json!({
        "id": operation.id,
        "command": plan.command,
        "tenant": plan.details().tenant,
        "tenants": plan.lanes().collect::<Vec<_>>(),
        "environment": plan.deletion.as_ref().map_or(plan.site().tenancy.environment.as_str(), |deletion| deletion.scope.as_str()),
        "environments": plan.environments(),
        "state": operation.state,
        "requester": operation.requester.name,
        "reason": operation.reason,
        "digest": operation.digest,
        "thread_id": operation.thread,
        "card": operation.card.as_ref().map(|card| json!({ "channel_id": card.channel, "message_id": card.message })),
        "plan": plan.steps.iter().enumerate().map(|(place, planned)| json!({
            "step": planned.step,
            "resource": planned.resource,
            "tenant": plan.lane(place),
            "environment": plan.site_of(place).tenancy.environment,
        })).collect::<Vec<_>>(),
        "deletion": plan.deletion,
        "change": plan.change,
        "sites": plan.sites,
        "taken_off": operation.off,
        "notice_until": operation.notice_until.map(stamp),
        "approve": plan.policy.approve,
        "votes": votes(operation),
        "steps": plan.steps.iter().zip(&operation.steps).map(|(planned, step)| progress(&planned.step, step)).collect::<Vec<_>>(),
        "diagnosis": operation.diagnosis,
        "validated_by": operation.validated_by.as_ref().map(|person| &person.name),
        "filed": stamp(operation.filed_at),
        "changed": stamp(operation.changed_at),
        "expires": stamp(operation.expires_at()),
    })
}

/// Every vote with the role it counts for, or why it does not count.
fn votes(operation: &Operation) -> Vec<Value> {
    let decision = operation.decision();
    operation
        .votes
        .iter()
        .map(|vote| {
            let person = &vote.member.person;
            let standing = decision.standing(person);
            let why = match standing {
                Ok(_) => None,
                Err(Idle::Requester) => Some("asked for it"),
                Err(Idle::Barred) => Some("did what this would take back"),
                Err(Idle::NoRole) => Some("holds none of the roles"),
                Err(Idle::Surplus) => Some("the roles are filled by others"),
            };
            json!({ "member": person.name, "role": standing.ok(), "at": stamp(vote.at), "counts": standing.is_ok(), "why": why })
        })
        .collect()
}

fn progress(name: &str, step: &Progress) -> Value {
    let state = match step.state {
        StepState::Pending => "pending",
        StepState::Running => "running",
        StepState::Failed => "failed",
        StepState::Done => "done",
        StepState::Undone => "undone",
        StepState::Skipped => "skipped",
    };
    json!({
        "name": name,
        "state": state,
        "attempts": step.attempts,
        "effect": step.effect,
        "started": step.started.map(stamp),
        "ended": step.ended.map(stamp),
        "note": step.note,
    })
}
