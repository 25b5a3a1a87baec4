//! An update of a tenant is taken back over the real wires: an earlier revision is chosen from a menu, or named, and runs again at
//! once.

use landlord_core::plan::Engagement;
use landlord_core::tenant::Environment::{self, Dev, Prod};
use serde_json::json;

use crate::world::{Setting, Tenant, World};

/// A client that stands in an environment.
async fn stands_in(world: &World, environment: Environment) -> Tenant {
    let golden = world.tenant();
    world.reside(std::slice::from_ref(&golden), &[environment], Engagement::Client).await;
    golden
}

fn back(tenant: &Tenant, environment: Environment, more: &str) -> String {
    format!("/tenant rollback tenant:{} environment:{environment} reason:the update broke the login{more}", tenant.id)
}

#[tokio::test]
async fn chosen_from_the_menu_it_runs_again_at_once_in_prod() {
    let world = World::start().await;
    let golden = stands_in(&world, Prod).await;
    let scale = format!("/tenant scale tenant:{} environment:prod cpu:512", golden.id);
    let scaled = world.member("operator").types(&scale).await;
    scaled.becomes("awaiting_approval").await;
    world.member("devops-lead").reacts(&scaled, "✅").await;
    scaled.succeeds().await;
    assert_eq!(world.ships(&golden, Prod, "wordpress:broken").await, 3);

    let on_call = world.member("on-call");
    let asked = on_call.types(&back(&golden, Prod, "")).await;
    assert!(asked.answer().is_private() && !asked.is_filed());
    let menu = asked.answer();
    menu.shows(&format!("# Roll back {} in PROD", golden.id));
    menu.shows("▶️ 3 · runs now · ").shows("✅ 2 · last that was stable · ").shows("▫️ 1 · ");
    menu.shows("wordpress:broken · 512 cpu · 1024 MiB");
    let (stable, first) = (menu.label_of("2 · last that was stable"), menu.label_of("1 · "));
    assert!(stable.contains(" UTC · ") && stable.ends_with(" · 512 cpu · 1024 MiB"), "{stable}");
    assert!(first.ends_with(" · 256 cpu · 512 MiB"), "{first}");
    assert_eq!(world.wants(&golden, Prod).await, (3, 1, 1), "nothing is touched before");

    let request = on_call.files_by(menu, &stable).await;
    request.answer().shows("It starts at once.");
    assert_eq!(request.answer().message["components"], json!([]), "the menu is done with");
    let card = request.succeeds().await;
    card.shows("revision 2 runs with 1 task: 1 of 1 tasks run of revision 2").shows("the update broke the login");
    card.hides("Used of it");
    let thread = request.thread().await;
    assert!(thread.contains("No approval needed"), "{thread}");
    assert!(thread.contains("🎉 **Stable** · revision 2 runs with 1 task"), "{thread}");
    assert_eq!(world.wants(&golden, Prod).await, (2, 1, 1));
    assert_eq!(world.definitions(&golden, Prod).await.len(), 3, "nothing is retired");
    request.stands_once().await;
    world.end().await;
}

#[tokio::test]
async fn who_types_is_offered_the_revisions_and_what_cannot_be_is_refused() {
    let world = World::start().await;
    let golden = stands_in(&world, Dev).await;
    for (number, image) in [(2, "wordpress:never-liked"), (3, "wordpress:broken")] {
        assert_eq!(world.ships(&golden, Dev, image).await, number);
    }
    let on_call = world.member("on-call");
    let offered = on_call.is_offered(&back(&golden, Dev, " revision:")).await;
    let values: Vec<_> = offered.iter().map(|(_, value)| value.clone()).collect();
    assert_eq!(values, [json!("2"), json!("1")], "not what runs: {offered:?}");
    assert!(offered[0].0.contains("wordpress:never-liked"), "{offered:?}");

    let gone = format!("dev-{}:1", golden.id);
    world.aws(Dev, &["ecs", "deregister-task-definition", "--task-definition", &gone]).await;
    for (revision, because) in [
        ("1", "cannot be deployed: it is deregistered"),
        ("3", "Revision 3 is what "),
        ("7", "never had a revision 7 in DEV"),
        ("0", "never had a revision 0 in DEV"),
    ] {
        let refused = on_call.types(&back(&golden, Dev, &format!(" revision:{revision}"))).await;
        refused.answer().shows(because).shows("▶️ 3 · runs now").shows("2 · ").hides("1 · 2");
        assert!(refused.answer().is_private() && !refused.is_filed(), "{revision}");
    }
    let denied = world.member("operator").types(&back(&golden, Dev, " revision:2")).await;
    denied.answer().shows("This needs the role On-call, Security or DevOps Lead");
    assert!(!denied.is_filed());
    assert_eq!(world.wants(&golden, Dev).await, (3, 1, 1));
    assert_eq!(on_call.is_offered(&back(&golden, Dev, " revision:")).await.len(), 1);

    let request = on_call.types(&back(&golden, Dev, " revision:2")).await;
    request.succeeds().await.shows("revision 2 runs with 1 task");
    assert_eq!(world.wants(&golden, Dev).await, (2, 1, 1));
    world.end().await;
}

#[tokio::test]
async fn what_does_not_come_up_either_is_held_until_somebody_decides() {
    let world = World::with(Setting { haste: 4, ..Setting::default() }).await;
    let golden = stands_in(&world, Dev).await;
    world.ships(&golden, Dev, "wordpress:slow").await;
    // As many as it takes for ECS to give the deployment up.
    world.services.breaks("image-pull-fails", json!({ "tenant": golden.id, "times": 3 })).await;
    let on_call = world.member("on-call");
    let request = on_call.types(&back(&golden, Dev, " revision:1")).await;
    let card = request.holds().await;
    card.shows("revision 1 is not stable").shows("CannotPullContainerError");
    on_call.presses(&request, "Roll back").await;
    request.becomes("unwound").await.shows("revision 2 is there as before");
    assert_eq!(world.wants(&golden, Dev).await, (2, 1, 1));
    assert_eq!(world.definitions(&golden, Dev).await.len(), 2, "nothing is retired");
    world.end().await;
}

#[tokio::test]
async fn killed_in_the_middle_another_bot_ends_it_and_does_everything_once() {
    let world = World::start().await;
    let golden = stands_in(&world, Dev).await;
    world.ships(&golden, Dev, "wordpress:broken").await;
    // AWS thinks long enough about it for the bot to be killed meanwhile.
    let fault = json!({ "operation": "UpdateService", "tenant": golden.id, "times": 1, "seconds": 6 });
    world.services.breaks("slow-answer", fault).await;
    // It is not stable before the story says so.
    world.services.breaks("targets-unhealthy", json!({ "tenant": golden.id })).await;
    let request = world.member("on-call").types(&back(&golden, Dev, " revision:1")).await;
    for step in ["deploy revision", "await stable"] {
        request.comes_to_show(&format!("⏳ {step}")).await;
        world.bot_dies().await;
        world.bot_starts().await;
    }
    world.services.mends_for(&golden).await;
    request.succeeds().await.shows("revision 1 runs with 1 task");
    request.stands_once().await;
    assert_eq!(world.wants(&golden, Dev).await, (1, 1, 1));
    world.end().await;
}
