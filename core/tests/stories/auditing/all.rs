//! All tenants, by what the inventories list.

use landlord_core::fakes::{Fault, FaultError, Settings, Verb, World};
use landlord_core::kind::Kind;
use landlord_core::ports::Standing;
use landlord_core::tenant::Environment;
use time::Duration;

use super::{Dev, Prod, Sit, acme_in, audits, blueprint, client, id, stands_so};

const ALL: &str = "/tenant audit";

#[tokio::test]
async fn only_what_is_not_as_it_should_be_is_listed() {
    let world = acme_in(&[Dev, Sit]).await;
    for name in ["acme-2", "x-acme"] {
        world.stands(&client(name), &[Dev]).await;
    }
    let shown = audits(&world, ALL).await;
    shown
        .shows("**All is as it should be.** 0 of 3 tenants need a look.")
        .shows("Nothing is missing, extra or different.");

    world.cloud.vanish(Kind::Service, &world.subject(&client("acme"), Sit));
    world.cloud.vanish(Kind::TargetGroup, &world.subject(&client("acme"), Sit));
    world.cloud.plant_rule(Dev, "acme-2.wpdev.kimmyai.io", &[&id("acme-2")], None);
    world.cloud.plant(Kind::Secret, &blueprint(&world, &client("x-acme"), Prod)).unwrap();
    let shown = audits(&world, ALL).await;
    shown.shows("**2 missing · 2 extra.** 3 of 3 tenants need a look.");
    shown.shows("`acme` SIT · missing: service, target group").hides("`acme` DEV");
    shown.shows("`acme-2` DEV · extra: listener rule");
    shown.shows("`x-acme` PROD (not there by the registry) · extra: secret");
}

#[tokio::test]
async fn what_is_no_tenants_is_counted_and_left_to_the_orphans() {
    let world = acme_in(&[Dev]).await;
    world.cloud.plant_foreign(Kind::Service, Dev, "dev-gone-service", "no tag");
    world.cloud.plant_foreign(Kind::DnsRecord, Dev, "free.wpdev.kimmyai.io", "it leads elsewhere");
    world.cloud.plant_foreign(Kind::Secret, Dev, "the-teams-own", "no tag");
    let shown = audits(&world, ALL).await;
    shown.shows("2 resources bear a name or host of no tenant").shows("0 of one tenant need a look");
}

#[tokio::test]
async fn an_environment_that_is_away_or_answers_as_another_does_not_hide_the_others() {
    let world = acme_in(&Environment::ALL).await;
    world.cloud.vanish(Kind::Secret, &world.subject(&client("acme"), Dev));
    world.cloud.fail(Fault::new(FaultError::Credentials).in_environment(Sit).times(100));
    world.cloud.answer_as(Prod, Some("536580886816"));
    let shown = audits(&world, ALL).await;
    shown.shows("**1 missing.** SIT and PROD could not be looked at.");
    shown.shows("DEV: 536580886816 answers, as configured").shows("SIT: ⚠️ it could not be asked");
    shown.shows("PROD: ⚠️ 536580886816 answers, and 093646564004 is configured");
    shown.shows("`acme` DEV · missing: secret").hides("`acme` SIT").hides("`acme` PROD");
}

#[tokio::test]
async fn databases_that_are_reached_by_tasks_are_unseen_and_never_missing() {
    let world = acme_in(&[Dev]).await;
    world.cloud.reach_databases_by_task(Dev);
    let shown = audits(&world, ALL).await;
    shown.shows("**All that was seen is as it should be.** 2 could not be seen.");
    shown.shows("› database: not listed here; an audit of one tenant looks");
    let close = audits(&world, super::ACME).await;
    assert_eq!(super::row(&close, "database user")[0], "ok");
}

#[tokio::test]
async fn who_is_shut_down_or_half_way_is_said_to_be() {
    let world = acme_in(&[Dev, Sit]).await;
    stands_so(&world, "acme", Dev, Standing::Shut).await;
    world.cloud.vanish(Kind::ListenerRule, &world.subject(&client("acme"), Dev));
    stands_so(&world, "acme", Sit, Standing::Incomplete).await;
    world.cloud.vanish(Kind::Secret, &world.subject(&client("acme"), Sit));
    let shown = audits(&world, ALL).await;
    shown.shows("1 incomplete.").shows("`acme` SIT (incomplete) · missing: secret").hides("`acme` DEV");
}

/// Twenty-five tenants of which each lacks something.
async fn many(world: &World) {
    for number in 10..35 {
        let details = client(&format!("crust-{number}"));
        world.stands(&details, &[Dev]).await;
        world.cloud.vanish(Kind::Secret, &world.subject(&details, Dev));
    }
}

#[tokio::test]
async fn pages_are_turned_without_asking_the_cloud_again() {
    let world = World::start();
    many(&world).await;
    let first = audits(&world, ALL).await;
    first.shows("`crust-10` DEV").shows("`crust-19` DEV").hides("crust-20").shows("25 in all · page 1 of 3");
    assert_eq!(first.card.files.len(), 2);
    let asked = world.cloud.journal().len();
    let operator = world.member("operator");
    let second = operator.presses_on(&first, "On ›").await;
    second.shows("`crust-20` DEV").shows("page 2 of 3").shows("536580886816 answers, as configured");
    let third = operator.presses_on(&second, "On ›").await;
    third.shows("`crust-34` DEV").shows("page 3 of 3");
    assert_eq!(world.cloud.journal().len(), asked, "no press asks the cloud");
    let id = first.button("On ›");
    world.member("newcomer").sends(&id).await.shows("This needs the role Operator");
    world.passes(Duration::minutes(15)).await;
    operator.sends(&id).await.shows("Use `/tenant audit` again");
}

#[tokio::test]
async fn a_thousand_tenants_fit_into_pages_and_files() {
    let settings = Settings { page_size: 100, capacity: 5_000, ..Settings::default() };
    let world = World::with(settings);
    for number in 0..1_000 {
        let details = client(&format!("a-tenant-with-a-long-{number:03}"));
        world.stands(&details, &Environment::ALL).await;
        if number % 100 == 0 {
            world.cloud.vanish(Kind::AccessPoint, &world.subject(&details, Prod));
        }
    }
    let shown = audits(&world, ALL).await;
    shown.shows("**10 missing.** 10 of 1000 tenants need a look.").shows("`a-tenant-with-a-long-900` PROD");
    for file in &shown.card.files {
        assert!(file.bytes.len() < 8 * 1024 * 1024, "{} has {} bytes", file.name, file.bytes.len());
    }
    let csv = std::str::from_utf8(&shown.card.files[0].bytes).unwrap();
    assert_eq!(csv.lines().count(), 1 + 3_000);
    let json: serde_json::Value = serde_json::from_slice(&shown.card.files[1].bytes).unwrap();
    let cells = json["tenants"].as_array().unwrap().iter().map(|row| row["kinds"].as_object().unwrap().len());
    assert_eq!(cells.sum::<usize>(), 30_000);
    let calls = world.cloud.journal();
    assert!(calls.iter().all(|call| call.verb != Verb::Find), "tenants are not asked about one by one");
}
