//! The checklists of a deletion (playbook 5.3, 5.4): in the thread, on the card, and in the certificate.

use landlord_core::fakes::{Fault, FaultError, Request, Verb};
use landlord_core::kind::Kind;
use landlord_core::operation::State;
use landlord_core::spec::Catalogue;
use landlord_core::tenant::Environment;
use serde_json::Value;

use super::{CANCELLATION, Dev, FROM_DEV, FROM_PROD, Prod, acme_in, bulk, runs};

/// Both lists of the certificate.
fn certified(request: &Request<'_>) -> [Vec<Value>; 2] {
    let paper: Value = serde_json::from_slice(&request.files()[0].bytes).unwrap();
    ["before", "after"].map(|list| paper["checklist"][list].as_array().unwrap().clone())
}

/// The end of the thread: what is told with the certificate.
fn end(request: &Request<'_>) -> Vec<String> {
    let thread = request.thread();
    let end = thread.split("This is the certificate:").nth(1).unwrap();
    end.lines().skip(1).map(str::to_owned).collect()
}

#[tokio::test]
async fn every_line_is_told_once_with_its_evidence() {
    let world = acme_in(&[Dev]).await;
    let request = runs(&world, FROM_DEV).await;
    request.becomes(State::Succeeded).await;
    let lines = end(&request);
    assert_eq!(lines.len(), 11, "{lines:?}");
    assert!(lines.iter().all(|line| line.starts_with("☑ ") && line.contains(" · ") && line.contains(", <t:")));
    assert!(lines[0].starts_with("☑ ECS service deleted · gone; not among the "), "{}", lines[0]);
    assert!(lines[10].starts_with("☑ Verification script passed · all ten kinds looked for twice"), "{}", lines[10]);
    assert_eq!(request.thread().matches("ECS service deleted").count(), 1);
    request.card().shows("☑ Database user dropped\n");
}

#[tokio::test]
async fn the_certificate_says_who_answers_for_each_line_of_both_lists() {
    let world = acme_in(&[Prod]).await;
    let request = runs(&world, FROM_PROD).await;
    request.becomes(State::Succeeded).await;
    let [before, after] = certified(&request);
    assert_eq!((before.len(), after.len()), (7, 11));
    let answers: Vec<&str> = before.iter().map(|line| line["answer"].as_str().unwrap()).collect();
    assert_eq!(
        answers,
        ["attested", "verified", "verified", "verified", "verified", "attested", "verified"],
        "the request is legitimate and billing is finalized because somebody says so"
    );
    for line in before.iter().filter(|line| line["answer"] == "attested") {
        assert_eq!(line["details"], serde_json::json!(["devops-lead"]), "{line}");
    }
    let operation = request.operation();
    let certify = operation.plan.steps.iter().position(|planned| planned.step == "certify absence").unwrap();
    let proofs = &operation.steps[certify].proofs;
    for (line, proof) in after.iter().zip(proofs) {
        assert_eq!((line["item"].as_str(), line["answer"].as_str()), (Some(proof.item.as_str()), Some("verified")));
        let seen = &line["details"][0];
        assert_eq!((seen["where"].as_str(), seen["seen"].as_str()), (Some("PROD"), Some(proof.proof.as_str())));
        assert!(seen["at"].is_string(), "{line}");
    }
}

#[tokio::test]
async fn everywhere_each_line_says_when_it_was_seen_where() {
    let world = acme_in(&Environment::ALL).await;
    let request = runs(&world, CANCELLATION).await;
    request.becomes(State::Succeeded).await;
    let lines = end(&request);
    assert_eq!(lines.len(), 11);
    assert!(lines[0].starts_with("☑ ECS service deleted · PROD <t:"), "{}", lines[0]);
    assert!(lines[0].contains(", SIT <t:") && lines[0].contains(" and DEV <t:"), "{}", lines[0]);
    assert!(lines.iter().map(|line| line.chars().count() + 1).sum::<usize>() < 1_800, "it can be read in the chat");
    let [_, after] = certified(&request);
    assert!(after.iter().all(|line| line["details"].as_array().unwrap().len() == 3), "{after:?}");
}

#[tokio::test]
async fn of_many_each_line_counts_those_that_were_meant() {
    let world = bulk::pocs(3, &[Dev]).await;
    let request = world.member("operator").types(bulk::ALL_POC).await;
    world.member("operator").sends(&format!("off:{}:poc-11", request.id())).await;
    world.member("devops-lead").reacts(&request, "✅").await;
    request.becomes(State::Succeeded).await;
    let lines = end(&request);
    assert_eq!(lines[0], "☑ ECS service deleted · 2 times, each in the certificate");
    let [_, after] = certified(&request);
    let places: Vec<&str> =
        after[0]["details"].as_array().unwrap().iter().map(|seen| seen["where"].as_str().unwrap()).collect();
    assert_eq!(places, ["poc-10 in DEV", "poc-12 in DEV"], "not the one that was taken off");
}

#[tokio::test]
async fn what_is_left_half_way_is_not_said_to_be_gone() {
    let world = acme_in(&[Dev]).await;
    world.cloud.fail(Fault::new(FaultError::Denied).of_kind(Kind::Database).on(Verb::Remove));
    let request = runs(&world, FROM_DEV).await;
    request.becomes(State::Holding).await;
    world.member("operator").presses(&request, "Leave").await;
    request.is(State::Abandoned);
    let thread = request.thread();
    let lines: Vec<&str> = thread.split("left it as it stands.").nth(1).unwrap().lines().skip(1).collect();
    assert_eq!(lines.len(), 11);
    assert!(lines.iter().all(|line| line.starts_with("✗ ") && line.ends_with(" · not done")), "{lines:?}");
}

#[tokio::test]
async fn taken_back_before_it_ran_there_is_nothing_to_tell() {
    let world = acme_in(&[Dev]).await;
    let request = super::asks(&world, FROM_DEV).await;
    world.member("operator").presses(&request, "Cancel request").await;
    request.is(State::Cancelled);
    assert!(!request.thread().contains("ECS service deleted"));
    request.card().hides("Afterwards");
}

/// A command file without a list afterwards, as a plan of an earlier version has none.
#[tokio::test]
async fn without_a_list_the_proofs_are_told_with_their_step() {
    let world = acme_in(&[Dev]).await;
    let text =
        include_str!("../../../../commands/tenant-delete.toml").split("# Playbook 5.4.").next().unwrap().to_owned();
    world.is_upgraded(Catalogue::parse(&[("commands/tenant-delete.toml".to_owned(), text)]).unwrap()).await;
    let request = runs(&world, FROM_DEV).await;
    request.becomes(State::Succeeded).await;
    let thread = request.thread();
    let proven = thread.split("✅ certify absence").nth(1).unwrap();
    assert!(proven.lines().nth(1).unwrap().starts_with("☑ ECS service deleted · gone;"), "{thread}");
    request.card().hides("Afterwards");
}
