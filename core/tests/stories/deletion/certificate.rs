//! The certificate: what was approved, by whom, what went, and that nothing is left.

use landlord_core::event::Event;
use landlord_core::fakes::{Request, World};
use landlord_core::operation::State;
use landlord_core::plan::Logs;
use landlord_core::ports::Store as _;
use serde_json::Value;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::{CANCELLATION, Dev, FROM_DEV, FROM_PROD, Prod, acme_in, client, runs};

/// The certificate in the request's thread, the only file there.
fn certificate(request: &Request<'_>) -> Value {
    let files = request.files();
    assert_eq!(files.len(), 1);
    assert_eq!(files[0].name, format!("certificate-{}.json", request.id()));
    assert_eq!(files[0].media_type, "application/json");
    serde_json::from_slice(&files[0].bytes).unwrap()
}

fn time(value: &Value) -> OffsetDateTime {
    OffsetDateTime::parse(value.as_str().unwrap(), &Rfc3339).unwrap()
}

async fn from_prod(world: &World) -> Request<'_> {
    let request = runs(world, FROM_PROD).await;
    request.becomes(State::Succeeded).await;
    request
}

#[tokio::test]
async fn it_names_what_was_approved_and_by_whom() {
    let world = acme_in(&[Prod]).await;
    let request = from_prod(&world).await;
    let (paper, operation) = (certificate(&request), request.operation());
    assert_eq!(paper["operation"], operation.id.0);
    assert_eq!(paper["digest"], operation.digest);
    assert_eq!(paper["digest"], operation.plan.digest());
    assert_eq!(paper["requester"], "operator");
    assert_eq!(paper["typed"]["name"], "acme");
    assert_eq!(paper["typed"]["person"]["name"], "operator");
    assert_eq!(time(&paper["typed"]["at"]), operation.filed_at);
    assert_eq!(paper["votes"][0]["member"], "devops-lead");
    assert_eq!(time(&paper["votes"][0]["at"]), operation.votes[0].at);
    assert_eq!(paper["approvals"][0]["role"], "devops-lead");
    assert_eq!(time(&paper["notice_until"]), operation.notice_until.unwrap());
    assert_eq!(paper["deletion"]["reason"], "other");
    assert_eq!(paper["sites"][0]["planned"].as_array().unwrap().len(), 10);
    assert_eq!(paper["sites"][0]["account"], "093646564004");
}

#[tokio::test]
async fn its_hash_is_the_logs() {
    let world = acme_in(&[Prod]).await;
    let request = from_prod(&world).await;
    let paper = certificate(&request);
    let event = paper["log"]["event"].as_u64().unwrap();
    let events = world.store.events(request.id(), 0).await.unwrap();
    let end = events.iter().find(|recorded| recorded.event == Event::Succeeded).unwrap();
    assert_eq!(event, end.seq);
    let hash = world.store.hash(request.id(), event).await.unwrap().unwrap();
    assert_eq!(paper["log"]["hash"], hash);
    assert_eq!(time(&paper["ended"]), end.at);
}

#[tokio::test]
async fn every_step_and_every_line_of_the_checklist_has_its_proof() {
    let world = acme_in(&[Prod]).await;
    let request = from_prod(&world).await;
    let paper = certificate(&request);
    let steps = paper["sites"][0]["steps"].as_array().unwrap();
    assert_eq!(steps.len(), 14);
    for step in steps {
        assert!(step["ended"].is_string() && !step["note"].as_str().unwrap().is_empty(), "{step}");
    }
    let of = |name: &str| steps.iter().find(|step| step["step"] == name).unwrap()["proofs"].as_array().unwrap();
    let certified = of("certify absence");
    assert_eq!(certified.len(), 11, "all lines of playbook 5.4");
    assert!(certified.iter().all(|line| !line["proof"].as_str().unwrap().is_empty()));
    for line in certified {
        let item = line["item"].as_str().unwrap();
        assert!(request.thread().contains(&format!("☑ {item}")), "{item} is in the thread too");
    }
    assert!(of("back up")[0]["proof"].as_str().unwrap().starts_with("s3://prod-tenant-backups/acme/"));
    assert_eq!(of("remove access point").len(), 1);
}

#[tokio::test]
async fn logs_that_are_kept_keep_their_days_and_are_named() {
    let world = acme_in(&[Dev]).await;
    let request = runs(&world, FROM_DEV).await;
    request.becomes(State::Succeeded).await;
    assert_eq!(request.operation().plan.deletion.clone().unwrap().logs, Logs::Keep { days: 365 });
    assert_eq!(world.cloud.retention(&world.subject(&client("acme"), Dev)), Some(365));
    let text = certificate(&request).to_string();
    assert!(text.contains("log-group:/ecs/dev-acme is kept, its events expire after 365 days"), "{text}");
}

#[tokio::test]
async fn one_for_all_environments() {
    let world = acme_in(&landlord_core::tenant::Environment::ALL).await;
    let request = runs(&world, CANCELLATION).await;
    request.becomes(State::Succeeded).await;
    let paper = certificate(&request);
    let order: Vec<&str> =
        paper["sites"].as_array().unwrap().iter().map(|site| site["environment"].as_str().unwrap()).collect();
    assert_eq!(order, ["prod", "sit", "dev"]);
    let roles: Vec<&Value> = paper["approvals"].as_array().unwrap().iter().map(|one| &one["role"]).collect();
    assert_eq!(roles.len(), 2);
}

#[tokio::test]
async fn there_is_one_only_where_it_is_done() {
    let world = acme_in(&[Dev]).await;
    let request = super::asks(&world, FROM_DEV).await;
    assert!(request.files().is_empty());
    world.member("operator").presses(&request, "Cancel request").await;
    assert!(request.files().is_empty());
    let again = runs(&world, FROM_DEV).await;
    again.becomes(State::Succeeded).await;
    world.stops();
    world.restarts().await;
    assert_eq!(again.files().len(), 1, "not posted again by a new process");
}
