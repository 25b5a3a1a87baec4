//! What the core asks of whoever measures: one number over the last while, or one for each of many.
//!
//! What a number means, and from where on it is too high, is not in here.

use std::collections::BTreeMap;
use std::fmt;

use async_trait::async_trait;
use time::OffsetDateTime;

use super::CloudError;
use crate::tenant::Environment;

/// How the values of a while become one.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Statistic {
    /// All of them added up.
    Sum,
    /// The largest.
    Maximum,
    /// The smallest.
    Minimum,
    /// Their average.
    Average,
    /// How many they are.
    SampleCount,
    /// What a share of them does not exceed, in CloudWatch's words: `p99`.
    Percentile(String),
}

impl Statistic {
    /// Reads CloudWatch's words, which alarms write in capitals. None where they are not known here.
    pub fn read(words: &str) -> Option<Self> {
        let known = [Self::Sum, Self::Maximum, Self::Minimum, Self::Average, Self::SampleCount];
        if let Some(known) = known.into_iter().find(|one| one.as_str().eq_ignore_ascii_case(words)) {
            return Some(known);
        }
        let share: f64 = words.strip_prefix('p')?.parse().ok()?;
        (words.len() <= 7 && (0.0..=100.0).contains(&share)).then(|| Self::Percentile(words.to_owned()))
    }

    /// In CloudWatch's words.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Sum => "Sum",
            Self::Maximum => "Maximum",
            Self::Minimum => "Minimum",
            Self::Average => "Average",
            Self::SampleCount => "SampleCount",
            Self::Percentile(words) => words,
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
    /// How long the while is, in seconds: a multiple of 60.
    pub seconds: u32,
}

/// Reads gauges.
#[async_trait]
pub trait Gauges: Send + Sync + fmt::Debug {
    /// The value of a gauge in an environment, over the while that ends now. None where nothing was measured in that while, which is not the same as zero: a
    /// metric that there is not at all has no values either.
    async fn read(&self, environment: Environment, gauge: &Gauge) -> Result<Option<f64>, CloudError>;

    /// The values of a gauge from a time on, of `points` whiles that follow one another; the first begins with the minute. None
    /// where nothing was measured.
    async fn series(
        &self,
        environment: Environment,
        gauge: &Gauge,
        from: OffsetDateTime,
        points: u32,
    ) -> Result<Vec<Option<f64>>, CloudError>;
}

#[cfg(test)]
mod tests {
    use super::Statistic;

    #[test]
    fn the_words_of_alarms_are_read() {
        let read = |words: &str| Statistic::read(words).map(|one| one.as_str().to_owned());
        assert_eq!(read("SUM").as_deref(), Some("Sum"));
        assert_eq!(read("SampleCount").as_deref(), Some("SampleCount"));
        assert_eq!(read("p99.9").as_deref(), Some("p99.9"));
        for unknown in ["", "p", "p101", "p1e1000", "tm90", "p99; drop", "pNaN"] {
            assert_eq!(read(unknown), None, "{unknown}");
        }
    }
}
