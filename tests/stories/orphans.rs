//! What bears a tenant's name and is no tenant's is listed, removed or adopted over the real wires (playbook 4.3).

use landlord_core::kind::Kind;
use landlord_core::plan::Engagement;
use landlord_core::ports::Standing;
use landlord_core::tenant::Environment::{self, Dev, Prod, Sit};
use serde_json::Value;

use crate::deletion::{from_dev, poc};
use crate::world::{Setting, Shown, Tenant, World};

/// Nobody else's tenants are about: whoever is not in this story's registry would be an orphan.
async fn empty() -> World {
    let world = World::with(Setting { alone: true, haste: 4, ..Setting::default() }).await;
    world.services.resets().await;
    world
}

async fn lists(world: &World) -> Shown {
    let shown = world.member("operator").types("/tenant orphans").await.answer().clone();
    assert!(shown.is_private(), "{shown}");
    shown
}

fn choice(tenant: &Tenant, environment: Environment) -> String {
    format!("{} in {}", tenant.id, environment.title())
}

#[tokio::test]
async fn what_is_left_of_whom_is_listed_and_neighbours_are_not() {
    let world = empty().await;
    let golden = poc(&world).await;
    let silver = world.tenant();
    // Names that a careless prefix or suffix takes for silver's, all of them tenants.
    let neighbours: Vec<Tenant> = [format!("{}-2", silver.id), format!("x-{}", silver.id), format!("{}0", silver.id)]
        .into_iter()
        .map(|id| world.tenant_named(&id))
        .collect();
    world.reside(&neighbours, &[Dev], Engagement::Client).await;
    let operator = world.member("operator");
    operator.types(&from_dev(&golden, "backup:no logs:keep")).await.succeeds().await;
    // A deletion by hand that somebody gave up.
    world.gains(&silver, Sit, &[Kind::Database, Kind::TargetGroup]).await;
    world.gains(&silver, Prod, &[Kind::Secret, Kind::LogGroup]).await;

    let list = lists(&world).await;
    list.shows(&format!("`{}` SIT — target group, database · no tenant", silver.id));
    list.shows(&format!("`{}` PROD — secret, log group · no tenant", silver.id));
    list.shows(&format!("`{}` DEV — log group · deleted", golden.id)).shows("its logs are kept");
    for neighbour in &neighbours {
        list.hides(&format!("`{}`", neighbour.id));
    }
    let table = String::from_utf8(world.file(&list, "orphans.csv").await).unwrap();
    let tree: Value = serde_json::from_slice(&world.file(&list, "orphans.json").await).unwrap();
    // What the platform itself has bears the names of no tenants as well.
    let listed = tree["orphans"].as_array().unwrap().iter().filter(|one| one["tenant"].to_string().contains("golden-"));
    let lines = table.lines().filter(|line| line.contains("golden-"));
    assert_eq!((lines.count(), listed.count()), (5, 3), "{table}\n{tree}");
    assert!(
        table.lines().any(|line| line == format!("{0},sit,unknown,,target group,sit-{0}-tg", silver.id)),
        "{table}"
    );
    let only = operator.types("/tenant orphans environment:prod").await;
    only.answer().shows(&format!("`{}` PROD", silver.id)).hides("SIT").hides("DEV");
    let gone = operator.chooses_on(&list, &choice(&golden, Dev)).await;
    gone.shows("It cannot be adopted: the id of a deleted tenant is never given again.");
    assert_eq!(gone.buttons(), ["Remove"]);
    world.member("newcomer").types("/tenant orphans").await.answer().shows("This needs the role Operator");
    world.services.resets().await;
    world.end().await;
}

#[tokio::test]
async fn it_is_removed_by_button_with_the_approval_of_its_environment() {
    let world = empty().await;
    let silver = world.tenant();
    let neighbour = world.tenant_named(&format!("{}-2", silver.id));
    world.reside(std::slice::from_ref(&neighbour), &[Dev, Sit, Prod], Engagement::Client).await;
    let before = world.services.dump_of(&neighbour).await;
    world.inhabit(std::slice::from_ref(&silver), &[Dev]).await;
    world.gains(&silver, Sit, &[Kind::Database, Kind::TargetGroup, Kind::AccessPoint]).await;
    world.gains(&silver, Prod, &[Kind::Secret, Kind::LogGroup]).await;
    let operator = world.member("operator");
    let list = lists(&world).await;

    let one = operator.chooses_on(&list, &choice(&silver, Dev)).await;
    assert_eq!(one.buttons(), ["Adopt", "Remove"]);
    let dev = operator.files_with(&one, "Remove").await;
    dev.answer().shows(&format!("Filed: Remove orphans of {} in DEV", silver.id));
    dev.succeeds().await;
    dev.is_certified().await;
    assert_eq!(world.remains(&silver, Dev).await, Vec::<&str>::new());

    let one = operator.chooses_on(&list, &choice(&silver, Sit)).await;
    assert_eq!(one.buttons(), ["Remove"], "without a service it is not adopted");
    let sit = operator.files_with(&one, "Remove").await;
    sit.becomes("awaiting_approval").await.shows("needs a Team Lead");
    world.member("devops-lead").reacts(&sit, "✅").await;
    sit.comes_to_show("@devops-lead holds none of the roles that approve").await;
    world.member("team-lead").reacts(&sit, "✅").await;
    sit.succeeds().await;
    assert_eq!(world.remains(&silver, Sit).await, Vec::<&str>::new());

    let one = operator.chooses_on(&list, &choice(&silver, Prod)).await;
    let form = operator.is_asked_on(&one, "Remove").await;
    let wrong = operator.hands_in(&form, &[("name", &neighbour.id)]).await;
    wrong.answer().shows("What was typed is not the tenant's name, so nothing was filed");
    assert!(!wrong.is_filed());
    let form = operator.is_asked_on(&one, "Remove").await;
    let prod = operator.hands_in(&form, &[("name", &silver.id)]).await;
    prod.becomes("awaiting_approval").await.shows("needs a DevOps Lead").shows(&format!("typed `{}`", silver.id));
    world.member("devops-lead").reacts(&prod, "✅").await;
    prod.succeeds().await;
    assert_eq!(world.remains(&silver, Prod).await, Vec::<&str>::new());

    lists(&world).await.hides(&silver.id);
    world.services.dump_of(&neighbour).await.is(&before, "what the neighbour has");
    assert_eq!(world.services.mails(&silver.email()).await, Vec::<String>::new());
    world.services.resets().await;
    world.end().await;
}

#[tokio::test]
async fn adopted_by_button_it_is_an_orphan_no_more_whatever_was_shown_before() {
    let world = empty().await;
    let silver = world.tenant();
    world.inhabit(std::slice::from_ref(&silver), &[Dev, Sit]).await;
    let operator = world.member("operator");
    let list = lists(&world).await;
    let one = operator.chooses_on(&list, &choice(&silver, Dev)).await;
    let before = world.services.dump_of(&silver).await;
    let adoption = operator.files_with(&one, "Adopt").await;
    adoption.answer().shows(&format!("Filed: Adopt {} in DEV and SIT", silver.id));
    adoption.succeeds().await;
    world.services.dump_of(&silver).await.is(&before, "what was adopted");
    let owned = format!("`{}` is a tenant that stands in DEV, so nothing of it is an orphan", silver.id);
    operator.presses_on(&one, "Remove").await.shows(&owned);
    operator.chooses_on(&list, &choice(&silver, Sit)).await.shows("is an orphan any more");
    lists(&world).await.hides(&silver.id);
    world.services.dump_of(&silver).await.is(&before, "what was adopted");
    world.end().await;
}

#[tokio::test]
async fn owned_when_its_removal_is_approved_nothing_goes() {
    let world = empty().await;
    let silver = world.tenant();
    world.inhabit(std::slice::from_ref(&silver), &[Sit]).await;
    let operator = world.member("operator");
    let removal = operator.types(&format!("/tenant sweep tenant:{} environment:sit", silver.id)).await;
    removal.becomes("awaiting_approval").await;
    let adoption = operator.types(&format!("/tenant adopt tenant:{}", silver.id)).await;
    adoption.answer().shows(&format!("operation `{}` is working on it", removal.id()));
    lists(&world).await.shows(&format!("operation `{}` is working on it", removal.id()));
    let before = world.services.dump_of(&silver).await;
    world.remembers(std::slice::from_ref(&silver), &[Sit], Engagement::Client, Standing::Active).await;
    world.member("team-lead").reacts(&removal, "✅").await;
    let card = removal.holds().await;
    card.shows(&format!("{} is a tenant that stands in SIT by now", silver.id)).shows("Nothing was touched.");
    operator.presses(&removal, "Leave").await;
    removal.becomes("abandoned").await;
    world.services.dump_of(&silver).await.is(&before, "what became owned");
    world.end().await;
}

#[tokio::test]
async fn the_tasks_that_the_bot_itself_runs_are_nobodys_leftovers() {
    let world = empty().await;
    let list = lists(&world).await;
    list.hides("tenant-backup");
    let before = world.services.dump(&["--only", "tenant-backup"]).await;
    let refused = world.member("operator").types("/tenant sweep tenant:tenant-backup environment:dev").await;
    assert!(!refused.is_filed(), "{}", refused.answer());
    refused.answer().shows("Nothing that is `tenant-backup`'s own was found in DEV");
    world.services.dump(&["--only", "tenant-backup"]).await.is(&before, "what backups need");
    world.end().await;
}
