//! When the bot was last in the chat: one row beside the log.

use landlord_core::ports::StoreError;
use sqlx::AnyExecutor;
use time::OffsetDateTime;

use super::SqlStore;
use super::append::stamp;
use super::database::failed;
use super::registry::read_time;

/// What was written last.
pub(super) async fn seen(connection: impl AnyExecutor<'_>) -> Result<Option<OffsetDateTime>, StoreError> {
    let row: Option<(String,)> = sqlx::query_as("SELECT at FROM seen WHERE id = 1")
        .fetch_optional(connection)
        .await
        .map_err(|error| failed(&error))?;
    row.map(|(at,)| read_time(&at)).transpose()
}

impl SqlStore {
    pub(super) async fn write_seen(&self, at: OffsetDateTime) -> Result<(), StoreError> {
        let mut turn = self.own_turn().await?;
        sqlx::query("INSERT INTO seen (id, at) VALUES (1, $1) ON CONFLICT (id) DO UPDATE SET at = excluded.at")
            .bind(stamp(at)?)
            .execute(&mut *turn.transaction)
            .await
            .map_err(|error| failed(&error))?;
        turn.transaction.commit().await.map_err(|error| failed(&error))
    }
}
