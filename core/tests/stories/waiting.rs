//! Waiting for approvals: the reminder, the expiry, and taking a request back.

use landlord_core::fakes::World;
use landlord_core::operation::State;
use landlord_core::role::Role;
use time::Duration;

use crate::{DEV, waits_in_prod, waits_in_sit};

fn reminders(thread: &str) -> Vec<&str> {
    thread.lines().filter(|line| line.starts_with('⏰')).collect()
}

#[tokio::test]
async fn after_four_hours_the_missing_roles_are_reminded_once() {
    let world = World::start();
    let request = waits_in_prod(&world).await;
    world.member("devops-lead").reacts(&request, "✅").await;
    world.passes(Duration::hours(4) - Duration::SECOND).await;
    assert!(reminders(&request.thread()).is_empty());
    world.passes(Duration::hours(19)).await;
    assert_eq!(reminders(&request.thread()), ["⏰ Still needs a Product Owner. (calls Product Owner)"]);
}

#[tokio::test]
async fn the_requester_is_never_called_to_approve() {
    let world = World::start();
    world.member("operator").holds(&[Role::Operator, Role::TeamLead]);
    let request = waits_in_sit(&world).await;
    world.passes(Duration::hours(5)).await;
    assert_eq!(reminders(&request.thread()), ["⏰ Still needs a Team Lead."]);
}

#[tokio::test]
async fn without_approvals_a_request_expires_and_frees_what_it_held() {
    let world = World::start();
    let request = waits_in_sit(&world).await;
    world.passes(Duration::hours(24) - Duration::SECOND).await;
    request.is(State::AwaitingApproval);
    world.passes(Duration::SECOND).await;
    request.is(State::Expired);
    request.card().shows("Expired").shows("file it anew");
    assert!(request.card().buttons().is_empty());

    let again = world.member("operator").types("/tenant promote tenant:goldencrust").await;
    again.is(State::AwaitingApproval);
}

#[tokio::test]
async fn the_requester_takes_it_back_by_button_or_command() {
    for by_button in [true, false] {
        let world = World::start();
        let request = waits_in_sit(&world).await;
        let operator = world.member("operator");
        let answer = if by_button {
            operator.presses(&request, "Cancel request").await
        } else {
            operator.types(&format!("/operation cancel operation:{}", request.id())).await.answer().clone()
        };
        answer.shows("Provision goldencrust in SIT is taken back. Nothing was done.");
        request.is(State::Cancelled);
        assert!(request.thread().contains("🚫 @operator took it back"));
    }
}

#[tokio::test]
async fn who_may_stop_it_may_take_it_back_and_nobody_else() {
    let world = World::start();
    let request = waits_in_sit(&world).await;
    let refused = world.member("security").presses(&request, "Cancel request").await;
    refused.shows("Only the requester, those who may approve it, or a DevOps Lead can take it back.");
    request.is(State::AwaitingApproval);
    world.member("devops-lead").presses(&request, "Cancel request").await;
    request.is(State::Cancelled);
}

#[tokio::test]
async fn what_has_begun_or_ended_cannot_be_taken_back() {
    let world = World::start();
    let request = world.member("operator").types(DEV).await;
    let cancel = format!("/operation cancel operation:{}", request.id());
    let answer = world.member("operator").types(&cancel).await;
    answer.answer().shows("Provision goldencrust in DEV cannot be taken back. It has ended.");
    request.is(State::Succeeded);

    world.member("operator").sends(&format!("cancel:{}", request.id())).await.shows("It has ended");
}
