//! A tenant's backup: an ECS task of the configured task definition, and the object that it leaves in S3.
//!
//! A backup counts when its task ended with 0 in every essential container, and the newest object of the tenant is not
//! empty and not older than the task, both by AWS's own clock.

use aws_sdk_ecs::types::Task;
use landlord_core::kind::Kind;
use landlord_core::ports::{Backup, BackupObject, CloudError};
use landlord_core::tenant::Tenancy;

use super::accounts::Account;
use super::bucket::{self, Seen};
use super::run_task::{self, Job, Outcome};
use crate::config::environment::BackupConfig;

/// How many access points a task is told of: all its settings together may have 8,192 characters (ECS).
const ACCESS_POINTS_MAX: usize = 100;

/// Looks at a run, and starts it where it has not been started. `access_points` are only asked for then.
pub(crate) async fn back_up(
    account: &Account,
    tenancy: &Tenancy,
    run: &str,
    access_points: impl Future<Output = Result<Vec<String>, CloudError>>,
) -> Result<Backup, CloudError> {
    super::run_name(run)?;
    let config = configured(account)?;
    let tasks = run_task::started_by(account, run).await?;
    // Fails closed: a task of this run that is about somebody else proves nothing of this tenant.
    if let Some(other) = tasks.iter().find(|task| run_task::setting(task, "TENANT_ID") != Some(tenancy.tenant.as_str()))
    {
        let whose = run_task::setting(other, "TENANT_ID").unwrap_or("nobody");
        return Err(CloudError::Permanent(format!(
            "The run {run} has a task that backs up {whose} instead of {}. Back up under another name.",
            tenancy.tenant
        )));
    }
    match tasks.into_iter().max_by_key(created) {
        None => start(account, config, tenancy, run, access_points).await,
        Some(task) => came_of(account, config, tenancy, &task).await,
    }
}

fn configured(account: &Account) -> Result<&BackupConfig, CloudError> {
    account.config.backup.as_ref().ok_or_else(|| {
        CloudError::Permanent(format!(
            "No backup is configured for {title}. Add [environments.{name}.backup] with `task` (the ECS task definition \
             that backs a tenant up) and `bucket` (where it leaves the object) to landlord.toml.",
            title = account.environment.title(),
            name = account.environment
        ))
    })
}

/// When a task was created, in whole seconds since 1970, as S3 counts.
fn created(task: &Task) -> i64 {
    task.created_at().map_or(i64::MIN, aws_smithy_types::DateTime::secs)
}

async fn start(
    account: &Account,
    config: &BackupConfig,
    tenancy: &Tenancy,
    run: &str,
    access_points: impl Future<Output = Result<Vec<String>, CloudError>>,
) -> Result<Backup, CloudError> {
    let key = format!("{}/{run}", tenancy.tenant);
    if bucket::holds(account, &config.bucket, &key).await? {
        return Ok(failed(&format!(
            "s3://{}/{key} is there, but ECS no longer knows its task, so nothing shows that it is whole",
            config.bucket
        )));
    }
    let definition = run_task::definition(account, &config.task, "backup.task").await?;
    let container = run_task::container(&definition, config.container.as_deref())?;
    let database = &account.config.database;
    let mut environment = vec![
        ("TENANT_ID", tenancy.tenant.to_string()),
        ("ENVIRONMENT", tenancy.environment.to_string()),
        ("DATABASE", tenancy.name(Kind::Database)),
        ("DATABASE_HOST", database.host.clone()),
        ("DATABASE_PORT", database.port.to_string()),
        ("FILE_SYSTEM", account.file_system().await?),
        ("BACKUP_BUCKET", config.bucket.clone()),
        ("BACKUP_KEY", key),
    ];
    let points = access_points.await?;
    if points.len() <= ACCESS_POINTS_MAX {
        environment.push(("ACCESS_POINTS", points.join(",")));
    }
    let job = Job { definition: &definition, container, started_by: run, environment };
    let task = run_task::start(account, job).await?;
    Ok(running(task.last_status().unwrap_or("PROVISIONING")))
}

async fn came_of(
    account: &Account,
    config: &BackupConfig,
    tenancy: &Tenancy,
    task: &Task,
) -> Result<Backup, CloudError> {
    let essential = match task.task_definition_arn() {
        Some(arn) if task.last_status() == Some("STOPPED") => run_task::definition(account, arn, "backup.task")
            .await
            .map(|definition| Some(run_task::essential(&definition)))
            // Deregistered meanwhile: then all containers count.
            .or_else(|error| if matches!(error, CloudError::Permanent(_)) { Ok(None) } else { Err(error) })?,
        _ => None,
    };
    match run_task::outcome(task, essential.as_deref()) {
        Outcome::Underway(status) => Ok(running(&status)),
        Outcome::Stopped(why) | Outcome::Exited(1.. | i32::MIN..=-1, why) => {
            Ok(failed(&format!("The task {} did not end well: {why}", config.task)))
        }
        Outcome::Exited(0, _) => {
            let newest = bucket::newest(account, &config.bucket, &format!("{}/", tenancy.tenant)).await?;
            Ok(judged(&config.bucket, &tenancy.tenant.to_string(), newest, created(task)))
        }
    }
}

/// Whether the newest object of the tenant is this task's.
fn judged(bucket: &str, tenant: &str, newest: Option<Seen>, created: i64) -> Backup {
    let Some(Seen { key, bytes, written }) = newest else {
        return failed(&format!("The task ended well, but left nothing under s3://{bucket}/{tenant}/"));
    };
    let location = format!("s3://{bucket}/{key}");
    if written < created {
        return failed(&format!("The task ended well, but the newest object, {location}, is older than it"));
    }
    if bytes == 0 {
        return failed(&format!("The task ended well, but {location} is empty"));
    }
    Backup::Done(BackupObject { location, bytes })
}

fn running(status: &str) -> Backup {
    Backup::Running(format!("its task is {status}"))
}

fn failed(why: &str) -> Backup {
    Backup::Failed(format!("{why}. Look at the task's log, mend what is wrong, then back up again."))
}

/// Whether backups can be made here, in words: the task definition and the bucket are there.
pub(crate) async fn ready(account: &Account) -> Result<String, CloudError> {
    let config = configured(account)?;
    let definition = run_task::definition(account, &config.task, "backup.task").await?;
    let container = run_task::container(&definition, config.container.as_deref())?;
    bucket::reach(account, &config.bucket, "backup.bucket").await?;
    let revision = definition.revision();
    Ok(format!("{} revision {revision}, container {container}, into s3://{}", config.task, config.bucket))
}

#[cfg(test)]
mod tests {
    use landlord_core::ports::{Backup, BackupObject};

    use super::judged;
    use crate::aws::bucket::Seen;

    fn seen(bytes: u64, written: i64) -> Seen {
        Seen { key: "acme/run-1".to_owned(), bytes, written }
    }

    #[test]
    fn only_an_object_of_this_task_that_holds_something_counts() {
        let done = Backup::Done(BackupObject { location: "s3://b/acme/run-1".to_owned(), bytes: 7 });
        assert_eq!(judged("b", "acme", Some(seen(7, 100)), 100), done);
        for (newest, says) in [(None, "s3://b/acme/"), (Some(seen(7, 99)), "older"), (Some(seen(0, 100)), "empty")] {
            let judgement = judged("b", "acme", newest, 100);
            assert!(matches!(&judgement, Backup::Failed(why) if why.contains(says)), "{judgement:?}");
        }
    }
}
