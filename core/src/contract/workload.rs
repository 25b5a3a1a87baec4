//! Services at work, and backups: what is promised beside the three verbs.

use super::trial::{Broken, Trial, hold};
use crate::fakes::BackupFault;
use crate::kind::Kind;
use crate::ports::{Backup, BackupObject, Blueprint, Check, CloudError, Tasks, Verdict};

pub(super) async fn nothing_of_nothing(trial: &Trial<'_>) -> Result<(), Broken> {
    let tenant = trial.tenant()?;
    let workload = trial.world().workload();
    let tasks = workload.tasks(&tenant.subject).await;
    hold!(tasks == Ok(None), "tasks without a service: {tasks:?}");
    let scaled = workload.scale(&tenant.subject, 0).await;
    hold!(scaled == Ok(()), "scaling nothing came to {scaled:?}");
    let forced = workload.force_remove(&tenant.subject).await;
    hold!(forced == Ok(vec![]), "forcing nothing removed {forced:?}");
    trial.has_nothing(&tenant.subject).await
}

/// A tenant with all ten kinds whose task runs.
async fn at_work(trial: &Trial<'_>) -> Result<Blueprint, Broken> {
    let tenant = trial.tenant()?;
    trial.build(&tenant).await?;
    let running = || -> futures::future::BoxFuture<'_, Result<bool, Broken>> {
        Box::pin(async {
            let seen = trial.cloud().check(Check::ServiceRunning, &tenant).await.map_err(Broken::new)?;
            Ok(matches!(seen, Verdict::Passed(_)))
        })
    };
    trial.until("a running task", running).await?;
    let tasks = trial.world().workload().tasks(&tenant.subject).await;
    hold!(tasks == Ok(Some(Tasks { desired: 1, running: 1 })), "one task should run: {tasks:?}");
    Ok(tenant)
}

pub(super) async fn drains_and_goes(trial: &Trial<'_>) -> Result<(), Broken> {
    let tenant = at_work(trial).await?;
    let workload = trial.world().workload();
    let found = trial.find(Kind::Service, &tenant.subject).await?;
    for _ in 0..2 {
        let scaled = workload.scale(&tenant.subject, 0).await;
        hold!(scaled == Ok(()), "scaling to zero came to {scaled:?}");
    }
    let drained = || -> futures::future::BoxFuture<'_, Result<bool, Broken>> {
        Box::pin(async {
            let tasks = workload.tasks(&tenant.subject).await.map_err(Broken::new)?;
            hold!(tasks.is_some_and(|tasks| tasks.desired == 0), "a service scaled to zero: {tasks:?}");
            Ok(tasks.is_some_and(|tasks| tasks.running == 0))
        })
    };
    trial.until("a service without tasks", drained).await?;
    let still = trial.find(Kind::Service, &tenant.subject).await?;
    hold!(still == found, "without tasks the service is {still:?} instead of {found:?}");
    let removed = trial.cloud().remove(Kind::Service, &tenant.subject).await;
    hold!(removed.as_ref() == Ok(&found), "a service without tasks goes at once: {removed:?}");
    let left = trial.find(Kind::Service, &tenant.subject).await?;
    hold!(left.is_empty(), "the service is still found: {left:?}");
    Ok(())
}

pub(super) async fn goes_by_force(trial: &Trial<'_>) -> Result<(), Broken> {
    let tenant = at_work(trial).await?;
    let workload = trial.world().workload();
    let found = trial.find(Kind::Service, &tenant.subject).await?;
    let removed = workload.force_remove(&tenant.subject).await;
    hold!(removed.as_ref() == Ok(&found), "force removed {removed:?} instead of {found:?}");
    let gone = || -> futures::future::BoxFuture<'_, Result<bool, Broken>> {
        Box::pin(async {
            let tasks = workload.tasks(&tenant.subject).await.map_err(Broken::new)?;
            let left = trial.find(Kind::Service, &tenant.subject).await?;
            Ok(left.is_empty() && tasks.is_none_or(|tasks| tasks.running == 0))
        })
    };
    trial.until("no service", gone).await?;
    let again = trial.remove(Kind::Service, &tenant.subject).await?;
    hold!(again.is_empty(), "the service was removed twice: {again:?}");
    Ok(())
}

pub(super) async fn strangers_service_is_left(trial: &Trial<'_>) -> Result<(), Broken> {
    let tenant = trial.tenant()?;
    if !trial.plant_foreign(Kind::Service, &tenant.subject).await {
        return Ok(());
    }
    let before = trial.find(Kind::Service, &tenant.subject).await?;
    let workload = trial.world().workload();
    let told = workload.tasks(&tenant.subject).await;
    hold!(matches!(told, Err(CloudError::Foreign { .. })), "tasks of somebody else's service: {told:?}");
    let scaled = workload.scale(&tenant.subject, 0).await;
    hold!(matches!(scaled, Err(CloudError::Foreign { .. })), "scaling somebody else's service: {scaled:?}");
    let forced = workload.force_remove(&tenant.subject).await;
    hold!(matches!(forced, Err(CloudError::Foreign { .. })), "forcing somebody else's service: {forced:?}");
    let after = trial.find(Kind::Service, &tenant.subject).await?;
    hold!(before == after, "somebody else's service was {before:?} and is {after:?}");
    Ok(())
}

/// Looks at a run until it has ended.
async fn ended(trial: &Trial<'_>, tenant: &Blueprint, run: &str) -> Result<Result<BackupObject, String>, Broken> {
    for _ in 0..=trial.world().patience() {
        let look = || trial.world().workload().back_up(&tenant.subject, run);
        match trial.insist(format!("backup {run}"), look).await? {
            Backup::Running(_) => trial.world().settle().await,
            Backup::Failed(why) => return Ok(Err(why)),
            Backup::Done(object) => return Ok(Ok(object)),
        }
    }
    Err(Broken(format!("the backup {run} never ends")))
}

fn run() -> String {
    format!("run-{:016x}", rand::random::<u64>())
}

pub(super) async fn backed_up_once_a_run(trial: &Trial<'_>) -> Result<(), Broken> {
    let tenant = trial.tenant()?;
    let run = run();
    let object = ended(trial, &tenant, &run).await?.map_err(Broken::new)?;
    let place = format!("/{}/", tenant.subject.tenancy.tenant);
    let right = object.location.starts_with("s3://") && object.location.contains(&place) && object.bytes > 0;
    hold!(right, "no place for a backup: {object:?}");
    let again = trial.world().workload().back_up(&tenant.subject, &run).await;
    hold!(again == Ok(Backup::Done(object.clone())), "the same run came to {object:?}, then to {again:?}");
    let other = ended(trial, &tenant, &self::run()).await?.map_err(Broken::new)?;
    hold!(other.location != object.location, "two runs left one object: {object:?}");
    for wrong in ["", "a run", &"x".repeat(37)] {
        let refused = trial.world().workload().back_up(&tenant.subject, wrong).await;
        hold!(matches!(refused, Err(CloudError::Permanent(_))), "the run `{wrong}` came to {refused:?}");
    }
    Ok(())
}

pub(super) async fn failed_for_good(trial: &Trial<'_>) -> Result<(), Broken> {
    for fault in [BackupFault::Fails, BackupFault::Empty, BackupFault::NoObject] {
        let tenant = trial.tenant()?;
        if let Err(cannot) = trial.world().spoil_backups(&tenant.subject, Some(fault)).await {
            trial.skip(cannot);
            continue;
        }
        let run = run();
        let came = ended(trial, &tenant, &run).await?;
        hold!(came.is_err(), "{fault:?}: the backup came to {came:?}");
        if let Err(cannot) = trial.world().spoil_backups(&tenant.subject, None).await {
            trial.skip(cannot);
            continue;
        }
        let again = ended(trial, &tenant, &run).await?;
        hold!(again.is_err(), "{fault:?}: the backup failed, and then it was {again:?}");
        let other = ended(trial, &tenant, &self::run()).await?;
        hold!(other.is_ok(), "{fault:?}: another run came to {other:?}");
    }
    Ok(())
}
