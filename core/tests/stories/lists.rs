//! Lists, details and completion: private, by pages.

use std::collections::BTreeMap;

use landlord_core::fakes::World;
use landlord_core::operation::State;
use landlord_core::plan::OperationId;
use time::Duration;

use crate::{DEV, waits_in_sit};

fn named(id: &str) -> String {
    DEV.replace("goldencrust", id).replace("subdomain:golden", &format!("subdomain:{id}"))
}

/// Twenty-three tenants in DEV.
async fn many(world: &World) {
    for number in 10..33 {
        world.member("operator").types(&named(&format!("crust-{number}"))).await.is(State::Succeeded);
    }
}

#[tokio::test]
async fn tenants_come_in_pages() {
    let world = World::start();
    let operator = world.member("operator");
    operator
        .types("/tenant list")
        .await
        .answer()
        .shows("There are no tenants yet. `/tenant provision` creates the first.");
    many(&world).await;
    let first = operator.types("/tenant list").await.answer().clone();
    first.shows("crust-10").shows("crust-19").hides("crust-20").shows("23 in all · page 1 of 3");
    assert_eq!(first.buttons(), ["On ›"]);
    let second = operator.presses_on(&first, "On ›").await;
    second.shows("crust-20").shows("crust-29").shows("page 2 of 3");
    let third = operator.presses_on(&second, "On ›").await;
    third.shows("crust-32").hides("crust-29").shows("page 3 of 3");
    assert_eq!(third.buttons(), ["‹ Back"]);
    operator.presses_on(&third, "‹ Back").await.shows("page 2 of 3");
}

#[tokio::test]
async fn a_page_that_is_no_more_leads_back() {
    let world = World::start();
    many(&world).await;
    let operator = world.member("operator");
    for page in ["3", "17", "4294967294", "4294967295"] {
        let beyond = operator.sends(&format!("page:{page}:tenants:")).await;
        operator.presses_on(&beyond, "‹ Back").await.shows("crust-32");
    }
    world.member("newcomer").sends("page:0:tenants:").await.shows("This needs the role Operator");
}

#[tokio::test]
async fn tenants_are_searched_by_id_company_and_subdomain() {
    let world = World::start();
    many(&world).await;
    let operator = world.member("operator");
    let found = operator.types("/tenant list tenant:RUST-3").await.answer().clone();
    found.shows("crust-30").shows("crust-32").hides("crust-13").shows("3 in all");
    let pages = operator.types("/tenant list tenant:golden: crust").await.answer().clone();
    pages.shows("No tenant's id, company or subdomain contains that.");
    let pages = operator.types("/tenant list tenant:golden crust").await.answer().clone();
    operator.presses_on(&pages, "On ›").await.shows("23 in all · page 2 of 3");
}

#[tokio::test]
async fn a_tenant_is_shown_with_its_details_and_names() {
    let world = World::start();
    waits_in_sit(&world).await;
    let shown = world.member("operator").types("/tenant show tenant:goldencrust").await;
    insta::assert_snapshot!(shown.answer().text());
}

#[tokio::test]
async fn operations_come_in_pages_newest_first() {
    let world = World::start();
    many(&world).await;
    let operator = world.member("operator");
    let first = operator.types("/operation list").await.answer().clone();
    first
        .shows("[Provision crust-32 in DEV](https://chat.example/tenant-ops/")
        .hides("crust-22 in")
        .shows("page 1 of 3");
    let second = operator.presses_on(&first, "On ›").await;
    second.shows("crust-22 in DEV").hides("crust-32");
}

#[tokio::test]
async fn operations_are_filtered_and_the_filter_lasts_over_pages() {
    let world = World::start();
    many(&world).await;
    let request = waits_in_sit(&world).await;
    let operator = world.member("operator");
    let listed = operator.types("/operation list state:awaiting_approval").await;
    listed.answer().shows("Provision goldencrust in SIT").shows("awaiting approval").shows("1 in all · page 1 of 1");
    let listed = operator.types("/operation list tenant:goldencrust").await;
    listed.answer().shows("2 in all");
    let listed = operator.types("/operation list tenant:goldencrust environment:sit").await;
    listed.answer().shows(&request.id().to_string()).shows("1 in all");
    let listed = operator.types("/operation list state:expired").await;
    listed.answer().shows("There are no operations of that sort.");
    let done = operator.types("/operation list state:succeeded environment:dev").await.answer().clone();
    done.shows("24 in all · page 1 of 3");
    operator.presses_on(&done, "On ›").await.shows("24 in all · page 2 of 3").hides("in SIT");
    operator.types("/operation list state:nowhere").await.answer().shows("There is no such state. The states are");
}

/// A bulk deletion that crust-1 was taken off has succeeded, in DEV and SIT; crust-2 is gone.
async fn one_of_two_is_deleted(world: &World) -> OperationId {
    let operator = world.member("operator");
    for id in ["crust-1", "crust-2"] {
        operator.types(&named(id)).await.is(State::Succeeded);
    }
    let bulk =
        operator.types("/tenant bulk-delete environment:all backup:no logs:delete tenants:crust-1, crust-2").await;
    bulk.is(State::AwaitingApproval);
    let list = operator.presses(&bulk, "Take a tenant off").await;
    operator.chooses_on(&list, "crust-1 · Golden Crust").await.shows("`crust-1` is taken off the list");
    world.member("devops-lead").reacts(&bulk, "✅").await;
    world.passes(Duration::hours(25)).await;
    bulk.becomes(State::Succeeded).await;
    bulk.id().clone()
}

#[tokio::test]
async fn a_bulk_deletion_is_listed_once_for_each_of_its_tenants_and_environments() {
    let world = World::start();
    let bulk = one_of_two_is_deleted(&world).await.to_string();
    let operator = world.member("operator");
    for tenant in ["crust-1", "crust-2"] {
        let listed = operator.types(&format!("/operation list tenant:{tenant}")).await;
        listed.answer().shows(&bulk).shows("2 in all");
        let listed = operator.types(&format!("/operation list tenant:{tenant} environment:dev")).await;
        listed.answer().shows(&bulk).shows("2 in all");
        let listed = operator.types(&format!("/operation list tenant:{tenant} environment:prod")).await;
        listed.answer().shows("There are no operations of that sort.");
    }
    operator.types("/operation list environment:dev").await.answer().shows(&bulk).shows("3 in all");
}

#[tokio::test]
async fn who_was_taken_off_a_deletion_is_still_validated_and_promoted() {
    let world = World::start();
    let bulk = one_of_two_is_deleted(&world).await;
    let operator = world.member("operator");
    let validated = operator.types("/tenant validate tenant:crust-1 environment:dev").await;
    validated.answer().shows("`crust-1` is validated in DEV.");
    let deletion = world.house().engine.ledger.get(&bulk).await.unwrap();
    assert_eq!(deletion.validated_by, None, "the deletion has validated nobody");
    operator.types("/tenant promote tenant:crust-1").await.is(State::AwaitingApproval);
    let gone = operator.types("/tenant validate tenant:crust-2 environment:dev").await;
    gone.answer().shows("`crust-2` does not stand in DEV: there is nothing to validate.");
}

#[tokio::test]
async fn an_operation_is_shown_with_a_link_to_its_card() {
    let world = World::start();
    let request = waits_in_sit(&world).await;
    world.member("security").reacts(&request, "✅").await;
    let shown = world.member("operator").types(&format!("/operation show operation:{}", request.id())).await;
    let link = format!("https://chat.example/tenant-ops/{}", request.message().message);
    shown.answer().shows(&link).shows("Awaiting approval").shows("ensure service").shows("@security holds none");
    assert!(shown.answer().buttons().is_empty(), "deciding happens on the card");
}

#[tokio::test]
async fn options_are_completed() {
    let world = World::start();
    let request = waits_in_sit(&world).await;
    let house = world.house();
    let asks = async |person: &str, line: &str, name: &str, typed: &str| {
        house.desk.complete(&world.member(person).line(line), name, typed).await
    };
    let values = async |line: &str, name: &str, typed: &str| {
        asks("operator", line, name, typed).await.into_iter().map(|choice| choice.value).collect::<Vec<_>>()
    };
    assert_eq!(asks("operator", "/tenant show", "tenant", "gold").await[0].label, "goldencrust · Golden Crust");
    assert_eq!(values("/tenant show", "tenant", "gold").await, ["goldencrust"]);
    let open = values("/operation cancel", "operation", "").await;
    assert_eq!(open, [request.id().to_string()], "only what can be taken back");
    assert_eq!(values("/tenant provision", "cpu", "").await[..3], ["256", "512", "1024"]);
    assert_eq!(values("/tenant provision cpu:256", "memory", "").await, ["512", "1024", "2048"]);
    assert_eq!(values("/tenant provision cpu:256", "memory", "10").await, ["1024"]);
    assert_eq!(values("/tenant provision", "memory", "").await.len(), 25);
    assert!(values("/tenant provision", "email", "x").await.is_empty());
    let unheard_of = world.member("operator").invocation("no such", BTreeMap::new());
    assert!(house.desk.complete(&unheard_of, "tenant", "x").await.is_empty());
    assert!(asks("newcomer", "/tenant show", "tenant", "").await.is_empty(), "tenants are shown to operators only");
    world.store.fail_next(9);
    assert!(values("/tenant show", "tenant", "gold").await.is_empty());
}
