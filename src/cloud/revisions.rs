//! Tenants' revisions: registered, retired, brought up, and how much of their size is used, over AWS.

use async_trait::async_trait;
use landlord_core::kind::Kind;
use landlord_core::ports::{CloudError, Metric, Revision, Revisions, Rollout, Subject, Usage};
use landlord_core::size::Size;
use landlord_core::tenant::Environment;
use time::OffsetDateTime;

use super::RealCloud;
use crate::aws::{revisions, rollout, usage};

#[async_trait]
impl Revisions for RealCloud {
    async fn revisions(&self, subject: &Subject) -> Result<Vec<Revision>, CloudError> {
        revisions::list(self.of(subject)?, &subject.tenancy).await
    }

    async fn resize(&self, subject: &Subject, from: u32, size: Size, run: &str) -> Result<u32, CloudError> {
        let _one_at_a_time = self.locks.of(Kind::TaskDefinition, &subject.tenancy).await;
        Box::pin(revisions::resize(self.of(subject)?, &subject.tenancy, from, size, run)).await
    }

    async fn retire(&self, subject: &Subject, run: &str) -> Result<Option<u32>, CloudError> {
        let _one_at_a_time = self.locks.of(Kind::TaskDefinition, &subject.tenancy).await;
        revisions::retire(self.of(subject)?, &subject.tenancy, run).await
    }

    async fn deploy(&self, subject: &Subject, revision: u32, desired: u32) -> Result<(), CloudError> {
        let _one_at_a_time = self.locks.of(Kind::Service, &subject.tenancy).await;
        rollout::deploy(self.of(subject)?, &subject.tenancy, revision, desired).await
    }

    async fn rollout(&self, subject: &Subject, revision: Option<u32>) -> Result<Rollout, CloudError> {
        rollout::look(self.of(subject)?, &subject.tenancy, revision).await
    }

    async fn usage(
        &self,
        subject: &Subject,
        metric: Metric,
        from: OffsetDateTime,
        period: u32,
        points: u32,
    ) -> Result<Usage, CloudError> {
        usage::read(self.of(subject)?, &subject.tenancy, metric, from, period, points).await
    }
}

impl RealCloud {
    /// Whether the use of CPU and memory can be read in the environment, and whether it is measured, in words.
    /// Errors: [`CloudError`], with what to do.
    pub async fn usage_ready(&self, environment: Environment) -> Result<String, CloudError> {
        usage::ready(self.account(environment)?).await
    }
}
