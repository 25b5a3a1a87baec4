//! Why does it not work? Every cause of the table is made to happen, and asked for by a person.

mod answers;
mod causes;
mod holds;
mod session;

use landlord_core::fakes::{Shown, World};
use landlord_core::kind::Kind;
use landlord_core::operation::State;
use landlord_core::ports::{Blueprint, Check, Cloud as _, Subject, Verdict};
use landlord_core::size::Size;
use landlord_core::tenant::{Environment, Tenancy};

use crate::{DEV, cloud_outages};

/// The tenant that [`DEV`] asks for.
pub(crate) fn subject(environment: Environment) -> Subject {
    let tenancy = Tenancy::new("goldencrust".parse().unwrap(), environment);
    Subject { tenancy, subdomain: "golden".parse().unwrap() }
}

pub(crate) fn blueprint(environment: Environment) -> Blueprint {
    let load_balancer = format!("{environment}-alb");
    Blueprint { subject: subject(environment), size: Size::DEFAULT, load_balancer }
}

/// The tenant stands in DEV.
pub(crate) async fn stands(world: &World) {
    world.member("operator").types(DEV).await.is(State::Succeeded);
}

/// The tenant was left half-way in DEV, without a service.
pub(crate) async fn is_left_half_way(world: &World) {
    world.cloud.fail(cloud_outages::denied(Kind::Service));
    let request = world.member("operator").types(DEV).await;
    world.member("operator").presses(&request, "Leave").await;
    request.is(State::Abandoned);
}

/// Somebody who may do everything asks why the tenant does not work.
pub(crate) async fn asks(world: &World, environment: Environment) -> Shown {
    let asked = everybody(world).types(&line("diagnose", environment)).await;
    asked.answer().clone()
}

pub(crate) fn everybody(world: &World) -> landlord_core::fakes::Actor<'_> {
    let everybody = world.member("on-call");
    everybody.holds(&landlord_core::role::Role::ALL);
    everybody
}

pub(crate) fn line(command: &str, environment: Environment) -> String {
    format!("/tenant {command} tenant:goldencrust environment:{environment}")
}

/// The tenant's task is looked at until it runs.
pub(crate) async fn comes_up(world: &World, environment: Environment) {
    for _ in 0..10 {
        let seen = world.cloud.check(Check::ServiceRunning, &blueprint(environment)).await.unwrap();
        if matches!(seen, Verdict::Passed(_)) {
            return;
        }
    }
    panic!("its task does not start");
}
