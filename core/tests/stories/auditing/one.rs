//! One tenant over its environments.

use landlord_core::card::Tone;
use landlord_core::fakes::{Fault, FaultError, Verb, World};
use landlord_core::kind::Kind;
use landlord_core::operation::State;
use landlord_core::ports::{Standing, Workload as _};
use landlord_core::tenant::Environment;

use super::{ACME, Dev, Prod, Sit, acme_in, audits, blueprint, client, id, row, stands_so, tenancy};
use crate::DEV;

#[tokio::test]
async fn what_is_whole_is_said_to_be() {
    let world = acme_in(&[Dev, Sit]).await;
    let shown = audits(&world, ACME).await;
    insta::assert_snapshot!(shown.text().split("\n@ ").next().unwrap());
    assert_eq!(shown.card.tone, Tone::Good);
    assert!(shown.buttons().is_empty(), "there is nothing to heal");
    let names: Vec<&str> = shown.card.files.iter().map(|file| file.name.as_str()).collect();
    assert_eq!(names, ["audit-acme.csv", "audit-acme.json"]);
}

#[tokio::test]
async fn what_was_provisioned_by_the_bot_is_whole() {
    let world = World::start();
    world.member("operator").types(DEV).await.is(State::Succeeded);
    let shown = audits(&world, "/tenant audit tenant:goldencrust").await;
    assert_eq!(shown.card.tone, Tone::Good, "{shown}");
    assert_eq!(row(&shown, "registry"), ["active", "–", "–"]);
}

#[tokio::test]
async fn each_kind_that_is_missing_is_missing_and_the_button_heals_its_environment() {
    for kind in Kind::DELETION_ORDER {
        let world = acme_in(&[Dev, Sit]).await;
        world.cloud.vanish(kind, &world.subject(&client("acme"), Sit));
        let shown = audits(&world, ACME).await;
        shown.shows("**1 missing.**");
        assert_eq!(row(&shown, kind.words()), ["ok", "missing", "–"], "{shown}");
        let rest = Kind::DELETION_ORDER.into_iter().filter(|other| *other != kind);
        // What needs it may be different by what it lacks.
        assert!(rest.into_iter().all(|other| row(&shown, other.words())[0] == "ok"), "{shown}");
        assert_eq!(shown.buttons(), ["Heal SIT"]);
        assert_eq!(shown.button("Heal SIT"), "use:tenant heal:tenant=acme:environment=sit");
    }
}

#[tokio::test]
async fn two_where_one_should_be_are_extra_but_for_kinds_of_which_there_may_be_several() {
    let world = acme_in(&[Dev]).await;
    let acme = client("acme");
    world.cloud.plant(Kind::AccessPoint, &blueprint(&world, &acme, Dev)).unwrap();
    world.cloud.plant_rule(Dev, "golden.wpdev.kimmyai.io", &[&id("acme")], None);
    world.cloud.plant_user(&tenancy("acme", Dev), "10.0.0.%");
    let shown = audits(&world, ACME).await;
    shown.shows("**2 extra.**").shows("DEV · listener rule · 2 where one should be");
    assert_eq!(row(&shown, "listener rule")[0], "extra");
    assert_eq!(row(&shown, "database user")[0], "extra");
    assert_eq!(row(&shown, "access point")[0], "ok");
}

#[tokio::test]
async fn what_stands_where_the_registry_says_the_tenant_is_not_is_extra() {
    let world = acme_in(&[Dev]).await;
    world.cloud.plant(Kind::Secret, &blueprint(&world, &client("acme"), Prod)).unwrap();
    let shown = audits(&world, ACME).await;
    shown.shows("**1 extra.**").shows("PROD · secret · the registry says that the tenant is not here");
    assert_eq!(row(&shown, "secret"), ["ok", "–", "extra"]);
    assert!(shown.buttons().is_empty(), "what is too much is not healed");
}

#[tokio::test]
async fn somebody_elses_and_what_leads_elsewhere_is_different_and_shown_harmlessly() {
    let world = acme_in(&[Dev]).await;
    let subject = world.subject(&client("acme"), Dev);
    world.cloud.vanish(Kind::TargetGroup, &subject);
    world.cloud.plant_foreign(Kind::TargetGroup, Dev, "dev-acme-tg", "its tag says `@everyone` **x**");
    world.cloud.plant_rule(Dev, "both.wpdev.kimmyai.io", &[&id("acme"), &id("acme-2")], None);
    let shown = audits(&world, ACME).await;
    shown
        .shows("**2 different.**")
        .shows("its tag says '@everyone' \\*\\*x\\*\\*")
        .shows("it also forwards to dev-acme-2-tg");
    assert_eq!(row(&shown, "target group")[0], "differs");
    assert_eq!(row(&shown, "listener rule")[0], "differs");
}

#[tokio::test]
async fn a_secret_that_is_scheduled_for_deletion_is_different() {
    let world = acme_in(&[Dev]).await;
    assert!(world.cloud.schedule_secret(&world.subject(&client("acme"), Dev)));
    let shown = audits(&world, ACME).await;
    shown.shows("DEV · secret · the secret is scheduled for deletion");
    assert_eq!(row(&shown, "secret")[0], "differs");
}

#[tokio::test]
async fn a_tenant_that_is_shut_down_has_no_rule_and_no_tasks_by_intent() {
    let world = acme_in(&[Dev]).await;
    let subject = world.subject(&client("acme"), Dev);
    stands_so(&world, "acme", Dev, Standing::Shut).await;
    world.cloud.vanish(Kind::ListenerRule, &subject);
    world.cloud.scale(&subject, 0).await.unwrap();
    let shown = audits(&world, ACME).await;
    shown.shows("**All is as it should be.**").shows("DEV · listener rule · the tenant is shut down");
    assert_eq!(row(&shown, "registry")[0], "shut");
    assert_eq!((&*row(&shown, "listener rule")[0], &*row(&shown, "service")[0]), ("meant", "ok"));
    assert!(shown.buttons().is_empty());
}

#[tokio::test]
async fn a_tenant_that_is_said_to_be_shut_down_and_is_not_is_told_of() {
    let world = acme_in(&[Dev, Sit]).await;
    stands_so(&world, "acme", Dev, Standing::Shut).await;
    world.cloud.scale(&world.subject(&client("acme"), Sit), 0).await.unwrap();
    let shown = audits(&world, ACME).await;
    shown.shows("DEV · listener rule · the tenant is shut down, and this leads to it");
    shown.shows("DEV · service · the tenant is shut down, and wants tasks: 1");
    shown.shows("SIT · service · no task is wanted, and the tenant is not shut down");
    assert_eq!(row(&shown, "listener rule")[..2], ["extra", "ok"]);
    assert_eq!(row(&shown, "service")[..2], ["differs", "differs"]);
}

#[tokio::test]
async fn who_is_left_half_way_is_said_to_be_incomplete() {
    let world = acme_in(&[Dev]).await;
    stands_so(&world, "acme", Dev, Standing::Incomplete).await;
    world.cloud.vanish(Kind::Service, &world.subject(&client("acme"), Dev));
    let shown = audits(&world, ACME).await;
    assert_eq!(row(&shown, "registry")[0], "incomplete");
    assert_eq!(shown.buttons(), ["Heal DEV"]);
}

#[tokio::test]
async fn logs_that_a_deletion_kept_are_meant_to_be_there() {
    let world = acme_in(&[Dev, Sit]).await;
    let deletion = crate::deletion::runs(&world, crate::deletion::FROM_DEV).await;
    deletion.becomes(State::Succeeded).await;
    let shown = audits(&world, ACME).await;
    assert_eq!(row(&shown, "log group")[..2], ["meant", "ok"]);
    shown.shows("DEV · log group · its deletion kept the logs").shows("**All is as it should be.**");
}

#[tokio::test]
async fn the_account_that_answers_is_shown_and_held_against_the_configured_one() {
    let world = acme_in(&[Dev, Sit]).await;
    world.cloud.answer_as(Sit, Some("536580886816"));
    let shown = audits(&world, ACME).await;
    shown.shows("DEV: 536580886816 answers, as configured");
    shown.shows("SIT: ⚠️ 536580886816 answers, and 815856636111 is configured; nothing was looked at (playbook 3.3)");
    shown.shows("**All that was seen is as it should be.** SIT could not be looked at.");
    assert_eq!(shown.card.tone, Tone::Bad);
    for kind in Kind::DELETION_ORDER {
        assert_eq!(row(&shown, kind.words()), ["ok", "?", "–"]);
    }
    let looked = world.cloud.journal().into_iter().filter(|call| call.environment == Sit && call.verb == Verb::Find);
    assert_eq!(looked.filter(|call| call.outcome.is_ok()).count(), 0, "nothing was looked at behind a broken seal");
}

#[tokio::test]
async fn an_environment_that_is_away_is_said_to_be_and_the_others_are_shown() {
    let world = acme_in(&Environment::ALL).await;
    world.cloud.fail(Fault::new(FaultError::Unavailable).in_environment(Prod).times(100));
    world.cloud.vanish(Kind::Service, &world.subject(&client("acme"), Sit));
    let shown = audits(&world, ACME).await;
    shown.shows("**1 missing.** PROD could not be looked at.").shows("PROD: ⚠️ it could not be asked");
    assert_eq!(row(&shown, "service"), ["ok", "missing", "?"]);
    assert_eq!(shown.buttons(), ["Heal SIT"]);
}

#[tokio::test]
async fn a_kind_that_cannot_be_read_is_unseen_and_never_missing() {
    let world = acme_in(&[Dev]).await;
    world.cloud.fail(Fault::new(FaultError::Denied).of_kind(Kind::Secret).on(Verb::Find));
    let shown = audits(&world, ACME).await;
    assert_eq!(row(&shown, "secret")[0], "?");
    shown.shows("1 could not be seen.").shows("DEV · secret · ");
    assert!(shown.buttons().is_empty());
    assert_eq!(shown.card.tone, Tone::Attention);
}

#[tokio::test]
async fn only_the_environment_that_was_asked_for_is_looked_at() {
    let world = acme_in(&[Dev, Sit]).await;
    let shown = audits(&world, "/tenant audit tenant:acme environment:sit").await;
    assert_eq!(row(&shown, "service"), ["ok"]);
    assert!(world.cloud.journal().iter().all(|call| call.verb != Verb::Account || call.environment == Sit));
}

#[tokio::test]
async fn what_is_being_worked_on_is_said_to_be_on_the_way_and_is_not_healed() {
    let world = acme_in(&[Dev]).await;
    world.cloud.vanish(Kind::Service, &world.subject(&client("acme"), Dev));
    let deletion = crate::deletion::asks(&world, crate::deletion::FROM_DEV).await;
    deletion.is(State::Waiting);
    let shown = audits(&world, ACME).await;
    shown.shows(&format!("DEV · operation `{}` works there: what is seen may be on the way", deletion.id()));
    assert!(shown.buttons().is_empty());
}

#[tokio::test]
async fn neighbours_are_not_mixed_up() {
    let world = acme_in(&[Dev]).await;
    for neighbour in ["acme-2", "x-acme"] {
        world.stands(&client(neighbour), &[Dev]).await;
    }
    world.cloud.vanish(Kind::Secret, &world.subject(&client("acme"), Dev));
    assert_eq!(row(&audits(&world, ACME).await, "secret")[0], "missing");
    assert_eq!(audits(&world, "/tenant audit tenant:acme-2").await.card.tone, Tone::Good);
}

#[tokio::test]
async fn who_is_not_known_or_may_not_ask_is_refused() {
    let world = acme_in(&[Dev]).await;
    audits(&world, "/tenant audit tenant:nobody").await.shows("There is no tenant `nobody`");
    let newcomer = world.member("newcomer").types(ACME).await;
    newcomer.answer().shows("This needs the role Operator");
    assert!(newcomer.answer().card.files.is_empty());
}
