//! The board of gauges keeps the contract of its port.

use async_trait::async_trait;
use landlord_core::contract::gauges::{Meter, keeps};
use landlord_core::fakes::FakeGauges;
use landlord_core::ports::{Gauge, Gauges};
use landlord_core::tenant::Environment;
use time::{Duration, OffsetDateTime};

struct Board(FakeGauges);

#[async_trait]
impl Meter for Board {
    fn gauges(&self) -> &dyn Gauges {
        &self.0
    }

    async fn measure(&self, gauge: &Gauge, from: OffsetDateTime, values: &[Option<f64>]) {
        let at = |minute: usize| from + Duration::minutes(i64::try_from(minute).expect("few"));
        let samples: Vec<_> =
            values.iter().enumerate().filter_map(|(minute, value)| Some((at(minute), (*value)?))).collect();
        self.0.measure(Environment::Dev, gauge, &samples);
    }
}

#[tokio::test]
async fn the_board_keeps_the_contract() {
    keeps(&Board(FakeGauges::default())).await;
}
