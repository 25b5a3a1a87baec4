//! What the core asks of the store about incidents. Beside the log of operations, and not in its chain: what is decided about a
//! tenant is an operation there.

use async_trait::async_trait;
use time::OffsetDateTime;

use super::{Listing, StoreError};
use crate::event::MessageRef;
use crate::incident::{Incident, IncidentId, Recorded};
use crate::tenant::Tenancy;

/// Which incidents to list, newest first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct IncidentFilter {
    /// Only those that are about this tenant in this environment.
    pub tenancy: Option<Tenancy>,
    /// Only those that are not [settled](Incident::settled): more can happen to them, or is to be shown.
    pub unsettled: bool,
}

/// How many incidents there are.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct IncidentCounts {
    /// Whose alert fires, or did until a moment ago.
    pub open: u64,
    /// That have ended, while something is left to be done or shown.
    pub ending: u64,
    /// That have ended, with nothing left.
    pub settled: u64,
}

/// The record of incidents. Errors of every method: [`StoreError`].
#[async_trait]
pub trait Incidents {
    /// Whether a message was taken: it is remembered for three days at least.
    async fn arrived(&self, message: &str) -> Result<bool, StoreError>;

    /// Writes events, each with the fold that has it in it, and with `arrival` that the message of that id was taken then: all of
    /// it or nothing. [`StoreError::Conflict`] where a place is taken, the message was taken before, or another open incident
    /// has the same alert's key. Events of one incident follow one another.
    async fn write_incidents(
        &self,
        arrival: Option<(&str, OffsetDateTime)>,
        news: &[(Recorded, Incident)],
    ) -> Result<(), StoreError>;

    /// An incident's events after a place, in order: all of them after 0.
    async fn incident_events(&self, incident: &IncidentId, after: u64) -> Result<Vec<Recorded>, StoreError>;

    /// The open incident of the alert with this key.
    async fn incident_of_alert(&self, key: &str) -> Result<Option<IncidentId>, StoreError>;

    /// The incident whose card or thread this is: a message in a channel, or a thread's id.
    async fn incident_at(&self, card: Option<&MessageRef>, thread: &str) -> Result<Option<IncidentId>, StoreError>;

    /// Incidents, newest first, by pages from 0.
    async fn incidents(&self, filter: &IncidentFilter, page: u32, size: u32)
    -> Result<Listing<IncidentId>, StoreError>;

    /// How many there are, of all that ever were.
    async fn incident_counts(&self) -> Result<IncidentCounts, StoreError>;

    /// Forgets the messages that were taken before.
    async fn forget_arrivals(&self, before: OffsetDateTime) -> Result<(), StoreError>;

    /// When a job of the calendar ran last. None where it never did.
    async fn ran(&self, job: &str) -> Result<Option<OffsetDateTime>, StoreError>;

    /// Keeps that a job ran. [`StoreError::Conflict`] for who has been taken over.
    async fn keep_ran(&self, job: &str, at: OffsetDateTime) -> Result<(), StoreError>;
}
