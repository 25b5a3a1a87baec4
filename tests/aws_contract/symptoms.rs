//! Each cause of playbook 3.1 and 3.2 is made to happen over the real wire, seen, and named.

use landlord::cloud::RealCloud;
use landlord_core::diagnosis::{Findings, Known, diagnose};
use landlord_core::kind::Kind;
use landlord_core::ports::{Blueprint, Cloud, Place, Sign, Standing, Subject, Symptom, Symptoms, Workload};
use serde_json::json;

use crate::draining::at_work;
use crate::promises::{DEV, cloud, tenant};
use crate::services::{ROOM, Services, fault, no_fault};
use crate::strangers::Strangers;
use crate::until::another_look;

/// How often a tenant is looked at, at all places, before what is waited for counts as never coming.
const LOOKS: u32 = 150;

async fn seen(cloud: &RealCloud, subject: &Subject) -> Vec<Symptom> {
    let mut all = Vec::new();
    for place in Place::ALL {
        let seen = cloud.symptoms(subject, place).await.unwrap_or_else(|error| panic!("{place:?}: {error}"));
        assert!(!seen.is_empty() && seen.iter().all(|one| one.place == place), "{place:?}: {seen:?}");
        all.extend(seen);
    }
    all
}

/// The names of the causes that what is seen speaks for.
async fn causes(cloud: &RealCloud, subject: &Subject) -> Vec<&'static str> {
    let seen = seen(cloud, subject).await;
    let findings = Findings { known: Known::Here(Standing::Active), session: None, seen };
    diagnose(&findings).likely.into_iter().map(|likely| likely.cause.name).collect()
}

/// Looks until the cause is among those that fit.
async fn comes_to(cloud: &RealCloud, subject: &Subject, cause: &str, what: &str) {
    let mut last = Vec::new();
    for _ in 0..LOOKS {
        last = causes(cloud, subject).await;
        if last.contains(&cause) {
            return;
        }
        another_look().await;
    }
    panic!("{what} should come to `{cause}`, and came to {last:?}: {:?}", seen(cloud, subject).await);
}

async fn goes(cloud: &RealCloud, tenant: &Blueprint) {
    cloud.force_remove(&tenant.subject).await.expect("removed");
    for _ in 0..LOOKS {
        if cloud.tasks(&tenant.subject).await == Ok(None) {
            break;
        }
        another_look().await;
    }
    for kind in &Kind::DELETION_ORDER[1..] {
        cloud.remove(*kind, &tenant.subject).await.expect("removed");
    }
}

async fn built(cloud: &RealCloud) -> Blueprint {
    let tenant = tenant();
    for kind in Kind::provisioning_order() {
        cloud.ensure(kind, &tenant).await.expect("ensured");
    }
    tenant
}

#[tokio::test]
async fn at_a_tenant_that_works_nothing_is_wrong() {
    let Some(services) = Services::running() else { return };
    let _alone = ROOM.lock().await;
    let cloud = cloud(&services, |_| {}).await;
    let tenant = at_work(&cloud).await;
    comes_to_nothing(&cloud, &tenant.subject).await;
    let seen = seen(&cloud, &tenant.subject).await;
    let fine = |one: &Symptom| matches!(one.sign, Sign::Sound | Sign::Noted | Sign::Unseen);
    assert!(seen.iter().all(fine), "{seen:?}");
    let text = format!("{seen:?}");
    assert!(text.contains("resuming normal operations") && text.contains("steady state"), "{text}");
    goes(&cloud, &tenant).await;
}

async fn comes_to_nothing(cloud: &RealCloud, subject: &Subject) {
    for _ in 0..LOOKS {
        if causes(cloud, subject).await.is_empty() {
            return;
        }
        another_look().await;
    }
    panic!("{:?}", seen(cloud, subject).await);
}

#[tokio::test]
async fn of_a_tenant_that_is_not_there_everything_is_missing() {
    let Some(services) = Services::running() else { return };
    let cloud = cloud(&services, |_| {}).await;
    let nobody = tenant();
    for kind in Kind::DELETION_ORDER {
        let seen = cloud.symptoms(&nobody.subject, Place::of(kind)).await.expect("seen");
        assert_eq!(seen[0].sign, Sign::Missing, "{kind}: {seen:?}");
    }
    seen(&cloud, &nobody.subject).await;
}

#[tokio::test]
async fn each_reason_why_tasks_stop_is_named() {
    let Some(services) = Services::running() else { return };
    let _alone = ROOM.lock().await;
    let cloud = cloud(&services, |_| {}).await;
    for (why, cause) in [
        ("image-unknown", "image cannot be pulled"),
        ("image-denied", "execution role lacks a permission"),
        ("image-timeout", "no way from the tasks to AWS"),
        ("secret-timeout", "no way from the tasks to AWS"),
        ("role-denied", "execution role lacks a permission"),
        ("mount-denied", "file system cannot be mounted"),
        ("out-of-memory", "out of memory"),
        ("crash", "container ends by itself"),
        ("no-capacity", "no capacity"),
    ] {
        let tenant = tenant();
        let id = tenant.subject.tenancy.tenant.as_str();
        fault("task-trouble", json!({"tenant": id, "why": why})).await;
        for kind in Kind::provisioning_order() {
            cloud.ensure(kind, &tenant).await.expect("ensured");
        }
        comes_to(&cloud, &tenant.subject, cause, why).await;
        if why == "crash" {
            let lines = cloud.symptoms(&tenant.subject, Place::Logs).await.expect("lines");
            assert!(lines.iter().any(|line| line.said.contains("PHP Fatal error")), "{lines:?}");
        }
        no_fault("task-trouble", id).await;
        goes(&cloud, &tenant).await;
    }
}

#[tokio::test]
async fn each_reason_why_targets_are_not_healthy_is_named() {
    let Some(services) = Services::running() else { return };
    let _alone = ROOM.lock().await;
    let cloud = cloud(&services, |_| {}).await;
    let tenant = at_work(&cloud).await;
    let id = tenant.subject.tenancy.tenant.as_str();
    comes_to_nothing(&cloud, &tenant.subject).await;
    for (why, cause) in [
        ("path-missing", "health path not found"),
        ("server-error", "health check gets errors"),
        ("timeout", "health check times out"),
        ("refused", "connection refused"),
        ("initial", "first health checks still run"),
        ("leaving", "targets are being taken away"),
        ("internal", "targets are not healthy"),
    ] {
        fault("target-trouble", json!({"tenant": id, "why": why})).await;
        comes_to(&cloud, &tenant.subject, cause, why).await;
        no_fault("target-trouble", id).await;
    }
    goes(&cloud, &tenant).await;
}

#[tokio::test]
async fn what_is_missing_going_or_not_whole_is_named() {
    let Some(services) = Services::running() else { return };
    let _alone = ROOM.lock().await;
    let cloud = cloud(&services, |_| {}).await;
    let stranger = Strangers::of(DEV, services.config(DEV)).await;
    let tenant = built(&cloud).await;
    let subject = &tenant.subject;
    let name = |kind| subject.tenancy.name(kind);
    comes_to_nothing(&cloud, subject).await;

    cloud.scale(subject, 0).await.expect("scaled");
    comes_to(&cloud, subject, "scaled to zero", "no task").await;
    cloud.scale(subject, 1).await.expect("scaled");
    comes_to_nothing(&cloud, subject).await;

    let user = format!("'{}'@'%'", name(Kind::DatabaseUser));
    stranger.sql(&format!("REVOKE ALL PRIVILEGES, GRANT OPTION FROM {user}")).await;
    comes_to(&cloud, subject, "database user without grants", "no grants").await;
    let database = name(Kind::Database).replace('_', "\\_");
    stranger.sql(&format!("GRANT SELECT ON `{database}`.* TO {user}")).await;
    let part = cloud.symptoms(subject, Place::DatabaseUser).await.expect("seen");
    assert!(part[0].sign == Sign::Incomplete && part[0].said.contains("may not INSERT"), "{part:?}");
    stranger.sql(&format!("GRANT ALL PRIVILEGES ON `{database}`.* TO {user}")).await;
    stranger.sql(&format!("ALTER USER {user} IDENTIFIED BY 'another'")).await;
    comes_to(&cloud, subject, "password refused by the database", "another password").await;
    stranger.sql(&format!("DROP USER {user}")).await;
    comes_to(&cloud, subject, "database user not there", "no user").await;
    cloud.ensure(Kind::DatabaseUser, &tenant).await.expect("user");

    let secret = stranger.secrets.put_secret_value().secret_id(name(Kind::Secret));
    secret.secret_string(r#"{"username": "x"}"#).send().await.expect("stored");
    comes_to(&cloud, subject, "secret without a key", "a secret that is not whole").await;
    let delete = stranger.secrets.delete_secret().secret_id(name(Kind::Secret)).recovery_window_in_days(7);
    delete.send().await.expect("scheduled");
    comes_to(&cloud, subject, "secret scheduled for deletion", "a secret that goes").await;
    for (kind, cause) in [
        (Kind::Secret, "secret not found"),
        (Kind::ListenerRule, "listener rule not there"),
        (Kind::DnsRecord, "DNS record not there"),
        (Kind::AccessPoint, "access point not there"),
        (Kind::LogGroup, "log group not there"),
        (Kind::DatabaseUser, "database user not there"),
        (Kind::Database, "database not there"),
    ] {
        cloud.remove(kind, subject).await.expect("removed");
        comes_to(&cloud, subject, cause, "a part that was removed").await;
    }
    goes(&cloud, &tenant).await;
}

#[tokio::test]
async fn a_rule_that_is_shared_and_a_service_that_drains_are_named() {
    let Some(services) = Services::running() else { return };
    let _alone = ROOM.lock().await;
    let cloud = cloud(&services, |_| {}).await;
    let stranger = Strangers::of(DEV, services.config(DEV)).await;
    let tenant = at_work(&cloud).await;
    let id = tenant.subject.tenancy.tenant.as_str();
    let trap = landlord_core::contract::Trap::SharedRule;
    stranger.set(trap, &tenant.subject).await;
    comes_to(&cloud, &tenant.subject, "target group is used by another rule", "a shared rule").await;
    stranger.unset(trap, &tenant.subject).await;
    fault("drain-slow", json!({"tenant": id, "seconds": 3600})).await;
    let service = tenant.subject.tenancy.name(Kind::Service);
    stranger.ecs.update_service().cluster("dev-cluster").service(&service).desired_count(0).send().await.expect("zero");
    stranger.ecs.delete_service().cluster("dev-cluster").service(&service).send().await.expect("deleted");
    comes_to(&cloud, &tenant.subject, "service still drains", "a service that was deleted").await;
    no_fault("drain-slow", id).await;
    goes(&cloud, &tenant).await;
}

#[tokio::test]
async fn a_database_that_only_tasks_reach_tells_why_the_last_task_failed() {
    let Some(services) = Services::running() else { return };
    let _alone = ROOM.lock().await;
    let cloud = cloud(&services, |config| {
        config.database.access = landlord::config::environment::Access::Task;
        config.database.task = Some("dev-generic-db".to_owned());
    })
    .await;
    let tenant = tenant();
    let unseen = cloud.symptoms(&tenant.subject, Place::Database).await.expect("seen");
    assert!(matches!(unseen.as_slice(), [one] if one.sign == Sign::Unseen), "{unseen:?}");
    let database = tenant.subject.tenancy.name(Kind::Database);
    fault("db-task-resource-init", json!({"tenant": database})).await;
    let failed = cloud.find(Kind::Database, &tenant.subject).await;
    assert!(failed.is_err(), "{failed:?}");
    comes_to(&cloud, &tenant.subject, "database clean-up cannot read its secret", "a task without its secret").await;
    no_fault("db-task-resource-init", &database).await;
}
