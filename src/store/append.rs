//! Writing: one transaction for an event and everything that goes with it.

use std::sync::atomic::Ordering;

use landlord_core::chain::{self, Head, canonical};
use landlord_core::event::{MessageRef, Recorded};
use landlord_core::operation::Operation;
use landlord_core::plan::OperationId;
use landlord_core::ports::{RegistryChange, StoreError};
use landlord_core::tenant::Tenancy;
use sqlx::{Any, AnyConnection, AnyExecutor, AssertSqlSafe, Transaction};
use tokio::sync::MutexGuard;

use super::database::{HEAD, failed, whole};
use super::{SqlStore, registry};

/// How many rows one statement writes: each is a way to the database and back, and all other writers wait.
const ROWS_AT_ONCE: usize = 100;

/// The log's head and the term of who may write.
#[derive(Debug)]
pub(super) struct HeadRow {
    pub(super) head: Head,
    pub(super) term: u64,
}

/// Reads the head with `statement`: that for readers, or that for writers.
pub(super) async fn read_head(
    connection: impl AnyExecutor<'_>,
    statement: &'static str,
) -> Result<HeadRow, StoreError> {
    let (position, operation, seq, hash, term): (i64, String, i64, String, i64) =
        sqlx::query_as(statement).fetch_optional(connection).await.map_err(|error| failed(&error))?.ok_or_else(gone)?;
    let head = Head { position: whole(position)?, operation: OperationId(operation), seq: whole(seq)?, hash };
    Ok(HeadRow { head, term: whole(term)? })
}

fn gone() -> StoreError {
    StoreError::Corrupt("the row that says where the log ends is gone".into())
}

/// A writer's turn: the head is its own until it commits or lets go.
pub(super) struct Turn<'a> {
    pub(super) transaction: Transaction<'static, Any>,
    row: HeadRow,
    _order: MutexGuard<'a, ()>,
}

impl SqlStore {
    async fn turn(&self) -> Result<Turn<'_>, StoreError> {
        let order = self.order.lock().await;
        let begun = self.pool.begin_with(self.dialect.begin_writing()).await;
        let mut transaction = begun.map_err(|error| failed(&error))?;
        let row = read_head(&mut *transaction, self.dialect.head_for_writing()).await?;
        Ok(Turn { transaction, row, _order: order })
    }

    /// A turn under this process's term.
    pub(super) async fn own_turn(&self) -> Result<Turn<'_>, StoreError> {
        let turn = self.turn().await?;
        if turn.row.term == self.term.load(Ordering::SeqCst) { Ok(turn) } else { Err(StoreError::Conflict) }
    }

    pub(super) async fn raise_term(&self) -> Result<u64, StoreError> {
        let mut turn = self.turn().await?;
        let term = turn.row.term + 1;
        sqlx::query("UPDATE head SET term = $1 WHERE id = 1")
            .bind(term.cast_signed())
            .execute(&mut *turn.transaction)
            .await
            .map_err(|error| failed(&error))?;
        turn.transaction.commit().await.map_err(|error| failed(&error))?;
        Ok(term)
    }

    /// Writes, and leaves everything as it was. SQLite writes no page that an UPDATE does not change, so it is changed and
    /// changed back, in one transaction that nobody sees into.
    pub(super) async fn write_nothing(&self) -> Result<(), StoreError> {
        let mut turn = self.own_turn().await?;
        for statement in
            ["UPDATE head SET term = term + 1 WHERE id = 1", "UPDATE head SET term = term - 1 WHERE id = 1"]
        {
            sqlx::query(statement).execute(&mut *turn.transaction).await.map_err(|error| failed(&error))?;
        }
        turn.transaction.commit().await.map_err(|error| failed(&error))
    }

    pub(super) async fn head_row(&self) -> Result<HeadRow, StoreError> {
        read_head(&self.pool, HEAD).await
    }

    pub(super) async fn current_term(&self) -> Result<u64, StoreError> {
        Ok(self.head_row().await?.term)
    }

    pub(super) async fn write_filing(
        &self,
        first: &Recorded,
        operation: &Operation,
        locks: &[String],
        changes: &[RegistryChange],
    ) -> Result<(), StoreError> {
        if first.seq != 1 {
            return Err(StoreError::Conflict);
        }
        let mut turn = self.own_turn().await?;
        insert_operation(&mut turn, operation).await?;
        let sites: Vec<&Tenancy> = operation.plan.tenancies().into_iter().collect();
        for sites in sites.chunks(ROWS_AT_ONCE) {
            insert_sites(&mut turn.transaction, sites, &first.operation).await?;
        }
        for keys in locks.chunks(ROWS_AT_ONCE) {
            lock(&mut turn.transaction, keys, &first.operation).await?;
        }
        finish(turn, first, changes).await
    }

    pub(super) async fn write_event(
        &self,
        next: &Recorded,
        operation: &Operation,
        changes: &[RegistryChange],
    ) -> Result<(), StoreError> {
        let mut turn = self.own_turn().await?;
        update_operation(&mut turn.transaction, next, operation).await?;
        if !operation.state.open() {
            sqlx::query("DELETE FROM locks WHERE operation = $1")
                .bind(&next.operation.0)
                .execute(&mut *turn.transaction)
                .await
                .map_err(|error| failed(&error))?;
        }
        finish(turn, next, changes).await
    }
}

/// A taken id is a conflict.
async fn insert_operation(turn: &mut Turn<'_>, operation: &Operation) -> Result<(), StoreError> {
    let (channel, message) = card_columns(operation.card.as_ref());
    sqlx::query(
        "INSERT INTO operations (id, position, seq, command, state, is_open, requester, digest, filed_at, changed_at,
                                 card_channel, card_message)
         VALUES ($1, $2, 1, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
    )
    .bind(&operation.id.0)
    .bind((turn.row.head.position + 1).cast_signed())
    .bind(&operation.plan.command)
    .bind(operation.state.as_str())
    .bind(operation.state.open())
    .bind(&operation.requester.name)
    .bind(&operation.digest)
    .bind(stamp(operation.filed_at)?)
    .bind(stamp(operation.changed_at)?)
    .bind(channel)
    .bind(message)
    .execute(&mut *turn.transaction)
    .await
    .map(|_| ())
    .map_err(|error| failed(&error))
}

/// Writes what the operation is found by, with one statement.
async fn insert_sites(
    connection: &mut AnyConnection,
    sites: &[&Tenancy],
    operation: &OperationId,
) -> Result<(), StoreError> {
    let rows: Vec<String> = (1..=sites.len()).map(|n| format!("($1, ${}, ${})", 2 * n, 2 * n + 1)).collect();
    let statement = format!("INSERT INTO sites (operation, tenant, environment) VALUES {}", rows.join(", "));
    // Nothing is in the statement but the numbers of its arguments.
    let mut query = sqlx::query(AssertSqlSafe(statement)).bind(&operation.0);
    for Tenancy { tenant, environment } in sites {
        query = query.bind(tenant.as_str()).bind(environment.as_str());
    }
    query.execute(connection).await.map(|_| ()).map_err(|error| failed(&error))
}

/// Only where the event before `next` is the operation's last: else another writer was faster.
async fn update_operation(
    connection: &mut AnyConnection,
    next: &Recorded,
    operation: &Operation,
) -> Result<(), StoreError> {
    let (channel, message) = card_columns(operation.card.as_ref());
    let updated = sqlx::query(
        "UPDATE operations SET seq = $1, state = $2, is_open = $3, changed_at = $4, card_channel = $5, card_message = $6
         WHERE id = $7 AND seq = $8",
    )
    .bind(next.seq.cast_signed())
    .bind(operation.state.as_str())
    .bind(operation.state.open())
    .bind(stamp(next.at)?)
    .bind(channel)
    .bind(message)
    .bind(&next.operation.0)
    .bind(next.seq.cast_signed() - 1)
    .execute(connection)
    .await
    .map_err(|error| failed(&error))?;
    if updated.rows_affected() == 1 { Ok(()) } else { Err(StoreError::Conflict) }
}

/// Takes locks with one statement. Where one is somebody else's, the first such in their order refuses them all.
async fn lock(connection: &mut AnyConnection, keys: &[String], operation: &OperationId) -> Result<(), StoreError> {
    let rows: Vec<String> = (2..keys.len() + 2).map(|place| format!("($1, ${place})")).collect();
    let statement = format!("INSERT INTO locks (operation, key) VALUES {} ON CONFLICT DO NOTHING", rows.join(", "));
    // Nothing is in the statement but the numbers of its arguments.
    let mut query = sqlx::query(AssertSqlSafe(statement)).bind(&operation.0);
    for key in keys {
        query = query.bind(key);
    }
    let taken = query.execute(&mut *connection).await.map_err(|error| failed(&error))?;
    if taken.rows_affected() == keys.len() as u64 {
        return Ok(());
    }
    for key in keys {
        match super::lists::holder(&mut *connection, key).await? {
            Some(holder) if holder == *operation => {}
            Some(holder) => return Err(StoreError::Locked { key: key.into(), operation: holder }),
            None => return Err(StoreError::Conflict),
        }
    }
    Ok(())
}

/// Links the event to the chain, changes the registry, moves the head and commits.
async fn finish(mut turn: Turn<'_>, recorded: &Recorded, changes: &[RegistryChange]) -> Result<(), StoreError> {
    let connection = &mut *turn.transaction;
    let event = chain::link(&turn.row.head, recorded).map_err(|error| StoreError::Corrupt(error.to_string()))?;
    sqlx::query(
        "INSERT INTO events (operation, seq, position, at, actor, kind, payload, previous, hash)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
    )
    .bind(&event.operation.0)
    .bind(event.seq.cast_signed())
    .bind(event.position.cast_signed())
    .bind(&event.at)
    .bind(&event.actor)
    .bind(&event.kind)
    .bind(canonical(&event.payload))
    .bind(&event.previous)
    .bind(&event.hash)
    .execute(&mut *connection)
    .await
    .map_err(|error| failed(&error))?;
    registry::apply(connection, changes, &recorded.operation).await?;
    sqlx::query("UPDATE head SET position = $1, operation = $2, seq = $3, hash = $4 WHERE id = 1")
        .bind(event.position.cast_signed())
        .bind(&event.operation.0)
        .bind(event.seq.cast_signed())
        .bind(&event.hash)
        .execute(&mut *connection)
        .await
        .map_err(|error| failed(&error))?;
    turn.transaction.commit().await.map_err(|error| failed(&error))
}

fn card_columns(card: Option<&MessageRef>) -> (Option<&str>, Option<&str>) {
    (card.map(|card| card.channel.as_str()), card.map(|card| card.message.as_str()))
}

pub(super) fn stamp(at: time::OffsetDateTime) -> Result<String, StoreError> {
    chain::stamp(at).map_err(|error| StoreError::Corrupt(error.to_string()))
}
