//! The revisions of a tenant's task definition: which there are, which one runs, how well, and how much of its size it uses.

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use super::{CloudError, Subject};
use crate::size::Size;

/// A revision of a tenant's task definition. Revisions are numbered from 1 and never change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Revision {
    /// Its number.
    pub number: u32,
    /// When it was registered, where the provider says so.
    #[serde(with = "time::serde::rfc3339::option", default, skip_serializing_if = "Option::is_none")]
    pub registered: Option<OffsetDateTime>,
    /// The image of the tenant's container.
    pub image: String,
    /// Its size; none where it is not one that Fargate knows.
    pub size: Option<Size>,
    /// Whether the service wants it.
    pub runs: bool,
    /// Whether it is known to have come up: all tasks that were wanted of it ran.
    pub proven: bool,
}

/// How bringing a revision up stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Rollout {
    /// As many tasks run as are wanted, all of the wanted revision, and their targets are healthy. Says how many.
    Stable(String),
    /// Not yet; says how far it is.
    Rolling(String),
    /// The provider has given it up. Says why.
    Failed(String),
}

/// What is measured of a service.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Metric {
    /// CPU units in use.
    Cpu,
    /// Memory in use, in MiB.
    Memory,
}

/// How much was used over a time, from `ECS/ContainerInsights`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Usage {
    /// What was measured.
    pub metric: Metric,
    /// When the first point begins.
    #[serde(with = "time::serde::rfc3339")]
    pub from: OffsetDateTime,
    /// How long a point is, in seconds.
    pub period: u32,
    /// The points in their order, none left out; a point is none where nothing was measured. In the metric's own unit, rounded.
    pub points: Vec<Option<u32>>,
}

/// The revisions of tenants' services. Every method is idempotent, for the same reason as the verbs of [`super::Cloud`].
///
/// Errors of every method: [`CloudError`], and an answer that is not certain is an error. A service or task definition that is
/// somebody else's is [`CloudError::Foreign`].
#[async_trait]
pub trait Revisions {
    /// The active revisions, the newest first, at most 25, and the one that the service wants in any case. Empty where there is
    /// no task definition.
    async fn revisions(&self, subject: &Subject) -> Result<Vec<Revision>, CloudError>;

    /// Registers a revision that is `from` in everything but its size, and answers its number. The same `run`, at most 36
    /// letters, digits and hyphens, is the same revision.
    async fn resize(&self, subject: &Subject, from: u32, size: Size, run: &str) -> Result<u32, CloudError>;

    /// Retires the revision that was registered under `run`; nothing where there is none. Answers its number.
    async fn retire(&self, subject: &Subject, run: &str) -> Result<Option<u32>, CloudError>;

    /// Makes the service want a revision, which must be active, and so many tasks of it; waiting for them is the caller's.
    async fn deploy(&self, subject: &Subject, revision: u32, desired: u32) -> Result<(), CloudError>;

    /// How bringing a revision up stands, looked at once; without one, that which the service wants. Where the service wants
    /// another by now, it is [`Rollout::Failed`]: the provider has put back what ran before.
    async fn rollout(&self, subject: &Subject, revision: Option<u32>) -> Result<Rollout, CloudError>;

    /// How much of a metric was used from a time on, by points of `period` seconds (a multiple of 60), `points` of them. What was
    /// never measured is an answer without numbers, not an error.
    async fn usage(
        &self,
        subject: &Subject,
        metric: Metric,
        from: OffsetDateTime,
        period: u32,
        points: u32,
    ) -> Result<Usage, CloudError>;
}
