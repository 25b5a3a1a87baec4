//! Deletions that cannot go on: no backup, tasks that drain slowly or never.

use landlord_core::tenant::Environment::Dev;
use serde_json::json;

use crate::deletion::{everything, from_dev, poc};
use crate::world::{Setting, World};

/// The bot's own waiting is short in these.
fn hasty() -> Setting {
    Setting { haste: 10, ..Setting::default() }
}

#[tokio::test]
async fn without_a_back_up_nothing_goes_and_each_retry_makes_a_new_one() {
    let world = World::with(hasty()).await;
    let golden = poc(&world).await;
    let operator = world.member("operator");
    let faults =
        [("backup-fails", "did not end well"), ("backup-no-object", "left nothing"), ("backup-empty", "is empty")];
    world.services.breaks(faults[0].0, json!({ "tenant": golden.id })).await;
    let request = operator.types(&from_dev(&golden, "backup:yes logs:keep")).await;
    for (turn, (_, why)) in faults.iter().enumerate() {
        let card = request.comes_to_show(why).await;
        card.shows("**On hold**").shows("back up").shows("No backup, no deletion: nothing was removed");
        assert_eq!(card.buttons(), ["Retry", "Leave"]);
        assert_eq!(world.remains(&golden, Dev).await, everything());
        assert_eq!(world.service(&golden, Dev).await.unwrap()["desiredCount"], 1, "the site is up");
        assert_eq!(world.services.tasks_about(&golden.id).await.len(), turn + 1);
        world.services.mends_for(&golden).await;
        if let Some((next, _)) = faults.get(turn + 1) {
            world.services.breaks(next, json!({ "tenant": golden.id })).await;
        }
        operator.presses(&request, "Retry").await;
    }
    request.succeeds().await;
    assert_eq!(world.services.tasks_about(&golden.id).await.len(), faults.len() + 1);
    let left = world.services.dump(&["--only", &golden.id]).await;
    assert_eq!(left.kinds("dev").into_iter().collect::<Vec<_>>(), ["backups", "log groups"]);
    let certificate = request.is_certified().await.to_string();
    assert!(certificate.contains(&format!("s3://dev-tenant-backups/{}/", golden.id)), "{certificate}");
    world.end().await;
}

#[tokio::test]
async fn a_service_that_drains_slowly_is_waited_for() {
    let world = World::with(hasty()).await;
    let golden = poc(&world).await;
    world.services.breaks("drain-slow", json!({ "tenant": golden.id, "seconds": 8 })).await;
    let request = world.member("operator").types(&from_dev(&golden, "backup:no logs:delete")).await;
    request.comes_to_show("⏳ drain service").await;
    let remains = world.remains(&golden, Dev).await;
    assert_eq!(remains, everything(), "nothing goes before the tasks have ended");
    let card = request.succeeds().await;
    card.hides("by force");
    assert!(request.thread().await.contains("✅ drain service · no task runs"), "{}", request.thread().await);
    assert_eq!(world.remains(&golden, Dev).await, Vec::<&str>::new());
    world.end().await;
}

#[tokio::test]
async fn a_service_that_never_drains_goes_by_force_when_somebody_says_so() {
    let world = World::start().await;
    let golden = poc(&world).await;
    let operator = world.member("operator");
    world.services.breaks("drain-stuck", json!({ "tenant": golden.id })).await;
    let request = operator.types(&from_dev(&golden, "backup:no logs:delete")).await;
    request.comes_to_show("⏳ drain service").await;
    let scaled = async || match world.service(&golden, Dev).await {
        Some(service) if service["desiredCount"] == 0 => Ok(()),
        service => Err(format!("{service:?}")),
    };
    crate::until::until("the service to be scaled down", scaled).await;
    world.passes_minutes(5);
    let card = request.holds().await;
    card.shows("drain service").shows("still run").shows("Force");
    assert_eq!(card.buttons(), ["Retry", "Force", "Leave"]);
    assert_eq!(world.remains(&golden, Dev).await, everything());
    let denied = world.member("newcomer").presses(&request, "Force").await;
    assert!(denied.shows("This needs the role Operator").is_private());
    operator.presses(&request, "Force").await;
    request.succeeds().await;
    assert!(request.thread().await.contains("❗ @operator ordered drain service by force"));
    assert_eq!(world.remains(&golden, Dev).await, Vec::<&str>::new());
    let certificate = request.is_certified().await;
    let forced = certificate["sites"][0]["steps"].as_array().unwrap().iter().filter(|step| step["forced"] == true);
    assert_eq!(forced.map(|step| &step["step"]).collect::<Vec<_>>(), ["drain service"]);
    world.services.mends_for(&golden).await;
    world.end().await;
}
