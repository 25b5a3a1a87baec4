//! What is somebody else's stays so.

use super::trial::{Broken, Trial, hold};
use crate::kind::Kind;
use crate::ports::{CloudError, Owner};

pub(super) async fn neither_adopted_nor_removed(trial: &Trial<'_>) -> Result<(), Broken> {
    for kind in Kind::DELETION_ORDER {
        let tenant = trial.tenant()?;
        if !trial.plant_foreign(kind, &tenant.subject).await {
            continue;
        }
        let before = trial.find(kind, &tenant.subject).await?;
        let foreign = before.iter().all(|found| matches!(found.owner, Owner::Foreign(_)));
        hold!(foreign && !before.is_empty(), "somebody else's {kind} should be found as foreign: {before:?}");
        let ensured = trial.cloud().ensure(kind, &tenant).await;
        hold!(matches!(ensured, Err(CloudError::Foreign { .. })), "ensure on somebody else's {kind}: {ensured:?}");
        let removed = trial.cloud().remove(kind, &tenant.subject).await;
        hold!(matches!(removed, Err(CloudError::Foreign { .. })), "remove on somebody else's {kind}: {removed:?}");
        let after = trial.find(kind, &tenant.subject).await?;
        hold!(before == after, "somebody else's {kind} was touched: {before:?} became {after:?}");
    }
    Ok(())
}

pub(super) async fn user_of_another_secret(trial: &Trial<'_>) -> Result<(), Broken> {
    let tenant = trial.tenant()?;
    for kind in [Kind::Secret, Kind::Database, Kind::DatabaseUser] {
        trial.ensure(kind, &tenant).await?;
    }
    trial.remove(Kind::Secret, &tenant.subject).await?;
    trial.ensure(Kind::Secret, &tenant).await?;
    let ensured = trial.cloud().ensure(Kind::DatabaseUser, &tenant).await;
    hold!(
        matches!(ensured, Err(CloudError::Foreign { .. })),
        "ensure on a database user that the secret does not open: {ensured:?}"
    );
    Ok(())
}
