//! Behind a fuse: the store's incidents, the way to those outside the chat, and the gauges.

use async_trait::async_trait;
use time::OffsetDateTime;

use super::{Fused, call};
use crate::event::MessageRef;
use crate::incident::{Incident, IncidentId, Recorded};
use crate::ports::{
    CloudError, Escalation, EscalationError, Gauge, Gauges, IncidentCounts, IncidentFilter, Incidents, Listing, Page,
    Store, StoreError,
};
use crate::tenant::Environment;

#[async_trait]
impl<P: Store> Incidents for Fused<P> {
    async fn arrived(&self, message: &str) -> Result<bool, StoreError> {
        self.fuse.before("arrived").await;
        self.port.arrived(message).await
    }

    async fn write_incidents(
        &self,
        arrival: Option<(&str, OffsetDateTime)>,
        news: &[(Recorded, Incident)],
    ) -> Result<(), StoreError> {
        self.fuse.around(call("write_incidents"), self.port.write_incidents(arrival, news)).await
    }

    async fn incident_events(&self, incident: &IncidentId, after: u64) -> Result<Vec<Recorded>, StoreError> {
        self.fuse.before("incident_events").await;
        self.port.incident_events(incident, after).await
    }

    async fn incident_of_alert(&self, key: &str) -> Result<Option<IncidentId>, StoreError> {
        self.fuse.before("incident_of_alert").await;
        self.port.incident_of_alert(key).await
    }

    async fn incident_at(&self, card: Option<&MessageRef>, thread: &str) -> Result<Option<IncidentId>, StoreError> {
        self.fuse.before("incident_at").await;
        self.port.incident_at(card, thread).await
    }

    async fn incidents(
        &self,
        filter: &IncidentFilter,
        page: u32,
        size: u32,
    ) -> Result<Listing<IncidentId>, StoreError> {
        self.fuse.before("incidents").await;
        self.port.incidents(filter, page, size).await
    }

    async fn incident_counts(&self) -> Result<IncidentCounts, StoreError> {
        self.fuse.before("incident_counts").await;
        self.port.incident_counts().await
    }

    async fn forget_arrivals(&self, before: OffsetDateTime) -> Result<(), StoreError> {
        self.fuse.around(call("forget_arrivals"), self.port.forget_arrivals(before)).await
    }

    async fn ran(&self, job: &str) -> Result<Option<OffsetDateTime>, StoreError> {
        self.fuse.before("ran").await;
        self.port.ran(job).await
    }

    async fn keep_ran(&self, job: &str, at: OffsetDateTime) -> Result<(), StoreError> {
        self.fuse.around(call("keep_ran"), self.port.keep_ran(job, at)).await
    }
}

#[async_trait]
impl<P: Escalation> Escalation for Fused<P> {
    async fn slack(&self, text: &str) -> Result<(), EscalationError> {
        self.fuse.around(call("slack"), self.port.slack(text)).await
    }

    async fn page(&self, page: &Page) -> Result<(), EscalationError> {
        self.fuse.around(call("page"), self.port.page(page)).await
    }
}

#[async_trait]
impl<P: Gauges> Gauges for Fused<P> {
    async fn read(&self, environment: Environment, gauge: &Gauge) -> Result<Option<f64>, CloudError> {
        self.fuse.before("read").await;
        self.port.read(environment, gauge).await
    }

    async fn series(
        &self,
        environment: Environment,
        gauge: &Gauge,
        from: OffsetDateTime,
        points: u32,
    ) -> Result<Vec<Option<f64>>, CloudError> {
        self.fuse.before("series").await;
        self.port.series(environment, gauge, from, points).await
    }
}
