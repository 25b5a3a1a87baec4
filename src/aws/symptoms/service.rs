//! The service itself, what its events say, and what its tasks are to run.

use aws_sdk_ecs::types::{DeploymentRolloutState, Service};
use landlord_core::kind::Kind;
use landlord_core::ports::{CloudError, Owner, Place, Sign, Symptom};
use landlord_core::tenant::Tenancy;

use super::super::accounts::Account;
use super::super::{arn, service as own, tags, task_definition};
use super::plain;

/// How many events are told.
const EVENTS: usize = 5;

/// The state of the service, its counts and its deployments.
pub(crate) async fn service(account: &Account, tenancy: &Tenancy) -> Result<Vec<Symptom>, CloudError> {
    Ok(match own::look(account, tenancy).await? {
        None => {
            let said = format!("the service {} is not there", tenancy.name(Kind::Service));
            vec![Symptom::new(Place::Service, Sign::Missing, said)]
        }
        Some(service) => match own::found(tenancy, &service).owner {
            Owner::Foreign(why) => vec![Symptom::new(Place::Service, Sign::Foreign, plain(&why))],
            Owner::Own => state(&service),
        },
    })
}

fn state(service: &Service) -> Vec<Symptom> {
    let (running, desired) = (service.running_count(), service.desired_count());
    let counts = format!("{running} of {desired} tasks run");
    let seen = |sign, said: String| Symptom::new(Place::Service, sign, said);
    match service.status() {
        Some("ACTIVE") => {}
        status => return vec![seen(Sign::Going, format!("{counts}: Service is in {} state", status.unwrap_or("no")))],
    }
    if desired < 1 {
        return vec![seen(Sign::ScaledToZero, "it wants no task".to_owned())];
    }
    let failed =
        service.deployments().iter().filter(|one| one.rollout_state() == Some(&DeploymentRolloutState::Failed));
    let mut all: Vec<Symptom> = failed
        .map(|one| {
            let revision = one.task_definition().and_then(arn::revision);
            let revision = revision.map(|(family, number)| format!("{family}:{number}: ")).unwrap_or_default();
            let why = one.rollout_state_reason().unwrap_or("the deployment failed");
            seen(Sign::Failed, plain(&format!("{revision}{why}")))
        })
        .collect();
    if running < desired || service.deployments().len() > 1 {
        all.push(seen(Sign::Starting, counts));
    } else if all.is_empty() {
        all.push(seen(Sign::Sound, counts));
    }
    all
}

/// The service's latest events; they mean nothing by themselves.
pub(crate) async fn events(account: &Account, tenancy: &Tenancy) -> Result<Vec<Symptom>, CloudError> {
    let service = own::look(account, tenancy).await?;
    let service = service.filter(|service| own::found(tenancy, service).owner == Owner::Own);
    let latest = service.iter().flat_map(Service::events).filter_map(|event| event.message()).take(EVENTS);
    let mut seen: Vec<Symptom> =
        latest.map(|message| Symptom::new(Place::Events, Sign::Noted, plain(message))).collect();
    if seen.is_empty() {
        seen.push(Symptom::new(Place::Events, Sign::Sound, "there are none"));
    }
    Ok(seen)
}

/// The revision that the service wants, else the newest, and its image. Whether the image is in its registry is not asked.
pub(crate) async fn image(account: &Account, tenancy: &Tenancy) -> Result<Vec<Symptom>, CloudError> {
    let family = tenancy.name(Kind::TaskDefinition);
    let seen = |sign, said: String| Symptom::new(Place::Image, sign, said);
    let wanted = own::look(account, tenancy).await?.and_then(|service| service.task_definition);
    let own_family = wanted.filter(|wanted| arn::revision(wanted).is_some_and(|(name, _)| name == family));
    let id = own_family.as_deref().unwrap_or(&family);
    let Some((definition, tags)) = task_definition::describe(account, id).await? else {
        let name = arn::revision(id).map_or_else(|| id.to_owned(), |(family, number)| format!("{family}:{number}"));
        return Ok(vec![seen(Sign::Missing, format!("the task definition {name} is not active"))]);
    };
    let pairs = tags.iter().map(|tag| (tag.key().unwrap_or_default(), tag.value().unwrap_or_default()));
    if let Owner::Foreign(why) = tags::owner(tenancy, pairs) {
        return Ok(vec![seen(Sign::Foreign, plain(&why))]);
    }
    let images = definition.container_definitions().iter().filter_map(|container| container.image());
    let images: Vec<&str> = images.collect();
    Ok(vec![
        seen(Sign::Sound, plain(&format!("{family}:{} runs {}", definition.revision(), images.join(", ")))),
        seen(Sign::Unseen, "whether the registry has the image: only a task that stopped tells".to_owned()),
    ])
}

#[cfg(test)]
mod tests {
    use aws_sdk_ecs::types::{Deployment, DeploymentRolloutState, Service};
    use landlord_core::ports::Sign;

    use super::state;

    fn signs(status: &str, running: i32, desired: i32, rollouts: &[DeploymentRolloutState]) -> Vec<Sign> {
        let mut service = Service::builder().status(status).running_count(running).desired_count(desired);
        for rollout in rollouts {
            let one = Deployment::builder().rollout_state(rollout.clone()).rollout_state_reason("why");
            service = service.deployments(one.build());
        }
        state(&service.build()).into_iter().map(|symptom| symptom.sign).collect()
    }

    #[test]
    fn a_service_shows_how_it_is() {
        use DeploymentRolloutState::{Completed, Failed, InProgress};
        assert_eq!(signs("ACTIVE", 1, 1, &[Completed]), [Sign::Sound]);
        assert_eq!(signs("ACTIVE", 0, 0, &[Completed]), [Sign::ScaledToZero]);
        assert_eq!(signs("ACTIVE", 0, 1, &[InProgress]), [Sign::Starting]);
        assert_eq!(signs("ACTIVE", 1, 1, &[InProgress, Completed]), [Sign::Starting]);
        assert_eq!(signs("ACTIVE", 1, 1, &[Failed]), [Sign::Failed]);
        assert_eq!(signs("ACTIVE", 0, 1, &[Failed]), [Sign::Failed, Sign::Starting]);
        assert_eq!(signs("DRAINING", 1, 0, &[]), [Sign::Going]);
    }
}
