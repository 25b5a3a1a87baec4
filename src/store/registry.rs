//! The registry of tenants: who is where, and whose a host label is.

use landlord_core::plan::{Details, OperationId};
use landlord_core::ports::{Listing, RegistryChange, Standing, StoreError, Tenant};
use landlord_core::tenant::{Environment, Subdomain, TenantId};
use sqlx::{AnyConnection, AnyExecutor, AnyPool};

use super::database::{Dialect, failed, whole};
use super::lists::offset;

/// Applies a change in the transaction of its event.
pub(super) async fn apply(
    connection: &mut AnyConnection,
    change: &RegistryChange,
    operation: &OperationId,
) -> Result<(), StoreError> {
    match change {
        RegistryChange::Register(details) => register(connection, details, operation).await,
        RegistryChange::Stand(tenant, environment, standing) => {
            stand(connection, tenant, *environment, *standing).await
        }
        RegistryChange::Leave(tenant, environment) => {
            sqlx::query("DELETE FROM standings WHERE tenant = $1 AND environment = $2")
                .bind(tenant.as_str())
                .bind(environment.as_str())
                .execute(&mut *connection)
                .await
                .map_err(|error| failed(&error))?;
            forget(connection, tenant).await
        }
        RegistryChange::Forget(tenant) => forget(connection, tenant).await,
    }
}

/// Forgets a tenant that is in no environment.
async fn forget(connection: &mut AnyConnection, tenant: &TenantId) -> Result<(), StoreError> {
    sqlx::query("DELETE FROM tenants WHERE id = $1 AND NOT EXISTS (SELECT 1 FROM standings WHERE tenant = $1)")
        .bind(tenant.as_str())
        .execute(connection)
        .await
        .map(|_| ())
        .map_err(|error| failed(&error))
}

/// Known already and the same: nothing changes. A taken id or host label: [`StoreError::Locked`] with the operation that
/// registered it.
async fn register(
    connection: &mut AnyConnection,
    details: &Details,
    operation: &OperationId,
) -> Result<(), StoreError> {
    let json = serde_json::to_string(details).map_err(|error| StoreError::Corrupt(error.to_string()))?;
    let taken = sqlx::query(
        "INSERT INTO tenants (id, subdomain, search, details, operation) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT DO NOTHING",
    )
    .bind(details.tenant.as_str())
    .bind(details.subdomain.as_str())
    .bind(format!("{}\n{}\n{}", details.tenant, details.company, details.subdomain).to_lowercase())
    .bind(json)
    .bind(&operation.0)
    .execute(&mut *connection)
    .await
    .map_err(|error| failed(&error))?;
    if taken.rows_affected() == 1 {
        return Ok(());
    }
    let holders: Vec<(String, String, String)> =
        sqlx::query_as("SELECT id, details, operation FROM tenants WHERE id = $1 OR subdomain = $2")
            .bind(details.tenant.as_str())
            .bind(details.subdomain.as_str())
            .fetch_all(connection)
            .await
            .map_err(|error| failed(&error))?;
    let namesake = holders.iter().find(|(id, ..)| id == details.tenant.as_str());
    if let Some((_, known, _)) = namesake
        && read_details(known)? == *details
    {
        return Ok(());
    }
    let key = match namesake {
        Some(_) => format!("tenant/{}", details.tenant),
        None => format!("subdomain/{}", details.subdomain),
    };
    let (_, _, holder) = namesake.or_else(|| holders.first()).ok_or(StoreError::Conflict)?;
    Err(StoreError::Locked { key, operation: OperationId(holder.clone()) })
}

async fn stand(
    connection: &mut AnyConnection,
    tenant: &TenantId,
    environment: Environment,
    standing: Standing,
) -> Result<(), StoreError> {
    let stood = sqlx::query(
        "INSERT INTO standings (tenant, environment, standing) VALUES ($1, $2, $3)
         ON CONFLICT (tenant, environment) DO UPDATE SET standing = excluded.standing",
    )
    .bind(tenant.as_str())
    .bind(environment.as_str())
    .bind(standing.as_str())
    .execute(connection)
    .await;
    match stood {
        Err(sqlx::Error::Database(error)) if error.is_foreign_key_violation() => {
            Err(StoreError::Corrupt(format!("the registry does not know the tenant {tenant}")))
        }
        other => other.map(|_| ()).map_err(|error| failed(&error)),
    }
}

/// A tenant, and one of its standings where it has one: a row of the queries below.
type TenantRow = (String, String, Option<String>, Option<String>);

/// A tenant.
pub(super) async fn tenant(connection: impl AnyExecutor<'_>, id: &TenantId) -> Result<Option<Tenant>, StoreError> {
    let rows: Vec<TenantRow> = sqlx::query_as(
        "SELECT t.id, t.details, s.environment, s.standing
         FROM tenants t LEFT JOIN standings s ON s.tenant = t.id WHERE t.id = $1",
    )
    .bind(id.as_str())
    .fetch_all(connection)
    .await
    .map_err(|error| failed(&error))?;
    Ok(gather(rows)?.pop())
}

/// The tenant that has the host label.
pub(super) async fn tenant_of_subdomain(
    connection: impl AnyExecutor<'_>,
    subdomain: &Subdomain,
) -> Result<Option<TenantId>, StoreError> {
    let row: Option<(String,)> = sqlx::query_as("SELECT id FROM tenants WHERE subdomain = $1")
        .bind(subdomain.as_str())
        .fetch_optional(connection)
        .await
        .map_err(|error| failed(&error))?;
    row.map(|(id,)| id.parse().map_err(|_| unreadable("tenant id", &id))).transpose()
}

/// A page of tenants. The order is that of bytes, whatever the database's language: PostgreSQL has to be told.
macro_rules! page_of_tenants {
    ($order:literal) => {
        concat!(
            "SELECT t.id, t.details, s.environment, s.standing
             FROM (SELECT id, details FROM tenants WHERE search LIKE $1 ESCAPE '!' ORDER BY id",
            $order,
            " LIMIT $2 OFFSET $3) t
             LEFT JOIN standings s ON s.tenant = t.id ORDER BY t.id",
            $order
        )
    };
}

/// Tenants whose id, company or host label contains `search`, in the order of their ids, by pages from 0.
pub(super) async fn tenants(
    pool: &AnyPool,
    dialect: Dialect,
    search: &str,
    page: u32,
    size: u32,
) -> Result<Listing<Tenant>, StoreError> {
    // No name has one; a line's end would find the seam between two names.
    if search.contains(char::is_control) {
        return Ok(Listing { rows: vec![], total: 0 });
    }
    let page_of_tenants = match dialect {
        Dialect::Sqlite => page_of_tenants!(""),
        Dialect::Postgres => page_of_tenants!(" COLLATE \"C\""),
    };
    let pattern = containing(search);
    let rows: Vec<TenantRow> = sqlx::query_as(page_of_tenants)
        .bind(&pattern)
        .bind(i64::from(size))
        .bind(offset(page, size))
        .fetch_all(pool)
        .await
        .map_err(|error| failed(&error))?;
    let (total,): (i64,) = sqlx::query_as("SELECT COUNT(*) FROM tenants WHERE search LIKE $1 ESCAPE '!'")
        .bind(&pattern)
        .fetch_one(pool)
        .await
        .map_err(|error| failed(&error))?;
    Ok(Listing { rows: gather(rows)?, total: whole(total)? })
}

/// A pattern in which every sign of `search` means itself.
fn containing(search: &str) -> String {
    let mut pattern = String::from("%");
    for sign in search.to_lowercase().chars() {
        if matches!(sign, '%' | '_' | '!') {
            pattern.push('!');
        }
        pattern.push(sign);
    }
    pattern + "%"
}

/// Puts the rows of each tenant, which stand together, into one.
fn gather(rows: Vec<TenantRow>) -> Result<Vec<Tenant>, StoreError> {
    let mut tenants: Vec<Tenant> = Vec::new();
    for (id, details, environment, standing) in rows {
        if tenants.last().is_none_or(|last| last.details.tenant.as_str() != id) {
            tenants.push(Tenant { details: read_details(&details)?, standings: Vec::new() });
        }
        if let (Some(tenant), Some(environment), Some(standing)) = (tenants.last_mut(), environment, standing) {
            tenant.standings.push((read_environment(&environment)?, read_standing(&standing)?));
            tenant.standings.sort_by_key(|(environment, _)| *environment);
        }
    }
    Ok(tenants)
}

fn read_details(json: &str) -> Result<Details, StoreError> {
    serde_json::from_str(json).map_err(|error| StoreError::Corrupt(format!("details of a tenant: {error}")))
}

fn read_environment(text: &str) -> Result<Environment, StoreError> {
    text.parse().map_err(|_| unreadable("environment", text))
}

fn read_standing(text: &str) -> Result<Standing, StoreError> {
    let all = [Standing::Incomplete, Standing::Active, Standing::Validated];
    all.into_iter().find(|standing| standing.as_str() == text).ok_or_else(|| unreadable("standing", text))
}

fn unreadable(what: &str, text: &str) -> StoreError {
    StoreError::Corrupt(format!("{text:?} is no {what}"))
}
