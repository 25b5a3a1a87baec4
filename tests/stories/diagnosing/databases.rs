//! Playbook 3.1, database creation failed, and 3.2, database clean-up: over MariaDB and the tasks that work on it.

use landlord_core::kind::Kind;
use landlord_core::plan::Engagement;
use landlord_core::tenant::Environment::{Dev, Sit};
use serde_json::json;

use super::{MENDER, Told, comes_to, is_well, residents};
use crate::until::until;
use crate::world::{Reach, Setting, Tenant, World};

pub(super) fn told() -> Told {
    [
        "password refused by the database",
        "database user without grants",
        "database is somebody else's",
        "a database is left over",
        "what is left of it stands",
    ]
    .into()
}

fn user(tenant: &Tenant) -> String {
    format!("'{}'@'%'", tenant.subject(Dev).tenancy.name(Kind::DatabaseUser))
}

/// The tenant's database as a pattern of a grant.
fn database(tenant: &Tenant) -> String {
    tenant.subject(Dev).tenancy.name(Kind::Database).replace('_', "\\_")
}

#[tokio::test]
async fn what_is_wrong_between_secret_user_and_database_is_named() {
    let world = World::start().await;
    let tenants = residents(&world, 3).await;
    let (user_of, golden) = (user(&tenants[0]), &tenants[0]);
    world.sql(Dev, &format!("REVOKE ALL PRIVILEGES, GRANT OPTION FROM {user_of}")).await;
    comes_to(&world, golden, Dev, "database user without grants").await;
    world.sql(Dev, &format!("GRANT ALL PRIVILEGES ON `{}`.* TO {user_of}", database(golden))).await;
    is_well(&world, golden, Dev).await;

    world.sql(Dev, &format!("ALTER USER {} IDENTIFIED BY 'another'", user(&tenants[1]))).await;
    comes_to(&world, &tenants[1], Dev, "password refused by the database").await;

    let strangers = user(&tenants[2]);
    world.sql(Dev, &format!("DROP USER {strangers}")).await;
    let password = world.password(&tenants[2], Dev).await;
    world.sql(Dev, &format!("CREATE USER {strangers} IDENTIFIED BY '{password}'")).await;
    world.sql(Dev, &format!("GRANT ALL ON `somebody\\_else`.* TO {strangers}")).await;
    comes_to(&world, &tenants[2], Dev, "database is somebody else's").await;
    world.sql(Dev, &format!("DROP USER {strangers}")).await;
    world.end().await;
}

#[tokio::test]
async fn what_is_left_over_leads_to_the_orphans() {
    let world = World::start().await;
    let tenants = residents(&world, 2).await;
    world.gains(&tenants[0], Sit, &[Kind::Database]).await;
    world.gains(&tenants[1], Sit, &[Kind::TargetGroup]).await;
    comes_to(&world, &tenants[1], Sit, "what is left of it stands").await;
    let shown = comes_to(&world, &tenants[0], Sit, "a database is left over").await;
    let list = world.member(MENDER).presses_on(&shown, "Orphans").await;
    list.shows(&format!("`{}` SIT — database · the tenant does not stand here", tenants[0].id));
    world.end().await;
}

#[tokio::test]
async fn a_database_that_an_earlier_run_left_is_named_where_the_provisioning_holds_and_where_it_is_asked() {
    let world = World::start().await;
    let golden = world.tenant();
    let name = golden.subject(Dev).tenancy.name(Kind::Database);
    world.sql(Dev, &format!("CREATE DATABASE `{name}`")).await;
    world.sql(Dev, &format!("CREATE USER {} IDENTIFIED BY 'of an earlier run'", user(&golden))).await;
    world.sql(Dev, &format!("GRANT ALL PRIVILEGES ON `{}`.* TO {}", database(&golden), user(&golden))).await;
    let operator = world.member("operator");
    let request = operator.types(&golden.provision("dev")).await;
    let card = request.holds().await;
    card.shows("Likely: database or user exists already (playbook 3.1, database creation failed)");
    operator.presses(&request, "Leave").await;
    request.becomes("abandoned").await;
    let shown = comes_to(&world, &golden, Dev, "database or user exists already").await;
    shown.shows("The registry has it there as incomplete");

    // Who drops the user, and asks again, gets the tenant.
    world.sql(Dev, &format!("DROP USER {}", user(&golden))).await;
    operator.types(&golden.provision("dev")).await.succeeds().await;
    is_well(&world, &golden, Dev).await;
    world.end().await;
}

#[tokio::test]
async fn a_clean_up_task_without_its_secret_is_named_by_the_deletion_and_by_the_diagnosis() {
    let world = World::with(Setting { dev: Reach::DatabasesByTasks, haste: 4, ..Setting::default() }).await;
    let golden = world.tenant();
    world.reside(std::slice::from_ref(&golden), &[Dev], Engagement::Client).await;
    let operator = world.member("operator");
    let line = format!("/tenant delete tenant:{} environment:dev reason:other backup:no logs:delete", golden.id);
    let request = operator.types(&line).await;
    request.becomes("waiting").await;
    // The tasks are about these names and do not say whose they are.
    let named = [Kind::Database, Kind::DatabaseUser].map(|kind| golden.subject(Dev).tenancy.name(kind));
    let loses_its_secret = async || {
        for name in &named {
            world.services.breaks("db-task-resource-init", json!({ "tenant": name })).await;
        }
    };
    loses_its_secret().await;
    world.passes(25);
    request.holds().await.shows("unable to pull secrets").shows("Name a task definition in 'database.task'");
    let cause = "database clean-up cannot read its secret";
    let line = format!("/tenant diagnose tenant:{} environment:dev", golden.id);
    let shown = until(cause, async || {
        let shown = operator.types(&line).await.answer().clone();
        if shown.to_string().contains(&format!("Likely: {cause}")) { Ok(shown) } else { Err(shown) }
    })
    .await;
    shown.shows(request.id()).shows("Give `database.task` a task definition without secrets");
    let finds_its_secret = async || {
        for id in named.clone() {
            world.services.mends_for(&Tenant { id, ..golden.clone() }).await;
        }
    };
    finds_its_secret().await;
    // The same in the middle of the run: AWS thinks long enough about the target group for the secret to go meanwhile.
    let slow = json!({ "operation": "DeleteTargetGroup", "tenant": golden.id, "times": 1, "seconds": 6 });
    world.services.breaks("slow-answer", slow).await;
    operator.presses(&request, "Retry").await;
    request.comes_to_show("⏳ remove target group").await;
    loses_its_secret().await;
    let card = request.holds().await;
    card.shows("Likely: database clean-up cannot read its secret (playbook 3.2, database clean-up)");
    finds_its_secret().await;
    operator.presses(&request, "Retry").await;
    request.succeeds().await;
    assert_eq!(world.remains(&golden, Dev).await, Vec::<&str>::new());
    world.end().await;
}
