//! Tenants whose names are prefixes of one another: one goes, and the others stand as before.

use landlord_core::fakes::{Settings, World};
use landlord_core::kind::Kind;
use landlord_core::operation::State;
use landlord_core::ports::Subject;
use landlord_core::tenant::Environment;
use time::Duration;

use super::{Dev, Prod, client, id, tenancy};

const FAMILY: [&str; 6] = ["acm", "acme", "acme-2", "acme-20", "acme2", "x-acme"];

/// All that stands, and what the others' own are.
async fn others(world: &World, victim: &str) -> (Vec<String>, Vec<String>) {
    let subjects: Vec<Subject> = FAMILY
        .iter()
        .filter(|name| **name != victim)
        .flat_map(|name| Environment::ALL.map(|environment| world.subject(&client(name), environment)))
        .collect();
    let standing = world.standing(&subjects).await;
    let own: Vec<String> = Environment::ALL
        .into_iter()
        .map(|environment| world.subject(&client(victim), environment))
        .flat_map(|subject| {
            let name = |kind| format!("{} {kind} {}", subject.tenancy.environment, world.cloud.name(kind, &subject));
            Kind::DELETION_ORDER.map(name)
        })
        .collect();
    standing.lines().map(ToOwned::to_owned).partition(|line| !own.contains(line))
}

async fn family(settings: Settings) -> World {
    let world = World::with(settings);
    for name in FAMILY {
        world.stands(&client(name), &Environment::ALL).await;
    }
    world
}

#[tokio::test]
async fn of_a_family_of_names_only_the_one_goes() {
    for (victim, page_size) in FAMILY.into_iter().zip([1, 4, 100].into_iter().cycle()) {
        let world = family(Settings { page_size, ..Settings::default() }).await;
        let (rest, own) = others(&world, victim).await;
        assert_eq!(own.len(), 30, "{victim}");
        let operator = world.member("operator");
        let line = format!("/tenant delete tenant:{victim} environment:all reason:other backup:no logs:delete");
        let form = operator.types(&line).await;
        let request = operator.submits(form.answer(), &[("name", victim)]).await;
        world.member("team-lead").reacts(&request, "✅").await;
        world.member("devops-lead").reacts(&request, "✅").await;
        world.passes(Duration::DAY).await;
        request.becomes(State::Succeeded).await;
        assert_eq!(others(&world, victim).await, (rest, Vec::new()), "{victim}");
        let touched = world.cloud.journal().into_iter().filter(|call| !call.subject.is_empty());
        for call in touched {
            let changes = matches!(call.verb.as_str(), "remove" | "force-remove" | "scale" | "retain-logs" | "backup");
            assert!(!changes || call.subject == victim, "{call}");
        }
    }
}

#[tokio::test]
async fn all_that_a_plan_names_is_the_tenants_own() {
    let world = family(Settings::default()).await;
    let request = world.member("operator").types(super::FROM_DEV).await;
    let plan = request.operation().plan;
    assert_eq!(plan.sites.len(), 1);
    let ids: Vec<&str> = plan.sites[0].goes.iter().map(|one| one.id.as_str()).collect();
    assert_eq!(ids.len(), 10, "{ids:?}");
    for other in FAMILY.into_iter().filter(|name| *name != "acme") {
        let theirs = world.standing(&[world.subject(&client(other), Dev)]).await;
        let theirs: Vec<&str> = theirs.lines().filter(|line| line.ends_with(" own")).collect();
        assert_eq!(theirs.len(), 10);
        assert!(theirs.iter().all(|line| ids.iter().all(|id| !line.contains(&format!(" {id} ")))), "{theirs:?}");
    }
}

#[tokio::test]
async fn a_neighbour_with_the_tenants_tag_or_a_rule_to_both_is_in_the_way() {
    let world = family(Settings::default()).await;
    // An access point that is tagged with the tenant and named after its neighbour, and a rule that leads to both.
    world.cloud.plant_access_point(&tenancy("acme", Dev), "dev-acme-2-ap");
    world.cloud.plant_rule(Dev, "both.wpdev.kimmyai.io", &[&id("acme"), &id("acme-2")], None);
    let subjects = [world.subject(&client("acme-2"), Dev), world.subject(&client("acme"), Prod)];
    let before = world.standing(&subjects).await;
    let request = super::runs(&world, super::FROM_DEV).await;
    request.card().shows("In the way").shows("it is named after acme-2").shows("it also forwards to dev-acme-2-tg");
    request.is(State::Holding);
    request.card().shows("is not this tenant's").shows("Nothing was touched");
    assert_eq!(world.standing(&subjects).await, before);
}
