//! A tenant is deleted over the real wires: the name typed to the letter, the notice that can end it, databases that only tasks
//! reach, and a bot that ends in the middle.

use landlord_core::kind::Kind;
use landlord_core::plan::Engagement;
use landlord_core::tenant::Environment::{Dev, Prod};
use serde_json::json;

use crate::world::{Reach, Request, Setting, Tenant, World};

/// The kinds of a tenant of whom nothing has gone.
pub(crate) fn everything() -> Vec<&'static str> {
    Kind::DELETION_ORDER.into_iter().map(Kind::words).collect()
}

/// The deletion of a proof of concept from DEV, which needs neither notice nor approval.
pub(crate) fn from_dev(tenant: &Tenant, more: &str) -> String {
    format!("/tenant delete tenant:{} environment:dev reason:poc {more}", tenant.id)
}

/// A proof of concept that stands in DEV.
pub(crate) async fn poc(world: &World) -> Tenant {
    let golden = world.tenant();
    world.reside(std::slice::from_ref(&golden), &[Dev], Engagement::Poc).await;
    golden
}

/// A client that stands in PROD.
async fn client(world: &World) -> Tenant {
    let golden = world.tenant();
    world.reside(std::slice::from_ref(&golden), &[Prod], Engagement::Client).await;
    golden
}

fn from_prod(tenant: &Tenant) -> String {
    format!("/tenant delete tenant:{} environment:prod reason:other backup:no logs:delete", tenant.id)
}

/// The deletion from PROD, with the name typed.
async fn asked_for<'w>(world: &'w World, tenant: &Tenant) -> Request<'w> {
    let form = world.member("operator").is_asked(&from_prod(tenant)).await;
    world.member("operator").hands_in(&form, &[("name", &tenant.id)]).await
}

#[tokio::test]
async fn a_name_that_is_not_typed_to_the_letter_files_nothing() {
    let world = World::start().await;
    let golden = client(&world).await;
    let operator = world.member("operator");
    let before = world.operations().await.len();
    let id = &golden.id;
    let other = world.tenant().id;
    for (typed, shown) in [
        (format!(" {id}"), format!("⟨space⟩{id}")),
        (format!("{id} "), format!("{id}⟨space⟩")),
        (id.to_uppercase(), id.to_uppercase()),
        (id.replacen('o', "о", 1), format!("g⟨U+043E⟩{}", &id[2..])),
        (format!("{id}\u{200b}"), format!("{id}⟨U+200B⟩")),
        (id[..id.len() - 1].to_owned(), id[..id.len() - 1].to_owned()),
        (other.clone(), other),
    ] {
        let form = operator.is_asked(&from_prod(&golden)).await;
        let handed_in = operator.hands_in(&form, &[("name", &typed)]).await;
        handed_in.answer().shows("What was typed is not the tenant's name, so nothing was filed").shows(&shown);
        assert!(handed_in.answer().is_private() && !handed_in.is_filed(), "{typed:?}");
    }
    assert_eq!(world.operations().await.len(), before);
    assert_eq!(world.messages(&world.channel()).await, Vec::<serde_json::Value>::new(), "nothing is posted");
    assert_eq!(world.remains(&golden, Prod).await, everything());
    world.end().await;
}

#[tokio::test]
async fn a_no_during_the_notice_ends_it() {
    let world = World::with(Setting { postgres: true, ..Setting::default() }).await;
    let golden = client(&world).await;
    let request = asked_for(&world, &golden).await;
    request.becomes("awaiting_approval").await.shows("needs a DevOps Lead");
    world.member("team-lead").reacts(&request, "✅").await;
    request.comes_to_show("@team-lead holds none of the roles that approve").await;
    world.member("devops-lead").reacts(&request, "✅").await;
    request.becomes("waiting").await.shows(&golden.email());
    world.passes(23);
    world.member("double-hat").reacts(&request, "❌").await;
    request.becomes("refused").await.shows("Nothing was done");
    world.passes(2);
    assert_eq!(request.operation().await["state"], "refused");
    assert_eq!(world.remains(&golden, Prod).await, everything());
    assert_eq!(world.services.mails(&golden.email()).await.len(), 1, "the notice");
    request.stands_once().await;
    world.end().await;
}

#[tokio::test]
async fn databases_that_only_tasks_reach_go_by_tasks() {
    let world = World::with(Setting { dev: Reach::DatabasesByTasks, haste: 4, ..Setting::default() }).await;
    let golden = poc(&world).await;
    let request = world.member("operator").types(&from_dev(&golden, "backup:no logs:delete")).await;
    request.succeeds().await;
    request.stands_once().await;
    assert_eq!(world.remains(&golden, Dev).await, Vec::<&str>::new());
    let tasks = world.services.tasks_about(&golden.id).await;
    let removing = tasks.iter().filter(|task| task.to_string().contains("remove"));
    assert_eq!(removing.count(), 2, "a task for the user and one for the database: {tasks:?}");
    let general = |task: &serde_json::Value| task["taskDefinitionArn"].to_string().contains("/dev-generic-db:");
    assert!(tasks.iter().all(general), "with a task definition that knows no tenant's secret: {tasks:?}");
    request.is_certified().await;
    world.end().await;
}

#[tokio::test]
async fn killed_in_the_middle_another_bot_ends_it_and_does_everything_once() {
    let world = World::start().await;
    let golden = poc(&world).await;
    let moments = [
        ("UpdateService", "drain service"),
        ("DeleteTargetGroup", "remove target group"),
        ("DeleteSecret", "remove secret"),
    ];
    // AWS thinks long enough about these for the bot to be killed meanwhile.
    for (operation, _) in moments {
        let fault = json!({ "operation": operation, "tenant": golden.id, "times": 1, "seconds": 6 });
        world.services.breaks("slow-answer", fault).await;
    }
    let request = world.member("operator").types(&from_dev(&golden, "backup:yes logs:keep")).await;
    let place = request.place().await;
    for (_, step) in moments {
        request.comes_to_show(&format!("⏳ {step}")).await;
        world.bot_dies().await;
        world.bot_starts().await;
    }
    request.succeeds().await;
    assert_eq!(request.place().await, place, "the same card");
    request.stands_once().await;
    assert_eq!(world.remains(&golden, Dev).await, ["log group"]);
    assert_eq!(world.services.tasks_about(&golden.id).await.len(), 1, "one backup");
    assert_eq!(world.services.mails(&golden.email()).await.len(), 1);
    let certificate = request.is_certified().await;
    assert!(certificate["sites"][0]["planned"].as_array().is_some_and(|planned| planned.len() >= 10), "{certificate}");
    let [living, deleted] = world.registry().await;
    assert_eq!((living.len(), deleted.len()), (0, 1));
    world.end().await;
}
