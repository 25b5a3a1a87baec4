//! ECS services: made, drained and removed here; looked at closely in `service_look`.

use aws_sdk_ecs::types::{
    AssignPublicIp, AwsVpcConfiguration, DeploymentCircuitBreaker, DeploymentConfiguration, LaunchType, LoadBalancer,
    NetworkConfiguration, PropagateTags, Service, ServiceField, Tag,
};
use landlord_core::kind::Kind;
use landlord_core::ports::{CloudError, Ensured, Found, InventoryPage, Owner};
use landlord_core::tenant::Tenancy;

use super::accounts::Account;
use super::quota::Quota;
use super::{CONTAINER, CONTAINER_PORT, arn, facts, service_work, tags};

/// How long a new task may fail its health checks: WordPress installs itself on its first start.
const HEALTH_CHECK_GRACE_SECONDS: i32 = 120;
/// The most services that one description may ask for (ECS: `DescribeServices`).
const DESCRIBE_MAX: usize = 10;

pub(crate) async fn find(account: &Account, tenancy: &Tenancy) -> Result<Vec<Found>, CloudError> {
    let service = look(account, tenancy).await?.filter(stands);
    Ok(service.map(|service| found(tenancy, &service)).into_iter().collect())
}

/// The service of this name that is active or draining; an inactive one is none.
pub(super) async fn look(account: &Account, tenancy: &Tenancy) -> Result<Option<Service>, CloudError> {
    let name = tenancy.name(Kind::Service);
    let services = describe(account, vec![name.clone()]).await?;
    Ok(services
        .into_iter()
        .find(|service| service.service_name() == Some(&name) && service.status() != Some("INACTIVE")))
}

async fn describe(account: &Account, names: Vec<String>) -> Result<Vec<Service>, CloudError> {
    let doing = format!("Looking at the service {}", names.join(", "));
    let call = account
        .ecs(Quota::EcsRead)
        .await
        .describe_services()
        .cluster(&account.config.cluster)
        .set_services(Some(names))
        .include(ServiceField::Tags)
        .send()
        .await;
    Ok(call.map_err(|error| account.failed(&doing, &error))?.services.unwrap_or_default())
}

/// Whether there is something of it: a deleted service goes on draining, but without tasks it is only a name.
pub(super) fn stands(service: &Service) -> bool {
    match service.status() {
        Some("ACTIVE") => true,
        Some("DRAINING") => tasks(service) > 0,
        _ => false,
    }
}

pub(super) fn tasks(service: &Service) -> i32 {
    service.running_count() + service.pending_count()
}

pub(super) fn found(tenancy: &Tenancy, service: &Service) -> Found {
    Found { id: service.service_arn().unwrap_or_default().to_owned(), owner: whose(tenancy, service) }
}

/// Own by its name, unless its tags, its task definition or its target group are somebody else's.
fn whose(tenancy: &Tenancy, service: &Service) -> Owner {
    let tags = service.tags().iter().map(|tag| (tag.key().unwrap_or_default(), tag.value().unwrap_or_default()));
    let by_tags = tags::owner(tenancy, tags);
    if by_tags != Owner::Own {
        return by_tags;
    }
    let family = service.task_definition().and_then(arn::revision).map(|(family, _)| family);
    if let Some(family) = family.filter(|family| *family != tenancy.name(Kind::TaskDefinition)) {
        return Owner::Foreign(format!("it runs the task definition {family}"));
    }
    let groups = service.load_balancers().iter().filter_map(|lb| lb.target_group_arn()).filter_map(arn::target_group);
    for group in groups {
        if group != tenancy.name(Kind::TargetGroup) {
            return Owner::Foreign(format!("its tasks are targets of {group}"));
        }
    }
    Owner::Own
}

/// The tenant's own service where it stands already; none where it is to be created.
pub(crate) async fn existing(account: &Account, tenancy: &Tenancy) -> Result<Option<Ensured>, CloudError> {
    let name = tenancy.name(Kind::Service);
    let Some(service) = look(account, tenancy).await? else {
        return Ok(None);
    };
    let standing = super::existing(&name, found(tenancy, &service))?;
    if service.status() == Some("DRAINING") {
        return Err(CloudError::Transient(format!("The service {name} is still draining from its deletion.")));
    }
    Ok(Some(standing))
}

/// Creates the service, after a look that found none.
pub(crate) async fn create(
    account: &Account,
    tenancy: &Tenancy,
    target_group: &str,
    network: facts::Network,
) -> Result<Ensured, CloudError> {
    let name = tenancy.name(Kind::Service);
    let doing = format!("Creating the service {name}");
    let invalid = |error: aws_sdk_ecs::error::BuildError| CloudError::Permanent(format!("{doing}: {error}."));
    let vpc = AwsVpcConfiguration::builder()
        .set_subnets(Some(network.subnets))
        .set_security_groups(Some(network.security_groups))
        .assign_public_ip(AssignPublicIp::Disabled)
        .build()
        .map_err(invalid)?;
    let breaker = DeploymentCircuitBreaker::builder().enable(true).rollback(true).build();
    let targets =
        LoadBalancer::builder().target_group_arn(target_group).container_name(CONTAINER).container_port(CONTAINER_PORT);
    let call = account
        .ecs(Quota::Services)
        .await
        .create_service()
        .cluster(&account.config.cluster)
        .service_name(&name)
        // The family: ECS takes its newest active revision.
        .task_definition(tenancy.name(Kind::TaskDefinition))
        .desired_count(account.config.desired_count)
        .launch_type(LaunchType::Fargate)
        .network_configuration(NetworkConfiguration::builder().awsvpc_configuration(vpc).build())
        .load_balancers(targets.build())
        .health_check_grace_period_seconds(HEALTH_CHECK_GRACE_SECONDS)
        .deployment_configuration(DeploymentConfiguration::builder().deployment_circuit_breaker(breaker).build())
        .propagate_tags(PropagateTags::Service)
        .set_tags(Some(tags::of(tenancy).map(|(key, value)| Tag::builder().key(key).value(value).build()).to_vec()))
        .send()
        .await;
    match call {
        Ok(answer) => {
            let id = answer.service.and_then(|service| service.service_arn);
            let id = id.ok_or_else(|| CloudError::Transient(format!("{doing}: the answer names no ARN.")))?;
            Ok(Ensured::Created(Found { id, owner: Owner::Own }))
        }
        // Somebody was quicker: the next look says who.
        Err(error)
            if error
                .as_service_error()
                .is_some_and(|e| e.is_invalid_parameter_exception() && e.to_string().contains("not idempotent")) =>
        {
            Err(CloudError::Transient(format!("{doing}: it appeared meanwhile.")))
        }
        Err(error) => Err(account.failed(&doing, &error)),
    }
}

/// Scales to zero, waits for no task to run (transient meanwhile), then deletes (playbook 3.2, 6.2).
pub(crate) async fn remove(account: &Account, tenancy: &Tenancy) -> Result<Vec<Found>, CloudError> {
    let name = tenancy.name(Kind::Service);
    let Some(mut service) = look(account, tenancy).await?.filter(stands) else {
        return Ok(Vec::new());
    };
    let removed = super::all_own(&name, vec![found(tenancy, &service)])?;
    if service.status() == Some("DRAINING") {
        return Err(drains(&name, service_work::left(account, &name, &service).await?));
    }
    if service.desired_count() > 0 {
        service = service_work::want(account, &name, 0).await?.unwrap_or(service);
    }
    let left = service_work::left(account, &name, &service).await?;
    if left > 0 {
        return Err(drains(&name, left));
    }
    let client = account.ecs(Quota::Services).await;
    match client.delete_service().cluster(&account.config.cluster).service(&name).send().await {
        Ok(_) => Ok(removed),
        Err(error)
            if error.as_service_error().is_some_and(
                aws_sdk_ecs::operation::delete_service::DeleteServiceError::is_service_not_found_exception,
            ) =>
        {
            Ok(removed)
        }
        Err(error) => Err(account.failed(&format!("Deleting the service {name}"), &error)),
    }
}

fn drains(name: &str, left: u32) -> CloudError {
    CloudError::Transient(format!("The service {name} drains: {left} tasks still run."))
}

/// Services are listed with the inactive ones among them, so each page is described to leave those out.
pub(crate) async fn inventory(account: &Account, page: Option<&str>) -> Result<InventoryPage, CloudError> {
    let call = account
        .ecs(Quota::EcsRead)
        .await
        .list_services()
        .cluster(&account.config.cluster)
        .max_results(100)
        .set_next_token(page.map(str::to_owned))
        .send()
        .await;
    let answer = call.map_err(|error| account.failed("Listing services", &error))?;
    let arns = answer.service_arns.unwrap_or_default();
    let asked = arns.chunks(DESCRIBE_MAX).map(|some| describe(account, some.to_vec()));
    let described = futures::future::try_join_all(asked).await?;
    let names = described.into_iter().flatten().filter(stands).filter_map(|service| service.service_name);
    Ok(InventoryPage { names: names.collect(), next: answer.next_token })
}

#[cfg(test)]
mod tests {
    use aws_sdk_ecs::types::{LoadBalancer, Service, Tag};
    use landlord_core::ports::Owner;
    use landlord_core::tenant::{Environment, Tenancy};

    use super::{stands, whose};

    #[test]
    fn a_deleted_service_stands_while_its_tasks_run() {
        let service = |status: &str, running| Service::builder().status(status).running_count(running).build();
        let stand =
            [("ACTIVE", 0), ("DRAINING", 1), ("DRAINING", 0), ("INACTIVE", 0)].map(|(s, n)| stands(&service(s, n)));
        assert_eq!(stand, [true, true, false, false]);
    }

    fn acme() -> Tenancy {
        Tenancy::new("acme".parse().expect("valid"), Environment::Dev)
    }

    #[test]
    fn a_service_that_runs_the_tenants_own_parts_is_own() {
        let service = Service::builder()
            .task_definition("arn:aws:ecs:eu-west-1:1:task-definition/dev-acme:3")
            .load_balancers(LoadBalancer::builder().target_group_arn("arn:x:targetgroup/dev-acme-tg/1").build())
            .tags(Tag::builder().key("tenant_id").value("acme").build());
        assert_eq!(whose(&acme(), &service.build()), Owner::Own);
    }

    #[test]
    fn each_foreign_part_shows() {
        for (service, why) in [
            (
                Service::builder().tags(Tag::builder().key("tenant_id").value("other").build()),
                "its tag `tenant_id` is `other`",
            ),
            (
                Service::builder().task_definition("arn:aws:ecs:eu-west-1:1:task-definition/dev-acme-2:3"),
                "it runs the task definition dev-acme-2",
            ),
            (
                Service::builder().load_balancers(
                    LoadBalancer::builder().target_group_arn("arn:x:targetgroup/dev-other-tg/1").build(),
                ),
                "its tasks are targets of dev-other-tg",
            ),
        ] {
            assert_eq!(whose(&acme(), &service.build()), Owner::Foreign(why.to_owned()));
        }
    }
}
