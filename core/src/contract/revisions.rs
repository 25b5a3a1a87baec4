//! Revisions of a task definition: registered, retired, brought up, each once, and never a neighbour's.

use futures::future::BoxFuture;
use time::OffsetDateTime;

use super::trial::{Broken, Trial, hold};
use crate::kind::Kind;
use crate::ports::{Blueprint, CloudError, Metric, Revision, Rollout, Subject, Tasks};
use crate::size::Size;

/// Another size than the first revision's.
fn larger() -> Result<Size, Broken> {
    Size::new(512, 1_024, Size::DEFAULT.storage()).map_err(Broken::new)
}

fn run() -> String {
    format!("run-{:016x}", rand::random::<u64>())
}

async fn listed(trial: &Trial<'_>, subject: &Subject) -> Result<Vec<Revision>, Broken> {
    trial.insist("the revisions", || trial.world().workload().revisions(subject)).await
}

/// The revision that the service wants.
async fn wanted(trial: &Trial<'_>, subject: &Subject) -> Result<Revision, Broken> {
    let all = listed(trial, subject).await?;
    let mut wanted = all.iter().filter(|revision| revision.runs);
    match (wanted.next(), wanted.next()) {
        (Some(one), None) => Ok(one.clone()),
        _ => Err(Broken(format!("one revision should be wanted: {all:?}"))),
    }
}

async fn resized(trial: &Trial<'_>, subject: &Subject, from: u32, run: &str) -> Result<u32, Broken> {
    let size = larger()?;
    trial.insist("a revision", || trial.world().workload().resize(subject, from, size, run)).await
}

async fn deployed(trial: &Trial<'_>, subject: &Subject, revision: u32, desired: u32) -> Result<(), Broken> {
    trial.insist("the deployment", || trial.world().workload().deploy(subject, revision, desired)).await
}

/// Looks until what is wanted has come up.
async fn stable(trial: &Trial<'_>, subject: &Subject) -> Result<(), Broken> {
    let comes_up = || -> BoxFuture<'_, Result<bool, Broken>> {
        Box::pin(async {
            match trial.insist("the rollout", || trial.world().workload().rollout(subject, None)).await? {
                Rollout::Stable(_) => Ok(true),
                Rollout::Rolling(_) => Ok(false),
                Rollout::Failed(why) => Err(Broken(format!("the rollout failed: {why}"))),
            }
        })
    };
    trial.until("a stable rollout", comes_up).await
}

pub(super) async fn nothing_of_nothing(trial: &Trial<'_>) -> Result<(), Broken> {
    let Blueprint { subject, .. } = trial.tenant()?;
    let workload = trial.world().workload();
    hold!(listed(trial, &subject).await?.is_empty(), "there is nothing to list");
    let retired = workload.retire(&subject, &run()).await;
    hold!(retired == Ok(None), "there is nothing to retire: {retired:?}");
    let registered = workload.resize(&subject, 1, larger()?, &run()).await;
    hold!(matches!(registered, Err(CloudError::Permanent(_))), "from nothing came {registered:?}");
    let deployed = workload.deploy(&subject, 1, 1).await;
    hold!(matches!(deployed, Err(CloudError::Permanent(_))), "nothing was deployed: {deployed:?}");
    let rollout = workload.rollout(&subject, None).await;
    hold!(matches!(rollout, Err(CloudError::Permanent(_))), "nothing rolls out: {rollout:?}");
    trial.has_nothing(&subject).await
}

pub(super) async fn never_measured(trial: &Trial<'_>) -> Result<(), Broken> {
    let Blueprint { subject, .. } = trial.tenant()?;
    for metric in [Metric::Cpu, Metric::Memory] {
        // An hour long ago, of a day that every metric is kept for.
        let from = OffsetDateTime::now_utc() - time::Duration::days(2);
        let from = from.replace_time(time::Time::MIDNIGHT);
        let ask = || trial.world().workload().usage(&subject, metric, from, 3_600, 5);
        let usage = trial.insist("the usage", ask).await?;
        hold!(usage.points == [None; 5], "nobody has measured {:?}", usage.points);
        hold!((usage.metric, usage.from, usage.period) == (metric, from, 3_600), "that is another question: {usage:?}");
    }
    Ok(())
}

pub(super) async fn registered_once_a_run(trial: &Trial<'_>) -> Result<(), Broken> {
    let tenant = trial.tenant()?;
    trial.build(&tenant).await?;
    let subject = &tenant.subject;
    let first = wanted(trial, subject).await?;
    hold!(first.size == Some(tenant.size), "the first revision has its plan's size: {first:?}");
    let (one, other) = (run(), run());
    let number = resized(trial, subject, first.number, &one).await?;
    hold!(number > first.number, "revision {number} should come after {}", first.number);
    let again = resized(trial, subject, first.number, &one).await?;
    hold!(again == number, "the same run is revision {number}, then {again}");
    let another = resized(trial, subject, first.number, &other).await?;
    hold!(another != number, "two runs are one revision: {number}");
    let all = listed(trial, subject).await?;
    let numbers: Vec<u32> = all.iter().map(|revision| revision.number).collect();
    hold!(numbers == [another, number, first.number], "the newest come first: {numbers:?}");
    let made = &all[1];
    let same = made.image == first.image && !made.runs && made.size == Some(larger()?);
    hold!(same, "only the size should differ: {made:?} from {first:?}");
    hold!(wanted(trial, subject).await?.number == first.number, "registering deploys nothing");

    let workload = trial.world().workload();
    let retired = trial.insist("retiring", || workload.retire(subject, &one)).await?;
    hold!(retired == Some(number), "retired was {retired:?} instead of {number}");
    let again = trial.insist("retiring", || workload.retire(subject, &one)).await?;
    hold!(again.is_none(), "retired twice: {again:?}");
    let numbers: Vec<u32> = listed(trial, subject).await?.iter().map(|revision| revision.number).collect();
    hold!(numbers == [another, first.number], "one should be gone: {numbers:?}");
    for wrong in ["", "a run", &"x".repeat(37)] {
        let refused = workload.resize(subject, first.number, larger()?, wrong).await;
        hold!(matches!(refused, Err(CloudError::Permanent(_))), "the run `{wrong}` came to {refused:?}");
    }
    Ok(())
}

pub(super) async fn comes_up_and_is_proven(trial: &Trial<'_>) -> Result<(), Broken> {
    let tenant = trial.tenant()?;
    trial.build(&tenant).await?;
    let subject = &tenant.subject;
    stable(trial, subject).await?;
    let first = wanted(trial, subject).await?;
    hold!(first.proven, "what has come up is proven: {first:?}");
    let number = resized(trial, subject, first.number, &run()).await?;
    let unproven = listed(trial, subject).await?.iter().any(|one| one.number == number && !one.proven);
    hold!(unproven, "what never ran is not proven");
    for _ in 0..2 {
        deployed(trial, subject, number, 1).await?;
    }
    hold!(wanted(trial, subject).await?.number == number, "revision {number} should be wanted");
    stable(trial, subject).await?;
    hold!(wanted(trial, subject).await?.proven, "revision {number} has come up");
    // The count alone.
    deployed(trial, subject, number, 2).await?;
    stable(trial, subject).await?;
    let tasks = trial.insist("the tasks", || trial.world().workload().tasks(subject)).await?;
    hold!(tasks == Some(Tasks { desired: 2, running: 2 }), "two tasks should run: {tasks:?}");
    // And back, as it was.
    deployed(trial, subject, first.number, 1).await?;
    stable(trial, subject).await?;
    hold!(wanted(trial, subject).await?.number == first.number, "revision {} should run again", first.number);
    let workload = trial.world().workload();
    let left = trial.insist("the rollout", || workload.rollout(subject, Some(number))).await?;
    hold!(matches!(left, Rollout::Failed(_)), "revision {number} is wanted no more, and its rollout is {left:?}");
    let right = trial.insist("the rollout", || workload.rollout(subject, Some(first.number))).await?;
    hold!(matches!(right, Rollout::Stable(_)), "revision {} runs, and its rollout is {right:?}", first.number);
    Ok(())
}

pub(super) async fn a_retired_one_is_refused(trial: &Trial<'_>) -> Result<(), Broken> {
    let tenant = trial.tenant()?;
    trial.build(&tenant).await?;
    let subject = &tenant.subject;
    let (first, run) = (wanted(trial, subject).await?, run());
    let number = resized(trial, subject, first.number, &run).await?;
    let workload = trial.world().workload();
    trial.insist("retiring", || workload.retire(subject, &run)).await?;
    for gone in [number, number + 1_000] {
        let refused = workload.deploy(subject, gone, 1).await;
        hold!(matches!(refused, Err(CloudError::Permanent(_))), "revision {gone} was deployed: {refused:?}");
    }
    hold!(wanted(trial, subject).await?.number == first.number, "what runs should not have changed");
    Ok(())
}

pub(super) async fn strangers_are_left(trial: &Trial<'_>) -> Result<(), Broken> {
    let foreign = |error: &CloudError| matches!(error, CloudError::Foreign { .. });
    let workload = trial.world().workload();
    let tenant = trial.tenant()?;
    let subject = &tenant.subject;
    if trial.plant_foreign(Kind::TaskDefinition, subject).await {
        let before = trial.find(Kind::TaskDefinition, subject).await?;
        let listed = workload.revisions(subject).await;
        hold!(listed.as_ref().is_err_and(foreign), "somebody else's revisions: {listed:?}");
        let made = workload.resize(subject, 1, larger()?, &run()).await;
        hold!(made.as_ref().is_err_and(foreign), "resizing somebody else's: {made:?}");
        let retired = workload.retire(subject, &run()).await;
        hold!(retired.as_ref().is_err_and(foreign), "retiring somebody else's: {retired:?}");
        let after = trial.find(Kind::TaskDefinition, subject).await?;
        hold!(before == after, "somebody else's was {before:?} and is {after:?}");
    }
    let other = trial.tenant()?;
    let subject = &other.subject;
    if trial.plant_foreign(Kind::Service, subject).await {
        let deployed = workload.deploy(subject, 1, 1).await;
        hold!(deployed.as_ref().is_err_and(foreign), "deploying to somebody else's service: {deployed:?}");
        let rollout = workload.rollout(subject, None).await;
        hold!(rollout.as_ref().is_err_and(foreign), "the rollout of somebody else's service: {rollout:?}");
    }
    Ok(())
}

pub(super) async fn neighbours_are_apart(trial: &Trial<'_>) -> Result<(), Broken> {
    let tenant = trial.tenant()?;
    let id = tenant.subject.tenancy.tenant.clone();
    let neighbour = trial.tenant_named(&format!("{id}-2"), trial.environment)?;
    for blueprint in [&tenant, &neighbour] {
        trial.build(blueprint).await?;
    }
    let untouched = listed(trial, &neighbour.subject).await?;
    let (first, run) = (wanted(trial, &tenant.subject).await?, run());
    let number = resized(trial, &tenant.subject, first.number, &run).await?;
    deployed(trial, &tenant.subject, number, 2).await?;
    let after = listed(trial, &neighbour.subject).await?;
    let numbers = |all: &[Revision]| all.iter().map(|one| (one.number, one.size, one.runs)).collect::<Vec<_>>();
    hold!(numbers(&after) == numbers(&untouched), "the neighbour had {untouched:?} and has {after:?}");
    let workload = trial.world().workload();
    let retired = trial.insist("retiring", || workload.retire(&neighbour.subject, &run)).await?;
    hold!(retired.is_none(), "the run is not the neighbour's, and yet {retired:?} is gone");
    let tasks = trial.insist("the tasks", || workload.tasks(&neighbour.subject)).await?;
    hold!(tasks.is_some_and(|tasks| tasks.desired == 1), "the neighbour's tasks: {tasks:?}");
    let own = resized(trial, &neighbour.subject, wanted(trial, &neighbour.subject).await?.number, &run).await?;
    let theirs = listed(trial, &neighbour.subject).await?;
    hold!(theirs.iter().any(|one| one.number == own), "the same run here is a revision here: {theirs:?}");
    Ok(())
}
