//! The simulated services at work: the levers by which stories let them stick, and backups go wrong.

use landlord_core::fakes::{BackupFault, SimulatedCloud};
use landlord_core::kind::Kind;
use landlord_core::ports::{Backup, Cloud, CloudError, Tasks, Workload};

use crate::worlds::{build, run, tenant};

#[tokio::test]
async fn tasks_that_are_held_go_by_force_alone() {
    let cloud = SimulatedCloud::default();
    let acme = tenant("acme");
    build(&cloud, &acme).await;
    run(&cloud, &acme).await;
    cloud.hold_tasks(&acme.subject.tenancy, true);
    cloud.scale(&acme.subject, 0).await.unwrap();
    for _ in 0..10 {
        assert_eq!(cloud.tasks(&acme.subject).await, Ok(Some(Tasks { desired: 0, running: 1 })));
        let removed = cloud.remove(Kind::Service, &acme.subject).await;
        assert!(matches!(removed, Err(CloudError::Transient(_))), "{removed:?}");
    }
    assert_eq!(cloud.force_remove(&acme.subject).await.map(|gone| gone.len()), Ok(1));
    assert_eq!(cloud.tasks(&acme.subject).await, Ok(None));
}

#[tokio::test]
async fn scaling_takes_a_few_looks_either_way() {
    let cloud = SimulatedCloud::default();
    let acme = tenant("acme");
    build(&cloud, &acme).await;
    run(&cloud, &acme).await;
    let running = async || cloud.tasks(&acme.subject).await.unwrap().unwrap().running;
    cloud.scale(&acme.subject, 0).await.unwrap();
    assert_eq!([running().await, running().await, running().await], [1, 1, 0]);
    cloud.scale(&acme.subject, 2).await.unwrap();
    assert_eq!(running().await, 0);
    run(&cloud, &acme).await;
    assert_eq!(cloud.tasks(&acme.subject).await, Ok(Some(Tasks { desired: 2, running: 2 })));
}

#[tokio::test]
async fn a_back_up_that_hangs_runs_for_ever_and_leaves_nothing() {
    let cloud = SimulatedCloud::default();
    let acme = tenant("acme");
    cloud.spoil_backups(&acme.subject.tenancy, Some(BackupFault::Hangs));
    for _ in 0..100 {
        let answer = cloud.back_up(&acme.subject, "run-1").await;
        assert!(matches!(answer, Ok(Backup::Running(_))), "{answer:?}");
    }
    assert_eq!(cloud.backups(), [""; 0]);
}

#[tokio::test]
async fn each_tenants_back_up_leaves_an_object_of_its_own() {
    let cloud = SimulatedCloud::default();
    for id in ["acme", "acme-2"] {
        while matches!(cloud.back_up(&tenant(id).subject, "run-1").await, Ok(Backup::Running(_))) {}
    }
    assert_eq!(cloud.backups(), ["s3://dev-tenant-backups/acme/run-1", "s3://dev-tenant-backups/acme-2/run-1"]);
}

#[tokio::test]
async fn two_hundred_and_fifty_access_points_go() {
    let cloud = SimulatedCloud::default();
    let acme = tenant("acme");
    for _ in 0..250 {
        cloud.plant(Kind::AccessPoint, &acme).unwrap();
    }
    assert_eq!(cloud.remove(Kind::AccessPoint, &acme.subject).await.map(|gone| gone.len()), Ok(250));
    assert_eq!(cloud.find(Kind::AccessPoint, &acme.subject).await, Ok(vec![]));
}
