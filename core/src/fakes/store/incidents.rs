//! Incidents in memory. Events are kept as JSON, so what cannot be written down and read back shows here too.

use std::collections::BTreeMap;

use async_trait::async_trait;
use time::OffsetDateTime;

use super::MemoryStore;
use crate::event::MessageRef;
use crate::incident::{Incident, IncidentId, Recorded};
use crate::ports::{IncidentCounts, IncidentFilter, Incidents, Listing, StoreError};

/// What is kept of alerts.
#[derive(Debug, Default, Clone)]
pub(super) struct Kept {
    /// In the order in which they were raised.
    rows: Vec<Row>,
    arrivals: BTreeMap<String, OffsetDateTime>,
    jobs: BTreeMap<String, OffsetDateTime>,
}

#[derive(Debug, Clone)]
struct Row {
    incident: Incident,
    events: Vec<(u64, OffsetDateTime, String)>,
}

impl Kept {
    fn write(&mut self, next: &Recorded, after: &Incident) -> Result<(), StoreError> {
        let json = serde_json::to_string(&next.event).map_err(|error| StoreError::Corrupt(error.to_string()))?;
        let event = (next.seq, next.at, json);
        if next.seq == 1 {
            let taken = |row: &Row| row.incident.state.open() && row.incident.alert.key == after.alert.key;
            if self.rows.iter().any(|row| row.incident.id == next.incident || taken(row)) {
                return Err(StoreError::Conflict);
            }
            self.rows.push(Row { incident: after.clone(), events: vec![event] });
            return Ok(());
        }
        let row = self.rows.iter_mut().find(|row| row.incident.id == next.incident);
        let row = row.filter(|row| row.incident.seq + 1 == next.seq).ok_or(StoreError::Conflict)?;
        row.incident = after.clone();
        row.events.push(event);
        Ok(())
    }

    fn events(&self, incident: &IncidentId, after: u64) -> Result<Vec<Recorded>, StoreError> {
        let row = self.rows.iter().find(|row| row.incident.id == *incident);
        let events = row.into_iter().flat_map(|row| &row.events).filter(|(seq, ..)| *seq > after);
        events
            .map(|(seq, at, json)| {
                let event = serde_json::from_str(json).map_err(|error| StoreError::Corrupt(error.to_string()))?;
                Ok(Recorded { incident: incident.clone(), seq: *seq, at: *at, event })
            })
            .collect()
    }

    fn find(&self, wanted: impl Fn(&Incident) -> bool) -> Option<IncidentId> {
        self.rows.iter().rev().map(|row| &row.incident).find(|incident| wanted(incident)).map(|found| found.id.clone())
    }
}

impl MemoryStore {
    /// All incidents, in the order in which they were raised.
    pub fn all_incidents(&self) -> Vec<Incident> {
        self.lock().kept.rows.iter().map(|row| row.incident.clone()).collect()
    }
}

#[async_trait]
impl Incidents for MemoryStore {
    async fn arrived(&self, message: &str) -> Result<bool, StoreError> {
        Ok(self.call()?.kept.arrivals.contains_key(message))
    }

    async fn write_incidents(
        &self,
        arrival: Option<(&str, OffsetDateTime)>,
        news: &[(Recorded, Incident)],
    ) -> Result<(), StoreError> {
        self.write(|world| {
            let mut kept = world.kept.clone();
            if let Some((message, at)) = arrival
                && kept.arrivals.insert(message.to_owned(), at).is_some()
            {
                return Err(StoreError::Conflict);
            }
            for (next, after) in news {
                kept.write(next, after)?;
            }
            world.kept = kept;
            Ok(())
        })
    }

    async fn incident_events(&self, incident: &IncidentId, after: u64) -> Result<Vec<Recorded>, StoreError> {
        self.call()?.kept.events(incident, after)
    }

    async fn incident_of_alert(&self, key: &str) -> Result<Option<IncidentId>, StoreError> {
        Ok(self.call()?.kept.find(|incident| incident.state.open() && incident.alert.key == key))
    }

    async fn incident_at(&self, card: Option<&MessageRef>, thread: &str) -> Result<Option<IncidentId>, StoreError> {
        let here = |incident: &Incident| {
            incident.thread.as_deref() == Some(thread) || (card.is_some() && incident.card.as_ref() == card)
        };
        Ok(self.call()?.kept.find(here))
    }

    async fn incidents(
        &self,
        filter: &IncidentFilter,
        page: u32,
        size: u32,
    ) -> Result<Listing<IncidentId>, StoreError> {
        let world = self.call()?;
        let about = |incident: &Incident| filter.tenancy.is_none() || incident.about.tenancy == filter.tenancy;
        let mut all: Vec<&Incident> = world.kept.rows.iter().map(|row| &row.incident).collect();
        all.retain(|incident| about(incident) && (!incident.settled() || !filter.unsettled));
        all.sort_by_key(|incident| std::cmp::Reverse(incident.opened));
        let rows = all.iter().skip(page as usize * size as usize).take(size as usize);
        Ok(Listing { rows: rows.map(|incident| incident.id.clone()).collect(), total: all.len() as u64 })
    }

    async fn incident_counts(&self) -> Result<IncidentCounts, StoreError> {
        let world = self.call()?;
        let count =
            |wanted: fn(&Incident) -> bool| world.kept.rows.iter().filter(|row| wanted(&row.incident)).count() as u64;
        Ok(IncidentCounts {
            open: count(|incident| incident.state.open()),
            ending: count(|incident| !incident.state.open() && !incident.settled()),
            settled: count(Incident::settled),
        })
    }

    async fn forget_arrivals(&self, before: OffsetDateTime) -> Result<(), StoreError> {
        self.write(|world| {
            world.kept.arrivals.retain(|_, at| at.date() >= before.date());
            Ok(())
        })
    }

    async fn ran(&self, job: &str) -> Result<Option<OffsetDateTime>, StoreError> {
        Ok(self.call()?.kept.jobs.get(job).copied())
    }

    async fn keep_ran(&self, job: &str, at: OffsetDateTime) -> Result<(), StoreError> {
        self.write(|world| {
            world.kept.jobs.insert(job.to_owned(), at);
            Ok(())
        })
    }
}
