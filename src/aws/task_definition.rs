//! Task definitions: one family per tenant and environment, all its revisions.

use aws_sdk_ecs::types::{
    Compatibility, ContainerDefinition, EfsAuthorizationConfig, EfsAuthorizationConfigIam, EfsTransitEncryption,
    EfsVolumeConfiguration, EphemeralStorage, KeyValuePair, LogConfiguration, LogDriver, MountPoint, NetworkMode,
    PortMapping, Secret, SortOrder, Tag, TaskDefinition, TaskDefinitionField, TaskDefinitionStatus, TransportProtocol,
    Volume,
};
use landlord_core::kind::Kind;
use landlord_core::ports::{Blueprint, CloudError, Ensured, Found, InventoryPage, Owner};
use landlord_core::tenant::Tenancy;

use super::accounts::Account;
use super::quota::Quota;
use super::{CONTAINER, CONTAINER_PORT, arn, tags};

/// The name of the volume within the task.
const VOLUME: &str = "wp";
/// The ephemeral storage that a task has without asking, in GiB; asking for it is refused (Fargate: 21 to 200).
pub(super) const STORAGE_INCLUDED: u32 = 20;
/// WordPress's settings and the keys of the secret that they are read from.
const SETTINGS: [(&str, &str); 4] = [
    ("WORDPRESS_DB_HOST", "host"),
    ("WORDPRESS_DB_USER", "username"),
    ("WORDPRESS_DB_PASSWORD", "password"),
    ("WORDPRESS_DB_NAME", "dbname"),
];

/// What a revision refers to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Parts {
    /// ARN of the tenant's secret.
    pub(crate) secret: String,
    /// Id of the tenant's access point.
    pub(crate) access_point: String,
}

/// What makes two revisions the same to a tenant.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Contents {
    cpu: String,
    memory: String,
    storage: u32,
    image: String,
    parts: Parts,
}

/// All active revisions, newest first. The tags of the newest say whose they are.
pub(crate) async fn find(account: &Account, tenancy: &Tenancy) -> Result<Vec<Found>, CloudError> {
    let family = tenancy.name(Kind::TaskDefinition);
    let arns = revisions(account, &family).await?;
    let Some(newest) = arns.first() else {
        return Ok(Vec::new());
    };
    let tags = describe(account, newest).await?.map(|(_, tags)| tags).unwrap_or_default();
    let owner = owner(account, tenancy, &tags);
    Ok(arns.into_iter().map(|id| Found { id, owner: owner.clone() }).collect())
}

/// Whose a revision of the tenant's family is.
pub(super) fn owner(account: &Account, tenancy: &Tenancy, tags: &[Tag]) -> Owner {
    if is_the_environments(account, &tenancy.name(Kind::TaskDefinition)) {
        return Owner::Foreign("it is one of the environment's own, by the configuration".to_owned());
    }
    whose(tenancy, tags)
}

/// Whether the configuration names the family for the bot's own tasks: a tenant may be called `tenant-backup`.
pub(super) fn is_the_environments(account: &Account, family: &str) -> bool {
    let backup = account.config.backup.as_ref().map(|backup| backup.task.as_str());
    let own = backup.into_iter().chain(account.config.database.task.as_deref());
    let mut own = own.filter_map(|task| task.rsplit('/').next()?.split(':').next());
    own.any(|task| task == family)
}

/// The active revisions of exactly this family, newest first.
pub(super) async fn revisions(account: &Account, family: &str) -> Result<Vec<String>, CloudError> {
    let mut arns: Vec<String> = Vec::new();
    let mut token = None;
    loop {
        let call = account
            .ecs(Quota::EcsRead)
            .await
            .list_task_definitions()
            .family_prefix(family)
            .status(TaskDefinitionStatus::Active)
            .sort(SortOrder::Desc)
            .set_next_token(token)
            .send()
            .await;
        let page = call.map_err(|error| account.failed(&format!("Listing the revisions of {family}"), &error))?;
        token = page.next_token;
        let exact = |arn: &String| arn::revision(arn).is_some_and(|(name, _)| name == family);
        arns.extend(page.task_definition_arns.into_iter().flatten().filter(exact));
        if token.is_none() {
            break;
        }
    }
    arns.sort_by_key(|arn| std::cmp::Reverse(arn::revision(arn).map_or(0, |(_, revision)| revision)));
    Ok(arns)
}

/// An active revision with its tags, by ARN or by family for the newest one; none where there is none.
pub(super) async fn describe(account: &Account, id: &str) -> Result<Option<(TaskDefinition, Vec<Tag>)>, CloudError> {
    let found = any(account, id).await?;
    Ok(found.filter(|(revision, _)| revision.status() != Some(&TaskDefinitionStatus::Inactive)))
}

/// The same, deregistered ones too.
pub(super) async fn any(account: &Account, id: &str) -> Result<Option<(TaskDefinition, Vec<Tag>)>, CloudError> {
    let call = account
        .ecs(Quota::EcsRead)
        .await
        .describe_task_definition()
        .task_definition(id)
        .include(TaskDefinitionField::Tags)
        .send()
        .await;
    match call {
        Ok(answer) => Ok(answer.task_definition.map(|revision| (revision, answer.tags.unwrap_or_default()))),
        // ECS answers an unknown family with ClientException, "Unable to describe task definition."
        Err(error)
            if error.as_service_error().is_some_and(
                aws_sdk_ecs::operation::describe_task_definition::DescribeTaskDefinitionError::is_client_exception,
            ) =>
        {
            Ok(None)
        }
        Err(error) => Err(account.failed(&format!("Looking at the task definition {id}"), &error)),
    }
}

fn whose(tenancy: &Tenancy, tags: &[Tag]) -> Owner {
    tags::owner(tenancy, tags.iter().map(|tag| (tag.key().unwrap_or_default(), tag.value().unwrap_or_default())))
}

/// The newest active revision, which services take, as it stands.
#[derive(Debug)]
pub(crate) struct Newest {
    pub(crate) found: Found,
    contents: Option<Contents>,
}

/// The newest active revision of the tenant's family.
pub(crate) async fn newest(account: &Account, tenancy: &Tenancy) -> Result<Option<Newest>, CloudError> {
    let newest = describe(account, &tenancy.name(Kind::TaskDefinition)).await?;
    Ok(newest.map(|(revision, tags)| {
        let id = revision.task_definition_arn().unwrap_or_default().to_owned();
        Newest { found: Found { id, owner: whose(tenancy, &tags) }, contents: contents(&revision) }
    }))
}

/// Registers a revision unless the newest has these contents already.
pub(crate) async fn ensure(
    account: &Account,
    blueprint: &Blueprint,
    parts: Parts,
    newest: Option<Newest>,
) -> Result<Ensured, CloudError> {
    let tenancy = &blueprint.subject.tenancy;
    let family = tenancy.name(Kind::TaskDefinition);
    let wanted = wanted(account, blueprint, parts);
    if let Some(newest) = newest
        && newest.contents.as_ref() == Some(&wanted)
    {
        return super::existing(&family, newest.found);
    }
    let doing = format!("Registering a task definition of {family}");
    let invalid = |error: aws_sdk_ecs::error::BuildError| CloudError::Permanent(format!("{doing}: {error}."));
    let container = container(account, tenancy, &wanted).map_err(invalid)?;
    let ephemeral = (wanted.storage > STORAGE_INCLUDED)
        .then(|| EphemeralStorage::builder().size_in_gib(i32::try_from(wanted.storage).unwrap_or(i32::MAX)).build());
    let tags = tags::of(tenancy).map(|(key, value)| Tag::builder().key(key).value(value).build());
    let call = account
        .ecs(Quota::TaskDefinitions)
        .await
        .register_task_definition()
        .family(&family)
        .network_mode(NetworkMode::Awsvpc)
        .requires_compatibilities(Compatibility::Fargate)
        .cpu(&wanted.cpu)
        .memory(&wanted.memory)
        .execution_role_arn(account.role(account.config.execution_role.as_deref(), "ecs-task-execution-role"))
        .task_role_arn(account.role(account.config.task_role.as_deref(), "ecs-task-role"))
        .volumes(volume(&account.file_system().await?, &wanted.parts.access_point).map_err(invalid)?)
        .container_definitions(container)
        .set_ephemeral_storage(ephemeral)
        .set_tags(Some(tags.to_vec()))
        .send()
        .await;
    let answer = call.map_err(|error| account.failed(&doing, &error))?;
    let id = answer.task_definition.and_then(|revision| revision.task_definition_arn);
    let id = id.ok_or_else(|| CloudError::Transient(format!("{doing}: the answer names no ARN.")))?;
    Ok(Ensured::Created(Found { id, owner: Owner::Own }))
}

fn wanted(account: &Account, blueprint: &Blueprint, parts: Parts) -> Contents {
    Contents {
        cpu: blueprint.size.cpu().to_string(),
        memory: blueprint.size.memory().to_string(),
        storage: blueprint.size.storage(),
        image: account.config.image.clone(),
        parts,
    }
}

/// What a standing revision holds; none where it is not one of WordPress on an access point.
fn contents(revision: &TaskDefinition) -> Option<Contents> {
    let container = revision.container_definitions().iter().find(|c| c.name() == Some(CONTAINER))?;
    let password = container.secrets().iter().find(|secret| secret.name() == "WORDPRESS_DB_PASSWORD")?;
    let volume = revision.volumes().iter().find_map(|volume| volume.efs_volume_configuration())?;
    Some(Contents {
        cpu: revision.cpu()?.to_owned(),
        memory: revision.memory()?.to_owned(),
        storage: revision.ephemeral_storage().map_or(Some(STORAGE_INCLUDED), |s| s.size_in_gib().try_into().ok())?,
        image: container.image()?.to_owned(),
        parts: Parts {
            secret: password.value_from().strip_suffix(":password::")?.to_owned(),
            access_point: volume.authorization_config()?.access_point_id()?.to_owned(),
        },
    })
}

fn container(
    account: &Account,
    tenancy: &Tenancy,
    wanted: &Contents,
) -> Result<ContainerDefinition, aws_sdk_ecs::error::BuildError> {
    let database = &account.config.database;
    // A secret's key holds the host alone; on another port than MySQL's own WordPress wants both in one setting.
    let (environment, from_secret) = if database.port == 3306 {
        (None, SETTINGS.as_slice())
    } else {
        let address = format!("{}:{}", database.host, database.port);
        (Some(vec![KeyValuePair::builder().name(SETTINGS[0].0).value(address).build()]), &SETTINGS[1..])
    };
    let secret = &wanted.parts.secret;
    let secrets = from_secret
        .iter()
        .map(|(setting, key)| Secret::builder().name(*setting).value_from(format!("{secret}:{key}::")).build())
        .collect::<Result<Vec<_>, _>>()?;
    let logs = LogConfiguration::builder()
        .log_driver(LogDriver::Awslogs)
        .options("awslogs-group", tenancy.name(Kind::LogGroup))
        .options("awslogs-region", &account.config.region)
        .options("awslogs-stream-prefix", VOLUME)
        .build()?;
    Ok(ContainerDefinition::builder()
        .name(CONTAINER)
        .image(&wanted.image)
        .essential(true)
        .cpu(wanted.cpu.parse().unwrap_or_default())
        .memory(wanted.memory.parse().unwrap_or_default())
        .port_mappings(PortMapping::builder().container_port(CONTAINER_PORT).protocol(TransportProtocol::Tcp).build())
        .set_environment(environment)
        .set_secrets(Some(secrets))
        .mount_points(MountPoint::builder().source_volume(VOLUME).container_path("/var/www/html").build())
        .log_configuration(logs)
        .build())
}

fn volume(file_system: &str, access_point: &str) -> Result<Volume, aws_sdk_ecs::error::BuildError> {
    let authorization =
        EfsAuthorizationConfig::builder().access_point_id(access_point).iam(EfsAuthorizationConfigIam::Enabled).build();
    let efs = EfsVolumeConfiguration::builder()
        .file_system_id(file_system)
        .transit_encryption(EfsTransitEncryption::Enabled)
        .authorization_config(authorization)
        .build()?;
    Ok(Volume::builder().name(VOLUME).efs_volume_configuration(efs).build())
}

pub(crate) async fn remove(account: &Account, tenancy: &Tenancy) -> Result<Vec<Found>, CloudError> {
    let family = tenancy.name(Kind::TaskDefinition);
    let found = super::all_own(&family, find(account, tenancy).await?)?;
    for revision in &found {
        let client = account.ecs(Quota::TaskDefinitions).await;
        let call = client.deregister_task_definition().task_definition(&revision.id).send().await;
        call.map_err(|error| account.failed(&format!("Deregistering {}", revision.id), &error))?;
    }
    Ok(found)
}

/// Families with an active revision. The provider lists revisions, family by family; a family that a page ends in is named
/// in the token, so that the next page does not name it again.
pub(crate) async fn inventory(account: &Account, page: Option<&str>) -> Result<InventoryPage, CloudError> {
    let (last, token) = page.and_then(|page| page.split_once(' ')).unzip();
    let call = account
        .ecs(Quota::EcsRead)
        .await
        .list_task_definitions()
        .status(TaskDefinitionStatus::Active)
        .set_next_token(token.map(str::to_owned))
        .send()
        .await;
    let answer = call.map_err(|error| account.failed("Listing task definitions", &error))?;
    let names = families(answer.task_definition_arns(), last.unwrap_or_default());
    let last = names.last().map_or(last.unwrap_or_default(), String::as_str);
    let next = answer.next_token.map(|token| format!("{last} {token}"));
    let names = names.into_iter().filter(|family| !is_the_environments(account, family)).collect();
    Ok(InventoryPage { names, next })
}

/// The families of these revisions, once each, but for the one that was named before.
fn families(arns: &[String], before: &str) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for (family, _) in arns.iter().filter_map(|arn| arn::revision(arn)) {
        if names.last().map_or(before, String::as_str) != family {
            names.push(family.to_owned());
        }
    }
    names
}

#[cfg(test)]
mod tests {
    use super::families;

    #[test]
    fn a_family_is_listed_once_over_its_revisions_and_pages() {
        let arns = ["a:1", "a:2", "b:7", "c:1", "c:2"].map(|name| format!("arn:aws:ecs:x:1:task-definition/{name}"));
        assert_eq!(families(&arns, ""), ["a", "b", "c"]);
        assert_eq!(families(&arns, "a"), ["b", "c"]);
        assert_eq!(families(&[], "a"), Vec::<String>::new());
    }
}
