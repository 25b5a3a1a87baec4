//! The straight way: from a command to a site that stands.

use landlord_core::fakes::World;
use landlord_core::operation::State;

use crate::{DEV, resources, waits_in_prod, waits_in_sit};

#[tokio::test]
async fn dev_is_provisioned_at_once() {
    let world = World::start();
    let request = world.member("operator").types(DEV).await;
    request.answer().shows("Filed: Provision goldencrust in DEV").shows("No approval is needed");
    request.is(State::Succeeded);
    request.card().shows("https://golden.wpdev.kimmyai.io stands");
    assert_eq!(resources(&world).await, 10);
    insta::assert_snapshot!(request.thread());
}

#[tokio::test]
async fn the_owner_is_told_how_to_get_in_and_never_a_password() {
    let world = World::start();
    world.member("operator").types(DEV).await.is(State::Succeeded);
    let sent = world.notifier.sent();
    assert_eq!(sent.len(), 1);
    insta::assert_snapshot!(format!("To: {}\nSubject: {}\n\n{}", sent[0].to, sent[0].subject, sent[0].text));
}

#[tokio::test]
async fn sit_is_provisioned_when_the_team_lead_says_yes_and_not_before() {
    let world = World::start();
    let request = waits_in_sit(&world).await;
    request.is(State::AwaitingApproval);
    request.answer().shows("It runs when a Team Lead has approved it");
    request.card().shows("needs a Team Lead").shows("▫️ Team Lead");
    assert_eq!(resources(&world).await, 10, "what stands in DEV");

    world.member("team-lead").reacts(&request, "✅").await;
    request.is(State::Succeeded);
    request.card().shows("✅ Team Lead · @team-lead").shows("https://golden.wpsit.kimmyai.io stands");
    assert_eq!(resources(&world).await, 20);
}

#[tokio::test]
async fn prod_is_provisioned_when_both_leads_say_yes() {
    let world = World::start();
    let request = waits_in_prod(&world).await;
    request.answer().shows("It runs when a DevOps Lead and a Product Owner have approved it");
    request.card().shows("needs a DevOps Lead and a Product Owner");

    world.member("product-owner").reacts(&request, "✅").await;
    request.is(State::AwaitingApproval);
    request.card().shows("needs a DevOps Lead; @product-owner already counts as Product Owner");
    assert_eq!(resources(&world).await, 20);

    world.member("devops-lead").reacts(&request, "✅").await;
    request.is(State::Succeeded);
    assert_eq!(resources(&world).await, 30);
    assert!(request.thread().contains("Approved by @devops-lead (DevOps Lead) and @product-owner (Product Owner)"));
}

#[tokio::test]
async fn the_plan_is_shown_before_anything_runs() {
    let world = World::start();
    let request = waits_in_sit(&world).await;
    let card = request.card();
    for name in [
        "/ecs/sit-goldencrust",
        "sit-goldencrust-db-credentials",
        "goldencrust_db",
        "goldencrust_user",
        "sit-goldencrust-ap",
        "golden.wpsit.kimmyai.io",
        "sit-goldencrust-tg",
        "sit-goldencrust-service",
        "sit-alb",
    ] {
        card.shows(name);
    }
    card.shows("☑ Tenant ID generated and verified unique")
        .shows("☐ Contact email verified · vouched for by whoever approves")
        .shows("account 815856636111 answers");
}

#[tokio::test]
async fn without_an_id_twelve_digits_are_generated() {
    let world = World::start();
    let line = "/tenant provision environment:dev company:Golden Crust subdomain:golden email:owner@golden.example";
    let request = world.member("operator").types(line).await;
    let id = request.is(State::Succeeded).operation().plan.details().tenant.to_string();
    assert!(id.len() == 12 && id.bytes().all(|b| b.is_ascii_digit()), "{id}");
}

#[tokio::test]
async fn what_is_left_out_of_the_size_is_the_least_that_goes_with_the_rest() {
    let world = World::start();
    let request = world.member("operator").types(&format!("{DEV} cpu:1024")).await;
    assert_eq!(request.operation().plan.details().size.to_string(), "1024 cpu · 2048 MiB · 20 GiB");
}
