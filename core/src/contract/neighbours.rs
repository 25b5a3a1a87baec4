//! Whoever is named alike, or stands in another environment, is not there.

use super::trial::{Broken, Trial, hold};
use crate::kind::Kind;

pub(super) async fn similar_names_are_safe(trial: &Trial<'_>) -> Result<(), Broken> {
    let tenant = trial.tenant()?;
    let id = tenant.subject.tenancy.tenant.clone();
    let mut neighbours = Vec::new();
    for similar in [format!("{id}-2"), format!("{id}-20"), format!("x-{id}")] {
        let neighbour = trial.tenant_named(&similar, trial.environment)?;
        trial.build(&neighbour).await?;
        neighbours.push(neighbour);
    }
    trial.has_nothing(&tenant.subject).await?;
    for kind in Kind::DELETION_ORDER {
        let removed = trial.remove(kind, &tenant.subject).await?;
        hold!(removed.is_empty(), "removing the {kind} of {id} removed a neighbour's: {removed:?}");
    }
    trial.build(&tenant).await?;
    trial.stands_whole(&tenant.subject).await?;
    trial.demolish(&tenant.subject).await?;
    for neighbour in &neighbours {
        trial.stands_whole(&neighbour.subject).await?;
    }
    Ok(())
}

pub(super) async fn environments_are_apart(trial: &Trial<'_>) -> Result<(), Broken> {
    let tenant = trial.tenant()?;
    trial.build(&tenant).await?;
    for elsewhere in trial.world().environments() {
        if elsewhere != trial.environment {
            let same = trial.tenant_named(tenant.subject.tenancy.tenant.as_str(), elsewhere)?;
            trial.has_nothing(&same.subject).await?;
            trial.demolish(&same.subject).await?;
        }
    }
    trial.stands_whole(&tenant.subject).await
}
