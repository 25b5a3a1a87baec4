//! Whether a tenant's service runs. Why it does not is told in `symptoms`.

use aws_sdk_ecs::types::{DeploymentRolloutState, Service};
use landlord_core::kind::Kind;
use landlord_core::ports::{CloudError, Verdict};
use landlord_core::tenant::Tenancy;

use super::accounts::Account;
use super::service::look;

/// Whether as many tasks run as are desired, at least one, of one deployment: what `aws ecs wait services-stable` waits for.
pub(crate) async fn running(account: &Account, tenancy: &Tenancy) -> Result<Verdict, CloudError> {
    let name = tenancy.name(Kind::Service);
    Ok(match look(account, tenancy).await? {
        None => Verdict::NotYet(format!("the service {name} is not there")),
        Some(service) => verdict(&service),
    })
}

fn verdict(service: &Service) -> Verdict {
    let (running, desired) = (service.running_count(), service.desired_count());
    let said = format!("{running} of {desired} tasks running");
    if service.status() != Some("ACTIVE") {
        return Verdict::NotYet("the service is being deleted".to_owned());
    }
    if desired < 1 {
        return Verdict::NotYet("the service is scaled to zero".to_owned());
    }
    if running != desired {
        return Verdict::NotYet(said);
    }
    match service.deployments() {
        [one] if one.rollout_state() == Some(&DeploymentRolloutState::Failed) => {
            Verdict::NotYet(format!("{said}, but the deployment failed"))
        }
        [_, _, ..] => Verdict::NotYet(format!("{said}, an older deployment still drains")),
        _ => Verdict::Passed(said),
    }
}

#[cfg(test)]
mod tests {
    use aws_sdk_ecs::types::{Deployment, DeploymentRolloutState, Service};
    use landlord_core::ports::Verdict;

    use super::verdict;

    fn service(running: i32, desired: i32, deployments: &[DeploymentRolloutState]) -> Service {
        let mut service = Service::builder().status("ACTIVE").running_count(running).desired_count(desired);
        for state in deployments {
            service = service.deployments(Deployment::builder().rollout_state(state.clone()).build());
        }
        service.build()
    }

    #[test]
    fn only_a_settled_service_with_a_task_runs() {
        use DeploymentRolloutState::{Completed, Failed, InProgress};
        for settled in [Completed, InProgress] {
            assert_eq!(verdict(&service(2, 2, &[settled])), Verdict::Passed("2 of 2 tasks running".to_owned()));
        }
        for (unsettled, said) in [
            (service(0, 0, &[Completed]), "the service is scaled to zero"),
            (service(1, 2, &[Completed]), "1 of 2 tasks running"),
            (service(1, 1, &[Failed]), "1 of 1 tasks running, but the deployment failed"),
            (service(1, 1, &[Completed, Completed]), "1 of 1 tasks running, an older deployment still drains"),
        ] {
            assert_eq!(verdict(&unsettled), Verdict::NotYet(said.to_owned()));
        }
    }
}
