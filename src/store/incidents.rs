//! Incidents: what became of alerts, which messages were taken, and when the calendar's jobs ran.

use async_trait::async_trait;
use landlord_core::event::MessageRef;
use landlord_core::incident::{Incident, IncidentId, Recorded};
use landlord_core::ports::{IncidentCounts, IncidentFilter, Incidents, Listing, StoreError};
use landlord_core::tenant::{Environment, TenantId};
use sqlx::AnyConnection;
use time::OffsetDateTime;

use super::SqlStore;
use super::append::{Turn, stamp};
use super::database::{failed, whole, within};
use super::lists::offset;
use super::registry::{read_time, unreadable};

#[async_trait]
impl Incidents for SqlStore {
    async fn arrived(&self, message: &str) -> Result<bool, StoreError> {
        within(async {
            let found: Option<(String,)> = sqlx::query_as("SELECT at FROM arrivals WHERE message = $1")
                .bind(message)
                .fetch_optional(&self.pool)
                .await
                .map_err(|error| failed(&error))?;
            Ok(found.is_some())
        })
        .await
    }

    async fn write_incidents(
        &self,
        arrival: Option<(&str, OffsetDateTime)>,
        news: &[(Recorded, Incident)],
    ) -> Result<(), StoreError> {
        within(async {
            let mut turn = self.own_turn().await?;
            if let Some((message, at)) = arrival {
                sqlx::query("INSERT INTO arrivals (message, at) VALUES ($1, $2)")
                    .bind(message)
                    .bind(stamp(at)?)
                    .execute(&mut *turn.transaction)
                    .await
                    .map_err(|error| failed(&error))?;
            }
            for (recorded, after) in news {
                write(&mut turn, recorded, after).await?;
            }
            turn.transaction.commit().await.map_err(|error| failed(&error))
        })
        .await
    }

    async fn incident_events(&self, incident: &IncidentId, after: u64) -> Result<Vec<Recorded>, StoreError> {
        within(async {
            let rows: Vec<(i64, String, String)> = sqlx::query_as(
                "SELECT seq, at, event FROM incident_events WHERE incident = $1 AND seq > $2 ORDER BY seq",
            )
            .bind(&incident.0)
            .bind(after.cast_signed())
            .fetch_all(&self.pool)
            .await
            .map_err(|error| failed(&error))?;
            rows.into_iter().map(|row| recorded(incident, row)).collect()
        })
        .await
    }

    async fn incident_of_alert(&self, key: &str) -> Result<Option<IncidentId>, StoreError> {
        within(async {
            let row: Option<(String,)> = sqlx::query_as("SELECT id FROM incidents WHERE alert = $1 AND is_open")
                .bind(key)
                .fetch_optional(&self.pool)
                .await
                .map_err(|error| failed(&error))?;
            Ok(row.map(|(id,)| IncidentId(id)))
        })
        .await
    }

    async fn incident_at(&self, card: Option<&MessageRef>, thread: &str) -> Result<Option<IncidentId>, StoreError> {
        within(async {
            let row: Option<(String,)> = sqlx::query_as(
                "SELECT id FROM incidents WHERE thread = $1 OR (card_channel = $2 AND card_message = $3)
                 ORDER BY opened DESC LIMIT 1",
            )
            .bind(thread)
            .bind(card.map_or("", |card| card.channel.as_str()))
            .bind(card.map_or("", |card| card.message.as_str()))
            .fetch_optional(&self.pool)
            .await
            .map_err(|error| failed(&error))?;
            Ok(row.map(|(id,)| IncidentId(id)))
        })
        .await
    }

    async fn incidents(
        &self,
        filter: &IncidentFilter,
        page: u32,
        size: u32,
    ) -> Result<Listing<IncidentId>, StoreError> {
        within(async {
            // An empty text stands for "any".
            let tenant = filter.tenancy.as_ref().map_or("", |tenancy| TenantId::as_str(&tenancy.tenant));
            let environment = filter.tenancy.as_ref().map_or("", |tenancy| Environment::as_str(tenancy.environment));
            let rows: Vec<(String,)> = sqlx::query_as(
                "SELECT id FROM incidents
                 WHERE ($1 = '' OR tenant = $1) AND ($2 = '' OR environment = $2) AND (NOT is_settled OR NOT $3)
                 ORDER BY opened DESC, id LIMIT $4 OFFSET $5",
            )
            .bind(tenant)
            .bind(environment)
            .bind(filter.unsettled)
            .bind(i64::from(size))
            .bind(offset(page, size))
            .fetch_all(&self.pool)
            .await
            .map_err(|error| failed(&error))?;
            let (total,): (i64,) = sqlx::query_as(
                "SELECT COUNT(*) FROM incidents
                 WHERE ($1 = '' OR tenant = $1) AND ($2 = '' OR environment = $2) AND (NOT is_settled OR NOT $3)",
            )
            .bind(tenant)
            .bind(environment)
            .bind(filter.unsettled)
            .fetch_one(&self.pool)
            .await
            .map_err(|error| failed(&error))?;
            Ok(Listing { rows: rows.into_iter().map(|(id,)| IncidentId(id)).collect(), total: whole(total)? })
        })
        .await
    }

    async fn incident_counts(&self) -> Result<IncidentCounts, StoreError> {
        within(async {
            let (open, ending, all): (i64, i64, i64) = sqlx::query_as(
                "SELECT COUNT(CASE WHEN is_open THEN 1 END), COUNT(CASE WHEN NOT is_open AND NOT is_settled THEN 1 END),
                        COUNT(*)
                 FROM incidents",
            )
            .fetch_one(&self.pool)
            .await
            .map_err(|error| failed(&error))?;
            Ok(IncidentCounts { open: whole(open)?, ending: whole(ending)?, settled: whole(all - open - ending)? })
        })
        .await
    }

    async fn forget_arrivals(&self, before: OffsetDateTime) -> Result<(), StoreError> {
        within(async {
            let mut turn = self.own_turn().await?;
            // Days have one length, so that every database's order of texts is theirs.
            sqlx::query("DELETE FROM arrivals WHERE substr(at, 1, 10) < $1")
                .bind(before.date().to_string())
                .execute(&mut *turn.transaction)
                .await
                .map_err(|error| failed(&error))?;
            turn.transaction.commit().await.map_err(|error| failed(&error))
        })
        .await
    }

    async fn ran(&self, job: &str) -> Result<Option<OffsetDateTime>, StoreError> {
        within(async {
            let row: Option<(String,)> = sqlx::query_as("SELECT ran FROM jobs WHERE name = $1")
                .bind(job)
                .fetch_optional(&self.pool)
                .await
                .map_err(|error| failed(&error))?;
            row.map(|(at,)| read_time(&at)).transpose()
        })
        .await
    }

    async fn keep_ran(&self, job: &str, at: OffsetDateTime) -> Result<(), StoreError> {
        within(async {
            let mut turn = self.own_turn().await?;
            sqlx::query(
                "INSERT INTO jobs (name, ran) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET ran = excluded.ran",
            )
            .bind(job)
            .bind(stamp(at)?)
            .execute(&mut *turn.transaction)
            .await
            .map_err(|error| failed(&error))?;
            turn.transaction.commit().await.map_err(|error| failed(&error))
        })
        .await
    }
}

/// One event and what it makes of its incident.
async fn write(turn: &mut Turn<'_>, next: &Recorded, after: &Incident) -> Result<(), StoreError> {
    let connection = &mut *turn.transaction;
    if next.seq == 1 {
        insert(connection, after).await?;
    }
    let tenancy = after.about.tenancy.as_ref();
    let updated = sqlx::query(
        "UPDATE incidents SET seq = $1, is_open = $2, tenant = $3, environment = $4, card_channel = $5, card_message = $6,
                              thread = $7, is_settled = $8
         WHERE id = $9 AND seq = $10",
    )
    .bind(next.seq.cast_signed())
    .bind(after.state.open())
    .bind(tenancy.map(|tenancy| tenancy.tenant.as_str()))
    .bind(tenancy.map(|tenancy| tenancy.environment.as_str()))
    .bind(after.card.as_ref().map(|card| card.channel.as_str()))
    .bind(after.card.as_ref().map(|card| card.message.as_str()))
    .bind(after.thread.as_deref())
    .bind(after.settled())
    .bind(&next.incident.0)
    .bind(next.seq.cast_signed() - 1)
    .execute(&mut *connection)
    .await
    .map_err(|error| failed(&error))?;
    if updated.rows_affected() != 1 {
        return Err(StoreError::Conflict);
    }
    let event = serde_json::to_string(&next.event).map_err(|error| StoreError::Corrupt(error.to_string()))?;
    sqlx::query("INSERT INTO incident_events (incident, seq, at, event) VALUES ($1, $2, $3, $4)")
        .bind(&next.incident.0)
        .bind(next.seq.cast_signed())
        .bind(stamp(next.at)?)
        .bind(event)
        .execute(connection)
        .await
        .map(|_| ())
        .map_err(|error| failed(&error))
}

/// A taken id, and an alert that has an open incident, are conflicts.
async fn insert(connection: &mut AnyConnection, incident: &Incident) -> Result<(), StoreError> {
    sqlx::query("INSERT INTO incidents (id, seq, alert, is_open, is_settled, opened) VALUES ($1, 0, $2, $3, $4, $5)")
        .bind(&incident.id.0)
        .bind(&incident.alert.key)
        .bind(true)
        .bind(false)
        .bind(i64::try_from(incident.opened.unix_timestamp_nanos() / 1_000).unwrap_or(i64::MAX))
        .execute(connection)
        .await
        .map(|_| ())
        .map_err(|error| failed(&error))
}

fn recorded(incident: &IncidentId, (seq, at, event): (i64, String, String)) -> Result<Recorded, StoreError> {
    let event = serde_json::from_str(&event).map_err(|_| unreadable("event", &event))?;
    Ok(Recorded { incident: incident.clone(), seq: whole(seq)?, at: read_time(&at)?, event })
}
