//! Finding operations: lists, cards and locks.

use std::collections::BTreeMap;

use landlord_core::event::MessageRef;
use landlord_core::operation::State;
use landlord_core::plan::OperationId;
use landlord_core::ports::{Listing, OperationFilter, StoreError};
use landlord_core::tenant::{Environment, TenantId};
use sqlx::{AnyExecutor, AnyPool};

use super::database::{failed, whole};

/// Operations, newest first, by pages from 0.
pub(super) async fn operations(
    pool: &AnyPool,
    filter: &OperationFilter,
    page: u32,
    size: u32,
) -> Result<Listing<OperationId>, StoreError> {
    // An empty text stands for "any".
    let tenant = filter.tenant.as_ref().map_or("", TenantId::as_str);
    let environment = filter.environment.map_or("", Environment::as_str);
    let state = filter.state.map_or("", State::as_str);
    let rows: Vec<(String,)> = sqlx::query_as(
        "SELECT id FROM operations
         WHERE ($1 = '' OR tenant = $1) AND ($2 = '' OR environment = $2) AND ($3 = '' OR state = $3)
           AND (is_open OR NOT $4)
         ORDER BY position DESC LIMIT $5 OFFSET $6",
    )
    .bind(tenant)
    .bind(environment)
    .bind(state)
    .bind(filter.open)
    .bind(i64::from(size))
    .bind(offset(page, size))
    .fetch_all(pool)
    .await
    .map_err(|error| failed(&error))?;
    let (total,): (i64,) = sqlx::query_as(
        "SELECT COUNT(*) FROM operations
         WHERE ($1 = '' OR tenant = $1) AND ($2 = '' OR environment = $2) AND ($3 = '' OR state = $3)
           AND (is_open OR NOT $4)",
    )
    .bind(tenant)
    .bind(environment)
    .bind(state)
    .bind(filter.open)
    .fetch_one(pool)
    .await
    .map_err(|error| failed(&error))?;
    Ok(Listing { rows: rows.into_iter().map(|(id,)| OperationId(id)).collect(), total: whole(total)? })
}

/// How many operations there are in each state.
pub(super) async fn counts(connection: impl AnyExecutor<'_>) -> Result<BTreeMap<State, u64>, StoreError> {
    let rows: Vec<(String, i64)> = sqlx::query_as("SELECT state, COUNT(*) FROM operations GROUP BY state")
        .fetch_all(connection)
        .await
        .map_err(|error| failed(&error))?;
    let mut counts: BTreeMap<State, u64> = State::ALL.into_iter().map(|state| (state, 0)).collect();
    for (text, count) in rows {
        let state = State::ALL.into_iter().find(|state| state.as_str() == text);
        let state = state.ok_or_else(|| StoreError::Corrupt(format!("{text:?} is no state")))?;
        counts.insert(state, whole(count)?);
    }
    Ok(counts)
}

/// The operation whose card the message is.
pub(super) async fn operation_of_card(
    connection: impl AnyExecutor<'_>,
    card: &MessageRef,
) -> Result<Option<OperationId>, StoreError> {
    let row: Option<(String,)> =
        sqlx::query_as("SELECT id FROM operations WHERE card_channel = $1 AND card_message = $2")
            .bind(&card.channel)
            .bind(&card.message)
            .fetch_optional(connection)
            .await
            .map_err(|error| failed(&error))?;
    Ok(row.map(|(id,)| OperationId(id)))
}

/// The operation that holds a lock.
pub(super) async fn holder(connection: impl AnyExecutor<'_>, key: &str) -> Result<Option<OperationId>, StoreError> {
    let row: Option<(String,)> = sqlx::query_as("SELECT operation FROM locks WHERE key = $1")
        .bind(key)
        .fetch_optional(connection)
        .await
        .map_err(|error| failed(&error))?;
    Ok(row.map(|(id,)| OperationId(id)))
}

/// Where a page begins.
pub(super) fn offset(page: u32, size: u32) -> i64 {
    i64::try_from(u64::from(page) * u64::from(size)).unwrap_or(i64::MAX)
}
