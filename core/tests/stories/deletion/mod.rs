//! A tenant is deleted, and nothing else is (playbook 1.2, 2.2, 3.2, 5.3, 5.4, 6.2).

mod approval;
mod backup;
mod bulk;
mod bulk_list;
mod cards;
mod certificate;
mod checklists;
mod clock;
mod everywhere;
mod neighbours;
mod no_address;
mod notice;
mod refusals;
mod registry;
mod removal;
mod stopping;
mod surprises;
mod typing;

use landlord_core::contract::store::samples;
use landlord_core::fakes::{Request, World};
use landlord_core::operation::State;
use landlord_core::plan::{Details, Engagement};
use landlord_core::ports::Blueprint;
use landlord_core::tenant::{Environment, Tenancy, TenantId};
use time::Duration;

pub(crate) use Environment::{Dev, Prod, Sit};

/// A client's deletion from DEV.
pub(crate) const FROM_DEV: &str = "/tenant delete tenant:acme environment:dev reason:other backup:yes logs:keep";

/// A client's deletion from SIT.
pub(crate) const FROM_SIT: &str = "/tenant delete tenant:acme environment:sit reason:other backup:no logs:delete";

/// A client's deletion from PROD.
pub(crate) const FROM_PROD: &str = "/tenant delete tenant:acme environment:prod reason:other backup:yes logs:keep";

/// A deletion from everywhere, after a cancellation.
pub(crate) const CANCELLATION: &str =
    "/tenant delete tenant:acme environment:all reason:cancellation backup:yes logs:delete";

/// A client of this id, which is its host label too.
pub(crate) fn client(id: &str) -> Details {
    Details { email: format!("owner@{id}.example").parse().ok(), ..samples::details(id) }
}

/// A proof of concept of this id.
pub(crate) fn poc(id: &str) -> Details {
    Details { engagement: Engagement::Poc, ..client(id) }
}

/// A world in which the client `acme` stands.
pub(crate) async fn acme_in(environments: &[Environment]) -> World {
    let world = World::start();
    world.stands(&client("acme"), environments).await;
    world
}

pub(crate) fn id(tenant: &str) -> TenantId {
    tenant.parse().unwrap()
}

pub(crate) fn tenancy(tenant: &str, environment: Environment) -> Tenancy {
    Tenancy::new(id(tenant), environment)
}

/// What `acme` is to look like.
pub(crate) fn blueprint(world: &World, environment: Environment) -> Blueprint {
    let details = client("acme");
    let load_balancer = world.settings.place(environment).load_balancers[0].clone();
    Blueprint { subject: world.subject(&details, environment), size: details.size, load_balancer }
}

/// An operator asks, and types the name of the tenant where that is asked for.
pub(crate) async fn asks<'w>(world: &'w World, line: &str) -> Request<'w> {
    let request = world.member("operator").types(line).await;
    if request.answer().is_form() {
        world.member("operator").submits(request.answer(), &[("name", "acme")]).await
    } else {
        request
    }
}

/// The same, and all who must approve do.
pub(crate) async fn approved<'w>(world: &'w World, line: &str) -> Request<'w> {
    let request = asks(world, line).await;
    for role in request.operation().plan.policy.approve.clone() {
        world.member(role.as_str()).reacts(&request, "✅").await;
    }
    request
}

/// The same, and the notice passes.
pub(crate) async fn runs<'w>(world: &'w World, line: &str) -> Request<'w> {
    let request = approved(world, line).await;
    world.passes(Duration::seconds(request.operation().notice().unwrap_or(0).cast_signed())).await;
    request
}

/// A text without what differs from run to run.
pub(crate) fn steady(request: &Request<'_>, text: &str) -> String {
    let operation = request.operation();
    text.replace(&operation.id.0, "OPERATION").replace(&operation.digest[..12], "DIGEST")
}

#[tokio::test]
async fn in_dev_it_goes_when_the_notice_is_over() {
    let world = acme_in(&[Dev]).await;
    let before = world.standing(&[]).await;
    let request = asks(&world, FROM_DEV).await;
    request.is(State::Waiting);
    insta::assert_snapshot!("notice_in_dev", steady(&request, &request.card().text()));
    world.passes(Duration::hours(24) - Duration::SECOND).await;
    request.is(State::Waiting);
    assert_eq!(world.standing(&[]).await, before, "nothing is touched during the notice");
    world.passes(Duration::SECOND).await;
    request.becomes(State::Succeeded).await;
    let seen = format!("{}\n\n{}", request.card().text(), request.thread());
    insta::assert_snapshot!("gone_from_dev", steady(&request, &seen));
    assert_eq!(world.standing(&[]).await, "dev log group /ecs/dev-acme", "the logs are kept");
}

#[tokio::test]
async fn everywhere_takes_a_typed_name_two_leads_and_seven_days() {
    let world = acme_in(&Environment::ALL).await;
    let request = asks(&world, CANCELLATION).await;
    request.is(State::AwaitingApproval);
    insta::assert_snapshot!("asked_for_everywhere", steady(&request, &request.card().text()));
    world.member("team-lead").reacts(&request, "✅").await;
    request.is(State::AwaitingApproval);
    world.member("devops-lead").reacts(&request, "✅").await;
    request.is(State::Waiting);
    world.passes(Duration::days(7) - Duration::SECOND).await;
    request.is(State::Waiting);
    world.passes(Duration::SECOND).await;
    request.becomes(State::Succeeded).await;
    let seen = format!("{}\n\n{}", request.card().text(), request.thread());
    insta::assert_snapshot!("gone_from_everywhere", steady(&request, &seen));
    assert_eq!(world.standing(&[]).await, "");
}
