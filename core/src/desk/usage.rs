//! How much of its size a service has used: the last day by the hour, the last week by six hours (playbook 2.4).

use futures::future::try_join_all;
use time::Duration;

use super::Desk;
use crate::ports::{Metric, Subject, Usage};

/// How long a point is, in seconds, and how many points there are: a day, and a week.
const SPANS: [(u32, u32); 2] = [(3_600, 24), (21_600, 28)];

impl Desk {
    /// Of each metric the day, then the week, up to the last full hour. Nothing where it cannot be read: the plan is made all
    /// the same.
    pub(super) async fn usage(&self, subject: &Subject) -> Vec<Usage> {
        let now = self.clock.now();
        let seconds = i64::from(now.minute()) * 60 + i64::from(now.second());
        let hour = now - Duration::seconds(seconds) - Duration::nanoseconds(i64::from(now.nanosecond()));
        let mut asks = Vec::new();
        for metric in [Metric::Cpu, Metric::Memory] {
            for (period, points) in SPANS {
                let from = hour - Duration::seconds(i64::from(period) * i64::from(points));
                asks.push(self.workload.usage(subject, metric, from, period, points));
            }
        }
        try_join_all(asks).await.unwrap_or_else(|error| {
            tracing::warn!(tenancy = %subject.tenancy, %error, "the usage of {} cannot be read", subject.tenancy);
            Vec::new()
        })
    }
}
