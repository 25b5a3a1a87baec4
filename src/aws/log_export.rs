//! A tenant's logs, kept whole after an emergency (playbook 4.1): for ever where they are, and once more in a bucket.

use aws_sdk_cloudwatchlogs::types::{ExportTask, ExportTaskStatusCode};
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use landlord_core::ports::{CloudError, Preserved};
use landlord_core::tenant::Tenancy;
use time::OffsetDateTime;

use super::accounts::Account;
use super::{bucket, log_group};

/// What all exports' keys begin with. No tenant's name begins so, which keeps them apart from backups in the same bucket.
const PREFIX: &str = "_logs";

/// Keeps the tenant's log group for ever, and exports all that is in it; see the port.
pub(crate) async fn preserve(account: &Account, tenancy: &Tenancy, run: &str) -> Result<Option<Preserved>, CloudError> {
    super::run_name(run)?;
    let Some(standing) = log_group::look(account, tenancy).await? else {
        return Ok(None);
    };
    let group = standing.found.id.clone();
    super::all_own(&group, vec![standing.found.clone()])?;
    let kept_before = log_group::keep_for_ever(account, &standing).await?;
    let export = match account.config.log_bucket() {
        Some(bucket) => {
            let prefix = format!("{PREFIX}/{}/{run}", tenancy.tenant);
            let location = format!("s3://{bucket}/{prefix}");
            Some((location, export(account, &group, run, bucket, &prefix).await?))
        }
        None => None,
    };
    Ok(Some(Preserved { group, kept_before, export }))
}

/// The export of this run: the one that was started, else a new one. One that failed is none.
async fn export(account: &Account, group: &str, run: &str, bucket: &str, prefix: &str) -> Result<String, CloudError> {
    let doing = format!("Exporting the log group {group} to s3://{bucket}/{prefix}");
    if let Some(id) = started(account, group, run, &doing).await? {
        return Ok(id);
    }
    // Milliseconds since 1970 as AWS counts them, until now.
    let until = OffsetDateTime::now_utc().unix_timestamp() * 1_000;
    let call = account
        .logs()
        .await
        .create_export_task()
        .task_name(run)
        .log_group_name(group)
        .from(0)
        .to(until)
        .destination(bucket)
        .destination_prefix(prefix)
        .send()
        .await;
    match call {
        Ok(answer) => {
            answer.task_id.ok_or_else(|| CloudError::Transient(format!("{doing}: the answer names no export.")))
        }
        Err(error) => Err(match error.code() {
            Some("LimitExceededException") => CloudError::Transient(format!(
                "{doing}: another export runs in account {}, and CloudWatch Logs makes one at a time.",
                account.config.account
            )),
            Some("ResourceAlreadyExistsException" | "OperationAbortedException") => {
                CloudError::Transient(format!("{doing}: another export was started meanwhile."))
            }
            Some("InvalidParameterException") => CloudError::Permanent(format!(
                "{doing}: {}. Let the bucket be in {}, and give it the policy by which CloudWatch Logs may write to it \
                 (docs/running.md), then retry.",
                error.message().unwrap_or("the bucket is refused").trim_end_matches('.'),
                account.config.region
            )),
            _ => account.failed(&doing, &error),
        }),
    }
}

/// The export of this name that was started and has not failed.
async fn started(account: &Account, group: &str, run: &str, doing: &str) -> Result<Option<String>, CloudError> {
    let mut token = None;
    loop {
        let call = account.logs().await.describe_export_tasks().set_next_token(token).send().await;
        let page = call.map_err(|error| account.failed(doing, &error))?;
        token = page.next_token;
        let own = page.export_tasks.into_iter().flatten().find(|task| is_of(task, group, run));
        match own {
            Some(task) => return Ok(task.task_id),
            None if token.is_none() => return Ok(None),
            None => {}
        }
    }
}

fn is_of(task: &ExportTask, group: &str, run: &str) -> bool {
    use ExportTaskStatusCode::{Cancelled, Failed, PendingCancel};
    let came_to_nothing =
        matches!(task.status().and_then(|status| status.code()), Some(Failed | Cancelled | PendingCancel));
    task.task_name() == Some(run) && task.log_group_name() == Some(group) && !came_to_nothing
}

/// Whether logs can be exported here, in words; none where no bucket is configured. Whether CloudWatch Logs may write to the
/// bucket only an export shows.
pub(crate) async fn ready(account: &Account) -> Result<Option<String>, CloudError> {
    let config = &account.config;
    let Some(bucket) = config.log_bucket() else {
        return Ok(None);
    };
    let key = if config.log_archive.is_some() { "log_archive" } else { "backup.bucket" };
    bucket::reach(account, bucket, key).await?;
    let call = account.logs().await.describe_export_tasks().limit(1).send().await;
    call.map_err(|error| account.failed("Looking at the exports of logs", &error))?;
    Ok(Some(format!("into s3://{bucket}/{PREFIX}")))
}

#[cfg(test)]
mod tests {
    use aws_sdk_cloudwatchlogs::types::{ExportTask, ExportTaskStatus, ExportTaskStatusCode};

    use super::is_of;

    #[test]
    fn an_export_is_of_a_run_by_its_name_unless_it_failed() {
        let task = |name: &str, group: &str, code| {
            let status = ExportTaskStatus::builder().code(code).build();
            ExportTask::builder().task_name(name).log_group_name(group).status(status).build()
        };
        let own = |task: &ExportTask| is_of(task, "/ecs/dev-acme", "run-1");
        assert!(own(&task("run-1", "/ecs/dev-acme", ExportTaskStatusCode::Running)));
        assert!(own(&task("run-1", "/ecs/dev-acme", ExportTaskStatusCode::Completed)));
        assert!(!own(&task("run-1", "/ecs/dev-acme", ExportTaskStatusCode::Failed)));
        assert!(!own(&task("run-12", "/ecs/dev-acme", ExportTaskStatusCode::Running)));
        assert!(!own(&task("run-1", "/ecs/dev-acme-2", ExportTaskStatusCode::Running)));
    }
}
