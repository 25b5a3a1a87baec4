//! CloudWatch over the wire keeps the contract of the `Gauges` port.

use async_trait::async_trait;
use landlord_core::contract::gauges::{Meter, keeps};
use landlord_core::ports::{CloudError, Gauge, Gauges, Statistic};
use landlord_core::tenant::Environment;
use serde_json::json;
use time::OffsetDateTime;

use crate::promises::cloud;
use crate::services::{Services, measures};

struct CloudWatch(landlord::cloud::RealCloud);

#[async_trait]
impl Meter for CloudWatch {
    fn gauges(&self) -> &dyn Gauges {
        &self.0
    }

    async fn measure(&self, gauge: &Gauge, from: OffsetDateTime, values: &[Option<f64>]) {
        measures(json!({
            "environment": "dev", "namespace": gauge.namespace, "metric": gauge.name, "dimensions": gauge.dimensions,
            "from": from.unix_timestamp(), "period": 60, "values": values,
        }))
        .await;
    }
}

#[tokio::test]
async fn cloudwatch_keeps_the_contract() {
    let Some(services) = Services::running() else { return };
    keeps(&CloudWatch(cloud(&services, |_| {}).await)).await;
}

#[tokio::test]
async fn an_environment_that_is_not_configured_is_said() {
    let Some(services) = Services::running() else { return };
    let gauge = Gauge {
        namespace: "AWS/SQS".into(),
        name: "ApproximateNumberOfMessagesVisible".into(),
        dimensions: [("QueueName".to_owned(), "provisioning-dead".to_owned())].into(),
        statistic: Statistic::Maximum,
        seconds: 300,
    };
    let cloud = cloud(&services, |_| {}).await;
    let read = cloud.read(Environment::Sit, &gauge).await;
    let Err(CloudError::Permanent(why)) = read else { panic!("{read:?}") };
    assert!(why.contains("SIT"), "{why}");
}
