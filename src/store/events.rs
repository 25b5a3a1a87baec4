//! Events as rows: reading them back.

use landlord_core::chain::{Broken, ChainedEvent, canonical};
use landlord_core::event::Recorded;
use landlord_core::plan::OperationId;
use landlord_core::ports::StoreError;
use sqlx::any::AnyRow;
use sqlx::{AnyExecutor, FromRow as _, Row as _};

use super::database::failed;

/// A row as it is stored.
#[derive(Debug, sqlx::FromRow)]
pub(super) struct Row {
    position: i64,
    operation: String,
    seq: i64,
    at: String,
    actor: String,
    kind: String,
    payload: String,
    previous: String,
    hash: String,
}

impl Row {
    /// The event that a row of the database holds. SQLite takes a text for a number and bytes for a text.
    pub(super) fn read(row: &AnyRow) -> Result<ChainedEvent, Broken> {
        let number = |column| row.try_get::<i64, _>(column).ok().and_then(|number| u64::try_from(number).ok());
        let unreadable = |error: sqlx::Error| Broken {
            operation: OperationId(row.try_get("operation").unwrap_or_default()),
            seq: number("seq").unwrap_or_default(),
            position: number("position").unwrap_or_default(),
            why: format!("was changed: {error}"),
        };
        Self::from_row(row).map_err(unreadable)?.event()
    }

    /// The event that the row holds; what cannot be one was not written by the bot.
    fn event(self) -> Result<ChainedEvent, Broken> {
        let operation = OperationId(self.operation);
        let broken = |why: &str| Broken {
            operation: operation.clone(),
            seq: u64::try_from(self.seq).unwrap_or_default(),
            position: u64::try_from(self.position).unwrap_or_default(),
            why: why.into(),
        };
        let payload = serde_json::from_str(&self.payload).map_err(|_| broken("was changed: its payload is no JSON"))?;
        if canonical(&payload) != self.payload {
            return Err(broken("was changed: its payload is not in the form in which it is written"));
        }
        let position = u64::try_from(self.position).map_err(|_| broken("was moved before the beginning"))?;
        let seq = u64::try_from(self.seq).map_err(|_| broken("was changed: its place is negative"))?;
        Ok(ChainedEvent {
            position,
            operation,
            seq,
            at: self.at,
            actor: self.actor,
            kind: self.kind,
            payload,
            previous: self.previous,
            hash: self.hash,
        })
    }
}

/// An operation's log after a place in it, in order.
pub(super) async fn of_operation(
    connection: impl AnyExecutor<'_>,
    operation: &OperationId,
    after: u64,
) -> Result<Vec<Recorded>, StoreError> {
    let rows: Vec<Row> = sqlx::query_as(
        "SELECT position, operation, seq, at, actor, kind, payload, previous, hash
         FROM events WHERE operation = $1 AND seq > $2 ORDER BY seq",
    )
    .bind(&operation.0)
    .bind(i64::try_from(after).unwrap_or(i64::MAX))
    .fetch_all(connection)
    .await
    .map_err(|error| failed(&error))?;
    rows.into_iter()
        .map(|row| {
            let event = row.event().map_err(|broken| StoreError::Corrupt(broken.to_string()))?;
            event.recorded().map_err(|error| StoreError::Corrupt(error.to_string()))
        })
        .collect()
}

/// The hash of one event.
pub(super) async fn hash(
    connection: impl AnyExecutor<'_>,
    operation: &OperationId,
    seq: u64,
) -> Result<Option<String>, StoreError> {
    let row: Option<(String,)> = sqlx::query_as("SELECT hash FROM events WHERE operation = $1 AND seq = $2")
        .bind(&operation.0)
        .bind(i64::try_from(seq).unwrap_or(i64::MAX))
        .fetch_optional(connection)
        .await
        .map_err(|error| failed(&error))?;
    Ok(row.map(|(hash,)| hash))
}

/// The events after a place in the whole log, in its order, at most `limit`; each may be none that the bot wrote.
pub(super) async fn after(
    connection: impl AnyExecutor<'_>,
    position: u64,
    limit: u32,
) -> Result<Vec<Result<ChainedEvent, Broken>>, StoreError> {
    let rows = sqlx::query(
        "SELECT position, operation, seq, at, actor, kind, payload, previous, hash
         FROM events WHERE position > $1 ORDER BY position LIMIT $2",
    )
    .bind(i64::try_from(position).unwrap_or(i64::MAX))
    .bind(i64::from(limit))
    .fetch_all(connection)
    .await
    .map_err(|error| failed(&error))?;
    Ok(rows.iter().map(Row::read).collect())
}
