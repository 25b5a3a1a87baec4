//! The tasks of a service that ECS wants no more: those that it is stopping, and those that have stopped in the last hour or so.

use aws_sdk_ecs::types::{DesiredStatus, Task};
use landlord_core::ports::CloudError;

use super::accounts::Account;
use super::quota::Quota;
use super::run_task;

/// All of them; none where there is no such service.
pub(super) async fn unwanted(account: &Account, service: &str) -> Result<Vec<Task>, CloudError> {
    let doing = format!("Looking at the tasks of {service} that stop or have stopped");
    let mut tasks = Vec::new();
    let mut token = None;
    loop {
        let call = account
            .ecs(Quota::EcsRead)
            .await
            .list_tasks()
            .cluster(&account.config.cluster)
            .service_name(service)
            .desired_status(DesiredStatus::Stopped)
            .set_next_token(token)
            .send()
            .await;
        let page = match call {
            Ok(page) => page,
            // It never was, or became inactive meanwhile: there are none any more.
            Err(error)
                if error.as_service_error().is_some_and(
                    aws_sdk_ecs::operation::list_tasks::ListTasksError::is_service_not_found_exception,
                ) =>
            {
                return Ok(tasks);
            }
            Err(error) => return Err(account.failed(&doing, &error)),
        };
        // A page of the list is as long as a description may be: 100.
        tasks.extend(run_task::describe(account, page.task_arns.unwrap_or_default(), &doing).await?);
        token = page.next_token;
        if token.is_none() {
            return Ok(tasks);
        }
    }
}

/// Whether nothing of it runs any more.
pub(super) fn has_stopped(task: &Task) -> bool {
    matches!(task.last_status(), Some("STOPPED" | "DELETED") | None)
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
    use aws_sdk_ecs::types::{Container, Task};

    use super::reasons;

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
