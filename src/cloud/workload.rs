//! The `Workload` port over AWS: services at work, and backups.

use async_trait::async_trait;
use landlord_core::kind::Kind;
use landlord_core::ports::{Backup, CloudError, Found, Subject, Tasks, Workload};
use landlord_core::tenant::Environment;

use super::RealCloud;
use crate::aws::{access_point, backup, database_task, service_work};

#[async_trait]
impl Workload for RealCloud {
    async fn tasks(&self, subject: &Subject) -> Result<Option<Tasks>, CloudError> {
        service_work::at_work(self.of(subject)?, &subject.tenancy).await
    }

    async fn scale(&self, subject: &Subject, desired: u32) -> Result<(), CloudError> {
        let _one_at_a_time = self.locks.of(Kind::Service, &subject.tenancy).await;
        service_work::scale(self.of(subject)?, &subject.tenancy, desired).await
    }

    async fn force_remove(&self, subject: &Subject) -> Result<Vec<Found>, CloudError> {
        let _one_at_a_time = self.locks.of(Kind::Service, &subject.tenancy).await;
        service_work::force(self.of(subject)?, &subject.tenancy).await
    }

    async fn back_up(&self, subject: &Subject, run: &str) -> Result<Backup, CloudError> {
        let account = self.of(subject)?;
        let access_points = async {
            let found = access_point::find(account, &subject.tenancy).await?;
            Ok(found.into_iter().map(|point| point.id).collect())
        };
        Box::pin(backup::back_up(account, &subject.tenancy, run, access_points)).await
    }
}

impl RealCloud {
    /// Whether backups can be made in the environment, in words. Errors: [`CloudError`], with what to do.
    pub async fn back_ups_ready(&self, environment: Environment) -> Result<String, CloudError> {
        backup::ready(self.account(environment)?).await
    }

    /// Whether the task that works on databases can be run in the environment, in words; none where it is not needed.
    /// Errors: [`CloudError`], with what to do.
    pub async fn database_task_ready(&self, environment: Environment) -> Result<Option<String>, CloudError> {
        database_task::ready(self.account(environment)?).await
    }
}
