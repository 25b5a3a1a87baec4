//! The rules by which things come, go and work in the simulated cloud.

use landlord_core::fakes::{Presence, Settings, SimulatedCloud};
use landlord_core::kind::Kind;
use landlord_core::ports::{Check, Cloud, CloudError, Ensured, Room, Verdict};
use landlord_core::tenant::Environment;

use crate::worlds::{build, failing, permanent, run, tenant, transient};

#[tokio::test]
async fn every_missing_need_is_refused_by_its_name() {
    for kind in Kind::DELETION_ORDER {
        for needed in kind.needs() {
            let cloud = SimulatedCloud::default();
            let acme = tenant("acme");
            build(&cloud, &acme).await;
            cloud.vanish(kind, &acme.subject);
            cloud.vanish(*needed, &acme.subject);
            let why = permanent(cloud.ensure(kind, &acme).await);
            assert!(why.contains(&format!("Create the {needed} first.")), "{kind} without {needed}: {why}");
        }
    }
}

#[tokio::test]
async fn a_target_group_under_a_rule_goes_with_the_rule() {
    let cloud = SimulatedCloud::default();
    let acme = tenant("acme");
    build(&cloud, &acme).await;
    assert_eq!(cloud.remove(Kind::TargetGroup, &acme.subject).await.map(|gone| gone.len()), Ok(2));
    assert_eq!(cloud.find(Kind::ListenerRule, &acme.subject).await, Ok(vec![]));
}

#[tokio::test]
async fn a_running_service_drains_before_it_goes() {
    let cloud = SimulatedCloud::new(Settings { looks_to_drain: 2, ..Settings::default() });
    let acme = tenant("acme");
    build(&cloud, &acme).await;
    run(&cloud, &acme).await;
    for _ in 0..2 {
        let why = transient(cloud.remove(Kind::Service, &acme.subject).await);
        assert!(why.contains("Service is in DRAINING state"), "{why}");
        assert_eq!(cloud.find(Kind::Service, &acme.subject).await.map(|found| found.len()), Ok(1));
    }
    assert_eq!(cloud.remove(Kind::Service, &acme.subject).await.map(|gone| gone.len()), Ok(1));
    assert_eq!(cloud.find(Kind::Service, &acme.subject).await, Ok(vec![]));
}

#[tokio::test]
async fn a_draining_service_is_made_anew_once_it_has_drained() {
    let cloud = SimulatedCloud::new(Settings { looks_to_drain: 2, ..Settings::default() });
    let acme = tenant("acme");
    build(&cloud, &acme).await;
    run(&cloud, &acme).await;
    transient(cloud.remove(Kind::Service, &acme.subject).await);
    transient(cloud.ensure(Kind::Service, &acme).await);
    assert!(matches!(cloud.ensure(Kind::Service, &acme).await, Ok(Ensured::Created(_))));
}

#[tokio::test]
async fn a_service_starts_by_being_looked_at() {
    let cloud = SimulatedCloud::new(Settings { looks_to_start: 3, ..Settings::default() });
    let acme = tenant("acme");
    build(&cloud, &acme).await;
    for _ in 0..3 {
        let verdict = cloud.check(Check::ServiceRunning, &acme).await;
        assert_eq!(verdict, Ok(Verdict::NotYet("0 of 1 tasks run".into())));
    }
    assert_eq!(cloud.check(Check::ServiceRunning, &acme).await, Ok(Verdict::Passed("1 of 1 tasks run".into())));
    assert_eq!(failing(&cloud, &acme).await, []);
}

#[tokio::test]
async fn a_missing_part_makes_exactly_those_checks_fail_that_depend_on_it() {
    use Check::{
        DatabaseReachable, DnsResolves, LogsAppearing, SecretStored, ServiceRunning, SiteAnswers, TargetHealthy,
    };
    let missed: [(Kind, &[Check]); 10] = [
        (Kind::Service, &[ServiceRunning, TargetHealthy, SiteAnswers]),
        (Kind::ListenerRule, &[SiteAnswers]),
        (Kind::TargetGroup, &[TargetHealthy, SiteAnswers]),
        (Kind::DnsRecord, &[DnsResolves, SiteAnswers]),
        (Kind::TaskDefinition, &[]),
        (Kind::AccessPoint, &[]),
        (Kind::DatabaseUser, &[SiteAnswers, DatabaseReachable]),
        (Kind::Database, &[SiteAnswers, DatabaseReachable]),
        (Kind::Secret, &[SiteAnswers, DatabaseReachable, SecretStored]),
        (Kind::LogGroup, &[LogsAppearing]),
    ];
    for (kind, checks) in missed {
        let cloud = SimulatedCloud::default();
        let acme = tenant("acme");
        build(&cloud, &acme).await;
        run(&cloud, &acme).await;
        assert_eq!(failing(&cloud, &acme).await, []);
        cloud.vanish(kind, &acme.subject);
        assert_eq!(failing(&cloud, &acme).await, checks, "without its {kind}");
        // The two that only starting tasks need are missed by no check of a tenant that runs already.
        let evidence = cloud.evidence(kind, &acme.subject).await.unwrap();
        assert!(!evidence.is_empty(), "there should be evidence of the missing {kind}");
    }
}

#[tokio::test]
async fn tasks_that_miss_something_stop_with_the_playbooks_reasons() {
    for (kind, reason) in [
        (Kind::Secret, "ResourceInitializationError: unable to pull secrets"),
        (Kind::AccessPoint, "ResourceInitializationError: failed to mount"),
        (Kind::LogGroup, "ResourceInitializationError: failed to validate logger args"),
        (Kind::TaskDefinition, "Unable to describe task definition dev-acme"),
    ] {
        let cloud = SimulatedCloud::default();
        let acme = tenant("acme");
        build(&cloud, &acme).await;
        cloud.vanish(kind, &acme.subject);
        for _ in 0..10 {
            assert!(failing(&cloud, &acme).await.contains(&Check::ServiceRunning), "without its {kind}");
        }
        let evidence = cloud.evidence(Kind::Service, &acme.subject).await.unwrap();
        assert!(evidence[1].starts_with(&format!("stoppedReason: {reason}")), "{evidence:?}");
    }
}

#[tokio::test]
async fn hindered_tasks_start_once_the_hindrance_is_gone() {
    let cloud = SimulatedCloud::default();
    let acme = tenant("acme");
    build(&cloud, &acme).await;
    cloud.hinder_tasks(&acme.subject.tenancy, Some("CannotPullContainerError: pull image manifest"));
    for _ in 0..10 {
        assert!(failing(&cloud, &acme).await.contains(&Check::ServiceRunning));
    }
    let evidence = cloud.evidence(Kind::Service, &acme.subject).await.unwrap();
    assert_eq!(evidence, ["0 of 1 tasks run", "stoppedReason: CannotPullContainerError: pull image manifest"]);
    cloud.hinder_tasks(&acme.subject.tenancy, None);
    run(&cloud, &acme).await;
    assert_eq!(cloud.evidence(Kind::Service, &acme.subject).await, Ok(vec![]));
}

#[tokio::test]
async fn whatever_has_several_is_found_and_removed_with_all_of_them() {
    let cloud = SimulatedCloud::default();
    let acme = tenant("acme");
    build(&cloud, &acme).await;
    cloud.plant(Kind::AccessPoint, &acme).unwrap();
    let found = cloud.find(Kind::AccessPoint, &acme.subject).await.unwrap();
    assert_eq!(found.len(), 2);
    assert_ne!(found[0].id, found[1].id);
    assert_eq!(cloud.remove(Kind::AccessPoint, &acme.subject).await, Ok(found));
}

#[tokio::test]
async fn pages_hold_as_many_names_as_set_and_end() {
    let cloud = SimulatedCloud::new(Settings { page_size: 2, ..Settings::default() });
    for id in ["acme", "bakery", "cafe", "deli"] {
        cloud.ensure(Kind::Database, &tenant(id)).await.unwrap();
    }
    let first = cloud.inventory(Kind::Database, Environment::Dev, None).await.unwrap();
    assert_eq!((first.names, first.next.as_deref()), (vec!["acme_db".into(), "bakery_db".into()], Some("bakery_db")));
    let last = cloud.inventory(Kind::Database, Environment::Dev, first.next.as_deref()).await.unwrap();
    assert_eq!((last.names, last.next), (vec!["cafe_db".to_owned(), "deli_db".to_owned()], None));
    let none = cloud.inventory(Kind::Database, Environment::Prod, None).await.unwrap();
    assert_eq!((none.names, none.next), (vec![], None));
}

#[tokio::test]
async fn a_full_load_balancer_takes_no_more_and_the_next_one_does() {
    let mut settings = Settings { capacity: 1, ..Settings::default() };
    settings.place_mut(Environment::Dev).load_balancers.push("dev-alb-2".into());
    let cloud = SimulatedCloud::new(settings);
    let room = |first, second| {
        let room = |name: &str, free| Room { load_balancer: name.into(), free };
        Ok(vec![room("dev-alb", first), room("dev-alb-2", second)])
    };
    assert_eq!(cloud.room(Environment::Dev).await, room(1, 1));
    build(&cloud, &tenant("acme")).await;
    assert_eq!(cloud.room(Environment::Dev).await, room(0, 1));

    let mut bakery = tenant("bakery");
    let why = permanent(cloud.ensure(Kind::TargetGroup, &bakery).await);
    assert!(why.contains("on dev-alb has been reached"), "{why}");
    bakery.load_balancer = "dev-alb-2".into();
    build(&cloud, &bakery).await;
    assert_eq!(cloud.room(Environment::Dev).await, room(0, 0));
}

#[tokio::test]
async fn while_another_account_answers_nothing_is_done() {
    let cloud = SimulatedCloud::default();
    let acme = tenant("acme");
    cloud.answer_as(Environment::Dev, Some("815856636111"));
    assert_eq!(cloud.account(Environment::Dev).await.as_deref(), Ok("815856636111"));
    let refused = cloud.ensure(Kind::LogGroup, &acme).await;
    assert!(matches!(&refused, Err(CloudError::Credentials(why)) if why.contains("not 536580886816")), "{refused:?}");
    cloud.answer_as(Environment::Dev, None);
    assert_eq!(cloud.find(Kind::LogGroup, &acme.subject).await, Ok(vec![]));
}

#[tokio::test]
async fn a_secret_is_never_shown() {
    let cloud = SimulatedCloud::default();
    let acme = tenant("acme");
    build(&cloud, &acme).await;
    run(&cloud, &acme).await;
    failing(&cloud, &acme).await;
    let told = format!("{:?} {cloud:?} {:?}", cloud.journal(), cloud.matrix());
    let generated = |word: &str| word.len() == 32 && word.bytes().all(|byte| byte.is_ascii_alphanumeric());
    let shown = told.split(|c: char| !c.is_ascii_alphanumeric()).find(|word| generated(word));
    assert_eq!(shown, None);
}

#[tokio::test]
async fn the_matrix_shows_what_is_there_and_whose() {
    let cloud = SimulatedCloud::default();
    let acme = tenant("acme");
    assert_eq!(cloud.matrix(), []);
    cloud.plant_foreign(Kind::TargetGroup, Environment::Dev, "dev-acme-tg", "its tags name another team");
    cloud.ensure(Kind::LogGroup, &acme).await.unwrap();
    let rows = cloud.matrix();
    assert_eq!(rows.len(), 1);
    assert_eq!(rows[0].cells.len(), 30);
    let present = |kind| rows[0].cells[&(Environment::Dev, kind)];
    assert_eq!(present(Kind::LogGroup), Presence::Present);
    assert_eq!(present(Kind::TargetGroup), Presence::Foreign);
    assert_eq!(present(Kind::Service), Presence::Absent);
}
