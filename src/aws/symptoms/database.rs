//! What ECS tells of the tasks that work on the tenant's database where the bot does not reach its server.

use aws_sdk_ecs::types::{DesiredStatus, Task};
use landlord_core::kind::Kind;
use landlord_core::ports::{CloudError, Place, Sign, Symptom};
use landlord_core::tenant::Tenancy;

use super::super::accounts::Account;
use super::super::quota::Quota;
use super::super::service_tasks::{has_stopped, reasons};
use super::super::{database_task, run_task};
use super::{plain, tasks};

/// Why the last task that worked on this tenant's database or user did not end well (playbook 3.2), where it did not; and that
/// the server itself is not looked into.
pub(crate) async fn cleaning_up(account: &Account, tenancy: &Tenancy, kind: Kind) -> Result<Vec<Symptom>, CloudError> {
    let place = Place::of(kind);
    let host = &account.config.database.host;
    let unseen = Symptom::new(place, Sign::Unseen, format!("{host} is not looked into: it is only reached by tasks"));
    let last = newest(account, database_task::setting_of(kind), &tenancy.name(kind)).await?;
    let failed = last.filter(|task| !ended_well(task)).map(|task| {
        let sign = if tasks::sign(&task) == Sign::NotStarted { Sign::Failed } else { tasks::sign(&task) };
        Symptom::new(place, sign, plain(&reasons(&task).join("; ")))
    });
    Ok(failed.into_iter().chain([unseen]).collect())
}

/// Both of a task's answers are exit codes that say that it worked.
fn ended_well(task: &Task) -> bool {
    let known = [0, database_task::NOT_THERE];
    !task.containers().is_empty()
        && task.containers().iter().all(|container| container.exit_code().is_some_and(|code| known.contains(&code)))
}

/// The newest task of the configured family that has stopped and was about this name.
async fn newest(account: &Account, setting: &str, name: &str) -> Result<Option<Task>, CloudError> {
    let Some(family) = account.config.database.task.as_deref() else {
        return Ok(None);
    };
    let family = family.rsplit('/').next().unwrap_or_default().split(':').next().unwrap_or_default();
    let doing = format!("Looking at the tasks {family} that have stopped");
    let call = account
        .ecs(Quota::EcsRead)
        .await
        .list_tasks()
        .cluster(&account.config.cluster)
        .family(family)
        .desired_status(DesiredStatus::Stopped)
        .send()
        .await;
    let arns = call.map_err(|error| account.failed(&doing, &error))?.task_arns.unwrap_or_default();
    let tasks = run_task::describe(account, arns, &doing).await?;
    let own = tasks.into_iter().filter(|task| has_stopped(task) && run_task::setting(task, setting) == Some(name));
    Ok(own.max_by_key(|task| task.stopped_at().map_or(0, aws_smithy_types::DateTime::as_nanos)))
}
