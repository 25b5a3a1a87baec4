//! The log group, and the last lines before the last failure.

use aws_sdk_cloudwatchlogs::types::OrderBy;
use landlord_core::kind::Kind;
use landlord_core::ports::{CloudError, Place, Sign, Symptom};
use landlord_core::tenant::Tenancy;

use super::super::accounts::Account;
use super::super::{log_group, secret};
use super::{MOST, plain, standing, tasks};

/// How many streams are looked through for that of the task that failed; each task has one.
const STREAMS: i32 = 50;

/// The last lines of the task that failed last, else of the newest stream; the newest first. What a container writes may be
/// anything, the tenant's own password among it, which is taken out.
pub(crate) async fn lines(account: &Account, tenancy: &Tenancy) -> Result<Vec<Symptom>, CloudError> {
    let name = tenancy.name(Kind::LogGroup);
    let there = standing(Place::Logs, &name, &log_group::find(account, tenancy).await?);
    if there.iter().any(|symptom| symptom.sign != Sign::Sound) {
        return Ok(there);
    }
    let failed = tasks::troubled(account, tenancy).await?.into_iter().next();
    let failed = failed.as_ref().and_then(|task| task.task_arn()).and_then(|arn| arn.rsplit('/').next());
    let lines = match stream(account, &name, failed).await? {
        Some(stream) => log_group::last_lines(account, &name, &stream, MOST).await?,
        None => Vec::new(),
    };
    if lines.is_empty() {
        return Ok(vec![Symptom::new(Place::Logs, Sign::Noted, format!("no task has written to {name}"))]);
    }
    let lines = secret::without_password(account, tenancy, lines).await?;
    Ok(lines.iter().rev().map(|line| Symptom::new(Place::Logs, Sign::Noted, plain(line))).collect())
}

/// The stream of a task, which ends in the task's id; else the newest that there is.
async fn stream(account: &Account, group: &str, task: Option<&str>) -> Result<Option<String>, CloudError> {
    let call = account
        .logs()
        .await
        .describe_log_streams()
        .log_group_name(group)
        .order_by(OrderBy::LastEventTime)
        .descending(true)
        .limit(STREAMS)
        .send()
        .await;
    let answer = call.map_err(|error| account.failed(&format!("Reading the log group {group}"), &error))?;
    let mut names: Vec<String> =
        answer.log_streams.into_iter().flatten().filter_map(|stream| stream.log_stream_name).collect();
    let of_task = task.and_then(|task| names.iter().position(|name| name.rsplit('/').next() == Some(task)));
    Ok(if names.is_empty() { None } else { Some(names.swap_remove(of_task.unwrap_or(0))) })
}
