//! What is not adopted, and what people are told.

use landlord_core::fakes::{Fault, FaultError, Verb, World};
use landlord_core::kind::Kind;
use landlord_core::operation::State;
use landlord_core::plan::Details;

use super::{Dev, Sit, client, known, unknown};
use crate::deletion::{FROM_DEV, runs};

#[tokio::test]
async fn a_deleted_tenants_id_is_never_given_again() {
    let world = World::start();
    world.stands(&client("acme"), &[Dev]).await;
    runs(&world, FROM_DEV).await.becomes(State::Succeeded).await;
    world.builds(&client("acme"), &[Dev]).await;
    let refused = world.member("operator").types("/tenant adopt tenant:acme").await;
    assert!(!refused.is_filed());
    refused.answer().shows("its id is never given again: what is left of it is not adopted");
    let all = world.member("operator").types("/tenant adopt").await;
    assert!(!all.is_filed());
    all.answer().shows("There is nothing to adopt");
}

#[tokio::test]
async fn what_cannot_be_said_of_one_tenant() {
    let world = unknown(&["acme"], &[Dev]).await;
    world.stands(&client("bolt"), &[Dev]).await;
    let operator = world.member("operator");
    for (line, why) in [
        (
            "/tenant adopt company:Golden",
            "`company`, `subdomain` and `email` are one tenant's: give `tenant` with them.",
        ),
        ("/tenant adopt tenant:crumb", "There is no service of `crumb` in any environment"),
        ("/tenant adopt tenant:bolt", "`bolt` is known wherever it stands"),
        ("/tenant adopt tenant:Acme", "`tenant`: The tenant id contains the upper-case letter A"),
        ("/tenant adopt tenant:acme subdomain:www", "The subdomain www is reserved"),
        ("/tenant adopt tenant:acme subdomain:bolt", "`acme`: its host label `bolt` is the tenant `bolt`'s"),
    ] {
        let refused = operator.types(line).await;
        assert!(!refused.is_filed(), "{line}");
        refused.answer().shows(why);
    }
    world.member("newcomer").types("/tenant adopt").await.answer().shows("This needs the role Operator");
    assert!(known(&world, "acme").await.is_none());
}

#[tokio::test]
async fn an_environment_that_cannot_be_looked_at_adopts_nobody() {
    let world = unknown(&["acme"], &[Dev]).await;
    world.cloud.answer_as(Sit, Some("093646564004"));
    let refused = world.member("operator").types("/tenant adopt").await;
    assert!(!refused.is_filed());
    refused.answer().shows("SIT cannot be looked at, so nothing was planned").shows("account 093646564004 answers");
    world.cloud.answer_as(Sit, None);
    world.cloud.fail(Fault::new(FaultError::Denied).of_kind(Kind::Service).on(Verb::Inventory));
    let refused = world.member("operator").types("/tenant adopt").await;
    refused.answer().shows("cannot be looked at, so nothing was planned").shows("AccessDeniedException");
    world.cloud.fail(Fault::new(FaultError::Denied).on(Verb::Rules));
    let refused = world.member("operator").types("/tenant adopt").await;
    refused.answer().shows("`acme`: the rules that lead to it cannot be read").shows("give it with `subdomain`");
}

#[tokio::test]
async fn hostile_names_and_other_peoples_services_are_left_out() {
    let world = unknown(&["acme"], &[Dev]).await;
    let golden = Details { subdomain: "acme".parse().unwrap(), ..client("bolt") };
    world.cloud.plant_foreign(Kind::Service, Dev, "dev-Acme_Foo-service", "no tag");
    world.cloud.plant_foreign(Kind::Service, Dev, "dev-x`@everyone\u{202E}-service", "no tag");
    world.cloud.plant_foreign(Kind::Service, Dev, "dev--service", "no tag");
    world.cloud.plant_foreign(Kind::Service, Dev, "dev-theirs-service", "its tenant_id tag says `other`");
    world.cloud.plant_foreign(Kind::Service, Dev, "sit-acme-service", "no tag");
    let request = world.member("operator").types("/tenant adopt").await;
    request.becomes(State::Succeeded).await;
    request
        .answer()
        .shows("Left out, 3:")
        .shows("`dev-Acme\\_Foo-service` in DEV: no tenant can have the id in this name");
    request.answer().shows("`theirs`: its service in DEV is not its own").hides("\u{202E}").hides("sit-acme");
    assert_eq!(request.operation().plan.tenants.len(), 1);
    world.builds(&golden, &[Dev]).await;
    let refused = world.member("operator").types("/tenant adopt tenant:bolt").await;
    refused.answer().shows("`bolt`: its host label `acme` is the tenant `acme`'s");
}

#[tokio::test]
async fn who_is_being_worked_on_is_left_out() {
    let world = unknown(&["acme", "bolt"], &[Dev, super::Prod]).await;
    let operator = world.member("operator");
    let waits = operator.types("/tenant adopt tenant:acme").await;
    waits.is(State::AwaitingApproval);
    let others = operator.types("/tenant adopt").await;
    others.answer().shows(&format!("`acme`: operation `{}` is working on it", waits.id()));
    assert_eq!(others.operation().plan.tenants.len(), 1);
    // Nobody provisions it under another host label meanwhile, not even elsewhere.
    let line = "/tenant provision environment:dev tenant:acme company:X subdomain:other email:o@x.example";
    let refused = operator.types(line).await;
    assert!(!refused.is_filed());
    refused.answer().shows("is being worked on");
}
