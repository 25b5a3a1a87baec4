//! Kinds that need others: what one adapter found is handed to another here.

use std::collections::HashMap;

use landlord_core::kind::Kind;
use landlord_core::ports::{Blueprint, CloudError, Ensured, Found, InventoryPage, Owner, Subject};
use landlord_core::tenant::Tenancy;

use crate::aws::accounts::Account;
use crate::aws::{access_point, dns_record, listener_rule, log_group, secret, service, target_group, task_definition};

/// Records that a rule gives to another tenant are that tenant's, even though they lead to the right load balancer.
pub(super) async fn records(account: &Account, subject: &Subject) -> Result<Vec<dns_record::Record>, CloudError> {
    let mut records = dns_record::find(account, subject).await?;
    if records.iter().any(|record| record.found.owner == Owner::Own) {
        let host = dns_record::host(account, subject);
        if let Some(why) = listener_rule::taken(account, &subject.tenancy, &host).await? {
            for record in &mut records {
                record.found.owner = Owner::Foreign(why.clone());
            }
        }
    }
    Ok(records)
}

/// The records, where all of them are the tenant's own.
pub(super) async fn own_records(account: &Account, subject: &Subject) -> Result<Vec<dns_record::Record>, CloudError> {
    let records = records(account, subject).await?;
    for record in &records {
        if let Owner::Foreign(why) = &record.found.owner {
            return Err(CloudError::Foreign { resource: record.found.id.clone(), why: why.clone() });
        }
    }
    Ok(records)
}

pub(super) async fn ensure_record(account: &Account, blueprint: &Blueprint) -> Result<Ensured, CloudError> {
    let lb = account.load_balancer(&blueprint.load_balancer).await?;
    match own_records(account, &blueprint.subject).await?.into_iter().next() {
        Some(record) => Ok(Ensured::Existed(record.found)),
        None => dns_record::create(account, &blueprint.subject, &lb).await,
    }
}

pub(super) async fn ensure_task_definition(account: &Account, blueprint: &Blueprint) -> Result<Ensured, CloudError> {
    let tenancy = &blueprint.subject.tenancy;
    let newest = task_definition::newest(account, tenancy).await?;
    let newest = newest.map(|newest| own(newest.found.clone()).map(|_| newest)).transpose()?;
    let (secret, access_point, logs) = futures::try_join!(
        secret::find(account, tenancy),
        access_point::usable(account, tenancy),
        log_group::find(account, tenancy),
    )?;
    let secret = standing(tenancy, Kind::Secret, secret)?.id;
    standing(tenancy, Kind::LogGroup, logs)?;
    task_definition::ensure(account, blueprint, task_definition::Parts { secret, access_point }, newest).await
}

pub(super) async fn ensure_rule(account: &Account, blueprint: &Blueprint) -> Result<Ensured, CloudError> {
    let tenancy = &blueprint.subject.tenancy;
    let host = dns_record::host(account, &blueprint.subject);
    if let Some(existing) = listener_rule::existing(account, tenancy, &host).await? {
        return Ok(existing);
    }
    let lb = account.load_balancer(&blueprint.load_balancer).await?;
    let group = standing(tenancy, Kind::TargetGroup, target_group::find(account, tenancy).await?)?;
    listener_rule::create(account, tenancy, &host, &lb, &group.id).await
}

/// The rules that still lead to the group go first (playbook 3.2). Answers them too.
pub(super) async fn remove_target_group(account: &Account, tenancy: &Tenancy) -> Result<Vec<Found>, CloudError> {
    let Some(group) = target_group::look(account, tenancy).await? else {
        return Ok(Vec::new());
    };
    own(group.found)?;
    let mut removed = listener_rule::remove_forwarding(account, tenancy).await?;
    removed.extend(target_group::remove(account, tenancy).await?);
    Ok(removed)
}

pub(super) async fn ensure_service(account: &Account, blueprint: &Blueprint) -> Result<Ensured, CloudError> {
    let tenancy = &blueprint.subject.tenancy;
    if let Some(existing) = service::existing(account, tenancy).await? {
        return Ok(existing);
    }
    let lb = account.load_balancer(&blueprint.load_balancer).await?;
    let (group, newest, network) = futures::try_join!(
        target_group::look(account, tenancy),
        task_definition::newest(account, tenancy),
        account.network(&lb),
    )?;
    own(newest.ok_or_else(|| missing(tenancy, Kind::TaskDefinition))?.found)?;
    let group = group.ok_or_else(|| missing(tenancy, Kind::TargetGroup))?;
    let in_use = group.in_use;
    let group = own(group.found)?;
    // ECS refuses a target group that no load balancer forwards to.
    if !in_use {
        return Err(missing(tenancy, Kind::ListenerRule));
    }
    service::create(account, tenancy, &group.id, network).await
}

pub(super) async fn record_names(account: &Account, page: Option<&str>) -> Result<InventoryPage, CloudError> {
    let (hosts, services) =
        futures::try_join!(dns_record::hosts(account, page), listener_rule::services_by_host(account))?;
    let services: HashMap<String, String> = services.into_iter().collect();
    let names = hosts.names.into_iter().map(|host| services.get(&host).cloned().unwrap_or(host));
    Ok(InventoryPage { names: names.collect(), next: hosts.next })
}

/// The one that must stand before another kind can be made.
fn standing(tenancy: &Tenancy, kind: Kind, found: Vec<Found>) -> Result<Found, CloudError> {
    found.into_iter().next().ok_or_else(|| missing(tenancy, kind)).and_then(own)
}

/// It, where it is the tenant's own.
fn own(found: Found) -> Result<Found, CloudError> {
    match found.owner {
        Owner::Own => Ok(found),
        Owner::Foreign(why) => Err(CloudError::Foreign { resource: found.id, why }),
    }
}

fn missing(tenancy: &Tenancy, kind: Kind) -> CloudError {
    CloudError::Permanent(format!("The {kind} {} is not there. It must be created first.", tenancy.name(kind)))
}
