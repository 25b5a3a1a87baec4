//! Bringing a revision up: the service is made to want it, and looked at until it runs or ECS has given it up (playbook 4.2).

use aws_sdk_ecs::types::{Deployment, DeploymentRolloutState, Service, TaskDefinitionStatus};
use landlord_core::kind::Kind;
use landlord_core::ports::{CloudError, Rollout, Verdict};
use landlord_core::tenant::Tenancy;

use super::accounts::Account;
use super::quota::Quota;
use super::{arn, revisions, service_tasks, service_work, target_group};

/// Makes the tenant's service want a revision and so many tasks; everything else of the service stays as it is.
pub(crate) async fn deploy(
    account: &Account,
    tenancy: &Tenancy,
    revision: u32,
    desired: u32,
) -> Result<(), CloudError> {
    let name = tenancy.name(Kind::Service);
    let id = format!("{}:{revision}", tenancy.name(Kind::TaskDefinition));
    let (service, definition) =
        futures::try_join!(service_work::own(account, tenancy), revisions::own(account, tenancy, &id))?;
    let service = service.filter(|service| service.status() == Some("ACTIVE"));
    let service = service.ok_or_else(|| CloudError::Permanent(format!("The service {name} is not there.")))?;
    let (definition, _) = definition.ok_or_else(|| CloudError::Permanent(format!("{id} is not there.")))?;
    let count = i32::try_from(desired).unwrap_or(i32::MAX);
    let arn = definition.task_definition_arn().unwrap_or(&id);
    if service.task_definition() == Some(arn) {
        // It may be deregistered by now: then ECS goes on with it as long as it is not named again.
        return if service.desired_count() == count {
            Ok(())
        } else {
            service_work::want(account, &name, count).await.map(drop)
        };
    }
    if definition.status() != Some(&TaskDefinitionStatus::Active) {
        return Err(CloudError::Permanent(format!("{id} is deregistered, so no task can be started of it.")));
    }
    let client = account.ecs(Quota::Services).await;
    let call = client
        .update_service()
        .cluster(&account.config.cluster)
        .service(&name)
        .task_definition(arn)
        .desired_count(count)
        .send()
        .await;
    call.map_err(|error| account.failed(&format!("Making {name} run {id}"), &error)).map(drop)
}

/// How it stands with a revision, or with the one that the service wants.
pub(crate) async fn look(account: &Account, tenancy: &Tenancy, revision: Option<u32>) -> Result<Rollout, CloudError> {
    let name = tenancy.name(Kind::Service);
    let service = service_work::own(account, tenancy).await?;
    let service = service.ok_or_else(|| CloudError::Permanent(format!("The service {name} is not there.")))?;
    match stage(&service, revision) {
        Rollout::Stable(said) if service.desired_count() > 0 && !service.load_balancers().is_empty() => {
            Ok(match target_group::healthy(account, tenancy).await? {
                Verdict::Passed(healthy) => Rollout::Stable(format!("{said}, {healthy}")),
                Verdict::NotYet(why) => Rollout::Rolling(format!("{said}; {why}")),
            })
        }
        Rollout::Failed(why) => {
            // ECS only says that tasks did not start; the tasks say why.
            let told = told_by_tasks(account, &name, revision.or_else(|| number(service.task_definition()))).await?;
            Ok(Rollout::Failed(told.map_or(why.clone(), |told| format!("{}; {told}", why.trim_end_matches('.')))))
        }
        other => Ok(other),
    }
}

/// What a task of the revision said last as it stopped.
async fn told_by_tasks(account: &Account, name: &str, revision: Option<u32>) -> Result<Option<String>, CloudError> {
    let mut tasks = service_tasks::unwanted(account, name).await?;
    tasks.retain(|task| number(task.task_definition_arn()) == revision);
    tasks.sort_by_key(|task| std::cmp::Reverse(task.stopped_at().map(aws_smithy_types::DateTime::secs)));
    Ok(tasks.iter().flat_map(service_tasks::reasons).next())
}

/// How it stands by the service alone.
fn stage(service: &Service, revision: Option<u32>) -> Rollout {
    if service.status() != Some("ACTIVE") {
        return Rollout::Failed("the service is being deleted".to_owned());
    }
    let wanted = number(service.task_definition());
    if let Some(revision) = revision.filter(|revision| wanted != Some(*revision)) {
        let wants = wanted.map_or("another task definition".to_owned(), |wanted| format!("revision {wanted}"));
        return Rollout::Failed(format!("the service wants {wants} instead of {revision}{}", given_up(service)));
    }
    let deployments = service.deployments();
    let primary = deployments.iter().find(|deployment| deployment.status() == Some("PRIMARY"));
    let state = primary.and_then(Deployment::rollout_state);
    if state == Some(&DeploymentRolloutState::Failed) {
        return Rollout::Failed(reason(primary).unwrap_or("the deployment failed").to_owned());
    }
    let desired = service.desired_count();
    let running = primary.map_or(service.running_count(), Deployment::running_count);
    let said =
        format!("{running} of {desired} tasks run{}", wanted.map(|n| format!(" of revision {n}")).unwrap_or_default());
    let older: i32 = deployments
        .iter()
        .filter(|deployment| deployment.status() != Some("PRIMARY"))
        .map(|deployment| deployment.running_count() + deployment.pending_count())
        .sum();
    let alone = deployments.len() < 2;
    if older > 0 {
        return Rollout::Rolling(format!("{said}, and {older} of older ones"));
    }
    let settled = running == desired && service.pending_count() == 0 && alone;
    match state {
        Some(&DeploymentRolloutState::InProgress) => Rollout::Rolling(said),
        _ if settled => Rollout::Stable(said),
        _ => Rollout::Rolling(said),
    }
}

/// Why ECS has put back what ran before, where it still says so.
fn given_up(service: &Service) -> String {
    let failed = service.deployments().iter().find(|one| one.rollout_state() == Some(&DeploymentRolloutState::Failed));
    let events = service.events().iter().filter_map(|event| event.message());
    let told = reason(failed).or_else(|| events.into_iter().find(|message| message.contains("deployment failed")));
    told.map(|why| format!(": {}", why.trim_end_matches('.'))).unwrap_or_default()
}

fn reason(deployment: Option<&Deployment>) -> Option<&str> {
    deployment.and_then(|deployment| deployment.rollout_state_reason()).filter(|reason| !reason.is_empty())
}

fn number(task_definition: Option<&str>) -> Option<u32> {
    task_definition.and_then(arn::revision).map(|(_, number)| number)
}

/// Whether a deployment shows that its revision has come up: all tasks that were wanted of it ran.
pub(super) fn proves(deployment: &Deployment) -> bool {
    match deployment.rollout_state() {
        Some(DeploymentRolloutState::Completed) => deployment.desired_count() > 0 || deployment.running_count() > 0,
        Some(DeploymentRolloutState::Failed) => false,
        // An older one that still carries the load while a newer one comes up.
        _ => deployment.status() == Some("ACTIVE") && deployment.running_count() > 0,
    }
}

#[cfg(test)]
mod tests {
    use aws_sdk_ecs::types::{Deployment, DeploymentRolloutState, Service, ServiceEvent};
    use landlord_core::ports::Rollout;

    use super::{proves, stage};

    fn deployment(status: &str, revision: u32, running: i32, state: Option<DeploymentRolloutState>) -> Deployment {
        Deployment::builder()
            .status(status)
            .task_definition(format!("arn:aws:ecs:x:1:task-definition/dev-acme:{revision}"))
            .desired_count(1)
            .running_count(running)
            .set_rollout_state(state)
            .rollout_state_reason("ECS deployment circuit breaker: tasks failed to start.")
            .build()
    }

    /// A service that wants one task of revision 4.
    fn service(deployments: Vec<Deployment>) -> Service {
        Service::builder()
            .status("ACTIVE")
            .task_definition("arn:aws:ecs:x:1:task-definition/dev-acme:4")
            .desired_count(1)
            .set_deployments(Some(deployments))
            .build()
    }

    #[test]
    fn stable_is_all_of_the_wanted_revision_and_none_of_another() {
        use DeploymentRolloutState::{Completed, InProgress};
        for (deployments, expected) in [
            (
                vec![deployment("PRIMARY", 4, 1, Some(Completed))],
                Rollout::Stable("1 of 1 tasks run of revision 4".into()),
            ),
            (vec![deployment("PRIMARY", 4, 1, None)], Rollout::Stable("1 of 1 tasks run of revision 4".into())),
            (
                vec![deployment("PRIMARY", 4, 1, Some(InProgress))],
                Rollout::Rolling("1 of 1 tasks run of revision 4".into()),
            ),
            (
                vec![deployment("PRIMARY", 4, 0, Some(Completed))],
                Rollout::Rolling("0 of 1 tasks run of revision 4".into()),
            ),
            (
                vec![deployment("PRIMARY", 4, 1, Some(Completed)), deployment("ACTIVE", 3, 1, Some(Completed))],
                Rollout::Rolling("1 of 1 tasks run of revision 4, and 1 of older ones".into()),
            ),
        ] {
            assert_eq!(stage(&service(deployments), Some(4)), expected);
        }
    }

    #[test]
    fn what_is_given_up_has_failed_with_the_reason() {
        let failed = vec![deployment("PRIMARY", 4, 0, Some(DeploymentRolloutState::Failed))];
        let why = "ECS deployment circuit breaker: tasks failed to start.".to_owned();
        assert_eq!(stage(&service(failed), None), Rollout::Failed(why));
        let mut back = service(vec![deployment("PRIMARY", 4, 1, Some(DeploymentRolloutState::Completed))]);
        let told = "(service x) (deployment y) deployment failed: tasks failed to start.";
        back.events = Some(vec![ServiceEvent::builder().message(told).build()]);
        let why = format!("the service wants revision 4 instead of 5: {}", told.trim_end_matches('.'));
        assert_eq!(stage(&back, Some(5)), Rollout::Failed(why));
    }

    #[test]
    fn a_deployment_proves_its_revision_once_its_tasks_have_run() {
        use DeploymentRolloutState::{Completed, Failed, InProgress};
        assert!(proves(&deployment("PRIMARY", 4, 1, Some(Completed))));
        assert!(proves(&deployment("ACTIVE", 3, 1, Some(InProgress))), "it carries the load still");
        assert!(!proves(&deployment("PRIMARY", 4, 1, Some(InProgress))));
        assert!(!proves(&deployment("ACTIVE", 3, 1, Some(Failed))));
        let mut none_wanted = deployment("PRIMARY", 4, 0, Some(Completed));
        none_wanted.desired_count = 0;
        assert!(!proves(&none_wanted), "no task was wanted, and none has run");
    }
}
