//! Tasks that the bot runs: backups, and work on databases where the server is not reached.

use landlord::cloud::RealCloud;
use landlord::config::environment::{Access, BackupConfig};
use landlord_core::kind::Kind;
use landlord_core::ports::{Backup, Cloud, CloudError, Subject, Workload};
use serde_json::json;

use crate::promises::{DEV, LOOKS, cloud, tenant};
use crate::services::{Services, fault, no_fault};
use crate::strangers::Strangers;
use crate::until::another_look;

const RUN: &str = "run-1";

async fn ended(cloud: &RealCloud, subject: &Subject, run: &str) -> Result<Backup, CloudError> {
    for _ in 0..LOOKS {
        match cloud.back_up(subject, run).await {
            Ok(Backup::Running(_)) => another_look().await,
            answer => return answer,
        }
    }
    Err(CloudError::Transient("the backup never ends".to_owned()))
}

fn run() -> String {
    format!("{RUN}-{:016x}", rand::random::<u64>())
}

#[tokio::test]
async fn only_an_object_of_this_tenant_and_this_run_is_a_back_up() {
    let Some(services) = Services::running() else { return };
    let cloud = cloud(&services, |_| {}).await;
    let stranger = Strangers::of(DEV, services.config(DEV)).await;
    let tenant = tenant();
    let id = tenant.subject.tenancy.tenant.as_str();
    let put = async |key: String| {
        let body = aws_sdk_s3::primitives::ByteStream::from_static(b"older");
        stranger.s3.put_object().bucket("dev-tenant-backups").key(key).body(body).send().await.expect("object");
    };
    fault("backup-no-object", json!({"tenant": id})).await;
    put(format!("{id}-2/newer-than-anything")).await;
    let without = ended(&cloud, &tenant.subject, &run()).await;
    assert!(matches!(&without, Ok(Backup::Failed(why)) if why.contains("left nothing")), "{without:?}");
    put(format!("{id}/from-before")).await;
    // S3 counts in whole seconds, so the task must begin in another one.
    let written = std::time::SystemTime::now();
    while written.elapsed().is_ok_and(|age| age.as_millis() < 1_100) {
        another_look().await;
    }
    let older = ended(&cloud, &tenant.subject, &run()).await;
    assert!(matches!(&older, Ok(Backup::Failed(why)) if why.contains("older")), "{older:?}");
    no_fault("backup-no-object", id).await;
    let run = run();
    let Ok(Backup::Done(object)) = ended(&cloud, &tenant.subject, &run).await else { panic!("no backup") };
    assert_eq!(object.location, format!("s3://dev-tenant-backups/{id}/{run}"));
    assert!(object.bytes > 0);
    for key in [format!("{id}-2/newer-than-anything"), format!("{id}/from-before"), format!("{id}/{run}")] {
        stranger.s3.delete_object().bucket("dev-tenant-backups").key(key).send().await.expect("object gone");
    }
}

#[tokio::test]
async fn a_back_up_that_hangs_runs_on_and_is_not_started_twice() {
    let Some(services) = Services::running() else { return };
    let cloud = cloud(&services, |_| {}).await;
    let stranger = Strangers::of(DEV, services.config(DEV)).await;
    let tenant = tenant();
    let id = tenant.subject.tenancy.tenant.as_str();
    fault("backup-hangs", json!({"tenant": id})).await;
    let run = run();
    for _ in 0..20 {
        let answer = cloud.back_up(&tenant.subject, &run).await;
        assert!(matches!(answer, Ok(Backup::Running(_))), "{answer:?}");
        another_look().await;
    }
    let cluster = &services.config(DEV).cluster;
    let tasks = stranger.ecs.list_tasks().cluster(cluster).started_by(&run).send().await.expect("tasks");
    assert_eq!(tasks.task_arns().len(), 1);
    let other = crate::promises::tenant();
    let refused = cloud.back_up(&other.subject, &run).await;
    assert!(matches!(&refused, Err(CloudError::Permanent(why)) if why.contains(id)), "{refused:?}");
    // Whoever stops the task by hand has no backup, whatever its exit code.
    stranger.ecs.stop_task().cluster(cluster).task(&tasks.task_arns()[0]).reason("enough").send().await.expect("stop");
    let stopped = ended(&cloud, &tenant.subject, &run).await;
    assert!(matches!(&stopped, Ok(Backup::Failed(why)) if why.contains("enough")), "{stopped:?}");
    no_fault("backup-hangs", id).await;
}

#[tokio::test]
async fn what_a_back_up_lacks_is_named() {
    let Some(services) = Services::running() else { return };
    for (settings, says) in [
        (None, "[environments.dev.backup]"),
        (Some(("no-such-task", "dev-tenant-backups")), "no-such-task is not active"),
        (Some(("dev-tenant-backup", "no-such-bucket")), "no-such-bucket is not there"),
    ] {
        let cloud = cloud(&services, |config| {
            config.backup = settings.map(|(task, bucket)| BackupConfig {
                task: task.to_owned(),
                bucket: bucket.to_owned(),
                container: None,
            });
        });
        let cloud = cloud.await;
        let refused = cloud.back_up(&tenant().subject, &run()).await;
        assert!(matches!(&refused, Err(CloudError::Permanent(why)) if why.contains(says)), "{refused:?}");
        let ready = cloud.back_ups_ready(DEV).await;
        assert!(matches!(&ready, Err(CloudError::Permanent(why)) if why.contains(says)), "{ready:?}");
    }
    let cloud = cloud(&services, |_| {}).await;
    let ready = cloud.back_ups_ready(DEV).await;
    assert!(ready.as_ref().is_ok_and(|said| said.contains("s3://dev-tenant-backups")), "{ready:?}");
}

/// A cloud that reaches DEV's server only by tasks.
async fn by_tasks(services: &Services) -> RealCloud {
    cloud(services, |config| {
        config.database.access = Access::Task;
        config.database.task = Some("dev-generic-db".to_owned());
    })
    .await
}

#[tokio::test]
async fn a_task_finds_and_removes_where_the_server_is_not_reached() {
    let Some(services) = Services::running() else { return };
    let direct = cloud(&services, |_| {}).await;
    let cloud = by_tasks(&services).await;
    let tenant = tenant();
    assert!(cloud.database_task_ready(DEV).await.is_ok_and(|said| said.is_some()));
    for kind in [Kind::Database, Kind::DatabaseUser] {
        assert_eq!(cloud.find(kind, &tenant.subject).await, Ok(vec![]), "{kind}");
        let refused = cloud.ensure(kind, &tenant).await;
        assert!(matches!(&refused, Err(CloudError::Permanent(why)) if why.contains("password")), "{refused:?}");
        assert!(cloud.inventory(kind, DEV, None).await.is_ok_and(|page| page.names.is_empty() && page.next.is_none()));
    }
    for kind in [Kind::Secret, Kind::Database, Kind::DatabaseUser] {
        direct.ensure(kind, &tenant).await.expect("ensured");
    }
    for kind in [Kind::DatabaseUser, Kind::Database] {
        assert_eq!(cloud.find(kind, &tenant.subject).await.map(|found| found.len()), Ok(1), "{kind}");
        assert_eq!(cloud.remove(kind, &tenant.subject).await.map(|removed| removed.len()), Ok(1), "{kind}");
        assert_eq!(direct.find(kind, &tenant.subject).await, Ok(vec![]), "{kind}");
        assert_eq!(cloud.remove(kind, &tenant.subject).await, Ok(vec![]), "{kind}");
    }
    direct.remove(Kind::Secret, &tenant.subject).await.expect("removed");
}

#[tokio::test]
async fn a_task_that_cannot_start_says_what_to_do() {
    let Some(services) = Services::running() else { return };
    let cloud = by_tasks(&services).await;
    let tenant = tenant();
    let id = tenant.subject.tenancy.tenant.as_str();
    fault("db-task-resource-init", json!({"tenant": id})).await;
    let failed = cloud.find(Kind::Database, &tenant.subject).await;
    no_fault("db-task-resource-init", id).await;
    let Err(CloudError::Permanent(why)) = failed else { panic!("{failed:?}") };
    assert!(why.contains("ResourceInitializationError") && why.contains("database.task"), "{why}");
}
