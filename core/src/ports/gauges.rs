//! What the core asks of whoever measures: one number over the last while.
//!
//! What a number means, and from where on it is too high, is not in here.

use std::collections::BTreeMap;
use std::fmt;

use async_trait::async_trait;

use super::CloudError;
use crate::tenant::Environment;

/// How the values of a while become one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Statistic {
    /// All of them added up.
    Sum,
    /// The largest.
    Maximum,
}

impl Statistic {
    /// In CloudWatch's words.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Sum => "Sum",
            Self::Maximum => "Maximum",
        }
    }
}

/// A metric of CloudWatch over the last while.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Gauge {
    /// Such as `AWS/Lambda`.
    pub namespace: String,
    /// Such as `Errors`.
    pub name: String,
    /// Values by dimension: all of them, since a metric is another one with fewer.
    pub dimensions: BTreeMap<String, String>,
    /// How values become one.
    pub statistic: Statistic,
    /// How long the while is that ends now, in seconds: a multiple of 60.
    pub seconds: u32,
}

/// Reads gauges.
#[async_trait]
pub trait Gauges: Send + Sync + fmt::Debug {
    /// The value of a gauge in an environment. None where nothing was measured in that while, which is not the same as zero: a
    /// metric that there is not at all has no values either.
    async fn read(&self, environment: Environment, gauge: &Gauge) -> Result<Option<f64>, CloudError>;
}
