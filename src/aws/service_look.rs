//! Whether a tenant's service runs, and what ECS says about why it does not (playbook 3.1).

use aws_sdk_ecs::types::{DeploymentRolloutState, DesiredStatus, Service, Task};
use landlord_core::kind::Kind;
use landlord_core::ports::{CloudError, Verdict};
use landlord_core::tenant::Tenancy;

use super::accounts::Account;
use super::quota::Quota;
use super::service::look;

/// How many of a service's events are told.
const EVENTS: usize = 3;
/// How many stopped tasks are looked at; they tell the same story.
const TASKS: i32 = 10;

/// Whether as many tasks run as are desired, at least one, of one deployment: what `aws ecs wait services-stable` waits for.
pub(crate) async fn running(account: &Account, tenancy: &Tenancy) -> Result<Verdict, CloudError> {
    let name = tenancy.name(Kind::Service);
    Ok(match look(account, tenancy).await? {
        None => Verdict::NotYet(format!("the service {name} is not there")),
        Some(service) => verdict(&service),
    })
}

fn verdict(service: &Service) -> Verdict {
    let (running, desired) = (service.running_count(), service.desired_count());
    let said = format!("{running} of {desired} tasks running");
    if service.status() != Some("ACTIVE") {
        return Verdict::NotYet("the service is being deleted".to_owned());
    }
    if desired < 1 {
        return Verdict::NotYet("the service is scaled to zero".to_owned());
    }
    if running != desired {
        return Verdict::NotYet(said);
    }
    match service.deployments() {
        [one] if one.rollout_state() == Some(&DeploymentRolloutState::Failed) => {
            Verdict::NotYet(format!("{said}, but the deployment failed"))
        }
        [_, _, ..] => Verdict::NotYet(format!("{said}, an older deployment still drains")),
        _ => Verdict::Passed(said),
    }
}

/// Stopped tasks' reasons, then the service's last events; a line each.
pub(crate) async fn evidence(account: &Account, tenancy: &Tenancy) -> Result<Vec<String>, CloudError> {
    let name = tenancy.name(Kind::Service);
    let Some(service) = look(account, tenancy).await? else {
        return Ok(vec![format!("the service {name} is not there")]);
    };
    let mut lines: Vec<String> = Vec::new();
    for task in stopped(account, &name).await? {
        for line in reasons(&task) {
            if !lines.contains(&line) {
                lines.push(line);
            }
        }
    }
    lines.extend(service.events().iter().take(EVENTS).filter_map(|event| event.message().map(str::to_owned)));
    Ok(lines)
}

async fn stopped(account: &Account, service: &str) -> Result<Vec<Task>, CloudError> {
    let doing = format!("Looking at the stopped tasks of {service}");
    let call = account
        .ecs(Quota::EcsRead)
        .await
        .list_tasks()
        .cluster(&account.config.cluster)
        .service_name(service)
        .desired_status(DesiredStatus::Stopped)
        .max_results(TASKS)
        .send()
        .await;
    let arns = call.map_err(|error| account.failed(&doing, &error))?.task_arns.unwrap_or_default();
    if arns.is_empty() {
        return Ok(Vec::new());
    }
    let client = account.ecs(Quota::EcsRead).await;
    let call = client.describe_tasks().cluster(&account.config.cluster).set_tasks(Some(arns)).send().await;
    Ok(call.map_err(|error| account.failed(&doing, &error))?.tasks.unwrap_or_default())
}

/// Why a task stopped, and its containers.
pub(super) fn reasons(task: &Task) -> Vec<String> {
    let of_task = task.stopped_reason().map(|why| format!("a task stopped: {why}"));
    let of_containers = task.containers().iter().filter_map(|container| {
        let exit = container.exit_code().filter(|code| *code != 0).map(|code| format!("exit code {code}"));
        let parts: Vec<String> = container.reason().map(str::to_owned).into_iter().chain(exit).collect();
        let name = container.name().unwrap_or("?");
        (!parts.is_empty()).then(|| format!("its container {name}: {}", parts.join(", ")))
    });
    of_task.into_iter().chain(of_containers).collect()
}

#[cfg(test)]
mod tests {
    use aws_sdk_ecs::types::{Container, Deployment, DeploymentRolloutState, Service, Task};
    use landlord_core::ports::Verdict;

    use super::{reasons, verdict};

    fn service(running: i32, desired: i32, deployments: &[DeploymentRolloutState]) -> Service {
        let mut service = Service::builder().status("ACTIVE").running_count(running).desired_count(desired);
        for state in deployments {
            service = service.deployments(Deployment::builder().rollout_state(state.clone()).build());
        }
        service.build()
    }

    #[test]
    fn only_a_settled_service_with_a_task_runs() {
        use DeploymentRolloutState::{Completed, Failed, InProgress};
        for settled in [Completed, InProgress] {
            assert_eq!(verdict(&service(2, 2, &[settled])), Verdict::Passed("2 of 2 tasks running".to_owned()));
        }
        for (unsettled, said) in [
            (service(0, 0, &[Completed]), "the service is scaled to zero"),
            (service(1, 2, &[Completed]), "1 of 2 tasks running"),
            (service(1, 1, &[Failed]), "1 of 1 tasks running, but the deployment failed"),
            (service(1, 1, &[Completed, Completed]), "1 of 1 tasks running, an older deployment still drains"),
        ] {
            assert_eq!(verdict(&unsettled), Verdict::NotYet(said.to_owned()));
        }
    }

    #[test]
    fn a_task_says_why_it_stopped() {
        let task = Task::builder()
            .stopped_reason("Essential container in task exited")
            .containers(Container::builder().name("wordpress").exit_code(137).reason("OutOfMemory").build())
            .containers(Container::builder().name("helper").exit_code(0).build())
            .build();
        assert_eq!(
            reasons(&task),
            [
                "a task stopped: Essential container in task exited",
                "its container wordpress: OutOfMemory, exit code 137"
            ]
        );
    }
}
