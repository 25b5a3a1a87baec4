//! Who says yes to a deletion, until when it counts, and what a lost vote does.

use landlord_core::event::Event;
use landlord_core::operation::State;
use landlord_core::role::Role;
use time::Duration;

use super::{Dev, FROM_PROD, FROM_SIT, Prod, Sit, acme_in, approved, asks};

#[tokio::test]
async fn sit_needs_the_team_lead_and_prod_the_devops_lead() {
    for (line, lead) in [(FROM_SIT, "team-lead"), (FROM_PROD, "devops-lead")] {
        let world = acme_in(&[Dev, Sit, Prod]).await;
        let request = asks(&world, line).await;
        for name in ["newcomer", "security", "product-owner", "on-call"] {
            world.member(name).reacts(&request, "✅").await;
        }
        request.is(State::AwaitingApproval);
        world.member(lead).reacts(&request, "✅").await;
        request.is(State::Waiting);
    }
}

#[tokio::test]
async fn the_requesters_own_vote_does_not_count() {
    let world = acme_in(&[Prod]).await;
    let lead = world.member("devops-lead");
    let form = lead.types(FROM_PROD).await;
    let request = lead.submits(form.answer(), &[("name", "acme")]).await;
    lead.reacts(&request, "✅").await;
    request.is(State::AwaitingApproval);
    request.card().shows("@devops-lead asked for it, and nobody approves their own request");
    world.member("devops-lead-2").reacts(&request, "✅").await;
    request.is(State::Waiting);
}

#[tokio::test]
async fn an_old_card_approves_nothing_that_was_filed_after_it() {
    let world = acme_in(&[Sit]).await;
    let old = asks(&world, FROM_SIT).await;
    world.member("operator").presses(&old, "Cancel request").await;
    old.is(State::Cancelled);
    let new = asks(&world, FROM_SIT).await;
    assert_ne!(new.operation().digest, old.operation().digest);

    world.member("team-lead").reacts(&old, "✅").await;
    new.is(State::AwaitingApproval);
    assert!(new.operation().votes.is_empty());
    let told = "@team-lead, your ✅ came too late and does not count: the request was taken back. File it anew.";
    assert!(old.thread().contains(told), "{}", old.thread());
    world.stops();
    world.restarts().await;
    new.is(State::AwaitingApproval);
}

#[tokio::test]
async fn a_role_lost_between_vote_and_run_voids_the_vote() {
    let world = acme_in(&[Prod]).await;
    let before = world.standing(&[]).await;
    let request = asks(&world, FROM_PROD).await;
    // The vote comes with a role that is gone by the time it is read again.
    let lead = world.member("devops-lead");
    world.chat.break_call("member", Some(landlord_core::ports::ChatError::Transient("503".into())));
    lead.reacts(&request, "✅").await;
    request.is(State::AwaitingApproval);
    lead.holds(&[Role::Operator]);
    world.chat.break_call("member", None);
    world.passes(Duration::MINUTE).await;
    request.is(State::AwaitingApproval);
    assert!(world.notifier.sent().is_empty(), "nobody is told before it is certain");
    assert_eq!(world.standing(&[]).await, before);
}

#[tokio::test]
async fn a_role_lost_during_the_notice_is_seen_at_its_end() {
    let world = acme_in(&[Sit]).await;
    let before = world.standing(&[]).await;
    let request = approved(&world, FROM_SIT).await;
    let until = request.operation().notice_until;
    world.member("team-lead").holds(&[Role::Operator]);
    world.passes(Duration::hours(30)).await;
    request.is(State::AwaitingApproval);
    request.card().shows("needs a Team Lead").shows("@team-lead holds none of the roles that approve");
    assert_eq!(world.standing(&[]).await, before);

    // Given again, the notice is not begun anew; here it has passed.
    world.member("on-call").holds(&[Role::TeamLead]);
    world.member("on-call").reacts(&request, "✅").await;
    request.is(State::Succeeded);
    assert_eq!(request.operation().notice_until, until);
    assert_eq!(request.operation().approvals[0].1.name, "on-call");
}

#[tokio::test]
async fn a_vote_withdrawn_during_the_notice_stops_it_and_given_again_it_goes_on() {
    let world = acme_in(&[Sit]).await;
    let request = approved(&world, FROM_SIT).await;
    let until = request.operation().notice_until;
    world.passes(Duration::hours(10)).await;
    world.member("team-lead").unreacts(&request, "✅").await;
    request.is(State::AwaitingApproval);
    request.card().shows("needs a Team Lead");
    world.passes(Duration::hours(2)).await;
    world.member("team-lead").reacts(&request, "✅").await;
    request.is(State::Waiting);
    assert_eq!(request.operation().notice_until, until, "the owner was told that time");
    assert_eq!(world.notifier.sent().len(), 1);
    world.passes(Duration::hours(12)).await;
    request.becomes(State::Succeeded).await;
}

#[tokio::test]
async fn a_vote_withdrawn_unheard_is_read_before_the_first_removal() {
    let world = acme_in(&[Sit]).await;
    let before = world.standing(&[]).await;
    let request = approved(&world, FROM_SIT).await;
    world.member("team-lead").unreacts_unheard(&request, "✅");
    world.passes(Duration::hours(25)).await;
    request.is(State::AwaitingApproval);
    assert_eq!(world.standing(&[]).await, before);
}

#[tokio::test]
async fn without_the_vote_the_request_expires_although_the_owner_was_told() {
    let world = acme_in(&[Sit]).await;
    let before = world.standing(&[]).await;
    let request = approved(&world, FROM_SIT).await;
    world.passes(Duration::hours(1)).await;
    world.member("team-lead").unreacts(&request, "✅").await;
    world.passes(Duration::hours(24)).await;
    request.is(State::Expired);
    assert_eq!(world.standing(&[]).await, before);
    let again = asks(&world, FROM_SIT).await;
    again.is(State::AwaitingApproval);
}

#[tokio::test]
async fn the_missing_lead_is_reminded_and_then_it_expires() {
    let world = acme_in(&[Prod]).await;
    let request = asks(&world, FROM_PROD).await;
    world.passes(Duration::hours(4)).await;
    assert!(request.thread().contains("⏰ Still needs a DevOps Lead. (calls DevOps Lead)"), "{}", request.thread());
    world.passes(Duration::hours(20)).await;
    request.is(State::Expired);
    assert!(world.notifier.sent().is_empty());
}

#[tokio::test]
async fn the_chat_that_does_not_answer_delays_the_start() {
    let world = acme_in(&[Sit]).await;
    let before = world.standing(&[]).await;
    let request = approved(&world, FROM_SIT).await;
    world.chat.break_call("votes", Some(landlord_core::ports::ChatError::Transient("503".into())));
    world.passes(Duration::hours(25)).await;
    request.is(State::Waiting);
    request.card().shows("Nothing runs yet: the votes cannot be read");
    assert_eq!(world.standing(&[]).await, before);
    world.chat.break_call("votes", None);
    world.passes(Duration::MINUTE).await;
    request.becomes(State::Succeeded).await;
}

#[tokio::test]
async fn a_finished_deletion_is_not_validated() {
    let world = acme_in(&[Dev]).await;
    let request = super::runs(&world, super::FROM_DEV).await;
    request.becomes(State::Succeeded).await;
    world.member("on-call").reacts(&request, "✅").await;
    assert!(request.operation().validated_by.is_none());
    let log = world.store.log();
    assert!(log.iter().all(|event| !matches!(event.recorded().unwrap().event, Event::Validated { .. })));
}
