//! How fast AWS lets an account call: a bucket of tokens per group of calls that share a quota.
//!
//! The bot stays below the quotas by itself, so that people's own tools in the same account are not throttled.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

/// A group of calls that share a quota, per account and region.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Quota {
    /// ECS: `RegisterTaskDefinition`, `DeregisterTaskDefinition`.
    TaskDefinitions,
    /// ECS: `CreateService`, `UpdateService`, `DeleteService`.
    Services,
    /// ECS: `Describe*` and `List*`.
    EcsRead,
    /// ECS: `RunTask`.
    RunTask,
    /// Elastic Load Balancing v2: `Describe*`.
    ElbRead,
    /// Elastic Load Balancing v2: all others together.
    ElbWrite,
    /// Route 53: everything, for the whole account.
    Route53,
    /// EFS, S3, Secrets Manager, CloudWatch, CloudWatch Logs, SES: each far above this figure, but for Logs' 10.
    Other,
}

impl Quota {
    const ALL: [Self; 8] = [
        Self::TaskDefinitions,
        Self::Services,
        Self::EcsRead,
        Self::RunTask,
        Self::ElbRead,
        Self::ElbWrite,
        Self::Route53,
        Self::Other,
    ];

    /// Burst, and sustained calls a second (Amazon ECS: request throttling; ELB: API quotas; Route 53: 5 a second).
    const fn figures(self) -> (u32, u32) {
        match self {
            Self::TaskDefinitions => (20, 1),
            Self::Services => (50, 5),
            Self::EcsRead => (100, 20),
            Self::RunTask => (100, 40),
            Self::ElbRead | Self::Other => (40, 10),
            Self::ElbWrite => (10, 10),
            Self::Route53 => (5, 5),
        }
    }
}

/// The buckets of one account and region.
#[derive(Debug)]
pub(crate) struct Quotas([Bucket; Quota::ALL.len()]);

impl Quotas {
    /// Full buckets of so many times AWS's default figures.
    pub(crate) fn new(factor: u32) -> Self {
        Self(Quota::ALL.map(|quota| {
            let (burst, per_second) = quota.figures();
            Bucket::new((burst.saturating_mul(factor), per_second.saturating_mul(factor)))
        }))
    }

    /// Takes a token; waits until there is one, first come first served.
    pub(crate) async fn take(&self, quota: Quota) {
        let wait = self.0[quota as usize].reserve(Instant::now());
        if !wait.is_zero() {
            tokio::time::sleep(wait).await;
        }
    }
}

/// A token bucket that holds no tokens but the time at which it would be full (GCRA).
#[derive(Debug)]
struct Bucket {
    every: Duration,
    burst: u32,
    full_at: Mutex<Option<Instant>>,
}

impl Bucket {
    fn new((burst, per_second): (u32, u32)) -> Self {
        Self { every: Duration::from_secs(1) / per_second, burst, full_at: Mutex::new(None) }
    }

    /// Takes the next token and says how long it is until it is there.
    fn reserve(&self, now: Instant) -> Duration {
        let mut full_at = self.full_at.lock().unwrap_or_else(PoisonError::into_inner);
        let full = full_at.map_or(now, |at| at.max(now)) + self.every;
        *full_at = Some(full);
        (full - now).saturating_sub(self.every * self.burst)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::time::Instant;

    use super::{Bucket, Quota};

    #[test]
    fn a_burst_goes_through_and_then_one_call_each_interval() {
        let bucket = Bucket::new((3, 2));
        let now = Instant::now();
        let waits: Vec<u128> = (0..5).map(|_| bucket.reserve(now).as_millis()).collect();
        assert_eq!(waits, [0, 0, 0, 500, 1_000]);
    }

    #[test]
    fn a_bucket_fills_again_and_never_beyond_its_burst() {
        let bucket = Bucket::new((2, 1));
        let start = Instant::now();
        assert_eq!([bucket.reserve(start), bucket.reserve(start)], [Duration::ZERO; 2]);
        let later = start + Duration::from_mins(1);
        let waits: Vec<u64> = (0..3).map(|_| bucket.reserve(later).as_secs()).collect();
        assert_eq!(waits, [0, 0, 1]);
    }

    #[test]
    fn every_quota_has_its_own_place() {
        for (place, quota) in Quota::ALL.into_iter().enumerate() {
            assert_eq!(quota as usize, place);
        }
    }
}
