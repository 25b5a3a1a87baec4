//! What the registry says of a tenant that goes, and of one that is gone.

use landlord_core::fakes::{Fault, FaultError, Verb, World};
use landlord_core::kind::Kind;
use landlord_core::operation::State;
use landlord_core::ports::{Standing, Store as _, Tenant};
use time::Duration;

use super::{CANCELLATION, Dev, FROM_DEV, FROM_SIT, Prod, Sit, acme_in, asks, client, id, runs};

async fn tenant(world: &World) -> Tenant {
    world.store.tenant(&id("acme")).await.unwrap().unwrap()
}

#[tokio::test]
async fn half_way_it_is_incomplete_and_in_the_end_gone_for_ever() {
    let world = acme_in(&[Dev]).await;
    let request = asks(&world, FROM_DEV).await;
    assert_eq!(tenant(&world).await.standings, [(Dev, Standing::Validated)], "during the notice it stands as before");
    world.cloud.fail(Fault::new(FaultError::Denied).of_kind(Kind::Service).on(Verb::Scale));
    world.passes(Duration::DAY).await;
    request.is(State::Holding);
    assert_eq!(tenant(&world).await.standings, [(Dev, Standing::Incomplete)]);
    let shown = world.member("operator").types("/tenant show tenant:acme").await;
    shown.answer().shows("DEV · incomplete");
    world.member("operator").presses(&request, "Retry").await;
    request.becomes(State::Succeeded).await;
    let gone = tenant(&world).await;
    assert!(gone.standings.is_empty());
    let certified = request.operation().steps.iter().rev().nth(1).unwrap().ended;
    assert_eq!(gone.deleted, certified, "gone when it was certified");
}

#[tokio::test]
async fn a_backup_that_fails_leaves_it_standing_as_before() {
    let world = acme_in(&[Dev]).await;
    world.cloud.fail(Fault::new(FaultError::Denied).on(Verb::BackUp));
    let request = runs(&world, FROM_DEV).await;
    request.is(State::Holding);
    world.member("operator").presses(&request, "Leave").await;
    assert_eq!(tenant(&world).await.standings, [(Dev, Standing::Validated)]);
}

#[tokio::test]
async fn gone_from_one_environment_it_lives_on_in_the_others() {
    let world = acme_in(&[Dev, Sit, Prod]).await;
    runs(&world, FROM_SIT).await.becomes(State::Succeeded).await;
    let left = tenant(&world).await;
    assert_eq!(left.standings, [(Dev, Standing::Validated), (Prod, Standing::Validated)]);
    assert_eq!(left.deleted, None);
    let taken = world.store.tenant_of_subdomain(&"acme".parse().unwrap()).await.unwrap();
    assert_eq!(taken, Some(id("acme")));
}

#[tokio::test]
async fn its_id_is_never_given_again_and_its_host_label_is_free() {
    let world = acme_in(&[Dev]).await;
    runs(&world, FROM_DEV).await.becomes(State::Succeeded).await;
    let operator = world.member("operator");
    let line = |tenant: &str, email: &str| {
        format!(
            "/tenant provision environment:dev tenant:{tenant} company:Golden Crust Bäckerei & Søn subdomain:acme email:{email}"
        )
    };
    let refused = operator.types(&line("acme", "owner@acme.example")).await;
    assert!(!refused.is_filed());
    refused.answer().shows("The tenant `acme` was deleted, and its id is never given again.");
    let refused = operator.types("/tenant promote tenant:acme").await;
    assert!(!refused.is_filed());
    refused.answer().shows("`acme` is deleted. Its id is never given again");
    for again in [FROM_DEV, CANCELLATION] {
        let refused = operator.types(again).await;
        assert!(!refused.is_filed() && !refused.answer().is_form(), "{again}");
        refused.answer().shows("`acme` is deleted already. `/tenant show` shows since when.");
    }
    let shown = operator.types("/tenant show tenant:acme").await;
    let at = tenant(&world).await.deleted.unwrap().unix_timestamp();
    shown.answer().shows(&format!("**Deleted** <t:{at}:R>")).hides("not provisioned anywhere yet");
    operator.types("/tenant list").await.answer().hides("acme");
    // The host label is another's now, and the log group of the old one, which is kept, is not in its way.
    let other = operator.types(&line("fresh", "owner@fresh.example")).await;
    other.is(State::Succeeded);
    let show = operator.types("/tenant show tenant:fresh").await;
    show.answer().shows("acme.wpdev.kimmyai.io");
}

#[tokio::test]
async fn of_a_run_that_was_left_the_rest_can_be_provisioned_anew() {
    let world = acme_in(&[Dev]).await;
    world.cloud.fail(Fault::new(FaultError::Denied).of_kind(Kind::Database).on(Verb::Remove));
    let request = runs(&world, FROM_DEV).await;
    world.member("operator").presses(&request, "Leave").await;
    let line = "/tenant provision environment:dev tenant:acme company:Golden Crust Bäckerei & Søn subdomain:acme \
                email:owner@acme.example";
    let again = world.member("operator").types(line).await;
    again.becomes(State::Succeeded).await;
    assert_eq!(tenant(&world).await.standings, [(Dev, Standing::Active)]);
    assert_eq!(world.standing(&[]).await.lines().count(), 10);
}

#[tokio::test]
async fn who_deletes_the_one_finds_the_other_where_it_was() {
    let world = acme_in(&[Dev]).await;
    world.stands(&client("acme-2"), &[Dev, Sit]).await;
    runs(&world, FROM_DEV).await.becomes(State::Succeeded).await;
    let other = world.store.tenant(&id("acme-2")).await.unwrap().unwrap();
    assert_eq!((other.standings.len(), other.deleted), (2, None));
}

#[tokio::test]
async fn what_was_left_before_its_certificate_is_certified_by_the_next_deletion() {
    let world = acme_in(&[Dev]).await;
    world.cloud.fail(Fault::new(FaultError::Denied).on(Verb::Inventory));
    let request = runs(&world, FROM_DEV).await;
    request.becomes(State::Holding).await;
    world.member("operator").presses(&request, "Leave").await;
    assert_eq!(tenant(&world).await.standings, [(Dev, Standing::Incomplete)]);
    let line = "/tenant delete tenant:acme environment:dev reason:other backup:no logs:delete";
    runs(&world, line).await.becomes(State::Succeeded).await;
    assert!(tenant(&world).await.deleted.is_some());
}
