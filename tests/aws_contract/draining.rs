//! Services that take their time to go (playbook 3.2).

use landlord::cloud::RealCloud;
use landlord_core::kind::Kind;
use landlord_core::ports::{Blueprint, Check, Cloud, CloudError, Tasks, Verdict, Workload};
use serde_json::json;

use crate::promises::{DEV, LOOKS, cloud, tenant};
use crate::services::{ROOM, Services, fault, no_fault};
use crate::until::another_look;

/// A tenant whose task runs.
pub(crate) async fn at_work(cloud: &RealCloud) -> Blueprint {
    let tenant = tenant();
    for kind in Kind::provisioning_order() {
        cloud.ensure(kind, &tenant).await.expect("ensured");
    }
    for _ in 0..LOOKS {
        if let Ok(Verdict::Passed(_)) = cloud.check(Check::ServiceRunning, &tenant).await {
            return tenant;
        }
        another_look().await;
    }
    panic!("the service of {} never runs", tenant.subject.tenancy);
}

async fn removed(cloud: &RealCloud, tenant: &Blueprint) -> (u32, Result<usize, CloudError>) {
    for waited in 0..LOOKS {
        match cloud.remove(Kind::Service, &tenant.subject).await {
            Err(CloudError::Transient(_)) => another_look().await,
            answer => return (waited, answer.map(|removed| removed.len())),
        }
    }
    panic!("the service of {} drains for ever", tenant.subject.tenancy);
}

async fn all_else_goes(cloud: &RealCloud, tenant: &Blueprint) {
    for kind in &Kind::DELETION_ORDER[1..] {
        cloud.remove(*kind, &tenant.subject).await.expect("removed");
    }
}

#[tokio::test]
async fn a_service_that_drains_slowly_is_waited_for() {
    let Some(services) = Services::running() else { return };
    let _alone = ROOM.lock().await;
    let cloud = cloud(&services, |_| {}).await;
    let tenant = at_work(&cloud).await;
    let id = tenant.subject.tenancy.tenant.as_str();
    fault("drain-slow", json!({"tenant": id, "seconds": 2})).await;
    cloud.scale(&tenant.subject, 0).await.expect("scaled");
    assert_eq!(cloud.tasks(&tenant.subject).await, Ok(Some(Tasks { desired: 0, running: 1 })));
    let (waited, gone) = removed(&cloud, &tenant).await;
    assert!(waited > 0, "a service with tasks went at once");
    assert_eq!(gone, Ok(1));
    assert_eq!(cloud.find(Kind::Service, &tenant.subject).await, Ok(vec![]));
    no_fault("drain-slow", id).await;
    all_else_goes(&cloud, &tenant).await;
}

#[tokio::test]
async fn a_service_that_never_drains_goes_by_force_alone() {
    let Some(services) = Services::running() else { return };
    let _alone = ROOM.lock().await;
    let cloud = cloud(&services, |_| {}).await;
    let tenant = at_work(&cloud).await;
    let id = tenant.subject.tenancy.tenant.as_str();
    fault("drain-stuck", json!({"tenant": id})).await;
    for _ in 0..10 {
        let drains = cloud.remove(Kind::Service, &tenant.subject).await;
        assert!(matches!(&drains, Err(CloudError::Transient(why)) if why.contains("still run")), "{drains:?}");
        another_look().await;
    }
    assert_eq!(cloud.force_remove(&tenant.subject).await.map(|removed| removed.len()), Ok(1));
    let (_, left) = removed(&cloud, &tenant).await;
    assert_eq!(left, Ok(0));
    no_fault("drain-stuck", id).await;
    // The service is gone at once; what it ran takes its time to stop.
    let mut tasks = cloud.tasks(&tenant.subject).await;
    for _ in 0..LOOKS {
        if tasks == Ok(None) {
            break;
        }
        another_look().await;
        tasks = cloud.tasks(&tenant.subject).await;
    }
    assert_eq!(tasks, Ok(None));
    all_else_goes(&cloud, &tenant).await;
    assert_eq!(
        cloud.inventory(Kind::Service, DEV, None).await.map(|page| page.names.iter().any(|name| name.contains(id))),
        Ok(false)
    );
}
