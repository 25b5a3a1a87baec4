//! Removal where it is easy to get wrong: more than one of a kind, what is shared, half-gone, or named alike.

use super::Trap;
use super::environments::walk;
use super::trial::{Broken, Trial, hold};
use crate::kind::Kind;
use crate::ports::{Blueprint, CloudError, Found, Owner};

pub(super) async fn target_group_takes_its_rules(trial: &Trial<'_>) -> Result<(), Broken> {
    let tenant = trial.tenant()?;
    for kind in [Kind::TargetGroup, Kind::ListenerRule] {
        trial.ensure(kind, &tenant).await?;
    }
    trial.set(Trap::SecondRule, &tenant.subject).await;
    let mut expected = trial.find(Kind::ListenerRule, &tenant.subject).await?;
    expected.extend(trial.find(Kind::TargetGroup, &tenant.subject).await?);
    let removed = trial.remove(Kind::TargetGroup, &tenant.subject).await?;
    hold!(removed == expected, "the target group went with {removed:?} instead of {expected:?}");
    trial.has_nothing(&tenant.subject).await
}

pub(super) async fn strangers_rule_holds(trial: &Trial<'_>) -> Result<(), Broken> {
    for trap in [Trap::StrangersRule, Trap::SharedRule] {
        let tenant = trial.tenant()?;
        for kind in [Kind::TargetGroup, Kind::ListenerRule] {
            trial.ensure(kind, &tenant).await?;
        }
        if trial.set(trap, &tenant.subject).await {
            refused_as_foreign(trial, Kind::TargetGroup, &tenant).await?;
        }
    }
    Ok(())
}

/// `remove` answers that something is somebody else's, and leaves rules and target group as they were.
async fn refused_as_foreign(trial: &Trial<'_>, kind: Kind, tenant: &Blueprint) -> Result<(), Broken> {
    let standing = async || {
        let mut all = trial.find(Kind::TargetGroup, &tenant.subject).await?;
        all.extend(trial.find(Kind::ListenerRule, &tenant.subject).await?);
        all.extend(trial.find(Kind::AccessPoint, &tenant.subject).await?);
        Ok::<_, Broken>(all)
    };
    let before = standing().await?;
    let foreign = before.iter().filter(|found| found.owner != Owner::Own).count();
    hold!(foreign == 1, "one should be found as somebody else's: {before:?}");
    let refused = trial.cloud().remove(kind, &tenant.subject).await;
    hold!(matches!(refused, Err(CloudError::Foreign { .. })), "remove {kind} came to {refused:?}");
    let after = standing().await?;
    hold!(before == after, "remove {kind} was refused, and yet {before:?} became {after:?}");
    Ok(())
}

pub(super) async fn every_rule_goes_and_no_shared_one(trial: &Trial<'_>) -> Result<(), Broken> {
    let tenant = trial.tenant()?;
    for kind in [Kind::TargetGroup, Kind::ListenerRule] {
        trial.ensure(kind, &tenant).await?;
    }
    if trial.set(Trap::SharedRule, &tenant.subject).await {
        refused_as_foreign(trial, Kind::ListenerRule, &tenant).await?;
        trial.world().clear(Trap::SharedRule, &tenant.subject).await;
    }
    let expected = if trial.set(Trap::SecondRule, &tenant.subject).await { 2 } else { 1 };
    let found = trial.find(Kind::ListenerRule, &tenant.subject).await?;
    hold!(found.len() == expected, "{expected} rules lead to the target group, found {found:?}");
    let removed = trial.remove(Kind::ListenerRule, &tenant.subject).await?;
    hold!(removed == found, "found {found:?}, removed {removed:?}");
    let left = trial.find(Kind::ListenerRule, &tenant.subject).await?;
    hold!(left.is_empty(), "rules are left: {left:?}");
    Ok(())
}

pub(super) async fn every_access_point_goes(trial: &Trial<'_>) -> Result<(), Broken> {
    let tenant = trial.tenant()?;
    trial.ensure(Kind::AccessPoint, &tenant).await?;
    let expected = if trial.set(Trap::TaggedAccessPoint, &tenant.subject).await { 2 } else { 1 };
    let mut found = trial.find(Kind::AccessPoint, &tenant.subject).await?;
    let own = found.iter().all(|point| point.owner == Owner::Own);
    hold!(own && found.len() == expected, "{expected} access points are the tenant's, found {found:?}");
    let mut removed = trial.remove(Kind::AccessPoint, &tenant.subject).await?;
    for all in [&mut found, &mut removed] {
        all.sort_by(|one, other| one.id.cmp(&other.id));
    }
    hold!(removed == found, "found {found:?}, removed {removed:?}");
    trial.has_nothing(&tenant.subject).await
}

pub(super) async fn doubtful_access_point_stays(trial: &Trial<'_>) -> Result<(), Broken> {
    let tenant = trial.tenant()?;
    trial.ensure(Kind::AccessPoint, &tenant).await?;
    if trial.set(Trap::NeighboursAccessPoint, &tenant.subject).await {
        refused_as_foreign(trial, Kind::AccessPoint, &tenant).await?;
    }
    Ok(())
}

pub(super) async fn scheduled_secret_goes(trial: &Trial<'_>) -> Result<(), Broken> {
    let tenant = trial.tenant()?;
    trial.ensure(Kind::Secret, &tenant).await?;
    trial.set(Trap::ScheduledSecret, &tenant.subject).await;
    let found = trial.find(Kind::Secret, &tenant.subject).await?;
    hold!(found.len() == 1, "the secret is not found: {found:?}");
    let removed = trial.remove(Kind::Secret, &tenant.subject).await?;
    hold!(removed == found, "found {found:?}, removed {removed:?}");
    let left = trial.find(Kind::Secret, &tenant.subject).await?;
    hold!(left.is_empty(), "the secret is still found: {left:?}");
    // Gone for good: its name is free at once.
    trial.ensure(Kind::Secret, &tenant).await.map(drop)
}

pub(super) async fn what_is_left_of_a_database_goes(trial: &Trial<'_>) -> Result<(), Broken> {
    // A database that nobody may use, and users of which one holds nothing, and then all hold what is not there.
    let alone = trial.tenant()?;
    trial.ensure(Kind::Database, &alone).await?;
    gone(trial, Kind::DatabaseUser, &alone, 0).await?;
    gone(trial, Kind::Database, &alone, 1).await?;
    let tenant = trial.tenant()?;
    for kind in [Kind::Secret, Kind::Database, Kind::DatabaseUser] {
        trial.ensure(kind, &tenant).await?;
    }
    let users = if trial.set(Trap::UserWithoutGrants, &tenant.subject).await { 2 } else { 1 };
    gone(trial, Kind::Database, &tenant, 1).await?;
    gone(trial, Kind::DatabaseUser, &tenant, users).await
}

/// `remove` takes away so many, all that are found.
async fn gone(trial: &Trial<'_>, kind: Kind, tenant: &Blueprint, count: usize) -> Result<(), Broken> {
    let found = trial.find(kind, &tenant.subject).await?;
    let removed = trial.remove(kind, &tenant.subject).await?;
    let left = trial.find(kind, &tenant.subject).await?;
    hold!(
        found.len() == count && removed == found && left.is_empty(),
        "of {count} {kind}s {found:?} were found, {removed:?} removed, {left:?} left"
    );
    Ok(())
}

pub(super) async fn prefixes_are_untouched(trial: &Trial<'_>) -> Result<(), Broken> {
    let tenant = trial.tenant()?;
    let id = tenant.subject.tenancy.tenant.to_string();
    let mut others = Vec::new();
    for name in [format!("{id}-2"), format!("{id}-20"), id[..id.len() - 1].to_owned()] {
        let other = trial.tenant_named(&name, trial.environment)?;
        let built = trial.build(&other).await?;
        others.push((other, built));
    }
    trial.build(&tenant).await?;
    let before = snapshot(trial, &others).await?;
    for kind in Kind::DELETION_ORDER {
        trial.remove(kind, &tenant.subject).await?;
        let after = snapshot(trial, &others).await?;
        hold!(before == after, "removing the {kind} of {id} made of {before:?} {after:?}");
    }
    trial.has_nothing(&tenant.subject).await
}

/// What `find` and the inventory say of these tenants, in every kind.
async fn snapshot(
    trial: &Trial<'_>,
    tenants: &[(Blueprint, Vec<(Kind, Found)>)],
) -> Result<Vec<(Kind, Vec<Found>, Vec<String>)>, Broken> {
    let mut seen = Vec::new();
    for kind in Kind::DELETION_ORDER {
        let mut found = Vec::new();
        let mut names = Vec::new();
        for (tenant, built) in tenants {
            found.extend(trial.find(kind, &tenant.subject).await?);
            let of_kind = built.iter().filter(|(k, _)| *k == kind);
            names.extend(of_kind.map(|(_, one)| trial.world().listed_as(kind, &tenant.subject, one)));
        }
        let listed = walk(trial, kind, |name| names.contains(name)).await?;
        seen.push((kind, found, listed));
    }
    Ok(seen)
}

pub(super) async fn logs_are_kept_or_go(trial: &Trial<'_>) -> Result<(), Broken> {
    let tenant = trial.tenant()?;
    let kept = trial.cloud().retain_logs(&tenant.subject, 90).await;
    hold!(kept == Ok(None), "logs of nobody are kept: {kept:?}");
    trial.ensure(Kind::LogGroup, &tenant).await?;
    let found = trial.find(Kind::LogGroup, &tenant.subject).await?;
    for days in [90, 30] {
        let kept = trial.cloud().retain_logs(&tenant.subject, days).await;
        hold!(kept == Ok(found.first().cloned()), "keeping {found:?} came to {kept:?}");
    }
    let still = trial.find(Kind::LogGroup, &tenant.subject).await?;
    hold!(still == found, "the log group was {found:?} and is {still:?} once it is kept");
    gone(trial, Kind::LogGroup, &tenant, 1).await?;
    let strange = trial.tenant()?;
    if trial.plant_foreign(Kind::LogGroup, &strange.subject).await {
        let kept = trial.cloud().retain_logs(&strange.subject, 90).await;
        hold!(matches!(kept, Err(CloudError::Foreign { .. })), "somebody else's logs: {kept:?}");
    }
    Ok(())
}
