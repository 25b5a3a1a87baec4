//! What is missing is asked for: what is refused, what the plan says, and who must say yes.

use landlord_core::fakes::{Fault, FaultError, Settings, Verb, World};
use landlord_core::kind::Kind;
use landlord_core::operation::State;
use landlord_core::ports::{RegistryChange, Standing};
use landlord_core::role::Role;
use landlord_core::tenant::Environment;

use super::{Dev, Prod, Sit, acme_in, audits, client, id, lacks, stands_so};

/// A healing of the tenant that these stories are about.
fn heal(environment: Environment) -> String {
    format!("/tenant heal tenant:acme environment:{environment}")
}

#[tokio::test]
async fn what_cannot_be_healed_is_refused_and_told_what_to_do() {
    let world = acme_in(&[Dev, Sit]).await;
    stands_so(&world, "acme", Sit, Standing::Shut).await;
    lacks(&world, "acme", Sit, &[Kind::ListenerRule]);
    for (line, told) in [
        (heal(Dev), "Nothing of `acme` is missing in DEV, so nothing was filed."),
        (heal(Sit), "`acme` is shut down in SIT: what is missing is missing by intent. `/tenant reopen` puts it back."),
        (heal(Prod), "`acme` does not stand in PROD, so there is nothing to heal."),
        ("/tenant heal tenant:nobody environment:dev".into(), "There is no tenant `nobody`"),
        ("/tenant heal tenant:acme environment:moon".into(), "There is no such environment"),
    ] {
        let request = world.member("operator").types(&line).await;
        assert!(!request.is_filed(), "{line}");
        request.answer().shows(told);
    }
    let newcomer = world.member("newcomer").types(&heal(Dev)).await;
    newcomer.answer().shows("This needs the role Operator");
}

#[tokio::test]
async fn who_is_incomplete_and_lacks_nothing_is_to_be_asked_for_again() {
    let world = acme_in(&[Dev]).await;
    stands_so(&world, "acme", Dev, Standing::Incomplete).await;
    let request = world.member("operator").types(&heal(Dev)).await;
    assert!(!request.is_filed());
    request.answer().shows("It is incomplete by the registry: ask for it again");
}

#[tokio::test]
async fn who_is_deleted_is_not_healed() {
    let world = acme_in(&[Dev]).await;
    let buried =
        [RegistryChange::Leave(id("acme"), Dev), RegistryChange::Bury(id("acme"), time::OffsetDateTime::UNIX_EPOCH)];
    world.remembers(&client("acme"), &buried).await;
    let request = world.member("operator").types(&heal(Dev)).await;
    assert!(!request.is_filed());
    request.answer().shows("`acme` is deleted: there is nothing to heal.");
}

#[tokio::test]
async fn what_only_something_in_the_way_keeps_from_standing_is_moved_first() {
    let world = acme_in(&[Dev]).await;
    lacks(&world, "acme", Dev, &[Kind::LogGroup]);
    world.cloud.plant_foreign(Kind::LogGroup, Dev, "/ecs/dev-acme", "its tag says **x**");
    let request = world.member("operator").types(&heal(Dev)).await;
    assert!(!request.is_filed());
    request.answer().shows("there is something in the way").shows("its tag says \\*\\*x\\*\\*");
}

#[tokio::test]
async fn behind_a_broken_seal_or_a_silence_nothing_is_planned() {
    let world = acme_in(&[Dev]).await;
    lacks(&world, "acme", Dev, &[Kind::Secret]);
    world.cloud.answer_as(Dev, Some("093646564004"));
    let request = world.member("operator").types(&heal(Dev)).await;
    request.answer().shows("The account seal does not match");
    world.cloud.answer_as(Dev, None);
    world.cloud.fail(Fault::new(FaultError::Unavailable).of_kind(Kind::Database).on(Verb::Find));
    let request = world.member("operator").types(&heal(Dev)).await;
    request.answer().shows("DEV does not answer, so nothing was planned");
    assert!(!request.is_filed());
}

#[tokio::test]
async fn while_something_works_there_nothing_else_does() {
    let world = acme_in(&[Dev]).await;
    lacks(&world, "acme", Dev, &[Kind::Service]);
    let deletion = crate::deletion::asks(&world, crate::deletion::FROM_DEV).await;
    let request = world.member("operator").types(&heal(Dev)).await;
    assert!(!request.is_filed());
    request.answer().shows(&format!("`acme` is being worked on in DEV by operation `{}`", deletion.id()));
}

#[tokio::test]
async fn the_plan_shows_what_stands_and_what_is_made_again() {
    let world = acme_in(&[Sit]).await;
    lacks(&world, "acme", Sit, &[Kind::Service, Kind::TargetGroup, Kind::ListenerRule]);
    let request = world.member("operator").types(&heal(Sit)).await;
    request.is(State::AwaitingApproval);
    insta::assert_snapshot!(crate::deletion::steady(&request, &request.card().text()));
    let steps: Vec<String> = request.operation().plan.steps.iter().map(|step| step.step.clone()).collect();
    assert_eq!(steps.len(), 16, "{steps:?}");
    assert!(!steps.contains(&"ensure task definition".to_owned()), "what stands keeps its size and image");
}

#[tokio::test]
async fn the_plan_says_what_making_anew_does_not_bring_back() {
    for (kind, told) in [
        (Kind::Database, "database `acme_db` is made anew and empty: what was in it is only in a backup"),
        (Kind::Secret, "the password of the database user `acme_user` is lost with its secret"),
        (Kind::Secret, "service `sit-acme-service` goes on with a revision that refers to the secret that is gone"),
        (Kind::AccessPoint, "access point `sit-acme-ap` is made anew: whether it leads to the files of before"),
        (Kind::LogGroup, "tasks that run already may not write into it before they are restarted"),
        (Kind::TargetGroup, "service `sit-acme-service` was made with the target group that is gone"),
    ] {
        let world = acme_in(&[Sit]).await;
        lacks(&world, "acme", Sit, &[kind]);
        let request = world.member("operator").types(&heal(Sit)).await;
        request.card().shows("In the way").shows(told);
    }
    let world = acme_in(&[Sit]).await;
    lacks(&world, "acme", Sit, &[Kind::Service, Kind::LogGroup]);
    world.member("operator").types(&heal(Sit)).await.card().hides("⚠️");
}

#[tokio::test]
async fn who_must_approve_is_who_must_approve_a_provisioning_there() {
    for environment in Environment::ALL {
        let world = acme_in(&[environment]).await;
        lacks(&world, "acme", environment, &[Kind::Service]);
        let request = world.member("operator").types(&heal(environment)).await;
        let catalogue = landlord_core::spec::Catalogue::built_in().unwrap();
        let (_, provisioning) = catalogue.operation("tenant provision").unwrap();
        let approve = &provisioning.policy[&environment].policy.approve;
        assert_eq!(&request.operation().plan.policy.approve, approve);
        for role in approve {
            request.is(State::AwaitingApproval);
            world.member(role.as_str()).reacts(&request, "✅").await;
        }
        request.is(State::Succeeded);
    }
}

#[tokio::test]
async fn the_button_of_an_audit_files_what_the_command_files_for_whoever_presses_it() {
    let world = acme_in(&[Dev, Sit]).await;
    lacks(&world, "acme", Sit, &[Kind::Service]);
    let audit = audits(&world, super::ACME).await;
    world.member("newcomer").presses_on(&audit, "Heal SIT").await.shows("This needs the role Operator");
    assert!(world.requests().is_empty());
    let answer = world.member("team-lead").presses_on(&audit, "Heal SIT").await;
    answer.shows("Filed: Heal acme in SIT").shows("It runs when a Team Lead has approved it");
    let request = world.requests().into_iter().next().unwrap();
    let operation = request.is(State::AwaitingApproval).operation();
    assert_eq!((operation.requester.name.as_str(), operation.channel.as_str()), ("team-lead", "tenant-ops"));
    world.member("team-lead").reacts(&request, "✅").await;
    request.is(State::AwaitingApproval);
    request.card().shows("nobody approves their own request");
    world.member("double-hat").holds(&[Role::TeamLead]);
    world.member("double-hat").reacts(&request, "✅").await;
    request.is(State::Succeeded);
    let again = world.member("operator").presses_on(&audit, "Heal SIT").await;
    again.shows("Nothing of `acme` is missing in SIT");
}

#[tokio::test]
async fn what_is_made_again_stands_on_the_load_balancer_of_the_rest() {
    let mut settings = Settings { capacity: 1, ..Settings::default() };
    settings.place_mut(Dev).load_balancers.push("dev-alb-2".into());
    let world = World::with(settings);
    let operator = world.member("operator");
    let line = |id: &str| {
        format!("/tenant provision environment:dev tenant:{id} company:Acme subdomain:{id} email:owner@acme.example")
    };
    operator.types(&line("first")).await.is(State::Succeeded);
    operator.types(&line("acme")).await.is(State::Succeeded);
    lacks(&world, "acme", Dev, &[Kind::ListenerRule, Kind::Service]);
    lacks(&world, "first", Dev, &[Kind::ListenerRule, Kind::TargetGroup, Kind::Service]);
    let request = operator.types(&heal(Dev)).await;
    request.is(State::Succeeded);
    assert_eq!(request.operation().plan.site().load_balancer, "dev-alb-2");
}
