//! Other commands on a tenant that is shut: each gives an answer that helps.

use landlord_core::operation::State;
use landlord_core::tenant::Environment;
use time::Duration;

use super::{acme_in, shut};
use crate::deletion::FROM_DEV;

#[tokio::test]
async fn it_is_shown_and_listed_as_shut() {
    let world = acme_in(&[Environment::Dev]).await;
    shut(&world).await;
    let operator = world.member("operator");
    operator.types("/tenant show tenant:acme").await.answer().shows("DEV · shut");
    operator.types("/tenant list").await.answer().shows("DEV shut");
}

#[tokio::test]
async fn it_is_neither_promoted_nor_validated_nor_provisioned() {
    let world = acme_in(&[Environment::Dev]).await;
    shut(&world).await;
    let lines = [
        "/tenant promote tenant:acme".to_owned(),
        "/tenant validate tenant:acme environment:dev".to_owned(),
        format!(
            "/tenant provision environment:dev tenant:acme company:{} subdomain:acme email:owner@acme.example",
            super::client("acme").company
        ),
    ];
    for line in lines {
        let request = world.member("operator").types(&line).await;
        assert!(!request.is_filed(), "{line}");
        request.answer().shows("is shut down in DEV").shows("`/tenant reopen`");
    }
}

#[tokio::test]
async fn it_is_deleted() {
    let world = acme_in(&[Environment::Dev]).await;
    shut(&world).await;
    let deletion = world.member("operator").types(FROM_DEV).await;
    world.passes(Duration::hours(24)).await;
    deletion.becomes(State::Succeeded).await;
    assert_eq!(world.standing(&[]).await, "dev log group /ecs/dev-acme", "the logs are kept");
    let reopening = world.member("operator").types(super::REOPEN).await;
    reopening.answer().shows("`acme` is not shut down in DEV");
}
