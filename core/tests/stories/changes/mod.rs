//! A tenant's service is made to run otherwise: another size, more tasks, an earlier revision (playbook 2.4, 4.2).

mod menu;
mod refusals;
mod rollback;
mod scale;
mod turning_back;
mod usage;

use landlord_core::fakes::{Request, World};
use landlord_core::ports::{Revisions as _, Rollout, Subject};
use landlord_core::size::Size;
use landlord_core::tenant::Environment;

use crate::deletion::{acme_in, client};

/// Twice the size, and two tasks.
pub(crate) const SCALE: &str = "/tenant scale tenant:acme environment:dev cpu:512 memory:2048 count:2";

/// Back to the first revision.
pub(crate) const BACK: &str =
    "/tenant rollback tenant:acme environment:dev revision:1 reason:the update broke the login";

/// `acme` in an environment, as the cloud knows it.
pub(crate) fn acme(world: &World, environment: Environment) -> Subject {
    world.subject(&client("acme"), environment)
}

/// Another hand deploys a revision of another image, and it comes up. Answers its number.
pub(crate) async fn ships(world: &World, environment: Environment, image: &str) -> u32 {
    let subject = acme(world, environment);
    let number = world.cloud.register(&subject, image, Some(Size::DEFAULT));
    world.cloud.deploy(&subject, number, 1).await.unwrap();
    while !matches!(world.cloud.rollout(&subject, None).await.unwrap(), Rollout::Stable(_)) {}
    number
}

/// A world in which an update of `acme` runs in DEV, by another hand: revision 2.
pub(crate) async fn updated() -> World {
    let world = acme_in(&[Environment::Dev]).await;
    ships(&world, Environment::Dev, "wordpress:6.9").await;
    world
}

/// On call, somebody rolls back.
pub(crate) async fn rolls_back<'w>(world: &'w World, line: &str) -> Request<'w> {
    world.member("on-call").types(line).await
}

/// The revisions that stand: number, whether it runs.
pub(crate) async fn revisions(world: &World, environment: Environment) -> Vec<(u32, bool)> {
    let all = world.cloud.revisions(&acme(world, environment)).await.unwrap();
    all.into_iter().map(|revision| (revision.number, revision.runs)).collect()
}
