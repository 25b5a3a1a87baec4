//! A tenant of whose owner no address is known, as of those that were taken over as they stood.

use landlord_core::event::Event;
use landlord_core::fakes::World;
use landlord_core::operation::State;
use landlord_core::plan::Details;
use landlord_core::ports::Store as _;
use time::Duration;

use super::{Dev, FROM_DEV, client};

async fn acme_without_address() -> World {
    let world = World::start();
    world.stands(&Details { email: None, ..client("acme") }, &[Dev]).await;
    world
}

#[tokio::test]
async fn its_deletion_holds_until_the_owner_is_told_by_hand() {
    let world = acme_without_address().await;
    let before = world.standing(&[]).await;
    let request = world.member("operator").types(FROM_DEV).await;
    request.is(State::Holding);
    request.card().shows("no address of acme's owner is known").shows("Nothing was done.");
    assert_eq!(request.card().buttons(), ["Retry", "Told by hand", "Leave"]);
    world.member("operator").presses(&request, "Retry").await;
    request.is(State::Holding);
    assert_eq!(world.standing(&[]).await, before);
    world.member("operator").presses(&request, "Told by hand").await;
    request.is(State::Waiting);
    request.card().shows("**Notice** · the owner was told.");
    let thread = request.thread();
    assert!(thread.contains("✉️ @operator told the owner of acme by hand. Nothing is touched before"), "{thread}");
    world.passes(Duration::DAY).await;
    request.becomes(State::Succeeded).await;
    let thread = request.thread();
    assert!(thread.contains("tell owner · no address of acme's owner is known: tell the owner by hand"), "{thread}");
    assert!(world.notifier.sent().is_empty());
}

#[tokio::test]
async fn everywhere_it_says_that_none_is_known() {
    let world = acme_without_address().await;
    let operator = world.member("operator");
    operator.types("/tenant show tenant:acme").await.answer().shows("no address known");
    let request = operator.types(FROM_DEV).await;
    let plan = request.operation().plan;
    assert_eq!(plan.steps.last().unwrap().resource, "no address known");
    let line = plan.checklist.iter().find(|line| line.item == "Tenant owner notified").unwrap();
    assert_eq!(
        format!("{:?}", line.answer),
        "Verified(\"no address known: of 1 no address is known; it holds until they are told by hand, 24 hours before anything goes\")"
    );
    let promoted = operator.types("/tenant promote tenant:acme").await;
    promoted.answer().shows("is being worked on");
}

#[tokio::test]
async fn its_promotion_says_who_tells_the_owner() {
    let world = acme_without_address().await;
    let request = world.member("operator").types("/tenant promote tenant:acme").await;
    world.member("team-lead").reacts(&request, "✅").await;
    request.becomes(State::Succeeded).await;
    let thread = request.thread();
    assert!(thread.contains("notify owner · no address of acme's owner is known: tell the owner by hand"), "{thread}");
    assert!(world.notifier.sent().is_empty());
}

#[tokio::test]
async fn the_log_has_no_address_where_none_is_known_and_reads_both() {
    let world = acme_without_address().await;
    let request = world.member("operator").types(FROM_DEV).await;
    let filed = serde_json::to_string(&world.store.events(request.id(), 0).await.unwrap()[0].event).unwrap();
    assert!(!filed.contains("\"email\""), "{filed}");
    let told = filed.replace("\"organisation\"", "\"email\":\"owner@acme.example\",\"organisation\"");
    for (text, owner) in [(filed, "no address known"), (told, "owner@acme.example")] {
        let Event::Filed { plan, .. } = serde_json::from_str(&text).unwrap() else { panic!("{text}") };
        assert_eq!(plan.details().owner(), owner);
    }
}
