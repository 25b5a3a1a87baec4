//! The registry of tenants: who is where, and whose a host label is.

use landlord_core::chain::stamp;
use landlord_core::plan::{Details, Engagement, OperationId};
use landlord_core::ports::{Listing, RegistryChange, Standing, StoreError, Tenant, TenantFilter};
use landlord_core::size::Size;
use landlord_core::tenant::{Environment, Subdomain, TenantId};
use sqlx::{AnyConnection, AnyExecutor, AnyPool};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::database::{Dialect, failed, whole};
use super::lists::offset;

/// Applies changes in the transaction of their event.
pub(super) async fn apply(
    connection: &mut AnyConnection,
    changes: &[RegistryChange],
    operation: &OperationId,
) -> Result<(), StoreError> {
    for change in changes {
        match change {
            RegistryChange::Register(details) => register(connection, details, operation).await?,
            RegistryChange::Stand(tenant, environment, standing) => {
                stand(connection, tenant, *environment, *standing).await?;
            }
            RegistryChange::Resize(tenant, environment, size) => {
                resize(connection, tenant, *environment, *size).await?;
            }
            RegistryChange::Leave(tenant, environment) => {
                leave(connection, tenant, *environment).await?;
                if !RegistryChange::bury(changes, tenant) {
                    forget(connection, tenant).await?;
                }
            }
            RegistryChange::Forget(tenant) => forget(connection, tenant).await?,
            RegistryChange::Bury(tenant, at) => bury(connection, tenant, *at).await?,
        }
    }
    Ok(())
}

/// Notes the size in the tenant's details, where no later environment has it otherwise.
async fn resize(
    connection: &mut AnyConnection,
    tenant: &TenantId,
    environment: Environment,
    size: Size,
) -> Result<(), StoreError> {
    let Some(known) = self::tenant(&mut *connection, tenant).await?.filter(|known| known.leads(environment)) else {
        return Ok(());
    };
    let details = Details { size, ..known.details };
    let json = serde_json::to_string(&details).map_err(|error| StoreError::Corrupt(error.to_string()))?;
    sqlx::query("UPDATE tenants SET details = $2 WHERE id = $1")
        .bind(tenant.as_str())
        .bind(json)
        .execute(connection)
        .await
        .map(|_| ())
        .map_err(|error| failed(&error))
}

async fn leave(connection: &mut AnyConnection, tenant: &TenantId, environment: Environment) -> Result<(), StoreError> {
    sqlx::query("DELETE FROM standings WHERE tenant = $1 AND environment = $2")
        .bind(tenant.as_str())
        .bind(environment.as_str())
        .execute(connection)
        .await
        .map(|_| ())
        .map_err(|error| failed(&error))
}

/// Forgets a tenant that is in no environment and not deleted for ever.
async fn forget(connection: &mut AnyConnection, tenant: &TenantId) -> Result<(), StoreError> {
    sqlx::query(
        "DELETE FROM tenants
         WHERE id = $1 AND deleted IS NULL AND NOT EXISTS (SELECT 1 FROM standings WHERE tenant = $1)",
    )
    .bind(tenant.as_str())
    .execute(connection)
    .await
    .map(|_| ())
    .map_err(|error| failed(&error))
}

/// Buries a tenant that is in no environment. The first time stays.
async fn bury(connection: &mut AnyConnection, tenant: &TenantId, at: OffsetDateTime) -> Result<(), StoreError> {
    let at = stamp(at).map_err(|error| StoreError::Corrupt(error.to_string()))?;
    if is_buried(connection, tenant).await? {
        return Ok(());
    }
    sqlx::query(
        "UPDATE tenants SET deleted = $2 WHERE id = $1 AND NOT EXISTS (SELECT 1 FROM standings WHERE tenant = $1)",
    )
    .bind(tenant.as_str())
    .bind(at)
    .execute(connection)
    .await
    .map(|_| ())
    .map_err(|error| failed(&error))
}

/// Whether a tenant is deleted for ever. One that is not known is the fault of the one who writes.
async fn is_buried(connection: &mut AnyConnection, tenant: &TenantId) -> Result<bool, StoreError> {
    let row: Option<(Option<String>,)> = sqlx::query_as("SELECT deleted FROM tenants WHERE id = $1")
        .bind(tenant.as_str())
        .fetch_optional(connection)
        .await
        .map_err(|error| failed(&error))?;
    let (deleted,) =
        row.ok_or_else(|| StoreError::Corrupt(format!("the registry does not know the tenant {tenant}")))?;
    Ok(deleted.is_some())
}

/// Known already and the same: nothing changes. A taken id or host label: [`StoreError::Locked`] with the operation that
/// registered it. An id that is not given again: [`StoreError::Buried`].
async fn register(
    connection: &mut AnyConnection,
    details: &Details,
    operation: &OperationId,
) -> Result<(), StoreError> {
    let json = serde_json::to_string(details).map_err(|error| StoreError::Corrupt(error.to_string()))?;
    let taken = sqlx::query(
        "INSERT INTO tenants (id, subdomain, search, engagement, details, operation) VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT DO NOTHING",
    )
    .bind(details.tenant.as_str())
    .bind(details.subdomain.as_str())
    .bind(format!("{}\n{}\n{}", details.tenant, details.company, details.subdomain).to_lowercase())
    .bind(engagement(details.engagement))
    .bind(json)
    .bind(&operation.0)
    .execute(&mut *connection)
    .await
    .map_err(|error| failed(&error))?;
    if taken.rows_affected() == 1 {
        return Ok(());
    }
    let holders: Vec<(String, String, String, Option<String>)> = sqlx::query_as(
        "SELECT id, details, operation, deleted FROM tenants
         WHERE id = $1 OR (subdomain = $2 AND deleted IS NULL)",
    )
    .bind(details.tenant.as_str())
    .bind(details.subdomain.as_str())
    .fetch_all(connection)
    .await
    .map_err(|error| failed(&error))?;
    let namesake = holders.iter().find(|(id, ..)| id == details.tenant.as_str());
    if namesake.is_some_and(|(.., deleted)| deleted.is_some()) {
        return Err(StoreError::Buried { tenant: details.tenant.clone() });
    }
    if let Some((_, known, ..)) = namesake
        && read_details(known)? == *details
    {
        return Ok(());
    }
    let key = match namesake {
        Some(_) => format!("tenant/{}", details.tenant),
        None => format!("subdomain/{}", details.subdomain),
    };
    let (_, _, holder, _) = namesake.or_else(|| holders.first()).ok_or(StoreError::Conflict)?;
    Err(StoreError::Locked { key, operation: OperationId(holder.clone()) })
}

async fn stand(
    connection: &mut AnyConnection,
    tenant: &TenantId,
    environment: Environment,
    standing: Standing,
) -> Result<(), StoreError> {
    if is_buried(connection, tenant).await? {
        return Err(StoreError::Buried { tenant: tenant.clone() });
    }
    sqlx::query(
        "INSERT INTO standings (tenant, environment, standing) VALUES ($1, $2, $3)
         ON CONFLICT (tenant, environment) DO UPDATE SET standing = excluded.standing",
    )
    .bind(tenant.as_str())
    .bind(environment.as_str())
    .bind(standing.as_str())
    .execute(connection)
    .await
    .map(|_| ())
    .map_err(|error| failed(&error))
}

/// A tenant, and one of its standings where it has one: a row of the queries below.
type TenantRow = (String, String, Option<String>, Option<String>, Option<String>);

/// A tenant.
pub(super) async fn tenant(connection: impl AnyExecutor<'_>, id: &TenantId) -> Result<Option<Tenant>, StoreError> {
    let rows: Vec<TenantRow> = sqlx::query_as(
        "SELECT t.id, t.details, t.deleted, s.environment, s.standing
         FROM tenants t LEFT JOIN standings s ON s.tenant = t.id WHERE t.id = $1",
    )
    .bind(id.as_str())
    .fetch_all(connection)
    .await
    .map_err(|error| failed(&error))?;
    Ok(gather(rows)?.pop())
}

/// The living tenant that has the host label.
pub(super) async fn tenant_of_subdomain(
    connection: impl AnyExecutor<'_>,
    subdomain: &Subdomain,
) -> Result<Option<TenantId>, StoreError> {
    let row: Option<(String,)> = sqlx::query_as("SELECT id FROM tenants WHERE subdomain = $1 AND deleted IS NULL")
        .bind(subdomain.as_str())
        .fetch_optional(connection)
        .await
        .map_err(|error| failed(&error))?;
    row.map(|(id,)| id.parse().map_err(|_| unreadable("tenant id", &id))).transpose()
}

/// Which tenants a page is of: the first three arguments of its queries. An empty text stands for "any".
macro_rules! passing {
    () => {
        "FROM tenants WHERE search LIKE $1 ESCAPE '!' AND ($2 = '' OR engagement = $2) AND (deleted IS NOT NULL) = $3"
    };
}

/// A page of tenants. The order is that of bytes, whatever the database's language: PostgreSQL has to be told.
macro_rules! page_of_tenants {
    ($order:literal) => {
        concat!(
            "SELECT t.id, t.details, t.deleted, s.environment, s.standing FROM (SELECT id, details, deleted ",
            passing!(),
            " ORDER BY id",
            $order,
            " LIMIT $4 OFFSET $5) t LEFT JOIN standings s ON s.tenant = t.id ORDER BY t.id",
            $order
        )
    };
}

/// Tenants in the order of their ids, by pages from 0.
pub(super) async fn tenants(
    pool: &AnyPool,
    dialect: Dialect,
    filter: &TenantFilter,
    page: u32,
    size: u32,
) -> Result<Listing<Tenant>, StoreError> {
    // No name has one; a line's end would find the seam between two names.
    if filter.search.contains(char::is_control) {
        return Ok(Listing { rows: vec![], total: 0 });
    }
    let page_of_tenants = match dialect {
        Dialect::Sqlite => page_of_tenants!(""),
        Dialect::Postgres => page_of_tenants!(" COLLATE \"C\""),
    };
    let pattern = containing(&filter.search);
    let kind = filter.engagement.map_or("", engagement);
    let rows: Vec<TenantRow> = sqlx::query_as(page_of_tenants)
        .bind(&pattern)
        .bind(kind)
        .bind(filter.deleted)
        .bind(i64::from(size))
        .bind(offset(page, size))
        .fetch_all(pool)
        .await
        .map_err(|error| failed(&error))?;
    let (total,): (i64,) = sqlx::query_as(concat!("SELECT COUNT(*) ", passing!()))
        .bind(&pattern)
        .bind(kind)
        .bind(filter.deleted)
        .fetch_one(pool)
        .await
        .map_err(|error| failed(&error))?;
    Ok(Listing { rows: gather(rows)?, total: whole(total)? })
}

/// As it is stored.
fn engagement(engagement: Engagement) -> &'static str {
    match engagement {
        Engagement::Client => "client",
        Engagement::Poc => "poc",
    }
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
    for (id, details, deleted, environment, standing) in rows {
        if tenants.last().is_none_or(|last| last.details.tenant.as_str() != id) {
            let deleted = deleted.as_deref().map(read_time).transpose()?;
            tenants.push(Tenant { details: read_details(&details)?, standings: Vec::new(), deleted });
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

pub(super) fn read_time(text: &str) -> Result<OffsetDateTime, StoreError> {
    OffsetDateTime::parse(text, &Rfc3339).map_err(|_| unreadable("time", text))
}

fn read_environment(text: &str) -> Result<Environment, StoreError> {
    text.parse().map_err(|_| unreadable("environment", text))
}

fn read_standing(text: &str) -> Result<Standing, StoreError> {
    Standing::ALL.into_iter().find(|standing| standing.as_str() == text).ok_or_else(|| unreadable("standing", text))
}

pub(super) fn unreadable(what: &str, text: &str) -> StoreError {
    StoreError::Corrupt(format!("{text:?} is no {what}"))
}
