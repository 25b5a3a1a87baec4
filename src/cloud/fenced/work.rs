//! The parts of the workload behind the fence: what changes something asks it first.

use async_trait::async_trait;
use landlord_core::ports::{
    CloudError, Metric, Place, Preserved, PutBack, Revision, Revisions, Rollout, Rule, Subject, Symptom, Symptoms,
    Traffic, Usage, Workload,
};
use landlord_core::size::Size;
use time::OffsetDateTime;

use super::Fenced;

#[async_trait]
impl<T: Workload> Revisions for Fenced<T> {
    async fn revisions(&self, subject: &Subject) -> Result<Vec<Revision>, CloudError> {
        self.port.revisions(subject).await
    }

    async fn resize(&self, subject: &Subject, from: u32, size: Size, run: &str) -> Result<u32, CloudError> {
        self.fence.pass().await?;
        self.port.resize(subject, from, size, run).await
    }

    async fn retire(&self, subject: &Subject, run: &str) -> Result<Option<u32>, CloudError> {
        self.fence.pass().await?;
        self.port.retire(subject, run).await
    }

    async fn deploy(&self, subject: &Subject, revision: u32, desired: u32) -> Result<(), CloudError> {
        self.fence.pass().await?;
        self.port.deploy(subject, revision, desired).await
    }

    async fn rollout(&self, subject: &Subject, revision: Option<u32>) -> Result<Rollout, CloudError> {
        self.port.rollout(subject, revision).await
    }

    async fn usage(
        &self,
        subject: &Subject,
        metric: Metric,
        from: OffsetDateTime,
        period: u32,
        points: u32,
    ) -> Result<Usage, CloudError> {
        self.port.usage(subject, metric, from, period, points).await
    }
}

#[async_trait]
impl<T: Workload> Traffic for Fenced<T> {
    async fn rules(&self, subject: &Subject) -> Result<Vec<Rule>, CloudError> {
        self.port.rules(subject).await
    }

    async fn put_back(&self, subject: &Subject, rule: &Rule, anywhere: bool) -> Result<PutBack, CloudError> {
        self.fence.pass().await?;
        self.port.put_back(subject, rule, anywhere).await
    }

    async fn occupant(&self, subject: &Subject, rule: &Rule) -> Result<Option<String>, CloudError> {
        self.port.occupant(subject, rule).await
    }

    async fn retention(&self, subject: &Subject) -> Result<Option<u32>, CloudError> {
        self.port.retention(subject).await
    }

    async fn preserve_logs(&self, subject: &Subject, run: &str) -> Result<Option<Preserved>, CloudError> {
        self.fence.pass().await?;
        self.port.preserve_logs(subject, run).await
    }
}

#[async_trait]
impl<T: Workload> Symptoms for Fenced<T> {
    async fn symptoms(&self, subject: &Subject, place: Place) -> Result<Vec<Symptom>, CloudError> {
        self.port.symptoms(subject, place).await
    }
}
