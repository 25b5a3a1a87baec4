//! The simulated revisions: registered, retired, brought up, and how much of their size is used.

use async_trait::async_trait;
use time::OffsetDateTime;

use super::SimulatedCloud;
use crate::ports::{CloudError, Metric, Revision, Revisions, Rollout, Subject, Usage};
use crate::size::Size;

#[async_trait]
impl Revisions for SimulatedCloud {
    async fn revisions(&self, subject: &Subject) -> Result<Vec<Revision>, CloudError> {
        let _ = subject;
        Err(CloudError::Permanent("not known here".to_owned()))
    }

    async fn resize(&self, subject: &Subject, from: u32, size: Size, run: &str) -> Result<u32, CloudError> {
        let _ = (subject, from, size, run);
        Err(CloudError::Permanent("not known here".to_owned()))
    }

    async fn retire(&self, subject: &Subject, run: &str) -> Result<Option<u32>, CloudError> {
        let _ = (subject, run);
        Err(CloudError::Permanent("not known here".to_owned()))
    }

    async fn deploy(&self, subject: &Subject, revision: u32, desired: u32) -> Result<(), CloudError> {
        let _ = (subject, revision, desired);
        Err(CloudError::Permanent("not known here".to_owned()))
    }

    async fn rollout(&self, subject: &Subject, revision: Option<u32>) -> Result<Rollout, CloudError> {
        let _ = (subject, revision);
        Err(CloudError::Permanent("not known here".to_owned()))
    }

    async fn usage(
        &self,
        subject: &Subject,
        metric: Metric,
        from: OffsetDateTime,
        period: u32,
        points: u32,
    ) -> Result<Usage, CloudError> {
        let _ = (subject, metric, from, period, points);
        Err(CloudError::Permanent("not known here".to_owned()))
    }
}
