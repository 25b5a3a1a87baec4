//! What stands already: the tenant's own is taken over, somebody else's is left alone.

use landlord_core::fakes::{Verb, World};
use landlord_core::kind::Kind;
use landlord_core::operation::State;
use landlord_core::ports::{Blueprint, Subject};
use landlord_core::size::Size;
use landlord_core::tenant::{Environment, Tenancy};

use crate::{DEV, cloud_outages, resources};

/// The tenant that [`DEV`] asks for.
fn subject() -> Subject {
    let tenancy = Tenancy::new("goldencrust".parse().unwrap(), Environment::Dev);
    Subject { tenancy, subdomain: "golden".parse().unwrap() }
}

fn plant(world: &World, kinds: &[Kind]) {
    let blueprint = Blueprint { subject: subject(), size: Size::DEFAULT, load_balancer: "dev-alb".into() };
    for kind in kinds {
        world.cloud.plant(*kind, &blueprint).unwrap();
    }
}

#[tokio::test]
async fn the_tenants_own_is_taken_over() {
    let world = World::start();
    plant(&world, &[Kind::LogGroup, Kind::Secret, Kind::TargetGroup]);
    let request = world.member("operator").types(DEV).await;
    request.is(State::Succeeded);
    request.card().shows("Stands already").shows("log group `").shows("the tenant's own, taken over as it is");
    assert!(request.thread().contains("✅ ensure log group · `/ecs/dev-goldencrust` stood already"));
    assert_eq!(resources(&world).await, 10);
}

#[tokio::test]
async fn rolling_back_leaves_what_was_taken_over() {
    let world = World::start();
    plant(&world, &[Kind::LogGroup, Kind::Database, Kind::TargetGroup]);
    let before = world.standing(&[subject()]).await;
    world.cloud.fail(cloud_outages::denied(Kind::Service));
    let request = world.member("operator").types(DEV).await;
    request.is(State::Holding);
    world.member("operator").presses(&request, "Roll back").await;
    request.is(State::Unwound);
    assert_eq!(world.standing(&[subject()]).await, before);
    let touched = |kind| world.cloud.journal().iter().any(|call| call.verb == Verb::Remove && call.kind == Some(kind));
    assert!(!touched(Kind::Database), "a database of that name may have been made anew");
    world.member("operator").types("/tenant list").await.answer().shows("DEV incomplete");
}

#[tokio::test]
async fn somebody_elses_is_a_hold_and_stays_as_it_is() {
    for kind in [Kind::Service, Kind::TargetGroup, Kind::AccessPoint, Kind::Secret, Kind::LogGroup] {
        let world = World::start();
        let name = world.cloud.name(kind, &subject());
        world.cloud.plant_foreign(kind, Environment::Dev, &name, "its tags name another team");
        let before = world.standing(&[subject()]).await;

        let request = world.member("operator").types(DEV).await;
        request.is(State::Holding);
        request.card().shows("is not this tenant's").shows("its tags name another team");
        request.card().shows("Diagnosis");
        assert!(request.thread().contains("(calls @operator)"), "{}", request.thread());

        world.member("operator").presses(&request, "Roll back").await;
        request.is(State::Unwound);
        assert_eq!(world.standing(&[subject()]).await, before, "{kind}");
        let list = world.member("operator").types("/tenant list").await;
        list.answer().shows("There are no tenants yet");
    }
}

#[tokio::test]
async fn a_host_name_that_a_foreign_rule_or_record_has_is_taken_and_others_are_offered() {
    for kind in [Kind::ListenerRule, Kind::DnsRecord] {
        let world = World::start();
        let name = world.cloud.name(kind, &subject());
        world.cloud.plant_foreign(kind, Environment::Dev, &name, "it leads elsewhere");
        let request = world.member("operator").types(DEV).await;
        assert!(!request.is_filed());
        request
            .answer()
            .shows("The subdomain `golden` is taken")
            .shows("`golden-site`, `golden-web` and `golden-shop`");
        assert!(world.chat.all_messages().is_empty());
    }
}

#[tokio::test]
async fn a_subdomain_of_another_tenant_is_taken_and_others_are_offered() {
    let world = World::start();
    world.member("operator").types(DEV).await.is(State::Succeeded);
    let line = "/tenant provision environment:dev tenant:silverloaf company:Silver Loaf subdomain:golden \
                email:owner@silver.example";
    let request = world.member("operator").types(line).await;
    assert!(!request.is_filed());
    let answer = "The subdomain `golden` is taken: tenant `goldencrust` has it. Free are `golden-site`, `golden-web` and \
                  `golden-shop`.";
    assert_eq!(request.answer().card.body, answer);

    let other = line.replace("subdomain:golden", "subdomain:golden-site");
    world.member("operator").types(&other).await.is(State::Succeeded);
    let third = line.replace("silverloaf", "thirdloaf");
    let request = world.member("operator").types(&third).await;
    request.answer().shows("Free are `golden-web`, `golden-shop` and `golden-online`.");
}

#[tokio::test]
async fn an_id_that_is_taken_is_refused_and_says_by_whom() {
    let world = World::start();
    world.member("operator").types(DEV).await.is(State::Succeeded);
    for changed in [
        DEV.replace("subdomain:golden", "subdomain:silver"),
        DEV.replace("Golden Crust", "Silver Loaf"),
        DEV.replace("owner@", "another@"),
    ] {
        let request = world.member("operator").types(&changed).await;
        assert!(!request.is_filed());
        request
            .answer()
            .shows("The tenant id `goldencrust` is taken: it is registered for Golden Crust with the subdomain");
    }
}

#[tokio::test]
async fn a_tenant_left_half_way_is_finished_with_the_details_it_has() {
    let world = World::start();
    world.cloud.fail(cloud_outages::denied(Kind::Service));
    let first = world.member("operator").types(DEV).await;
    world.member("operator").presses(&first, "Leave").await;
    first.is(State::Abandoned);

    let other = world.member("operator").types(&format!("{DEV} cpu:1024")).await;
    assert!(!other.is_filed());
    other.answer().shows("`goldencrust` is registered with other details").shows("256 cpu · 512 MiB · 20 GiB");

    let again = world.member("operator").types(DEV).await;
    again.is(State::Succeeded);
    assert_eq!(resources(&world).await, 10);
}

#[tokio::test]
async fn a_load_balancer_without_room_is_passed_over_and_none_is_a_refusal() {
    let mut settings = landlord_core::fakes::Settings { capacity: 1, ..Default::default() };
    settings.place_mut(Environment::Dev).load_balancers.push("dev-alb-2".into());
    let world = World::with(settings);
    let named = |id: &str| DEV.replace("goldencrust", id).replace("subdomain:golden", &format!("subdomain:{id}"));
    let operator = world.member("operator");
    assert_eq!(operator.types(&named("first")).await.operation().plan.site().load_balancer, "dev-alb");
    assert_eq!(operator.types(&named("second")).await.operation().plan.site().load_balancer, "dev-alb-2");
    let third = operator.types(&named("third")).await;
    assert!(!third.is_filed());
    third.answer().shows("No load balancer of DEV has room");
}
