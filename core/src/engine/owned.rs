//! Orphans that have an owner by now: what is a tenant's is not swept, whatever was approved.

use super::Engine;
use crate::operation::Operation;
use crate::plan::{Purpose, Site};
use crate::ports::StoreError;
use crate::steps::StepError;

impl Engine {
    /// Of a sweep: a line about the tenant that stands at the site by now; none where nobody does.
    pub(super) async fn owner(&self, operation: &Operation, site: &Site) -> Result<Option<String>, StoreError> {
        if operation.plan.purpose != Purpose::Sweep {
            return Ok(None);
        }
        let tenancy = &site.tenancy;
        let known = self.ledger.store().tenant(&tenancy.tenant).await?;
        let stands = known.is_some_and(|known| known.standing(tenancy.environment).is_some());
        Ok(stands.then(|| {
            format!(
                "{} is a tenant that stands in {} by now: what bears its name is no orphan any more, and is left alone. Press \
                 Leave.",
                tenancy.tenant,
                tenancy.environment.title()
            )
        }))
    }

    /// The same before a step; an answer that is not certain is an error too.
    pub(super) async fn owned_by_now(&self, operation: &Operation, place: usize) -> Result<(), StepError> {
        match self.owner(operation, operation.plan.site_of(place)).await {
            Ok(None) => Ok(()),
            Ok(Some(line)) => Err(StepError::Permanent(line)),
            Err(error) => Err(StepError::Transient(format!("the registry cannot be asked: {error}"))),
        }
    }
}
