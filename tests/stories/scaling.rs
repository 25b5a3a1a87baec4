//! A tenant is scaled over the real wires: what CloudWatch measured is seen in words and as a picture, a revision that differs in
//! its size alone comes up, and one that does not come up is taken back.

use landlord_core::plan::Engagement;
use landlord_core::tenant::Environment::{self, Dev, Sit};
use serde_json::{Value, json};
use time::{Duration, OffsetDateTime};

use crate::world::{Setting, Tenant, World};

/// A client that stands in an environment.
async fn stands_in(world: &World, environment: Environment) -> Tenant {
    let golden = world.tenant();
    world.reside(std::slice::from_ref(&golden), &[environment], Engagement::Client).await;
    golden
}

fn scale(tenant: &Tenant, environment: Environment, more: &str) -> String {
    format!("/tenant scale tenant:{} environment:{environment} {more}", tenant.id)
}

/// Half of the CPU was used in the last days, and a quarter before; of the memory three fifths all the time.
async fn was_used(world: &World, tenant: &Tenant, environment: Environment) {
    let from = (OffsetDateTime::now_utc() - Duration::days(9)).unix_timestamp();
    let cpu: Vec<u32> = (0..10 * 24).map(|hour| if hour < 6 * 24 { 64 } else { 128 }).collect();
    for (metric, values) in [("CpuUtilized", cpu), ("MemoryUtilized", vec![308; 10 * 24])] {
        let what = json!({
            "environment": environment.as_str(), "tenant": tenant.id, "metric": metric, "from": from, "period": 3_600,
            "values": values,
        });
        world.services.measures(what).await;
    }
}

/// A revision without what no two have in common, in this size.
fn sized(definition: &Value, cpu: u32, memory: u32) -> Value {
    let mut definition = definition.clone();
    for own in ["taskDefinitionArn", "revision", "registeredAt"] {
        assert!(!definition[own].is_null(), "{own}: {definition}");
        definition[own] = Value::Null;
    }
    (definition["cpu"], definition["memory"]) = (json!(cpu.to_string()), json!(memory.to_string()));
    // The tenant's container has all of its task.
    let container = &mut definition["containerDefinitions"][0];
    (container["cpu"], container["memory"]) = (json!(cpu), json!(memory));
    definition
}

#[tokio::test]
async fn approved_in_sit_it_comes_up_in_another_size_and_in_nothing_else() {
    let world = World::start().await;
    let golden = stands_in(&world, Sit).await;
    was_used(&world, &golden, Sit).await;
    let request = world.member("operator").types(&scale(&golden, Sit, "cpu:512 memory:1024 count:2")).await;
    let card = request.becomes("awaiting_approval").await;
    card.shows("## Now\nrevision 1\n256 cpu · 512 MiB · 20 GiB · 1 task");
    card.shows("## Then\na new revision\n512 cpu · 1024 MiB · 20 GiB · 2 tasks");
    card.shows("CPU: last day 128 units on average (50 %), at most 128 (50 %); last week");
    card.shows("Memory: last day 308 MiB on average (60 %), at most 308 (60 %); last week 308 MiB on average (60 %)");
    let picture = request.picture().await;
    assert!(picture.starts_with(b"\x89PNG\r\n\x1a\n") && picture.len() > 2_000, "{} bytes", picture.len());
    let before = world.definitions(&golden, Sit).await;
    assert_eq!((before.len(), world.wants(&golden, Sit).await), (1, (1, 1, 1)), "nothing is touched before");

    world.member("team-lead").reacts(&request, "✅").await;
    request.succeeds().await.shows("revision 2 runs with 2 tasks: 2 of 2 tasks run of revision 2");
    assert_eq!(world.wants(&golden, Sit).await, (2, 2, 2));
    let after = world.definitions(&golden, Sit).await;
    assert_eq!((after.len(), &after[0]), (2, &before[0]), "what ran before stands as it was");
    assert_eq!(sized(&after[1], 512, 1_024), sized(&before[0], 512, 1_024), "all else is as it was");
    let sizes = |of: &Value| json!([of["cpu"], of["memory"]]);
    assert_eq!(sizes(&after[1]), json!(["512", "1024"]));
    assert_eq!(sizes(&after[1]["containerDefinitions"][0]), json!([512, 1_024]));
    let tags = |listed: &Value| {
        let mut tags = listed["tags"].as_array().cloned().unwrap();
        tags.retain(|tag| tag["key"] != "landlord-run");
        tags
    };
    let family = format!("sit-{}", golden.id);
    let [old, new] = [1, 2].map(|number| format!("{family}:{number}"));
    assert_eq!(tags(&world.definition(Sit, &new).await), tags(&world.definition(Sit, &old).await));
    assert_eq!(request.picture().await, picture, "the picture stays");
    request.stands_once().await;
    let again = world.member("operator").types(&scale(&golden, Sit, "cpu:512 memory:1024 count:2")).await;
    again.answer().shows("That would change nothing").shows("512 cpu · 1024 MiB · 20 GiB · 2 tasks");
    assert!(!again.is_filed());
    world.end().await;
}

#[tokio::test]
async fn without_measured_points_it_is_scaled_all_the_same() {
    let world = World::start().await;
    let golden = stands_in(&world, Dev).await;
    let request = world.member("operator").types(&scale(&golden, Dev, "count:2")).await;
    request.succeeds().await.shows("CPU: last day not measured; last week not measured");
    assert_eq!(world.wants(&golden, Dev).await, (1, 2, 2), "no revision is needed for another number");
    assert_eq!(world.definitions(&golden, Dev).await.len(), 1);
    world.end().await;
}

#[tokio::test]
async fn what_never_comes_up_is_taken_back_by_itself() {
    let world = World::with(Setting { haste: 4, ..Setting::default() }).await;
    let golden = stands_in(&world, Dev).await;
    // As many as it takes for ECS to give the deployment up.
    world.services.breaks("image-pull-fails", json!({ "tenant": golden.id, "times": 3 })).await;
    let request = world.member("operator").types(&scale(&golden, Dev, "cpu:512 count:2")).await;
    let card = request.becomes("unwound").await;
    card.shows("revision 1 is there as before: 256 cpu · 512 MiB · 20 GiB · 1 task");
    card.shows("revision 2 is not stable").shows("CannotPullContainerError");
    let thread = request.thread().await;
    assert!(thread.contains("↩️ **Taken back by itself.**"), "{thread}");
    assert!(thread.contains("deploy revision · revision 1 runs with 1 task, as before"), "{thread}");
    assert!(thread.contains("register revision · removed revision 2"), "{thread}");
    assert_eq!(world.wants(&golden, Dev).await, (1, 1, 1));
    let standing = world.definitions(&golden, Dev).await;
    assert_eq!((standing.len(), &standing[0]["revision"]), (1, &json!(1)));
    let gone = world.definition(Dev, &format!("dev-{}:2", golden.id)).await;
    assert_eq!(gone["taskDefinition"]["status"], "INACTIVE", "{gone}");
    request.stands_once().await;
    let [living, _] = world.registry().await;
    assert_eq!(living[0].details.size.to_string(), "256 cpu · 512 MiB · 20 GiB", "the registry says what runs");
    world.end().await;
}

#[tokio::test]
async fn what_cannot_be_or_changes_nothing_is_refused() {
    let world = World::start().await;
    let golden = stands_in(&world, Dev).await;
    let before = world.services.dump_of(&golden).await;
    for (given, because) in [
        ("cpu:512 memory:512", "512 cpu with 512 MiB. The nearest that it knows are"),
        ("cpu:300", "Fargate knows no size of 300 cpu with 512 MiB"),
        ("cpu:256 memory:512 count:1", "That would change nothing"),
        ("count:0", "`/tenant shutdown` takes a tenant off the net"),
        ("count:11", "a tenant has at most 10 tasks"),
    ] {
        let refused = world.member("operator").types(&scale(&golden, Dev, given)).await;
        refused.answer().shows(because);
        assert!(refused.answer().is_private() && !refused.is_filed(), "{given}");
    }
    let denied = world.member("newcomer").types(&scale(&golden, Dev, "count:2")).await;
    denied.answer().shows("This needs the role Operator");
    world.services.dump_of(&golden).await.is(&before, "the tenant");

    let line = format!("/tenant shutdown tenant:{} environment:dev reason:spam is sent from it", golden.id);
    world.member("on-call").types(&line).await.succeeds().await;
    let shut = world.member("operator").types(&scale(&golden, Dev, "count:2")).await;
    shut.answer().shows("is shut down. `/tenant reopen` puts it back first");
    assert!(!shut.is_filed());
    assert_eq!(world.wants(&golden, Dev).await, (1, 0, 0));
    world.end().await;
}

#[tokio::test]
async fn killed_in_the_middle_another_bot_ends_it_and_does_everything_once() {
    let world = World::start().await;
    let golden = stands_in(&world, Dev).await;
    let moments = [("RegisterTaskDefinition", "register revision"), ("UpdateService", "deploy revision")];
    // AWS does these, and answers so late that the bot is killed meanwhile.
    for (operation, _) in moments {
        let fault = json!({ "operation": operation, "tenant": golden.id, "times": 1, "seconds": 6, "when": "after" });
        world.services.breaks("slow-answer", fault).await;
    }
    // It is not stable before the story says so.
    world.services.breaks("targets-unhealthy", json!({ "tenant": golden.id })).await;
    let request = world.member("operator").types(&scale(&golden, Dev, "cpu:512")).await;
    let place = request.place().await;
    for step in ["register revision", "deploy revision", "await stable or turn back"] {
        request.comes_to_show(&format!("⏳ {step}")).await;
        world.bot_dies().await;
        world.bot_starts().await;
    }
    world.services.mends_for(&golden).await;
    request.succeeds().await.shows("revision 2 runs with 1 task");
    assert_eq!(request.place().await, place, "the same card");
    request.stands_once().await;
    assert_eq!(world.definitions(&golden, Dev).await.len(), 2, "one revision is registered");
    assert_eq!(world.wants(&golden, Dev).await, (2, 1, 1));
    world.end().await;
}
