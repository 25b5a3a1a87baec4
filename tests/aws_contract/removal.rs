//! Removal that only AWS and MySQL can show: more than a page, more than one listener, patterns, and the bot's own tasks.

use aws_sdk_ecs::types::{Compatibility, ContainerDefinition, NetworkMode};
use aws_sdk_elasticloadbalancingv2::types as elb;
use futures::{StreamExt, stream};
use landlord_core::kind::Kind;
use landlord_core::ports::{Cloud, CloudError, Owner};
use sqlx::{Connection, MySqlConnection};

use crate::promises::{DEV, cloud, tenant};
use crate::services::{ROOM, Services};
use crate::strangers::Strangers;

/// More than two pages of a hundred.
const MANY: usize = 250;

#[tokio::test]
async fn two_hundred_and_fifty_access_points_go_and_the_neighbours_stays() {
    let Some(services) = Services::running() else { return };
    let cloud = cloud(&services, |_| {}).await;
    let stranger = Strangers::of(DEV, services.config(DEV)).await;
    let tenant = tenant();
    let own = tenant.subject.tenancy.name(Kind::AccessPoint);
    let id = &tenant.subject.tenancy.tenant;
    let neighbours = [format!("dev-{id}-2-ap"), format!("dev-x-{id}-ap")];
    let names = std::iter::repeat_n(&own, MANY).chain(&neighbours);
    stream::iter(names).for_each_concurrent(8, |name| stranger.plain_access_point(name)).await;

    assert_eq!(cloud.find(Kind::AccessPoint, &tenant.subject).await.map(|found| found.len()), Ok(MANY));
    assert_eq!(cloud.remove(Kind::AccessPoint, &tenant.subject).await.map(|removed| removed.len()), Ok(MANY));
    assert_eq!(cloud.find(Kind::AccessPoint, &tenant.subject).await, Ok(vec![]));
    let mut left = Vec::new();
    let mut page = None;
    loop {
        let listed = cloud.inventory(Kind::AccessPoint, DEV, page.as_deref()).await.expect("a page");
        left.extend(listed.names.into_iter().filter(|name| name.contains(id.as_str())));
        page = listed.next;
        if page.is_none() {
            break;
        }
    }
    left.sort();
    assert_eq!(left, neighbours);
    for name in &neighbours {
        stranger.clear_access_points(name).await;
    }
}

#[tokio::test]
async fn every_revision_goes_and_no_neighbours() {
    let Some(services) = Services::running() else { return };
    let cloud = cloud(&services, |_| {}).await;
    let stranger = Strangers::of(DEV, services.config(DEV)).await;
    let tenant = tenant();
    let family = tenant.subject.tenancy.name(Kind::TaskDefinition);
    let neighbour = format!("{family}-2");
    let families = std::iter::repeat_n(&family, 110).chain([&neighbour]);
    let register = |family: &String| {
        let container = ContainerDefinition::builder().name("wordpress").image("wordpress:6.4").build();
        let call = stranger.ecs.register_task_definition().family(family).network_mode(NetworkMode::Awsvpc);
        call.requires_compatibilities(Compatibility::Fargate)
            .cpu("256")
            .memory("512")
            .container_definitions(container)
            .send()
    };
    stream::iter(families).for_each_concurrent(8, |name| async { drop(register(name).await.expect("revision")) }).await;

    assert_eq!(cloud.find(Kind::TaskDefinition, &tenant.subject).await.map(|found| found.len()), Ok(110));
    assert_eq!(cloud.remove(Kind::TaskDefinition, &tenant.subject).await.map(|removed| removed.len()), Ok(110));
    assert_eq!(cloud.find(Kind::TaskDefinition, &tenant.subject).await, Ok(vec![]));
    let left = stranger.ecs.list_task_definitions().family_prefix(&neighbour).send().await.expect("revisions");
    assert_eq!(left.task_definition_arns().len(), 1);
    let arn = &left.task_definition_arns()[0];
    stranger.ecs.deregister_task_definition().task_definition(arn).send().await.expect("revision gone");
}

#[tokio::test]
async fn rules_on_every_listener_are_found_and_go() {
    let Some(services) = Services::running() else { return };
    let _alone = ROOM.lock().await;
    let stranger = Strangers::of(DEV, services.config(DEV)).await;
    let nobody = elb::FixedResponseActionConfig::builder().status_code("404").build();
    let nobody = elb::Action::builder().r#type(elb::ActionTypeEnum::FixedResponse).fixed_response_config(nobody);
    let plain = stranger
        .elb
        .create_listener()
        .load_balancer_arn(stranger.load_balancer().await.load_balancer_arn.unwrap())
        .port(8_080)
        .protocol(elb::ProtocolEnum::Http)
        .default_actions(nobody.build())
        .send()
        .await
        .expect("listener");
    let listener = plain.listeners()[0].listener_arn().unwrap().to_owned();
    let cloud = cloud(&services, |_| {}).await;
    let tenant = tenant();
    for kind in [Kind::TargetGroup, Kind::ListenerRule] {
        cloud.ensure(kind, &tenant).await.expect("ensured");
    }
    let group = tenant.subject.tenancy.name(Kind::TargetGroup);
    stranger.rule_on(&listener, "by-hand.example", std::slice::from_ref(&group), None).await;
    let found = cloud.find(Kind::ListenerRule, &tenant.subject).await;
    let removed = cloud.remove(Kind::ListenerRule, &tenant.subject).await;
    let left = cloud.remove(Kind::TargetGroup, &tenant.subject).await;
    stranger.elb.delete_listener().listener_arn(listener).send().await.expect("listener gone");
    assert_eq!((found.as_ref().map(Vec::len), left.map(|removed| removed.len())), (Ok(2), Ok(1)));
    assert_eq!(removed, found);
}

#[tokio::test]
async fn a_default_that_leads_to_the_target_group_holds_its_removal() {
    let Some(services) = Services::running() else { return };
    let _alone = ROOM.lock().await;
    let stranger = Strangers::of(DEV, services.config(DEV)).await;
    let cloud = cloud(&services, |_| {}).await;
    let tenant = tenant();
    cloud.ensure(Kind::TargetGroup, &tenant).await.expect("ensured");
    let group = cloud.find(Kind::TargetGroup, &tenant.subject).await.expect("found").remove(0).id;
    let forward = elb::Action::builder().r#type(elb::ActionTypeEnum::Forward).target_group_arn(group).build();
    let plain = stranger
        .elb
        .create_listener()
        .load_balancer_arn(stranger.load_balancer().await.load_balancer_arn.unwrap())
        .port(8_081)
        .protocol(elb::ProtocolEnum::Http)
        .default_actions(forward)
        .send()
        .await
        .expect("listener");
    let anew = self::cloud(&services, |_| {}).await;
    let refused = anew.remove(Kind::TargetGroup, &tenant.subject).await;
    let listener = plain.listeners()[0].listener_arn().unwrap();
    stranger.elb.delete_listener().listener_arn(listener).send().await.expect("listener gone");
    assert!(matches!(&refused, Err(CloudError::Foreign { why, .. }) if why.contains("default")), "{refused:?}");
    assert_eq!(cloud.remove(Kind::TargetGroup, &tenant.subject).await.map(|removed| removed.len()), Ok(1));
}

#[tokio::test]
async fn an_underscore_stands_for_itself_when_databases_and_users_go() {
    let Some(services) = Services::running() else { return };
    let cloud = cloud(&services, |_| {}).await;
    let stranger = Strangers::of(DEV, services.config(DEV)).await;
    let tenant = tenant();
    for kind in [Kind::Secret, Kind::Database, Kind::DatabaseUser] {
        cloud.ensure(kind, &tenant).await.expect("ensured");
    }
    let similar = |kind| tenant.subject.tenancy.name(kind).replace('_', "x");
    let (database, user) = (similar(Kind::Database), similar(Kind::DatabaseUser));
    stranger.sql(&format!("CREATE DATABASE `{database}`")).await;
    stranger.sql(&format!("CREATE USER '{user}'@'%' IDENTIFIED BY 'x'")).await;
    stranger.sql(&format!("GRANT ALL ON `{database}`.* TO '{user}'@'%'")).await;
    for kind in [Kind::DatabaseUser, Kind::Database, Kind::Secret] {
        assert_eq!(cloud.remove(kind, &tenant.subject).await.map(|removed| removed.len()), Ok(1), "{kind}");
    }
    let mut connection = MySqlConnection::connect(&Services::mysql(DEV)).await.expect("MySQL");
    let grants: Vec<String> = sqlx::query_scalar("SELECT CONVERT(Db USING utf8mb4) FROM mysql.db WHERE User = ?")
        .bind(&user)
        .fetch_all(&mut connection)
        .await
        .expect("grants");
    assert_eq!(grants, [database.as_str()]);
    stranger.sql(&format!("DROP USER '{user}'@'%'")).await;
    stranger.sql(&format!("DROP DATABASE `{database}`")).await;
}

#[tokio::test]
async fn the_environments_own_tasks_are_no_tenants() {
    let Some(services) = Services::running() else { return };
    let cloud = cloud(&services, |_| {}).await;
    let mut tenant = tenant();
    // What a tenant of this name would have is what the configuration names.
    tenant.subject.tenancy.tenant = "tenant-backup".parse().expect("valid");
    let found = cloud.find(Kind::TaskDefinition, &tenant.subject).await.expect("found");
    assert!(found.iter().all(|one| matches!(one.owner, Owner::Foreign(_))) && !found.is_empty(), "{found:?}");
    let refused = cloud.remove(Kind::TaskDefinition, &tenant.subject).await;
    assert!(matches!(refused, Err(CloudError::Foreign { .. })), "{refused:?}");
    assert_eq!(cloud.find(Kind::TaskDefinition, &tenant.subject).await, Ok(found));
}
