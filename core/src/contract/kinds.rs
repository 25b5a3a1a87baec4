//! The three verbs on each of the ten kinds.

use futures::future;

use super::trial::{Broken, Trial, hold};
use crate::kind::Kind;
use crate::ports::{Blueprint, CloudError, Ensured, Owner};

pub(super) async fn nothing_of_nothing(trial: &Trial<'_>) -> Result<(), Broken> {
    let tenant = trial.tenant()?;
    trial.has_nothing(&tenant.subject).await?;
    for kind in Kind::DELETION_ORDER {
        let removed = trial.remove(kind, &tenant.subject).await?;
        hold!(removed.is_empty(), "removing a {kind} that is not there removed {removed:?}");
    }
    Ok(())
}

pub(super) async fn each_is_created_found_and_removed_once(trial: &Trial<'_>) -> Result<(), Broken> {
    let tenant = trial.tenant()?;
    for kind in Kind::provisioning_order() {
        let created = match trial.ensure(kind, &tenant).await? {
            Ensured::Created(found) => found,
            Ensured::Existed(found) => return Err(Broken(format!("a new {kind} existed already: {found:?}"))),
        };
        hold!(created.owner == Owner::Own, "a new {kind} should be the tenant's own: {created:?}");
        let found = trial.find(kind, &tenant.subject).await?;
        hold!(found == [created.clone()], "{kind}: created {created:?}, found {found:?}");
        let again = trial.ensure(kind, &tenant).await?;
        hold!(again == Ensured::Existed(created.clone()), "{kind}: created {created:?}, then {again:?}");
    }
    trial.stands_whole(&tenant.subject).await?;
    for kind in Kind::DELETION_ORDER {
        let found = trial.find(kind, &tenant.subject).await?;
        let removed = trial.remove(kind, &tenant.subject).await?;
        hold!(removed == found, "{kind}: found {found:?}, removed {removed:?}");
        let left = trial.find(kind, &tenant.subject).await?;
        hold!(left.is_empty(), "{kind} is still found after it was removed: {left:?}");
        let again = trial.remove(kind, &tenant.subject).await?;
        hold!(again.is_empty(), "{kind} was removed twice: {again:?}");
    }
    trial.has_nothing(&tenant.subject).await
}

pub(super) async fn two_at_once_make_one(trial: &Trial<'_>) -> Result<(), Broken> {
    let tenant = trial.tenant()?;
    for kind in Kind::provisioning_order() {
        let (one, other) = future::join(trial.ensure(kind, &tenant), trial.ensure(kind, &tenant)).await;
        let (Ensured::Created(one) | Ensured::Existed(one)) = one?;
        let (Ensured::Created(other) | Ensured::Existed(other)) = other?;
        let found = trial.find(kind, &tenant.subject).await?;
        hold!(found == [one.clone()] && one == other, "{kind}: {one:?} and {other:?} at once, found {found:?}");
    }
    Ok(())
}

pub(super) async fn refused_before_what_it_needs(trial: &Trial<'_>) -> Result<(), Broken> {
    let tenant = trial.tenant()?;
    for kind in Kind::DELETION_ORDER.into_iter().filter(|kind| !kind.needs().is_empty()) {
        refused_for_good(trial, kind, &tenant).await?;
    }
    trial.has_nothing(&tenant.subject).await
}

pub(super) async fn unknown_load_balancer_is_refused(trial: &Trial<'_>) -> Result<(), Broken> {
    let tenant = trial.tenant()?;
    trial.ensure(Kind::TargetGroup, &tenant).await?;
    let elsewhere = Blueprint { load_balancer: "no-such-load-balancer".into(), ..tenant };
    refused_for_good(trial, Kind::ListenerRule, &elsewhere).await
}

/// `ensure` fails, not transiently, and creates nothing.
async fn refused_for_good(trial: &Trial<'_>, kind: Kind, blueprint: &Blueprint) -> Result<(), Broken> {
    let refused = trial.cloud().ensure(kind, blueprint).await;
    hold!(matches!(refused, Err(CloudError::Permanent(_))), "ensure {kind} should fail for good: {refused:?}");
    let found = trial.find(kind, &blueprint.subject).await?;
    hold!(found.is_empty(), "ensure {kind} failed and left {found:?}");
    Ok(())
}

pub(super) async fn half_built_is_completed(trial: &Trial<'_>) -> Result<(), Broken> {
    let tenant = trial.tenant()?;
    let half = Kind::DELETION_ORDER.len() / 2;
    for kind in Kind::provisioning_order().take(half) {
        trial.ensure(kind, &tenant).await?;
    }
    for (place, kind) in Kind::provisioning_order().enumerate() {
        let ensured = trial.ensure(kind, &tenant).await?;
        let existed = matches!(ensured, Ensured::Existed(_));
        hold!(existed == (place < half), "{kind} on a half-built tenant: {ensured:?}");
    }
    trial.stands_whole(&tenant.subject).await
}
