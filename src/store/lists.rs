//! Finding operations: lists, cards and locks.

use std::collections::BTreeMap;

use landlord_core::event::MessageRef;
use landlord_core::operation::State;
use landlord_core::plan::OperationId;
use landlord_core::ports::{Listing, OperationFilter, StoreError};
use landlord_core::tenant::{Environment, TenantId};
use sqlx::{AnyExecutor, AnyPool, AssertSqlSafe};

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
    let wanted = wanted(filter);
    let rows = format!("SELECT id FROM operations WHERE {wanted} ORDER BY position DESC LIMIT $5 OFFSET $6");
    let rows: Vec<(String,)> = sqlx::query_as(AssertSqlSafe(rows))
        .bind(tenant)
        .bind(environment)
        .bind(state)
        .bind(filter.open)
        .bind(i64::from(size))
        .bind(offset(page, size))
        .fetch_all(pool)
        .await
        .map_err(|error| failed(&error))?;
    let total = format!("SELECT COUNT(*) FROM operations WHERE {wanted}");
    let (total,): (i64,) = sqlx::query_as(AssertSqlSafe(total))
        .bind(tenant)
        .bind(environment)
        .bind(state)
        .bind(filter.open)
        .fetch_one(pool)
        .await
        .map_err(|error| failed(&error))?;
    Ok(Listing { rows: rows.into_iter().map(|(id,)| OperationId(id)).collect(), total: whole(total)? })
}

/// The condition on tenant, environment, state and open, the first four arguments; worded so that the sites' indexes serve.
///
/// `IN` and not `EXISTS`, since SQLite 3.51.3 makes a join of the latter: an offset then counts each of an operation's sites
/// that fit as one to skip, and the operation stands on two pages.
fn wanted(filter: &OperationFilter) -> String {
    let site = match (&filter.tenant, filter.environment) {
        (Some(_), _) => "id IN (SELECT operation FROM sites WHERE tenant = $1 AND ($2 = '' OR environment = $2))",
        (None, Some(_)) => "$1 = '' AND id IN (SELECT operation FROM sites WHERE environment = $2)",
        (None, None) => "$1 = '' AND $2 = ''",
    };
    format!("{site} AND ($3 = '' OR state = $3) AND (is_open OR NOT $4)")
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
