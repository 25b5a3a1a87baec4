//! Tasks that stopped, with ECS's reasons and their containers' exit codes.

use aws_sdk_ecs::types::{Task, TaskStopCode};
use landlord_core::kind::Kind;
use landlord_core::ports::{CloudError, Place, Sign, Symptom};
use landlord_core::tenant::Tenancy;

use super::super::accounts::Account;
use super::super::service_tasks::{has_stopped, reasons, unwanted};
use super::{MOST, plain};

/// What ECS writes where a service wanted fewer tasks, or others: nothing is wrong with such a task.
const SCALED: &str = "Scaling activity initiated by";

/// The tasks of the service that stopped for a reason, the newest first; those that tell the same story are told once.
pub(crate) async fn stopped(account: &Account, tenancy: &Tenancy) -> Result<Vec<Symptom>, CloudError> {
    Ok(told(troubled(account, tenancy).await?.iter()))
}

/// The tasks that did not stop because nobody wanted them any more, the newest first.
pub(super) async fn troubled(account: &Account, tenancy: &Tenancy) -> Result<Vec<Task>, CloudError> {
    let mut tasks = unwanted(account, &tenancy.name(Kind::Service)).await?;
    let scaled = |task: &Task| task.stopped_reason().is_some_and(|why| why.starts_with(SCALED));
    tasks.retain(|task| has_stopped(task) && !scaled(task));
    tasks.sort_by_key(|task| std::cmp::Reverse(task.stopped_at().map_or(0, aws_smithy_types::DateTime::as_nanos)));
    Ok(tasks)
}

fn told<'t>(tasks: impl Iterator<Item = &'t Task>) -> Vec<Symptom> {
    let mut seen: Vec<Symptom> = Vec::new();
    for task in tasks {
        let symptom = Symptom::new(Place::StoppedTasks, sign(task), plain(&reasons(task).join("; ")));
        if !seen.contains(&symptom) {
            seen.push(symptom);
        }
    }
    seen.truncate(MOST);
    if seen.is_empty() {
        seen.push(Symptom::new(Place::StoppedTasks, Sign::Sound, "no task has stopped"));
    }
    seen
}

pub(super) fn sign(task: &Task) -> Sign {
    match task.stop_code() {
        Some(TaskStopCode::TaskFailedToStart) => Sign::NotStarted,
        Some(TaskStopCode::EssentialContainerExited) => Sign::Exited,
        _ => Sign::Failed,
    }
}

#[cfg(test)]
mod tests {
    use aws_sdk_ecs::types::{Task, TaskStopCode};
    use landlord_core::ports::Sign;

    use super::told;

    #[test]
    fn tasks_that_tell_the_same_are_told_once() {
        let task = |code: &TaskStopCode, why: &str| Task::builder().stop_code(code.clone()).stopped_reason(why).build();
        let tasks = [
            task(&TaskStopCode::TaskFailedToStart, "CannotPullContainerError"),
            task(&TaskStopCode::TaskFailedToStart, "CannotPullContainerError"),
            task(&TaskStopCode::EssentialContainerExited, "Essential container in task exited"),
            task(&TaskStopCode::UserInitiated, "stopped by hand"),
        ];
        let signs: Vec<Sign> = told(tasks.iter()).into_iter().map(|symptom| symptom.sign).collect();
        assert_eq!(signs, [Sign::NotStarted, Sign::Exited, Sign::Failed]);
        assert_eq!(told([].iter())[0].sign, Sign::Sound);
    }
}
