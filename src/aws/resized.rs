//! The containers of a task that gets another size. Values only; nothing here asks AWS.
//!
//! A task's size is shared out among its containers, and a limit that stays behind makes the new size worthless (larger) or
//! is refused by ECS (smaller). So the tenant's container takes all that the others leave, where it did so before; a
//! lower limit of its own stays, as long as it fits. The others keep theirs, and where they alone do not fit, nothing does.

use aws_sdk_ecs::types::{ContainerDefinition, EphemeralStorage, TaskDefinition};
use landlord_core::size::Size;

use super::CONTAINER;
use super::task_definition::STORAGE_INCLUDED;

/// The least memory that a container may be limited to, in MiB (Amazon ECS: container definition).
const MEMORY_LEAST: i32 = 6;

/// Which is the tenant's container: the one of its name, else the first that is essential.
pub(super) fn tenants(containers: &[ContainerDefinition]) -> Option<usize> {
    let named = containers.iter().position(|container| container.name() == Some(CONTAINER));
    named.or_else(|| containers.iter().position(|container| container.essential() != Some(false)))
}

/// What the task asks for besides the storage that it has without asking.
pub(super) fn storage(size: Size) -> Option<EphemeralStorage> {
    let gib = i32::try_from(size.storage()).unwrap_or(i32::MAX);
    (size.storage() > STORAGE_INCLUDED).then(|| EphemeralStorage::builder().size_in_gib(gib).build())
}

/// The containers with limits that fit the size. Error: what does not fit, as a sentence.
pub(super) fn containers(before: &TaskDefinition, size: Size) -> Result<Vec<ContainerDefinition>, String> {
    let mut containers = before.container_definitions().to_vec();
    let Some(tenants) = tenants(&containers) else {
        return Err("it has no essential container.".to_owned());
    };
    let others =
        || containers.iter().enumerate().filter(|(place, _)| *place != tenants).map(|(_, container)| container);
    let cpu = Share {
        before: number(before.cpu()),
        now: i32::try_from(size.cpu()).unwrap_or(i32::MAX),
        others: others().map(ContainerDefinition::cpu).sum(),
    };
    let memory = Share {
        before: number(before.memory()),
        now: i32::try_from(size.memory()).unwrap_or(i32::MAX),
        others: others().filter_map(reserved).sum(),
    };
    let largest = others().filter_map(ContainerDefinition::memory).max().unwrap_or_default();
    if cpu.left() < 0 || memory.left() < MEMORY_LEAST || largest > memory.now {
        return Err(format!(
            "its other containers have {} cpu and {} MiB for themselves, which leaves too little of {size}.",
            cpu.others, memory.others
        ));
    }
    let container = &mut containers[tenants];
    container.cpu = if container.cpu > 0 { cpu.of(container.cpu) } else { container.cpu };
    container.memory = container.memory.map(|limit| memory.of(limit));
    container.memory_reservation = container.memory_reservation.map(|limit| memory.of(limit));
    Ok(containers)
}

/// What a container keeps for itself of the task's memory.
fn reserved(container: &ContainerDefinition) -> Option<i32> {
    container.memory_reservation().or(container.memory())
}

fn number(text: Option<&str>) -> Option<i32> {
    text.and_then(|text| text.parse().ok())
}

/// One resource of the task.
struct Share {
    before: Option<i32>,
    now: i32,
    others: i32,
}

impl Share {
    fn left(&self) -> i32 {
        self.now.saturating_sub(self.others)
    }

    /// The tenant's limit in the new task.
    fn of(&self, limit: i32) -> i32 {
        let had_the_rest = self.before.is_none_or(|before| limit >= before.saturating_sub(self.others));
        if had_the_rest { self.left() } else { limit.min(self.left()) }
    }
}

#[cfg(test)]
mod tests {
    use aws_sdk_ecs::types::{ContainerDefinition, TaskDefinition};
    use landlord_core::size::Size;

    use super::containers;

    fn container(name: &str, cpu: i32, memory: Option<i32>, reservation: Option<i32>) -> ContainerDefinition {
        ContainerDefinition::builder()
            .name(name)
            .cpu(cpu)
            .set_memory(memory)
            .set_memory_reservation(reservation)
            .build()
    }

    /// The tenant's cpu, memory and reservation after a change from 512 cpu and 1,024 MiB.
    fn after(
        standing: &[ContainerDefinition],
        cpu: u32,
        memory: u32,
    ) -> Result<(i32, Option<i32>, Option<i32>), String> {
        let task = TaskDefinition::builder()
            .cpu("512")
            .memory("1024")
            .set_container_definitions(Some(standing.to_vec()))
            .build();
        let all = containers(&task, Size::new(cpu, memory, 20).expect("a size of Fargate's"))?;
        assert_eq!(all[1..], standing[1..], "the others keep theirs");
        Ok((all[0].cpu(), all[0].memory(), all[0].memory_reservation()))
    }

    #[test]
    fn who_had_all_of_the_task_has_all_of_the_new_one() {
        let alone = [container("wordpress", 512, Some(1_024), None)];
        assert_eq!(after(&alone, 1_024, 2_048), Ok((1_024, Some(2_048), None)));
        assert_eq!(after(&alone, 256, 512), Ok((256, Some(512), None)));
    }

    #[test]
    fn who_had_what_the_others_leave_has_it_again() {
        let two = [container("wordpress", 448, Some(896), None), container("logs", 64, Some(128), None)];
        assert_eq!(after(&two, 1_024, 2_048), Ok((960, Some(1_920), None)));
        assert_eq!(after(&two, 256, 512), Ok((192, Some(384), None)));
    }

    #[test]
    fn a_lower_limit_stays_unless_it_no_longer_fits_and_none_stays_none() {
        let lower = [container("wordpress", 128, Some(800), Some(400))];
        assert_eq!(after(&lower, 1_024, 2_048), Ok((128, Some(800), Some(400))));
        assert_eq!(after(&lower, 256, 512), Ok((128, Some(512), Some(400))));
        assert_eq!(after(&[container("wordpress", 0, None, None)], 256, 512), Ok((0, None, None)));
    }

    #[test]
    fn others_that_do_not_fit_are_said() {
        let two = [container("wordpress", 0, None, None), container("search", 300, Some(600), None)];
        let refused = after(&two, 256, 512).expect_err("too small");
        assert!(refused.contains("300 cpu and 600 MiB"), "{refused}");
    }
}
