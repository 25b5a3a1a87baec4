//! The revisions of a tenant's task definition: listed, registered in another size, retired. Only those of exactly the
//! tenant's family: AWS's filter is a prefix. What a service does with them stands in `rollout`.

use aws_sdk_ecs::types::{Service, Tag, TaskDefinition, TaskDefinitionStatus};
use futures::future::try_join_all;
use landlord_core::kind::Kind;
use landlord_core::ports::{CloudError, Owner, Revision};
use landlord_core::size::Size;
use landlord_core::tenant::Tenancy;
use time::OffsetDateTime;

use super::accounts::Account;
use super::quota::Quota;
use super::task_definition::{self, STORAGE_INCLUDED};
use super::{arn, resized, rollout, service_work, tags};

/// How many are listed, and described side by side.
const LISTED: usize = 25;
/// The tag that names the run that registered a revision.
const RUN: &str = "landlord-run";

/// The newest active revisions, and the one that the service wants even when it is deregistered; the newest first.
pub(crate) async fn list(account: &Account, tenancy: &Tenancy) -> Result<Vec<Revision>, CloudError> {
    let family = tenancy.name(Kind::TaskDefinition);
    let (service, mut arns) =
        futures::try_join!(service_work::own(account, tenancy), task_definition::revisions(account, &family))?;
    let service = service.filter(|service| service.status() == Some("ACTIVE"));
    arns.truncate(LISTED);
    let wanted = service.as_ref().and_then(|service| service.task_definition()).map(str::to_owned);
    if let Some(wanted) = &wanted
        && !arns.contains(wanted)
    {
        arns.push(wanted.clone());
    }
    let deployments = service.as_ref().map(Service::deployments).unwrap_or_default();
    let proven: Vec<&str> =
        deployments.iter().filter(|one| rollout::proves(one)).filter_map(|one| one.task_definition()).collect();
    let described = try_join_all(arns.iter().map(|arn| own(account, tenancy, arn))).await?;
    let mut listed: Vec<Revision> = described
        .iter()
        .flatten()
        .map(|(definition, _)| {
            let arn = definition.task_definition_arn().unwrap_or_default();
            revision(definition, wanted.as_deref() == Some(arn), proven.contains(&arn))
        })
        .collect();
    listed.sort_by_key(|revision| std::cmp::Reverse(revision.number));
    Ok(listed)
}

fn revision(definition: &TaskDefinition, runs: bool, proven: bool) -> Revision {
    let registered = definition.registered_at();
    Revision {
        number: definition.revision().try_into().unwrap_or_default(),
        registered: registered.and_then(|at| OffsetDateTime::from_unix_timestamp(at.secs()).ok()),
        image: tenants(definition).and_then(|container| container.image()).unwrap_or_default().to_owned(),
        size: size(definition),
        runs,
        proven,
    }
}

/// The tenant's container: the one of its name, else the first that is essential.
fn tenants(definition: &TaskDefinition) -> Option<&aws_sdk_ecs::types::ContainerDefinition> {
    definition.container_definitions().get(resized::tenants(definition.container_definitions())?)
}

fn size(definition: &TaskDefinition) -> Option<Size> {
    let number = |text: Option<&str>| text.and_then(|text| text.parse::<u32>().ok());
    let storage = definition.ephemeral_storage().map_or(Some(STORAGE_INCLUDED), |s| s.size_in_gib().try_into().ok())?;
    Size::new(number(definition.cpu())?, number(definition.memory())?, storage).ok()
}

/// A revision with its tags, active or not, where it is the tenant's own; none where it never was.
pub(super) async fn own(
    account: &Account,
    tenancy: &Tenancy,
    id: &str,
) -> Result<Option<(TaskDefinition, Vec<Tag>)>, CloudError> {
    let Some((definition, tags)) = task_definition::any(account, id).await? else {
        return Ok(None);
    };
    match task_definition::owner(account, tenancy, &tags) {
        Owner::Own => Ok(Some((definition, tags))),
        Owner::Foreign(why) => Err(CloudError::Foreign { resource: id.to_owned(), why }),
    }
}

/// Refuses the name of a run that could not be found again: tags take other letters than names do.
fn named_well(run: &str) -> Result<(), CloudError> {
    let known = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
    if (1..=36).contains(&run.len()) && run.bytes().all(known) {
        return Ok(());
    }
    Err(CloudError::Permanent(format!("A run is named by 1 to 36 letters, digits and hyphens, not `{run}`.")))
}

/// Registers `from` anew with another size, tagged with the run; where the run has done so already, answers that one.
pub(crate) async fn resize(
    account: &Account,
    tenancy: &Tenancy,
    from: u32,
    size: Size,
    run: &str,
) -> Result<u32, CloudError> {
    named_well(run)?;
    let family = tenancy.name(Kind::TaskDefinition);
    let id = format!("{family}:{from}");
    let standing = own(account, tenancy, &id).await?;
    let (standing, tags) = standing.ok_or_else(|| CloudError::Permanent(format!("{id} is not there.")))?;
    // A call that a process left behind as it ended can come late, and then there are two: the first is the run's.
    if let Some(first) = of_run(account, tenancy, run, from).await?.last() {
        return Ok(*first);
    }
    let doing = format!("Registering {family} with {size}");
    let containers = resized::containers(&standing, size)
        .map_err(|why| CloudError::Permanent(format!("{doing}: {why} Change the task definition by hand.")))?;
    let call = account
        .ecs(Quota::TaskDefinitions)
        .await
        .register_task_definition()
        .family(&family)
        .cpu(size.cpu().to_string())
        .memory(size.memory().to_string())
        .set_ephemeral_storage(resized::storage(size))
        .set_container_definitions(Some(containers))
        .set_tags(Some(tagged(tenancy, tags, run)))
        .set_task_role_arn(standing.task_role_arn)
        .set_execution_role_arn(standing.execution_role_arn)
        .set_network_mode(standing.network_mode)
        .set_volumes(standing.volumes)
        .set_placement_constraints(standing.placement_constraints)
        .set_requires_compatibilities(standing.requires_compatibilities)
        .set_pid_mode(standing.pid_mode)
        .set_ipc_mode(standing.ipc_mode)
        .set_proxy_configuration(standing.proxy_configuration)
        .set_runtime_platform(standing.runtime_platform)
        .set_enable_fault_injection(standing.enable_fault_injection)
        .send()
        .await;
    let answer = call.map_err(|error| account.failed(&doing, &error))?;
    let number = answer.task_definition.and_then(|registered| u32::try_from(registered.revision).ok());
    number.ok_or_else(|| CloudError::Transient(format!("{doing}: the answer names no revision.")))
}

/// The tags of the revision before, those that everything here bears, and the run's. AWS's own cannot be given.
fn tagged(tenancy: &Tenancy, before: Vec<Tag>, run: &str) -> Vec<Tag> {
    let mut given: Vec<Tag> = before
        .into_iter()
        .filter(|tag| tag.key().is_some_and(|key| key != RUN && !key.to_ascii_lowercase().starts_with("aws:")))
        .collect();
    let own = tags::of(tenancy).map(|(key, value)| Tag::builder().key(key).value(value).build());
    for tag in own {
        if !given.iter().any(|standing| standing.key() == tag.key()) {
            given.push(tag);
        }
    }
    given.push(Tag::builder().key(RUN).value(run).build());
    given
}

/// The active revisions after `after` that a run registered, the newest first, which are looked at first. They were registered
/// one soon after the other, so those that are looked at together are all there are.
async fn of_run(account: &Account, tenancy: &Tenancy, run: &str, after: u32) -> Result<Vec<u32>, CloudError> {
    let arns = task_definition::revisions(account, &tenancy.name(Kind::TaskDefinition)).await?;
    let later: Vec<String> =
        arns.into_iter().filter(|arn| arn::revision(arn).is_some_and(|(_, number)| number > after)).collect();
    for some in later.chunks(LISTED) {
        let described = try_join_all(some.iter().map(|arn| own(account, tenancy, arn))).await?;
        let of_run = described.into_iter().flatten().filter(|(definition, tags)| {
            definition.status() == Some(&TaskDefinitionStatus::Active)
                && tags.iter().any(|tag| tag.key() == Some(RUN) && tag.value() == Some(run))
        });
        let numbers: Vec<u32> =
            of_run.filter_map(|(definition, _)| u32::try_from(definition.revision()).ok()).collect();
        if !numbers.is_empty() {
            return Ok(numbers);
        }
    }
    Ok(Vec::new())
}

/// Deregisters whatever a run registered; answers the number of the first.
pub(crate) async fn retire(account: &Account, tenancy: &Tenancy, run: &str) -> Result<Option<u32>, CloudError> {
    named_well(run)?;
    let numbers = of_run(account, tenancy, run, 0).await?;
    for number in &numbers {
        let id = format!("{}:{number}", tenancy.name(Kind::TaskDefinition));
        let client = account.ecs(Quota::TaskDefinitions).await;
        let call = client.deregister_task_definition().task_definition(&id).send().await;
        call.map_err(|error| account.failed(&format!("Deregistering {id}"), &error))?;
    }
    Ok(numbers.last().copied())
}
