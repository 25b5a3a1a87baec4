//! The parts of the workload behind a fuse.

use async_trait::async_trait;
use time::OffsetDateTime;

use super::{Fused, about};
use crate::ports::{
    CloudError, Metric, Place, Preserved, PutBack, Revision, Revisions, Rollout, Rule, Subject, Symptom, Symptoms,
    Traffic, Usage, Workload,
};
use crate::size::Size;

#[async_trait]
impl<P: Workload> Revisions for Fused<P> {
    async fn revisions(&self, subject: &Subject) -> Result<Vec<Revision>, CloudError> {
        self.fuse.around(about("revisions", subject), self.port.revisions(subject)).await
    }

    async fn resize(&self, subject: &Subject, from: u32, size: Size, run: &str) -> Result<u32, CloudError> {
        self.fuse.around(about("resize", subject), self.port.resize(subject, from, size, run)).await
    }

    async fn retire(&self, subject: &Subject, run: &str) -> Result<Option<u32>, CloudError> {
        self.fuse.around(about("retire", subject), self.port.retire(subject, run)).await
    }

    async fn deploy(&self, subject: &Subject, revision: u32, desired: u32) -> Result<(), CloudError> {
        self.fuse.around(about("deploy", subject), self.port.deploy(subject, revision, desired)).await
    }

    async fn rollout(&self, subject: &Subject, revision: Option<u32>) -> Result<Rollout, CloudError> {
        self.fuse.around(about("rollout", subject), self.port.rollout(subject, revision)).await
    }

    async fn usage(
        &self,
        subject: &Subject,
        metric: Metric,
        from: OffsetDateTime,
        period: u32,
        points: u32,
    ) -> Result<Usage, CloudError> {
        self.fuse.around(about("usage", subject), self.port.usage(subject, metric, from, period, points)).await
    }
}

#[async_trait]
impl<P: Workload> Traffic for Fused<P> {
    async fn rules(&self, subject: &Subject) -> Result<Vec<Rule>, CloudError> {
        self.fuse.around(about("rules", subject), self.port.rules(subject)).await
    }

    async fn put_back(&self, subject: &Subject, rule: &Rule, anywhere: bool) -> Result<PutBack, CloudError> {
        self.fuse.around(about("put_back", subject), self.port.put_back(subject, rule, anywhere)).await
    }

    async fn occupant(&self, subject: &Subject, rule: &Rule) -> Result<Option<String>, CloudError> {
        self.fuse.around(about("occupant", subject), self.port.occupant(subject, rule)).await
    }

    async fn retention(&self, subject: &Subject) -> Result<Option<u32>, CloudError> {
        self.fuse.around(about("retention", subject), self.port.retention(subject)).await
    }

    async fn preserve_logs(&self, subject: &Subject, run: &str) -> Result<Option<Preserved>, CloudError> {
        self.fuse.around(about("preserve_logs", subject), self.port.preserve_logs(subject, run)).await
    }
}

#[async_trait]
impl<P: Workload> Symptoms for Fused<P> {
    async fn symptoms(&self, subject: &Subject, place: Place) -> Result<Vec<Symptom>, CloudError> {
        self.fuse.around(about("symptoms", subject), self.port.symptoms(subject, place)).await
    }
}
