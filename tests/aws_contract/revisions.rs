//! What only AWS can show of revisions: everything else is kept, ECS gives one up by itself, answers are lost.

use aws_sdk_ecs::types::{
    Compatibility, ContainerDefinition, CpuArchitecture, EphemeralStorage, KeyValuePair, NetworkMode, OsFamily,
    RuntimePlatform, Tag, TaskDefinition, TaskDefinitionField,
};
use landlord::cloud::RealCloud;
use landlord_core::kind::Kind;
use landlord_core::ports::{Blueprint, Cloud, CloudError, Metric, Revision, Revisions, Rollout, Tasks, Workload};
use landlord_core::size::Size;
use serde_json::json;
use time::OffsetDateTime;

use crate::promises::{DEV, LOOKS, cloud, tenant};
use crate::services::{ROOM, Services, fault, measured, no_fault};
use crate::strangers::Strangers;
use crate::until::another_look;

fn size(cpu: u32, memory: u32, storage: u32) -> Size {
    Size::new(cpu, memory, storage).expect("a size of Fargate's")
}

async fn described(stranger: &Strangers, tenant: &Blueprint, number: u32) -> (TaskDefinition, Vec<Tag>) {
    let id = format!("{}:{number}", tenant.subject.tenancy.name(Kind::TaskDefinition));
    let call = stranger.ecs.describe_task_definition().task_definition(id).include(TaskDefinitionField::Tags);
    let answer = call.send().await.expect("a revision");
    let mut tags = answer.tags.unwrap_or_default();
    tags.sort_by_key(|tag| tag.key.clone());
    (answer.task_definition.expect("a revision"), tags)
}

/// The task definition with what it needs, and the service where it is wanted.
async fn build(cloud: &RealCloud, tenant: &Blueprint, whole: bool) {
    let some = [Kind::LogGroup, Kind::Secret, Kind::AccessPoint, Kind::TaskDefinition];
    let kinds: Vec<Kind> = if whole { Kind::provisioning_order().collect() } else { some.to_vec() };
    for kind in kinds {
        cloud.ensure(kind, tenant).await.expect("ensured");
    }
}

async fn raze(cloud: &RealCloud, tenant: &Blueprint) {
    cloud.force_remove(&tenant.subject).await.expect("removed");
    for kind in &Kind::DELETION_ORDER[1..] {
        cloud.remove(*kind, &tenant.subject).await.expect("removed");
    }
}

/// Looks until it is no longer under way.
async fn settled(cloud: &RealCloud, tenant: &Blueprint, revision: u32) -> Rollout {
    let mut seen = None;
    for _ in 0..LOOKS {
        match cloud.rollout(&tenant.subject, Some(revision)).await.expect("a look") {
            Rollout::Rolling(how) => seen = Some(how),
            ended => return ended,
        }
        another_look().await;
    }
    panic!("revision {revision} rolls for ever: {seen:?}");
}

async fn listed(cloud: &RealCloud, tenant: &Blueprint) -> Vec<Revision> {
    cloud.revisions(&tenant.subject).await.expect("revisions")
}

#[tokio::test]
async fn only_the_size_differs_whatever_the_revision_holds() {
    let Some(services) = Services::running() else { return };
    let cloud = cloud(&services, |_| {}).await;
    let stranger = Strangers::of(DEV, services.config(DEV)).await;
    let tenant = tenant();
    build(&cloud, &tenant, false).await;
    // Somebody of the team has registered one by hand, with more than the bot itself would write.
    let (standing, tags) = described(&stranger, &tenant, listed(&cloud, &tenant).await[0].number).await;
    let container = |name: &str, cpu, memory| {
        ContainerDefinition::builder()
            .name(name)
            .image(format!("{name}:1"))
            .cpu(cpu)
            .memory(memory)
            .environment(KeyValuePair::builder().name("LEVEL").value("info").build())
            .docker_labels("team", "platform")
            .build()
    };
    let mut first = standing.container_definitions()[0].clone();
    (first.cpu, first.memory) = (192, Some(384));
    let by_hand = stranger
        .ecs
        .register_task_definition()
        .family(tenant.subject.tenancy.name(Kind::TaskDefinition))
        .network_mode(NetworkMode::Awsvpc)
        .requires_compatibilities(Compatibility::Fargate)
        .cpu("256")
        .memory("512")
        .set_volumes(standing.volumes.clone())
        .set_task_role_arn(standing.task_role_arn.clone())
        .set_execution_role_arn(standing.execution_role_arn.clone())
        .container_definitions(first)
        .container_definitions(container("forwarder", 64, 128))
        .ephemeral_storage(EphemeralStorage::builder().size_in_gib(40).build())
        .runtime_platform(
            RuntimePlatform::builder()
                .cpu_architecture(CpuArchitecture::Arm64)
                .operating_system_family(OsFamily::Linux)
                .build(),
        )
        .set_tags(Some(tags))
        .tags(Tag::builder().key("cost-centre").value("shops").build())
        .send()
        .await
        .expect("registered");
    let from = u32::try_from(by_hand.task_definition().expect("a revision").revision()).expect("a number");

    let number = cloud.resize(&tenant.subject, from, size(512, 1_024, 60), "run-1").await.expect("registered");
    let (before, tags_before) = described(&stranger, &tenant, from).await;
    let (mut after, mut tags_after) = described(&stranger, &tenant, number).await;
    assert_eq!((after.cpu(), after.memory()), (Some("512"), Some("1024")));
    assert_eq!(after.ephemeral_storage().map(EphemeralStorage::size_in_gib), Some(60));
    let limits =
        |of: &TaskDefinition| of.container_definitions().iter().map(|c| (c.cpu(), c.memory())).collect::<Vec<_>>();
    assert_eq!(limits(&after), [(448, Some(896)), (64, Some(128))]);
    tags_after.retain(|tag| tag.key() != Some("landlord-run"));
    assert_eq!(tags_after, tags_before);
    // Put back what must differ: then nothing does.
    after.cpu.clone_from(&before.cpu);
    after.memory.clone_from(&before.memory);
    after.ephemeral_storage.clone_from(&before.ephemeral_storage);
    after.revision = before.revision;
    after.task_definition_arn.clone_from(&before.task_definition_arn);
    after.registered_at = before.registered_at;
    after.registered_by.clone_from(&before.registered_by);
    for (after, before) in after.container_definitions.iter_mut().flatten().zip(before.container_definitions()) {
        (after.cpu, after.memory) = (before.cpu, before.memory);
    }
    assert_eq!(after, before);
    let refused = cloud.resize(&tenant.subject, from, size(256, 512, 20), "run-2").await.expect("fits again");
    assert_eq!(limits(&described(&stranger, &tenant, refused).await.0), [(192, Some(384)), (64, Some(128))]);
    for kind in [Kind::TaskDefinition, Kind::AccessPoint, Kind::Secret, Kind::LogGroup] {
        cloud.remove(kind, &tenant.subject).await.expect("removed");
    }
}

#[tokio::test]
async fn what_ecs_gives_up_has_failed_even_where_the_old_one_is_stable_again() {
    let Some(services) = Services::running() else { return };
    let _alone = ROOM.lock().await;
    let cloud = cloud(&services, |_| {}).await;
    let tenant = tenant();
    build(&cloud, &tenant, true).await;
    let first = listed(&cloud, &tenant).await[0].number;
    let stable = settled(&cloud, &tenant, first).await;
    assert!(matches!(stable, Rollout::Stable(_)), "{stable:?}");

    let named = tenant.subject.tenancy.tenant.as_str();
    fault("image-pull-fails", json!({"tenant": named})).await;
    let number = cloud.resize(&tenant.subject, first, size(512, 1_024, 20), "run-1").await.expect("registered");
    cloud.deploy(&tenant.subject, number, 1).await.expect("deployed");
    let Rollout::Failed(why) = settled(&cloud, &tenant, number).await else { panic!("it came up") };
    assert!(why.contains(&format!("revision {first} instead of {number}")), "{why}");
    assert!(why.contains("deployment failed: tasks failed to start") && why.contains("CannotPullContainer"), "{why}");
    // Going back finds that it is done, and what ran has run on.
    cloud.deploy(&tenant.subject, first, 1).await.expect("deployed");
    let back = settled(&cloud, &tenant, first).await;
    assert!(matches!(back, Rollout::Stable(_)), "{back:?}");
    assert_eq!(cloud.tasks(&tenant.subject).await, Ok(Some(Tasks { desired: 1, running: 1 })));
    let proven: Vec<(u32, bool, bool)> =
        listed(&cloud, &tenant).await.iter().map(|one| (one.number, one.runs, one.proven)).collect();
    assert_eq!(proven, [(number, false, false), (first, true, true)]);
    no_fault("image-pull-fails", named).await;
    raze(&cloud, &tenant).await;
}

#[tokio::test]
async fn what_runs_is_listed_and_scaled_even_where_it_is_deregistered() {
    let Some(services) = Services::running() else { return };
    let _alone = ROOM.lock().await;
    let cloud = cloud(&services, |_| {}).await;
    let stranger = Strangers::of(DEV, services.config(DEV)).await;
    let tenant = tenant();
    build(&cloud, &tenant, true).await;
    let first = listed(&cloud, &tenant).await[0].clone();
    let id = format!("{}:{}", tenant.subject.tenancy.name(Kind::TaskDefinition), first.number);
    stranger.ecs.deregister_task_definition().task_definition(&id).send().await.expect("deregistered");
    let seen = listed(&cloud, &tenant).await;
    assert_eq!((seen.len(), seen[0].number, seen[0].runs, seen[0].size), (1, first.number, true, first.size));
    cloud.deploy(&tenant.subject, first.number, 2).await.expect("the count alone");
    let stable = settled(&cloud, &tenant, first.number).await;
    assert!(matches!(stable, Rollout::Stable(_)), "{stable:?}");
    let next = cloud.resize(&tenant.subject, first.number, size(512, 1_024, 20), "run-1").await.expect("registered");
    cloud.deploy(&tenant.subject, next, 2).await.expect("deployed");
    let refused = cloud.deploy(&tenant.subject, first.number, 2).await;
    let Err(CloudError::Permanent(why)) = refused else { panic!("{refused:?}") };
    assert!(why.contains(&id) && why.contains("deregistered"), "{why}");
    raze(&cloud, &tenant).await;
}

#[tokio::test]
async fn an_answer_that_is_lost_registers_and_retires_nothing_twice() {
    let Some(services) = Services::running() else { return };
    let cloud = cloud(&services, |_| {}).await;
    let tenant = tenant();
    build(&cloud, &tenant, false).await;
    let first = listed(&cloud, &tenant).await[0].number;
    let named = tenant.subject.tenancy.tenant.as_str();
    let lose = |operation: &str| json!({"operation": operation, "tenant": named, "when": "after", "times": 1});
    fault("cut-connection", lose("RegisterTaskDefinition")).await;
    let lost = cloud.resize(&tenant.subject, first, size(512, 1_024, 20), "run-1").await;
    assert!(matches!(lost, Err(CloudError::Transient(_))), "{lost:?}");
    let number = cloud.resize(&tenant.subject, first, size(512, 1_024, 20), "run-1").await.expect("found");
    assert_eq!(listed(&cloud, &tenant).await.iter().map(|one| one.number).collect::<Vec<_>>(), [number, first]);
    fault("cut-connection", lose("DeregisterTaskDefinition")).await;
    let lost = cloud.retire(&tenant.subject, "run-1").await;
    assert!(matches!(lost, Err(CloudError::Transient(_))), "{lost:?}");
    assert_eq!(cloud.retire(&tenant.subject, "run-1").await, Ok(None));
    assert_eq!(listed(&cloud, &tenant).await.len(), 1);
    for kind in [Kind::TaskDefinition, Kind::AccessPoint, Kind::Secret, Kind::LogGroup] {
        cloud.remove(kind, &tenant.subject).await.expect("removed");
    }
}

/// The call of a process that has ended meanwhile, which another has made again.
#[tokio::test]
async fn of_two_that_a_run_has_registered_the_first_is_meant_and_both_are_retired() {
    let Some(services) = Services::running() else { return };
    let cloud = cloud(&services, |_| {}).await;
    let stranger = Strangers::of(DEV, services.config(DEV)).await;
    let tenant = tenant();
    build(&cloud, &tenant, false).await;
    let first = listed(&cloud, &tenant).await[0].number;
    let number = cloud.resize(&tenant.subject, first, size(512, 1_024, 20), "run-1").await.expect("registered");
    let (registered, tags) = described(&stranger, &tenant, number).await;
    let late = stranger.ecs.register_task_definition().set_family(registered.family).set_tags(Some(tags));
    let late = late.cpu("512").memory("1024").requires_compatibilities(Compatibility::Fargate);
    let late = late.network_mode(NetworkMode::Awsvpc).set_container_definitions(registered.container_definitions);
    late.send().await.expect("registered");
    assert_eq!(listed(&cloud, &tenant).await.len(), 3);
    let again = cloud.resize(&tenant.subject, first, size(512, 1_024, 20), "run-1").await;
    assert_eq!(again, Ok(number));
    assert_eq!(cloud.retire(&tenant.subject, "run-1").await, Ok(Some(number)));
    assert_eq!(listed(&cloud, &tenant).await.iter().map(|one| one.number).collect::<Vec<_>>(), [first]);
    for kind in [Kind::TaskDefinition, Kind::AccessPoint, Kind::Secret, Kind::LogGroup] {
        cloud.remove(kind, &tenant.subject).await.expect("removed");
    }
}

#[tokio::test]
async fn use_is_read_point_by_point_with_its_gaps_and_more_than_a_call_gives() {
    let Some(services) = Services::running() else { return };
    let cloud = cloud(&services, |_| {}).await;
    let tenant = tenant();
    let id = tenant.subject.tenancy.tenant.as_str();
    let now = OffsetDateTime::now_utc().replace_second(0).expect("a second").replace_nanosecond(0).expect("a moment");
    let from = now - time::Duration::days(2);
    let values = |metric: &str, values: serde_json::Value| json!({"environment": "dev", "tenant": id, "metric": metric, "from": from.unix_timestamp(), "period": 1_800, "values": values});
    measured(values("CpuUtilized", json!([100, 120, null, null, 200.4]))).await;
    measured(values("MemoryUtilized", json!([300, 301]))).await;
    let cpu = cloud.usage(&tenant.subject, Metric::Cpu, from, 3_600, 4).await.expect("read");
    assert_eq!((cpu.from, cpu.period, cpu.points), (from, 3_600, vec![Some(110), None, Some(200), None]));
    let memory = cloud.usage(&tenant.subject, Metric::Memory, from, 1_800, 3).await.expect("read");
    assert_eq!(memory.points, [Some(300), Some(301), None]);
    // 2,000 points are two calls.
    let early = from - time::Duration::minutes(1_500);
    let many = cloud.usage(&tenant.subject, Metric::Cpu, early, 60, 2_000).await.expect("read").points;
    let there: Vec<(usize, u32)> = many.iter().enumerate().filter_map(|(at, point)| Some((at, (*point)?))).collect();
    assert_eq!((many.len(), there), (2_000, vec![(1_500, 100), (1_530, 120), (1_620, 200)]));
    let refused = cloud.usage(&tenant.subject, Metric::Cpu, from, 90, 2).await;
    assert!(matches!(refused, Err(CloudError::Permanent(_))), "{refused:?}");
    let ready = cloud.usage_ready(DEV).await.expect("readable");
    assert!(ready.contains("dev-cluster"), "{ready}");
}
