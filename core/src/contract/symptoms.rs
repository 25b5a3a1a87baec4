//! What is seen of a tenant that works, and of one that does not: by signs, never by words.

use super::Trap;
use super::trial::{Broken, Trial, hold};
use crate::kind::Kind;
use crate::ports::{Place, Sign, Subject, Symptom};

async fn seen(trial: &Trial<'_>, subject: &Subject, place: Place) -> Result<Vec<Symptom>, Broken> {
    let about = format!("symptoms of {}", place.words());
    let seen = trial.insist(about, || trial.world().workload().symptoms(subject, place)).await?;
    hold!(!seen.is_empty(), "{}: an empty answer says nothing", place.words());
    hold!(seen.len() <= 10, "{}: {} symptoms are more than people read", place.words(), seen.len());
    let silent = seen.iter().find(|symptom| symptom.place != place || symptom.said.trim().is_empty());
    hold!(silent.is_none(), "{}: {silent:?}", place.words());
    Ok(seen)
}

/// Looks until the place shows the sign, or says that it cannot be seen there.
async fn comes(trial: &Trial<'_>, subject: &Subject, place: Place, sign: Sign) -> Result<(), Broken> {
    let mut last = Vec::new();
    for _ in 0..=trial.world().patience() {
        last = seen(trial, subject, place).await?;
        if last.iter().any(|symptom| symptom.sign == sign || symptom.sign == Sign::Unseen) {
            return Ok(());
        }
        trial.world().settle().await;
    }
    Err(Broken(format!("{}: {last:?}, and nothing there is {sign:?}", place.words())))
}

pub(super) async fn sound_where_all_is_well(trial: &Trial<'_>) -> Result<(), Broken> {
    let tenant = trial.tenant()?;
    trial.build(&tenant).await?;
    trial.all_pass_but(&[], &tenant).await?;
    for place in Place::ALL {
        let seen = seen(trial, &tenant.subject, place).await?;
        let well = |symptom: &&Symptom| matches!(symptom.sign, Sign::Sound | Sign::Unseen | Sign::Noted);
        let ill: Vec<_> = seen.iter().filter(|symptom| !well(symptom)).collect();
        hold!(ill.is_empty(), "{} of a tenant that is well: {ill:?}", place.words());
    }
    for place in [Place::Service, Place::Targets, Place::Rules, Place::Secret] {
        let seen = seen(trial, &tenant.subject, place).await?;
        let sound = seen.iter().any(|symptom| symptom.sign == Sign::Sound);
        hold!(sound, "{} can always be seen: {seen:?}", place.words());
    }
    Ok(())
}

pub(super) async fn missing_where_nothing_is(trial: &Trial<'_>) -> Result<(), Broken> {
    let tenant = trial.tenant()?;
    for kind in Kind::DELETION_ORDER {
        comes(trial, &tenant.subject, Place::of(kind), Sign::Missing).await?;
    }
    for place in Place::ALL {
        let seen = seen(trial, &tenant.subject, place).await?;
        let there = seen.iter().find(|symptom| symptom.sign == Sign::Foreign);
        hold!(there.is_none(), "{} of a tenant that never was: {there:?}", place.words());
    }
    trial.build(&tenant).await?;
    trial.all_pass_but(&[], &tenant).await?;
    for kind in [Kind::Service, Kind::ListenerRule, Kind::DnsRecord, Kind::Secret] {
        trial.remove(kind, &tenant.subject).await?;
        comes(trial, &tenant.subject, Place::of(kind), Sign::Missing).await?;
    }
    Ok(())
}

pub(super) async fn scaled_to_zero(trial: &Trial<'_>) -> Result<(), Broken> {
    let tenant = trial.tenant()?;
    trial.build(&tenant).await?;
    trial.all_pass_but(&[], &tenant).await?;
    let workload = trial.world().workload();
    let scaled = workload.scale(&tenant.subject, 0).await;
    hold!(scaled == Ok(()), "scaling to zero came to {scaled:?}");
    for _ in 0..=trial.world().patience() {
        match workload.tasks(&tenant.subject).await.map_err(Broken::new)? {
            Some(tasks) if tasks.running > 0 => trial.world().settle().await,
            _ => break,
        }
    }
    let seen = seen(trial, &tenant.subject, Place::Service).await?;
    let zero = seen.iter().any(|symptom| symptom.sign == Sign::ScaledToZero);
    hold!(zero, "a service that wants no task: {seen:?}");
    Ok(())
}

pub(super) async fn foreign_is_told(trial: &Trial<'_>) -> Result<(), Broken> {
    for kind in [Kind::Service, Kind::TargetGroup, Kind::Secret, Kind::LogGroup] {
        let tenant = trial.tenant()?;
        if trial.plant_foreign(kind, &tenant.subject).await {
            comes(trial, &tenant.subject, Place::of(kind), Sign::Foreign).await?;
        }
    }
    Ok(())
}

pub(super) async fn what_is_wrong_with_rule_and_secret(trial: &Trial<'_>) -> Result<(), Broken> {
    for (trap, place, sign) in [
        (Trap::ScheduledSecret, Place::Secret, Sign::Going),
        (Trap::StrangersRule, Place::Rules, Sign::Shared),
        (Trap::SharedRule, Place::Rules, Sign::Shared),
    ] {
        let tenant = trial.tenant()?;
        trial.build(&tenant).await?;
        if trial.set(trap, &tenant.subject).await {
            let seen = seen(trial, &tenant.subject, place).await?;
            hold!(seen.iter().any(|symptom| symptom.sign == sign), "{trap:?} at {}: {seen:?}", place.words());
        }
    }
    Ok(())
}

pub(super) async fn stopped_reason_is_told(trial: &Trial<'_>) -> Result<(), Broken> {
    let tenant = trial.tenant()?;
    let reason = "CannotPullContainerError: the contract asks for no image";
    if let Err(cannot) = trial.world().let_tasks_fail(&tenant.subject, Some(reason)).await {
        trial.skip(cannot);
        return Ok(());
    }
    trial.build(&tenant).await?;
    let told = || -> futures::future::BoxFuture<'_, Result<bool, Broken>> {
        Box::pin(async {
            let seen = seen(trial, &tenant.subject, Place::StoppedTasks).await?;
            Ok(seen.iter().any(|symptom| symptom.sign == Sign::NotStarted && symptom.said.contains(reason)))
        })
    };
    let told = trial.until("a stopped task with its reason, that never started", told).await;
    let mended = trial.world().let_tasks_fail(&tenant.subject, None).await;
    hold!(mended.is_ok(), "tasks do not start again: {mended:?}");
    told
}
