//! Anchors: which heads of the log were posted outside it, and which is to be.

use landlord_core::chain::{Anchor, Head};
use landlord_core::plan::OperationId;
use landlord_core::ports::StoreError;
use sqlx::{AnyExecutor, AnyPool};
use time::Date;
use time::macros::format_description;

use super::SqlStore;
use super::database::{failed, whole};
use super::registry::unreadable;

/// The last event dated on the day or before. Times are compared by their days, which have one length, so that every database's
/// order of texts is theirs.
pub(super) async fn head_of(connection: impl AnyExecutor<'_>, day: Date) -> Result<Option<Head>, StoreError> {
    let row: Option<(i64, String, i64, String)> = sqlx::query_as(
        "SELECT position, operation, seq, hash FROM events WHERE substr(at, 1, 10) <= $1 ORDER BY position DESC LIMIT 1",
    )
    .bind(day.to_string())
    .fetch_optional(connection)
    .await
    .map_err(|error| failed(&error))?;
    row.map(|(position, operation, seq, hash)| {
        Ok(Head { position: whole(position)?, operation: OperationId(operation), seq: whole(seq)?, hash })
    })
    .transpose()
}

/// The anchor of the latest day.
pub(super) async fn last(connection: impl AnyExecutor<'_>) -> Result<Option<Anchor>, StoreError> {
    let row: Option<(String, i64, String)> =
        sqlx::query_as("SELECT day, position, hash FROM anchors ORDER BY day DESC LIMIT 1")
            .fetch_optional(connection)
            .await
            .map_err(|error| failed(&error))?;
    row.map(anchor).transpose()
}

/// All of them, by day. A store that is not migrated yet has none.
pub(super) async fn all(pool: &AnyPool) -> Result<Vec<Anchor>, StoreError> {
    let migrated = sqlx::query("SELECT version FROM landlord_migrations WHERE version = 4")
        .fetch_optional(pool)
        .await
        .map_err(|error| failed(&error))?;
    if migrated.is_none() {
        return Ok(Vec::new());
    }
    let rows: Vec<(String, i64, String)> = sqlx::query_as("SELECT day, position, hash FROM anchors ORDER BY day")
        .fetch_all(pool)
        .await
        .map_err(|error| failed(&error))?;
    rows.into_iter().map(anchor).collect()
}

fn anchor((day, position, hash): (String, i64, String)) -> Result<Anchor, StoreError> {
    let read = Date::parse(&day, format_description!("[year]-[month]-[day]")).map_err(|_| unreadable("day", &day))?;
    Ok(Anchor { day: read, position: whole(position)?, hash })
}

impl SqlStore {
    pub(super) async fn write_anchor(&self, anchor: &Anchor) -> Result<(), StoreError> {
        let mut turn = self.own_turn().await?;
        sqlx::query("INSERT INTO anchors (day, position, hash) VALUES ($1, $2, $3)")
            .bind(anchor.day.to_string())
            .bind(anchor.position.cast_signed())
            .bind(&anchor.hash)
            .execute(&mut *turn.transaction)
            .await
            .map_err(|error| failed(&error))?;
        turn.transaction.commit().await.map_err(|error| failed(&error))
    }
}
