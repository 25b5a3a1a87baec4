//! The health of the targets, with Elastic Load Balancing's reason codes.

use aws_sdk_elasticloadbalancingv2::types::{TargetHealth, TargetHealthReasonEnum, TargetHealthStateEnum};
use landlord_core::kind::Kind;
use landlord_core::ports::{CloudError, Place, Sign, Symptom};
use landlord_core::tenant::Tenancy;

use super::super::accounts::Account;
use super::super::target_group::{self, Target};
use super::{MOST, plain, standing};

/// Each target with its state, its reason code and its description.
pub(crate) async fn targets(account: &Account, tenancy: &Tenancy) -> Result<Vec<Symptom>, CloudError> {
    let name = tenancy.name(Kind::TargetGroup);
    let found = target_group::find(account, tenancy).await?;
    let there = standing(Place::Targets, &name, &found);
    if there.iter().any(|symptom| symptom.sign != Sign::Sound) {
        return Ok(there);
    }
    let Some(targets) = target_group::targets(account, &name).await? else {
        return Ok(standing(Place::Targets, &name, &[]));
    };
    if targets.is_empty() {
        return Ok(vec![Symptom::new(
            Place::Targets,
            Sign::Unregistered,
            format!("no task is registered with {name}"),
        )]);
    }
    Ok(targets.iter().map(seen).take(MOST).collect())
}

fn seen(target: &Target) -> Symptom {
    Symptom::new(Place::Targets, sign(&target.health), plain(&target.words()))
}

fn sign(health: &TargetHealth) -> Sign {
    use TargetHealthReasonEnum as Reason;
    match (health.state(), health.reason()) {
        (Some(TargetHealthStateEnum::Healthy), _) => Sign::Sound,
        (_, Some(Reason::ResponseCodeMismatch)) => Sign::Mismatch,
        (_, Some(Reason::Timeout)) => Sign::Timeout,
        (_, Some(Reason::FailedHealthChecks)) => Sign::Refused,
        (_, Some(Reason::NotRegistered)) => Sign::Unregistered,
        (_, Some(Reason::NotInUse)) => Sign::Unused,
        (_, Some(Reason::RegistrationInProgress | Reason::InitialHealthChecking))
        | (Some(TargetHealthStateEnum::Initial), _) => Sign::Starting,
        (_, Some(Reason::DeregistrationInProgress)) | (Some(TargetHealthStateEnum::Draining), _) => Sign::Going,
        _ => Sign::Unhealthy,
    }
}

#[cfg(test)]
mod tests {
    use aws_sdk_elasticloadbalancingv2::types::{TargetHealth, TargetHealthReasonEnum, TargetHealthStateEnum};
    use landlord_core::ports::Sign;

    use super::sign;

    #[test]
    fn each_reason_code_is_a_sign() {
        for (state, code, expected) in [
            ("healthy", None, Sign::Sound),
            ("initial", Some("Elb.RegistrationInProgress"), Sign::Starting),
            ("initial", Some("Elb.InitialHealthChecking"), Sign::Starting),
            ("unhealthy", Some("Target.ResponseCodeMismatch"), Sign::Mismatch),
            ("unhealthy", Some("Target.Timeout"), Sign::Timeout),
            ("unhealthy", Some("Target.FailedHealthChecks"), Sign::Refused),
            ("unhealthy.draining", None, Sign::Unhealthy),
            ("unused", Some("Target.NotRegistered"), Sign::Unregistered),
            ("unused", Some("Target.NotInUse"), Sign::Unused),
            ("unused", Some("Target.InvalidState"), Sign::Unhealthy),
            ("draining", Some("Target.DeregistrationInProgress"), Sign::Going),
            ("unavailable", Some("Elb.InternalError"), Sign::Unhealthy),
            ("unavailable", Some("Target.SomethingNew"), Sign::Unhealthy),
        ] {
            let health = TargetHealth::builder()
                .state(TargetHealthStateEnum::from(state))
                .set_reason(code.map(TargetHealthReasonEnum::from))
                .build();
            assert_eq!(sign(&health), expected, "{state} {code:?}");
        }
    }
}
