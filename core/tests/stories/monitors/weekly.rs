//! Mondays at 6: the provisionings that failed, and all tenants against what should stand.

use landlord_core::fakes::{Fault, FaultError, Verb, World};
use landlord_core::kind::Kind;
use landlord_core::operation::State;
use landlord_core::tenant::Environment::{Dev, Prod, Sit};
use time::Duration;

use super::{NEXT_AUDIT, audits, begins, begun, said};
use crate::DEV;
use crate::deletion::{acme_in, client};

/// A provisioning in DEV that cannot get past its secret.
async fn fails(world: &World, tenant: &str) {
    world.cloud.fail(Fault::new(FaultError::Denied).on(Verb::Ensure).of_kind(Kind::Secret));
    let line = DEV.replace("goldencrust", tenant).replace("golden ", &format!("{tenant} "));
    let request = world.member("operator").types(&line).await;
    request.becomes(State::Holding).await;
}

#[tokio::test]
async fn nothing_is_said_where_nothing_is_to_be_done() {
    let world = acme_in(&[Dev, Sit]).await;
    begins(&world).await;
    audits(&world).await;
    assert_eq!(said(&world), Vec::<String>::new());
}

#[tokio::test]
async fn what_holds_or_came_to_nothing_in_the_week_is_listed() {
    let world = begun().await;
    fails(&world, "holding").await;
    fails(&world, "unwound").await;
    let unwound = world.operations().pop().unwrap();
    world.member("operator").presses(&world.request(&unwound), "Roll back").await;
    world.member("operator").types(DEV).await;
    audits(&world).await;
    let told = said(&world);
    assert_eq!(told.len(), 1, "{told:?}");
    for line in [
        "🔎 **Audit of failed provisionings** since",
        "2 provisionings to see to",
        "Provision holding in DEV · on hold",
        "Provision unwound in DEV · rolled back",
    ] {
        assert!(told[0].contains(line), "{line}: {}", told[0]);
    }
    assert!(!told[0].contains("goldencrust"), "what went well is not in it");

    world.lives_until(NEXT_AUDIT + Duration::WEEK).await;
    world.monitors().await;
    let again = said(&world).into_iter().rfind(|text| text.starts_with("🔎")).unwrap();
    assert!(
        again.contains("1 provisioning to see to") && again.contains("holding"),
        "what holds is said again: {again}"
    );
    assert!(!again.contains("unwound"), "{again}");
}

#[tokio::test]
async fn many_are_in_a_file() {
    let world = begun().await;
    for number in 10..25 {
        fails(&world, &format!("crust-{number}")).await;
    }
    audits(&world).await;
    let message = world.said_of_incidents().remove(0);
    assert!(message.text.contains("15 provisionings to see to"), "{}", message.text);
    assert!(message.text.contains("more: all are in the file"), "{}", message.text);
    assert!(message.text.chars().count() <= landlord_core::ports::Message::LEGIBLE);
    let table = std::str::from_utf8(&message.files[0].bytes).unwrap();
    assert_eq!(table.lines().count(), 1 + 15);
    assert!(table.contains("crust-24,DEV,on hold,2026-03-02T"), "{table}");
}

#[tokio::test]
async fn a_tenant_that_lacks_something_is_said_with_what_it_lacks() {
    let world = acme_in(&[Dev]).await;
    begins(&world).await;
    world.cloud.vanish(Kind::Secret, &world.subject(&client("acme"), Dev));
    world.cloud.plant_foreign(Kind::Service, Dev, "dev-gone-service", "no tag");
    audits(&world).await;
    let told = said(&world);
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(told[0].contains("🔎 **Audit of all tenants**: **1 missing.** 1 of one tenant needs a look."), "{told:?}");
    assert!(
        told[0].contains("- `acme` DEV · missing: secret") && told[0].contains("1 resource is no tenant's"),
        "{told:?}"
    );
    assert!(world.said_of_incidents()[0].files.is_empty(), "it is short");
}

#[tokio::test]
async fn many_tenants_are_in_files() {
    let world = World::start();
    for number in 10..35 {
        let details = client(&format!("crust-{number}"));
        world.stands(&details, &[Dev]).await;
        world.cloud.vanish(Kind::Secret, &world.subject(&details, Dev));
    }
    begins(&world).await;
    audits(&world).await;
    let message = world.said_of_incidents().remove(0);
    assert!(message.text.contains("- `crust-19` DEV") && message.text.contains("and 15 more: all are in the file"));
    let names: Vec<&str> = message.files.iter().map(|file| file.name.as_str()).collect();
    assert_eq!(names, ["audit-tenants.csv", "audit-tenants.json"]);
}

#[tokio::test]
async fn an_environment_that_cannot_be_seen_is_not_well() {
    let world = acme_in(&[Dev]).await;
    begins(&world).await;
    world.cloud.fail(Fault::new(FaultError::Credentials).in_environment(Sit).times(100));
    world.cloud.answer_as(Prod, Some("536580886816"));
    audits(&world).await;
    let told = said(&world);
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(told[0].contains("⚠️ **Audit of all tenants**: not everything could be seen"), "{told:?}");
    assert!(told[0].contains("SIT: Token has expired") && told[0].contains("PROD: 536580886816 answers"), "{told:?}");
}

#[tokio::test]
async fn what_is_being_worked_on_is_nobodys_to_see_to() {
    let world = begun().await;
    world.cloud.fail(Fault::new(FaultError::Denied).on(Verb::Ensure).of_kind(Kind::Secret));
    world.member("operator").types(DEV).await;
    audits(&world).await;
    let told = said(&world);
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(told[0].contains("failed provisionings"), "the audit leaves it to whoever works on it: {told:?}");
}
