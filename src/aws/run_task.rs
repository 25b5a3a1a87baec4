//! Tasks that run once and end: started, found again by who started them, and read when they have ended.

use aws_sdk_ecs::types::{
    AssignPublicIp, AwsVpcConfiguration, Container, ContainerOverride, DesiredStatus, KeyValuePair, LaunchType,
    NetworkConfiguration, Task, TaskDefinition, TaskOverride, TaskStopCode,
};
use landlord_core::ports::CloudError;

use super::accounts::Account;
use super::quota::Quota;
use super::{service_tasks, task_definition};

/// What is to be run.
pub(super) struct Job<'a> {
    /// The task definition, as it stands.
    pub(super) definition: &'a TaskDefinition,
    /// The container that gets the settings.
    pub(super) container: &'a str,
    /// Who starts it, which is its client token too: the same is the same task.
    pub(super) started_by: &'a str,
    /// The settings.
    pub(super) environment: Vec<(&'static str, String)>,
}

/// How a task stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Outcome {
    /// It has not ended; the text is ECS's word for how far it is.
    Underway(String),
    /// It was never run to its end; the text says why.
    Stopped(String),
    /// Its essential containers ended by themselves: the first exit code that is not 0, else 0. The text says why.
    Exited(i32, String),
}

/// A task definition by family or by family and revision; `key` is the setting that names it.
pub(super) async fn definition(account: &Account, id: &str, key: &str) -> Result<TaskDefinition, CloudError> {
    let found = task_definition::describe(account, id).await?;
    found.map(|(definition, _)| definition).ok_or_else(|| {
        CloudError::Permanent(format!(
            "The task definition {id} is not active in account {}. Register it, or correct `{key}` of \
             [environments.{}], then retry.",
            account.config.account, account.environment
        ))
    })
}

/// The container by its name, else the first essential one.
pub(super) fn container<'a>(definition: &'a TaskDefinition, named: Option<&'a str>) -> Result<&'a str, CloudError> {
    let family = definition.family().unwrap_or_default();
    let mut all = definition.container_definitions().iter();
    let chosen = match named {
        Some(name) => all.find(|container| container.name() == Some(name)),
        None => all.find(|container| container.essential() != Some(false)),
    };
    chosen.and_then(|container| container.name()).ok_or_else(|| {
        let wanted = named.map_or("essential container".to_owned(), |name| format!("container `{name}`"));
        CloudError::Permanent(format!("The task definition {family} has no {wanted}. Correct the configuration."))
    })
}

/// The names of the essential containers, as ECS takes them: all that are not said to be none.
pub(super) fn essential(definition: &TaskDefinition) -> Vec<String> {
    let all = definition.container_definitions().iter().filter(|container| container.essential() != Some(false));
    all.filter_map(|container| container.name().map(str::to_owned)).collect()
}

/// Starts the task on Fargate in the tenants' network. Repeated, it is the same task (ECS remembers for a day).
pub(super) async fn start(account: &Account, job: Job<'_>) -> Result<Task, CloudError> {
    let family = job.definition.family().unwrap_or_default();
    let doing = format!("Starting the task {family}");
    let load_balancers = account.load_balancers().await?;
    let first = load_balancers.first().ok_or_else(|| CloudError::Permanent(format!("{doing}: no load balancer.")))?;
    let network = account.network(first).await?;
    let vpc = AwsVpcConfiguration::builder()
        .set_subnets(Some(network.subnets))
        .set_security_groups(Some(network.security_groups))
        .assign_public_ip(AssignPublicIp::Disabled)
        .build()
        .map_err(|error| CloudError::Permanent(format!("{doing}: {error}.")))?;
    let settings =
        job.environment.into_iter().map(|(name, value)| KeyValuePair::builder().name(name).value(value).build());
    let overrides = ContainerOverride::builder().name(job.container).set_environment(Some(settings.collect())).build();
    let call = account
        .ecs(Quota::RunTask)
        .await
        .run_task()
        .cluster(&account.config.cluster)
        .task_definition(job.definition.task_definition_arn().unwrap_or(family))
        .launch_type(LaunchType::Fargate)
        .network_configuration(NetworkConfiguration::builder().awsvpc_configuration(vpc).build())
        .overrides(TaskOverride::builder().container_overrides(overrides).build())
        .started_by(job.started_by)
        .client_token(job.started_by)
        .send()
        .await;
    let answer = call.map_err(|error| account.failed(&doing, &error))?;
    if let Some(failure) = answer.failures().first() {
        return Err(not_placed(&doing, failure.reason().unwrap_or("no reason given"), failure.detail()));
    }
    let task = answer.tasks.into_iter().flatten().next();
    task.ok_or_else(|| CloudError::Transient(format!("{doing}: the answer names no task.")))
}

/// Why ECS did not place a task: what is lacking for the moment, or what a person must mend.
fn not_placed(doing: &str, reason: &str, detail: Option<&str>) -> CloudError {
    let detail = detail.map(|detail| format!(", {detail}")).unwrap_or_default();
    let said = format!("{doing}: ECS did not place it ({reason}{detail}).");
    if reason.starts_with("RESOURCE:") || reason.contains("Capacity is unavailable") || reason == "AGENT" {
        return CloudError::Transient(said);
    }
    CloudError::Permanent(format!("{said} Check its task definition and the cluster, then retry."))
}

/// The tasks that somebody started, running or ended. ECS forgets ended ones after an hour or so.
pub(super) async fn started_by(account: &Account, who: &str) -> Result<Vec<Task>, CloudError> {
    let doing = format!("Looking for the tasks of {who}");
    let mut found = Vec::new();
    for status in [DesiredStatus::Running, DesiredStatus::Stopped] {
        let call = account
            .ecs(Quota::EcsRead)
            .await
            .list_tasks()
            .cluster(&account.config.cluster)
            .started_by(who)
            .desired_status(status)
            .send()
            .await;
        let arns = call.map_err(|error| account.failed(&doing, &error))?.task_arns.unwrap_or_default();
        found.extend(describe(account, arns, &doing).await?);
    }
    Ok(found)
}

/// Tasks by ARN, at most 100.
pub(super) async fn describe(account: &Account, arns: Vec<String>, doing: &str) -> Result<Vec<Task>, CloudError> {
    if arns.is_empty() {
        return Ok(Vec::new());
    }
    let client = account.ecs(Quota::EcsRead).await;
    let call = client.describe_tasks().cluster(&account.config.cluster).set_tasks(Some(arns)).send().await;
    Ok(call.map_err(|error| account.failed(doing, &error))?.tasks.unwrap_or_default())
}

/// A setting that a task was started with.
pub(super) fn setting<'t>(task: &'t Task, name: &str) -> Option<&'t str> {
    let containers = task.overrides()?.container_overrides().iter();
    let mut settings = containers.flat_map(ContainerOverride::environment);
    settings.find(|setting| setting.name() == Some(name))?.value()
}

/// What came of a task whose definition has these essential containers; where they are not known, all count.
pub(super) fn outcome(task: &Task, essential: Option<&[String]>) -> Outcome {
    let status = task.last_status().unwrap_or("UNKNOWN");
    if status != "STOPPED" {
        return Outcome::Underway(status.to_owned());
    }
    let why = match service_tasks::reasons(task) {
        reasons if reasons.is_empty() => "ECS gives no reason".to_owned(),
        reasons => reasons.join("; "),
    };
    // A task that a person or ECS stopped may still end with 0: its containers were asked to.
    if !matches!(task.stop_code(), None | Some(TaskStopCode::EssentialContainerExited)) {
        return Outcome::Stopped(why);
    }
    let counts = |name: Option<&str>| essential.is_none_or(|names| names.iter().any(|one| Some(one.as_str()) == name));
    let codes: Vec<Option<i32>> =
        task.containers().iter().filter(|container| counts(container.name())).map(Container::exit_code).collect();
    if codes.is_empty() || codes.contains(&None) {
        return Outcome::Stopped(why);
    }
    Outcome::Exited(codes.into_iter().flatten().find(|code| *code != 0).unwrap_or(0), why)
}

#[cfg(test)]
mod tests {
    use aws_sdk_ecs::types::{Container, ContainerDefinition, Task, TaskDefinition, TaskStopCode};
    use landlord_core::ports::CloudError;

    use super::{Outcome, container, essential, not_placed, outcome};

    fn task(status: &str, stop: Option<TaskStopCode>, containers: &[(&str, Option<i32>)]) -> Task {
        let mut task = Task::builder().last_status(status).set_stop_code(stop).stopped_reason("why");
        for (name, code) in containers {
            task = task.containers(Container::builder().name(*name).set_exit_code(*code).build());
        }
        task.build()
    }

    #[test]
    fn only_a_task_whose_essential_containers_all_ended_with_0_did_well() {
        let exited = Some(TaskStopCode::EssentialContainerExited);
        let two = ["backup".to_owned(), "proxy".to_owned()];
        let code = |task: &Task, essential| match outcome(task, essential) {
            Outcome::Exited(code, _) => Some(code),
            _ => None,
        };
        let both = |one, other| task("STOPPED", exited.clone(), &[("backup", one), ("proxy", other)]);
        assert_eq!(code(&both(Some(0), Some(0)), Some(&two)), Some(0));
        assert_eq!(code(&both(Some(0), Some(137)), Some(&two)), Some(137));
        assert_eq!(code(&both(Some(0), Some(137)), Some(&two[..1])), Some(0));
        assert_eq!(code(&both(Some(0), Some(137)), None), Some(137));
        assert_eq!(code(&both(Some(0), None), Some(&two)), None);
        assert_eq!(code(&task("STOPPED", exited, &[]), Some(&two)), None);
    }

    #[test]
    fn a_task_that_was_stopped_did_not_do_well_whatever_its_exit_code() {
        let by_hand = task("STOPPED", Some(TaskStopCode::UserInitiated), &[("backup", Some(0))]);
        let Outcome::Stopped(why) = outcome(&by_hand, None) else { panic!("{by_hand:?}") };
        assert!(why.contains("why"), "{why}");
        assert_eq!(outcome(&task("PENDING", None, &[]), None), Outcome::Underway("PENDING".to_owned()));
    }

    #[test]
    fn settings_go_to_the_named_container_or_the_first_essential_one() {
        let one = |name: &str, essential| ContainerDefinition::builder().name(name).essential(essential).build();
        let definition = TaskDefinition::builder()
            .container_definitions(one("logs", false))
            .container_definitions(one("backup", true))
            .container_definitions(ContainerDefinition::builder().name("proxy").build())
            .build();
        assert_eq!(container(&definition, None).as_deref(), Ok("backup"));
        assert_eq!(container(&definition, Some("logs")).as_deref(), Ok("logs"));
        assert!(matches!(container(&definition, Some("nobody")), Err(CloudError::Permanent(_))));
        assert_eq!(essential(&definition), ["backup", "proxy"]);
    }

    #[test]
    fn what_lacks_for_the_moment_is_worth_another_try() {
        let capacity =
            "Capacity is unavailable at this time. Please try again later or in a different availability zone";
        for reason in ["RESOURCE:ENI", capacity] {
            assert!(matches!(not_placed("Starting", reason, None), CloudError::Transient(_)), "{reason}");
        }
        let refused = not_placed("Starting", "MISSING", Some("no such cluster"));
        assert!(
            matches!(&refused, CloudError::Permanent(why) if why.contains("MISSING, no such cluster")),
            "{refused}"
        );
    }
}
