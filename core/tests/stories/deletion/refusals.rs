//! What is refused at once: nothing is filed, and the answer says what to do.

use landlord_core::fakes::{Fault, FaultError, Verb, World};
use landlord_core::kind::Kind;
use landlord_core::operation::State;

use super::{CANCELLATION, Dev, FROM_DEV, FROM_SIT, Prod, Sit, acme_in, asks, client};
use crate::DEV;

#[tokio::test]
async fn a_tenant_that_was_never_there() {
    let world = acme_in(&[Dev]).await;
    for line in [FROM_DEV, CANCELLATION] {
        let refused = world.member("operator").types(&line.replace("acme", "acme-3")).await;
        assert!(!refused.is_filed());
        refused.answer().shows("There is no tenant `acme-3`. `/tenant list` shows those there are.");
    }
}

#[tokio::test]
async fn nothing_is_found_where_it_is_asked_for() {
    let world = acme_in(&[Dev]).await;
    let refused = asks(&world, FROM_SIT).await;
    assert!(!refused.is_filed());
    refused.answer().shows("Nothing of `acme` was found in SIT, so there is nothing to delete and nothing was filed.");
}

#[tokio::test]
async fn all_that_is_wrong_is_said_at_once() {
    let world = acme_in(&[Dev]).await;
    let refused = world
        .member("operator")
        .uses(
            "tenant delete",
            &[("tenant", "Acme"), ("environment", "moon"), ("reason", "because"), ("backup", "maybe")],
        )
        .await;
    assert!(!refused.is_filed());
    refused
        .answer()
        .shows("`tenant`:")
        .shows("Give `dev`, `sit`, `prod` or `all`")
        .shows("Give `cancellation`, `poc` or `other`");
    refused.answer().shows("`backup`: give `yes` or `no`").shows("`logs`: give `keep` or `delete`");
}

#[tokio::test]
async fn a_client_is_no_proof_of_concept() {
    let world = acme_in(&[Dev, Prod]).await;
    for line in [FROM_DEV.replace("other", "poc"), CANCELLATION.replace("cancellation", "poc")] {
        let refused = world.member("operator").types(&line).await;
        assert!(!refused.is_filed() && !refused.answer().is_form());
        refused.answer().shows("`acme` is a client's, not a proof of concept, so its owner has notice.");
    }
}

#[tokio::test]
async fn only_an_operator_asks() {
    let world = acme_in(&[Dev, Prod]).await;
    for line in [FROM_DEV, CANCELLATION, "/tenant bulk-delete environment:dev kind:poc backup:no logs:delete"] {
        let refused = world.member("newcomer").types(line).await;
        assert!(!refused.is_filed() && !refused.answer().is_form());
        refused.answer().shows("This needs the role Operator");
    }
}

#[tokio::test]
async fn what_is_being_provisioned() {
    let world = World::start();
    world.cloud.fail(Fault::new(FaultError::Denied).of_kind(Kind::Database).on(Verb::Ensure));
    let provisioning = world.member("operator").types(DEV).await;
    provisioning.is(State::Holding);
    let before = world.standing(&[]).await;
    let refused = asks(&world, &FROM_DEV.replace("acme", "goldencrust")).await;
    assert!(!refused.is_filed());
    refused.answer().shows("`goldencrust` is being worked on in DEV").shows(&provisioning.id().to_string());
    let link = format!("https://chat.example/tenant-ops/{}", provisioning.message().message);
    refused.answer().shows(&link).shows("on hold");
    assert_eq!(world.standing(&[]).await, before);
}

#[tokio::test]
async fn what_is_being_deleted_is_neither_provisioned_nor_promoted_nor_deleted_again() {
    let world = acme_in(&[Dev]).await;
    let deletion = asks(&world, FROM_DEV).await;
    deletion.is(State::Waiting);
    let provision = "/tenant provision environment:dev tenant:acme company:Golden Crust Bäckerei & Søn subdomain:acme \
                     email:owner@acme.example";
    for line in [
        "/tenant promote tenant:acme",
        FROM_DEV,
        FROM_SIT,
        "/tenant bulk-delete environment:dev tenants:acme backup:no logs:delete",
    ] {
        let refused = world.member("operator").types(line).await;
        assert!(!refused.is_filed(), "{line}");
        let answer = refused.answer();
        if line == FROM_SIT {
            answer.shows("Nothing of `acme` was found in SIT");
        } else {
            answer.shows("`acme` is being worked on in DEV").shows(&deletion.id().to_string()).shows("waiting");
        }
    }
    let refused = world.member("operator").types(provision).await;
    assert!(!refused.is_filed());
    refused.answer().shows("`acme` stands in DEV already");
    deletion.is(State::Waiting);
}

#[tokio::test]
async fn an_environment_that_cannot_be_looked_at() {
    let world = acme_in(&[Dev, Sit, Prod]).await;
    world.cloud.fail(Fault::new(FaultError::Unavailable).in_environment(Sit).of_kind(Kind::Secret).on(Verb::Find));
    let refused = asks(&world, CANCELLATION).await;
    assert!(!refused.is_filed());
    refused.answer().shows("SIT does not answer, so nothing was planned and nothing was done");

    world.cloud.answer_as(Prod, Some("123456789012"));
    let refused = asks(&world, CANCELLATION).await;
    assert!(!refused.is_filed());
    refused.answer().shows("The account seal does not match: 123456789012 answers for PROD");
}

#[tokio::test]
async fn a_tenant_that_only_bears_somebody_elses_things_is_not_found() {
    let world = World::start();
    world.stands(&client("acme"), &[]).await;
    world.cloud.plant_foreign(Kind::Secret, Dev, "dev-acme-db-credentials", "it has no tags");
    let refused = asks(&world, FROM_DEV).await;
    assert!(!refused.is_filed());
    refused.answer().shows("Nothing of `acme` was found in DEV");
}
