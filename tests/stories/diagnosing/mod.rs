//! Why a tenant does not work (playbook 3.1, 3.2): each cause is made to happen over the real wires, is named, and leads to the
//! command that mends it.

mod databases;
mod health;
mod mends;
mod missing;
mod removal;
mod starts;

use std::collections::BTreeSet;

use landlord_core::diagnosis::causes;
use landlord_core::plan::Engagement;
use landlord_core::tenant::Environment::{self, Dev};

use crate::until::until;
use crate::world::{Shown, Tenant, World};

/// The causes that a table makes happen, by name.
type Told = BTreeSet<&'static str>;

/// As many tenants that stand in DEV and are well there.
async fn residents(world: &World, count: usize) -> Vec<Tenant> {
    let tenants: Vec<Tenant> = (0..count).map(|_| world.tenant()).collect();
    world.reside(&tenants, &[Dev], Engagement::Client).await;
    tenants
}

/// Who may use every command that mends.
const MENDER: &str = "devops-lead";

/// What somebody is answered who asks why the tenant does not work, and may mend it.
async fn asks(world: &World, tenant: &Tenant, environment: Environment) -> Shown {
    let line = format!("/tenant diagnose tenant:{} environment:{environment}", tenant.id);
    let shown = world.member(MENDER).types(&line).await.answer().clone();
    assert!(shown.is_private(), "{shown}");
    shown
}

/// Asks until the cause is the likeliest; then what speaks for it, what to do and the button of what mends it must be there.
async fn comes_to(world: &World, tenant: &Tenant, environment: Environment, cause: &str) -> Shown {
    let title = format!("Likely: {cause} · {} in {}", tenant.id, environment.title());
    let shown = until(format!("{title:?}"), async || {
        let shown = asks(world, tenant, environment).await;
        if shown.to_string().contains(&title) { Ok(shown) } else { Err(shown) }
    })
    .await;
    let entry = causes().find(|entry| entry.name == cause).unwrap_or_else(|| panic!("there is no cause {cause}"));
    let field = &shown.message["embeds"][0]["fields"][0];
    let (name, value) = (field["name"].as_str().unwrap(), field["value"].as_str().unwrap());
    assert!(name.to_lowercase().starts_with(&cause.to_lowercase()), "{name}");
    assert!(name.contains(&entry.section.to_string()), "{name}");
    assert!(value.starts_with("› "), "something speaks for {cause}: {value}");
    let advice: String = entry.advice.chars().take(60).collect();
    assert!(value.contains(&advice), "it is said what to do about {cause}: {value}");
    if let Some(mend) = entry.mend {
        let first = shown.buttons().first().copied().unwrap_or_default().to_owned();
        assert!(first.starts_with(mend.label()), "{cause} is mended by a button:\n{shown}");
    }
    shown
}

/// Asks until nothing is wrong any more.
async fn is_well(world: &World, tenant: &Tenant, environment: Environment) {
    until(format!("{} to be well", tenant.id), async || {
        let shown = asks(world, tenant, environment).await;
        if shown.to_string().contains("Nothing is wrong that can be seen") { Ok(()) } else { Err(shown) }
    })
    .await;
}

/// The causes that have a story of their own, beside the tables.
const ELSEWHERE: [&str; 4] = [
    "no session with the account",
    "shut down in an emergency",
    "database or user exists already",
    "database clean-up cannot read its secret",
];

#[test]
fn no_cause_is_left_out() {
    let mut told: Told = ELSEWHERE.into();
    for table in [starts::told(), health::told(), missing::told(), databases::told(), removal::told()] {
        told.extend(table);
    }
    assert_eq!(told, causes().map(|cause| cause.name).collect::<Told>());
}

#[tokio::test]
async fn a_tenant_that_is_well_and_who_may_not_ask() {
    let world = World::start().await;
    let golden = &residents(&world, 1).await[0];
    is_well(&world, golden, Dev).await;
    let shown = asks(&world, golden, Dev).await;
    shown.shows("Looked at and sound").shows("The registry has it there as validated.");
    assert_eq!(shown.buttons(), Vec::<&str>::new());
    let denied =
        world.member("newcomer").types(&format!("/tenant diagnose tenant:{} environment:dev", golden.id)).await;
    denied.answer().shows("This needs the role").hides("Looked at");
    world.end().await;
}
