//! The `Gauges` port over CloudWatch.

use async_trait::async_trait;
use landlord_core::ports::{CloudError, Gauge, Gauges};
use landlord_core::tenant::Environment;
use time::OffsetDateTime;

use super::RealCloud;
use crate::aws::gauge;

#[async_trait]
impl Gauges for RealCloud {
    async fn read(&self, environment: Environment, gauge: &Gauge) -> Result<Option<f64>, CloudError> {
        gauge::read(self.account(environment)?, gauge).await
    }

    async fn series(
        &self,
        environment: Environment,
        gauge: &Gauge,
        from: OffsetDateTime,
        points: u32,
    ) -> Result<Vec<Option<f64>>, CloudError> {
        gauge::series(self.account(environment)?, gauge, from, points).await
    }
}

impl RealCloud {
    /// Whether a metric was measured on the last day. Errors: [`CloudError`], with what to do.
    pub async fn is_measured(&self, environment: Environment, gauge: &Gauge) -> Result<bool, CloudError> {
        gauge::ready(self.account(environment)?, gauge).await
    }
}
