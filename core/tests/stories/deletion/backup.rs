//! No backup, no deletion.

use landlord_core::fakes::{BackupFault, Fuse, Verb, World};
use landlord_core::operation::State;
use time::Duration;

use super::{CANCELLATION, Dev, FROM_DEV, Prod, Sit, acme_in, approved, runs, tenancy};

/// The names under which backups were asked for, each once.
fn asked(world: &World) -> Vec<String> {
    let calls = world.cloud.journal().into_iter().filter(|call| call.verb == Verb::BackUp);
    let mut done: Vec<String> =
        calls.filter_map(|call| call.outcome.ok()?.strip_prefix("done: ").map(ToOwned::to_owned)).collect();
    done.dedup();
    done
}

/// Whether anything was changed at all, but for backups.
fn touched(world: &World) -> bool {
    let changes = [Verb::Remove, Verb::Scale, Verb::ForceRemove, Verb::RetainLogs];
    world.cloud.journal().iter().any(|call| changes.contains(&call.verb))
}

#[tokio::test]
async fn a_backup_that_comes_to_nothing_holds_and_retry_makes_a_new_one() {
    for (fault, words) in [
        (BackupFault::Fails, "exit code 1"),
        (BackupFault::Empty, "is empty"),
        (BackupFault::NoObject, "is not there"),
        (BackupFault::Hangs, "given up after 1800 s: its task is RUNNING"),
    ] {
        let world = acme_in(&[Dev]).await;
        let before = world.standing(&[]).await;
        world.cloud.spoil_backups(&tenancy("acme", Dev), Some(fault));
        let request = runs(&world, FROM_DEV).await;
        request.becomes(State::Holding).await;
        request.card().shows(words).shows("No backup, no deletion: nothing was removed.");
        assert_eq!(request.card().buttons(), ["Retry", "Leave"], "{fault:?}");
        assert_eq!(world.standing(&[]).await, before, "{fault:?}");
        assert!(!touched(&world) && world.cloud.backups().is_empty());

        world.cloud.spoil_backups(&tenancy("acme", Dev), None);
        world.member("operator").presses(&request, "Retry").await;
        request.becomes(State::Succeeded).await;
        let made = format!("s3://dev-tenant-backups/acme/{}-0-dev-1", request.id());
        assert_eq!(asked(&world), std::slice::from_ref(&made), "a new task, not the spoilt one");
        assert!(request.thread().replace('\\', "").contains(&made), "{}", request.thread());
    }
}

#[tokio::test]
async fn every_environment_is_backed_up_before_anything_goes_anywhere() {
    let world = acme_in(&[Dev, Sit, Prod]).await;
    let before = world.standing(&[]).await;
    world.cloud.spoil_backups(&tenancy("acme", Dev), Some(BackupFault::Fails));
    let request = runs(&world, CANCELLATION).await;
    request.becomes(State::Holding).await;
    request.card().shows("back up (dev/acme)");
    assert_eq!(world.cloud.backups().len(), 2, "of PROD and SIT, which come first");
    assert!(!touched(&world));
    assert_eq!(world.standing(&[]).await, before);
    world.cloud.spoil_backups(&tenancy("acme", Dev), None);
    world.member("operator").presses(&request, "Retry").await;
    request.becomes(State::Succeeded).await;
    assert_eq!(asked(&world).len(), 3, "those that were made are not made again: {:?}", asked(&world));
}

#[tokio::test]
async fn a_crash_in_the_middle_of_a_backup_does_not_start_a_second() {
    let mut in_the_middle = 0;
    for points in 0.. {
        let world = acme_in(&[Dev]).await;
        let request = approved(&world, FROM_DEV).await;
        let fuse = Fuse::after(points);
        world.restarts_with(fuse.clone()).await;
        world.passes(Duration::DAY).await;
        if !fuse.is_blown() || touched(&world) {
            break;
        }
        in_the_middle += usize::from(world.cloud.journal().iter().any(|call| call.verb == Verb::BackUp));
        world.restarts().await;
        world.passes(Duration::DAY).await;
        request.becomes(State::Succeeded).await;
        assert_eq!(world.cloud.backups(), [format!("s3://dev-tenant-backups/acme/{}-0-dev-0", request.id())]);
    }
    assert!(in_the_middle > 4, "only {in_the_middle} crashes while a backup was under way");
}

#[tokio::test]
async fn where_none_is_asked_for_none_is_made() {
    let world = acme_in(&[Sit, Prod]).await;
    let request = runs(&world, super::FROM_SIT).await;
    request.becomes(State::Succeeded).await;
    assert!(world.cloud.backups().is_empty());
    assert!(world.cloud.journal().iter().all(|call| call.verb != Verb::BackUp));
}
