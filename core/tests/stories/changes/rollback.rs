//! An emergency: an earlier revision runs again at once, without approval.

use landlord_core::fakes::{RolloutFault, World};
use landlord_core::operation::State;
use landlord_core::ports::ChatError;
use landlord_core::tenant::Environment::{Dev, Prod};

use super::{BACK, acme, revisions, rolls_back, ships, updated};
use crate::deletion::{acme_in, tenancy};

#[tokio::test]
async fn an_earlier_revision_runs_again_at_once_in_prod() {
    for who in ["on-call", "security", "devops-lead"] {
        let world = acme_in(&[Prod]).await;
        ships(&world, Prod, "wordpress:6.9").await;
        let request = world.member(who).types(&BACK.replace("dev", "prod")).await;
        request.answer().shows("It starts at once.");
        request.is(State::Succeeded);
        request.card().shows("# Roll back acme in PROD").shows("## Reason\nthe update broke the login");
        request.card().shows("**Stable** · revision 1 runs with 1 task").hides("Used of it");
        assert!(request.thread().contains("No approval needed"), "{}", request.thread());
        assert!(request.thread().contains("🎉 **Stable** · revision 1 runs with 1 task"), "{}", request.thread());
        assert_eq!(world.cloud.serving(&acme(&world, Prod)), Some((1, 1)));
        assert_eq!(revisions(&world, Prod).await, [(2, false), (1, true)], "nothing is retired");
    }
}

#[tokio::test]
async fn it_starts_before_its_card_can_be_posted() {
    let world = updated().await;
    world.chat.break_call("post_card", Some(ChatError::Transient("503".into())));
    let request = rolls_back(&world, BACK).await;
    request.is(State::Succeeded);
    assert_eq!(world.cloud.serving(&acme(&world, Dev)), Some((1, 1)));
}

async fn broken() -> World {
    let world = updated().await;
    world.cloud.spoil_revision(&tenancy("acme", Dev), 1, Some(RolloutFault::Fails("CannotPullContainerError".into())));
    world
}

#[tokio::test]
async fn one_that_does_not_come_up_holds_and_is_tried_again() {
    let world = broken().await;
    let request = rolls_back(&world, BACK).await;
    request.is(State::Holding);
    request.card().shows("revision 1 is not stable: ECS deployment circuit breaker: CannotPullContainerError");
    assert_eq!(request.card().buttons(), ["Retry", "Roll back", "Leave"]);
    world.member("operator").presses(&request, "Retry").await.shows("This needs the role");
    world.cloud.spoil_revision(&tenancy("acme", Dev), 1, None);
    world.member("security").presses(&request, "Retry").await;
    request.becomes(State::Succeeded).await;
    assert_eq!(world.cloud.serving(&acme(&world, Dev)), Some((1, 1)));
}

#[tokio::test]
async fn one_that_does_not_come_up_is_taken_back_when_somebody_orders_it() {
    let world = broken().await;
    let request = rolls_back(&world, BACK).await;
    world.member("on-call").presses(&request, "Roll back").await;
    request.becomes(State::Unwound).await;
    request.card().shows("**Taken back** · revision 2 is there as before");
    assert_eq!(world.cloud.serving(&acme(&world, Dev)), Some((2, 1)));
}
