//! ECS services at work: how many tasks run, how many are wanted, and force where they do not drain (playbook 3.2).

use aws_sdk_ecs::types::Service;
use landlord_core::kind::Kind;
use landlord_core::ports::{CloudError, Found, Owner, Tasks};
use landlord_core::tenant::Tenancy;

use super::accounts::Account;
use super::quota::Quota;
use super::service::{found, look, stands, tasks};
use super::service_tasks::{has_stopped, unwanted};

/// The tasks of the tenant's service; none where there is no service.
pub(crate) async fn at_work(account: &Account, tenancy: &Tenancy) -> Result<Option<Tasks>, CloudError> {
    let Some(service) = own(account, tenancy).await? else {
        return Ok(None);
    };
    let running = left(account, &tenancy.name(Kind::Service), &service).await?;
    if service.status() != Some("ACTIVE") && running == 0 {
        return Ok(None);
    }
    Ok(Some(Tasks { desired: service.desired_count().try_into().unwrap_or_default(), running }))
}

/// Makes the service want so many tasks. Where there is none, or it is being deleted, nothing happens.
pub(crate) async fn scale(account: &Account, tenancy: &Tenancy, desired: u32) -> Result<(), CloudError> {
    let desired = i32::try_from(desired).unwrap_or(i32::MAX);
    match own(account, tenancy).await? {
        Some(service) if service.status() == Some("ACTIVE") && service.desired_count() != desired => {
            want(account, &tenancy.name(Kind::Service), desired).await.map(drop)
        }
        _ => Ok(()),
    }
}

/// Deletes the service; ECS stops the tasks that still run.
pub(crate) async fn force(account: &Account, tenancy: &Tenancy) -> Result<Vec<Found>, CloudError> {
    let name = tenancy.name(Kind::Service);
    let Some(service) = own(account, tenancy).await?.filter(stands) else {
        return Ok(Vec::new());
    };
    let client = account.ecs(Quota::Services).await;
    let call = client.delete_service().cluster(&account.config.cluster).service(&name).force(true).send().await;
    match call {
        Ok(_) => {}
        Err(error)
            if error.as_service_error().is_some_and(
                aws_sdk_ecs::operation::delete_service::DeleteServiceError::is_service_not_found_exception,
            ) => {}
        Err(error) => return Err(account.failed(&format!("Deleting the service {name} by force"), &error)),
    }
    Ok(vec![found(tenancy, &service)])
}

/// The service, where it is the tenant's own.
pub(super) async fn own(account: &Account, tenancy: &Tenancy) -> Result<Option<Service>, CloudError> {
    let Some(service) = look(account, tenancy).await? else {
        return Ok(None);
    };
    match found(tenancy, &service) {
        Found { owner: Owner::Own, .. } => Ok(Some(service)),
        Found { id, owner: Owner::Foreign(why) } => Err(CloudError::Foreign { resource: id, why }),
    }
}

/// Sets how many tasks are wanted; answers the service as it is then.
pub(super) async fn want(account: &Account, name: &str, desired: i32) -> Result<Option<Service>, CloudError> {
    let client = account.ecs(Quota::Services).await;
    let call =
        client.update_service().cluster(&account.config.cluster).service(name).desired_count(desired).send().await;
    let answer = call.map_err(|error| account.failed(&format!("Scaling the service {name} to {desired}"), &error))?;
    Ok(answer.service)
}

/// How many tasks there still are. ECS does not count those that it is stopping, which still hold their connections and
/// files: they are looked for once no other runs.
pub(super) async fn left(account: &Account, name: &str, service: &Service) -> Result<u32, CloudError> {
    match u32::try_from(tasks(service)).unwrap_or_default() {
        0 => {
            let unwanted = unwanted(account, name).await?;
            Ok(u32::try_from(unwanted.iter().filter(|task| !has_stopped(task)).count()).unwrap_or(u32::MAX))
        }
        counted => Ok(counted),
    }
}
